/*
 * Many papers into one file, beside the requests: the letters of a new standard by the thousand. One at a time
 * is made in a thread of its own; the last few stay in memory, each for the account that asked. They
 * are gone when the server ends: printed again the same papers come out.
 */
#include "api/handlers.h"
#include "api/paper_pdf.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { PRINTS = 32, NOTICES_MOST = 5000, WAITING_MOST = 8 };

enum print_state { PRINT_NONE, PRINT_WAITS, PRINT_RUNS, PRINT_DONE, PRINT_FAILED };

struct print {
    int64_t id;
    int64_t account;
    enum print_state state;
    size_t done, total;
    char error[sizeof((struct err *)0)->text];
    struct pdf pdf;
    struct arena arena; /* owns what follows, until it is done */
    struct scope scope;
    struct paper_ref *notices;
};

/* `lock` guards all; the thread works on one that is PRINT_RUNS, whose arena only it touches. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    pthread_t thread;
    bool started, stop;
    struct api *api;
    struct print prints[PRINTS];
    int64_t last;
} printer = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static const char *const state_words[] = {"", "waiting", "running", "done", "failed"};

static void forget(struct print *p)
{
    if (p->state == PRINT_DONE)
        close(p->pdf.fd);
    arena_deinit(&p->arena);
    *p = (struct print){0};
}

/* ---- the thread ---------------------------------------------------------------------------------- */

static bool go_on(void *ctx, size_t done)
{
    struct print *p = ctx;
    pthread_mutex_lock(&printer.lock);
    p->done = done;
    bool stop = printer.stop;
    pthread_mutex_unlock(&printer.lock);
    return !stop;
}

MUST_CHECK static enum rc read_papers(struct print *p, const struct paper_row *rows,
                                      struct paper *papers, struct err *err)
{
    struct conn *c = NULL;
    enum rc rc = RC_OK;
    TRY(store_reader(printer.api->city->store, &c, err));
    for (size_t i = 0; rc == RC_OK && i < p->total; i++)
        rc = paper_content(c, rows[i].county_code, rows[i].paper_id, &p->arena, &papers[i], err);
    store_reader_done(c);
    return rc;
}

MUST_CHECK static enum rc print_one(struct print *p, struct pdf *out, struct err *err)
{
    struct city city = *printer.api->city;
    struct paper_row *rows = NULL;
    struct paper *papers = NEW_N(&p->arena, struct paper, p->total + 1);
    const struct paper_many many = {.notices = p->notices,
                                    .n = p->total,
                                    .public_url = str_from(printer.api->public_url),
                                    .go_on = go_on,
                                    .ctx = p};
    city.who = p->scope.login;
    TRY(papers_of_notices(&city, &p->scope, &many, &p->arena, &rows, err));
    TRY(read_papers(p, rows, papers, err));
    return pdf_draw(papers, p->total, out, err);
}

static struct print *next_waiting(void)
{
    struct print *first = NULL;
    for (size_t i = 0; i < PRINTS; i++) {
        struct print *p = &printer.prints[i];
        if (p->state == PRINT_WAITS && (first == NULL || p->id < first->id))
            first = p;
    }
    return first;
}

static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&printer.lock);
    while (!printer.stop) {
        struct print *p = next_waiting();
        if (p == NULL) {
            pthread_cond_wait(&printer.more, &printer.lock);
            continue;
        }
        struct err err = {0};
        struct pdf pdf = {0};
        p->state = PRINT_RUNS;
        pthread_mutex_unlock(&printer.lock);
        enum rc rc = print_one(p, &pdf, &err);
        pthread_mutex_lock(&printer.lock);
        p->pdf = pdf;
        p->done = rc == RC_OK ? p->total : p->done;
        p->state = rc == RC_OK ? PRINT_DONE : PRINT_FAILED;
        snprintf(p->error, sizeof p->error, "%s", rc == RC_OK ? "" : err.text);
        arena_deinit(&p->arena);
        p->notices = NULL;
    }
    pthread_mutex_unlock(&printer.lock);
    return NULL;
}

enum rc prints_start(struct api *api, struct err *err)
{
    pthread_mutex_lock(&printer.lock);
    printer.api = api;
    printer.stop = false;
    printer.started = pthread_create(&printer.thread, NULL, work, NULL) == 0;
    bool started = printer.started;
    pthread_mutex_unlock(&printer.lock);
    return started ? RC_OK : err_set(err, RC_LIMIT, "no thread can be started");
}

void prints_park(struct api *api)
{
    (void)api;
    pthread_mutex_lock(&printer.lock);
    printer.stop = true;
    pthread_cond_signal(&printer.more);
    bool started = printer.started;
    printer.started = false;
    pthread_mutex_unlock(&printer.lock);
    if (started)
        pthread_join(printer.thread, NULL);
    for (size_t i = 0; i < PRINTS; i++)
        forget(&printer.prints[i]);
}

/* ---- what is to be printed ------------------------------------------------------------------------ */

typedef VEC(struct paper_ref) ref_list;

MUST_CHECK static enum rc read_refs(struct call *c, const json_t *list, ref_list *out,
                                    struct err *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        struct paper_ref *r = VEC_PUSH(c->arena, out);
        str text = json_is_string(v) ? (str){json_string_value(v), json_string_length(v)} : S("");
        TRY(call_ref(c, text, "notices", &r->county, &r->id, err));
    }
    return RC_OK;
}

/* All that wait to be handed over on paper, in the order of their list. */
MUST_CHECK static enum rc read_waiting(struct call *c, struct conn *conn, ref_list *out,
                                       struct err *err)
{
    struct notice_query q = {.scope = c->scope, .channel = BY_PAPER, .limit = 200};
    bool more = true;
    TRY(body_text(c, "line", false, &q.line, err));
    TRY(body_text(c, "kind", false, &q.kind, err));
    while (more && out->n <= NOTICES_MOST) {
        struct notice *list = NULL;
        size_t n = 0;
        TRY(notice_list(&q, conn, c->arena, &list, &n, &more, err));
        for (size_t i = 0; i < n; i++)
            *VEC_PUSH(c->arena, out) = (struct paper_ref){list[i].county_code, list[i].notice_id};
        if (n == 0)
            break;
        q.after_due = list[n - 1].due;
        q.after_id = list[n - 1].notice_id;
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_wanted(struct call *c, ref_list *out, struct err *err)
{
    const json_t *list = json_object_get(c->body, "notices");
    struct conn *conn = NULL;
    if (json_is_array(list))
        return read_refs(c, list, out, err);
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc = read_waiting(c, conn, out, err);
    store_reader_done(conn);
    return rc;
}

/* The scope outlives the request. */
static struct scope scope_copy(const struct scope *s, struct arena *a)
{
    struct scope out = *s;
    out.login = str_dup(a, s->login);
    out.name = str_dup(a, s->name);
    out.role = NEW_N(a, struct scope_role, s->n_roles + 1);
    for (size_t i = 0; i < s->n_roles; i++)
        out.role[i] = (struct scope_role){s->role[i].role, str_dup(a, s->role[i].line)};
    return out;
}

/* A free place, else that of the oldest one that is over; NULL: all are being worked on. */
static struct print *place(void)
{
    struct print *oldest = NULL;
    for (size_t i = 0; i < PRINTS; i++) {
        struct print *p = &printer.prints[i];
        if (p->state == PRINT_NONE)
            return p;
        bool over = p->state == PRINT_DONE || p->state == PRINT_FAILED;
        if (over && (oldest == NULL || p->id < oldest->id))
            oldest = p;
    }
    if (oldest != NULL)
        forget(oldest);
    return oldest;
}

static size_t waiting(void)
{
    size_t n = 0;
    for (size_t i = 0; i < PRINTS; i++)
        n += printer.prints[i].state == PRINT_WAITS;
    return n;
}

static void write_print(struct call *c, const struct print *p)
{
    struct json *j = &c->json;
    json_obj(j);
    json_key(j, "print");
    json_id(j, p->id);
    JSON_STR(j, "state", str_from(state_words[p->state]));
    JSON_INT(j, "done", (int64_t)p->done);
    JSON_INT(j, "total", (int64_t)p->total);
    JSON_STR(j, "error", str_from(p->error));
    json_obj_end(j);
}

enum rc print_keep(struct call *c, struct pdf *pdf, struct err *err)
{
    pthread_mutex_lock(&printer.lock);
    struct print *p = place();
    if (p != NULL) {
        p->id = ++printer.last;
        p->account = c->scope->account_id;
        p->total = p->done = 1;
        p->pdf = *pdf;
        p->state = PRINT_DONE;
        call_created(c, str_fmt(c->arena, "/api/v1/prints/%lld", (long long)p->id));
        write_print(c, p);
    }
    pthread_mutex_unlock(&printer.lock);
    if (p != NULL)
        return RC_OK;
    close(pdf->fd);
    return err_set(err, RC_TOO_MANY, "others are being printed: try again");
}

enum rc papers_print(struct call *c, struct err *err)
{
    ref_list refs = {0};
    TRY(read_wanted(c, &refs, err));
    if (refs.n == 0)
        return call_wrong(c, RC_BAD_INPUT, "notices", "choose at least one", err,
                          "there is no notice to print");
    if (refs.n > NOTICES_MOST)
        return call_wrong(c, RC_LIMIT, "notices", "print a part of them, then the next", err,
                          "found more than %d notices, expected fewer", NOTICES_MOST);
    pthread_mutex_lock(&printer.lock);
    struct print *p = printer.started && waiting() < WAITING_MOST ? place() : NULL;
    if (p != NULL) {
        p->id = ++printer.last;
        p->account = c->scope->account_id;
        p->total = refs.n;
        p->scope = scope_copy(c->scope, &p->arena);
        p->notices = NEW_N(&p->arena, struct paper_ref, refs.n);
        for (size_t i = 0; i < refs.n; i++)
            p->notices[i] = refs.at[i];
        p->state = PRINT_WAITS;
        pthread_cond_signal(&printer.more);
        call_created(c, str_fmt(c->arena, "/api/v1/prints/%lld", (long long)p->id));
        write_print(c, p);
    }
    pthread_mutex_unlock(&printer.lock);
    return p != NULL ? RC_OK : err_set(err, RC_TOO_MANY, "others are being printed: try again");
}

/* One of the account's own; NULL, with the error set: there is none. With the lock held. */
static struct print *find(struct call *c, struct err *err)
{
    int64_t id = 0;
    (void)str_int(c->at[0], &id);
    for (size_t i = 0; i < PRINTS; i++) {
        struct print *p = &printer.prints[i];
        if (p->state != PRINT_NONE && p->id == id && p->account == c->scope->account_id)
            return p;
    }
    (void)err_set(err, RC_NOT_FOUND,
                  "nothing of yours was printed under this number, or it is gone");
    return NULL;
}

enum rc prints_get(struct call *c, struct err *err)
{
    pthread_mutex_lock(&printer.lock);
    struct print *p = find(c, err);
    if (p != NULL)
        write_print(c, p);
    pthread_mutex_unlock(&printer.lock);
    return p != NULL ? RC_OK : RC_NOT_FOUND;
}

enum rc prints_pdf(struct call *c, struct err *err)
{
    struct pdf again = {.fd = -1};
    char path[64];
    enum rc rc = RC_OK;
    pthread_mutex_lock(&printer.lock);
    struct print *p = find(c, err);
    if (p == NULL)
        rc = RC_NOT_FOUND;
    else if (p->state != PRINT_DONE)
        rc = err_set(err, RC_CONFLICT, "it is not ready: %s", state_words[p->state]);
    if (rc == RC_OK) { /* a place of its own to read from */
        snprintf(path, sizeof path, "/proc/self/fd/%d", p->pdf.fd);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        again = (struct pdf){fd, p->pdf.bytes};
    }
    pthread_mutex_unlock(&printer.lock);
    TRY(rc);
    if (again.fd < 0)
        return err_set(err, RC_IO, "what was printed can't be read again");
    pdf_reply(c, &again, str_fmt(c->arena, "print-%.*s", STR_ARG(c->at[0])));
    return RC_OK;
}
