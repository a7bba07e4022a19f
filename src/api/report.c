/* What offices have in hand and have done, with the part of the city below and the list behind each number. */
#include "work/report.h"
#include "api/export.h"
#include "api/handlers.h"
#include "api/people_json.h"

struct reporting {
    struct call *c;
    struct conn *conn;
    int64_t division;
    month month;
    str service;
    struct report report;
};

MUST_CHECK static enum rc asked_for(struct reporting *r, struct err *err)
{
    struct call *c = r->c;
    str division = query_of(c, "division"), m = query_of(c, "month");
    r->division = c->scope->division;
    r->month = date_month(c->today);
    r->service = query_of(c, "service");
    if (division.n > 0 && (division.n != 12 || !str_int(division, &r->division)))
        return call_wrong(c, RC_BAD_INPUT, "division", NULL, err,
                          "division: found “%.*s”, expected twelve digits",
                          STR_ARG(str_sub(division, 0, 40)));
    if (m.n > 0 && !month_parse(m, &r->month))
        return call_wrong(c, RC_BAD_INPUT, "month", NULL, err,
                          "month: found “%.*s”, expected a month like 2020-12",
                          STR_ARG(str_sub(m, 0, 40)));
    if (r->service.n > 0 && rules_service(c->city->rules, r->service) == NULL)
        return call_wrong(c, RC_BAD_INPUT, "service", NULL, err, "service: there is no “%.*s”",
                          STR_ARG(str_sub(r->service, 0, 40)));
    return RC_OK;
}

/* An average to one decimal: in tenths. -1: of nothing. */
static int64_t tenths(int64_t sum, int64_t n)
{
    return n > 0 ? (20 * sum + n) / (2 * n) : -1;
}

static void number_or_nil(struct json *j, const char *key, int64_t n)
{
    json_key(j, key);
    if (n < 0)
        json_nil(j);
    else
        json_int(j, n);
}

static void write_line(struct json *j, const struct report_line *l)
{
    JSON_INT(j, "open", l->open);
    JSON_INT(j, "late", l->late);
    JSON_INT(j, "warned", l->warned);
    JSON_INT(j, "due_today", l->due_today);
    JSON_INT(j, "paused", l->paused);
    JSON_INT(j, "done", l->done);
    JSON_INT(j, "in_time", l->in_time);
    number_or_nil(j, "days_tenths", tenths(l->days, l->done));
    number_or_nil(j, "limit_tenths", tenths(l->limit_days, l->limited));
}

static void service_label(struct call *c, const struct report_service *s, struct json *j)
{
    const struct service *service = rules_service(c->city->rules, s->service);
    const struct label named = {.zh = s->step.n > 0 ? s->step : s->service};
    const struct label *l = &named;
    if (service != NULL && s->step.n == 0 && service->label.zh.n > 0)
        l = &service->label;
    for (size_t i = 0; service != NULL && i < service->n_steps; i++)
        if (s->step.n > 0 && str_eq(service->steps[i].name.text, s->step) &&
            service->steps[i].label.zh.n > 0)
            l = &service->steps[i].label;
    json_key(j, "label");
    json_label(j, l);
}

static const char *level_word(int64_t division)
{
    static const char *const words[] = {"", "city", "county", "township", "village"};
    return words[division_level(division)];
}

MUST_CHECK static enum rc write_report(struct reporting *r, struct err *err)
{
    struct call *c = r->c;
    struct json *j = &c->json;
    const struct report *report = &r->report;
    json_obj(j);
    TRY(people_division(c, r->conn, "division", r->division, err));
    JSON_STR(j, "level", str_from(level_word(r->division)));
    json_key(j, "month");
    json_month(j, r->month);
    json_key(j, "today");
    json_day(j, c->today);
    json_key(j, "rows");
    json_arr(j);
    for (size_t i = 0; i < report->n_rows; i++) {
        json_obj(j);
        TRY(people_division(c, r->conn, "division", report->rows[i].division, err));
        JSON_BOOL(j, "own", report->rows[i].own);
        write_line(j, &report->rows[i].line);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_key(j, "services");
    json_arr(j);
    for (size_t i = 0; i < report->n_services; i++) {
        json_obj(j);
        JSON_STR(j, "service", report->services[i].service);
        JSON_STR(j, "step", report->services[i].step);
        service_label(c, &report->services[i], j);
        write_line(j, &report->services[i].line);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_key(j, "sum");
    json_obj(j);
    write_line(j, &report->sum);
    json_obj_end(j);
    json_obj_end(j);
    return RC_OK;
}

enum rc reports_desk(struct call *c, struct err *err)
{
    struct reporting r = {.c = c};
    TRY(asked_for(&r, err));
    TRY(store_reader(c->city->store, &r.conn, err));
    enum rc rc =
        report_read(c->scope, r.conn, r.division, r.month, r.service, c->arena, &r.report, err);
    if (rc == RC_OK)
        rc = write_report(&r, err);
    store_reader_done(r.conn);
    return rc;
}
