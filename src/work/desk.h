/*
 * What is to be done: one row a task, whatever it comes from (a case's step, a proposal on money, papers
 * that must follow, a notice to hand over). A task belongs to the division whose office must act and to a
 * role; it is ended, never deleted. The desk is a query over it.
 */
#ifndef HUIMIN_WORK_DESK_H
#define HUIMIN_WORK_DESK_H

#include "work/clock.h"

struct task {
    int64_t county_code, task_id;
    str kind;        /* step, proposal, papers, notice, review */
    int64_t case_id; /* 0: of no case */
    int64_t ref_id;  /* proposal, notice; 0 */
    str step;        /* the step's name */
    int64_t household_id, person_id;
    int64_t division; /* twelve digits of the office that must act */
    enum role role;
    str line;
    str title, title_en;   /* the next click: 入户调查 */
    str subject;           /* who it is about: the head's or person's name */
    day opened, due, warn; /* due 0: no limit */
    bool unsure;           /* due lies in a year without a calendar */
    bool paused;
    day ended;               /* 0: open */
    int64_t batch;           /* tasks that one decision may end together; 0: none */
    enum deadline_unit unit; /* in which its time is counted, for deadline_left() */
};

/* Amber: 80 % of the time has gone; red: it is late. A clock that stands still shows grey. */
enum light { LIGHT_GREY, LIGHT_AMBER, LIGHT_RED };
enum light light_of(day today, day warn, day due, bool paused);
const char *light_name(enum light l); /* grey, amber, red */

/*
 * Inside a change of the county. A task with the same kind, case, ref and step that is open is replaced
 * and keeps its id; else t->task_id is made when it is 0. Sets county_code and task_id. RC_BAD_INPUT: a
 * kind not named above.
 */
MUST_CHECK enum rc task_put(struct change *c, struct task *t, struct err *err);
MUST_CHECK enum rc task_end(struct change *c, str kind, int64_t case_id, int64_t ref_id, str step,
                            day ended, struct err *err);
/* All open ones of a case that is closed, but those of notices: they must still be handed over. */
MUST_CHECK enum rc task_end_case(struct change *c, int64_t case_id, day ended, struct err *err);
/* The open tasks of a case, by due day. In the arena; without a look at who reads. */
MUST_CHECK enum rc tasks_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                                 struct task **out, size_t *n, struct err *err);

/*
 * The desk of a scope: its divisions and lines, by due day, those without a limit last. A scope that
 * sees assigned households only gets theirs and what is about no household.
 */
struct desk_query {
    const struct scope *scope;
    str line, kind, q; /* empty: all; q: part of whom it is about, or of the title */
    bool mine_only;    /* only what the scope's own roles do */
    bool ended_today;  /* instead: what was done today */
    day after_due;     /* keyset: behind this task */
    int64_t after_id;
    int limit;
    day until; /* only what is due by then: with today, what was not done in time; 0: all */
};
MUST_CHECK enum rc desk_read(const struct desk_query *q, struct conn *c, struct arena *a,
                             struct task **out, size_t *n, bool *more, struct err *err);
/* Open tasks: all, at 80 % and not late, late, due today, paused (in none of these three); and those ended
 * today; within the scope. */
struct desk_counts {
    int64_t open, warned, late, due_today, done_today, paused;
    bool exact; /* false: more than 10,000 of a county; the later ones of them were not counted */
};
MUST_CHECK enum rc desk_count(const struct scope *s, struct conn *c, struct desk_counts *out,
                              struct err *err);

/* Members of a household who are relatives of somebody of the staff, for whoever must know who is not to
 * act on it. In the arena. */
struct staff_tie {
    str relation, name; /* what the member is to whom of the staff */
};
MUST_CHECK enum rc household_related(struct conn *c, int64_t county, int64_t household, day on,
                                     struct arena *a, struct staff_tie **out, size_t *n,
                                     struct err *err);

#endif
