/* The statutory figures of a month: numbers, the list behind each, and the workbook. */
#include "pay/figures.h"
#include "api/export.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "pay/figures_book.h"
#include "people/list.h"

struct asking {
    struct call *c;
    struct conn *conn;
    struct figures_query q;
    struct figures f;
};

MUST_CHECK static enum rc asked_for(struct asking *k, struct err *err)
{
    struct call *c = k->c;
    str division = query_of(c, "division"), programme = query_of(c, "programme");
    k->q =
        (struct figures_query){.city = c->city, .scope = c->scope, .division = c->scope->division};
    if (!month_parse(c->at[0], &k->q.month))
        return call_wrong(c, RC_BAD_INPUT, "month", NULL, err,
                          "month: found “%.*s”, expected a month like 2020-12",
                          STR_ARG(str_sub(c->at[0], 0, 20)));
    if (k->q.month > date_month(c->today))
        return call_wrong(c, RC_BAD_INPUT, "month", NULL, err,
                          "month: found one to come, expected this one or an earlier one");
    if (division.n > 0 && (division.n != 12 || !str_int(division, &k->q.division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(division, 0, 40)));
    k->q.only = programme.n > 0 ? rules_policy(c->city->rules, programme) : NULL;
    if (programme.n > 0 && k->q.only == NULL)
        return call_wrong(c, RC_BAD_INPUT, "programme", NULL, err, "programme: there is no “%.*s”",
                          STR_ARG(str_sub(programme, 0, 40)));
    return RC_OK;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static void write_programme(struct json *j, const struct policy *p)
{
    const struct label named = {.zh = p->name.text};
    JSON_STR(j, "programme", p->name.text);
    json_key(j, "label");
    json_label(j, p->label.zh.n > 0 ? &p->label : &named);
}

static void write_line(struct json *j, const struct figure_line *l)
{
    write_programme(j, l->policy);
    json_key(j, "n");
    json_obj(j);
    for (enum figure f = 0; f < FIGURE__COUNT; f++)
        JSON_INT(j, figure_word(f), l->n[f]);
    json_obj_end(j);
    json_key(j, "gaps");
    json_obj(j);
    for (enum figure_gap g = 0; g < GAP__COUNT; g++)
        JSON_INT(j, figure_gap_word(g), l->gap[g]);
    json_obj_end(j);
}

static void write_names(struct json *j)
{
    static const char *const kinds[] = {"households", "persons", "of", "paid", "fen"};
    json_key(j, "figures");
    json_arr(j);
    for (enum figure f = 0; f < FIGURE__COUNT; f++) {
        json_obj(j);
        JSON_STR(j, "name", str_from(figure_word(f)));
        JSON_STR(j, "kind", str_from(kinds[figure_kind(f)]));
        people_both(j, "label", str_from(figure_label(f, false)), str_from(figure_label(f, true)));
        json_obj_end(j);
    }
    json_arr_end(j);
    json_key(j, "gaps");
    json_arr(j);
    for (enum figure_gap g = 0; g < GAP__COUNT; g++) {
        json_obj(j);
        JSON_STR(j, "name", str_from(figure_gap_word(g)));
        people_both(j, "label", str_from(figure_gap_label(g, false)),
                    str_from(figure_gap_label(g, true)));
        json_obj_end(j);
    }
    json_arr_end(j);
}

MUST_CHECK static enum rc write_lines(struct asking *k, const char *key, enum place_level level,
                                      struct err *err)
{
    struct json *j = &k->c->json;
    struct figure_line *lines = NULL;
    size_t n = figures_sum(&k->f, level, k->c->arena, &lines);
    json_key(j, key);
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        TRY(people_division(k->c, k->conn, "division", lines[i].division, err));
        write_line(j, &lines[i]);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_stops(struct asking *k, struct err *err)
{
    struct json *j = &k->c->json;
    json_key(j, "stops");
    json_arr(j);
    for (size_t i = 0; i < k->f.n_stops; i++) {
        const struct figure_stop *s = &k->f.stops[i];
        json_obj(j);
        TRY(people_division(k->c, k->conn, "county", s->county * 1000000, err));
        write_programme(j, s->policy);
        people_both(j, "reason", s->zh, s->en);
        JSON_INT(j, "households", s->households);
        JSON_INT(j, "persons", s->persons);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_figures(struct asking *k, struct err *err)
{
    struct json *j = &k->c->json;
    enum place_level level = division_level(k->q.division);
    json_obj(j);
    json_key(j, "month");
    json_month(j, k->q.month);
    TRY(people_division(k->c, k->conn, "division", k->q.division, err));
    write_names(j);
    TRY(write_lines(k, "sums", level, err));
    TRY(write_lines(k, "rows", level < AT_VILLAGE ? level + 1 : level, err));
    TRY(write_stops(k, err));
    JSON_INT(j, "counties", k->f.counties);
    JSON_INT(j, "not_run", k->f.not_run);
    json_obj_end(j);
    return RC_OK;
}

/* ---- the workbook ---------------------------------------------------------------------------- */

MUST_CHECK static enum rc send_book(struct asking *k, struct err *err)
{
    struct export_file file;
    struct call *c = k->c;
    bool english = str_eq(query_of(c, "lang"), S("en"));
    str title = str_fmt(c->arena, "%s %.*s", english ? "figures" : "统计月报",
                        STR_ARG(str_sub(c->at[0], 0, 7)));
    TRY(export_begin(c, title, &file, err));
    const struct figures_book book = {.city = c->city,
                                      .figures = &k->f,
                                      .division = k->q.division,
                                      .english = english,
                                      .mark = export_mark(&file, err)};
    enum rc rc = figures_book_write(&book, file.x, c->arena, &file.rows, err);
    if (rc == RC_OK)
        return export_send(&file, err);
    export_drop(&file);
    return rc;
}

enum rc figures_get(struct call *c, struct err *err)
{
    struct asking k = {.c = c};
    bool sheet = false;
    TRY(asked_for(&k, err));
    TRY(export_asked(c, &sheet, err));
    TRY(figures_read(&k.q, c->arena, &k.f, err));
    if (sheet)
        return send_book(&k, err);
    TRY(store_reader(c->city->store, &k.conn, err));
    enum rc rc = write_figures(&k, err);
    store_reader_done(k.conn);
    return rc;
}

/* ---- the list behind a number ---------------------------------------------------------------- */

struct listed {
    int64_t county, household, division, n;
    const struct policy *policy;
};

struct listing {
    struct call *c;
    enum figure figure; /* FIGURE__COUNT: the gap */
    enum figure_gap gap;
    VEC(struct listed) all;
    int64_t sum;
};

static void list_item(void *ctx, const struct figure_item *i)
{
    struct listing *l = ctx;
    int64_t n = l->figure < FIGURE__COUNT ? i->n[l->figure] : i->gap[l->gap];
    if (n == 0)
        return;
    l->sum += n;
    *VEC_PUSH(l->c->arena, &l->all) =
        (struct listed){i->county, i->household, i->division, n, i->policy};
}

MUST_CHECK static enum rc write_listed(struct asking *k, const struct listed *l, bool money,
                                       struct err *err)
{
    struct call *c = k->c;
    struct json *j = &c->json;
    struct household_item h = {0};
    enum rc rc = household_item_read(k->conn, l->county, l->household, c->today, c->arena, &h, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    json_obj(j);
    json_key(j, "household");
    json_ref(j, l->county, l->household);
    JSON_STR(j, "head", h.head_name);
    TRY(people_division(c, k->conn, "division", l->division, err));
    write_programme(j, l->policy);
    JSON_INT(j, "n", money ? 1 : l->n);
    json_key(j, "fen");
    if (money)
        json_int(j, l->n);
    else
        json_nil(j);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_list(struct asking *k, const struct listing *l,
                                     const struct page *page, size_t from, struct err *err)
{
    struct call *c = k->c;
    struct json *j = &c->json;
    size_t n = l->all.n - from;
    bool more = n > (size_t)page->limit;
    bool money = l->figure < FIGURE__COUNT && figure_kind(l->figure) == FIGURE_FEN;
    n = more ? (size_t)page->limit : n;
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(write_listed(k, &l->all.at[from + i], money, err));
    json_arr_end(j);
    str next = str_fmt(c->arena, "%zu", from + n);
    page_next(c, more, &next, 1);
    JSON_INT(j, "sum", l->sum);
    page_count(j, (int64_t)l->all.n, true);
    json_obj_end(j);
    return RC_OK;
}

enum rc figures_list(struct call *c, struct err *err)
{
    struct asking k = {.c = c};
    struct listing l = {.c = c};
    struct page page;
    int64_t from = 0;
    str what = query_of(c, "what");
    TRY(asked_for(&k, err));
    TRY(call_page(c, &page, err));
    l.figure = figure_find(what);
    l.gap = figure_gap_find(what);
    if (l.figure == FIGURE__COUNT && l.gap == GAP__COUNT)
        return call_wrong(c, RC_BAD_INPUT, "what", NULL, err,
                          "what: found “%.*s”, expected the name of a figure",
                          STR_ARG(str_sub(what, 0, 40)));
    k.q.item = list_item;
    k.q.ctx = &l;
    TRY(figures_read(&k.q, c->arena, &k.f, err));
    if (page.cursor_n > 0 &&
        (!str_int(page.cursor[0], &from) || from < 0 || from > (int64_t)l.all.n))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin with the first page again", err,
                          "cursor: expected the text that the last page gave as next");
    TRY(store_reader(c->city->store, &k.conn, err));
    enum rc rc = write_list(&k, &l, &page, (size_t)from, err);
    store_reader_done(k.conn);
    return rc;
}
