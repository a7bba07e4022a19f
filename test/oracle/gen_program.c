/* Random programs: registers, policies with their words and outcomes, places. See gen.h. */
#include "gen_in.h"

#include <assert.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

static bool chance(struct gen *g, int percent)
{
    return rng_percent(&g->rng, percent);
}

/* No two alike, and none a word of the language; some in Chinese. */
str gen_name(struct gen *g)
{
    static const char *const parts[] = {"ka",   "lu", "mi", "zo", "ter",
                                        "vash", "qi", "yo", "地", "田"};
    const char *x = parts[rng_below(&g->rng, 10)], *y = parts[rng_below(&g->rng, 10)];
    return str_fmt(g->a, "%s%s%d", x, y, g->names++);
}

/* A label; every tenth has an English half. */
static const char *label(struct gen *g)
{
    int n = g->names++;
    if (chance(g, 10))
        return str_z(g->a, str_fmt(g->a, "\"词%d\" / \"word %d\"", n, n));
    return str_z(g->a, str_fmt(g->a, "\"词%d\"", n));
}

static struct sbuf *text_new(struct gen *g)
{
    struct sbuf *b = NEW(g->a, struct sbuf);
    sbuf_init(b, TEXT_MAX);
    return b;
}

static const char *kind_written(struct gen *g, enum kind k, int code)
{
    return k == K_CODE ? str_z(g->a, g->codes[code].name) : kind_word(k);
}

static struct sym *add_sym(struct gen *g, enum sym_form form, str name)
{
    struct sym *s = VEC_PUSH(g->a, &g->syms);
    *s = (struct sym){.form = form, .name = name, .policy = -1, .by = -1, .whole = true, .cost = 1};
    return s;
}

/* ---- codes and registers -------------------------------------------------------------------- */

static void gen_code(struct gen *g)
{
    struct gcode *c = &g->codes[g->n_codes++];
    *c = (struct gcode){.name = gen_name(g), .n = 2 + (size_t)rng_below(&g->rng, 4)};
    c->numbered = chance(g, 40);
    bool named_too = c->numbered && chance(g, 40);
    c->bare = c->numbered && !named_too;
    sbuf_fmt(g->registers, "code %.*s %s\n", STR_ARG(c->name), label(g));
    for (size_t i = 0; i < c->n; i++) {
        c->values[i] = c->numbered && !named_too ? str_fmt(g->a, "%zu", i) : gen_name(g);
        sbuf_fmt(g->registers, "  %.*s", STR_ARG(c->values[i]));
        if (named_too)
            sbuf_fmt(g->registers, " %zu", i);
        sbuf_fmt(g->registers, " %s\n", label(g));
    }
}

static const enum kind stored_kinds[] = {K_MONEY_MONTH, K_MONEY, K_COUNT,  K_BOOL, K_CODE,
                                         K_DATE,        K_MONTH, K_MONTHS, K_DAYS, K_MONEY_YEAR};

static void stored_field(struct gen *g, bool member, enum kind k)
{
    str name = gen_name(g);
    int code = rng_below(&g->rng, g->n_codes);
    sbuf_fmt(g->registers, "  %.*s %s %s", STR_ARG(name), label(g), kind_written(g, k, code));
    if (chance(g, 60))
        sbuf_addz(g->registers, ", over time");
    sbuf_addc(g->registers, '\n');
    struct sym *s = add_sym(g, SYM_FIELD, name);
    s->kind = k;
    s->code = code;
    s->member = member;
}

/* A sentence's cost must stay bearable: others were tried, the last is a plain one. */
static struct text affordable(struct gen *g, struct ctx c, enum kind k)
{
    struct text x = {0};
    for (int depth = 3; depth >= 0; depth--) {
        x = k == K_BOOL ? gen_truth(g, c, depth) : gen_value(g, c, k, depth);
        if (x.cost < COST_MAX)
            break;
    }
    return x;
}

static void computed_field(struct gen *g, bool member)
{
    enum kind k = PICK_KIND(g, K_COUNT, K_COUNT, K_MONTHS, K_DAYS, K_MONEY_MONTH, K_BOOL);
    struct ctx c = {-1, member, false, -1};
    str name = gen_name(g);
    struct text x = affordable(g, c, k);
    if (k != K_BOOL && !has_kind(g, c, k))
        return;
    sbuf_fmt(g->registers, "  %.*s %s = %.*s\n", STR_ARG(name), label(g), STR_ARG(x.t));
    struct sym *s = add_sym(g, SYM_FIELD, name);
    s->kind = k;
    s->member = member;
    s->cost = x.cost;
    s->whole = x.whole;
}

static void gen_register(struct gen *g, bool member, str name)
{
    sbuf_fmt(g->registers, "register %.*s %s, at %s\n", STR_ARG(name), label(g),
             PICK(g, "village", "county", "township"));
    for (size_t i = 0; i < sizeof stored_kinds / sizeof stored_kinds[0]; i++)
        for (int n = 1 + (chance(g, 25) ? 1 : 0); n > 0; n--)
            if (stored_kinds[i] != K_MONEY_YEAR || chance(g, 40))
                stored_field(g, member, stored_kinds[i]);
}

static void gen_registers(struct gen *g)
{
    str member = gen_name(g);
    g->subject = gen_name(g);
    g->list = gen_name(g);
    if (!g->no_list) {
        gen_register(g, true, member);
        for (int n = rng_below(&g->rng, 3); n > 0; n--)
            computed_field(g, true);
        add_sym(g, SYM_LIST, g->list);
    }
    gen_register(g, false, g->subject);
    if (!g->no_list)
        sbuf_fmt(g->registers, "  %.*s %s many %.*s\n", STR_ARG(g->list), label(g),
                 STR_ARG(member));
    for (int n = rng_below(&g->rng, 3); n > 0; n--)
        computed_field(g, false);
}

/* ---- parameters ----------------------------------------------------------------------------- */

/* A word by whose value a parameter may differ, for the policy's level; -1: none. */
static int find_key(struct gen *g, int policy)
{
    int found[64], n = 0;
    for (size_t i = 0; i < g->syms.n && n < 64; i++) {
        const struct sym *s = &g->syms.at[i];
        bool own = s->policy == policy;
        if ((s->form == SYM_FIELD && s->kind == K_CODE) ||
            (s->form == SYM_DEF && s->kind == K_CODE && own && s->cost < 20) ||
            (s->form == SYM_GROUNDS && own))
            found[n++] = (int)i;
    }
    return n == 0 ? -1 : found[rng_below(&g->rng, n)];
}

/* The names that `for` gives values to: a code's values, or grounds. */
struct keys {
    size_t n;
    str at[64];
};

/* One `set` with its values: a single one, or one for each key. */
static void gen_set(struct gen *g, int place, str param, enum kind k, const struct keys *keys,
                    const char *area, const char *from)
{
    sbuf_fmt(g->places[place], "  set %.*s%s from %s: ", STR_ARG(param), area, from);
    bool one = keys->n == 0 || chance(g, 25);
    for (size_t i = 0; i < (one ? 1 : keys->n); i++) {
        struct text lit = gen_literal(g, k);
        while (str_eq(lit.t, S("0")) && k != K_COUNT)
            lit = gen_literal(g, k);
        sbuf_fmt(g->places[place], "%s%.*s", i > 0 ? ", " : "", STR_ARG(lit.t));
        if (!one)
            sbuf_fmt(g->places[place], " for %.*s", STR_ARG(keys->at[i]));
    }
    sbuf_addc(g->places[place], '\n');
}

/* Mostly there from the start; else from later, or not for long, or nowhere. */
static void gen_sets(struct gen *g, str param, enum kind k, const struct keys *keys)
{
    int what = rng_below(&g->rng, 100);
    if (what < 92)
        gen_set(g, PLACE_CITY, param, k, keys, "", "2020-01");
    else if (what < 96)
        gen_set(g, PLACE_CITY, param, k, keys, "", "2018-01 through 2020-11");
    if (chance(g, 25))
        gen_set(g, PLACE_CITY, param, k, keys, "", "2020-06");
    if (chance(g, 10))
        gen_set(g, PLACE_CITY, param, k, keys, "", "2021-01 through 2021-02");
    if (chance(g, 15))
        gen_set(g, PLACE_CITY, param, k, keys, " in inner",
                PICK(g, "2020-03", "2020-03 through 2020-11"));
    if (chance(g, 10))
        gen_set(g, PLACE_PROVINCE, param, k, keys, "", "2018-01");
    if (chance(g, 10))
        gen_set(g, PLACE_COUNTY, param, k, keys, "", PICK(g, "2020-12", "2020-05 through 2020-11"));
    if (chance(g, 5))
        gen_set(g, PLACE_COUNTRY, param, k, keys, "", "2017-01 through 2020-12");
}

static void gen_param(struct gen *g, int policy, bool by_grounds)
{
    struct gpolicy *p = &g->policies[policy];
    enum kind k = PICK_KIND(g, K_MONEY_MONTH, K_MONEY_MONTH, K_MONEY, K_RATE, K_RATE, K_COUNT,
                            K_MONTHS, K_DAYS, K_DATE, K_MONTH);
    str name = gen_name(g);
    int by = by_grounds ? (int)g->syms.n - 1 : chance(g, 40) ? find_key(g, policy) : -1;
    struct keys keys = {0};
    sbuf_fmt(p->body, "  parameter %.*s %s %s", STR_ARG(name), label(g), kind_word(k));
    if (by >= 0 && g->syms.at[by].form == SYM_GROUNDS) {
        const struct gcode *grounds = &g->codes[g->syms.at[by].code];
        keys.n = grounds->n;
        memcpy(keys.at, grounds->values, keys.n * sizeof(str));
    } else if (by >= 0) {
        const struct gcode *code = &g->codes[g->syms.at[by].code];
        size_t from = code->numbered && chance(g, 30) ? 1 : 0;
        keys.n = code->n - from;
        memcpy(keys.at, code->values + from, keys.n * sizeof(str));
        if (from > 0)
            sbuf_fmt(p->body, " by %.*s in 1..%zu", STR_ARG(g->syms.at[by].name), code->n - 1);
        else
            sbuf_fmt(p->body, " by %.*s", STR_ARG(g->syms.at[by].name));
    }
    if (by >= 0 && g->syms.at[by].form == SYM_GROUNDS)
        sbuf_fmt(p->body, " by %.*s", STR_ARG(g->syms.at[by].name));
    sbuf_addc(p->body, '\n');
    struct sym *s = add_sym(g, SYM_PARAM, name);
    s->kind = k;
    s->by = by;
    s->policy = policy;
    s->whole = k != K_RATE;
    s->cost = by >= 0 ? g->syms.at[by].cost + 1 : 1;
    s->member = by >= 0 && g->syms.at[by].member;
    gen_sets(g, str_fmt(g->a, "%.*s.%.*s", STR_ARG(p->name), STR_ARG(name)), k, &keys);
}

/* ---- definitions ---------------------------------------------------------------------------- */

static enum kind def_kind(struct gen *g, struct ctx c)
{
    enum kind k = PICK_KIND(g, K_MONEY_MONTH, K_MONEY_MONTH, K_MONEY, K_RATE, K_COUNT, K_MONTHS,
                            K_DAYS, K_BOOL, K_BOOL, K_COUNT);
    return k == K_BOOL || has_kind(g, c, k) ? k : K_COUNT;
}

/* Branches of one kind; of codes words of one code, later perhaps bare values of it. */
static struct text branch(struct gen *g, struct ctx c, enum kind k, int *code, bool first)
{
    if (k == K_CODE) {
        if (!first && chance(g, 50) && !g->codes[*code].bare) {
            const struct gcode *list = &g->codes[*code];
            str v = list->values[rng_below(&g->rng, (int)list->n)];
            return (struct text){v, P_PRIMARY, true, 1};
        }
        return gen_any_word(g, c, K_CODE, code);
    }
    if (k == K_BOOL)
        return gen_truth(g, c, 1);
    if (!first && chance(g, 30) && k != K_DATE && k != K_MONTH)
        return gen_literal(g, k);
    return gen_value(g, c, k, first ? 1 : 2);
}

static void choice_def(struct gen *g, struct ctx c, struct sym *s, struct sbuf *out)
{
    s->kind = PICK_KIND(g, K_MONEY_MONTH, K_MONEY, K_COUNT, K_BOOL, K_CODE, K_MONTHS, K_DATE,
                        K_MONTH, K_CODE, K_MONEY_MONTH);
    s->code = -1;
    s->whole = true;
    s->cost = 0;
    for (int i = 0, n = 2 + rng_below(&g->rng, 3); i < n; i++) {
        struct text when = gen_truth(g, c, 1 + rng_below(&g->rng, 2));
        struct text v = branch(g, c, s->kind, &s->code, i == 0);
        str ws = wrap(g, when, P_LOGIC);
        if (i < n - 1)
            sbuf_fmt(out, "    when %.*s: %.*s\n", STR_ARG(ws), STR_ARG(v.t));
        else
            sbuf_fmt(out, "    otherwise: %.*s\n", STR_ARG(v.t));
        s->cost += when.cost + v.cost;
        s->whole = s->whole && v.whole;
    }
}

static void grounds_def(struct gen *g, struct ctx c, struct sym *s, struct sbuf *out)
{
    struct gcode *list = &g->codes[g->n_codes];
    s->code = g->n_codes;
    s->form = SYM_GROUNDS;
    *list = (struct gcode){.n = 2 + (size_t)rng_below(&g->rng, 4)};
    s->cost = 0;
    sbuf_addz(out, " any of\n");
    for (size_t i = 0; i < list->n; i++) {
        struct text x = gen_truth(g, c, 1 + rng_below(&g->rng, 2));
        str xs = wrap(g, x, P_LOGIC);
        list->values[i] = gen_name(g);
        sbuf_fmt(out, "    %.*s %s: %.*s\n", STR_ARG(list->values[i]), label(g), STR_ARG(xs));
        s->cost += x.cost;
    }
}

/* What follows a definition's label. */
static void def_body(struct gen *g, struct ctx c, struct sym *s, struct sbuf *out)
{
    int what = rng_below(&g->rng, 100);
    if (what < 15 && !g->no_list && (!c.member || g->policies[c.policy].of_member)) {
        struct text x = gen_group(g, (struct ctx){c.policy, false, false, -1}, 2);
        s->form = SYM_GROUP;
        s->member = false;
        s->cost = x.cost;
        sbuf_fmt(out, " = %.*s\n", STR_ARG(x.t));
    } else if (what < 40) {
        sbuf_addc(out, '\n');
        choice_def(g, c, s, out);
    } else if (what < 55 && g->n_codes < (int)(sizeof g->codes / sizeof g->codes[0])) {
        grounds_def(g, c, s, out);
        g->n_codes++;
    } else {
        s->kind = def_kind(g, c);
        struct text x = affordable(g, c, s->kind);
        str xs = s->kind == K_BOOL ? wrap(g, x, P_LOGIC) : x.t;
        s->cost = x.cost;
        s->whole = x.whole;
        sbuf_fmt(out, " = %.*s\n", STR_ARG(xs));
    }
}

static void gen_def(struct gen *g, int policy)
{
    struct gpolicy *p = &g->policies[policy];
    struct sym s = {.form = SYM_DEF, .policy = policy, .by = -1};
    struct sbuf *out = text_new(g);
    s.member = p->of_member || (!g->no_list && chance(g, 45));
    s.name = gen_name(g);
    struct ctx c = {policy, s.member, false, -1};
    sbuf_fmt(out, "  %.*s%s %s", STR_ARG(s.name), s.member && !p->of_member ? " of member" : "",
             label(g));
    def_body(g, c, &s, out);
    if (s.cost < 3 * COST_MAX) {
        *add_sym(g, SYM_DEF, s.name) = s;
        sbuf_add(p->body, sbuf_str(out));
        if (s.form == SYM_GROUNDS)
            gen_param(g, policy, true);
    }
    sbuf_deinit(out);
}

/* ---- outcomes ------------------------------------------------------------------------------- */

static void gen_conditions(struct gen *g, int policy, int n)
{
    struct gpolicy *p = &g->policies[policy];
    struct ctx c = {policy, p->of_member, false, -1};
    for (int i = 0; i < n; i++) {
        struct text x = affordable(g, c, K_BOOL);
        str xs = wrap(g, x, P_LOGIC);
        str name = gen_name(g);
        sbuf_fmt(p->body, "        %.*s %s: %.*s\n", STR_ARG(name), label(g), STR_ARG(xs));
        p->reasons[p->n_reasons++] = name;
        p->cost += x.cost;
    }
}

/* An amount that `pays` takes: whole fen, and mostly not below nothing. */
static str gen_amount(struct gen *g, struct ctx c)
{
    struct text x = affordable(g, c, K_MONEY_MONTH);
    str xs = wrap(g, x, x.prec == P_VALUE ? P_VALUE : P_LOGIC);
    if (g->brackets && x.prec == P_VALUE)
        xs = str_fmt(g->a, "(%.*s)", STR_ARG(x.t));
    const char *floor = chance(g, 92) ? ", at least 0" : "";
    const char *ceiling = chance(g, 50) ? ", at most 5000.00" : "";
    if (x.whole && chance(g, 70))
        return str_fmt(g->a, "%.*s%s%s", STR_ARG(xs), floor, ceiling);
    const char *how = PICK(g, "half up", "up", "down"), *to = PICK(g, "fen", "fen", "jiao", "yuan");
    return str_fmt(g->a, "%.*s%s%s, rounded %s to %s", STR_ARG(xs), floor, ceiling, how, to);
}

static str gen_payees(struct gen *g, int policy)
{
    struct ctx c = {policy, false, false, -1};
    if (chance(g, 50))
        return gen_group(g, c, 2).t;
    for (size_t i = g->syms.n; i-- > 0;)
        if (g->syms.at[i].form == SYM_GROUP && g->syms.at[i].policy == policy)
            return g->syms.at[i].name;
    return g->list;
}

static void gen_pays(struct gen *g, int policy)
{
    struct gpolicy *p = &g->policies[policy];
    struct ctx own = {policy, p->of_member, false, -1}, each = {policy, true, true, -1};
    bool to_each = !p->of_member && !g->no_list && chance(g, 40);
    if (to_each) {
        p->pays_member = true;
        str who = gen_payees(g, policy), fen = gen_amount(g, each);
        sbuf_fmt(p->body, "      pays each member of %.*s: %.*s\n", STR_ARG(who), STR_ARG(fen));
    }
    if (to_each && chance(g, 70))
        return;
    if (p->of_member)
        p->pays_member = true;
    else
        p->pays_subject = true;
    str fen = gen_amount(g, own);
    str who = p->of_member ? S("member") : g->subject;
    sbuf_fmt(p->body, "      pays %.*s: %.*s\n", STR_ARG(who), STR_ARG(fen));
}

/* An earlier alternative: its name and where its conditions stand among the reasons. */
struct tried {
    str name;
    size_t from, n;
};

static void gen_because(struct gen *g, int policy, const struct tried *tried, int n_tried,
                        const struct tried **last)
{
    struct gpolicy *p = &g->policies[policy];
    struct ctx c = {policy, p->of_member, false, -1};
    const struct tried *t = n_tried > 0 ? &tried[rng_below(&g->rng, n_tried)] : NULL;
    if (t != NULL && t->n == 0) /* of an ambiguous name */
        t = NULL;
    if (t != NULL && *last != t && chance(g, 60)) {
        sbuf_fmt(p->body, "      because %.*s failed\n", STR_ARG(t->name));
        *last = t;
    }
    if (t != NULL && chance(g, 30)) {
        str only = p->reasons[t->from + (size_t)rng_below(&g->rng, (int)t->n)];
        str name = gen_name(g);
        sbuf_fmt(p->body, "      because %.*s %s when only %.*s failed in %.*s\n", STR_ARG(name),
                 label(g), STR_ARG(only), STR_ARG(t->name));
    }
    if (chance(g, 25)) {
        struct text x = affordable(g, c, K_BOOL);
        str xs = wrap(g, x, P_LOGIC);
        str name = gen_name(g);
        sbuf_fmt(p->body, "      because %.*s %s when %.*s\n", STR_ARG(name), label(g),
                 STR_ARG(xs));
    }
}

/* Some alternatives share an outcome; then the label stands only once. */
static str outcome_head(struct gen *g, struct gpolicy *p)
{
    struct gcode *o = &p->outcome;
    if (o->n > 0 && (chance(g, 25) || o->n == 6))
        return o->values[rng_below(&g->rng, (int)o->n)];
    str name = gen_name(g);
    o->values[o->n++] = name;
    return str_fmt(g->a, "%.*s %s", STR_ARG(name), label(g));
}

static void gen_outcome(struct gen *g, int policy)
{
    struct gpolicy *p = &g->policies[policy];
    struct tried tried[4];
    int n_tried = 0;
    sbuf_fmt(p->body, "  outcome %s\n", label(g));
    for (int i = 0, n = 1 + rng_below(&g->rng, 4); i < n; i++) {
        str head = outcome_head(g, p), name, rest;
        if (!str_cut(head, ' ', &name, &rest))
            name = head;
        int conds = 1 + rng_below(&g->rng, i == 0 ? 2 : 4);
        bool twice = false;
        for (int k = 0; k < n_tried; k++)
            twice = twice || str_eq(tried[k].name, name);
        size_t from = p->n_reasons;
        sbuf_fmt(p->body, "    %.*s when\n", STR_ARG(head));
        gen_conditions(g, policy, conds);
        if (chance(g, 70))
            gen_pays(g, policy);
        const struct tried *last = NULL;
        if (chance(g, 40))
            gen_because(g, policy, tried, n_tried, &last);
        for (int k = 0; k < n_tried; k++)
            if (str_eq(tried[k].name, name))
                tried[k].n = 0;
        tried[n_tried++] = (struct tried){name, from, twice ? 0 : (size_t)conds};
    }
    str head = outcome_head(g, p);
    sbuf_fmt(p->body, "    otherwise %.*s\n", STR_ARG(head));
    if (chance(g, 15))
        gen_pays(g, policy);
    if (chance(g, 70)) {
        const struct tried *last = NULL;
        gen_because(g, policy, tried, n_tried, &last);
    }
    p->decided = true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void gen_head(struct gen *g, int policy)
{
    struct gpolicy *p = &g->policies[policy];
    *p = (struct gpolicy){
        .name = gen_name(g), .body = text_new(g), .of_member = !g->no_list && chance(g, 35)};
    sbuf_fmt(p->body, "policy %.*s %s\n  for each ", STR_ARG(p->name), label(g));
    if (p->of_member)
        sbuf_fmt(p->body, "member of %.*s", STR_ARG(g->subject));
    else
        sbuf_add(p->body, g->subject);
    sbuf_addz(p->body, ", each month\n  basis \"某法\" articles 1..2\n");
}

/* Words of the policies in turn, then the outcomes with more words between them. */
static void gen_policies(struct gen *g)
{
    g->n_policies = 1 + rng_below(&g->rng, 3);
    for (int i = 0; i < g->n_policies; i++)
        gen_head(g, i);
    for (int i = 0; i < g->n_policies; i++) {
        for (int n = 1 + rng_below(&g->rng, 3); n > 0; n--)
            gen_param(g, rng_below(&g->rng, g->n_policies), false);
        for (int n = 2 + rng_below(&g->rng, 4); n > 0; n--) {
            int at = rng_below(&g->rng, g->n_policies);
            gen_def(g, g->policies[at].decided ? g->n_policies - 1 : at);
        }
        gen_outcome(g, i);
    }
}

static void gen_places(struct gen *g, struct sbuf *out)
{
    static const char *const heads[PLACES] = {
        [PLACE_CITY] = ("place mid \"中市\", division 510400000000\n  basis \"某文\"\n"
                        "  area inner \"内区\" = 510402000000, 510403000000\n"),
        [PLACE_PROVINCE] = "place wide \"大省\", division 510000000000\n  basis \"某文\"\n",
        [PLACE_COUNTY] = "place low \"小县\", division 510411000000\n  basis \"某文\"\n",
        [PLACE_COUNTRY] = "place all \"全国\", division 000000000000\n  basis \"某文\"\n",
    };
    for (int i = 0; i < PLACES; i++) {
        if (i == PLACE_CITY || g->places[i]->n > 0) {
            sbuf_addz(out, heads[i]);
            sbuf_add(out, sbuf_str(g->places[i]));
        }
        sbuf_deinit(g->places[i]);
    }
}

void gen_program(uint64_t seed, bool brackets, struct arena *a, struct gen_program *out)
{
    struct gen *g = NEW(a, struct gen);
    g->rng.state = seed * 0x2545f4914f6cdd1dU + 1;
    g->a = a;
    g->brackets = brackets;
    g->registers = text_new(g);
    for (int i = 0; i < PLACES; i++)
        g->places[i] = text_new(g);
    g->no_list = chance(g, 6);
    for (int n = 1 + rng_below(&g->rng, 2); n > 0; n--)
        gen_code(g);
    gen_registers(g);
    gen_policies(g);
    *out = (struct gen_program){.subject = g->subject, .n_policies = (size_t)g->n_policies};
    for (int i = 0; i < g->n_policies; i++) {
        sbuf_addc(g->registers, '\n');
        sbuf_add(g->registers, sbuf_str(g->policies[i].body));
        sbuf_deinit(g->policies[i].body);
        out->policies[i] = g->policies[i].name;
    }
    out->rules = str_dup(a, sbuf_str(g->registers));
    sbuf_clear(g->registers);
    gen_places(g, g->registers);
    out->places = str_dup(a, sbuf_str(g->registers));
    sbuf_deinit(g->registers);
}

/* In the area, beside it in the same city, or where nothing was set. */
int64_t gen_division(struct rng *r)
{
    static const int64_t all[] = {510402000000, 510411000000, 510400000000, 510403000000};
    return rng_percent(r, 3) ? 510900000000 : all[rng_below(r, 4)];
}

month gen_month(struct rng *r)
{
    static const struct {
        int y, m;
    } all[] = {{2020, 12}, {2020, 6}, {2020, 11}, {2021, 2}, {2021, 3}, {2021, 1}};
    int at = rng_below(r, 6);
    return month_of(all[at].y, all[at].m);
}
