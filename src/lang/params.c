/*
 * Which value of a parameter holds for a division and a month, and which divisions are alike.
 *
 * Division codes nest by their zeros: province 2 digits, city 4, county 6, township 9, village 12;
 * 0 is the country.
 */
#include "lang/rules.h"

#include "lang/check.h"

size_t division_chain(int64_t division, int64_t chain[DIVISION_LEVELS])
{
    static const int64_t cut[] = {1, 1000, 1000000, 100000000, 10000000000, 1000000000000};
    size_t n = 0;

    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
        int64_t code = division / cut[i] * cut[i];

        if (n == 0 || chain[n - 1] != code)
            chain[n++] = code;
    }
    return n;
}

static bool area_names(const struct place_area *area, int64_t division)
{
    for (size_t i = 0; i < area->n; i++)
        if (area->divisions[i] == division)
            return true;
    return false;
}

/* The set of (place, area) that holds in month m; area is empty for the place as a whole. */
static const struct place_set *set_in(const struct place *p, str area, const struct param *param,
                                      month m)
{
    const struct place_set *best = NULL;

    for (size_t i = 0; i < p->n_sets; i++) {
        const struct place_set *s = &p->sets[i];

        if (s->param != param || s->from > m || !str_eq(s->area.text, area))
            continue;
        if (!best || s->from > best->from)
            best = s;
    }
    return best && best->through >= m ? best : NULL;
}

static const struct literal *value_of(const struct place_set *s, size_t key)
{
    for (size_t i = 0; i < s->n_values; i++)
        if (s->values[i].key_index == KEY_EVERY || s->values[i].key_index == key)
            return &s->values[i].lit;
    return NULL;
}

/*
 * Areas that name exactly this division. Of two places that name it the smaller one is nearer: its
 * own code is larger by its fewer zeros, and both contain the division.
 */
static const struct literal *value_of_areas(const struct rules *r, const struct param *param,
                                            size_t key, int64_t division, month m,
                                            const struct place_set **set)
{
    const struct literal *found = NULL;
    int64_t nearest = -1;

    for (size_t i = 0; i < r->places.n; i++) {
        const struct place *p = r->places.at[i];

        for (size_t k = 0; p->division > nearest && k < p->n_areas; k++) {
            const struct place_set *s;
            const struct literal *v;

            if (!area_names(&p->areas[k], division))
                continue;
            s = set_in(p, p->areas[k].name.text, param, m);
            v = s ? value_of(s, key) : NULL;
            if (v) {
                found = v;
                nearest = p->division;
                *set = s;
            }
        }
    }
    return found;
}

/* A county or what is below it; 0 and whole cities and provinces are not. */
static bool within_city(int64_t division)
{
    return division % 100000000 != 0;
}

static const struct literal *value_of_place(const struct rules *r, const struct param *param,
                                            size_t key, int64_t division, month m,
                                            const struct place_set **set)
{
    for (size_t i = 0; i < r->places.n; i++) {
        const struct place_set *s;
        const struct literal *v;

        if (r->places.at[i]->division != division)
            continue;
        s = set_in(r->places.at[i], S(""), param, m);
        v = s ? value_of(s, key) : NULL;
        if (v) {
            *set = s;
            return v;
        }
    }
    return NULL;
}

static const struct code *key_code(const struct param *p)
{
    if (p->by_field)
        return p->by_field->type.code;
    return p->by_def && p->by_def->form != DEF_GROUNDS ? p->by_def->type.code : NULL;
}

bool param_has_key(const struct param *p, size_t key)
{
    const struct code *code = key_code(p);

    return !code || !p->has_range ||
           (code->values[key].number >= p->range_lo && code->values[key].number <= p->range_hi);
}

/*
 * Within a city an area comes before the county's own place. Of a city as a whole its own place
 * comes before an area of the province that names it.
 */
const struct literal *param_value(const struct rules *r, const struct param *p, size_t key,
                                  int64_t division, month m, const struct place_set **set)
{
    int64_t chain[DIVISION_LEVELS];
    size_t n = division_chain(division, chain);
    const struct place_set *s = NULL;
    const struct literal *v = NULL;

    if (!param_has_key(p, key))
        n = 0;
    for (size_t i = 0; !v && i < n && within_city(chain[i]); i++)
        v = value_of_areas(r, p, key, chain[i], m, &s);
    for (size_t i = 0; !v && i < n; i++) {
        v = value_of_place(r, p, key, chain[i], m, &s);
        if (!v && !within_city(chain[i]))
            v = value_of_areas(r, p, key, chain[i], m, &s);
    }
    if (set)
        *set = v ? s : NULL;
    return v;
}

/*
 * The nearest code of the chain that a place or an area names decides everything: all that is
 * further up is the same for all divisions below it. Its number is its position among all that are
 * named; the first occurrence counts.
 */
uint32_t param_zone(const struct rules *r, int64_t division)
{
    int64_t chain[DIVISION_LEVELS];
    size_t n = division_chain(division, chain);
    size_t best = n;
    uint32_t zone = 0, number = 0;

    for (size_t i = 0; i < r->places.n; i++) {
        const struct place *p = r->places.at[i];

        for (size_t k = 0; k <= p->n_areas; k++) {
            size_t count = k ? p->areas[k - 1].n : 1;

            for (size_t j = 0; j < count; j++) {
                int64_t code = k ? p->areas[k - 1].divisions[j] : p->division;

                number++;
                for (size_t level = 0; level < best; level++)
                    if (chain[level] == code) {
                        best = level;
                        zone = number;
                        break;
                    }
            }
        }
    }
    return zone;
}

/* Is the division the area's, or within one of its divisions? */
static bool area_holds(const struct place *p, str name, const int64_t *chain, size_t n)
{
    for (size_t i = 0; i < p->n_areas; i++)
        for (size_t k = 0; k < n && str_eq(p->areas[i].name.text, name); k++)
            if (area_names(&p->areas[i], chain[k]))
                return true;
    return false;
}

bool place_delegates(const struct place *p, const struct service *s, int64_t division, month m)
{
    int64_t chain[DIVISION_LEVELS];
    size_t n = division_chain(division, chain);
    bool within = false;

    for (size_t i = 0; i < n; i++)
        within = within || chain[i] == p->division;
    for (size_t i = 0; within && i < p->n_delegates; i++) {
        const struct place_delegate *d = &p->delegates[i];

        if (d->decided == s && d->from <= m &&
            (!d->area.text.n || area_holds(p, d->area.text, chain, n)))
            return true;
    }
    return false;
}
