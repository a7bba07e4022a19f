/* What the desk, the hand-over and the notices write alike; inside api/ only. */
#ifndef HUIMIN_API_DESK_JSON_H
#define HUIMIN_API_DESK_JSON_H

#include "api/api.h"
#include "work/notice.h"

/* For the length of one reply. */
struct desk_json {
    struct call *c;
    struct conn *conn;
    struct calendar *calendar;
    VEC(struct division_info) places; /* named so far */
};
MUST_CHECK enum rc desk_json_begin(struct call *c, struct conn *conn, struct desk_json *out,
                                   struct err *err);
MUST_CHECK enum rc desk_json_task(struct desk_json *d, const struct task *t, struct err *err);
MUST_CHECK enum rc desk_json_notice(struct desk_json *d, const struct notice *n, struct err *err);
MUST_CHECK enum rc desk_json_place(struct desk_json *d, int64_t division, struct err *err);

#endif
