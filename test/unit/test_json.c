#include "test.h"
#include "base/json.h"

static void a_document(void **state)
{
    struct sbuf b;
    struct json j;

    (void)state;
    sbuf_init(&b, 4096);
    json_init(&j, &b);
    json_obj(&j);
    json_key(&j, "household");
    json_id(&j, INT64_MAX);
    json_key(&j, "amount_fen");
    json_int(&j, INT64_MIN);
    json_key(&j, "reasons");
    json_arr(&j);
    json_str(&j, S("收入"));
    json_nil(&j);
    json_bool(&j, true);
    json_arr(&j);
    json_arr_end(&j);
    json_obj(&j);
    json_obj_end(&j);
    json_arr_end(&j);
    json_key(&j, "ok");
    json_bool(&j, false);
    json_obj_end(&j);
    check_str(sbuf_str(&b), "{\"household\":\"9223372036854775807\","
                            "\"amount_fen\":-9223372036854775808,"
                            "\"reasons\":[\"收入\",null,true,[],{}],\"ok\":false}");
    sbuf_deinit(&b);
}

static void text_is_escaped(void **state)
{
    struct sbuf b;
    struct json j;

    (void)state;
    sbuf_init(&b, 4096);
    json_init(&j, &b);
    json_str(&j, S("a\"b\\c\nd\te\0f\x1F/\x7F"));
    check_str(sbuf_str(&b), "\"a\\\"b\\\\c\\nd\\u0009e\\u0000f\\u001f/\x7F\"");
    sbuf_clear(&b);
    json_init(&j, &b);
    json_str(&j, S("x\xE4\xBDy\xFF\xED\xA0\x80"));
    assert_true(utf8_valid(sbuf_str(&b), NULL));
    check_str(sbuf_str(&b), "\"x\uFFFD\uFFFDy\uFFFD\uFFFD\uFFFD\uFFFD\"");
    sbuf_clear(&b);
    json_init(&j, &b);
    json_str(&j, S("\uFFFD")); /* the character itself is text like any other */
    check_str(sbuf_str(&b), "\"\uFFFD\"");
    sbuf_clear(&b);
    json_init(&j, &b);
    json_obj(&j);
    json_key(&j, "a\"b");
    json_str(&j, (str){NULL, 0});
    json_obj_end(&j);
    check_str(sbuf_str(&b), "{\"a\\\"b\":\"\"}");
    sbuf_deinit(&b);
}

static void end_twice(void *p)
{
    json_arr(p);
    json_arr_end(p);
    json_arr_end(p);
}

static void end_other(void *p)
{
    json_arr(p);
    json_obj_end(p);
}

static void value_without_key(void *p)
{
    json_obj(p);
    json_int(p, 1);
}

static void key_without_value(void *p)
{
    json_obj(p);
    json_key(p, "a");
    json_obj_end(p);
}

static void key_in_array(void *p)
{
    json_arr(p);
    json_key(p, "a");
}

static void two_values(void *p)
{
    json_int(p, 1);
    json_int(p, 2);
}

static void too_deep(void *p)
{
    for (int i = 0; i < 32; i++)
        json_arr(p);
}

static void deepest(void *p)
{
    for (int i = 0; i < 31; i++)
        json_arr(p);
    for (int i = 0; i < 31; i++)
        json_arr_end(p);
}

static void ill_formed_is_a_bug(void **state)
{
    void (*const wrong[])(void *) = {end_twice,         end_other,    value_without_key, two_values,
                                     key_without_value, key_in_array, too_deep};
    struct sbuf b;
    struct json j;

    (void)state;
    sbuf_init(&b, 4096);
    json_init(&j, &b);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_aborts(wrong[i], &j);
    deepest(&j);
    assert_int_equal(b.n, 62);
    sbuf_deinit(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document),
        cmocka_unit_test(text_is_escaped),
        cmocka_unit_test(ill_formed_is_a_bug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
