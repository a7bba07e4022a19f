/* What stands in the store for a month: by county and programme, and as a table for people. */
#include <inttypes.h>

#include "pay/job.h"
#include "pay/pay_sql.h"
#include "pay/run.h"

/* ---- reading -------------------------------------------------------------------------------- */

struct reading {
    const struct city *city;
    struct conn *conn;
    struct arena *a;
    month month;
    char month_text[8], first_day[11];
    struct policy **wanted;
    size_t n_wanted;
    const struct run_extent *extent;
    struct run_result *out;
};

MUST_CHECK static enum rc visible_job(const struct reading *r, int64_t county, int64_t *job,
                                      struct err *err)
{
    const struct value v[] = {V_INT(county), V_TEXT(str_from(r->month_text))};
    enum rc rc = query_one(r->conn, &stmt_run_visible, v, 2, job, err);

    if (rc == RC_NOT_FOUND)
        *job = 0;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

MUST_CHECK static enum rc read_counts(const struct reading *r, int64_t county, int64_t job,
                                      struct run_row *rows, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(job), V_INT(r->extent->lo),
                              V_INT(r->extent->hi)};
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_run_counts, v, 4, &q, err));
    while (query_next(q))
        for (size_t k = 0; k < r->n_wanted; k++) {
            struct run_row *row = &rows[k];
            if (!str_eq(row->policy, query_text(q, 0)))
                continue;
            row->households = query_int(q, 1);
            row->persons = query_int(q, 2);
            row->fen = query_int(q, 3);
            row->not_enrolled = query_int(q, 4);
            row->no_more = query_int(q, 5);
            row->undecided = query_int(q, 6);
            r->out->payments += query_int(q, 7);
            r->out->payment_fen += row->fen;
        }
    return query_end(q, err);
}

MUST_CHECK static enum rc read_proposals(const struct reading *r, int64_t county, int64_t job,
                                         struct run_row *rows, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(job), V_INT(r->extent->lo),
                              V_INT(r->extent->hi)};
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_proposal_count_of_job, v, 4, &q, err));
    while (query_next(q))
        for (size_t k = 0; k < r->n_wanted; k++)
            if (str_eq(rows[k].policy, query_text(q, 0)))
                rows[k].proposals = query_int(q, 1);
    return query_end(q, err);
}

/* A run by an older program did not count its payment lines. */
MUST_CHECK static enum rc read_payments(const struct reading *r, int64_t county, int64_t job,
                                        struct err *err)
{
    const struct value v[] = {V_INT(county), V_TEXT(str_from(r->month_text)), V_INT(job)};
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_run_payments, v, 3, &q, err));
    if (query_next(q))
        r->out->payments += query_int(q, 0);
    return query_end(q, err);
}

static void name_rows(const struct reading *r, struct run_row *rows, int64_t county, str name)
{
    for (size_t k = 0; k < r->n_wanted; k++)
        rows[k] = (struct run_row){.county_code = county,
                                   .county = name,
                                   .policy = r->wanted[k]->name.text,
                                   .programme = r->wanted[k]->label.zh,
                                   .programme_en = r->wanted[k]->label.en};
}

MUST_CHECK static enum rc county_name(const struct reading *r, int64_t county, str *out,
                                      struct err *err)
{
    struct division_info info;
    enum rc rc = division_find(r->conn, county * 1000000, str_from(r->first_day), r->a, &info, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    *out = rc == RC_OK ? info.name : str_fmt(r->a, "%" PRId64, county);
    return RC_OK;
}

static void add_row(struct run_row *sum, const struct run_row *row)
{
    sum->households += row->households;
    sum->persons += row->persons;
    sum->fen += row->fen;
    sum->not_enrolled += row->not_enrolled;
    sum->no_more += row->no_more;
    sum->undecided += row->undecided;
    sum->proposals += row->proposals;
}

MUST_CHECK static enum rc read_county(struct reading *r, int64_t county, struct err *err)
{
    struct run_result *out = r->out;
    struct run_row *rows = out->rows + out->n;
    int64_t job = 0;
    str name;

    TRY(visible_job(r, county, &job, err));
    if (job == 0)
        return RC_OK;
    TRY(county_name(r, county, &name, err));
    name_rows(r, rows, county, name);
    int64_t payments = out->payments, fen = out->payment_fen;
    TRY(read_counts(r, county, job, rows, err));
    TRY(read_proposals(r, county, job, rows, err));
    if (out->payments == payments && out->payment_fen > fen)
        TRY(read_payments(r, county, job, err));
    out->n += r->n_wanted;
    return RC_OK;
}

MUST_CHECK static enum rc read_all(struct reading *r, struct err *err)
{
    struct run_result *out = r->out;
    int64_t *counties = NULL;
    size_t n = 0;

    TRY(division_counties(r->conn, str_from(r->first_day), r->a, &counties, &n, err));
    out->rows = NEW_N(r->a, struct run_row, (n + 1) * r->n_wanted + 1);
    for (size_t i = 0; i < n; i++)
        if (r->extent->county == 0 || r->extent->county == counties[i])
            TRY(read_county(r, counties[i], err));
    if (out->n == 0)
        return err_set(err, RC_NOT_FOUND, "%s was not run", r->month_text);
    name_rows(r, out->rows + out->n, 0, r->city->place->label.zh);
    out->n += r->n_wanted;
    run_rows_sum(out, r->n_wanted);
    return RC_OK;
}

void run_rows_sum(struct run_result *r, size_t n_wanted)
{
    struct run_row *city = r->rows + (r->n - n_wanted);

    for (size_t i = 0; i + n_wanted < r->n; i++)
        add_row(&city[i % n_wanted], &r->rows[i]);
}

enum rc run_rows_name(const struct city *city, struct conn *c, month m,
                      const struct run_counties *counties, struct arena *a, struct run_result *out,
                      size_t *n_wanted, struct err *err)
{
    struct reading r = {.city = city, .conn = c, .a = a, .month = m, .out = out};
    str name;

    date_text(month_first(m), r.first_day);
    TRY(wanted_policies(city->rules, city->place, m, a, &r.wanted, &r.n_wanted, err));
    out->rows = NEW_N(a, struct run_row, (counties->n + 1) * r.n_wanted + 1);
    for (size_t i = 0; i < counties->n; i++) {
        TRY(county_name(&r, counties->counties[i], &name, err));
        name_rows(&r, out->rows + out->n, counties->counties[i], name);
        out->n += r.n_wanted;
    }
    name_rows(&r, out->rows + out->n, 0, city->place->label.zh);
    out->n += r.n_wanted;
    *n_wanted = r.n_wanted;
    return RC_OK;
}

enum rc run_read(const struct city *city, month m, struct arena *a, struct run_result *out,
                 struct err *err)
{
    const struct run_extent whole = {.hi = INT64_MAX};

    return run_read_within(city, m, &whole, a, out, err);
}

enum rc run_read_within(const struct city *city, month m, const struct run_extent *extent,
                        struct arena *a, struct run_result *out, struct err *err)
{
    struct reading r = {.city = city, .a = a, .month = m, .extent = extent, .out = out};

    *out = (struct run_result){0};
    month_text(m, r.month_text);
    date_text(month_first(m), r.first_day);
    TRY(wanted_policies(city->rules, city->place, m, a, &r.wanted, &r.n_wanted, err));
    TRY(store_reader(city->store, &r.conn, err));
    enum rc rc = read_begin(r.conn, err);
    if (rc == RC_OK)
        rc = read_all(&r, err);
    read_end(r.conn);
    store_reader_done(r.conn);
    return rc;
}

/* ---- the table ------------------------------------------------------------------------------ */

enum { WIDTH_COUNTY = 14, WIDTH_PROGRAMME = 34, WIDTH_NUMBER = 12, WIDTH_YUAN = 18 };

static void left(struct sbuf *out, str s, size_t width)
{
    size_t w = utf8_width(s);

    sbuf_add(out, s);
    sbuf_add_n(out, ' ', w < width ? width - w : 1);
}

static void right(struct sbuf *out, str s, size_t width)
{
    size_t w = utf8_width(s);

    sbuf_add_n(out, ' ', w < width ? width - w : 1);
    sbuf_add(out, s);
}

/* 1,234,567 */
static void number(struct sbuf *out, int64_t n)
{
    char text[32];
    str s = str_from(money_text(n * 100, true, text));

    right(out, str_sub(s, 0, s.n - 3), WIDTH_NUMBER);
}

static void yuan(struct sbuf *out, int64_t fen)
{
    char text[32];

    right(out, str_from(money_text(fen, true, text)), WIDTH_YUAN);
}

static void heading(enum explain_lang lang, month m, struct sbuf *out)
{
    static const struct {
        const char *zh, *en;
        size_t width;
    } columns[] = {{"发放户数", "households", WIDTH_NUMBER}, {"发放人数", "persons", WIDTH_NUMBER},
                   {"金额（元）", "yuan", WIDTH_YUAN},       {"符合未在册", "not enrolled", 14},
                   {"在册不符合", "no more", WIDTH_NUMBER},  {"待定", "undecided", WIDTH_NUMBER}};
    bool en = lang == EXPLAIN_EN;
    char text[8];

    sbuf_fmt(out, en ? "awards of %s\n" : "%s 发放情况\n", month_text(m, text));
    left(out, en ? S("county") : S("区县"), WIDTH_COUNTY);
    left(out, en ? S("programme") : S("项目"), WIDTH_PROGRAMME);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        right(out, str_from(en ? columns[i].en : columns[i].zh), columns[i].width);
    sbuf_addc(out, '\n');
}

void run_table(const struct run_result *r, month m, enum explain_lang lang, struct sbuf *out)
{
    bool en = lang == EXPLAIN_EN;
    int64_t fen = 0;
    char text[32];

    heading(lang, m, out);
    for (size_t i = 0; i < r->n; i++) {
        const struct run_row *row = &r->rows[i];
        left(out, row->county, WIDTH_COUNTY);
        left(out, en && row->programme_en.n > 0 ? row->programme_en : row->programme,
             WIDTH_PROGRAMME);
        number(out, row->households);
        number(out, row->persons);
        yuan(out, row->fen);
        sbuf_addz(out, "  ");
        number(out, row->not_enrolled);
        number(out, row->no_more);
        number(out, row->undecided);
        sbuf_addc(out, '\n');
        fen += row->county_code == 0 ? row->fen : 0;
    }
    sbuf_fmt(out, en ? "total %s yuan" : "合计 %s 元", money_text(fen, true, text));
    sbuf_fmt(out, en ? ", in %" PRId64 " payments\n" : "，共 %" PRId64 " 笔\n", r->payments);
}
