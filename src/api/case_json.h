/* Cases as JSON, for whoever shows them. Inside api/ only. */
#ifndef HUIMIN_API_CASE_JSON_H
#define HUIMIN_API_CASE_JSON_H

#include "api/api.h"
#include "work/case.h"

/* docs/api.md case_brief: one object, with the labels of the rules in force. `calendar`: calendar_read(). */
MUST_CHECK enum rc json_case_brief(struct call *c, struct conn *conn,
                                   const struct calendar *calendar, const struct case_row *r,
                                   struct err *err);

/* "light", "left", "due", "unsure" of an object. */
void json_clock(struct json *j, const struct calendar *calendar, day today, day warn, day due,
                enum deadline_unit unit, bool paused, bool unsure);
/* "key": a day, or null for 0. */
void json_day_or_null(struct json *j, const char *key, day d);
/* "key": {zh, en} of two C strings. */
void json_words(struct json *j, const char *key, const char *zh, const char *en);
/* {seq, kind, label, step, day, at_ms, who, text} of an event. */
void json_event(struct json *j, const struct case_whole *k, const struct case_event *e,
                struct arena *a);

#endif
