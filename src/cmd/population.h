/*
 * A population from two CSV files, block by block: the subjects (households.csv) and their members
 * (persons.csv, in the order of the subjects, a subject's members together). Columns carry the
 * registers' field names:
 *
 *     field          in yuan for money ("income"), else as the kind is written
 *     field_fen      whole fen, for money
 *     label          the Chinese label, as for the field's name
 *     REG_id         of the subject, in both files (household_id)
 *     member         1, 2, 3 … within the subject
 *     division       12 digits; without the column the place's own
 *     last_month_POLICY_fen   what the policy paid for the month before
 *
 * It knows registers and their fields, and no register by name.
 */
#ifndef HUIMIN_CMD_POPULATION_H
#define HUIMIN_CMD_POPULATION_H

#include "eval/facts.h"

enum { POPULATION_BLOCK = 4096 }; /* subjects read at a time */

struct population_spec {
    const struct rules *rules;
    struct reg *subject;
    struct field *list;        /* its members; NULL: the subject has none, and no second file */
    int64_t division;          /* of the place */
    const char *subjects_path; /* "-" is standard input */
    const char *members_path;
    void (*note)(void *ctx, str text);
    void *note_ctx;
};

/* One block and what stands beside its facts. Owned by whoever made it with population_block(). */
struct population_block {
    struct block facts;
    str *ids;           /* of the subjects; borrowed from the block's own text */
    int64_t *divisions; /* of the subjects */
    struct population_store *store;
};

struct population *population_open(const struct population_spec *spec, struct arena *a,
                                   struct err *err); /* NULL: *err says why */
struct population_block *population_block(struct population *p);
void population_block_free(struct population_block *b);

/*
 * Fill *b with the next subjects; b->facts.n == 0 at the end. RC_BAD_INPUT: the files hold
 * mistakes; population_mistakes() has them all.
 */
MUST_CHECK enum rc population_next(struct population *p, struct population_block *b,
                                   struct err *err);

/* Every mistake found, one line each, ready to print. */
void population_mistakes(const struct population *p, struct sbuf *out);

void population_close(struct population *p);

#endif
