/* A reply on its way out: text, a file, a stream of events. */
#include <assert.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "http/http_in.h"

enum { STREAM_BLOCK = 16 * 1024, STREAM_PART = 1024 * 1024 };

void http_reply_header(struct http_reply *r, const char *name, str value)
{
    assert(r->n_headers < sizeof r->headers / sizeof *r->headers);
    r->headers[r->n_headers++] = (struct http_header_line){name, value};
}

static void text_end(void *text)
{
    sbuf_deinit(text);
}

struct sbuf *http_text(struct arena *a, size_t max)
{
    struct sbuf *text = NEW(a, struct sbuf);

    sbuf_init(text, max);
    arena_on_reset(a, text_end, text);
    return text;
}

/* What is left of the last part that the application gave. The library reads no more once the request
 * is over, and the request's end is the stream's (http_req_free). */
struct stream {
    struct http_req *r;
    struct sbuf *part;
    size_t sent;
    bool over;
};

static ssize_t stream_read(void *ctx, uint64_t pos, char *buf, size_t max)
{
    struct stream *s = ctx;
    struct http_reply *out = &s->r->reply;

    (void)pos;
    while (s->sent == s->part->n) {
        if (s->over)
            return MHD_CONTENT_READER_END_OF_STREAM;
        sbuf_clear(s->part);
        s->sent = 0;
        s->over = !out->next(out->ctx, s->part);
        /* A comment: only writing tells that the other end has gone. */
        if (s->part->n == 0 && !s->over)
            sbuf_addz(s->part, ":\n\n");
    }
    size_t n = s->part->n - s->sent < max ? s->part->n - s->sent : max;
    memcpy(buf, s->part->p + s->sent, n);
    s->sent += n;
    return (ssize_t)n;
}

static struct MHD_Response *stream_response(struct http_req *r)
{
    struct stream *s = NEW(&r->arena, struct stream);

    s->r = r;
    s->part = http_text(&r->arena, STREAM_PART);
    MHD_set_connection_option(r->mhd, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
    http_pace(r, 0);
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, s, NULL);
}

static struct MHD_Response *make_response(struct http_req *r)
{
    struct http_reply *out = &r->reply;
    int64_t bytes = 0;
    struct MHD_Response *response;

    if (out->next != NULL)
        return stream_response(r);
    if (out->file >= 0) {
        bytes = out->file_bytes;
        response = MHD_create_response_from_fd64((uint64_t)bytes, out->file);
        if (response != NULL)
            out->file = -1;
    } else {
        /* The text lies in the request's arena, which ends after the reply. */
        str body = out->body != NULL ? sbuf_str(out->body) : S("");
        bytes = (int64_t)body.n;
        response = MHD_create_response_from_buffer_with_free_callback(
            body.n, body.n > 0 ? (void *)out->body->p : NULL, NULL);
    }
    http_pace(r, (int64_t)r->server->spec.body_seconds * 1000 + bytes * 1000 / HTTP_PACE_BYTES);
    return response;
}

static void say_wrong(struct http_req *r)
{
    const struct http_spec *spec = &r->server->spec;
    struct http_reply *out = &r->reply;

    if (spec->wrong != NULL) {
        spec->wrong(spec->ctx, &r->pub, r->wrong, r->why, out);
        return;
    }
    struct sbuf *text = http_text(&r->arena, 1024);
    sbuf_fmt(text, "%s\n", r->why);
    out->status = r->wrong;
    out->type = "text/plain; charset=utf-8";
    out->body = text;
}

/* Many connections are open: this one's place is wanted. */
static bool crowded(const struct http_server *s)
{
    return atomic_load(&s->open) > s->spec.connections / 4 * 3;
}

enum MHD_Result http_reply_send(struct http_req *r)
{
    const struct http_spec *spec = &r->server->spec;
    struct http_reply *out = &r->reply;

    if (r->wrong != 0) {
        say_wrong(r);
    } else {
        http_pace(r, 0);
        spec->answer(spec->ctx, &r->pub, out);
    }
    assert(out->status >= 200 && out->status < 600);
    struct MHD_Response *response = make_response(r);
    if (response == NULL)
        return MHD_NO;
    if (out->type != NULL)
        MHD_add_response_header(response, "Content-Type", out->type);
    for (size_t i = 0; i < out->n_headers; i++)
        MHD_add_response_header(response, out->headers[i].name,
                                str_z(&r->arena, out->headers[i].value));
    if (http_stopping(r->server) || crowded(r->server) || r->unclear)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(r->mhd, (unsigned)out->status, response);
    MHD_destroy_response(response);
    return result;
}
