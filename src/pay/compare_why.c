/* Why a household is paid otherwise than the month before, in words. See compare.h. */
#include <string.h>

#include "eval/outline.h"
#include "pay/compare.h"
#include "pay/pay_sql.h"
#include "pay/proposal.h"
#include "people/view.h"

enum { STORY_MOST = 60, WHYS_MOST = 12 };

struct telling {
    const struct city *city;
    struct conn *conn;
    struct arena *a;
    month month;
    const struct month_line *line;
    struct change_why *out;
    size_t n;
};

static void add(struct telling *t, const char *kind, str zh, str en, str number)
{
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->out[i].text[0], zh))
            return;
    if (t->n < WHYS_MOST)
        t->out[t->n++] = (struct change_why){kind, {zh, en}, number};
}

/* ---- what was decided ----------------------------------------------------------------------- */

MUST_CHECK static enum rc tell_proposal(struct telling *t, str ref, struct err *err)
{
    const struct rules *r = t->city->rules;
    int64_t county = 0, id = 0;
    str first, rest;
    struct proposal p;

    if (!str_cut(ref, '-', &first, &rest) || !str_int(first, &county) || !str_int(rest, &id))
        return RC_OK;
    enum rc rc = proposal_find(t->conn, county, id, t->a, &p, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    str why[2];
    for (int en = 0; en < 2; en++) {
        str reasons = proposal_reasons(r, &p, en != 0, en ? S("; ") : S("、"), t->a);
        why[en] = reasons.n > 0 ? reasons : proposal_outcome(r, &p, en != 0, t->a);
    }
    add(t, "proposal",
        str_fmt(t->a, "按变动决定%s：%.*s（%.*s）", proposal_kind_label(p.kind, false),
                STR_ARG(why[0]), STR_ARG(p.decided_by)),
        str_fmt(t->a, "decided as found (%s): %.*s (%.*s)", proposal_kind_label(p.kind, true),
                STR_ARG(why[1]), STR_ARG(p.decided_by)),
        S(""));
    return RC_OK;
}

/* What the run itself found, with its reasons. */
MUST_CHECK static enum rc tell_run(struct telling *t, str when, struct err *err)
{
    const struct month_line *l = t->line;
    const struct rules *r = t->city->rules;
    char text[8];
    const struct value of_month[] = {V_INT(l->county_code),
                                     V_TEXT(str_from(month_text(t->month, text)))};
    struct proposal found = {.programme = l->programme, .outcome = S(""), .reasons = S("")};
    struct query *q = NULL;
    int64_t job = 0;

    enum rc rc = query_one(t->conn, &stmt_run_visible, of_month, 2, &job, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    const struct value v[] = {of_month[0], of_month[1], V_INT(l->household_id), V_INT(job)};
    TRY(query(t->conn, &stmt_run_determinations_of, v, 4, &q, err));
    while (query_next(q))
        if (str_eq(query_text(q, 1), l->programme)) {
            found.outcome = str_dup(t->a, query_text(q, 2));
            found.reasons = str_dup(t->a, query_text(q, 3));
        }
    TRY(query_end(q, err));
    str said[2];
    for (int en = 0; en < 2; en++) {
        str why = proposal_reasons(r, &found, en != 0, en ? S("; ") : S("、"), t->a);
        said[en] = proposal_outcome(r, &found, en != 0, t->a);
        if (why.n > 0)
            said[en] =
                str_fmt(t->a, en ? "%.*s (%.*s)" : "%.*s（%.*s）", STR_ARG(said[en]), STR_ARG(why));
    }
    add(t, "run",
        str_fmt(t->a, "%.*s 计算认定：%.*s", STR_ARG(when),
                STR_ARG(said[0].n > 0 ? said[0] : S("不再在册"))),
        str_fmt(t->a, "the run of %.*s found: %.*s", STR_ARG(when),
                STR_ARG(said[1].n > 0 ? said[1] : S("enrolled no more"))),
        S(""));
    return RC_OK;
}

MUST_CHECK static enum rc tell_cause(struct telling *t, str cause, struct err *err)
{
    str kind, what;

    if (!str_cut(cause, ' ', &kind, &what)) {
        kind = cause;
        what = S("");
    }
    if (str_eq(kind, S("proposal")))
        return tell_proposal(t, what, err);
    if (str_eq(kind, S("run")))
        return tell_run(t, what, err);
    if (str_eq(kind, S("case")))
        add(t, "case", str_fmt(t->a, "办件 %.*s 的决定", STR_ARG(what)),
            str_fmt(t->a, "decided in case %.*s", STR_ARG(what)), what);
    else if (str_eq(kind, S("import")))
        add(t, "import", S("随存量数据导入"), S("taken over with the case load"), S(""));
    else
        add(t, "decision", cause, cause, S(""));
    return RC_OK;
}

/* The position that last month's visible run was read at; 0: it was not run. */
MUST_CHECK static enum rc last_position(const struct telling *t, int64_t *out, struct err *err)
{
    char before[8];
    const struct value v[] = {V_INT(t->line->county_code),
                              V_TEXT(str_from(month_text(t->month - 1, before)))};
    struct query *q = NULL;

    *out = 0;
    TRY(query(t->conn, &stmt_run_visible, v, 2, &q, err));
    if (query_next(q))
        *out = query_int(q, 1);
    return query_end(q, err);
}

/* Decisions that last month did not know, or that begin with this one. */
MUST_CHECK static enum rc tell_decisions(struct telling *t, struct err *err)
{
    char text[8];
    str now = str_from(month_text(t->month, text));
    const struct value v[] = {V_INT(t->line->county_code), V_INT(t->line->household_id),
                              V_TEXT(t->line->programme), V_TEXT(now)};
    VEC(str) causes = {0};
    struct query *q = NULL;
    int64_t known = 0;

    TRY(last_position(t, &known, err));
    TRY(query(t->conn, &stmt_change_causes, v, 4, &q, err));
    while (query_next(q)) {
        bool begins = str_eq(query_text(q, 1), now);
        /* What a run decides is known after its own position, but was in its month already. */
        bool later = query_int(q, 4) > known && !str_starts(query_text(q, 3), S("run "));
        if (begins || later)
            *VEC_PUSH(t->a, &causes) = str_dup(t->a, query_text(q, 3));
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < causes.n; i++)
        TRY(tell_cause(t, causes.at[i], err));
    return RC_OK;
}

/* ---- what happened -------------------------------------------------------------------------- */

MUST_CHECK static enum rc tell_story(struct telling *t, struct err *err)
{
    static const char *const told[] = {"began", "ended", "joined",   "left",
                                       "moved", "died",  "enrolled", "stopped"};
    char from[11], to[11];
    struct view_event *list = NULL;
    size_t n = 0;

    date_text(month_first(t->month - 1), from);
    date_text(month_first(t->month), to);
    enum rc rc = household_story(t->city, t->conn, t->line->county_code, t->line->household_id,
                                 STORY_MOST, t->a, &list, &n, err);
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            known |= strcmp(list[i].kind, told[k]) == 0;
        /* What began on the first of last month was in that month already. */
        if (!known || str_cmp(list[i].day, str_from(from)) <= 0 ||
            str_cmp(list[i].day, str_from(to)) > 0)
            continue;
        add(t, list[i].kind,
            str_fmt(t->a, "%.*s %.*s", STR_ARG(list[i].day), STR_ARG(list[i].what[0])),
            str_fmt(t->a, "%.*s %.*s", STR_ARG(list[i].day), STR_ARG(list[i].what[1])), S(""));
    }
    return RC_OK;
}

/* ---- values of the place -------------------------------------------------------------------- */

static str key_label(const struct param *p, size_t key, bool english)
{
    const struct label *l = NULL;
    const struct code *c = p->by_field != NULL ? p->by_field->type.code
                           : p->by_def != NULL ? p->by_def->type.code
                                               : NULL;

    if (p->by_def != NULL && p->by_def->form == DEF_GROUNDS)
        l = &p->by_def->grounds[key].label;
    else if (c != NULL && key < c->n_values)
        l = &c->values[key].label;
    return l == NULL ? S("") : english && l->en.n > 0 ? l->en : l->zh;
}

static void tell_value(struct telling *t, const struct param *p, size_t key,
                       const struct literal *was, const struct literal *now)
{
    str text[2];

    for (int en = 0; en < 2; en++) {
        enum explain_lang lang = en ? EXPLAIN_EN : EXPLAIN_ZH;
        str of = key_label(p, key, en != 0);
        text[en] = str_fmt(t->a, en ? "%.*s%s%.*s: %.*s → %.*s" : "%.*s%s%.*s：%.*s → %.*s",
                           STR_ARG(en && p->label.en.n > 0 ? p->label.en : p->label.zh),
                           of.n > 0 ? " " : "", STR_ARG(of),
                           STR_ARG(outline_value(p->type, was, lang, t->a)),
                           STR_ARG(outline_value(p->type, now, lang, t->a)));
    }
    add(t, "standard", text[0], text[1], S(""));
}

/* Parameters of the line that have another value this month where the household lives. */
static void tell_values(struct telling *t)
{
    const struct rules *r = t->city->rules;
    const struct policy *own = rules_policy(r, t->line->programme);

    for (size_t i = 0; own != NULL && i < r->params.n; i++) {
        const struct param *p = r->params.at[i];
        if (p->policy == NULL || !str_eq(p->policy->line, own->line))
            continue;
        for (size_t k = 0; k < p->n_keys; k++) {
            const struct literal *was = param_value(r, p, k, t->line->division, t->month - 1, NULL);
            const struct literal *now = param_value(r, p, k, t->line->division, t->month, NULL);
            bool same = was == NULL || now == NULL ||
                        (was->i == now->i && was->num == now->num && was->den == now->den);
            if (!same)
                tell_value(t, p, k, was, now);
        }
    }
}

enum rc change_whys(const struct city *city, struct conn *c, month m, const struct month_line *line,
                    struct arena *a, struct change_why **out, size_t *n, struct err *err)
{
    struct telling t = {.city = city,
                        .conn = c,
                        .a = a,
                        .month = m,
                        .line = line,
                        .out = NEW_N(a, struct change_why, WHYS_MOST)};

    TRY(tell_decisions(&t, err));
    TRY(tell_story(&t, err));
    if (!str_eq(line->kind, S("gone")))
        tell_values(&t);
    *out = t.out;
    *n = t.n;
    return RC_OK;
}
