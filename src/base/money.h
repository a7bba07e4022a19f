/*
 * Money and exact numbers. Money is int64 fen. No floating point anywhere near it. A `rat` is an
 * exact fraction of 128-bit integers, always in lowest terms with den > 0; each operation says
 * whether it fitted (of a sum, the products of numerator and denominator must fit as well).
 */
#ifndef HUIMIN_BASE_MONEY_H
#define HUIMIN_BASE_MONEY_H

#include "base/str.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

typedef struct {
    i128 num, den;
} rat;

rat rat_int(int64_t n);
rat rat_of(i128 num, i128 den);                  /* den != 0; reduced it must fit */
MUST_CHECK bool rat_add(rat a, rat b, rat *out); /* false: does not fit in 128 bits */
MUST_CHECK bool rat_sub(rat a, rat b, rat *out);
MUST_CHECK bool rat_mul(rat a, rat b, rat *out);
MUST_CHECK bool rat_div(rat a, rat b, rat *out); /* also false when b is 0 */
MUST_CHECK bool rat_cmp(rat a, rat b, int *out); /* -1, 0, 1 */
bool rat_is_int(rat a);

enum rounding { ROUND_HALF_UP, ROUND_UP, ROUND_DOWN };
/*
 * To a whole multiple of `unit` (fen: 1, jiao: 10, yuan: 100). A tie goes up (towards +infinity),
 * as does UP; DOWN goes towards -infinity.
 */
MUST_CHECK bool rat_round(rat a, enum rounding how, int64_t unit, rat *out);
MUST_CHECK bool rat_fen(rat a, int64_t *out); /* whole and within int64 */

/* "1,234.56" or "1234.56"; `group` chooses the thousands separators. out holds 32 bytes. */
char *money_text(int64_t fen, bool group, char out[32]);
bool money_parse(str s, int64_t *fen); /* [-]digits[.d[d]], no separators */
/* A fraction of fen for people, in yuan: exact when it ends ("410.5", "0.125"), else "3 1/3". */
str rat_yuan_text(struct arena *a, rat fen);
/* A bare exact fraction: "1.5", "12", "2/3". */
str rat_text(struct arena *a, rat v);

#endif
