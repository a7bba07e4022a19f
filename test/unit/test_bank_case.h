/*
 * What the tests of the bank's list share: a town whose month was run, with a layout of its own, accounts,
 * and answers of the bank made from the files that it got.
 */
#ifndef HUIMIN_UNIT_TEST_BANK_CASE_H
#define HUIMIN_UNIT_TEST_BANK_CASE_H

#include "unit/test_run_case.h"

#include "base/file.h"
#include "pay/bank_file.h"
#include "pay/batch.h"
#include "pay/decide.h"
#include "pay/payee.h"
#include "work/clock.h"

#define CARD_1 "6217003670000001231"
#define CARD_2 "6217003670000001249"
#define CARD_3 "6217003670000001256"
#define CARD_4 "6217003670000001265" /* its check digit is wrong */

static inline day bank_today(void)
{
    day d = 0;
    assert_true(date_parse(S("2020-12-21"), &d));
    return d;
}

static inline struct scope *payer_of(struct town *t)
{
    return scope_system(t->c, bank_today(), &t->a);
}

/* Another office, with one role. */
static inline struct scope *office_of(struct town *t, enum role role, const char *login,
                                      int64_t division)
{
    struct scope_role *r = NEW(&t->a, struct scope_role);
    struct scope *s = NEW(&t->a, struct scope);
    *r = (struct scope_role){.role = role, .line = S("")};
    *s = scope_office(division, r, str_from(login), bank_today());
    return s;
}

struct card {
    struct city *city;
    int64_t person;
    const char *number;
};

static inline enum rc card_once(struct change *c, void *ctx, struct err *err)
{
    const struct card *k = ctx;
    return person_number_put(c, k->city->vault, k->person, NUMBER_CARD, str_from(k->number), err);
}

static inline void card_of(struct town *t, int64_t person, const char *number)
{
    struct card k = {t->c, person, number};
    check_ok(change_in(t->c, CASE_COUNTY, card_once, &k, NULL, err));
}

/* A sum paid once, inside a change. */
static inline enum rc money_once(struct change *c, void *ctx, struct err *err)
{
    const struct money_decision *d = ctx;
    return money_decide(c, d, err);
}

/* The shipped layout of Panzhihua, as this town's. */
static inline void bank_of(struct town *t)
{
    char path[128];
    str text;
    check_ok(file_read(HUIMIN_SRC "/places/panzhihua/bank.json", 1 << 20, &t->a, &text, err));
    home_put(&t->home, "places/town/bank.json", str_z(&t->a, text));
    snprintf(path, sizeof path, "%s", t->home.path);
    check_ok(bank_init(t->c, path, 0, err));
}

/*
 * Three families on dibao with 650.00 each in December (nobody earns anything): 1 and 2 in the street,
 * 3 in the town of the hills (300.00). 1 and 3 have cards.
 */
static inline struct town paid_town(void *state)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    struct town t = town_begin(state);
    pay_tie();
    for (int64_t h = 1; h <= 3; h++) {
        family(t.c, h, villages[h - 1]);
        enrol(t.c, h, 0, "dibao", DAY_OPEN);
    }
    card_of(&t, 1001, CARD_1);
    card_of(&t, 1003, CARD_3);
    bank_of(&t);
    run_of(&t, "2020-12");
    return t;
}

static inline struct batch freeze(struct town *t)
{
    struct batch b;
    check_ok(batch_freeze(t->c, payer_of(t), CASE_COUNTY, month_at("2020-12"), &t->a, &b, err));
    return b;
}

static inline str lines_of(struct town *t)
{
    return rows_of(t->c,
                   "SELECT b.number, l.seq, l.household_id, l.fen, l.state, l.reason_code "
                   "FROM batch_line AS l JOIN batch AS b ON b.batch_id = l.batch_id "
                   "ORDER BY b.number, l.seq",
                   "tiiitt", &t->a);
}

static inline str file_of(struct town *t, const struct batch *b, const char *layout)
{
    struct batch_mistakes wrong;
    str bytes, name;
    check_ok(batch_file(t->c, payer_of(t), b->county_code, b->batch_id, str_from(layout), S(""),
                        &t->a, &bytes, &name, &wrong, err));
    return bytes;
}

/* ---- what the bank answers -------------------------------------------------------------------- */

struct said {
    int64_t seq;
    const char *account;
    int64_t fen;
    const char *result;
};

static inline str sm3_of(str bytes, struct arena *a)
{
    uint8_t hash[VAULT_HASH];
    sm3_once(bytes.p, bytes.n, hash);
    return hash_text(hash, a);
}

/* A flat answer; header values may be given another way by `number`, `month`, `bank` (NULL: right). */
struct odd {
    const char *bank, *number, *month;
    int64_t rows, total; /* added */
};
static inline str answer_of(struct town *t, const struct batch *b, const struct said *said,
                            size_t n, struct odd odd)
{
    struct sbuf rows, all;
    int64_t total = 0;
    sbuf_init(&rows, 1 << 20);
    sbuf_init(&all, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        sbuf_fmt(&rows, "R%08lld%-19s%012lld%-4s%-60s\r\n", (long long)said[i].seq, said[i].account,
                 (long long)said[i].fen, said[i].result, "");
        total += said[i].fen;
    }
    char number[24];
    snprintf(number, sizeof number, "%.*s", STR_ARG(b->number));
    sbuf_fmt(&all, "A%-6s%-20s%s20201225%08lld%016lld%-64.*s\r\n",
             odd.bank != NULL ? odd.bank : "402", odd.number != NULL ? odd.number : number,
             odd.month != NULL ? odd.month : "202012", (long long)n + odd.rows,
             (long long)total + odd.total, STR_ARG(b->digest));
    sbuf_add(&all, sbuf_str(&rows));
    sbuf_fmt(&all, "T%08lld%016lld%.*s\r\n", (long long)n + odd.rows, (long long)total + odd.total,
             STR_ARG(sm3_of(sbuf_str(&rows), &t->a)));
    str out = str_dup(&t->a, sbuf_str(&all));
    sbuf_deinit(&rows);
    sbuf_deinit(&all);
    return out;
}

static inline enum rc take_answer(struct town *t, const struct batch *b, str bytes,
                                  struct batch_taken *out, struct batch_mistakes *wrong,
                                  struct err *err)
{
    return batch_answer(t->c, payer_of(t), b->county_code, b->batch_id, S(""), bytes, &t->a, out,
                        wrong, err);
}

#endif
