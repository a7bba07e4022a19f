/*
 * Places: which lines are on, what their parts are, the values of parameters.
 */
#include "lang/parse.h"

/* A division's number has twelve digits in the national list. */
static int64_t take_division(struct parser *p)
{
    size_t at = p->pos;
    int64_t n = take_int(p, "the division's number");
    str digits = p->toks[at].text;
    if (p->panic || digits.n == 12)
        return n;
    struct diag *g = parse_fault(p, 103, span_from(p, at),
                                 "a division's number has twelve digits, not %zu", digits.n);
    if (digits.n == 2 || digits.n == 4 || digits.n == 6 || digits.n == 9)
        diag_help(g, p->d, "fill up with zeros: %.*s%.*s", STR_ARG(digits), (int)(12 - digits.n),
                  "000000000000");
    return n;
}

struct place_lists {
    VEC(struct place_lines) lines;
    VEC(struct place_area) areas;
    VEC(struct place_set) sets;
    VEC(struct place_delegate) delegates;
};

/*
 *| lines    = "lines" names "from" MONTH
 */
static void parse_lines(struct parser *p, struct place_lines *out)
{
    mark_line(p, 2, TABLE_NONE);
    take(p);
    take_names(p, &out->names, &out->n, "a line's name");
    want(p, W_FROM);
    out->from = p->panic ? 0 : take_month(p);
}

/*
 *| area     = "area" NAME label "=" INT { "," INT }
 */
static void parse_area(struct parser *p, struct place_area *out)
{
    VEC(int64_t) divisions = {0};
    mark_line(p, 2, TABLE_NONE);
    take(p);
    out->name = declared_name(p, "the area's name");
    out->label = take_label(p);
    if (want(p, T_EQ)) {
        do
            *VEC_PUSH(p->a, &divisions) = take_division(p);
        while (got(p, T_COMMA));
    }
    out->divisions = divisions.at;
    out->n = divisions.n;
}

/*
 *| setvalue = ( literal | "yes" | "no" ) [ "for" ( NAME | INT ) ]
 */
static void parse_set_value(struct parser *p, struct set_value *v)
{
    size_t first = p->pos;
    if (peek(p) == W_YES || peek(p) == W_NO) {
        v->type.kind = K_BOOL;
        v->lit = (struct literal){.i = take(p)->kind == W_YES, .den = 1};
    } else {
        take_literal(p, &v->type, &v->lit);
    }
    if (got(p, W_FOR)) {
        if (peek(p) == T_INT) {
            v->key_is_number = true;
            v->key_number = p->toks[p->pos].value;
            v->key = take_ident(p);
        } else {
            v->key = take_name(p, "the name or number of the key");
        }
    }
    v->at = span_from(p, first);
}

/*
 *| setting  = "set" NAME "." NAME [ "in" NAME ] "from" MONTH [ "through" MONTH ] ":"
 *|            setvalue { "," setvalue } {basis}
 */
static void parse_set_line(struct parser *p, struct place_set *s)
{
    VEC(struct set_value) values = {0};
    size_t first = p->pos;
    mark_line(p, 2, TABLE_SET);
    take(p);
    s->through = INT32_MAX;
    s->policy = take_name(p, "a policy's name");
    want(p, T_DOT);
    s->name = take_name(p, "a parameter's name");
    if (got(p, W_IN))
        s->area = take_name(p, "an area's name");
    mark_column(p, COLUMN_LABEL);
    want(p, W_FROM);
    s->from = p->panic ? 0 : take_month(p);
    if (got(p, W_THROUGH))
        s->through = take_month(p);
    if (want(p, T_COLON)) {
        do
            parse_set_value(p, VEC_PUSH(p->a, &values));
        while (got(p, T_COMMA));
    }
    take_basis(p, &s->basis, BESIDE);
    s->values = values.at;
    s->n_values = values.n;
    s->at = span_from(p, first);
}

/*
 *| delegate = "delegate" NAME [ "in" NAME ] "to" "township" "from" MONTH {basis}
 */
static void parse_delegate(struct parser *p, struct place_delegate *d)
{
    size_t first = p->pos;
    mark_line(p, 2, TABLE_SET);
    take(p);
    d->service = take_name(p, "a service's name");
    if (got(p, W_IN))
        d->area = take_name(p, "an area's name");
    want(p, W_TO);
    want_word(p, "township");
    mark_column(p, COLUMN_LABEL);
    want(p, W_FROM);
    d->from = p->panic ? 0 : take_month(p);
    take_basis(p, &d->basis, BESIDE);
    d->at = span_from(p, first);
}

static void parse_part(struct parser *p, struct place *x, struct place_lists *l)
{
    static const char *const words[] = {"lines", "area", "set", "delegate", "basis", "assumed"};
    if (at_basis(p)) {
        take_basis(p, &x->basis, 2);
    } else if (at_word(p, "lines")) {
        parse_lines(p, VEC_PUSH(p->a, &l->lines));
    } else if (at_word(p, "area")) {
        struct place_area *area = VEC_PUSH(p->a, &l->areas);
        parse_area(p, area);
        l->areas.n -= area->name.text.n == 0;
    } else if (at_word(p, "set")) {
        struct place_set *s = VEC_PUSH(p->a, &l->sets);
        parse_set_line(p, s);
        l->sets.n -= s->name.text.n == 0;
    } else if (at_word(p, "delegate")) {
        struct place_delegate *d = VEC_PUSH(p->a, &l->delegates);
        parse_delegate(p, d);
        l->delegates.n -= d->service.text.n == 0;
    } else {
        expected_item(p, "lines, area, set, delegate or basis", words, 6);
    }
}

/* The file's path below the last folder called places. */
static str below_places(str path)
{
    str below = path, rest = path, head, tail;
    while (str_cut(rest, '/', &head, &tail)) {
        if (str_eq(head, S("places")))
            below = tail;
        rest = tail;
    }
    return below;
}

/*
 *| place    = "place" NAME label "," "division" INT { basis | lines | area | setting | delegate }
 */
void parse_place(struct parser *p)
{
    struct place *x = NEW(p->a, struct place);
    struct place_lists l = {0};
    size_t first = p->pos;
    bool told = false;
    take(p);
    x->folder = below_places(p->src->path);
    x->name = declared_name(p, "the name of the place");
    x->label = take_label(p);
    want(p, T_COMMA);
    want_word(p, "division");
    x->division = p->panic ? 0 : take_division(p);
    x->at = span_from(p, first);
    head_end(p);
    while (body_goes_on(p, &told, "place", x->name)) {
        struct item it = item_begin(p);
        parse_part(p, x, &l);
        item_end(p, &it, RECOVER_LINE);
    }
    x->lines = l.lines.at;
    x->n_lines = l.lines.n;
    x->areas = l.areas.at;
    x->n_areas = l.areas.n;
    x->sets = l.sets.at;
    x->n_sets = l.sets.n;
    x->delegates = l.delegates.at;
    x->n_delegates = l.delegates.n;
    if (x->name.text.n)
        *VEC_PUSH(p->a, &p->r->places) = x;
}
