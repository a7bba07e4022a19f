/*
 * The determination of a decided case, kept with what it follows from: the position that the decision looked at,
 * the rules of the day of acceptance, last month's run; its hash is made as a run's (docs/determination-hash.md).
 */
#ifndef HUIMIN_PAY_CASE_PROOF_H
#define HUIMIN_PAY_CASE_PROOF_H

#include "people/people.h"
#include "work/money.h"

/* One unit of a case, inside the change that decides and before it changes anything: the hook of work/money.h. */
MUST_CHECK enum rc case_proof_put(struct change *c, const struct money_determined *d,
                                  struct err *err);

/* What was compared; `first` empty: all is as it is stored. */
struct case_proven {
    int64_t compared, foreign, differences;
    str engine; /* of the foreign ones */
    str first;
};
struct case_asked {
    int64_t county;
    str number;     /* of one case; empty: those decided from day to day, within */
    day from, upto; /* both within */
    int64_t lo, hi; /* divisions where the households lived; 0 to INT64_MAX: all */
    str programme;  /* empty: all */
};
/* Work out again what is stored of decided cases. Everything in the arena. RC_NOT_FOUND: there is no such case,
 * or it keeps no proof, being not decided or by an older program. */
MUST_CHECK enum rc case_prove(const struct city *city, const struct case_asked *asked,
                              struct arena *a, struct case_proven *out, struct err *err);

#endif
