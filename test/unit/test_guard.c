/* Logging in and what holds while one is: sessions, waits after wrong guesses, passwords, words. */
#include "test_guard_hall.h"

#include <pthread.h>

#include "guard/login.h"
#include "guard/password.h"
#include "vault/vault.h"

/* ---- words and codes ------------------------------------------------------------------------- */

static void roles_have_names(void **state)
{
    (void)state;
    for (enum role r = 0; r < ROLE__COUNT; r++) {
        assert_int_equal(role_find(str_from(role_code(r))), r);
        assert_true(role_label(r, true)[0] != '\0' && role_label(r, false)[0] != '\0');
    }
    assert_int_equal(role_find(S("")), ROLE__COUNT);
    assert_int_equal(role_find(S("Clerk")), ROLE__COUNT);
}

static void divisions_have_bounds(void **state)
{
    (void)state;
    const struct {
        int64_t division, lo, hi;
        enum place_level level;
    } of[] = {
        {510400000000, 510400000000, 510499999999, AT_CITY},
        {510402000000, 510402000000, 510402999999, AT_COUNTY},
        {510402001000, 510402001000, 510402001999, AT_TOWNSHIP},
        {510402001002, 510402001002, 510402001002, AT_VILLAGE},
        {510000000000, 510000000000, 519999999999, AT_CITY},
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        int64_t lo = 0;
        int64_t hi = 0;
        division_bounds(of[i].division, &lo, &hi);
        assert_int_equal(lo, of[i].lo);
        assert_int_equal(hi, of[i].hi);
        assert_int_equal(division_level(of[i].division), of[i].level);
    }
}

static void names_are_masked(void **state)
{
    (void)state;
    struct arena a = {0};
    check_str(mask_name(S("张三"), &a), "张*");
    check_str(mask_name(S("欧阳娜"), &a), "欧*娜");
    check_str(mask_name(S("阿依古丽"), &a), "阿**丽");
    check_str(mask_name(S("张"), &a), "*");
    check_str(mask_name(S(""), &a), "");
    check_str(mask_number(NUMBER_IDENTITY, S("510402199003070019"), &a), "5104**********0019");
    check_str(mask_number(NUMBER_PHONE, S("13812341234"), &a), "138****1234");
    check_str(mask_number(NUMBER_CARD, S("6217003670001231"), &a), "6217********1231");
    check_str(mask_address(S("河村"), &a), "河村 ****");
    arena_deinit(&a);
}

static void waits_grow(void **state)
{
    (void)state;
    assert_int_equal(login_wait_s(0, false), 0);
    assert_int_equal(login_wait_s(2, false), 0);
    assert_int_equal(login_wait_s(3, false), 5);
    assert_int_equal(login_wait_s(4, false), 10);
    assert_int_equal(login_wait_s(9, false), 320);
    assert_int_equal(login_wait_s(11, false), 900);
    assert_int_equal(login_wait_s(INT64_MAX, false), 900);
    assert_int_equal(login_wait_s(19, true), 0);
    assert_int_equal(login_wait_s(20, true), 2);
    assert_int_equal(login_wait_s(INT64_MAX, true), 300);
}

static void passwords_are_looked_at(void **state)
{
    (void)state;
    static const struct {
        const char *password, *words;
    } wrong[] = {
        {"", "has 0 characters, expected at least 10"},
        {"kurzkurz9", "has 9 characters"},
        {"九个汉字不够长呀吗", "has 9 characters"},
        {"1234567890", "tried first"},
        {"aaaaaaaaaaaa", "tried first"},
        {"zyxwvutsrqp", "tried first"},
        {"Password123", "tried first"},
        {"QWERTYUIOP", "tried first"},
        {"clerk.bcg-2020", "holds the login"},
        {"xxCLERK.BCGxx", "holds the login"},
        {"\xff\xfe bytes that are no text", "not UTF-8"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check_fails(password_check(str_from(wrong[i].password), S("clerk.bcg"), err), RC_BAD_INPUT,
                    wrong[i].words);
    char longest[PASSWORD_MOST + 2];
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = (char)('a' + i * 7 % 26);
    check_fails(password_check((str){longest, PASSWORD_MOST + 1}, S("li"), err), RC_BAD_INPUT,
                "at most 128");
    check_ok(password_check((str){longest, PASSWORD_MOST}, S("li"), err));
    check_ok(password_check(S("十个汉字就是够长的了"), S("li"), err));
    check_ok(password_check(S(PASSWORD), S("li"), err));
}

static void made_passwords_differ_and_fit(void **state)
{
    (void)state;
    struct arena a = {0};
    char hash[PASSWORD_HASH];
    char other[PASSWORD_HASH];
    bool fits = false;
    str one = password_make(&a);
    str two = password_make(&a);
    assert_false(str_eq(one, two));
    assert_int_equal(one.n, 19);
    check_ok(password_check(one, S("li"), err));
    check_ok(password_hash(one, hash, err));
    check_ok(password_hash(one, other, err));
    assert_string_not_equal(hash, other);
    assert_true(str_starts(str_from(hash), S("$argon2id$")));
    assert_int_equal(str_find(str_from(hash), one), -1);
    check_ok(password_fits(one, str_from(hash), &fits, err));
    assert_true(fits);
    check_ok(password_fits(two, str_from(hash), &fits, err));
    assert_false(fits);
    check_ok(password_fits(one, S(""), &fits, err));
    assert_false(fits);
    check_ok(password_fits(one, S("no hash at all"), &fits, err));
    assert_false(fits);
    arena_deinit(&a);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void a_session_knows_its_account(void **state)
{
    struct hall h = hall_make(*state);
    int64_t id = staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, " CLERK ");
    struct scope *s = scope_of(&h, token);
    assert_int_equal(s->account_id, id);
    check_str(s->login, "clerk");
    assert_int_equal(s->division, TOWNSHIP);
    assert_int_equal(s->lo, TOWNSHIP);
    assert_int_equal(s->hi, TOWNSHIP + 999);
    assert_int_equal(s->county_code, CASE_COUNTY);
    assert_int_equal(s->level, AT_TOWNSHIP);
    assert_int_equal(s->roles, ROLE_BIT(ROLE_CLERK));
    assert_int_equal(s->today, today());
    assert_false(s->assigned_only);
    assert_false(s->must_change);
    assert_true(scope_acts(s, ROLE_BIT(ROLE_CLERK), S("care")));
    assert_false(scope_acts(s, ROLE_BIT(ROLE_DECIDER), S("")));
    staff(&h, "whole", ROLE_OFFICER, CITY);
    assert_int_equal(scope_of(&h, log_in(&h, "whole"))->county_code, 0);
    /* Neither token nor password lies in the store. */
    const struct statement all = {
        .name = "test_rows", .sql = "SELECT token, remote FROM session", .reads = true};
    str rows = fresh_rows(h.city->store, &all, NULL, 0, "bt", &h.a);
    assert_int_equal(str_find(rows, token), -1);
    str hashes = rows_of(h.city, "SELECT password FROM account", "t", &h.a);
    assert_int_equal(str_find(hashes, S(PASSWORD)), -1);
    hall_drop(&h);
}

static void only_its_own_token_and_csrf_open(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *s = NULL;
    str name = {0};
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, "clerk");
    str other = log_in(&h, "clerk");
    assert_false(str_eq(token, other));
    check_fails(seek(&h, S(""), &s, err), RC_NO_SESSION, "no session");
    check_fails(seek(&h, S("abc"), &s, err), RC_NO_SESSION, "over");
    check_fails(seek(&h, str_fmt(&h.a, "%064d", 0), &s, err), RC_NO_SESSION, "over");
    check_ok(session_find(h.city, token, S(""), false, today(), &h.a, &s, &name, err));
    str csrf = session_csrf(name, &h.a);
    check_ok(session_find(h.city, token, csrf, true, today(), &h.a, &s, &name, err));
    check_fails(session_find(h.city, token, S(""), true, today(), &h.a, &s, &name, err),
                RC_FORBIDDEN, "X-CSRF");
    check_fails(session_find(h.city, other, csrf, true, today(), &h.a, &s, &name, err),
                RC_FORBIDDEN, "X-CSRF");
    check_ok(session_find(h.city, token, S(""), false, today(), &h.a, &s, &name, err));
    check_ok(session_finish(h.city, name, err));
    check_fails(seek(&h, token, &s, err), RC_NO_SESSION, "over");
    check_ok(session_finish(h.city, name, err));
    check_ok(seek(&h, other, &s, err));
    hall_drop(&h);
}

static void sessions_end_in_time(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *s = NULL;
    const int64_t hour = 3600 * 1000;
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, "clerk");
    const struct value near[] = {V_INT(clock_ms() - 12 * hour + 60000),
                                 V_INT(clock_ms() - 24 * hour + 60000)};
    change_row(&h, "UPDATE session SET touched_ms = $1, made_ms = $2", near, 2);
    check_ok(seek(&h, token, &s, err));
    const struct value idle[] = {V_INT(clock_ms() - 12 * hour - 1000), V_INT(clock_ms())};
    change_row(&h, "UPDATE session SET touched_ms = $1, made_ms = $2", idle, 2);
    check_fails(seek(&h, token, &s, err), RC_NO_SESSION, "over");
    const struct value whole[] = {V_INT(clock_ms()), V_INT(clock_ms() - 24 * hour - 1000)};
    change_row(&h, "UPDATE session SET touched_ms = $1, made_ms = $2", whole, 2);
    check_fails(seek(&h, token, &s, err), RC_NO_SESSION, "over");
    /* A clock that was set back ends nothing. */
    const struct value ahead[] = {V_INT(clock_ms() + 5 * hour), V_INT(clock_ms() + 5 * hour)};
    change_row(&h, "UPDATE session SET touched_ms = $1, made_ms = $2", ahead, 2);
    check_ok(seek(&h, token, &s, err));
    hall_drop(&h);
}

static void a_look_writes_rarely(void **state)
{
    struct hall h = hall_make(*state);
    const struct statement touched = {
        .name = "test_rows", .sql = "SELECT touched_ms FROM session", .reads = true};
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, "clerk");
    const struct value late = V_INT(clock_ms() - (int64_t)SESSION_TOUCH_S * 1000 + 60000);
    change_row(&h, "UPDATE session SET touched_ms = $1", &late, 1);
    scope_of(&h, token);
    assert_int_equal(fresh_int(h.city->store, &touched, NULL, 0), late.i);
    const struct value later = V_INT(clock_ms() - (int64_t)SESSION_TOUCH_S * 1000);
    change_row(&h, "UPDATE session SET touched_ms = $1", &later, 1);
    scope_of(&h, token);
    assert_true(fresh_int(h.city->store, &touched, NULL, 0) > later.i);
    hall_drop(&h);
}

/* As after a clock was set back: every wait is a whole one, however slow the machine is. */
static void stand_still(struct hall *h)
{
    const struct value ahead = V_INT(clock_ms() + 86400000);
    change_row(h, "UPDATE login_wait SET last_ms = $1 WHERE failures > 0", &ahead, 1);
}

/* What citizens guess at: allowed all at once, the wrong ones close the door behind the third even to the right
 * one; and an office behind the same address logs in as ever. */
static void guesses_at_once_find_each_other(void **state)
{
    struct hall h = hall_make(*state);
    str token = {0}, name = {0};
    str subject = S("case 990102-2020-000001");
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    check_ok(guess_allowed(h.city, subject, S(ANYWHERE), &h.a, err));
    for (int i = 0; i < 3; i++)
        check_ok(guess_wrong(h.city, subject, S("203.0.113.1"), &h.a, err));
    stand_still(&h);
    check_fails(guess_wrong(h.city, subject, S("203.0.113.2"), &h.a, err), RC_TOO_MANY, "wait");
    check_fails(guess_right(h.city, subject, S(ANYWHERE), &h.a, err), RC_TOO_MANY, "wait");
    for (int i = 0; i < 20; i++)
        check_ok(guess_wrong(h.city, str_fmt(&h.a, "case %d", i), S(ANYWHERE), &h.a, err));
    stand_still(&h);
    check_fails(guess_allowed(h.city, S("case x"), S(ANYWHERE), &h.a, err), RC_TOO_MANY, "wait");
    check_ok(guess_allowed(h.city, S("case x"), S(""), &h.a, err));
    check_ok(session_login(h.city, S("clerk"), S(PASSWORD), S(ANYWHERE), &h.a, &token, &name, err));
    hall_drop(&h);
}

static void guesses_cost_time(void **state)
{
    struct hall h = hall_make(*state);
    str token = {0};
    str name = {0};
    struct err known = {0};
    struct err unknown = {0};
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    staff(&h, "other", ROLE_CLERK, TOWNSHIP);
#define GUESS(login, password, e)                                                                  \
    session_login(h.city, S(login), S(password), S(ANYWHERE), &h.a, &token, &name, (e))
    for (int i = 0; i < 3; i++) {
        assert_int_equal(GUESS("clerk", "Ein kurzer Tag 2020", &known), RC_NO_SESSION);
        assert_int_equal(GUESS("nobody", "Ein kurzer Tag 2020", &unknown), RC_NO_SESSION);
        assert_string_equal(known.text, unknown.text);
    }
    stand_still(&h);
    /* The right password is not even looked at now; nor are more failures counted. */
    check_fails(GUESS("clerk", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    check_fails(GUESS("nobody", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    check_fails(GUESS("clerk", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    check_ok(GUESS("other", PASSWORD, err));
    /* After the wait it opens, and the failures are forgotten. */
    const struct value before = V_INT(clock_ms() - 6000);
    change_row(&h, "UPDATE login_wait SET last_ms = $1", &before, 1);
    check_ok(GUESS("clerk", PASSWORD, err));
    check_fails(GUESS("clerk", "Ein kurzer Tag 2020", err), RC_NO_SESSION, "wrong");
    check_ok(GUESS("clerk", PASSWORD, err));
    /* An address with twenty failures waits, whichever login it tries. */
    const struct value address[] = {V_INT(20), V_INT(clock_ms() + 86400000),
                                    V_TEXT(S("address:" ANYWHERE))};
    change_row(&h, "UPDATE login_wait SET failures = $1, last_ms = $2 WHERE subject = $3", address,
               3);
    check_fails(GUESS("other", PASSWORD, err), RC_TOO_MANY, "wait 2 seconds");
    check_ok(
        session_login(h.city, S("other"), S(PASSWORD), S("10.0.0.2"), &h.a, &token, &name, err));
    /* A clock set back makes nobody wait longer than the wait. */
    const struct value ahead[] = {V_INT(3), V_INT(clock_ms() + 86400000), V_TEXT(S("login:clerk"))};
    change_row(&h, "INSERT INTO login_wait (failures, last_ms, subject) VALUES ($1, $2, $3)", ahead,
               3);
    check_fails(
        session_login(h.city, S("clerk"), S(PASSWORD), S("10.0.0.2"), &h.a, &token, &name, err),
        RC_TOO_MANY, "wait 5 seconds");
#undef GUESS
    hall_drop(&h);
}

/* Somebody guesses from afar: whoever the login belongs to still comes in at the own office. */
static void guessing_locks_nobody_out(void **state)
{
    struct hall h = hall_make(*state);
    str token = {0};
    str name = {0};
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
#define FROM(address, password, e)                                                                 \
    session_login(h.city, S("clerk"), S(password), S(address), &h.a, &token, &name, (e))
    check_ok(FROM("10.0.0.1", PASSWORD, err));
    for (int i = 0; i < 3; i++)
        check_fails(FROM("203.0.113.9", "Ein kurzer Tag 2020", err), RC_NO_SESSION, "wrong");
    stand_still(&h);
    check_fails(FROM("203.0.113.9", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    /* Other addresses don't help the one who guesses. */
    check_fails(FROM("203.0.113.10", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    check_ok(FROM("10.0.0.1", PASSWORD, err));
    check_fails(FROM("203.0.113.9", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    /* At the office itself guessing costs as much as elsewhere. */
    for (int i = 0; i < 3; i++)
        check_fails(FROM("10.0.0.1", "Ein kurzer Tag 2020", err), RC_NO_SESSION, "wrong");
    stand_still(&h);
    check_fails(FROM("10.0.0.1", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
    /* What is over goes, what is known stays; after its time it is as any other address. */
    const struct value past = V_INT(clock_ms() - 3601 * 1000);
    change_row(&h, "UPDATE login_wait SET last_ms = $1 WHERE failures > 0", &past, 1);
    check_ok(FROM("10.0.0.1", PASSWORD, err));
    check_str(
        rows_of(h.city, "SELECT subject, failures FROM login_wait ORDER BY subject", "ti", &h.a),
        "known:clerk@10.0.0.1|0");
    change_row(&h, "UPDATE login_wait SET last_ms = $1", &past, 1);
    for (int i = 0; i < 3; i++)
        check_fails(FROM("203.0.113.9", "Ein kurzer Tag 2020", err), RC_NO_SESSION, "wrong");
    stand_still(&h);
    check_fails(FROM("10.0.0.1", PASSWORD, err), RC_TOO_MANY, "wait 5 seconds");
#undef FROM
    hall_drop(&h);
}

enum { GUESSERS = 12 };

struct guesser {
    struct hall *h;
    pthread_t thread;
    struct arena a;
    enum rc rc;
};

static void *guess(void *ctx)
{
    struct guesser *g = ctx;
    str token = {0};
    str name = {0};
    g->rc = session_login(g->h->city, S("clerk"), S("Ein kurzer Tag 2020"), S(ANYWHERE), &g->a,
                          &token, &name, NULL);
    return NULL;
}

/* All at once, before any failure is counted: no more of them are heard than two hash at a time. */
static void many_guesses_at_once_are_few(void **state)
{
    struct hall h = hall_make(*state);
    struct guesser g[GUESSERS] = {0};
    int heard = 0;
    staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    /* A long wait is just over: the next failure begins one of a quarter of an hour. */
    const struct value over[] = {V_INT(10), V_INT(clock_ms() - 700 * 1000),
                                 V_TEXT(S("login:clerk"))};
    change_row(&h, "INSERT INTO login_wait (failures, last_ms, subject) VALUES ($1, $2, $3)", over,
               3);
    for (int i = 0; i < GUESSERS; i++) {
        g[i].h = &h;
        assert_int_equal(pthread_create(&g[i].thread, NULL, guess, &g[i]), 0);
    }
    for (int i = 0; i < GUESSERS; i++) {
        pthread_join(g[i].thread, NULL);
        heard += g[i].rc == RC_NO_SESSION;
        /* Interrupted: it waited too long for its turn to hash. */
        assert_true(g[i].rc == RC_NO_SESSION || g[i].rc == RC_TOO_MANY ||
                    g[i].rc == RC_INTERRUPTED);
        arena_deinit(&g[i].a);
    }
    assert_in_range(heard, 1, GUESSERS / 2);
    hall_drop(&h);
}

static void what_can_be_no_login_is_no_row(void **state)
{
    struct hall h = hall_make(*state);
    str token = {0};
    str name = {0};
    char longest[5000];
    memset(longest, 'a', sizeof longest);
    check_fails(session_login(h.city, (str){longest, sizeof longest}, S(PASSWORD), S(ANYWHERE),
                              &h.a, &token, &name, err),
                RC_NO_SESSION, "wrong");
    check_fails(session_login(h.city, S("x' OR 1=1 --"), (str){longest, sizeof longest},
                              S(ANYWHERE), &h.a, &token, &name, err),
                RC_NO_SESSION, "wrong");
    str rows =
        rows_of(h.city, "SELECT subject, failures FROM login_wait ORDER BY subject", "ti", &h.a);
    check_str(rows, "address:10.0.0.1|2\nlogin:-|2");
    hall_drop(&h);
}

static void a_closed_account_is_out_at_once(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *s = NULL;
    str password = {0};
    str token2 = {0};
    str name = {0};
    const bool closed = false;
    const bool open = true;
    int64_t id = staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, "clerk");
    check_ok(account_alter(h.city, h.top, id, &(struct account_change){.active = &closed}, &h.a,
                           &password, err));
    check_fails(seek(&h, token, &s, err), RC_NO_SESSION, "over");
    check_fails(
        session_login(h.city, S("clerk"), S(PASSWORD), S(ANYWHERE), &h.a, &token2, &name, err),
        RC_NO_SESSION, "login or password is wrong");
    check_ok(account_alter(h.city, h.top, id, &(struct account_change){.active = &open}, &h.a,
                           &password, err));
    check_fails(seek(&h, token, &s, err), RC_NO_SESSION, "over");
    log_in(&h, "clerk");
    hall_drop(&h);
}

static void a_new_password_ends_the_other_sessions(void **state)
{
    struct hall h = hall_make(*state);
    struct scope *s = NULL;
    str name = {0};
    str password = {0};
    int64_t id = staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str here = log_in(&h, "clerk");
    str there = log_in(&h, "clerk");
    check_ok(session_find(h.city, here, S(""), false, today(), &h.a, &s, &name, err));
    check_fails(session_renew(h.city, s, name, S("not the old one"), S("Noch ein Tag 2021"), err),
                RC_FORBIDDEN, "old password");
    check_fails(session_renew(h.city, s, name, S(PASSWORD), S("kurz"), err), RC_BAD_INPUT,
                "characters");
    check_fails(session_renew(h.city, s, name, S(PASSWORD), S(PASSWORD), err), RC_BAD_INPUT,
                "is the old one");
    check_ok(seek(&h, there, &s, err));
    check_ok(session_renew(h.city, s, name, S(PASSWORD), S("Noch ein Tag 2021"), err));
    check_ok(seek(&h, here, &s, err));
    check_fails(seek(&h, there, &s, err), RC_NO_SESSION, "over");
    /* One that somebody else gave must be changed, and ends them all. */
    check_ok(account_alter(h.city, h.top, id, &(struct account_change){.new_password = true}, &h.a,
                           &password, err));
    check_fails(seek(&h, here, &s, err), RC_NO_SESSION, "over");
    check_ok(session_login(h.city, S("clerk"), password, S(ANYWHERE), &h.a, &here, &name, err));
    s = scope_of(&h, here);
    assert_true(s->must_change);
    check_ok(session_renew(h.city, s, name, password, S("Noch ein Tag 2022"), err));
    assert_false(scope_of(&h, here)->must_change);
    hall_drop(&h);
}

static void other_roles_hold_at_once(void **state)
{
    struct hall h = hall_make(*state);
    const struct scope_role two[] = {
        {ROLE_DECIDER, S("care")}, {ROLE_PAYER, S("")}, {ROLE_PAYER, S("")}};
    const int64_t county = COUNTY;
    str password = {0};
    int64_t id = staff(&h, "clerk", ROLE_CLERK, TOWNSHIP);
    str token = log_in(&h, "clerk");
    check_ok(account_alter(h.city, h.top, id,
                           &(struct account_change){.role = two, .n_roles = 3, .division = &county},
                           &h.a, &password, err));
    assert_int_equal(password.n, 0);
    struct scope *s = scope_of(&h, token);
    assert_int_equal(s->n_roles, 2);
    assert_int_equal(s->division, COUNTY);
    assert_true(scope_acts(s, ROLE_BIT(ROLE_DECIDER), S("care")));
    assert_true(scope_acts(s, ROLE_BIT(ROLE_DECIDER), S("")));
    assert_false(scope_acts(s, ROLE_BIT(ROLE_DECIDER), S("people")));
    assert_true(scope_acts(s, ROLE_BIT(ROLE_DECIDER) | ROLE_BIT(ROLE_PAYER), S("people")));
    assert_false(scope_acts(s, ROLE_BIT(ROLE_CLERK), S("")));
    hall_drop(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_names),
        cmocka_unit_test(divisions_have_bounds),
        cmocka_unit_test(names_are_masked),
        cmocka_unit_test(waits_grow),
        cmocka_unit_test(passwords_are_looked_at),
        cmocka_unit_test(made_passwords_differ_and_fit),
        BOTH(a_session_knows_its_account),
        BOTH(only_its_own_token_and_csrf_open),
        BOTH(sessions_end_in_time),
        BOTH(a_look_writes_rarely),
        BOTH(guesses_cost_time),
        BOTH(guesses_at_once_find_each_other),
        BOTH(guessing_locks_nobody_out),
        BOTH(many_guesses_at_once_are_few),
        BOTH(what_can_be_no_login_is_no_row),
        BOTH(a_closed_account_is_out_at_once),
        BOTH(a_new_password_ends_the_other_sessions),
        BOTH(other_roles_hold_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
