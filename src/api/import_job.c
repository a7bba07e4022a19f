/* See import_job.h. */
#include "api/import_job.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_in.h"
#include "api/api_sql.h"
#include "base/file.h"
#include "guard/account.h"
#include "pay/past.h"
#include "people/load_book.h"
#include "work/clock.h"

/* The one worker of the process. `lock` guards all but the thread, which only its keeper joins. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started, stop, woken;
    int64_t id, rows; /* of the one at hand; id 0: none */
} worker = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* One workbook being worked on. */
struct task {
    struct api *api;
    struct city city; /* the same, acting for who sent it */
    struct arena a;
    int64_t county, id, division, account_id;
    struct account
        sender;     /* as it is now: closed, or with other roles, since it sent the workbook in */
    int64_t lo, hi; /* divisions within which rows may be brought in */
    str login;
    struct load_spec spec;
    struct load_book *book;
    struct load *load;
    struct load_counts counts;
    struct load_mistake *mistakes;
    size_t listed;
    int64_t n_mistakes;
    str state, told;
    bool marked;
};

/* ---- files ---------------------------------------------------------------------------------- */

str import_path(const struct api *api, int64_t id, bool marked, struct arena *a)
{
    return str_fmt(a, "%s/imports/%lld%s.xlsx", api->files, (long long)id, marked ? ".marked" : "");
}

enum rc imports_folder(const struct api *api, struct err *err)
{
    struct arena a = {0};
    enum rc rc = RC_OK;
    if (api->files == NULL)
        return err_set(err, RC_IO, "there is no folder for files");
    const char *folder = str_fmt(&a, "%s/imports", api->files).p;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        rc = err_set(err, RC_IO, "%s: %s", folder, strerror(errno));
    arena_deinit(&a);
    return rc;
}

static void file_drop(const struct api *api, int64_t id, bool marked, struct arena *a)
{
    unlink(import_path(api, id, marked, a).p);
}

/* ---- what is told of it --------------------------------------------------------------------- */

static void told_write(struct json *j, const char *key, const struct told *t)
{
    json_key(j, key);
    json_obj(j);
    JSON_STR(j, "zh", t->zh);
    JSON_STR(j, "en", t->en);
    json_obj_end(j);
}

static void tell_mistakes(struct task *t, struct json *j)
{
    json_key(j, "mistakes");
    json_arr(j);
    for (size_t i = 0; i < t->listed && i < IMPORT_TOLD; i++) {
        const struct load_mistake *m = &t->mistakes[i];
        json_obj(j);
        JSON_STR(j, "sheet", load_book_sheet(t->book, m->kind));
        JSON_STR(j, "cell", load_book_cell(t->book, m));
        JSON_STR(j, "column", m->column);
        told_write(j, "found", &m->found);
        told_write(j, "expected", &m->expected);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void tell_warnings(struct task *t, struct json *j)
{
    const struct load_warning *w = NULL;
    size_t n = 0;
    if (t->book != NULL)
        load_book_warnings(t->book, &w, &n);
    json_key(j, "warnings");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        JSON_STR(j, "sheet", load_book_sheet(t->book, w[i].kind));
        JSON_STR(j, "cell", w[i].cell);
        told_write(j, "text", &w[i].text);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* {"mistakes", "warnings", "problem"}: problem NULL: the file as a whole is right. */
static void tell(struct task *t, const struct told *problem)
{
    struct sbuf *b = http_text(&t->a, 1 << 20);
    struct json j;
    json_init(&j, b);
    json_obj(&j);
    tell_mistakes(t, &j);
    tell_warnings(t, &j);
    if (problem != NULL) {
        told_write(&j, "problem", problem);
    } else {
        json_key(&j, "problem");
        json_nil(&j);
    }
    json_obj_end(&j);
    t->told = sbuf_str(b);
}

/* ---- how it ended --------------------------------------------------------------------------- */

static enum rc end_put(struct change *c, void *ctx, struct err *err)
{
    const struct task *t = ctx;
    int64_t rows = 0;
    for (int k = 0; k < LOAD_KINDS; k++)
        rows += t->counts.rows[k];
    const struct value v[] = {V_INT(t->county),
                              V_INT(t->id),
                              V_TEXT(t->state),
                              V_INT(rows),
                              V_INT(t->counts.households),
                              V_INT(t->counts.persons),
                              V_INT(t->counts.cases),
                              V_INT(t->n_mistakes),
                              V_INT(t->marked),
                              V_TEXT(t->told),
                              V_INT(clock_ms())};
    change_note(c, "import_book", v, 9);
    return exec(c->conn, &stmt_import_end, v, sizeof v / sizeof *v, NULL, err);
}

static enum rc end_alone(struct task *t, struct err *err)
{
    const struct change_spec spec = {.store = t->city.store,
                                     .county_code = t->county,
                                     .who = t->login,
                                     .why = str_fmt(&t->a, "a workbook: %.*s", STR_ARG(t->state))};
    return change_write(&spec, end_put, t, NULL, err);
}

/* ---- checking and storing ------------------------------------------------------------------- */

static bool within(void *ctx, int64_t division)
{
    const struct task *t = ctx;
    return division >= t->lo && division <= t->hi;
}

/* A case load taken over pays from then on: that is for who decides, of the policy's own line. */
static bool may_enrol(void *ctx, const struct policy *p)
{
    const struct task *t = ctx;
    for (size_t i = 0; i < t->sender.n_roles; i++) {
        const struct scope_role *r = &t->sender.role[i];
        if ((r->role == ROLE_DECIDER || r->role == ROLE_OFFICER) &&
            (r->line.n == 0 || str_eq(r->line, p->line)))
            return true;
    }
    return false;
}

static bool go_on(void *ctx, int64_t rows)
{
    const struct task *t = ctx;
    pthread_mutex_lock(&worker.lock);
    worker.rows = rows;
    bool stop = worker.stop;
    pthread_mutex_unlock(&worker.lock);
    return !stop && !api_stopping(t->api);
}

/* A file that can't be read at all, or whose heads are wrong. */
static enum rc refused(struct task *t, const struct err *why, struct err *err)
{
    struct told problem = load_book_refusal(why, &t->a);
    long colon = str_find(problem.en, S(".xlsx: "));
    /* The name that the file has here says nothing to who sent it. */
    if (colon >= 0 && str_starts(problem.en, str_fmt(&t->a, "%lld", (long long)t->id)))
        problem.en = str_sub(problem.en, (size_t)colon + 7, problem.en.n);
    t->state = S("refused");
    tell(t, &problem);
    return end_alone(t, err);
}

static enum rc wrong(struct task *t, struct err *err)
{
    t->state = S("wrong");
    TRY(load_book_marked(t->book, t->load, import_path(t->api, t->id, true, &t->a).p, err));
    t->marked = true;
    tell(t, NULL);
    return end_alone(t, err);
}

static enum rc store(struct task *t, struct err *err)
{
    const struct past_spec spec = {.city = &t->city,
                                   .month = t->spec.month,
                                   .why = S("import of a workbook"),
                                   .last = end_put,
                                   .ctx = t};
    if (t->counts.households + t->counts.persons + t->counts.cases == 0) {
        struct told nothing = TOLD("found heads but no row, expected households, persons or cases",
                                   "只有表头，没有可导入的行");
        t->state = S("refused");
        tell(t, &nothing);
        return end_alone(t, err);
    }
    t->state = S("stored");
    tell(t, NULL);
    return past_store(&spec, t->load, err);
}

static enum rc check_and_store(struct task *t, struct err *err)
{
    struct err read = {0};
    t->spec.city = &t->city;
    t->spec.within = within;
    t->spec.may_enrol = may_enrol;
    t->spec.within_ctx = t;
    if (!t->sender.active) {
        err_set(&read, RC_FORBIDDEN, "the account that sent it in is closed");
        return refused(t, &read, err);
    }
    t->spec.go_on = go_on;
    t->spec.go_on_ctx = t;
    enum rc rc = load_book_open(&t->city, import_path(t->api, t->id, false, &t->a).p, &t->a,
                                &t->book, &read);
    if (rc == RC_OK) {
        load_book_rows(t->book, &t->spec);
        rc = load_read(&t->spec, &t->a, &t->load, &read);
        load_counts(t->load, &t->counts);
        t->n_mistakes = load_mistake_list(t->load, &t->a, &t->mistakes, &t->listed);
    }
    if (rc == RC_BAD_INPUT || rc == RC_NOT_FOUND)
        return t->n_mistakes > 0 ? wrong(t, err) : refused(t, &read, err);
    if (rc != RC_OK)
        return err_set(err, rc, "%s", read.text);
    return store(t, err);
}

/* What went wrong that is nobody's mistake; interrupted, it stays as it is. */
static void failed(struct task *t, const struct err *why)
{
    struct err err = {0};
    struct told problem = {str_from(why->text), S("未能完成，什么也没有导入：请稍后再试")};
    fprintf(stderr, "huimin: import %lld: %s\n", (long long)t->id, why->text);
    t->state = S("failed");
    if (why->rc == RC_CONFLICT)
        problem.zh = str_fmt(&t->a, "与系统中已有的内容冲突：%s", why->text);
    tell(t, &problem);
    if (end_alone(t, &err) != RC_OK)
        fprintf(stderr, "huimin: import %lld: %s\n", (long long)t->id, err.text);
}

/* ---- the queue ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc task_read(struct task *t, struct conn *c, struct err *err)
{
    const struct value v[] = {V_INT(t->county), V_INT(t->id)};
    struct query *q = NULL;
    TRY(query(c, &stmt_import_get, v, 2, &q, err));
    if (query_next(q)) {
        str from = query_text(q, 5);
        str paid = query_text(q, 6);
        if (!date_parse(from, &t->spec.from))
            t->spec.from = t->spec.today;
        if (paid.n > 0 && !month_parse(paid, &t->spec.month))
            t->spec.month = 0;
        t->login = str_dup(&t->a, query_text(q, 16));
        t->division = query_int(q, 17);
        t->account_id = query_int(q, 1);
    }
    TRY(query_end(q, err));
    const struct scope *all = scope_system(&t->city, t->spec.today, &t->a);
    return t->account_id != 0 ? account_get(all, c, t->account_id, &t->a, &t->sender, err) : RC_OK;
}

/* The next that waits; t->id 0: none. */
MUST_CHECK static enum rc task_next(struct task *t, struct err *err)
{
    struct conn *c = NULL;
    struct query *q = NULL;
    TRY(store_reader(t->api->city->store, &c, err));
    enum rc rc = query(c, &stmt_import_waiting, NULL, 0, &q, err);
    if (rc == RC_OK) {
        if (query_next(q)) {
            t->county = query_int(q, 0);
            t->id = query_int(q, 1);
        }
        rc = query_end(q, err);
    }
    if (rc == RC_OK && t->id != 0)
        rc = task_read(t, c, err);
    store_reader_done(c);
    return rc;
}

static void hand_set(int64_t id)
{
    pthread_mutex_lock(&worker.lock);
    worker.id = id;
    worker.rows = 0;
    pthread_mutex_unlock(&worker.lock);
}

/* One of them; false: there was none, or it can't be done now. */
static bool one(struct api *api)
{
    struct task t = {.api = api, .city = *api->city};
    struct err err = {0};
    t.spec.today = program_day(api->today);
    enum rc rc = task_next(&t, &err);
    if (rc == RC_OK && t.id != 0) {
        t.city.who = t.login;
        division_bounds(t.division, &t.lo, &t.hi);
        hand_set(t.id);
        rc = check_and_store(&t, &err);
        if (rc != RC_OK && rc != RC_INTERRUPTED)
            failed(&t, &err);
        hand_set(0);
        if (rc != RC_INTERRUPTED)
            file_drop(api, t.id, false, &t.a);
    } else if (rc != RC_OK) {
        fprintf(stderr, "huimin: imports: %s\n", err.text);
    }
    bool done = rc != RC_INTERRUPTED && t.id != 0;
    arena_deinit(&t.a);
    return done;
}

static void *work(void *arg)
{
    struct api *api = arg;
    for (;;) {
        while (one(api))
            ;
        pthread_mutex_lock(&worker.lock);
        while (!worker.stop && !worker.woken)
            pthread_cond_wait(&worker.changed, &worker.lock);
        worker.woken = false;
        bool stop = worker.stop;
        pthread_mutex_unlock(&worker.lock);
        if (stop)
            return NULL;
    }
}

void imports_wake(void)
{
    pthread_mutex_lock(&worker.lock);
    worker.woken = true;
    pthread_cond_broadcast(&worker.changed);
    pthread_mutex_unlock(&worker.lock);
}

int64_t import_progress(int64_t id)
{
    pthread_mutex_lock(&worker.lock);
    int64_t rows = worker.id == id && id != 0 ? worker.rows : -1;
    pthread_mutex_unlock(&worker.lock);
    return rows;
}

/* ---- with the server ------------------------------------------------------------------------ */

struct old {
    int64_t county, id;
};

static enum rc forget(struct change *c, void *ctx, struct err *err)
{
    const struct old *o = ctx;
    const struct value v[] = {V_INT(o->county), V_INT(o->id)};
    change_note(c, "import_book", v, 2);
    return exec(c->conn, &stmt_import_forget, v, 2, NULL, err);
}

/* Marked copies that nobody came for. */
MUST_CHECK static enum rc forget_old(struct api *api, struct arena *a, struct err *err)
{
    VEC(struct old) list = {0};
    const struct value v[] = {V_INT(clock_ms() - (int64_t)IMPORT_KEPT_DAYS * 86400000)};
    struct conn *c = NULL;
    struct query *q = NULL;
    TRY(store_reader(api->city->store, &c, err));
    enum rc rc = query(c, &stmt_import_old, v, 1, &q, err);
    if (rc == RC_OK) {
        while (query_next(q))
            *VEC_PUSH(a, &list) = (struct old){query_int(q, 0), query_int(q, 1)};
        rc = query_end(q, err);
    }
    store_reader_done(c);
    for (size_t i = 0; i < list.n && rc == RC_OK; i++) {
        const struct change_spec spec = {.store = api->city->store,
                                         .county_code = list.at[i].county,
                                         .who = api->city->who,
                                         .why = S("a marked workbook was kept long enough")};
        rc = change_write(&spec, forget, &list.at[i], NULL, err);
        if (rc == RC_OK)
            file_drop(api, list.at[i].id, true, a);
    }
    return rc;
}

enum rc imports_start(struct api *api, struct err *err)
{
    struct arena a = {0};
    enum rc rc = forget_old(api, &a, err);
    arena_deinit(&a);
    TRY(rc);
    worker.stop = false;
    worker.woken = false;
    worker.started = pthread_create(&worker.thread, NULL, work, api) == 0;
    return worker.started ? RC_OK : err_set(err, RC_LIMIT, "no thread can be started");
}

void imports_park(struct api *api)
{
    (void)api;
    pthread_mutex_lock(&worker.lock);
    worker.stop = true;
    pthread_cond_broadcast(&worker.changed);
    bool started = worker.started;
    worker.started = false;
    pthread_mutex_unlock(&worker.lock);
    if (started)
        pthread_join(worker.thread, NULL);
}
