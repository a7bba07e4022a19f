/*
 * The month's list frozen, answered, paid again: once, whatever is read twice, frozen at once by two, or
 * killed between.
 */
#include "unit/test_bank_case.h"

#include <pthread.h>

#include "store/store.h"

static str tasks_of(struct town *t)
{
    return rows_of(t->c,
                   "SELECT kind, step, division, role, line, household_id, title FROM task "
                   "WHERE ended = '' AND kind IN ('payment', 'payee') ORDER BY kind, step",
                   "ttittit", &t->a);
}

/* ---- freezing ---------------------------------------------------------------------------------- */

static void a_month_is_frozen_once(void **state)
{
    struct town t = paid_town(*state);
    struct batch b = freeze(&t), again;
    bool frozen = false;
    struct conn *c = NULL;
    check_text(b.number, "990102-202012-01");
    assert_int_equal(b.rows, 2);
    assert_int_equal(b.fen, 65000 + 30000);
    assert_int_equal(b.held_rows, 1);
    assert_int_equal(b.held_fen, 65000);
    assert_int_equal(b.digest.n, 64);
    check_text(lines_of(&t), "990102-202012-01|1|1|65000|frozen|\n"
                             "990102-202012-01|2|3|30000|frozen|\n"
                             "990102-202012-01|3|2|65000|held|");
    check_text(tasks_of(&t),
               "payment|3|990102001000|clerk|assistance|2|没有收款账户：登记账户后重发");
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(batch_frozen(c, CASE_COUNTY, month_at("2020-12"), &frozen, err));
    assert_true(frozen);
    check_ok(batch_frozen(c, CASE_COUNTY, month_at("2020-11"), &frozen, err));
    assert_false(frozen);
    store_reader_done(c);
    check_fails(
        batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2020-12"), &t.a, &again, err),
        RC_CONFLICT, "frozen already");
    check_fails(
        batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2020-11"), &t.a, &again, err),
        RC_NOT_FOUND, "was not run");
    check_fails(batch_freeze(t.c, payer_of(&t), CASE_OTHER, month_at("2020-12"), &t.a, &again, err),
                RC_NOT_FOUND, "nothing is to be paid");
    town_done(&t);
}

static void only_who_pays_freezes(void **state)
{
    struct town t = paid_town(*state);
    struct batch b;
    month m = month_at("2020-12");
    check_fails(batch_freeze(t.c, office_of(&t, ROLE_DECIDER, "jue", 990102000000), CASE_COUNTY, m,
                             &t.a, &b, err),
                RC_FORBIDDEN, "whoever pays");
    check_fails(batch_freeze(t.c, office_of(&t, ROLE_PAYER, "yi", 990103000000), CASE_COUNTY, m,
                             &t.a, &b, err),
                RC_NOT_FOUND, "may be seen");
    check_fails(batch_freeze(t.c, office_of(&t, ROLE_PAYER, "zhen", 990102001000), CASE_COUNTY, m,
                             &t.a, &b, err),
                RC_NOT_FOUND, "may be seen");
    check_ok(batch_freeze(t.c, office_of(&t, ROLE_PAYER, "fu", 990102000000), CASE_COUNTY, m, &t.a,
                          &b, err));
    check_text(b.frozen_by, "fu");
    town_done(&t);
}

/* What was taken over with the case load was paid by whoever had it before. */
static void a_month_taken_over_is_not_paid_again(void **state)
{
    struct town t = paid_town(*state);
    struct run_spec spec = run_spec_of(t.c, month_at("2020-11"));
    struct run_result r;
    struct batch b;
    spec.decide = DECIDE_PAST;
    check_ok(run_month(&spec, &t.a, &r, err));
    check_fails(batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2020-11"), &t.a, &b, err),
                RC_RULE, "paid elsewhere");
    town_done(&t);
}

static const char visible_payments[] =
    "SELECT p.household_id, p.amount_fen FROM payment AS p JOIN month_run AS m "
    "ON m.county_code = p.county_code AND m.month = p.month AND m.job_id = p.job_id "
    "WHERE p.month = '2020-12' ORDER BY p.household_id";

/* Income found afterwards does not change what is on its way. */
static void a_frozen_month_keeps_its_payments(void **state)
{
    struct town t = paid_town(*state);
    struct run_result r;
    freeze(&t);
    person_from(t.c, 1001, "2019-01-01", "income 20000");
    struct run_spec spec = run_spec_of(t.c, month_at("2020-12"));
    spec.division = 990102000000;
    check_fails(run_month(&spec, &t.a, &r, err), RC_CONFLICT, "is frozen");
    check_text(rows_of(t.c, visible_payments, "ii", &t.a), "1|65000\n2|65000\n3|30000");
    town_done(&t);
}

/* Between two slices of a run the month can't be frozen. */
struct between {
    struct town *t;
    bool done;
};

static bool freeze_between(void *ctx)
{
    struct between *b = ctx;
    struct batch made;
    if (b->done)
        return false;
    b->done = true;
    check_fails(batch_freeze(b->t->c, payer_of(b->t), CASE_COUNTY, month_at("2020-12"), &b->t->a,
                             &made, err),
                RC_CONFLICT, "being run already");
    return false;
}

static void a_run_and_a_freeze_keep_apart(void **state)
{
    struct town t = paid_town(*state);
    struct run_result r;
    struct run_spec spec = run_spec_of(t.c, month_at("2020-12"));
    struct between b = {.t = &t};
    spec.division = 990102000000;
    spec.stop = freeze_between;
    spec.progress_ctx = &b;
    person_from(t.c, 1001, "2019-01-01", "income 20000");
    check_ok(run_month(&spec, &t.a, &r, err));
    assert_true(b.done);
    check_text(rows_of(t.c, visible_payments, "ii", &t.a), "1|45000\n2|65000\n3|30000");
    town_done(&t);
}

/* A sum paid once goes with the next list, and with no other. */
static void sums_paid_once_go_along(void **state)
{
    struct town t = paid_town(*state);
    struct money_decision d = {.household_id = 2,
                               .programme = S("relief_urgent"),
                               .from = month_at("2020-12"),
                               .fen = 80000,
                               .once = true,
                               .account_id = 1003,
                               .cause = S("case 1"),
                               .who = S("tester"),
                               .today = bank_today()};
    check_ok(change_in(t.c, CASE_COUNTY, money_once, &d, NULL, err));
    struct batch b = freeze(&t);
    assert_int_equal(b.rows, 3);
    assert_int_equal(b.fen, 95000 + 80000);
    check_text(rows_of(t.c,
                       "SELECT household_id, payee_id, programme, kind, fen FROM batch_line "
                       "WHERE kind = 'once'",
                       "iitti", &t.a),
               "2|1003|relief_urgent|once|80000");
    run_of(&t, "2021-01");
    check_ok(batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2021-01"), &t.a, &b, err));
    assert_int_equal(b.rows + b.held_rows, 3);
    town_done(&t);
}

/* ---- the bank's answer -------------------------------------------------------------------------- */

static void paid_and_failed(void **state)
{
    static const struct said said[] = {{1, CARD_1, 65000, "0000"}, {2, CARD_3, 30000, "1003"}};
    struct town t = paid_town(*state);
    struct batch b = freeze(&t);
    struct batch_taken taken;
    struct batch_mistakes wrong;
    str answer = answer_of(&t, &b, said, 2, (struct odd){0});
    check_fails(take_answer(&t, &b, answer, &taken, &wrong, err), RC_CONFLICT, "no file");
    file_of(&t, &b, "flat");
    check_ok(take_answer(&t, &b, answer, &taken, &wrong, err));
    assert_int_equal(taken.news, 2);
    check_text(taken.batch.state, "answered");
    assert_int_equal(taken.batch.paid_fen, 65000);
    assert_int_equal(taken.batch.failed_fen, 30000);
    check_text(lines_of(&t), "990102-202012-01|1|1|65000|paid|\n"
                             "990102-202012-01|2|3|30000|failed|1003\n"
                             "990102-202012-01|3|2|65000|held|");
    check_text(tasks_of(&t), "payment|2|990102100000|clerk|assistance|3|发放未成功（账户已销户，"
                             "请换一个账户）：更正后重发\n"
                             "payment|3|990102001000|clerk|assistance|2|没有收款账户：登记账户后"
                             "重发");
    /* Read twice it changes nothing, not even the chain. */
    int64_t position = position_now(t.c, CASE_COUNTY);
    check_ok(take_answer(&t, &b, answer, &taken, &wrong, err));
    assert_true(taken.again);
    assert_int_equal(position_now(t.c, CASE_COUNTY), position);
    town_done(&t);
}

static void answers_in_parts_add_up(void **state)
{
    static const struct said first[] = {{2, CARD_3, 30000, "1003"}};
    static const struct said second[] = {{1, CARD_1, 65000, "0000"}, {2, CARD_3, 30000, "1003"}};
    static const struct said other[] = {{1, CARD_1, 65000, "1001"}, {2, CARD_3, 30000, "0000"}};
    struct town t = paid_town(*state);
    struct batch b = freeze(&t);
    struct batch_taken taken;
    struct batch_mistakes wrong;
    file_of(&t, &b, "flat");
    check_ok(
        take_answer(&t, &b, answer_of(&t, &b, first, 1, (struct odd){0}), &taken, &wrong, err));
    check_text(taken.batch.state, "sent");
    check_ok(
        take_answer(&t, &b, answer_of(&t, &b, second, 2, (struct odd){0}), &taken, &wrong, err));
    assert_int_equal(taken.news, 1);
    check_text(taken.batch.state, "answered");
    check_fails(
        take_answer(&t, &b, answer_of(&t, &b, other, 2, (struct odd){0}), &taken, &wrong, err),
        RC_CONFLICT, "the bank said “paid” before, now “1001”");
    assert_int_equal(wrong.n, 2);
    assert_int_equal(wrong.at[1].seq, 2);
    check_text(lines_of(&t), "990102-202012-01|1|1|65000|paid|\n"
                             "990102-202012-01|2|3|30000|failed|1003\n"
                             "990102-202012-01|3|2|65000|held|");
    town_done(&t);
}

/* Nothing of a file that isn't right is stored. */
static void wrong_answers_change_nothing(void **state)
{
    static const struct said good[] = {{1, CARD_1, 65000, "0000"}, {2, CARD_3, 30000, "1003"}};
    static const struct said twice[] = {{1, CARD_1, 65000, "0000"}, {1, CARD_1, 65000, "1003"}};
    static const struct said sum[] = {{1, CARD_1, 65001, "0000"}};
    static const struct said account[] = {{1, CARD_2, 65000, "0000"}};
    static const struct said held[] = {{3, CARD_1, 65000, "0000"}};
    struct town t = paid_town(*state);
    struct batch b = freeze(&t);
    file_of(&t, &b, "flat");
    str whole = answer_of(&t, &b, good, 2, (struct odd){0});
    str changed = str_dup(&t.a, whole);
    long at = str_find(changed, S("1003"));
    ((char *)(uintptr_t)changed.p)[at + 3] = '1';
    const struct {
        str bytes;
        const char *words;
    } cases[] = {
        {answer_of(&t, &b, good, 2, (struct odd){.bank = "999"}), "it is of the bank 999"},
        {answer_of(&t, &b, good, 2, (struct odd){.number = "990102-202011-01"}), "answers batch"},
        {answer_of(&t, &b, good, 2, (struct odd){.month = "202011"}), "of the month 2020-11"},
        {answer_of(&t, &b, good, 2, (struct odd){.rows = 1}), "it is cut off"},
        {answer_of(&t, &b, good, 2, (struct odd){.total = 1}), "come to 95000 fen"},
        {answer_of(&t, &b, twice, 2, (struct odd){0}), "twice, with two results"},
        {answer_of(&t, &b, sum, 1, (struct odd){0}), "65001 fen, we sent 65000"},
        {answer_of(&t, &b, account, 1, (struct odd){0}), "another account"},
        {answer_of(&t, &b, held, 1, (struct odd){0}), "the batch has 2 lines"},
        {changed, "it was altered"},
        {str_sub(whole, 0, whole.n - 30), "cut off"},
        {str_sub(whole, 0, 250), "cut off"},
        {S(""), "begins like no answer"},
        {S("PK\x03\x04"), "begins like no answer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct batch_taken taken;
        struct batch_mistakes wrong;
        check_fails(take_answer(&t, &b, cases[i].bytes, &taken, &wrong, err), RC_BAD_INPUT,
                    cases[i].words);
    }
    check_text(lines_of(&t), "990102-202012-01|1|1|65000|frozen|\n"
                             "990102-202012-01|2|3|30000|frozen|\n"
                             "990102-202012-01|3|2|65000|held|");
    town_done(&t);
}

/* ---- again -------------------------------------------------------------------------------------- */

/* Frozen, sent, and line 2 failed. */
static struct batch failed_town(struct town *t)
{
    static const struct said said[] = {{1, CARD_1, 65000, "0000"}, {2, CARD_3, 30000, "1003"}};
    struct batch b = freeze(t);
    struct batch_taken taken;
    struct batch_mistakes wrong;
    file_of(t, &b, "flat");
    check_ok(take_answer(t, &b, answer_of(t, &b, said, 2, (struct odd){0}), &taken, &wrong, err));
    return taken.batch;
}

static void failed_lines_are_paid_again_once(void **state)
{
    static const struct said fails[] = {{1, CARD_2, 65000, "0000"}, {2, CARD_3, 30000, "1005"}};
    struct town t = paid_town(*state);
    struct batch b = failed_town(&t), more;
    struct batch_taken taken;
    struct batch_mistakes wrong;
    struct scope *clerk = office_of(&t, ROLE_CLERK, "jing", 990102100000);
    check_fails(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err), RC_CONFLICT,
                "nothing can be paid again");
    check_fails(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 2, S(" "), err), RC_BAD_INPUT,
                "say what was done");
    check_fails(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 3, S("银行已激活"), err),
                RC_NOT_FOUND, "may be seen");
    check_ok(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 2, S("银行已激活"), err));
    check_fails(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 2, S("银行已激活"), err),
                RC_CONFLICT, "not one that failed");
    card_of(&t, 1002, CARD_2); /* the held line has an account now */
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err));
    check_text(more.number, "990102-202012-02");
    check_text(more.kind, "again");
    assert_int_equal(more.fen, 95000);
    check_text(tasks_of(&t), "");
    check_text(lines_of(&t), "990102-202012-01|1|1|65000|paid|\n"
                             "990102-202012-01|2|3|30000|again|1003\n"
                             "990102-202012-01|3|2|65000|again|\n"
                             "990102-202012-02|1|2|65000|frozen|\n"
                             "990102-202012-02|2|3|30000|frozen|");
    check_fails(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &b, err), RC_CONFLICT,
                "nothing can be paid again");
    /* What fails again may be paid again. */
    file_of(&t, &more, "csv");
    check_ok(take_answer(&t, &more, answer_of(&t, &more, fails, 2, (struct odd){0}), &taken, &wrong,
                         err));
    check_ok(batch_mend(t.c, clerk, CASE_COUNTY, more.batch_id, 2, S("银行已激活"), err));
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &b, err));
    check_text(b.number, "990102-202012-03");
    assert_int_equal(b.fen, 30000);
    check_text(
        rows_of(t.c,
                "SELECT p.household_id, b.number, p.seq FROM batch_paid AS p JOIN batch AS b "
                "ON b.batch_id = p.batch_id ORDER BY p.household_id",
                "iti", &t.a),
        "1|990102-202012-01|1\n2|990102-202012-02|1\n3|990102-202012-03|1");
    town_done(&t);
}

struct racer {
    struct town *t;
    struct arena a;
    enum rc rc[20];
    bool again;
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    for (int i = 0; i < 20; i++) {
        struct batch b;
        struct err e = {0};
        struct scope *s = scope_system(r->t->c, bank_today(), &r->a);
        r->rc[i] = r->again
                       ? batch_again(r->t->c, s, CASE_COUNTY, &r->a, &b, &e)
                       : batch_freeze(r->t->c, s, CASE_COUNTY, month_at("2020-12"), &r->a, &b, &e);
    }
    return NULL;
}

/* How many of two threads' tries came through. */
static int race_two(struct town *t, bool again)
{
    struct racer two[2] = {{.t = t, .again = again}, {.t = t, .again = again}};
    pthread_t threads[2];
    int won = 0;
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &two[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        for (int k = 0; k < 20; k++) {
            won += two[i].rc[k] == RC_OK;
            if (two[i].rc[k] != RC_OK && two[i].rc[k] != RC_CONFLICT)
                fail_msg("found %s", rc_code(two[i].rc[k]));
        }
        arena_deinit(&two[i].a);
    }
    return won;
}

static void two_at_once_freeze_once(void **state)
{
    struct town t = paid_town(*state);
    assert_int_equal(race_two(&t, false), 1);
    check_text(rows_of(t.c, "SELECT count(*), (SELECT count(*) FROM batch_paid) FROM batch_line",
                       "ii", &t.a),
               "3|3");
    town_done(&t);
}

static void two_at_once_pay_again_once(void **state)
{
    struct town t = paid_town(*state);
    struct batch b = failed_town(&t);
    struct scope *clerk = office_of(&t, ROLE_CLERK, "jing", 990102100000);
    check_ok(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 2, S("银行已激活"), err));
    card_of(&t, 1002, CARD_2);
    assert_int_equal(race_two(&t, true), 1);
    check_text(rows_of(t.c,
                       "SELECT household_id, count(*) FROM batch_line WHERE state <> 'again' "
                       "GROUP BY household_id ORDER BY household_id",
                       "ii", &t.a),
               "1|1\n2|1\n3|1");
    town_done(&t);
}

/* The database goes away after each number of statements: whole or not at all. */
static void killed_between(void **state)
{
    static const char standing[] =
        "SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM batch_line), (SELECT count(*) "
        "FROM batch_line WHERE state = 'again'), (SELECT count(*) FROM batch_paid), (SELECT "
        "count(*) FROM task WHERE kind = 'payment')";
    struct town t = paid_town(*state);
    struct batch b;
    int64_t tries = 0;
    for (enum rc rc = RC_IO; rc != RC_OK; tries++) {
        struct err e = {0};
        store_fail_after(tries);
        rc = batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2020-12"), &t.a, &b, &e);
        store_fail_after(-1);
        check_text(rows_of(t.c, standing, "iiiii", &t.a), rc == RC_OK ? "1|3|0|3|1" : "0|0|0|0|0");
        assert_true(tries < 200);
    }
    assert_true(tries > 8);
    card_of(&t, 1002, CARD_2);
    tries = 0;
    for (enum rc rc = RC_IO; rc != RC_OK; tries++) {
        struct err e = {0};
        store_fail_after(tries);
        rc = batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &b, &e);
        store_fail_after(-1);
        check_text(rows_of(t.c, standing, "iiiii", &t.a), rc == RC_OK ? "2|4|1|3|1" : "1|3|0|3|1");
        assert_true(tries < 200);
    }
    assert_true(tries > 6);
    town_done(&t);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static void lists_keep_to_the_scope(void **state)
{
    struct town t = paid_town(*state);
    struct batch b = failed_town(&t);
    struct scope *hills = office_of(&t, ROLE_CLERK, "jing", 990102100000);
    struct scope *elsewhere = office_of(&t, ROLE_PAYER, "yi", 990103000000);
    struct batch_line *lines = NULL;
    struct batch *batches = NULL;
    struct household_line *of = NULL;
    struct batch_back back;
    struct conn *c = NULL;
    size_t n = 0;
    bool more = false;
    int64_t count = 0, fen = 0;
    check_ok(store_reader(t.c->store, &c, err));
    struct line_query q = {.scope = hills,
                           .city = t.c,
                           .county = CASE_COUNTY,
                           .batch_id = b.batch_id,
                           .state = S(""),
                           .programme = S(""),
                           .q = S(""),
                           .limit = 50};
    check_ok(batch_lines(&q, c, &t.a, &lines, &n, &more, err));
    assert_int_equal(n, 1);
    check_text(lines[0].account, "6217***********1256");
    check_text(lines[0].reason, "账户已销户，请换一个账户");
    check_ok(batch_lines_count(&q, c, &count, &fen, err));
    assert_int_equal(count, 1);
    assert_int_equal(fen, 30000);
    q.scope = payer_of(&t);
    q.limit = 1;
    q.after = 1;
    check_ok(batch_lines(&q, c, &t.a, &lines, &n, &more, err));
    assert_true(n == 1 && lines[0].seq == 2 && more);
    q.state = S("held");
    q.after = 0;
    check_ok(batch_lines(&q, c, &t.a, &lines, &n, &more, err));
    assert_true(n == 1 && lines[0].seq == 3 && !more);
    q.state = S("");
    q.q = S("李");
    check_ok(batch_lines_count(&q, c, &count, &fen, err));
    assert_int_equal(count, 0);
    q.scope = elsewhere;
    check_fails(batch_lines(&q, c, &t.a, &lines, &n, &more, err), RC_NOT_FOUND, "may be seen");
    check_fails(batch_read(hills, c, CASE_COUNTY, b.batch_id, &t.a, &b, err), RC_NOT_FOUND, "");
    struct batch_query all = {.scope = payer_of(&t), .limit = 10};
    check_ok(batches_read(&all, c, &t.a, &batches, &n, &more, err));
    assert_true(n == 1 && batches[0].held_rows == 1);
    all.scope = elsewhere;
    check_ok(batches_read(&all, c, &t.a, &batches, &n, &more, err));
    assert_int_equal(n, 0);
    check_ok(batch_back_count(hills, c, CASE_COUNTY, &back, err));
    assert_true(back.failed == 1 && back.held == 0 && back.failed_fen == 30000);
    check_ok(batch_of_household(t.c, hills, c, CASE_COUNTY, 3, 0, 0, &t.a, &of, &n, err));
    assert_int_equal(n, 1);
    check_text(of[0].number, "990102-202012-01");
    check_fails(batch_of_household(t.c, hills, c, CASE_COUNTY, 1, 0, 0, &t.a, &of, &n, err),
                RC_NOT_FOUND, "");
    store_reader_done(c);
    town_done(&t);
}

/* More than a screenful of a township's lines is one task, which ends with the last of them. */
static void many_held_lines_are_one_task(void **state)
{
    struct town t = town_begin(*state);
    struct batch b, more;
    pay_tie();
    bank_of(&t);
    for (int64_t h = 1; h <= 22; h++) {
        family(t.c, h, VILLAGE_1);
        enrol(t.c, h, 0, "dibao", DAY_OPEN);
    }
    run_of(&t, "2020-12");
    b = freeze(&t);
    assert_true(b.rows == 0 && b.held_rows == 22);
    check_text(tasks_of(&t),
               "payment|township:990102001000|990102001000|clerk||0|22 笔没有收款账户："
               "登记账户后重发");
    for (int64_t h = 1; h <= 22; h++)
        card_of(&t, h + 1000, CARD_1);
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err));
    assert_int_equal(more.rows, 22);
    check_text(tasks_of(&t), "");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_month_is_frozen_once),
        BOTH(only_who_pays_freezes),
        BOTH(a_month_taken_over_is_not_paid_again),
        BOTH(a_frozen_month_keeps_its_payments),
        BOTH(a_run_and_a_freeze_keep_apart),
        BOTH(sums_paid_once_go_along),
        BOTH(paid_and_failed),
        BOTH(answers_in_parts_add_up),
        BOTH(wrong_answers_change_nothing),
        BOTH(failed_lines_are_paid_again_once),
        BOTH(two_at_once_freeze_once),
        BOTH(two_at_once_pay_again_once),
        BOTH(killed_between),
        BOTH(lists_keep_to_the_scope),
        BOTH(many_held_lines_are_one_task),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
