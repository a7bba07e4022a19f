/*
 * The checker: rules_check() runs its passes over the parsed tree, in the order in which each can
 * rely on the one before. What each pass finds is in the file of its name.
 */
#include "lang/check.h"

void rules_check(struct rules *r, struct diags *d)
{
    struct check c = {.r = r, .d = d, .a = r->arena, .unread = d->errors > 0};
    size_t before;

    r->n_exprs = 0;
    check_declarations(&c); /* names, types of fields */
    check_registers(&c);    /* computed fields, lists, facts supposed */
    check_lines(&c);
    check_policy_heads(&c); /* all heads before any body: words may be used in any order */
    check_policy_bodies(&c);
    check_order(&c);
    check_reads(&c);
    check_services(&c);
    check_documents(&c);
    before = d->errors;
    check_places(&c);
    /* Values that were refused would be missed once more. */
    if (!c.unread && d->errors == before)
        check_coverage(&c);
    check_examples(&c);
    check_takings(&c);
    check_manners(&c);
}
