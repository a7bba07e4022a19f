/* What the files of batches share. Inside pay/ only. */
#ifndef HUIMIN_PAY_BATCH_IN_H
#define HUIMIN_PAY_BATCH_IN_H

#include "pay/batch.h"

/* A batch's row as the statements batch_find, batch_list … give it. */
struct batch batch_row(const struct query *q, int64_t county, struct arena *a);
/* A line of the statement batch_digest_lines as it goes into the batch's digest; `state`: as it was when it
 * was frozen. */
void batch_hash_line(struct sm3 *h, const struct query *q, str state);
/* Without a look at who reads. RC_NOT_FOUND. */
MUST_CHECK enum rc batch_find(struct conn *c, int64_t county, int64_t batch_id, struct arena *a,
                              struct batch *out, struct err *err);
/* RC_FORBIDDEN, RC_NOT_FOUND: may it do one of these (ROLE_BITs) for the county? */
MUST_CHECK enum rc batch_may(const struct scope *s, unsigned roles, int64_t county,
                             struct err *err);
/* Does it see the county's batches? A county's or the city's office. */
bool batch_sees(const struct scope *s, int64_t county);

/* Tasks of the townships for lines in a state (failed, held), inside a change. Many at once in one
 * township are one task. */
MUST_CHECK enum rc batch_tasks(struct change *c, const struct city *city, int64_t batch_id,
                               str number, const char *state, day today, struct err *err);
/* A line was put right: its task ends, or its township's when nothing is left. */
MUST_CHECK enum rc batch_task_end(struct change *c, int64_t batch_id, int64_t seq, int64_t division,
                                  day today, struct err *err);
/* The open lines of a payee whose account was put right are mended; programme empty: of all. */
MUST_CHECK enum rc batch_mend_payee(struct change *c, int64_t payee_id, str programme, day today,
                                    int64_t *mended, struct err *err);

#define PAYERS (ROLE_BIT(ROLE_PAYER) | ROLE_BIT(ROLE_OFFICER))

#endif
