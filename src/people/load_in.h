/* What the parts of load_file.h share: load_file.c reads, load_check.c checks, load_put.c puts,
 * load_mistake.c says what was wrong. */
#ifndef HUIMIN_PEOPLE_LOAD_IN_H
#define HUIMIN_PEOPLE_LOAD_IN_H

#include "base/map.h"
#include "people/load_columns.h"
#include "people/load_file.h"

enum { DAY_NONE = INT32_MIN };

/* Columns that are no field of a register. */
enum load_core {
    COL_HOUSEHOLD,
    COL_DIVISION,
    COL_PERSON,
    COL_NAME,
    COL_SEX,
    COL_BIRTH_DATE,
    COL_DEATH_DATE,
    COL_RELATION,
    COL_IDENTITY,
    COL_PHONE,
    COL_CARD,
    COL_FROM,
    COL_PROGRAMME,
    COL_SINCE,
    COL_AMOUNT,
    COL_AMOUNT_FEN,
    COL_ACCOUNT,
    COL_FIRST_ABOVE,
    COL__COUNT,
    COL_FACT = COL__COUNT /* a field */
};

/* A column that a file of a kind may have. */
struct load_column {
    struct csv_column csv;
    enum load_core core;
    size_t fact; /* COL_FACT: place in load_table.facts */
};
struct load_fact {
    const struct field *field;
    size_t table, at; /* of city->registers, and within its fields */
};
struct load_table {
    VEC(struct load_column) columns;
    VEC(struct load_fact) facts;
    /* Of the file that was read: */
    const char *name; /* for messages */
    str *headers;
    int *of_file; /* column of each of its fields; -1: not known */
    size_t fields;
    int where[COL__COUNT]; /* the other way round for core columns; -1: the file has none */
    VEC(int64_t) bad_rows; /* numbers of rows left out, with their reasons */
    VEC(str) reasons;
    int64_t rows;
};

union load_cell {
    int64_t i;
    const char *z; /* a text, NUL behind it */
};

/* A household or person; `row` 0: spoken of, but without a row of its own. */
struct load_subject {
    int64_t row;
    bool bad;
    bool known; /* in the store already */
    int64_t county, id;
    day from;
    union load_cell *cells; /* by place in facts */
    uint8_t *given;         /* 0 the file has no such column, 1 empty, 2 a value */
};
struct load_household {
    struct load_subject s;
    str ref;
    int64_t division;                  /* 0: as in the store */
    VEC(struct load_person *) members; /* persons of the files */
    struct load_person *head;          /* among them; NULL: none */
    bool missing;                      /* spoken of as one of the store, which does not have it */
    bool outside;                      /* of another office than spec.within allows */
    bool spoiled;                      /* a row of it was bad: none is taken */
    const char *spoiled_by;            /* name of that row's file */
    int64_t spoiled_row;
};
struct load_person {
    struct load_subject s;
    struct load_household *household;
    str name;
    int sex;
    day birth, death;
    char relation[3]; /* empty: not told */
    str identity, phone, card;
};
struct load_case {
    int64_t row;
    bool bad;
    struct load_household *household;
    str person_ref, identity;   /* as the row has them */
    struct load_person *person; /* of the files; or */
    int64_t person_id;          /* of the store; both none: the household's */
    const struct policy *policy;
    day since;
    bool has_amount;
    int64_t fen;
    month first_above;
    str account;
    struct load_person *holder; /* of the files; or */
    int64_t holder_id;          /* of the store */
    bool holder_gets_card;      /* the account is new to the holder */
};

struct load {
    struct load_spec spec;
    struct arena *arena; /* borrowed */
    struct load_table tables[LOAD_KINDS];
    VEC(struct load_household *) households;
    VEC(struct load_person *) persons;
    VEC(struct load_case *) cases;
    struct map by_ref; /* households by reference */
    struct map people; /* persons by household and reference */
    VEC(struct load_mistake) mistakes;
    int64_t n_mistakes;
    int64_t rows; /* read so far, of all kinds */
    bool fatal;   /* something that leaving rows out does not mend */
};

/* Remember a mistake. `column` as in the file where it has one. */
void load_mistake(struct load *l, enum load_kind kind, int64_t row, enum load_core core,
                  struct told found, struct told expected);
void load_mistake_named(struct load *l, enum load_kind kind, int64_t row, str column,
                        struct told found, struct told expected);
/* The same, of a row as a whole. */
void load_mistake_row(struct load *l, enum load_kind kind, int64_t row, struct told found,
                      struct told expected);
/* Words of both languages, from formats that take the same arguments. */
struct told load_told(const struct load *l, const char *en, const char *zh, ...) PRINTF_LIKE(2, 4)
    PRINTF_LIKE(3, 4);
/* Leave a row out for the sake of another. */
void load_leave_out(struct load *l, enum load_kind kind, int64_t row, str reason);
str load_column_name(const struct load *l, enum load_kind kind, enum load_core core);
struct told load_shown(const struct load *l, str text); /* “text”, shortened */

/* Accepted columns of a kind, from the rules in force. */
void load_table_init(struct load *l, enum load_kind kind);

/* Place of the column that a header names in t->columns; -1: none. */
int load_column_of(const struct load_table *t, str header);

/* What no row alone can tell; marks rows bad. */
MUST_CHECK enum rc load_check(struct load *l, struct err *err);

/* A person of the files by reference: one of the store by that alone, another within his household. */
struct load_person *load_person_by_ref(const struct load *l, const struct load_household *h,
                                       str ref);
str load_person_key(const struct load *l, const struct load_household *h, str ref);

/* 510402-1175…: county and id. */
bool load_reference(str text, int64_t *county, int64_t *id);

#endif
