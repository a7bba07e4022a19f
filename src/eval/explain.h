/*
 * One case, exactly and with its reasons: the row form of a program. Values are exact 128-bit
 * fractions; a missing fact is a third answer that carries the names of the facts it waits for.
 */
#ifndef HUIMIN_EVAL_EXPLAIN_H
#define HUIMIN_EVAL_EXPLAIN_H

#include "eval/eval.h"

/* A fact that a decision waits for. */
struct need {
    const struct field *field;
    uint32_t member; /* number within the subject, from 0; UINT32_MAX: the subject's own */
};

/* What one policy gives one unit (the subject, or one member). */
struct determination {
    const struct policy *policy;
    uint32_t member; /* number within the subject, from 0; UINT32_MAX: the subject */
    bool undecided;
    size_t alt;      /* the alternative that holds; for undecided the one that can't be told */
    uint8_t outcome; /* value of outcome_code, or OUTCOME_UNDECIDED */
    uint64_t reasons;
    struct need *needs; /* outcome, amounts and reasons wait for these; sorted, no twice */
    size_t n_needs;
    bool has_subject_pay; /* pays the subject (or this member, in a member policy), be it 0.00 */
    int64_t subject_fen;  /* AMOUNT_OPEN when open */
    struct member_pay {
        uint32_t member;
        int64_t fen; /* AMOUNT_OPEN when open */
    } * member_pays; /* pays each member of … */
    size_t n_member_pays;
};

/*
 * Determine subject `row` of the block under every policy of the program. *out has one entry for
 * each subject policy and one for each member of each member policy, in the order of
 * program_policies(), members in order. RC_RULE as for program_run().
 */
MUST_CHECK enum rc row_determine(struct program *p, const struct block *b, size_t row,
                                 struct arena *a, struct determination **out, size_t *n,
                                 struct err *err);

enum explain_lang { EXPLAIN_ZH, EXPLAIN_EN };

/*
 * The trace as text: each rule with label, values seen, result, basis; assumed values marked; for a
 * refusal the failed conditions and the smallest single changes that would turn it. Policies that
 * don't apply to anybody here are one line. `who` names the subject ("household 27").
 */
MUST_CHECK enum rc explain_text(struct program *p, const struct block *b, size_t row, str who,
                                enum explain_lang lang, struct sbuf *out, struct err *err);

/* A single fact whose change alone would turn a refusal into a payment. */
struct turn {
    const struct field *field;
    uint32_t member; /* UINT32_MAX: the subject's own */
    bool was_unknown;
    int64_t from, to; /* as in the column: fen, count, 0/1, index of the code's value */
    uint8_t outcome;  /* what it would become */
};

/*
 * The smallest changes for one refusal (an outcome that pays its unit nothing): for each numeric
 * fact that a failed condition reads the nearest value, for codes and flags each other value that
 * turns it; never a date of birth or another date or month. *complete is false when a search was
 * cut by its budget. n == 0 and complete: no single fact would.
 */
MUST_CHECK enum rc row_changes(struct program *p, const struct block *b, size_t row,
                               const struct determination *d, struct arena *a, struct turn **out,
                               size_t *n, bool *complete, struct err *err);

#endif
