/* See figures_book.h. */
#include "pay/figures_book.h"

enum { MONEY_WIDTH = 16, COUNT_WIDTH = 10, NAME_WIDTH = 22 };

struct writing {
    const struct figures_book *b;
    struct xlsx_out *x;
    struct arena *a;
    struct conn *c;
    int64_t rows;
    VEC(struct division_info) names;
};

static str say(const struct writing *w, const char *zh, const char *en)
{
    return str_from(w->b->english ? en : zh);
}

/* As it is called on the last day of the month. */
MUST_CHECK static enum rc name_of(struct writing *w, int64_t division, str *out, struct err *err)
{
    char on[11];
    struct division_info info = {0};
    for (size_t i = 0; i < w->names.n; i++)
        if (w->names.at[i].division == division) {
            *out = w->names.at[i].name;
            return RC_OK;
        }
    date_text(month_first(w->b->figures->month + 1) - 1, on);
    enum rc rc = division_now(w->c, division, str_from(on), w->a, &info, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
        return rc;
    if (rc != RC_OK)
        info.name = str_fmt(w->a, "%lld", (long long)division);
    info.division = division;
    *VEC_PUSH(w->a, &w->names) = info;
    *out = info.name;
    return RC_OK;
}

/* "东区 炳草岗街道 竹湖园社区", from the county down. */
MUST_CHECK static enum rc path_of(struct writing *w, int64_t division, str *out, struct err *err)
{
    static const int64_t below[] = {1000000, 1000};
    str one = {0};
    *out = S("");
    for (size_t i = 0; i < 2; i++) {
        int64_t above = division / below[i] * below[i];
        if (above == division)
            break;
        TRY(name_of(w, above, &one, err));
        *out = str_fmt(w->a, "%.*s%s%.*s", STR_ARG(*out), out->n > 0 ? " " : "", STR_ARG(one));
    }
    TRY(name_of(w, division, &one, err));
    *out = str_fmt(w->a, "%.*s%s%.*s", STR_ARG(*out), out->n > 0 ? " " : "", STR_ARG(one));
    return RC_OK;
}

static str programme_of(const struct writing *w, const struct policy *p)
{
    if (p->label.zh.n == 0)
        return p->name.text;
    return w->b->english && p->label.en.n > 0 ? p->label.en : p->label.zh;
}

/* ---- figures --------------------------------------------------------------------------------- */

static int64_t average(int64_t fen, int64_t n)
{
    return n > 0 ? (2 * fen + n) / (2 * n) : 0;
}

static void write_numbers(struct writing *w, const struct figure_line *l, enum xlsx_look look)
{
    for (enum figure f = 0; f < FIGURE__COUNT; f++) {
        if (figure_kind(f) == FIGURE_FEN)
            xlsx_fen(w->x, l->n[f], look);
        else
            xlsx_count(w->x, l->n[f], look);
    }
    xlsx_fen(w->x, average(l->n[FIGURE_fen], l->n[FIGURE_paid_persons]), look);
    xlsx_end_row(w->x);
    w->rows++;
}

MUST_CHECK static enum rc sheet_begin(struct writing *w, str name, struct err *err)
{
    struct xlsx_column heads[FIGURE__COUNT + 3] = {
        {.title = say(w, "区划", "division"), .width = NAME_WIDTH + 16},
        {.title = say(w, "项目", "programme"), .width = NAME_WIDTH + 6}};
    for (enum figure f = 0; f < FIGURE__COUNT; f++)
        heads[f + 2] =
            (struct xlsx_column){.title = str_from(figure_label(f, w->b->english)),
                                 .width = figure_kind(f) == FIGURE_FEN ? MONEY_WIDTH : COUNT_WIDTH};
    heads[FIGURE__COUNT + 2] = (struct xlsx_column){
        .title = say(w, "人均（元）", "per person, yuan"), .width = MONEY_WIDTH};
    TRY(xlsx_sheet(w->x, name, heads, FIGURE__COUNT + 3, err));
    if (w->b->mark.n > 0)
        xlsx_line(w->x, w->b->mark, XLSX_NOTE);
    return RC_OK;
}

static void add(struct figure_line *to, const struct figure_line *l)
{
    for (int i = 0; i < FIGURE__COUNT; i++)
        to->n[i] += l->n[i];
}

/* Programmes are not added up: who is on two of them would be counted twice. Money is. */
MUST_CHECK static enum rc write_level(struct writing *w, str name, enum place_level level,
                                      struct err *err)
{
    struct figure_line *lines = NULL, sum = {0};
    size_t n = figures_sum(w->b->figures, level, w->a, &lines);
    TRY(sheet_begin(w, name, err));
    for (size_t i = 0; i < n; i++) {
        str place = {0};
        TRY(path_of(w, lines[i].division, &place, err));
        xlsx_text(w->x, place, XLSX_PLAIN);
        xlsx_text(w->x, programme_of(w, lines[i].policy), XLSX_PLAIN);
        write_numbers(w, &lines[i], XLSX_PLAIN);
        add(&sum, &lines[i]);
    }
    xlsx_text(w->x, say(w, "合计（户次、人次）", "all, counted once for each programme"), XLSX_SUM);
    xlsx_text(w->x, S(""), XLSX_SUM);
    write_numbers(w, &sum, XLSX_SUM);
    return RC_OK;
}

MUST_CHECK static enum rc write_levels(struct writing *w, struct err *err)
{
    static const struct {
        enum place_level level;
        const char *zh, *en;
    } sheets[] = {{AT_CITY, "全市", "city"},
                  {AT_COUNTY, "县（区）", "counties"},
                  {AT_TOWNSHIP, "乡镇（街道）", "townships"},
                  {AT_VILLAGE, "村（社区）", "villages"}};
    for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
        if (sheets[i].level >= division_level(w->b->division))
            TRY(write_level(w, say(w, sheets[i].zh, sheets[i].en), sheets[i].level, err));
    return RC_OK;
}

/* ---- why, and what doesn't agree ------------------------------------------------------------- */

MUST_CHECK static enum rc write_stops(struct writing *w, struct err *err)
{
    const struct xlsx_column heads[] = {
        {.title = say(w, "县（区）", "county"), .width = NAME_WIDTH},
        {.title = say(w, "项目", "programme"), .width = 28},
        {.title = say(w, "停发原因", "reason"), .width = 40},
        {.title = say(w, "户数", "households")},
        {.title = say(w, "人数", "persons")}};
    TRY(xlsx_sheet(w->x, say(w, "停发原因", "why stopped"), heads, 5, err));
    for (size_t i = 0; i < w->b->figures->n_stops; i++) {
        const struct figure_stop *s = &w->b->figures->stops[i];
        str place = {0};
        TRY(name_of(w, s->county * 1000000, &place, err));
        xlsx_text(w->x, place, XLSX_PLAIN);
        xlsx_text(w->x, programme_of(w, s->policy), XLSX_PLAIN);
        xlsx_text(w->x,
                  s->zh.n == 0 ? say(w, "按决定退出（无金额变动记录）", "by decision, no proposal")
                               : (w->b->english ? s->en : s->zh),
                  XLSX_PLAIN);
        xlsx_count(w->x, s->households, XLSX_PLAIN);
        xlsx_count(w->x, s->persons, XLSX_PLAIN);
        xlsx_end_row(w->x);
        w->rows++;
    }
    return RC_OK;
}

MUST_CHECK static enum rc write_gaps(struct writing *w, struct err *err)
{
    const struct xlsx_column heads[] = {
        {.title = say(w, "村（社区）", "village"), .width = NAME_WIDTH + 16},
        {.title = say(w, "项目", "programme"), .width = 28},
        {.title = say(w, "差异", "difference"), .width = 36},
        {.title = say(w, "户数", "households")}};
    const struct figures *f = w->b->figures;
    TRY(xlsx_sheet(w->x, say(w, "差异", "differences"), heads, 4, err));
    if (f->not_run > 0)
        xlsx_line(w->x,
                  str_fmt(w->a,
                          w->b->english ? "%lld of %lld counties were not run for the month"
                                        : "本月有 %lld 个县（区）尚未核算，共 %lld 个",
                          (long long)f->not_run, (long long)f->counties),
                  XLSX_WRONG);
    for (size_t i = 0; i < f->n_lines; i++)
        for (enum figure_gap g = 0; g < GAP__COUNT; g++) {
            str place = {0};
            if (f->lines[i].gap[g] == 0)
                continue;
            TRY(path_of(w, f->lines[i].division, &place, err));
            xlsx_text(w->x, place, XLSX_PLAIN);
            xlsx_text(w->x, programme_of(w, f->lines[i].policy), XLSX_PLAIN);
            xlsx_text(w->x, str_from(figure_gap_label(g, w->b->english)), XLSX_PLAIN);
            xlsx_count(w->x, f->lines[i].gap[g], XLSX_PLAIN);
            xlsx_end_row(w->x);
            w->rows++;
        }
    return RC_OK;
}

enum rc figures_book_write(const struct figures_book *b, struct xlsx_out *x, struct arena *a,
                           int64_t *rows, struct err *err)
{
    struct writing w = {.b = b, .x = x, .a = a};
    TRY(store_reader(b->city->store, &w.c, err));
    enum rc rc = write_levels(&w, err);
    if (rc == RC_OK)
        rc = write_stops(&w, err);
    if (rc == RC_OK)
        rc = write_gaps(&w, err);
    store_reader_done(w.c);
    *rows = w.rows;
    return rc;
}
