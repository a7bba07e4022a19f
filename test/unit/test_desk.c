/* Tasks put and ended; what a desk shows to whom, in which order, and its counts. */
#include "unit/test_people_case.h"
#include "work/desk.h"

#define TOWN_1 990102001000
#define TOWN_R 990102100000
#define TOWN_W 990103001000
#define TODAY  18617 /* 2020-12-21 */

struct at {
    struct arena a;
    struct home home;
    struct city *c;
    struct conn *conn; /* reading; opened when first asked for */
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

static struct scope scope_of(int64_t division, enum role role, const char *line)
{
    static struct scope_role roles[8];
    static size_t used;
    struct scope_role *r = &roles[used++ % 8];
    *r = (struct scope_role){role, str_from(line)};
    struct scope s = scope_office(division, r, S("tester"), TODAY);
    s.account_id = 7;
    return s;
}

/* ---- putting -------------------------------------------------------------------------------- */

static struct task a_task(int64_t case_id, int64_t division, day due, const char *subject)
{
    return (struct task){.kind = S("step"),
                         .case_id = case_id,
                         .step = S("survey"),
                         .household_id = case_id + 1000,
                         .division = division,
                         .role = ROLE_CLERK,
                         .line = S("assistance"),
                         .title = S("入户调查"),
                         .title_en = S("household survey"),
                         .subject = str_from(subject),
                         .opened = TODAY - 10,
                         .due = due,
                         .warn = due == 0 ? 0 : due - 2};
}

static enum rc put_one(struct change *c, void *ctx, struct err *err)
{
    return task_put(c, ctx, err);
}

static enum rc put(struct at *t, int64_t county, struct task *task, struct err *err)
{
    return change_in(t->c, county, put_one, task, NULL, err);
}

static int64_t add(struct at *t, struct task task)
{
    int64_t county = task.division / 1000000;
    check_ok(put(t, county, &task, err));
    assert_int_equal(task.county_code, county);
    return task.task_id;
}

struct ending {
    const char *kind, *step;
    int64_t case_id, ref_id;
    day on;
};

static enum rc end_one(struct change *c, void *ctx, struct err *err)
{
    const struct ending *e = ctx;
    if (e->kind == NULL)
        return task_end_case(c, e->case_id, e->on, err);
    return task_end(c, str_from(e->kind), e->case_id, e->ref_id, str_from(e->step), e->on, err);
}

static void end(struct at *t, int64_t county, struct ending e)
{
    check_ok(change_in(t->c, county, end_one, &e, NULL, err));
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Whom the tasks shown are about, in order, joined by blanks; "+" behind: there are more. */
static str shown(struct at *t, struct desk_query q)
{
    struct conn *conn = NULL;
    struct task *tasks = NULL;
    size_t n = 0;
    bool more = false;
    struct sbuf b;
    sbuf_init(&b, 1 << 16);
    if (q.limit == 0)
        q.limit = 50;
    check_ok(store_reader(t->c->store, &conn, err));
    check_ok(desk_read(&q, conn, &t->a, &tasks, &n, &more, err));
    store_reader_done(conn);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&b, "%s%.*s", i > 0 ? " " : "", STR_ARG(tasks[i].subject));
    if (more)
        sbuf_addz(&b, " +");
    str out = str_dup(&t->a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

static str shown_to(struct at *t, struct scope s)
{
    return shown(t, (struct desk_query){.scope = &s});
}

static struct desk_counts counted(struct at *t, struct scope s)
{
    struct conn *conn = NULL;
    struct desk_counts n;
    check_ok(store_reader(t->c->store, &conn, err));
    check_ok(desk_count(&s, conn, &n, err));
    store_reader_done(conn);
    return n;
}

#define check_counts(got, open_, warned_, late_, today_, done_, paused_)                           \
    do {                                                                                           \
        struct desk_counts n_ = (got);                                                             \
        assert_int_equal(n_.open, open_);                                                          \
        assert_int_equal(n_.warned, warned_);                                                      \
        assert_int_equal(n_.late, late_);                                                          \
        assert_int_equal(n_.due_today, today_);                                                    \
        assert_int_equal(n_.done_today, done_);                                                    \
        assert_int_equal(n_.paused, paused_);                                                      \
        assert_true(n_.exact);                                                                     \
    } while (0)

/* ---- one task ------------------------------------------------------------------------------- */

static void a_task_comes_back_whole(void **state)
{
    struct at t = begin(*state);
    struct task task = a_task(5, TOWN_1, TODAY + 3, "甲");
    task.ref_id = 9;
    task.person_id = 77;
    task.batch = 4;
    task.unsure = task.paused = true;
    task.unit = IN_DAYS;
    int64_t id = add(&t, task);
    struct conn *conn = NULL;
    struct task *list = NULL;
    size_t n = 0;
    check_ok(store_reader(t.c->store, &conn, err));
    check_ok(tasks_of_case(conn, CASE_COUNTY, 5, &t.a, &list, &n, err));
    store_reader_done(conn);
    assert_int_equal(n, 1);
    assert_int_equal(list->county_code, CASE_COUNTY);
    assert_int_equal(list->task_id, id);
    assert_int_equal(list->case_id, 5);
    assert_int_equal(list->ref_id, 9);
    assert_int_equal(list->household_id, 1005);
    assert_int_equal(list->person_id, 77);
    assert_int_equal(list->division, TOWN_1);
    assert_int_equal(list->role, ROLE_CLERK);
    assert_int_equal(list->opened, TODAY - 10);
    assert_int_equal(list->due, TODAY + 3);
    assert_int_equal(list->warn, TODAY + 1);
    assert_int_equal(list->unit, IN_DAYS);
    assert_int_equal(list->batch, 4);
    assert_int_equal(list->ended, 0);
    assert_true(list->unsure && list->paused);
    check_str(list->kind, "step");
    check_str(list->step, "survey");
    check_str(list->line, "assistance");
    check_str(list->title, "入户调查");
    check_str(list->title_en, "household survey");
    check_str(list->subject, "甲");
    done(&t);
}

static void put_again_it_is_the_same_one(void **state)
{
    struct at t = begin(*state);
    struct scope s = scope_of(TOWN_1, ROLE_CLERK, "");
    int64_t id = add(&t, a_task(5, TOWN_1, TODAY + 3, "甲"));
    assert_int_equal(add(&t, a_task(5, TOWN_1, TODAY + 9, "乙")), id);
    check_str(shown_to(&t, s), "乙");
    /* Another step, kind or reference is another. */
    struct task other = a_task(5, TOWN_1, TODAY + 4, "丙");
    other.step = S("verify");
    assert_int_not_equal(add(&t, other), id);
    other.kind = S("papers");
    add(&t, other);
    other.ref_id = 3;
    add(&t, other);
    check_str(shown_to(&t, s), "丙 丙 丙 乙");
    /* Once ended it may come again. */
    end(&t, CASE_COUNTY, (struct ending){"step", "survey", 5, 0, TODAY});
    check_str(shown_to(&t, s), "丙 丙 丙");
    assert_int_not_equal(add(&t, a_task(5, TOWN_1, TODAY + 1, "丁")), id);
    check_str(shown_to(&t, s), "丁 丙 丙 丙");
    /* A case that is closed leaves its notices to be handed over. */
    struct task notice = a_task(5, TOWN_1, TODAY + 4, "书");
    notice.kind = S("notice");
    add(&t, notice);
    end(&t, CASE_COUNTY, (struct ending){.case_id = 5, .on = TODAY});
    check_str(shown_to(&t, s), "书");
    check_str(rows_of(t.c, "SELECT count(*) FROM task WHERE county_code = 990102", "i", &t.a), "6");
    done(&t);
}

static void only_known_kinds(void **state)
{
    struct at t = begin(*state);
    struct task task = a_task(5, TOWN_1, TODAY, "甲");
    task.kind = S("chat");
    check_fails(put(&t, CASE_COUNTY, &task, err), RC_BAD_INPUT,
                "found the kind “chat”, expected step");
    done(&t);
}

static void lights(void **state)
{
    (void)state;
    assert_string_equal(light_name(light_of(10, 15, 20, false)), "grey");
    assert_string_equal(light_name(light_of(15, 15, 20, false)), "amber");
    assert_string_equal(light_name(light_of(20, 15, 20, false)), "amber");
    assert_string_equal(light_name(light_of(21, 15, 20, false)), "red");
    assert_string_equal(light_name(light_of(21, 15, 20, true)), "grey");
    assert_string_equal(light_name(light_of(21, 0, 0, false)), "grey");
    /* A clock set back. */
    assert_string_equal(light_name(light_of(-5, 15, 20, false)), "grey");
}

/* ---- whose desk ----------------------------------------------------------------------------- */

static struct at with_some(void *state)
{
    struct at t = begin(state);
    add(&t, a_task(1, TOWN_1, TODAY + 5, "东一"));
    add(&t, a_task(2, TOWN_1, TODAY - 1, "东二"));
    add(&t, a_task(3, VILLAGE_1, TODAY, "村一"));
    add(&t, a_task(4, VILLAGE_2, TODAY + 1, "村二"));
    add(&t, a_task(5, TOWN_R, TODAY + 2, "河一"));
    add(&t, a_task(6, TOWN_R, 0, "河二"));
    add(&t, a_task(7, TOWN_W, TODAY - 3, "西一"));
    struct task county = a_task(8, 990102000000, TODAY + 3, "区一");
    county.role = ROLE_DECIDER;
    county.step = S("decide");
    add(&t, county);
    struct task disabled = a_task(9, TOWN_1, TODAY + 4, "残一");
    disabled.line = S("disability");
    add(&t, disabled);
    return t;
}

static void by_division_and_line(void **state)
{
    struct at t = with_some(*state);
    check_str(shown_to(&t, scope_of(TOWN_1, ROLE_CLERK, "")), "东二 村一 村二 残一 东一");
    check_str(shown_to(&t, scope_of(TOWN_1, ROLE_CLERK, "assistance")), "东二 村一 村二 东一");
    check_str(shown_to(&t, scope_of(TOWN_1, ROLE_CLERK, "disability")), "残一");
    check_str(shown_to(&t, scope_of(TOWN_1, ROLE_CLERK, "child")), "");
    check_str(shown_to(&t, scope_of(VILLAGE_2, ROLE_CLERK, "")), "村二");
    check_str(shown_to(&t, scope_of(TOWN_R, ROLE_CLERK, "")), "河一 河二");
    check_str(shown_to(&t, scope_of(990102000000, ROLE_DECIDER, "")),
              "东二 村一 村二 河一 区一 残一 东一 河二");
    check_str(shown_to(&t, scope_of(990103000000, ROLE_DECIDER, "")), "西一");
    check_str(shown_to(&t, scope_of(990100000000, ROLE_OFFICER, "")),
              "西一 东二 村一 村二 河一 区一 残一 东一 河二");
    check_counts(counted(&t, scope_of(TOWN_1, ROLE_CLERK, "")), 5, 2, 1, 1, 0, 0);
    check_counts(counted(&t, scope_of(TOWN_1, ROLE_CLERK, "disability")), 1, 0, 0, 0, 0, 0);
    check_counts(counted(&t, scope_of(VILLAGE_2, ROLE_CLERK, "")), 1, 1, 0, 0, 0, 0);
    check_counts(counted(&t, scope_of(990102000000, ROLE_DECIDER, "")), 8, 3, 1, 1, 0, 0);
    check_counts(counted(&t, scope_of(990100000000, ROLE_OFFICER, "")), 9, 3, 2, 1, 0, 0);
    /* The program itself sees all. */
    check_str(shown_to(&t, *scope_system(t.c, TODAY, &t.a)),
              "西一 东二 村一 村二 河一 区一 残一 东一 河二");
    done(&t);
}

static void two_lines_of_one_account(void **state)
{
    struct at t = with_some(*state);
    struct scope_role roles[] = {{ROLE_CLERK, S("disability")},
                                 {ROLE_VERIFIER, S("assistance")},
                                 {ROLE_HEAD, S("assistance")}};
    struct scope s = scope_of(990102000000, ROLE_CLERK, "");
    s.role = roles;
    s.n_roles = 3;
    s.roles = ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_HEAD);
    check_str(shown_to(&t, s), "东二 村一 村二 河一 区一 残一 东一 河二");
    check_counts(counted(&t, s), 8, 3, 1, 1, 0, 0);
    /* A clerk of the one line only. */
    check_str(shown(&t, (struct desk_query){.scope = &s, .mine_only = true}), "残一");
    done(&t);
}

static void filters(void **state)
{
    struct at t = with_some(*state);
    struct scope county = scope_of(990102000000, ROLE_DECIDER, "");
    struct scope city = scope_of(990100000000, ROLE_OFFICER, "");
    struct scope town = scope_of(TOWN_1, ROLE_CLERK, "");
    struct task papers = a_task(10, TOWN_1, TODAY + 1, "纸一");
    papers.kind = S("papers");
    add(&t, papers);
    check_str(shown(&t, (struct desk_query){.scope = &county, .mine_only = true}), "区一");
    check_str(shown(&t, (struct desk_query){.scope = &city, .mine_only = true}), "");
    check_str(shown(&t, (struct desk_query){.scope = &county, .kind = S("papers")}), "纸一");
    check_str(shown(&t, (struct desk_query){.scope = &town, .kind = S("papers")}), "纸一");
    check_str(shown(&t, (struct desk_query){.scope = &city, .kind = S("review")}), "");
    check_str(shown(&t, (struct desk_query){.scope = &county, .line = S("disability")}), "残一");
    check_str(
        shown(&t, (struct desk_query){.scope = &county, .q = S("一"), .line = S("disability")}),
        "残一");
    check_str(shown(&t, (struct desk_query){.scope = &county, .q = S("村")}), "村一 村二");
    check_str(shown(&t, (struct desk_query){.scope = &town, .q = S("入户"), .kind = S("papers")}),
              "纸一");
    check_str(shown(&t, (struct desk_query){.scope = &county, .q = S("%")}), "");
    /* What was not done in time: those without a limit are never that. */
    check_str(shown(&t, (struct desk_query){.scope = &county, .until = TODAY}), "东二 村一");
    check_str(shown(&t, (struct desk_query){.scope = &city, .until = TODAY}), "西一 东二 村一");
    check_str(shown(&t, (struct desk_query){.scope = &county, .until = TODAY + 900}),
              "东二 村一 村二 纸一 河一 区一 残一 东一");
    check_str(shown(&t, (struct desk_query){.scope = &county, .q = S("_一")}), "");
    check_str(shown(&t, (struct desk_query){.scope = &county, .q = S("\\")}), "");
    done(&t);
}

static void paused_and_done(void **state)
{
    struct at t = with_some(*state);
    struct scope s = scope_of(TOWN_1, ROLE_CLERK, "");
    struct task late = a_task(2, TOWN_1, TODAY - 1, "东二");
    late.paused = true;
    add(&t, late);
    check_counts(counted(&t, s), 5, 2, 0, 1, 0, 1);
    end(&t, CASE_COUNTY, (struct ending){"step", "survey", 3, 0, TODAY});
    end(&t, CASE_COUNTY, (struct ending){"step", "survey", 4, 0, TODAY - 1});
    check_counts(counted(&t, s), 3, 0, 0, 0, 1, 1);
    check_str(shown(&t, (struct desk_query){.scope = &s, .ended_today = true}), "村一");
    struct scope county = scope_of(990102000000, ROLE_CLERK, "");
    check_str(shown(&t, (struct desk_query){.scope = &county, .ended_today = true}), "村一");
    check_str(
        shown(&t, (struct desk_query){.scope = &county, .ended_today = true, .mine_only = true}),
        "村一");
    done(&t);
}

static enum rc assign(struct change *c, void *ctx, struct err *err)
{
    static const struct statement st = {
        .name = "test_assign",
        .sql = "INSERT INTO account_household (county_code, household_id, account_id, made_ms) "
               "VALUES ($1, $2, $3, 0)",
        .n_params = 3};
    const struct value v[] = {V_INT(c->county_code), V_INT(*(int64_t *)ctx), V_INT(7)};
    return exec(c->conn, &st, v, 3, NULL, err);
}

static void assigned_households_only(void **state)
{
    struct at t = begin(*state);
    settle(t.c, 1001, VILLAGE_1);
    settle(t.c, 1002, VILLAGE_1);
    add(&t, a_task(1, VILLAGE_1, TODAY + 1, "甲"));
    add(&t, a_task(2, VILLAGE_1, TODAY + 2, "乙"));
    struct task common = a_task(3, VILLAGE_1, TODAY + 3, "公");
    common.household_id = 0;
    add(&t, common);
    struct scope s = scope_of(VILLAGE_1, ROLE_VILLAGE, "");
    s.assigned_only = true;
    check_str(shown_to(&t, s), "公");
    int64_t household = 1002;
    check_ok(change_in(t.c, CASE_COUNTY, assign, &household, NULL, err));
    check_str(shown_to(&t, s), "乙 公");
    check_counts(counted(&t, s), 2, 1, 0, 0, 0, 0);
    done(&t);
}

/* ---- pages ---------------------------------------------------------------------------------- */

/* Many with the same day, and some without a limit: every page goes on where the last one ended. */
static void pages_leave_nothing_out(void **state)
{
    enum { MANY = 45, STEP = 7 };
    struct at t = begin(*state);
    struct scope scopes[] = {scope_of(990100000000, ROLE_CLERK, ""),
                             scope_of(TOWN_1, ROLE_CLERK, ""),
                             scope_of(990102000000, ROLE_CLERK, "")};
    for (int i = 0; i < MANY; i++)
        add(&t, a_task(i + 1, TOWN_1, i % 9 == 8 ? 0 : TODAY + i % 4, "甲"));
    add(&t, a_task(99, TOWN_W, TODAY, "西"));
    for (size_t k = 0; k < 6; k++) {
        struct desk_query q = {.scope = &scopes[k % 3], .limit = STEP, .mine_only = k >= 3};
        bool more = true;
        size_t seen = 0;
        day last = 0;
        while (more) {
            struct conn *conn = NULL;
            struct task *tasks = NULL;
            size_t n = 0;
            check_ok(store_reader(t.c->store, &conn, err));
            check_ok(desk_read(&q, conn, &t.a, &tasks, &n, &more, err));
            store_reader_done(conn);
            assert_true(n <= STEP && (n == STEP || !more));
            for (size_t i = 0; i < n; i++) {
                day due = tasks[i].due == 0 ? INT32_MAX : tasks[i].due;
                assert_true(due > last || (due == last && tasks[i].task_id > q.after_id));
                last = due;
                q.after_due = tasks[i].due;
                q.after_id = tasks[i].task_id;
            }
            seen += n;
        }
        assert_int_equal(seen, MANY + (k % 3 == 0));
    }
    done(&t);
}

static enum rc put_many(struct change *c, void *ctx, struct err *err)
{
    const int *n = ctx;
    for (int i = 0; i < *n; i++) {
        struct task task = a_task(i + 1, TOWN_1, TODAY + 1 + i / 1000, "甲");
        TRY(task_put(c, &task, err));
    }
    return RC_OK;
}

static void counts_say_where_they_end(void **state)
{
    struct at t = begin(*state);
    struct scope s = scope_of(TOWN_1, ROLE_CLERK, "");
    int n = 10001;
    check_ok(change_in(t.c, CASE_COUNTY, put_many, &n, NULL, err));
    struct desk_counts counts = counted(&t, s);
    assert_int_equal(counts.open, 10001);
    assert_int_equal(counts.warned, 2000);
    assert_false(counts.exact);
    end(&t, CASE_COUNTY, (struct ending){"step", "survey", 1, 0, TODAY});
    counts = counted(&t, s);
    assert_int_equal(counts.open, 10000);
    assert_true(counts.exact);
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_task_comes_back_whole),
        BOTH(put_again_it_is_the_same_one),
        ON_SQLITE(only_known_kinds),
        cmocka_unit_test(lights),
        BOTH(by_division_and_line),
        BOTH(two_lines_of_one_account),
        BOTH(filters),
        BOTH(paused_and_done),
        BOTH(assigned_households_only),
        BOTH(pages_leave_nothing_out),
        BOTH(counts_say_where_they_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
