/* The day of an office: what is due, and what goes out to families. */
#include "api/desk_json.h"
#include "api/handlers.h"
#include "work/notice.h"

/* ---- what both lists need ------------------------------------------------------------------- */

enum rc desk_json_begin(struct call *c, struct conn *conn, struct desk_json *out, struct err *err)
{
    *out = (struct desk_json){.c = c, .conn = conn};
    return calendar_read(conn, c->arena, &out->calendar, err);
}

enum rc desk_json_place(struct desk_json *d, int64_t division, struct err *err)
{
    struct json *j = &d->c->json;
    struct division_info info = {.division = division};
    char today[11];
    size_t i = 0;
    while (i < d->places.n && d->places.at[i].division != division)
        i++;
    if (i == d->places.n) {
        enum rc rc = division_now(d->conn, division, str_from(date_text(d->c->today, today)),
                                  d->c->arena, &info, err);
        /* An office whose division was split or is no more keeps its code as its name. */
        if (rc != RC_OK && rc != RC_NOT_FOUND && rc != RC_CONFLICT)
            return rc;
        if (rc != RC_OK)
            info.name = str_fmt(d->c->arena, "%lld", (long long)division);
        info.division = division;
        *VEC_PUSH(d->c->arena, &d->places) = info;
    }
    json_obj(j);
    json_key(j, "code");
    json_division(j, division);
    JSON_STR(j, "name", d->places.at[i].name);
    json_obj_end(j);
    return RC_OK;
}

/* Where the household lives: what somebody who goes there wants to know. */
MUST_CHECK static enum rc write_village(struct desk_json *d, const struct task *t, struct err *err)
{
    char today[11];
    struct division_info info = {0};
    enum rc rc = RC_NOT_FOUND;
    if (t->household_id != 0)
        rc = household_division(d->conn, t->county_code, t->household_id,
                                str_from(date_text(d->c->today, today)), d->c->arena, &info, err);
    json_key(&d->c->json, "village");
    if (rc == RC_OK)
        return desk_json_place(d, info.division, err);
    json_nil(&d->c->json);
    return rc == RC_NOT_FOUND || rc == RC_CONFLICT ? RC_OK : rc;
}

enum rc desk_json_task(struct desk_json *d, const struct task *t, struct err *err)
{
    const struct call *c = d->c;
    struct json *j = &d->c->json;
    json_obj(j);
    json_key(j, "id");
    json_ref(j, t->county_code, t->task_id);
    JSON_STR(j, "kind", t->kind);
    json_key(j, "case");
    json_ref(j, t->county_code, t->case_id);
    json_key(j, "ref");
    json_ref(j, t->county_code, t->ref_id);
    JSON_STR(j, "step", t->step);
    json_key(j, "household");
    json_ref(j, t->county_code, t->household_id);
    json_key(j, "title");
    json_obj(j);
    JSON_STR(j, "zh", t->title);
    JSON_STR(j, "en", t->title_en.n > 0 ? t->title_en : t->title);
    json_obj_end(j);
    JSON_STR(j, "subject", t->subject);
    JSON_STR(j, "line", t->line);
    json_key(j, "division");
    TRY(desk_json_place(d, t->division, err));
    TRY(write_village(d, t, err));
    JSON_STR(j, "role", str_from(t->role < ROLE__COUNT ? role_code(t->role) : ""));
    json_key(j, "opened");
    json_day(j, t->opened);
    json_key(j, "due");
    json_day(j, t->due);
    json_key(j, "left");
    if (t->due == 0 || t->paused)
        json_nil(j);
    else
        json_int(j, deadline_left(d->calendar, c->today, t->due, t->unit));
    JSON_STR(j, "unit", unit_word(t->unit));
    JSON_STR(j, "light", str_from(light_name(light_of(c->today, t->warn, t->due, t->paused))));
    JSON_BOOL(j, "unsure", t->unsure);
    JSON_BOOL(j, "paused", t->paused);
    json_key(j, "batch");
    json_ref(j, t->county_code, t->batch);
    JSON_BOOL(j, "mine", t->role < ROLE__COUNT && scope_acts(c->scope, ROLE_BIT(t->role), t->line));
    json_obj_end(j);
    return RC_OK;
}

/* A cursor of a day ('' none) and an id. */
MUST_CHECK static enum rc cursor_read(struct call *c, const struct page *p, day *due, int64_t *id,
                                      struct err *err)
{
    *due = 0;
    *id = 0;
    if (p->cursor_n == 0)
        return RC_OK;
    if (p->cursor_n != 2 || !str_int(p->cursor[1], id) || *id <= 0 ||
        (p->cursor[0].n > 0 && !date_parse(p->cursor[0], due)))
        return call_wrong(c, RC_BAD_INPUT, "cursor", "begin the list again", err,
                          "cursor: not one that this list gave");
    return RC_OK;
}

static void cursor_write(struct call *c, bool more, day due, int64_t id)
{
    char text[11];
    const str parts[] = {due == 0 ? S("") : str_from(date_text(due, text)),
                         str_fmt(c->arena, "%lld", (long long)id)};
    page_next(c, more, parts, 2);
}

MUST_CHECK static enum rc query_flag(struct call *c, const char *name, bool *out, struct err *err)
{
    str s = query_of(c, name);
    *out = str_eq(s, S("true"));
    if (s.n == 0 || *out || str_eq(s, S("false")))
        return RC_OK;
    return call_wrong(c, RC_BAD_INPUT, name, NULL, err, "%s: found “%.*s”, expected true or false",
                      name, STR_ARG(str_sub(s, 0, 40)));
}

/* ---- the desk ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_counts(struct desk_json *d, struct err *err)
{
    struct json *j = &d->c->json;
    struct desk_counts n;
    TRY(desk_count(d->c->scope, d->conn, &n, err));
    json_key(j, "counts");
    json_obj(j);
    JSON_INT(j, "open", n.open);
    JSON_INT(j, "warned", n.warned);
    JSON_INT(j, "late", n.late);
    JSON_INT(j, "due_today", n.due_today);
    JSON_INT(j, "done_today", n.done_today);
    JSON_INT(j, "paused", n.paused);
    JSON_BOOL(j, "exact", n.exact);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_desk(struct call *c, const struct desk_query *q, struct conn *conn,
                                     struct err *err)
{
    struct json *j = &c->json;
    struct desk_json d;
    struct task *tasks = NULL;
    size_t n = 0;
    bool more = false;
    TRY(desk_json_begin(c, conn, &d, err));
    TRY(desk_read(q, conn, c->arena, &tasks, &n, &more, err));
    json_obj(j);
    json_key(j, "today");
    json_day(j, c->today);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(desk_json_task(&d, &tasks[i], err));
    json_arr_end(j);
    TRY(write_counts(&d, err));
    cursor_write(c, more, n > 0 ? tasks[n - 1].due : 0, n > 0 ? tasks[n - 1].task_id : 0);
    json_obj_end(j);
    return RC_OK;
}

/* Filters by words are of what somebody types: short. */
MUST_CHECK static enum rc words_read(struct call *c, str *out, struct err *err)
{
    *out = str_trim(query_of(c, "q"));
    if (out->n > 200)
        return call_wrong(c, RC_BAD_INPUT, "q", NULL, err, "q: found %zu bytes, expected up to 200",
                          out->n);
    return RC_OK;
}

enum rc desk_list(struct call *c, struct err *err)
{
    struct desk_query q = {
        .scope = c->scope, .line = query_of(c, "line"), .kind = query_of(c, "kind")};
    struct page page;
    struct conn *conn = NULL;
    TRY(call_page(c, &page, err));
    TRY(cursor_read(c, &page, &q.after_due, &q.after_id, err));
    TRY(query_flag(c, "mine", &q.mine_only, err));
    TRY(query_flag(c, "done", &q.ended_today, err));
    TRY(words_read(c, &q.q, err));
    str until = query_of(c, "until");
    if (until.n > 0 && !date_parse(until, &q.until))
        return call_wrong(c, RC_BAD_INPUT, "until", NULL, err,
                          "until: found “%.*s”, expected a day like 2020-12-21",
                          STR_ARG(str_sub(until, 0, 40)));
    q.limit = page.limit;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = write_desk(c, &q, conn, err);
    store_reader_done(conn);
    return rc;
}

/* ---- notices -------------------------------------------------------------------------------- */

static void write_channels(struct json *j, const char *key, unsigned channels)
{
    json_key(j, key);
    json_arr(j);
    for (unsigned bit = BY_PAPER; bit <= BY_MESSAGE; bit <<= 1)
        if (channels & bit)
            json_str(j, str_from(notice_channel_name(bit)));
    json_arr_end(j);
}

enum rc desk_json_notice(struct desk_json *d, const struct notice *n, struct err *err)
{
    struct json *j = &d->c->json;
    json_obj(j);
    json_key(j, "id");
    json_ref(j, n->county_code, n->notice_id);
    JSON_STR(j, "kind", n->kind);
    JSON_STR(j, "title", n->title);
    JSON_STR(j, "text", n->text);
    JSON_STR(j, "subject", n->subject);
    JSON_STR(j, "line", n->line);
    json_key(j, "household");
    json_ref(j, n->county_code, n->household_id);
    json_key(j, "case");
    json_ref(j, n->county_code, n->case_id);
    json_key(j, "division");
    TRY(desk_json_place(d, n->division, err));
    write_channels(j, "channels", n->channels);
    write_channels(j, "sent", n->sent);
    json_key(j, "made");
    json_day(j, n->made);
    json_key(j, "due");
    json_day(j, n->due);
    JSON_INT(j, "version", n->version);
    json_obj_end(j);
    return RC_OK;
}

/* Those of one household or case: few, all of them, whatever their state. */
MUST_CHECK static enum rc write_notices_of(struct call *c, struct conn *conn, int64_t county,
                                           int64_t household, int64_t case_id, struct err *err)
{
    struct json *j = &c->json;
    struct desk_json d;
    struct notice *list = NULL;
    size_t n = 0;
    int64_t shown = 0;
    bool unsent = str_eq(query_of(c, "unsent"), S("true"));
    TRY(desk_json_begin(c, conn, &d, err));
    if (household != 0) {
        TRY(scope_household(c->scope, conn, county, household, err));
        TRY(notices_of_household(conn, county, household, c->arena, &list, &n, err));
    } else {
        TRY(notices_of_case(conn, county, case_id, c->arena, &list, &n, err));
    }
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        bool waits = (list[i].channels & ~list[i].sent & (BY_PAPER | BY_MESSAGE)) != 0;
        bool seen = false;
        TRY(notice_seen(c->scope, conn, &list[i], &seen, err));
        if (!seen || (unsent && !waits))
            continue;
        TRY(desk_json_notice(&d, &list[i], err));
        shown++;
    }
    json_arr_end(j);
    page_count(j, shown, true);
    page_next(c, false, NULL, 0);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc write_notices(struct call *c, const struct notice_query *q,
                                        struct conn *conn, struct err *err)
{
    struct json *j = &c->json;
    struct desk_json d;
    struct notice *list = NULL;
    size_t n = 0;
    bool more = false, exact = true;
    int64_t all = 0;
    TRY(desk_json_begin(c, conn, &d, err));
    TRY(notice_list(q, conn, c->arena, &list, &n, &more, err));
    TRY(notice_count(q, conn, &all, &exact, err));
    json_obj(j);
    json_key(j, "items");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(desk_json_notice(&d, &list[i], err));
    json_arr_end(j);
    page_count(j, all, exact);
    cursor_write(c, more, n > 0 ? list[n - 1].due : 0, n > 0 ? list[n - 1].notice_id : 0);
    json_obj_end(j);
    return RC_OK;
}

MUST_CHECK static enum rc notices_query(struct call *c, struct notice_query *q, struct err *err)
{
    str state = query_of(c, "state"), channel = query_of(c, "channel");
    struct page page;
    bool unsent = false;
    TRY(call_page(c, &page, err));
    TRY(cursor_read(c, &page, &q->after_due, &q->after_id, err));
    TRY(query_flag(c, "unsent", &unsent, err));
    q->limit = page.limit;
    q->gone = str_eq(state, S("gone"));
    if (state.n > 0 && !q->gone && !str_eq(state, S("waiting")))
        return call_wrong(c, RC_BAD_INPUT, "state", NULL, err,
                          "state: found “%.*s”, expected waiting or gone",
                          STR_ARG(str_sub(state, 0, 40)));
    if (q->gone && unsent)
        return call_wrong(c, RC_BAD_INPUT, "unsent", NULL, err,
                          "unsent: found true with state gone, expected one of them");
    if (channel.n > 0 && (q->channel = notice_channel_find(channel)) == 0)
        return call_wrong(c, RC_BAD_INPUT, "channel", NULL, err,
                          "channel: found “%.*s”, expected paper, page or message",
                          STR_ARG(str_sub(channel, 0, 40)));
    return RC_OK;
}

enum rc notices_list(struct call *c, struct err *err)
{
    struct notice_query q = {
        .scope = c->scope, .line = query_of(c, "line"), .kind = query_of(c, "kind")};
    str household_ref = query_of(c, "household"), case_ref = query_of(c, "case");
    int64_t county = 0, household = 0, case_id = 0;
    struct conn *conn = NULL;
    if (household_ref.n > 0)
        TRY(call_ref(c, household_ref, "household", &county, &household, err));
    else if (case_ref.n > 0)
        TRY(call_ref(c, case_ref, "case", &county, &case_id, err));
    TRY(notices_query(c, &q, err));
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = household != 0 || case_id != 0
                     ? write_notices_of(c, conn, county, household, case_id, err)
                     : write_notices(c, &q, conn, err);
    store_reader_done(conn);
    return rc;
}

/* ---- one went out --------------------------------------------------------------------------- */

struct sending {
    struct call *c;
    int64_t notice_id, version;
    unsigned channel;
    day on;
    str how;
    struct notice now; /* as it was found */
};

static enum rc send_one(struct change *change, void *ctx, struct err *err)
{
    struct sending *s = ctx;
    bool seen = false;
    TRY(notice_find(change->conn, change->county_code, s->notice_id, s->c->arena, &s->now, err));
    TRY(notice_seen(s->c->scope, change->conn, &s->now, &seen, err));
    if (!seen)
        return err_set(err, RC_NOT_FOUND, "no notice %lld-%lld that may be seen",
                       (long long)change->county_code, (long long)s->notice_id);
    if (s->version != 0 && s->version != s->now.version)
        return err_set(err, RC_CONFLICT,
                       "the notice was changed in the meantime: version %lld is "
                       "now %lld",
                       (long long)s->version, (long long)s->now.version);
    return notice_sent(change, s->notice_id, s->channel, s->on, s->how, err);
}

MUST_CHECK static enum rc sending_read(struct call *c, struct sending *s, struct err *err)
{
    str channel = S("");
    char text[11];
    s->on = c->today;
    TRY(body_text(c, "channel", true, &channel, err));
    TRY(body_day(c, "on", false, &s->on, err));
    TRY(body_text(c, "how", false, &s->how, err));
    TRY(call_version(c, &s->version, err));
    s->channel = notice_channel_find(channel);
    if (s->channel == 0)
        return call_wrong(c, RC_BAD_INPUT, "channel", NULL, err,
                          "channel: found “%.*s”, expected paper, page or message",
                          STR_ARG(str_sub(channel, 0, 40)));
    if (s->on > c->today)
        return call_wrong(c, RC_BAD_INPUT, "on", "the day on which it went out", err,
                          "on: found %s, expected a day up to today", date_text(s->on, text));
    if (s->how.n > 600)
        return call_wrong(c, RC_BAD_INPUT, "how", NULL, err,
                          "how: found %zu bytes, expected up to 600", s->how.n);
    return RC_OK;
}

/* For the problem's `current`: what whoever was second needs to see. */
static void write_current(struct call *c, const struct notice *n)
{
    struct json *j = call_current(c);
    json_obj(j);
    json_key(j, "id");
    json_ref(j, n->county_code, n->notice_id);
    JSON_INT(j, "version", n->version);
    write_channels(j, "channels", n->channels);
    write_channels(j, "sent", n->sent);
    json_obj_end(j);
}

enum rc notices_sent(struct call *c, struct err *err)
{
    struct sending s = {.c = c};
    int64_t county = 0;
    TRY(call_ref(c, c->at[0], "notice", &county, &s.notice_id, err));
    TRY(sending_read(c, &s, err));
    struct change_spec spec = {.store = c->city->store,
                               .county_code = county,
                               .who = c->scope->login,
                               .why = S("a notice went out")};
    enum rc rc = change_write(&spec, send_one, &s, NULL, err);
    if (rc == RC_CONFLICT && s.now.notice_id != 0)
        write_current(c, &s.now);
    if (rc == RC_OK)
        call_nothing(c);
    return rc;
}
