/* A month beside the month before, and its lists: changes, who could be enrolled, payments. */
#include "api/handlers.h"
#include "api/people_json.h"
#include "pay/compare.h"

enum { NAMED_AT_ONCE = 25, NAMED_MOST = 150 };

/* ---- what is asked for ---------------------------------------------------------------------- */

MUST_CHECK static enum rc month_read(struct call *c, month *out, struct err *err)
{
    if (month_parse(c->at[0], out))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "month", "a month like 2020-12", err,
                      "month: found “%.*s”, expected a month like 2020-12",
                      STR_ARG(str_sub(c->at[0], 0, 20)));
}

MUST_CHECK static enum rc division_read(struct call *c, int64_t *out, struct err *err)
{
    str given = query_of(c, "division");

    *out = 0;
    if (given.n == 0 || (given.n == 12 && str_int(given, out) && *out > 0))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                      "division: found “%.*s”, expected twelve digits",
                      STR_ARG(str_sub(given, 0, 20)));
}

MUST_CHECK static enum rc kind_read(struct call *c, str *out, struct err *err)
{
    static const char *const kinds[] = {"new", "gone", "more", "less", "other", "came", "went"};

    *out = query_of(c, "kind");
    if (out->n == 0)
        return RC_OK;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(*out, str_from(kinds[i])))
            return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "kind", NULL, err,
                      "kind: found “%.*s”, expected new, gone, more, less, other, came or went",
                      STR_ARG(str_sub(*out, 0, 20)));
}

MUST_CHECK static enum rc programme_read(struct call *c, str *out, struct err *err)
{
    *out = query_of(c, "programme");
    if (out->n == 0 || rules_policy(c->city->rules, *out) != NULL)
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, "programme", NULL, err, "programme: there is no “%.*s”",
                      STR_ARG(str_sub(*out, 0, 60)));
}

MUST_CHECK static enum rc cursor_wrong(struct call *c, struct err *err)
{
    return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                      "cursor: it is none of this list's");
}

/* division, household, then what tells the lines of a household apart. */
MUST_CHECK static enum rc list_read(struct call *c, enum month_list_kind what,
                                    struct month_query *q, struct err *err)
{
    struct page page;

    *q = (struct month_query){.city = c->city, .scope = c->scope};
    TRY(month_read(c, &q->month, err));
    TRY(division_read(c, &q->division, err));
    TRY(programme_read(c, &q->programme, err));
    if (what == MONTH_CHANGES)
        TRY(kind_read(c, &q->kind, err));
    TRY(call_page(c, &page, err));
    q->limit = page.limit;
    q->behind = page.cursor_n > 0;
    if (!q->behind)
        return RC_OK;
    if (page.cursor_n != 4 || !str_int(page.cursor[0], &q->after_division) ||
        !str_int(page.cursor[1], &q->after_household))
        return cursor_wrong(c, err);
    q->after_programme = page.cursor[2];
    if (what == MONTH_CHANGES)
        q->after_kind = page.cursor[3];
    else if (!str_int(page.cursor[3], &q->after_id))
        return cursor_wrong(c, err);
    return RC_OK;
}

/* ---- figures -------------------------------------------------------------------------------- */

static void programme_json(struct call *c, str name)
{
    const struct policy *p = rules_policy(c->city->rules, name);

    JSON_STR(&c->json, "programme", name);
    people_both(&c->json, "label", p != NULL ? p->label.zh : name, p != NULL ? p->label.en : name);
}

MUST_CHECK static enum rc compare_row_json(struct call *c, struct conn *conn,
                                           const struct compare_row *r, struct err *err)
{
    struct json *j = &c->json;

    json_obj(j);
    TRY(people_division(c, conn, "division", r->division, err));
    programme_json(c, r->programme);
    JSON_INT(j, "households", r->now.households);
    JSON_INT(j, "persons", r->now.persons);
    JSON_INT(j, "fen", r->now.fen);
    JSON_INT(j, "payments", r->now.payments);
    json_key(j, "was");
    json_obj(j);
    JSON_INT(j, "households", r->was.households);
    JSON_INT(j, "persons", r->was.persons);
    JSON_INT(j, "fen", r->was.fen);
    json_obj_end(j);
    JSON_INT(j, "not_enrolled", r->not_enrolled);
    JSON_INT(j, "new", r->began);
    JSON_INT(j, "gone", r->ended);
    JSON_INT(j, "more", r->more);
    JSON_INT(j, "less", r->less);
    JSON_INT(j, "other", r->other);
    JSON_INT(j, "came", r->came);
    JSON_INT(j, "went", r->went);
    JSON_INT(j, "same", r->same);
    json_obj_end(j);
    return RC_OK;
}

/* The division and those above it, up to the account's own: the way back. */
MUST_CHECK static enum rc way_json(struct call *c, struct conn *conn, int64_t division,
                                   struct err *err)
{
    struct json *j = &c->json;
    const int64_t above[] = {division / 100000000 * 100000000, division / 1000000 * 1000000,
                             division / 1000 * 1000, division};
    int64_t before = 0;

    json_key(j, "way");
    json_arr(j);
    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        str name = {0};
        if (above[i] == before || !scope_covers(c->scope, above[i]))
            continue;
        before = above[i];
        TRY(division_name(c, conn, above[i], &name, err));
        json_obj(j);
        json_key(j, "code");
        json_division(j, above[i]);
        JSON_STR(j, "name", name);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc compare_json(struct call *c, struct conn *conn,
                                       const struct compare_spec *spec, struct err *err)
{
    struct json *j = &c->json;
    struct compare found;

    TRY(compare_read(spec, conn, c->arena, &found, err));
    json_obj(j);
    json_key(j, "month");
    json_month(j, spec->month);
    json_key(j, "before");
    json_month(j, spec->month - 1);
    JSON_BOOL(j, "compared", found.any);
    JSON_BOOL(j, "everywhere", found.each);
    TRY(way_json(c, conn, spec->division, err));
    json_key(j, "rows");
    json_arr(j);
    for (size_t i = 0; i < found.n; i++)
        TRY(compare_row_json(c, conn, &found.rows[i], err));
    json_arr_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc runs_compare(struct call *c, struct err *err)
{
    struct compare_spec spec = {.city = c->city, .scope = c->scope};
    struct conn *conn = NULL;

    TRY(month_read(c, &spec.month, err));
    TRY(division_read(c, &spec.division, err));
    if (spec.division == 0)
        spec.division = c->scope->division;
    if (!scope_covers(c->scope, spec.division))
        return err_set(err, RC_NOT_FOUND, "no division %lld that may be seen",
                       (long long)spec.division);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = compare_json(c, conn, &spec, err);
    store_reader_done(conn);
    return rc;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void who_json(struct json *j, const char *key, int64_t county, int64_t id, str name)
{
    json_key(j, key);
    if (id == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, county, id);
    JSON_STR(j, "name", name);
    json_obj_end(j);
}

/* Reasons may name an illness: not for who only pays. */
MUST_CHECK static enum rc why_json(struct call *c, struct conn *conn, month m,
                                   const struct month_line *line, struct err *err)
{
    struct json *j = &c->json;
    struct change_why *list = NULL;
    size_t n = 0;

    if (scope_reasons(c->scope))
        TRY(change_whys(c->city, conn, m, line, c->arena, &list, &n, err));
    json_key(j, "why");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "kind", str_from(list[i].kind));
        people_both(j, "text", list[i].text[0], list[i].text[1]);
        json_key(j, "case");
        if (list[i].case_number.n > 0)
            json_str(j, list[i].case_number);
        else
            json_nil(j);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc line_json(struct call *c, struct conn *conn, enum month_list_kind what,
                                    month m, const struct month_line *l, struct err *err)
{
    struct json *j = &c->json;

    json_obj(j);
    json_key(j, "household");
    json_ref(j, l->county_code, l->household_id);
    who_json(j, "head", l->county_code, l->head_id, l->head);
    TRY(people_division(c, conn, "division", l->division, err));
    programme_json(c, l->programme);
    switch (what) {
    case MONTH_CHANGES:
        JSON_STR(j, "kind", l->kind);
        JSON_INT(j, "old_fen", l->old_fen);
        JSON_INT(j, "new_fen", l->new_fen);
        TRY(why_json(c, conn, m, l, err));
        break;
    case MONTH_CANDIDATES:
        who_json(j, "person", l->county_code, l->person_id, l->person);
        json_key(j, "fen");
        if (l->amount_open)
            json_nil(j);
        else
            json_int(j, l->new_fen);
        break;
    case MONTH_PAYMENTS:
        who_json(j, "payee", l->county_code, l->person_id, l->person);
        JSON_INT(j, "fen", l->new_fen);
        break;
    }
    json_obj_end(j);
    return RC_OK;
}

static void next_of(struct call *c, enum month_list_kind what, bool more,
                    const struct month_line *last)
{
    str key[4] = {0};

    if (more && last != NULL) {
        key[0] = str_fmt(c->arena, "%lld", (long long)last->division);
        key[1] = str_fmt(c->arena, "%lld", (long long)last->household_id);
        key[2] = last->programme;
        key[3] = what == MONTH_CHANGES ? last->kind
                                       : str_fmt(c->arena, "%lld", (long long)last->person_id);
    }
    page_next(c, more, key, 4);
}

MUST_CHECK static enum rc sums_json(struct call *c, const struct month_query *q,
                                    enum month_list_kind what, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    int64_t n = 0, fen = 0;

    TRY(month_list_sums(q, what, conn, &n, &fen, err));
    page_count(j, n, true);
    if (what == MONTH_PAYMENTS)
        JSON_INT(j, "fen", fen);
    return RC_OK;
}

MUST_CHECK static enum rc list_json(struct call *c, const struct month_query *q,
                                    enum month_list_kind what, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct month_line *list = NULL;
    size_t n = 0;
    bool more = false;

    TRY(month_list(q, what, conn, c->arena, &list, &n, &more, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(line_json(c, conn, what, q->month, &list[i], err));
    json_arr_end(j);
    next_of(c, what, more, n > 0 ? &list[n - 1] : NULL);
    TRY(sums_json(c, q, what, conn, err));
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc list_of(struct call *c, enum month_list_kind what, struct err *err)
{
    struct month_query q;
    struct conn *conn = NULL;

    TRY(list_read(c, what, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = list_json(c, &q, what, conn, err);
    store_reader_done(conn);
    return rc;
}

enum rc runs_changes(struct call *c, struct err *err)
{
    return list_of(c, MONTH_CHANGES, err);
}

enum rc runs_candidates(struct call *c, struct err *err)
{
    return list_of(c, MONTH_CANDIDATES, err);
}

/* ---- payments, also by a name --------------------------------------------------------------- */

MUST_CHECK static enum rc named_read(struct call *c, struct month_query *q, struct list_spec *s,
                                     struct err *err)
{
    struct page page;

    *q = (struct month_query){.city = c->city, .scope = c->scope};
    *s = (struct list_spec){.sex = -1,
                            .age_from = -1,
                            .age_to = -1,
                            .today = c->today,
                            .typed = query_of(c, "q"),
                            .limit = NAMED_AT_ONCE};
    TRY(month_read(c, &q->month, err));
    TRY(programme_read(c, &q->programme, err));
    TRY(people_bounds(c, &s->lo, &s->hi, err));
    TRY(call_page(c, &page, err));
    q->limit = page.limit;
    if (page.cursor_n == 0)
        return RC_OK;
    s->after.given = true;
    s->after.word = page.cursor[0];
    if (page.cursor_n != 3 || !str_int(page.cursor[1], &s->after.number) ||
        !str_int(page.cursor[2], &s->after.id))
        return cursor_wrong(c, err);
    return RC_OK;
}

/* Payments of the households whose head is called so, by name. How many in all nobody counts. */
MUST_CHECK static enum rc named_json(struct call *c, const struct month_query *q,
                                     struct list_spec *s, struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct list_after next = {.given = true};
    size_t written = 0, seen = 0;

    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    while (next.given && written < (size_t)q->limit && seen < NAMED_MOST) {
        struct household_item *items = NULL;
        size_t n = 0;
        TRY(list_households(s, conn, c->arena, &items, &n, &next, err));
        for (size_t i = 0; i < n; i++) {
            struct month_line *lines = NULL;
            size_t n_lines = 0;
            TRY(month_payments_of(q, items[i].county, items[i].household, conn, c->arena, &lines,
                                  &n_lines, err));
            for (size_t k = 0; k < n_lines; k++)
                TRY(line_json(c, conn, MONTH_PAYMENTS, q->month, &lines[k], err));
            written += n_lines;
        }
        seen += n;
        s->after = next;
    }
    json_arr_end(j);
    const str parts[] = {next.word, str_fmt(c->arena, "%lld", (long long)next.number),
                         str_fmt(c->arena, "%lld", (long long)next.id)};
    page_next(c, next.given, parts, 3);
    json_obj_end(j);
    return RC_OK;
}

enum rc runs_payments(struct call *c, struct err *err)
{
    struct month_query q;
    struct list_spec s;
    struct conn *conn = NULL;

    if (query_of(c, "q").n == 0)
        return list_of(c, MONTH_PAYMENTS, err);
    TRY(named_read(c, &q, &s, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = named_json(c, &q, &s, conn, err);
    store_reader_done(conn);
    return rc;
}
