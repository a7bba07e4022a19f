/* Whose money goes to which account: names and numbers, four eyes, history, and what comes of it. */
#include "unit/test_bank_case.h"

static str accounts_of(struct town *t)
{
    return rows_of(t->c,
                   "SELECT person_id, programme, kind, holder, state, name_check, recorded_by, "
                   "settled_by FROM payee_account ORDER BY payee_account_id",
                   "ittttttt", &t->a);
}

static struct payee_new account(int64_t household, int64_t person, const char *holder,
                                const char *number)
{
    return (struct payee_new){.county = CASE_COUNTY,
                              .household = household,
                              .person = person,
                              .programme = S(""),
                              .kind = S("person"),
                              .holder = str_from(holder),
                              .account = str_from(number),
                              .bank = S("402"),
                              .branch = S(""),
                              .reason = S(""),
                              .proof = S("")};
}

static struct scope *clerk_of(struct town *t, const char *login)
{
    return office_of(t, ROLE_CLERK, login, 990102001000);
}

/* ---- names and numbers -------------------------------------------------------------------------- */

static void the_same_name(void **state)
{
    (void)state;
    assert_true(payee_name_same(S("张三"), S("张三")));
    assert_true(payee_name_same(S("张 三"), S("张　三")));
    assert_true(payee_name_same(S("張三豐"), S("张三丰")));
    assert_true(payee_name_same(S("阿卜杜拉·买买提"), S("阿卜杜拉•买买提")));
    assert_true(payee_name_same(S("阿卜杜拉・买买提"), S("阿卜杜拉买买提")));
    assert_true(payee_name_same(S("Ａnna Li"), S("ANNA LI")));
    assert_false(payee_name_same(S("张三"), S("李四")));
    assert_false(payee_name_same(S("张三"), S("张三三")));
    assert_false(payee_name_same(S(""), S("")));
    assert_false(payee_name_same(S(" "), S("·")));
    assert_false(payee_name_same(S("\xff"), S("张三")));
}

static void account_numbers(void **state)
{
    struct arena a = {0};
    str out;
    (void)state;
    check_ok(payee_account_take(S("6217 0036 7000 0001 231"), &a, &out, err));
    assert_true(str_eq(out, S(CARD_1)));
    check_ok(payee_account_take(S("6217003670000001"), &a, &out, err));
    check_fails(payee_account_take(S("621700367000000"), &a, &out, err), RC_BAD_INPUT, "15 digits");
    check_fails(payee_account_take(S("62170036700000012311"), &a, &out, err), RC_BAD_INPUT,
                "20 digits");
    check_fails(payee_account_take(S("6217003670000001２31"), &a, &out, err), RC_BAD_INPUT,
                "no digit");
    check_fails(payee_account_take(S(""), &a, &out, err), RC_BAD_INPUT, "0 digits");
    arena_deinit(&a);
}

/* ---- four eyes ---------------------------------------------------------------------------------- */

static void a_first_account_of_ones_own_holds_at_once(void **state)
{
    struct town t = paid_town(*state);
    struct payee_made made;
    struct batch b = freeze(&t);
    struct payee_new n = account(2, 1002, "张 三", CARD_4);
    check_ok(payee_put(t.c, clerk_of(&t, "jing"), &n, &made, err));
    assert_false(made.waits);
    assert_false(made.luhn); /* told, not refused: passbooks fail it */
    assert_int_equal(made.shared, 0);
    assert_int_equal(made.mended, 1); /* the line that was held */
    check_text(accounts_of(&t), "1002||person|张 三|valid|ok|jing|");
    check_text(rows_of(t.c, "SELECT seq, state, words FROM batch_line WHERE household_id = 2",
                       "itt", &t.a),
               "3|mended|收款账户已更正");
    check_text(
        rows_of(t.c, "SELECT count(*) FROM task WHERE kind = 'payment' AND ended = ''", "i", &t.a),
        "0");
    check_ok(batch_again(t.c, payer_of(&t), CASE_COUNTY, &t.a, &b, err));
    assert_int_equal(b.rows, 1);
    assert_true(str_find(file_of(&t, &b, "csv"), S("1,张 三," CARD_4 ",402,65000,低保202012")) > 0);
    town_done(&t);
}

/* Two logins of one person are one person. */
static void a_second_login_is_no_second_person(void **state)
{
    static const struct statement login = {
        .name = "login",
        .sql = "INSERT INTO account (account_id, login, name, division, state, password, "
               "must_change, demo, person_county, person_id, made_ms, changed_ms, version) VALUES "
               "(77, 'jing', '静', 990102001000, 'active', '', 0, 0, 990102, 4711, 1, 1, 1)"};
    struct town t = paid_town(*state);
    struct payee_made made;
    int64_t mended = 0;
    struct payee_new n = account(1, 1001, "张三", CARD_2);
    struct scope *again = clerk_of(&t, "jing.head"), *wu = clerk_of(&t, "wu");
    again->person_county = wu->person_county = CASE_COUNTY;
    again->person_id = 4711;
    wu->person_id = 4712;
    n.reason = S("卡片遗失补办");
    check_ok(fresh_exec(t.c->store, &login, NULL, 0, err));
    check_ok(payee_put(t.c, clerk_of(&t, "jing"), &n, &made, err));
    assert_true(made.waits);
    check_fails(
        payee_settle(t.c, again, CASE_COUNTY, made.payee_account_id, true, S(""), &mended, err),
        RC_FORBIDDEN, "somebody else");
    check_ok(payee_settle(t.c, wu, CASE_COUNTY, made.payee_account_id, true, S(""), &mended, err));
    town_done(&t);
}

/* What held is paid until somebody else has looked. */
static void a_change_waits_for_a_second_person(void **state)
{
    struct town t = paid_town(*state);
    struct payee_made made;
    int64_t mended = 0;
    struct payee_new n = account(1, 1001, "张三", CARD_2);
    check_fails(payee_put(t.c, clerk_of(&t, "jing"), &n, &made, err), RC_BAD_INPUT,
                "why the account changes");
    assert_string_equal(made.field, "reason");
    n.reason = S("卡片遗失补办");
    check_ok(payee_put(t.c, clerk_of(&t, "jing"), &n, &made, err));
    assert_true(made.waits);
    check_text(accounts_of(&t), "1001||person|张三|waiting|ok|jing|");
    check_text(
        rows_of(t.c, "SELECT kind, role, division, household_id, title FROM task WHERE ended = ''",
                "ttiit", &t.a),
        "payee|township_head|990102001000|1|核对并确认收款账户");
    struct batch b = freeze(&t);
    str first = file_of(&t, &b, "csv");
    assert_true(str_find(first, S(CARD_1)) > 0 && str_find(first, S(CARD_2)) < 0);
    check_fails(payee_settle(t.c, clerk_of(&t, "jing"), CASE_COUNTY, made.payee_account_id, true,
                             S(""), &mended, err),
                RC_FORBIDDEN, "somebody else");
    check_fails(payee_settle(t.c, office_of(&t, ROLE_CLERK, "he", 990102100000), CASE_COUNTY,
                             made.payee_account_id, true, S(""), &mended, err),
                RC_NOT_FOUND, "may be seen");
    check_fails(payee_settle(t.c, clerk_of(&t, "wu"), CASE_COUNTY, made.payee_account_id, false,
                             S(" "), &mended, err),
                RC_BAD_INPUT, "say why");
    check_ok(payee_settle(t.c, clerk_of(&t, "wu"), CASE_COUNTY, made.payee_account_id, true, S(""),
                          &mended, err));
    check_fails(payee_settle(t.c, clerk_of(&t, "wu"), CASE_COUNTY, made.payee_account_id, true,
                             S(""), &mended, err),
                RC_CONFLICT, "does not wait");
    check_text(accounts_of(&t), "1001||person|张三|valid|ok|jing|wu");
    check_text(
        rows_of(t.c, "SELECT count(*) FROM task WHERE kind = 'payee' AND ended = ''", "i", &t.a),
        "0");
    /* The frozen list stays as it is; the same batch gives the same bytes. */
    assert_true(str_eq(file_of(&t, &b, "csv"), first));
    run_of(&t, "2021-01");
    check_ok(batch_freeze(t.c, payer_of(&t), CASE_COUNTY, month_at("2021-01"), &t.a, &b, err));
    str second = file_of(&t, &b, "csv");
    assert_true(str_find(second, S(CARD_2)) > 0 && str_find(second, S(CARD_1)) < 0);
    /* One more in its place: the old one stays in the history. */
    n = account(1, 1001, "张三", CARD_4);
    n.reason = S("改用存折");
    check_ok(payee_put(t.c, clerk_of(&t, "wu"), &n, &made, err));
    n.account = S(CARD_1);
    check_ok(payee_put(t.c, clerk_of(&t, "wu"), &n, &made, err)); /* withdraws the one that waits */
    check_ok(payee_settle(t.c, clerk_of(&t, "jing"), CASE_COUNTY, made.payee_account_id, true,
                          S(""), &mended, err));
    check_text(accounts_of(&t), "1001||person|张三|replaced|ok|jing|wu\n"
                                "1001||person|张三|replaced|ok|wu|\n"
                                "1001||person|张三|valid|ok|wu|jing");
    town_done(&t);
}

static void guardians_and_institutions(void **state)
{
    struct town t = paid_town(*state);
    struct payee_made made;
    int64_t mended = 0;
    struct scope *jing = clerk_of(&t, "jing"), *wu = clerk_of(&t, "wu");
    struct payee_new n = account(2, 1002, "王五", CARD_2);
    check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, "not the person's");
    assert_string_equal(made.field, "reason");
    n.kind = S("guardian");
    check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, "which papers");
    assert_string_equal(made.field, "proof");
    n.proof = S("监护人证明");
    check_ok(payee_put(t.c, jing, &n, &made, err));
    assert_true(made.waits);
    n.kind = S("institution");
    n.holder = S("甲区社会福利院");
    n.programme = S("dibao");
    n.account = S(CARD_3); /* household 3's card */
    check_ok(payee_put(t.c, jing, &n, &made, err));
    assert_true(made.waits);
    assert_int_equal(made.shared, 1);
    check_ok(payee_settle(t.c, wu, CASE_COUNTY, made.payee_account_id, true, S(""), &mended, err));
    struct batch b = freeze(&t);
    assert_int_equal(b.held_rows, 0);
    /* The holder's name goes to the bank, the person's stays with the line. */
    assert_true(str_find(file_of(&t, &b, "csv"), S("甲区社会福利院," CARD_3)) > 0);
    check_text(rows_of(t.c,
                       "SELECT name, holder, account_kind FROM batch_line WHERE household_id = 2",
                       "ttt", &t.a),
               "张三|甲区社会福利院|institution");
    n = account(2, 1002, "张三", CARD_4);
    n.kind = S("guardian");
    n.proof = S("证明");
    n.reason = S("换");
    check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, "own name");
    town_done(&t);
}

static void what_is_refused(void **state)
{
    struct town t = paid_town(*state);
    struct payee_made made;
    struct scope *jing = clerk_of(&t, "jing");
    const struct {
        const char *field, *words;
        struct payee_new n;
    } cases[] = {
        {"account", "digits", account(2, 1002, "张三", "12345")},
        {"holder", "name", account(2, 1002, " ", CARD_2)},
        {"person", "no member", account(2, 1001, "张三", CARD_2)},
    };
    for (size_t i = 0; i < 3; i++) {
        struct payee_new n = cases[i].n;
        check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, cases[i].words);
        assert_string_equal(made.field, cases[i].field);
    }
    struct payee_new n = account(2, 1002, "张三", CARD_2);
    n.bank = S("999");
    check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, "place's list");
    n.bank = S("");
    n.programme = S("nothing");
    check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, "there is no");
    n.programme = S("");
    n.from = bank_today() + 1;
    check_fails(payee_put(t.c, jing, &n, &made, err), RC_BAD_INPUT, "later than today");
    n.from = 0;
    check_fails(payee_put(t.c, office_of(&t, ROLE_PAYER, "fu", 990102000000), &n, &made, err),
                RC_FORBIDDEN, "where the family is handled");
    check_fails(payee_put(t.c, office_of(&t, ROLE_CLERK, "he", 990102100000), &n, &made, err),
                RC_NOT_FOUND, "may be seen");
    check_text(accounts_of(&t), "");
    town_done(&t);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static void accounts_are_read_masked(void **state)
{
    struct town t = paid_town(*state);
    struct payee_view v;
    struct payee_made made;
    struct conn *c = NULL;
    card_of(&t, 1002, CARD_1); /* the same as family 1's */
    struct payee_new n = account(1, 1001, "张三", CARD_2);
    n.reason = S("遗失");
    check_ok(payee_put(t.c, clerk_of(&t, "jing"), &n, &made, err));
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(payee_read(t.c, clerk_of(&t, "wu"), c, CASE_COUNTY, 1, &t.a, &v, err));
    assert_int_equal(v.n, 1);
    check_text(v.list[0].account, "6217***********1249");
    assert_int_equal(v.n_now, 1);
    check_text(v.now[0].account, "6217***********1231");
    check_text(v.now[0].programmes, "dibao");
    assert_true(v.now[0].card);
    assert_int_equal(v.n_shared, 1);
    assert_int_equal(v.shared[0].household_id, 2);
    check_fails(payee_read(t.c, office_of(&t, ROLE_CLERK, "he", 990102100000), c, CASE_COUNTY, 1,
                           &t.a, &v, err),
                RC_NOT_FOUND, "");
    store_reader_done(c);
    /* Nothing of it is in the store in the clear. */
    check_text(rows_of(t.c,
                       "SELECT count(*) FROM payee_account WHERE holder LIKE '%6217%' OR "
                       "reason LIKE '%6217%'",
                       "i", &t.a),
               "0");
    town_done(&t);
}

static void the_bank_checks_names(void **state)
{
    struct town t = paid_town(*state);
    struct payee_names names;
    struct payee_made made;
    struct scope *fu = office_of(&t, ROLE_PAYER, "fu", 990102000000);
    struct payee_new n = account(2, 1002, "张三", CARD_2);
    check_ok(payee_put(t.c, clerk_of(&t, "jing"), &n, &made, err));
    check_ok(payee_names_read(t.c, fu, CASE_COUNTY,
                              S("账号,结果\n" CARD_2 ",不一致\n" CARD_4 ",一致\n"), &names, err));
    assert_true(names.rows == 2 && names.differs == 1 && names.unknown == 1);
    check_text(rows_of(t.c, "SELECT bank_check FROM payee_account", "t", &t.a), "differs");
    check_fails(payee_names_read(t.c, fu, CASE_COUNTY,
                                 S("account,result\n" CARD_2 ",ok\n" CARD_2 ",perhaps\n"), &names,
                                 err),
                RC_BAD_INPUT, "perhaps");
    check_text(rows_of(t.c, "SELECT bank_check FROM payee_account", "t", &t.a), "differs");
    check_fails(payee_names_read(t.c, clerk_of(&t, "jing"), CASE_COUNTY, S("account,result\n"),
                                 &names, err),
                RC_NOT_FOUND, "");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_name),
        cmocka_unit_test(account_numbers),
        BOTH(a_first_account_of_ones_own_holds_at_once),
        BOTH(a_change_waits_for_a_second_person),
        BOTH(a_second_login_is_no_second_person),
        BOTH(guardians_and_institutions),
        BOTH(what_is_refused),
        BOTH(accounts_are_read_masked),
        BOTH(the_bank_checks_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
