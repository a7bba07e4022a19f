/* Applications made on a phone: taken in, looked at, answered. */
#include "work/online.h"

#include <string.h>

#include "work/case_in.h"
#include "work/work_sql.h"

/* No law names a limit for looking at what was sent; a clerk's usual three days. */
static const struct deadline look_within = {.n = 3, .unit = IN_WORKDAYS};

/* ---- sealed ---------------------------------------------------------------------------------- */

static str text_of(const json_t *j, struct arena *a)
{
    return j != NULL ? case_json_text(j, a) : S("");
}

MUST_CHECK static enum rc content_open(struct city *city, struct online *o, str wrapped, str sealed,
                                       struct arena *a, struct err *err)
{
    struct person_key key;
    str text;

    TRY(person_key_open(city->vault, o->county_code, o->online_id, wrapped, &key, err));
    TRY(number_open(city->vault, &key, NUMBER_TEXT, sealed, a, &text, err));
    o->content = case_json(text, a);
    return RC_OK;
}

/* ---- read ------------------------------------------------------------------------------------ */

static day day_or_none(str s)
{
    day d = 0;
    return date_parse(s, &d) ? d : 0;
}

static void row_read(const struct query *q, int64_t county, struct arena *a, struct online *o)
{
    str ending = query_blob(q, 17);

    *o = (struct online){.county_code = county,
                         .online_id = query_int(q, 0),
                         .number = str_dup(a, query_text(q, 1)),
                         .applicant = str_dup(a, query_text(q, 2)),
                         .services = str_dup(a, query_text(q, 3)),
                         .line = str_dup(a, query_text(q, 4)),
                         .division = query_int(q, 5),
                         .office = query_int(q, 6),
                         .made = day_or_none(query_text(q, 7)),
                         .at_ms = query_int(q, 8),
                         .due = day_or_none(query_text(q, 9)),
                         .state = str_dup(a, query_text(q, 10)),
                         .answered = day_or_none(query_text(q, 11)),
                         .answered_by = str_dup(a, query_text(q, 12)),
                         .words = str_dup(a, query_text(q, 13)),
                         .case_id = query_int(q, 14),
                         .case_number = str_dup(a, query_text(q, 15)),
                         .version = query_int(q, 16)};
    if (ending.n == VAULT_ENDING)
        memcpy(o->phone_ending, ending.p, VAULT_ENDING);
}

/* The first row of a statement; sealed parts copied. RC_NOT_FOUND. */
MUST_CHECK static enum rc read_one(struct conn *c, const struct statement *st,
                                   const struct value *v, int64_t county, struct arena *a,
                                   struct online *o, str *wrapped, str *sealed, struct err *err)
{
    struct query *q = NULL;
    bool found;

    TRY(query(c, st, v, 2, &q, err));
    found = query_next(q);
    if (found) {
        row_read(q, county, a, o);
        *wrapped = str_dup(a, query_blob(q, 18));
        *sealed = str_dup(a, query_blob(q, 19));
    }
    TRY(query_end(q, err));
    return found ? RC_OK : err_set(err, RC_NOT_FOUND, "there is no such online application");
}

static bool seen(const struct scope *s, int64_t office, str line)
{
    return s == NULL ||
           (scope_covers(s, office) &&
            scope_acts(s, ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD), line) && !s->assigned_only);
}

enum rc online_find(struct city *city, const struct scope *s, struct conn *c, int64_t county,
                    int64_t id, bool content, struct arena *a, struct online *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id)};
    str wrapped = {0}, sealed = {0};

    TRY(read_one(c, &stmt_online_read, v, county, a, out, &wrapped, &sealed, err));
    if (!seen(s, out->office, out->line))
        return err_set(err, RC_NOT_FOUND, "there is no such online application");
    return content ? content_open(city, out, wrapped, sealed, a, err) : RC_OK;
}

int64_t online_number_county(str number)
{
    int64_t county = 0, year = 0, last = 0;

    if (number.n != 19 || number.p[6] != '-' || number.p[11] != '-' || number.p[12] != 'W')
        return 0;
    if (!str_int(str_sub(number, 0, 6), &county) || !str_int(str_sub(number, 7, 11), &year) ||
        !str_int(str_sub(number, 13, 19), &last) || county < 100000 || last < 0)
        return 0;
    return county;
}

enum rc online_by_number(struct city *city, struct conn *c, str number, struct arena *a,
                         struct online *out, struct err *err)
{
    int64_t county = online_number_county(number);
    const struct value v[] = {V_INT(county), V_TEXT(number)};
    str wrapped = {0}, sealed = {0};

    (void)city;
    return read_one(c, &stmt_online_by_number, v, county, a, out, &wrapped, &sealed, err);
}

enum rc online_household(struct conn *c, int64_t county, int64_t person, day on, int64_t *household,
                         struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(county), V_INT(person), V_TEXT(str_from(date_text(on, text)))};
    struct query *q = NULL;

    *household = 0;
    TRY(query(c, &stmt_citizen_household, v, 3, &q, err));
    if (query_next(q))
        *household = query_int(q, 0);
    TRY(query_end(q, err));
    return *household != 0 ? RC_OK : err_set(err, RC_NOT_FOUND, "lives in no household");
}

enum rc online_files(struct conn *c, int64_t county, int64_t id, int64_t *n, int64_t *bytes,
                     struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id)};
    struct query *q = NULL;

    *n = *bytes = 0;
    TRY(query(c, &stmt_online_files_count, v, 2, &q, err));
    if (query_next(q)) {
        *n = query_int(q, 0);
        *bytes = query_int(q, 1);
    }
    return query_end(q, err);
}

/* ---- taken in -------------------------------------------------------------------------------- */

struct taking {
    struct city *city;
    const struct online_new *n;
    struct arena *a;
    struct online *out;
    bool *again;
    int64_t office;
    uint8_t digest[VAULT_HASH];
    str text; /* of the content */
};

/* The same phone's same application: what it became. */
MUST_CHECK static enum rc find_again(struct taking *t, struct conn *c, int64_t county,
                                     struct err *err)
{
    const struct value v[] = {V_INT(county), V_TEXT(t->n->key)};
    struct query *q = NULL;
    int64_t id = 0;
    bool same = false;

    TRY(query(c, &stmt_online_once, v, 2, &q, err));
    if (query_next(q)) {
        id = query_int(q, 0);
        same = str_eq(query_blob(q, 1), (str){(const char *)t->digest, VAULT_HASH});
    }
    TRY(query_end(q, err));
    *t->again = id != 0;
    if (id != 0 && !same)
        return err_set(err, RC_CONFLICT, "the key was used for another application");
    return id == 0 ? RC_OK : online_find(t->city, NULL, c, county, id, false, t->a, t->out, err);
}

MUST_CHECK static enum rc not_too_many(struct conn *c, int64_t county, str identity,
                                       struct err *err)
{
    const struct value v[] = {V_INT(county), V_BLOB(identity)};
    int64_t n = 0;

    TRY(query_one(c, &stmt_online_waiting_of, v, 2, &n, err));
    return n < ONLINE_WAITING_MOST
               ? RC_OK
               : err_set(err, RC_TOO_MANY,
                         "found %lld applications of this person that wait, expected at most %d",
                         (long long)n + 1, ONLINE_WAITING_MOST);
}

MUST_CHECK static enum rc number_next(struct taking *t, struct change *c, struct err *err)
{
    int year, m, d;
    int64_t last = 0;

    date_civil(t->n->today, &year, &m, &d);
    const struct value v[] = {V_INT(c->county_code), V_INT(year)};
    TRY(query_one(c->conn, &stmt_online_number_next, v, 2, &last, err));
    t->out->number =
        str_fmt(t->a, "%06lld-%04d-W%06lld", (long long)c->county_code, year, (long long)last);
    return RC_OK;
}

MUST_CHECK static enum rc put_row(struct taking *t, struct change *c, struct err *err)
{
    const struct online_new *n = t->n;
    struct online *o = t->out;
    struct vault *v = t->city->vault;
    struct person_key key;
    uint8_t identity[VAULT_LOOKUP];
    char made[11], due[11];

    number_lookup(v, NUMBER_IDENTITY, n->identity, identity);
    number_ending(v, NUMBER_PHONE, n->phone, o->phone_ending);
    str lookup = {(const char *)identity, VAULT_LOOKUP};
    TRY(not_too_many(c->conn, c->county_code, lookup, err));
    person_key_make(v, c->county_code, o->online_id, &key);
    const struct value row[] = {V_INT(c->county_code),
                                V_INT(o->online_id),
                                V_TEXT(o->number),
                                V_TEXT(n->key),
                                V_BLOB(((str){(const char *)t->digest, VAULT_HASH})),
                                V_BLOB(((str){(const char *)key.wrapped, VAULT_WRAPPED})),
                                V_BLOB(number_seal(v, &key, NUMBER_TEXT, t->text, t->a)),
                                V_BLOB(lookup),
                                V_BLOB(((str){(const char *)o->phone_ending, VAULT_ENDING})),
                                V_TEXT(n->applicant),
                                V_TEXT(n->services),
                                V_TEXT(n->line),
                                V_INT(n->division),
                                V_INT(o->office),
                                V_TEXT(str_from(date_text(o->made, made))),
                                V_INT(c->at_ms),
                                V_TEXT(str_from(date_text(o->due, due)))};
    explicit_bzero(key.key, sizeof key.key);
    change_note(c, "online_application", row, sizeof row / sizeof *row);
    return exec(c->conn, &stmt_online_insert, row, sizeof row / sizeof *row, NULL, err);
}

MUST_CHECK static enum rc put_task(struct taking *t, struct change *c,
                                   const struct calendar *calendar, struct err *err)
{
    const struct online *o = t->out;
    struct task task = {.kind = S("online"),
                        .ref_id = o->online_id,
                        .step = S(""),
                        .division = o->office,
                        .role = ROLE_CLERK,
                        .line = o->line,
                        .title = t->n->title,
                        .title_en = t->n->title_en,
                        .subject = o->applicant,
                        .opened = o->made,
                        .due = o->due,
                        .warn = deadline_warn(calendar, o->made, o->due, look_within.unit),
                        .unit = look_within.unit};

    return task_put(c, &task, err);
}

static enum rc take(struct change *c, void *ctx, struct err *err)
{
    struct taking *t = ctx;
    const struct online_new *n = t->n;
    struct calendar *calendar = NULL;

    TRY(find_again(t, c->conn, c->county_code, err));
    if (*t->again)
        return RC_OK;
    TRY(calendar_read(c->conn, t->a, &calendar, err));
    *t->out = (struct online){.county_code = c->county_code,
                              .online_id = id_next(&t->city->ids),
                              .applicant = n->applicant,
                              .services = n->services,
                              .line = n->line,
                              .division = n->division,
                              .office = t->office,
                              .state = S("waiting"),
                              .made = n->today,
                              .at_ms = c->at_ms,
                              .due = deadline_due(calendar, n->today, &look_within, NULL),
                              .version = 1};
    TRY(number_next(t, c, err));
    TRY(put_row(t, c, err));
    return put_task(t, c, calendar, err);
}

/* The county that keeps the division, and the township's office over it. */
MUST_CHECK static enum rc place_of(struct taking *t, int64_t *county, struct err *err)
{
    struct division_info info;
    struct conn *c = NULL;
    char on[11];

    date_text(t->n->today, on);
    TRY(store_reader(t->city->store, &c, err));
    enum rc rc = division_find(c, t->n->division, str_from(on), t->a, &info, err);
    if (rc == RC_OK && division_level(t->n->division) < AT_TOWNSHIP)
        rc = err_set(err, RC_BAD_INPUT, "division: found %012lld, expected a village or township",
                     (long long)t->n->division);
    if (rc == RC_OK)
        rc = office_at(c, t->n->division, AT_TOWNSHIP, t->n->today, &t->office, err);
    store_reader_done(c);
    *county = rc == RC_OK ? info.county_code : 0;
    return rc;
}

enum rc online_take(struct city *city, const struct online_new *n, struct arena *a,
                    struct online *out, bool *again, struct err *err)
{
    struct taking t = {.city = city, .n = n, .a = a, .out = out, .again = again};
    int64_t county = 0;

    t.text = text_of(n->content, a);
    if (t.text.n > ONLINE_CONTENT_BYTES)
        return err_set(err, RC_LIMIT, "found an application of %zu bytes, expected at most %d",
                       t.text.n, ONLINE_CONTENT_BYTES);
    if (n->key.n < ONLINE_KEY_LEAST || n->key.n > ONLINE_KEY_MOST)
        return err_set(err, RC_BAD_INPUT, "Idempotency-Key: expected %d to %d characters",
                       ONLINE_KEY_LEAST, ONLINE_KEY_MOST);
    sm3_once(t.text.p, t.text.n, t.digest);
    TRY(place_of(&t, &county, err));
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = S("公众"),
                                     .why = S("an application made online")};
    return change_write(&spec, take, &t, NULL, err);
}

/* ---- shown in full ---------------------------------------------------------------------------- */

struct revealing {
    struct city *city;
    const struct scope *scope;
    int64_t id;
    str why;
    struct arena *a;
    struct online *out;
};

static enum rc reveal(struct change *c, void *ctx, struct err *err)
{
    struct revealing *w = ctx;
    const struct value v[] = {V_INT(c->county_code), V_INT(w->id), V_TEXT(c->who), V_TEXT(w->why)};

    TRY(online_find(w->city, w->scope, c->conn, c->county_code, w->id, true, w->a, w->out, err));
    change_note(c, "online_shown", v, 4);
    return RC_OK;
}

enum rc online_reveal(struct city *city, const struct scope *s, int64_t county, int64_t id, str why,
                      struct arena *a, struct online *out, struct err *err)
{
    struct revealing w = {city, s, id, str_trim(why), a, out};

    if (utf8_count(w.why) < 2 || utf8_count(w.why) > 200)
        return err_set(err, RC_BAD_INPUT, "why: expected what the numbers are needed for");
    const struct change_spec spec = {
        .store = city->store,
        .county_code = county,
        .who = s->login,
        .why = str_fmt(a, "numbers of an online application shown: %.*s", STR_ARG(w.why))};
    return change_write(&spec, reveal, &w, NULL, err);
}

/* ---- answered -------------------------------------------------------------------------------- */

struct answering {
    struct city *city;
    const struct scope *scope;
    int64_t id;
    str words;
    const struct case_made *made;
    struct arena *a;
};

static enum rc answer(struct change *c, void *ctx, struct err *err)
{
    struct answering *w = ctx;
    struct online o;
    int64_t changed = 0;
    char text[11];
    bool taken = w->made != NULL && w->made->n > 0;

    TRY(online_find(w->city, w->scope, c->conn, c->county_code, w->id, false, w->a, &o, err));
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(w->id),
                              V_TEXT(taken ? S("accepted") : S("returned")),
                              V_TEXT(str_from(date_text(w->scope->today, text))),
                              V_TEXT(c->who),
                              V_TEXT(w->words),
                              V_INT(taken ? w->made->cases[0].case_id : 0),
                              V_TEXT(taken ? w->made->number : S(""))};
    change_note(c, "online_application", v, sizeof v / sizeof *v);
    TRY(exec(c->conn, &stmt_online_answer, v, sizeof v / sizeof *v, &changed, err));
    if (changed == 0)
        return err_set(err, RC_CONFLICT, "the application %.*s was answered already: %.*s",
                       STR_ARG(o.number), STR_ARG(o.state));
    for (size_t i = 0; taken && i < w->made->n; i++) {
        const struct value files[] = {V_INT(c->county_code), V_INT(w->id),
                                      V_INT(w->made->cases[i].case_id)};
        change_note(c, "case_file", files, 3);
        TRY(exec(c->conn, &stmt_online_files_to_case, files, 3, NULL, err));
    }
    return task_end(c, S("online"), 0, w->id, S(""), w->scope->today, err);
}

enum rc online_answer(struct city *city, const struct scope *s, int64_t county, int64_t id,
                      str words, const struct case_made *made, struct err *err)
{
    struct arena a = {0};
    struct answering w = {city, s, id, str_trim(words), made, &a};

    if (made == NULL && w.words.n == 0)
        return err_set(err, RC_BAD_INPUT, "text: expected why it goes back, for the applicant");
    if (utf8_count(w.words) > MESSAGE_CHARS_MOST)
        return err_set(err, RC_BAD_INPUT, "text: expected at most %d characters",
                       MESSAGE_CHARS_MOST);
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = made != NULL ? S("an online application taken")
                                                         : S("an online application returned")};
    enum rc rc = change_write(&spec, answer, &w, NULL, err);
    arena_deinit(&a);
    return rc;
}
