/*
 * What a run finds besides its awards: amounts that it decides, and differences from what is decided,
 * of which proposals are made when it becomes visible.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "pay/determine_in.h"

int64_t unit_lines(const struct unit_amount *of, size_t n_of, const struct policy *p,
                   int64_t person, struct arena *a, struct unit_amount **out, size_t *n)
{
    int64_t fen = 0;

    *out = NEW_N(a, struct unit_amount, n_of + 1);
    *n = 0;
    for (size_t i = 0; i < n_of; i++) {
        /* To a household's unit belong the lines of its members as well. */
        if (of[i].policy != p || (person != 0 && of[i].person != person))
            continue;
        (*out)[(*n)++] = of[i];
        fen += of[i].fen;
    }
    return fen;
}

static int64_t line_of(const struct unit_amount *lines, size_t n, int64_t person)
{
    for (size_t i = 0; i < n; i++)
        if (lines[i].person == person)
            return lines[i].fen;
    return 0;
}

static bool same_lines(const struct unit_amount *a, size_t n_a, const struct unit_amount *b,
                       size_t n_b)
{
    for (size_t i = 0; i < n_a; i++)
        if (line_of(b, n_b, a[i].person) != a[i].fen)
            return false;
    for (size_t i = 0; i < n_b; i++)
        if (line_of(a, n_a, b[i].person) != b[i].fen)
            return false;
    return true;
}

static int by_person(const void *a, const void *b)
{
    const struct unit_amount *x = a, *y = b;

    return (x->person > y->person) - (x->person < y->person);
}

/* "0=28000", by person: the same lines give the same text. */
static str amounts_text(const struct unit_amount *lines, size_t n, struct arena *a)
{
    struct unit_amount *sorted = NEW_N(a, struct unit_amount, n + 1);
    struct sbuf text;

    for (size_t i = 0; i < n; i++)
        sorted[i] = lines[i];
    qsort(sorted, n, sizeof *sorted, by_person);
    sbuf_init(&text, 1 << 16);
    for (size_t i = 0; i < n; i++)
        sbuf_fmt(&text, "%s%" PRId64 "=%" PRId64, i > 0 ? "+" : "", sorted[i].person,
                 sorted[i].fen);
    str out = str_dup(a, sbuf_str(&text));
    sbuf_deinit(&text);
    return out;
}

static int64_t sum_of(const struct unit_amount *lines, size_t n)
{
    int64_t fen = 0;

    for (size_t i = 0; i < n; i++)
        fen += lines[i].fen;
    return fen;
}

static void add_finding(struct found *out, const struct found_finding *f)
{
    *VEC_PUSH(out->a, &out->findings) = *f;
}

void note_difference(struct here *h, const struct difference *d)
{
    struct unit_amount *old = NULL;
    size_t n = 0;
    struct found_finding f = {.household = h->household,
                              .person = d->person,
                              .division = h->division,
                              .policy = d->policy,
                              .amounts = S(""),
                              .outcome = d->outcome,
                              .reasons = d->reasons};

    f.old_fen = unit_lines(h->decided, h->n_decided, d->policy, d->person, h->out->a, &old, &n);
    bool decided = n > 0, same = same_lines(old, n, d->lines, d->n);
    if (!decided)
        f.old_fen = unit_lines(h->last, h->n_last, d->policy, d->person, h->out->a, &old, &n);
    if (!d->stops && (decided ? same : d->n == 0))
        return;
    f.new_fen = sum_of(d->lines, d->n);
    f.amounts = amounts_text(d->lines, d->n, h->out->a);
    /* The same sum to other persons is told as a raise of nothing. */
    f.kind = d->stops ? "stop" : !decided ? "add" : f.new_fen >= f.old_fen ? "raise" : "cut";
    if (!decided && !d->stops)
        f.old_fen = 0;
    add_finding(h->out, &f);
}

void note_decision(struct here *h, const struct policy *p, int64_t person,
                   const struct unit_amount *lines, size_t n)
{
    struct unit_amount *old = NULL;
    size_t n_old = 0;
    struct found_finding f = {.household = h->household,
                              .division = h->division,
                              .policy = p,
                              .kind = "decide",
                              .amounts = S(""),
                              .outcome = S(""),
                              .reasons = S("")};

    unit_lines(h->decided, h->n_decided, p, person, h->out->a, &old, &n_old);
    for (size_t i = 0; i < n_old; i++) {
        f.person = old[i].person;
        f.old_fen = old[i].fen;
        f.new_fen = line_of(lines, n, f.person);
        if (f.new_fen != f.old_fen)
            add_finding(h->out, &f);
    }
    f.old_fen = 0;
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < n_old; k++)
            known |= old[k].person == lines[i].person;
        f.person = lines[i].person;
        f.new_fen = lines[i].fen;
        if (!known)
            add_finding(h->out, &f);
    }
    /* That it gets nothing is decided as well. */
    f.person = person;
    f.new_fen = 0;
    if (n_old == 0 && n == 0)
        add_finding(h->out, &f);
}

void note_stray(struct found *out, const struct enrolled *e, int64_t division,
                const struct intake *in)
{
    struct found_finding f = {.household = e->household,
                              .person = e->person,
                              .division = division,
                              .policy = e->policy,
                              .kind = "stop",
                              .amounts = S(""),
                              .outcome = S("gone"),
                              .reasons = S("")};

    for (size_t i = 0; i < in->decided.n; i++) {
        const struct unit_amount *d = &in->decided.at[i];
        if (d->household == e->household && d->policy == e->policy &&
            (e->person == 0 || e->person == d->person))
            f.old_fen += d->fen;
    }
    add_finding(out, &f);
}
