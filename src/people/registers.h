/*
 * Registers in the store. What a register declares is a table; what a line adds to a register with
 * `extend` is a table of its own. Each is called x_LINE_REGISTER and has the subject's key,
 * valid_from, valid_to, position and one column a field (money, counts, months, days and references
 * BIGINT, flags BIGINT 0/1, codes TEXT by name, dates, months and texts TEXT; null is unknown), and
 * a _past twin. Identity, phone and card numbers of a person have no column: they are sealed
 * (person_number_put). Fields that a policy carries from month to month have none either: they are kept
 * with its determinations. Statements come from one generator that fills templates with names the
 * compiler has checked.
 */
#ifndef HUIMIN_PEOPLE_REGISTERS_H
#define HUIMIN_PEOPLE_REGISTERS_H

#include "people/people.h"

struct versioned;

/* A generated table: fields of one register that one line declared and that are not core columns. */
struct fact_table {
    str name; /* x_assistance_person */
    str key;  /* person_id, household_id, else subject_id */
    struct reg *reg;
    str line;
    struct field **fields;
    size_t n_fields;
    bool of_person;
    /*
     * Reads of a run of subjects, in the order of their ids: $1 county, $2 first and $3 last id, $4
     * the day; gives the id, then the fields. `now`: what is believed. Of $5, a position: `then`
     * what is believed and was so then, `past` what was believed then and is no more.
     */
    struct statement now, then, past;
    /*
     * All rows of a run of subjects that hold on a day from $4 to $5: the id, valid_from, valid_to,
     * position, past_position (0: it is believed), then the fields. `span_past`: those that are no more
     * believed, since a position after $6.
     */
    struct statement span, span_past;
    /* All versions of one subject as believed at a position: $1 county, $2 id, $3 position; gives
     * valid_from, valid_to, position, then the fields, in the order of their days. */
    struct statement versions_then;
    struct statement overlap, move, remove, insert; /* see versioned.h */
    const struct versioned *versions;
};

struct registers {
    struct fact_table *tables;
    size_t n;
    bool then; /* of earlier rules (then.h): a value that their code lists don't have is unknown */
};

/* Work out the tables that a rule set declares, in the order of the rules. RC_RULE: a field that
 * can't be stored. Core columns (birth_date …) are left to people.sql, see core_field(). */
MUST_CHECK enum rc registers_of(const struct rules *r, struct arena *a, struct registers **out,
                                struct err *err);
/* Only with the columns of which `has` says so (table, field); a table without any is left out. */
MUST_CHECK enum rc registers_where(const struct rules *r,
                                   bool (*has)(void *ctx, str table, const struct field *f),
                                   void *ctx, struct arena *a, struct registers **out,
                                   struct err *err);
/* What a column is declared as: "money per month", "code disease". */
str field_kind_text(const struct field *f, struct arena *a);
struct fact_table *registers_table(const struct registers *r, str name); /* NULL: none */
/* The table that holds a stored field, and its place in t->fields; NULL: it has none. */
struct fact_table *registers_table_of(const struct registers *r, const struct field *f, size_t *at);

/* Fields that are columns of people.sql. CORE_NONE: it is not one. */
enum core_field { CORE_NONE, CORE_NAME, CORE_SEX, CORE_BIRTH, CORE_DEATH };
enum core_field core_field(const struct field *f);

/*
 * Bring the store's tables to what is declared: new tables and columns are made. A column that is
 * declared no more, a changed kind, a value that its code list has no more: all right while no row,
 * past ones included, holds a value of it, else RC_RULE by name and with the number of rows. Inside
 * a change of the city's own county code.
 */
MUST_CHECK enum rc registers_migrate(struct conn *c, const struct registers *r, struct err *err);

/* The definition text of a table or its _past twin, in the arena: the columns that all have. Those
 * of the fields are added one by one, now or later. */
str fact_table_ddl(const struct fact_table *t, bool past, struct arena *a);

/* RC_BAD_INPUT: not a value that the field takes (kind, code, bounds, required). */
MUST_CHECK enum rc fact_value_check(const struct field *f, const struct value *v, struct err *err);

/* Facts of one subject from a day on: values by position in t->fields. Supersedes as *_put(). */
MUST_CHECK enum rc facts_put(struct change *c, const struct fact_table *t, int64_t id,
                             str valid_from, str valid_to, const struct value *values,
                             struct err *err);

#endif
