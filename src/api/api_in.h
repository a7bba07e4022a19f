/* Inside api/: the frame around the handlers. */
#ifndef HUIMIN_API_API_IN_H
#define HUIMIN_API_API_IN_H

#include <pthread.h>
#include <stdatomic.h>

#include "api/api.h"

enum {
    API_JSON_BYTES = 1 << 20,   /* a body of JSON */
    API_JSON_DEPTH = 32,        /* brackets within brackets */
    API_REPLY_BYTES = 32 << 20, /* a reply in memory */
    API_FILE_BYTES = 21 << 20,  /* a streamed file; what it may have exactly is work/files.h's */
    API_ONCE_DAYS = 7,          /* an idempotency key is remembered */
    API_ONCE_WAIT_MS = 20000,   /* the second of two equal requests waits for the first */
    API_STOP_MS = 20000,        /* requests under way may take this long at the end */
};

/* ---- rate.c: how often one session, or one address without one, may call --------------------- */

struct rate {
    pthread_mutex_t lock;
    int per_second, burst;
    struct rate_slot {
        uint64_t who;
        int64_t at_ms;
        int64_t left; /* thousandths of a call */
    } slots[1024][4];
};
void rate_init(struct rate *r, int per_second, int burst);
/* False: too often. *wait_s: when it may again. */
bool rate_take(struct rate *r, str who, int *wait_s);

/* ---- the application ------------------------------------------------------------------------- */

struct once_running;
struct api_insides {
    struct http_server *server;
    const struct api_job *jobs;
    size_t jobs_started;
    struct rate sessions, addresses;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct once_running *once; /* keys that are being worked on */
    struct arena arena;        /* under the lock */
    str openapi, openapi_tag;  /* made when first asked for */
    atomic_int failures;       /* numbers of failures that are logged, not shown */
};

/* What the frame keeps of one call. */
struct call_insides {
    enum rc rc; /* what the frame found wrong before the handler */
    struct err err;
    struct sbuf *errors; /* of call_error(): members of a JSON array */
    struct sbuf *current;
    struct json current_json;
    bool nothing, other; /* no body; a file or a stream */
    bool cacheable;      /* has an ETag */
    bool created;
    int wait_s;     /* Retry-After */
    unsigned allow; /* bits of methods, for 405 */
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

/* static.c: the pages. */
void static_answer(struct api *api, struct http_request *r, struct http_reply *out);

#endif
