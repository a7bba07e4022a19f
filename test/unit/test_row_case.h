/*
 * What the tests of the row form share: rules from memory or from test/golden/rules, and blocks of
 * one or many households with facts by name.
 */
#ifndef HUIMIN_UNIT_TEST_ROW_CASE_H
#define HUIMIN_UNIT_TEST_ROW_CASE_H

#include "test.h"
#include "base/file.h"
#include "base/json.h"
#include "eval/example.h"
#include "eval/row.h"
#include "eval/trace.h"

#ifndef HUIMIN_SRC /* the build says where the sources are */
#define HUIMIN_SRC "."
#endif

struct world {
    struct arena a; /* rules, bindings, blocks */
    struct rules rules;
    struct diags diags;
};

static inline void world_fail(struct world *w)
{
    struct sbuf text;

    sbuf_init(&text, 1 << 20);
    for (size_t i = 0; i < w->diags.list.n; i++)
        diag_render(&text, &w->rules.sources, &w->diags.list.at[i]);
    fail_msg("%.*s", STR_ARG(sbuf_str(&text)));
}

static inline void world_open(struct world *w)
{
    arena_init(&w->a, 0);
    rules_init(&w->rules, &w->a);
    diags_init(&w->diags, &w->a);
}

static inline void world_add(struct world *w, const char *path, const char *text)
{
    source_add(&w->rules.sources, str_from(path), str_from(text));
}

static inline void world_check(struct world *w)
{
    rules_parse(&w->rules, &w->diags);
    rules_check(&w->rules, &w->diags);
    if (w->diags.errors)
        world_fail(w);
}

/* The rules of test/golden/rules: those of the guide, for Panzhihua and Chengdu. */
static inline void world_golden(struct world *w)
{
    static const char *const files[][2] = {{"people.hm", "lines/people/people.hm"},
                                           {"dibao.hm", "lines/assistance/dibao.hm"},
                                           {"tekun.hm", "lines/assistance/tekun.hm"},
                                           {"subsidies.hm", "lines/disability/subsidies.hm"},
                                           {"panzhihua.hm", "places/panzhihua.hm"},
                                           {"chengdu.hm", "places/chengdu.hm"}};

    world_open(w);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        str path = str_fmt(&w->a, HUIMIN_SRC "/test/golden/rules/%s", files[i][0]);
        struct err err;
        str text;
        if (file_read(path.p, 1 << 20, &w->a, &text, &err) != RC_OK)
            fail_msg("%s", err.text);
        source_add(&w->rules.sources, str_from(files[i][1]), text);
    }
    world_check(w);
}

static inline void world_close(struct world *w)
{
    arena_deinit(&w->a);
}

static inline const struct binding *world_bind(struct world *w, const char *policies,
                                               const char *place, const char *when)
{
    struct policy **wanted = NEW_N(&w->a, struct policy *, 16);
    struct binding_spec spec = {.rules = &w->rules, .policies = wanted};
    const struct binding *bind = NULL;
    str rest = str_from(policies), name;
    struct err err;

    while (rest.n) {
        str_cut(rest, ' ', &name, &rest);
        wanted[spec.n_policies++] = rules_policy(&w->rules, name);
        assert_non_null(wanted[spec.n_policies - 1]);
        if (name.p + name.n == rest.p + rest.n)
            break;
    }
    spec.division = rules_place(&w->rules, str_from(place))->division;
    assert_true(month_parse(str_from(when), &spec.month));
    if (bind_new(&spec, &w->a, &bind, &err) != RC_OK)
        fail_msg("%s", err.text);
    return bind;
}

/* ---- facts ---------------------------------------------------------------------------------- */

/* Columns of one register, all unknown at first. */
struct facts_side {
    const struct reg *reg;
    struct column *columns;
    void **at;
    uint8_t **unknown;
    size_t rows;
};

static inline struct facts_side side_open(struct arena *a, const struct reg *reg, size_t rows)
{
    struct facts_side s = {reg, NEW_N(a, struct column, reg->n_slots + 1),
                           NEW_N(a, void *, reg->n_slots + 1),
                           NEW_N(a, uint8_t *, reg->n_slots + 1), rows};

    for (size_t i = 0; i < reg->n_slots; i++) {
        s.at[i] = NEW_N(a, int64_t, rows + 1);
        s.unknown[i] = NEW_N(a, uint8_t, rows + 1);
        memset(s.unknown[i], 1, rows + 1);
        s.columns[i] = (struct column){.at = s.at[i], .unknown = s.unknown[i]};
    }
    return s;
}

static inline void side_put(struct facts_side *s, size_t row, const struct field *f, int64_t v)
{
    s->unknown[f->slot][row] = 0;
    switch (f->type.kind) {
    case K_BOOL:
    case K_CODE:
        ((uint8_t *)s->at[f->slot])[row] = (uint8_t)v;
        break;
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        ((int64_t *)s->at[f->slot])[row] = v;
        break;
    default:
        ((int32_t *)s->at[f->slot])[row] = (int32_t)v;
    }
}

/* A value as text: "610.00" or fen, a code, yes, no, 0, 1, a date, a month, a count; empty: unknown. */
static inline void side_text(struct facts_side *s, size_t row, const struct field *f, str text)
{
    int64_t v = 0;
    int32_t day_or_month = 0;

    if (text.n == 0)
        return;
    if (f->type.kind == K_CODE) {
        v = code_index(f->type.code, text);
        assert_true(v >= 0);
    } else if (f->type.kind == K_DATE) {
        assert_true(date_parse(text, &day_or_month));
        v = day_or_month;
    } else if (f->type.kind == K_MONTH) {
        assert_true(month_parse(text, &day_or_month));
        v = day_or_month;
    } else if (str_eq(text, S("yes")) || str_eq(text, S("no"))) {
        v = text.p[0] == 'y';
    } else if (str_find(text, S(".")) >= 0) {
        assert_true(money_parse(text, &v));
    } else {
        assert_true(str_int(text, &v));
    }
    side_put(s, row, f, v);
}

static inline void side_suppose(struct facts_side *s)
{
    for (size_t row = 0; row < s->rows; row++)
        for (size_t i = 0; i < s->reg->n_suppose; i++)
            side_put(s, row, s->reg->suppose[i].field, s->reg->suppose[i].lit.i);
}

/* "assets 100.00, vehicles unknown" over what is there; `unknown` takes a value away. */
static inline void side_facts(struct facts_side *s, size_t row, str text)
{
    while (text.n) {
        str one, rest, name, value;
        const struct field *f;
        str_cut(text, ',', &one, &rest);
        if (one.n == text.n)
            rest = S("");
        text = rest;
        one = str_trim(one);
        if (one.n == 0)
            continue;
        str_cut(one, ' ', &name, &value);
        f = reg_field(s->reg, name);
        if (!f)
            fail_msg("no fact %.*s", STR_ARG(name));
        value = str_trim(value);
        if (str_eq(value, S("unknown")))
            s->unknown[f->slot][row] = 1;
        else
            side_text(s, row, f, value);
    }
}

/* One household: "its facts | facts of member 1 | facts of member 2"; the rest are supposed. */
static inline struct block block_one(struct world *w, const char *text)
{
    struct reg *household = rules_reg(&w->rules, S("household"));
    struct reg *person = rules_reg(&w->rules, S("person"));
    struct block b = {.n = 1};
    uint32_t *first = NEW_N(&w->a, uint32_t, 2);
    struct facts_side subject = side_open(&w->a, household, 1), member;
    str rest = str_from(text), part;

    for (size_t i = 0; i < rest.n; i++)
        b.n_members += rest.p[i] == '|';
    member = side_open(&w->a, person, b.n_members);
    side_suppose(&subject);
    side_suppose(&member);
    first[1] = (uint32_t)b.n_members;
    for (size_t i = 0; i <= b.n_members; i++) {
        if (!str_cut(rest, '|', &part, &rest))
            rest = S("");
        if (i == 0)
            side_facts(&subject, 0, part);
        else
            side_facts(&member, i - 1, part);
    }
    b.first = first;
    b.subject = subject.columns;
    b.member = member.columns;
    return b;
}

#endif
