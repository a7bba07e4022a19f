/* See list.h. Orders by name and birth go through the words of people (walk.h), the others of
 * households through their own index. */
#include "people/list.h"

#include <stdlib.h>
#include <string.h>

#include "people/people_sql.h"
#include "people/pinyin.h"
#include "people/search.h"
#include "people/walk.h"

/* ---- which words ---------------------------------------------------------------------------- */

/* The days of birth of those who have completed so many years today. */
static void birth_bounds(const struct list_spec *s, struct token_walk *w)
{
    if (s->age_from >= 0) {
        w->birth_to = date_add_years(s->today, -s->age_from);
        while (date_years(w->birth_to, s->today) < s->age_from)
            w->birth_to--;
    }
    if (s->age_to >= 0) {
        w->birth_from = date_add_years(s->today, -s->age_to - 1);
        while (date_years(w->birth_from, s->today) > s->age_to)
            w->birth_from++;
    }
}

/* The same days as words, so that others are not even looked at. */
static void birth_words(struct arena *a, struct token_walk *w)
{
    char text[11];
    if (w->birth_from != INT32_MIN)
        w->from = str_fmt(a, "b%s", date_text(w->birth_from, text));
    if (w->birth_to != INT32_MAX)
        w->to = str_fmt(a, "b%s" TOKEN_END, date_text(w->birth_to, text));
}

/* The kind of word that a list goes through, with its bounds. */
static void walk_of(const struct list_spec *s, bool persons, struct arena *a, struct token_walk *w)
{
    char latin[PINYIN_MOST];
    str typed = str_trim(s->typed), prefix = {0};
    token_walk_init(w, s->lo, s->hi);
    pinyin_typed(typed, latin);
    if (persons && s->order == LIST_BY_BIRTH) {
        prefix = S("b");
    } else if (s->programme.n > 0) {
        prefix = str_fmt(a, "%c%.*s:%s", persons ? 'q' : 'g', STR_ARG(s->programme), latin);
    } else if (typed.n > 0 && latin[0] == '\0') {
        prefix = str_fmt(a, "%c%.*s", persons ? 'n' : 'k', STR_ARG(typed));
    } else {
        prefix = str_fmt(a, "%c%s", persons ? 'p' : 'h', latin);
    }
    w->from = prefix;
    w->to = str_fmt(a, "%.*s" TOKEN_END, STR_ARG(prefix));
    birth_bounds(s, w);
    if (prefix.n == 1 && prefix.p[0] == 'b')
        birth_words(a, w);
    w->down = s->down;
    w->gone = persons && s->gone;
    w->limit = s->limit;
    if (persons && s->sex >= 0)
        w->sex_from = w->sex_to = s->sex;
    if (s->after.given) {
        w->after = s->after.word;
        w->after_person = s->after.id;
    }
}

static bool is_on(str programmes, str name)
{
    str one;
    while (programmes.n > 0) {
        if (!str_cut(programmes, ' ', &one, &programmes))
            programmes = S("");
        if (str_eq(one, name))
            return true;
    }
    return false;
}

/* ---- items ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc programmes_of(struct conn *c, int64_t county, int64_t household,
                                        day today, struct arena *a, str *out, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(county), V_INT(household),
                              V_TEXT(str_from(date_text(today, on)))};
    struct query *q = NULL;
    *out = S("");
    TRY(query(c, &stmt_household_programmes, v, 3, &q, err));
    while (query_next(q))
        *out = str_fmt(a, "%.*s%s%.*s", STR_ARG(*out), out->n > 0 ? " " : "",
                       STR_ARG(query_text(q, 0)));
    return query_end(q, err);
}

MUST_CHECK static enum rc fill_household(struct conn *c, day today, struct arena *a,
                                         struct household_item *h, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(h->county), V_INT(h->household),
                              V_TEXT(str_from(date_text(today, on)))};
    struct found_person head = {0};
    enum rc rc = found_person_read(c, h->county, h->head, a, &head, err);
    if (rc == RC_NOT_FOUND)
        rc = RC_OK;
    TRY(rc);
    h->head_name = head.name;
    TRY(query_one(c, &stmt_household_size, v, 3, &h->members, err));
    return programmes_of(c, h->county, h->household, today, a, &h->programmes, err);
}

enum rc household_item_read(struct conn *c, int64_t county, int64_t household, day today,
                            struct arena *a, struct household_item *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household)};
    struct query *q = NULL;
    TRY(query(c, &stmt_token_household_latest, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        *out = (struct household_item){.county = county,
                                       .household = household,
                                       .division = query_int(q, 0),
                                       .head = query_int(q, 1)};
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "there is no household %lld-%lld", (long long)county,
                       (long long)household);
    return fill_household(c, today, a, out, err);
}

/* ---- by words ------------------------------------------------------------------------------- */

static bool few_by_age(const struct list_spec *s)
{
    return s->order == LIST_BY_NAME && s->typed.n == 0 && s->programme.n == 0 && !s->gone &&
           (s->age_from >= 0 || s->age_to >= 0);
}

/* A word of the list of names, made of what the list of birthdays found. */
struct renamed {
    struct token_row row;
    bool down;
};

static int renamed_order(const void *a, const void *b)
{
    const struct renamed *x = a, *y = b;
    int order = str_cmp(x->row.token, y->row.token);
    if (order == 0)
        order = (x->row.person > y->row.person) - (x->row.person < y->row.person);
    return x->down ? -order : order;
}

/*
 * When only some thousands are of an age, their names are put in order here: going through a city's
 * names for a few of them would take long. *done: it was so.
 */
MUST_CHECK static enum rc rows_by_age(const struct list_spec *s, struct conn *c, struct arena *a,
                                      struct token_row **out, size_t *n, bool *more, bool *done,
                                      struct err *err)
{
    struct list_spec births = *s;
    struct token_walk w;
    struct token_row *rows = NULL;
    size_t n_rows = 0, n_list = 0;
    int64_t count = 0;
    births.order = LIST_BY_BIRTH;
    births.after.given = births.down = false;
    walk_of(&births, true, a, &w);
    TRY(token_count(&w, c, LIST_EXACT + 1, &count, err));
    *done = count <= LIST_EXACT;
    if (!*done)
        return RC_OK;
    w.limit = LIST_EXACT;
    TRY(token_walk(&w, c, a, &rows, &n_rows, more, err));
    struct renamed *list = NEW_N(a, struct renamed, n_rows + 1);
    for (size_t i = 0; i < n_rows; i++) {
        struct found_person p;
        struct renamed *r = &list[n_list];
        TRY(found_person_read(c, rows[i].county, rows[i].person, a, &p, err));
        *r = (struct renamed){rows[i], s->down};
        r->row.token = p.reading.n > 0 ? str_fmt(a, "p%.*s", STR_ARG(p.reading))
                                       : str_fmt(a, "p~%.*s", STR_ARG(p.name));
        const struct renamed after = {{.token = s->after.word, .person = s->after.id}, s->down};
        n_list += !s->after.given || renamed_order(r, &after) > 0;
    }
    qsort(list, n_list, sizeof *list, renamed_order);
    *n = n_list < (size_t)s->limit ? n_list : (size_t)s->limit;
    *more = n_list > *n;
    *out = NEW_N(a, struct token_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = list[i].row;
    return RC_OK;
}

MUST_CHECK static enum rc persons_page(const struct list_spec *s, struct conn *c, struct arena *a,
                                       struct person_item **out, size_t *n, struct list_after *next,
                                       struct err *err)
{
    struct token_walk w;
    struct token_row *rows = NULL;
    VEC(struct person_item) list = {0};
    size_t n_rows = 0;
    bool more = true, checks = s->programme.n > 0 && s->order == LIST_BY_BIRTH;
    walk_of(s, true, a, &w);
    while (more && list.n < (size_t)s->limit) {
        bool by_age = false;
        if (few_by_age(s))
            TRY(rows_by_age(s, c, a, &rows, &n_rows, &more, &by_age, err));
        if (!by_age)
            TRY(token_walk(&w, c, a, &rows, &n_rows, &more, err));
        size_t i = 0;
        for (; i < n_rows && list.n < (size_t)s->limit; i++) {
            struct found_person p;
            struct person_item item = {.county = rows[i].county};
            TRY(found_person_read(c, rows[i].county, rows[i].person, a, &p, err));
            w.after = rows[i].token;
            w.after_person = rows[i].person;
            TRY(programmes_of(c, p.county, p.household, s->today, a, &item.programmes, err));
            if (checks && !is_on(item.programmes, s->programme))
                continue;
            item =
                (struct person_item){p.county, p.person, p.household, p.division, p.name,
                                     p.sex,    p.birth,  p.gone,      p.head,     item.programmes};
            *VEC_PUSH(a, &list) = item;
        }
        more = more || i < n_rows;
    }
    *out = list.at;
    *n = list.n;
    *next = (struct list_after){.given = more, .word = w.after, .id = w.after_person};
    return RC_OK;
}

MUST_CHECK static enum rc households_by_name(const struct list_spec *s, struct conn *c,
                                             struct arena *a, struct household_item **out,
                                             size_t *n, struct list_after *next, struct err *err)
{
    struct token_walk w;
    struct token_row *rows = NULL;
    VEC(struct household_item) list = {0};
    size_t n_rows = 0;
    bool more = false;
    walk_of(s, false, a, &w);
    TRY(token_walk(&w, c, a, &rows, &n_rows, &more, err));
    for (size_t i = 0; i < n_rows; i++) {
        struct household_item *h = VEC_PUSH(a, &list);
        *h = (struct household_item){.county = rows[i].county,
                                     .household = rows[i].household,
                                     .head = rows[i].person,
                                     .division = rows[i].division};
        w.after = rows[i].token;
        w.after_person = rows[i].person;
        TRY(fill_household(c, s->today, a, h, err));
    }
    *out = list.at;
    *n = list.n;
    *next = (struct list_after){.given = more, .word = w.after, .id = w.after_person};
    return RC_OK;
}

/* ---- households by their own index ---------------------------------------------------------- */

struct own_list {
    const struct list_spec *s;
    struct conn *c;
    struct arena *a;
    VEC(struct household_item) rows;
};

MUST_CHECK static enum rc take_rows(struct own_list *l, const struct statement *st,
                                    const struct value *v, size_t n, int64_t county,
                                    struct err *err)
{
    struct query *q = NULL;
    TRY(query(l->c, st, v, n, &q, err));
    while (query_next(q))
        *VEC_PUSH(l->a, &l->rows) = (struct household_item){.county = county,
                                                            .division = query_int(q, 0),
                                                            .household = query_int(q, 1),
                                                            .head = query_int(q, 2)};
    return query_end(q, err);
}

struct county_part {
    int64_t county, division;
};

/* The counties, or all divisions, that lie within the bounds. */
MUST_CHECK static enum rc parts_of(struct own_list *l, bool counties, struct county_part **out,
                                   size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(l->s->lo), V_INT(l->s->hi)};
    VEC(struct county_part) list = {0};
    struct query *q = NULL;
    TRY(query(l->c, &stmt_division_villages, v, 2, &q, err));
    while (query_next(q)) {
        int64_t county = query_int(q, 0);
        if (!counties || list.n == 0 || list.at[list.n - 1].county != county)
            *VEC_PUSH(l->a, &list) = (struct county_part){county, query_int(q, 1)};
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

static int newest_order(const void *a, const void *b)
{
    const struct household_item *x = a, *y = b;
    if (x->household != y->household)
        return x->household < y->household ? 1 : -1;
    return (x->county > y->county) - (x->county < y->county);
}

static int division_order(const void *a, const void *b)
{
    const struct household_item *x = a, *y = b;
    if (x->division != y->division)
        return x->division < y->division ? -1 : 1;
    return (x->household > y->household) - (x->household < y->household);
}

static int division_order_down(const void *a, const void *b)
{
    return division_order(b, a);
}

MUST_CHECK static enum rc read_newest(struct own_list *l, struct err *err)
{
    const struct list_spec *s = l->s;
    bool small = s->hi - s->lo < 1000; /* a township or less */
    int64_t before = s->after.given ? s->after.id : INT64_MAX;
    struct county_part *parts = NULL;
    size_t n = 0;
    TRY(parts_of(l, !small, &parts, &n, err));
    for (size_t i = 0; i < n; i++) {
        const struct value village[] = {V_INT(parts[i].county), V_INT(parts[i].division),
                                        V_INT(before), V_INT(parts[i].division),
                                        V_INT(s->limit + 1)};
        const struct value county[] = {V_INT(parts[i].county), V_INT(s->lo), V_INT(s->hi),
                                       V_INT(before), V_INT(s->limit + 1)};
        TRY(take_rows(l,
                      small ? &stmt_households_by_division_down : &stmt_households_newest_in_county,
                      small ? village : county, 5, parts[i].county, err));
    }
    if (l->rows.n > 0)
        qsort(l->rows.at, l->rows.n, sizeof *l->rows.at, newest_order);
    return RC_OK;
}

MUST_CHECK static enum rc read_by_division(struct own_list *l, struct err *err)
{
    const struct list_spec *s = l->s;
    struct county_part *parts = NULL;
    size_t n = 0;
    int64_t division = s->down ? s->hi : s->lo, id = s->down ? INT64_MAX : INT64_MIN;
    if (s->after.given) {
        division = s->after.number;
        id = s->after.id;
    }
    TRY(parts_of(l, true, &parts, &n, err));
    for (size_t i = 0; i < n; i++) {
        const struct value v[] = {V_INT(parts[i].county), V_INT(division), V_INT(id),
                                  V_INT(s->down ? s->lo : s->hi), V_INT(s->limit + 1)};
        TRY(take_rows(l, s->down ? &stmt_households_by_division_down : &stmt_households_by_division,
                      v, 5, parts[i].county, err));
    }
    if (l->rows.n > 0)
        qsort(l->rows.at, l->rows.n, sizeof *l->rows.at,
              s->down ? division_order_down : division_order);
    return RC_OK;
}

MUST_CHECK static enum rc households_own(const struct list_spec *s, struct conn *c, struct arena *a,
                                         struct household_item **out, size_t *n,
                                         struct list_after *next, struct err *err)
{
    struct own_list l = {.s = s, .c = c, .a = a};
    TRY(s->order == LIST_NEWEST ? read_newest(&l, err) : read_by_division(&l, err));
    *out = l.rows.at;
    *n = l.rows.n < (size_t)s->limit ? l.rows.n : (size_t)s->limit;
    for (size_t i = 0; i < *n; i++)
        TRY(fill_household(c, s->today, a, &(*out)[i], err));
    *next = (struct list_after){.given = l.rows.n > *n};
    if (next->given && *n > 0) {
        next->number = (*out)[*n - 1].division;
        next->id = (*out)[*n - 1].household;
    }
    return RC_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

enum rc list_households(const struct list_spec *s, struct conn *c, struct arena *a,
                        struct household_item **out, size_t *n, struct list_after *next,
                        struct err *err)
{
    bool own = s->order == LIST_BY_DIVISION || s->order == LIST_NEWEST;
    if (s->order == LIST_BY_BIRTH || (s->order == LIST_NEWEST && !s->down))
        return err_set(err, RC_BAD_INPUT,
                       "sort: expected name, division, or newest in descending order");
    if (own && (s->programme.n > 0 || s->typed.n > 0))
        return err_set(err, RC_BAD_INPUT,
                       "sort: with a programme or a name typed in, expected name");
    return own ? households_own(s, c, a, out, n, next, err)
               : households_by_name(s, c, a, out, n, next, err);
}

enum rc list_persons(const struct list_spec *s, struct conn *c, struct arena *a,
                     struct person_item **out, size_t *n, struct list_after *next, struct err *err)
{
    if (s->order != LIST_BY_NAME && s->order != LIST_BY_BIRTH)
        return err_set(err, RC_BAD_INPUT, "sort: expected name or birth");
    if (s->order == LIST_BY_BIRTH && s->typed.n > 0)
        return err_set(err, RC_BAD_INPUT, "sort: with a name typed in, expected name");
    return persons_page(s, c, a, out, n, next, err);
}

enum rc list_count(const struct list_spec *s, bool persons, struct conn *c, struct list_count *out,
                   struct err *err)
{
    struct arena a = {0};
    struct token_walk w;
    struct list_spec by_name = *s;
    bool filtered =
        s->programme.n > 0 || s->typed.n > 0 || s->sex >= 0 || s->age_from >= 0 || s->age_to >= 0;
    bool of_age = persons && s->programme.n == 0 && s->typed.n == 0;
    by_name.order = of_age && (s->age_from >= 0 || s->age_to >= 0) ? LIST_BY_BIRTH : LIST_BY_NAME;
    walk_of(&by_name, persons, &a, &w);
    enum rc rc = token_count(&w, c, LIST_EXACT + 1, &out->n, err);
    arena_deinit(&a);
    TRY(rc);
    out->exact = out->n <= LIST_EXACT;
    if (out->exact)
        return RC_OK;
    out->n = LIST_EXACT;
    if (filtered)
        return RC_OK;
    const struct value v[] = {V_INT(s->lo), V_INT(s->hi)};
    struct query *q = NULL;
    TRY(query(c, &stmt_people_count_within, v, 2, &q, err));
    if (query_next(q)) {
        out->n = query_int(q, persons ? 1 : 0);
        out->exact = true;
    }
    return query_end(q, err);
}
