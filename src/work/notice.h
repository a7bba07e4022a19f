/*
 * The outbox: what families are told, as it was decided. A notice has its text from the day it was made,
 * and goes out by paper (printed, handed over or posted), page (the citizen's) or message (a file for
 * the sender of short messages), each marked when it went.
 */
#ifndef HUIMIN_WORK_NOTICE_H
#define HUIMIN_WORK_NOTICE_H

#include "work/desk.h"

struct notice {
    int64_t county_code, notice_id;
    int64_t case_id, household_id, person_id; /* case 0: of no case */
    int64_t division;                         /* the office that hands it over */
    str kind;                /* on: accept, supplement, grant, refusal, change, stop, transfer */
    str title;               /* 不予批准通知书 */
    str text;                /* what it says, whole */
    unsigned channels, sent; /* of enum notice_channel */
    day made, due;           /* due: must have gone out by; 0: no limit */
    int64_t version;
    str line;
    str subject;  /* whom it is for: the head's or person's name */
    str title_en; /* for the desk's task; not stored */
    day warn;     /* of the task; 0: the due day */
    bool by_step; /* a step of the case is the task to hand it over: none of its own */
    const struct notice_about *about; /* of no case: what it says in figures; NULL: nothing kept */
};
/* What a notice of no case is about, kept so that its paper can show the calculation. */
struct notice_about {
    str programme; /* the policy's name */
    month from;
    int64_t old_fen, fen;
    str reasons;
    str rule_hash;    /* rules in force then */
    int64_t position; /* the change that decided it; notice_put() fills it in */
};
/* programme.n == 0: nothing was kept. */
MUST_CHECK enum rc notice_about_read(struct conn *c, int64_t county, int64_t notice_id,
                                     struct arena *a, struct notice_about *out, struct err *err);
/*
 * Inside a change. Makes the id; paper notices get a desk task (unless by_step) of the kind "notice" with the notice's id
 * as its ref. A notice waits until it went out by paper and as a message, as far as it has these; the
 * citizen's page shows it from the day it was made, nobody has to send it there.
 */
MUST_CHECK enum rc notice_put(struct change *c, struct id_source *ids, struct notice *n,
                              struct err *err);
/* {names} in a service's or a proposal's text replaced; what is not given becomes nothing. */
struct notice_word {
    const char *name; /* "household" */
    str text;
};
str notice_fill(str text, const struct notice_word *words, size_t n, struct arena *a);
/*
 * It went out by one of its channels, on a day, in words how (本人签收). Ends the desk's task when it was
 * paper. RC_NOT_FOUND; RC_BAD_INPUT: not one of its channels, before it was made; RC_CONFLICT: it went
 * by that channel before.
 */
MUST_CHECK enum rc notice_sent(struct change *c, int64_t notice_id, unsigned channel, day on,
                               str how, struct err *err);
/*
 * The family was told what was decided, in a way that somebody put in words (当面送达). Every notice of
 * the case on a grant, refusal, change or stop that goes out this way and did not yet, went. What is on
 * paper and went by no paper (电话告知) gets its task on the desk now: it is still owed.
 */
MUST_CHECK enum rc notice_told(struct change *c, int64_t case_id, str way, day on, str how,
                               struct err *err);

/* Reading without a look at who reads; in the arena. RC_NOT_FOUND. */
MUST_CHECK enum rc notice_find(struct conn *c, int64_t county, int64_t notice_id, struct arena *a,
                               struct notice *out, struct err *err);
MUST_CHECK enum rc notices_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                                   struct notice **out, size_t *n, struct err *err);
MUST_CHECK enum rc notices_of_household(struct conn *c, int64_t county, int64_t household,
                                        struct arena *a, struct notice **out, size_t *n,
                                        struct err *err);
/* May it be seen by the scope: its line, its office's division, assigned households? */
MUST_CHECK enum rc notice_seen(const struct scope *s, struct conn *c, const struct notice *n,
                               bool *out, struct err *err);
struct notice_way {
    unsigned channel;
    day on;
    str how, who;
};
MUST_CHECK enum rc notice_ways(struct conn *c, int64_t county, int64_t notice_id, struct arena *a,
                               struct notice_way **out, size_t *n, struct err *err);
const char *notice_channel_name(unsigned channel); /* paper, page, message */
unsigned notice_channel_find(str name);            /* 0: none of that name */

/* The notices of a scope: waiting ones by due day, those that are out the latest first. */
struct notice_query {
    const struct scope *scope;
    bool gone;        /* those that are out, instead of those that wait */
    str line, kind;   /* empty: all */
    unsigned channel; /* that it must still go out by; 0: whichever */
    day after_due;    /* keyset: behind this one */
    int64_t after_id; /* 0: from the start */
    int limit;
};
MUST_CHECK enum rc notice_list(const struct notice_query *q, struct conn *c, struct arena *a,
                               struct notice **out, size_t *n, bool *more, struct err *err);
/* How many there are without the filters by kind and channel; *exact false beyond 10,000 a county. */
MUST_CHECK enum rc notice_count(const struct notice_query *q, struct conn *c, int64_t *n,
                                bool *exact, struct err *err);

/*
 * All notices that wait to go out as messages, of one county or of all (county 0), into a CSV file for
 * the sender of short messages: notice, phone, text. Phones are opened for this only; the changes that
 * mark the notices as sent record it. Those without a phone on record keep waiting and are counted. The
 * file is whole on disk before anything is marked, so that after a failure a message may go out twice
 * but none is lost.
 */
struct message_file {
    const char *path;
    int64_t county;
    day today;
    int64_t written, without_phone; /* out */
};
MUST_CHECK enum rc notice_messages(struct city *city, struct message_file *m, struct err *err);

#endif
