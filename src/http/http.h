/*
 * The server: the only place that knows sockets. A thread for each connection (libmicrohttpd), one
 * handler for all requests; what is behind a path is not known here. Bodies are bounded and held in
 * memory, or, where the handler's look at the head asks for it, streamed to a file. A reply is text
 * in memory, a file, or a stream of events. Paths, queries and headers have been checked to be
 * UTF-8.
 *
 * Nobody holds a thread for long by being slow: a head must come within body_seconds, so must a body,
 * which gets a second more for each 16 KiB that has come, and a reply is taken at that pace too.
 */
#ifndef HUIMIN_HTTP_HTTP_H
#define HUIMIN_HTTP_HTTP_H

#include "base/arena.h"
#include "base/err.h"

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OTHER };

struct http_request {
    enum http_method method;
    str path;            /* decoded, begins with / */
    str remote;          /* address of the client, as text; a proxy on this machine tells whose */
    struct arena *arena; /* of the request: ends with the reply */
    str body;            /* held in memory; empty when streamed */
    /* The body as it was streamed: a file that is removed after the reply unless it was renamed. */
    const char *body_file;
    int64_t body_file_bytes;
    void *insides; /* of http/ */
    void *app;     /* the handler's own, from intake on; in the request's arena */
    bool secure;   /* TLS: a proxy on this machine said so */
};
str http_header(const struct http_request *r, const char *name);             /* empty: not sent */
str http_query(const struct http_request *r, const char *name, bool *given); /* decoded */
str http_cookie(const struct http_request *r, const char *name);

struct http_reply {
    int status;        /* 200 ... */
    const char *type;  /* Content-Type; NULL with no body */
    struct sbuf *body; /* text; NULL: none */
    int file;          /* >= 0: sent instead, and closed by the server */
    int64_t file_bytes;
    /* A stream of server-sent events: called until it returns false; waits by itself between two. It
     * ends soon when http_stopping() says so. ctx is given to `end` afterwards. */
    bool (*next)(void *ctx, struct sbuf *out);
    void (*end)(void *ctx);
    void *ctx;
    struct http_header_line {
        const char *name;
        str value;
    } headers[16];
    size_t n_headers;
};
void http_reply_header(struct http_reply *r, const char *name, str value);
/* A text for a body: at most `max` bytes; it ends with the arena, so with the reply. */
struct sbuf *http_text(struct arena *a, size_t max);

/* What to do with a body, known from the head. */
struct http_intake {
    int64_t most; /* bytes; more is refused with 413 before it is read */
    bool to_file; /* stream it into `folder` */
    bool refuse;  /* don't read it: answer at once, with an empty body */
};

struct http_spec {
    const char *listen;    /* 127.0.0.1:8080, [::1]:8080; port 0: a free one */
    const char *folder;    /* for streamed bodies */
    unsigned connections;  /* at once; 0: 512 */
    unsigned per_address;  /* connections of one address; 0: no limit */
    unsigned idle_seconds; /* kept alive without a request; 0: 15 */
    unsigned body_seconds; /* the whole of a request must have come; 0: 60 */
    struct http_intake (*intake)(void *ctx, struct http_request *head);
    void (*answer)(void *ctx, struct http_request *r, struct http_reply *out);
    void *ctx;
    /* What http/ refuses itself (a path that isn't UTF-8, a body too large): status and reason put
     * into words by the application. The reply's body in the request's arena. NULL: plain text. */
    void (*wrong)(void *ctx, struct http_request *r, int status, const char *what,
                  struct http_reply *out);
};

struct http_server;
/* RC_BAD_INPUT (listen), RC_CONFLICT (the port is taken), RC_IO. */
MUST_CHECK enum rc http_start(const struct http_spec *spec, struct http_server **out,
                              struct err *err);
unsigned http_port(const struct http_server *s);
bool http_stopping(const struct http_server *s);
/* Connections that are open now. */
unsigned http_connections(const struct http_server *s);
/* No new connection; requests under way end, streams are told; at most `wait_ms`. */
void http_stop(struct http_server *s, int wait_ms);

#endif
