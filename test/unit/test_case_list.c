/* Lists of cases: what a scope sees of them, in which order, page by page, and how many. */
#include "unit/test_case_town.h"

enum { FAMILIES = 6 };

/* Six families in three places, one of them in another county; acceptances on different days. */
static void families(struct town *t)
{
    static const int64_t villages[] = {VILLAGE_1, VILLAGE_2, VILLAGE_R, VILLAGE_1, VILLAGE_R};
    static const char *const days[] = {"2020-11-06", "2020-11-02", "2020-11-05", "2020-11-03",
                                       "2020-11-02"};
    for (int i = 0; i < 5; i++) {
        struct case_made made;
        struct scope s = clerk(villages[i] / 1000 * 1000, ROLE_CLERK, days[i]);
        family(t->c, 700 + i, villages[i]);
        check_ok(try_open(t, &s, 700 + i, 0, i % 2 == 0 ? "dibao_application" : "edge_application",
                          "[]", "[]", &made, err));
        if (i == 3) {
            int64_t now = 0;
            const struct case_act act = {
                .kind = EVENT_WITHDRAWN, .step = S(""), .text = S(""), .version = 1};
            check_ok(case_do(t->c, &s, CASE_COUNTY, made.cases[0].case_id, &act, &t->a, &now, err));
        }
    }
}

/* Households of all pages of `limit` rows, in order. */
static str listed(struct town *t, struct case_query q, int limit)
{
    struct sbuf out;
    struct conn *c = NULL;
    bool more = true;
    int64_t count = 0, total = 0;
    char key[11];
    sbuf_init(&out, 2000);
    check_ok(store_reader(t->c->store, &c, err));
    check_ok(case_count(t->c, &q, c, &t->a, &count, err));
    for (q.limit = limit; more;) {
        struct case_row *rows = NULL;
        size_t n = 0;
        check_ok(case_list(t->c, &q, c, &t->a, &rows, &n, &more, err));
        assert_true(n <= (size_t)limit);
        assert_true(n > 0 || !more);
        for (size_t i = 0; i < n; i++, total++)
            sbuf_fmt(&out, "%s%lld", out.n == 0 ? "" : " ", (long long)rows[i].household_id);
        if (!more)
            break;
        const struct case_row *last = &rows[n - 1];
        date_text(q.order == CASE_BY_ACCEPTED ? last->accepted : last->due, key);
        q.after_key = str_dup(&t->a, str_from(key));
        q.after_county = last->county_code;
        q.after_id = last->case_id;
    }
    store_reader_done(c);
    assert_int_equal(count, total);
    str text = str_dup(&t->a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static struct case_query query_for(const struct scope *s, enum case_order order, bool desc)
{
    return (struct case_query){.scope = s,
                               .order = order,
                               .desc = desc,
                               .state = S(""),
                               .service = S(""),
                               .step = S(""),
                               .number = S(""),
                               .after_key = S(""),
                               .limit = 50};
}

static void orders_and_pages(void **state)
{
    struct town t = case_begin(*state);
    families(&t);
    struct scope county = at_county(ROLE_DECIDER, "2020-11-20");
    struct scope city = clerk(990100000000, ROLE_OFFICER, "2020-11-20");
    for (int limit = 1; limit < 7; limit += 2) {
        /* The hills' cases are decided within twenty days, the others within thirty. */
        check_text(listed(&t, query_for(&county, CASE_BY_DUE, false), limit),
                   "704 702 701 703 700");
        check_text(listed(&t, query_for(&county, CASE_BY_DUE, true), limit), "700 703 701 702 704");
        check_text(listed(&t, query_for(&county, CASE_BY_ACCEPTED, false), limit),
                   "701 704 703 702 700");
        check_text(listed(&t, query_for(&county, CASE_BY_ACCEPTED, true), limit),
                   "700 702 703 704 701");
        check_text(listed(&t, query_for(&county, CASE_BY_NUMBER, false), limit),
                   "700 701 702 703 704");
        check_text(listed(&t, query_for(&city, CASE_BY_NUMBER, true), limit),
                   "704 703 702 701 700");
        check_text(listed(&t, query_for(&city, CASE_BY_ACCEPTED, false), limit),
                   "701 704 703 702 700");
    }
    town_done(&t);
}

static void scopes_and_filters(void **state)
{
    struct town t = case_begin(*state);
    families(&t);
    struct scope town = at_town("2020-11-20"), county = at_county(ROLE_DECIDER, "2020-11-20");
    struct scope village = clerk(VILLAGE_2, ROLE_CLERK, "2020-11-20");
    struct scope other = clerk(990103000000, ROLE_DECIDER, "2020-11-20");
    check_text(listed(&t, query_for(&town, CASE_BY_NUMBER, false), 2), "700 701 703");
    check_text(listed(&t, query_for(&village, CASE_BY_DUE, false), 2), "701");
    check_text(listed(&t, query_for(&other, CASE_BY_DUE, false), 2), "");
    struct case_query q = query_for(&county, CASE_BY_NUMBER, false);
    q.state = S("open");
    check_text(listed(&t, q, 2), "700 701 702 704");
    q.state = S("withdrawn");
    check_text(listed(&t, q, 2), "703");
    q.state = S("no such state");
    check_text(listed(&t, q, 2), "");
    q.state = S("");
    q.service = S("edge_application");
    check_text(listed(&t, q, 2), "701 703");
    q.service = S("");
    q.step = S("survey");
    check_text(listed(&t, q, 3), "700 701 702 704");
    q.step = S("");
    q.division = 990102100000;
    check_text(listed(&t, q, 3), "702 704");
    q.division = 990103000000; /* outside: nothing of it is seen */
    check_text(listed(&t, q, 3), "");
    q.division = 0;
    q.number = S("990102-2020-00000");
    check_text(listed(&t, q, 9), "700 701 702 703 704");
    q.number = S("990102-2020-000003");
    check_text(listed(&t, q, 9), "702");
    q.scope = &town;
    check_text(listed(&t, q, 9), "");
    /* The line of business: edge families are of relief, dibao of assistance. */
    struct scope_role roles[] = {{ROLE_CLERK, S("relief")}, {ROLE_CLERK, S("disability")}};
    town.role = roles;
    town.n_roles = 2;
    check_text(listed(&t, query_for(&town, CASE_BY_NUMBER, false), 1), "701 703");
    struct conn *c = NULL;
    struct case_row row;
    check_ok(store_reader(t.c->store, &c, err));
    check_fails(case_find(&town, c, S("990102-2020-000001"), &t.a, &row, err), RC_NOT_FOUND,
                "none");
    check_ok(case_find(&town, c, S("990102-2020-000002"), &t.a, &row, err));
    store_reader_done(c);
    town_done(&t);
}

static void of_a_household(void **state)
{
    struct town t = case_begin(*state);
    families(&t);
    struct scope town = at_town("2020-11-20");
    struct conn *c = NULL;
    struct case_row *rows = NULL;
    size_t n = 0;
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(cases_of_household(&town, c, CASE_COUNTY, 700, &t.a, &rows, &n, err));
    assert_int_equal(n, 1);
    check_text(rows[0].subject, "张三");
    check_ok(cases_of_household(&town, c, CASE_COUNTY, 702, &t.a, &rows, &n, err));
    assert_int_equal(n, 0);
    store_reader_done(c);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(orders_and_pages),
        BOTH(scopes_and_filters),
        BOTH(of_a_household),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
