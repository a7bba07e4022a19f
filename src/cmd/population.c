/*
 * Two files walked side by side. Each side has one CSV column (money: two, for its two spellings)
 * per field that a policy can read; their arrays belong to the block being filled. Members are read
 * in steps of as many rows as subjects still wait for one: each has at least one, so nothing is
 * read too far until the last subject's tail.
 *
 * After a mistake nothing is handed out any more, but both files are read to their ends, so that
 * their mistakes come in one go.
 */
#include "cmd/population.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "people/load_columns.h"
#include "sheet/csv.h"

enum { TAIL = 64, PADDING = 64, MISTAKES_OWN_MAX = 20 };

/* A field, or a policy's payment of the month before, and where its values are. */
struct mapped {
    struct field *field; /* NULL: paid_last of `policy` */
    struct policy *policy;
    size_t csv, n_csv; /* its CSV columns */
    size_t width;      /* bytes of a value */
};

struct side {
    struct reg *reg;
    struct csv_reader *reader;
    VEC(struct csv_column) cols; /* [0] is the id, [1] the member's number or the division */
    VEC(struct mapped) map;
};

/* The arrays of one side of a block. */
struct side_store {
    size_t cap; /* rows */
    size_t n_map;
    char **data;
    uint8_t **nulls;
    size_t *null_count;
    struct column *columns; /* by slot, then by policy: what the block shows */
    struct column *paid;
    str *text; /* ids as read: valid until the next read */
    int32_t *number;
    str *division;
};

struct population_store {
    struct side_store subjects, members;
    struct column *paid; /* both levels, by policy */
    uint32_t *first;
    struct sbuf ids; /* the text behind the block's ids */
    size_t *id_end;
    int64_t first_row; /* of the block's first subject in its file */
};

struct population {
    struct population_spec spec;
    struct arena *arena;
    struct side subjects, members;
    uint64_t *hashes; /* owned; of the ids so far */
    size_t n_ids, cap_ids;
    bool unsorted; /* ids don't ascend: look for a second one at the end */
    struct sbuf last_id;
    VEC(str) own; /* mistakes that only both files together show */
    bool failed, ended;
};

/* ---- columns of a side ---------------------------------------------------------------------- */

static void side_field(struct arena *a, struct side *s, struct field *f)
{
    struct csv_column c = field_column(a, f);
    /* No policy reads words. */
    if (c.type == CSV_TEXT)
        c.type = CSV_SKIP;
    struct mapped m = {.field = f, .csv = s->cols.n, .n_csv = 1, .width = column_width(f->type)};
    if (c.type == CSV_YUAN) {
        *VEC_PUSH(a, &s->cols) = field_column_fen(a, f, &c);
        m.n_csv = 2;
    }
    *VEC_PUSH(a, &s->cols) = c;
    if (c.type != CSV_SKIP)
        *VEC_PUSH(a, &s->map) = m;
}

static void side_columns(struct population *p, struct side *s, struct reg *reg, bool members)
{
    struct arena *a = p->arena;
    str subject = p->spec.subject->name.text;
    s->reg = reg;
    *VEC_PUSH(a, &s->cols) =
        (struct csv_column){.names = CSV_NAMES(str_fmt(a, "%.*s_id", STR_ARG(subject))),
                            .type = CSV_TEXT,
                            .required = true};
    if (members)
        *VEC_PUSH(a, &s->cols) = (struct csv_column){
            .names = CSV_NAMES(S("member")), .type = CSV_COUNT, .required = true, .max = INT32_MAX};
    else
        *VEC_PUSH(a, &s->cols) = (struct csv_column){
            .names = CSV_NAMES(S("division")), .type = CSV_TEXT, .may_lack = true};
    for (size_t i = 0; i < reg->n_slots; i++)
        side_field(a, s, reg->slots[i]);
    for (size_t i = 0; i < p->spec.rules->policies.n; i++) {
        struct policy *pol = p->spec.rules->policies.at[i];
        if (pol->subject != p->spec.subject || pol->of_member != members)
            continue;
        *VEC_PUSH(a, &s->map) =
            (struct mapped){.policy = pol, .csv = s->cols.n, .n_csv = 1, .width = 8};
        *VEC_PUSH(a, &s->cols) = (struct csv_column){
            .names = CSV_NAMES(str_fmt(a, "last_month_%.*s_fen", STR_ARG(pol->name.text))),
            .type = CSV_FEN,
            .may_lack = true,
            .max = LIMIT_FEN};
    }
}

static void say(struct population *p, const char *file, const char *what, str name)
{
    if (p->spec.note != NULL)
        p->spec.note(p->spec.note_ctx, str_fmt(p->arena, "%s: %s %.*s", file, what, STR_ARG(name)));
}

/* The header was read: a field given twice is a mistake, a field not given is worth a note. */
static enum rc side_header(struct population *p, struct side *s, struct err *err)
{
    TRY(csv_header(s->reader, s->cols.at, s->cols.n, err));
    /* What the file does not have is not to be filled with "unknown" over the other spelling. */
    for (size_t i = 0; i < s->cols.n; i++)
        if (!s->cols.at[i].present)
            s->cols.at[i].type = CSV_SKIP;
    for (size_t i = 0; i < s->map.n; i++) {
        const struct mapped *m = &s->map.at[i];
        const struct csv_column *first = &s->cols.at[m->csv];
        bool given = false;
        for (size_t k = 0; k < m->n_csv; k++)
            given |= first[k].present;
        if (m->n_csv == 2 && first[0].present && first[1].present)
            return err_set(
                err, RC_BAD_INPUT, "%s row 1: found both “%.*s” and “%.*s”, expected one of them",
                csv_name(s->reader), STR_ARG(first[0].names.at[0]), STR_ARG(first[1].names.at[0]));
        if (given || m->field == NULL || !m->field->read_monthly)
            continue;
        if (m->field->required)
            return err_set(err, RC_BAD_INPUT, "%s row 1: expected a column “%.*s” (%.*s)",
                           csv_name(s->reader), STR_ARG(first[m->n_csv - 1].names.at[0]),
                           STR_ARG(m->field->label.zh));
        say(p, csv_name(s->reader), "no column, so unknown for all:", m->field->name.text);
    }
    return RC_OK;
}

static enum rc side_open(struct population *p, struct side *s, const char *path, struct err *err)
{
    struct csv_options o = {.path = path, .note = p->spec.note, .note_ctx = p->spec.note_ctx};
    TRY(csv_open(p->arena, &o, &s->reader, err));
    return side_header(p, s, err);
}

struct population *population_open(const struct population_spec *spec, struct arena *a,
                                   struct err *err)
{
    struct population *p = NEW(a, struct population);
    p->spec = *spec;
    p->arena = a;
    sbuf_init(&p->last_id, LIMIT_CSV_FIELD);
    side_columns(p, &p->subjects, spec->subject, false);
    if (spec->list != NULL)
        side_columns(p, &p->members, spec->list->type.reg, true);
    enum rc rc = side_open(p, &p->subjects, spec->subjects_path, err);
    if (rc == RC_OK && spec->list != NULL)
        rc = side_open(p, &p->members, spec->members_path, err);
    if (rc == RC_OK)
        return p;
    population_close(p);
    return NULL;
}

void population_close(struct population *p)
{
    if (p->subjects.reader != NULL)
        csv_close(p->subjects.reader);
    if (p->members.reader != NULL)
        csv_close(p->members.reader);
    sbuf_deinit(&p->last_id);
    mem_free(p->hashes);
    p->hashes = NULL;
}

/* ---- the arrays of a block ------------------------------------------------------------------ */

/* Columns grow in place; rows past the end may be read by whoever works in wide steps. */
static void *grown(void *old, size_t bytes)
{
    return mem_resize(old, bytes + PADDING);
}

static void *grown_zeroed(size_t bytes)
{
    return memset(grown(NULL, bytes), 0, bytes);
}

static void store_reserve(const struct side *s, struct side_store *t, size_t cap)
{
    for (size_t i = 0; i < s->map.n; i++) {
        t->data[i] = grown(t->data[i], cap * s->map.at[i].width);
        t->nulls[i] = grown(t->nulls[i], cap);
    }
    t->text = grown(t->text, cap * sizeof *t->text);
    t->number = grown(t->number, cap * sizeof *t->number);
    t->division = grown(t->division, cap * sizeof *t->division);
    t->cap = cap;
}

static void store_open(const struct side *s, struct side_store *t, size_t cap)
{
    *t = (struct side_store){.n_map = s->map.n};
    size_t n = s->map.n + 1;
    t->data = grown_zeroed(n * sizeof *t->data);
    t->nulls = grown_zeroed(n * sizeof *t->nulls);
    t->null_count = grown_zeroed(n * sizeof *t->null_count);
    t->columns = grown_zeroed((s->reg != NULL ? s->reg->n_slots + 1 : 1) * sizeof *t->columns);
    store_reserve(s, t, cap);
}

static void store_close(struct side_store *t)
{
    for (size_t i = 0; i < t->n_map; i++) {
        mem_free(t->data[i]);
        mem_free(t->nulls[i]);
    }
    void *rest[] = {t->data, t->nulls, t->null_count, t->columns, t->text, t->number, t->division};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        mem_free(rest[i]);
}

struct population_block *population_block(struct population *p)
{
    struct population_block *b = grown(NULL, sizeof *b);
    struct population_store *t = grown(NULL, sizeof *t);
    *b = (struct population_block){.store = t};
    *t = (struct population_store){.first_row = 0};
    store_open(&p->subjects, &t->subjects, POPULATION_BLOCK);
    store_open(&p->members, &t->members, p->spec.list != NULL ? 4 * POPULATION_BLOCK : 1);
    sbuf_init(&t->ids, (size_t)POPULATION_BLOCK * LIMIT_CSV_FIELD);
    size_t policies = p->spec.rules->policies.n + 1;
    t->paid = grown_zeroed(policies * sizeof *t->paid);
    t->first = grown(NULL, (POPULATION_BLOCK + 1) * sizeof *t->first);
    t->id_end = grown(NULL, (POPULATION_BLOCK + 1) * sizeof *t->id_end);
    b->ids = grown(NULL, POPULATION_BLOCK * sizeof *b->ids);
    b->divisions = grown(NULL, POPULATION_BLOCK * sizeof *b->divisions);
    return b;
}

void population_block_free(struct population_block *b)
{
    if (b == NULL)
        return;
    store_close(&b->store->subjects);
    store_close(&b->store->members);
    sbuf_deinit(&b->store->ids);
    void *rest[] = {
        b->store->paid, b->store->first, b->store->id_end, b->ids, b->divisions, b->store, b};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        mem_free(rest[i]);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Where the next rows of a side go; and what the block shows of them so far. */
static void side_begin(struct side *s, struct side_store *t, struct column *paid)
{
    for (size_t i = 0; i < s->map.n; i++) {
        const struct mapped *m = &s->map.at[i];
        struct column *c = m->field != NULL ? &t->columns[m->field->slot] : &paid[m->policy->index];
        *c = (struct column){.min = INT64_MAX, .max = INT64_MIN};
        t->null_count[i] = 0;
    }
}

static void side_targets(struct side *s, struct side_store *t, bool members)
{
    s->cols.at[0].out.text = t->text;
    if (members)
        s->cols.at[1].out.i32 = t->number;
    else
        s->cols.at[1].out.text = t->division;
    for (size_t i = 0; i < s->map.n; i++) {
        const struct mapped *m = &s->map.at[i];
        for (size_t k = 0; k < m->n_csv; k++) {
            struct csv_column *c = &s->cols.at[m->csv + k];
            if (!c->present)
                continue;
            c->out.i64 = (int64_t *)(void *)t->data[i];
            c->nulls = t->nulls[i];
        }
    }
}

/* Merge what the last read says of each column into what the block shows. */
static void side_merge(struct side *s, struct side_store *t, struct column *paid)
{
    for (size_t i = 0; i < s->map.n; i++) {
        const struct mapped *m = &s->map.at[i];
        struct column *shown =
            m->field != NULL ? &t->columns[m->field->slot] : &paid[m->policy->index];
        for (size_t k = 0; k < m->n_csv; k++) {
            const struct csv_column *c = &s->cols.at[m->csv + k];
            if (!c->present)
                continue;
            shown->at = t->data[i];
            t->null_count[i] += c->null_count;
            shown->unknown = m->field != NULL && t->null_count[i] > 0 ? t->nulls[i] : NULL;
            if (c->low <= c->high) {
                shown->min = c->low < shown->min ? c->low : shown->min;
                shown->max = c->high > shown->max ? c->high : shown->max;
            }
        }
    }
}

/* A column in which nothing is known has no bounds: say 0. An unknown slot holds 0 as well. */
static void side_end(struct side *s, struct side_store *t, struct column *paid)
{
    for (size_t i = 0; i < s->map.n; i++) {
        const struct mapped *m = &s->map.at[i];
        struct column *c = m->field != NULL ? &t->columns[m->field->slot] : &paid[m->policy->index];
        if (c->min > c->max)
            c->min = c->max = 0;
        if (t->null_count[i] > 0) {
            c->min = c->min < 0 ? c->min : 0;
            c->max = c->max > 0 ? c->max : 0;
        }
    }
}

static void own_mistake(struct population *p, str text)
{
    p->failed = true;
    if (p->own.n < MISTAKES_OWN_MAX)
        *VEC_PUSH(p->arena, &p->own) = text;
}

/* Ids longer first, then by bytes: the order in which numbers ascend. */
static bool id_ascends(str before, str after)
{
    return after.n != before.n ? after.n > before.n : str_cmp(before, after) < 0;
}

/* Eight bytes of text from p, wherever they stand. */
static uint64_t word_at(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Words of eight bytes, the last one overlapping: ids are short and there are many of them. */
static uint64_t id_hash(str id)
{
    const uint64_t k = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = id.n * k;
    size_t i = 0;
    for (; i + 8 <= id.n; i += 8)
        h = (h ^ word_at(id.p + i)) * k ^ (h >> 29);
    if (id.n >= 8)
        return (h ^ word_at(id.p + id.n - 8)) * k;
    uint64_t tail = 0;
    for (; i < id.n; i++)
        tail = tail << 8 | (uint8_t)id.p[i];
    return ((h ^ tail) * k) ^ (h >> 31);
}

static bool id_same(str a, str b)
{
    if (a.n != b.n)
        return false;
    if (a.n < 8)
        return memcmp(a.p, b.p, a.n) == 0;
    for (size_t i = 0; i + 8 <= a.n; i += 8)
        if (word_at(a.p + i) != word_at(b.p + i))
            return false;
    return word_at(a.p + a.n - 8) == word_at(b.p + b.n - 8);
}

static void remember_id(struct population *p, str id, int64_t row)
{
    if (p->n_ids == p->cap_ids) {
        p->cap_ids = p->cap_ids > 0 ? 2 * p->cap_ids : 65536;
        p->hashes = grown(p->hashes, p->cap_ids * sizeof *p->hashes);
    }
    p->hashes[p->n_ids++] = id_hash(id);
    str last = sbuf_str(&p->last_id);
    if (p->n_ids > 1 && str_eq(last, id))
        own_mistake(p, str_fmt(p->arena,
                               "%s row %lld, column %.*s: found “%.*s” again, expected each once",
                               csv_name(p->subjects.reader), (long long)row,
                               STR_ARG(p->subjects.cols.at[0].names.at[0]), STR_ARG(id)));
    else if (p->n_ids > 1 && !id_ascends(last, id))
        p->unsorted = true;
    sbuf_clear(&p->last_id);
    sbuf_add(&p->last_id, id);
}

static int64_t division_read(struct population *p, str text, int64_t row)
{
    int64_t d = 0;
    if (text.n == 0)
        return p->spec.division;
    int64_t scale = 1;
    while (p->spec.division > 0 && p->spec.division / scale % 100 == 0)
        scale *= 100;
    if (text.n != 12 || !str_int(text, &d) || d / scale != p->spec.division / scale)
        own_mistake(p, str_fmt(p->arena,
                               "%s row %lld, column division: found “%.*s”, expected 12 digits "
                               "within %012lld",
                               csv_name(p->subjects.reader), (long long)row, STR_ARG(text),
                               (long long)p->spec.division));
    return d;
}

/* Take the rows [at, at + got) of the last read of subjects into the block. */
static void subjects_take(struct population *p, struct population_block *b, size_t at, size_t got)
{
    struct population_store *t = b->store;
    if (at == 0)
        t->first_row = csv_row_number(p->subjects.reader, 0);
    bool divisions = p->subjects.cols.at[1].present;
    for (size_t i = at; i < at + got; i++) {
        int64_t row = t->first_row + (int64_t)i;
        str id = t->subjects.text[i];
        remember_id(p, id, row);
        sbuf_add(&t->ids, id);
        t->id_end[i] = t->ids.n;
        b->divisions[i] =
            divisions ? division_read(p, t->subjects.division[i], row) : p->spec.division;
    }
}

static enum rc subjects_next(struct population *p, struct population_block *b, struct err *err)
{
    struct population_store *t = b->store;
    sbuf_clear(&t->ids);
    side_begin(&p->subjects, &t->subjects, t->paid);
    side_targets(&p->subjects, &t->subjects, false);
    size_t n = 0;
    while (n < POPULATION_BLOCK) {
        size_t got = 0;
        TRY(csv_read(p->subjects.reader, n, POPULATION_BLOCK - n, &got, err));
        if (got == 0)
            break;
        side_merge(&p->subjects, &t->subjects, t->paid);
        subjects_take(p, b, n, got);
        n += got;
    }
    side_end(&p->subjects, &t->subjects, t->paid);
    for (size_t i = 0; i < n; i++) {
        size_t from = i > 0 ? t->id_end[i - 1] : 0;
        b->ids[i] = (str){t->ids.p + from, t->id_end[i] - from};
    }
    b->facts.n = n;
    return RC_OK;
}

/* A member's row that fits neither the subject in hand nor the next one. */
static void member_astray(struct population *p, const struct population_block *b, size_t subject,
                          size_t n, str id, int64_t row)
{
    const char *file = csv_name(p->members.reader);
    str reg = p->spec.subject->name.text;
    bool later = false;
    for (size_t i = subject; i < n && !later; i++)
        later = str_eq(b->ids[i], id);
    str next = subject < n ? b->ids[subject] : S("");
    if (later)
        own_mistake(p, str_fmt(p->arena,
                               "%s row %lld: found %.*s “%.*s”, expected a member of “%.*s” first: "
                               "%s row %lld has none",
                               file, (long long)row, STR_ARG(reg), STR_ARG(id), STR_ARG(next),
                               csv_name(p->subjects.reader),
                               (long long)(b->store->first_row + (int64_t)subject)));
    else
        own_mistake(p, str_fmt(p->arena,
                               "%s row %lld: found %.*s “%.*s”, which %s does not have at this "
                               "place; expected its order, the members of one together%s%.*s%s",
                               file, (long long)row, STR_ARG(reg), STR_ARG(id),
                               csv_name(p->subjects.reader), next.n > 0 ? " (next is “" : "",
                               STR_ARG(next), next.n > 0 ? "”)" : ""));
}

/*
 * Give the rows [m, m + got) of members to their subjects. *subject is the one whose members come
 * next (those before it have theirs); the result is how many rows belong to this block.
 */
static size_t members_take(struct population *p, struct population_block *b, size_t m, size_t got,
                           size_t *subject)
{
    struct population_store *t = b->store;
    for (size_t i = m; i < m + got; i++) {
        str id = t->members.text[i];
        size_t cur = *subject;
        if (cur == 0 || !id_same(b->ids[cur - 1], id)) {
            if (cur == b->facts.n)
                return i - m;
            if (!id_same(b->ids[cur], id)) {
                member_astray(p, b, cur, b->facts.n, id, csv_row_number(p->members.reader, i - m));
                return i - m;
            }
            t->first[cur] = (uint32_t)i;
            *subject = ++cur;
        }
        size_t number = i - t->first[cur - 1] + 1;
        if (t->members.number[i] != (int32_t)number || number > LIMIT_MEMBERS) {
            own_mistake(p, str_fmt(p->arena,
                                   "%s row %lld, column member: found %d, expected %zu: members "
                                   "are numbered 1, 2, 3 … and at most %d",
                                   csv_name(p->members.reader),
                                   (long long)csv_row_number(p->members.reader, i - m),
                                   (int)t->members.number[i], number, (int)LIMIT_MEMBERS));
            return i - m;
        }
    }
    return got;
}

static enum rc members_next(struct population *p, struct population_block *b, struct err *err)
{
    struct population_store *t = b->store;
    size_t m = 0;
    size_t subject = 0;
    side_begin(&p->members, &t->members, t->paid);
    for (;;) {
        size_t want = b->facts.n - subject;
        if (want < TAIL)
            want = TAIL;
        if (m + want > t->members.cap)
            store_reserve(&p->members, &t->members, 2 * (m + want));
        side_targets(&p->members, &t->members, true);
        size_t got = 0;
        TRY(csv_read(p->members.reader, m, want, &got, err));
        if (got == 0)
            break;
        side_merge(&p->members, &t->members, t->paid);
        size_t taken = members_take(p, b, m, got, &subject);
        m += taken;
        if (taken < got) {
            csv_give_back(p->members.reader, got - taken);
            break;
        }
    }
    if (subject < b->facts.n && !p->failed)
        own_mistake(p, str_fmt(p->arena, "%s row %lld: %.*s “%.*s” has no member in %s",
                               csv_name(p->subjects.reader),
                               (long long)(t->first_row + (int64_t)subject),
                               STR_ARG(p->spec.subject->name.text), STR_ARG(b->ids[subject]),
                               csv_name(p->members.reader)));
    side_end(&p->members, &t->members, t->paid);
    t->first[b->facts.n] = (uint32_t)m;
    b->facts.n_members = m;
    return RC_OK;
}

/* ---- the ends ------------------------------------------------------------------------------- */

/* Read a side to its end for the sake of its mistakes. */
static void side_drain(struct side *s, struct side_store *t, bool members)
{
    struct err ignored = {0};
    size_t got = 1;
    if (s->reader == NULL)
        return;
    side_targets(s, t, members);
    while (got > 0 && csv_read(s->reader, 0, POPULATION_BLOCK, &got, &ignored) == RC_OK)
        ;
}

struct seen {
    uint64_t hash;
    size_t at;
};

static int seen_order(const void *a, const void *b)
{
    const struct seen *x = a;
    const struct seen *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

/* The ids did not ascend: sort their hashes and look for neighbours. */
static void find_second_ids(struct population *p)
{
    struct seen *list = grown(NULL, p->n_ids * sizeof *list);
    for (size_t i = 0; i < p->n_ids; i++)
        list[i] = (struct seen){p->hashes[i], i};
    qsort(list, p->n_ids, sizeof *list, seen_order);
    for (size_t i = 1; i < p->n_ids; i++)
        if (list[i].hash == list[i - 1].hash)
            own_mistake(p,
                        str_fmt(p->arena,
                                "%s row %zu, column %.*s: found the id of row %zu again, "
                                "expected each once",
                                csv_name(p->subjects.reader), list[i].at + 2,
                                STR_ARG(p->subjects.cols.at[0].names.at[0]), list[i - 1].at + 2));
    mem_free(list);
}

static enum rc population_fail(struct population *p, struct population_block *b, struct err *err)
{
    p->failed = true;
    side_drain(&p->subjects, &b->store->subjects, false);
    side_drain(&p->members, &b->store->members, true);
    b->facts.n = 0;
    return err_set(err, RC_BAD_INPUT, "the files hold mistakes; nothing was written");
}

/* Both files are at their ends: nothing may be left over. */
static enum rc population_end(struct population *p, struct population_block *b, struct err *err)
{
    p->ended = true;
    if (p->members.reader != NULL) {
        size_t got = 0;
        side_targets(&p->members, &b->store->members, true);
        if (csv_read(p->members.reader, 0, TAIL, &got, err) != RC_OK)
            return population_fail(p, b, err);
        if (got > 0)
            member_astray(p, b, 0, 0, b->store->members.text[0],
                          csv_row_number(p->members.reader, 0));
    }
    if (p->unsorted && !p->failed)
        find_second_ids(p);
    return p->failed ? population_fail(p, b, err) : RC_OK;
}

enum rc population_next(struct population *p, struct population_block *b, struct err *err)
{
    struct population_store *t = b->store;
    b->facts = (struct block){0};
    if (p->ended)
        return RC_OK;
    enum rc rc = subjects_next(p, b, err);
    if (rc == RC_OK && b->facts.n > 0 && p->members.reader != NULL)
        rc = members_next(p, b, err);
    if (rc == RC_IO)
        return rc;
    if (rc != RC_OK || p->failed)
        return population_fail(p, b, err);
    if (b->facts.n == 0)
        return population_end(p, b, err);
    b->facts.first = p->members.reader != NULL ? t->first : NULL;
    b->facts.subject = t->subjects.columns;
    b->facts.member = t->members.columns;
    b->facts.paid_last = t->paid;
    return RC_OK;
}

static void side_mistakes(const struct population *p, const struct side *s, struct sbuf *out)
{
    if (s->reader == NULL)
        return;
    const struct csv_mistakes *m = csv_mistakes(s->reader);
    for (size_t i = 0; i < m->list.n; i++) {
        sbuf_add(out, csv_mistake_text(s->reader, &m->list.at[i], p->arena));
        sbuf_addc(out, '\n');
    }
    if (m->more)
        sbuf_fmt(out, "%s: more mistakes follow; the rest was not looked at\n",
                 csv_name(s->reader));
}

void population_mistakes(const struct population *p, struct sbuf *out)
{
    side_mistakes(p, &p->subjects, out);
    side_mistakes(p, &p->members, out);
    for (size_t i = 0; i < p->own.n; i++) {
        sbuf_add(out, p->own.at[i]);
        sbuf_addc(out, '\n');
    }
}
