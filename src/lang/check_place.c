/*
 * Places: divisions and areas, and each `set` found its parameter, with one value for every key or
 * one for each.
 */
#include "lang/check.h"

/* Sets of one place and parameter, from the same month, for the same area. */
static bool same_set(const struct place_set *a, const struct place_set *b)
{
    return a->param == b->param && a->from == b->from && str_eq(a->area.text, b->area.text);
}

/* ---- divisions ------------------------------------------------------------------------------- */

static bool contains(int64_t outer, int64_t inner)
{
    int64_t chain[DIVISION_LEVELS];
    size_t n = division_chain(inner, chain);

    for (size_t i = 1; i < n; i++)
        if (chain[i] == outer)
            return true;
    return false;
}

static bool plausible(int64_t division)
{
    return division == 0 || (division >= 100000000000 && division <= 999999999999);
}

static void check_division(struct check *c, const struct place *p)
{
    if (!plausible(p->division))
        diag_add(c->d, R_DIVISION, p->name.at, "%lld is not a division: it has 12 digits",
                 (long long)p->division);
    for (size_t i = 0; i < c->r->places.n && c->r->places.at[i] != p; i++)
        if (c->r->places.at[i]->division == p->division)
            diag_add(c->d, R_DIVISION, p->name.at, "%.*s is the place of division %012lld already",
                     STR_ARG(c->r->places.at[i]->name.text), (long long)p->division);
}

static void check_area_division(struct check *c, const struct place *p, size_t area, size_t at)
{
    const struct place_area *x = &p->areas[area];
    int64_t division = x->divisions[at];

    if (!plausible(division) || !contains(p->division, division)) {
        diag_add(c->d, R_DIVISION, x->name.at, "%lld is not a division within %.*s",
                 (long long)division, STR_ARG(p->name.text));
        return;
    }
    for (size_t i = 0; i <= area; i++)
        for (size_t k = 0; k < (i == area ? at : p->areas[i].n); k++)
            if (p->areas[i].divisions[k] == division) {
                diag_add(c->d, R_DIVISION, x->name.at, "%lld is in %.*s already",
                         (long long)division, STR_ARG(p->areas[i].name.text));
                return;
            }
}

static void check_areas(struct check *c, struct place *p)
{
    for (size_t i = 0; i < p->n_areas; i++) {
        for (size_t k = 0; k < i; k++)
            if (str_eq(p->areas[k].name.text, p->areas[i].name.text)) {
                name_twice(c, &p->areas[i].name, &p->areas[k].name);
                break;
            }
        for (size_t k = 0; k < p->areas[i].n; k++)
            check_area_division(c, p, i, k);
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static const struct code *key_code(const struct param *p)
{
    if (p->by_field)
        return p->by_field->type.code;
    return p->by_def && p->by_def->form != DEF_GROUNDS ? p->by_def->type.code : NULL;
}

static str key_name(const struct param *p, size_t key)
{
    const struct code *code = key_code(p);

    return code ? code->values[key].name.text : p->by_def->grounds[key].name.text;
}

static bool find_key(const struct param *p, struct set_value *v)
{
    const struct code *code = key_code(p);

    for (size_t i = 0; i < p->n_keys; i++) {
        bool hit = v->key_is_number ? code && code->values[i].has_number &&
                                          code->values[i].number == v->key_number
                                    : str_eq(key_name(p, i), v->key.text);

        if (hit && param_has_key(p, i)) {
            v->key_index = i;
            return true;
        }
    }
    return false;
}

static void unknown_key(struct check *c, const struct param *p, const struct set_value *v)
{
    str *names = NEW_N(c->a, str, p->n_keys);
    str text = v->key_is_number ? str_fmt(c->a, "%lld", (long long)v->key_number) : v->key.text;
    size_t n = 0;

    for (size_t i = 0; i < p->n_keys; i++)
        if (param_has_key(p, i))
            names[n++] = key_name(p, i);
    diag_help(diag_add(c->d, R_KEYS, v->key.at.to ? v->key.at : v->at,
                       "%.*s has no value for “%.*s”",
                       STR_ARG(check_named(c, p->name.text, &p->label)), STR_ARG(text)),
              c->d, "it is for %.*s", STR_ARG(names_listed(c->a, names, n)));
}

static bool keyed(const struct set_value *v)
{
    return v->key.text.n || v->key_is_number;
}

/* One value without a key, or one for each key. */
static bool check_keys(struct check *c, struct place_set *s)
{
    const struct param *p = s->param;
    size_t with_key = 0;

    for (size_t i = 0; i < s->n_values; i++) {
        s->values[i].key_index = KEY_EVERY;
        with_key += keyed(&s->values[i]) ? 1 : 0;
    }
    if (with_key == 0 && s->n_values == 1)
        return true;
    if (!p->by.text.n) {
        diag_add(c->d, R_KEYS, s->values[s->n_values > 1 ? 1 : 0].at, "%.*s has a single value",
                 STR_ARG(check_named(c, p->name.text, &p->label)));
        return false;
    }
    if (with_key < s->n_values) {
        diag_add(c->d, R_KEYS, s->at, "either one value for all, or one for each %.*s",
                 STR_ARG(p->by.text));
        return false;
    }
    for (size_t i = 0; i < s->n_values; i++) {
        struct set_value *v = &s->values[i];

        if (!find_key(p, v)) {
            unknown_key(c, p, v);
            return false;
        }
        for (size_t k = 0; k < i; k++)
            if (s->values[k].key_index == v->key_index) {
                diag_add(c->d, R_KEYS, v->at, "%.*s has its value already",
                         STR_ARG(key_name(p, v->key_index)));
                return false;
            }
    }
    return true;
}

static void check_all_keys(struct check *c, const struct place_set *s)
{
    const struct param *p = s->param;
    str *missing = NEW_N(c->a, str, p->n_keys);
    size_t n = 0;

    if (s->values[0].key_index == KEY_EVERY)
        return;
    for (size_t i = 0; i < p->n_keys; i++) {
        bool found = !param_has_key(p, i);

        for (size_t k = 0; !found && k < s->n_values; k++)
            found = s->values[k].key_index == i;
        if (!found)
            missing[n++] = key_name(p, i);
    }
    if (n)
        diag_add(c->d, R_KEYS, s->name.at, "%.*s has no value for %.*s",
                 STR_ARG(check_named(c, p->name.text, &p->label)),
                 STR_ARG(names_listed(c->a, missing, n)));
}

/* ---- sets ------------------------------------------------------------------------------------ */

static bool find_param(struct check *c, struct place_set *s)
{
    struct scope scope = {.c = c};
    struct policy *p = find_policy(&scope, &s->policy);
    str *names;

    for (size_t i = 0; p && i < p->n_params; i++)
        if (str_eq(p->params[i]->name.text, s->name.text))
            s->param = p->params[i];
    if (!p || s->param)
        return p != NULL;
    names = NEW_N(c->a, str, p->n_params);
    for (size_t i = 0; i < p->n_params; i++)
        names[i] = p->params[i]->name.text;
    unknown_among(c, &s->name, names, NULL, p->n_params);
    return false;
}

void check_area_name(struct check *c, const struct place *p, const struct ident *area)
{
    str *names = NEW_N(c->a, str, p->n_areas);

    if (!area->text.n)
        return;
    for (size_t i = 0; i < p->n_areas; i++) {
        names[i] = p->areas[i].name.text;
        if (str_eq(names[i], area->text))
            return;
    }
    unknown_among(c, area, names, NULL, p->n_areas);
}

static bool by_known(const struct param *p)
{
    const struct code *code = key_code(p);

    return !p->by.text.n || code || (p->by_def && p->by_def->form == DEF_GROUNDS);
}

static void check_set_values(struct check *c, struct place_set *s)
{
    const struct param *p = s->param;

    for (size_t i = 0; i < s->n_values; i++) {
        struct set_value *v = &s->values[i];

        if (p->type.kind == K_NONE || v->type.kind == K_NONE ||
            literal_fits(&v->type, &v->lit, p->type))
            continue;
        diag_add(c->d, R_SET_KIND, v->at, "%.*s is %.*s, this is %.*s",
                 STR_ARG(check_named(c, p->name.text, &p->label)),
                 STR_ARG(check_phrase(c, p->type)), STR_ARG(check_phrase(c, v->type)));
    }
    if (s->n_values && by_known(p) && check_keys(c, s))
        check_all_keys(c, s);
}

static void check_place_set(struct check *c, struct place *p, struct place_set *s)
{
    char from[8];

    if (s->through < s->from)
        diag_add(c->d, R_THROUGH, s->at, "this ends before it begins in %s",
                 month_text(s->from, from));
    check_area_name(c, p, &s->area);
    if (!find_param(c, s))
        return;
    for (const struct place_set *other = p->sets; other < s; other++)
        if (same_set(other, s)) {
            diag_add(c->d, R_SET_TWICE, s->name.at, "%.*s.%.*s is set from %s already",
                     STR_ARG(s->policy.text), STR_ARG(s->name.text), month_text(s->from, from));
            break;
        }
    check_set_values(c, s);
}

static void check_line_names(struct check *c, struct place *p)
{
    size_t n = c->r->sources.list.n;
    str *names = NEW_N(c->a, str, n);

    for (size_t i = 0; i < n; i++)
        names[i] = c->r->sources.list.at[i].line;
    for (size_t i = 0; i < p->n_lines; i++)
        for (size_t k = 0; k < p->lines[i].n; k++) {
            bool found = false;

            for (size_t j = 0; j < n; j++)
                found = found || str_eq(names[j], p->lines[i].names[k].text);
            if (!found)
                unknown_among(c, &p->lines[i].names[k], names, NULL, n);
        }
}

void check_places(struct check *c)
{
    for (size_t i = 0; i < c->r->places.n; i++) {
        struct place *p = c->r->places.at[i];

        check_division(c, p);
        check_areas(c, p);
        check_line_names(c, p);
        for (size_t k = 0; k < p->n_sets; k++)
            check_place_set(c, p, &p->sets[k]);
        check_place_delegates(c, p);
    }
}
