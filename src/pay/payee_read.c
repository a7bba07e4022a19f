/* How a household's money is paid: accounts with their history, and what should make one look twice. */
#include "pay/payee_in.h"

#include <stdlib.h>

#include "pay/pay_sql.h"
#include "sheet/csv.h"

struct reading {
    const struct city *city;
    struct conn *c;
    int64_t county, household;
    day today;
    struct arena *a;
    VEC(struct payee) list;
    VEC(struct payee_now) now;
    VEC(struct payee_shared) shared;
    VEC(str) sealed; /* of the list, then of the members */
    VEC(str) lookup;
    VEC(str) card_lookup;
};

MUST_CHECK static enum rc read_list(struct reading *r, struct err *err)
{
    const struct value v[] = {V_INT(r->county), V_INT(r->household)};
    struct query *q = NULL;

    TRY(query(r->c, &stmt_payee_of_household, v, 2, &q, err));
    while (query_next(q)) {
        struct payee *p = VEC_PUSH(r->a, &r->list);
        *p = payee_row(q, r->county, r->a, VEC_PUSH(r->a, &r->sealed), VEC_PUSH(r->a, &r->lookup));
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < r->list.n; i++)
        TRY(payee_masked(r->city, r->c, r->county, r->list.at[i].person_id, r->sealed.at[i], r->a,
                         &r->list.at[i].account, err));
    return RC_OK;
}

/* Members and the cards on record with them. */
MUST_CHECK static enum rc read_members(struct reading *r, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(r->county), V_INT(r->household),
                              V_TEXT(str_from(date_text(r->today, on)))};
    VEC(str) sealed = {0};
    struct query *q = NULL;

    TRY(query(r->c, &stmt_payee_members, v, 3, &q, err));
    while (query_next(q)) {
        *VEC_PUSH(r->a, &r->now) = (struct payee_now){.person_id = query_int(q, 0),
                                                      .name = str_dup(r->a, query_text(q, 1)),
                                                      .programmes = S(""),
                                                      .account = S(""),
                                                      .card = !query_null(q, 2)};
        *VEC_PUSH(r->a, &sealed) = query_null(q, 2) ? S("") : str_dup(r->a, query_blob(q, 2));
        *VEC_PUSH(r->a, &r->card_lookup) =
            query_null(q, 2) ? S("") : str_dup(r->a, query_blob(q, 3));
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < r->now.n; i++)
        if (r->now.at[i].card)
            TRY(payee_masked(r->city, r->c, r->county, r->now.at[i].person_id, sealed.at[i], r->a,
                             &r->now.at[i].account, err));
    TRY(query(r->c, &stmt_payee_paid_persons, v, 3, &q, err));
    while (query_next(q))
        for (size_t i = 0; i < r->now.n; i++) {
            struct payee_now *n = &r->now.at[i];
            if (n->person_id == query_int(q, 2) && str_find(n->programmes, query_text(q, 0)) < 0)
                n->programmes = n->programmes.n == 0
                                    ? str_dup(r->a, query_text(q, 0))
                                    : str_fmt(r->a, "%.*s+%.*s", STR_ARG(n->programmes),
                                              STR_ARG(query_text(q, 0)));
        }
    return query_end(q, err);
}

/* An account put on record for all programmes goes before the card. */
static void apply_list(struct reading *r)
{
    for (size_t i = 0; i < r->list.n; i++) {
        const struct payee *p = &r->list.at[i];
        if (!str_eq(p->state, S("valid")) || p->programme.n > 0)
            continue;
        for (size_t k = 0; k < r->now.n; k++)
            if (r->now.at[k].person_id == p->person_id) {
                r->now.at[k].account = p->account;
                r->now.at[k].card = false;
            }
    }
}

MUST_CHECK static enum rc shared_by(struct reading *r, const struct statement *st, str lookup,
                                    str account, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(r->county), V_BLOB(lookup), V_INT(r->household),
                              V_TEXT(str_from(date_text(r->today, on)))};
    struct query *q = NULL;

    TRY(query(r->c, st, v, st->n_params, &q, err));
    while (query_next(q))
        *VEC_PUSH(r->a, &r->shared) = (struct payee_shared){.household_id = query_int(q, 0),
                                                            .person_id = query_int(q, 1),
                                                            .name = str_dup(r->a, query_text(q, 2)),
                                                            .account = account};
    return query_end(q, err);
}

/* Of the accounts that are used or wait to be. */
MUST_CHECK static enum rc read_shared(struct reading *r, struct err *err)
{
    for (size_t i = 0; i < r->list.n; i++) {
        const struct payee *p = &r->list.at[i];
        if (!str_eq(p->state, S("valid")) && !str_eq(p->state, S("waiting")))
            continue;
        TRY(shared_by(r, &stmt_payee_shared_accounts, r->lookup.at[i], p->account, err));
        TRY(shared_by(r, &stmt_payee_shared_cards, r->lookup.at[i], p->account, err));
    }
    for (size_t i = 0; i < r->now.n; i++) {
        const struct payee_now *n = &r->now.at[i];
        if (!n->card)
            continue;
        TRY(shared_by(r, &stmt_payee_shared_accounts, r->card_lookup.at[i], n->account, err));
        TRY(shared_by(r, &stmt_payee_shared_cards, r->card_lookup.at[i], n->account, err));
    }
    return RC_OK;
}

static int paid_first(const void *x, const void *y)
{
    const struct payee_now *a = x, *b = y;
    int paid = (b->programmes.n > 0) - (a->programmes.n > 0);

    return paid != 0 ? paid : (a->person_id > b->person_id) - (a->person_id < b->person_id);
}

enum rc payee_read(const struct city *city, const struct scope *s, struct conn *c, int64_t county,
                   int64_t household, struct arena *a, struct payee_view *out, struct err *err)
{
    struct reading r = {
        .city = city, .c = c, .county = county, .household = household, .today = s->today, .a = a};

    TRY(scope_household(s, c, county, household, err));
    TRY(read_list(&r, err));
    TRY(read_members(&r, err));
    apply_list(&r);
    TRY(read_shared(&r, err));
    if (r.now.n > 1)
        qsort(r.now.at, r.now.n, sizeof *r.now.at, paid_first);
    *out = (struct payee_view){r.list.at, r.list.n, r.now.at, r.now.n, r.shared.at, r.shared.n};
    return RC_OK;
}

/* ---- what the bank said of names ---------------------------------------------------------------- */

struct names {
    struct city *city;
    str bytes;
    struct payee_names *out;
};

MUST_CHECK static enum rc take_name(struct names *k, struct change *c, str account, bool ok,
                                    struct err *err)
{
    uint8_t lookup[VAULT_LOOKUP];
    int64_t ids[64];
    size_t n = 0;
    struct query *q = NULL;

    number_lookup(k->city->vault, NUMBER_CARD, account, lookup);
    const struct value v[] = {V_INT(c->county_code),
                              V_BLOB(((str){(const char *)lookup, VAULT_LOOKUP}))};
    TRY(query(c->conn, &stmt_payee_by_lookup, v, 2, &q, err));
    while (n < 64 && query_next(q))
        ids[n++] = query_int(q, 0);
    TRY(query_end(q, err));
    k->out->rows++;
    *(n == 0 ? &k->out->unknown : ok ? &k->out->ok : &k->out->differs) += 1;
    for (size_t i = 0; i < n; i++) {
        const struct value put[] = {v[0], V_INT(ids[i]), V_TEXT(ok ? S("ok") : S("differs"))};
        change_note(c, "payee_account", put, 3);
        TRY(exec(c->conn, &stmt_payee_bank_check, put, 3, NULL, err));
    }
    return RC_OK;
}

static enum rc names_once(struct change *c, void *ctx, struct err *err)
{
    enum { ROWS = 512 };
    static const struct csv_code results[] = {
        {{"ok", 2}, 1}, {{"一致", 6}, 1}, {{"differs", 7}, 0}, {{"不一致", 9}, 0}};
    struct names *k = ctx;
    str accounts[ROWS];
    uint8_t ok[ROWS];
    struct csv_column cols[] = {
        {.names = CSV_NAMES(S("account"), S("账号")),
         .type = CSV_TEXT,
         .required = true,
         .out.text = accounts},
        {.names = CSV_NAMES(S("result"), S("结果")),
         .type = CSV_CODE,
         .required = true,
         .codes = results,
         .code_count = 4,
         .out.u8 = ok},
    };
    const struct csv_options options = {.bytes = k->bytes, .name = "the bank's file of names"};
    struct arena a = {0};
    struct csv_reader *r = NULL;
    size_t got = 1;
    enum rc rc = csv_open(&a, &options, &r, err);

    *k->out = (struct payee_names){0};
    if (rc == RC_OK)
        rc = csv_header(r, cols, 2, err);
    while (rc == RC_OK && got > 0) {
        rc = csv_read(r, 0, ROWS, &got, err);
        for (size_t i = 0; rc == RC_OK && i < got; i++)
            rc = take_name(k, c, accounts[i], ok[i] != 0, err);
    }
    if (r != NULL)
        csv_close(r);
    arena_deinit(&a);
    return rc;
}

enum rc payee_names_read(struct city *city, const struct scope *s, int64_t county, str bytes,
                         struct payee_names *out, struct err *err)
{
    struct names k = {city, bytes, out};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("what the bank says of the names of accounts")};

    if (s->level > AT_COUNTY || (s->county_code != 0 && s->county_code != county))
        return err_set(err, RC_NOT_FOUND, "no county %lld that may be seen", (long long)county);
    if (!scope_acts(s, ROLE_BIT(ROLE_PAYER), S("")))
        return err_set(err, RC_FORBIDDEN, "the bank's files are for whoever pays");
    return change_write(&spec, names_once, &k, NULL, err);
}
