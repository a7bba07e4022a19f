/*
 * For tests of endpoints: the whole API in this process, on a free port, over a made-up town with the
 * shipped lines (unit/test_run_case.h) on the case's database; accounts of any role; requests.
 *
 *   static void a_clerk_sees_the_desk(void **state)
 *   {
 *       struct api_case *k = api_case_begin(*state);
 *       const struct api_session *clerk = api_login(k, ROLE_CLERK, "", 990102001000);
 *       struct api_reply r = ask(k, clerk, "GET", "/api/v1/desk", NULL);
 *       check_status(r, 200);
 *       assert_int_equal(reply_int(r, "counts.open"), 0);
 *       api_case_end(k);
 *   }
 *   const struct CMUnitTest tests[] = {BOTH(a_clerk_sees_the_desk)};
 *
 * The town's day is 2020-12-21. Its divisions: case_divisions in unit/test_people_case.h. Households
 * are made with family(), joins(), person_from() ... of unit/test_run_case.h on k->t.c.
 */
#ifndef HUIMIN_TEST_STORE_API_CASE_H
#define HUIMIN_TEST_STORE_API_CASE_H

#include "unit/test_run_case.h"

#include "api/api.h"

struct api_case {
    struct town t; /* t.c: the city; t.a: an arena until the end of the case */
    struct api *api;
    struct home files; /* folder of photos and scans, and of uploads */
    unsigned port;
    int logins;
};

struct api_session {
    str login;
    int64_t account_id;
    str token, csrf;
};

struct api_reply {
    int status;
    str head; /* header lines as they came */
    str body;
    json_t *json; /* the body read; NULL: it is none. Given back at the end of the case */
};

struct api_case *api_case_begin(void *state);
/* As above, over rules of one's own: a home that home_make() or town_home() made. */
struct api_case *api_case_over(void *state, struct home home);
/* Stops the server, as the program does; then again with other settings. */
void api_case_restart(struct api_case *k);
void api_case_end(struct api_case *k);

/* A new account of a division with one role for a line ("": every one), logged in. */
const struct api_session *api_login(struct api_case *k, enum role role, const char *line,
                                    int64_t division);

/* One request. session, body (JSON) may be NULL. The session's cookie and CSRF are sent. */
struct api_reply ask(struct api_case *k, const struct api_session *s, const char *method,
                     const char *path, const char *body);
/* `headers`: more lines, each ended by \r\n. Body: any bytes, of any type named in the headers. */
struct api_reply ask_with(struct api_case *k, const struct api_session *s, const char *method,
                          const char *path, str body, const char *headers);
/* These bytes, whatever they are; what comes back until the server closes or `seconds` are over
 * (status 0: nothing came). half_close: tell the server that no more comes. */
struct api_reply ask_raw(struct api_case *k, str bytes, bool half_close, int seconds);
int api_connect(const struct api_case *k);

/* Of the reply's JSON: "items.0.ref". The test fails when it isn't there or of another kind. */
json_t *reply_at(struct api_reply r, const char *path);
str reply_str(struct api_reply r, const char *path);
int64_t reply_int(struct api_reply r, const char *path);
size_t reply_n(struct api_reply r, const char *path);   /* elements of an array */
str reply_header(struct api_reply r, const char *name); /* empty: none */

#define check_status(reply, wanted)                                                                \
    do {                                                                                           \
        struct api_reply r_ = (reply);                                                             \
        if (r_.status != (wanted))                                                                 \
            fail_msg("%s: found %d %.*s, expected %d", #reply, r_.status, STR_ARG(r_.body),        \
                     (wanted));                                                                    \
    } while (0)

#endif
