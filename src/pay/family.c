/* See family.h: one act, in one transaction; shown, it is not committed. */
#include "pay/family.h"

#include <stdarg.h>
#include <stdio.h>

#include "pay/family_in.h"
#include "pay/pay_sql.h"

const char *family_means_word(enum family_means m)
{
    static const char *const words[] = {"same", "raise",     "cut",  "stop",
                                        "ends", "unclaimed", "open", "elsewhere"};
    return words[m];
}

const char *family_by_word(enum family_by b)
{
    static const char *const words[] = {"nobody", "act", "proposal", "choice", "kinship"};
    return words[b];
}

enum rc family_wrong(struct family *f, enum rc rc, const char *field, struct err *err,
                     const char *fmt, ...)
{
    char text[sizeof err->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    f->out->field = field;
    return err_set(err, rc, "%s", text);
}

enum rc family_within(struct family *f, int64_t county,
                      enum rc (*fn)(struct change *c, void *ctx, struct err *err), void *ctx,
                      struct err *err)
{
    return county == f->c->county_code ? fn(f->c, ctx, err)
                                       : change_beside(f->c, county, fn, ctx, err);
}

/* ---- whose is seen -------------------------------------------------------------------------- */

/* As it is after; one that is made belongs to where it lives. */
MUST_CHECK static enum rc tell_home(struct family *f, size_t at, struct err *err)
{
    const struct family_act *act = f->act;
    struct family_home *h = &f->homes.at[at];
    struct household_view v;
    /* Who died today is still there today. */
    TRY(household_view(act->city, f->c->conn, h->county, h->household, act->today + 1, false, f->a,
                       &v, err));
    h->division = v.division;
    h->over = v.over;
    for (size_t i = 0; i < v.members.n; i++) {
        h->members += v.members.at[i].here;
        if (v.members.at[i].person == v.head)
            h->head = v.members.at[i].name;
    }
    if (h->made)
        h->seen = scope_covers(act->scope, h->division);
    return RC_OK;
}

/* ---- the act -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc check_version(struct family *f, struct err *err)
{
    const struct family_act *act = f->act;
    struct household_view v;
    TRY(household_view(act->city, f->c->conn, act->county, act->household, act->today, false, f->a,
                       &v, err));
    if (act->version != 0 && act->version != v.version)
        return err_set(err, RC_CONFLICT,
                       "the household was changed meanwhile (version %lld, expected %lld): look at "
                       "it again",
                       (long long)v.version, (long long)act->version);
    return RC_OK;
}

/* fn of a change may run again. */
static void begin_again(struct family *f, struct change *c)
{
    struct family_result *out = f->out;
    *out = (struct family_result){.county = f->act->county, .household = f->act->household};
    family_close(f);
    f->c = c;
    f->done = false;
    f->homes.n = f->rows.n = f->before.n = f->after.n = 0;
    f->plans.n = f->overs.n = f->renamed.n = f->went.n = 0;
    f->tasks = (struct proposal_tasks){0};
}

MUST_CHECK static enum rc look_all(struct family *f, bool after, struct err *err)
{
    for (size_t i = 0; i < f->homes.n; i++) {
        struct look l = {0};
        TRY(family_look(f, i, &l, err));
        if (after)
            *VEC_PUSH(f->a, &f->after) = l;
        else
            *VEC_PUSH(f->a, &f->before) = l;
    }
    return RC_OK;
}

/*
 * A family of another office: who knows somebody's number learns whom to turn to, and no more. Not even
 * what it would come to here, since that tells what the others earn.
 */
MUST_CHECK static enum rc kept_elsewhere(struct family *f, struct err *err)
{
    enum { WITHIN_TOWNSHIP = 1000 };
    const struct family_home *h = &f->homes.at[family_unseen(f)];
    const struct plan *plan = NULL;
    struct household_view v;
    if (!f->preview)
        return family_wrong(f, RC_RULE, f->act->kind == FAMILY_MARRIAGE ? "partner" : "household",
                            err,
                            "another office keeps that family: it records first that the person "
                            "leaves for a household here, then this can be recorded; or an office "
                            "that sees both families records it");
    TRY(household_view(f->act->city, f->c->conn, h->county, h->household, f->act->day, false, f->a,
                       &v, err));
    f->out->kept_by = v.division - v.division % WITHIN_TOWNSHIP;
    return family_plan(f, f->act->county, &plan, err);
}

MUST_CHECK static enum rc do_act(struct family *f, struct err *err)
{
    TRY(check_version(f, err));
    TRY(family_touch(f, err));
    if (family_unseen(f) != SIZE_MAX)
        return kept_elsewhere(f, err);
    TRY(look_all(f, false, err));
    TRY(family_edit(f, err));
    TRY(family_relate(f, err));
    /* What is made was nothing before. */
    while (f->before.n < f->homes.n)
        *VEC_PUSH(f->a, &f->before) = (struct look){0};
    TRY(look_all(f, true, err));
    for (size_t i = 0; i < f->homes.n; i++)
        TRY(tell_home(f, i, err));
    TRY(family_rows(f, err));
    if (!f->preview)
        TRY(family_settle(f, err));
    return RC_OK;
}

/* The household as it is now, for who changes it next. */
MUST_CHECK static enum rc stands(struct family *f, struct err *err)
{
    struct family_result *out = f->out;
    struct household_view v;
    for (size_t i = 0; i < f->homes.n; i++)
        if (f->homes.at[i].made) {
            out->made_county = f->homes.at[i].county;
            out->made = f->homes.at[i].household;
        }
    if (f->act->kind == FAMILY_MOVE && out->made != 0) {
        out->county = out->made_county;
        out->household = out->made;
    }
    TRY(household_view(f->act->city, f->c->conn, out->county, out->household, f->act->today, false,
                       f->a, &v, err));
    out->version = v.version;
    return RC_OK;
}

static enum rc once(struct change *c, void *ctx, struct err *err)
{
    struct family *f = ctx;
    begin_again(f, c);
    enum rc rc = do_act(f, err);
    if (rc == RC_OK)
        rc = stands(f, err);
    family_close(f);
    TRY(rc);
    f->out->homes = f->homes.at;
    f->out->n_homes = f->homes.n;
    f->out->rows = f->rows.at;
    f->out->n_rows = f->rows.n;
    f->out->renamed = f->renamed.at;
    f->out->n_renamed = f->renamed.n;
    f->out->month = f->plans.n > 0 ? f->plans.at[0].month : 0;
    f->done = true;
    return f->preview ? err_set(err, RC_INTERRUPTED, "shown, not done") : RC_OK;
}

MUST_CHECK static enum rc run(const struct family_act *act, bool preview, struct arena *a,
                              struct family_result *out, struct err *err)
{
    struct family f = {.act = act, .out = out, .a = a, .preview = preview};
    struct conn *c = NULL;
    int64_t county = 0;
    *out = (struct family_result){.county = act->county, .household = act->household};
    TRY(store_reader(act->city->store, &c, err));
    enum rc rc = family_begins(&f, c, &county, err);
    store_reader_done(c);
    TRY(rc);
    const struct change_spec spec = {.store = act->city->store,
                                     .county_code = county,
                                     .who = act->scope->login,
                                     .why = str_fmt(a, "家庭变动·%s：%.*s",
                                                    family_kind_label(act->kind, false),
                                                    STR_ARG(str_trim(act->evidence)))};
    rc = change_write(&spec, once, &f, NULL, err);
    if (rc == RC_INTERRUPTED && preview && f.done) {
        *err = (struct err){0};
        return RC_OK;
    }
    return rc;
}

enum rc family_preview(const struct family_act *act, struct arena *a, struct family_result *out,
                       struct err *err)
{
    return run(act, true, a, out, err);
}

enum rc family_decide(const struct family_act *act, struct arena *a, struct family_result *out,
                      struct err *err)
{
    return run(act, false, a, out, err);
}
