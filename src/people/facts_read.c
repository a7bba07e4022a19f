/*
 * Reading a county into blocks. A slice is: up to FACTS_SLICE households in the order of their ids;
 * who lives in them on the day; which of those live; then each table of facts in one ordered pass
 * over the ids wanted, which seeks anew when many rows in between are not wanted.
 *
 * A slice is one snapshot. When the county's position is still the one asked for, the tables of now
 * say all; else rows of later changes are passed over, and the _past tables are read as well.
 */
#include <string.h>

#include "base/limits.h"
#include "people/facts_columns.h"
#include "people/facts_read.h"
#include "people/people_sql.h"
#include "vault/vault_sql.h"

enum {
    PAD = 64,
    MEMBERS_MOST = 1 << 16, /* a slice ends before the household that would pass it */
    /* Rows stepped over before it is cheaper to seek: a step against a round trip. */
    STEPS_SQLITE = 8,
    STEPS_POSTGRES = 1024,
};

/* Ids in ascending order, and the row of the block that each one's facts go to. */
struct wanted {
    int64_t *ids;   /* owned */
    uint32_t *rows; /* owned */
    size_t n;
};

struct table_plan {
    const struct fact_table *t;
    struct fact_column **columns; /* by position in t->fields; NULL: no policy reads its kind */
};

struct member {
    int64_t person;
    uint32_t household; /* index within the slice */
    uint32_t row;
};

struct facts_reader {
    struct arena arena;
    struct facts_spec spec;
    const struct reg *household, *person;
    char on_day[11];
    int64_t division_lo, division_hi;
    int64_t next, last; /* households: the next id to read, the last one */
    bool done, past;
    struct conn *conn;
    struct wanted subjects, persons;
    int64_t *divisions, *heads; /* in the arena */
    uint32_t *first;            /* in the arena */
    struct member *members;     /* owned; by household, then person */
    struct member *sorting;     /* owned; room for sorting them by person */
    int64_t *person_ids;        /* owned; in the order of the block */
    uint8_t *alive;             /* owned */
    size_t n_members, room;
    struct fact_columns subject, member;
    struct fact_column *birth, *death, *sex; /* core columns of person that are declared */
    VEC(struct table_plan) plans;
};

/* ---- one ordered pass ----------------------------------------------------------------------- */

/* What is done with a row that is wanted. false: stop the pass, *err says why when it has a code. */
typedef bool take_fn(struct facts_reader *r, void *ctx, size_t row, const struct query *q,
                     struct err *err);

struct pass {
    const struct statement *st;
    take_fn *take;
    void *ctx;
};

enum went { WENT_ON, WENT_STOPPED, WENT_SEEK };

/* Rows until the end, until told to stop, or until too many are not wanted. *at: id not yet met. */
static enum went pass_rows(struct facts_reader *r, const struct pass *p, const struct wanted *w,
                           size_t *at, struct query *q, struct err *err)
{
    int steps = store_kind(r->spec.city->store) == STORE_SQLITE ? STEPS_SQLITE : STEPS_POSTGRES;
    int passed = 0;
    size_t i = *at;
    while (query_next(q)) {
        int64_t id = query_int(q, 0);
        while (i < w->n && w->ids[i] < id)
            i++;
        if (i == w->n)
            break;
        *at = i;
        if (w->ids[i] == id) {
            passed = 0;
            if (!p->take(r, p->ctx, w->rows[i], q, err))
                return WENT_STOPPED;
        } else if (++passed > steps) {
            return WENT_SEEK;
        }
    }
    return WENT_ON;
}

/* The rows from one place in the wanted ids to another, both within. */
MUST_CHECK static enum rc pass_between(struct facts_reader *r, const struct pass *p,
                                       const struct wanted *w, size_t *at, size_t last,
                                       enum went *went, struct err *err)
{
    const struct value v[] = {V_INT(r->spec.county_code), V_INT(w->ids[*at]), V_INT(w->ids[last]),
                              V_TEXT(str_from(r->on_day)), V_INT(r->spec.position)};
    struct query *q = NULL;
    struct err found = {0};
    TRY(query(r->conn, p->st, v, p->st->n_params, &q, err));
    *went = pass_rows(r, p, w, at, q, &found);
    TRY(query_end(q, err));
    return found.rc == RC_OK ? RC_OK : err_set(err, found.rc, "%s", found.text);
}

MUST_CHECK static enum rc pass_over(struct facts_reader *r, const struct pass *p,
                                    const struct wanted *w, struct err *err)
{
    /* A newborn's id is far from its parents': between those of one household lie everybody's. */
    bool each = r->spec.only_household != 0;
    enum went went = w->n > 0 ? WENT_SEEK : WENT_ON;
    for (size_t at = 0; !each && went == WENT_SEEK;)
        TRY(pass_between(r, p, w, &at, w->n - 1, &went, err));
    for (size_t i = 0; each && i < w->n && went != WENT_STOPPED; i++) {
        size_t at = i;
        TRY(pass_between(r, p, w, &at, i, &went, err));
    }
    return RC_OK;
}

/* A table's statements; a slice that is read as believed earlier takes both `then` and `past`. */
struct reads {
    const struct statement *now, *then, *past;
};

MUST_CHECK static enum rc pass_all(struct facts_reader *r, const struct reads *reads, take_fn *take,
                                   void *ctx, const struct wanted *w, struct err *err)
{
    const struct pass now = {r->past ? reads->then : reads->now, take, ctx};
    const struct pass past = {reads->past, take, ctx};
    TRY(pass_over(r, &now, w, err));
    return r->past ? pass_over(r, &past, w, err) : RC_OK;
}

/* ---- households ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_households(struct facts_reader *r, struct err *err)
{
    const struct value v[] = {
        V_INT(r->spec.county_code),  V_INT(r->next),         V_INT(r->last),
        V_TEXT(str_from(r->on_day)), V_INT(r->division_lo),  V_INT(r->division_hi),
        V_INT(FACTS_SLICE),          V_INT(r->spec.position)};
    const struct statement *st = r->past ? &stmt_household_read_then : &stmt_household_read;
    struct query *q = NULL;
    size_t n = 0;
    TRY(query(r->conn, st, v, st->n_params, &q, err));
    while (n < FACTS_SLICE && query_next(q)) {
        r->subjects.ids[n] = query_int(q, 0);
        r->divisions[n] = query_int(q, 1);
        r->heads[n] = query_int(q, 2);
        r->subjects.rows[n] = (uint32_t)n;
        n++;
    }
    r->subjects.n = n;
    return query_end(q, err);
}

/* ---- who lives in them ---------------------------------------------------------------------- */

static void members_room(struct facts_reader *r, size_t room)
{
    r->room = room;
    r->members = mem_resize(r->members, room * sizeof *r->members);
    r->sorting = mem_resize(r->sorting, room * sizeof *r->sorting);
    r->person_ids = mem_resize(r->person_ids, (room + PAD) * sizeof *r->person_ids);
    r->alive = mem_resize(r->alive, room);
    r->persons.ids = mem_resize(r->persons.ids, room * sizeof *r->persons.ids);
    r->persons.rows = mem_resize(r->persons.rows, room * sizeof *r->persons.rows);
}

static bool take_member(struct facts_reader *r, void *ctx, size_t row, const struct query *q,
                        struct err *err)
{
    (void)ctx;
    if (r->n_members >= MEMBERS_MOST && r->members[r->n_members - 1].household != row) {
        r->subjects.n = row;
        return false;
    }
    if (r->n_members >= LIMIT_MEMBERS &&
        r->members[r->n_members - LIMIT_MEMBERS].household == row) {
        err_set(err, RC_LIMIT, "household %lld has more than %d members",
                (long long)r->subjects.ids[row], LIMIT_MEMBERS);
        return false;
    }
    if (r->n_members == r->room)
        members_room(r, 2 * r->room);
    r->members[r->n_members] =
        (struct member){query_int(q, 1), (uint32_t)row, (uint32_t)r->n_members};
    r->n_members++;
    return true;
}

/* One pass of a merge sort that takes the runs it finds: ids are mostly in order already. */
static bool merge_runs(const struct member *from, struct member *to, size_t n)
{
    size_t at = 0, runs = 0;
    while (at < n) {
        size_t a = at, mid = at + 1;
        while (mid < n && from[mid - 1].person <= from[mid].person)
            mid++;
        size_t b = mid, end = mid < n ? mid + 1 : mid;
        while (end < n && from[end - 1].person <= from[end].person)
            end++;
        for (size_t k = at; k < end; k++) {
            bool left = b == end || (a < mid && from[a].person <= from[b].person);
            to[k] = left ? from[a++] : from[b++];
        }
        at = end;
        runs++;
    }
    return runs > 1;
}

/* r->persons: the members by the order of their ids. */
static void sort_persons(struct facts_reader *r)
{
    size_t n = r->n_members;
    bool sorted = true;
    for (size_t i = 1; i < n; i++)
        sorted = sorted && r->members[i - 1].person <= r->members[i].person;
    struct member *from = r->members;
    if (!sorted) {
        memcpy(r->sorting, r->members, n * sizeof *from);
        struct member *other = mem_resize(NULL, n * sizeof *other);
        from = r->sorting;
        bool more = true;
        while (more) {
            more = merge_runs(from, other, n);
            struct member *swap = from;
            from = other;
            other = swap;
        }
        if (from != r->sorting)
            memcpy(r->sorting, from, n * sizeof *from);
        mem_free(from != r->sorting ? from : other);
        from = r->sorting;
    }
    for (size_t i = 0; i < n; i++) {
        r->persons.ids[i] = from[i].person;
        r->persons.rows[i] = from[i].row;
    }
    r->persons.n = n;
}

MUST_CHECK static enum rc read_members(struct facts_reader *r, struct err *err)
{
    struct pass p = {r->past ? &stmt_membership_read_then : &stmt_membership_read, take_member,
                     NULL};
    r->n_members = 0;
    TRY(pass_over(r, &p, &r->subjects, err));
    sort_persons(r);
    return RC_OK;
}

/* ---- which of them live --------------------------------------------------------------------- */

/* Columns of person_read. */
enum { PERSON_ID, PERSON_SEX, PERSON_BIRTH, PERSON_DEATH };

static bool take_person(struct facts_reader *r, void *ctx, size_t row, const struct query *q,
                        struct err *err)
{
    (void)ctx;
    r->alive[row] = 1;
    bool ok = r->birth == NULL || fact_column_take(r->birth, row, q, PERSON_BIRTH);
    if (r->sex != NULL)
        ok = fact_column_take(r->sex, row, q, PERSON_SEX) && ok;
    if (r->death != NULL)
        ok = fact_column_take(r->death, row, q, PERSON_DEATH) && ok;
    if (!ok)
        err_set(err, RC_IO, "person %lld: sex or a date is no value that Huimin writes",
                (long long)query_int(q, PERSON_ID));
    return ok;
}

/* Leave out the members who don't live, and with them what was read already. */
static void leave_out_dead(struct facts_reader *r)
{
    size_t n = 0;
    fact_columns_keep(&r->member, r->alive, r->n_members);
    for (size_t i = 0; i < r->n_members; i++) {
        r->members[i].row = (uint32_t)n;
        n += r->alive[i];
    }
    size_t kept = 0;
    for (size_t i = 0; i < r->persons.n; i++) {
        uint32_t row = r->persons.rows[i];
        if (!r->alive[row])
            continue;
        r->persons.ids[kept] = r->persons.ids[i];
        r->persons.rows[kept++] = r->members[row].row;
    }
    r->persons.n = kept;
    for (size_t i = 0; i < r->n_members; i++)
        if (r->alive[i])
            r->members[r->members[i].row] = r->members[i];
    r->n_members = n;
}

MUST_CHECK static enum rc read_persons(struct facts_reader *r, struct err *err)
{
    static const struct reads reads = {&stmt_person_read, &stmt_person_read_then,
                                       &stmt_person_read_past};
    memset(r->alive, 0, r->n_members);
    fact_columns_clear(&r->member, r->n_members);
    TRY(pass_all(r, &reads, take_person, NULL, &r->persons, err));
    if (r->n_members > 0 && memchr(r->alive, 0, r->n_members) != NULL)
        leave_out_dead(r);
    size_t m = 0;
    for (size_t i = 0; i < r->subjects.n; i++) {
        r->first[i] = (uint32_t)m;
        while (m < r->n_members && r->members[m].household == i)
            m++;
    }
    r->first[r->subjects.n] = (uint32_t)m;
    for (size_t i = 0; i < r->n_members; i++)
        r->person_ids[i] = r->members[i].person;
    return RC_OK;
}

/* ---- facts ---------------------------------------------------------------------------------- */

static bool take_facts(struct facts_reader *r, void *ctx, size_t row, const struct query *q,
                       struct err *err)
{
    const struct table_plan *p = ctx;
    (void)r;
    for (size_t i = 0; i < p->t->n_fields; i++) {
        if (p->columns[i] == NULL || fact_column_take(p->columns[i], row, q, i + 1))
            continue;
        err_set(err, RC_IO, "%.*s of %.*s %lld: “%.*s” is no value that Huimin writes",
                STR_ARG(p->t->fields[i]->name.text), STR_ARG(p->t->reg->name.text),
                (long long)query_int(q, 0), STR_ARG(query_text(q, i + 1)));
        return false;
    }
    return true;
}

MUST_CHECK static enum rc read_facts(struct facts_reader *r, struct err *err)
{
    fact_columns_clear(&r->subject, r->subjects.n);
    for (size_t i = 0; i < r->plans.n; i++) {
        struct table_plan *plan = &r->plans.at[i];
        const struct reads reads = {&plan->t->now, &plan->t->then, &plan->t->past};
        const struct wanted *w = plan->t->of_person ? &r->persons : &r->subjects;
        TRY(pass_all(r, &reads, take_facts, plan, w, err));
    }
    return RC_OK;
}

/* ---- slices --------------------------------------------------------------------------------- */

MUST_CHECK static enum rc read_slice(struct facts_reader *r, struct err *err)
{
    int64_t position = 0;
    TRY(change_position(r->conn, r->spec.county_code, &position, err));
    r->past = position != r->spec.position;
    TRY(read_households(r, err));
    if (r->subjects.n == 0)
        return RC_OK;
    TRY(read_members(r, err));
    TRY(read_persons(r, err));
    return read_facts(r, err);
}

static void show(struct facts_reader *r, struct facts_slice *slice)
{
    size_t n = r->subjects.n;
    fact_columns_finish(&r->subject, n);
    fact_columns_finish(&r->member, r->n_members);
    *slice = (struct facts_slice){
        .block = {.n = n,
                  .n_members = r->n_members,
                  .first = r->first,
                  .subject = r->subject.columns,
                  .member = r->member.columns},
        .subject = r->subject.columns,
        .member = r->member.columns,
        .households = r->subjects.ids,
        .divisions = r->divisions,
        .heads = r->heads,
        .persons = r->person_ids,
    };
    r->done = r->subjects.ids[n - 1] >= r->last;
    r->next = r->subjects.ids[n - 1] + 1;
}

MUST_CHECK static enum rc read_snapshot(struct facts_reader *r, struct err *err)
{
    TRY(store_reader(r->spec.city->store, &r->conn, err));
    enum rc rc = read_begin(r->conn, err);
    if (rc == RC_OK)
        rc = read_slice(r, err);
    read_end(r->conn);
    store_reader_done(r->conn);
    r->conn = NULL;
    return rc;
}

enum rc facts_next(struct facts_reader *r, struct facts_slice *slice, struct err *err)
{
    *slice = (struct facts_slice){0};
    if (r->done)
        return RC_OK;
    enum rc rc = r->spec.conn != NULL ? read_slice(r, err) : read_snapshot(r, err);
    if (rc == RC_OK && r->subjects.n > 0)
        show(r, slice);
    else
        r->done = true;
    return rc;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* The codes of what lies within a division: its zeros at the end stand for anything. */
void division_span(int64_t division, int64_t *lo, int64_t *hi)
{
    static const int64_t levels[] = {10000000000, 100000000, 1000000, 1000};
    *lo = division;
    *hi = division;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (division % levels[i] == 0) {
            *hi = division + levels[i] - 1;
            return;
        }
    }
}

static struct fact_column *core_slot(struct facts_reader *r, enum core_field core)
{
    for (size_t i = 0; i < r->person->n_slots; i++)
        if (core_field(r->person->slots[i]) == core && r->member.slots[i].field != NULL)
            return &r->member.slots[i];
    return NULL;
}

static void plan_tables(struct facts_reader *r)
{
    const struct registers *all = r->spec.city->registers;
    for (size_t i = 0; i < all->n; i++) {
        const struct fact_table *t = &all->tables[i];
        struct fact_columns *c = t->reg == r->person      ? &r->member
                                 : t->reg == r->household ? &r->subject
                                                          : NULL;
        bool any = false;
        if (c == NULL)
            continue;
        struct fact_column **columns = NEW_N(&r->arena, struct fact_column *, t->n_fields);
        for (size_t k = 0; k < t->n_fields; k++) {
            struct fact_column *slot = &c->slots[t->fields[k]->slot];
            columns[k] = slot->field != NULL ? slot : NULL;
            any = any || columns[k] != NULL;
        }
        if (any)
            *VEC_PUSH(&r->arena, &r->plans) = (struct table_plan){t, columns};
    }
}

static void plan(struct facts_reader *r)
{
    struct wanted *w = &r->subjects;
    size_t n = r->spec.only_household != 0 ? 1 : FACTS_SLICE;
    w->ids = NEW_N(&r->arena, int64_t, n + PAD);
    w->rows = NEW_N(&r->arena, uint32_t, n + PAD);
    r->divisions = NEW_N(&r->arena, int64_t, n + PAD);
    r->heads = NEW_N(&r->arena, int64_t, n + PAD);
    r->first = NEW_N(&r->arena, uint32_t, n + 1 + PAD);
    members_room(r, 4 * (n + PAD));
    bool then = r->spec.city->registers->then;
    fact_columns_init(&r->subject, r->household, then, &r->arena);
    fact_columns_init(&r->member, r->person, then, &r->arena);
    r->birth = core_slot(r, CORE_BIRTH);
    r->death = core_slot(r, CORE_DEATH);
    r->sex = core_slot(r, CORE_SEX);
    plan_tables(r);
}

enum rc facts_open(const struct facts_spec *spec, struct facts_reader **out, struct err *err)
{
    const struct reg *household = rules_reg(spec->city->rules, S("household"));
    const struct reg *person = rules_reg(spec->city->rules, S("person"));
    *out = NULL;
    if (household == NULL || person == NULL)
        return err_set(err, RC_RULE, "the rules in force have no register household or person");
    struct facts_reader *r = mem_resize(NULL, sizeof *r);
    *r = (struct facts_reader){.spec = *spec,
                               .household = household,
                               .person = person,
                               .next = spec->from_household,
                               .last = INT64_MAX,
                               .division_hi = INT64_MAX,
                               .conn = spec->conn};
    date_text(spec->on_day, r->on_day);
    if (spec->division != 0)
        division_span(spec->division, &r->division_lo, &r->division_hi);
    if (spec->only_household != 0)
        r->next = r->last = spec->only_household;
    plan(r);
    *out = r;
    return RC_OK;
}

void facts_seek(struct facts_reader *r, int64_t household)
{
    r->next = household;
    r->done = household > r->last;
}

void facts_one(struct facts_reader *r, int64_t household)
{
    r->next = r->last = household;
    r->done = false;
}

void facts_close(struct facts_reader *r)
{
    if (r == NULL)
        return;
    fact_columns_deinit(&r->subject);
    fact_columns_deinit(&r->member);
    mem_free(r->members);
    mem_free(r->sorting);
    mem_free(r->person_ids);
    mem_free(r->alive);
    mem_free(r->persons.ids);
    mem_free(r->persons.rows);
    arena_deinit(&r->arena);
    mem_free(r);
}
