/* What is paid by now for one amount of a month. */
#include "pay/arrears.h"
#include "pay/pay_sql.h"

enum rc arrears_paid_now(struct conn *c, const struct arrears_key *k, int64_t *fen, struct err *err)
{
    char text[8];
    const struct value v[] = {V_INT(k->county), V_TEXT(str_from(month_text(k->month, text))),
                              V_INT(k->household), V_INT(k->person), V_TEXT(k->programme)};
    int64_t award = 0, settled = 0;
    enum rc rc = query_one(c, &stmt_arrears_paid_award, v, 5, &award, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    TRY(query_one(c, &stmt_arrears_paid_before, v, 5, &settled, err));
    *fen = award + settled;
    return RC_OK;
}
