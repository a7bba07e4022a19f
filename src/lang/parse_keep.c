/*
 * How long what is declared here is kept.
 */
#include "lang/parse.h"

bool at_kept(const struct parser *p)
{
    return at_word(p, "kept") && peek_at(p, 1) == T_INT;
}

static bool take_unit(struct parser *p, enum keep_unit *out)
{
    if (got(p, W_YEARS) || got(p, W_YEAR))
        *out = KEEP_YEARS;
    else if (got(p, W_MONTHS) || got(p, W_MONTH))
        *out = KEEP_MONTHS;
    else if (got(p, W_DAYS) || got_word(p, "day"))
        *out = KEEP_DAYS;
    else
        expected(p, "years, months or days");
    return !p->panic;
}

/*
 *| kept     = "kept" INT ( "years" | "year" | "months" | "month" | "days" | "day" )
 *|            "after" [ "the" "year" "of" ] "its" "end" {basis}
 */
void parse_kept(struct parser *p, struct keep *out)
{
    struct keep keep = {0};
    size_t first = p->pos;

    mark_line(p, 2, TABLE_NONE);
    take(p);
    int64_t n = take_int(p, "a number of years, months or days");
    if (!p->panic && take_unit(p, &keep.unit) && want(p, W_AFTER)) {
        if (got_word(p, "the")) {
            want(p, W_YEAR);
            want(p, W_OF);
            keep.year_of = true;
        }
        if (want_word(p, "its"))
            want_word(p, "end");
    }
    keep.at = span_from(p, first);
    if (out->n)
        parse_fault(p, 110, keep.at, "kept stands here for the second time");
    if (!p->panic && (n < 1 || n > 999)) {
        struct diag *g = parse_fault(p, 107, keep.at, "kept for %lld", (long long)n);
        diag_help(g, p->d, "something is kept for 1 to 999 years, months or days");
        n = 1;
    }
    bool well = !p->panic;
    take_basis(p, &keep.basis, BESIDE);
    keep.n = (int)n;
    if (well)
        *out = keep;
}
