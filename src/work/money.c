/* The hook of whoever keeps the money. */
#include "work/money.h"

#include <assert.h>

static const struct money_hook *keeper;

void money_register(const struct money_hook *hook)
{
    keeper = hook;
}

enum rc money_decide(struct change *c, const struct money_decision *d, struct err *err)
{
    assert(keeper != NULL);
    return keeper->decide(c, d, err);
}

enum rc money_decided(struct conn *c, const struct money_asked *q, int64_t *fen, struct err *err)
{
    *fen = -1;
    return keeper == NULL || keeper->decided == NULL ? RC_OK : keeper->decided(c, q, fen, err);
}

enum rc money_determined(struct change *c, const struct money_determined *d, struct err *err)
{
    return keeper == NULL || keeper->determined == NULL ? RC_OK : keeper->determined(c, d, err);
}
