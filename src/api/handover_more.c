/* The rest of what a successor must know: what is due this week, what lies open by kind, whom to call. */
#include "api/handover_more.h"

#include "api/people_json.h"
#include "work/report.h"

enum { WEEK_DAYS = 7, WEEK_MOST = 100, OPEN_MOST = 2000, SUBJECTS_MOST = 8 };

/* Open tasks of one kind and step. */
struct heap {
    const struct task *first;
    int64_t n, late;
    const struct task *shown[SUBJECTS_MOST];
    size_t n_shown;
};
typedef VEC(struct heap) heap_list;

MUST_CHECK static enum rc write_week(struct desk_json *d, const struct scope *s, bool mine,
                                     struct err *err)
{
    struct desk_query q = {
        .scope = s, .mine_only = mine, .until = d->c->today + WEEK_DAYS, .limit = WEEK_MOST};
    struct json *j = &d->c->json;
    struct task *tasks = NULL;
    size_t n = 0;
    bool more = false;
    TRY(desk_read(&q, d->conn, d->c->arena, &tasks, &n, &more, err));
    json_key(j, "week");
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        TRY(desk_json_task(d, &tasks[i], err));
    json_arr_end(j);
    JSON_BOOL(j, "week_more", more);
    return RC_OK;
}

static struct heap *heap_of(struct arena *a, heap_list *list, const struct task *t)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->at[i].first->kind, t->kind) && str_eq(list->at[i].first->step, t->step))
            return &list->at[i];
    struct heap *h = VEC_PUSH(a, list);
    h->first = t;
    return h;
}

static void write_heap(struct call *c, const struct heap *h)
{
    struct json *j = &c->json;
    json_obj(j);
    JSON_STR(j, "kind", h->first->kind);
    JSON_STR(j, "step", h->first->step);
    people_both(j, "title", h->first->title, h->first->title_en);
    JSON_INT(j, "n", h->n);
    JSON_INT(j, "late", h->late);
    json_key(j, "subjects");
    json_arr(j);
    for (size_t i = 0; i < h->n_shown; i++) {
        const struct task *t = h->shown[i];
        json_obj(j);
        JSON_STR(j, "subject", t->subject);
        json_key(j, "case");
        json_ref(j, t->county_code, t->case_id);
        json_key(j, "household");
        json_ref(j, t->county_code, t->household_id);
        json_key(j, "due");
        json_day(j, t->due);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
}

MUST_CHECK static enum rc write_open(struct desk_json *d, const struct scope *s, bool mine,
                                     struct err *err)
{
    struct desk_query q = {.scope = s, .mine_only = mine, .limit = OPEN_MOST};
    struct json *j = &d->c->json;
    struct task *tasks = NULL;
    heap_list heaps = {0};
    size_t n = 0;
    bool more = false;
    TRY(desk_read(&q, d->conn, d->c->arena, &tasks, &n, &more, err));
    for (size_t i = 0; i < n; i++) {
        const struct task *t = &tasks[i];
        struct heap *h = heap_of(d->c->arena, &heaps, t);
        h->n++;
        h->late += light_of(d->c->today, t->warn, t->due, t->paused) == LIGHT_RED;
        if (h->n_shown < SUBJECTS_MOST)
            h->shown[h->n_shown++] = t;
    }
    json_key(j, "open");
    json_arr(j);
    for (size_t i = 0; i < heaps.n; i++)
        write_heap(d->c, &heaps.at[i]);
    json_arr_end(j);
    JSON_BOOL(j, "open_more", more);
    return RC_OK;
}

MUST_CHECK static enum rc write_people(struct desk_json *d, const struct scope *s, struct err *err)
{
    struct json *j = &d->c->json;
    struct report_person *list = NULL;
    size_t n = 0;
    TRY(report_people(d->conn, s->division, d->c->arena, &list, &n, err));
    json_key(j, "people");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        const struct label role = {.zh = str_from(role_label(list[i].role, false)),
                                   .en = str_from(role_label(list[i].role, true))};
        json_obj(j);
        JSON_STR(j, "name", list[i].name);
        JSON_STR(j, "login", list[i].login);
        json_key(j, "division");
        TRY(desk_json_place(d, list[i].division, err));
        json_key(j, "role");
        json_label(j, &role);
        JSON_STR(j, "line", list[i].line);
        json_obj_end(j);
    }
    json_arr_end(j);
    return RC_OK;
}

enum rc handover_more(struct desk_json *d, const struct scope *scope, const struct account *who,
                      struct err *err)
{
    struct scope s = *scope;
    bool mine = who != NULL && who->n_roles > 0;
    if (mine) {
        s.role = who->role;
        s.n_roles = who->n_roles;
    }
    TRY(write_week(d, &s, mine, err));
    TRY(write_open(d, &s, mine, err));
    return write_people(d, &s, err);
}
