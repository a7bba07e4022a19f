/*
 * Rules told of nobody in particular, in words: what a condition asks, how an amount is reckoned, what a
 * value is. For pages that show the rules themselves; a trace says the same with somebody's numbers in it.
 */
#ifndef HUIMIN_EVAL_OUTLINE_H
#define HUIMIN_EVAL_OUTLINE_H

#include "eval/explain.h"

/* 家庭月人均收入 低于 保障标准. In the arena. */
str outline_condition(const struct expr *e, enum explain_lang lang, struct arena *a);
/* （保障标准 − 人均收入）× 人数，四舍五入到分. Also of yes or no, then as a condition. */
str outline_formula(const struct expr *e, enum explain_lang lang, struct arena *a);
/* 610.00, 20%, 12 个月: of a parameter of that type. */
str outline_value(struct type t, const struct literal *l, enum explain_lang lang, struct arena *a);
/* Whom a payment goes to, or a definition picks out. */
str outline_set(const struct set *set, enum explain_lang lang, struct arena *a);

#endif
