/* See forget.h. */
#include "people/forget.h"

#include "people/people_sql.h"
#include "people/tokens.h"

static bool is_words(const struct field *f)
{
    switch (f->type.kind) {
    case K_TEXT:
    case K_NAME:
    case K_ADDRESS:
    case K_CREDIT_CODE:
        return true;
    default:
        return false;
    }
}

/* "a" = CASE WHEN "a" IS NULL THEN NULL ELSE $3 END, … of a table; false: it has no text. */
static bool blanked(struct sbuf *out, const struct fact_table *t, const char *twin)
{
    bool any = false;
    sbuf_fmt(out, "UPDATE \"%.*s%s\" SET ", STR_ARG(t->name), twin);
    for (size_t i = 0; i < t->n_fields; i++) {
        const struct field *f = t->fields[i];
        if (!is_words(f))
            continue;
        sbuf_fmt(out, "%s\"%.*s\" = CASE WHEN \"%.*s\" IS NULL THEN NULL ELSE $3 END",
                 any ? ", " : "", STR_ARG(f->name.text), STR_ARG(f->name.text));
        any = true;
    }
    sbuf_fmt(out, " WHERE county_code = $1 AND %.*s = $2", STR_ARG(t->key));
    return any;
}

/* Names of tables and columns are those that the compiler has checked (registers.h). */
MUST_CHECK static enum rc blank_facts(struct change *c, const struct registers *r, bool of_person,
                                      int64_t id, struct err *err)
{
    static const char *const twins[] = {"", "_past"};
    const struct value v[] = {V_INT(c->county_code), V_INT(id), V_TEXT(S(FORGOTTEN))};
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < r->n; i++) {
        const struct fact_table *t = &r->tables[i];
        bool household = str_eq(t->key, S("household_id"));
        if (of_person ? !t->of_person : !household)
            continue;
        for (int k = 0; rc == RC_OK && k < 2; k++) {
            struct sbuf text;
            struct arena a = {0};
            sbuf_init(&text, 1 << 20);
            if (blanked(&text, t, twins[k])) {
                const struct statement st = {
                    .name = str_z(&a, str_fmt(&a, "%.*s%s_forget", STR_ARG(t->name), twins[k])),
                    .sql = str_z(&a, sbuf_str(&text)),
                    .n_params = 3};
                rc = exec(c->conn, &st, v, 3, NULL, err);
            }
            sbuf_deinit(&text);
            arena_deinit(&a);
        }
    }
    return rc;
}

enum rc person_forget(struct change *c, const struct registers *r, int64_t person, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person), V_TEXT(S(FORGOTTEN))};
    TRY(person_numbers_forget(c, person, err));
    TRY(exec(c->conn, &stmt_forget_name, v, 3, NULL, err));
    TRY(exec(c->conn, &stmt_forget_name_past, v, 3, NULL, err));
    TRY(blank_facts(c, r, true, person, err));
    return tokens_person(c, person, err);
}

enum rc household_forget(struct change *c, const struct registers *r, int64_t household,
                         struct err *err)
{
    return blank_facts(c, r, false, household, err);
}
