/*
 * What a decision does. The rules say what a household or person gets; whoever decides grants that or
 * refuses it, with reasons, and never invents an amount. What is granted becomes an enrolment and a
 * decided amount, what is stopped ends, and the family is told in writing.
 */
#ifndef HUIMIN_WORK_EFFECT_H
#define HUIMIN_WORK_EFFECT_H

#include "people/preview.h"
#include "work/case.h"
#include "work/notice.h"

/* One programme for the household or one person, as the rules have it. */
struct case_unit {
    const struct policy *policy;
    int64_t person_id; /* 0: the household */
    const struct trace_unit *unit;
    bool undecided, fits; /* fits: entitled, be it to 0.00 */
    int64_t fen;          /* in all */
    int64_t last_fen;     /* decided for the coming month; without any, paid in the month before */
    bool enrolled;        /* on the day it was asked */
    str enrolled_from;
    int64_t account_id;
};
struct case_proposal {
    month month; /* looked at */
    struct preview preview;
    struct case_unit *units;
    size_t n;
};
/*
 * What the case's rules say of its programmes, on a day, with the facts that wait put over the record: a
 * review or report of a change looks at those that the household is enrolled in. A case that is decided
 * is looked at as its facts were believed when that was recorded, whatever came to light since. In the
 * arena.
 */
MUST_CHECK enum rc case_propose(struct city *city, struct conn *c, const struct case_whole *k,
                                day on, struct arena *a, struct case_proposal *out,
                                struct err *err);
/* The same month and facts for another question. */
MUST_CHECK enum rc case_preview(struct city *city, struct conn *c, const struct case_whole *k,
                                day on, struct arena *a, struct preview *out, struct err *err);

/* An opinion or decision: of each unit whether it is granted. */
struct case_verdict {
    bool grant;    /* anything */
    bool *granted; /* as many as units */
    int64_t fen;   /* of all that is granted */
};
/*
 * Read {grant, programmes} against the rules. RC_RULE: granted what they don't give, or can't tell yet,
 * or another amount; refused without a word what they give. RC_BAD_INPUT: of no such programme.
 */
MUST_CHECK enum rc case_judge(const struct case_whole *k, const struct case_proposal *p,
                              const json_t *data, str text, struct arena *a,
                              struct case_verdict *out, struct err *err);
/* The data of its event. */
json_t *case_verdict_json(const struct case_whole *k, const struct case_proposal *p,
                          const struct case_verdict *v, struct arena *a);

/* Enrolments and money, inside the change. */
MUST_CHECK enum rc effect_decided(struct change *c, const struct case_whole *k,
                                  const struct case_proposal *p, const struct case_verdict *v,
                                  day on, struct err *err);
/* Why a unit is refused: the conditions that failed, in words, and the smallest change. */
str case_reasons(const struct case_unit *u, bool english, struct arena *a);

/* What is other now than it was when the township gave its opinion: sums, and lines of the calculation. */
/* What a line of the calculation is called, to find it again; empty: it isn't compared. */
str case_seen_key(const struct case_unit *u, size_t step, struct arena *a);
struct case_difference {
    str zh, en;
};
size_t case_changed(const struct case_whole *k, const struct case_proposal *p, struct arena *a,
                    struct case_difference **out);

/* Notices of the service for an event, as texts of the day, into the outbox. */
struct case_told {
    enum notice_event on;
    const struct case_proposal *proposal; /* NULL: none */
    const struct case_verdict *verdict;
    str text;   /* of whoever recorded it */
    str papers; /* their names */
    day until;  /* of the supplement */
    str office; /* transferred to */
};
MUST_CHECK enum rc case_tell(struct change *c, struct city *city, const struct case_whole *k,
                             const struct case_told *t, day on, struct arena *a, struct err *err);

/* Is the unit what a notice on that event is about? */
bool case_concerns(const struct case_told *t, size_t i);
/* Names, sum and reasons of what a notice on that event is about. In the arena. */
struct case_about {
    str programmes, reasons;
    int64_t fen;
    size_t n; /* units */
};
struct case_about case_about(const struct case_told *t, struct arena *a);
str case_programmes(const struct case_whole *k,
                    struct arena *a);    /* 低保、特困供养: all it decides on */
str case_day_zh(day d, struct arena *a); /* 2020年12月21日 */
/* 东区民政局, 大渡口街道办事处, 仁和镇人民政府 */
MUST_CHECK enum rc case_office_name(struct conn *c, int64_t division, day on, struct arena *a,
                                    str *out, struct err *err);
/* What the rules say of one programme for one unit of a trace; nothing of what it had. */
struct case_unit case_unit_of(const struct trace_policy *t, const struct trace_unit *u,
                              const int64_t *persons);
/* Is a condition of that name among the reasons of the result? */
bool case_is_reason(const struct determination *d, str name);

/* Without the full stop at its end: to be joined with others. */
str part_of_sentence(str s);
str fen_text(int64_t fen, struct arena *a); /* 1290.00 */

#endif
