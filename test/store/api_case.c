/* The API in a test's own process, and a plain HTTP client for it. */
#include "store/api_case.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include "guard/account.h"
#include "guard/session.h"
#include "pay/decide.h"

static void serve(struct api_case *k)
{
    struct api given = {.city = k->t.c, .files = k->files.path};
    struct http_spec spec = {.listen = "127.0.0.1:0", .folder = k->files.path, .body_seconds = 3};

    assert_true(date_parse(S("2020-12-21"), &given.today));
    pay_tie();
    check_ok(api_open(&given, api_jobs, &k->api, err));
    check_ok(api_serve(k->api, &spec, err));
    k->port = api_port(k->api);
}

struct api_case *api_case_over(void *state, struct home home)
{
    struct api_case *k = mem_resize(NULL, sizeof *k);

    memset(k, 0, sizeof *k);
    k->t.home = home;
    k->t.c = case_city(state, &k->t.home, &k->t.a);
    k->files = (struct home){"/tmp/huimin-files-XXXXXX"};
    assert_non_null(mkdtemp(k->files.path));
    serve(k);
    return k;
}

struct api_case *api_case_begin(void *state)
{
    return api_case_over(state, town_home());
}

void api_case_restart(struct api_case *k)
{
    api_close(k->api);
    serve(k);
}

void api_case_end(struct api_case *k)
{
    api_close(k->api);
    home_drop(&k->files);
    town_done(&k->t);
    mem_free(k);
}

const struct api_session *api_login(struct api_case *k, enum role role, const char *line,
                                    int64_t division)
{
    struct arena *a = &k->t.a;
    struct api_session *s = NEW(a, struct api_session);
    struct scope_role one = {role, str_from(line)};
    struct scope *by = scope_system(k->t.c, k->api->today, a);
    struct account_new spec = {.division = division,
                               .role = &one,
                               .n_roles = 1,
                               .password = S("Ein langer Tag 2020"),
                               .keep_password = true};
    str password, name;

    s->login = str_fmt(a, "%s%d", role_code(role), ++k->logins);
    spec.login = spec.name = s->login;
    check_ok(account_make(k->t.c, by, &spec, a, &s->account_id, &password, err));
    check_ok(session_login(k->t.c, s->login, password, S("127.0.0.1"), a, &s->token, &name, err));
    s->csrf = session_csrf(name, a);
    return s;
}

/* ---- requests ------------------------------------------------------------------------------- */

int api_connect(const struct api_case *k)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)k->port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)(void *)&at, sizeof at), 0);
    return fd;
}

/* What the server sends until it closes. */
static str receive(int fd, struct arena *a, int seconds)
{
    struct timeval t = {.tv_sec = seconds};
    struct sbuf all;
    char part[16384];
    ssize_t n;

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    sbuf_init(&all, 64 << 20);
    while ((n = recv(fd, part, sizeof part, 0)) > 0)
        sbuf_add(&all, (str){part, (size_t)n});
    str text = str_dup(a, sbuf_str(&all));
    sbuf_deinit(&all);
    return text;
}

str reply_header(struct api_reply r, const char *name)
{
    str rest = r.head;

    while (rest.n > 0) {
        str line, more, key, value;
        if (!str_cut(rest, '\n', &line, &more))
            more = S("");
        rest = more;
        if (str_cut(line, ':', &key, &value) && key.n == strlen(name) &&
            strncasecmp(key.p, name, key.n) == 0)
            return str_trim(value);
    }
    return S("");
}

static str unchunked(struct arena *a, str s)
{
    struct sbuf out;

    sbuf_init(&out, 64 << 20);
    for (;;) {
        long end = str_find(s, S("\r\n"));
        unsigned long n = end > 0 ? strtoul(str_z(a, str_sub(s, 0, (size_t)end)), NULL, 16) : 0;
        if (n == 0 || (size_t)end + 2 + n > s.n)
            break;
        sbuf_add(&out, str_sub(s, (size_t)end + 2, (size_t)end + 2 + n));
        s = str_sub(s, (size_t)end + 4 + n, s.n);
    }
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static void drop(void *json)
{
    json_decref(json);
}

static struct api_reply taken_apart(struct arena *a, str text)
{
    struct api_reply r = {0};
    int64_t status = 0;
    long end = str_find(text, S("\r\n\r\n"));

    if (end < 0 || !str_int(str_sub(text, 9, 12), &status))
        return r;
    r.status = (int)status;
    r.head = str_sub(text, 0, (size_t)end + 2);
    r.body = str_sub(text, (size_t)end + 4, text.n);
    if (str_eq(reply_header(r, "Transfer-Encoding"), S("chunked")))
        r.body = unchunked(a, r.body);
    if (str_find(reply_header(r, "Content-Type"), S("json")) >= 0 && r.body.n > 0) {
        json_error_t wrong;
        r.json = json_loadb(r.body.p, r.body.n, JSON_REJECT_DUPLICATES, &wrong);
        if (r.json == NULL)
            fail_msg("not JSON: %s in %.*s", wrong.text, STR_ARG(r.body));
        arena_on_reset(a, drop, r.json);
    }
    return r;
}

static void send_all(int fd, str s)
{
    while (s.n > 0) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        s = str_sub(s, (size_t)n, s.n);
    }
}

struct api_reply ask_raw(struct api_case *k, str bytes, bool half_close, int seconds)
{
    int fd = api_connect(k);

    send_all(fd, bytes);
    if (half_close)
        shutdown(fd, SHUT_WR);
    str text = receive(fd, &k->t.a, seconds);
    close(fd);
    return taken_apart(&k->t.a, text);
}

struct api_reply ask_with(struct api_case *k, const struct api_session *s, const char *method,
                          const char *path, str body, const char *headers)
{
    struct sbuf out;

    sbuf_init(&out, 64 << 20);
    sbuf_fmt(&out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n", method, path,
             k->port);
    if (s != NULL)
        sbuf_fmt(&out, "Cookie: huimin=%.*s\r\nX-CSRF: %.*s\r\n", STR_ARG(s->token),
                 STR_ARG(s->csrf));
    if (headers != NULL)
        sbuf_addz(&out, headers);
    if (body.n > 0 || strcmp(method, "GET") != 0)
        sbuf_fmt(&out, "Content-Length: %zu\r\n", body.n);
    sbuf_addz(&out, "\r\n");
    sbuf_add(&out, body);
    struct api_reply r = ask_raw(k, sbuf_str(&out), false, 60);
    sbuf_deinit(&out);
    return r;
}

struct api_reply ask(struct api_case *k, const struct api_session *s, const char *method,
                     const char *path, const char *body)
{
    return ask_with(k, s, method, path, str_from(body),
                    body != NULL ? "Content-Type: application/json\r\n" : NULL);
}

/* ---- replies -------------------------------------------------------------------------------- */

json_t *reply_at(struct api_reply r, const char *path)
{
    json_t *at = r.json;
    str rest = str_from(path), key;
    char name[128];
    int64_t index = 0;

    while (rest.n > 0 && at != NULL) {
        if (!str_cut(rest, '.', &key, &rest))
            rest = S("");
        snprintf(name, sizeof name, "%.*s", STR_ARG(key));
        at = json_is_array(at) && str_int(key, &index) ? json_array_get(at, (size_t)index)
                                                       : json_object_get(at, name);
    }
    if (at == NULL)
        fail_msg("no %s in %d %.*s", path, r.status, STR_ARG(r.body));
    return at;
}

str reply_str(struct api_reply r, const char *path)
{
    json_t *at = reply_at(r, path);

    if (json_is_null(at))
        return S("null");
    if (!json_is_string(at))
        fail_msg("%s is no text in %.*s", path, STR_ARG(r.body));
    return (str){json_string_value(at), json_string_length(at)};
}

int64_t reply_int(struct api_reply r, const char *path)
{
    json_t *at = reply_at(r, path);

    if (!json_is_integer(at))
        fail_msg("%s is no number in %.*s", path, STR_ARG(r.body));
    return json_integer_value(at);
}

size_t reply_n(struct api_reply r, const char *path)
{
    json_t *at = reply_at(r, path);

    if (!json_is_array(at))
        fail_msg("%s is no array in %.*s", path, STR_ARG(r.body));
    return json_array_size(at);
}
