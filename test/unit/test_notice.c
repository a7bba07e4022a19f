/* Notices: what they say, whose outbox they are in, how they go out; the file of short messages. */
#include "unit/test_people_case.h"
#include "base/file.h"
#include "work/notice.h"

#define TOWN_1 990102001000
#define TOWN_R 990102100000
#define TODAY  18617 /* 2020-12-21 */

struct at {
    struct arena a;
    struct home home;
    struct city *c;
};

static struct at begin(void *state)
{
    struct at t = {.home = home_make()};
    t.c = case_city(state, &t.home, &t.a);
    return t;
}

static void done(struct at *t)
{
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

static struct scope scope_of(int64_t division, const char *line)
{
    static struct scope_role roles[8];
    static size_t used;
    struct scope_role *r = &roles[used++ % 8];
    *r = (struct scope_role){ROLE_CLERK, str_from(line)};
    return scope_office(division, r, S("tester"), TODAY);
}

/* ---- what a notice says --------------------------------------------------------------------- */

static void words_are_filled_in(void **state)
{
    (void)state;
    struct arena a = {0};
    const struct notice_word words[] = {{"household", S("张三")}, {"amount", S("290.00")}};
    check_str(notice_fill(S("{household}：每月 {amount} 元，{due}前。"), words, 2, &a),
              "张三：每月 290.00 元，前。");
    check_str(notice_fill(S("{ {household {x y} } {}"), words, 2, &a), "{ {household {x y} } {}");
    check_str(notice_fill(S("{household}{household}"), words, 2, &a), "张三张三");
    check_str(notice_fill(S(""), words, 2, &a), "");
    /* What was filled in is not looked at again. */
    const struct notice_word nested[] = {{"a", S("{b}")}, {"b", S("no")}};
    check_str(notice_fill(S("{a}"), nested, 2, &a), "{b}");
    arena_deinit(&a);
}

/* ---- putting and sending -------------------------------------------------------------------- */

static struct notice a_notice(int64_t case_id, int64_t division, day due, const char *subject)
{
    return (struct notice){.case_id = case_id,
                           .household_id = 1000 + case_id,
                           .division = division,
                           .kind = S("refusal"),
                           .title = S("不予批准通知书"),
                           .text = S("经审核，不符合条件。"),
                           .channels = BY_PAPER | BY_PAGE | BY_MESSAGE,
                           .made = TODAY - 1,
                           .due = due,
                           .line = S("assistance"),
                           .subject = str_from(subject),
                           .title_en = S("notice of refusal")};
}

struct putting {
    struct at *t;
    struct notice *n;
};

static enum rc put_one(struct change *c, void *ctx, struct err *err)
{
    const struct putting *p = ctx;
    return notice_put(c, &p->t->c->ids, p->n, err);
}

static int64_t add(struct at *t, struct notice n)
{
    struct putting p = {t, &n};
    check_ok(change_in(t->c, n.division / 1000000, put_one, &p, NULL, err));
    assert_int_equal(n.county_code, n.division / 1000000);
    return n.notice_id;
}

struct going {
    int64_t id;
    unsigned channel;
    day on;
};

static enum rc send_one(struct change *c, void *ctx, struct err *err)
{
    const struct going *g = ctx;
    return notice_sent(c, g->id, g->channel, g->on, S("本人签收"), err);
}

static enum rc go(struct at *t, int64_t id, unsigned channel, day on, struct err *err)
{
    struct going g = {id, channel, on};
    return change_in(t->c, CASE_COUNTY, send_one, &g, NULL, err);
}

static struct notice found(struct at *t, int64_t id)
{
    struct conn *conn = NULL;
    struct notice n = {0};
    check_ok(store_reader(t->c->store, &conn, err));
    check_ok(notice_find(conn, CASE_COUNTY, id, &t->a, &n, err));
    store_reader_done(conn);
    return n;
}

static void it_comes_back_as_it_was_made(void **state)
{
    struct at t = begin(*state);
    int64_t id = add(&t, a_notice(5, TOWN_1, TODAY + 2, "甲"));
    struct notice n = found(&t, id);
    assert_int_equal(n.case_id, 5);
    assert_int_equal(n.household_id, 1005);
    assert_int_equal(n.division, TOWN_1);
    assert_int_equal(n.channels, 7);
    assert_int_equal(n.sent, 0);
    assert_int_equal(n.made, TODAY - 1);
    assert_int_equal(n.due, TODAY + 2);
    assert_int_equal(n.version, 1);
    check_str(n.kind, "refusal");
    check_str(n.title, "不予批准通知书");
    check_str(n.text, "经审核，不符合条件。");
    check_str(n.subject, "甲");
    check_str(n.line, "assistance");
    /* Paper is a task of the office's desk. */
    check_str(rows_of(t.c,
                      "SELECT kind, case_id, division, role, title, title_en, due FROM task WHERE "
                      "county_code = 990102",
                      "tiitttt", &t.a),
              "notice|5|990102001000|clerk|送达：不予批准通知书|Hand over: notice of "
              "refusal|2020-12-23");
    /* Without paper there is none. */
    struct notice message = a_notice(6, TOWN_1, 0, "乙");
    message.channels = BY_MESSAGE;
    add(&t, message);
    check_str(rows_of(t.c, "SELECT count(*) FROM task WHERE county_code = 990102", "i", &t.a), "1");
    done(&t);
}

static void it_goes_out_once_by_each_channel(void **state)
{
    struct at t = begin(*state);
    int64_t id = add(&t, a_notice(5, TOWN_1, TODAY + 2, "甲"));
    struct notice paper = a_notice(6, TOWN_1, TODAY + 2, "乙");
    paper.channels = BY_PAPER;
    int64_t paper_id = add(&t, paper);
    check_fails(go(&t, id, BY_PAPER, TODAY - 2, err), RC_BAD_INPUT,
                "found 2020-12-19, expected a day from 2020-12-20 on");
    check_fails(go(&t, paper_id, BY_MESSAGE, TODAY, err), RC_BAD_INPUT,
                "the notice goes out by paper, not by message");
    check_fails(go(&t, id, 3, TODAY, err), RC_BAD_INPUT, "goes out by");
    check_fails(go(&t, id, 0, TODAY, err), RC_BAD_INPUT, "goes out by");
    check_fails(go(&t, 99, BY_PAPER, TODAY, err), RC_NOT_FOUND, "no notice 990102-99");
    check_ok(go(&t, id, BY_PAPER, TODAY, err));
    assert_int_equal(found(&t, id).sent, BY_PAPER);
    assert_int_equal(found(&t, id).version, 2);
    check_fails(go(&t, id, BY_PAPER, TODAY, err), RC_CONFLICT, "went out by paper before");
    check_str(rows_of(t.c,
                      "SELECT case_id, ended FROM task WHERE county_code = 990102 ORDER BY case_id",
                      "it", &t.a),
              "5|2020-12-21\n6|");
    check_str(
        rows_of(t.c,
                "SELECT waiting, message FROM notice WHERE county_code = 990102 ORDER BY case_id",
                "ii", &t.a),
        "1|1\n1|0");
    check_ok(go(&t, id, BY_MESSAGE, TODAY, err));
    check_ok(go(&t, paper_id, BY_PAPER, TODAY, err));
    check_str(
        rows_of(t.c,
                "SELECT waiting, message FROM notice WHERE county_code = 990102 ORDER BY case_id",
                "ii", &t.a),
        "0|0\n0|0");
    struct conn *conn = NULL;
    struct notice_way *ways = NULL;
    size_t n = 0;
    check_ok(store_reader(t.c->store, &conn, err));
    check_ok(notice_ways(conn, CASE_COUNTY, id, &t.a, &ways, &n, err));
    store_reader_done(conn);
    assert_int_equal(n, 2);
    assert_string_equal(notice_channel_name(ways[0].channel), "paper");
    assert_int_equal(ways[0].on, TODAY);
    check_str(ways[0].how, "本人签收");
    check_str(ways[0].who, "tester");
    assert_string_equal(notice_channel_name(ways[1].channel), "message");
    done(&t);
}

static const char *way;

static enum rc told_once(struct change *c, void *ctx, struct err *err)
{
    return notice_told(c, *(int64_t *)ctx, str_from(way), TODAY, S(""), err);
}

static void telling_a_decision_hands_its_notices_over(void **state)
{
    struct at t = begin(*state);
    int64_t case_id = 5;
    struct notice accepted = a_notice(5, TOWN_1, 0, "甲"),
                  granted = a_notice(5, TOWN_1, TODAY, "甲"),
                  message = a_notice(5, TOWN_1, TODAY, "甲");
    accepted.kind = S("accept");
    granted.kind = S("grant");
    granted.by_step = true; /* the step is the task */
    message.channels = BY_MESSAGE;
    add(&t, accepted);
    add(&t, granted);
    add(&t, message);
    add(&t, a_notice(5, TOWN_1, TODAY, "甲"));
    add(&t, a_notice(6, TOWN_1, TODAY, "乙"));
    check_str(rows_of(t.c, "SELECT count(*) FROM task WHERE county_code = 990102 AND open = 1", "i",
                      &t.a),
              "3");
    /* A call is no paper: what the step stood for is a task now. */
    way = "电话告知";
    check_ok(change_in(t.c, CASE_COUNTY, told_once, &case_id, NULL, err));
    check_str(rows_of(t.c, "SELECT count(*) FROM task WHERE county_code = 990102 AND open = 1", "i",
                      &t.a),
              "4");
    way = "当面送达";
    check_ok(change_in(t.c, CASE_COUNTY, told_once, &case_id, NULL, err));
    check_ok(change_in(t.c, CASE_COUNTY, told_once, &case_id, NULL, err));
    check_str(
        rows_of(t.c, "SELECT channel, how FROM notice_way WHERE county_code = 990102", "it", &t.a),
        "1|当面送达\n1|当面送达");
    check_str(rows_of(t.c,
                      "SELECT case_id, kind, channels, sent FROM notice WHERE county_code = 990102 "
                      "ORDER BY case_id, notice_id",
                      "itii", &t.a),
              "5|accept|7|0\n5|grant|7|1\n5|refusal|4|0\n5|refusal|7|1\n6|refusal|7|0");
    check_str(rows_of(t.c, "SELECT count(*) FROM task WHERE county_code = 990102 AND open = 1", "i",
                      &t.a),
              "2");
    done(&t);
}

/* ---- the outbox ----------------------------------------------------------------------------- */

static str listed(struct at *t, struct notice_query q)
{
    struct conn *conn = NULL;
    struct notice *list = NULL;
    size_t n = 0;
    int64_t all = 0;
    bool more = true, exact = false;
    str out = S("");
    q.limit = 3;
    check_ok(store_reader(t->c->store, &conn, err));
    for (more = true; more;) {
        check_ok(notice_list(&q, conn, &t->a, &list, &n, &more, err));
        assert_true(n <= 3 && (n == 3 || !more));
        for (size_t i = 0; i < n; i++)
            out = str_fmt(&t->a, "%.*s%s%.*s", STR_ARG(out), out.n > 0 ? " " : "",
                          STR_ARG(list[i].subject));
        if (n > 0) {
            q.after_due = list[n - 1].due;
            q.after_id = list[n - 1].notice_id;
        }
    }
    check_ok(notice_count(&q, conn, &all, &exact, err));
    assert_true(exact);
    store_reader_done(conn);
    return str_fmt(&t->a, "%.*s /%d", STR_ARG(out), (int)all);
}

static void lists_by_office_line_and_state(void **state)
{
    struct at t = begin(*state);
    struct scope town = scope_of(TOWN_1, ""), county = scope_of(990102000000, ""),
                 city = scope_of(990100000000, ""), other = scope_of(TOWN_R, ""),
                 line = scope_of(990102000000, "disability");
    int64_t id = add(&t, a_notice(1, TOWN_1, TODAY + 5, "甲"));
    add(&t, a_notice(2, TOWN_1, TODAY + 1, "乙"));
    add(&t, a_notice(3, TOWN_R, TODAY + 2, "丙"));
    add(&t, a_notice(4, TOWN_R, 0, "丁"));
    add(&t, a_notice(5, 990103001000, TODAY + 3, "戊"));
    struct notice disabled = a_notice(6, TOWN_1, TODAY + 4, "己");
    disabled.line = S("disability");
    disabled.kind = S("grant");
    int64_t disabled_id = add(&t, disabled);
    check_str(listed(&t, (struct notice_query){.scope = &town}), "乙 己 甲 /3");
    check_str(listed(&t, (struct notice_query){.scope = &other}), "丙 丁 /2");
    check_str(listed(&t, (struct notice_query){.scope = &county}), "乙 丙 己 甲 丁 /5");
    check_str(listed(&t, (struct notice_query){.scope = &city}), "乙 丙 戊 己 甲 丁 /6");
    check_str(listed(&t, (struct notice_query){.scope = &line}), "己 /1");
    check_str(listed(&t, (struct notice_query){.scope = &line, .line = S("assistance")}), " /0");
    check_str(listed(&t, (struct notice_query){.scope = &county, .kind = S("grant")}), "己 /5");
    check_ok(go(&t, id, BY_PAPER, TODAY, err));
    check_str(listed(&t, (struct notice_query){.scope = &town, .channel = BY_PAPER}), "乙 己 /3");
    check_str(listed(&t, (struct notice_query){.scope = &town, .gone = true}), " /0");
    check_ok(go(&t, id, BY_MESSAGE, TODAY, err));
    check_ok(go(&t, disabled_id, BY_PAPER, TODAY, err));
    check_ok(go(&t, disabled_id, BY_MESSAGE, TODAY, err));
    check_str(listed(&t, (struct notice_query){.scope = &town, .gone = true}), "甲 己 /2");
    check_str(listed(&t, (struct notice_query){.scope = &city, .gone = true}), "甲 己 /2");
    check_str(listed(&t, (struct notice_query){.scope = &town}), "乙 /1");
    done(&t);
}

static void seen_by_those_of_its_office(void **state)
{
    struct at t = begin(*state);
    struct notice n = a_notice(1, TOWN_1, TODAY, "甲");
    n.county_code = CASE_COUNTY;
    const struct {
        struct scope s;
        bool seen;
    } rows[] = {{scope_of(TOWN_1, ""), true},           {scope_of(TOWN_1, "disability"), false},
                {scope_of(TOWN_1, "assistance"), true}, {scope_of(TOWN_R, ""), false},
                {scope_of(990103000000, ""), false},    {scope_of(990100000000, ""), true}};
    struct conn *conn = NULL;
    check_ok(store_reader(t.c->store, &conn, err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool seen = !rows[i].seen;
        check_ok(notice_seen(&rows[i].s, conn, &n, &seen, err));
        assert_int_equal(seen, rows[i].seen);
    }
    store_reader_done(conn);
    done(&t);
}

/* ---- messages ------------------------------------------------------------------------------- */

struct phone {
    struct at *t;
    int64_t person;
    str number;
};

static enum rc phone_put(struct change *c, void *ctx, struct err *err)
{
    const struct phone *p = ctx;
    return person_number_put(c, p->t->c->vault, p->person, NUMBER_PHONE, p->number, err);
}

static void give_phone(struct at *t, int64_t person, const char *number)
{
    struct phone p = {t, person, str_from(number)};
    check_ok(change_in(t->c, CASE_COUNTY, phone_put, &p, NULL, err));
}

static str file_text(struct at *t, const char *path)
{
    str text = S("");
    check_ok(file_read(path, 1 << 20, &t->a, &text, err));
    return text;
}

static void messages_go_into_a_file(void **state)
{
    struct at t = begin(*state);
    char path[128];
    snprintf(path, sizeof path, "%s/out.csv", t.home.path);
    for (int64_t h = 1001; h <= 1003; h++)
        settle(t.c, h, VILLAGE_1);
    give_phone(&t, 2001, "13800001234");
    give_phone(&t, 2003, "13900005678");
    struct notice head = a_notice(1, TOWN_1, 0, "甲"); /* household 1001, its head 2001 */
    int64_t first = add(&t, head);
    add(&t, a_notice(2, TOWN_1, 0, "乙")); /* nobody's phone */
    struct notice person = a_notice(3, TOWN_1, 0, "丙");
    person.person_id = 2003;
    person.text = S("您好，\"已批准\"");
    int64_t third = add(&t, person);
    struct notice later = a_notice(1, TOWN_1, 0, "丁");
    later.made = TODAY + 1;
    add(&t, later);
    struct message_file m = {.path = path, .today = TODAY};
    check_ok(notice_messages(t.c, &m, err));
    assert_int_equal(m.written, 2);
    assert_int_equal(m.without_phone, 1);
    str wanted =
        str_fmt(&t.a,
                "\xef\xbb\xbfnotice,phone,text\n990102-%lld,13800001234,经审核，不符合条件。\n"
                "990102-%lld,13900005678,\"您好，\"\"已批准\"\"\"\n",
                (long long)first, (long long)third);
    assert_true(str_eq(file_text(&t, path), wanted));
    check_str(rows_of(t.c,
                      "SELECT channel, on_day, how, who FROM notice_way WHERE county_code = 990102",
                      "ittt", &t.a),
              "4|2020-12-21|out.csv|tester\n4|2020-12-21|out.csv|tester");
    check_str(rows_of(t.c,
                      "SELECT count(*) FROM audit_entry WHERE county_code = 990102 AND why = "
                      "'phone numbers opened for the messages of out.csv'",
                      "i", &t.a),
              "1");
    /* The next file has what is still waiting only. */
    m.county = CASE_COUNTY;
    check_ok(notice_messages(t.c, &m, err));
    assert_int_equal(m.written, 0);
    assert_int_equal(m.without_phone, 1);
    give_phone(&t, 2002, "13700009999");
    check_ok(notice_messages(t.c, &m, err));
    assert_int_equal(m.written, 1);
    m.county = CASE_OTHER;
    check_ok(notice_messages(t.c, &m, err));
    assert_int_equal(m.written + m.without_phone, 0);
    done(&t);
}

static void no_file_no_mark(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1001, VILLAGE_1);
    give_phone(&t, 2001, "13800001234");
    add(&t, a_notice(1, TOWN_1, 0, "甲"));
    char path[128];
    snprintf(path, sizeof path, "%s/none/out.csv", t.home.path);
    struct message_file m = {.path = path, .today = TODAY};
    check_fails(notice_messages(t.c, &m, err), RC_NOT_FOUND, "out.csv");
    check_str(
        rows_of(t.c, "SELECT message, sent FROM notice WHERE county_code = 990102", "ii", &t.a),
        "1|0");
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_filled_in),  BOTH(it_comes_back_as_it_was_made),
        BOTH(it_goes_out_once_by_each_channel), BOTH(telling_a_decision_hands_its_notices_over),
        BOTH(lists_by_office_line_and_state),   ON_SQLITE(seen_by_those_of_its_office),
        BOTH(messages_go_into_a_file),          ON_SQLITE(no_file_no_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
