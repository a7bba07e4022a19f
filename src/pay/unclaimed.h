/*
 * Rights that nobody claims: who qualifies and is not enrolled (kept by continuous.h), as the village worker
 * goes to see them: what papers would be needed, what is on record already, what nobody knows yet; and what
 * came of the visit. Who does not want to is not asked again for half a year.
 */
#ifndef HUIMIN_PAY_UNCLAIMED_H
#define HUIMIN_PAY_UNCLAIMED_H

#include "guard/guard.h"

enum { UNCLAIMED_REST_MONTHS = 6 }; /* assumed: no law says when to ask again */

enum paper_way { PAPER_BROUGHT, PAPER_FETCHED, PAPER_PROMISED, PAPER_ON_RECORD };
const char *paper_way_word(enum paper_way w); /* brought, fetched, promised, on_record */

struct unclaimed_paper {
    const struct service_paper *paper;
    enum paper_way way;
    day since; /* on record: when it was taken in last */
};
/* A fact that the service's form asks for and nobody knows of the household or of some members. */
struct unclaimed_fact {
    const struct field *field;
    int64_t members; /* of whom it is not known; 0: the household's */
};
struct unclaimed {
    int64_t county, household, person; /* person 0: the household */
    str programme;
    int64_t division;
    month month;    /* first for which it qualifies */
    int64_t fen;    /* a month; -1: open */
    day since;      /* found first */
    str state;      /* empty: nobody went there; visited, wants, declined, away */
    str words, who; /* of the visit */
    day until, on;  /* declined: not asked before; day of the visit */
    int64_t version;
    /* unclaimed_detail() */
    str head, name; /* the head's; the person's, empty: the household */
    int64_t head_id, members;
    const struct service *service; /* by which it is applied for; NULL: none */
    VEC(struct unclaimed_paper) papers;
    VEC(struct unclaimed_fact) facts;
};

struct unclaimed_query {
    const struct city *city;
    const struct scope *scope;
    int64_t division; /* 0: all that the scope sees */
    str programme;    /* empty: all */
    bool declined;    /* those who don't want to, and may not be asked yet, as well */
    int limit;
    struct unclaimed_after { /* keyset: behind this row; county 0: from the start */
        int64_t county, division;
        str programme;
        int64_t household, person;
    } after;
};
/* In the order of county, division, programme, household. In the arena. */
MUST_CHECK enum rc unclaimed_read(const struct unclaimed_query *q, struct conn *c, struct arena *a,
                                  struct unclaimed **out, size_t *n, bool *more, struct err *err);
/* By village: how many, and to how many nobody went. */
struct unclaimed_count {
    int64_t county, division, n, unvisited;
};
MUST_CHECK enum rc unclaimed_counts(const struct unclaimed_query *q, struct conn *c,
                                    struct arena *a, struct unclaimed_count **out, size_t *n,
                                    struct err *err);
/* Names, papers and facts of one row. */
MUST_CHECK enum rc unclaimed_detail(const struct city *city, struct conn *c, day today,
                                    struct arena *a, struct unclaimed *u, struct err *err);

/*
 * What came of a visit. RC_BAD_INPUT: another state, or `declined` without words; RC_NOT_FOUND: no such
 * right, or out of sight; RC_CONFLICT: somebody wrote one since `version`; RC_FORBIDDEN: no role that
 * visits households of the line. *out: the new version.
 */
struct unclaimed_said {
    int64_t county, household, person;
    str programme, state, words;
    int64_t version;
};
MUST_CHECK enum rc unclaimed_visit(struct city *city, const struct scope *s,
                                   const struct unclaimed_said *said, int64_t *out,
                                   struct err *err);

/* One task a village on the desk of its workers: how many nobody went to; it ends when there are none.
 * Called once a day and after visits; what is right already is not written. */
MUST_CHECK enum rc unclaimed_tasks(struct city *city, int64_t county, day today, struct err *err);

#endif
