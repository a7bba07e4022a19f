/* Which days and which changes there are to look back to, of one household: the stops of its sliders. */
#include <string.h>

#include "api/handlers.h"
#include "api/people_json.h"
#include "guard/account.h"
#include "pay/amounts.h"
#include "people/stops.h"
#include "work/case.h"

enum { EVENTS_READ = 1000, DAYS_SHOWN = 200, CHANGES_SHOWN = 200, WORDS_OF_A_DAY = 6 };

static bool shown(const struct call *c, const struct view_event *e)
{
    if (strcmp(e->kind, "change") == 0) /* that is a day of recording, not of holding */
        return false;
    return e->field == NULL || scope_sees(c->scope, c->city->rules, e->field);
}

static bool holds_on_a_day(str text)
{
    day on = 0;

    return date_parse(text, &on);
}

/* Days on which something began or ended, the newest first, each with what. A day on which only something
 * sensitive did is none for whoever may not see that. */
MUST_CHECK static enum rc days(struct call *c, struct conn *conn, int64_t county, int64_t household,
                               int64_t position, struct err *err)
{
    struct json *j = &c->json;
    struct view_event *list = NULL;
    str last = S("");
    size_t n = 0, n_days = 0, n_words = 0;

    TRY(household_story_then(c->city, conn, county, household, position, EVENTS_READ, c->arena,
                             &list, &n, err));
    json_key(j, "days");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        if (!shown(c, &list[i]) || !holds_on_a_day(list[i].day))
            continue;
        if (!str_eq(list[i].day, last)) {
            if (n_days == DAYS_SHOWN)
                break;
            if (n_days++ > 0) {
                json_arr_end(j);
                json_obj_end(j);
            }
            last = list[i].day;
            n_words = 0;
            json_obj(j);
            JSON_STR(j, "day", last);
            json_key(j, "what");
            json_arr(j);
        }
        const struct label what = {.zh = list[i].what[0], .en = list[i].what[1]};
        if (n_words++ < WORDS_OF_A_DAY)
            json_label(j, &what);
    }
    if (n_days > 0) {
        json_arr_end(j);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

/*
 * What a change of the audit chain was for, as one would say it; its own words where there are no better.
 * Those may say what is sensitive (the evidence of an edit), so whoever is shown no reasons isn't shown them.
 */
static void json_why(struct call *c, str why)
{
    static const struct {
        const char *begins, *zh, *en;
    } known[] = {
        {"a synthetic population", "生成演示数据", "a made-up population"},
        {"import", "批量导入", "an import"},
        {"an application taken", "受理申请", "an application taken"},
        {"an application made online", "收到网上申请", "an application made online"},
        {"an online application taken", "受理网上申请", "an online application taken"},
        {"run ", "月度计算", "a month was run"},
        {"proposals accepted", "同意金额变动", "changes of amounts accepted"},
        {"back-pay and recovery decided", "决定补发追回", "back-pay and recovery decided"},
    };
    struct label l = {.zh = why, .en = why};
    if (!scope_reasons(c->scope))
        l = (struct label){.zh = S("家庭情况变动"), .en = S("something of the family changed")};
    str number, event;

    if (str_starts(why, S("case ")) && str_cut(why, ':', &number, &event)) {
        enum event_kind kind = event_find(str_trim(event));
        if (kind != EVENT__COUNT) {
            l.zh = str_fmt(c->arena, "办件：%s", event_label(kind, false));
            l.en = str_fmt(c->arena, "a case: %s", event_label(kind, true));
        }
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_starts(why, str_from(known[i].begins)))
            l = (struct label){.zh = str_from(known[i].zh), .en = str_from(known[i].en)};
    json_label(&c->json, &l);
}

MUST_CHECK static enum rc changes(struct call *c, struct conn *conn, int64_t county,
                                  int64_t household, struct err *err)
{
    struct json *j = &c->json;
    struct household_stops stops;
    int64_t *also = NULL;
    size_t n_also = 0;

    TRY(amounts_positions(conn, county, household, c->arena, &also, &n_also, err));
    TRY(household_changes(c->city, conn, county, household, also, n_also, CHANGES_SHOWN, c->arena,
                          &stops, err));
    json_key(j, "changes");
    json_arr(j);
    for (size_t i = 0; i < stops.n; i++) {
        str name = S("");
        TRY(account_called(conn, stops.at[i].who, c->arena, &name, err));
        json_obj(j);
        JSON_INT(j, "position", stops.at[i].position);
        JSON_INT(j, "at_ms", stops.at[i].at_ms);
        json_key(j, "known_at");
        json_known_at(j, stops.at[i].at_ms);
        JSON_STR(j, "who", stops.at[i].who);
        JSON_STR(j, "name", name);
        json_key(j, "why");
        json_why(c, stops.at[i].why);
        json_obj_end(j);
    }
    json_arr_end(j);
    JSON_BOOL(j, "more", stops.more);
    return RC_OK;
}

MUST_CHECK static enum rc write_times(struct call *c, struct conn *conn, struct err *err)
{
    int64_t county = 0, household = 0, position = 0;
    struct instant at;

    TRY(call_ref(c, c->at[0], "household", &county, &household, err));
    TRY(scope_household(c->scope, conn, county, household, err));
    TRY(request_instant(c, &at, err));
    TRY(request_position(c, conn, county, &at, &position, err));
    json_obj(&c->json);
    TRY(days(c, conn, county, household, position, err));
    TRY(changes(c, conn, county, household, err));
    json_obj_end(&c->json);
    return RC_OK;
}

enum rc households_times(struct call *c, struct err *err)
{
    struct conn *conn = NULL;

    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_begin(conn, err);
    if (rc == RC_OK)
        rc = write_times(c, conn, err);
    read_end(conn);
    store_reader_done(conn);
    return rc;
}
