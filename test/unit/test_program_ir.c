/*
 * What the graph makes of expressions: simpler ones. That they mean the same is for the oracle to
 * find; here is that they become simpler at all, since speed hangs on it.
 */
#include "test.h"
#include "eval/ir.h"

struct graph {
    struct arena a;
    struct ir ir;
    node_id key;                   /* by subject: 0 or 1 */
    node_id assets, count;         /* by subject: money of 40 bits, a number up to 8 */
    node_id income, wage, birth;   /* by member */
    node_id works, ill, poor, big; /* masks: by member, by member, by subject, by subject */
};

static void graph_open(struct graph *g)
{
    struct ir *ir = &g->ir;

    g->a = (struct arena){0};
    ir_init(ir, &g->a, 8);
    g->key = ir_fact(ir, 0, EL_U8, LEVEL_SUBJECT, 0, 1);
    g->assets = ir_fact(ir, 1, EL_I64, LEVEL_SUBJECT, 0, (int64_t)1 << 40);
    g->income = ir_fact(ir, 2, EL_I64, LEVEL_MEMBER, -1000000, 1000000);
    g->wage = ir_fact(ir, 3, EL_I64, LEVEL_MEMBER, 0, 1000000);
    g->birth = ir_fact(ir, 4, EL_I32, LEVEL_MEMBER, -32767, 32767);
    g->works = ir_eq(ir, ir_fact(ir, 5, EL_U8, LEVEL_MEMBER, 0, 1), ir_const(ir, 1));
    g->ill = ir_eq(ir, ir_fact(ir, 6, EL_U8, LEVEL_MEMBER, 0, 2), ir_const(ir, 2));
    g->poor = ir_eq(ir, ir_fact(ir, 7, EL_U8, LEVEL_SUBJECT, 0, 1), ir_const(ir, 1));
    g->count = ir_count(ir, ir_not(ir, g->works));
    g->big = ir_eq(ir, g->count, ir_const(ir, 0));
}

static void check_dump(struct graph *g, node_id n, const char *text)
{
    struct sbuf out;

    sbuf_init(&out, 10000);
    ir_dump(&g->ir, n, &out);
    assert_string_equal(out.p, text);
    sbuf_deinit(&out);
    arena_deinit(&g->a);
}

static void equal_nodes_are_one(void **state)
{
    struct graph g;

    (void)state;
    graph_open(&g);
    assert_int_equal(ir_add(&g.ir, g.income, g.wage), ir_add(&g.ir, g.income, g.wage));
    assert_int_equal(ir_and(&g.ir, g.works, g.ill), ir_and(&g.ir, g.ill, g.works));
    assert_int_equal(ir_not(&g.ir, ir_not(&g.ir, g.ill)), g.ill);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(ir_const(&g.ir, i), ir_const(&g.ir, i));
    arena_deinit(&g.a);
}

static void years_become_a_day(void **state)
{
    struct graph g;

    (void)state;
    graph_open(&g);
    node_id age = ir_since(&g.ir, SINCE_YEARS, g.birth, date_day(2020, 12, 1));
    age = ir_max(&g.ir, age, ir_const(&g.ir, 0));
    node_id minor = ir_lt(&g.ir, age, ir_const(&g.ir, 18));
    node_id first = ir_const(&g.ir, date_day(2002, 12, 1) + 1);
    assert_int_equal(minor, ir_not(&g.ir, ir_lt(&g.ir, g.birth, first)));
    check_dump(&g, minor, "NOTmm(LTKmm[12023,0](FACTmi[4,0]))");
}

static void tables_take_arithmetic_in(void **state)
{
    static const int64_t standard[] = {61000, 41000}, floor[] = {80000, 58000};
    struct graph g;

    (void)state;
    graph_open(&g);
    node_id s = ir_lut(&g.ir, g.key, standard, 2);
    node_id most =
        ir_max(&g.ir, ir_mulk(&g.ir, s, 13), ir_mulk(&g.ir, ir_lut(&g.ir, g.key, floor, 2), 10));
    assert_int_equal(ir_at(&g.ir, ir_lt(&g.ir, s, ir_const(&g.ir, 50000)))->op, IR_EQK);
    assert_int_equal(ir_content(&g.ir, s), 1000);
    node_id line = ir_mulk(&g.ir, ir_mul(&g.ir, s, g.count), 5);
    assert_int_equal(line, ir_mul(&g.ir, g.count, ir_mulk(&g.ir, s, 5)));
    check_dump(&g, most, "LUTsi{800000,580000}(FACTsb)");
}

static void sums_of_a_group_are_one(void **state)
{
    struct graph g;

    (void)state;
    graph_open(&g);
    node_id a = ir_mulk(&g.ir, ir_sum(&g.ir, g.works, g.income), 5);
    node_id both = ir_sub(&g.ir, a, ir_sum(&g.ir, g.works, g.wage));
    check_dump(&g, both,
               "SUMsi(MASKEDmi(EQKmm[1,0](FACTmb[5,0]), SUBmi(MULKmi[5,0](CVTmi(FACTml[2,0])), "
               "CVTmi(FACTml[3,0]))))");
}

static void what_is_the_familys_stays_there(void **state)
{
    static const int64_t base[] = {50000, 31000};
    struct graph g;

    (void)state;
    graph_open(&g);
    node_id poor = ir_spread(&g.ir, g.poor), big = ir_spread(&g.ir, g.big);
    assert_int_equal(ir_and(&g.ir, poor, big), ir_spread(&g.ir, ir_and(&g.ir, g.poor, g.big)));
    node_id nested = ir_and(&g.ir, ir_and(&g.ir, poor, g.ill), ir_not(&g.ir, big));
    node_id any = ir_any(&g.ir, nested);
    node_id family = ir_and(&g.ir, g.poor, ir_not(&g.ir, g.big));
    assert_int_equal(any, ir_and(&g.ir, family, ir_any(&g.ir, g.ill)));
    node_id each = ir_mul(&g.ir, ir_spread(&g.ir, ir_lut(&g.ir, g.key, base, 2)), g.wage);
    node_id sum = ir_sum(&g.ir, g.works, each);
    assert_int_equal(sum,
                     ir_mul(&g.ir, ir_sum(&g.ir, g.works, g.wage), ir_lut(&g.ir, g.key, base, 2)));
    arena_deinit(&g.a);
}

static void contradictions_are_seen(void **state)
{
    struct graph g;

    (void)state;
    graph_open(&g);
    node_id tried = ir_and(&g.ir, ir_and(&g.ir, ir_not(&g.ir, g.big), g.poor),
                           ir_lt(&g.ir, g.assets, ir_const(&g.ir, 700)));
    node_id none = ir_truth(&g.ir, false);
    assert_int_equal(ir_and(&g.ir, g.big, tried), none);
    /* size < 1 is size = 0. */
    assert_int_equal(ir_and(&g.ir, ir_lt(&g.ir, g.count, ir_const(&g.ir, 1)), tried), none);
    assert_int_equal(ir_and(&g.ir, g.poor, tried), tried);
    assert_int_equal(ir_or(&g.ir, g.poor, tried), g.poor);
    arena_deinit(&g.a);
}

static void types_follow_from_ranges(void **state)
{
    struct graph g;

    (void)state;
    graph_open(&g);
    assert_int_equal(ir_at(&g.ir, g.income)->type, EL_I32);
    assert_int_equal(ir_at(&g.ir, g.count)->type, EL_U8);
    node_id wide = ir_mulk(&g.ir, g.income, 10000);
    assert_int_equal(ir_at(&g.ir, wide)->type, EL_I64);
    assert_int_equal(ir_at(&g.ir, ir_sum(&g.ir, g.works, g.income))->type, EL_I32);
    assert_false(g.ir.overflow);
    ir_mul(&g.ir, ir_mulk(&g.ir, g.assets, 100), g.assets);
    assert_true(g.ir.overflow);
    arena_deinit(&g.a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_nodes_are_one),
        cmocka_unit_test(years_become_a_day),
        cmocka_unit_test(tables_take_arithmetic_in),
        cmocka_unit_test(sums_of_a_group_are_one),
        cmocka_unit_test(what_is_the_familys_stays_there),
        cmocka_unit_test(contradictions_are_seen),
        cmocka_unit_test(types_follow_from_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
