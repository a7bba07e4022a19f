/*
 * Proposals in words: on the desk, in lists, and as the written notice of what was decided. A service's
 * own text is used where the rules have one for it and the change begins next month, as these say.
 */
#include <assert.h>
#include <string.h>

#include "pay/pay_sql.h"
#include "pay/proposal.h"
#include "work/notice.h"

/* ---- labels --------------------------------------------------------------------------------- */

static const struct form {
    const char *word, *zh, *en;
    enum notice_event on;
    const char *notice; /* as the outbox calls it */
    const char *title, *title_en;
    const char *text; /* without a service's own */
} forms[] = {
    {"add", "新增", "add", ON_GRANT, "grant", "给付确认通知书", "Notice of grant",
     "{household}：自{month}起，你户的{programme}确认为每月{amount}元。依据：{reasons}。\n{office}"},
    {"raise", "增发", "raise", ON_CHANGE, "change", "增发通知书", "Notice of a raise",
     "{household}：自{month}起，你户的{programme}由每月{old}元改为每月{amount}元。依据：{reasons}。\n{office}"},
    {"cut", "减发", "cut", ON_CHANGE, "change", "减发通知书", "Notice of a cut",
     "{household}：自{month}起，你户的{programme}由每月{old}元改为每月{amount}元。依据：{reasons}。\n"
     "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n{office}"},
    {"stop", "停发", "stop", ON_STOP, "stop", "停发通知书", "Notice of stop",
     "{household}：自{month}起停发你户的{programme}。理由：{reasons}。\n"
     "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n{office}"},
};

static const struct form *form_of(str word)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (str_eq(word, str_from(forms[i].word)))
            return &forms[i];
    return &forms[0];
}

const char *proposal_kind_label(str kind, bool english)
{
    return english ? form_of(kind)->en : form_of(kind)->zh;
}

static str label_in(const struct label *l, bool english)
{
    return english && l->en.n > 0 ? l->en : l->zh;
}

static str programme_label(const struct rules *r, str programme, bool english)
{
    const struct policy *p = rules_policy(r, programme);

    return p != NULL ? label_in(&p->label, english) : programme;
}

str proposal_outcome(const struct rules *r, const struct proposal *p, bool english, struct arena *a)
{
    const struct policy *policy = rules_policy(r, p->programme);

    (void)a;
    if (str_eq(p->outcome, S("gone")))
        return english ? S("no longer in the household (died, moved away)")
                       : S("已不在该户（去世、迁出）");
    for (size_t i = 0; policy != NULL && i < policy->outcome_code.n_values; i++)
        if (str_eq(code_name(&policy->outcome_code, i), p->outcome))
            return label_in(&policy->outcome_code.values[i].label, english);
    return p->outcome;
}

static str reason_label(const struct policy *policy, str name, bool english)
{
    for (size_t i = 0; policy != NULL && i < policy->n_reasons; i++)
        if (str_eq(policy->reason_names[i].text, name))
            return label_in(&policy->reason_labels[i], english);
    return name;
}

str proposal_reasons(const struct rules *r, const struct proposal *p, bool english, str between,
                     struct arena *a)
{
    const struct policy *policy = rules_policy(r, p->programme);
    str rest = p->reasons, name;
    struct sbuf text;

    sbuf_init(&text, 1 << 14);
    while (rest.n > 0) {
        if (!str_cut(rest, '+', &name, &rest))
            rest = S("");
        if (text.n > 0)
            sbuf_add(&text, between);
        sbuf_add(&text, reason_label(policy, name, english));
    }
    str out = str_dup(a, sbuf_str(&text));
    sbuf_deinit(&text);
    return out;
}

/* ---- the desk ------------------------------------------------------------------------------- */

static str step_of(str programme, str kind, struct arena *a)
{
    return str_fmt(a, "%.*s:%.*s", STR_ARG(programme), STR_ARG(kind));
}

static struct task task_of(const struct change *c, const struct rules *r, str programme, str kind,
                           day today, struct arena *a)
{
    const struct policy *policy = rules_policy(r, programme);

    return (struct task){.kind = S("proposal"),
                         .step = step_of(programme, kind, a),
                         .division = c->county_code * 1000000,
                         .role = ROLE_DECIDER,
                         .line = policy != NULL ? policy->line : S(""),
                         .subject = S(""),
                         .opened = today};
}

static int64_t task_id(const struct change *c, struct proposal_tasks *ids)
{
    assert(ids->next < PROPOSAL_TASKS);
    return c->position * PROPOSAL_TASKS + ids->next++;
}

enum rc proposal_task(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                      const struct proposal *p, day today, struct err *err)
{
    struct arena a = {0};
    char on[8];
    struct task t = task_of(c, r, p->programme, p->kind, today, &a);

    month_text(p->month, on);
    t.task_id = task_id(c, ids);
    t.ref_id = p->proposal_id;
    t.household_id = p->household_id;
    t.person_id = p->person_id;
    t.subject = p->person.n > 0 ? p->person : p->head;
    t.title = str_fmt(&a, "裁决%s：%.*s %s", proposal_kind_label(p->kind, false),
                      STR_ARG(programme_label(r, p->programme, false)), on);
    t.title_en = str_fmt(&a, "Decide %s: %.*s %s", proposal_kind_label(p->kind, true),
                         STR_ARG(programme_label(r, p->programme, true)), on);
    enum rc rc = task_put(c, &t, err);
    arena_deinit(&a);
    return rc;
}

enum rc proposal_task_end(struct change *c, str programme, str kind, int64_t id, day today,
                          struct err *err)
{
    struct arena a = {0};
    enum rc rc = task_end(c, S("proposal"), 0, id, step_of(programme, kind, &a), today, err);

    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc put_batch(struct change *c, const struct rules *r,
                                    struct proposal_tasks *ids, str programme, str kind, int64_t n,
                                    str seen, day today, struct err *err)
{
    struct arena a = {0};
    struct task t = task_of(c, r, programme, kind, today, &a);

    t.task_id = task_id(c, ids);
    t.batch = n;
    t.title = str_fmt(&a, "批量裁决%s：%.*s %.*s，%lld 户次", proposal_kind_label(kind, false),
                      STR_ARG(programme_label(r, programme, false)), STR_ARG(seen), (long long)n);
    t.title_en = str_fmt(&a, "Decide %lld at once, %s: %.*s %.*s", (long long)n,
                         proposal_kind_label(kind, true),
                         STR_ARG(programme_label(r, programme, true)), STR_ARG(seen));
    enum rc rc = task_put(c, &t, err);
    arena_deinit(&a);
    return rc;
}

enum rc proposal_batch_task(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                            str programme, str kind, day today, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_TEXT(programme), V_TEXT(kind)};
    struct query *q = NULL;
    char seen[16] = "";
    int64_t n = 0;

    TRY(query(c->conn, &stmt_proposal_group, v, 3, &q, err));
    if (query_next(q)) {
        str text = query_text(q, 1);
        n = query_int(q, 0);
        memcpy(seen, text.p, text.n < sizeof seen ? text.n : 0);
    }
    TRY(query_end(q, err));
    return n > 0 ? put_batch(c, r, ids, programme, kind, n, str_from(seen), today, err)
                 : proposal_task_end(c, programme, kind, 0, today, err);
}

/* ---- the notice ----------------------------------------------------------------------------- */

static const struct service_notice *service_notice(const struct rules *r, str programme,
                                                   enum notice_event on)
{
    for (size_t i = 0; i < r->services.n; i++) {
        const struct service *s = r->services.at[i];
        for (size_t k = 0; k < s->n_decides; k++)
            for (size_t n = 0; n < s->n_notices; n++)
                if (str_eq(s->decides[k].text, programme) && s->notices[n].on == on)
                    return &s->notices[n];
    }
    return NULL;
}

MUST_CHECK static enum rc office_name(struct conn *c, int64_t county, day today, struct arena *a,
                                      str *out, struct err *err)
{
    char on[11];
    struct division_info info;
    enum rc rc = division_find(c, county * 1000000, str_from(date_text(today, on)), a, &info, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    *out = rc == RC_OK ? str_fmt(a, "%.*s民政局", STR_ARG(info.name)) : S("");
    return RC_OK;
}

static str reasons_text(const struct rules *r, const struct proposal *p, struct arena *a)
{
    str outcome = proposal_outcome(r, p, false, a);
    str why = proposal_reasons(r, p, false, S("、"), a);

    return why.n == 0 ? outcome : str_fmt(a, "%.*s（%.*s）", STR_ARG(outcome), STR_ARG(why));
}

static str yuan(int64_t fen, struct arena *a)
{
    char text[32];

    return str_dup(a, str_from(money_text(fen, true, text)));
}

static str text_of(const struct rules *r, const struct proposal *p, const char *form, str office,
                   struct arena *a)
{
    const struct notice_word words[] = {
        {"household", p->head.n > 0 ? p->head : p->person},
        {"programme", programme_label(r, p->programme, false)},
        {"month", str_fmt(a, "%d年%d月", month_year(p->month), month_number(p->month))},
        {"old", yuan(p->old_fen, a)},
        {"amount", yuan(p->new_fen, a)},
        {"reasons", reasons_text(r, p, a)},
        {"office", office},
    };

    return notice_fill(str_from(form), words, sizeof words / sizeof *words, a);
}

/* A raise for many is told on the page and by message: nobody has to be visited for it. */
static unsigned channels_of(const struct proposal *p, const struct service_notice *s)
{
    if (p->batch && str_eq(p->kind, S("raise")))
        return BY_PAGE | BY_MESSAGE;
    return s != NULL ? s->channels : BY_PAPER | BY_PAGE | BY_MESSAGE;
}

/* The notice as it goes into the outbox; *none: nobody is left to tell. */
MUST_CHECK static enum rc notice_of(struct conn *c, const struct city *city,
                                    const struct proposal *p, day today, struct arena *a,
                                    struct notice *n, bool *none, struct err *err)
{
    const struct rules *r = city->rules;
    const struct form *k = form_of(p->kind);
    const struct service_notice *s = service_notice(r, p->programme, k->on);
    const struct policy *policy = rules_policy(r, p->programme);
    str office = S("");

    *none = p->head.n == 0 && p->person.n == 0;
    if (*none)
        return RC_OK;
    TRY(office_name(c, p->county_code, today, a, &office, err));
    bool next = p->month == date_month(today) + 1 && s != NULL && k->on != ON_GRANT;
    *n = (struct notice){
        .household_id = p->household_id,
        .person_id = p->person_id,
        .division = p->division / 1000 * 1000,
        .kind = str_from(k->notice),
        .title = s != NULL ? s->label.zh : str_from(k->title),
        .title_en = s != NULL ? s->label.en : str_from(k->title_en),
        .channels = channels_of(p, s),
        .made = today,
        .line = policy != NULL ? policy->line : S(""),
        .subject = p->head.n > 0 ? p->head : p->person,
    };
    n->text = text_of(r, p, next ? str_z(a, s->text) : k->text, office, a);
    struct notice_about *about = NEW(a, struct notice_about);
    *about = (struct notice_about){.programme = p->programme,
                                   .from = p->month,
                                   .old_fen = p->old_fen,
                                   .fen = p->new_fen,
                                   .reasons = reasons_text(r, p, a),
                                   .rule_hash = str_from(city->rule_hash)};
    n->about = about;
    return RC_OK;
}

enum rc proposal_notice(struct change *c, struct city *city, const struct proposal *p, day today,
                        int *made, struct err *err)
{
    struct arena a = {0};
    struct notice n;
    bool none = false;
    enum rc rc = notice_of(c->conn, city, p, today, &a, &n, &none, err);

    *made = 0;
    if (rc == RC_OK && !none) {
        rc = notice_put(c, &city->ids, &n, err);
        *made = rc == RC_OK;
    }
    arena_deinit(&a);
    return rc;
}

enum rc proposal_letter(struct conn *c, const struct city *city, const struct proposal *p,
                        day today, struct arena *a, struct proposal_letter *out, struct err *err)
{
    struct proposal begins = *p;
    struct notice n = {0};
    bool none = false;

    *out = (struct proposal_letter){0};
    TRY(proposal_begins(c, p, &begins.month, err));
    TRY(notice_of(c, city, &begins, today, a, &n, &none, err));
    if (!none) {
        struct notice *kept = NEW(a, struct notice);
        *kept = n;
        kept->county_code = p->county_code;
        *out = (struct proposal_letter){n.title, n.title_en, n.text, n.channels, kept};
    }
    return RC_OK;
}
