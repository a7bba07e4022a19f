/*
 * The canonical encoding of what a determination follows from; docs/determination-hash.md says it in
 * words. A change here is a new ENGINE_VERSION. Inside pay/ only.
 */
#ifndef HUIMIN_PAY_CANON_H
#define HUIMIN_PAY_CANON_H

#include "eval/bind.h"
#include "vault/vault.h"

/* Every value of every parameter that a program was bound with. */
void canon_binding(struct sm3 *h, const struct binding *bind, uint8_t out[VAULT_HASH]);

/* The household: its own and its members' facts, what was paid last. `row` is its place in the
 * block, `persons` its members' ids. */
struct canon_household {
    const struct binding *bind;
    const struct block *block;
    size_t row;
    int64_t county, household;
    const int64_t *persons;
};
void canon_facts(struct sm3 *h, const struct canon_household *k, uint8_t out[VAULT_HASH]);

struct canon_result {
    const char *rule_hash;
    const uint8_t *binding, *facts; /* the two hashes above */
    month month;
    str programme;
    int64_t person; /* 0: the household */
    str outcome, reasons, carried;
    int64_t fen;               /* AMOUNT_OPEN: open */
    const int64_t *member_fen; /* paid to single members of the household; NULL: not of this unit */
    size_t n_members;
};
void canon_result(struct sm3 *h, const struct canon_result *r, uint8_t out[VAULT_HASH]);

/* The results of everybody in a block, of one policy after the other. */
void canon_block(struct sm3 *h, const struct binding *bind, const struct block *b,
                 const struct policy_result *results, const int64_t *households);

#endif
