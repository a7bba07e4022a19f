/*
 * JSON over HTTP under /api/v1. routes.def is the one list of endpoints: the router, the permission
 * matrix and the OpenAPI document are made of it. A handler decodes, calls one or two functions of
 * the modules below with the caller's scope, and encodes; it decides nothing about seeing.
 *
 * Ids in paths and JSON are references "510402-117533616560406529": county and id. Money is fen in
 * fields that end in _fen, days 2020-12-21, months 2020-12, divisions twelve digits as text.
 */
#ifndef HUIMIN_API_API_H
#define HUIMIN_API_API_H

#include <jansson.h>

#include "base/json.h"
#include "guard/guard.h"
#include "http/http.h"
#include "people/instant.h"

/* The application: one a process. */
struct api {
    struct city *city;
    day today;              /* fixed by --today; 0: the clock's */
    bool continuous;        /* whoever a change touches is determined again at once */
    bool night_off;         /* nobody is determined at night; else everybody at ... */
    int night_hour;         /* 0 to 23 in China */
    bool demo;              /* pages say that it is one, and which day it plays */
    const char *web;        /* folder with the built pages; NULL: none */
    const char *files;      /* folder of the stored files */
    const char *public_url; /* where citizens reach the pages: https://…, without a / at its end */
    struct api_insides *insides; /* of api/ */
};

/* Who may call a route: ROLE_BITs, or one of these. */
#define FOR_EVERYBODY 0x80000000u /* no session */
#define FOR_ACCOUNTS  0x40000000u /* any session */
/* Groups of roles. An account with no role but AUDITOR reads and never writes. */
#define CLERKS    (ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD))
#define REPORTERS (CLERKS | ROLE_BIT(ROLE_VILLAGE))
#define DECIDERS  (ROLE_BIT(ROLE_DECIDER) | ROLE_BIT(ROLE_HEAD))
#define IMPORTERS (DECIDERS | ROLE_BIT(ROLE_OFFICER)) /* bring in whole workbooks */
#define MONEY                                                                                      \
    (ROLE_BIT(ROLE_PAYER) | ROLE_BIT(ROLE_DECIDER) | ROLE_BIT(ROLE_OFFICER) |                      \
     ROLE_BIT(ROLE_AUDITOR))
#define ADMINS (ROLE_BIT(ROLE_ADMIN))
#define STAFF  ((ROLE_BIT(ROLE__COUNT) - 1) & ~ADMINS) /* whoever works on cases */
/* Calculations and papers, which may name an illness: not for who only pays (scope_reasons). */
#define REASONS (STAFF & ~ROLE_BIT(ROLE_PAYER))
/* Figures of offices: not for who looks after assigned households only. */
#define REPORT_READERS (STAFF & ~ROLE_BIT(ROLE_VILLAGE))

/*
 * Work that goes on beside the requests, in threads of its own: taken up when the server starts
 * (what was parked goes on), parked when it stops. `stop` returns when all is parked.
 */
struct api_job {
    const char *name;
    enum rc (*start)(struct api *api, struct err *err);
    void (*stop)(struct api *api);
};

extern const struct api_job api_jobs[]; /* the program's; ended by a NULL name */

/*
 * The API over an open city, answering nothing yet. In the city's arena; api_close() stops the jobs.
 * The members of `given` but insides are taken over. jobs: ended by a NULL name; NULL: none.
 */
MUST_CHECK enum rc api_open(const struct api *given, const struct api_job *jobs, struct api **out,
                            struct err *err);
void api_close(struct api *api);
/* Serve it: fills intake, answer and ctx of the spec and starts the server. RC_... of http_start(). */
MUST_CHECK enum rc api_serve(struct api *api, struct http_spec *spec, struct err *err);
unsigned api_port(const struct api *api);

struct call;
typedef enum rc api_handler(struct call *c, struct err *err);

struct route {
    enum http_method method;
    const char *path; /* /api/v1/cases/{case}/events */
    const char *name; /* cases_event: also the operationId */
    api_handler *handler;
    unsigned may;      /* FOR_..., ROLE_BITs */
    const char *takes; /* schema of the body (schemas/ *.json); "" none, "file" a streamed one */
    const char *gives; /* schema of the reply; "" none */
    const char *about; /* one line */
};
extern const struct route routes[];
extern const size_t routes_n;

/* One request being answered. Lives in the request's arena. */
struct call {
    struct api *api;
    struct city *city;
    const struct http_request *request;
    struct http_reply *reply;
    const struct route *route;
    struct arena *arena;
    struct scope *scope; /* NULL on routes for everybody */
    str session;         /* the token's name in the store; empty: none */
    day today;
    str at[4];                    /* what stands for {...} in the path, in order */
    json_t *body;                 /* NULL: none was sent */
    struct json json;             /* the reply's writer: over reply->body */
    str field, hint;              /* for the problem details; set by call_wrong() */
    struct call_insides *insides; /* of the frame */
};

/* ---- taking apart (request.c): failures are RC_BAD_INPUT with the field's name ---------------- */

/* "510402-117533616560406529" */
MUST_CHECK enum rc call_ref(struct call *c, str text, const char *field, int64_t *county,
                            int64_t *id, struct err *err);
/* A member of the body. `must`: it is an error that it isn't there; else *out stays as it was. */
MUST_CHECK enum rc body_text(struct call *c, const char *field, bool must, str *out,
                             struct err *err);
MUST_CHECK enum rc body_int(struct call *c, const char *field, bool must, int64_t *out,
                            struct err *err);
MUST_CHECK enum rc body_flag(struct call *c, const char *field, bool must, bool *out,
                             struct err *err);
MUST_CHECK enum rc body_day(struct call *c, const char *field, bool must, day *out,
                            struct err *err);
MUST_CHECK enum rc body_ref(struct call *c, const char *field, bool must, int64_t *county,
                            int64_t *id, struct err *err);
str query_of(struct call *c, const char *name); /* empty: not given */
/* Which field was wrong and what to do about it; returns rc. */
enum rc call_wrong(struct call *c, enum rc rc, const char *field, const char *hint, struct err *err,
                   const char *fmt, ...) PRINTF_LIKE(6, 7);

/* ---- which time (instant.c) ------------------------------------------------------------------ */

struct release_row;
/* ?as_of=2021-03-01&known_at=2021-03-01T17:30, as given; 0 where it isn't. RC_BAD_INPUT names the field, also
 * when known_at is to come. */
MUST_CHECK enum rc request_instant(struct call *c, struct instant *out, struct err *err);
/* Was another time than now asked for? */
bool request_then(const struct instant *at);
/* The county's change position at known_at; 0: as it stands now. RC_BAD_INPUT: nothing was known then. */
MUST_CHECK enum rc request_position(struct call *c, struct conn *conn, int64_t county,
                                    const struct instant *at, int64_t *out, struct err *err);
/* From here on c->city is the city with the rules in force at known_at. *release: which they are. */
MUST_CHECK enum rc request_rules(struct call *c, struct conn *conn, const struct instant *at,
                                 struct release_row *release, struct err *err);
/* A time as known_at takes it, to the thousandth of a second: "2021-03-01T17:30:05.123"; null for 0. */
void json_known_at(struct json *j, int64_t ms);

/*
 * Several wrong fields at once: tell each, then `return call_errors(c, err)`, which is RC_OK when none
 * was told. They stand in the problem's `errors`.
 */
void call_error(struct call *c, const char *field, const char *fmt, ...) PRINTF_LIKE(3, 4);
MUST_CHECK enum rc call_errors(struct call *c, struct err *err);
/* What stands now, for a problem's `current`: write one JSON value into it, then return RC_CONFLICT. */
struct json *call_current(struct call *c);

/* ---- putting together ------------------------------------------------------------------------ */

void json_ref(struct json *j, int64_t county, int64_t id); /* null when id is 0 */
void json_day(struct json *j, day d);
void json_division(struct json *j, int64_t division);
void json_month(struct json *j, month m);
void json_label(struct json *j, const struct label *l); /* {"zh": …, "en": …} */
/* "workdays", "days", "months" */
str unit_word(enum deadline_unit unit);
/* {"n": 10, "unit": "workdays"}; null when there is none. */
void json_deadline(struct json *j, const struct deadline *d);
#define JSON_STR(j, key, s)  (json_key((j), (key)), json_str((j), (s)))
#define JSON_INT(j, key, n)  (json_key((j), (key)), json_int((j), (n)))
#define JSON_BOOL(j, key, b) (json_key((j), (key)), json_bool((j), (b)))

/* 201 with Location. */
void call_created(struct call *c, str location);
/* A Set-Cookie or another header, kept until the reply has gone. */
void call_header(struct call *c, const char *name, str value);
/* No body: 204. The handler writes none. */
void call_nothing(struct call *c);
/*
 * Not JSON but a file (fd is closed after the reply) or a stream of events (see http_reply.next; `end`
 * may be NULL). The handler writes no JSON then.
 */
void call_file(struct call *c, int fd, int64_t bytes, str type, str name);
void call_stream(struct call *c, bool (*next)(void *ctx, struct sbuf *out), void (*end)(void *ctx),
                 void *ctx);
/* Is the program being stopped? For streams and for what lasts. */
bool api_stopping(const struct api *api);
/* ETag of a version. If the caller has it already the reply is 304 and true is returned. */
bool call_fresh(struct call *c, str version);
/* The version of If-Match as a number; RC_CONFLICT handled by the caller. 0: none was sent. */
MUST_CHECK enum rc call_version(struct call *c, int64_t *out, struct err *err);

/* Pages: ?limit=50&cursor=..., a cursor is opaque text that carries the last row's key. */
struct page {
    int limit;     /* 1 to 200; 50 */
    str cursor[4]; /* parts of the key to go on behind; cursor_n 0: from the start */
    size_t cursor_n;
};
MUST_CHECK enum rc call_page(struct call *c, struct page *out, struct err *err);
/* Write "next": the cursor of these parts, or null when there is no more. */
void page_next(struct call *c, bool more, const str *parts, size_t n);
/* Write "count": how many there are on all pages together. */
void page_count(struct json *j, int64_t n, bool exact);

#endif
