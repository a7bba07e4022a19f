/* The law of the day of acceptance: rule sets by their hash, kept by the process. */
#include "people/then.h"
#include "work/case_in.h"

enum rc case_rules(struct city *city, struct conn *c, str hash, const struct rules **out,
                   struct err *err)
{
    if (!str_eq(hash, str_from(city->rule_hash)))
        return rules_then(c, hash, out, err);
    *out = city->rules;
    return RC_OK;
}
