/* The statutory figures of a month: each way in and out, who they are, what was paid; every number is the
 * sum of its list, every line adds up, and every level is the sum of the one below. */
#include "unit/test_run_case.h"

#include "pay/figures.h"

static void enrol_days(struct city *c, int64_t household, int64_t person, const char *programme,
                       const char *from, const char *to)
{
    check_ok(put_enrolment(c,
                           (struct enrolment_row){.household_id = household,
                                                  .person_id = person,
                                                  .programme = str_from(programme),
                                                  .valid_from = str_from(from),
                                                  .valid_to = str_from(to),
                                                  .cause = S("test")},
                           err));
}

static void member_until(struct city *c, int64_t household, int64_t person, const char *from,
                         const char *to)
{
    check_ok(put_membership(
        c, (struct membership_row){household, person, str_from(from), str_from(to), S("20")}, err));
}

/* Of each way in and out one, in December 2020. */
static void families(struct town *t)
{
    struct city *c = t->c;
    const int64_t at[] = {VILLAGE_1, VILLAGE_1, VILLAGE_2, VILLAGE_1,
                          VILLAGE_1, VILLAGE_R, VILLAGE_1};
    for (int i = 0; i < 7; i++)
        family(c, 100 * (i + 1), at[i]);
    joins(c, 100, 4000);
    enrol(c, 100, 0, "dibao", DAY_OPEN);
    enrol(c, 100, 4000, "disability_care", DAY_OPEN);
    grade_from(c, 4000, "2019-01-01", 1);
    enrol_days(c, 200, 0, "dibao", "2020-12-01", DAY_OPEN);
    enrol(c, 300, 0, "dibao", "2020-12-15");
    enrol(c, 400, 0, "dibao", DAY_OPEN);
    check_ok(put_household(
        c, (struct household_row){400, S("2020-12-10"), S(DAY_OPEN), VILLAGE_2, 1400}, err));
    enrol(c, 500, 0, "dibao", DAY_OPEN);
    check_ok(put_person(
        c, (struct person_row){1500, S("张三"), 1, S("1940-06-15"), S("2020-12-05")}, err));
    enrol(c, 600, 0, "dibao", DAY_OPEN);
    check_ok(put_person(c, (struct person_row){6001, S("小甲"), 2, S("2010-01-15"), S("")}, err));
    check_ok(put_person(c, (struct person_row){6002, S("小乙"), 1, S("2020-12-03"), S("")}, err));
    member_until(c, 600, 6001, "2019-01-01", "2020-12-20");
    member_until(c, 600, 6002, "2020-12-03", DAY_OPEN);
    facts_from(c, "x_people_household", 600, "2020-01-01", "hukou_type rural");
    enrol_days(c, 700, 0, "dibao", "2020-12-03", "2020-12-20");
}

struct heard {
    int64_t sum[FIGURE__COUNT];
};

static void hear(void *ctx, const struct figure_item *i)
{
    struct heard *h = ctx;
    for (int f = 0; f < FIGURE__COUNT; f++)
        h->sum[f] += i->n[f];
}

static struct figures figures_of(struct town *t, const char *m, int64_t division,
                                 struct heard *heard)
{
    struct figures out;
    struct figures_query q = {.city = t->c,
                              .scope = scope_system(t->c, 18617, &t->a),
                              .month = month_at(m),
                              .division = division,
                              .item = heard != NULL ? hear : NULL,
                              .ctx = heard};
    check_ok(figures_read(&q, &t->a, &out, err));
    return out;
}

/* Those that are not zero: "households_start 3, …". */
static str told(struct town *t, const struct figure_line *lines, size_t n, int64_t division,
                const char *programme)
{
    str out = S("");
    for (size_t i = 0; i < n; i++) {
        const struct figure_line *l = &lines[i];
        if (l->division != division || !str_eq(l->policy->name.text, str_from(programme)))
            continue;
        for (enum figure f = 0; f < FIGURE__COUNT; f++)
            if (l->n[f] != 0 && f < FIGURE_paid_households)
                out = str_fmt(&t->a, "%.*s%s%s %lld", STR_ARG(out), out.n > 0 ? ", " : "",
                              figure_word(f), (long long)l->n[f]);
        for (enum figure_gap g = 0; g < GAP__COUNT; g++)
            if (l->gap[g] != 0)
                out = str_fmt(&t->a, "%.*s, %s %lld", STR_ARG(out), figure_gap_word(g),
                              (long long)l->gap[g]);
    }
    return out;
}

static void each_way_in_and_out(void **state)
{
    struct town t = town_begin(*state);
    families(&t);
    struct figures f = figures_of(&t, "2020-12", 990100000000, NULL);
    check_text(told(&t, f.lines, f.n_lines, VILLAGE_1, "dibao"),
               "households_start 3, households_new 1, households_moved_out 1, households_dead 1, "
               "households_end 2, persons_start 4, persons_new 1, persons_moved_out 1, "
               "persons_dead 1, persons_end 3, women 1, disabled 1, nobody_alive 1, in_and_out 1");
    check_text(told(&t, f.lines, f.n_lines, VILLAGE_2, "dibao"),
               "households_start 1, households_moved_in 1, households_stopped 1, households_end 1, "
               "persons_start 1, persons_moved_in 1, persons_stopped 1, persons_end 1");
    check_text(told(&t, f.lines, f.n_lines, VILLAGE_R, "dibao"),
               "households_start 1, households_end 1, persons_start 2, persons_joined 1, "
               "persons_left 1, persons_end 2, minors 1, rural 2");
    check_text(told(&t, f.lines, f.n_lines, VILLAGE_1, "disability_care"),
               "households_start 1, households_end 1, persons_start 1, persons_end 1, women 1, "
               "disabled 1");
    assert_int_equal(f.not_run, f.counties);
    /* What ended a month stands at the start of the next. */
    struct figures next = figures_of(&t, "2021-01", 990100000000, NULL);
    check_text(told(&t, next.lines, next.n_lines, VILLAGE_1, "dibao"),
               "households_start 2, households_end 2, persons_start 3, persons_end 3, women 1, "
               "disabled 1, nobody_alive 1");
    town_done(&t);
}

static void levels_and_lists_agree(void **state)
{
    struct town t = town_begin(*state);
    families(&t);
    struct run_result run = run_of(&t, "2020-12");
    struct heard heard = {0};
    struct figures f = figures_of(&t, "2020-12", 990100000000, &heard);
    struct figure_line *city = NULL, *towns = NULL;
    size_t n_city = figures_sum(&f, AT_CITY, &t.a, &city);
    size_t n_towns = figures_sum(&f, AT_TOWNSHIP, &t.a, &towns);
    int64_t sums[FIGURE__COUNT] = {0};
    assert_int_equal(n_city, 2);
    check_str(city[0].policy->name.text, "dibao"); /* in the order of the rules */
    check_text(told(&t, city, n_city, 990100000000, "dibao"),
               "households_start 5, households_new 1, households_moved_in 1, households_stopped 1, "
               "households_moved_out 1, households_dead 1, households_end 4, persons_start 7, "
               "persons_new 1, persons_moved_in 1, persons_joined 1, persons_stopped 1, "
               "persons_moved_out 1, persons_dead 1, persons_left 1, persons_end 6, women 1, "
               "minors 1, disabled 1, rural 2, enrolled_not_paid 1, nobody_alive 1, in_and_out 1");
    for (size_t i = 0; i < n_city; i++) {
        assert_true(figure_adds_up(&city[i]));
        for (int k = 0; k < FIGURE__COUNT; k++)
            sums[k] += city[i].n[k];
    }
    assert_int_equal(memcmp(sums, heard.sum, sizeof sums), 0); /* each number is its list's sum */
    for (size_t i = 0; i < n_towns; i++)
        for (int k = 0; k < FIGURE__COUNT; k++)
            sums[k] -= towns[i].n[k];
    for (int k = 0; k < FIGURE__COUNT; k++)
        assert_int_equal(sums[k], 0);
    /* Paid as the run says. */
    assert_int_equal(city[0].n[FIGURE_fen], row_of(&run, 0, "dibao")->fen);
    assert_int_equal(city[0].n[FIGURE_paid_households], row_of(&run, 0, "dibao")->households);
    assert_true(city[0].n[FIGURE_fen] > 0);
    /* A part has what lies in it. */
    struct figures river = figures_of(&t, "2020-12", 990102100000, NULL);
    assert_int_equal(river.n_lines, 1);
    assert_int_equal(river.lines[0].division, VILLAGE_R);
    town_done(&t);
}

/* Paid without being on the list, on the list without being paid: told, not hidden. */
static void differences_are_told(void **state)
{
    struct town t = town_begin(*state);
    family(t.c, 100, VILLAGE_1);
    family(t.c, 200, VILLAGE_1);
    enrol(t.c, 100, 0, "dibao", DAY_OPEN);
    run_of(&t, "2020-12");
    check_ok(put_enrolment(t.c,
                           (struct enrolment_row){.household_id = 100,
                                                  .programme = S("dibao"),
                                                  .valid_from = S("2019-01-01"),
                                                  .valid_to = S("2020-11-01"),
                                                  .cause = S("test")},
                           err));
    enrol_days(t.c, 200, 0, "dibao", "2020-12-01", DAY_OPEN);
    struct figures f = figures_of(&t, "2020-12", VILLAGE_1, NULL);
    check_text(told(&t, f.lines, f.n_lines, VILLAGE_1, "dibao"),
               "households_new 1, households_end 1, persons_new 1, persons_end 1, "
               "paid_not_enrolled 1, enrolled_not_paid 1");
    town_done(&t);
}

static void who_may_not(void **state)
{
    struct town t = town_begin(*state);
    struct figures out;
    struct scope_role role = {.role = ROLE_CLERK, .line = S("disability")};
    struct scope s = scope_office(990102001000, &role, S("clerk"), 18617);
    struct figures_query q = {.city = t.c, .scope = &s, .month = month_at("2020-12")};
    families(&t);
    q.division = 990103000000;
    check_fails(figures_read(&q, &t.a, &out, err), RC_NOT_FOUND, "no division");
    q.division = 990102001000;
    check_ok(figures_read(&q, &t.a, &out, err));
    for (size_t i = 0; i < out.n_lines; i++)
        check_str(out.lines[i].policy->line, "disability"); /* its own line's only */
    assert_int_equal(out.n_lines, 1);
    s.assigned_only = true;
    check_fails(figures_read(&q, &t.a, &out, err), RC_FORBIDDEN, "assigned");
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BOTH(each_way_in_and_out), BOTH(levels_and_lists_agree),
                                       BOTH(differences_are_told), BOTH(who_may_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
