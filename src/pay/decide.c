/* See decide.h. */
#include "pay/decide.h"

#include "pay/amounts.h"
#include "pay/case_proof.h"
#include "pay/last.h"
#include "pay/pay_sql.h"
#include "people/touched.h"

enum { LINES_MOST = 512 };

enum rc amount_decide(struct change *c, const struct amount_decision *d, struct err *err)
{
    char from[8];
    const struct value v[] = {
        V_INT(c->county_code), V_INT(d->household_id), V_INT(d->person_id),
        V_TEXT(d->programme),  V_INT(c->position),     V_TEXT(str_from(month_text(d->from, from))),
        V_INT(d->fen),         V_TEXT(d->cause),       V_TEXT(d->who)};

    if (d->fen < 0)
        return err_set(err, RC_BAD_INPUT, "an amount of %lld fen: expected 0 or more",
                       (long long)d->fen);
    change_note(c, "decided_amount", v, 9);
    TRY(household_touched(c, d->household_id, err));
    return exec(c->conn, &stmt_decided_put, v, 9, NULL, err);
}

enum rc amount_stop(struct change *c, const struct amount_decision *d, struct err *err)
{
    char from[8];
    const struct value v[] = {V_INT(c->county_code), V_INT(d->household_id), V_TEXT(d->programme),
                              V_TEXT(str_from(month_text(d->from, from)))};
    int64_t persons[LINES_MOST] = {d->person_id};
    size_t n = 1;
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_decided_lines, v, 4, &q, err));
    while (n < LINES_MOST && query_next(q)) {
        int64_t person = query_int(q, 0);
        bool mine = d->person_id == 0 && person != 0 && person != persons[n - 1];
        if (mine)
            persons[n++] = person;
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < n; i++) {
        struct amount_decision one = *d;
        one.person_id = persons[i];
        one.fen = 0;
        TRY(amount_decide(c, &one, err));
    }
    return RC_OK;
}

/* ---- once ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc paid_already(struct change *c, const struct value *key,
                                       const struct money_decision *d, struct err *err)
{
    struct query *q = NULL;
    struct err found = {0};
    char text[8], yuan[32];

    TRY(query(c->conn, &stmt_one_off_find, key, 6, &q, err));
    if (query_next(q))
        err_set(&found, RC_CONFLICT,
                "%.*s for %s was paid to household %lld-%lld already: %s yuan on %.*s (%.*s)",
                STR_ARG(d->programme), month_text(d->from, text), (long long)c->county_code,
                (long long)d->household_id, money_text(query_int(q, 0), true, yuan),
                STR_ARG(query_text(q, 2)), STR_ARG(query_text(q, 1)));
    TRY(query_end(q, err));
    return found.rc == RC_OK ? RC_OK : err_set(err, found.rc, "%s", found.text);
}

MUST_CHECK static enum rc pay_once(struct change *c, const struct money_decision *d,
                                   struct err *err)
{
    char text[8], on[11];
    struct value v[] = {V_INT(c->county_code),
                        V_INT(d->household_id),
                        V_INT(d->person_id),
                        V_TEXT(d->programme),
                        V_TEXT(str_from(month_text(d->from, text))),
                        V_TEXT(S("once")),
                        V_INT(d->fen),
                        V_TEXT(d->cause),
                        V_INT(d->account_id),
                        V_TEXT(str_from(date_text(d->today, on))),
                        V_INT(c->at_ms),
                        V_TEXT(d->who),
                        V_INT(c->position)};

    if (d->fen <= 0)
        return err_set(err, RC_BAD_INPUT, "a sum of %lld fen paid once: expected more than 0",
                       (long long)d->fen);
    TRY(paid_already(c, v, d, err));
    change_note(c, "one_off", v, 13);
    return exec(c->conn, &stmt_one_off_add, v, 13, NULL, err);
}

/* ---- cases ---------------------------------------------------------------------------------- */

static enum rc decide(struct change *c, const struct money_decision *d, struct err *err)
{
    const struct amount_decision one = {.household_id = d->household_id,
                                        .person_id = d->person_id,
                                        .programme = d->programme,
                                        .from = d->from,
                                        .fen = d->fen,
                                        .cause = d->cause,
                                        .who = d->who};

    if (d->once)
        return pay_once(c, d, err);
    return d->fen == 0 ? amount_stop(c, &one, err) : amount_decide(c, &one, err);
}

static enum rc decided(struct conn *c, const struct money_asked *q, int64_t *fen, struct err *err)
{
    struct arena a = {0};
    struct decided_amount *list = NULL;
    size_t n = 0;
    *fen = -1;
    enum rc rc = amounts_of_household(c, q->county, q->household_id, q->month, &a, &list, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n && *fen < 0; i++)
        if (str_eq(list[i].programme, q->programme))
            *fen = amounts_sum(list, n, q->programme, q->person_id);
    arena_deinit(&a);
    return rc;
}

void pay_tie(void)
{
    static const struct money_hook money = {
        .decide = decide, .decided = decided, .determined = case_proof_put};
    static const struct preview_hook preview = {.last = last_of_household};

    money_register(&money);
    preview_register(&preview);
}
