/* Services of the shipped tree, as those above read them; places that give decisions away. */
#include "test.h"

#include "lang/rules.h"

struct fixture {
    struct arena arena;
    struct rules rules;
};

static void load(struct fixture *f)
{
    struct diags d;
    struct err err = {0};
    arena_init(&f->arena, 0);
    rules_init(&f->rules, &f->arena);
    diags_init(&d, &f->arena);
    f->rules.require_english = true;
    if (rules_load(&f->rules, HUIMIN_SRC, &d, &err) != RC_OK)
        fail_msg("%s", err.text);
}

/* A tree of one line and one place, read from text. */
static size_t load_text(struct fixture *f, const char *line, const char *place)
{
    struct diags d;
    arena_init(&f->arena, 0);
    rules_init(&f->rules, &f->arena);
    diags_init(&d, &f->arena);
    source_add(&f->rules.sources, S("lines/test/case.hm"), str_from(line));
    source_add(&f->rules.sources, S("places/city.hm"), str_from(place));
    rules_parse(&f->rules, &d);
    rules_check(&f->rules, &d);
    return d.errors;
}

static struct service_step *step_of(const struct service *s, const char *name)
{
    for (size_t i = 0; i < s->n_steps; i++)
        if (str_eq(s->steps[i].name.text, str_from(name)))
            return &s->steps[i];
    fail_msg("%.*s has no step %s", STR_ARG(s->name.text), name);
    return NULL;
}

static void test_dibao(void **state)
{
    (void)state;
    struct fixture f;
    load(&f);
    const struct service *s = rules_service(&f.rules, S("dibao_application"));
    assert_non_null(s);
    assert_ptr_equal(s->policies[0], rules_policy(&f.rules, S("dibao")));
    assert_false(s->of_member);
    assert_int_equal(s->form, SERVICE_APPLICATION);
    assert_int_equal(s->grant_from, GRANT_NEXT_MONTH);
    assert_int_equal(s->within.n, 30);
    assert_int_equal(s->within.unit, IN_WORKDAYS);
    assert_int_equal(s->delegated.n, 20);
    assert_int_equal(s->extended.n, 45);
    assert_true(s->stops_for_supplement && s->stops_for_objection);
    assert_false(s->stops_for_posting || s->stops_for_letter);
    const struct service_step *accept = step_of(s, "accept"), *survey = step_of(s, "survey"),
                              *verify = step_of(s, "verify"), *opinion = step_of(s, "opinion"),
                              *posting = step_of(s, "posting"), *decide = step_of(s, "decide");
    assert_int_equal(accept->n_after_steps, 0);
    /* The survey waits for the acceptance because it is written below it, the check by name. */
    assert_int_equal(survey->n_after, 0);
    assert_int_equal(survey->n_after_steps, 1);
    assert_int_equal(survey->after_steps[0], 0);
    assert_int_equal(survey->since_step, 0);
    assert_int_equal(verify->n_after_steps, 1);
    assert_int_equal(verify->after_steps[0], 0);
    assert_true(verify->since_step == SIZE_MAX);
    assert_int_equal(opinion->n_after_steps, 2);
    assert_int_equal(posting->lasts.n, 7);
    assert_int_equal(posting->lasts.unit, IN_DAYS);
    assert_int_equal(posting->at, AT_VILLAGE);
    assert_int_equal(decide->at, AT_COUNTY);
    assert_true(decide->may_delegate);
    assert_null(decide->up_to_param);
    arena_deinit(&f.arena);
}

static void test_others(void **state)
{
    (void)state;
    struct fixture f;
    load(&f);
    const struct service *s = rules_service(&f.rules, S("urgent_relief"));
    assert_non_null(s);
    assert_int_equal(s->grant_from, GRANT_ONCE);
    assert_int_equal(s->papers_within.n, 10);
    assert_true(s->elsewhere);
    assert_non_null(step_of(s, "decide")->up_to_param);
    assert_true(s->policies[0]->on_application);
    s = rules_service(&f.rules, S("disability_elsewhere"));
    assert_non_null(s);
    assert_true(s->of_member);
    assert_int_equal(s->n_decides, 2);
    assert_int_equal(step_of(s, "decide")->at, AT_NONE);
    assert_int_equal(step_of(s, "decide")->within.n, 10);
    s = rules_service(&f.rules, S("dibao_review"));
    assert_non_null(s);
    assert_int_equal(s->form, SERVICE_REVIEW);
    assert_int_equal(s->every_def->type.kind, K_MONTHS);
    s = rules_service(&f.rules, S("change_report"));
    assert_non_null(s);
    assert_int_equal(s->form, SERVICE_CHANGE);
    assert_false(s->of_member);
    /* Only who applies is asked about an emergency. */
    const struct reg *household = rules_reg(&f.rules, S("household"));
    assert_false(reg_field(household, S("event_month"))->read_monthly);
    assert_true(reg_field(household, S("assets"))->read_monthly);
    arena_deinit(&f.arena);
}

/* Every limit, step, paper and field that is told has a name; every form field is one of two. */
static void test_fields_are_found(void **state)
{
    (void)state;
    struct fixture f;
    load(&f);
    const struct reg *regs[] = {rules_reg(&f.rules, S("household")),
                                rules_reg(&f.rules, S("person"))};
    assert_true(f.rules.services.n >= 10);
    for (size_t i = 0; i < f.rules.services.n; i++) {
        const struct service *s = f.rules.services.at[i];
        assert_int_equal(s->index, i);
        assert_true(s->label.en.n > 0);
        for (size_t k = 0; k < s->n_forms; k++)
            for (size_t j = 0; j < s->forms[k].n; j++) {
                str name = s->forms[k].names[j].text;
                const struct field *field = reg_field(regs[0], name);
                field = field ? field : reg_field(regs[1], name);
                assert_non_null(field);
                assert_null(field->value);
            }
    }
    arena_deinit(&f.arena);
}

/* The words after `by` are the codes of the roles, no more and no less. */
static void test_roles(void **state)
{
    (void)state;
    static const char *const words[] = {
#define SERVICE_ROLE(word) word,
#include "lang/role.def"
#undef SERVICE_ROLE
    };
    static const char *const codes[] = {
#define ROLE(name, at, code, en, zh) code,
#include "guard/roles.def"
#undef ROLE
    };
    assert_int_equal(sizeof words / sizeof *words, sizeof codes / sizeof *codes);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_string_equal(words[i], codes[i]);
}

static const char line[] = "register household \"家庭\"\n"
                           "  assets  \"财产\" money\n"
                           "  members \"成员\" many person\n"
                           "register person \"人员\"\n"
                           "  income \"收入\" money per month\n"
                           "policy aid \"救助\"\n"
                           "  for each household, each month\n"
                           "  basis \"办法\"\n"
                           "  outcome \"结论\"\n"
                           "    given \"给\" when poor \"困难\": assets < 100.00\n"
                           "      pays household: 0.00\n"
                           "    otherwise none \"无\"\n"
                           "service x \"申请\"\n"
                           "  for household, decides aid\n"
                           "  basis \"办法\"\n"
                           "  open to \"成员\"\n"
                           "  within 30 workdays\n"
                           "  grants from next month\n"
                           "  step accept \"受理\" acceptance at township\n"
                           "  step decide \"确认\" decision at county or township when delegated\n"
                           "  step tell \"送达\" telling at township\n"
                           "  notice granted \"同意\" on grant by paper: \"一\" \"二\"\n"
                           "  notice refused \"不予\" on refusal by paper: \"一\"\n";

static void test_delegated(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(load_text(&f, line,
                               "place city \"市\", division 510400000000\n"
                               "  basis \"文件\"\n"
                               "  area west \"西\" = 510402000000\n"
                               "  delegate x in west to township from 2020-03\n"
                               "  delegate x to township from 2021-01\n"),
                     0);
    const struct place *p = rules_place(&f.rules, S("city"));
    const struct service *s = rules_service(&f.rules, S("x"));
    const month march = month_of(2020, 3), january = month_of(2021, 1);
    /* The county, its townships and villages; not the one beside it. */
    assert_true(place_delegates(p, s, 510402000000, march));
    assert_true(place_delegates(p, s, 510402001000, march));
    assert_true(place_delegates(p, s, 510402001002, march));
    assert_false(place_delegates(p, s, 510402001002, march - 1));
    assert_false(place_delegates(p, s, 510403001000, march));
    assert_false(place_delegates(p, s, 510403001000, january - 1));
    /* Later the whole city; never another one. */
    assert_true(place_delegates(p, s, 510403001000, january));
    assert_true(place_delegates(p, s, 510400000000, january));
    assert_false(place_delegates(p, s, 510100000000, january));
    assert_string_equal(str_z(&f.arena, s->notices[0].text), "一\n二");
    arena_deinit(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dibao),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_fields_are_found),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_delegated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
