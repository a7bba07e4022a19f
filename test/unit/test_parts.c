/* Rule text cut into declarations, for comparing versions. */
#include "unit/test.h"

#include "lang/parts.h"

static struct arena a;

static int begin(void **state)
{
    (void)state;
    arena_init(&a, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_deinit(&a);
    return 0;
}

static void check_part(const struct rule_part *p, const char *kind, const char *name,
                       const char *text)
{
    if (!str_eq(p->kind, str_from(kind)) || !str_eq(p->name, str_from(name)))
        fail_msg("found %.*s %.*s, expected %s %s", STR_ARG(p->kind), STR_ARG(p->name), kind, name);
    if (!str_eq(p->text, str_from(text)))
        fail_msg("%s: found\n%.*s\nexpected\n%s", name, STR_ARG(p->text), text);
}

static void declarations_are_told_apart(void **state)
{
    static const char text[] = "-- What this file is about.\n"
                               "\n"
                               "code kind \"种类\" / \"kind\"\n"
                               "  one \"一\"\n"
                               "\n"
                               "-- Why there is a policy.\n"
                               "policy gift \"慰问\", for each household\n"
                               "  -- inside\n"
                               "  basis \"法\"\n";
    struct rule_part *p = NULL;
    size_t n = 0;
    (void)state;
    rule_parts(S("lines/x/x.hm"), str_from(text), &a, &p, &n);
    assert_int_equal(n, 2);
    check_part(&p[0], "code", "kind", "code kind \"种类\" / \"kind\"\n  one \"一\"\n\n");
    check_part(&p[1], "policy", "gift",
               "-- Why there is a policy.\npolicy gift \"慰问\", for each household\n"
               "  -- inside\n  basis \"法\"\n");
    assert_true(str_eq(p[0].zh, S("种类")) && str_eq(p[0].en, S("kind")));
    assert_true(str_eq(p[1].zh, S("慰问")) && p[1].en.n == 0);
}

static void values_of_a_place_are_parts_of_their_own(void **state)
{
    static const char text[] = "place town \"试城\", division 990100000000\n"
                               "  assumed \"试\"\n"
                               "  set gift.sum           from 2019-01: 1.00 for urban,\n"
                               "      2.00 for rural\n"
                               "  area hills \"山区\" = 990102100000\n"
                               "  set gift.sum           from 2020-07: 3.00\n"
                               "  set gift.sum in hills  from 2019-01: 4.00\n";
    struct rule_part *p = NULL;
    size_t n = 0;
    (void)state;
    rule_parts(S("places/town.hm"), str_from(text), &a, &p, &n);
    assert_int_equal(n, 3);
    check_part(&p[0], "place", "town",
               "place town \"试城\", division 990100000000\n  assumed \"试\"\n"
               "  area hills \"山区\" = 990102100000\n");
    check_part(&p[1], "value", "gift.sum",
               "  set gift.sum           from 2019-01: 1.00 for urban,\n      2.00 for rural\n"
               "  set gift.sum           from 2020-07: 3.00\n");
    check_part(&p[2], "value", "gift.sum in hills",
               "  set gift.sum in hills  from 2019-01: 4.00\n");
}

static void the_same_declaration_is_found_again(void **state)
{
    const struct rule_part policy = {.kind = S("policy"), .name = S("gift"), .file = S("a.hm")};
    struct rule_part other = policy;
    const struct rule_part extend = {.kind = S("extend"), .name = S("person"), .file = S("a.hm")};
    struct rule_part beside = extend;
    (void)state;
    other.file = S("b.hm");
    assert_true(rule_part_same(&policy, &other)); /* a policy may move to another file */
    other.name = S("gifts");
    assert_false(rule_part_same(&policy, &other));
    beside.file = S("b.hm");
    assert_false(rule_part_same(&extend, &beside)); /* several files extend one register */
}

static void odd_texts_end_well(void **state)
{
    static const char *const texts[] = {"",       "\n\n",           "-- nothing",
                                        "place",  "place x\n  set", "place x\n  set \n    a\n    b",
                                        "policy", "\xff\xfe\n x"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct rule_part *p = NULL;
        size_t n = 0;
        rule_parts(S("x.hm"), str_from(texts[i]), &a, &p, &n);
        for (size_t k = 0; k < n; k++)
            assert_true(p[k].text.n <= strlen(texts[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations_are_told_apart),
        cmocka_unit_test(values_of_a_place_are_parts_of_their_own),
        cmocka_unit_test(the_same_declaration_is_found_again),
        cmocka_unit_test(odd_texts_end_well),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
