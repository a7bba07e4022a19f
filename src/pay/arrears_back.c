/* What a family owes and nothing can be deducted from: asked back by its township, and paid back. */
#include "pay/arrears_money.h"

#include "pay/pay_sql.h"
#include "work/desk.h"

#define TASK_KIND "recovery"

/* ---- asked ------------------------------------------------------------------------------------ */

enum rc arrears_still_paid(struct conn *c, int64_t county, int64_t household, str programme,
                           int64_t person, bool *out, struct err *err)
{
    const struct value key = V_INT(county);
    char text[8], on[11];
    struct query *q = NULL;
    month m = 0;
    int64_t run = 0;

    *out = false;
    TRY(query(c, &stmt_arrears_newest_run, &key, 1, &q, err));
    if (query_next(q) && month_parse(query_text(q, 0), &m))
        run = query_int(q, 1);
    TRY(query_end(q, err));
    if (run == 0)
        return RC_OK;
    const struct value v[] = {key,
                              V_INT(household),
                              V_TEXT(programme),
                              V_INT(person),
                              V_TEXT(str_from(month_text(m, text))),
                              V_INT(run),
                              V_TEXT(str_from(date_text(month_first(m), on)))};
    TRY(query(c, &stmt_arrears_still_paid, v, 7, &q, err));
    /* What the household owes as a whole is kept back from whoever is paid, if that is only one. */
    if (query_next(q))
        *out = query_int(q, 1) > 0 || (person == 0 && query_int(q, 0) == 1);
    return query_end(q, err);
}

enum rc arrears_all_paid(struct conn *c, int64_t county, int64_t household, str programme,
                         bool *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_TEXT(programme)};
    VEC(int64_t) persons = {0};
    struct arena a = {0};
    struct query *q = NULL;
    enum rc rc = query(c, &stmt_arrears_rest_persons, v, 3, &q, err);

    *out = true;
    while (rc == RC_OK && query_next(q))
        *VEC_PUSH(&a, &persons) = query_int(q, 0);
    if (rc == RC_OK)
        rc = query_end(q, err);
    for (size_t i = 0; rc == RC_OK && *out && i < persons.n; i++)
        rc = arrears_still_paid(c, county, household, programme, persons.at[i], out, err);
    arena_deinit(&a);
    return rc;
}

enum rc arrears_lines_paid(struct conn *c, int64_t county, int64_t household, str programme,
                           const struct arrears_line *lines, size_t n, bool *out, struct err *err)
{
    *out = true;
    for (size_t i = 0; *out && i < n; i++) {
        bool asked = i > 0 && lines[i].person_id == lines[i - 1].person_id &&
                     lines[i - 1].paid_fen > lines[i - 1].due_fen;
        if (lines[i].paid_fen > lines[i].due_fen && !asked)
            TRY(arrears_still_paid(c, county, household, programme, lines[i].person_id, out, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc rest_of(struct conn *c, int64_t county, int64_t household, str programme,
                                  int64_t *rest, int64_t *division, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_TEXT(programme)};
    struct query *q = NULL;

    *rest = *division = 0;
    TRY(query(c, &stmt_arrears_rest, v, 3, &q, err));
    if (query_next(q)) {
        *rest = query_int(q, 0);
        *division = query_int(q, 1);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc ask_end(struct change *c, int64_t household, str programme, day today,
                                  struct err *err)
{
    return task_end(c, S(TASK_KIND), 0, household, programme, today, err);
}

MUST_CHECK static enum rc head_name(struct conn *c, int64_t county, int64_t household,
                                    struct arena *a, str *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    struct query *q = NULL;

    *out = S("");
    TRY(query(c, &stmt_proposal_head, v, 2, &q, err));
    if (query_next(q))
        *out = str_dup(a, query_text(q, 1));
    return query_end(q, err);
}

MUST_CHECK static enum rc put_task(struct change *c, const struct city *city, int64_t household,
                                   str programme, int64_t rest, int64_t division, day today,
                                   struct arena *a, struct err *err)
{
    const struct policy *p = rules_policy(city->rules, programme);
    str name = p != NULL ? p->label.zh : programme, en = p != NULL ? p->label.en : programme;
    char yuan[32];
    struct task t = {.kind = S(TASK_KIND),
                     .ref_id = household,
                     .step = programme,
                     .household_id = household,
                     .division = division / 1000 * 1000,
                     .role = ROLE_CLERK,
                     .line = p != NULL ? p->line : S(""),
                     .opened = today};

    money_text(rest, true, yuan);
    TRY(head_name(c->conn, c->county_code, household, a, &t.subject, err));
    t.title = str_fmt(a, "请退还多发的%.*s：还欠%s元", STR_ARG(name), yuan);
    t.title_en = str_fmt(a, "Ask back what was overpaid of %.*s: %s yuan owed", STR_ARG(en), yuan);
    return task_put(c, &t, err);
}

enum rc arrears_ask(struct change *c, const struct city *city, int64_t household, str programme,
                    day today, struct err *err)
{
    int64_t rest = 0, division = 0;
    struct arena a = {0};

    TRY(rest_of(c->conn, c->county_code, household, programme, &rest, &division, err));
    if (rest == 0)
        return ask_end(c, household, programme, today, err);
    enum rc rc = put_task(c, city, household, programme, rest, division, today, &a, err);
    arena_deinit(&a);
    return rc;
}

enum rc arrears_ask_again(struct change *c, const struct city *city, int64_t household,
                          str programme, day today, struct err *err)
{
    bool paid = true;

    TRY(arrears_all_paid(c->conn, c->county_code, household, programme, &paid, err));
    return paid ? ask_end(c, household, programme, today, err)
                : arrears_ask(c, city, household, programme, today, err);
}

/* ---- paid back -------------------------------------------------------------------------------- */

struct paying_back {
    const struct arrears_back *b;
    int64_t *left;
    int64_t no;
    struct arena a;
};
struct rest_line {
    int64_t job, person, settled, rest;
    str month;
};

MUST_CHECK static enum rc settle_part(struct change *c, struct paying_back *p,
                                      const struct rest_line *l, int64_t fen, struct err *err)
{
    const struct arrears_back *b = p->b;
    const struct value v[] = {V_INT(c->county_code), V_INT(l->job),        V_INT(b->household),
                              V_INT(l->person),      V_TEXT(b->programme), V_TEXT(l->month),
                              V_INT(l->settled),     V_INT(fen),           V_INT(p->no)};
    int64_t changed = 0;

    change_note(c, "arrears_part", v, 9);
    TRY(exec(c->conn, &stmt_arrears_part_add, v, 9, NULL, err));
    TRY(exec(c->conn, &stmt_arrears_settle_part, v, 8, &changed, err));
    if (changed != 1)
        return err_set(err, RC_CONFLICT, "what is owed for %.*s changed meanwhile",
                       STR_ARG(l->month));
    return RC_OK;
}

/* The oldest months first. */
MUST_CHECK static enum rc settle_parts(struct change *c, struct paying_back *p, struct err *err)
{
    const struct arrears_back *b = p->b;
    const struct value v[] = {V_INT(c->county_code), V_INT(b->household), V_TEXT(b->programme)};
    VEC(struct rest_line) list = {0};
    struct query *q = NULL;
    int64_t fen = b->fen;

    TRY(query(c->conn, &stmt_arrears_rest_lines, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(&p->a, &list) = (struct rest_line){.job = query_int(q, 0),
                                                     .person = query_int(q, 1),
                                                     .month = str_dup(&p->a, query_text(q, 2)),
                                                     .settled = query_int(q, 3),
                                                     .rest = query_int(q, 4)};
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n && fen > 0; i++) {
        int64_t part = list.at[i].rest < fen ? list.at[i].rest : fen;
        TRY(settle_part(c, p, &list.at[i], part, err));
        fen -= part;
    }
    return RC_OK;
}

MUST_CHECK static enum rc put_back(struct change *c, struct paying_back *p, struct err *err)
{
    const struct arrears_back *b = p->b;
    char on[11];
    const struct value key[] = {V_INT(c->county_code), V_INT(b->household), V_TEXT(b->programme)};

    TRY(query_one(c->conn, &stmt_arrears_back_last, key, 3, &p->no, err));
    p->no++;
    const struct value v[] = {key[0],
                              key[1],
                              key[2],
                              V_INT(p->no),
                              V_INT(b->fen),
                              V_TEXT(str_from(date_text(b->on, on))),
                              V_TEXT(str_trim(b->words)),
                              V_TEXT(c->who),
                              V_INT(c->at_ms)};
    change_note(c, "arrears_back", v, 9);
    return exec(c->conn, &stmt_arrears_back_add, v, 9, NULL, err);
}

static enum rc back_once(struct change *c, void *ctx, struct err *err)
{
    struct paying_back *p = ctx;
    const struct arrears_back *b = p->b;
    int64_t rest = 0, division = 0;
    bool related = false;
    char owed[32];

    arena_reset(&p->a);
    TRY(scope_household(b->scope, c->conn, c->county_code, b->household, err));
    TRY(scope_related(b->scope, c->conn, c->county_code, b->household, &related, err));
    if (related)
        return err_set(err, RC_RULE,
                       "one's own household, or a relative's, is handled by somebody else");
    TRY(rest_of(c->conn, c->county_code, b->household, b->programme, &rest, &division, err));
    if (b->fen > rest)
        return err_set(err, RC_BAD_INPUT, "%s yuan are still owed: expected no more",
                       money_text(rest, true, owed));
    TRY(put_back(c, p, err));
    TRY(settle_parts(c, p, err));
    *p->left = rest - b->fen;
    return arrears_ask_again(c, b->city, b->household, b->programme, b->scope->today, err);
}

enum rc arrears_paid_back(const struct arrears_back *b, int64_t *left, struct err *err)
{
    struct paying_back p = {.b = b, .left = left};
    const struct policy *policy = rules_policy(b->city->rules, b->programme);
    const struct change_spec spec = {.store = b->city->store,
                                     .county_code = b->county,
                                     .who = b->scope->login,
                                     .why = S("a family paid back what was overpaid")};

    *left = 0;
    if (b->scope->county_code != 0 && b->scope->county_code != b->county)
        return err_set(err, RC_NOT_FOUND, "no household that may be seen");
    if (policy == NULL)
        return err_set(err, RC_BAD_INPUT, "programme: there is no “%.*s”",
                       STR_ARG(str_sub(b->programme, 0, 60)));
    if (!scope_acts(b->scope, ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD) | ROLE_BIT(ROLE_DECIDER),
                    policy->line))
        return err_set(err, RC_FORBIDDEN,
                       "what is paid back is recorded by who handles the family");
    if (b->fen <= 0)
        return err_set(err, RC_BAD_INPUT, "fen: found %lld, expected more than 0",
                       (long long)b->fen);
    if (str_trim(b->words).n == 0)
        return err_set(err, RC_BAD_INPUT, "words: say how it was paid back");
    if (b->on > b->scope->today)
        return err_set(err, RC_BAD_INPUT, "on: the day is still to come");
    enum rc rc = change_write(&spec, back_once, &p, NULL, err);
    arena_deinit(&p.a);
    return rc;
}
