/*
 * Proposals: what a month's run found otherwise than it is decided, for somebody of the county to decide,
 * one by one or many at once. Accepting one decides its amount from its month on, ends the enrolment when
 * it is a stop, and writes the family's notice; the month is then run again. Rejecting one leaves
 * everything as it is: the same is not proposed for that month again.
 *
 * Few of a programme and kind (up to PROPOSALS_SINGLE in a county) are a desk task each; more are one
 * task (a new standard).
 */
#ifndef HUIMIN_PAY_PROPOSAL_H
#define HUIMIN_PAY_PROPOSAL_H

#include "guard/guard.h"

enum { PROPOSALS_SINGLE = 20, PROPOSALS_COUNT_MOST = 10000 };

struct proposal {
    int64_t county_code, proposal_id;
    month month;                     /* first found for it: from which on an acceptance decides */
    int64_t household_id, person_id; /* the enrolled unit; person 0: the household */
    str programme, kind;             /* add, raise, cut, stop */
    int64_t old_fen, new_fen, difference;
    str amounts; /* the lines of new_fen: "0=28000", "1001=60000+2001=60000" */
    str outcome; /* the outcome's name; "gone": the unit is there no more */
    str reasons; /* names joined by + */
    int64_t division;
    str state; /* open, accepted, rejected, void */
    bool batch;
    int64_t job_id;
    str decided_by, words; /* empty while open */
    day decided_on;        /* 0 while open */
    int64_t head_id;
    str head, person; /* names; person empty when it is the household's */
};

enum proposal_order { PROPOSALS_BY_ID, PROPOSALS_BY_DIFFERENCE, PROPOSALS_BY_DIVISION };

struct proposal_query {
    const struct city *city;
    const struct scope *scope;
    str programme, kind; /* empty: all */
    str state;           /* empty: open */
    month month;         /* 0: all */
    int64_t division;    /* all below it; 0: all that the scope sees */
    enum proposal_order order;
    bool down;                                   /* the largest first */
    bool behind;                                 /* go on behind this key: */
    int64_t after_value, after_county, after_id; /* value: the id, difference or division */
    int limit;
};
/* What the scope may see: its divisions, lines and, for a village worker, households. In the arena. */
MUST_CHECK enum rc proposals_read(const struct proposal_query *q, struct conn *c, struct arena *a,
                                  struct proposal **out, size_t *n, bool *more, struct err *err);
/* Exact up to PROPOSALS_COUNT_MOST. */
MUST_CHECK enum rc proposals_count(const struct proposal_query *q, struct conn *c, int64_t *n,
                                   bool *exact, struct err *err);
/* The key to go on behind. */
int64_t proposal_value(const struct proposal *p, enum proposal_order order);

/*
 * The month from which an acceptance decides: its own, or the first after it whose list is not frozen
 * in the county, since what is frozen is paid as it stands.
 */
MUST_CHECK enum rc proposal_begins(struct conn *c, const struct proposal *p, month *out,
                                   struct err *err);
/* Without a look at who reads. RC_NOT_FOUND. */
MUST_CHECK enum rc proposal_find(struct conn *c, int64_t county, int64_t id, struct arena *a,
                                 struct proposal *out, struct err *err);

/* The outcome and reasons in words of the rules. */
str proposal_outcome(const struct rules *r, const struct proposal *p, bool english,
                     struct arena *a);
str proposal_reasons(const struct rules *r, const struct proposal *p, bool english, str between,
                     struct arena *a);
const char *proposal_kind_label(str kind, bool english);

struct notice;
/* The notice that an acceptance would write, as it would be sent. text.n == 0: nobody is left to tell. */
struct proposal_letter {
    str title, title_en, text;
    unsigned channels; /* of enum notice_channel */
    const struct notice
        *notice; /* the same, not stored: for its paper (work/paper.h); in the arena */
};
MUST_CHECK enum rc proposal_letter(struct conn *c, const struct city *city,
                                   const struct proposal *p, day today, struct arena *a,
                                   struct proposal_letter *out, struct err *err);

/* What lies open, by part of the division asked for, programme and kind. */
struct proposal_sum {
    int64_t division; /* of the part: counties of a city, townships of a county, villages */
    str programme, kind;
    int64_t n, old_fen, new_fen;
};
/* By the query's month, programme, kind and division; the rest of it is not asked. */
MUST_CHECK enum rc proposals_sums(const struct proposal_query *q, struct conn *c, struct arena *a,
                                  struct proposal_sum **out, size_t *n, struct err *err);

/* ---- deciding ------------------------------------------------------------------------------- */

struct proposal_ref {
    int64_t county, id;
};
struct proposal_choice {
    struct city *city;
    const struct scope *scope;
    const struct proposal_ref *refs; /* NULL: all open ones of the filter */
    size_t n;
    const struct proposal_query *filter; /* its programme, kind, month and division */
    bool accept;
    str words; /* why; goes into the record and, for a rejection, nowhere else */
    day today;
    /* Told after each slice; false: stop here. What was decided stays; called again it goes on. */
    bool (*go_on)(void *ctx, int64_t decided);
    void *ctx;
};
struct proposal_result {
    int64_t decided, notices, fen; /* fen: what a month's sum changes by */
    int64_t settled;               /* were not open any more */
    int64_t related;               /* left out: the decider's own household, or a relative's */
};
/*
 * In slices of short changes. Deciding again what is decided changes nothing. RC_FORBIDDEN: the scope
 * does not decide for that line and county; RC_RULE: all of them are of the decider's own household or a
 * relative's; RC_NOT_FOUND: one of refs does not exist or may not be seen.
 */
MUST_CHECK enum rc proposals_settle(const struct proposal_choice *choice, struct arena *a,
                                    struct proposal_result *out, struct err *err);

/* ---- one by one, in a change of the county ----------------------------------------------------- */

struct proposal_tasks;
/*
 * Put what is found outside a run: month to reasons and division of *p, and its state: open, or accepted with
 * decided_by, decided_on and words (then take it too). One that is open for the unit and programme is
 * kept when it says the same, else void. An open one gets its task; one that was rejected for the month with
 * the same amounts is not put again. Sets proposal_id (0: none) and batch. *made: there is one more.
 */
MUST_CHECK enum rc proposal_put(struct change *c, const struct rules *r, struct proposal_tasks *ids,
                                struct proposal *p, day today, bool *made, struct err *err);
/* What is open for the unit and programme is void; that was found for the month or a later one. */
MUST_CHECK enum rc proposal_drop(struct change *c, const struct rules *r,
                                 struct proposal_tasks *ids, int64_t household, int64_t person,
                                 str programme, day today, struct err *err);
MUST_CHECK enum rc proposal_drop_from(struct change *c, const struct rules *r,
                                      struct proposal_tasks *ids, int64_t household, int64_t person,
                                      str programme, month from, day today, struct err *err);
/* What an acceptance does, from the month of *p on: amounts, end of the enrolment, notice. */
MUST_CHECK enum rc proposal_take(struct change *c, struct city *city, const struct proposal *p,
                                 day today, int *notices, struct err *err);

/* ---- inside pay ----------------------------------------------------------------------------- */

/* Ids for the tasks of one change, up to PROPOSAL_TASKS; the same when it is made again. Far below those
 * that are made by a clock. */
enum { PROPOSAL_TASKS = 100000 };
struct proposal_tasks {
    int64_t next; /* begins with 0 */
};
/* The desk's task for those of a programme and kind that are decided as one batch: put with their
 * number, or ended when there is none left. */
MUST_CHECK enum rc proposal_batch_task(struct change *c, const struct rules *r,
                                       struct proposal_tasks *ids, str programme, str kind,
                                       day today, struct err *err);
/* The desk's task of a single one. */
MUST_CHECK enum rc proposal_task(struct change *c, const struct rules *r,
                                 struct proposal_tasks *ids, const struct proposal *p, day today,
                                 struct err *err);
/* Of a programme and kind there are more open by now than are a task each: one task for all. After
 * proposal_put() of many. */
MUST_CHECK enum rc proposals_gather(struct change *c, const struct rules *r,
                                    struct proposal_tasks *ids, day today, struct err *err);
MUST_CHECK enum rc proposal_task_end(struct change *c, str programme, str kind, int64_t id,
                                     day today, struct err *err);
/* The written notice of an accepted one, into the outbox. *made: how many (1, or 0 for a stop of a
 * unit without anybody left to tell). */
MUST_CHECK enum rc proposal_notice(struct change *c, struct city *city, const struct proposal *p,
                                   day today, int *made, struct err *err);

#endif
