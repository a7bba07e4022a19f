#include "test.h"
#include "base/map.h"

static void absent_and_present(void **state)
{
    struct arena a = {0};
    struct map m;
    int one = 1, two = 2;

    (void)state;
    map_init(&m, &a);
    assert_null(map_get(&m, S("x")));
    assert_true(map_put(&m, S("x"), &one));
    assert_false(map_put(&m, S("x"), &two));
    assert_ptr_equal(map_get(&m, S("x")), &one);
    assert_null(map_get(&m, S("X")));
    assert_true(map_put(&m, S(""), &two));
    assert_ptr_equal(map_get(&m, (str){NULL, 0}), &two);
    assert_true(map_put(&m, S("set"), NULL)); /* a set needs no values */
    assert_false(map_put(&m, S("set"), &one));
    arena_deinit(&a);
}

static void many_keys_in_order(void **state)
{
    enum { N = 20000 };
    struct arena a = {0};
    struct map m;

    (void)state;
    map_init(&m, &a);
    for (int i = 0; i < N; i++) {
        str key = str_fmt(&a, "户%d", i * 7919 % N);
        assert_true(map_put(&m, key, NEW(&a, int)));
        assert_false(map_put(&m, key, NULL));
    }
    assert_int_equal(m.entries.n, N);
    for (int i = 0; i < N; i++) {
        str key = str_fmt(&a, "户%d", i * 7919 % N);
        assert_true(str_eq(m.entries.at[i].key, key));
        assert_ptr_equal(map_get(&m, key), m.entries.at[i].value);
        assert_null(map_get(&m, str_fmt(&a, "人%d", i)));
    }
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_and_present),
        cmocka_unit_test(many_keys_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
