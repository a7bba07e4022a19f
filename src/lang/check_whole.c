/*
 * Can an amount have parts of a fen? Facts, parameters and literals of money are whole; a rate or a
 * division may leave parts; only rounding takes them away.
 */
#include "lang/check.h"

bool expr_whole(const struct expr *e)
{
    if (e->op == E_ROUND)
        return true;
    if (e->type.kind == K_RATE)
        return false;
    switch (e->op) {
    case E_ADD:
    case E_SUB:
    case E_MUL:
    case E_AT_LEAST:
    case E_AT_MOST:
    case E_IF_UNKNOWN:
    case E_IF_NONE:
        return expr_whole(e->a) && expr_whole(e->b);
    case E_SUM:
    case E_HIGHEST:
    case E_LOWEST:
        return expr_whole(e->a);
    case E_FIELD:
        return !e->field->value || e->field->whole;
    case E_DEF:
        return e->def->whole;
    case E_DIV:
        return false;
    default:
        return true;
    }
}

bool def_whole(const struct def *def)
{
    if (def->form == DEF_VALUE)
        return expr_whole(def->value);
    for (size_t i = 0; i < def->n_cases; i++)
        if (!expr_whole(def->cases[i].value))
            return false;
    return true;
}
