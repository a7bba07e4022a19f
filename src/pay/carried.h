/*
 * What a policy carries over, as it stands in a determination: `first_month_above=2020-09`, several
 * joined by `+`, nothing for what is unknown. Inside pay/ only.
 */
#ifndef HUIMIN_PAY_CARRIED_H
#define HUIMIN_PAY_CARRIED_H

#include "eval/carry.h"

str carried_text(const struct policy *p, const struct carried *list, struct arena *a);
/* One entry a `carry` of the policy. False: it is no such text. What the policy carries no more is
 * passed over. */
MUST_CHECK bool carried_parse(const struct policy *p, str text, struct arena *a,
                              struct carried **out);

/* A value of a fact as it is stored and hashed: 2020-09, 2020-12-01, urban, 1050. */
void fact_text(struct type t, int64_t v, struct sbuf *out);

#endif
