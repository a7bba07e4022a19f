/* A case told as a story: each event one sentence. */
#include "work/case_in.h"
#include "work/effect.h"

struct tale {
    const struct case_whole *k;
    const struct case_event *e;
    bool en;
    struct arena *a;
    struct sbuf out;
};

static void say(struct tale *t, const char *zh, const char *en)
{
    sbuf_addz(&t->out, t->en ? en : zh);
}

static str label(const struct tale *t, const struct label *l, str name)
{
    if (t->en)
        return l->en.n > 0 ? l->en : name;
    return l->zh.n > 0 ? l->zh : name;
}

static void say_step(struct tale *t)
{
    const struct service *s = t->k->ground.service;
    for (size_t i = 0; i < s->n_steps; i++)
        if (str_eq(s->steps[i].name.text, t->e->step))
            sbuf_add(&t->out, label(t, &s->steps[i].label, t->e->step));
}

static void say_papers(struct tale *t)
{
    const struct service *s = t->k->ground.service;
    const json_t *papers = json_object_get(t->e->data, "papers");
    size_t said = 0;
    for (size_t i = 0; i < json_array_size(papers); i++) {
        const json_t *p = json_array_get(papers, i);
        str name = json_is_string(p) ? (str){json_string_value(p), json_string_length(p)}
                                     : case_text(p, "paper");
        for (size_t k = 0; k < s->n_papers; k++)
            if (str_eq(s->papers[k].name.text, name)) {
                sbuf_addz(&t->out, said++ == 0 ? "" : t->en ? ", " : "、");
                sbuf_add(&t->out, label(t, &s->papers[k].label, name));
            }
    }
}

static void say_lines(struct tale *t)
{
    const json_t *lines = json_object_get(t->e->data, "programmes");
    size_t said = 0;
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *l = json_array_get(lines, i);
        const struct policy *p = rules_policy(t->k->ground.rules, case_text(l, "programme"));
        if (!case_flag(l, "grant", false) || p == NULL)
            continue;
        sbuf_addz(&t->out, said++ == 0 ? (t->en ? ": " : "：") : t->en ? "; " : "；");
        sbuf_add(&t->out, label(t, &p->label, p->name.text));
        sbuf_fmt(&t->out, " %.*s%s", STR_ARG(fen_text(case_int(l, "fen"), t->a)),
                 t->en ? " yuan" : " 元");
    }
}

static void say_facts(struct tale *t)
{
    size_t n = json_array_size(json_object_get(t->e->data, "facts"));
    if (n == 0)
        return;
    if (t->en)
        sbuf_fmt(&t->out, ", %zu facts recorded", n);
    else
        sbuf_fmt(&t->out, "，录入%zu项情况", n);
}

static void say_steps_event(struct tale *t)
{
    const json_t *data = t->e->data;
    bool grant = case_flag(data, "grant", false);
    switch (t->e->kind) {
    case EVENT_STEP_DONE:
        say_step(t);
        say(t, "完成", ": done");
        if (case_text(data, "result").n > 0)
            sbuf_fmt(&t->out, "%s%.*s", t->en ? ", " : "，", STR_ARG(case_text(data, "result")));
        say_facts(t);
        break;
    case EVENT_OPINION:
        say(t, grant ? "审核意见：拟同意" : "审核意见：拟不同意",
            grant ? "opinion: to grant" : "opinion: to refuse");
        say_lines(t);
        break;
    case EVENT_DECIDED:
        say(t, grant ? "决定：同意" : "决定：不予同意",
            grant ? "decision: granted" : "decision: refused");
        say_lines(t);
        break;
    case EVENT_POSTING_BEGAN:
        say(t, "开始公示，地点：", "posted at ");
        sbuf_add(&t->out, case_text(data, "place"));
        break;
    case EVENT_POSTING_ENDED:
        if (str_eq(case_text(data, "not_posted"), S("child")))
            say(t, "不公示：涉及未成年人", "not posted: it is about a child");
        else if (case_text(data, "not_posted").n > 0)
            say(t, "不公示：复核后继续享受", "not posted: nothing ends by the review");
        else
            sbuf_addz(&t->out, event_label(t->e->kind, t->en));
        break;
    case EVENT_PAID:
        say(t, "发放 ", "paid: ");
        sbuf_add(&t->out, fen_text(case_int(data, "fen"), t->a));
        say(t, " 元", " yuan");
        break;
    case EVENT_TOLD:
        say(t, "已送达申请人，方式：", "the applicant was told: ");
        sbuf_add(&t->out, case_text(data, "channel"));
        break;
    default:
        sbuf_addz(&t->out, event_label(t->e->kind, t->en));
        break;
    }
}

static void say_other_event(struct tale *t)
{
    const json_t *data = t->e->data;
    switch (t->e->kind) {
    case EVENT_ACCEPTED:
        say(t, "受理", "accepted");
        sbuf_fmt(&t->out, "%s%.*s", t->en ? ": " : "：",
                 STR_ARG(label(t, &t->k->ground.service->label, t->k->row.service)));
        say_facts(t);
        break;
    case EVENT_SUPPLEMENT_ASKED:
        say(t, "一次性告知补正：", "missing papers asked for: ");
        say_papers(t);
        break;
    case EVENT_SUPPLEMENT_GIVEN:
        say(t, "已补正：", "papers brought: ");
        say_papers(t);
        break;
    case EVENT_PAUSED:
        say(t, "中止计时：", "the clock was stopped: ");
        sbuf_add(&t->out, case_text(data, "why"));
        break;
    case EVENT_TRANSFERRED:
        say(t, "移送至", "handed over to ");
        sbuf_add(&t->out, case_text(data, "to"));
        break;
    case EVENT_OBJECTION:
    case EVENT_COMPLAINT:
        sbuf_addz(&t->out, event_label(t->e->kind, t->en));
        if (case_text(data, "by").n > 0)
            sbuf_fmt(&t->out, t->en ? " (%.*s)" : "（%.*s）", STR_ARG(case_text(data, "by")));
        break;
    case EVENT_FACT:
        say(t, "情况有更新", "facts of the family");
        say_facts(t);
        break;
    case EVENT_BLOCKED:
        say(t, "回避：本人或近亲属，未予办理（", "kept from somebody related to the family (");
        sbuf_addz(&t->out, event_label(event_find(t->e->text), t->en));
        say(t, "）", ")");
        break;
    default:
        sbuf_addz(&t->out, event_label(t->e->kind, t->en));
        break;
    }
}

static bool is_of_step(enum event_kind k)
{
    return k == EVENT_STEP_DONE || k == EVENT_OPINION || k == EVENT_DECIDED ||
           k == EVENT_POSTING_BEGAN || k == EVENT_POSTING_ENDED || k == EVENT_PAID ||
           k == EVENT_TOLD;
}

str case_story(const struct case_whole *k, const struct case_event *e, bool english,
               struct arena *a)
{
    struct tale t = {.k = k, .e = e, .en = english, .a = a};
    sbuf_init(&t.out, 8192);
    if (is_of_step(e->kind))
        say_steps_event(&t);
    else
        say_other_event(&t);
    if (e->text.n > 0 && e->kind != EVENT_BLOCKED)
        sbuf_fmt(&t.out, "%s%.*s", english ? ". " : "。", STR_ARG(e->text));
    str text = str_dup(a, sbuf_str(&t.out));
    sbuf_deinit(&t.out);
    return text;
}
