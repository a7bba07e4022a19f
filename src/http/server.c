/* The server: its socket, its connections, the watch over those that are slow, start and stop. */
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/http_in.h"

enum {
    DEFAULT_CONNECTIONS = 512,
    DEFAULT_IDLE = 15,
    DEFAULT_BODY = 60,
    WATCH_MS = 250,
    BACKLOG = 1024
};

int64_t http_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void http_pace(struct http_req *r, int64_t allow_ms)
{
    struct http_conn *c = r->conn;

    if (c == NULL)
        return;
    pthread_mutex_lock(&r->server->lock);
    if (allow_ms == 0 || c->allow_ms == 0)
        c->since_ms = http_now_ms();
    c->allow_ms = allow_ms;
    pthread_mutex_unlock(&r->server->lock);
}

bool http_stopping(const struct http_server *s)
{
    return atomic_load(&s->stopping);
}

unsigned http_port(const struct http_server *s)
{
    return s->port;
}

unsigned http_connections(const struct http_server *s)
{
    return atomic_load(&s->open);
}

/* ---- connections ---------------------------------------------------------------------------- */

static void conn_waits(struct http_server *s, struct http_conn *c)
{
    c->since_ms = http_now_ms();
    c->allow_ms = (int64_t)s->spec.body_seconds * 1000;
}

static void conn_changed(void *ctx, struct MHD_Connection *mhd, void **socket_context,
                         enum MHD_ConnectionNotificationCode what)
{
    struct http_server *s = ctx;
    struct http_conn *c = *socket_context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        c = mem_resize(NULL, sizeof *c);
        *c = (struct http_conn){.fd = info != NULL ? info->connect_fd : -1};
        *socket_context = c;
        pthread_mutex_lock(&s->lock);
        conn_waits(s, c);
        c->next = s->conns;
        if (s->conns != NULL)
            s->conns->prev = c;
        s->conns = c;
        pthread_mutex_unlock(&s->lock);
        atomic_fetch_add(&s->open, 1);
        return;
    }
    /* The socket is closed after this: the watch must not touch its number any more. */
    pthread_mutex_lock(&s->lock);
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    pthread_mutex_unlock(&s->lock);
    atomic_fetch_sub(&s->open, 1);
    mem_free(c);
}

/* Ends what takes longer than it may. The connection's own thread sees its socket end. */
static void *watch(void *ctx)
{
    struct http_server *s = ctx;

    pthread_mutex_lock(&s->lock);
    while (!s->end_watch) {
        struct timespec t;
        int64_t now = http_now_ms();
        for (struct http_conn *c = s->conns; c != NULL; c = c->next) {
            if (c->cut || c->allow_ms == 0 || now - c->since_ms <= c->allow_ms)
                continue;
            c->cut = true;
            shutdown(c->fd, SHUT_RDWR);
        }
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_nsec += WATCH_MS * 1000000L;
        if (t.tv_nsec >= 1000000000L) {
            t.tv_nsec -= 1000000000L;
            t.tv_sec++;
        }
        pthread_cond_timedwait(&s->changed, &s->lock, &t);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- requests ------------------------------------------------------------------------------- */

/* The request line was read. */
static void *request_line(void *ctx, const char *uri, struct MHD_Connection *mhd)
{
    struct http_server *s = ctx;
    struct http_req *r = http_req_new(s, mhd, uri);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    r->conn = info != NULL ? info->socket_context : NULL;
    if (r->conn != NULL) {
        pthread_mutex_lock(&s->lock);
        conn_waits(s, r->conn);
        pthread_mutex_unlock(&s->lock);
    }
    return r;
}

static enum MHD_Result request_step(void *ctx, struct MHD_Connection *mhd, const char *url,
                                    const char *method, const char *version, const char *data,
                                    size_t *data_n, void **state)
{
    struct http_server *s = ctx;
    struct http_req *r = *state;

    (void)mhd;
    (void)url;
    (void)version;
    if (r == NULL)
        return MHD_NO;
    if (!r->begun) {
        r->counted = true;
        atomic_fetch_add(&s->active, 1);
        http_req_begin(r, method);
        /* A large body is not read for nothing; a small one is, so that the answer is heard. */
        if (r->unclear || ((r->wrong != 0 || r->intake.refuse) && r->announced > HTTP_SWALLOW))
            return http_reply_send(r);
        return MHD_YES;
    }
    if (*data_n > 0) {
        bool go_on = http_req_take(r, data, *data_n);
        *data_n = 0;
        return go_on ? MHD_YES : MHD_NO;
    }
    http_req_whole(r);
    return http_reply_send(r);
}

static void request_over(void *ctx, struct MHD_Connection *mhd, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct http_server *s = ctx;
    struct http_req *r = *state;

    (void)mhd;
    (void)how;
    if (r == NULL)
        return;
    *state = NULL;
    bool counted = r->counted;
    pthread_mutex_lock(&s->lock);
    if (r->conn != NULL)
        conn_waits(s, r->conn);
    pthread_mutex_unlock(&s->lock);
    http_req_free(r);
    if (!counted)
        return;
    pthread_mutex_lock(&s->lock);
    atomic_fetch_sub(&s->active, 1);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* ---- start and stop ------------------------------------------------------------------------- */

/* "127.0.0.1:8080", "[::1]:8080": host and port apart. */
static bool listen_parts(const char *text, char host[256], char port[8])
{
    const char *colon = strrchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;

    if (colon == NULL || n == 0 || n > 255 || strlen(colon + 1) > 5 || colon[1] == '\0')
        return false;
    int64_t number = 0;
    if (!str_int(str_from(colon + 1), &number) || number < 0 || number > 65535)
        return false;
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    if (text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    memcpy(host, text, n);
    host[n] = '\0';
    return n > 0;
}

static enum rc bind_socket(const struct addrinfo *at, const char *text, int *out, struct err *err)
{
    int on = 1;
    int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return err_set(err, RC_IO, "%s: %s", text, strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
        *out = fd;
        return RC_OK;
    }
    int why = errno;
    close(fd);
    if (why == EADDRINUSE)
        return err_set(err, RC_CONFLICT,
                       "%s: the port is taken by another program; choose another with --listen",
                       text);
    return err_set(err, why == EACCES || why == EADDRNOTAVAIL ? RC_BAD_INPUT : RC_IO, "%s: %s",
                   text, strerror(why));
}

static enum rc open_socket(const char *text, int *out, struct err *err)
{
    char host[256], port[8];
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;

    if (!listen_parts(text, host, port))
        return err_set(err, RC_BAD_INPUT,
                       "found “%s”, expected address and port like 127.0.0.1:8080", text);
    if (getaddrinfo(host, port, &hints, &found) != 0 || found == NULL)
        return err_set(err, RC_BAD_INPUT,
                       "%s: there is no such address, expected one of this machine", text);
    enum rc rc = bind_socket(found, text, out, err);
    freeaddrinfo(found);
    return rc;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof at;

    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        return 0;
    if (at.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)(void *)&at)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&at)->sin_port);
}

static bool start_daemon(struct http_server *s)
{
    const struct http_spec *p = &s->spec;
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC;

    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_step, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, p->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        p->per_address, MHD_OPTION_CONNECTION_TIMEOUT, p->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_BYTES, MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)HTTP_STACK_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
        request_line, s, MHD_OPTION_NOTIFY_COMPLETED, request_over, s, MHD_OPTION_NOTIFY_CONNECTION,
        conn_changed, s, MHD_OPTION_END);
    return s->daemon != NULL;
}

static bool start_watch(struct http_server *s)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->watching = pthread_create(&s->watch, NULL, watch, s) == 0;
    return s->watching;
}

static void end_watch(struct http_server *s)
{
    if (s->watching) {
        pthread_mutex_lock(&s->lock);
        s->end_watch = true;
        pthread_cond_broadcast(&s->changed);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->watch, NULL);
    }
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
}

enum rc http_start(const struct http_spec *spec, struct http_server **out, struct err *err)
{
    int fd = -1;

    TRY(open_socket(spec->listen, &fd, err));
    struct http_server *s = mem_resize(NULL, sizeof *s);
    memset(s, 0, sizeof *s);
    s->spec = *spec;
    s->spec.connections = spec->connections > 0 ? spec->connections : DEFAULT_CONNECTIONS;
    s->spec.idle_seconds = spec->idle_seconds > 0 ? spec->idle_seconds : DEFAULT_IDLE;
    s->spec.body_seconds = spec->body_seconds > 0 ? spec->body_seconds : DEFAULT_BODY;
    s->listen_fd = fd;
    s->port = port_of(fd);
    *out = s; /* before the first request: its handler may look */
    if (!start_watch(s) || !start_daemon(s)) {
        *out = NULL;
        end_watch(s);
        close(fd);
        mem_free(s);
        return err_set(err, RC_IO, "%s: the server can't start its threads", spec->listen);
    }
    return RC_OK;
}

/* Until no request is under way, or the time is over. */
static void wait_idle(struct http_server *s, int wait_ms)
{
    int64_t end = http_now_ms() + wait_ms;

    pthread_mutex_lock(&s->lock);
    while (atomic_load(&s->active) > 0) {
        int64_t left = end - http_now_ms();
        struct timespec t;
        if (left <= 0)
            break;
        if (left > WATCH_MS)
            left = WATCH_MS;
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_nsec += left * 1000000L;
        if (t.tv_nsec >= 1000000000L) {
            t.tv_nsec -= 1000000000L;
            t.tv_sec++;
        }
        pthread_cond_timedwait(&s->changed, &s->lock, &t);
    }
    pthread_mutex_unlock(&s->lock);
}

void http_stop(struct http_server *s, int wait_ms)
{
    if (s == NULL)
        return;
    atomic_store(&s->stopping, true);
    int fd = MHD_quiesce_daemon(s->daemon);
    if (fd >= 0)
        close(fd);
    wait_idle(s, wait_ms);
    MHD_stop_daemon(s->daemon);
    end_watch(s);
    mem_free(s);
}
