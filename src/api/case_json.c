/* A case in a list, its clock and its events. */
#include "api/case_json.h"

#include "api/people_json.h"

void json_day_or_null(struct json *j, const char *key, day d)
{
    json_key(j, key);
    if (d != 0)
        json_day(j, d);
    else
        json_nil(j);
}

void json_words(struct json *j, const char *key, const char *zh, const char *en)
{
    json_key(j, key);
    json_obj(j);
    JSON_STR(j, "zh", str_from(zh));
    JSON_STR(j, "en", str_from(en));
    json_obj_end(j);
}

void json_clock(struct json *j, const struct calendar *calendar, day today, day warn, day due,
                enum deadline_unit unit, bool paused, bool unsure)
{
    json_day_or_null(j, "due", due);
    json_key(j, "left");
    if (due != 0)
        json_int(j, deadline_left(calendar, today, due, unit));
    else
        json_nil(j);
    JSON_STR(j, "unit",
             unit == IN_WORKDAYS ? S("workdays")
             : unit == IN_DAYS   ? S("days")
                                 : S("months"));
    JSON_STR(j, "light", str_from(light_name(light_of(today, warn, due, paused))));
    JSON_BOOL(j, "unsure", unsure);
}

static const struct service_step *step_named(const struct service *s, str name)
{
    for (size_t i = 0; s != NULL && i < s->n_steps; i++)
        if (str_eq(s->steps[i].name.text, name))
            return &s->steps[i];
    return NULL;
}

enum rc json_case_brief(struct call *c, struct conn *conn, const struct calendar *calendar,
                        const struct case_row *r, struct err *err)
{
    struct json *j = &c->json;
    const struct service *s = rules_service(c->city->rules, r->service);
    const struct service_step *step = step_named(s, r->step);
    bool open = case_status_open(r->status);

    json_obj(j);
    json_key(j, "ref");
    json_ref(j, r->county_code, r->case_id);
    JSON_STR(j, "number", r->number);
    JSON_STR(j, "service", r->service);
    if (s != NULL) {
        json_key(j, "label");
        json_label(j, &s->label);
    } else {
        json_words(j, "label", str_z(c->arena, r->service), str_z(c->arena, r->service));
    }
    JSON_STR(j, "line", r->line);
    JSON_STR(j, "subject", r->subject);
    json_key(j, "household");
    json_ref(j, r->county_code, r->household_id);
    json_key(j, "person");
    json_ref(j, r->county_code, r->person_id);
    TRY(people_division(c, conn, "division", r->division, err));
    json_key(j, "step");
    if (step != NULL) {
        json_obj(j);
        JSON_STR(j, "name", r->step);
        json_key(j, "label");
        json_label(j, &step->label);
        json_obj_end(j);
    } else {
        json_nil(j);
    }
    JSON_STR(j, "state", str_from(case_status_word(r->status)));
    json_words(j, "state_label", case_status_label(r->status, false),
               case_status_label(r->status, true));
    JSON_STR(j, "result", r->result);
    json_clock(j, calendar, open ? c->today : r->closed, r->warn, r->due,
               s != NULL ? s->within.unit : IN_WORKDAYS, r->paused || !open, r->unsure);
    JSON_BOOL(j, "paused", r->paused);
    json_day_or_null(j, "accepted", r->accepted);
    json_day_or_null(j, "closed", r->closed);
    JSON_INT(j, "version", r->version);
    json_obj_end(j);
    return RC_OK;
}

void json_event(struct json *j, const struct case_whole *k, const struct case_event *e,
                struct arena *a)
{
    json_obj(j);
    JSON_INT(j, "seq", e->seq);
    JSON_STR(j, "kind", str_from(event_word(e->kind)));
    json_words(j, "label", event_label(e->kind, false), event_label(e->kind, true));
    JSON_STR(j, "step", e->step);
    json_day_or_null(j, "day", e->day);
    JSON_INT(j, "at_ms", e->at_ms);
    JSON_STR(j, "who", e->who);
    json_words(j, "text", str_z(a, case_story(k, e, false, a)),
               str_z(a, case_story(k, e, true, a)));
    json_obj_end(j);
}
