/* When the county must have been at the family's home before a case is decided. */
#include "work/case_in.h"

enum rc case_visit_missing(struct conn *c, const struct case_whole *k, day on,
                           struct case_words *out, struct err *err)
{
    const struct service *s = k->ground.service;
    struct staff_tie *ties = NULL;
    size_t n = 0;

    *out = (struct case_words){0};
    if (s->visits_at.to == 0 || k->ground.elsewhere || k->state->decision.seq != 0)
        return RC_OK;
    if (k->state->visit_owed) {
        *out = (struct case_words){
            "有异议或投诉举报，作出决定前须由县级入户核查。",
            "there was an objection or a complaint: the county visits the family before it is "
            "decided"};
        return RC_OK;
    }
    if (!s->visits_for_relatives || k->state->visits > 0)
        return RC_OK;
    struct arena a = {0};
    enum rc rc =
        household_related(c, k->row.county_code, k->row.household_id, on, &a, &ties, &n, err);
    arena_deinit(&a);
    if (rc == RC_OK && n > 0)
        *out = (struct case_words){
            "家庭成员是工作人员本人或其近亲属（已备案），作出决定前须由县级入户核查。",
            "a member is of the staff or a relative on record: the county visits the family "
            "before it is decided"};
    return rc;
}
