/*
 * What the programmes would say with other facts: the household's columns are copied, its members left
 * out or added, the form's facts put over them; then the policies are determined row by row.
 */
#include "people/preview.h"

#include <string.h>

#include "people/then.h"

enum { PAD = 64 };

static const struct preview_hook *last_month; /* set once, before there are threads */

void preview_register(const struct preview_hook *hook)
{
    last_month = hook;
}

struct making {
    const struct preview_spec *spec;
    struct city city; /* with the rules that are asked for */
    struct conn *conn;
    struct arena *a;
    const struct reg *household, *person;
    int64_t division;
    struct facts_slice slice; /* n == 0: a household that is not stored */
    int64_t *persons;         /* of the block */
    struct preview_last last; /* month's sums */
    uint32_t *from;           /* row of the slice that each one has; UINT32_MAX: added */
    size_t n;
    struct column *subject, *member; /* with storage of their own */
    struct column *paid;
};

/* ---- columns -------------------------------------------------------------------------------- */

/* Nobody's value known, room for `rows`. */
static struct column *columns_new(struct arena *a, const struct reg *reg, size_t rows)
{
    struct column *out = NEW_N(a, struct column, reg->n_slots + 1);
    for (size_t i = 0; i < reg->n_slots; i++) {
        size_t width = column_width(reg->slots[i]->type);
        if (width == 0)
            continue;
        uint8_t *unknown = NEW_N(a, uint8_t, rows + PAD);
        memset(unknown, 1, rows + PAD);
        out[i] = (struct column){.at = arena_alloc_n(a, rows + PAD, width, 16), .unknown = unknown};
    }
    return out;
}

static int64_t value_at(const struct column *c, size_t width, size_t row)
{
    if (width == 1)
        return ((const uint8_t *)c->at)[row];
    return width == 4 ? ((const int32_t *)c->at)[row] : ((const int64_t *)c->at)[row];
}

/* The storage is our own. */
static void value_put(struct column *c, size_t width, size_t row, bool unknown, int64_t v)
{
    void *at = (void *)(uintptr_t)c->at;
    ((uint8_t *)(uintptr_t)c->unknown)[row] = unknown;
    v = unknown ? 0 : v;
    if (width == 1)
        ((uint8_t *)at)[row] = (uint8_t)v;
    else if (width == 4)
        ((int32_t *)at)[row] = (int32_t)v;
    else
        ((int64_t *)at)[row] = v;
    c->min = v < c->min ? v : c->min;
    c->max = v > c->max ? v : c->max;
}

static void columns_copy(const struct reg *reg, const struct column *from, size_t from_row,
                         struct column *to, size_t row)
{
    for (size_t i = 0; i < reg->n_slots; i++) {
        size_t width = column_width(reg->slots[i]->type);
        if (width == 0 || from[i].at == NULL ||
            (from[i].unknown != NULL && from[i].unknown[from_row] != 0))
            continue;
        value_put(&to[i], width, row, false, value_at(&from[i], width, from_row));
    }
}

/* ---- what is stored ------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_on(struct making *m, day on, struct facts_reader **reader,
                                  struct err *err)
{
    struct facts_spec facts = {.city = &m->city,
                               .county_code = m->spec->county,
                               .on_day = on,
                               .only_household = m->spec->household,
                               .conn = m->conn};
    facts.position = m->spec->position;
    if (facts.position == 0)
        TRY(change_position(m->conn, m->spec->county, &facts.position, err));
    TRY(facts_open(&facts, reader, err));
    return facts_next(*reader, &m->slice, err);
}

/* A household that came into being within the month is taken as it ends the month: its first
   application may not have to wait for the next. */
MUST_CHECK static enum rc read_stored(struct making *m, struct facts_reader **reader,
                                      struct err *err)
{
    char month_is[8];
    TRY(read_on(m, month_first(m->spec->month), reader, err));
    if (m->slice.block.n == 0) {
        facts_close(*reader);
        *reader = NULL;
        TRY(read_on(m, month_first(m->spec->month + 1) - 1, reader, err));
    }
    if (m->slice.block.n == 0)
        return err_set(err, RC_NOT_FOUND, "county %lld has no household %lld in %s",
                       (long long)m->spec->county, (long long)m->spec->household,
                       month_text(m->spec->month, month_is));
    m->division = m->slice.divisions[0];
    return RC_OK;
}

static bool is_without(const struct preview_spec *s, int64_t person)
{
    for (size_t i = 0; i < s->n_without; i++)
        if (s->without[i] == person)
            return true;
    return false;
}

static void make_members(struct making *m)
{
    size_t most = m->slice.block.n_members + (size_t)m->spec->n_added;
    m->persons = NEW_N(m->a, int64_t, most + 1);
    m->from = NEW_N(m->a, uint32_t, most + 1);
    for (uint32_t i = 0; i < m->slice.block.n_members; i++) {
        if (is_without(m->spec, m->slice.persons[i]))
            continue;
        m->persons[m->n] = m->slice.persons[i];
        m->from[m->n++] = i;
    }
    for (int i = 1; i <= m->spec->n_added; i++) {
        m->persons[m->n] = -i;
        m->from[m->n++] = UINT32_MAX;
    }
}

static void make_columns(struct making *m)
{
    m->subject = columns_new(m->a, m->household, 1);
    m->member = columns_new(m->a, m->person, m->n);
    if (m->slice.block.n == 0)
        return;
    columns_copy(m->household, m->slice.block.subject, 0, m->subject, 0);
    for (size_t i = 0; i < m->n; i++)
        if (m->from[i] != UINT32_MAX)
            columns_copy(m->person, m->slice.block.member, m->from[i], m->member, i);
}

/* ---- what is put over it -------------------------------------------------------------------- */

static size_t row_of(const struct making *m, int64_t person)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->persons[i] == person)
            return i;
    return SIZE_MAX;
}

MUST_CHECK static enum rc check_fact(const struct preview_fact *f, struct err *err)
{
    const struct type t = f->field->type;
    bool ok = true;
    if (f->unknown)
        return RC_OK;
    if (t.kind == K_BOOL)
        ok = f->value == 0 || f->value == 1;
    else if (t.kind == K_CODE)
        ok = f->value >= 0 && f->value < (int64_t)t.code->n_values;
    else if (column_width(t) == 4)
        ok = f->value >= INT32_MIN && f->value <= INT32_MAX;
    if (ok)
        return RC_OK;
    return err_set(err, RC_BAD_INPUT, "%.*s: found %lld, expected a value of its kind",
                   STR_ARG(f->field->name.text), (long long)f->value);
}

MUST_CHECK static enum rc put_fact(struct making *m, const struct preview_fact *f, struct err *err)
{
    const struct field *field = f->field;
    bool of_person = field->reg == m->person;
    size_t width = column_width(field->type);
    size_t row = of_person ? row_of(m, f->person_id) : 0;
    if (field->value != NULL || field->slot == SIZE_MAX ||
        (!of_person && field->reg != m->household))
        return err_set(err, RC_BAD_INPUT,
                       "%.*s: expected a fact of a household or person that is "
                       "recorded, not worked out",
                       STR_ARG(field->name.text));
    if (of_person != (f->person_id != 0))
        return err_set(err, RC_BAD_INPUT, "%.*s: expected %s", STR_ARG(field->name.text),
                       of_person ? "the person whose it is" : "no person: it is the household's");
    if (row == SIZE_MAX)
        return RC_OK; /* of somebody who is left out, or lives there no more */
    TRY(check_fact(f, err));
    if (width > 0)
        value_put(of_person ? &m->member[field->slot] : &m->subject[field->slot], width, row,
                  f->unknown, f->value);
    return RC_OK;
}

/* ---- last month ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc put_last(struct making *m, struct err *err)
{
    struct preview_last last = {0};
    m->paid = NEW_N(m->a, struct column, m->city.rules->policies.n + 1);
    if (last_month == NULL || m->spec->household == 0)
        return RC_OK;
    TRY(last_month->last(m->city.rules, m->conn, m->spec->county, m->spec->household,
                         m->spec->month, m->spec->last_job, m->a, &last, err));
    m->last = last;
    for (size_t i = 0; i < last.n_carried; i++)
        TRY(put_fact(m, &last.carried[i], err));
    for (size_t i = 0; i < last.n_paid; i++) {
        const struct preview_paid *p = &last.paid[i];
        struct column *c = &m->paid[p->policy->index];
        size_t row = p->policy->of_member ? row_of(m, p->person_id) : 0;
        if (row == SIZE_MAX || p->policy->of_member != (p->person_id != 0))
            continue;
        if (c->at == NULL)
            c->at = NEW_N(m->a, int64_t, m->n + 1 + PAD);
        ((int64_t *)(uintptr_t)c->at)[row] = p->fen;
        c->max = p->fen > c->max ? p->fen : c->max;
    }
    return RC_OK;
}

/* ---- the determination ---------------------------------------------------------------------- */

/* The policies of households whose line is on in the place that month. */
static struct policy **wanted(const struct making *m, size_t *n)
{
    const struct rules *r = m->city.rules;
    struct policy **out = NEW_N(m->a, struct policy *, r->policies.n + 1);
    *n = 0;
    for (size_t i = 0; i < r->policies.n; i++) {
        struct policy *p = r->policies.at[i];
        if (p->subject == m->household && p->list != NULL &&
            place_line_on(m->city.place, p->line, m->spec->month))
            out[(*n)++] = p;
    }
    return out;
}

MUST_CHECK static enum rc determine(struct making *m, struct preview *out, struct err *err)
{
    struct binding_spec spec = {
        .rules = m->city.rules, .division = m->division, .month = m->spec->month};
    uint32_t *first = NEW_N(m->a, uint32_t, 2);
    struct block *block = NEW(m->a, struct block);
    first[1] = (uint32_t)m->n;
    *block = (struct block){.n = 1,
                            .n_members = m->n,
                            .first = first,
                            .subject = m->subject,
                            .member = m->member,
                            .paid_last = m->paid};
    const struct binding *bind = NULL;
    spec.policies = wanted(m, &spec.n_policies);
    TRY(bind_new(&spec, m->a, &bind, err));
    TRY(trace_build(bind, block, 0, m->a, &out->trace, err));
    out->bind = bind;
    out->block = block;
    out->last_job = m->last.job;
    out->persons = m->persons;
    out->n_persons = m->n;
    out->paid = m->last.paid;
    out->n_paid = m->last.n_paid;
    return RC_OK;
}

/* The city as it is, or with other rules. */
MUST_CHECK static enum rc use_rules(struct making *m, struct err *err)
{
    const struct rules *rules = m->spec->rules;
    m->city = *m->spec->city;
    if (rules != NULL && rules != m->city.rules) {
        m->city.rules = (struct rules *)(uintptr_t)rules; /* only read */
        m->city.place = rules_place(rules, m->spec->city->place->name.text);
        if (m->city.place == NULL)
            return err_set(err, RC_RULE, "the rules have no place %.*s",
                           STR_ARG(m->spec->city->place->name.text));
        TRY(registers_then(m->conn, rules, m->a, &m->city.registers, err));
    }
    m->household = rules_reg(m->city.rules, S("household"));
    m->person = rules_reg(m->city.rules, S("person"));
    if (m->household == NULL || m->person == NULL)
        return err_set(err, RC_RULE, "the rules have no register household or person");
    return RC_OK;
}

enum rc preview_make(const struct preview_spec *spec, struct conn *c, struct arena *a,
                     struct preview *out, struct err *err)
{
    struct making m = {.spec = spec, .conn = c, .a = a, .division = spec->division};
    struct facts_reader *reader = NULL;
    enum rc rc = use_rules(&m, err);
    *out = (struct preview){0};
    if (rc == RC_OK && spec->household != 0)
        rc = read_stored(&m, &reader, err);
    if (rc == RC_OK) {
        make_members(&m);
        make_columns(&m);
    }
    facts_close(reader);
    TRY(rc);
    TRY(put_last(&m, err));
    for (size_t i = 0; i < spec->n_facts; i++)
        TRY(put_fact(&m, &spec->facts[i], err));
    return determine(&m, out, err);
}
