/*
 * The statutory figures of a month, by village and programme: who was on a programme on the month's eve and
 * on its last day, who came in and went out and why, how many of them are women, minors, elders, disabled,
 * rural, and what was paid. As is believed now: a change recorded later changes the figures of the month
 * that it is about.
 *
 * A household stands in the figures of the village where it lives. Whoever moves goes out there and comes in
 * here; of a county or the city these are the sums of its villages' moves, those within it included.
 * Start + in - out = end holds in each line; a county's line is the sum of its villages'.
 */
#ifndef HUIMIN_PAY_FIGURES_H
#define HUIMIN_PAY_FIGURES_H

#include "guard/guard.h"

enum figure {
#define FIGURE(name, kind, zh, en) FIGURE_##name,
#include "pay/figure.def"
#undef FIGURE
    FIGURE__COUNT
};
enum figure_kind { FIGURE_HOUSEHOLDS, FIGURE_PERSONS, FIGURE_OF, FIGURE_PAID, FIGURE_FEN };
const char *figure_word(enum figure f); /* "households_start" */
const char *figure_label(enum figure f, bool english);
enum figure_kind figure_kind(enum figure f);
enum figure figure_find(str word); /* FIGURE__COUNT: there is none */

enum figure_gap {
#define GAP(name, zh, en) GAP_##name,
#include "pay/figure_gap.def"
#undef GAP
    GAP__COUNT
};
const char *figure_gap_word(enum figure_gap g);
const char *figure_gap_label(enum figure_gap g, bool english);
enum figure_gap figure_gap_find(str word); /* GAP__COUNT: there is none */

struct figure_line {
    int64_t division; /* the village as it is called now */
    const struct policy *policy;
    int rank;                 /* of the programme among those of the rules */
    int64_t n[FIGURE__COUNT]; /* counts; fen */
    int64_t gap[GAP__COUNT];  /* households */
};
/* Why units were stopped, of a county. */
struct figure_stop {
    int64_t county;
    const struct policy *policy;
    str zh, en; /* the reasons in words of the rules; empty: nothing is on record */
    int64_t households, persons;
};
struct figures {
    month month;
    struct figure_line *lines; /* by division, then in the order of the rules */
    size_t n_lines;
    struct figure_stop *stops;
    size_t n_stops;
    int64_t counties, not_run; /* looked at; of them without a visible run: nothing is paid there */
};

/* A household and programme that adds to a line: to be listed. */
struct figure_item {
    int64_t county, household;
    int64_t division;
    const struct policy *policy;
    const int64_t *n;   /* FIGURE__COUNT numbers that it adds */
    const int64_t *gap; /* GAP__COUNT */
};
struct figures_query {
    const struct city *city;
    const struct scope *scope;
    month month;
    int64_t division;                                     /* within the scope's */
    void (*item)(void *ctx, const struct figure_item *i); /* NULL: nobody is told */
    void *ctx;
    const struct policy *only; /* NULL: every programme */
};
/*
 * In the arena. Of the scope's lines. RC_NOT_FOUND: the division is not within; RC_FORBIDDEN: a scope of
 * assigned households. Asserts that each line adds up.
 */
MUST_CHECK enum rc figures_read(const struct figures_query *q, struct arena *a, struct figures *out,
                                struct err *err);

/* Summed up to a level, in the same order. In the arena. */
size_t figures_sum(const struct figures *f, enum place_level level, struct arena *a,
                   struct figure_line **out);
/* Do start, in, out and end of the line agree? */
bool figure_adds_up(const struct figure_line *l);

#endif
