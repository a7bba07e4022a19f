/* Inside api/: the frame around the handlers. */
#ifndef HUIMIN_API_API_IN_H
#define HUIMIN_API_API_IN_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"

enum {
    API_JSON_BYTES = 1 << 20,    /* a body of JSON */
    API_JSON_DEPTH = 32,         /* brackets within brackets */
    API_REPLY_BYTES = 32 << 20,  /* a reply in memory */
    API_FILE_BYTES = 21 << 20,   /* a streamed file; what it may have exactly is work/files.h's */
    PUBLIC_FILE_BYTES = 6 << 20, /* one from somebody without an account */
    API_ONCE_DAYS = 7,           /* an idempotency key is remembered */
    API_ONCE_WAIT_MS = 20000,    /* the second of two equal requests waits for the first */
    API_STOP_MS = 20000,         /* requests under way may take this long at the end */
};

/* ---- rate.c: how often one session, or one address without one, may call --------------------- */

struct rate {
    pthread_mutex_t lock;
    int per_second, burst;
    int every_s; /* one call each so many seconds, instead; 0: per_second */
    struct rate_slot {
        uint64_t who;
        int64_t at_ms;
        int64_t left; /* thousandths of a call */
    } slots[1024][4];
};
void rate_init(struct rate *r, int per_second, int burst);
/* The same for what is done seldom: one call each `every_s` seconds. */
void rate_init_slow(struct rate *r, int every_s, int burst);
/* False: too often. *wait_s: when it may again. */
bool rate_take(struct rate *r, str who, int *wait_s);
/* As what an address without an account is counted: of IPv6 the network (/64), within which one home or
 * phone has all addresses; empty for this machine itself, a proxy that does not tell whose call it is: one
 * bound for all would shut all out. In the arena. */
str rate_address(str remote, struct arena *a);

/* ---- the application ------------------------------------------------------------------------- */

struct once_running;
struct api_insides {
    struct http_server *server;
    const struct api_job *jobs;
    size_t jobs_started;
    struct rate sessions, addresses;
    struct rate tries, sent; /* of an address without an account: guesses; what it sends in */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct once_running *once; /* keys that are being worked on */
    struct arena arena;        /* under the lock */
    str openapi, openapi_tag;  /* made when first asked for */
    atomic_int failures;       /* numbers of failures that are logged, not shown */
    atomic_int exports;        /* lists being made into spreadsheets now */
};

/* A page asked for by the program itself, in place of what stands behind the ?. */
struct page_over {
    int limit;
    str cursor;
    bool uncounted;      /* the count is known already: any will do */
    struct arena *arena; /* of all pages */
    VEC(struct place_name {
        int64_t division;
        str name;
    })
    places; /* names that were looked up */
};

/* What the frame keeps of one call. */
struct call_insides {
    enum rc rc; /* what the frame found wrong before the handler */
    struct err err;
    struct sbuf *errors; /* of call_error(): members of a JSON array */
    struct sbuf *current;
    struct json current_json;
    bool nothing, other; /* no body; a file or a stream */
    bool own;            /* the file was made here: it may be shown as it is */
    bool cacheable;      /* has an ETag */
    bool created;
    int wait_s;             /* Retry-After */
    unsigned allow;         /* bits of methods, for 405 */
    struct page_over *over; /* NULL: as the request says */
};

/* route.c: the route of a path and what stands for its {...}; NULL: none. *allow: methods there. */
const struct route *route_find(enum http_method method, str path, struct arena *a, str at[4],
                               unsigned *allow);
/* May the roles call it? An auditor writes nothing. */
bool route_may(const struct route *r, unsigned roles);
bool route_writes(const struct route *r);
/* Does it make something, so that a key keeps a repeat from making it twice? */
bool route_once(const struct route *r);

/* request.c */
MUST_CHECK enum rc call_read_body(struct call *c, struct err *err);

/* reply.c: headers that each reply has. */
void reply_headers(struct http_reply *out, const char *cache);
/* The same for a file that somebody sent in. */
void reply_headers_file(struct http_reply *out, const char *cache);

/* problem.c */
void problem_write(struct call *c, const struct err *err);
void problem_bare(struct api *api, struct http_request *r, int status, const char *code,
                  const char *detail, struct http_reply *out);

/* once.c: the handler, or the first answer to the same key. */
MUST_CHECK enum rc once_run(struct call *c, str key, struct err *err);

/* public.c: may the head of this call without an account bring a file? RC_NO_SESSION. */
MUST_CHECK enum rc public_file_may(struct call *c, struct err *err);

/* static.c: the pages. */
void static_answer(struct api *api, struct http_request *r, struct http_reply *out);

#endif
