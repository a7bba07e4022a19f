/*
 * The golden households of test/golden as one fixed case: what the oracle makes of lines/ and
 * places/ is what the files say, to the fen and to the reason, and rows and columns agree with it.
 * Run in the source root.
 */
#include "oracle/judge.h"

#include "base/file.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 32 };

static void must(enum rc rc, const struct err *err)
{
    if (rc == RC_OK)
        return;
    printf("%s\n0 passed, 1 failed\n", err->text);
    exit(1);
}

/* ---- plain tables: the golden files have no quotes ------------------------------------------- */

struct table {
    str names[FIELDS_MAX];
    size_t width;
    VEC(str *) rows;
};

static size_t split(str line, str out[FIELDS_MAX])
{
    size_t n = 0;
    str before, after;
    while (str_cut(line, ',', &before, &after)) {
        assert(n < FIELDS_MAX - 1);
        out[n++] = before;
        line = after;
    }
    out[n++] = before;
    return n;
}

static struct table read_table(const char *path, struct arena *a)
{
    struct table t = {0};
    struct err err = {0};
    str text = {0}, line, rest;
    must(file_read(path, 1 << 20, a, &text, &err), &err);
    while (str_cut(text, '\n', &line, &rest)) {
        if (t.width == 0) {
            t.width = split(line, t.names);
        } else {
            str *row = NEW_N(a, str, FIELDS_MAX);
            size_t width = split(line, row);
            assert(width == t.width);
            *VEC_PUSH(a, &t.rows) = row;
        }
        text = rest;
    }
    return t;
}

static str cell(const struct table *t, size_t row, str name)
{
    for (size_t i = 0; i < t->width; i++)
        if (str_eq(t->names[i], name))
            return t->rows.at[row][i];
    return S("");
}

/* ---- facts ------------------------------------------------------------------------------------ */

static int64_t parse(str text, struct type type)
{
    int64_t v = 0;
    int32_t date = 0;
    bool fits;
    if (type.kind == K_CODE) {
        v = code_index(type.code, text);
        fits = v >= 0;
    } else if (type.kind == K_DATE || type.kind == K_MONTH) {
        fits = type.kind == K_DATE ? date_parse(text, &date) : month_parse(text, &date);
        v = date;
    } else {
        fits = str_int(text, &v);
    }
    assert(fits);
    return v;
}

static struct column read_column(const struct table *t, const struct field *f, struct arena *a)
{
    size_t width = column_width(f->type), n = t->rows.n;
    str name = f->name.text, fen = str_fmt(a, "%.*s_fen", STR_ARG(name));
    struct column c = {0};
    if (width == 0)
        return c;
    char *at = arena_alloc_n(a, n + 1, width, 64);
    uint8_t *unknown = NEW_N(a, uint8_t, n + 1);
    bool known = false;
    for (size_t i = 0; i < n; i++) {
        str text = cell(t, i, name);
        text = text.n > 0 ? text : cell(t, i, fen);
        unknown[i] = text.n == 0;
        if (unknown[i])
            continue;
        int64_t v = parse(text, f->type);
        memcpy(at + i * width, &v, width); /* little-endian, as all machines that run it */
        c.min = !known || v < c.min ? v : c.min;
        c.max = !known || v > c.max ? v : c.max;
        known = true;
    }
    c.at = known ? at : NULL;
    c.unknown = unknown;
    return c;
}

static const struct column *read_columns(const struct table *t, const struct reg *reg,
                                         struct arena *a)
{
    struct column *c = NEW_N(a, struct column, reg->n_slots + 1);
    for (size_t i = 0; i < reg->n_slots; i++)
        c[i] = read_column(t, reg->slots[i], a);
    return c;
}

static struct block read_block(const struct table *households, const struct table *persons,
                               const struct rules *rules, struct arena *a)
{
    struct block b = {.n = households->rows.n, .n_members = persons->rows.n};
    uint32_t *first = NEW_N(a, uint32_t, b.n + 1), at = 0;
    struct column *paid = NEW_N(a, struct column, rules->policies.n + 1);
    int64_t *fen = NEW_N(a, int64_t, b.n + 1);
    struct column *dibao = &paid[rules_policy(rules, S("dibao"))->index];
    for (size_t i = 0; i < b.n; i++) {
        str id = cell(households, i, S("household_id"));
        while (at < b.n_members && str_eq(cell(persons, at, S("household_id")), id))
            at++;
        first[i + 1] = at;
        bool fits = str_int(cell(households, i, S("last_month_dibao_fen")), &fen[i]);
        assert(fits);
        dibao->max = fen[i] > dibao->max ? fen[i] : dibao->max;
    }
    assert(at == b.n_members);
    dibao->at = fen;
    b.first = first;
    b.subject = read_columns(households, rules_reg(rules, S("household")), a);
    b.member = read_columns(persons, rules_reg(rules, S("person")), a);
    b.paid_last = paid;
    return b;
}

/* ---- results ---------------------------------------------------------------------------------- */

/* The lines of awards.csv for one household, each behind a line break. */
static void award_text(struct sbuf *out, str household, const struct determination *d)
{
    str policy = d->policy->name.text;
    if (d->subject_fen > 0 && d->member == UINT32_MAX)
        sbuf_fmt(out, "\n%.*s,,%.*s,%" PRId64, STR_ARG(household), STR_ARG(policy), d->subject_fen);
    else if (d->subject_fen > 0)
        sbuf_fmt(out, "\n%.*s,%" PRIu32 ",%.*s,%" PRId64, STR_ARG(household), d->member + 1,
                 STR_ARG(policy), d->subject_fen);
    for (size_t i = 0; i < d->n_member_pays; i++)
        if (d->member_pays[i].fen > 0)
            sbuf_fmt(out, "\n%.*s,%" PRIu32 ",%.*s,%" PRId64, STR_ARG(household),
                     d->member_pays[i].member + 1, STR_ARG(policy), d->member_pays[i].fen);
}

/* outcome and reasons as decisions.csv has them */
static void decision_text(struct sbuf *out, const struct determination *d)
{
    const struct policy *p = d->policy;
    str outcome = code_name(&p->outcome_code, d->outcome);
    bool first = true;
    sbuf_add(out, outcome);
    sbuf_addc(out, ',');
    for (size_t i = 0; i < p->n_reasons; i++) {
        if ((d->reasons >> i & 1) == 0)
            continue;
        sbuf_fmt(out, "%s%.*s", first ? "" : "+", STR_ARG(p->reason_names[i].text));
        first = false;
    }
}

struct golden {
    struct arena *a;
    struct table households, decisions;
    size_t failed;
    struct sbuf awards;
};

static void judge_household(struct golden *g, size_t row, const struct oracle_result *r)
{
    struct sbuf got;
    str rule = cell(&g->decisions, row, S("dibao_rule"));
    str failed = cell(&g->decisions, row, S("failed"));
    str id = cell(&g->households, row, S("household_id"));
    str expected = str_fmt(g->a, "%.*s,%.*s", STR_ARG(rule), STR_ARG(failed));
    sbuf_init(&got, 1 << 16);
    for (size_t i = 0; i < r->n; i++) {
        award_text(&g->awards, id, &r->at[i]);
        if (str_eq(r->at[i].policy->name.text, S("dibao")))
            decision_text(&got, &r->at[i]);
    }
    if (r->errors != 0 || !str_eq(sbuf_str(&got), expected)) {
        printf("household %.*s: expected %.*s, the oracle says %s\n", STR_ARG(id),
               STR_ARG(expected), got.p);
        g->failed++;
    }
    sbuf_deinit(&got);
}

/* Every award of the file is among those found, and there are as many. */
static void judge_awards(struct golden *g)
{
    struct table t = read_table("test/golden/awards.csv", g->a);
    size_t found = 0;
    sbuf_addc(&g->awards, '\n');
    for (size_t i = 0; i + 1 < g->awards.n; i++)
        found += g->awards.p[i] == '\n';
    if (found != t.rows.n) {
        printf("%zu awards, expected %zu\n", found, t.rows.n);
        g->failed++;
    }
    for (size_t i = 0; i < t.rows.n; i++) {
        const str *c = t.rows.at[i];
        str line = str_fmt(g->a, "\n%.*s,%.*s,%.*s,%.*s\n", STR_ARG(c[0]), STR_ARG(c[1]),
                           STR_ARG(c[2]), STR_ARG(c[3]));
        if (str_find(sbuf_str(&g->awards), line) >= 0)
            continue;
        printf("missing: %.*s\n", STR_ARG(str_trim(line)));
        g->failed++;
    }
}

static struct judged bind(struct rules *rules, const struct block *b, struct arena *a)
{
    static struct policy *wanted[4];
    static const char *const names[] = {"dibao", "tekun", "disability_living", "disability_care"};
    struct err err = {0};
    struct judged j = {.subject = rules_reg(rules, S("household")), .block = b};
    for (size_t i = 0; i < 4; i++) {
        wanted[i] = rules_policy(rules, str_from(names[i]));
        assert(wanted[i] != NULL);
    }
    struct binding_spec spec = {.rules = rules,
                                .policies = wanted,
                                .n_policies = 4,
                                .division = 510400000000,
                                .month = month_of(2020, 12)};
    must(program_bind(&spec, a, &j.program, &err), &err);
    j.o = (struct oracle_case){.rules = rules, .division = spec.division, .month = spec.month};
    j.o.n_policies = program_policies(j.program, &j.o.policies);
    return j;
}

int main(void)
{
    struct arena a;
    struct rules rules;
    struct diags diags;
    struct err err = {0};
    struct judge_stats stats = {0};
    arena_init(&a, 0);
    rules_init(&rules, &a);
    diags_init(&diags, &a);
    must(rules_load(&rules, ".", &diags, &err), &err);
    struct golden g = {.a = &a};
    g.households = read_table("test/golden/households.csv", &a);
    g.decisions = read_table("test/golden/decisions.csv", &a);
    struct table persons = read_table("test/golden/persons.csv", &a);
    struct block b = read_block(&g.households, &persons, &rules, &a);
    struct judged j = bind(&rules, &b, &a);
    sbuf_init(&g.awards, 1 << 20);
    for (size_t i = 0; i < b.n; i++) {
        struct oracle_result r;
        oracle_determine(&j.o, &b, i, &a, NULL, &r);
        judge_household(&g, i, &r);
    }
    judge_awards(&g);
    struct sbuf why;
    size_t row = 0;
    sbuf_init(&why, 1 << 20);
    if (!judge_block(&j, &a, &stats, &row, &why)) {
        printf("household number %zu:\n%s", row + 1, why.p);
        g.failed++;
    }
    printf("%zu passed, %zu failed\n", b.n + 1 - (g.failed <= b.n ? g.failed : b.n + 1), g.failed);
    sbuf_deinit(&why);
    sbuf_deinit(&g.awards);
    arena_deinit(&a);
    return g.failed == 0 ? 0 : 1;
}
