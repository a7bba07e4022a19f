/*
 * sqlgen: reads the modules' .sql files, holds them to the rules of the SQL that SQLite, PostgreSQL
 * and a Citus cluster all run, and makes C of them. Each file is read (read.c), cut into words
 * (words.c), checked (tables.c, statement.c) and written (write.c). src/store/README.md describes
 * the files for whoever writes one.
 */
#ifndef HUIMIN_TOOLS_SQLGEN_H
#define HUIMIN_TOOLS_SQLGEN_H

#include "base/arena.h"
#include "base/str.h"

/* ---- blocks --------------------------------------------------------------------------------- */

/* SQL text with the line where it starts. */
struct part {
    str text;
    int line;
};

struct block {
    bool is_schema;   /* else a statement */
    str module, file; /* file is for messages */
    str name;
    int line; /* of the marker */
    struct part sql;
    struct part pg; /* of a statement's dialect block; text.p is NULL without one */
    bool reads;
    bool fan_out;   /* a statement that is meant to ask every shard */
    bool reference; /* a table that every node of a cluster holds whole */
    str spread;     /* the column that spreads the rows: county_code unless said */
    int since;
};

struct column {
    str name;
    bool nullable;
};
struct table {
    str name;
    str spread; /* n == 0: a reference table */
    VEC(struct column) columns;
};

struct sqlgen {
    struct arena *arena; /* borrowed */
    VEC(struct block) blocks;
    VEC(str) modules; /* in the order of the files given */
    VEC(struct table) tables;
    struct sbuf said; /* mistakes, a line each */
    size_t n_said;
};

/* One mistake: FILE:LINE: what: expected ... */
void say(struct sqlgen *g, str file, int line, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Add the blocks of one file. */
void read_sql(struct sqlgen *g, str module, str file, str text);

struct table *table_find(const struct sqlgen *g, str name); /* NULL: none */

/* All rules, over all blocks; fills g->tables. */
void check_tables(struct sqlgen *g);
void check_statements(struct sqlgen *g);

/* The C of a module and of the list of modules. */
void write_header(const struct sqlgen *g, str module, struct sbuf *out);
void write_source(const struct sqlgen *g, str module, struct sbuf *out);
void write_catalogue(const struct sqlgen *g, struct sbuf *out);

/* The number of the highest $n in a text. */
int params_of(struct arena *a, str sql);

/* ---- words ---------------------------------------------------------------------------------- */

enum word_kind { W_END, W_NAME, W_NUMBER, W_STRING, W_PARAM, W_SIGN };
struct word {
    enum word_kind kind;
    str text; /* of a W_PARAM without the $ */
    int line;
    int close; /* of "(": the index of its ")"; else -1 */
};

/* The words of a text without its comments, closed by 8 W_END. false: brackets or quotes left open. */
bool words_of(struct arena *a, str text, int line, struct word **out, int *n);

/* Letters of either case are the same. */
bool is(const struct word *w, const char *name);
bool same_name(str a, str b);
/* One of a list of names in lower case, separated by spaces. */
bool is_one_of(const struct word *w, const char *names);

#endif
