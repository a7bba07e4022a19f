/* How an amount or a refusal came about, as lines of a paper. */
#include "work/paper_in.h"

/* 成员2 of a trace is a person with a name. */
static str named(const struct paper_ground *g, str text)
{
    static const char word[] = "成员";
    struct sbuf out;
    long at;
    sbuf_init(&out, 1 << 16);
    while ((at = str_find(text, str_from(word))) >= 0) {
        size_t digits = (size_t)at + sizeof word - 1, end = digits;
        int64_t number = 0;
        while (end < text.n && text.p[end] >= '0' && text.p[end] <= '9')
            end++;
        sbuf_add(&out, str_sub(text, 0, (size_t)at));
        const struct view_member *m = NULL;
        if (str_int(str_sub(text, digits, end), &number) && number >= 1 &&
            (size_t)number <= g->proposal->preview.n_persons)
            m = paper_member(g, g->proposal->preview.persons[number - 1]);
        sbuf_add(&out, m != NULL ? m->name : str_sub(text, (size_t)at, end));
        text = str_sub(text, end, text.n);
    }
    sbuf_add(&out, text);
    str all = str_dup(g->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return all;
}

static str whose(const struct paper_ground *g, const struct trace_step *s)
{
    if (s->member == 0 || s->member > g->proposal->preview.n_persons)
        return S("");
    const struct view_member *m = paper_member(g, g->proposal->preview.persons[s->member - 1]);
    return m != NULL && m->person != g->person ? str_fmt(g->a, "（%.*s）", STR_ARG(m->name))
                                               : S("");
}

typedef VEC(struct paper_line) line_list;

/* Does what a step says begin with its label already? */
static str sentence(const struct paper_ground *g, const struct trace_step *s)
{
    str label = s->label[EXPLAIN_ZH], text = part_of_sentence(s->text[EXPLAIN_ZH]);
    str who = whose(g, s);
    if (text.n == 0)
        return str_fmt(g->a, "%.*s%.*s", STR_ARG(label), STR_ARG(who));
    if (label.n == 0 || str_starts(text, label))
        return named(g, text);
    return named(g, str_fmt(g->a, "%.*s%.*s：%.*s", STR_ARG(label), STR_ARG(who), STR_ARG(text)));
}

static void add_step(const struct paper_ground *g, const struct trace_step *s, line_list *out)
{
    struct paper_line l = {.text = sentence(g, s), .source = paper_basis(s->basis, g->a)};
    switch (s->kind) {
    case TRACE_CHANGE:
        return;
    case TRACE_ALTERNATIVE:
        l.amount = s->state == TRACE_HOLDS ? S("符合") : S("不符合");
        break;
    case TRACE_CONDITION:
        l.amount = s->state == TRACE_HOLDS ? S("符合") : S("不符合");
        l.depth = 1;
        break;
    case TRACE_PAYMENT:
        l.amount = s->value[EXPLAIN_ZH];
        l.strong = true;
        break;
    case TRACE_VALUE:
    case TRACE_PARAMETER:
        l.amount = s->value[EXPLAIN_ZH];
        l.depth = 1;
        break;
    }
    /* The same source again and again is read by nobody. */
    for (size_t i = out->n; i > 0; i--)
        if (out->at[i - 1].source.n > 0) {
            if (str_eq(out->at[i - 1].source, l.source))
                l.source = S("");
            break;
        }
    *VEC_PUSH(g->a, out) = l;
}

static str unit_title(const struct paper_ground *g, const struct case_unit *u)
{
    const struct view_member *m = u->person_id != 0 ? paper_member(g, u->person_id) : NULL;
    return m != NULL && u->person_id != g->person
               ? str_fmt(g->a, "%.*s（%.*s）", STR_ARG(u->policy->label.zh), STR_ARG(m->name))
               : u->policy->label.zh;
}

static bool is_shown(const struct paper_ground *g, size_t i)
{
    return g->proposal != NULL && case_concerns(&g->told, i);
}

void paper_calculation(const struct paper_ground *g, paper_blocks *out)
{
    bool any = false;
    for (size_t i = 0; g->proposal != NULL && i < g->proposal->n; i++) {
        const struct case_unit *u = &g->proposal->units[i];
        line_list lines = {0};
        if (!is_shown(g, i))
            continue;
        if (!any)
            paper_heading(g, out, S("计算和认定过程"));
        any = true;
        *VEC_PUSH(g->a, &lines) = (struct paper_line){
            .text = str_fmt(g->a, "%.*s：%.*s", STR_ARG(unit_title(g, u)),
                            STR_ARG(named(g, part_of_sentence(u->unit->result[EXPLAIN_ZH])))),
            .strong = true,
            .source = paper_basis(u->policy->basis, g->a)};
        for (size_t k = 0; k < u->unit->steps.n; k++)
            add_step(g, &u->unit->steps.at[k], &lines);
        *VEC_PUSH(g->a, out) =
            (struct paper_block){.kind = PAPER_LINES, .lines = lines.at, .n_lines = lines.n};
    }
}

/* ---- why not ------------------------------------------------------------------------------------ */

typedef VEC(str) text_list;

static void add_once(const struct paper_ground *g, text_list *out, str text)
{
    for (size_t i = 0; i < out->n; i++)
        if (str_eq(out->at[i], text))
            return;
    if (text.n > 0)
        *VEC_PUSH(g->a, out) = text;
}

static void unit_reasons(const struct paper_ground *g, const struct case_unit *u, text_list *out)
{
    size_t before = out->n;
    for (size_t i = 0; i < u->unit->steps.n; i++) {
        const struct trace_step *s = &u->unit->steps.at[i];
        if (s->kind == TRACE_CONDITION && case_is_reason(&u->unit->d, s->name))
            add_once(g, out, sentence(g, s));
    }
    if (out->n == before && !u->fits)
        add_once(g, out,
                 named(g, part_of_sentence(u->undecided ? u->unit->needs[EXPLAIN_ZH]
                                                        : u->unit->result[EXPLAIN_ZH])));
}

static text_list reasons_of(const struct paper_ground *g)
{
    text_list all = {0};
    for (size_t i = 0; g->proposal != NULL && i < g->proposal->n; i++)
        if (is_shown(g, i))
            unit_reasons(g, &g->proposal->units[i], &all);
    if (all.n == 0)
        add_once(g, &all, part_of_sentence(g->about.reasons));
    if (all.n == 0) /* refused against the rules: the words are the reason */
        add_once(g, &all, part_of_sentence(g->told.text));
    return all;
}

/* Words of whoever decided, beside what the rules say. */
static void add_words(const struct paper_ground *g, const text_list *reasons, paper_blocks *out)
{
    str words = part_of_sentence(g->told.text);
    bool said = words.n == 0;
    for (size_t i = 0; i < reasons->n; i++)
        said |= str_find(reasons->at[i], words) >= 0;
    if (!said)
        paper_paragraph(g, out, str_fmt(g->a, "审核说明：%.*s。", STR_ARG(words)));
}

void paper_reasons(const struct paper_ground *g, paper_blocks *out)
{
    text_list all = reasons_of(g);
    for (size_t i = 0; i < all.n; i++)
        paper_paragraph(g, out,
                        all.n > 1 ? str_fmt(g->a, "%zu．%.*s。", i + 1, STR_ARG(all.at[i]))
                                  : str_fmt(g->a, "%.*s。", STR_ARG(all.at[i])));
    add_words(g, &all, out);
}

str paper_reasons_text(const struct paper_ground *g)
{
    text_list all = reasons_of(g);
    str text = S("");
    for (size_t i = 0; i < all.n; i++)
        text = i == 0 ? all.at[i] : str_fmt(g->a, "%.*s；%.*s", STR_ARG(text), STR_ARG(all.at[i]));
    return text;
}

void paper_nearest(const struct paper_ground *g, paper_blocks *out)
{
    text_list all = {0};
    for (size_t i = 0; g->proposal != NULL && i < g->proposal->n; i++) {
        const struct case_unit *u = &g->proposal->units[i];
        for (size_t k = 0; is_shown(g, i) && !u->fits && k < u->unit->steps.n; k++)
            if (u->unit->steps.at[k].kind == TRACE_CHANGE)
                add_once(g, &all,
                         named(g, part_of_sentence(u->unit->steps.at[k].text[EXPLAIN_ZH])));
    }
    if (all.n == 0)
        return;
    paper_heading(g, out, S("什么情况下可以符合条件"));
    for (size_t i = 0; i < all.n; i++)
        paper_paragraph(g, out, str_fmt(g->a, "%.*s。", STR_ARG(all.at[i])));
}
