/* Random sentences of a wanted kind that the checker takes. */
#include "gen_in.h"

#include <assert.h>
#include <string.h>

/* Brackets where the grammar needs them, or everywhere. */
str wrap(struct gen *g, struct text x, enum prec least)
{
    if (x.prec < least || (g->brackets && x.prec < P_PRIMARY))
        return str_fmt(g->a, "(%.*s)", STR_ARG(x.t));
    return x.t;
}

static bool chance(struct gen *g, int percent)
{
    return rng_percent(&g->rng, percent);
}

static struct text word(struct gen *g, const char *z)
{
    return (struct text){str_dup(g->a, str_from(z)), P_PRIMARY, true, 1};
}

/* ---- words ---------------------------------------------------------------------------------- */

static bool usable(const struct gen *g, struct ctx c, const struct sym *s)
{
    if (c.policy < 0 && (s->policy >= 0 || (s->form == SYM_FIELD && s->member != c.member)))
        return false;
    if (s->member && !c.member)
        return false;
    if (s->form != SYM_PARAM || s->by < 0)
        return true;
    if (g->syms.at[s->by].form == SYM_GROUNDS)
        return c.grounds == s->by;
    return !g->syms.at[s->by].member || c.member;
}

static bool has_value(const struct sym *s)
{
    return s->form == SYM_FIELD || s->form == SYM_PARAM || s->form == SYM_DEF;
}

static str spoken(struct gen *g, struct ctx c, const struct sym *s)
{
    if (s->policy < 0 || s->policy == c.policy)
        return s->name;
    return str_fmt(g->a, "%.*s.%.*s", STR_ARG(g->policies[s->policy].name), STR_ARG(s->name));
}

/* A word of that kind (code `code` unless -1), the newer ones more often. */
static const struct sym *find_word_of(struct gen *g, struct ctx c, enum kind k, int code)
{
    const struct sym *found[256];
    int n = 0;
    for (size_t i = g->syms.n; i-- > 0 && n < 256;) {
        const struct sym *s = &g->syms.at[i];
        if (has_value(s) && s->kind == k && (code < 0 || s->code == code) && usable(g, c, s) &&
            s->cost < COST_MAX)
            found[n++] = s;
    }
    if (n == 0)
        return NULL;
    return found[chance(g, 40) ? rng_below(&g->rng, n < 4 ? n : 4) : rng_below(&g->rng, n)];
}

bool has_kind(struct gen *g, struct ctx c, enum kind k)
{
    struct rng keep = g->rng;
    bool has = find_word_of(g, c, k, -1) != NULL;
    g->rng = keep;
    return has;
}

struct text gen_any_word(struct gen *g, struct ctx c, enum kind k, int *code)
{
    const struct sym *s = find_word_of(g, c, k, *code);
    if (s == NULL)
        return (struct text){0};
    *code = s->code;
    return (struct text){spoken(g, c, s), P_PRIMARY, s->whole, s->cost + 1};
}

static struct text rate_literal(struct gen *g)
{
    struct text x = word(
        g, PICK(g, "30%", "150%", "1.3 times", "12.5%", "0.5 times", "100%", "33%", "2 times"));
    x.whole = false;
    return x;
}

struct text gen_literal(struct gen *g, enum kind k)
{
    bool zero = chance(g, 8);
    switch (k) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        if (chance(g, 2))
            return word(g, PICK(g, "900000000000.00", "99999999999.99"));
        return word(g, zero ? "0"
                            : PICK(g, "0.01", "1.00", "50.00", "100.00", "333.33", "410.00",
                                   "610.00", "1000.00", "12000.00", "0.00"));
    case K_RATE:
        return rate_literal(g);
    case K_COUNT:
        return word(g, zero ? "0" : PICK(g, "1", "2", "3", "4", "5", "7", "18", "70"));
    case K_MONTHS:
        return word(g, zero ? "0" : PICK(g, "1 months", "6 months", "12 months", "24 months"));
    case K_DAYS:
        return word(g, zero ? "0" : PICK(g, "1 days", "30 days", "365 days", "10000 days"));
    case K_DATE:
        return word(g,
                    PICK(g, "2020-12-01", "2020-02-29", "1980-06-15", "2000-01-01", "2021-03-31"));
    default:
        assert(k == K_MONTH);
        return word(g, PICK(g, "2020-12", "2020-06", "2019-01", "2021-03"));
    }
}

/* A word, or where there is none a literal. */
static struct text leaf(struct gen *g, struct ctx c, enum kind k)
{
    int code = -1;
    struct text x = gen_any_word(g, c, k, &code);
    bool own = c.policy >= 0 && !(g->policies[c.policy].of_member && c.in_set);
    bool reads_member = c.policy < 0 || !g->policies[c.policy].of_member || c.member;
    if (k == K_MONEY_MONTH && own && reads_member && chance(g, 10))
        return word(g, "paid last month");
    if (k == K_MONTH && chance(g, 30))
        return word(g, "this month");
    return x.t.n > 0 ? x : gen_literal(g, k);
}

/* ---- sets ----------------------------------------------------------------------------------- */

/* Words that name members: the list and groups; or (grounds) a list of grounds. */
static int find_set(struct gen *g, struct ctx c, bool grounds)
{
    int found[64], n = 0;
    for (size_t i = 0; i < g->syms.n && n < 64; i++) {
        const struct sym *s = &g->syms.at[i];
        bool fits = grounds ? s->form == SYM_GROUNDS : s->form == SYM_LIST || s->form == SYM_GROUP;
        if (!fits || s->cost * MEMBERS_COST > COST_MAX)
            continue;
        if (s->form == SYM_LIST || usable(g, c, s))
            found[n++] = (int)i;
    }
    return n == 0 ? -1 : found[rng_below(&g->rng, n)];
}

/* A register's own sentence may only use the list of the subject. */
bool may_use_sets(const struct gen *g, struct ctx c)
{
    return !g->no_list && (c.policy >= 0 || !c.member);
}

/* An and/or in which a part may begin again with the verb, as the law speaks. */
static struct text who_parts(struct gen *g, struct ctx c, int depth)
{
    struct text x = gen_truth(g, c, depth), y = gen_truth(g, c, depth);
    str xs = wrap(g, x, P_NOT), ys = wrap(g, y, P_NOT);
    const char *joint = PICK(g, "and", "or");
    const char *again = PICK(g, "", "who are ", "are ", "whose ", "who have ", "have ");
    str t = str_fmt(g->a, "%.*s %s %s%.*s", STR_ARG(xs), joint, again, STR_ARG(ys));
    return (struct text){t, P_LOGIC, false, x.cost + y.cost};
}

struct text gen_group(struct gen *g, struct ctx c, int depth)
{
    int at = find_set(g, c, false);
    const struct sym *s = &g->syms.at[at];
    struct ctx inner = {c.policy, true, true, c.grounds};
    struct text base = {spoken(g, c, s), P_PRIMARY, true, s->cost};
    struct text who =
        chance(g, 30) ? who_parts(g, inner, depth - 1) : gen_truth(g, inner, depth - 1);
    str cond = wrap(g, who, P_LOGIC);
    str t = str_fmt(g->a, "%.*s %s %.*s", STR_ARG(base.t),
                    PICK(g, "who are", "who have", "whose", "who is"), STR_ARG(cond));
    return (struct text){t, P_VALUE, true, base.cost + who.cost};
}

/* After `of`, `over`: a name, or a group in brackets. */
static struct text set_of_members(struct gen *g, struct ctx c, int depth)
{
    int at = find_set(g, c, false);
    if (depth > 0 && chance(g, 30)) {
        struct text x = gen_group(g, c, depth - 1);
        x.t = str_fmt(g->a, "(%.*s)", STR_ARG(x.t));
        return x;
    }
    const struct sym *s = &g->syms.at[at];
    return (struct text){spoken(g, c, s), P_PRIMARY, true, s->cost};
}

static struct text aggregate(struct gen *g, struct ctx c, enum kind k, int depth)
{
    const char *what = PICK(g, "sum", "sum", "highest", "lowest");
    int grounds = c.policy >= 0 && chance(g, 40) ? find_set(g, c, true) : -1;
    struct ctx inner = {c.policy, true, true, c.grounds};
    struct text set;
    if (grounds >= 0) {
        const struct sym *s = &g->syms.at[grounds];
        inner = (struct ctx){c.policy, c.member, c.in_set, grounds};
        set = (struct text){spoken(g, c, s), P_PRIMARY, true, s->cost};
    } else {
        set = set_of_members(g, c, depth - 1);
    }
    struct text x = gen_number(g, inner, k, depth - 1);
    str xs = wrap(g, x, P_SUM);
    double cost = MEMBERS_COST * (x.cost + set.cost);
    if (cost > COST_MAX)
        return leaf(g, c, k);
    str t = str_fmt(g->a, "%s of %.*s over %.*s", what, STR_ARG(xs), STR_ARG(set.t));
    if (what[0] == 's')
        return (struct text){t, P_PRIMARY, x.whole, cost};
    struct text none = chance(g, 50) ? gen_literal(g, k) : gen_number(g, c, k, 0);
    str ns = wrap(g, none, P_SUM);
    t = str_fmt(g->a, "%.*s, taken as %.*s when none", STR_ARG(t), STR_ARG(ns));
    return (struct text){t, P_VALUE, x.whole && none.whole, cost + none.cost};
}

static struct text count_of(struct gen *g, struct ctx c, int depth)
{
    int grounds = c.policy >= 0 && chance(g, 20) ? find_set(g, c, true) : -1;
    struct text set = set_of_members(g, c, depth - 1);
    if (grounds >= 0)
        set = (struct text){spoken(g, c, &g->syms.at[grounds]), P_PRIMARY, true,
                            g->syms.at[grounds].cost};
    str t = str_fmt(g->a, "count of %.*s", STR_ARG(set.t));
    return (struct text){t, P_PRIMARY, true, MEMBERS_COST * set.cost};
}

/* ---- numbers -------------------------------------------------------------------------------- */

static struct text join2(struct gen *g, struct text x, const char *op, struct text y, enum prec p)
{
    str xs = wrap(g, x, p), ys = wrap(g, y, (enum prec)(p + 1));
    str t = str_fmt(g->a, "%.*s %s %.*s", STR_ARG(xs), op, STR_ARG(ys));
    return (struct text){t, p, x.whole && y.whole, x.cost + y.cost + 1};
}

static struct text plus_minus(struct gen *g, struct ctx c, enum kind k, int depth)
{
    struct text x = gen_number(g, c, k, depth - 1);
    struct text y = chance(g, 25) ? gen_literal(g, k) : gen_number(g, c, k, depth - 1);
    return join2(g, x, PICK(g, "+", "-"), y, P_SUM);
}

/* A divisor: mostly one that can't be 0. */
static struct text divisor(struct gen *g, struct ctx c, enum kind k, int depth)
{
    if (chance(g, 40) && k == K_COUNT)
        return word(g, PICK(g, "2", "3", "7", "12"));
    struct text y = gen_number(g, c, k, depth);
    if (chance(g, 15))
        return y;
    str ys = wrap(g, y, P_LOGIC);
    const char *least = k == K_RATE     ? "10%"
                        : k == K_COUNT  ? "1"
                        : k == K_MONTHS ? "1 months"
                        : k == K_DAYS   ? "1 days"
                                        : "0.01";
    y.t = str_fmt(g->a, "(%.*s, at least %s)", STR_ARG(ys), least);
    y.prec = P_PRIMARY;
    return y;
}

/* Section 2's table: what multiplies or divides into kind k. */
static struct text times_over(struct gen *g, struct ctx c, enum kind k, int depth)
{
    enum kind scale = chance(g, 50) ? K_RATE : K_COUNT;
    if (chance(g, 40)) {
        enum kind top = k, under = scale;
        if (k == K_MONEY_MONTH && chance(g, 30)) {
            top = K_MONEY;
            under = K_MONTHS;
        } else if (k == K_RATE && chance(g, 60)) {
            top = under = chance(g, 50) ? K_MONEY_MONTH : chance(g, 50) ? K_MONEY : K_MONTHS;
            if (!has_kind(g, c, top))
                top = under = K_RATE;
        } else if (k == K_COUNT) {
            under = K_RATE;
        }
        struct text x = gen_number(g, c, top, depth - 1), y = divisor(g, c, under, depth - 1);
        struct text q = join2(g, x, "/", y, P_PRODUCT);
        q.whole = false;
        return q;
    }
    enum kind left = scale, right = k;
    if (k == K_MONEY && chance(g, 40)) {
        left = K_MONEY_MONTH;
        right = K_MONTHS;
    } else if (k == K_RATE || (k == K_COUNT && chance(g, 50))) {
        left = k;
    }
    struct text x = gen_number(g, c, left, depth - 1), y = gen_number(g, c, right, depth - 1);
    if (chance(g, 30) && right == k && left != k)
        x = chance(g, 50) ? gen_literal(g, left) : x;
    for (int n = k != K_RATE && chance(g, 10) ? 3 : 0; n > 0;
         n--) /* as far as 128 bits and beyond */
        x = join2(g, x, "*", leaf(g, c, K_COUNT), P_PRODUCT);
    bool swap = chance(g, 50);
    return swap ? join2(g, y, "*", x, P_PRODUCT) : join2(g, x, "*", y, P_PRODUCT);
}

/* years since a date is a count, months since a date or month is months, and days. */
static struct text since(struct gen *g, struct ctx c, enum kind k)
{
    enum kind of = k == K_MONTHS && chance(g, 50) ? K_MONTH : K_DATE;
    struct text x = leaf(g, c, of);
    const char *unit = k == K_COUNT ? "years" : k == K_MONTHS ? "months" : "days";
    if (chance(g, 15)) {
        struct text y = gen_literal(g, of);
        x.t = str_fmt(g->a, "(%.*s, taken as %.*s when unknown)", STR_ARG(x.t), STR_ARG(y.t));
    }
    str t = str_fmt(g->a, "%s since %.*s", unit, STR_ARG(x.t));
    return (struct text){t, P_PRIMARY, true, x.cost + 2};
}

static bool is_money(enum kind k)
{
    return k == K_MONEY || k == K_MONEY_MONTH || k == K_MONEY_YEAR;
}

/* One `, at least …` and its like behind x. */
static struct text tail(struct gen *g, struct ctx c, enum kind k, struct text x)
{
    str xs = wrap(g, x, x.prec == P_VALUE ? P_VALUE : P_LOGIC);
    if (g->brackets && x.prec == P_VALUE)
        xs = str_fmt(g->a, "(%.*s)", STR_ARG(x.t));
    struct text y = chance(g, 60) ? gen_literal(g, k) : gen_number(g, c, k, 1);
    str ys = wrap(g, y, P_SUM);
    int what = k == K_DATE || k == K_MONTH ? 7 : rng_below(&g->rng, 10);
    if (what >= 8 && is_money(k)) {
        const char *how = PICK(g, "half up", "up", "down"), *to = PICK(g, "fen", "jiao", "yuan");
        str t = str_fmt(g->a, "%.*s, rounded %s to %s", STR_ARG(xs), how, to);
        return (struct text){t, P_VALUE, true, x.cost + 1};
    }
    const char *form = what < 4 ? "at least" : what < 6 ? "at most" : "taken as";
    str t = str_fmt(g->a, "%.*s, %s %.*s%s", STR_ARG(xs), form, STR_ARG(ys),
                    form[0] == 't' ? " when unknown" : "");
    return (struct text){t, P_VALUE, x.whole && y.whole, x.cost + y.cost};
}

struct text gen_value(struct gen *g, struct ctx c, enum kind k, int depth)
{
    struct text x = gen_number(g, c, k, depth);
    for (int n = chance(g, 40) ? 1 + rng_below(&g->rng, 2) : 0; n > 0; n--)
        x = tail(g, c, k, x);
    return x;
}

struct text gen_number(struct gen *g, struct ctx c, enum kind k, int depth)
{
    if (k == K_DATE || k == K_MONTH || depth <= 0 || chance(g, 15))
        return leaf(g, c, k);
    int what = rng_below(&g->rng, 100);
    if (what < 22)
        return plus_minus(g, c, k, depth);
    if (what < 45)
        return times_over(g, c, k, depth);
    if (what < 60 && may_use_sets(g, c) && depth > 1)
        return k == K_COUNT && chance(g, 60) ? count_of(g, c, depth) : aggregate(g, c, k, depth);
    if (what < 72 && (k == K_COUNT || k == K_MONTHS || k == K_DAYS))
        return since(g, c, k);
    if (what < 82)
        return tail(g, c, k, gen_number(g, c, k, depth - 1));
    return leaf(g, c, k);
}

/* ---- yes or no ------------------------------------------------------------------------------ */

static enum kind kind_here(struct gen *g, struct ctx c)
{
    for (int tries = 0; tries < 20; tries++) {
        enum kind k = PICK_KIND(g, K_MONEY_MONTH, K_MONEY, K_COUNT, K_MONTHS, K_DAYS, K_RATE,
                                K_MONEY_YEAR, K_MONEY_MONTH);
        if (has_kind(g, c, k))
            return k;
    }
    return K_COUNT;
}

static struct text test_of(str t, double cost)
{
    return (struct text){t, P_TEST, true, cost + 1};
}

static struct text compare(struct gen *g, struct ctx c, int depth)
{
    enum kind k = kind_here(g, c);
    struct text x = gen_number(g, c, k, depth - 1), y = gen_number(g, c, k, depth - 1);
    if (chance(g, 40))
        y = gen_literal(g, k);
    str xs = wrap(g, x, P_SUM), ys = wrap(g, y, P_SUM);
    if (chance(g, 20)) {
        struct text z = gen_number(g, c, k, depth - 1);
        str zs = wrap(g, z, P_SUM);
        bool up = chance(g, 60);
        const char *one = up ? PICK(g, "<", "<=") : PICK(g, ">", ">=");
        const char *two = up ? PICK(g, "<", "<=") : PICK(g, ">", ">=");
        return test_of(
            str_fmt(g->a, "%.*s %s %.*s %s %.*s", STR_ARG(ys), one, STR_ARG(xs), two, STR_ARG(zs)),
            x.cost + y.cost + z.cost);
    }
    return test_of(str_fmt(g->a, "%.*s %s %.*s", STR_ARG(xs),
                           PICK(g, "<", "<=", ">", ">=", "=", "<>"), STR_ARG(ys)),
                   x.cost + y.cost);
}

/* What a code's word is: `is`, `is one of`, `in` on numbered ones. */
static struct text of_code(struct gen *g, str left, const struct gcode *code, double cost)
{
    int what = rng_below(&g->rng, 10);
    str one = code->values[rng_below(&g->rng, (int)code->n)];
    str two = code->values[rng_below(&g->rng, (int)code->n)];
    if (code->numbered && what < 4) {
        int lo = rng_below(&g->rng, (int)code->n);
        return test_of(
            str_fmt(g->a, "%.*s in %d..%d", STR_ARG(left), lo, lo + rng_below(&g->rng, 3)), cost);
    }
    if (what < 6 || str_eq(one, two))
        return test_of(
            str_fmt(g->a, "%.*s %s %.*s", STR_ARG(left), PICK(g, "is", "is not"), STR_ARG(one)),
            cost);
    struct text x =
        test_of(str_fmt(g->a, "%.*s %s %.*s, %.*s", STR_ARG(left),
                        PICK(g, "is one of", "is not one of"), STR_ARG(one), STR_ARG(two)),
                cost);
    x.prec = P_VALUE; /* its commas would run into a list's */
    return x;
}

static struct text code_test(struct gen *g, struct ctx c)
{
    int code = -1;
    struct text x = gen_any_word(g, c, K_CODE, &code);
    const struct gcode *list = &g->codes[code];
    if (chance(g, 15) && !list->bare)
        x.t = str_fmt(g->a, "(%.*s, taken as %s when unknown)", STR_ARG(x.t),
                      str_z(g->a, list->values[rng_below(&g->rng, (int)list->n)]));
    return of_code(g, x.t, list, x.cost);
}

/* A policy whose outcome is known by now and may be asked for here. */
static int decided_policy(struct gen *g, struct ctx c)
{
    int found[4], n = 0;
    for (int i = 0; i < g->n_policies; i++)
        if (g->policies[i].decided && g->policies[i].cost < COST_MAX &&
            (c.member || !g->policies[i].of_member))
            found[n++] = i;
    return n == 0 ? -1 : found[rng_below(&g->rng, n)];
}

static struct text other_policy(struct gen *g, struct ctx c)
{
    int at = decided_policy(g, c);
    const struct gpolicy *p = &g->policies[at];
    const double cost = p->cost;
    if (chance(g, 50)) {
        str left = str_fmt(g->a, "%.*s.outcome", STR_ARG(p->name));
        return of_code(g, left, &p->outcome, cost);
    }
    bool member = c.member && p->pays_member && (!p->pays_subject || chance(g, 60));
    if (!member && !p->pays_subject)
        return of_code(g, str_fmt(g->a, "%.*s.outcome", STR_ARG(p->name)), &p->outcome, cost);
    str who = member ? S("member") : g->subject;
    return test_of(str_fmt(g->a, "%.*s gets %.*s", STR_ARG(who), STR_ARG(p->name)), cost);
}

static struct text when_is_it(struct gen *g, struct ctx c)
{
    enum kind k = chance(g, 50) ? K_DATE : K_MONTH;
    struct text x = leaf(g, c, k), y = chance(g, 50) ? gen_literal(g, k) : leaf(g, c, k);
    return test_of(
        str_fmt(g->a, "%.*s %s %.*s", STR_ARG(x.t), PICK(g, "before", "after"), STR_ARG(y.t)),
        x.cost + y.cost);
}

static struct text quantified(struct gen *g, struct ctx c, int depth)
{
    struct text set = set_of_members(g, c, depth - 1);
    struct ctx inner = {c.policy, true, true, c.grounds};
    struct text said = gen_truth(g, inner, depth - 1);
    double cost = MEMBERS_COST * (set.cost + said.cost);
    if (cost > COST_MAX)
        return compare(g, c, 1);
    const char *which = PICK(g, "any", "no", "every");
    str s = wrap(g, said, P_NOT);
    str t = str_fmt(g->a, "%s member of %.*s %s %.*s", which, STR_ARG(set.t),
                    PICK(g, "is", "are", "has", "have"), STR_ARG(s));
    return (struct text){t, P_LOGIC, true, cost};
}

static struct text joined(struct gen *g, struct ctx c, int depth)
{
    const char *op = PICK(g, "and", "or");
    struct text x = gen_truth(g, c, depth - 1);
    str t = wrap(g, x, P_NOT);
    double cost = x.cost;
    for (int n = 1 + (chance(g, 30) ? 1 : 0); n > 0; n--) {
        struct text y = gen_truth(g, c, depth - 1);
        str ys = wrap(g, y, P_NOT);
        t = str_fmt(g->a, "%.*s %s %.*s", STR_ARG(t), op, STR_ARG(ys));
        cost += y.cost;
    }
    return (struct text){t, P_LOGIC, true, cost};
}

static struct text not_so(struct gen *g, struct ctx c, int depth)
{
    struct text x = gen_truth(g, c, depth - 1);
    str xs = wrap(g, x, P_NOT);
    return (struct text){str_fmt(g->a, "not %.*s", STR_ARG(xs)), P_NOT, true, x.cost};
}

static struct text plain_truth(struct gen *g, struct ctx c)
{
    int code = -1;
    struct text x = gen_any_word(g, c, K_BOOL, &code);
    if (x.t.n == 0)
        return code_test(g, c);
    if (chance(g, 12)) {
        code = -1;
        struct text y = gen_any_word(g, c, K_BOOL, &code);
        x.t = str_fmt(g->a, "(%.*s, taken as %.*s when unknown)", STR_ARG(x.t), STR_ARG(y.t));
        x.cost += y.cost;
    }
    return x;
}

struct text gen_truth(struct gen *g, struct ctx c, int depth)
{
    int what = rng_below(&g->rng, 100);
    if (depth <= 0)
        return what < 45 ? plain_truth(g, c) : what < 75 ? code_test(g, c) : compare(g, c, 1);
    if (what < 14)
        return joined(g, c, depth);
    if (what < 19)
        return not_so(g, c, depth);
    if (what < 33 && may_use_sets(g, c) && depth > 1)
        return quantified(g, c, depth);
    if (what < 40 && c.policy >= 0 && decided_policy(g, c) >= 0)
        return other_policy(g, c);
    if (what < 48)
        return when_is_it(g, c);
    if (what < 52) {
        struct text x = gen_number(g, c, K_COUNT, depth - 1);
        str xs = wrap(g, x, P_SUM);
        int lo = rng_below(&g->rng, 4);
        return test_of(str_fmt(g->a, "%.*s in %d..%d", STR_ARG(xs), lo, lo + rng_below(&g->rng, 4)),
                       x.cost);
    }
    if (what < 76)
        return compare(g, c, depth);
    return what < 88 ? plain_truth(g, c) : code_test(g, c);
}
