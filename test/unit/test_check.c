/*
 * What the checker leaves behind: every expression resolved, typed and numbered; policies in order;
 * labels asked for in English. What it refuses is in test/lang/check.
 */
#include "test.h"

#include "lang/check.h"

struct fixture {
    struct arena arena;
    struct rules rules;
    struct diags diags;
};

static void start(struct fixture *f)
{
    arena_init(&f->arena, 0);
    diags_init(&f->diags, &f->arena);
    rules_init(&f->rules, &f->arena);
}

static void check_text_of(struct fixture *f, const char *text)
{
    source_add(&f->rules.sources, S("lines/aid/aid.hm"), str_from(text));
    rules_parse(&f->rules, &f->diags);
    rules_check(&f->rules, &f->diags);
}

/* ---- expressions ----------------------------------------------------------------------------- */

struct seen {
    uint8_t *ids;
    uint32_t n;
};

static void sound(struct expr *e, void *ctx)
{
    struct seen *s = ctx;

    assert_true(e->op != E_NAME && e->op != E_BAD);
    assert_true(e->type.kind != K_NONE && e->type.kind != K_ZERO);
    assert_true(e->id < s->n);
    assert_int_equal(s->ids[e->id], 0);
    s->ids[e->id] = 1;
    if (e->op == E_FIELD)
        assert_non_null(e->field);
    if (e->op == E_DEF)
        assert_true(e->def != NULL && e->def->type.kind == e->type.kind);
    if (e->op == E_PARAM)
        assert_true(e->param != NULL && e->param->n_keys > 0);
    if (e->op == E_LIT && e->type.kind == K_RATE)
        assert_true(e->lit.den > 0);
    if (e->set)
        assert_true(e->set->form != SET_NAME);
}

static void sound_policy(struct policy *p, struct seen *s)
{
    for (size_t i = 0; i < p->n_defs; i++) {
        struct def *def = p->defs[i];

        walk_expr(def->form == DEF_VALUE ? def->value : NULL, sound, s);
        walk_set(def->group, sound, s);
        for (size_t k = 0; k < def->n_cases; k++) {
            walk_expr(def->cases[k].when, sound, s);
            walk_expr(def->cases[k].value, sound, s);
        }
        for (size_t k = 0; k < def->n_grounds; k++)
            walk_expr(def->grounds[k].expr, sound, s);
    }
    for (size_t i = 0; i < p->n_carries; i++)
        for (size_t k = 0; k < p->carries[i].n_cases; k++) {
            walk_expr(p->carries[i].cases[k].when, sound, s);
            walk_expr(p->carries[i].cases[k].value, sound, s);
        }
    for (size_t i = 0; i < p->n_alts; i++) {
        for (size_t k = 0; k < p->alts[i].n_conds; k++)
            walk_expr(p->alts[i].conds[k].expr, sound, s);
        for (size_t k = 0; k < p->alts[i].n_because; k++)
            walk_expr(p->alts[i].because[k].when, sound, s);
        for (size_t k = 0; k < p->alts[i].n_pays; k++) {
            walk_set(p->alts[i].pays[k].set, sound, s);
            walk_expr(p->alts[i].pays[k].value, sound, s);
        }
    }
}

static void sound_rules(struct rules *r)
{
    struct seen s = {.n = r->n_exprs};
    size_t numbered = 0;

    s.ids = NEW_N(r->arena, uint8_t, r->n_exprs);
    for (size_t i = 0; i < r->regs.n; i++)
        for (size_t k = 0; k < r->regs.at[i]->n_fields; k++) {
            struct field *f = r->regs.at[i]->fields[k];

            assert_ptr_equal(f->reg, r->regs.at[i]);
            walk_expr(f->value, sound, &s);
            walk_expr(f->at_least, sound, &s);
            walk_expr(f->at_most, sound, &s);
            if (f->value)
                assert_true(f->slot == (size_t)-1);
            else
                assert_ptr_equal(f->reg->slots[f->slot], f);
        }
    for (size_t i = 0; i < r->policies.n; i++)
        sound_policy(r->policies.at[i], &s);
    for (uint32_t i = 0; i < r->n_exprs; i++)
        numbered += s.ids[i];
    assert_int_equal(numbered, r->n_exprs);
}

static void shipped_definitions(void **state)
{
    struct fixture f;
    struct err err;
    enum rc rc;

    (void)state;
    start(&f);
    f.rules.require_english = true;
    rc = rules_load(&f.rules, HUIMIN_SRC, &f.diags, &err);
    if (f.diags.list.n) {
        struct sbuf out;

        sbuf_init(&out, 1 << 16);
        diag_render(&out, &f.rules.sources, &f.diags.list.at[0]);
        fail_msg("%.*s", STR_ARG(sbuf_str(&out)));
    }
    assert_int_equal(rc, RC_OK);
    sound_rules(&f.rules);
    for (size_t i = 0; i < f.rules.policies.n; i++)
        assert_int_equal(f.rules.order[f.rules.policies.at[i]->order] == f.rules.policies.at[i], 1);
    arena_deinit(&f.arena);
}

/* ---- a small tree ---------------------------------------------------------------------------- */

static const char small[] = "register household \"家庭\"\n"
                            "  rent    \"房租\" money per month\n"
                            "  members \"成员\" many person\n"
                            "register person \"人员\"\n"
                            "  wage \"工资\" money per month\n"
                            "policy first \"甲\"\n"
                            "  for each household, each month\n"
                            "  basis \"办法\"\n"
                            "  low of member \"低\" = wage < 100.00\n"
                            "  zero \"零\" = 0 = 0\n"
                            "  half \"半\" = rent / 2, at least 0\n"
                            "  outcome \"结论\"\n"
                            "    none \"无\" when paid_for \"已助\": household gets second\n"
                            "    full \"全额\" when\n"
                            "        one_low  \"有低收入\": any member of members is low\n"
                            "        no_rent  \"无房租\": rent = 0\n"
                            "      pays household: half, rounded up to yuan\n"
                            "    otherwise none\n"
                            "      because full failed\n"
                            "      because costly \"只是房租\" when only no_rent failed in full\n"
                            "policy second \"乙\"\n"
                            "  for each household, each month\n"
                            "  basis \"办法\"\n"
                            "  x \"丁\" = first.half\n"
                            "  outcome \"结论\"\n"
                            "    paid_out \"发\" when poor \"贫\": x < 50.00\n"
                            "      pays household: 10.00\n"
                            "    otherwise none \"无\"\n";

static void outcome_is_numbered(void **state)
{
    struct fixture f;
    struct policy *p;

    (void)state;
    start(&f);
    check_text_of(&f, small);
    assert_int_equal(f.diags.errors, 0);
    sound_rules(&f.rules);
    p = rules_policy(&f.rules, S("first"));
    assert_int_equal(p->outcome_code.n_values, 2);
    check_str(p->outcome_code.values[0].name.text, "none");
    check_str(p->outcome_code.values[1].label.zh, "全额");
    assert_int_equal(p->alts[2].value, 0);
    assert_int_equal(p->n_reasons, 4);
    check_str(p->reason_names[1].text, "one_low");
    check_str(p->reason_labels[3].zh, "只是房租");
    assert_int_equal(p->alts[1].first_cond, 1);
    assert_true(p->alts[0].lists_own && !p->alts[1].lists_own);
    assert_int_equal(p->alts[2].because[0].alt, 1);
    assert_int_equal(p->alts[2].because[1].cond, 1);
    assert_int_equal(p->alts[2].because[1].reason, 3);
    arena_deinit(&f.arena);
}

static void order_and_levels(void **state)
{
    struct fixture f;
    struct policy *p;

    (void)state;
    start(&f);
    check_text_of(&f, small);
    /* The first asks for the second's outcome; the second only uses a word of the first. */
    check_str(f.rules.order[0]->name.text, "second");
    check_str(f.rules.order[1]->name.text, "first");
    p = rules_policy(&f.rules, S("first"));
    check_str(p->line, "aid");
    assert_int_equal(p->defs[0]->level, LEVEL_MEMBER);
    assert_int_equal(p->defs[0]->value->level, LEVEL_MEMBER);
    assert_int_equal(p->defs[0]->value->b->type.kind, K_MONEY_MONTH);
    assert_int_equal(p->defs[1]->value->level, LEVEL_CONST);
    assert_int_equal(p->defs[2]->level, LEVEL_SUBJECT);
    assert_false(p->defs[2]->whole);
    assert_int_equal(p->alts[1].conds[0].expr->level, LEVEL_SUBJECT);
    assert_int_equal(p->alts[1].pays[0].value->type.kind, K_MONEY_MONTH);
    arena_deinit(&f.arena);
}

static void english_is_asked_for(void **state)
{
    static const char text[] = "code hukou \"户口\" / \"registration\"\n"
                               "  urban \"城市\" / \"urban\"\n"
                               "  rural \"农村\"\n"
                               "register household \"家庭\" / \"household\"\n"
                               "  hukou \"户口\" hukou\n"
                               "place panzhihua \"攀枝花市\", division 510400000000\n";
    struct fixture f;

    (void)state;
    start(&f);
    f.rules.require_english = true;
    check_text_of(&f, text);
    assert_int_equal(f.diags.errors, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(f.diags.list.at[i].code, R_ENGLISH);
    arena_deinit(&f.arena);
    start(&f);
    check_text_of(&f, text);
    assert_int_equal(f.diags.errors, 0);
    arena_deinit(&f.arena);
}

/* A chain of definitions, the last one first or last. */
static size_t errors_of_chain(size_t n, bool upward)
{
    struct fixture f;
    struct sbuf text;
    size_t errors;

    start(&f);
    sbuf_init(&text, 1 << 20);
    sbuf_addz(&text, "register household \"家庭\"\n  d0 \"数\" count\n"
                     "policy aid \"助\"\n  for each household, each month\n  basis \"办法\"\n");
    for (size_t i = 1; i <= n; i++) {
        size_t k = upward ? i : n + 1 - i;

        sbuf_fmt(&text, "  d%zu \"数\" = d%zu + d%zu\n", k, k - 1, k - 1);
    }
    sbuf_fmt(&text,
             "  outcome \"结论\"\n    full \"全\" when c \"一\": d%zu > 0\n"
             "      pays household: 1.00 * d%zu\n    otherwise none \"无\"\n",
             n, n);
    check_text_of(&f, str_z(&f.arena, sbuf_str(&text)));
    errors = f.diags.errors;
    sbuf_deinit(&text);
    arena_deinit(&f.arena);
    return errors;
}

static void deep_chains(void **state)
{
    (void)state;
    assert_int_equal(errors_of_chain(500, true), 0);
    assert_int_equal(errors_of_chain(500, false), 0);
    assert_int_equal(errors_of_chain(CHECK_DEPTH + 500, true), 1);
    assert_int_equal(errors_of_chain(CHECK_DEPTH + 500, false), 1);
}

static void operators_by_table(void **state)
{
    (void)state;
    assert_int_equal(type_of_op(E_MUL, K_MONEY_MONTH, K_MONTHS), K_MONEY);
    assert_int_equal(type_of_op(E_DIV, K_MONEY, K_MONTHS), K_MONEY_MONTH);
    assert_int_equal(type_of_op(E_DIV, K_MONEY, K_MONEY), K_RATE);
    assert_int_equal(type_of_op(E_MUL, K_RATE, K_COUNT), K_COUNT);
    assert_int_equal(type_of_op(E_ADD, K_MONEY_MONTH, K_RATE), K_NONE);
    assert_int_equal(type_of_op(E_REL, K_DATE, K_DATE), K_NONE);
    for (int left = 0; left < K__COUNT; left++)
        for (int right = 0; right < K__COUNT; right++) {
            bool same = left == right && left != K_ZERO && kind_numeric((enum kind)left);

            assert_int_equal(type_of_op(E_ADD, (enum kind)left, (enum kind)right),
                             same ? left : K_NONE);
            /* A product does not ask which stands first. */
            assert_int_equal(type_of_op(E_MUL, (enum kind)left, (enum kind)right),
                             type_of_op(E_MUL, (enum kind)right, (enum kind)left));
        }
}

static void kinds_as_text(void **state)
{
    struct code code = {.name = {.text = S("disease")}};
    struct label label = {.zh = S("低保标准")}, none = {.zh = S("")};
    struct sbuf out;

    (void)state;
    assert_string_equal(kind_word(K_MONEY_MONTH), "money per month");
    sbuf_init(&out, 1000);
    type_text(&out, (struct type){.kind = K_CODE, .code = &code});
    check_str(sbuf_str(&out), "code disease");
    sbuf_clear(&out);
    named_text(&out, S("standard"), &label);
    check_str(sbuf_str(&out), "standard (“低保标准”)");
    sbuf_clear(&out);
    named_text(&out, S("standard"), &none);
    check_str(sbuf_str(&out), "standard");
    sbuf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_definitions), cmocka_unit_test(outcome_is_numbered),
        cmocka_unit_test(order_and_levels),    cmocka_unit_test(english_is_asked_for),
        cmocka_unit_test(deep_chains),         cmocka_unit_test(operators_by_table),
        cmocka_unit_test(kinds_as_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
