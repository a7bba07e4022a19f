/* A request on its way in: address, head, body. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http_in.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* %41 becomes A. False: not two digits behind a %, or a control character comes out. */
static bool decode(struct arena *a, str s, bool plus, str *out)
{
    char *p = arena_alloc_raw(a, s.n + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            int hi = i + 2 < s.n ? hex(s.p[i + 1]) : -1;
            int lo = i + 2 < s.n ? hex(s.p[i + 2]) : -1;
            if (hi < 0 || lo < 0)
                return false;
            c = (char)(hi * 16 + lo);
            i += 2;
        } else if (plus && c == '+') {
            c = ' ';
        }
        if ((unsigned char)c < ' ' || c == 127)
            return false;
        p[n++] = c;
    }
    p[n] = '\0';
    *out = (str){p, n};
    return utf8_valid(*out, NULL);
}

static bool read_query(struct http_req *r, str query)
{
    while (query.n > 0) {
        str one, rest, name, value = S("");
        if (!str_cut(query, '&', &one, &rest))
            rest = S("");
        query = rest;
        if (one.n == 0)
            continue;
        if (!str_cut(one, '=', &name, &value))
            value = S("");
        struct http_pair *pair = VEC_PUSH(&r->arena, &r->query);
        if (!decode(&r->arena, name, true, &pair->name) ||
            !decode(&r->arena, value, true, &pair->value))
            return false;
    }
    return true;
}

static void refuse(struct http_req *r, int status, const char *why)
{
    if (r->wrong == 0) {
        r->wrong = status;
        r->why = why;
    }
}

struct http_req *http_req_new(struct http_server *s, struct MHD_Connection *mhd, const char *uri)
{
    struct arena a = {0};
    struct http_req *r = NEW(&a, struct http_req);
    str path, query = S("");

    r->arena = a;
    r->pub.arena = &r->arena;
    r->pub.insides = r;
    r->pub.path = S("/");
    r->server = s;
    r->mhd = mhd;
    r->fd = -1;
    r->reply.file = -1;
    r->announced = -1;
    if (!str_cut(str_from(uri), '?', &path, &query))
        query = S("");
    if (path.n == 0 || path.p[0] != '/')
        refuse(r, 400, "the address must begin with /");
    else if (!decode(&r->arena, path, false, &r->pub.path) || !read_query(r, query))
        refuse(r, 400, "the address must be UTF-8, with %xx of two hexadecimal digits");
    if (r->wrong != 0) {
        r->pub.path = S("/");
        r->query.n = 0;
    }
    return r;
}

void http_req_free(struct http_req *r)
{
    struct arena a = r->arena;

    if (r->reply.next != NULL && r->reply.end != NULL)
        r->reply.end(r->reply.ctx);
    if (r->reply.file >= 0)
        close(r->reply.file);
    if (r->fd >= 0)
        close(r->fd);
    if (r->pub.body_file != NULL)
        unlink(r->pub.body_file);
    sbuf_deinit(&r->body);
    /* r itself lies in its arena, and so may what its undo functions look at. */
    arena_deinit(&a);
}

str http_header(const struct http_request *r, const char *name)
{
    const struct http_req *in = r->insides;
    const char *value = MHD_lookup_connection_value(in->mhd, MHD_HEADER_KIND, name);
    return value != NULL ? str_trim(str_from(value)) : S("");
}

str http_query(const struct http_request *r, const char *name, bool *given)
{
    const struct http_req *in = r->insides;
    bool found = false;
    str value = S("");

    for (size_t i = 0; i < in->query.n && !found; i++) {
        if (str_eq(in->query.at[i].name, str_from(name))) {
            found = true;
            value = in->query.at[i].value;
        }
    }
    if (given != NULL)
        *given = found;
    return value;
}

str http_cookie(const struct http_request *r, const char *name)
{
    str rest = http_header(r, "Cookie");

    while (rest.n > 0) {
        str one, more, key, value;
        if (!str_cut(rest, ';', &one, &more))
            more = S("");
        rest = more;
        if (str_cut(str_trim(one), '=', &key, &value) && str_eq(key, str_from(name)))
            return value;
    }
    return S("");
}

/* ---- the head ------------------------------------------------------------------------------- */

static enum http_method method_of(const char *method)
{
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(method, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

static str address_text(struct arena *a, const struct sockaddr *sa)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (sa != NULL && sa->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text,
                  sizeof text);
    else if (sa != NULL && sa->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, text,
                  sizeof text);
    return str_dup(a, str_from(text));
}

static bool is_address(struct arena *a, str text)
{
    unsigned char bytes[16];
    const char *z = str_z(a, text);
    return inet_pton(AF_INET, z, bytes) == 1 || inet_pton(AF_INET6, z, bytes) == 1;
}

/* Who it is. Only a proxy on this machine is believed when it names another. */
static void read_remote(struct http_req *r)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct http_request *q = &r->pub;

    q->remote = address_text(&r->arena, info != NULL ? info->client_addr : NULL);
    if (!str_starts(q->remote, S("127.")) && !str_eq(q->remote, S("::1")))
        return;
    q->secure = str_eq(http_header(q, "X-Forwarded-Proto"), S("https"));
    str last = http_header(q, "X-Forwarded-For"), before, rest;
    while (str_cut(last, ',', &before, &rest))
        last = rest;
    last = str_trim(last);
    if (last.n > 0 && is_address(&r->arena, last))
        q->remote = last;
}

struct head {
    bool utf8, named;
    unsigned hosts, lengths, codings;
    bool chunked;
};

static bool name_good(const char *name)
{
    bool good = *name != '\0';

    for (; good && *name != '\0'; name++)
        good = *name > ' ' && *name < 127 && *name != ':';
    return good;
}

static enum MHD_Result look_at_header(void *ctx, enum MHD_ValueKind kind, const char *key,
                                      const char *value)
{
    struct head *h = ctx;

    (void)kind;
    value = value != NULL ? value : "";
    h->utf8 = h->utf8 && utf8_valid(str_from(key), NULL) && utf8_valid(str_from(value), NULL);
    h->named = h->named && name_good(key);
    h->hosts += strcasecmp(key, "Host") == 0;
    h->lengths += strcasecmp(key, "Content-Length") == 0;
    if (strcasecmp(key, "Transfer-Encoding") == 0) {
        h->codings++;
        h->chunked = strcasecmp(value, "chunked") == 0;
    }
    return MHD_YES;
}

/*
 * What a proxy in front might read otherwise than this server: where the body ends, and for whom it is.
 * Whoever sends such a head wants one request to be taken for two (RFC 9112, 6.3 and 11.2).
 */
static void check_head(struct http_req *r)
{
    struct head h = {.utf8 = true, .named = true};

    MHD_get_connection_values(r->mhd, MHD_HEADER_KIND, look_at_header, &h);
    if (!h.utf8)
        refuse(r, 400, "the headers must be UTF-8");
    r->unclear = !h.named || h.hosts > 1 || h.lengths > 1 || h.codings > 1 ||
                 (h.codings == 1 && (h.lengths > 0 || !h.chunked));
    if (r->unclear)
        refuse(r, 400,
               "found headers that can be read in two ways, expected one Host, and one "
               "Content-Length or Transfer-Encoding: chunked");
}

static void open_file(struct http_req *r)
{
    const char *path = str_fmt(&r->arena, "%s/upload-XXXXXX", r->server->spec.folder).p;
    char *name = arena_alloc(&r->arena, strlen(path) + 1, 1);

    memcpy(name, path, strlen(path));
    r->fd = mkstemp(name);
    if (r->fd < 0) {
        refuse(r, 500, "there is no room to take the file");
        return;
    }
    fcntl(r->fd, F_SETFD, FD_CLOEXEC);
    r->pub.body_file = name;
}

static void look_at_length(struct http_req *r)
{
    str text = http_header(&r->pub, "Content-Length");
    int64_t n = 0;

    if (text.n == 0)
        return;
    if (!str_int(text, &n) || n < 0)
        refuse(r, 400, "Content-Length must be a number");
    else
        r->announced = n;
}

void http_req_begin(struct http_req *r, const char *method)
{
    const struct http_spec *spec = &r->server->spec;

    r->begun = true;
    r->pub.method = method_of(method);
    check_head(r);
    read_remote(r);
    look_at_length(r);
    if (r->wrong == 0)
        r->intake = spec->intake(spec->ctx, &r->pub);
    if (r->wrong == 0 && !r->intake.refuse && r->announced > r->intake.most)
        refuse(r, 413, "the body is larger than what is taken here");
    if (r->wrong != 0 || r->intake.refuse)
        return;
    sbuf_init(&r->body, (size_t)r->intake.most);
    if (r->intake.to_file)
        open_file(r);
}

/* ---- the body ------------------------------------------------------------------------------- */

static void write_file(struct http_req *r, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = write(r->fd, p, n);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            refuse(r, 500, "there is no room to take the file");
            return;
        }
        p += k;
        n -= (size_t)k;
    }
}

bool http_req_take(struct http_req *r, const char *p, size_t n)
{
    r->got += (int64_t)n;
    http_pace(r, (int64_t)r->server->spec.body_seconds * 1000 + r->got * 1000 / HTTP_PACE_BYTES);
    if (r->wrong != 0 || r->intake.refuse || r->over)
        return r->got <= r->intake.most + HTTP_SWALLOW;
    if (r->got > r->intake.most) {
        r->over = true;
        refuse(r, 413, "the body is larger than what is taken here");
    } else if (r->intake.to_file) {
        write_file(r, p, n);
    } else {
        sbuf_add(&r->body, (str){p, n});
    }
    return true;
}

void http_req_whole(struct http_req *r)
{
    if (r->wrong != 0 || r->intake.refuse)
        return;
    if (r->fd >= 0) {
        close(r->fd);
        r->fd = -1;
        r->pub.body_file_bytes = r->got;
    } else {
        r->pub.body = sbuf_str(&r->body);
    }
}
