/* Bringing the store's divisions to those of the file, and refusing to lose where people live. */
#include <string.h>

#include "people/division_load.h"
#include "people/people_sql.h"

enum { NAMED_MOST = 10 }; /* divisions named in one message */

struct loading {
    struct change *c;
    const struct division_file *f;
    struct arena arena;
    VEC(struct division_info) was;
    VEC(struct succession) was_successions;
};

MUST_CHECK static enum rc read_was(struct loading *l, struct err *err)
{
    struct query *q = NULL;
    TRY(query(l->c->conn, &stmt_division_all, NULL, 0, &q, err));
    while (query_next(q))
        *VEC_PUSH(&l->arena, &l->was) = (struct division_info){
            .division = query_int(q, 0),
            .parent = query_int(q, 1),
            .county_code = query_int(q, 2),
            .name = str_dup(&l->arena, query_text(q, 3)),
            .kind = str_dup(&l->arena, query_text(q, 4)),
            .valid_from = str_dup(&l->arena, query_text(q, 5)),
            .valid_to = str_dup(&l->arena, query_text(q, 6)),
        };
    TRY(query_end(q, err));
    TRY(query(l->c->conn, &stmt_division_succession_all, NULL, 0, &q, err));
    while (query_next(q))
        *VEC_PUSH(&l->arena, &l->was_successions) = (struct succession){
            .old_division = query_int(q, 0),
            .new_division = query_int(q, 1),
            .on_day = str_dup(&l->arena, query_text(q, 2)),
            .how = str_dup(&l->arena, query_text(q, 3)),
        };
    return query_end(q, err);
}

/* ---- rows of both sides, in one order ------------------------------------------------------- */

static int compare(const struct division_info *a, const struct division_info *b)
{
    if (a->division != b->division)
        return a->division < b->division ? -1 : 1;
    return str_cmp(a->valid_from, b->valid_from);
}

static bool same(const struct division_info *a, const struct division_info *b)
{
    return a->parent == b->parent && a->county_code == b->county_code && str_eq(a->name, b->name) &&
           str_eq(a->kind, b->kind) && str_eq(a->valid_to, b->valid_to);
}

MUST_CHECK static enum rc take_out(struct loading *l, const struct division_info *d,
                                   struct err *err)
{
    const struct value v[] = {V_INT(d->division), V_TEXT(d->valid_from)};
    change_note(l->c, "division", v, 2);
    return exec(l->c->conn, &stmt_division_remove, v, 2, NULL, err);
}

MUST_CHECK static enum rc put_in(struct loading *l, const struct division_info *d, struct err *err)
{
    const struct value v[] = {V_INT(d->division),   V_TEXT(d->valid_from), V_TEXT(d->valid_to),
                              V_TEXT(d->name),      V_TEXT(d->kind),       V_INT(d->parent),
                              V_INT(d->county_code)};
    change_note(l->c, "division", v, 7);
    return exec(l->c->conn, &stmt_division_put, v, 7, NULL, err);
}

MUST_CHECK static enum rc bring_divisions(struct loading *l, struct err *err)
{
    size_t i = 0, k = 0;
    while (i < l->was.n || k < l->f->n) {
        const struct division_info *was = i < l->was.n ? &l->was.at[i] : NULL;
        const struct division_info *is = k < l->f->n ? &l->f->rows[k] : NULL;
        int order = was == NULL ? 1 : is == NULL ? -1 : compare(was, is);
        i += order <= 0;
        k += order >= 0;
        if (order == 0 && same(was, is))
            continue;
        if (order <= 0)
            TRY(take_out(l, was, err));
        if (order >= 0)
            TRY(put_in(l, is, err));
    }
    return RC_OK;
}

/* Few rows: all out, all in, when anything differs. */
MUST_CHECK static enum rc bring_successions(struct loading *l, struct err *err)
{
    bool equal = l->was_successions.n == l->f->n_successions;
    for (size_t i = 0; equal && i < l->f->n_successions; i++) {
        const struct succession *a = &l->was_successions.at[i];
        const struct succession *b = &l->f->successions[i];
        equal = a->old_division == b->old_division && a->new_division == b->new_division &&
                str_eq(a->on_day, b->on_day) && str_eq(a->how, b->how);
    }
    if (equal)
        return RC_OK;
    for (size_t i = 0; i < l->was_successions.n; i++) {
        const struct succession *s = &l->was_successions.at[i];
        const struct value v[] = {V_INT(s->old_division), V_INT(s->new_division),
                                  V_TEXT(s->on_day)};
        TRY(exec(l->c->conn, &stmt_division_succession_remove, v, 3, NULL, err));
    }
    for (size_t i = 0; i < l->f->n_successions; i++) {
        const struct succession *s = &l->f->successions[i];
        const struct value v[] = {V_INT(s->old_division), V_INT(s->new_division), V_TEXT(s->on_day),
                                  V_TEXT(s->how)};
        change_note(l->c, "division_succession", v, 4);
        TRY(exec(l->c->conn, &stmt_division_succession_put, v, 4, NULL, err));
    }
    return RC_OK;
}

/* ---- who would be left without a division --------------------------------------------------- */

static bool has_row(const struct loading *l, int64_t division, bool open)
{
    for (size_t i = 0; i < l->f->n; i++)
        if (l->f->rows[i].division == division &&
            (!open || str_eq(l->f->rows[i].valid_to, S(DAY_OPEN))))
            return true;
    return false;
}

static bool becomes(const struct loading *l, int64_t division)
{
    for (size_t i = 0; i < l->f->n_successions; i++)
        if (l->f->successions[i].old_division == division)
            return true;
    return false;
}

static str name_of(const struct loading *l, int64_t division)
{
    for (size_t i = 0; i < l->was.n; i++)
        if (l->was.at[i].division == division)
            return l->was.at[i].name;
    return S("");
}

MUST_CHECK static enum rc check_lived_in(struct loading *l, struct err *err)
{
    struct sbuf names;
    struct query *q = NULL;
    size_t n = 0;
    int64_t all = 0;
    sbuf_init(&names, 900);
    enum rc rc = query(l->c->conn, &stmt_division_lived_in, NULL, 0, &q, err);
    while (rc == RC_OK && query_next(q)) {
        int64_t division = query_int(q, 0);
        int64_t households = query_int(q, 3);
        int64_t still = query_int(q, 4);
        bool kept = has_row(l, division, false) &&
                    (still == 0 || has_row(l, division, true) || becomes(l, division));
        if (kept)
            continue;
        all += households;
        if (n++ < NAMED_MOST)
            sbuf_fmt(&names, "%s%.*s %lld (%lld)", n > 1 ? ", " : "", STR_ARG(name_of(l, division)),
                     (long long)division, (long long)households);
    }
    if (rc == RC_OK)
        rc = query_end(q, err);
    if (rc == RC_OK && n > 0)
        rc = err_set(err, RC_RULE,
                     "divisions.csv has lost %zu %s of %lld households: %.*s%s; say in the column "
                     "becomes what became of them, or put them back",
                     n, n == 1 ? "division" : "divisions", (long long)all,
                     STR_ARG(sbuf_str(&names)), n > NAMED_MOST ? " …" : "");
    sbuf_deinit(&names);
    return rc;
}

enum rc division_load(struct change *c, const struct division_file *f, struct err *err)
{
    struct loading l = {.c = c, .f = f};
    enum rc rc = read_was(&l, err);
    if (rc == RC_OK)
        rc = check_lived_in(&l, err);
    if (rc == RC_OK)
        rc = bring_divisions(&l, err);
    if (rc == RC_OK)
        rc = bring_successions(&l, err);
    arena_deinit(&l.arena);
    return rc;
}
