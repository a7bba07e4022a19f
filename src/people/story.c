/*
 * What happened to a household, in words: read off the rows that are believed now, each with who
 * recorded it; and the changes that replaced something earlier, with their reason.
 */
#include <stdlib.h>
#include <string.h>

#include "people/people_sql.h"
#include "people/versioned.h"
#include "people/view.h"

struct told {
    struct view_event e;
    int64_t position;
};
struct by {
    int64_t position, at_ms;
    str who, why;
};

struct telling {
    const struct city *city;
    struct conn *c;
    struct arena *a;
    int64_t position; /* as told then; 0: now */
    struct household_view v;
    VEC(struct told) events;
    VEC(struct by) changes; /* met so far */
};
static void tell(struct telling *t, str on, const char *kind, int64_t position, str zh, str en)
{
    *VEC_PUSH(t->a, &t->events) =
        (struct told){{.day = str_dup(t->a, on), .kind = kind, .what = {zh, en}}, position};
}

/* The statement of now, or the one of then with the position behind its other parameters. */
MUST_CHECK static enum rc read_rows(const struct telling *t, const struct statement *now,
                                    const struct statement *then, struct query **q, struct err *err)
{
    const struct value v[] = {V_INT(t->v.county), V_INT(t->v.household), V_INT(t->position)};
    return t->position == 0 ? query(t->c, now, v, 2, q, err) : query(t->c, then, v, 3, q, err);
}

static str name_of(const struct telling *t, int64_t person)
{
    for (size_t i = 0; i < t->v.members.n; i++)
        if (t->v.members.at[i].person == person)
            return t->v.members.at[i].name;
    return S("");
}

/* ---- the household itself ------------------------------------------------------------------- */

MUST_CHECK static enum rc tell_household(struct telling *t, struct err *err)
{
    int64_t division = 0, head = 0, n = 0;
    struct query *q = NULL;
    TRY(read_rows(t, &stmt_view_household, &stmt_time_household, &q, err));
    while (query_next(q)) {
        int64_t position = query_int(q, 2), at = query_int(q, 3), who = query_int(q, 4);
        str from = query_text(q, 0), to = query_text(q, 1);
        if (n++ == 0)
            tell(t, from, "began", position, S("建立家庭档案"), S("household recorded"));
        else if (at != division)
            tell(t, from, "moved", position,
                 str_fmt(t->a, "住址由 %lld 迁至 %lld", (long long)division, (long long)at),
                 str_fmt(t->a, "moved from %lld to %lld", (long long)division, (long long)at));
        if (n > 1 && who != head)
            tell(t, from, "head", position,
                 str_fmt(t->a, "户主变更为 %.*s", STR_ARG(name_of(t, who))),
                 str_fmt(t->a, "%.*s is the head from now on", STR_ARG(name_of(t, who))));
        if (!str_eq(to, S(DAY_OPEN)) && str_eq(to, t->v.to) && t->v.over)
            tell(t, to, "ended", position, S("家庭档案终止"), S("household ended"));
        division = at;
        head = who;
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc tell_members(struct telling *t, struct err *err)
{
    struct query *q = NULL;
    TRY(read_rows(t, &stmt_view_members, &stmt_time_members, &q, err));
    while (query_next(q)) {
        str name = query_text(q, 5), relation = query_text(q, 4), to = query_text(q, 2);
        str death = query_text(q, 8);
        tell(t, query_text(q, 1), "joined", query_int(q, 3),
             str_fmt(t->a, "%.*s 成为家庭成员（%.*s）", STR_ARG(name),
                     STR_ARG(relation_label(relation, false))),
             str_fmt(t->a, "%.*s is a member (%.*s)", STR_ARG(name),
                     STR_ARG(relation_label(relation, true))));
        if (death.n > 0)
            tell(t, death, "died", query_int(q, 9), str_fmt(t->a, "%.*s 死亡", STR_ARG(name)),
                 str_fmt(t->a, "%.*s died", STR_ARG(name)));
        else if (!str_eq(to, S(DAY_OPEN)))
            tell(t, to, "left", query_int(q, 3),
                 str_fmt(t->a, "%.*s 不再是家庭成员", STR_ARG(name)),
                 str_fmt(t->a, "%.*s is no member any more", STR_ARG(name)));
    }
    return query_end(q, err);
}

/* ---- facts ---------------------------------------------------------------------------------- */

static void tell_fact(struct telling *t, const struct field *f, str name, str from,
                      int64_t position, const struct value *was, const struct value *is)
{
    str label = f->label.zh.n > 0 ? f->label.zh : f->name.text;
    str label_en = f->label.en.n > 0 ? f->label.en : label;
    const char *whose = name.n > 0 ? "的" : "", *whose_en = name.n > 0 ? ": " : "";
    tell(t, from, "fact", position,
         str_fmt(t->a, "%.*s%s%.*s 由 %.*s 变为 %.*s", STR_ARG(name), whose, STR_ARG(label),
                 STR_ARG(fact_shown(f, was, false, t->a)), STR_ARG(fact_shown(f, is, false, t->a))),
         str_fmt(t->a, "%.*s%s%.*s from %.*s to %.*s", STR_ARG(name), whose_en, STR_ARG(label_en),
                 STR_ARG(fact_shown(f, was, true, t->a)), STR_ARG(fact_shown(f, is, true, t->a))));
    t->events.at[t->events.n - 1].e.field = f;
}

/* What changed from one row to the next; the first row of all is only said to be there. */
MUST_CHECK static enum rc tell_facts(struct telling *t, const struct fact_table *f, int64_t id,
                                     str name, struct err *err)
{
    const struct value v[] = {V_INT(t->v.county), V_INT(id), V_TEXT(S("")),
                              V_TEXT(S("9999-12-31"))};
    const struct value then[] = {v[0], v[1], V_INT(t->position)};
    struct value *was = NEW_N(t->a, struct value, f->n_fields + 1);
    bool first = true;
    struct query *q = NULL;
    TRY(t->position == 0 ? query(t->c, &f->overlap, v, 4, &q, err)
                         : query(t->c, &f->versions_then, then, 3, &q, err));
    while (query_next(q)) {
        str from = str_dup(t->a, query_text(q, 0));
        int64_t position = query_int(q, 2);
        for (size_t i = 0; i < f->n_fields; i++) {
            struct value is = query_null(q, 3 + i) ? V_NULL
                              : f->versions->types[i] == 'i'
                                  ? V_INT(query_int(q, 3 + i))
                                  : V_TEXT(str_dup(t->a, query_text(q, 3 + i)));
            if (!first && !value_same(&was[i], &is))
                tell_fact(t, f->fields[i], name, from, position, &was[i], &is);
            was[i] = is;
        }
        first = false;
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc tell_all_facts(struct telling *t, struct err *err)
{
    const struct registers *r = t->city->registers;
    for (size_t i = 0; i < r->n; i++) {
        const struct fact_table *f = &r->tables[i];
        if (str_eq(f->key, S("household_id")))
            TRY(tell_facts(t, f, t->v.household, S(""), err));
        for (size_t k = 0; f->of_person && k < t->v.members.n; k++)
            TRY(tell_facts(t, f, t->v.members.at[k].person, t->v.members.at[k].name, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc tell_enrolments(struct telling *t, struct err *err)
{
    struct query *q = NULL;
    TRY(read_rows(t, &stmt_view_enrolments, &stmt_time_enrolments, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(t->city->rules, query_text(q, 1));
        str zh = p != NULL ? p->label.zh : str_dup(t->a, query_text(q, 1));
        str en = p != NULL && p->label.en.n > 0 ? p->label.en : zh;
        str name = name_of(t, query_int(q, 0));
        str to = query_text(q, 3);
        tell(t, query_text(q, 2), "enrolled", query_int(q, 4),
             str_fmt(t->a, "%.*s%s纳入%.*s", STR_ARG(name), name.n > 0 ? " " : "", STR_ARG(zh)),
             str_fmt(t->a, "%.*s%senrolled: %.*s", STR_ARG(name), name.n > 0 ? " " : "",
                     STR_ARG(en)));
        if (!str_eq(to, S(DAY_OPEN)))
            tell(t, to, "stopped", query_int(q, 4),
                 str_fmt(t->a, "%.*s%s退出%.*s", STR_ARG(name), name.n > 0 ? " " : "", STR_ARG(zh)),
                 str_fmt(t->a, "%.*s%sno longer enrolled: %.*s", STR_ARG(name),
                         name.n > 0 ? " " : "", STR_ARG(en)));
    }
    return query_end(q, err);
}

/* ---- who said so ---------------------------------------------------------------------------- */

MUST_CHECK static enum rc find_change(struct telling *t, int64_t position, struct by *out,
                                      struct err *err)
{
    for (size_t i = 0; i < t->changes.n; i++)
        if (t->changes.at[i].position == position) {
            *out = t->changes.at[i];
            return RC_OK;
        }
    const struct value v[] = {V_INT(t->v.county), V_INT(position)};
    struct query *q = NULL;
    *out = (struct by){.position = position};
    TRY(query(t->c, &stmt_view_change, v, 2, &q, err));
    if (query_next(q)) {
        out->at_ms = query_int(q, 0);
        out->who = str_dup(t->a, query_text(q, 1));
        out->why = str_dup(t->a, query_text(q, 2));
    }
    *VEC_PUSH(t->a, &t->changes) = *out;
    return query_end(q, err);
}

static str day_of(struct arena *a, int64_t at_ms)
{
    char *text = arena_alloc(a, 11, 1);
    return str_from(date_text((day)((at_ms + 8 * 3600000) / 86400000), text)); /* China's */
}

/* The changes that replaced what was believed: their reasons are what a reader wants. */
MUST_CHECK static enum rc tell_corrections(struct telling *t, struct err *err)
{
    VEC(int64_t) list = {0};
    struct query *q = NULL;
    TRY(read_rows(t, &stmt_view_past_positions, &stmt_time_past_positions, &q, err));
    while (query_next(q))
        *VEC_PUSH(t->a, &list) = query_int(q, 0);
    TRY(query_end(q, err));
    for (size_t i = 0; i < list.n; i++) {
        struct by by;
        TRY(find_change(t, list.at[i], &by, err));
        tell(t, day_of(t->a, by.at_ms), "change", list.at[i], by.why, by.why);
    }
    return RC_OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct told *x = a, *y = b;
    int order = str_cmp(y->e.day, x->e.day);
    return order != 0 ? order : (y->position > x->position) - (y->position < x->position);
}

enum rc household_story(const struct city *city, struct conn *c, int64_t county, int64_t household,
                        size_t most, struct arena *a, struct view_event **out, size_t *n,
                        struct err *err)
{
    return household_story_then(city, c, county, household, 0, most, a, out, n, err);
}

enum rc household_story_then(const struct city *city, struct conn *c, int64_t county,
                             int64_t household, int64_t position, size_t most, struct arena *a,
                             struct view_event **out, size_t *n, struct err *err)
{
    struct telling t = {.city = city, .c = c, .a = a, .position = position};
    TRY(household_view_then(city, c, county, household, date_day(2199, 12, 31), position, false, a,
                            &t.v, err));
    TRY(tell_household(&t, err));
    TRY(tell_members(&t, err));
    TRY(tell_all_facts(&t, err));
    TRY(tell_enrolments(&t, err));
    TRY(tell_corrections(&t, err));
    if (t.events.n > 0)
        qsort(t.events.at, t.events.n, sizeof *t.events.at, newest_first);
    *n = t.events.n < most ? t.events.n : most;
    *out = NEW_N(a, struct view_event, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        struct by by;
        TRY(find_change(&t, t.events.at[i].position, &by, err));
        (*out)[i] = t.events.at[i].e;
        (*out)[i].who = by.who;
        (*out)[i].at_ms = by.at_ms;
    }
    return RC_OK;
}
