/* Checked files into the store: what is new in bulk, what is there already row by row. */
#include <stdlib.h>
#include <string.h>

#include "people/load_in.h"
#include "people/people_sql.h"

struct put {
    struct load *l;
    struct change *c;
    struct arena scraps; /* of one subject */
    struct loader *loader;
};

/* ---- values --------------------------------------------------------------------------------- */

static str day_str(struct arena *a, day d)
{
    char *out = arena_alloc(a, 11, 1);
    return str_from(date_text(d, out));
}

static struct value cell_value(struct arena *a, const struct field *f, union load_cell v)
{
    char *out = NULL;
    switch (f->type.kind) {
    case K_CODE:
        return V_TEXT(code_name(f->type.code, (size_t)v.i));
    case K_MONTH:
        out = arena_alloc(a, 8, 1);
        return V_TEXT(str_from(month_text((month)v.i, out)));
    case K_DATE:
        return V_TEXT(day_str(a, (day)v.i));
    case K_TEXT:
    case K_NAME:
    case K_CREDIT_CODE:
    case K_ADDRESS:
        return V_TEXT(str_from(v.z));
    default:
        return V_INT(v.i);
    }
}

/* The given facts of one table laid over `base` (NULL: nothing was known). False: there are none. */
static bool values_make(struct put *p, const struct load_table *t, const struct load_subject *s,
                        size_t table, const struct value *base, struct value *out)
{
    const struct fact_table *ft = &p->l->spec.city->registers->tables[table];
    bool any = false;
    for (size_t i = 0; i < ft->n_fields; i++)
        out[i] = base != NULL ? base[i] : V_NULL;
    for (size_t k = 0; k < t->facts.n; k++) {
        const struct load_fact *f = &t->facts.at[k];
        if (f->table != table || s->given[k] == 0)
            continue;
        any = true;
        out[f->at] = s->given[k] == 2 ? cell_value(&p->scraps, f->field, s->cells[k]) : V_NULL;
    }
    return any;
}

/* ---- new households, in bulk ---------------------------------------------------------------- */

MUST_CHECK static enum rc new_facts(struct put *p, const struct load_table *t,
                                    const struct load_subject *s, day from, struct err *err)
{
    const struct registers *r = p->l->spec.city->registers;
    for (size_t k = 0; k < r->n; k++) {
        struct value *v = NEW_N(&p->scraps, struct value, r->tables[k].n_fields + 1);
        if (!values_make(p, t, s, k, NULL, v))
            continue;
        change_note(p->c, r->tables[k].name.p, v, r->tables[k].n_fields);
        TRY(loader_facts(p->loader, k, s->id, day_str(&p->scraps, from), S(DAY_OPEN), v, err));
    }
    return RC_OK;
}

static day from_birth(day from, day birth)
{
    return birth > from ? birth : from;
}

MUST_CHECK static enum rc new_person(struct put *p, const struct load_household *h,
                                     const struct load_person *x, struct err *err)
{
    struct arena *a = &p->scraps;
    day from = from_birth(h->s.from, x->birth);
    const struct person_row row = {.person_id = x->s.id,
                                   .name = x->name,
                                   .sex = x->sex,
                                   .birth_date = day_str(a, x->birth),
                                   .death_date =
                                       x->death != DAY_NONE ? day_str(a, x->death) : S("")};
    const struct membership_row member = {.household_id = h->s.id,
                                          .person_id = x->s.id,
                                          .valid_from = day_str(a, from),
                                          .valid_to = S(DAY_OPEN),
                                          .relation = x->relation[0] != '\0' ? str_from(x->relation)
                                                                             : S("99")};
    const str numbers[NUMBER_CARD + 1] = {
        [NUMBER_IDENTITY] = x->identity, [NUMBER_PHONE] = x->phone, [NUMBER_CARD] = x->card};
    struct ready_numbers ready;
    const struct value note[] = {V_INT(x->s.id),          V_TEXT(row.name),         V_INT(row.sex),
                                 V_TEXT(row.birth_date),  V_TEXT(row.death_date),   V_INT(h->s.id),
                                 V_TEXT(member.relation), V_TEXT(member.valid_from)};
    numbers_ready(p->l->spec.city->vault, p->c->county_code, x->s.id, numbers, a, &ready);
    change_note(p->c, "person", note, sizeof note / sizeof *note);
    TRY(loader_person(p->loader, &row, err));
    TRY(loader_numbers(p->loader, x->s.id, &ready, err));
    TRY(loader_membership(p->loader, &member, err));
    return new_facts(p, &p->l->tables[LOAD_PERSONS], &x->s, from_birth(x->s.from, x->birth), err);
}

MUST_CHECK static enum rc new_household(struct put *p, const struct load_household *h,
                                        struct err *err)
{
    const struct household_row row = {.household_id = h->s.id,
                                      .valid_from = day_str(&p->scraps, h->s.from),
                                      .valid_to = S(DAY_OPEN),
                                      .division = h->division,
                                      .head_id = h->head->s.id};
    const struct value note[] = {V_INT(row.household_id), V_TEXT(row.valid_from),
                                 V_INT(row.division), V_INT(row.head_id)};
    change_note(p->c, "household", note, sizeof note / sizeof *note);
    TRY(loader_household(p->loader, &row, err));
    TRY(new_facts(p, &p->l->tables[LOAD_HOUSEHOLDS], &h->s, h->s.from, err));
    for (size_t i = 0; i < h->members.n; i++)
        if (!h->members.at[i]->s.known)
            TRY(new_person(p, h, h->members.at[i], err));
    return RC_OK;
}

static bool is_mine(const struct put *p, const struct load_subject *s)
{
    return !s->bad && s->county == p->c->county_code;
}

/* Ids in the order of the files; the same again when the change is run again. */
static void give_ids(struct put *p)
{
    struct id_source *ids = &p->l->spec.city->ids;
    for (size_t i = 0; i < p->l->households.n; i++) {
        struct load_household *h = p->l->households.at[i];
        if (!is_mine(p, &h->s))
            continue;
        if (h->s.id == 0)
            h->s.id = id_next(ids);
        for (size_t k = 0; k < h->members.n; k++)
            if (h->members.at[k]->s.id == 0)
                h->members.at[k]->s.id = id_next(ids);
    }
}

MUST_CHECK static enum rc put_new(struct put *p, struct err *err)
{
    TRY(loader_open(p->c, p->l->spec.city->registers, &p->loader, err));
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < p->l->households.n; i++) {
        const struct load_household *h = p->l->households.at[i];
        if (!is_mine(p, &h->s) || h->s.known)
            continue;
        arena_reset(&p->scraps);
        rc = new_household(p, h, err);
    }
    enum rc closed = loader_close(p->loader, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* ---- what is there already ------------------------------------------------------------------ */

/* The facts of one table as they hold on a day; NULL: none. */
MUST_CHECK static enum rc facts_on(struct put *p, const struct fact_table *t, int64_t id,
                                   str on_day, struct value **out, struct err *err)
{
    struct arena *a = &p->scraps;
    const struct value v[] = {V_INT(p->c->county_code), V_INT(id), V_TEXT(on_day),
                              V_TEXT(S(DAY_OPEN))};
    struct query *q = NULL;
    *out = NULL;
    TRY(query(p->c->conn, &t->overlap, v, 4, &q, err));
    while (query_next(q)) {
        if (str_cmp(query_text(q, 0), on_day) > 0)
            continue;
        *out = NEW_N(a, struct value, t->n_fields + 1);
        for (size_t i = 0; i < t->n_fields; i++) {
            const struct field *f = t->fields[i];
            bool text = f->type.kind == K_CODE || f->type.kind == K_DATE ||
                        f->type.kind == K_MONTH || f->type.kind == K_TEXT ||
                        f->type.kind == K_NAME || f->type.kind == K_CREDIT_CODE ||
                        f->type.kind == K_ADDRESS;
            if (query_null(q, 3 + i))
                (*out)[i] = V_NULL;
            else if (text)
                (*out)[i] = V_TEXT(str_dup(a, query_text(q, 3 + i)));
            else
                (*out)[i] = V_INT(query_int(q, 3 + i));
        }
    }
    return query_end(q, err);
}

static bool same_values(const struct value *a, const struct value *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i].kind != b[i].kind || (a[i].kind == VALUE_INT && a[i].i != b[i].i) ||
            (a[i].kind == VALUE_TEXT && !str_eq(a[i].s, b[i].s)))
            return false;
    return true;
}

/* Facts that a file gives; those that it has no column for stay as they are. */
MUST_CHECK static enum rc merge_facts(struct put *p, enum load_kind kind,
                                      const struct load_subject *s, day from, struct err *err)
{
    const struct registers *r = p->l->spec.city->registers;
    str on = day_str(&p->scraps, from);
    for (size_t k = 0; k < r->n; k++) {
        const struct fact_table *t = &r->tables[k];
        struct value *v = NEW_N(&p->scraps, struct value, t->n_fields + 1);
        struct value *base = NULL;
        if (!values_make(p, &p->l->tables[kind], s, k, NULL, v))
            continue;
        TRY(facts_on(p, t, s->id, on, &base, err));
        values_make(p, &p->l->tables[kind], s, k, base, v);
        if (base == NULL || !same_values(base, v, t->n_fields))
            TRY(facts_put(p->c, t, s->id, on, S(DAY_OPEN), v, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc known_household(struct put *p, const struct load_household *h,
                                          struct err *err)
{
    struct household_row row = {.household_id = h->s.id,
                                .valid_from = day_str(&p->scraps, h->s.from),
                                .valid_to = S(DAY_OPEN),
                                .division = h->division};
    const struct value v[] = {V_INT(p->c->county_code), V_INT(h->s.id), V_TEXT(row.valid_from),
                              V_TEXT(S(DAY_OPEN))};
    struct query *q = NULL;
    int64_t division = 0;
    bool holds = false;
    TRY(query(p->c->conn, &stmt_household_overlap, v, 4, &q, err));
    while (query_next(q)) {
        holds = holds || str_cmp(query_text(q, 0), row.valid_from) <= 0;
        if (row.head_id == 0 || str_cmp(query_text(q, 0), row.valid_from) <= 0) {
            division = query_int(q, 3);
            row.head_id = query_int(q, 4);
        }
    }
    TRY(query_end(q, err));
    if (row.head_id == 0)
        return err_set(err, RC_CONFLICT, "household %lld-%lld was ended meanwhile",
                       (long long)p->c->county_code, (long long)h->s.id);
    if (!holds || division != h->division)
        TRY(household_put(p->c, &row, err));
    return merge_facts(p, LOAD_HOUSEHOLDS, &h->s, h->s.from, err);
}

MUST_CHECK static enum rc put_numbers(struct put *p, const struct load_person *x, struct err *err)
{
    const str numbers[NUMBER_CARD + 1] = {
        [NUMBER_IDENTITY] = x->identity, [NUMBER_PHONE] = x->phone, [NUMBER_CARD] = x->card};
    for (int k = NUMBER_IDENTITY; k <= NUMBER_CARD; k++)
        if (numbers[k].n > 0)
            TRY(person_number_put(p->c, p->l->spec.city->vault, x->s.id, (enum number_kind)k,
                                  numbers[k], err));
    return RC_OK;
}

/* What the file is silent about stays. */
MUST_CHECK static enum rc person_row_of(struct put *p, const struct load_person *x,
                                        struct person_row *row, struct err *err)
{
    struct arena *a = &p->scraps;
    const struct value v[] = {V_INT(p->c->county_code), V_INT(x->s.id)};
    struct query *q = NULL;
    *row = (struct person_row){.person_id = x->s.id,
                               .name = x->name,
                               .sex = x->sex,
                               .birth_date = day_str(a, x->birth),
                               .death_date = x->death != DAY_NONE ? day_str(a, x->death) : S("")};
    if (!x->s.known)
        return RC_OK;
    TRY(query(p->c->conn, &stmt_person_current, v, 2, &q, err));
    if (query_next(q)) {
        if (x->sex == 0)
            row->sex = (int)query_int(q, 2);
        if (p->l->tables[LOAD_PERSONS].where[COL_DEATH_DATE] < 0)
            row->death_date = str_dup(a, query_text(q, 4));
    }
    return query_end(q, err);
}

/* Is the person a member of the household already, with this relation or any? */
MUST_CHECK static enum rc is_member(struct put *p, const struct membership_row *m, bool *out,
                                    struct err *err)
{
    const struct value v[] = {V_INT(p->c->county_code), V_INT(m->household_id), V_INT(m->person_id),
                              V_TEXT(m->valid_from), V_TEXT(S(DAY_OPEN))};
    struct query *q = NULL;
    *out = false;
    TRY(query(p->c->conn, &stmt_membership_overlap, v, 5, &q, err));
    while (query_next(q))
        *out = *out || (str_cmp(query_text(q, 0), m->valid_from) <= 0 &&
                        (m->relation.n == 0 || str_eq(query_text(q, 3), m->relation)));
    return query_end(q, err);
}

MUST_CHECK static enum rc put_person(struct put *p, const struct load_person *x, struct err *err)
{
    struct person_row row;
    day from = from_birth(x->s.from, x->birth);
    struct membership_row m = {.household_id = x->household->s.id,
                               .person_id = x->s.id,
                               .valid_from = day_str(&p->scraps, from),
                               .valid_to = S(DAY_OPEN),
                               .relation = str_from(x->relation)};
    bool there = false;
    TRY(person_row_of(p, x, &row, err));
    TRY(person_put(p->c, &row, err));
    TRY(put_numbers(p, x, err));
    if (x->s.known)
        TRY(is_member(p, &m, &there, err));
    m.relation = m.relation.n > 0 ? m.relation : S("99");
    if (!there)
        TRY(membership_put(p->c, &m, err));
    return merge_facts(p, LOAD_PERSONS, &x->s, from, err);
}

MUST_CHECK static enum rc put_known(struct put *p, struct err *err)
{
    for (size_t i = 0; i < p->l->households.n; i++) {
        const struct load_household *h = p->l->households.at[i];
        if (!is_mine(p, &h->s))
            continue;
        arena_reset(&p->scraps);
        if (h->s.known && h->s.row > 0)
            TRY(known_household(p, h, err));
        for (size_t k = 0; k < h->members.n; k++) {
            arena_reset(&p->scraps);
            if (h->s.known || h->members.at[k]->s.known)
                TRY(put_person(p, h->members.at[k], err));
        }
    }
    return RC_OK;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static int64_t case_person_id(const struct load_case *k)
{
    return k->person != NULL ? k->person->s.id : k->person_id;
}

static bool case_is_mine(const struct load_case *k, int64_t county)
{
    return !k->bad && k->household->s.county == county;
}

MUST_CHECK static enum rc put_case(struct put *p, const struct load_case *k, struct err *err)
{
    const struct enrolment_row row = {
        .household_id = k->household->s.id,
        .person_id = case_person_id(k),
        .programme = k->policy->name.text,
        .valid_from = day_str(&p->scraps, k->since),
        .valid_to = S(DAY_OPEN),
        .cause = S("import"),
        .account_id = k->holder != NULL ? k->holder->s.id : k->holder_id,
    };
    /* A holder of the files has been given the card with the person. */
    if (k->holder_gets_card && k->holder == NULL)
        TRY(person_number_put(p->c, p->l->spec.city->vault, k->holder_id, NUMBER_CARD, k->account,
                              err));
    return enrolment_put(p->c, &row, err);
}

enum rc load_put(struct load *l, struct change *c, struct err *err)
{
    struct put p = {.l = l, .c = c};
    give_ids(&p);
    enum rc rc = put_new(&p, err);
    if (rc == RC_OK)
        rc = put_known(&p, err);
    for (size_t i = 0; rc == RC_OK && i < l->cases.n; i++) {
        arena_reset(&p.scraps);
        if (case_is_mine(l->cases.at[i], c->county_code))
            rc = put_case(&p, l->cases.at[i], err);
    }
    arena_deinit(&p.scraps);
    return rc;
}

/* ---- what is to be put ---------------------------------------------------------------------- */

static int number_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

void load_counties(const struct load *l, struct arena *a, int64_t **out, size_t *n)
{
    VEC(int64_t) list = {0};
    for (size_t i = 0; i < l->households.n; i++) {
        const struct load_subject *s = &l->households.at[i]->s;
        bool found = s->bad;
        for (size_t k = 0; k < list.n && !found; k++)
            found = list.at[k] == s->county;
        if (!found)
            *VEC_PUSH(a, &list) = s->county;
    }
    if (list.n > 0)
        qsort(list.at, list.n, sizeof *list.at, number_order);
    *out = list.at;
    *n = list.n;
}

void load_awards(const struct load *l, int64_t county, struct arena *a, struct load_award **out,
                 size_t *n)
{
    VEC(struct load_award) list = {0};
    for (size_t i = 0; i < l->cases.n; i++) {
        const struct load_case *k = l->cases.at[i];
        if (case_is_mine(k, county) && k->has_amount)
            *VEC_PUSH(a, &list) = (struct load_award){.policy = k->policy,
                                                      .household_id = k->household->s.id,
                                                      .person_id = case_person_id(k),
                                                      .fen = k->fen,
                                                      .first_above = k->first_above};
    }
    *out = list.at;
    *n = list.n;
}
