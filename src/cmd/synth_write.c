/*
 * A synthetic population into an empty store: one change a county, its rows in bulk in key order;
 * then the month before is run, so that the first run asked for finds last month's amounts. Families
 * in the middle of a gradual exit bring the amount of the month before that along, as a case load
 * taken over would.
 */
#include <string.h>

#include "cmd/synth.h"
#include "pay/past.h"
#include "pay/run.h"
#include "vault/vault_sql.h"

enum { DAY_MS = 86400000 };

/* Since when families and their facts are known; the newborn come later. */
#define HOUSEHOLDS_FROM "2015-01-01"
#define FACTS_FROM      "2020-01-01"

struct county_write {
    const struct synth_spec *spec;
    const struct synth_rules *rules;
    const struct synth_plan *plan;
    struct synth_counts *counts; /* of the whole population; only added to when all is well */
    uint64_t seed;
    int64_t county;
    struct synth_counts own; /* of this county */
    struct loader *loader;
    const struct fact_sheet *sheets; /* by table of the registers */
    char month_first[11];            /* of the month to come */
    struct arena arena;              /* of this county */
    VEC(struct load_award) exiting;  /* what families in gradual exit were paid */
};

/* Which fact of ours each column of a generated table shows; -1: none of them. */
struct fact_sheet {
    int8_t *fact; /* by position of the table's field */
    bool of_person, wanted;
};

/* ---- columns -------------------------------------------------------------------------------- */

static struct fact_sheet *sheets_make(const struct registers *r, const struct synth_rules *s,
                                      struct arena *a)
{
    struct fact_sheet *sheets = NEW_N(a, struct fact_sheet, r->n + 1);
    for (size_t t = 0; t < r->n; t++) {
        const struct fact_table *table = &r->tables[t];
        sheets[t].of_person = table->of_person;
        sheets[t].fact = NEW_N(a, int8_t, table->n_fields + 1);
        for (size_t i = 0; i < table->n_fields; i++) {
            sheets[t].fact[i] = -1;
            for (int k = 0; k < P__COUNT; k++)
                if (table->fields[i] == s->person[k])
                    sheets[t].fact[i] = (int8_t)k;
            for (int k = 0; k < H__COUNT; k++)
                if (table->fields[i] == s->household[k])
                    sheets[t].fact[i] = (int8_t)k;
            sheets[t].wanted |= sheets[t].fact[i] >= 0;
        }
    }
    return sheets;
}

/* A fact as the table stores it; `room` holds the text of a month. */
static struct value value_of(const struct field *f, int64_t v, bool unknown, char room[11])
{
    if (unknown)
        return V_NULL;
    switch (f->type.kind) {
    case K_CODE:
        return V_TEXT(code_name(f->type.code, (size_t)v));
    case K_MONTH:
        return V_TEXT(str_from(month_text((month)v, room)));
    case K_DATE:
        return V_TEXT(str_from(date_text((day)v, room)));
    default:
        return V_INT(v);
    }
}

MUST_CHECK static enum rc put_facts(struct county_write *w, size_t table, int64_t id, str from,
                                    str to, const int64_t *facts, uint32_t unknown, struct err *err)
{
    enum { FIELDS_MAX = 64 };
    const struct fact_table *t = &w->spec->city->registers->tables[table];
    struct value values[FIELDS_MAX];
    char room[FIELDS_MAX][11];
    if (t->n_fields > FIELDS_MAX)
        return err_set(err, RC_LIMIT, "%.*s has more than %d fields", STR_ARG(t->name), FIELDS_MAX);
    for (size_t i = 0; i < t->n_fields; i++) {
        int k = w->sheets[table].fact[i];
        values[i] = k < 0 ? V_NULL : value_of(t->fields[i], facts[k], unknown >> k & 1, room[i]);
    }
    return loader_facts(w->loader, table, id, from, to, values, err);
}

/* The facts of one subject in a table: up to the first of the month and since then, or all along. */
MUST_CHECK static enum rc put_history(struct county_write *w, size_t table, int64_t id, str from,
                                      const int64_t *before, uint32_t unknown_before,
                                      const int64_t *now, uint32_t unknown_now, struct err *err)
{
    str change_day = str_from(w->month_first);
    if (before == NULL)
        return put_facts(w, table, id, from, S(DAY_OPEN), now, unknown_now, err);
    TRY(put_facts(w, table, id, from, change_day, before, unknown_before, err));
    return put_facts(w, table, id, change_day, S(DAY_OPEN), now, unknown_now, err);
}

/* ---- one family ----------------------------------------------------------------------------- */

/* The later of a day and somebody's birth. */
static str from_birth(const char *from, str birth)
{
    str f = str_from(from);
    return str_cmp(birth, f) > 0 ? birth : f;
}

MUST_CHECK static enum rc put_enrolment(struct county_write *w, const struct synth_household *h,
                                        const struct synth_person *p, enum programme programme,
                                        day since, struct err *err)
{
    char from[11];
    bool town = h->urban;
    const struct enrolment_row row = {
        .household_id = h->id,
        .person_id = p != NULL ? p->id : 0,
        .programme = w->rules->policy[programme]->name.text,
        .valid_from = str_from(date_text(since, from)),
        .valid_to = S(DAY_OPEN),
        .cause = S("synthetic"),
        .account_id = p != NULL && p->card[0] != '\0' ? p->id : 0,
    };
    w->own.enrolled[programme][town]++;
    if (programme == DIBAO)
        w->own.dibao_persons[town] += (int64_t)h->n;
    return loader_enrolment(w->loader, &row, err);
}

MUST_CHECK static enum rc put_person(struct county_write *w, const struct synth_household *h,
                                     const struct synth_person *p, const struct ready_numbers *n,
                                     struct err *err)
{
    /* By the names, as the key has them. */
    static const enum programme by_name[] = {CARE, LIVING, TEKUN};
    char birth[11];
    char relation[3] = {(char)('0' + p->relation / 10), (char)('0' + p->relation % 10), '\0'};
    str born = str_from(date_text(p->birth, birth));
    const struct person_row row = {
        .person_id = p->id, .name = str_from(p->name), .sex = p->sex, .birth_date = born};
    const struct membership_row member = {.household_id = h->id,
                                          .person_id = p->id,
                                          .valid_from = from_birth(HOUSEHOLDS_FROM, born),
                                          .valid_to = S(DAY_OPEN),
                                          .relation = (str){relation, 2}};
    TRY(loader_person(w->loader, &row, err));
    TRY(loader_numbers(w->loader, p->id, n, err));
    TRY(loader_membership(w->loader, &member, err));
    for (size_t t = 0; t < w->spec->city->registers->n; t++)
        if (w->sheets[t].wanted && w->sheets[t].of_person)
            TRY(put_history(w, t, p->id, from_birth(FACTS_FROM, born),
                            h->changed ? p->before.value : NULL, p->before.unknown, p->now.value,
                            p->now.unknown, err));
    for (size_t k = 0; k < sizeof by_name / sizeof *by_name; k++)
        if (p->enrolled[by_name[k]])
            TRY(put_enrolment(w, h, p, by_name[k], p->since[by_name[k]], err));
    return RC_OK;
}

MUST_CHECK static enum rc put_household(struct county_write *w, const struct synth_household *h,
                                        const struct ready_numbers *numbers, struct err *err)
{
    const struct household_row row = {.household_id = h->id,
                                      .valid_from = S(HOUSEHOLDS_FROM),
                                      .valid_to = S(DAY_OPEN),
                                      .division = h->division,
                                      .head_id = h->members[0].id};
    TRY(loader_household(w->loader, &row, err));
    for (size_t t = 0; t < w->spec->city->registers->n; t++)
        if (w->sheets[t].wanted && !w->sheets[t].of_person)
            TRY(put_history(w, t, h->id, S(FACTS_FROM), h->changed ? h->before.value : NULL,
                            h->before.unknown, h->now.value, h->now.unknown, err));
    if (h->enrolled)
        TRY(put_enrolment(w, h, NULL, DIBAO, h->since, err));
    if (h->above_since != 0)
        *VEC_PUSH(&w->arena, &w->exiting) = (struct load_award){.policy = w->rules->policy[DIBAO],
                                                                .household_id = h->id,
                                                                .fen = h->paid_before,
                                                                .first_above = h->above_since};
    for (size_t i = 0; i < h->n; i++)
        TRY(put_person(w, h, &h->members[i], &numbers[i], err));
    w->own.households++;
    w->own.persons += (int64_t)h->n;
    return RC_OK;
}

/* ---- one county ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc put_batches(struct county_write *w, struct synth_source *source,
                                      struct err *err)
{
    struct synth_batch *b = NULL;
    for (;;) {
        TRY(synth_source_next(source, &b, err));
        if (b == NULL)
            return RC_OK;
        size_t person = 0;
        for (size_t i = 0; i < b->n; i++) {
            TRY(put_household(w, &b->households[i], &b->numbers[person], err));
            person += b->households[i].n;
        }
        if (w->spec->progress != NULL)
            w->spec->progress(w->spec->ctx, w->counts->persons + w->own.persons);
    }
}

/* What the change tells the audit: all its rows follow from these. */
static void note(struct change *c, const struct county_write *w)
{
    const struct value v[] = {V_TEXT(w->spec->seed), V_INT(w->spec->persons), V_INT(w->county),
                              V_INT(w->own.households), V_INT(w->own.persons)};
    change_note(c, "synth", v, sizeof v / sizeof *v);
}

/* Nobody in this store exists: what may be done only to such a one asks for this. */
MUST_CHECK static enum rc mark_synthetic(struct change *c, struct err *err)
{
    const struct value v[] = {V_TEXT(S("synthetic")), V_TEXT(S("1"))};
    return exec(c->conn, &stmt_meta_put, v, 2, NULL, err);
}

MUST_CHECK static enum rc put_county(struct county_write *w, struct err *err)
{
    const struct synth_source_spec from = {.rules = w->rules,
                                           .plan = w->plan,
                                           .vault = w->spec->city->vault,
                                           .ids = &w->spec->city->ids,
                                           .seed = w->seed,
                                           .county = w->county};
    struct synth_source *source = NULL;
    TRY(synth_source_open(&from, &source, err));
    enum rc rc = put_batches(w, source, err);
    synth_source_close(source);
    return rc;
}

static enum rc write_county(struct change *c, void *ctx, struct err *err)
{
    struct county_write *w = ctx;
    struct city *city = w->spec->city;
    int64_t ids = city->ids.last;
    w->own = (struct synth_counts){0};
    memset(&w->exiting, 0, sizeof w->exiting);
    TRY(loader_open(c, city->registers, &w->loader, err));
    enum rc rc = put_county(w, err);
    enum rc closed = loader_close(w->loader, rc == RC_OK ? err : NULL);
    rc = rc != RC_OK ? rc : closed;
    if (rc == RC_OK && w->exiting.n > 0)
        rc = past_awards_put(c, city, w->rules->month - 2, false, w->exiting.at, w->exiting.n, err);
    note(c, w);
    if (rc == RC_OK)
        rc = mark_synthetic(c, err);
    arena_reset(&w->arena);
    /* When it has to be written again, the same ids come again. */
    if (rc != RC_OK)
        city->ids.last = ids;
    return rc;
}

static void add_counts(struct synth_counts *to, const struct synth_counts *c)
{
    to->households += c->households;
    to->persons += c->persons;
    for (int k = 0; k < 2 * PROGRAMMES; k++)
        to->enrolled[k / 2][k % 2] += c->enrolled[k / 2][k % 2];
    to->dibao_persons[0] += c->dibao_persons[0];
    to->dibao_persons[1] += c->dibao_persons[1];
}

/* ---- the city ------------------------------------------------------------------------------- */

int64_t synth_time(str seed, month m)
{
    struct rng r = rng_of(str_hash(seed), 't', 0);
    int64_t last_month = (int64_t)month_first(m - 1) * DAY_MS;
    return last_month + 19 * (int64_t)DAY_MS + rng_below(&r, DAY_MS);
}

static int64_t time_now(void *ctx)
{
    return *(const int64_t *)ctx;
}

MUST_CHECK static enum rc plan_make(const struct synth_spec *spec, uint64_t seed, struct arena *a,
                                    struct synth_plan *plan, struct err *err)
{
    struct division_info *divisions = NULL;
    struct conn *c = NULL;
    size_t n = 0;
    bool any = false;
    char today[11];
    TRY(store_reader(spec->city->store, &c, err));
    enum rc rc = population_any(c, &any, err);
    if (rc == RC_OK)
        rc = division_list(c, str_from(date_text(month_first(spec->month), today)), a, &divisions,
                           &n, err);
    store_reader_done(c);
    TRY(rc);
    if (any)
        return err_set(err, RC_CONFLICT,
                       "%s has people in it: a synthetic population goes into an empty store",
                       store_url(spec->city->store));
    return synth_plan_make(divisions, n, spec->persons, seed, a, plan, err);
}

MUST_CHECK static enum rc write_counties(struct county_write *w, int64_t at_ms, struct err *err)
{
    for (size_t i = 0; i < w->plan->n_counties; i++) {
        w->county = w->plan->counties[i];
        const struct change_spec change = {.store = w->spec->city->store,
                                           .county_code = w->county,
                                           .who = w->spec->city->who,
                                           .why = S("a synthetic population"),
                                           .at_ms = at_ms};
        TRY(change_write(&change, write_county, w, NULL, err));
        add_counts(w->counts, &w->own);
    }
    return RC_OK;
}

static enum rc drop(struct conn *c, void *ctx, struct err *err)
{
    (void)ctx;
    return indexes_drop(c, err);
}

static enum rc make(struct conn *c, void *ctx, struct err *err)
{
    (void)ctx;
    return indexes_make(c, err);
}

MUST_CHECK static enum rc run_before(const struct synth_spec *spec, int64_t at_ms, struct arena *a,
                                     struct err *err)
{
    const struct run_spec run = {
        .city = spec->city, .month = spec->month - 1, .at_ms = at_ms, .decide = DECIDE_PAST};
    struct run_result ignored;
    return spec->persons > 0 ? run_month(&run, a, &ignored, err) : RC_OK;
}

enum rc synth_write(const struct synth_spec *spec, struct synth_counts *counts, struct err *err)
{
    struct arena a = {0};
    struct synth_rules rules;
    struct synth_plan plan = {0};
    int64_t at_ms = synth_time(spec->seed, spec->month);
    struct county_write w = {.spec = spec,
                             .rules = &rules,
                             .plan = &plan,
                             .counts = counts,
                             .seed = str_hash(spec->seed)};
    struct id_source clock = spec->city->ids;
    *counts = (struct synth_counts){0};
    date_text(month_first(spec->month), w.month_first);
    spec->city->ids = (struct id_source){.now_ms = time_now, .ctx = &at_ms};
    enum rc rc = synth_rules_of(spec->city->rules, spec->city->place, spec->month, &rules, err);
    if (rc == RC_OK)
        rc = plan_make(spec, w.seed, &a, &plan, err);
    w.sheets = rc == RC_OK ? sheets_make(spec->city->registers, &rules, &a) : NULL;
    if (rc == RC_OK)
        rc = store_write(spec->city->store, drop, NULL, err);
    if (rc == RC_OK) {
        rc = write_counties(&w, at_ms, err);
        enum rc made = store_write(spec->city->store, make, NULL, rc == RC_OK ? err : NULL);
        rc = rc != RC_OK ? rc : made;
    }
    if (rc == RC_OK)
        rc = run_before(spec, at_ms, &a, err);
    spec->city->ids = clock;
    arena_deinit(&w.arena);
    arena_deinit(&a);
    return rc;
}
