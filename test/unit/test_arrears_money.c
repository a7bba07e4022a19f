/*
 * Arrears decided and put onto the next list: once, whoever decides twice, two at once or after a kill; the
 * bank pays what is left after deductions, and what nothing is left of is asked back.
 */
#include "unit/test_bank_case.h"

#include <pthread.h>

#include "pay/arrears.h"
#include "store/store.h"

enum { JOB = 77 };

/* ---- a town of three months that are paid ------------------------------------------------------- */

static void sql_put(struct town *t, const char *sql)
{
    const struct statement st = {.name = "test_put", .sql = sql};
    check_ok(fresh_exec(t->c->store, &st, NULL, 0, err));
}

static struct batch freeze_at(struct town *t, const char *m)
{
    struct batch b;
    check_ok(batch_freeze(t->c, payer_of(t), CASE_COUNTY, month_at(m), &t->a, &b, err));
    return b;
}

/* October to December 2020, 650.00 a month each (300.00 in the hills); 1 and 3 have cards. */
static struct town arrears_town(void *state)
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
    run_months(&t, "2020-10", "2020-12");
    freeze_at(&t, "2020-10");
    freeze_at(&t, "2020-11");
    freeze_at(&t, "2020-12");
    return t;
}

static void job_of(struct town *t, int64_t job)
{
    char sql[900];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO arrears_job (county_code, job_id, state, division, household_id, programme, "
        "from_month, upto_month, why, who, started_ms, ended_ms, position, rule_hash, engine, "
        "runs, next_household, households, months, line_rows, backpay_fen, recovery_fen, "
        "left_fen, undecided) VALUES (990102, %lld, 'open', 0, 0, '', '2020-10', '2020-12', "
        "'标准自10月起调整', 'test', 0, 0, 0, '', '', '', 0, 3, 9, 0, 0, 0, 0, 0)",
        (long long)job);
    sql_put(t, sql);
}

static void line_of(struct town *t, int64_t job, int64_t household, const char *month_text_,
                    int64_t paid, int64_t due, const char *cause)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R};
    char sql[900];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO arrears_line (county_code, job_id, household_id, person_id, programme, "
        "month, division, paid_fen, due_fen, cause, reason, state, decided_by, decided_on, "
        "words, batch_id, seq, settled_fen) VALUES (990102, %lld, %lld, 0, 'dibao', '%s', %lld, "
        "%lld, %lld, '%s', '%s', 'open', '', '', '', 0, 0, 0)",
        (long long)job, (long long)household, month_text_, (long long)villages[household - 1],
        (long long)paid, (long long)due, due > paid ? "underpaid" : cause,
        due > paid ? "standard" : "facts");
    sql_put(t, sql);
}

static struct arrears_choice accept_all(struct town *t)
{
    return (struct arrears_choice){.city = t->c,
                                   .scope = office_of(t, ROLE_DECIDER, "jue", 990102000000),
                                   .county = CASE_COUNTY,
                                   .job_id = JOB,
                                   .programme = S(""),
                                   .accept = true,
                                   .cause = S(""),
                                   .words = S(""),
                                   .today = bank_today()};
}

static struct arrears_result settle_all(struct town *t)
{
    struct arrears_choice k = accept_all(t);
    struct arrears_result r;
    check_ok(arrears_settle(&k, &t->a, &r, err));
    return r;
}

static str arrears_of(struct town *t)
{
    return rows_of(t->c,
                   "SELECT household_id, month, state, settled_fen, CASE WHEN batch_id = 0 THEN 0 "
                   "ELSE 1 END FROM arrears_line ORDER BY job_id, household_id, month",
                   "ittii", &t->a);
}

static str list_of(struct town *t, const struct batch *b)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "SELECT seq, household_id, kind, month, fen, deducted_fen, state FROM batch_line "
             "WHERE batch_id = %lld ORDER BY seq",
             (long long)b->batch_id);
    return rows_of(t->c, sql, "iittiit", &t->a);
}

static str asked_back(struct town *t)
{
    return rows_of(
        t->c,
        "SELECT ref_id, step, division, role, title FROM task WHERE ended = '' AND kind = "
        "'recovery' ORDER BY ref_id",
        "ititt", &t->a);
}

/* ---- deciding ---------------------------------------------------------------------------------- */

static void decided_twice_pays_once(void **state)
{
    struct town t = arrears_town(*state);
    job_of(&t, JOB);
    for (int i = 0; i < 3; i++)
        line_of(&t, JOB, 1, (const char *[]){"2020-10", "2020-11", "2020-12"}[i], 65000, 70000, "");
    line_of(&t, JOB, 3, "2020-12", 30000, 36000, "");
    struct arrears_result r = settle_all(&t);
    assert_int_equal(r.decided, 4);
    assert_int_equal(r.backpay_fen, 21000);
    assert_int_equal(r.notices, 2);
    assert_int_equal(r.households, 2);
    r = settle_all(&t);
    assert_true(r.decided == 0 && r.notices == 0);
    check_text(rows_of(t.c, "SELECT state FROM arrears_job", "t", &t.a), "closed");
    check_text(
        rows_of(t.c, "SELECT household_id, title, content FROM notice ORDER BY household_id", "itt",
                &t.a),
        "1|补发通知书|张三：经重新核算，你户的最低生活保障应补发150.00元：2020年10月至12月每月"
        "50.00元。原因：标准调整。补发的钱随下一次发放打到你户的收款账户。\n"
        "依据：《社会救助暂行办法》第9条至第13条。\n"
        "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
        "甲区民政局\n"
        "3|补发通知书|张三：经重新核算，你户的最低生活保障应补发60.00元：2020年12月60.00元。"
        "原因：标准调整。补发的钱随下一次发放打到你户的收款账户。\n"
        "依据：《社会救助暂行办法》第9条至第13条。\n"
        "如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n"
        "甲区民政局");
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    check_text(list_of(&t, &b), "1|1|backpay|2020-10|5000|0|frozen\n"
                                "2|1|backpay|2020-11|5000|0|frozen\n"
                                "3|1|backpay|2020-12|5000|0|frozen\n"
                                "4|1|month|2021-01|65000|0|frozen\n"
                                "5|3|backpay|2020-12|6000|0|frozen\n"
                                "6|3|month|2021-01|30000|0|frozen\n"
                                "7|2|month|2021-01|65000|0|held");
    assert_int_equal(b.fen, 95000 + 21000);
    check_text(arrears_of(&t), "1|2020-10|listed|0|1\n1|2020-11|listed|0|1\n1|2020-12|listed|0|1\n"
                               "3|2020-12|listed|0|1");
    run_of(&t, "2021-02");
    b = freeze_at(&t, "2021-02");
    assert_int_equal(b.rows + b.held_rows, 3);
    town_done(&t);
}

static void rejected_needs_words_and_pays_nothing(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_choice k = accept_all(&t);
    struct arrears_result r;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    k.accept = false;
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_BAD_INPUT, "say why");
    k.words = S("数据有误");
    check_ok(arrears_settle(&k, &t.a, &r, err));
    assert_int_equal(r.rejected, 1);
    check_text(rows_of(t.c, "SELECT state, words, decided_by FROM arrears_line", "ttt", &t.a),
               "rejected|数据有误|jue");
    check_text(rows_of(t.c, "SELECT count(*) FROM notice", "i", &t.a), "0");
    town_done(&t);
}

static void only_a_decider_decides(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_choice k = accept_all(&t);
    struct arrears_result r;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    k.scope = office_of(&t, ROLE_PAYER, "fu", 990102000000);
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_FORBIDDEN, "by a decider");
    k.scope = office_of(&t, ROLE_DECIDER, "zhen", 990102001000);
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_FORBIDDEN, "by a decider");
    k.scope = office_of(&t, ROLE_DECIDER, "yi", 990103000000);
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_NOT_FOUND, "may be seen");
    k = accept_all(&t);
    k.job_id = 78;
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_NOT_FOUND, "may be seen");
    k.job_id = JOB;
    k.cause = S("rain");
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_BAD_INPUT, "rain");
    sql_put(&t, "UPDATE arrears_job SET state = 'running' WHERE county_code = 990102");
    k.cause = S("");
    check_fails(arrears_settle(&k, &t.a, &r, err), RC_CONFLICT, "running");
    check_text(arrears_of(&t), "1|2020-12|open|0|0");
    town_done(&t);
}

/* Another finding's decision is paid by now: the older one is stale. */
static void what_was_paid_otherwise_is_stale(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_choice k = accept_all(&t);
    struct arrears_result r;
    job_of(&t, JOB);
    job_of(&t, JOB + 1);
    line_of(&t, JOB, 1, "2020-11", 65000, 70000, "");
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    line_of(&t, JOB + 1, 1, "2020-12", 65000, 71000, "");
    k.job_id = JOB + 1;
    check_ok(arrears_settle(&k, &t.a, &r, err));
    assert_int_equal(r.decided, 1);
    k.job_id = JOB;
    check_ok(arrears_settle(&k, &t.a, &r, err));
    assert_true(r.decided == 1 && r.stale == 1);
    check_text(arrears_of(&t), "1|2020-11|decided|0|0\n1|2020-12|stale|0|0\n1|2020-12|decided|0|0");
    check_text(rows_of(t.c, "SELECT count(*) FROM notice", "i", &t.a), "2");
    town_done(&t);
}

static void some_of_a_finding_is_decided(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_choice k = accept_all(&t);
    struct arrears_result r;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    line_of(&t, JOB, 2, "2020-12", 65000, 70000, "");
    line_of(&t, JOB, 3, "2020-12", 30000, 36000, "");
    k.division = 990102100000;
    check_ok(arrears_settle(&k, &t.a, &r, err));
    assert_int_equal(r.backpay_fen, 6000);
    k.division = 0;
    k.household = 2;
    check_ok(arrears_settle(&k, &t.a, &r, err));
    check_text(arrears_of(&t), "1|2020-12|open|0|0\n2|2020-12|decided|0|0\n3|2020-12|decided|0|0");
    check_text(
        rows_of(t.c, "SELECT title FROM task WHERE kind = 'arrears' AND ended = ''", "t", &t.a),
        "裁决补发追回：2020-10至2020-12，1笔");
    k.household = 0;
    k.programme = S("tekun");
    check_ok(arrears_settle(&k, &t.a, &r, err));
    assert_int_equal(r.decided, 0);
    town_done(&t);
}

struct racer {
    struct town *t;
    struct arena a;
    struct arrears_choice choice;
    struct arrears_result r;
    enum rc rc;
};

static void *race(void *ctx)
{
    struct racer *r = ctx;
    struct err e = {0};
    r->rc = arrears_settle(&r->choice, &r->a, &r->r, &e);
    return NULL;
}

static void two_at_once_decide_once(void **state)
{
    struct town t = arrears_town(*state);
    struct racer two[2] = {{.t = &t, .choice = accept_all(&t)},
                           {.t = &t, .choice = accept_all(&t)}};
    pthread_t threads[2];
    job_of(&t, JOB);
    for (int64_t h = 1; h <= 3; h++)
        line_of(&t, JOB, h, "2020-12", h == 3 ? 30000 : 65000, 70000, "");
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &two[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    assert_true(two[0].rc == RC_OK && two[1].rc == RC_OK);
    assert_int_equal(two[0].r.decided + two[1].r.decided, 3);
    assert_int_equal(two[0].r.notices + two[1].r.notices, 3);
    check_text(rows_of(t.c, "SELECT count(*) FROM notice", "i", &t.a), "3");
    for (int i = 0; i < 2; i++)
        arena_deinit(&two[i].a);
    town_done(&t);
}

/* The database goes away after each number of statements: called again it goes on, and tells once. */
static void killed_while_deciding(void **state)
{
    struct town t = arrears_town(*state);
    int64_t tries = 0;
    job_of(&t, JOB);
    for (int64_t h = 1; h <= 3; h++) {
        line_of(&t, JOB, h, "2020-11", h == 3 ? 30000 : 65000, 70000, "");
        line_of(&t, JOB, h, "2020-12", h == 3 ? 30000 : 65000, 70000, "");
    }
    for (enum rc rc = RC_IO; rc != RC_OK; tries++) {
        struct arrears_choice k = accept_all(&t);
        struct arrears_result r;
        struct err e = {0};
        store_fail_after(tries);
        rc = arrears_settle(&k, &t.a, &r, &e);
        store_fail_after(-1);
        check_text(rows_of(t.c,
                           "SELECT (SELECT count(*) FROM arrears_line WHERE state = 'decided'), "
                           "(SELECT count(*) FROM notice)",
                           "ii", &t.a),
                   rc == RC_OK ? "6|3" : "0|0");
        assert_true(tries < 400);
    }
    assert_true(tries > 10);
    town_done(&t);
}

/* ---- recovery ----------------------------------------------------------------------------------- */

/* 1,500.00 from 650.00 a month: two lists whole, the third in part. */
static void a_large_recovery_runs_over_three_lists(void **state)
{
    struct town t = arrears_town(*state);
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-10", 65000, 15000, "concealed");
    line_of(&t, JOB, 1, "2020-11", 65000, 15000, "concealed");
    line_of(&t, JOB, 1, "2020-12", 65000, 15000, "concealed");
    struct arrears_result r = settle_all(&t);
    assert_int_equal(r.recovery_fen, 150000);
    check_text(asked_back(&t), "");
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    check_text(list_of(&t, &b), "1|3|month|2021-01|30000|0|frozen\n"
                                "2|2|month|2021-01|65000|0|held\n"
                                "3|1|month|2021-01|0|65000|deducted\n"
                                "4|1|recovery|2020-10|0|-50000|deducted\n"
                                "5|1|recovery|2020-11|0|-15000|deducted");
    assert_true(b.rows == 1 && b.fen == 30000 && b.held_rows == 1);
    check_text(arrears_of(&t), "1|2020-10|listed|50000|1\n1|2020-11|decided|15000|1\n"
                               "1|2020-12|decided|0|0");
    run_of(&t, "2021-02");
    b = freeze_at(&t, "2021-02");
    assert_int_equal(b.fen, 30000);
    run_of(&t, "2021-03");
    b = freeze_at(&t, "2021-03");
    check_text(list_of(&t, &b), "1|1|month|2021-03|45000|20000|frozen\n"
                                "2|3|month|2021-03|30000|0|frozen\n"
                                "3|2|month|2021-03|65000|0|held\n"
                                "4|1|recovery|2020-12|0|-20000|deducted");
    check_text(arrears_of(&t), "1|2020-10|listed|50000|1\n1|2020-11|listed|50000|1\n"
                               "1|2020-12|listed|50000|1");
    check_text(
        rows_of(t.c,
                "SELECT month, since_fen, fen, from_kind, from_month FROM arrears_part ORDER BY "
                "month, since_fen",
                "tiitt", &t.a),
        "2020-10|0|50000|month|2021-01\n"
        "2020-11|0|15000|month|2021-01\n"
        "2020-11|15000|35000|month|2021-02\n"
        "2020-12|0|30000|month|2021-02\n"
        "2020-12|30000|20000|month|2021-03");
    check_text(asked_back(&t), "");
    town_done(&t);
}

/* Not reported in time: at most half of a payment, as the policy says. */
static void a_share_of_each_payment_is_deducted(void **state)
{
    struct town t = arrears_town(*state);
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 25000, "unreported");
    settle_all(&t);
    assert_true(str_find(rows_of(t.c, "SELECT content FROM notice", "t", &t.a),
                         S("每次最多抵扣应发金额的50%")) > 0);
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    check_text(list_of(&t, &b), "1|1|month|2021-01|32500|32500|frozen\n"
                                "2|3|month|2021-01|30000|0|frozen\n"
                                "3|2|month|2021-01|65000|0|held\n"
                                "4|1|recovery|2020-12|0|-32500|deducted");
    run_of(&t, "2021-02");
    b = freeze_at(&t, "2021-02");
    assert_int_equal(b.fen, 57500 + 30000);
    check_text(arrears_of(&t), "1|2020-12|listed|40000|1");
    town_done(&t);
}

/* A mistake of the office stays with the family, also when it was found as something else. */
static void what_a_rule_leaves_is_not_recovered(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_choice k = accept_all(&t);
    struct arrears_result r;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-11", 65000, 70000, "");
    line_of(&t, JOB, 1, "2020-12", 65000, 45000, "concealed");
    k.cause = S("office_error");
    k.words = S("录入收入有误");
    check_ok(arrears_settle(&k, &t.a, &r, err));
    assert_true(r.decided == 1 && r.left == 1 && r.left_fen == 20000 && r.recovery_fen == 0);
    check_text(rows_of(t.c, "SELECT month, state, cause, words FROM arrears_line ORDER BY month",
                       "tttt", &t.a),
               "2020-11|decided|underpaid|录入收入有误\n"
               "2020-12|left|office_error|按规定不予追回：录入收入有误");
    str told = rows_of(t.c, "SELECT content FROM notice", "t", &t.a);
    assert_true(str_find(told, S("补发50.00元")) > 0 && str_find(told, S("追回")) < 0);
    town_done(&t);
}

/* What the bank pays, answers and fails is the line less what is deducted; again it is the same. */
static void the_bank_gets_what_is_left(void **state)
{
    struct town t = arrears_town(*state);
    struct batch_taken taken;
    struct batch_mistakes wrong;
    struct batch_kind *kinds = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-10", 65000, 45000, "concealed");
    line_of(&t, JOB, 1, "2020-11", 65000, 70000, "");
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    settle_all(&t);
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01"), more;
    /* Back-pay is taken first: 50.00 and 50.00 of it, then 100.00 of the month. */
    check_text(list_of(&t, &b), "1|1|month|2021-01|55000|10000|frozen\n"
                                "2|3|month|2021-01|30000|0|frozen\n"
                                "3|2|month|2021-01|65000|0|held\n"
                                "4|1|backpay|2020-11|0|5000|deducted\n"
                                "5|1|backpay|2020-12|0|5000|deducted\n"
                                "6|1|recovery|2020-10|0|-20000|deducted");
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(batch_kinds(c, CASE_COUNTY, b.batch_id, &t.a, &kinds, &n, err));
    store_reader_done(c);
    assert_int_equal(n, 3);
    assert_true(kinds[0].fen == 10000 && kinds[1].fen == 160000 && kinds[2].fen == -20000);
    assert_int_equal(b.fen + b.held_fen, kinds[0].fen + kinds[1].fen + kinds[2].fen);
    str bytes = file_of(&t, &b, "flat");
    assert_true(str_find(bytes, S("0000000000085000")) > 0);
    static const struct said answers[] = {{1, CARD_1, 55000, "1003"}, {2, CARD_3, 30000, "0000"}};
    str answer = answer_of(&t, &b, answers, 2, (struct odd){.month = "202101"});
    check_ok(take_answer(&t, &b, answer, &taken, &wrong, err));
    assert_true(taken.batch.failed_fen == 55000 && taken.batch.paid_fen == 30000);
    check_text(taken.batch.state, "answered");
    struct scope *clerk = office_of(&t, ROLE_CLERK, "jing", 990102001000);
    check_ok(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 1, S("银行已激活"), err));
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err));
    check_text(list_of(&t, &more), "1|1|month|2021-01|55000|10000|frozen");
    check_text(arrears_of(&t),
               "1|2020-10|listed|20000|1\n1|2020-11|listed|0|1\n1|2020-12|listed|0|1");
    town_done(&t);
}

/* Back-pay that failed is paid again, once. */
static void backpay_is_paid_again(void **state)
{
    static const struct said answers[] = {
        {1, CARD_1, 5000, "1003"}, {2, CARD_1, 65000, "0000"}, {3, CARD_3, 30000, "0000"}};
    struct town t = arrears_town(*state);
    struct batch_taken taken;
    struct batch_mistakes wrong;
    struct batch more;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    settle_all(&t);
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    file_of(&t, &b, "flat");
    check_ok(take_answer(&t, &b, answer_of(&t, &b, answers, 3, (struct odd){.month = "202101"}),
                         &taken, &wrong, err));
    struct scope *clerk = office_of(&t, ROLE_CLERK, "jing", 990102001000);
    check_ok(batch_mend(t.c, clerk, CASE_COUNTY, b.batch_id, 1, S("银行已激活"), err));
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err));
    check_text(list_of(&t, &more), "1|1|backpay|2020-12|5000|0|frozen");
    check_fails(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err), RC_CONFLICT,
                "nothing can be paid again");
    town_done(&t);
}

/* A line without an account keeps its deduction. */
static void a_held_line_keeps_its_deduction(void **state)
{
    struct town t = arrears_town(*state);
    struct batch more;
    job_of(&t, JOB);
    line_of(&t, JOB, 2, "2020-12", 65000, 45000, "concealed");
    settle_all(&t);
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    check_text(list_of(&t, &b), "1|1|month|2021-01|65000|0|frozen\n"
                                "2|3|month|2021-01|30000|0|frozen\n"
                                "3|2|month|2021-01|45000|20000|held\n"
                                "4|2|recovery|2020-12|0|-20000|deducted");
    assert_true(b.held_rows == 1 && b.held_fen == 45000);
    card_of(&t, 1002, CARD_2);
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &more, err));
    check_text(rows_of(t.c,
                       "SELECT month, fen, deducted_fen FROM batch_line WHERE household_id = 2 AND "
                       "from_batch <> 0 ORDER BY month",
                       "tii", &t.a),
               "2020-10|65000|0\n2020-11|65000|0\n2020-12|65000|0\n2021-01|45000|20000");
    town_done(&t);
}

/* ---- who is paid -------------------------------------------------------------------------------- */

static void enrolled(struct town *t, int64_t household, int64_t person, const char *programme,
                     const char *from, const char *to, int64_t account)
{
    check_ok(put_enrolment(t->c,
                           (struct enrolment_row){.household_id = household,
                                                  .person_id = person,
                                                  .programme = str_from(programme),
                                                  .valid_from = str_from(from),
                                                  .valid_to = str_from(to),
                                                  .cause = S("test"),
                                                  .account_id = account},
                           err));
}

/* A line of a member's that is decided. */
static void line_of_person(struct town *t, int64_t household, int64_t person, const char *programme,
                           const char *m, int64_t paid, int64_t due)
{
    char sql[300];
    line_of(t, JOB, household, m, paid, due, "concealed");
    snprintf(
        sql, sizeof sql,
        "UPDATE arrears_line SET person_id = %lld, programme = '%s', state = 'decided' WHERE household_id = %lld "
        "AND month = '%s' AND person_id = 0",
        (long long)person, programme, (long long)household, m);
    sql_put(t, sql);
}

static str paid_to(struct town *t, const struct batch *b)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "SELECT kind, month, payee_id, fen, deducted_fen FROM batch_line WHERE batch_id = "
             "%lld AND household_id = 1 ORDER BY seq",
             (long long)b->batch_id);
    return rows_of(t->c, sql, "ttiii", &t->a);
}

/* Alone with somebody's account once, now with the household to the head: also what is late. */
static void late_it_goes_to_who_is_paid_now(void **state)
{
    struct town t = arrears_town(*state);
    joins(t.c, 1, 2001);
    enrolled(&t, 1, 0, "dibao", "2019-01-01", "2019-06-01", 0);
    enrolled(&t, 1, 2001, "dibao", "2019-06-01", "2020-11-01", 2001);
    enrolled(&t, 1, 0, "dibao", "2020-11-01", DAY_OPEN, 0);
    job_of(&t, JOB);
    line_of_person(&t, 1, 2001, "dibao", "2020-10", 65000, 70000);
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    check_text(paid_to(&t, &b), "backpay|2020-10|1001|5000|0\nmonth|2021-01|1001|130000|0");
    sql_put(&t, "DELETE FROM arrears_line WHERE county_code = 990102");
    line_of_person(&t, 1, 2001, "dibao", "2020-10", 65000, 55000);
    run_of(&t, "2021-02");
    b = freeze_at(&t, "2021-02");
    check_text(paid_to(&t, &b), "month|2021-02|1001|120000|10000\nrecovery|2020-10|1001|0|-10000");
    check_text(asked_back(&t), "");
    town_done(&t);
}

/* One begun behind the list's month pays nobody of it. */
static void who_is_paid_later_is_not_paid_now(void **state)
{
    struct town t = arrears_town(*state);
    joins(t.c, 1, 2001);
    enrolled(&t, 1, 0, "dibao", "2019-01-01", "2021-02-01", 0);
    enrolled(&t, 1, 0, "dibao", "2021-02-01", DAY_OPEN, 2001);
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    settle_all(&t);
    run_of(&t, "2021-01");
    struct batch b = freeze_at(&t, "2021-01");
    check_text(paid_to(&t, &b), "backpay|2020-12|1001|5000|0\nmonth|2021-01|1001|130000|0");
    town_done(&t);
}

/* One member's is deducted, another's, who is paid nothing any more, is asked back. */
static void one_is_deducted_another_asked(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_back back;
    int64_t left = 0;
    joins(t.c, 1, 2001);
    grade_from(t.c, 1001, "2019-01-01", 1);
    grade_from(t.c, 2001, "2019-01-01", 1);
    enrolled(&t, 1, 1001, "disability_care", "2019-01-01", DAY_OPEN, 1001);
    enrolled(&t, 1, 2001, "disability_care", "2019-01-01", "2020-12-31", 2001);
    job_of(&t, JOB);
    line_of_person(&t, 1, 1001, "disability_care", "2020-11", 8000, 5000);
    line_of_person(&t, 1, 2001, "disability_care", "2020-12", 8000, 5000);
    run_of(&t, "2021-01");
    static const char asked[] =
        "SELECT ref_id, step, title FROM task WHERE ended = '' AND kind = 'recovery'";
    freeze_at(&t, "2021-01");
    check_text(rows_of(t.c, asked, "itt", &t.a),
               "1|disability_care|请退还多发的重度残疾人护理补贴：还欠30.00元");
    back = (struct arrears_back){.city = t.c,
                                 .scope = office_of(&t, ROLE_CLERK, "jing", 990102001000),
                                 .county = CASE_COUNTY,
                                 .household = 1,
                                 .programme = S("disability_care"),
                                 .fen = 1000,
                                 .on = bank_today(),
                                 .words = S("现金")};
    check_ok(arrears_paid_back(&back, &left, err));
    check_text(rows_of(t.c, asked, "itt", &t.a),
               "1|disability_care|请退还多发的重度残疾人护理补贴：还欠20.00元");
    town_done(&t);
}

/* ---- lines of business ---------------------------------------------------------------------------- */

/* Of one line: its programmes alone, in lists, counts and sums. */
static void each_line_sees_its_own(void **state)
{
    struct town t = arrears_town(*state);
    struct conn *c = NULL;
    struct arrears_job *jobs = NULL, job;
    struct arrears_line *lines = NULL;
    struct arrears_family *families = NULL;
    struct arrears_sum *sums = NULL;
    struct arrears_state *states = NULL;
    size_t n = 0;
    int64_t count = 0;
    bool more = false, exact = false;
    job_of(&t, JOB);
    job_of(&t, JOB + 1);
    sql_put(&t, "UPDATE arrears_job SET programme = 'disability_care' WHERE job_id = 78");
    line_of(&t, JOB, 1, "2020-11", 65000, 70000, "");
    line_of_person(&t, 1, 1001, "disability_care", "2020-12", 8000, 5000);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    sql_put(&t, "UPDATE arrears_line SET state = 'open' WHERE county_code = 990102");
    sql_put(&t, "INSERT INTO arrears_count VALUES (990102, 77, 990102001001, 'dibao', 1, 2, 10000, "
                "0, 0), (990102, 77, 990102001001, 'disability_care', 1, 1, 0, 3000, 0)");
    struct scope *s = office_of(&t, ROLE_DECIDER, "jue", 990102000000);
    s->role[0].line = S("assistance");
    struct arrears_job_query jq = {.scope = s, .rules = t.c->rules, .limit = 10};
    struct arrears_line_query q = {
        .scope = s, .rules = t.c->rules, .county = CASE_COUNTY, .job_id = JOB, .limit = 10};
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(arrears_jobs_read(&jq, c, &t.a, &jobs, &n, &more, err));
    assert_true(n == 1 && !more && jobs[0].job_id == JOB && jobs[0].lines == 2 &&
                jobs[0].open_lines == 2 && jobs[0].backpay_fen == 10000 &&
                jobs[0].recovery_fen == 0);
    check_fails(arrears_job_read(s, t.c->rules, c, CASE_COUNTY, JOB + 1, &t.a, &job, err),
                RC_NOT_FOUND, "may be seen");
    for (int i = 0; i < 2; i++) {
        q.state = i == 0 ? S("") : S("open");
        check_ok(arrears_lines_read(&q, c, &t.a, &lines, &n, &more, err));
        assert_int_equal(n, 2);
        check_text(lines[0].programme, "dibao");
        check_text(lines[1].programme, "dibao");
        check_ok(arrears_lines_count(&q, c, &count, &exact, err));
        assert_int_equal(count, 2);
        check_ok(arrears_families_read(&q, c, &t.a, &families, &n, &more, err));
        assert_true(n == 1 && families[0].lines == 2);
    }
    check_ok(arrears_sums(&q, c, &t.a, &sums, &n, err));
    assert_true(n == 1 && sums[0].lines == 2);
    check_ok(arrears_states(&q, c, &t.a, &states, &n, &exact, err));
    assert_true(n == 1 && states[0].n == 2);
    s->role[0].line = S("disability");
    check_ok(arrears_jobs_read(&jq, c, &t.a, &jobs, &n, &more, err));
    assert_true(n == 2 && jobs[1].lines == 1 && jobs[1].recovery_fen == 3000);
    assert_true(arrears_sees(s, t.c->rules, S("disability_care")) &&
                !arrears_sees(s, t.c->rules, S("dibao")) && !arrears_sees(s, t.c->rules, S("")));
    s->role[0].line = S("");
    q.state = S("");
    check_ok(arrears_lines_count(&q, c, &count, &exact, err));
    assert_int_equal(count, 3);
    /* A township sees what was found in it, and of nothing else. */
    jq.scope = office_of(&t, ROLE_CLERK, "jing", 990102001000);
    check_ok(arrears_jobs_read(&jq, c, &t.a, &jobs, &n, &more, err));
    assert_true(n == 1 && jobs[0].job_id == JOB);
    jq.scope = office_of(&t, ROLE_CLERK, "bie", 990102100000);
    check_ok(arrears_jobs_read(&jq, c, &t.a, &jobs, &n, &more, err));
    assert_int_equal(n, 0);
    check_fails(arrears_job_read(jq.scope, t.c->rules, c, CASE_COUNTY, JOB, &t.a, &job, err),
                RC_NOT_FOUND, "may be seen");
    store_reader_done(c);
    town_done(&t);
}

/* Nothing of it is open any more, by another way: the job is closed. */
static void what_is_left_of_nothing_is_closed(void **state)
{
    struct town t = arrears_town(*state);
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-12", 65000, 70000, "");
    sql_put(&t, "UPDATE arrears_line SET state = 'stale' WHERE county_code = 990102");
    assert_int_equal(settle_all(&t).decided, 0);
    check_text(rows_of(t.c, "SELECT state FROM arrears_job", "t", &t.a), "closed");
    town_done(&t);
}

/* ---- asked back ----------------------------------------------------------------------------------- */

static struct arrears_back back_of(struct town *t, int64_t fen)
{
    return (struct arrears_back){.city = t->c,
                                 .scope = office_of(t, ROLE_CLERK, "jing", 990102001000),
                                 .county = CASE_COUNTY,
                                 .household = 1,
                                 .programme = S("dibao"),
                                 .fen = fen,
                                 .on = bank_today(),
                                 .words = S("交到财政专户")};
}

static void who_is_paid_no_more_pays_back(void **state)
{
    struct town t = arrears_town(*state);
    struct arrears_back back;
    int64_t left = 0;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-11", 65000, 0, "concealed");
    line_of(&t, JOB, 1, "2020-12", 65000, 45000, "concealed");
    check_ok(put_enrolment(t.c,
                           (struct enrolment_row){.household_id = 1,
                                                  .programme = S("dibao"),
                                                  .valid_from = S("2019-01-01"),
                                                  .valid_to = S("2020-12-31"),
                                                  .cause = S("test")},
                           err));
    run_of(&t, "2021-01");
    settle_all(&t);
    check_text(asked_back(&t), "1|dibao|990102001000|clerk|请退还多发的最低生活保障：还欠850.00元");
    assert_true(str_find(rows_of(t.c, "SELECT content FROM notice", "t", &t.a), S("退还")) > 0);
    struct batch b = freeze_at(&t, "2021-01");
    assert_int_equal(b.fen, 30000);
    check_text(asked_back(&t), "1|dibao|990102001000|clerk|请退还多发的最低生活保障：还欠850.00元");
    back = back_of(&t, 85001);
    check_fails(arrears_paid_back(&back, &left, err), RC_BAD_INPUT, "850.00 yuan are still owed");
    back = back_of(&t, 0);
    check_fails(arrears_paid_back(&back, &left, err), RC_BAD_INPUT, "more than 0");
    back = back_of(&t, 70000);
    back.words = S(" ");
    check_fails(arrears_paid_back(&back, &left, err), RC_BAD_INPUT, "how it was paid");
    back.words = S("交到财政专户");
    back.on = bank_today() + 1;
    check_fails(arrears_paid_back(&back, &left, err), RC_BAD_INPUT, "still to come");
    back.on = bank_today();
    back.scope = office_of(&t, ROLE_CLERK, "bie", 990102100000);
    check_fails(arrears_paid_back(&back, &left, err), RC_NOT_FOUND, "");
    back.scope = office_of(&t, ROLE_PAYER, "fu", 990102001000);
    check_fails(arrears_paid_back(&back, &left, err), RC_FORBIDDEN, "handles the family");
    back = back_of(&t, 70000);
    check_ok(arrears_paid_back(&back, &left, err));
    assert_int_equal(left, 15000);
    check_text(asked_back(&t), "1|dibao|990102001000|clerk|请退还多发的最低生活保障：还欠150.00元");
    check_text(arrears_of(&t), "1|2020-11|listed|65000|0\n1|2020-12|decided|5000|0");
    back = back_of(&t, 15000);
    check_ok(arrears_paid_back(&back, &left, err));
    assert_int_equal(left, 0);
    check_text(asked_back(&t), "");
    check_text(arrears_of(&t), "1|2020-11|listed|65000|0\n1|2020-12|listed|20000|0");
    check_text(rows_of(t.c, "SELECT back_no, fen, words, who FROM arrears_back ORDER BY back_no",
                       "iitt", &t.a),
               "1|70000|交到财政专户|jing\n2|15000|交到财政专户|jing");
    town_done(&t);
}

/* ---- a kill while freezing ------------------------------------------------------------------------ */

static void killed_while_freezing(void **state)
{
    static const char standing[] =
        "SELECT (SELECT count(*) FROM batch_line WHERE kind IN ('backpay', 'recovery')), (SELECT "
        "count(*) FROM arrears_line WHERE state = 'listed'), (SELECT count(*) FROM arrears_part)";
    struct town t = arrears_town(*state);
    int64_t tries = 0;
    struct batch b;
    job_of(&t, JOB);
    line_of(&t, JOB, 1, "2020-11", 65000, 70000, "");
    line_of(&t, JOB, 1, "2020-12", 65000, 45000, "concealed");
    settle_all(&t);
    run_of(&t, "2021-01");
    for (enum rc rc = RC_IO; rc != RC_OK; tries++) {
        struct err e = {0};
        store_fail_after(tries);
        rc = batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2021-01"), &t.a, &b, &e);
        store_fail_after(-1);
        check_text(rows_of(t.c, standing, "iii", &t.a), rc == RC_OK ? "2|2|2" : "0|0|0");
        assert_true(tries < 200);
    }
    assert_true(tries > 8);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(decided_twice_pays_once),
        BOTH(rejected_needs_words_and_pays_nothing),
        BOTH(only_a_decider_decides),
        BOTH(what_was_paid_otherwise_is_stale),
        BOTH(some_of_a_finding_is_decided),
        BOTH(two_at_once_decide_once),
        BOTH(killed_while_deciding),
        BOTH(a_large_recovery_runs_over_three_lists),
        BOTH(a_share_of_each_payment_is_deducted),
        BOTH(what_a_rule_leaves_is_not_recovered),
        BOTH(the_bank_gets_what_is_left),
        BOTH(backpay_is_paid_again),
        BOTH(a_held_line_keeps_its_deduction),
        BOTH(who_is_paid_no_more_pays_back),
        BOTH(killed_while_freezing),
        BOTH(late_it_goes_to_who_is_paid_now),
        BOTH(who_is_paid_later_is_not_paid_now),
        BOTH(one_is_deducted_another_asked),
        BOTH(each_line_sees_its_own),
        BOTH(what_is_left_of_nothing_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
