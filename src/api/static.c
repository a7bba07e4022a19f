/*
 * The pages: files below the web folder, FILE.gz instead where it lies beside and the client takes it.
 * A path without a file and without a dot is a page of a one-page application: /p/index.html of the
 * citizens' below /p/, else index.html of the staff's. What a QR code on a paper opens, /check/NUMBER, is a
 * citizens' page under a shorter name.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_in.h"

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
};

static const char *type_of(str path)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_ends(path, str_from(types[i].ending)))
            return types[i].type;
    return NULL;
}

/* No step upwards, no hidden file, no backslash: only names below the folder. */
static bool plain_path(str path)
{
    while (path.n > 0) {
        str one, rest;
        if (!str_cut(path, '/', &one, &rest))
            rest = S("");
        path = rest;
        if (one.n > 0 && (one.p[0] == '.' || memchr(one.p, '\\', one.n) != NULL))
            return false;
    }
    return true;
}

static int open_plain(const char *path, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -1;
    if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
        return fd;
    close(fd);
    return -1;
}

static bool takes_gzip(const struct http_request *r)
{
    return str_find(http_header(r, "Accept-Encoding"), S("gzip")) >= 0;
}

/* The file, or its compressed twin. */
static int open_file(const struct api *api, struct http_request *r, str path, struct stat *st,
                     bool *gzip)
{
    const char *name = str_fmt(r->arena, "%s%.*s", api->web, STR_ARG(path)).p;
    int fd = -1;

    *gzip = false;
    if (takes_gzip(r)) {
        fd = open_plain(str_fmt(r->arena, "%s.gz", name).p, st);
        *gzip = fd >= 0;
    }
    return fd >= 0 ? fd : open_plain(name, st);
}

static void send_file(struct http_request *r, struct http_reply *out, str path, int fd,
                      const struct stat *st, bool gzip)
{
    str tag = str_fmt(r->arena, "\"%llx-%llx%s\"", (unsigned long long)st->st_mtime,
                      (unsigned long long)st->st_size, gzip ? "-gz" : "");
    /* Names of built files carry a hash of what is in them. */
    bool for_ever = str_starts(path, S("/assets/")) || str_starts(path, S("/p/assets/"));

    reply_headers(out, for_ever ? "public, max-age=31536000, immutable" : "no-cache");
    http_reply_header(out, "ETag", tag);
    http_reply_header(out, "Vary", S("Accept-Encoding"));
    if (str_eq(http_header(r, "If-None-Match"), tag)) {
        close(fd);
        out->status = 304;
        return;
    }
    out->status = 200;
    out->type = type_of(path);
    if (gzip)
        http_reply_header(out, "Content-Encoding", S("gzip"));
    out->file = fd;
    out->file_bytes = st->st_size;
}

/* Other sites' searchers find the way in and the help, and nothing that is about somebody. */
static bool for_searchers(str path)
{
    return str_eq(path, S("/p")) || str_eq(path, S("/p/")) || str_eq(path, S("/p/help")) ||
           str_eq(path, S("/p/go")) || str_eq(path, S("/robots.txt"));
}

/* Letters, digits and dashes only: nothing else is on a paper, and nothing else goes into a header. */
static bool plain_name(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              c == '-'))
            return false;
    }
    return s.n > 0 && s.n <= 64;
}

/* /check/NUMBER?code=… leads to /p/check/NUMBER?code=…, /p to /p/. */
static bool moved(struct http_request *r, struct http_reply *out)
{
    bool given = false;
    str to = S("/p/"), code = http_query(r, "code", &given);

    if (str_starts(r->path, S("/check/"))) {
        str number = str_sub(r->path, 7, r->path.n);
        if (!plain_name(number))
            return false;
        to = str_fmt(r->arena, "/p/check/%.*s%s%.*s", STR_ARG(number),
                     plain_name(code) ? "?code=" : "", STR_ARG(plain_name(code) ? code : S("")));
    } else if (!str_eq(r->path, S("/p"))) {
        return false;
    }
    reply_headers(out, "no-cache");
    http_reply_header(out, "Location", to);
    out->status = 302;
    return true;
}

void static_answer(struct api *api, struct http_request *r, struct http_reply *out)
{
    str path = str_eq(r->path, S("/")) ? S("/index.html") : r->path;
    struct stat st;
    bool gzip = false;
    int fd = -1;

    if (r->method != HTTP_GET && r->method != HTTP_HEAD) {
        problem_bare(api, r, 405, "method", "pages are only read", out);
        http_reply_header(out, "Allow", S("GET, HEAD"));
        return;
    }
    if (!for_searchers(r->path))
        http_reply_header(out, "X-Robots-Tag", S("noindex, noarchive"));
    if (moved(r, out))
        return;
    if (str_eq(path, S("/p/")))
        path = S("/p/index.html");
    if (api->web != NULL && plain_path(path)) {
        if (type_of(path) != NULL)
            fd = open_file(api, r, path, &st, &gzip);
        else if (memchr(path.p, '.', path.n) == NULL)
            fd = open_file(
                api, r, path = str_starts(path, S("/p/")) ? S("/p/index.html") : S("/index.html"),
                &st, &gzip);
    }
    if (fd < 0)
        problem_bare(api, r, 404, "not_found", "there is no such page", out);
    else
        send_file(r, out, path, fd, &st, gzip);
}
