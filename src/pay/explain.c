/*
 * What is stored of a household for a month, proven and told: the same facts at the same position,
 * the rules by their hash, last month by its job give the same determination, and its trace.
 */
#include <stdio.h>
#include <string.h>

#include "pay/explain_in.h"
#include "pay/pay_sql.h"
#include "pay/run.h"
#include "people/people_sql.h"
#include "people/rule_text.h"
#include "people/then.h"

/* ---- what is stored ------------------------------------------------------------------------- */

MUST_CHECK static enum rc find_county(struct telling *t, struct err *err)
{
    int64_t *counties = NULL, known = 0;
    size_t n = 0, found = 0;

    if (t->spec->county != 0) {
        t->county = t->spec->county;
        return RC_OK;
    }
    TRY(division_counties(t->conn, str_from(t->first_day), &t->a, &counties, &n, err));
    for (size_t i = 0; i < n; i++) {
        const struct value v[] = {V_INT(counties[i]), V_INT(t->spec->household)};
        TRY(query_one(t->conn, &stmt_household_known, v, 2, &known, err));
        if (known == 0)
            continue;
        t->county = counties[i];
        found++;
    }
    if (found == 1)
        return RC_OK;
    if (found == 0)
        return err_set(err, RC_NOT_FOUND, "there is no household %lld",
                       (long long)t->spec->household);
    return err_set(err, RC_CONFLICT, "%zu counties have a household %lld; say COUNTY-%lld", found,
                   (long long)t->spec->household, (long long)t->spec->household);
}

MUST_CHECK static enum rc find_visible(struct telling *t, struct err *err)
{
    const struct value v[] = {V_INT(t->county), V_TEXT(str_from(t->month_text))};
    enum rc rc = query_one(t->conn, &stmt_run_visible, v, 2, &t->visible, err);

    if (rc == RC_NOT_FOUND)
        return err_set(err, rc, "county %lld: %s was not run", (long long)t->county, t->month_text);
    t->source.job_id = t->visible;
    return rc;
}

MUST_CHECK static enum rc read_units(struct telling *t, struct err *err)
{
    const struct value v[] = {V_INT(t->county), V_TEXT(str_from(t->month_text)),
                              V_INT(t->spec->household), V_INT(t->visible)};
    struct query *q = NULL;

    TRY(query(t->conn, &stmt_run_determinations_of, v, 4, &q, err));
    while (query_next(q)) {
        struct found_unit *u = VEC_PUSH(&t->a, &t->units);
        struct policy *name = NEW(&t->a, struct policy); /* only its name, as it is stored */
        str hash = query_blob(q, 6);
        name->name.text = str_dup(&t->a, query_text(q, 1));
        *u = (struct found_unit){.household = t->spec->household,
                                 .person = query_int(q, 0),
                                 .policy = name,
                                 .outcome = str_dup(&t->a, query_text(q, 2)),
                                 .reasons = str_dup(&t->a, query_text(q, 3)),
                                 .fen = query_null(q, 4) ? AMOUNT_OPEN : query_int(q, 4),
                                 .carried = str_dup(&t->a, query_text(q, 5))};
        memcpy(u->hash, hash.p, hash.n < VAULT_HASH ? hash.n : VAULT_HASH);
        if (query_int(q, 7) != 0)
            t->source.job_id = query_int(q, 7);
    }
    return query_end(q, err);
}

static enum ground ground_find(str word)
{
    for (int i = 0; i < GROUND__COUNT; i++)
        if (str_eq(word, ground_words[i]))
            return (enum ground)i;
    return GROUND__COUNT;
}

MUST_CHECK static enum rc read_awards(struct telling *t, struct err *err)
{
    const struct value v[] = {V_INT(t->county), V_TEXT(str_from(t->month_text)),
                              V_INT(t->spec->household), V_INT(t->visible)};
    struct query *q = NULL;

    TRY(query(t->conn, &stmt_run_awards_of, v, 4, &q, err));
    while (query_next(q)) {
        struct policy *name = NEW(&t->a, struct policy);
        name->name.text = str_dup(&t->a, query_text(q, 1));
        *VEC_PUSH(&t->a, &t->awards) =
            (struct found_award){.household = t->spec->household,
                                 .person = query_int(q, 0),
                                 .policy = name,
                                 .fen = query_int(q, 2),
                                 .ground = ground_find(query_text(q, 3))};
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc read_source(struct telling *t, struct err *err)
{
    const struct value v[] = {V_INT(t->county), V_INT(t->source.job_id)};
    struct query *q = NULL;
    bool found = false;

    TRY(query(t->conn, &stmt_run_job_find, v, 2, &q, err));
    found = query_next(q);
    if (found) {
        t->source.position = query_int(q, 0);
        t->source.rule_hash = str_dup(&t->a, query_text(q, 1));
        t->source.engine = str_dup(&t->a, query_text(q, 2));
        t->source.last_job = query_int(q, 3);
        t->source.decide = decide_find(query_text(q, 4));
    }
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_RULE, "county %lld: the run %lld of %s is missing",
                       (long long)t->county, (long long)t->source.job_id, t->month_text);
    if (str_eq(t->source.engine, S("import")))
        return err_set(err, RC_NOT_FOUND,
                       "county %lld: %s was taken over from elsewhere, with amounts but without "
                       "determinations",
                       (long long)t->county, t->month_text);
    if (!str_eq(t->source.engine, S(ENGINE_VERSION)))
        return err_set(err, RC_RULE,
                       "%s was determined by %.*s, this program is %s: only that version can "
                       "prove it",
                       t->month_text, STR_ARG(t->source.engine), ENGINE_VERSION);
    return RC_OK;
}

/* ---- recomputed ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc recompute(struct telling *t, day on_day, int64_t position,
                                    struct err *err)
{
    char text[11];
    const struct intake_spec spec = {.city = &t->city,
                                     .rules = t->city.rules,
                                     .county = t->county,
                                     .month = t->spec->month,
                                     .on_day = on_day,
                                     .position = position,
                                     .last_job = t->source.last_job,
                                     .only_household = t->spec->household,
                                     .conn = t->conn};

    intake_close(&t->in);
    TRY(intake_open(&spec, &t->in, err));
    TRY(intake_read(&spec, &t->in, t->spec->household, err));
    if (t->in.last)
        return err_set(err, RC_NOT_FOUND, "county %lld has no household %lld on %s",
                       (long long)t->county, (long long)t->spec->household,
                       on_day != 0 ? date_text(on_day, text) : t->first_day);
    return determine_slice(t->determiner, &t->in, &t->a, &t->now, err);
}

/* ---- compared ------------------------------------------------------------------------------- */

const struct found_unit *unit_like(const struct found_unit *list, size_t n,
                                   const struct found_unit *u)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].person == u->person && str_eq(list[i].policy->name.text, u->policy->name.text))
            return &list[i];
    return NULL;
}

static str yuan_or_open(int64_t fen, struct arena *a)
{
    char text[32];

    return fen == AMOUNT_OPEN ? S("open") : str_dup(a, str_from(money_text(fen, false, text)));
}

str unit_difference(const struct found_unit *stored, const struct found_unit *now, struct arena *a)
{
    if (!str_eq(stored->outcome, now->outcome))
        return str_fmt(a, "outcome %.*s, recomputed %.*s", STR_ARG(stored->outcome),
                       STR_ARG(now->outcome));
    if (stored->fen != now->fen)
        return str_fmt(a, "amount %.*s, recomputed %.*s", STR_ARG(yuan_or_open(stored->fen, a)),
                       STR_ARG(yuan_or_open(now->fen, a)));
    if (!str_eq(stored->reasons, now->reasons))
        return str_fmt(a, "reasons “%.*s”, recomputed “%.*s”", STR_ARG(stored->reasons),
                       STR_ARG(now->reasons));
    if (!str_eq(stored->carried, now->carried))
        return str_fmt(a, "carried over “%.*s”, recomputed “%.*s”", STR_ARG(stored->carried),
                       STR_ARG(now->carried));
    return S("");
}

MUST_CHECK static enum rc differs(const struct telling *t, const struct policy *p, int64_t person,
                                  str what, struct err *err)
{
    char whom[40] = "";

    if (person != 0)
        snprintf(whom, sizeof whom, " of person %lld", (long long)person);
    return err_set(err, RC_RULE, "household %lld-%lld, %s: %.*s%s is not what it was: stored %.*s",
                   (long long)t->county, (long long)t->spec->household, t->month_text,
                   STR_ARG(p->name.text), whom, STR_ARG(what));
}

MUST_CHECK static enum rc compare_units(struct telling *t, struct err *err)
{
    const struct found *now = &t->now;

    for (size_t i = 0; i < t->units.n; i++) {
        const struct found_unit *s = &t->units.at[i];
        const struct found_unit *u = unit_like(now->units.at, now->units.n, s);
        if (u == NULL)
            return differs(t, s->policy, s->person, S("a determination, recomputed none"), err);
        str what = unit_difference(s, u, &t->a);
        if (what.n > 0)
            return differs(t, s->policy, s->person, what, err);
        if (memcmp(s->hash, u->hash, VAULT_HASH) != 0)
            return differs(t, s->policy, s->person,
                           str_fmt(&t->a,
                                   "hash %.*s, recomputed %.*s: what it follows from is not "
                                   "what it was",
                                   STR_ARG(hash_text(s->hash, &t->a)),
                                   STR_ARG(hash_text(u->hash, &t->a))),
                           err);
    }
    for (size_t i = 0; i < now->units.n; i++)
        if (unit_like(t->units.at, t->units.n, &now->units.at[i]) == NULL)
            return differs(t, now->units.at[i].policy, now->units.at[i].person,
                           S("no determination, recomputed one"), err);
    return RC_OK;
}

static const struct found_award *award_like(const struct found_award *list, size_t n,
                                            const struct found_award *a)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].person == a->person && str_eq(list[i].policy->name.text, a->policy->name.text))
            return &list[i];
    return NULL;
}

MUST_CHECK static enum rc compare_awards(struct telling *t, struct err *err)
{
    const struct found *now = &t->now;

    for (size_t i = 0; i < t->awards.n; i++) {
        const struct found_award *s = &t->awards.at[i];
        const struct found_award *w = award_like(now->awards.at, now->awards.n, s);
        if (w == NULL || w->fen != s->fen || w->ground != s->ground)
            return differs(t, s->policy, s->person,
                           str_fmt(&t->a, "award %.*s, recomputed %.*s",
                                   STR_ARG(yuan_or_open(s->fen, &t->a)),
                                   STR_ARG(w != NULL ? yuan_or_open(w->fen, &t->a) : S("none"))),
                           err);
    }
    for (size_t i = 0; i < now->awards.n; i++)
        if (award_like(t->awards.at, t->awards.n, &now->awards.at[i]) == NULL)
            return differs(t, now->awards.at[i].policy, now->awards.at[i].person,
                           S("no award, recomputed one"), err);
    return RC_OK;
}

/* ---- the whole ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc open_rules(struct telling *t, str rule_hash, struct err *err)
{
    TRY(city_then(t->spec->city, t->conn, rule_hash, &t->a, &t->city, err));
    const struct determiner_spec spec = {.rules = t->city.rules,
                                         .place = t->city.place,
                                         .rule_hash = t->city.rule_hash,
                                         .county = t->county,
                                         .month = t->spec->month,
                                         .decide = t->source.decide};

    intake_close(&t->in);
    determiner_close(t->determiner);
    t->determiner = NULL;
    return determiner_open(&spec, &t->determiner, err);
}

/* As of another day, as known to the run; or as known at another time, by the rules in force at it. */
MUST_CHECK static enum rc known_otherwise(struct telling *t, struct err *err)
{
    const struct explain_spec *spec = t->spec;
    struct release_row release = {0};

    t->later = t->source.position;
    if (spec->known_at_ms != 0) {
        TRY(instant_position(t->conn, t->county, spec->known_at_ms, &t->later, err));
        TRY(rule_release_at(t->conn, spec->known_at_ms, &t->a, &release, err));
        TRY(open_rules(t, release.rule_hash, err));
    }
    return recompute(t, spec->as_of, t->later, err);
}

MUST_CHECK static enum rc prove(struct telling *t, struct err *err)
{
    TRY(find_county(t, err));
    TRY(find_visible(t, err));
    TRY(read_units(t, err));
    TRY(read_awards(t, err));
    TRY(read_source(t, err));
    TRY(open_rules(t, t->source.rule_hash, err));
    TRY(recompute(t, 0, t->source.position, err));
    TRY(compare_units(t, err));
    TRY(compare_awards(t, err));
    return t->spec->known_at_ms != 0 || t->spec->as_of != 0 ? known_otherwise(t, err) : RC_OK;
}

/* Proven and told, in one snapshot on one connection. */
MUST_CHECK static enum rc explain(const struct explain_spec *spec, struct sbuf *out, struct json *j,
                                  struct err *err)
{
    struct telling t = {.spec = spec};

    month_text(spec->month, t.month_text);
    date_text(month_first(spec->month), t.first_day);
    TRY(store_reader(spec->city->store, &t.conn, err));
    enum rc rc = read_begin(t.conn, err);
    if (rc == RC_OK)
        rc = prove(&t, err);
    read_end(t.conn);
    store_reader_done(t.conn);
    if (rc == RC_OK)
        rc = out != NULL ? tell_text(&t, out, err) : tell_json(&t, j, err);
    intake_close(&t.in);
    determiner_close(t.determiner);
    arena_deinit(&t.a);
    return rc;
}

enum rc explain_stored(const struct explain_spec *spec, struct sbuf *out, struct err *err)
{
    return explain(spec, out, NULL, err);
}

enum rc explain_stored_json(const struct explain_spec *spec, struct json *j, struct err *err)
{
    return explain(spec, NULL, j, err);
}
