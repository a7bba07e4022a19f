/* What the files of arrears that are decided, listed and asked back share. Inside pay/ only. */
#ifndef HUIMIN_PAY_ARREARS_MONEY_H
#define HUIMIN_PAY_ARREARS_MONEY_H

#include "pay/arrears.h"

/* ---- the next list: inside the change that freezes it ----------------------------------------- */

struct arrears_listing {
    const struct city *city;
    int64_t batch_id, job; /* job: the visible run's */
    month month;
    day today;
    int64_t backpay_rows, backpay_fen;   /* put onto it */
    int64_t recovery_rows, recovery_fen; /* deducted on it */
};
/* Before its lines are written: what is deducted from which of them. */
MUST_CHECK enum rc arrears_deduct(struct change *c, struct arrears_listing *l, struct err *err);
/* Behind its last line: recoveries as lines of their own, what is listed says so, sums are held against
 * each other, and what can't be deducted any more is asked back by the townships. */
MUST_CHECK enum rc arrears_list(struct change *c, struct arrears_listing *l, int64_t last_seq,
                                struct err *err);

/* ---- asked back ------------------------------------------------------------------------------- */

/* The township's task to ask a family for what it owes of a programme: put with the sum, or ended when
 * nothing is owed any more. */
MUST_CHECK enum rc arrears_ask(struct change *c, const struct city *city, int64_t household,
                               str programme, day today, struct err *err);
/* The same as things stand: asked while some of what is owed can't be deducted, ended otherwise. */
MUST_CHECK enum rc arrears_ask_again(struct change *c, const struct city *city, int64_t household,
                                     str programme, day today, struct err *err);
/* In the newest month that was run, is the one paid from whom it is kept back what was overpaid of the
 * programme for the person (0: the household)? */
MUST_CHECK enum rc arrears_still_paid(struct conn *c, int64_t county, int64_t household,
                                      str programme, int64_t person, bool *out, struct err *err);
/* Is everybody paid from whom something of what is owed is kept back? One member's may be deducted while
 * another's is asked back. */
MUST_CHECK enum rc arrears_all_paid(struct conn *c, int64_t county, int64_t household,
                                    str programme, bool *out, struct err *err);
/* Of these lines, all of one household and programme: is everybody paid whose is a recovery? */
MUST_CHECK enum rc arrears_lines_paid(struct conn *c, int64_t county, int64_t household,
                                      str programme, const struct arrears_line *lines, size_t n,
                                      bool *out, struct err *err);

/* ---- rows and rules --------------------------------------------------------------------------- */

/* A job's row as arrears_job_find gives it. */
struct arrears_job arrears_job_row(const struct query *q, int64_t county, struct arena *a);
/* How much of what a payee gets on one list may be kept back for that cause. */
int64_t arrears_most(const struct policy *p, str cause, int64_t total);

/* ---- words ------------------------------------------------------------------------------------ */

/* What a notice is made of: one household and programme, as decided. */
struct arrears_told {
    int64_t county, household;
    str programme;
    const struct arrears_line *lines; /* of the programme, by month */
    size_t n;
    str words;  /* of who decides; empty: none */
    bool asked; /* nothing is paid any more: it is asked back */
    day today;
};
struct notice;
/* As it goes into the outbox, in the arena; *none: nobody is left to tell. */
MUST_CHECK enum rc arrears_notice(struct conn *c, const struct city *city,
                                  const struct arrears_told *t, struct arena *a, struct notice *n,
                                  bool *none, struct err *err);
/* Is it one of them? */
bool arrears_cause_known(const struct rules *r, str cause);

#endif
