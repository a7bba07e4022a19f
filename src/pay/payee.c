/* See payee.h: accounts put on record, confirmed, read. */
#include "pay/payee_in.h"

#include <stdarg.h>
#include <stdio.h>

#include "guard/account.h"
#include "pay/bank_layout.h"
#include "pay/batch_in.h"
#include "pay/pay_sql.h"
#include "work/desk.h"

enum { NAME_MOST = 60, WORDS_MOST = 500 };

#define HANDLERS (ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD))

/* ---- rows -------------------------------------------------------------------------------------- */

static day day_at(const struct query *q, size_t col)
{
    day d = 0;
    return date_parse(query_text(q, col), &d) ? d : 0;
}

/* All but the account, whose sealed text and lookup are given back. */
struct payee payee_row(const struct query *q, int64_t county, struct arena *a, str *sealed,
                       str *lookup)
{
    *sealed = str_dup(a, query_blob(q, 8));
    *lookup = str_dup(a, query_blob(q, 9));
    return (struct payee){.county_code = county,
                          .payee_account_id = query_int(q, 0),
                          .household_id = query_int(q, 1),
                          .person_id = query_int(q, 2),
                          .programme = str_dup(a, query_text(q, 3)),
                          .kind = str_dup(a, query_text(q, 4)),
                          .holder = str_dup(a, query_text(q, 5)),
                          .bank = str_dup(a, query_text(q, 6)),
                          .branch = str_dup(a, query_text(q, 7)),
                          .from = day_at(q, 10),
                          .state = str_dup(a, query_text(q, 11)),
                          .name_check = str_dup(a, query_text(q, 12)),
                          .bank_check = str_dup(a, query_text(q, 13)),
                          .reason = str_dup(a, query_text(q, 14)),
                          .proof = str_dup(a, query_text(q, 15)),
                          .recorded_by = str_dup(a, query_text(q, 16)),
                          .recorded = day_at(q, 17),
                          .settled_by = str_dup(a, query_text(q, 18)),
                          .settled = day_at(q, 19),
                          .words = str_dup(a, query_text(q, 20))};
}

/* ---- put on record ----------------------------------------------------------------------------- */

struct putting {
    struct city *city;
    const struct scope *s;
    const struct payee_new *n;
    struct arena *a;
    str account, name; /* digits; the person's name */
    uint8_t lookup[VAULT_LOOKUP];
    bool same_name, has_one, has_row; /* an account now; a row of this programme */
    struct payee_made *out;
};

PRINTF_LIKE(4, 5)
static enum rc wrong(struct putting *p, const char *field, struct err *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->out->field = field;
    return err_set(err, RC_BAD_INPUT, "%s: %s", field, text);
}

static bool is_person(const struct payee_new *n)
{
    return str_eq(n->kind, S("person"));
}

/* What can be told without the store. */
MUST_CHECK static enum rc check_text(struct putting *p, struct err *err)
{
    const struct payee_new *n = p->n;

    if (!is_person(n) && !str_eq(n->kind, S("guardian")) && !str_eq(n->kind, S("institution")))
        return wrong(p, "kind", err, "found “%.*s”, expected person, guardian or institution",
                     STR_ARG(str_sub(n->kind, 0, 20)));
    if (str_trim(n->holder).n == 0 || utf8_count(n->holder) > NAME_MOST)
        return wrong(p, "holder", err, "expected the account's name, at most %d characters",
                     NAME_MOST);
    if (utf8_count(n->branch) > NAME_MOST || utf8_count(n->reason) > WORDS_MOST ||
        utf8_count(n->proof) > WORDS_MOST)
        return wrong(p, "proof", err, "found more than %d characters", WORDS_MOST);
    if (n->programme.n > 0 && rules_policy(p->city->rules, n->programme) == NULL)
        return wrong(p, "programme", err, "there is no “%.*s”",
                     STR_ARG(str_sub(n->programme, 0, 60)));
    if (!is_person(n) && str_trim(n->proof).n == 0)
        return wrong(p, "proof", err,
                     "say which papers were seen: the money goes to another's account");
    if (n->from > p->s->today)
        return wrong(p, "from", err, "later than today: put it on record when it holds");
    enum rc rc = payee_account_take(n->account, p->a, &p->account, err);
    if (rc != RC_OK)
        p->out->field = "account";
    TRY(rc);
    p->out->luhn = card_luhn(p->account);
    number_lookup(p->city->vault, NUMBER_CARD, p->account, p->lookup);
    return RC_OK;
}

/* The person lives in the household, and its name; has it an account already? */
MUST_CHECK static enum rc check_person(struct putting *p, struct conn *c, struct err *err)
{
    const struct payee_new *n = p->n;
    char on[11];
    const struct value v[] = {V_INT(n->county), V_INT(n->household),
                              V_TEXT(str_from(date_text(p->s->today, on)))};
    struct query *q = NULL;
    bool found = false, card = false;

    TRY(query(c, &stmt_payee_members, v, 3, &q, err));
    while (query_next(q))
        if (query_int(q, 0) == n->person) {
            found = true;
            card = !query_null(q, 2);
            p->name = str_dup(p->a, query_text(q, 1));
        }
    TRY(query_end(q, err));
    if (!found)
        return wrong(p, "person", err, "is no member of the household");
    p->same_name = payee_name_same(p->name, n->holder);
    const struct value valid[] = {V_INT(n->county), V_INT(n->person), V_TEXT(S("valid"))};
    p->has_row = false;
    p->has_one = card;
    TRY(query(c, &stmt_payee_of_person, valid, 3, &q, err));
    while (query_next(q)) {
        p->has_one = true;
        p->has_row |= str_eq(query_text(q, 3), n->programme);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc check_rest(struct putting *p, struct conn *c, struct err *err)
{
    const struct payee_new *n = p->n;
    struct bank bank;
    bool related = false;

    TRY(scope_household(p->s, c, n->county, n->household, err));
    TRY(scope_related(p->s, c, n->county, n->household, &related, err));
    if (related)
        return err_set(err, RC_FORBIDDEN, "it is your own or a relative's family");
    TRY(check_person(p, c, err));
    TRY(bank_known(c, p->a, &bank, err));
    if (n->bank.n > 0 && bank_code_text(bank.banks, bank.n_banks, n->bank).n == 0)
        return wrong(p, "bank", err, "found “%.*s”, expected a code of the place's list",
                     STR_ARG(str_sub(n->bank, 0, 20)));
    if (is_person(n) && !p->same_name && str_trim(n->reason).n == 0)
        return wrong(p, "reason", err,
                     "the account's name is not the person's: say why, or whose account it is");
    if (!is_person(n) && p->same_name)
        return wrong(p, "kind", err, "the account has the person's own name");
    if (p->has_one && str_trim(n->reason).n == 0)
        return wrong(p, "reason", err, "say why the account changes");
    return RC_OK;
}

/* Somebody else must look at it. */
MUST_CHECK static enum rc put_task(struct putting *p, struct change *c, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(c->county_code), V_INT(p->n->household),
                              V_TEXT(str_from(date_text(p->s->today, on)))};
    const struct policy *policy =
        p->n->programme.n > 0 ? rules_policy(p->city->rules, p->n->programme) : NULL;
    struct task t = {.kind = S("payee"),
                     .ref_id = p->out->payee_account_id,
                     .step = S(""),
                     .household_id = p->n->household,
                     .person_id = p->n->person,
                     .role = ROLE_HEAD,
                     .line = policy != NULL ? policy->line : S(""),
                     .title = S("核对并确认收款账户"),
                     .title_en = S("confirm a payee's account"),
                     .subject = p->name,
                     .opened = p->s->today};

    TRY(query_one(c->conn, &stmt_household_division_on_day, v, 3, &t.division, err));
    t.division = t.division / 1000 * 1000;
    return task_put(c, &t, err);
}

MUST_CHECK static enum rc end_waiting(struct putting *p, struct change *c, struct err *err)
{
    const struct value key[] = {V_INT(c->county_code), V_INT(p->n->person), V_TEXT(S("waiting"))};
    const struct value mine[] = {key[0], key[1], V_TEXT(p->n->programme)};
    int64_t id = 0;
    struct query *q = NULL;

    TRY(query(c->conn, &stmt_payee_of_person, key, 3, &q, err));
    while (query_next(q))
        if (str_eq(query_text(q, 3), p->n->programme))
            id = query_int(q, 0);
    TRY(query_end(q, err));
    if (id == 0)
        return RC_OK;
    TRY(exec(c->conn, &stmt_payee_withdraw, mine, 3, NULL, err));
    return task_end(c, S("payee"), 0, id, S(""), p->s->today, err);
}

MUST_CHECK static enum rc put_row(struct putting *p, struct change *c, struct err *err)
{
    const struct payee_new *n = p->n;
    struct person_key key;
    char from[11], on[11];

    TRY(person_key_of(c, p->city->vault, n->person, &key, err));
    const struct value v[] = {
        V_INT(c->county_code),
        V_INT(p->out->payee_account_id),
        V_INT(n->household),
        V_INT(n->person),
        V_TEXT(n->programme),
        V_TEXT(n->kind),
        V_TEXT(str_trim(n->holder)),
        V_TEXT(n->bank),
        V_TEXT(str_trim(n->branch)),
        V_BLOB(number_seal(p->city->vault, &key, NUMBER_CARD, p->account, p->a)),
        V_BLOB(((str){(const char *)p->lookup, VAULT_LOOKUP})),
        V_TEXT(str_from(date_text(n->from != 0 ? n->from : p->s->today, from))),
        V_TEXT(p->out->waits ? S("waiting") : S("valid")),
        V_TEXT(p->same_name ? S("ok") : S("differs")),
        V_TEXT(str_trim(n->reason)),
        V_TEXT(str_trim(n->proof)),
        V_TEXT(p->s->login),
        V_TEXT(str_from(date_text(p->s->today, on))),
        V_INT(c->position)};
    change_note(c, "payee_account", v, 19);
    return exec(c->conn, &stmt_payee_add, v, 19, NULL, err);
}

MUST_CHECK static enum rc count_shared(struct putting *p, struct conn *c, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(p->n->county),
                              V_BLOB(((str){(const char *)p->lookup, VAULT_LOOKUP})),
                              V_INT(p->n->household), V_TEXT(str_from(date_text(p->s->today, on)))};
    struct query *q = NULL;

    p->out->shared = 0;
    TRY(query(c, &stmt_payee_shared_accounts, v, 3, &q, err));
    while (query_next(q))
        p->out->shared++;
    TRY(query_end(q, err));
    TRY(query(c, &stmt_payee_shared_cards, v, 4, &q, err));
    while (query_next(q))
        p->out->shared++;
    return query_end(q, err);
}

static enum rc put_once(struct change *c, void *ctx, struct err *err)
{
    struct putting *p = ctx;

    TRY(check_rest(p, c->conn, err));
    p->out->waits = !is_person(p->n) || !p->same_name || p->has_one;
    p->out->mended = 0;
    TRY(count_shared(p, c->conn, err));
    TRY(end_waiting(p, c, err));
    TRY(put_row(p, c, err));
    if (p->out->waits)
        return put_task(p, c, err);
    return batch_mend_payee(c, p->n->person, p->n->programme, p->s->today, &p->out->mended, err);
}

enum rc payee_put(struct city *city, const struct scope *s, const struct payee_new *n,
                  struct payee_made *out, struct err *err)
{
    struct arena a = {0};
    struct putting p = {.city = city, .s = s, .n = n, .a = &a, .out = out};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = n->county,
                                     .who = s->login,
                                     .why = S("a payee's account put on record")};
    struct conn *c = NULL;

    *out = (struct payee_made){.payee_account_id = id_next(&city->ids)};
    if (!scope_acts(s, HANDLERS, S("")))
        return err_set(err, RC_FORBIDDEN, "accounts are put on record where the family is handled");
    TRY(store_reader(city->store, &c, err));
    /* Before the change: a county that nobody has heard of must not get a chain. */
    enum rc rc = scope_household(s, c, n->county, n->household, err);
    store_reader_done(c);
    if (rc == RC_OK)
        rc = check_text(&p, err);
    if (rc == RC_OK)
        rc = change_write(&spec, put_once, &p, NULL, err);
    arena_deinit(&a);
    return rc;
}

/* ---- confirmed --------------------------------------------------------------------------------- */

struct settling {
    struct city *city;
    const struct scope *s;
    int64_t id;
    bool confirm;
    str words;
    struct arena *a;
    int64_t *mended;
};

/* Was it put on record by the same person, be it under another login? */
MUST_CHECK static enum rc is_own(const struct settling *k, struct change *c, const struct payee *p,
                                 bool *out, struct err *err)
{
    const struct scope *all = scope_system(k->city, k->s->today, k->a);
    struct err none = {0};
    struct account who = {0};

    *out = str_eq(p->recorded_by, k->s->login);
    if (*out || k->s->person_id == 0)
        return RC_OK;
    enum rc rc = account_find(all, c->conn, p->recorded_by, k->a, &who, &none);
    *out =
        rc == RC_OK && who.person_county == k->s->person_county && who.person_id == k->s->person_id;
    return rc == RC_OK || rc == RC_NOT_FOUND ? RC_OK : err_set(err, rc, "%s", none.text);
}

MUST_CHECK static enum rc may_settle(const struct settling *k, struct change *c,
                                     const struct payee *p, struct err *err)
{
    bool related = false, own = false;

    /* Not there and not yours look the same. */
    enum rc rc = scope_household(k->s, c->conn, c->county_code, p->household_id, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "no such account that may be seen");
    TRY(rc);
    TRY(scope_related(k->s, c->conn, c->county_code, p->household_id, &related, err));
    if (related)
        return err_set(err, RC_FORBIDDEN, "it is your own or a relative's family");
    if (!str_eq(p->state, S("waiting")))
        return err_set(err, RC_CONFLICT, "the account does not wait any more: it is %.*s",
                       STR_ARG(p->state));
    TRY(is_own(k, c, p, &own, err));
    if (k->confirm && own)
        return err_set(err, RC_FORBIDDEN,
                       "you put it on record yourself: somebody else must confirm it");
    return RC_OK;
}

static enum rc settle_once(struct change *c, void *ctx, struct err *err)
{
    struct settling *k = ctx;
    char on[11];
    const struct value key[] = {V_INT(c->county_code), V_INT(k->id)};
    struct payee p = {0};
    str sealed, lookup;
    struct query *q = NULL;

    *k->mended = 0;
    TRY(query(c->conn, &stmt_payee_find, key, 2, &q, err));
    bool found = query_next(q);
    if (found)
        p = payee_row(q, c->county_code, k->a, &sealed, &lookup);
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "no such account that may be seen");
    TRY(may_settle(k, c, &p, err));
    const struct value old[] = {key[0], V_INT(p.person_id), V_TEXT(p.programme)};
    const struct value v[] = {key[0],
                              key[1],
                              V_TEXT(k->confirm ? S("valid") : S("refused")),
                              V_TEXT(k->s->login),
                              V_TEXT(str_from(date_text(k->s->today, on))),
                              V_TEXT(k->words)};
    if (k->confirm)
        TRY(exec(c->conn, &stmt_payee_replace, old, 3, NULL, err));
    change_note(c, "payee_account", v, 6);
    TRY(exec(c->conn, &stmt_payee_settle, v, 6, NULL, err));
    TRY(task_end(c, S("payee"), 0, k->id, S(""), k->s->today, err));
    if (!k->confirm)
        return RC_OK;
    return batch_mend_payee(c, p.person_id, p.programme, k->s->today, k->mended, err);
}

enum rc payee_settle(struct city *city, const struct scope *s, int64_t county,
                     int64_t payee_account_id, bool confirm, str words, int64_t *mended,
                     struct err *err)
{
    struct arena a = {0};
    struct settling k = {city, s, payee_account_id, confirm, str_trim(words), &a, mended};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = confirm ? S("a payee's account confirmed")
                                                    : S("a payee's account refused")};
    const struct value key[] = {V_INT(county), V_INT(payee_account_id)};
    struct conn *c = NULL;
    struct query *q = NULL;
    bool found = false;

    *mended = 0;
    if (!scope_acts(s, HANDLERS | ROLE_BIT(ROLE_PAYER), S("")))
        return err_set(err, RC_FORBIDDEN, "accounts are confirmed by the office and by who pays");
    if (!confirm && k.words.n == 0)
        return err_set(err, RC_BAD_INPUT, "text: say why it is refused");
    TRY(store_reader(city->store, &c, err));
    enum rc rc = query(c, &stmt_payee_find, key, 2, &q, err);
    if (rc == RC_OK) {
        found = query_next(q);
        rc = query_end(q, err);
    }
    store_reader_done(c);
    if (rc == RC_OK)
        rc = found ? change_write(&spec, settle_once, &k, NULL, err)
                   : err_set(err, RC_NOT_FOUND, "no such account that may be seen");
    arena_deinit(&a);
    return rc;
}
