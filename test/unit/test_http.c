/*
 * The server alone, with a handler that echoes: what it takes, what it refuses, how it ends. Nothing
 * here measures; where a limit is a time, the test waits for what must come after it.
 */
#include "unit/test_people_case.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "base/file.h"
#include "http/http.h"

struct echo {
    struct http_server *server;
    struct home folder;
    struct http_intake intake;
    atomic_int answered, ended, slow;
    char kept[128]; /* where to rename a streamed body to; empty: nowhere */
};

static struct http_intake take(void *ctx, struct http_request *r)
{
    struct echo *e = ctx;
    (void)r;
    return e->intake;
}

static bool three_events(void *ctx, struct sbuf *out)
{
    int *n = ctx;
    sbuf_fmt(out, "data: %d\n\n", ++*n);
    return *n < 3;
}

/* For ever, until the server stops. */
static bool endless(void *ctx, struct sbuf *out)
{
    struct echo *e = ctx;
    (void)out;
    usleep(20000);
    return !http_stopping(e->server);
}

static void ended(void *ctx)
{
    struct echo *e = ctx;
    atomic_fetch_add(&e->ended, 1);
}

static void answer(void *ctx, struct http_request *r, struct http_reply *out)
{
    struct echo *e = ctx;

    atomic_fetch_add(&e->answered, 1);
    out->status = 200;
    out->type = "text/plain";
    if (str_eq(r->path, S("/events"))) {
        out->next = three_events;
        out->ctx = NEW(r->arena, int);
        return;
    }
    if (str_eq(r->path, S("/endless"))) {
        out->next = endless;
        out->end = ended;
        out->ctx = e;
        return;
    }
    if (str_eq(r->path, S("/slow"))) {
        atomic_store(&e->slow, 1);
        usleep(600000);
    }
    if (r->body_file != NULL && e->kept[0] != '\0')
        assert_int_equal(rename(r->body_file, e->kept), 0);
    out->body = http_text(r->arena, 4 << 20);
    sbuf_fmt(out->body, "%d %.*s q=%.*s c=%.*s h=%.*s b=%zu f=%lld r=%.*s s=%d\n", (int)r->method,
             STR_ARG(r->path), STR_ARG(http_query(r, "q", NULL)), STR_ARG(http_cookie(r, "k")),
             STR_ARG(http_header(r, "X-Test")), r->body.n, (long long)r->body_file_bytes,
             STR_ARG(r->remote), (int)r->secure);
    sbuf_add(out->body, r->body);
}

static struct echo *echo_start(const struct http_intake *intake, const struct http_spec *given)
{
    struct echo *e = mem_resize(NULL, sizeof *e);
    struct http_spec spec = given != NULL ? *given : (struct http_spec){0};

    memset(e, 0, sizeof *e);
    e->folder = (struct home){"/tmp/huimin-http-XXXXXX"};
    assert_non_null(mkdtemp(e->folder.path));
    e->intake = *intake;
    spec.listen = "127.0.0.1:0";
    spec.folder = e->folder.path;
    spec.intake = take;
    spec.answer = answer;
    spec.ctx = e;
    check_ok(http_start(&spec, &e->server, err));
    return e;
}

static void echo_stop(struct echo *e)
{
    http_stop(e->server, 5000);
    home_drop(&e->folder);
    mem_free(e);
}

static int connect_to(const struct echo *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(e->server))};
    struct timeval t = {.tv_sec = 30};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)(void *)&at, sizeof at), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    return fd;
}

static void put(int fd, str s)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        s = str_sub(s, (size_t)n, s.n);
    }
}

/* All that comes until the server closes; *closed: it did, rather than that 30 s went by. */
static str get(int fd, struct arena *a, bool *closed)
{
    struct sbuf all;
    char part[4096];
    ssize_t n;

    sbuf_init(&all, 64 << 20);
    while ((n = recv(fd, part, sizeof part, 0)) > 0)
        sbuf_add(&all, (str){part, (size_t)n});
    if (closed != NULL)
        *closed = n == 0 || errno == ECONNRESET;
    str text = str_dup(a, sbuf_str(&all));
    sbuf_deinit(&all);
    close(fd);
    return text;
}

static str ask(const struct echo *e, struct arena *a, str request)
{
    int fd = connect_to(e);
    put(fd, request);
    return get(fd, a, NULL);
}

#define has(text, words)                                                                           \
    do {                                                                                           \
        str text_ = (text);                                                                        \
        if (str_find(text_, S(words)) < 0)                                                         \
            fail_msg("found\n%.*s\nexpected %s", STR_ARG(text_), words);                           \
    } while (0)

#define HEAD "Host: x\r\nConnection: close\r\n"
static const struct http_intake small = {.most = 1000};

static void a_request_is_taken_apart(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};

    (void)state;
    has(ask(e, &a,
            S("GET /a%20b/%E6%83%A0?x=1&q=%E6%B0%91+y HTTP/1.1\r\n" HEAD
              "Cookie: a=1; k=v\r\nX-Test:  t \r\n\r\n")),
        "0 /a b/惠 q=民 y c=v h=t b=0 f=0 r=127.0.0.1 s=0");
    has(ask(e, &a, S("POST /p HTTP/1.1\r\n" HEAD "Content-Length: 5\r\n\r\nhello")),
        "2 /p q= c= h= b=5 f=0 r=127.0.0.1 s=0\nhello");
    has(ask(e, &a,
            S("PUT /p HTTP/1.1\r\n" HEAD
              "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")),
        "b=5 f=0 r=127.0.0.1 s=0\nabcde");
    has(ask(e, &a, S("BREW /p HTTP/1.1\r\n" HEAD "\r\n")), "6 /p");
    arena_deinit(&a);
    echo_stop(e);
}

static void a_proxy_here_names_the_client(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};

    (void)state;
    has(ask(e, &a,
            S("GET / HTTP/1.1\r\n" HEAD "X-Forwarded-For: 9.9.9.9, 10.1.2.3\r\n"
              "X-Forwarded-Proto: https\r\n\r\n")),
        "r=10.1.2.3 s=1");
    has(ask(e, &a, S("GET / HTTP/1.1\r\n" HEAD "X-Forwarded-For: nobody\r\n\r\n")), "r=127.0.0.1");
    arena_deinit(&a);
    echo_stop(e);
}

static void what_is_not_utf8_is_refused(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};

    (void)state;
    has(ask(e, &a, S("GET /%FF HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 400");
    has(ask(e, &a, S("GET /%00 HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 400");
    has(ask(e, &a, S("GET /%2 HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 400");
    has(ask(e, &a, S("GET /?q=%C0%80 HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 400");
    has(ask(e, &a, S("GET / HTTP/1.1\r\n" HEAD "X-Test: \xff\r\n\r\n")), "HTTP/1.1 400");
    has(ask(e, &a, S("GET http:/x HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 400");
    assert_int_equal(atomic_load(&e->answered), 0);
    arena_deinit(&a);
    echo_stop(e);
}

/* What a proxy may take for one request and the server for two is refused, and nothing behind it heard. */
static void a_head_of_two_meanings_is_refused(void **state)
{
    static const char *const heads[] = {
        "Host: x\r\nHost: y\r\n",
        "Host: x\r\nContent-Length: 2\r\nContent-Length: 7\r\n",
        "Host: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Host: x\r\nTransfer-Encoding: xchunked\r\n",
        "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n",
        "Host: x\r\nContent-Length : 2\r\n",
        "Host: x\r\nX-A\x01: 2\r\n",
    };
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};

    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        str sent = str_fmt(&a, "POST /p HTTP/1.1\r\n%s\r\n{}GET /behind HTTP/1.1\r\n" HEAD "\r\n",
                           heads[i]);
        str reply = ask(e, &a, sent);
        if (!str_starts(reply, S("HTTP/1.1 400")) || str_find(reply, S("/behind")) >= 0)
            fail_msg("%s\nfound %.*s", heads[i], STR_ARG(reply));
    }
    assert_int_equal(atomic_load(&e->answered), 0);
    has(ask(e, &a, S("GET / HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 200");
    arena_deinit(&a);
    echo_stop(e);
}

static void a_body_too_large_is_refused(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};
    struct sbuf b;
    bool closed;

    (void)state;
    /* Announced, and not even sent. */
    has(ask(e, &a, S("POST /p HTTP/1.1\r\n" HEAD "Content-Length: 99999999\r\n\r\n")),
        "HTTP/1.1 413");
    /* A little too large, and sent: the answer is heard. */
    sbuf_init(&b, 1 << 22);
    sbuf_addz(&b, "POST /p HTTP/1.1\r\n" HEAD "Content-Length: 1001\r\n\r\n");
    sbuf_add_n(&b, 'x', 1001);
    has(ask(e, &a, sbuf_str(&b)), "HTTP/1.1 413");
    /* Not announced: counted as it comes. */
    sbuf_clear(&b);
    sbuf_addz(&b, "POST /p HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n800\r\n");
    sbuf_add_n(&b, 'x', 2048);
    sbuf_addz(&b, "\r\n0\r\n\r\n");
    has(ask(e, &a, sbuf_str(&b)), "HTTP/1.1 413");
    /* Without an end: given up. */
    sbuf_clear(&b);
    sbuf_addz(&b, "POST /p HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 600; i++) {
        sbuf_addz(&b, "1000\r\n");
        sbuf_add_n(&b, 'x', 4096);
        sbuf_addz(&b, "\r\n");
    }
    int fd = connect_to(e);
    put(fd, sbuf_str(&b));
    get(fd, &a, &closed);
    assert_true(closed);
    assert_int_equal(atomic_load(&e->answered), 0);
    has(ask(e, &a, S("POST /p HTTP/1.1\r\n" HEAD "Content-Length: -1\r\n\r\n")), "HTTP/1.1 4");
    sbuf_deinit(&b);
    arena_deinit(&a);
    echo_stop(e);
}

static void a_head_too_large_is_refused(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};
    struct sbuf b;

    (void)state;
    sbuf_init(&b, 1 << 20);
    sbuf_addz(&b, "GET / HTTP/1.1\r\n" HEAD "X-Test: ");
    sbuf_add_n(&b, 'x', 40000);
    sbuf_addz(&b, "\r\n\r\n");
    str reply = ask(e, &a, sbuf_str(&b));
    assert_true(reply.n == 0 || str_starts(reply, S("HTTP/1.1 4")));
    assert_int_equal(atomic_load(&e->answered), 0);
    /* The server is still there. */
    has(ask(e, &a, S("GET / HTTP/1.1\r\n" HEAD "\r\n")), "HTTP/1.1 200");
    sbuf_deinit(&b);
    arena_deinit(&a);
    echo_stop(e);
}

static size_t files_in(const struct echo *e, struct arena *a)
{
    str *names = NULL;
    size_t n = 0;
    check_ok(dir_list(e->folder.path, a, &names, &n, err));
    return n;
}

static void wait_quiet(const struct echo *e)
{
    for (int i = 0; i < 500 && http_connections(e->server) > 0; i++)
        usleep(20000);
    assert_int_equal(http_connections(e->server), 0);
}

static void a_streamed_body_lies_in_a_file(void **state)
{
    const struct http_intake file = {.most = 1 << 20, .to_file = true};
    struct echo *e = echo_start(&file, NULL);
    struct arena a = {0};
    struct sbuf b;
    str kept;

    (void)state;
    sbuf_init(&b, 1 << 21);
    sbuf_addz(&b, "POST /p HTTP/1.1\r\n" HEAD "Content-Length: 300000\r\n\r\n");
    sbuf_add_n(&b, 'x', 300000);
    has(ask(e, &a, sbuf_str(&b)), "b=0 f=300000");
    wait_quiet(e);
    assert_int_equal(files_in(e, &a), 0);
    /* Renamed by the handler: it stays. */
    snprintf(e->kept, sizeof e->kept, "%s/kept", e->folder.path);
    has(ask(e, &a, sbuf_str(&b)), "f=300000");
    wait_quiet(e);
    assert_int_equal(files_in(e, &a), 1);
    check_ok(file_read(e->kept, 1 << 20, &a, &kept, err));
    assert_int_equal(kept.n, 300000);
    sbuf_deinit(&b);
    arena_deinit(&a);
    echo_stop(e);
}

static void an_upload_cut_off_leaves_nothing(void **state)
{
    const struct http_intake file = {.most = 1 << 20, .to_file = true};
    struct echo *e = echo_start(&file, NULL);
    struct arena a = {0};
    int fd = connect_to(e);

    (void)state;
    put(fd, S("POST /p HTTP/1.1\r\n" HEAD "Content-Length: 300000\r\n\r\nonly this"));
    shutdown(fd, SHUT_WR);
    get(fd, &a, NULL);
    wait_quiet(e);
    assert_int_equal(atomic_load(&e->answered), 0);
    assert_int_equal(files_in(e, &a), 0);
    arena_deinit(&a);
    echo_stop(e);
}

/* One byte now and then keeps no thread: not in the head, not in the body, not in the reply. */
static void the_slow_are_ended(void **state)
{
    const struct http_spec spec = {.body_seconds = 1, .idle_seconds = 20};
    static const char head[] = "GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    static const char body[] = "POST /p HTTP/1.1\r\n" HEAD "Content-Length: 100\r\n\r\n";
    struct echo *e = echo_start(&small, &spec);
    struct arena a = {0};
    int one = connect_to(e), two = connect_to(e);
    bool closed_one = false, closed_two = false;

    (void)state;
    put(two, str_from(body));
    for (size_t i = 0; i < sizeof head - 1; i++) {
        put(one, (str){head + i, 1});
        put(two, S("x"));
        usleep(60000);
    }
    get(one, &a, &closed_one);
    get(two, &a, &closed_two);
    assert_true(closed_one && closed_two);
    assert_int_equal(atomic_load(&e->answered), 0);
    arena_deinit(&a);
    echo_stop(e);
}

static void events_come_one_by_one(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};
    str reply = ask(e, &a, S("GET /events HTTP/1.1\r\n" HEAD "\r\n"));

    (void)state;
    has(reply, "data: 1\n\n");
    has(reply, "data: 2\n\n");
    has(reply, "data: 3\n\n");
    arena_deinit(&a);
    echo_stop(e);
}

static void a_connection_serves_several(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct arena a = {0};
    str reply = ask(e, &a,
                    S("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
                      "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
                      "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n"));

    (void)state;
    has(reply, "2 /1");
    has(reply, "0 /2");
    arena_deinit(&a);
    echo_stop(e);
}

static void one_address_has_so_many(void **state)
{
    const struct http_spec spec = {.per_address = 3};
    struct echo *e = echo_start(&small, &spec);
    struct arena a = {0};
    int fd[6];
    size_t answered = 0;

    (void)state;
    for (int i = 0; i < 6; i++) {
        fd[i] = connect_to(e);
        put(fd[i], S("GET /slow HTTP/1.1\r\n" HEAD "\r\n"));
    }
    for (int i = 0; i < 6; i++)
        answered += get(fd[i], &a, NULL).n > 0;
    assert_int_equal(answered, 3);
    arena_deinit(&a);
    echo_stop(e);
}

struct asked {
    const struct echo *e;
    struct arena a;
    str reply;
    const char *request;
};

static void *ask_beside(void *ctx)
{
    struct asked *k = ctx;
    k->reply = ask(k->e, &k->a, str_from(k->request));
    return NULL;
}

static void a_stop_lets_requests_end(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct asked slow = {.e = e, .request = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"};
    struct asked stream = {.e = e, .request = "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"};
    pthread_t one, two;
    int idle = connect_to(e);

    (void)state;
    pthread_create(&one, NULL, ask_beside, &slow);
    pthread_create(&two, NULL, ask_beside, &stream);
    while (atomic_load(&e->slow) == 0 || atomic_load(&e->answered) < 2)
        usleep(1000);
    http_stop(e->server, 20000);
    pthread_join(one, NULL);
    pthread_join(two, NULL);
    has(slow.reply, "0 /slow");
    has(slow.reply, "Connection: close");
    assert_int_equal(atomic_load(&e->ended), 1);
    close(idle);
    arena_deinit(&slow.a);
    arena_deinit(&stream.a);
    home_drop(&e->folder);
    mem_free(e);
}

static void a_port_taken_is_said(void **state)
{
    struct echo *e = echo_start(&small, NULL);
    struct http_server *other = NULL;
    char listen_at[32];
    struct http_spec spec = {.listen = listen_at, .intake = take, .answer = answer, .ctx = e};

    (void)state;
    snprintf(listen_at, sizeof listen_at, "127.0.0.1:%u", http_port(e->server));
    check_fails(http_start(&spec, &other, err), RC_CONFLICT, "taken");
    snprintf(listen_at, sizeof listen_at, "here");
    check_fails(http_start(&spec, &other, err), RC_BAD_INPUT, "127.0.0.1:8080");
    snprintf(listen_at, sizeof listen_at, "127.0.0.1:99999");
    check_fails(http_start(&spec, &other, err), RC_BAD_INPUT, "address");
    echo_stop(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_taken_apart),
        cmocka_unit_test(a_proxy_here_names_the_client),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(a_head_of_two_meanings_is_refused),
        cmocka_unit_test(a_body_too_large_is_refused),
        cmocka_unit_test(a_head_too_large_is_refused),
        cmocka_unit_test(a_streamed_body_lies_in_a_file),
        cmocka_unit_test(an_upload_cut_off_leaves_nothing),
        cmocka_unit_test(the_slow_are_ended),
        cmocka_unit_test(events_come_one_by_one),
        cmocka_unit_test(a_connection_serves_several),
        cmocka_unit_test(one_address_has_so_many),
        cmocka_unit_test(a_stop_lets_requests_end),
        cmocka_unit_test(a_port_taken_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
