/*
 * Lines that are switched on: from then on every parameter of their policies must have a value in
 * every month, of the place itself or of one above it.
 */
#include "lang/check.h"

/* Months in which something may change, sorted: between two of them a value stays or stays away. */
struct months {
    VEC(month) list;
};

static void add_month(struct check *c, struct months *m, month at)
{
    size_t i;

    for (i = 0; i < m->list.n; i++)
        if (m->list.at[i] == at)
            return;
    (void)VEC_PUSH(c->a, &m->list);
    for (i = m->list.n - 1; i > 0 && m->list.at[i - 1] > at; i--)
        m->list.at[i] = m->list.at[i - 1];
    m->list.at[i] = at;
}

static void add_changes(struct check *c, struct months *m, const struct param *param, month from)
{
    for (size_t i = 0; i < c->r->places.n; i++)
        for (size_t k = 0; k < c->r->places.at[i]->n_sets; k++) {
            const struct place_set *s = &c->r->places.at[i]->sets[k];

            if (s->param != param)
                continue;
            if (s->from > from)
                add_month(c, m, s->from);
            if (s->through != INT32_MAX && s->through >= from)
                add_month(c, m, s->through + 1);
        }
}

static bool has_value(struct check *c, const struct place *p, const struct param *param, month m)
{
    for (size_t key = 0; key < param->n_keys; key++)
        if (param_value(c->r, param, key, p->division, m, NULL))
            return true;
    return false;
}

/* The word `lines` stands before the first name. */
static struct span lines_at(const struct check *c, const struct place_lines *lines)
{
    struct span at = lines->names[0].at;
    str before = check_text(c, (struct span){at.file, 0, at.from});
    uint32_t end;

    while (before.n && (before.p[before.n - 1] == ' ' || before.p[before.n - 1] == '\n'))
        before.n--;
    end = (uint32_t)before.n;
    return str_ends(before, S("lines")) ? (struct span){at.file, end - 5, end} : at;
}

static void check_param_covered(struct check *c, const struct place *p,
                                const struct place_lines *lines, const struct param *param)
{
    struct months m = {{0}};
    char from[8], to[8];

    add_month(c, &m, lines->from);
    add_changes(c, &m, param, lines->from);
    for (size_t i = 0; i < m.list.n; i++) {
        size_t end = i;

        if (has_value(c, p, param, m.list.at[i]))
            continue;
        while (end + 1 < m.list.n && !has_value(c, p, param, m.list.at[end + 1]))
            end++;
        month_text(m.list.at[i], from);
        if (end + 1 < m.list.n)
            diag_add(c->d, R_NO_SET, lines_at(c, lines),
                     "%.*s.%.*s has no value in %.*s from %s through %s",
                     STR_ARG(param->policy->name.text),
                     STR_ARG(check_named(c, param->name.text, &param->label)),
                     STR_ARG(p->name.text), from, month_text(m.list.at[end + 1] - 1, to));
        else
            diag_add(c->d, R_NO_SET, lines_at(c, lines), "%.*s.%.*s has no value in %.*s from %s",
                     STR_ARG(param->policy->name.text),
                     STR_ARG(check_named(c, param->name.text, &param->label)),
                     STR_ARG(p->name.text), from);
        return;
    }
}

static void check_place_covered(struct check *c, const struct place *p)
{
    for (size_t i = 0; i < p->n_lines; i++)
        for (size_t k = 0; k < p->lines[i].n; k++)
            for (size_t j = 0; j < c->r->params.n; j++) {
                const struct param *param = c->r->params.at[j];

                if (str_eq(param->policy->line, p->lines[i].names[k].text))
                    check_param_covered(c, p, &p->lines[i], param);
            }
}

void check_coverage(struct check *c)
{
    for (size_t i = 0; i < c->r->places.n; i++)
        check_place_covered(c, c->r->places.at[i]);
}
