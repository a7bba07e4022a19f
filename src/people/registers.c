/*
 * The tables that a rule set declares and the statements for them: the one generator. Names come
 * from the compiler and are quoted, since a field may be called like a word of SQL.
 */
#include <string.h>

#include "people/registers.h"
#include "people/versioned.h"

enum { SQL_MAX = 1 << 16, NAME_BYTES_MAX = 63 /* of PostgreSQL */ };

/* ---- what is stored where ------------------------------------------------------------------- */

/* The one list of fields that people.sql has columns for. */
static const struct core {
    str reg, name;
    enum kind kind;
    enum core_field core;
} cores[] = {
    {{"person", 6}, {"name", 4}, K_NAME, CORE_NAME},
    {{"person", 6}, {"sex", 3}, K_CODE, CORE_SEX},
    {{"person", 6}, {"birth_date", 10}, K_DATE, CORE_BIRTH},
    {{"person", 6}, {"death_date", 10}, K_DATE, CORE_DEATH},
};

static const struct core *core_of(const struct field *f)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (str_eq(f->reg->name.text, cores[i].reg) && str_eq(f->name.text, cores[i].name))
            return &cores[i];
    return NULL;
}

enum core_field core_field(const struct field *f)
{
    const struct core *c = core_of(f);
    return c != NULL ? c->core : CORE_NONE;
}

static bool is_person(const struct reg *r)
{
    return str_eq(r->name.text, S("person"));
}

enum column_kind { COLUMN_NONE, COLUMN_INT, COLUMN_TEXT, COLUMN_SEALED, COLUMN_REFUSED };

static enum column_kind column_kind(const struct field *f)
{
    switch (f->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
    case K_BOOL:
    case K_REF:
        return COLUMN_INT;
    case K_CODE:
    case K_DATE:
    case K_MONTH:
    case K_TEXT:
    case K_NAME:
    case K_CREDIT_CODE:
    case K_ADDRESS:
        return COLUMN_TEXT;
    case K_ID_NUMBER:
    case K_PHONE:
    case K_BANK_CARD:
        return COLUMN_SEALED;
    case K_LIST:
        return COLUMN_NONE;
    default:
        return COLUMN_REFUSED;
    }
}

static bool is_fixed_column(const struct fact_table *t, str name)
{
    static const char *const fixed[] = {"county_code", "valid_from", "valid_to", "position",
                                        "past_position"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (str_eq(name, str_from(fixed[i])))
            return true;
    return str_eq(name, t->key);
}

/* ---- templates ------------------------------------------------------------------------------ */

static void add_fields(struct sbuf *out, const struct fact_table *t)
{
    for (size_t i = 0; i < t->n_fields; i++)
        sbuf_fmt(out, ", \"%.*s\"", STR_ARG(t->fields[i]->name.text));
}

static void add_params(struct sbuf *out, size_t from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(out, "%s$%zu", i > 0 ? ", " : "", from + i);
}

struct template
{
    struct sbuf text;
    struct arena *a;
    const struct fact_table *t;
};

static struct statement made(struct template *m, const char *name, bool reads, size_t n_params)
{
    struct statement s = {
        .name = str_fmt(m->a, "%.*s_%s", STR_ARG(m->t->name), name).p,
        .sql = str_dup(m->a, sbuf_str(&m->text)).p,
        .reads = reads,
        .n_params = (uint8_t)n_params,
    };
    sbuf_clear(&m->text);
    return s;
}

static struct statement read_of(struct template *m, const struct fact_table *t, const char *name)
{
    bool now = strcmp(name, "now") == 0;
    bool past = strcmp(name, "past") == 0;
    sbuf_fmt(&m->text, "SELECT %.*s", STR_ARG(t->key));
    add_fields(&m->text, t);
    sbuf_fmt(&m->text,
             " FROM \"%.*s%s\" WHERE county_code = $1 AND %.*s >= $2 AND %.*s <= $3"
             " AND valid_from <= $4 AND valid_to > $4%s%s ORDER BY %.*s",
             STR_ARG(t->name), past ? "_past" : "", STR_ARG(t->key), STR_ARG(t->key),
             now ? "" : " AND position <= $5", past ? " AND past_position > $5" : "",
             STR_ARG(t->key));
    return made(m, name, true, now ? 4 : 5);
}

static void add_versions(struct template *m, const struct fact_table *t, bool past)
{
    sbuf_addz(&m->text, "SELECT valid_from, valid_to, position");
    add_fields(&m->text, t);
    sbuf_fmt(&m->text, " FROM \"%.*s%s\" WHERE county_code = $1 AND %.*s = $2 AND position <= $3%s",
             STR_ARG(t->name), past ? "_past" : "", STR_ARG(t->key),
             past ? " AND past_position > $3" : "");
}

static struct statement versions_then_of(struct template *m, const struct fact_table *t)
{
    add_versions(m, t, false);
    sbuf_addz(&m->text, " UNION ALL ");
    add_versions(m, t, true);
    sbuf_addz(&m->text, " ORDER BY valid_from");
    return made(m, "versions_then", true, 3);
}

static struct statement span_of(struct template *m, const struct fact_table *t, bool past)
{
    sbuf_fmt(&m->text, "SELECT %.*s, valid_from, valid_to, position, %s", STR_ARG(t->key),
             past ? "past_position" : "CAST(0 AS BIGINT)");
    add_fields(&m->text, t);
    sbuf_fmt(&m->text,
             " FROM \"%.*s%s\" WHERE county_code = $1 AND %.*s >= $2 AND %.*s <= $3"
             " AND valid_to > $4 AND valid_from <= $5%s ORDER BY %.*s, valid_from",
             STR_ARG(t->name), past ? "_past" : "", STR_ARG(t->key), STR_ARG(t->key),
             past ? " AND past_position > $6" : "", STR_ARG(t->key));
    return made(m, past ? "span_past" : "span", true, past ? 6 : 5);
}

static void make_writes(struct template *m, struct fact_table *t)
{
    str key = t->key;
    sbuf_addz(&m->text, "SELECT valid_from, valid_to, position");
    add_fields(&m->text, t);
    sbuf_fmt(&m->text,
             " FROM \"%.*s\" WHERE county_code = $1 AND %.*s = $2 AND valid_to > $3"
             " AND valid_from < $4 ORDER BY valid_from",
             STR_ARG(t->name), STR_ARG(key));
    t->overlap = made(m, "overlap", true, 4);

    sbuf_fmt(&m->text,
             "INSERT INTO \"%.*s_past\" (county_code, %.*s, valid_from, valid_to, position, "
             "past_position",
             STR_ARG(t->name), STR_ARG(key));
    add_fields(&m->text, t);
    sbuf_fmt(&m->text,
             ") SELECT county_code, %.*s, valid_from, valid_to, position, CAST($4 AS BIGINT)",
             STR_ARG(key));
    add_fields(&m->text, t);
    sbuf_fmt(&m->text, " FROM \"%.*s\" WHERE county_code = $1 AND %.*s = $2 AND valid_from = $3",
             STR_ARG(t->name), STR_ARG(key));
    t->move = made(m, "move", false, 4);

    sbuf_fmt(&m->text,
             "DELETE FROM \"%.*s\" WHERE county_code = $1 AND %.*s = $2 AND valid_from = $3",
             STR_ARG(t->name), STR_ARG(key));
    t->remove = made(m, "remove", false, 3);

    sbuf_fmt(&m->text, "INSERT INTO \"%.*s\" (county_code, %.*s, valid_from, valid_to, position",
             STR_ARG(t->name), STR_ARG(key));
    add_fields(&m->text, t);
    sbuf_addz(&m->text, ") VALUES (");
    add_params(&m->text, 1, 5 + t->n_fields);
    sbuf_addz(&m->text, ")");
    t->insert = made(m, "insert", false, 5 + t->n_fields);
}

static void make_statements(struct fact_table *t, struct arena *a)
{
    struct template m = {.a = a, .t = t};
    sbuf_init(&m.text, SQL_MAX);
    t->now = read_of(&m, t, "now");
    t->then = read_of(&m, t, "then");
    t->past = read_of(&m, t, "past");
    t->span = span_of(&m, t, false);
    t->span_past = span_of(&m, t, true);
    t->versions_then = versions_then_of(&m, t);
    make_writes(&m, t);
    sbuf_deinit(&m.text);
    char *types = arena_alloc(a, t->n_fields + 1, 1);
    for (size_t i = 0; i < t->n_fields; i++)
        types[i] = column_kind(t->fields[i]) == COLUMN_INT ? 'i' : 't';
    struct versioned *v = NEW(a, struct versioned);
    *v = (struct versioned){.table = str_z(a, t->name),
                            .n_keys = 1,
                            .n_values = t->n_fields,
                            .types = types,
                            .overlap = &t->overlap,
                            .move = &t->move,
                            .remove = &t->remove,
                            .insert = &t->insert,
                            .touches = t->of_person ? TOUCHES_PERSON
                                       : str_eq(t->reg->name.text, S("household"))
                                           ? TOUCHES_HOUSEHOLD
                                           : TOUCHES_NOBODY};
    t->versions = v;
}

str fact_table_ddl(const struct fact_table *t, bool past, struct arena *a)
{
    return str_fmt(
        a,
        "CREATE TABLE \"%.*s%s\" (\n    county_code BIGINT NOT NULL,\n    %.*s BIGINT NOT "
        "NULL,\n    valid_from TEXT NOT NULL,\n    valid_to TEXT NOT NULL,\n    position "
        "BIGINT NOT NULL,\n%s    PRIMARY KEY (county_code, %.*s, valid_from%s)\n) -- "
        "clustered",
        STR_ARG(t->name), past ? "_past" : "", STR_ARG(t->key),
        past ? "    past_position BIGINT NOT NULL,\n" : "", STR_ARG(t->key),
        past ? ", position" : "");
}

/* ---- the tables of a rule set --------------------------------------------------------------- */

struct making {
    struct arena *a;
    bool (*has)(void *ctx, str table, const struct field *f); /* NULL: every one */
    void *ctx;
    VEC(struct fact_table) tables;
    VEC(struct field *) fields; /* of the table at hand */
};

MUST_CHECK static enum rc refuse(const struct field *f, struct err *err, const char *why)
{
    return err_set(err, RC_RULE, "lines/%.*s: %.*s.%.*s: %s", STR_ARG(f->line),
                   STR_ARG(f->reg->name.text), STR_ARG(f->name.text), why);
}

/* Does a field have a column of its table? */
MUST_CHECK static enum rc is_stored(const struct fact_table *t, const struct field *f, bool *out,
                                    struct err *err)
{
    const struct core *core = core_of(f);
    *out = false;
    /* What is worked out, and what a policy carries from month to month (kept by pay). */
    if (f->value != NULL || f->carried_by != NULL)
        return RC_OK;
    if (core != NULL)
        return core->kind == f->type.kind
                   ? RC_OK
                   : refuse(f, err, "the register's own column is of another kind");
    switch (column_kind(f)) {
    case COLUMN_NONE:
        return RC_OK;
    case COLUMN_SEALED:
        return t->of_person
                   ? RC_OK
                   : refuse(f, err, "a personal number is kept, sealed, with a person only");
    case COLUMN_REFUSED:
        return refuse(f, err, "a field of this kind can't be stored");
    default:
        break;
    }
    if (is_fixed_column(t, f->name.text) || f->name.text.n > NAME_BYTES_MAX)
        return refuse(f, err, "the name is too long or one that every table has for itself");
    *out = true;
    return RC_OK;
}

MUST_CHECK static enum rc make_table(struct making *m, struct reg *reg, str line, struct err *err)
{
    struct fact_table t = {.reg = reg, .line = line, .of_person = is_person(reg)};
    t.name = str_fmt(m->a, "x_%.*s_%.*s", STR_ARG(line), STR_ARG(reg->name.text));
    t.key = t.of_person                              ? S("person_id")
            : str_eq(reg->name.text, S("household")) ? S("household_id")
                                                     : S("subject_id");
    m->fields.n = 0;
    for (size_t i = 0; i < reg->n_fields; i++) {
        bool stored = false;
        if (!str_eq(reg->fields[i]->line, line))
            continue;
        TRY(is_stored(&t, reg->fields[i], &stored, err));
        if (stored && (m->has == NULL || m->has(m->ctx, t.name, reg->fields[i])))
            *VEC_PUSH(m->a, &m->fields) = reg->fields[i];
    }
    if (m->fields.n == 0)
        return RC_OK;
    if (t.name.n > NAME_BYTES_MAX - 5 || memchr(t.name.p, '"', t.name.n) != NULL)
        return err_set(err, RC_RULE,
                       "lines/%.*s: with register %.*s the name of its table is too long",
                       STR_ARG(line), STR_ARG(reg->name.text));
    if (m->fields.n > VERSION_VALUES_MAX)
        return err_set(err, RC_RULE, "lines/%.*s: %.*s has %zu fields, at most %d can be stored",
                       STR_ARG(line), STR_ARG(reg->name.text), m->fields.n, VERSION_VALUES_MAX);
    t.n_fields = m->fields.n;
    t.fields = NEW_N(m->a, struct field *, t.n_fields);
    memcpy(t.fields, m->fields.at, t.n_fields * sizeof(struct field *));
    *VEC_PUSH(m->a, &m->tables) = t;
    return RC_OK;
}

static bool line_is_new(const struct reg *reg, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_eq(reg->fields[k]->line, reg->fields[i]->line))
            return false;
    return true;
}

enum rc registers_of(const struct rules *r, struct arena *a, struct registers **out,
                     struct err *err)
{
    return registers_where(r, NULL, NULL, a, out, err);
}

enum rc registers_where(const struct rules *r,
                        bool (*has)(void *ctx, str table, const struct field *f), void *ctx,
                        struct arena *a, struct registers **out, struct err *err)
{
    struct making m = {.a = a, .has = has, .ctx = ctx};
    for (size_t i = 0; i < r->regs.n; i++) {
        struct reg *reg = r->regs.at[i];
        for (size_t k = 0; k < reg->n_fields; k++)
            if (line_is_new(reg, k))
                TRY(make_table(&m, reg, reg->fields[k]->line, err));
    }
    /* Only now, as statements point at their table. */
    for (size_t i = 0; i < m.tables.n; i++)
        make_statements(&m.tables.at[i], a);
    *out = NEW(a, struct registers);
    **out = (struct registers){.tables = m.tables.at, .n = m.tables.n};
    return RC_OK;
}

str field_kind_text(const struct field *f, struct arena *a)
{
    struct sbuf out;

    sbuf_init(&out, 1024);
    type_text(&out, f->type);
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

struct fact_table *registers_table(const struct registers *r, str name)
{
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->tables[i].name, name))
            return &r->tables[i];
    return NULL;
}

struct fact_table *registers_table_of(const struct registers *r, const struct field *f, size_t *at)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->tables[i].n_fields; k++)
            if (r->tables[i].fields[k] == f) {
                *at = k;
                return &r->tables[i];
            }
    return NULL;
}
