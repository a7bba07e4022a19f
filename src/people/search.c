/* See search.h: what was typed tells which words or numbers to look for. */
#include "people/search.h"

#include <string.h>

#include "people/people_sql.h"
#include "people/pinyin.h"
#include "people/walk.h"
#include "vault/vault_sql.h"

enum { ENDING = 4, MOBILE = 11, IDENTITY = 18, CARD_LEAST = 12 };

struct searching {
    const struct search_spec *s;
    struct conn *c;
    struct arena *a;
    VEC(struct found_person) found;
};

enum rc found_person_read(struct conn *c, int64_t county, int64_t person, struct arena *a,
                          struct found_person *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person)};
    struct query *q = NULL;
    TRY(query(c, &stmt_person_index_find, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        *out = (struct found_person){.county = county,
                                     .person = person,
                                     .household = query_int(q, 0),
                                     .division = query_int(q, 1),
                                     .name = str_dup(a, query_text(q, 2)),
                                     .reading = str_dup(a, query_text(q, 3)),
                                     .birth = (day)query_int(q, 5),
                                     .sex = (int)query_int(q, 6),
                                     .gone = query_int(q, 7) != 0,
                                     .head = query_int(q, 8) != 0,
                                     .own = str_dup(a, query_text(q, 9)),
                                     .every = str_dup(a, query_text(q, 10))};
    TRY(query_end(q, err));
    return found ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "there is no person %lld-%lld", (long long)county,
                           (long long)person);
}

/* Add one, once, if he lives within the divisions looked at. */
MUST_CHECK static enum rc add(struct searching *g, int64_t county, int64_t person, struct err *err)
{
    struct found_person p;
    for (size_t i = 0; i < g->found.n; i++)
        if (g->found.at[i].person == person && g->found.at[i].county == county)
            return RC_OK;
    if (g->found.n >= (size_t)g->s->limit)
        return RC_OK;
    enum rc rc = found_person_read(g->c, county, person, g->a, &p, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    TRY(rc);
    if (p.division >= g->s->lo && p.division <= g->s->hi)
        *VEC_PUSH(g->a, &g->found) = p;
    return RC_OK;
}

/* ---- words ---------------------------------------------------------------------------------- */

MUST_CHECK static enum rc by_word(struct searching *g, char letter, str text, bool whole,
                                  struct err *err)
{
    struct token_walk w;
    struct token_row *rows = NULL;
    size_t n = 0;
    bool more = false;
    token_walk_init(&w, g->s->lo, g->s->hi);
    w.from = str_fmt(g->a, "%c%.*s", letter, STR_ARG(text));
    /* A blank stands before every letter: only the word itself is before it. */
    w.to = str_fmt(g->a, "%.*s%s", STR_ARG(w.from), whole ? " " : TOKEN_END);
    w.gone = true;
    w.limit = g->s->limit;
    TRY(token_walk(&w, g->c, g->a, &rows, &n, &more, err));
    for (size_t i = 0; i < n; i++)
        TRY(add(g, rows[i].county, rows[i].person, err));
    return RC_OK;
}

/* ---- numbers -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc counties(struct searching *g, int64_t **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(g->s->lo), V_INT(g->s->hi)};
    VEC(int64_t) list = {0};
    struct query *q = NULL;
    TRY(query(g->c, &stmt_division_areas, v, 2, &q, err));
    while (query_next(q))
        if (list.n == 0 || list.at[list.n - 1] != query_int(q, 0))
            *VEC_PUSH(g->a, &list) = query_int(q, 0);
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

MUST_CHECK static enum rc take_holders(struct searching *g, int64_t county,
                                       const struct statement *st, enum number_kind kind, str key,
                                       struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(kind), V_BLOB(key)};
    VEC(int64_t) persons = {0};
    struct query *q = NULL;
    TRY(query(g->c, st, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(g->a, &persons) = query_int(q, 0);
    TRY(query_end(q, err));
    for (size_t i = 0; i < persons.n && g->found.n < (size_t)g->s->limit; i++)
        TRY(add(g, county, persons.at[i], err));
    return RC_OK;
}

MUST_CHECK static enum rc by_number(struct searching *g, enum number_kind kind, str number,
                                    bool ending, struct err *err)
{
    uint8_t key[VAULT_LOOKUP];
    int64_t *list = NULL;
    size_t n = 0;
    if (ending)
        number_ending(g->s->vault, kind, number, key);
    else
        number_lookup(g->s->vault, kind, number, key);
    str text = {(const char *)key, ending ? VAULT_ENDING : VAULT_LOOKUP};
    TRY(counties(g, &list, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(take_holders(g, list[i], ending ? &stmt_person_number_by_ending : &stmt_number_holders,
                         kind, text, err));
    return RC_OK;
}

/* Digits, the last one perhaps an X; in upper case. False: no number. */
static bool number_typed(str typed, struct arena *a, str *out)
{
    char *copy = arena_alloc(a, typed.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char ch = typed.p[i];
        if (ch == ' ')
            continue;
        bool last = i + 1 == typed.n;
        if ((ch < '0' || ch > '9') && !(last && (ch == 'x' || ch == 'X') && n >= ENDING - 1))
            return false;
        copy[n++] = ch == 'x' ? 'X' : ch;
    }
    *out = (str){copy, n};
    return n >= ENDING;
}

MUST_CHECK static enum rc by_numbers(struct searching *g, str number, struct err *err)
{
    if (number.n == ENDING) {
        TRY(by_number(g, NUMBER_IDENTITY, number, true, err));
        return by_number(g, NUMBER_PHONE, number, true, err);
    }
    if (number.n == IDENTITY)
        TRY(by_number(g, NUMBER_IDENTITY, number, false, err));
    if (number.n == MOBILE)
        return by_number(g, NUMBER_PHONE, number, false, err);
    return number.n >= CARD_LEAST ? by_number(g, NUMBER_CARD, number, false, err) : RC_OK;
}

enum rc search_persons(const struct search_spec *s, struct conn *c, struct arena *a,
                       struct found_person **out, size_t *n, struct err *err)
{
    struct searching g = {.s = s, .c = c, .a = a};
    char latin[PINYIN_MOST];
    str typed = str_trim(s->typed), number = {0};
    enum rc rc = RC_OK;
    pinyin_typed(typed, latin);
    if (number_typed(typed, a, &number)) {
        rc = by_numbers(&g, number, err);
    } else if (latin[0] != '\0') {
        rc = by_word(&g, 'i', str_from(latin), true, err);
        if (rc == RC_OK)
            rc = by_word(&g, 'p', str_from(latin), false, err);
    } else if (typed.n > 0) {
        rc = by_word(&g, 'n', typed, false, err);
    }
    *out = g.found.at;
    *n = g.found.n;
    return rc;
}

/* ---- places --------------------------------------------------------------------------------- */

enum rc search_divisions(const struct search_spec *s, day today, struct conn *c, struct arena *a,
                         struct division_info **out, size_t *n, struct err *err)
{
    char on[11], code[24];
    const struct value v[] = {V_INT(s->lo), V_INT(s->hi), V_TEXT(str_from(date_text(today, on)))};
    VEC(struct division_info) list = {0};
    str typed = str_trim(s->typed);
    struct query *q = NULL;
    *n = 0;
    if (typed.n == 0)
        return RC_OK;
    TRY(query(c, &stmt_division_named, v, 3, &q, err));
    while (list.n < (size_t)s->limit && query_next(q)) {
        str name = query_text(q, 1);
        str digits = {code, 12};
        for (int64_t i = 11, d = query_int(q, 0); i >= 0; i--, d /= 10)
            code[i] = (char)('0' + d % 10);
        if (str_find(name, typed) < 0 && (typed.n < 6 || !str_starts(digits, typed)))
            continue;
        *VEC_PUSH(a, &list) = (struct division_info){.division = query_int(q, 0),
                                                     .county_code = query_int(q, 3),
                                                     .name = str_dup(a, name),
                                                     .kind = str_dup(a, query_text(q, 2))};
    }
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}
