/* What the handlers about people write alike; inside api/ only. */
#ifndef HUIMIN_API_PEOPLE_JSON_H
#define HUIMIN_API_PEOPLE_JSON_H

#include "api/api.h"
#include "people/list.h"
#include "people/search.h"
#include "people/view.h"

/* "key": {code, name}; null for 0. Names are looked up once a request. */
MUST_CHECK enum rc people_division(struct call *c, struct conn *conn, const char *key,
                                   int64_t division, struct err *err);
/* The name in force today of a division, or of what became of it; its code when there is none. */
MUST_CHECK enum rc division_name(struct call *c, struct conn *conn, int64_t division, str *out,
                                 struct err *err);
/* "key": [names], of a list with blanks between. */
void people_names(struct json *j, const char *key, str list);
/* A stored value: fen, true or false, code's name, text; null. */
void people_value(struct json *j, const struct field *f, const struct value *v);
/* The bounds of what is asked for: `division` of the query, within the scope; else the scope's own. */
MUST_CHECK enum rc people_bounds(struct call *c, int64_t *lo, int64_t *hi, struct err *err);
/* Somebody who sees assigned households only has lists of these. */
MUST_CHECK enum rc people_limit(struct call *c, struct conn *conn, struct list_spec *s,
                                struct err *err);
/* Chinese and English: "key": {zh, en}. */
void people_both(struct json *j, const char *key, str zh, str en);

/* "cases": the briefs of the household's cases. */
MUST_CHECK enum rc people_cases(struct call *c, struct conn *conn, int64_t county,
                                int64_t household, struct err *err);
MUST_CHECK enum rc people_open_cases(struct call *c, struct conn *conn, int64_t county,
                                     int64_t household, int64_t *out, struct err *err);
/* "id_number": masked; null. */
MUST_CHECK enum rc people_id_number(struct call *c, struct conn *conn, int64_t county,
                                    int64_t person, struct err *err);

/*
 * A value of a request's body for a field: as a column has it (fen, 0 or 1, index of the code's value,
 * day, month) and as it is stored. RC_BAD_INPUT names the field and what is expected.
 */
MUST_CHECK enum rc people_value_read(struct call *c, const struct field *f, const json_t *given,
                                     bool *unknown, int64_t *column, struct value *stored,
                                     struct err *err);

#endif
