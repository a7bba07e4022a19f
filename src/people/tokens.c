/* See tokens.h: one person's words, made anew when what they follow from changed. */
#include "people/tokens.h"

#include <string.h>

#include "people/people_sql.h"
#include "people/pinyin.h"

/* ---- words ---------------------------------------------------------------------------------- */

void token_read_name(struct token_state *s, struct arena *a)
{
    struct pinyin p;
    pinyin_of(s->name, &p);
    s->reading = str_dup(a, str_from(p.whole));
    s->initials = str_dup(a, str_from(p.initials));
}

static void add_word(struct token_words *out, str word)
{
    if (out->n < sizeof out->at / sizeof *out->at)
        out->at[out->n++] = word;
}

/* Letter, programme, then the rest: for each programme of a list. */
static void add_programmes(struct token_words *out, char letter, str list, char mark, str rest,
                           struct arena *a)
{
    str one;
    while (list.n > 0) {
        if (!str_cut(list, ' ', &one, &list))
            list = S("");
        add_word(out, str_fmt(a, "%c%.*s%c%.*s", letter, STR_ARG(one), mark, STR_ARG(rest)));
    }
}

str token_body(str reading, str name, struct arena *a)
{
    str sorted = reading.n > 0 ? reading : S("~");
    return str_fmt(a, "%.*s:%.*s", STR_ARG(sorted), STR_ARG(name));
}

str token_newest(int64_t household, struct arena *a)
{
    return str_fmt(a, "e%016llx", (unsigned long long)household);
}

str token_division(int64_t division, int64_t household, struct arena *a)
{
    return str_fmt(a, "d%012lld%016llx", (long long)division, (unsigned long long)household);
}

void token_parts(str word, str *reading, str *name)
{
    enum { DAY = 11 }; /* 1980-06-15: */
    char letter = word.n > 0 ? word.p[0] : ' ';
    str rest = str_sub(word, 1, word.n), before = {0};
    if (letter == 'q')
        str_cut(rest, ':', &before, &rest);
    if (letter == 's')
        str_cut(rest, '/', &before, &rest);
    if (letter == 'b' || letter == 'u' || letter == 's')
        rest = str_sub(rest, letter == 'u' ? DAY + 1 : DAY, rest.n);
    *reading = *name = S("");
    if (letter == 'n') {
        size_t at = rest.n;
        while (at > 0 && rest.p[at - 1] != ':')
            at--;
        *reading = str_sub(rest, at, rest.n);
        *name = str_sub(rest, 0, at > 0 ? at - 1 : 0);
    } else {
        str_cut(rest, ':', reading, name);
    }
    if (str_eq(*reading, S("~")))
        *reading = S("");
}

void token_words_of(const struct token_state *s, struct arena *a, struct token_words *out)
{
    char born[11];
    str body = token_body(s->reading, s->name, a);
    str birth = str_fmt(a, "%s:%.*s", date_text(s->birth, born), STR_ARG(body));
    out->n = 0;
    add_word(out, str_fmt(a, "n%.*s:%.*s", STR_ARG(s->name),
                          STR_ARG(s->reading.n > 0 ? s->reading : S("~"))));
    add_word(out, str_fmt(a, "p%.*s", STR_ARG(body)));
    if (s->initials.n > 0)
        add_word(out, str_fmt(a, "i%.*s", STR_ARG(s->initials)));
    add_word(out, str_fmt(a, "b%.*s", STR_ARG(birth)));
    if (s->sex != 1 && s->sex != 2)
        add_word(out, str_fmt(a, "u%d%.*s", s->sex, STR_ARG(birth)));
    if (s->gone)
        return;
    if (s->head) {
        add_word(out, str_fmt(a, "h%.*s", STR_ARG(body)));
        add_word(out, str_fmt(a, "k%.*s", STR_ARG(s->name)));
        add_word(out, token_newest(s->household, a));
        add_word(out, token_division(s->division, s->household, a));
    }
    add_programmes(out, 'q', s->own, ':', body, a);
    add_programmes(out, 's', s->own, '/', birth, a);
    if (s->head)
        add_programmes(out, 'g', s->every, ':', body, a);
}

/* ---- what they follow from ------------------------------------------------------------------ */

MUST_CHECK static enum rc read_person(struct change *c, int64_t person, struct arena *a,
                                      struct token_state *s, bool *found, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person)};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_person_current, v, 2, &q, err));
    *found = query_next(q);
    if (*found) {
        s->name = str_dup(a, query_text(q, 1));
        s->sex = (int)query_int(q, 2);
        if (!date_parse(query_text(q, 3), &s->birth))
            s->birth = 0;
        s->gone = query_text(q, 4).n > 0;
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc read_home(struct change *c, int64_t person, struct token_state *s,
                                    struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person)};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_token_person_latest, v, 2, &q, err));
    if (query_next(q)) {
        s->household = query_int(q, 0);
        s->gone = s->gone || !str_eq(query_text(q, 1), S(DAY_OPEN));
    }
    TRY(query_end(q, err));
    if (s->household == 0) {
        s->gone = true;
        return RC_OK;
    }
    const struct value h[] = {V_INT(c->county_code), V_INT(s->household)};
    TRY(query(c->conn, &stmt_token_household_latest, h, 2, &q, err));
    if (query_next(q)) {
        s->division = query_int(q, 0);
        s->head = query_int(q, 1) == person;
        s->gone = s->gone || !str_eq(query_text(q, 2), S(DAY_OPEN));
    }
    return query_end(q, err);
}

/* Which programmes without an end there are: own or of the household; of anybody in it. */
MUST_CHECK static enum rc read_programmes(struct change *c, int64_t person, struct arena *a,
                                          struct token_state *s, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(s->household)};
    struct query *q = NULL;
    str last = {0}, last_own = {0};
    s->own = s->every = S("");
    TRY(query(c->conn, &stmt_token_enrolments, v, 2, &q, err));
    while (query_next(q)) {
        str name = str_dup(a, query_text(q, 0));
        int64_t whose = query_int(q, 1);
        if (!str_eq(name, last))
            s->every = str_fmt(a, "%.*s%s%.*s", STR_ARG(s->every), s->every.n > 0 ? " " : "",
                               STR_ARG(name));
        if ((whose == 0 || whose == person) && !str_eq(name, last_own)) {
            s->own =
                str_fmt(a, "%.*s%s%.*s", STR_ARG(s->own), s->own.n > 0 ? " " : "", STR_ARG(name));
            last_own = name;
        }
        last = name;
    }
    if (!s->head)
        s->every = S("");
    return query_end(q, err);
}

MUST_CHECK static enum rc read_old(struct change *c, int64_t person, struct arena *a,
                                   struct token_state *s, bool *found, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(person)};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_person_index_find, v, 2, &q, err));
    *found = query_next(q);
    if (*found)
        *s = (struct token_state){
            .household = query_int(q, 0),
            .division = query_int(q, 1),
            .name = str_dup(a, query_text(q, 2)),
            .reading = str_dup(a, query_text(q, 3)),
            .initials = str_dup(a, query_text(q, 4)),
            .birth = (day)query_int(q, 5),
            .sex = (int)query_int(q, 6),
            .gone = query_int(q, 7) != 0,
            .head = query_int(q, 8) != 0,
            .own = str_dup(a, query_text(q, 9)),
            .every = str_dup(a, query_text(q, 10)),
        };
    return query_end(q, err);
}

static bool is_same(const struct token_state *a, const struct token_state *b)
{
    return a->household == b->household && a->division == b->division && str_eq(a->name, b->name) &&
           str_eq(a->reading, b->reading) && a->birth == b->birth && a->sex == b->sex &&
           a->gone == b->gone && a->head == b->head && str_eq(a->own, b->own) &&
           str_eq(a->every, b->every);
}

/* ---- written -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc count(struct change *c, const struct token_state *s, int64_t by,
                                struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(s->division), V_INT(s->head ? by : 0),
                              V_INT(by)};
    return s->gone ? RC_OK : exec(c->conn, &stmt_people_count_add, v, 4, NULL, err);
}

MUST_CHECK static enum rc take_out(struct change *c, int64_t person, const struct token_state *s,
                                   struct arena *a, struct err *err)
{
    struct token_words w;
    token_words_of(s, a, &w);
    for (size_t i = 0; i < w.n; i++) {
        const struct value v[] = {V_INT(c->county_code), V_INT(s->division / 1000), V_TEXT(w.at[i]),
                                  V_INT(person)};
        TRY(exec(c->conn, &stmt_token_remove, v, 4, NULL, err));
    }
    return count(c, s, -1, err);
}

MUST_CHECK static enum rc put_in(struct change *c, int64_t person, const struct token_state *s,
                                 struct arena *a, struct err *err)
{
    struct token_words w;
    token_words_of(s, a, &w);
    for (size_t i = 0; i < w.n; i++) {
        const struct value v[] = {
            V_INT(c->county_code), V_INT(s->division / 1000), V_TEXT(w.at[i]),
            V_INT(person),         V_INT(s->household),       V_INT(s->division),
            V_INT(s->sex),         V_INT(s->birth),           V_INT(s->gone)};
        TRY(exec(c->conn, &stmt_token_add, v, 9, NULL, err));
    }
    const struct value row[] = {V_INT(c->county_code), V_INT(person),   V_INT(s->household),
                                V_INT(s->division),    V_TEXT(s->name), V_TEXT(s->reading),
                                V_TEXT(s->initials),   V_INT(s->birth), V_INT(s->sex),
                                V_INT(s->gone),        V_INT(s->head),  V_TEXT(s->own),
                                V_TEXT(s->every)};
    TRY(exec(c->conn, &stmt_person_index_put, row, 13, NULL, err));
    return count(c, s, 1, err);
}

MUST_CHECK static enum rc refresh(struct change *c, int64_t person, struct arena *a,
                                  struct err *err)
{
    struct token_state now = {.own = S(""), .every = S("")}, old = {0};
    bool found = false, known = false;
    TRY(read_person(c, person, a, &now, &found, err));
    if (!found)
        return RC_OK;
    TRY(read_home(c, person, &now, err));
    if (now.household != 0 && !now.gone)
        TRY(read_programmes(c, person, a, &now, err));
    token_read_name(&now, a);
    TRY(read_old(c, person, a, &old, &known, err));
    if (known && is_same(&old, &now))
        return RC_OK;
    if (known)
        TRY(take_out(c, person, &old, a, err));
    return put_in(c, person, &now, a, err);
}

enum rc tokens_person(struct change *c, int64_t person, struct err *err)
{
    struct arena a = {0};
    enum rc rc = refresh(c, person, &a, err);
    arena_deinit(&a);
    return rc;
}

enum rc tokens_household(struct change *c, int64_t household, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(household)};
    struct arena a = {0};
    VEC(int64_t) persons = {0};
    struct query *q = NULL;
    enum rc rc = query(c->conn, &stmt_token_members, v, 2, &q, err);
    if (rc == RC_OK) {
        while (query_next(q))
            *VEC_PUSH(&a, &persons) = query_int(q, 0);
        rc = query_end(q, err);
    }
    for (size_t i = 0; rc == RC_OK && i < persons.n; i++)
        rc = tokens_person(c, persons.at[i], err);
    arena_deinit(&a);
    return rc;
}
