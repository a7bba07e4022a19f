/*
 * One block under one bound program, worked out by the oracle, by rows and by columns (as they
 * come, and with every row sent down the exact path). All must agree bit by bit: outcomes, reasons,
 * payments, facts waited for, errors.
 */
#ifndef HUIMIN_TEST_JUDGE_H
#define HUIMIN_TEST_JUDGE_H

#include "oracle.h"

struct judged {
    struct oracle_case o;
    const struct reg *subject;
    struct program *program;
    const struct block *block;
};

struct judge_stats {
    struct oracle_counts counts;
    uint64_t subjects, units;
    uint64_t undecided, erring, big, paid, open, waiting; /* units; erring and big: subjects */
    uint64_t alternatives[8];                             /* units decided by alternative i */
    uint64_t dense_rows, exact_rows;
};

/* true: all agree. Else *row is a subject where they don't, and `why` says what differs. */
bool judge_block(const struct judged *j, struct arena *a, struct judge_stats *stats, size_t *row,
                 struct sbuf *why);

/* For people: what was determined; the facts of one subject. */
void determination_text(struct sbuf *out, const struct determination *d);
void facts_text(struct sbuf *out, const struct judged *j, size_t row);

/* Which error a message of the evaluator tells of; ORACLE__ERRORS: none that is known. */
enum oracle_error error_kind(const char *text);
const char *error_name(enum oracle_error e);

#endif
