/*
 * What offices have in hand and what they have done: cases counted by office, service and step. Every number
 * is the length of a list that case_list() gives (case_query: office or division, service, step, clock,
 * closed, in_time), counted over the same rows.
 */
#ifndef HUIMIN_WORK_REPORT_H
#define HUIMIN_WORK_REPORT_H

#include "work/case.h"

struct report_line {
    int64_t open, late, warned, due_today, paused; /* now; late ones are not among the warned */
    int64_t done, in_time;                         /* closed in the month; not after their limit */
    int64_t days; /* that those took from acceptance to closing, in all */
    int64_t limited,
        limit_days; /* those of them that have a limit; the days it gave them, in all */
};
struct report_row {
    int64_t division; /* a part of the division asked for, with what lies below */
    bool own;         /* or the division's own office alone */
    struct report_line line;
};
struct report_service {
    str service, step; /* step empty: the service as a whole */
    struct report_line line;
};
struct report {
    int64_t division;
    month month;
    struct report_row *rows; /* by code, the own office first; none that is all zero */
    size_t n_rows;
    struct report_service *services; /* by name; each followed by its steps that have open cases */
    size_t n_services;
    struct report_line sum;
};
/*
 * Of a division within the scope's, of the scope's lines. service empty: all. In the arena. RC_NOT_FOUND:
 * the division is not within. A scope of assigned households counts nothing: RC_FORBIDDEN.
 */
MUST_CHECK enum rc report_read(const struct scope *s, struct conn *c, int64_t division, month m,
                               str service, struct arena *a, struct report *out, struct err *err);

/* Somebody of an office and the offices above it, with one role; several times with several. In the arena. */
struct report_person {
    str name, login;
    int64_t division;
    enum role role;
    str line;
};
MUST_CHECK enum rc report_people(struct conn *c, int64_t division, struct arena *a,
                                 struct report_person **out, size_t *n, struct err *err);

#endif
