/*
 * The month's list on its way to the bank. A batch is a county's payments of one month as they stood when it was
 * frozen: numbered lines, each of one payee and programme, with their sum and digest; it does not
 * change any more. The bank's file is made of it, the bank's answer is read into it; what failed goes
 * back to the township with its reason and is paid again, once, by a batch of the kind "again".
 *
 * What is frozen stays: that month is not run again in the county; what changed since goes with the next
 * month. What was decided on months before (arrears.h) goes along as lines of its own kinds: `backpay` is
 * paid like any other line; `recovery` is kept back from the other lines of the same payee, household and
 * programme, so that the bank's records are positive and the list still says what each month comes to.
 */
#ifndef HUIMIN_PAY_BATCH_H
#define HUIMIN_PAY_BATCH_H

#include "guard/guard.h"

struct batch {
    int64_t county_code, batch_id;
    str number; /* 510402-202012-01 */
    month month;
    str kind;          /* month; again: lines of others that failed */
    str state;         /* frozen, sent, answered */
    int64_t rows, fen; /* in the bank's file */
    int64_t held_rows,
        held_fen; /* no account when it was frozen: not in the file, seq behind rows */
    int64_t paid_rows, paid_fen, failed_rows, failed_fen;
    str digest; /* SM3 over its lines, in hex */
    day frozen_on;
    str frozen_by;
    int64_t version;
};
struct batch_line {
    int64_t seq;                    /* from 1 */
    int64_t household_id, payee_id; /* payee: the person whose money it is */
    int64_t person_id;              /* of a sum paid once, of arrears: whom it is for; else 0 */
    str programme, kind;            /* the payment's: month, once; backpay, recovery (arrears.h) */
    month month;                    /* that it belongs to */
    int64_t fen;          /* what the bank pays; fen + deducted_fen is what the line comes to */
    int64_t deducted_fen; /* kept back for a recovery; of a recovery's own line negative */
    int64_t arrears_job;  /* of arrears: the finding; else 0 */
    int64_t division;     /* where the household lives */
    str name;             /* the payee's */
    str account_kind;     /* person, guardian, institution; empty: held */
    str holder, bank;     /* the account's name; its bank's code, empty when not known */
    str account;          /* masked; empty: held */
    /* frozen, held (no account), paid, failed, mended (can be paid again), again (paid by another batch),
     * deducted (nothing is left for the bank, or it is a recovery itself) */
    str state;
    str reason_code, reason;        /* the bank's; in words */
    day settled;                    /* paid or failed on; 0: not yet */
    str words;                      /* how it was put right */
    int64_t again_batch, again_seq; /* which pays it again; 0: none */
    int64_t from_batch, from_seq;   /* which it pays again; 0: none */
};

/* Is the county's month frozen? Its payments don't change any more. */
MUST_CHECK enum rc batch_frozen(struct conn *c, int64_t county, month m, bool *out,
                                struct err *err);
/*
 * Freeze a county's month: every payment of the visible run, and sums paid once that no batch has yet.
 * Lines without an account are held: each is a task of its township. RC_CONFLICT: it is frozen already,
 * or a run of the county is alive; RC_NOT_FOUND: not run, or nothing to pay; RC_RULE: the month was
 * taken over, so it was paid elsewhere; RC_FORBIDDEN: not with these roles. *out in the arena.
 */
MUST_CHECK enum rc batch_freeze(struct city *city, const struct scope *s, int64_t county, month m,
                                struct arena *a, struct batch *out, struct err *err);
/*
 * One batch of all lines of the county that can be paid again: mended ones, and held ones that have an
 * account now. Each is paid again by one line. RC_CONFLICT: there is none.
 */
MUST_CHECK enum rc batch_again(struct city *city, const struct scope *s, int64_t county,
                               struct arena *a, struct batch *out, struct err *err);
/*
 * A failed or held line can be paid again with the account that its payee has now; `words`: what was
 * done. By whoever handles the household. RC_RULE: it has no account, or one that waits to be
 * confirmed; RC_CONFLICT: the line is in another state.
 */
MUST_CHECK enum rc batch_mend(struct city *city, const struct scope *s, int64_t county,
                              int64_t batch_id, int64_t seq, str words, struct err *err);

/* ---- reading: within the scope; all in the arena ---------------------------------------------- */

/* RC_NOT_FOUND also when it may not be seen. */
MUST_CHECK enum rc batch_read(const struct scope *s, struct conn *c, int64_t county,
                              int64_t batch_id, struct arena *a, struct batch *out,
                              struct err *err);
/* By "510402-202012-01". */
MUST_CHECK enum rc batch_by_number(const struct scope *s, struct conn *c, str number,
                                   struct arena *a, struct batch *out, struct err *err);

struct batch_query {
    const struct scope *scope;
    month month;    /* 0: all */
    int64_t county; /* 0: all of the scope */
    int64_t before; /* keyset: batch ids below this; 0: from the newest */
    int limit;
};
/* The newest first. */
MUST_CHECK enum rc batches_read(const struct batch_query *q, struct conn *c, struct arena *a,
                                struct batch **out, size_t *n, bool *more, struct err *err);
MUST_CHECK enum rc batches_count(const struct batch_query *q, struct conn *c, int64_t *n,
                                 struct err *err);

struct line_query {
    const struct scope *scope;
    const struct city *city;
    int64_t county, batch_id;
    str state, programme, q; /* empty: all; q: beginning of the payee's name */
    int64_t division;        /* 0: all that the scope sees */
    int64_t after;           /* keyset: behind this line */
    int limit;
};
/* Accounts masked. RC_NOT_FOUND: no such batch that may be seen. */
MUST_CHECK enum rc batch_lines(const struct line_query *q, struct conn *c, struct arena *a,
                               struct batch_line **out, size_t *n, bool *more, struct err *err);
MUST_CHECK enum rc batch_lines_count(const struct line_query *q, struct conn *c, int64_t *n,
                                     int64_t *fen, struct err *err);

/* Of a household: the newest month first, with the batches' numbers. from, to 0: all months. */
struct household_line {
    struct batch_line line;
    int64_t batch_id;
    str number, batch_state, again_number;
};
MUST_CHECK enum rc batch_of_household(const struct city *city, const struct scope *s,
                                      struct conn *c, int64_t county, int64_t household, month from,
                                      month to, struct arena *a, struct household_line **out,
                                      size_t *n, struct err *err);

/* What came back and is not paid again yet, within the scope. */
struct batch_back {
    int64_t failed, held, mended;
    int64_t failed_fen, held_fen, mended_fen;
};
MUST_CHECK enum rc batch_back_count(const struct scope *s, struct conn *c, int64_t county,
                                    struct batch_back *out, struct err *err);

/* How the lines stand now, by state. */
struct batch_state {
    str state;
    int64_t n, fen;
};
MUST_CHECK enum rc batch_states(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                                struct batch_state **out, size_t *n, struct err *err);

/*
 * What they come to, by kind: month, once, backpay, recovery (negative). fen is before deductions, deducted_fen
 * what of it is kept back; over a month's list the deductions come to nothing, and fen to what the bank pays.
 */
struct batch_kind {
    str kind;
    int64_t n, fen, deducted_fen;
};
MUST_CHECK enum rc batch_kinds(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                               struct batch_kind **out, size_t *n, struct err *err);

struct batch_made { /* a file that was made */
    int64_t no, bytes, made_ms;
    str layout, hash, who, why;
};
struct batch_answered { /* an answer that was read */
    int64_t no, rows, paid, failed, news, read_ms;
    day on;
    str layout, hash, who;
};
MUST_CHECK enum rc batch_papers(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                                struct batch_made **made, size_t *n_made,
                                struct batch_answered **answered, size_t *n_answered,
                                struct err *err);

/* ---- the bank's file and its answer ------------------------------------------------------------ */

/*
 * The file in a layout of the place (bank_layout.h), for the payer alone: recorded, since whole account
 * numbers leave. The same batch and layout give the same bytes. RC_BAD_INPUT: no such layout, or a
 * line that doesn't fit into it (all of them are in *wrong, the first in *err). `why` empty: the usual.
 */
struct batch_mistake {
    int64_t seq; /* 0: the file as a whole */
    str text, zh;
};
struct batch_mistakes {
    struct batch_mistake *at;
    size_t n;
    bool more;
};
MUST_CHECK enum rc batch_file(struct city *city, const struct scope *s, int64_t county,
                              int64_t batch_id, str layout, str why, struct arena *a, str *bytes,
                              str *name, struct batch_mistakes *wrong, struct err *err);

struct batch_taken {
    struct batch batch; /* as it stands now */
    int64_t rows, paid, failed;
    int64_t news; /* lines that nothing was known of before */
    bool again;   /* the same file was read already: nothing changed */
};
/*
 * Read the bank's answer: all of it or nothing. RC_BAD_INPUT: cut off, of another bank, batch or month,
 * sums or accounts that differ from ours. RC_CONFLICT: it says of settled lines the opposite. All
 * mistakes are in *wrong, the first in *err. layout empty: the first that fits.
 */
MUST_CHECK enum rc batch_answer(struct city *city, const struct scope *s, int64_t county,
                                int64_t batch_id, str layout, str bytes, struct arena *a,
                                struct batch_taken *out, struct batch_mistakes *wrong,
                                struct err *err);

#endif
