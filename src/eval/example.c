/* Worked examples: one subject made of the facts that an example gives, determined, held against it. */
#include "eval/example.h"

#include <inttypes.h>
#include <string.h>
#include "eval/row.h"
#include "eval/trace.h"

/* ---- facts into columns --------------------------------------------------------------------- */

/* One row of every slot of a register, wide enough for any kind, all unknown. */
struct side {
    const struct reg *reg; /* NULL: nobody stands there */
    size_t rows;
    struct column *columns;
};

static struct side side_new(struct arena *a, const struct reg *reg, size_t rows)
{
    struct side s = {reg, rows, NULL};

    if (!reg)
        return s;
    s.columns = NEW_N(a, struct column, reg->n_slots + 1);
    for (size_t i = 0; i < reg->n_slots; i++) {
        uint8_t *unknown = NEW_N(a, uint8_t, rows + 1);
        memset(unknown, 1, rows + 1);
        s.columns[i].at = NEW_N(a, int64_t, rows + 1);
        s.columns[i].unknown = unknown;
    }
    return s;
}

/* The storage behind a column that side_new() made. */
static void column_set(const struct column *c, struct type t, size_t row, bool unknown, int64_t v)
{
    union {
        const void *given;
        void *own;
    } at = {c->at}, flags = {c->unknown};

    ((uint8_t *)flags.own)[row] = unknown;
    switch (t.kind) {
    case K_BOOL:
    case K_CODE:
        ((uint8_t *)at.own)[row] = (uint8_t)v;
        break;
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        ((int64_t *)at.own)[row] = v;
        break;
    default:
        ((int32_t *)at.own)[row] = (int32_t)v;
    }
}

static void facts_put(const struct side *s, size_t row, const struct fact *facts, size_t n,
                      int64_t *paid_last)
{
    for (size_t i = 0; i < n; i++) {
        const struct fact *f = &facts[i];
        if (f->paid_last)
            paid_last[row] = f->unknown ? 0 : f->lit.i;
        else if (f->field && f->field->slot < s->reg->n_slots)
            column_set(&s->columns[f->field->slot], f->field->type, row, f->unknown, f->lit.i);
    }
}

static struct block block_of(struct arena *a, const struct rules *rules, const struct policy *p,
                             const struct example *x)
{
    size_t n = p->list ? x->n_members : 0;
    struct side subject = side_new(a, p->subject, 1);
    struct side member = side_new(a, p->list ? p->list->type.reg : NULL, n);
    struct column *paid = NEW_N(a, struct column, rules->policies.n + 1);
    int64_t *paid_last = NEW_N(a, int64_t, n + 1);
    uint32_t *first = NEW_N(a, uint32_t, 2);

    facts_put(&subject, 0, p->subject->suppose, p->subject->n_suppose, paid_last);
    facts_put(&subject, 0, x->subject, x->n_subject, paid_last);
    for (size_t i = 0; i < n; i++) {
        facts_put(&member, i, member.reg->suppose, member.reg->n_suppose, paid_last);
        facts_put(&member, i, x->members[i].facts, x->members[i].n, paid_last);
    }
    paid[p->index].at = paid_last;
    first[1] = (uint32_t)n;
    return (struct block){.n = 1,
                          .n_members = n,
                          .first = p->list ? first : NULL,
                          .subject = subject.columns,
                          .member = member.columns,
                          .paid_last = paid};
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* What was paid to a payee (0: the unit itself, else the member's number), none being 0. */
static int64_t paid_to(const struct determination *d, size_t member)
{
    if (member == 0)
        return d->subject_fen;
    for (size_t i = 0; i < d->n_member_pays; i++)
        if (d->member_pays[i].member + 1 == member)
            return d->member_pays[i].fen;
    return 0;
}

static int64_t expected_for(const struct expect *w, size_t member)
{
    for (size_t i = 0; i < w->n_pays; i++)
        if (w->pays[i].member == member)
            return w->pays[i].fen;
    return 0;
}

/* An amount that is still open can't be written, so an example that says none of it fits. */
static bool same_amount(const struct determination *d, const struct expect *w, size_t member)
{
    int64_t is = paid_to(d, member), expected = expected_for(w, member);

    return is == AMOUNT_OPEN ? expected == 0 : is == expected;
}

static bool same_pays(const struct determination *d, const struct expect *w)
{
    bool same = same_amount(d, w, 0);

    for (size_t i = 0; i < d->n_member_pays; i++)
        same = same && same_amount(d, w, d->member_pays[i].member + 1);
    for (size_t i = 0; i < w->n_pays; i++)
        same = same && same_amount(d, w, w->pays[i].member);
    return same;
}

static bool same_reasons(const struct determination *d, const struct expect *w)
{
    const struct policy *p = d->policy;
    uint64_t bits = 0;

    for (size_t i = 0; i < w->n_because; i++)
        for (size_t k = 0; k < p->n_reasons; k++)
            if (str_eq(p->reason_names[k].text, w->because[i].text))
                bits |= UINT64_C(1) << k;
    return bits == d->reasons;
}

static bool same_needs(const struct determination *d, const struct expect *w)
{
    size_t found = 0;

    for (size_t i = 0; i < d->n_needs; i++)
        for (size_t k = 0; k < w->n_needs; k++) {
            uint32_t member = w->needs[k].member ? (uint32_t)w->needs[k].member - 1 : ROW_SUBJECT;
            if (d->needs[i].member == member &&
                str_eq(d->needs[i].field->name.text, w->needs[k].name.text)) {
                found++;
                break;
            }
        }
    return found == d->n_needs && w->n_needs == d->n_needs;
}

static bool same(const struct determination *d, const struct expect *w)
{
    if (d->undecided || w->undecided)
        return d->undecided && w->undecided && same_needs(d, w);
    return str_eq(d->policy->alts[d->alt].name.text, w->outcome.text) && same_reasons(d, w) &&
           same_pays(d, w) && same_needs(d, w);
}

/* ---- saying what came out, as an example would ---------------------------------------------- */

static void tell_needs(struct sbuf *out, const struct determination *d)
{
    for (size_t i = 0; i < d->n_needs; i++) {
        const struct need *n = &d->needs[i];
        sbuf_fmt(out, "%s%.*s of ", i ? ", " : "", STR_ARG(n->field->name.text));
        if (n->member == ROW_SUBJECT)
            sbuf_add(out, d->policy->subject->name.text);
        else
            sbuf_fmt(out, "member %" PRIu32, n->member + 1);
    }
}

static void tell_amount(struct sbuf *out, int64_t fen, size_t member)
{
    char text[32];

    if (fen == AMOUNT_OPEN || fen == 0)
        return;
    sbuf_fmt(out, ", %s", money_text(fen, false, text));
    if (member)
        sbuf_fmt(out, " to member %zu", member);
}

static void tell_result(struct sbuf *out, const struct determination *d)
{
    const struct policy *p = d->policy;
    bool first = true;

    if (d->undecided) {
        sbuf_addz(out, "undecided, needs ");
        tell_needs(out, d);
        return;
    }
    sbuf_add(out, p->alts[d->alt].name.text);
    for (size_t i = 0; i < p->n_reasons; i++) {
        if (!(d->reasons >> i & 1))
            continue;
        sbuf_fmt(out, "%s%.*s", first ? " because " : ", ", STR_ARG(p->reason_names[i].text));
        first = false;
    }
    tell_amount(out, d->subject_fen, 0);
    for (size_t i = 0; i < d->n_member_pays; i++)
        tell_amount(out, d->member_pays[i].fen, d->member_pays[i].member + 1);
    if (d->n_needs > 0) {
        sbuf_addz(out, ", needs ");
        tell_needs(out, d);
    }
}

/* ---- running -------------------------------------------------------------------------------- */

static void expect_run(struct row *r, const struct policy *p, const struct expect *w,
                       struct diags *diags)
{
    uint32_t who = p->of_member ? (w->member ? (uint32_t)w->member - 1 : 0) : ROW_SUBJECT;
    struct determination d;
    struct sbuf text;
    struct diag *g;
    struct err err;

    if (p->of_member && who >= r->n_members)
        return; /* the checker said so */
    if (row_determination(r, p, who, &d, &err) != RC_OK) {
        diag_add(diags, 300, w->at, "this can't be worked out: %s", err.text);
        return;
    }
    if (same(&d, w))
        return;
    sbuf_init(&text, 1 << 16);
    tell_result(&text, &d);
    g = diag_add(diags, 300, w->at, "this gives: %.*s", STR_ARG(sbuf_str(&text)));
    if (!d.undecided && d.n_needs) {
        sbuf_clear(&text);
        tell_needs(&text, &d);
        diag_help(g, diags, "still open, for want of %.*s", STR_ARG(sbuf_str(&text)));
    }
    sbuf_deinit(&text);
}

static void example_run(const struct rules *rules, struct policy *p, const struct example *x,
                        struct diags *diags, struct arena *a)
{
    const struct place *place = rules_place(rules, x->place.text);
    struct binding_spec spec = {.rules = rules, .policies = &p, .n_policies = 1, .month = x->month};
    const struct binding *bind;
    struct block block;
    struct row r;
    struct err err;

    if (!place)
        return; /* the checker said so */
    spec.division = place->division;
    if (bind_new(&spec, a, &bind, &err) != RC_OK) {
        diag_add(diags, 300, x->at, "this can't be worked out: %s", err.text);
        return;
    }
    block = block_of(a, rules, p, x);
    row_open(&r, bind, &block, 0, a);
    for (size_t i = 0; i < x->n_expects; i++)
        expect_run(&r, p, &x->expects[i], diags);
}

enum rc example_trace(const struct rules *r, struct policy *p, const struct example *x,
                      struct arena *a, struct trace **out, bool *as_expected, struct err *err)
{
    const struct place *place = rules_place(r, x->place.text);
    struct binding_spec spec = {.rules = r, .policies = &p, .n_policies = 1, .month = x->month};
    const struct binding *bind = NULL;
    struct row row;

    *as_expected = true;
    if (place == NULL)
        return err_set(err, RC_NOT_FOUND, "there is no place %.*s", STR_ARG(x->place.text));
    spec.division = place->division;
    TRY(bind_new(&spec, a, &bind, err));
    const struct block block = block_of(a, r, p, x);
    row_open(&row, bind, &block, 0, a);
    for (size_t i = 0; i < x->n_expects; i++) {
        const struct expect *w = &x->expects[i];
        uint32_t who = p->of_member ? (w->member ? (uint32_t)w->member - 1 : 0) : ROW_SUBJECT;
        struct determination d;
        if (p->of_member && who >= row.n_members)
            continue;
        TRY(row_determination(&row, p, who, &d, err));
        *as_expected &= same(&d, w);
    }
    return trace_build(bind, &block, 0, a, out, err);
}

size_t examples_run(const struct rules *r, struct diags *d)
{
    struct arena a;
    size_t ran = 0;

    arena_init(&a, 0);
    for (size_t i = 0; i < r->policies.n; i++) {
        struct policy *p = r->policies.at[i];
        for (size_t k = 0; k < p->n_examples; k++, ran++) {
            arena_reset(&a);
            example_run(r, p, &p->examples[k], d, &a);
        }
    }
    arena_deinit(&a);
    return ran;
}
