/*
 * What `huimin eval` writes: awards.csv (one row for every award of at least one fen, by subject,
 * member, programme), decisions.csv (one row a subject for one policy of the subject) and the totals.
 */
#ifndef HUIMIN_CMD_AWARDS_H
#define HUIMIN_CMD_AWARDS_H

#include "cmd/population.h"
#include "eval/explain.h"
#include "sheet/csv.h"

/* Counts of one policy. Arrays go by outcome; [n_values of the outcome code] counts the undecided. */
struct tally {
    int64_t *units;  /* subjects or members with that outcome */
    int64_t *awards; /* payments of at least one fen */
    int64_t *fen;    /* their sum */
    int64_t open;    /* decided, but an amount waits for a fact */
};

struct awards {
    struct policy *const *policies; /* borrowed; results go by the same order */
    size_t n_policies;
    size_t *by_name; /* positions in alphabetical order of the policies' names */
    struct tally *tallies;
    size_t decided; /* position of the policy that decisions.csv is about */
    bool awards_wanted, decisions_wanted;
    struct file_out awards_file, decisions_file;
    struct csv_out awards_csv, decisions_csv;
    uint8_t *paid; /* owned; a byte a member of the block in hand */
    size_t paid_cap;
};

/* Open the files (a NULL path: not wanted) and write their headers. `decided` SIZE_MAX: none. */
MUST_CHECK enum rc awards_open(struct awards *w, struct arena *a, struct policy *const *policies,
                               size_t n, const char *awards_path, const char *decisions_path,
                               size_t decided, struct err *err);

/* Take the results of subjects [from, from + block->n) of b. results[i] as for program_run(). */
MUST_CHECK enum rc awards_block(struct awards *w, const struct population_block *b, size_t from,
                                const struct block *block, const struct policy_result *results,
                                struct err *err);

/* How many results wait for a fact so far: undecided, or decided with an amount open. */
int64_t awards_open_count(const struct awards *w);

/* Flush and rename both files, or take both back. Either ends the writing. */
MUST_CHECK enum rc awards_commit(struct awards *w, struct err *err);
void awards_abort(struct awards *w);

/* The totals as a table in Chinese or English, or as JSON. */
void awards_table(const struct awards *w, enum explain_lang lang, struct sbuf *out);
void awards_json(const struct awards *w, struct sbuf *out);

#endif
