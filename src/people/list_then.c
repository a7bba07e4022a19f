/* See list_then.h. */
#include "people/list_then.h"

#include <stdlib.h>
#include <string.h>

#include "people/people_sql.h"
#include "people/pinyin.h"
#include "people/tokens.h"

enum {
    SLICE = 4096, /* households at a time */
    STEPS = 256,  /* rows of others passed over before it is cheaper to begin anew */
};

/* A household of the county, as it is on the day or was last. */
struct home {
    int64_t household, division, head;
    bool over;
};

struct homes {
    struct home *at; /* as VEC */
    size_t n, cap;
};

struct then_row {
    int64_t county, person, household, division;
    str name, reading, word;
    int sex;
    day birth;
    bool gone, head;
    str from; /* of the membership */
};

struct sifting {
    const struct list_spec *s;
    bool persons;
    struct conn *c;
    struct arena *a; /* of the page */
    struct arena of_county, of_slice;
    char on[11];
    day today; /* the day as of which */
    str typed;
    char latin[PINYIN_MOST];
    int64_t county, position;
    struct homes homes;
    VEC(struct household_key) enrolled; /* household and person; of the programme asked for */
    VEC(struct then_row) ever;          /* with those gone: everybody's memberships */
    struct homes today_homes;           /* of all the county, where that is asked for */
    struct then_row *kept;              /* the page and one more, in order; in `a` */
    size_t n, room;
    int64_t count;
};

bool list_is_then(const struct list_spec *s)
{
    return s->at.as_of != 0 || s->at.known_at_ms != 0;
}

enum rc counties_then(const struct list_spec *s, struct conn *c, struct arena *a,
                      struct county_then **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(s->lo), V_INT(s->hi)};
    VEC(struct county_then) list = {0};
    struct query *q = NULL;
    bool known = s->at.known_at_ms == 0;

    if (!known)
        TRY(instant_check(s->at.known_at_ms, err));
    TRY(query(c, &stmt_time_counties, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct county_then){query_int(q, 0), INT64_MAX};
    TRY(query_end(q, err));
    for (size_t i = 0; s->at.known_at_ms != 0 && i < list.n; i++) {
        struct county_then *one = &list.at[i];
        TRY(change_position_at(c, one->county, s->at.known_at_ms, &one->position, err));
        known = known || one->position > 0;
    }
    *out = list.at;
    *n = list.n;
    if (!known && list.n > 0)
        return instant_position(c, list.at[0].county, s->at.known_at_ms, &list.at[0].position, err);
    return RC_OK;
}

/* ---- what is asked for ----------------------------------------------------------------------- */

static int key_order(const void *a, const void *b)
{
    const struct household_key *x = a, *y = b;
    if (x->county != y->county)
        return x->county < y->county ? -1 : 1;
    return (x->household > y->household) - (x->household < y->household);
}

static bool among(const struct household_key *list, size_t n, int64_t first, int64_t second)
{
    const struct household_key key = {first, second};
    return n > 0 && bsearch(&key, list, n, sizeof key, key_order) != NULL;
}

/* Of a household's list anybody in it may be on the programme. */
static bool is_enrolled(const struct sifting *g, const struct then_row *r)
{
    if (g->s->programme.n == 0)
        return true;
    if (g->persons)
        return !r->gone && (among(g->enrolled.at, g->enrolled.n, r->household, 0) ||
                            among(g->enrolled.at, g->enrolled.n, r->household, r->person));
    size_t lo = 0, hi = g->enrolled.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (g->enrolled.at[mid].county < r->household)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->enrolled.n && g->enrolled.at[lo].county == r->household;
}

static int home_order(const void *a, const void *b)
{
    const struct home *x = a, *y = b;
    return (x->household > y->household) - (x->household < y->household);
}

/* Does the viewer see where it lives today? */
static bool looks_today(const struct sifting *g)
{
    int64_t first = g->county * 1000000;
    return g->s->seen_hi != 0 && (g->s->seen_lo > first || g->s->seen_hi < first + 999999);
}

static bool is_seen(const struct sifting *g, const struct then_row *r)
{
    const struct home key = {.household = r->household};
    const struct home *h = NULL;
    if (!looks_today(g))
        return true;
    if (g->today_homes.n > 0)
        h = bsearch(&key, g->today_homes.at, g->today_homes.n, sizeof key, home_order);
    return h != NULL && h->division >= g->s->seen_lo && h->division <= g->s->seen_hi;
}

static bool is_asked_for(const struct sifting *g, const struct then_row *r)
{
    const struct list_spec *s = g->s;
    if (s->limited && !among(s->only, s->n_only, r->county, r->household))
        return false;
    if (!is_enrolled(g, r) || !is_seen(g, r))
        return false;
    if (g->typed.n > 0 && g->latin[0] != '\0' && !str_starts(r->reading, str_from(g->latin)))
        return false;
    if (g->typed.n > 0 && g->latin[0] == '\0' && !str_starts(r->name, g->typed))
        return false;
    if (!g->persons)
        return true;
    int years = date_years(r->birth, g->today);
    return (s->sex < 0 || r->sex == s->sex) && (s->age_from < 0 || years >= s->age_from) &&
           (s->age_to < 0 || years <= s->age_to);
}

/* The word by which it is put into order: as the list of now has it. */
static str word_of(const struct sifting *g, const struct then_row *r, struct arena *a)
{
    const struct list_spec *s = g->s;
    char born[11];
    str reading = r->reading.n > 0 ? r->reading : S("~");
    str body = token_body(r->reading, r->name, a);
    if (s->order == LIST_NEWEST)
        return token_newest(r->household, a);
    if (s->order == LIST_BY_DIVISION)
        return token_division(r->division, r->household, a);
    if (s->order == LIST_BY_BIRTH)
        return s->programme.n > 0
                   ? str_fmt(a, "s%.*s/%s:%.*s", STR_ARG(s->programme), date_text(r->birth, born),
                             STR_ARG(body))
                   : str_fmt(a, "b%s:%.*s", date_text(r->birth, born), STR_ARG(body));
    if (s->programme.n > 0)
        return str_fmt(a, "%c%.*s:%.*s", g->persons ? 'q' : 'g', STR_ARG(s->programme),
                       STR_ARG(body));
    if (g->typed.n > 0 && g->latin[0] == '\0')
        return g->persons ? str_fmt(a, "n%.*s:%.*s", STR_ARG(r->name), STR_ARG(reading))
                          : str_fmt(a, "k%.*s", STR_ARG(r->name));
    return str_fmt(a, "%c%.*s", g->persons ? 'p' : 'h', STR_ARG(body));
}

/* ---- the page --------------------------------------------------------------------------------- */

static int row_order(const struct sifting *g, const struct then_row *x, str word, int64_t person)
{
    int order = str_cmp(x->word, word);
    if (order == 0)
        order = (x->person > person) - (x->person < person);
    return g->s->down ? -order : order;
}

/* Keep it if it belongs to the page or is the first one behind it. */
static void keep(struct sifting *g, struct then_row *r)
{
    g->count++;
    if (g->room == 0)
        return;
    r->word = word_of(g, r, &g->of_slice);
    if (g->s->after.given && row_order(g, r, g->s->after.word, g->s->after.id) <= 0)
        return;
    if (g->n == g->room && row_order(g, r, g->kept[g->n - 1].word, g->kept[g->n - 1].person) >= 0)
        return;
    size_t at = g->n < g->room ? g->n++ : g->n - 1;
    for (; at > 0 && row_order(g, r, g->kept[at - 1].word, g->kept[at - 1].person) < 0; at--)
        g->kept[at] = g->kept[at - 1];
    g->kept[at] = *r;
    g->kept[at].name = str_dup(g->a, r->name);
    g->kept[at].word = str_dup(g->a, r->word);
    g->kept[at].reading = S(""); /* the caller's */
}

static void sift(struct sifting *g, struct then_row *r)
{
    struct pinyin p;
    pinyin_of(r->name, &p);
    r->reading = str_from(p.whole);
    if (is_asked_for(g, r))
        keep(g, r);
}

/* ---- one county ------------------------------------------------------------------------------- */

static bool with_gone(const struct sifting *g)
{
    return g->persons && g->s->gone;
}

/* The last row of each household, of some divisions, that holds after a day or in the end. */
MUST_CHECK static enum rc read_homes(struct sifting *g, bool all, day of_day, int64_t position,
                                     struct homes *out, struct err *err)
{
    char text[11];
    str on = str_from(date_text(of_day, text));
    const struct value v[] = {
        V_INT(g->county), V_INT(all ? 0 : g->s->lo), V_INT(all ? INT64_MAX : g->s->hi),
        V_TEXT(on),       V_TEXT(all ? S("") : on),  V_INT(position)};
    struct query *q = NULL;
    TRY(query(g->c, &stmt_time_homes, v, 6, &q, err));
    while (query_next(q)) {
        int64_t household = query_int(q, 0);
        struct home *h = out->n > 0 ? &out->at[out->n - 1] : NULL;
        if (h == NULL || h->household != household)
            h = VEC_PUSH(&g->of_county, out);
        *h = (struct home){household, query_int(q, 1), query_int(q, 2),
                           str_cmp(query_text(q, 3), on) <= 0};
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc read_enrolled(struct sifting *g, struct err *err)
{
    const struct value v[] = {V_INT(g->county), V_TEXT(g->s->programme), V_TEXT(str_from(g->on)),
                              V_INT(g->position)};
    struct query *q = NULL;
    if (g->s->programme.n == 0)
        return RC_OK;
    TRY(query(g->c, &stmt_time_enrolled, v, 4, &q, err));
    while (query_next(q))
        *VEC_PUSH(&g->of_county, &g->enrolled) =
            (struct household_key){query_int(q, 0), query_int(q, 1)};
    return query_end(q, err);
}

static void take_person(struct sifting *g, const struct home *h, const struct query *q)
{
    str on = str_from(g->on), death = query_text(q, 7);
    struct then_row r = {.county = g->county,
                         .person = query_int(q, 1),
                         .household = h->household,
                         .division = h->division,
                         .head = h->head == query_int(q, 1),
                         .name = query_text(q, 4),
                         .sex = (int)query_int(q, 5),
                         .from = query_text(q, 2)};
    r.gone =
        (death.n > 0 && str_cmp(death, on) <= 0) || h->over || str_cmp(query_text(q, 3), on) <= 0;
    if (!date_parse(query_text(q, 6), &r.birth))
        r.birth = 0;
    if (with_gone(g)) {
        struct then_row *all = VEC_PUSH(&g->of_county, &g->ever);
        *all = r;
        all->name = str_dup(&g->of_county, r.name);
        all->from = str_dup(&g->of_county, r.from);
    } else if (!r.gone && (g->persons || r.head)) {
        sift(g, &r);
    }
}

/* Whoever lives in homes [from, to); anew behind many rows of others. */
MUST_CHECK static enum rc read_people(struct sifting *g, size_t from, size_t to, struct err *err)
{
    str on = str_from(g->on);
    size_t at = from;
    int passed = STEPS + 1;
    while (passed > STEPS) {
        const struct value v[] = {V_INT(g->county),
                                  V_INT(g->homes.at[at].household),
                                  V_INT(g->homes.at[to - 1].household),
                                  V_TEXT(on),
                                  V_TEXT(with_gone(g) ? S("") : on),
                                  V_INT(g->position)};
        struct query *q = NULL;
        passed = 0;
        TRY(query(g->c, &stmt_time_people, v, 6, &q, err));
        while (passed <= STEPS && query_next(q)) {
            int64_t household = query_int(q, 0);
            while (at < to - 1 && g->homes.at[at].household < household)
                at++;
            if (g->homes.at[at].household != household) {
                passed++;
                continue;
            }
            passed = 0;
            take_person(g, &g->homes.at[at], q);
        }
        TRY(query_end(q, err));
    }
    return RC_OK;
}

static int ever_order(const void *a, const void *b)
{
    const struct then_row *x = a, *y = b;
    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return str_cmp(x->from, y->from);
}

/* Of everybody where he or she lived last. */
static void sift_ever(struct sifting *g)
{
    if (g->ever.n > 0)
        qsort(g->ever.at, g->ever.n, sizeof *g->ever.at, ever_order);
    for (size_t i = 0; i < g->ever.n; i++) {
        struct then_row *r = &g->ever.at[i];
        bool last = i + 1 == g->ever.n || g->ever.at[i + 1].person != r->person;
        if (last && r->division >= g->s->lo && r->division <= g->s->hi)
            sift(g, r);
    }
}

MUST_CHECK static enum rc sift_county(struct sifting *g, struct err *err)
{
    arena_reset(&g->of_county);
    memset(&g->homes, 0, sizeof g->homes);
    memset(&g->enrolled, 0, sizeof g->enrolled);
    memset(&g->ever, 0, sizeof g->ever);
    memset(&g->today_homes, 0, sizeof g->today_homes);
    /* With those gone everything that ever began counts, wherever: where it was last is known at the end. */
    TRY(read_homes(g, with_gone(g), g->today, g->position, &g->homes, err));
    if (looks_today(g))
        TRY(read_homes(g, true, g->s->today, INT64_MAX, &g->today_homes, err));
    TRY(read_enrolled(g, err));
    for (size_t from = 0, to = 0; from < g->homes.n; from = to) {
        to = from + SLICE < g->homes.n ? from + SLICE : g->homes.n;
        arena_reset(&g->of_slice);
        TRY(read_people(g, from, to, err));
    }
    sift_ever(g);
    return RC_OK;
}

MUST_CHECK static enum rc sift_all(struct sifting *g, struct err *err)
{
    struct arena a = {0};
    struct county_then *counties = NULL;
    size_t n = 0;
    g->today = g->s->at.as_of != 0 ? g->s->at.as_of : g->s->today;
    date_text(g->today, g->on);
    g->typed = str_trim(g->s->typed);
    pinyin_typed(g->typed, g->latin);
    if (g->room > 0)
        g->kept = NEW_N(g->a, struct then_row, g->room + 1);
    enum rc rc = counties_then(g->s, g->c, &a, &counties, &n, err);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        g->county = counties[i].county;
        g->position = counties[i].position;
        if (g->position > 0)
            rc = sift_county(g, err);
    }
    arena_deinit(&g->of_county);
    arena_deinit(&g->of_slice);
    arena_deinit(&a);
    return rc;
}

/* What there is to show of the page, and where the next one begins. */
MUST_CHECK static enum rc sift_page(struct sifting *g, size_t *n, struct list_after *next,
                                    struct err *err)
{
    g->room = (size_t)g->s->limit + 1;
    TRY(sift_all(g, err));
    *n = g->n < g->room ? g->n : g->room - 1;
    *next = (struct list_after){.given = g->n == g->room && *n > 0};
    if (next->given) {
        next->word = g->kept[*n - 1].word;
        next->id = g->kept[*n - 1].person;
    }
    return RC_OK;
}

/* ---- items ------------------------------------------------------------------------------------ */

/* A row's county was read at one position; it is asked again rather than kept with each row. */
MUST_CHECK static enum rc position_of(const struct sifting *g, int64_t county, int64_t *out,
                                      struct err *err)
{
    *out = INT64_MAX;
    return g->s->at.known_at_ms == 0
               ? RC_OK
               : change_position_at(g->c, county, g->s->at.known_at_ms, out, err);
}

MUST_CHECK static enum rc programmes_then(struct conn *c, int64_t county, int64_t household, str on,
                                          int64_t position, struct arena *a, str *out,
                                          struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_TEXT(on), V_INT(position)};
    struct query *q = NULL;
    *out = S("");
    TRY(query(c, &stmt_time_programmes, v, 4, &q, err));
    while (query_next(q))
        *out = str_fmt(a, "%.*s%s%.*s", STR_ARG(*out), out->n > 0 ? " " : "",
                       STR_ARG(query_text(q, 0)));
    return query_end(q, err);
}

MUST_CHECK static enum rc fill_household(struct conn *c, str on, int64_t position, struct arena *a,
                                         struct household_item *h, struct err *err)
{
    const struct value v[] = {V_INT(h->county), V_INT(h->household), V_TEXT(on), V_INT(position)};
    TRY(query_one(c, &stmt_time_size, v, 4, &h->members, err));
    return programmes_then(c, h->county, h->household, on, position, a, &h->programmes, err);
}

enum rc list_households_then(const struct list_spec *s, struct conn *c, struct arena *a,
                             struct household_item **out, size_t *n, struct list_after *next,
                             struct err *err)
{
    struct sifting g = {.s = s, .c = c, .a = a};
    TRY(sift_page(&g, n, next, err));
    *out = NEW_N(a, struct household_item, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const struct then_row *r = &g.kept[i];
        int64_t position = 0;
        (*out)[i] = (struct household_item){.county = r->county,
                                            .household = r->household,
                                            .head = r->person,
                                            .division = r->division,
                                            .head_name = r->name};
        TRY(position_of(&g, r->county, &position, err));
        TRY(fill_household(c, str_from(g.on), position, a, &(*out)[i], err));
    }
    return RC_OK;
}

enum rc list_persons_then(const struct list_spec *s, struct conn *c, struct arena *a,
                          struct person_item **out, size_t *n, struct list_after *next,
                          struct err *err)
{
    struct sifting g = {.s = s, .persons = true, .c = c, .a = a};
    TRY(sift_page(&g, n, next, err));
    *out = NEW_N(a, struct person_item, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        const struct then_row *r = &g.kept[i];
        int64_t position = 0;
        str programmes = {0};
        TRY(position_of(&g, r->county, &position, err));
        TRY(programmes_then(c, r->county, r->household, str_from(g.on), position, a, &programmes,
                            err));
        (*out)[i] =
            (struct person_item){r->county, r->person, r->household, r->division, r->name,
                                 r->sex,    r->birth,  r->gone,      r->head,     programmes};
    }
    return RC_OK;
}

enum rc list_count_then(const struct list_spec *s, bool persons, struct conn *c,
                        struct list_count *out, struct err *err)
{
    struct arena a = {0};
    struct sifting g = {.s = s, .persons = persons, .c = c, .a = &a};
    enum rc rc = sift_all(&g, err);
    arena_deinit(&a);
    *out = (struct list_count){g.count, true};
    return rc;
}

enum rc household_item_read_then(struct conn *c, int64_t county, int64_t household, day on,
                                 int64_t position, struct arena *a, struct household_item *out,
                                 struct err *err)
{
    char text[11];
    str of_day = str_from(date_text(on, text));
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(position)};
    struct query *q = NULL;
    bool found = false;
    if (position == 0)
        return household_item_read(c, county, household, on, a, out, err);
    TRY(query(c, &stmt_time_household, v, 3, &q, err));
    while (query_next(q)) {
        if (found && str_cmp(query_text(q, 0), of_day) > 0)
            break;
        found = true;
        *out = (struct household_item){.county = county,
                                       .household = household,
                                       .division = query_int(q, 3),
                                       .head = query_int(q, 4)};
    }
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "no household %lld-%lld was known then",
                       (long long)county, (long long)household);
    TRY(query(c, &stmt_time_members, v, 3, &q, err));
    while (query_next(q))
        if (query_int(q, 0) == out->head)
            out->head_name = str_dup(a, query_text(q, 5));
    TRY(query_end(q, err));
    return fill_household(c, of_day, position, a, out, err);
}
