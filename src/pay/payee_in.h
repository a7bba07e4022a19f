/* What the files of payees share. Inside pay/ only. */
#ifndef HUIMIN_PAY_PAYEE_IN_H
#define HUIMIN_PAY_PAYEE_IN_H

#include "pay/payee.h"

/* A row as payee_find and its like give it, all but the account, whose sealed text and look-up are
 * given back; in the arena. */
struct payee payee_row(const struct query *q, int64_t county, struct arena *a, str *sealed,
                       str *lookup);

#endif
