/* Cases and their events in the store. */
#include "work/case_in.h"

#include <string.h>
#include "work/work_sql.h"

#define NO_DUE "9999-12-31"

static str day_text(day d, const char *none, char buffer[11])
{
    return d != 0 ? str_from(date_text(d, buffer)) : str_from(none);
}

static day day_read(str text)
{
    day d = 0;
    return !str_eq(text, S(NO_DUE)) && date_parse(text, &d) ? d : 0;
}

/* ---- reading -------------------------------------------------------------------------------- */

static enum case_status status_find(str word)
{
    enum case_status s = CASE_NEW;
    while (s + 1 < CASE__COUNT && !str_eq(str_from(case_status_word(s)), word))
        s++;
    return s;
}

void case_row_read(const struct query *q, int64_t county, struct arena *a, struct case_row *r)
{
    *r = (struct case_row){.county_code = county,
                           .case_id = query_int(q, 0),
                           .number = str_dup(a, query_text(q, 1)),
                           .service = str_dup(a, query_text(q, 2)),
                           .line = str_dup(a, query_text(q, 3)),
                           .household_id = query_int(q, 4),
                           .person_id = query_int(q, 5),
                           .applicant_id = query_int(q, 6),
                           .applicant = str_dup(a, query_text(q, 7)),
                           .relation = str_dup(a, query_text(q, 8)),
                           .subject = str_dup(a, query_text(q, 9)),
                           .division = query_int(q, 10),
                           .office = query_int(q, 11),
                           .registered = str_dup(a, query_text(q, 12)),
                           .rule_hash = str_dup(a, query_text(q, 13)),
                           .delegated = query_int(q, 14) != 0,
                           .accepted = day_read(query_text(q, 15)),
                           .note = str_dup(a, query_text(q, 16)),
                           .status = status_find(query_text(q, 17)),
                           .owner = query_int(q, 18),
                           .town = query_int(q, 19),
                           .version = query_int(q, 20),
                           .step = str_dup(a, query_text(q, 21)),
                           .result = str_dup(a, query_text(q, 22)),
                           .due = day_read(query_text(q, 23)),
                           .warn = day_read(query_text(q, 24)),
                           .unsure = query_int(q, 25) != 0,
                           .paused = query_int(q, 26) != 0,
                           .closed = day_read(query_text(q, 27)),
                           .draft_version = query_int(q, 28)};
}

/* Owner, taker or home: whoever has to do with it, and with its line, sees it. */
MUST_CHECK static enum rc seen(const struct scope *s, struct conn *c, const struct case_row *r,
                               bool *out, struct err *err)
{
    struct err own = {0};
    *out = true;
    if (s == NULL)
        return RC_OK;
    *out = scope_acts(s, ~0u, r->line);
    if (!*out)
        return RC_OK;
    if (!s->assigned_only && (scope_covers(s, r->owner) || scope_covers(s, r->office)))
        return RC_OK;
    enum rc rc = scope_household(s, c, r->county_code, r->household_id, &own);
    *out = rc == RC_OK;
    return rc == RC_OK || rc == RC_NOT_FOUND ? RC_OK : err_set(err, rc, "%s", own.text);
}

MUST_CHECK static enum rc row_load(const struct scope *s, struct conn *c, int64_t county,
                                   int64_t case_id, struct arena *a, struct case_row *out,
                                   struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id)};
    struct query *q = NULL;
    TRY(query(c, &stmt_case_read, v, 2, &q, err));
    bool found = query_next(q);
    if (found)
        case_row_read(q, county, a, out);
    TRY(query_end(q, err));
    if (found)
        TRY(seen(s, c, out, &found, err));
    return found ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "case %lld of county %lld: there is none",
                           (long long)case_id, (long long)county);
}

MUST_CHECK static enum rc events_load(struct conn *c, int64_t county, int64_t case_id,
                                      struct arena *a, struct case_event **out, size_t *n,
                                      struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id)};
    VEC(struct case_event) all = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_case_events, v, 2, &q, err));
    while (query_next(q)) {
        struct case_event *e = VEC_PUSH(a, &all);
        e->seq = query_int(q, 0);
        e->kind = event_find(query_text(q, 1));
        e->step = str_dup(a, query_text(q, 2));
        e->day = day_read(query_text(q, 3));
        e->at_ms = query_int(q, 4);
        e->who = str_dup(a, query_text(q, 5));
        e->text = str_dup(a, query_text(q, 6));
        e->data = case_json(query_text(q, 7), a);
        e->position = query_int(q, 8);
    }
    TRY(query_end(q, err));
    for (size_t i = 0; i < all.n; i++)
        if (all.at[i].kind == EVENT__COUNT)
            return err_set(err, RC_RULE,
                           "case %lld of county %lld: event %lld is of a kind that this program "
                           "does not know",
                           (long long)case_id, (long long)county, (long long)all.at[i].seq);
    *out = all.at;
    *n = all.n;
    return RC_OK;
}

bool case_goes_out(const struct service *s)
{
    for (size_t i = 0; i < s->n_steps; i++)
        if (s->steps[i].at == AT_NONE)
            return true;
    return false;
}

enum rc case_ground_of(struct city *city, struct conn *c, const struct case_row *r, struct arena *a,
                       struct case_ground *out, struct err *err)
{
    struct calendar *calendar = NULL;
    *out = (struct case_ground){.division = r->division, .delegated = r->delegated};
    TRY(case_rules(city, c, r->rule_hash, &out->rules, err));
    TRY(calendar_read(c, a, &calendar, err));
    out->calendar = calendar;
    out->service = rules_service(out->rules, r->service);
    out->elsewhere = r->registered.n > 0 && out->service != NULL && case_goes_out(out->service);
    return out->service != NULL
               ? RC_OK
               : err_set(err, RC_RULE, "the rules of its day have no service “%.*s”",
                         STR_ARG(r->service));
}

enum rc case_load(struct city *city, const struct scope *s, struct conn *c, int64_t county,
                  int64_t case_id, struct arena *a, struct case_whole *out, struct err *err)
{
    *out = (struct case_whole){0};
    TRY(row_load(s, c, county, case_id, a, &out->row, err));
    TRY(case_ground_of(city, c, &out->row, a, &out->ground, err));
    TRY(events_load(c, county, case_id, a, &out->events, &out->n_events, err));
    return case_fold(&out->ground, out->events, out->n_events, a, &out->state, err);
}

/* "510402-2020-000123": the county first. */
enum rc case_find(const struct scope *s, struct conn *c, str number, struct arena *a,
                  struct case_row *out, struct err *err)
{
    str county_text, rest;
    int64_t county = 0;
    bool found = false;
    if (str_cut(number, '-', &county_text, &rest) && str_int(county_text, &county)) {
        const struct value v[] = {V_INT(county), V_TEXT(number),
                                  V_TEXT(str_fmt(a, "%.*s.", STR_ARG(number))), V_INT(1)};
        struct query *q = NULL;
        TRY(query(c, &stmt_case_by_number, v, 4, &q, err));
        found = query_next(q);
        if (found)
            case_row_read(q, county, a, out);
        TRY(query_end(q, err));
        if (found)
            TRY(seen(s, c, out, &found, err));
    }
    return found ? RC_OK : err_set(err, RC_NOT_FOUND, "case %.*s: there is none", STR_ARG(number));
}

enum rc cases_of_household(const struct scope *s, struct conn *c, int64_t county, int64_t household,
                           struct arena *a, struct case_row **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(household), V_INT(200)};
    VEC(struct case_row) all = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_case_of_household, v, 3, &q, err));
    while (query_next(q))
        case_row_read(q, county, a, VEC_PUSH(a, &all));
    TRY(query_end(q, err));
    *out = all.at;
    *n = 0;
    for (size_t i = 0; i < all.n; i++) {
        bool may = false;
        TRY(seen(s, c, &all.at[i], &may, err));
        if (may)
            all.at[(*n)++] = all.at[i];
    }
    return RC_OK;
}

enum rc case_name_of(struct conn *c, int64_t county, int64_t person, struct arena *a, str *out,
                     struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person)};
    struct query *q = NULL;
    *out = S("");
    TRY(query(c, &stmt_case_person, v, 2, &q, err));
    if (query_next(q))
        *out = str_dup(a, query_text(q, 0));
    return query_end(q, err);
}

/* ---- writing -------------------------------------------------------------------------------- */

static const char *result_of(const struct case_state *s)
{
    if (s->decision.seq == 0)
        return "";
    return s->decision.grant ? "grant" : "refuse";
}

/* The row's columns that the state keeps. */
static void row_of_state(struct case_whole *k)
{
    const struct case_state *s = k->state;
    const struct step_state *first = case_first_open(s);
    struct case_row *r = &k->row;
    r->status = s->status;
    r->owner = s->owner;
    r->version = s->version;
    r->step = first != NULL && case_status_open(s->status) ? first->step->name.text : S("");
    r->result = str_from(result_of(s));
    r->due = s->due;
    r->warn = s->warn;
    r->unsure = s->unsure;
    r->paused = (s->stops & ~(unsigned)STOP_POSTING) != 0;
    r->closed = s->closed;
}

/* The columns that follow from the state, in the order of case_insert and case_state_put. */
enum { STATE_COLUMNS = 12, CASE_COLUMNS = 19, KEY_COLUMNS = 3 };
struct state_days {
    char due[11], warn[11], closed[11];
};
static void state_values(const struct case_row *r, struct state_days *d,
                         struct value v[STATE_COLUMNS])
{
    const struct value all[STATE_COLUMNS] = {V_TEXT(str_from(case_status_word(r->status))),
                                             V_INT(case_status_open(r->status)),
                                             V_INT(r->owner),
                                             V_INT(r->town),
                                             V_INT(r->version),
                                             V_TEXT(r->step),
                                             V_TEXT(r->result),
                                             V_TEXT(day_text(r->due, NO_DUE, d->due)),
                                             V_TEXT(day_text(r->warn, NO_DUE, d->warn)),
                                             V_INT(r->unsure),
                                             V_INT(r->paused),
                                             V_TEXT(day_text(r->closed, "", d->closed))};
    memcpy(v, all, sizeof all);
}

enum rc case_put(struct change *c, struct case_whole *k, struct err *err)
{
    char accepted[11];
    struct state_days days;
    struct case_row *r = &k->row;
    row_of_state(k);
    TRY(office_at(c->conn, r->owner, AT_TOWNSHIP, r->accepted, &r->town, err));
    struct value v[CASE_COLUMNS + STATE_COLUMNS] = {
        V_INT(c->county_code),  V_INT(r->case_id),   V_INT(c->position),
        V_TEXT(r->number),      V_TEXT(r->service),  V_TEXT(r->line),
        V_INT(r->household_id), V_INT(r->person_id), V_INT(r->applicant_id),
        V_TEXT(r->applicant),   V_TEXT(r->relation), V_TEXT(r->subject),
        V_INT(r->division),     V_INT(r->office),    V_TEXT(r->registered),
        V_TEXT(r->rule_hash),   V_INT(r->delegated), V_TEXT(day_text(r->accepted, "", accepted)),
        V_TEXT(r->note)};
    state_values(r, &days, v + CASE_COLUMNS);
    change_note(c, "work_case", v, sizeof v / sizeof v[0]);
    return exec(c->conn, &stmt_case_insert, v, sizeof v / sizeof v[0], NULL, err);
}

enum rc case_state_put(struct change *c, struct case_whole *k, day on, struct err *err)
{
    struct state_days days;
    struct case_row *r = &k->row;
    int64_t owner = r->owner;
    row_of_state(k);
    if (r->owner != owner)
        TRY(office_at(c->conn, r->owner, AT_TOWNSHIP, on, &r->town, err));
    struct value v[KEY_COLUMNS + STATE_COLUMNS] = {V_INT(c->county_code), V_INT(r->case_id),
                                                   V_INT(c->position)};
    state_values(r, &days, v + KEY_COLUMNS);
    change_note(c, "work_case", v, sizeof v / sizeof v[0]);
    return exec(c->conn, &stmt_case_state_put, v, sizeof v / sizeof v[0], NULL, err);
}

enum rc case_event_put(struct change *c, int64_t case_id, const struct case_event *e,
                       struct arena *a, struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(case_id),
                              V_INT(e->seq),
                              V_INT(c->position),
                              V_TEXT(str_from(event_word(e->kind))),
                              V_TEXT(e->step),
                              V_TEXT(day_text(e->day, "", on)),
                              V_INT(c->at_ms),
                              V_TEXT(e->who),
                              V_TEXT(e->text),
                              V_TEXT(case_json_text(e->data, a))};
    change_note(c, "case_event", v, sizeof v / sizeof v[0]);
    return exec(c->conn, &stmt_case_event_insert, v, sizeof v / sizeof v[0], NULL, err);
}

/* ---- what was typed so far ------------------------------------------------------------------ */

enum rc case_draft_read(struct conn *c, int64_t county, int64_t case_id, struct arena *a, str *out,
                        int64_t *version, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id)};
    struct query *q = NULL;
    *out = S("");
    *version = 0;
    TRY(query(c, &stmt_case_draft, v, 2, &q, err));
    if (query_next(q)) {
        *out = str_dup(a, query_text(q, 0));
        *version = query_int(q, 1);
    }
    return query_end(q, err);
}

struct draft {
    int64_t county, case_id, version;
    str text;
    str by; /* empty: nothing is left in it */
};

static enum rc draft_write(struct conn *c, void *ctx, struct err *err)
{
    struct draft *d = ctx;
    const struct value key[] = {V_INT(d->county), V_INT(d->case_id)};
    int64_t changed = 0, version = d->version;
    struct query *q = NULL;
    if (version == 0) {
        TRY(query(c, &stmt_case_draft, key, 2, &q, err));
        version = query_next(q) ? query_int(q, 1) : 0;
        TRY(query_end(q, err));
    }
    const struct value v[] = {key[0], key[1], V_TEXT(d->text), V_INT(version), V_TEXT(d->by)};
    TRY(exec(c, &stmt_case_draft_put, v, 5, &changed, err));
    if (changed == 0)
        return err_set(err, RC_CONFLICT,
                       "somebody else typed here in the meantime: their draft is newer");
    d->version = version + 1;
    return RC_OK;
}

/* A plain row: a draft is nobody's record yet, so it is not in the audit chain. */
enum rc case_draft_put(struct city *city, const struct scope *s, int64_t county, int64_t case_id,
                       str draft, int64_t version, int64_t *now, struct err *err)
{
    bool empty = draft.n == 0 || str_eq(draft, S("{}"));
    struct draft d = {county, case_id, version, draft, empty ? S("") : s->login};
    struct arena a = {0};
    struct case_row row;
    struct conn *c = NULL;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = row_load(s, c, county, case_id, &a, &row, err);
    store_reader_done(c);
    if (rc == RC_OK && !case_status_open(row.status))
        rc = err_set(err, RC_RULE, "the case is closed: nothing more is typed into it");
    arena_deinit(&a);
    TRY(rc);
    TRY(store_write(city->store, draft_write, &d, err));
    *now = d.version;
    return RC_OK;
}
