/*
 * Words of many people at once. They are put into the order of their key, a township at a time, since
 * a million rows into random places of a table take minutes.
 */
#include "people/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "people/people_sql.h"

struct load_home {
    int64_t id, division, head;
    bool gone;
};
struct load_one {
    int64_t id;
    str name;
    day birth;
    int64_t household;
    uint32_t home; /* place in homes + 1; 0: not one of them */
    uint8_t sex;
    bool dead, left;
};
struct load_enrolled {
    int64_t household, person;
    str programme;
};
struct load_member {
    int64_t household, person;
    bool left;
};
struct load_word {
    uint64_t first; /* eight bytes of the word, for comparing */
    str word;
    uint32_t person;
};

struct token_load {
    struct change *change;
    struct arena arena;
    VEC(struct load_home) homes;
    VEC(struct load_one) persons;
    VEC(struct load_member) members;
    VEC(struct load_enrolled) enrolled;
    struct map programmes; /* names, each once */
};

struct token_load *token_load_open(struct change *c)
{
    struct token_load *l = mem_resize(NULL, sizeof *l);
    *l = (struct token_load){.change = c};
    map_init(&l->programmes, &l->arena);
    return l;
}

void token_load_close(struct token_load *l)
{
    if (l == NULL)
        return;
    arena_deinit(&l->arena);
    mem_free(l);
}

static bool is_open(str to)
{
    return str_eq(to, S(DAY_OPEN));
}

void token_load_household(struct token_load *l, const struct household_row *r)
{
    *VEC_PUSH(&l->arena, &l->homes) =
        (struct load_home){r->household_id, r->division, r->head_id, !is_open(r->valid_to)};
}

void token_load_person(struct token_load *l, const struct person_row *r)
{
    struct load_one *p = VEC_PUSH(&l->arena, &l->persons);
    *p = (struct load_one){.id = r->person_id,
                           .name = str_dup(&l->arena, r->name),
                           .sex = (uint8_t)r->sex,
                           .dead = r->death_date.n > 0};
    if (!date_parse(r->birth_date, &p->birth))
        p->birth = 0;
}

void token_load_membership(struct token_load *l, const struct membership_row *r)
{
    *VEC_PUSH(&l->arena, &l->members) =
        (struct load_member){r->household_id, r->person_id, !is_open(r->valid_to)};
}

void token_load_enrolment(struct token_load *l, const struct enrolment_row *r)
{
    str *kept = map_get(&l->programmes, r->programme);
    if (!is_open(r->valid_to))
        return;
    if (kept == NULL) {
        kept = NEW(&l->arena, str);
        *kept = str_dup(&l->arena, r->programme);
        map_put(&l->programmes, *kept, kept);
    }
    *VEC_PUSH(&l->arena, &l->enrolled) =
        (struct load_enrolled){r->household_id, r->person_id, *kept};
}

/* ---- who lives where ------------------------------------------------------------------------ */

static int home_order(const void *a, const void *b)
{
    const struct load_home *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int person_order(const void *a, const void *b)
{
    const struct load_one *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int enrolled_order(const void *a, const void *b)
{
    const struct load_enrolled *x = a, *y = b;
    if (x->household != y->household)
        return x->household < y->household ? -1 : 1;
    return str_cmp(x->programme, y->programme);
}

/* An empty list has no place in memory, which qsort() must not be given. */
static void sort(void *at, size_t n, size_t size, int (*order)(const void *, const void *))
{
    if (n > 1)
        qsort(at, n, size, order);
}

static void connect(struct token_load *l)
{
    sort(l->homes.at, l->homes.n, sizeof *l->homes.at, home_order);
    sort(l->persons.at, l->persons.n, sizeof *l->persons.at, person_order);
    sort(l->enrolled.at, l->enrolled.n, sizeof *l->enrolled.at, enrolled_order);
    if (l->homes.n == 0 || l->persons.n == 0)
        return;
    for (size_t i = 0; i < l->members.n; i++) {
        const struct load_member *m = &l->members.at[i];
        const struct load_one one = {.id = m->person};
        const struct load_home home = {.id = m->household};
        struct load_one *p = bsearch(&one, l->persons.at, l->persons.n, sizeof one, person_order);
        const struct load_home *h =
            bsearch(&home, l->homes.at, l->homes.n, sizeof home, home_order);
        if (p == NULL || (p->household != 0 && m->left))
            continue;
        p->household = m->household;
        p->left = m->left;
        p->home = h != NULL ? (uint32_t)(h - l->homes.at) + 1 : 0;
    }
}

static str programme_add(str list, str name, struct arena *a)
{
    return str_fmt(a, "%.*s%s%.*s", STR_ARG(list), list.n > 0 ? " " : "", STR_ARG(name));
}

/* The first place of a household among the enrolled. */
static size_t enrolled_first(const struct token_load *l, int64_t household)
{
    size_t lo = 0, hi = l->enrolled.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->enrolled.at[mid].household < household)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void state_of(const struct token_load *l, const struct load_one *p, struct arena *a,
                     struct token_state *s)
{
    const struct load_home *h = p->home != 0 ? &l->homes.at[p->home - 1] : NULL;
    str last = {0}, last_own = {0};
    *s = (struct token_state){.household = p->household,
                              .division = h != NULL ? h->division : 0,
                              .name = p->name,
                              .birth = p->birth,
                              .sex = p->sex,
                              .gone = p->dead || p->left || h == NULL || h->gone,
                              .head = h != NULL && h->head == p->id,
                              .own = S(""),
                              .every = S("")};
    token_read_name(s, a);
    if (s->gone)
        return;
    for (size_t i = enrolled_first(l, p->household);
         i < l->enrolled.n && l->enrolled.at[i].household == p->household; i++) {
        const struct load_enrolled *e = &l->enrolled.at[i];
        if (s->head && !str_eq(e->programme, last))
            s->every = programme_add(s->every, e->programme, a);
        if ((e->person == 0 || e->person == p->id) && !str_eq(e->programme, last_own)) {
            s->own = programme_add(s->own, e->programme, a);
            last_own = e->programme;
        }
        last = e->programme;
    }
}

/* ---- written -------------------------------------------------------------------------------- */

static uint64_t first_bytes(str s)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++)
        v = v << 8 | (i < s.n ? (uint8_t)s.p[i] : 0);
    return v;
}

static int word_order(const void *a, const void *b)
{
    const struct load_word *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    int order = x->word.n > 8 || y->word.n > 8 ? str_cmp(x->word, y->word) : 0;
    return order != 0 ? order : (x->person > y->person) - (x->person < y->person);
}

struct writing {
    struct token_load *l;
    struct token_state *states; /* by person; texts in the arena of the load */
    uint32_t *order;            /* persons by area */
    struct arena area;          /* of one township */
};

MUST_CHECK static enum rc write_index(struct writing *w, struct err *err)
{
    static const char *const names[] = {
        "county_code", "person_id", "household_id", "division", "name", "reading", "initials",
        "birth",       "sex",       "gone",         "head",     "own",  "every"};
    enum { N = sizeof names / sizeof *names };
    struct token_load *l = w->l;
    str columns[N];
    struct bulk *b = NULL;
    for (size_t i = 0; i < N; i++)
        columns[i] = str_from(names[i]);
    TRY(bulk_open(l->change->conn, S("person_index"), columns, N, &b, err));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < l->persons.n; i++) {
        const struct token_state *s = &w->states[i];
        if (l->persons.at[i].home == 0)
            continue;
        bulk_int(b, l->change->county_code);
        bulk_int(b, l->persons.at[i].id);
        bulk_int(b, s->household);
        bulk_int(b, s->division);
        bulk_text(b, s->name);
        bulk_text(b, s->reading);
        bulk_text(b, s->initials);
        bulk_int(b, s->birth);
        bulk_int(b, s->sex);
        bulk_int(b, s->gone);
        bulk_int(b, s->head);
        bulk_text(b, s->own);
        bulk_text(b, s->every);
        rc = bulk_row(b, err);
    }
    enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* The words of the persons of one township, w->order[from] to [to). */
MUST_CHECK static enum rc write_area(struct writing *w, struct bulk *b, size_t from, size_t to,
                                     struct err *err)
{
    struct token_load *l = w->l;
    VEC(struct load_word) words = {0};
    arena_reset(&w->area);
    for (size_t i = from; i < to; i++) {
        struct token_words of;
        token_words_of(&w->states[w->order[i]], &w->area, &of);
        for (size_t k = 0; k < of.n; k++)
            *VEC_PUSH(&w->area, &words) =
                (struct load_word){first_bytes(of.at[k]), of.at[k], w->order[i]};
    }
    if (words.n > 0)
        qsort(words.at, words.n, sizeof *words.at, word_order);
    for (size_t i = 0; i < words.n; i++) {
        const struct token_state *s = &w->states[words.at[i].person];
        bulk_int(b, l->change->county_code);
        bulk_int(b, s->division / 1000);
        bulk_text(b, words.at[i].word);
        bulk_int(b, l->persons.at[words.at[i].person].id);
        bulk_int(b, s->household);
        bulk_int(b, s->division);
        bulk_int(b, s->sex);
        bulk_int(b, s->birth);
        bulk_int(b, s->gone);
        TRY(bulk_row(b, err));
    }
    return RC_OK;
}

struct place_in_order {
    int64_t division;
    uint32_t person;
};

static int division_order(const void *a, const void *b)
{
    const struct place_in_order *x = a, *y = b;
    if (x->division != y->division)
        return x->division < y->division ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

/* Persons by division; how many there are of those who live in a household of this load. */
static size_t order_persons(struct writing *w)
{
    struct token_load *l = w->l;
    struct place_in_order *list = mem_resize(NULL, (l->persons.n + 1) * sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < l->persons.n; i++)
        if (l->persons.at[i].home != 0)
            list[n++] = (struct place_in_order){w->states[i].division, (uint32_t)i};
    qsort(list, n, sizeof *list, division_order);
    w->order = NEW_N(&l->arena, uint32_t, n + 1);
    for (size_t i = 0; i < n; i++)
        w->order[i] = list[i].person;
    mem_free(list);
    return n;
}

MUST_CHECK static enum rc write_words(struct writing *w, size_t n, struct err *err)
{
    const str columns[] = {S("county_code"), S("area"),         S("token"),
                           S("person_id"),   S("household_id"), S("division"),
                           S("sex"),         S("birth"),        S("gone")};
    struct bulk *b = NULL;
    TRY(bulk_open(w->l->change->conn, S("person_token"), columns, 9, &b, err));
    enum rc rc = RC_OK;
    for (size_t from = 0; rc == RC_OK && from < n;) {
        int64_t area = w->states[w->order[from]].division / 1000;
        size_t to = from;
        while (to < n && w->states[w->order[to]].division / 1000 == area)
            to++;
        rc = write_area(w, b, from, to, err);
        from = to;
    }
    enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

MUST_CHECK static enum rc write_counts(struct writing *w, size_t n, struct err *err)
{
    for (size_t from = 0; from < n;) {
        int64_t division = w->states[w->order[from]].division;
        int64_t persons = 0, households = 0;
        size_t to = from;
        for (; to < n && w->states[w->order[to]].division == division; to++) {
            const struct token_state *s = &w->states[w->order[to]];
            persons += !s->gone;
            households += !s->gone && s->head;
        }
        const struct value v[] = {V_INT(w->l->change->county_code), V_INT(division),
                                  V_INT(households), V_INT(persons)};
        TRY(exec(w->l->change->conn, &stmt_people_count_add, v, 4, NULL, err));
        from = to;
    }
    return RC_OK;
}

enum rc token_load_write(struct token_load *l, struct err *err)
{
    struct writing w = {.l = l};
    connect(l);
    w.states = NEW_N(&l->arena, struct token_state, l->persons.n + 1);
    for (size_t i = 0; i < l->persons.n; i++)
        state_of(l, &l->persons.at[i], &l->arena, &w.states[i]);
    size_t n = order_persons(&w);
    enum rc rc = n > 0 ? write_index(&w, err) : RC_OK;
    if (rc == RC_OK && n > 0)
        rc = write_words(&w, n, err);
    if (rc == RC_OK)
        rc = write_counts(&w, n, err);
    arena_deinit(&w.area);
    /* Who came to a household that was there already: one by one. */
    for (size_t i = 0; rc == RC_OK && i < l->persons.n; i++)
        if (l->persons.at[i].home == 0)
            rc = tokens_person(l->change, l->persons.at[i].id, err);
    return rc;
}
