/* Inside http/: a connection, a request on its way in and out. */
#ifndef HUIMIN_HTTP_HTTP_IN_H
#define HUIMIN_HTTP_HTTP_IN_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/http.h"

enum {
    HTTP_HEAD_BYTES = 32 * 1024, /* request line and headers together */
    HTTP_PACE_BYTES = 16 * 1024, /* that must move in a second when there is much to move */
    HTTP_SWALLOW =
        1024 * 1024, /* of a refused body: read and dropped, so that the answer is heard */
    HTTP_TEXT_START = 64 * 1024, /* a body of unknown length starts with this much room */
    HTTP_STACK_BYTES = 2097152,  /* of a connection's thread */
};

/* One TCP connection. Its times are read by the watch, under the server's lock. */
struct http_conn {
    struct http_conn *prev, *next;
    int fd;
    int64_t since_ms;    /* monotonic: when what it does now began */
    int64_t allow_ms;    /* how long that may take; 0: as long as it likes */
    bool cut;            /* the watch ended it */
    struct http_req *at; /* request being received or answered */
};

struct http_server {
    struct http_spec spec;
    struct MHD_Daemon *daemon;
    int listen_fd;
    unsigned port;
    atomic_bool stopping;
    atomic_uint active; /* requests whose head was read and whose reply is not out */
    atomic_uint open;   /* connections */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_conn *conns;
    pthread_t watch;
    bool watching, end_watch;
};

struct http_pair {
    str name, value;
};

struct http_req {
    struct http_request pub;
    struct arena arena;
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct http_conn *conn;
    VEC(struct http_pair) query;
    bool begun, counted;
    int wrong; /* status of what http/ refuses; 0 */
    const char *why;
    struct http_intake intake;
    struct sbuf body;
    int fd;                 /* of body_file; -1 */
    int64_t got, announced; /* bytes of body that came; Content-Length, -1 unknown */
    bool over;              /* more came than is taken */
    bool unclear;           /* its head can be read in two ways: nothing behind it is believed */
    struct http_reply reply;
};

int64_t http_now_ms(void); /* monotonic */
/* What the connection does from now on, and how long it may take (0: no limit). */
void http_pace(struct http_req *r, int64_t allow_ms);

/* request.c */
struct http_req *http_req_new(struct http_server *s, struct MHD_Connection *mhd, const char *uri);
void http_req_free(struct http_req *r);
/* The head is whole: method, who it is, limits of its body. */
void http_req_begin(struct http_req *r, const char *method);
/* A part of the body. False: the connection must be given up. */
bool http_req_take(struct http_req *r, const char *p, size_t n);
void http_req_whole(struct http_req *r);

/* reply.c */
enum MHD_Result http_reply_send(struct http_req *r);

#endif
