/*
 * Back-pay and recovery: for months that are paid, what was paid beside what should have been, by all that
 * is known now. A standard signed late, an income found late, a death reported late: for every household,
 * programme and month the difference in fen.
 *
 * A finding is a job of one county: it reads at one position, writes its lines under its number, and becomes
 * visible when it is done. Its lines are decided by people, all of them or some, with notices; what is
 * decided goes onto the next list that is frozen (batch.h) as lines of their own kind, `backpay` or
 * `recovery`, that name the month they belong to. What was decided before counts as paid, so that the same
 * difference is found and decided once.
 *
 * Whether overpaid money is taken back is a rule of the policy, by cause (struct policy, takes_back): what a
 * law leaves with the family is found and shown, and not recovered.
 */
#ifndef HUIMIN_PAY_ARREARS_H
#define HUIMIN_PAY_ARREARS_H

#include "guard/guard.h"

/* ---- finding ---------------------------------------------------------------------------------- */

struct arrears_spec {
    struct city *city;
    int64_t division;  /* a county's or lower; 0: the whole city, county after county */
    int64_t household; /* 0: all */
    str programme;     /* empty: all */
    month from,
        upto;      /* both within; months that are not paid (frozen or taken over) are left out */
    str why;       /* what is looked for, in words: “2021年标准自1月起执行” */
    int64_t at_ms; /* 0: the clock */
    void (*progress)(void *ctx, int64_t household_months);
    bool (*stop)(void *ctx); /* as run_spec */
    void *ctx;
};
struct arrears_found { /* of one county */
    int64_t county, job_id;
    int64_t households, months, lines;
    int64_t backpay_fen, recovery_fen,
        left_fen;      /* left: overpaid, and a rule leaves it with the family */
    int64_t undecided; /* household-months of which nobody can tell */
};
/* RC_NOT_FOUND: none of the months is paid. RC_RULE: an error of a rule, naming household and month. */
MUST_CHECK enum rc arrears_find(const struct arrears_spec *spec, struct arena *a,
                                struct arrears_found **out, size_t *n, struct err *err);

/* ---- reading: within the scope, in the arena ---------------------------------------------------- */

struct arrears_job {
    int64_t county, job_id, division, household; /* household 0: all */
    month from, upto;
    str programme, why,
        state; /* running, open (visible), closed (nothing open any more), dropped */
    str who;
    int64_t at_ms, position;
    int64_t lines, open_lines, backpay_fen, recovery_fen, left_fen;
};
struct arrears_line {
    int64_t household_id, person_id; /* person: whom the amount is for; 0: the household */
    str programme;
    month month;
    int64_t division;          /* where it lives now */
    int64_t paid_fen, due_fen; /* paid: decided back-pay and recovery of before included */
    str cause;                 /* a value of code overpayment_cause, or `underpaid` */
    /* What differs from then: standard, facts, enrolment, death; decision: nothing of these, only the amount
     * that was decided. */
    str reason;
    str state; /* open, decided, left (a rule leaves it), rejected, stale (paid otherwise since), listed */
    str decided_by, words;
    day decided_on;
    int64_t batch_id, seq; /* of the list it is on; 0: none yet */
    int64_t settled_fen;   /* of a recovery: deducted so far */
};

/* ---- lists: within the scope, in the arena ------------------------------------------------------ */

enum { ARREARS_COUNT_MOST = 10000 };

/* Only of programmes for whose line the scope has a role, sums included. A finding of one programme that it
 * has none for is not seen at all, and below the county's level none without lines in its divisions. */
struct arrears_job_query {
    const struct scope *scope;
    const struct rules *rules;
    int64_t county; /* 0: all of the scope */
    str state;      /* empty: all but dropped */
    int64_t before; /* keyset: job ids below this; 0: from the newest */
    int limit;
};
/* The newest first. Sums are of what lies within the scope's divisions. */
MUST_CHECK enum rc arrears_jobs_read(const struct arrears_job_query *q, struct conn *c,
                                     struct arena *a, struct arrears_job **out, size_t *n,
                                     bool *more, struct err *err);
/* RC_NOT_FOUND also when it may not be seen. */
MUST_CHECK enum rc arrears_job_read(const struct scope *s, const struct rules *rules,
                                    struct conn *c, int64_t county, int64_t job_id, struct arena *a,
                                    struct arrears_job *out, struct err *err);
/* Has the scope a role for the programme's line? For an empty one: for every line. */
bool arrears_sees(const struct scope *s, const struct rules *rules, str programme);

struct arrears_line_query {
    const struct scope *scope;
    const struct rules *rules;
    int64_t county, job_id;
    str state, programme; /* empty: all */
    int64_t division;     /* all below it; 0: all that the scope sees */
    int64_t household;    /* 0: all */
    bool behind;          /* go on behind this key: */
    int64_t after_division, after_household, after_person;
    str after_programme;
    month after_month;
    int limit;
};
/* By division, household, person, programme and month. */
MUST_CHECK enum rc arrears_lines_read(const struct arrears_line_query *q, struct conn *c,
                                      struct arena *a, struct arrears_line **out, size_t *n,
                                      bool *more, struct err *err);
/* Exact up to ARREARS_COUNT_MOST. */
MUST_CHECK enum rc arrears_lines_count(const struct arrears_line_query *q, struct conn *c,
                                       int64_t *n, bool *exact, struct err *err);

/* What a job found, by part of the division asked for (counties of a city, townships of a county, villages
 * of a township) and programme. By the query's job, programme and division; the rest is not asked. */
struct arrears_sum {
    int64_t division;
    str programme;
    int64_t households, lines, backpay_fen, recovery_fen, left_fen;
};
MUST_CHECK enum rc arrears_sums(const struct arrears_line_query *q, struct conn *c, struct arena *a,
                                struct arrears_sum **out, size_t *n, struct err *err);
/* How its lines stand: counted up to ARREARS_COUNT_MOST each (then *exact is false). */
struct arrears_state {
    str state;
    int64_t n;
};
MUST_CHECK enum rc arrears_states(const struct arrears_line_query *q, struct conn *c,
                                  struct arena *a, struct arrears_state **out, size_t *n,
                                  bool *exact, struct err *err);

/* Households of a job with what they come to, a row for each of their programmes. */
struct arrears_family {
    int64_t division, household_id, head_id;
    str head, programme;
    int64_t lines, open_lines;
    month from, upto;                            /* first and last of its lines */
    int64_t backpay_fen, recovery_fen, left_fen; /* open lines as found, others as decided */
};
/* Behind (after_division, after_household) of the query; state: only households with such a line. */
MUST_CHECK enum rc arrears_families_read(const struct arrears_line_query *q, struct conn *c,
                                         struct arena *a, struct arrears_family **out, size_t *n,
                                         bool *more, struct err *err);

/* Whose a line is, by name. */
struct arrears_names {
    int64_t head_id;
    str head, person; /* person: empty when it is the household's */
};
/* One for each line of one county. */
MUST_CHECK enum rc arrears_names_read(struct conn *c, int64_t county,
                                      const struct arrears_line *lines, size_t n, struct arena *a,
                                      struct arrears_names **out, struct err *err);
/* The label of a value of code overpayment_cause; of another text itself. */
str arrears_cause_label(const struct rules *r, str cause, bool english);
/* What differs from then, in words. */
const char *arrears_reason_label(str reason, bool english);

/* What a household owes and has paid back. */
struct arrears_owed {
    str programme;
    int64_t fen;   /* still owed */
    bool deducted; /* it is paid for the programme: what is owed is kept back from it */
};
struct arrears_repaid {
    str programme, words, who;
    int64_t fen, at_ms;
    day on;
};
MUST_CHECK enum rc arrears_of_household(const struct scope *s, struct conn *c, int64_t county,
                                        int64_t household, struct arena *a,
                                        struct arrears_owed **owed, size_t *n_owed,
                                        struct arrears_repaid **back, size_t *n_back,
                                        struct err *err);

/* ---- deciding ----------------------------------------------------------------------------------- */

struct arrears_choice {
    struct city *city;
    const struct scope *scope;
    int64_t county, job_id;
    int64_t division;  /* those living below it; 0: all that the scope sees */
    int64_t household; /* 0: all */
    str programme;     /* empty: all */
    bool accept;
    str cause; /* why too much was paid, a value of code overpayment_cause; empty: as it was found */
    str words; /* a rejection needs them; an acceptance's go into the notice */
    day today;
    /* Told after each slice; false: stop here. What was decided stays; called again it goes on. */
    bool (*go_on)(void *ctx, int64_t lines);
    void *ctx;
};
struct arrears_result {
    int64_t decided, rejected, left, stale; /* lines; left: a rule leaves them with the family */
    int64_t related; /* households left out: the decider's own, or a relative's */
    int64_t households, notices;
    int64_t backpay_fen, recovery_fen, left_fen;
};
/*
 * In slices of short changes, a household whole in one of them, one notice for each of its programmes.
 * Deciding again what is decided changes nothing. RC_FORBIDDEN: the scope does not decide for a line or
 * the county; RC_RULE: all of them are of the decider's own household or a relative's; RC_NOT_FOUND: no such
 * job that may be seen; RC_CONFLICT: it is not open; RC_BAD_INPUT: the cause or words.
 */
MUST_CHECK enum rc arrears_settle(const struct arrears_choice *choice, struct arena *a,
                                  struct arrears_result *out, struct err *err);

/* The notice that an acceptance would write for the choice's household and programme, as it would be sent.
 * text.n == 0: nobody is left to tell, or nothing of it is open. */
struct arrears_letter {
    str title, title_en, text;
    unsigned channels; /* of enum notice_channel */
};
MUST_CHECK enum rc arrears_letter(const struct arrears_choice *choice, struct conn *c,
                                  struct arena *a, struct arrears_letter *out, struct err *err);

/*
 * The family has paid back some of what it owes of a programme: its oldest months first. By whoever handles
 * the household. RC_BAD_INPUT: more than it owes, nothing, no words, a day to come; RC_RULE: one's own
 * household or a relative's. *left: what it still owes.
 */
struct arrears_back {
    struct city *city;
    const struct scope *scope;
    int64_t county, household;
    str programme;
    int64_t fen;
    day on;
    str words; /* how: 银行转账、交到乡镇财政专户 */
};
MUST_CHECK enum rc arrears_paid_back(const struct arrears_back *b, int64_t *left, struct err *err);

/* ---- inside pay ------------------------------------------------------------------------------- */

/* What is paid by now for one amount of a month: the visible run's award, with the back-pay and recovery that
 * was decided since. Asked inside a change it says whether a line that was found is still so. */
struct arrears_key {
    int64_t county, household, person;
    str programme;
    month month;
};
MUST_CHECK enum rc arrears_paid_now(struct conn *c, const struct arrears_key *k, int64_t *fen,
                                    struct err *err);

/* The desk's task to decide a job's open lines: put with their number, or ended when none is left, and then
 * the job is closed. Inside a change. */
MUST_CHECK enum rc arrears_task(struct change *c, const struct city *city, int64_t job_id,
                                day today, struct err *err);

#endif
