/*
 * See list.h. Each list goes through words of people (walk.h) or an index of its own that is in its
 * order. Where filters leave few of those, another kind of word finds the few, who are put in order here:
 * so no list goes through a whole city for a page.
 */
#include "people/list.h"

#include <stdlib.h>
#include <string.h>

#include "people/list_then.h"
#include "people/people_sql.h"
#include "people/pinyin.h"
#include "people/search.h"
#include "people/tokens.h"
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

static void walk_begin(const struct list_spec *s, struct token_walk *w)
{
    token_walk_init(w, s->lo, s->hi);
    w->down = s->down;
    w->limit = s->limit;
    w->limited = s->limited;
    w->only = s->only;
    w->n_only = s->n_only;
    if (s->after.given) {
        w->after = s->after.word;
        w->after_person = s->after.id;
    }
}

static void of_persons(const struct list_spec *s, struct token_walk *w)
{
    birth_bounds(s, w);
    w->gone = s->gone;
    if (s->sex >= 0)
        w->sex_from = w->sex_to = s->sex;
}

static void begins_with(struct token_walk *w, str prefix, struct arena *a)
{
    w->from = prefix;
    w->to = str_fmt(a, "%.*s" TOKEN_END, STR_ARG(prefix));
}

/* By name, or by reading where no characters were typed. */
static void name_walk(const struct list_spec *s, bool persons, struct arena *a,
                      struct token_walk *w)
{
    char latin[PINYIN_MOST];
    str typed = str_trim(s->typed);
    walk_begin(s, w);
    if (persons)
        of_persons(s, w);
    pinyin_typed(typed, latin);
    if (s->programme.n > 0) {
        begins_with(w, str_fmt(a, "%c%.*s:%s", persons ? 'q' : 'g', STR_ARG(s->programme), latin),
                    a);
        if (latin[0] == '\0' && typed.n > 0)
            w->like = token_like(typed, a);
    } else if (typed.n > 0 && latin[0] == '\0') {
        begins_with(w, str_fmt(a, "%c%.*s", persons ? 'n' : 'k', STR_ARG(typed)), a);
    } else {
        begins_with(w, str_fmt(a, "%c%s", persons ? 'p' : 'h', latin), a);
    }
}

/* Words that begin with a day of birth behind the prefix: those of the ages asked for. */
static void born_walk(const struct list_spec *s, str prefix, struct arena *a, struct token_walk *w)
{
    char text[11], latin[PINYIN_MOST];
    str typed = str_trim(s->typed);
    walk_begin(s, w);
    of_persons(s, w);
    begins_with(w, prefix, a);
    if (w->birth_from != INT32_MIN)
        w->from = str_fmt(a, "%.*s%s", STR_ARG(prefix), date_text(w->birth_from, text));
    if (w->birth_to != INT32_MAX)
        w->to = str_fmt(a, "%.*s%s" TOKEN_END, STR_ARG(prefix), date_text(w->birth_to, text));
    pinyin_typed(typed, latin);
    if (typed.n > 0)
        w->like = token_like(latin[0] != '\0' ? str_from(latin) : typed, a);
}

static void birth_walk(const struct list_spec *s, struct arena *a, struct token_walk *w)
{
    born_walk(s, s->programme.n > 0 ? str_fmt(a, "s%.*s/", STR_ARG(s->programme)) : S("b"), a, w);
}

/* Households by when they came on record, or by division. */
static void own_walk(const struct list_spec *s, struct arena *a, struct token_walk *w)
{
    walk_begin(s, w);
    begins_with(w, s->order == LIST_NEWEST ? S("e") : S("d"), a);
    if (s->order == LIST_BY_DIVISION && s->lo > 0) {
        w->from = token_division(s->lo, 0, a);
        w->to = str_fmt(a, "%.*s" TOKEN_END, STR_ARG(token_division(s->hi, INT64_MAX, a)));
    }
}

/* A sex that hardly anybody has. */
static bool is_rare(const struct list_spec *s)
{
    return s->sex >= 0 && s->sex != 1 && s->sex != 2 && s->programme.n == 0;
}

static bool has_age(const struct list_spec *s)
{
    return s->age_from >= 0 || s->age_to >= 0;
}

/*
 * Are there no more words, whatever else is asked of them, than can be put in order here? Of those on a
 * programme the ones with the name asked for: going through all of them is quick.
 */
MUST_CHECK static enum rc is_short(const struct token_walk *w, struct conn *c, bool *out,
                                   struct err *err)
{
    struct token_walk all;
    int64_t n = 0;
    token_walk_init(&all, w->lo, w->hi);
    all.from = w->from;
    all.to = w->to;
    all.gone = true;
    if (w->from.p[0] == 'q' || w->from.p[0] == 'g')
        all.like = w->like;
    TRY(token_count(&all, c, LIST_EXACT + 1, &n, err));
    *out = n <= LIST_EXACT;
    return RC_OK;
}

/*
 * The words to go through for a list of persons in its order. *few: they are others, in another order,
 * but no more than can be sorted here.
 */
MUST_CHECK static enum rc persons_walk(const struct list_spec *s, struct conn *c, struct arena *a,
                                       struct token_walk *w, bool *few, struct err *err)
{
    bool by_name = s->order == LIST_BY_NAME, words = s->typed.n > 0 || s->programme.n > 0;
    struct token_walk other;
    bool narrow = false;
    if (by_name)
        name_walk(s, true, a, w);
    else
        birth_walk(s, a, w);
    *few = false;
    if (!is_rare(s) && !(by_name ? has_age(s) : words))
        return RC_OK;
    if (by_name ? words : has_age(s) || s->programme.n > 0)
        TRY(is_short(w, c, &narrow, err));
    if (narrow)
        return RC_OK;
    for (int k = 0; k < 2 && !*few; k++) {
        bool use = k == 0 ? is_rare(s) : by_name ? has_age(s) : words;
        if (!use)
            continue;
        if (k == 0)
            born_walk(s, str_fmt(a, "u%d", s->sex), a, &other);
        else if (by_name)
            birth_walk(s, a, &other);
        else
            name_walk(s, true, a, &other);
        TRY(is_short(&other, c, few, err));
    }
    if (*few)
        *w = other;
    return RC_OK;
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

/* ---- a few, put in order here ----------------------------------------------------------------- */

struct keyed {
    struct token_row row; /* its word is the one of the order asked for */
    bool down;
};

static int keyed_order(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = str_cmp(x->row.token, y->row.token);
    if (order == 0)
        order = (x->row.person > y->row.person) - (x->row.person < y->row.person);
    return x->down ? -order : order;
}

/* The word that the row has in the order of the list. */
static str word_of(const struct list_spec *s, bool persons, const struct token_row *r,
                   struct arena *a)
{
    char born[11], latin[PINYIN_MOST];
    str reading = {0}, name = {0};
    if (!persons)
        return s->order == LIST_NEWEST ? token_newest(r->household, a)
                                       : token_division(r->division, r->household, a);
    token_parts(r->token, &reading, &name);
    str body = token_body(reading, name, a);
    if (s->order == LIST_BY_BIRTH) {
        date_text(r->birth, born);
        return s->programme.n > 0
                   ? str_fmt(a, "s%.*s/%s:%.*s", STR_ARG(s->programme), born, STR_ARG(body))
                   : str_fmt(a, "b%s:%.*s", born, STR_ARG(body));
    }
    pinyin_typed(str_trim(s->typed), latin);
    if (s->programme.n > 0)
        return str_fmt(a, "q%.*s:%.*s", STR_ARG(s->programme), STR_ARG(body));
    if (str_trim(s->typed).n > 0 && latin[0] == '\0')
        return str_fmt(a, "n%.*s:%.*s", STR_ARG(name), STR_ARG(reading.n > 0 ? reading : S("~")));
    return str_fmt(a, "p%.*s", STR_ARG(body));
}

MUST_CHECK static enum rc few_rows(const struct list_spec *s, bool persons,
                                   const struct token_walk *w, struct conn *c, struct arena *a,
                                   struct token_row **out, size_t *n, bool *more, struct err *err)
{
    struct token_row *rows = NULL;
    size_t n_rows = 0, n_list = 0;
    TRY(token_gather(w, c, LIST_EXACT, a, &rows, &n_rows, err));
    struct keyed *list = NEW_N(a, struct keyed, n_rows + 1);
    const struct keyed after = {{.token = s->after.word, .person = s->after.id}, s->down};
    for (size_t i = 0; i < n_rows; i++) {
        struct keyed *k = &list[n_list];
        *k = (struct keyed){rows[i], s->down};
        k->row.token = word_of(s, persons, &rows[i], a);
        n_list += !s->after.given || keyed_order(k, &after) > 0;
    }
    qsort(list, n_list, sizeof *list, keyed_order);
    *n = n_list < (size_t)s->limit ? n_list : (size_t)s->limit;
    *more = n_list > *n;
    *out = NEW_N(a, struct token_row, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = list[i].row;
    return RC_OK;
}

/* ---- by words ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc persons_page(const struct list_spec *s, struct conn *c, struct arena *a,
                                       struct person_item **out, size_t *n, struct list_after *next,
                                       struct err *err)
{
    struct token_walk w;
    struct token_row *rows = NULL;
    bool more = false, few = false;
    TRY(persons_walk(s, c, a, &w, &few, err));
    if (few)
        TRY(few_rows(s, true, &w, c, a, &rows, n, &more, err));
    else
        TRY(token_walk(&w, c, a, &rows, n, &more, err));
    *out = NEW_N(a, struct person_item, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        struct found_person p;
        str programmes = {0};
        TRY(found_person_read(c, rows[i].county, rows[i].person, a, &p, err));
        TRY(programmes_of(c, p.county, p.household, s->today, a, &programmes, err));
        (*out)[i] = (struct person_item){p.county, p.person, p.household, p.division, p.name,
                                         p.sex,    p.birth,  p.gone,      p.head,     programmes};
    }
    *next = (struct list_after){.given = more && *n > 0};
    if (next->given) {
        next->word = rows[*n - 1].token;
        next->id = rows[*n - 1].person;
    }
    return RC_OK;
}

/* Whether the head's name and programmes are those asked for. */
MUST_CHECK static enum rc is_asked_for(const struct list_spec *s, struct conn *c,
                                       const struct household_item *h, struct arena *a, bool *out,
                                       struct err *err)
{
    char latin[PINYIN_MOST];
    str typed = str_trim(s->typed);
    struct found_person p;
    *out = true;
    if (typed.n == 0 && s->programme.n == 0)
        return RC_OK;
    enum rc rc = found_person_read(c, h->county, h->head, a, &p, err);
    *out = rc == RC_OK;
    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    pinyin_typed(typed, latin);
    *out = (s->programme.n == 0 || is_on(p.every, s->programme)) &&
           (latin[0] != '\0' ? str_starts(p.reading, str_from(latin)) : str_starts(p.name, typed));
    return RC_OK;
}

/* A page of households found by words; `w` in the order of the list, or few. */
MUST_CHECK static enum rc households_page(const struct list_spec *s, const struct token_walk *in,
                                          bool few, struct conn *c, struct arena *a,
                                          struct household_item **out, size_t *n,
                                          struct list_after *next, struct err *err)
{
    enum { STEP = 400 }; /* where some are passed over */
    struct token_walk w = *in;
    struct token_row *rows = NULL;
    VEC(struct household_item) list = {0};
    bool more = true, checks = !few && s->order != LIST_BY_NAME;
    *next = (struct list_after){0};
    if (checks && (s->typed.n > 0 || s->programme.n > 0))
        w.limit = STEP;
    while (more && list.n < (size_t)s->limit) {
        size_t n_rows = 0, i = 0;
        if (few)
            TRY(few_rows(s, false, &w, c, a, &rows, &n_rows, &more, err));
        else
            TRY(token_walk(&w, c, a, &rows, &n_rows, &more, err));
        for (; i < n_rows && list.n < (size_t)s->limit; i++) {
            struct household_item h = {.county = rows[i].county,
                                       .household = rows[i].household,
                                       .head = rows[i].person,
                                       .division = rows[i].division};
            bool take = true;
            w.after = rows[i].token;
            w.after_person = rows[i].person;
            *next = (struct list_after){false, w.after, 0, w.after_person};
            if (checks)
                TRY(is_asked_for(s, c, &h, a, &take, err));
            if (take)
                *VEC_PUSH(a, &list) = h;
        }
        more = more || i < n_rows;
        if (few)
            break;
    }
    for (size_t i = 0; i < list.n; i++)
        TRY(fill_household(c, s->today, a, &list.at[i], err));
    next->given = more;
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

/* ---- lists ---------------------------------------------------------------------------------- */

enum rc list_households(const struct list_spec *s, struct conn *c, struct arena *a,
                        struct household_item **out, size_t *n, struct list_after *next,
                        struct err *err)
{
    struct token_walk w, by_name;
    bool few = false;
    if (s->order == LIST_BY_BIRTH)
        return err_set(err, RC_BAD_INPUT, "sort: expected name, division or newest");
    if (list_is_then(s))
        return list_households_then(s, c, a, out, n, next, err);
    name_walk(s, false, a, &by_name);
    if (s->order == LIST_BY_NAME)
        return households_page(s, &by_name, false, c, a, out, n, next, err);
    own_walk(s, a, &w);
    if (s->typed.n > 0 || s->programme.n > 0)
        TRY(is_short(&by_name, c, &few, err));
    return households_page(s, few ? &by_name : &w, few, c, a, out, n, next, err);
}

enum rc list_persons(const struct list_spec *s, struct conn *c, struct arena *a,
                     struct person_item **out, size_t *n, struct list_after *next, struct err *err)
{
    if (s->order != LIST_BY_NAME && s->order != LIST_BY_BIRTH)
        return err_set(err, RC_BAD_INPUT, "sort: expected name or birth");
    if (list_is_then(s))
        return list_persons_then(s, c, a, out, n, next, err);
    return persons_page(s, c, a, out, n, next, err);
}

/* Of the words that show all that is asked for, those that are fewest. */
MUST_CHECK static enum rc count_walk(const struct list_spec *s, bool persons, struct conn *c,
                                     struct arena *a, struct token_walk *w, struct err *err)
{
    struct list_spec by_name = *s;
    bool few = false;
    by_name.order = LIST_BY_NAME;
    if (!persons) {
        name_walk(s, false, a, w);
        return RC_OK;
    }
    TRY(persons_walk(&by_name, c, a, w, &few, err));
    if (!few && s->typed.n == 0 && has_age(s))
        birth_walk(s, a, w);
    return RC_OK;
}

enum rc list_count(const struct list_spec *s, bool persons, struct conn *c, struct list_count *out,
                   struct err *err)
{
    struct arena a = {0};
    struct token_walk w;
    bool filtered = s->programme.n > 0 || s->typed.n > 0 || s->limited ||
                    (persons && (s->sex >= 0 || has_age(s) || s->gone));
    if (list_is_then(s))
        return list_count_then(s, persons, c, out, err);
    enum rc rc = count_walk(s, persons, c, &a, &w, err);
    if (rc == RC_OK)
        rc = token_count(&w, c, LIST_EXACT + 1, &out->n, err);
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
