/* One person cleared: the key, the name wherever it stands, and with the last of a household its words. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "pay/pay_sql.h"
#include "pay/retention_in.h"
#include "people/forget.h"

enum { NEEDLES_MOST = 8, COLUMNS_MOST = 10 };

struct clearing {
    struct change *c;
    const struct city *city;
    struct arena *a;
    bool
        whole; /* everybody of the household is cleared: all words go, else only what names the person */
    str needle[NEEDLES_MOST];
    size_t n_needles;
};

/*
 * Texts of one table: read by `read` ($1 county, $2 whose) as keys and then texts, and written back by
 * `write`. `what` has a letter a column: k key, d key that is a text (a day, a name), t words, j JSON of
 * which only words go, e emptied.
 */
struct text_of {
    const struct statement *read, *write;
    const char *what;
};

/* ---- one text --------------------------------------------------------------------------------- */

static str replaced(str s, str what, struct arena *a)
{
    struct sbuf out;
    long at = what.n > 0 ? str_find(s, what) : -1;
    if (at < 0)
        return s;
    sbuf_init(&out, 64u << 20);
    while (at >= 0) {
        sbuf_add(&out, str_sub(s, 0, (size_t)at));
        sbuf_add(&out, S(FORGOTTEN));
        s = str_sub(s, (size_t)at + what.n, s.n);
        at = str_find(s, what);
    }
    sbuf_add(&out, s);
    s = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return s;
}

/* Words have letters beyond ASCII, masked numbers a star; names of things, days and amounts have neither. */
static bool is_words(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80 || s.p[i] == '*')
            return true;
    return false;
}

static void blank_words(json_t *j)
{
    json_t *v;
    const char *key;
    void *next;
    size_t i;
    if (json_is_string(j) && is_words((str){json_string_value(j), json_string_length(j)}))
        (void)json_string_set(j, FORGOTTEN);
    json_array_foreach(j, i, v) blank_words(v);
    json_object_foreach_safe(j, next, key, v) blank_words(v);
}

/* Empty when it can't be read. */
static str blanked_json(str s, struct arena *a)
{
    json_t *j = json_loadb(s.p, s.n, 0, NULL);
    if (j == NULL)
        return S("");
    blank_words(j);
    char *text = json_dumps(j, JSON_COMPACT);
    json_decref(j);
    if (text == NULL)
        return S("");
    str out = str_dup(a, str_from(text));
    free(text); /* tidy: raw memory, because jansson made it */
    return out;
}

static str cleared_text(const struct clearing *k, char what, str s)
{
    if (s.n == 0)
        return s;
    if (!k->whole) {
        for (size_t i = 0; i < k->n_needles; i++)
            s = replaced(s, k->needle[i], k->a);
        return s;
    }
    if (what == 'e')
        return S("");
    if (what == 't')
        return S(FORGOTTEN);
    return blanked_json(s, k->a);
}

/* ---- tables ----------------------------------------------------------------------------------- */

struct text_row {
    struct value v[COLUMNS_MOST + 1];
    bool differs;
};

MUST_CHECK static enum rc clear_texts(struct clearing *k, const struct text_of *t, int64_t whose,
                                      struct err *err)
{
    size_t n = strlen(t->what);
    const struct value v[] = {V_INT(k->c->county_code), V_INT(whose)};
    VEC(struct text_row) rows = {0};
    struct query *q = NULL;
    TRY(query(k->c->conn, t->read, v, 2, &q, err));
    while (query_next(q)) {
        struct text_row *r = VEC_PUSH(k->a, &rows);
        r->v[0] = V_INT(k->c->county_code);
        for (size_t i = 0; i < n; i++) {
            if (t->what[i] == 'k') {
                r->v[i + 1] = V_INT(query_int(q, i));
                continue;
            }
            str was = str_dup(k->a, query_text(q, i));
            str is = t->what[i] == 'd' ? was : cleared_text(k, t->what[i], was);
            r->differs = r->differs || !str_eq(was, is);
            r->v[i + 1] = V_TEXT(is);
        }
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < rows.n; i++)
        if (rows.at[i].differs)
            TRY(exec(k->c->conn, t->write, rows.at[i].v, n + 1, NULL, err));
    return RC_OK;
}

static const struct text_of of_case[] = {
    {&stmt_clear_case_read, &stmt_clear_case_write, "kttttte"},
    {&stmt_clear_event_read, &stmt_clear_event_write, "kktj"},
    {&stmt_clear_file_read, &stmt_clear_file_write, "kkt"},
    {&stmt_clear_message_read, &stmt_clear_message_write, "ktt"},
    {&stmt_clear_online_read, &stmt_clear_online_write, "ktt"},
    {&stmt_clear_paper_of_case_read, &stmt_clear_paper_write, "kttj"},
};
static const struct text_of of_household[] = {
    {&stmt_clear_notice_read, &stmt_clear_notice_write, "kttt"},
    {&stmt_clear_way_read, &stmt_clear_way_write, "kkt"},
    {&stmt_clear_paper_read, &stmt_clear_paper_write, "kttj"},
    {&stmt_clear_posting_read, &stmt_clear_posting_write, "kjt"},
    {&stmt_clear_objection_read, &stmt_clear_objection_write, "ktttt"},
    {&stmt_clear_task_read, &stmt_clear_task_write, "kddt"},
    {&stmt_clear_payee_read, &stmt_clear_payee_write, "ktttt"},
    {&stmt_clear_line_read, &stmt_clear_line_write, "kkttt"},
    {&stmt_clear_proposal_read, &stmt_clear_proposal_write, "kt"},
    {&stmt_clear_arrears_read, &stmt_clear_arrears_write, "kkkddt"},
    {&stmt_clear_finding_read, &stmt_clear_finding_write, "kt"},
    {&stmt_clear_back_read, &stmt_clear_back_write, "kdkt"},
    {&stmt_clear_visit_read, &stmt_clear_visit_write, "kkdt"},
};

/* ---- a case, a household ---------------------------------------------------------------------- */

MUST_CHECK static enum rc ids_of(struct clearing *k, const struct statement *st, int64_t whose,
                                 int64_t **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(k->c->county_code), V_INT(whose)};
    VEC(int64_t) list = {0};
    struct query *q = NULL;
    TRY(query(k->c->conn, st, v, 2, &q, err));
    while (query_next(q))
        *VEC_PUSH(k->a, &list) = query_int(q, 0);
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

/* Photos and scans leave with the case's words, and so does what was sealed for the case alone. */
MUST_CHECK static enum rc drop_contents(struct clearing *k, int64_t case_id, struct err *err)
{
    const struct value v[] = {V_INT(k->c->county_code), V_INT(case_id), V_INT(k->c->position)};
    const struct value online[] = {v[0], v[1], V_BLOB(S(""))};
    TRY(exec(k->c->conn, &stmt_clear_files_note, v, 3, NULL, err));
    TRY(exec(k->c->conn, &stmt_clear_files, v, 2, NULL, err));
    return exec(k->c->conn, &stmt_clear_online_keys, online, 3, NULL, err);
}

MUST_CHECK static enum rc clear_case(struct clearing *k, int64_t case_id, struct err *err)
{
    for (size_t i = 0; i < sizeof of_case / sizeof of_case[0]; i++)
        TRY(clear_texts(k, &of_case[i], case_id, err));
    return k->whole ? drop_contents(k, case_id, err) : RC_OK;
}

MUST_CHECK static enum rc clear_household(struct clearing *k, int64_t person, int64_t household,
                                          day today, struct err *err)
{
    char on[11];
    struct conn *c = k->c->conn;
    const struct value v[] = {V_INT(k->c->county_code), V_INT(household), V_BLOB(S(""))};
    const struct value line[] = {v[0], v[1], V_INT(person)};
    const struct value put[] = {v[0], v[1], V_TEXT(str_from(date_text(today, on))),
                                V_INT(k->c->position)};
    int64_t left = 0, *cases = NULL;
    size_t n = 0;
    TRY(query_one(c, &stmt_retention_left, v, 2, &left, err));
    k->whole = left == 0;
    TRY(batches_seal(k->c, household, err));
    TRY(exec(c, &stmt_clear_line_account, line, 3, NULL, err));
    for (size_t i = 0; i < sizeof of_household / sizeof of_household[0]; i++)
        TRY(clear_texts(k, &of_household[i], household, err));
    TRY(ids_of(k, &stmt_retention_cases_of, household, &cases, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(clear_case(k, cases[i], err));
    if (!k->whole)
        return RC_OK;
    change_note(k->c, "household_cleared", put, 2);
    TRY(exec(c, &stmt_clear_objection_keys, v, 3, NULL, err));
    TRY(household_forget(k->c, k->city->registers, household, err));
    return exec(c, &stmt_retention_household_put, put, 4, NULL, err);
}

/* ---- the person ------------------------------------------------------------------------------- */

/* One that is as short as a single letter stands in too many other words. */
static void add_needle(struct clearing *k, str s)
{
    if (k->n_needles < NEEDLES_MOST && utf8_count(s) >= 2 && !str_eq(s, S(FORGOTTEN)))
        k->needle[k->n_needles++] = s;
}

/* The name, and the numbers while they can still be opened. */
MUST_CHECK static enum rc find_needles(struct clearing *k, int64_t person, struct err *err)
{
    const struct value v[] = {V_INT(k->c->county_code), V_INT(person)};
    struct query *q = NULL;
    TRY(query(k->c->conn, &stmt_retention_names, v, 2, &q, err));
    while (query_next(q))
        add_needle(k, str_dup(k->a, query_text(q, 0)));
    TRY(query_end(q, err));
    for (enum number_kind n = NUMBER_IDENTITY; n <= NUMBER_CARD; n++) {
        str number = {0};
        struct err none = {0};
        if (person_number_get(k->c->conn, k->city->vault, k->c->county_code, person, n, k->a,
                              &number, &none) == RC_OK)
            add_needle(k, number);
    }
    return RC_OK;
}

MUST_CHECK static enum rc put_cleared(struct clearing *k, int64_t person, const struct held *last,
                                      day today, struct err *err)
{
    char on[11], until[11];
    str ground = str_trim(str_fmt(k->a, "%s %.*s", hold_word(last->hold), STR_ARG(last->name)));
    const struct value v[] = {V_INT(k->c->county_code),
                              V_INT(person),
                              V_TEXT(str_from(date_text(today, on))),
                              V_TEXT(ground),
                              V_TEXT(str_from(date_text(last->until, until))),
                              V_TEXT(k->c->who),
                              V_INT(k->c->position)};
    change_note(k->c, "person_cleared", v, 5);
    return exec(k->c->conn, &stmt_retention_put, v, 7, NULL, err);
}

MUST_CHECK static enum rc clear_all(struct clearing *k, int64_t person, const struct held *last,
                                    day today, struct err *err)
{
    const struct value reveal[] = {V_INT(k->c->county_code), V_INT(person), V_TEXT(S(FORGOTTEN))};
    const struct value account[] = {reveal[0], reveal[1], V_BLOB(S(""))};
    int64_t *ids = NULL;
    size_t n = 0;
    TRY(find_needles(k, person, err));
    TRY(put_cleared(k, person, last, today, err));
    TRY(ids_of(k, &stmt_retention_households, person, &ids, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(clear_household(k, person, ids[i], today, err));
    k->whole = false;
    TRY(ids_of(k, &stmt_retention_cases_by, person, &ids, &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(clear_case(k, ids[i], err));
    TRY(exec(k->c->conn, &stmt_clear_reveals, reveal, 3, NULL, err));
    TRY(exec(k->c->conn, &stmt_clear_account, account, 3, NULL, err));
    return person_forget(k->c, k->city->registers, person, err);
}

enum rc person_clear(struct change *c, const struct city *city, int64_t person,
                     const struct held *last, day today, struct err *err)
{
    struct arena a = {0};
    struct clearing k = {.c = c, .city = city, .a = &a};
    enum rc rc = clear_all(&k, person, last, today, err);
    arena_deinit(&a);
    return rc;
}
