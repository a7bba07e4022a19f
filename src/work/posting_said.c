/* What is objected to, and postings that end by themselves. */
#include <string.h>

#include "work/posting_in.h"
#include "work/work_sql.h"

enum {
    TEXT_LEAST = 2,
    TEXT_MOST = 2000,
    BY_MOST = 60,
    CONTACT_MOST = 120,
    REASON_LEAST = 4,
    OBJECTIONS_MOST = 50 /* to one posting: what is said then has been said */
};

/* ---- objections ------------------------------------------------------------------------------- */

struct objecting {
    struct city *city;
    const struct scope *scope;
    struct posting posting;
    const struct posting_said *said;
    struct arena *a;
    int64_t id, event;
};

MUST_CHECK static enum rc check_length(str text, size_t least, size_t most, const char *field,
                                       struct err *err)
{
    if (!utf8_valid(text, NULL))
        return err_set(err, RC_BAD_INPUT, "%s: is not UTF-8", field);
    size_t n = utf8_count(text);
    return n >= least && n <= most
               ? RC_OK
               : err_set(err, RC_BAD_INPUT, "%s: found %zu characters, expected %zu to %zu", field,
                         n, least, most);
}

/* 138****1234; of anything else the first character. */
static str contact_masked(str contact, struct arena *a)
{
    bool digits = contact.n >= 7;
    for (size_t i = 0; i < contact.n; i++)
        digits &= contact.p[i] >= '0' && contact.p[i] <= '9';
    if (digits)
        return number_masked(NUMBER_PHONE, contact, a);
    size_t first = 0;
    if (contact.n > 0)
        (void)utf8_next(contact, &first);
    return contact.n > 0 ? str_fmt(a, "%.*s****", (int)first, contact.p) : S("");
}

MUST_CHECK static enum rc put_objection(struct change *c, const struct objecting *o,
                                        struct err *err)
{
    char on[11];
    struct person_key key;
    str contact = str_trim(o->said->contact), wrapped = S(""), sealed = S("");
    if (contact.n > 0) {
        person_key_make(o->city->vault, c->county_code, o->id, &key);
        wrapped = str_dup(o->a, (str){(const char *)key.wrapped, VAULT_WRAPPED});
        sealed = number_seal(o->city->vault, &key, NUMBER_TEXT, contact, o->a);
        explicit_bzero(key.key, sizeof key.key);
    }
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(o->id),
                              V_INT(c->position),
                              V_INT(o->posting.posting_id),
                              V_INT(o->posting.case_id),
                              V_INT(o->event),
                              V_TEXT(str_from(date_text(o->scope->today, on))),
                              V_TEXT(str_trim(o->said->text)),
                              V_TEXT(str_trim(o->said->by)),
                              V_TEXT(contact_masked(contact, o->a)),
                              V_BLOB(wrapped),
                              V_BLOB(sealed)};
    change_note(c, "posting_objection", v, sizeof v / sizeof v[0]);
    return exec(c->conn, &stmt_objection_insert, v, sizeof v / sizeof v[0], NULL, err);
}

/* Of what is decided already no event can follow: the township looks into it by itself. */
MUST_CHECK static enum rc put_task(struct change *c, const struct objecting *o, struct err *err)
{
    const struct posting *p = &o->posting;
    struct posting_content content;
    struct task task = {.kind = S("posting"),
                        .case_id = p->case_id,
                        .ref_id = o->id,
                        .step = S("objection"),
                        .household_id = p->household_id,
                        .person_id = p->person_id,
                        .role = ROLE_CLERK,
                        .line = p->line,
                        .title = S("核实公示异议"),
                        .title_en = S("objection to a posting"),
                        .opened = o->scope->today,
                        .due = o->scope->today + 15,
                        .warn = o->scope->today + 12,
                        .unit = IN_DAYS};
    TRY(office_at(c->conn, p->division, AT_TOWNSHIP, o->scope->today, &task.division, err));
    TRY(posting_content_read(p->content, o->a, &content, err));
    for (size_t i = 0; i < content.n_lines; i++)
        if (content.lines[i].field == SHOWN_NAME)
            task.subject = content.lines[i].value;
    return task_put(c, &task, err);
}

static enum rc write_objection(struct change *c, void *ctx, struct err *err)
{
    struct objecting *o = ctx;
    TRY(put_objection(c, o, err));
    return o->event == 0 ? put_task(c, o, err) : RC_OK;
}

/* The case's own event, where the case still takes one. The two are two changes: the event first, so that
 * nothing is lost when the second can't be written. */
MUST_CHECK static enum rc object_case(struct objecting *o, struct err *err)
{
    json_t *data = case_json(S("{}"), o->a);
    struct case_act act = {
        .kind = EVENT_OBJECTION, .step = S(""), .text = str_trim(o->said->text), .data = data};
    str by = str_trim(o->said->by);
    json_object_set_new(data, "by", json_stringn(by.n > 0 ? by.p : "匿名", by.n > 0 ? by.n : 6));
    return case_do(o->city, o->scope, o->posting.county_code, o->posting.case_id, &act, o->a,
                   &o->event, err);
}

/* It hangs out, and is not objected to without end. */
MUST_CHECK static enum rc may_object(struct conn *c, int64_t county, int64_t id, day today,
                                     struct arena *a, struct posting *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id)};
    int64_t n = 0;
    TRY(posting_public_get(c, county, id, today, a, out, err));
    TRY(query_one(c, &stmt_objections_count, v, 2, &n, err));
    return n < OBJECTIONS_MOST
               ? RC_OK
               : err_set(err, RC_TOO_MANY,
                         "found %lld objections to it, expected at most %d: the office looks into "
                         "them",
                         (long long)n, OBJECTIONS_MOST);
}

enum rc posting_object(struct city *city, const struct scope *s, int64_t county, int64_t id,
                       const struct posting_said *said, struct arena *a, int64_t *out,
                       struct err *err)
{
    struct objecting o = {.city = city, .scope = s, .said = said, .a = a};
    struct conn *c = NULL;
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why =
                                         str_fmt(a, "an objection to posting %lld", (long long)id)};
    TRY(check_length(str_trim(said->text), TEXT_LEAST, TEXT_MOST, "text", err));
    TRY(check_length(str_trim(said->by), 0, BY_MOST, "by", err));
    TRY(check_length(str_trim(said->contact), 0, CONTACT_MOST, "contact", err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = may_object(c, county, id, s->today, a, &o.posting, err);
    store_reader_done(c);
    TRY(rc);
    o.id = id_next(&city->ids);
    if (o.posting.kind == POSTING_CASE)
        TRY(object_case(&o, err));
    *out = o.id;
    return change_write(&spec, write_objection, &o, NULL, err);
}

enum rc posting_objections(struct conn *c, int64_t county, int64_t id, struct arena *a,
                           struct posting_objection **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id)};
    VEC(struct posting_objection) all = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_objections, v, 2, &q, err));
    while (query_next(q)) {
        struct posting_objection *o = VEC_PUSH(a, &all);
        *o = (struct posting_objection){.objection_id = query_int(q, 0),
                                        .case_id = query_int(q, 1),
                                        .event = query_int(q, 2),
                                        .text = str_dup(a, query_text(q, 4)),
                                        .by = str_dup(a, query_text(q, 5)),
                                        .contact = str_dup(a, query_text(q, 6)),
                                        .answer = str_dup(a, query_text(q, 7)),
                                        .answered_by = str_dup(a, query_text(q, 9))};
        (void)date_parse(query_text(q, 3), &o->day);
        (void)date_parse(query_text(q, 8), &o->answered);
    }
    TRY(query_end(q, err));
    *out = all.at;
    *n = all.n;
    return RC_OK;
}

/* ---- answered, asked back --------------------------------------------------------------------- */

struct answering {
    int64_t posting, objection, case_id;
    str text;
    const struct scope *scope;
};

static enum rc write_answer(struct change *c, void *ctx, struct err *err)
{
    const struct answering *w = ctx;
    char on[11];
    int64_t changed = 0;
    const struct value v[] = {V_INT(c->county_code),
                              V_INT(w->posting),
                              V_INT(w->objection),
                              V_TEXT(w->text),
                              V_TEXT(str_from(date_text(w->scope->today, on))),
                              V_TEXT(w->scope->login),
                              V_INT(c->position)};
    change_note(c, "posting_objection", v, sizeof v / sizeof v[0]);
    TRY(exec(c->conn, &stmt_objection_answer, v, sizeof v / sizeof v[0], &changed, err));
    if (changed == 0)
        return err_set(err, RC_CONFLICT, "the objection is answered already");
    return task_end(c, S("posting"), w->case_id, w->objection, S("objection"), w->scope->today,
                    err);
}

/* Does the scope act for the posting's line, in whichever other one it has more to say? And nobody deals
 * with what is said against the own family or a relative's, nor learns who said it. */
MUST_CHECK static enum rc may_act(const struct scope *s, struct conn *c, const struct posting *p,
                                  struct err *err)
{
    bool related = false;
    if (!scope_acts(s, ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD), p->line))
        return err_set(err, RC_FORBIDDEN, "postings of this line are another clerk's");
    TRY(scope_related(s, c, p->county_code, p->household_id, &related, err));
    return related ? err_set(err, RC_FORBIDDEN, "it is your own or a relative's family") : RC_OK;
}

/* Is it one of a posting that the scope sees? */
MUST_CHECK static enum rc find_objection(struct city *city, const struct scope *s, int64_t county,
                                         int64_t id, int64_t objection, struct arena *a,
                                         int64_t *case_id, str *wrapped, str *sealed,
                                         struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id), V_INT(objection)};
    struct posting p = {0};
    struct conn *c = NULL;
    struct query *q = NULL;
    bool found = false;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = posting_find(s, c, county, id, a, &p, err);
    if (rc == RC_OK)
        rc = may_act(s, c, &p, err);
    if (rc == RC_OK)
        rc = query(c, &stmt_objection_contact, v, 3, &q, err);
    if (rc == RC_OK) {
        found = query_next(q);
        if (found) {
            *wrapped = str_dup(a, query_blob(q, 0));
            *sealed = str_dup(a, query_blob(q, 1));
        }
        rc = query_end(q, err);
    }
    store_reader_done(c);
    TRY(rc);
    *case_id = p.case_id;
    return found
               ? RC_OK
               : err_set(err, RC_NOT_FOUND, "objection %lld: there is none", (long long)objection);
}

enum rc posting_answer(struct city *city, const struct scope *s, int64_t county, int64_t id,
                       int64_t objection, str text, struct err *err)
{
    struct arena a = {0};
    str wrapped, sealed;
    struct answering w = {
        .posting = id, .objection = objection, .text = str_trim(text), .scope = s};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("an objection to a posting was answered")};
    enum rc rc = check_length(w.text, TEXT_LEAST, TEXT_MOST, "text", err);
    if (rc == RC_OK)
        rc = find_objection(city, s, county, id, objection, &a, &w.case_id, &wrapped, &sealed, err);
    if (rc == RC_OK)
        rc = change_write(&spec, write_answer, &w, NULL, err);
    arena_deinit(&a);
    return rc;
}

static enum rc note_shown(struct change *c, void *ctx, struct err *err)
{
    const int64_t *objection = ctx;
    const struct value v[] = {V_INT(c->county_code), V_INT(*objection)};
    (void)err;
    change_note(c, "posting_objection", v, 2);
    return RC_OK;
}

enum rc posting_contact(struct city *city, const struct scope *s, int64_t county, int64_t id,
                        int64_t objection, str why, struct arena *a, str *out, struct err *err)
{
    int64_t case_id = 0;
    str wrapped, sealed;
    struct person_key key;
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = str_fmt(a, "contact of objection %lld shown: %.*s",
                                                    (long long)objection, STR_ARG(str_trim(why)))};
    TRY(check_length(str_trim(why), REASON_LEAST, BY_MOST * 4, "why", err));
    TRY(find_objection(city, s, county, id, objection, a, &case_id, &wrapped, &sealed, err));
    if (sealed.n == 0)
        return err_set(err, RC_RULE, "whoever objected left no way to be reached");
    TRY(change_write(&spec, note_shown, &objection, NULL, err));
    TRY(person_key_open(city->vault, county, objection, wrapped, &key, err));
    enum rc rc = number_open(city->vault, &key, NUMBER_TEXT, sealed, a, out, err);
    explicit_bzero(key.key, sizeof key.key);
    return rc;
}

/* ---- results taken down, photos --------------------------------------------------------------- */

struct closing {
    int64_t *ids;
    size_t n;
    day on;
    enum posting_state state;
    str why;
};

static enum rc close_all(struct change *c, void *ctx, struct err *err)
{
    const struct closing *all = ctx;
    for (size_t i = 0; i < all->n; i++)
        TRY(posting_close(c, all->ids[i], all->state, all->on, all->why, err));
    return RC_OK;
}

enum rc posting_stop(struct city *city, const struct scope *s, int64_t county, int64_t id, str why,
                     struct arena *a, struct err *err)
{
    struct posting p;
    struct conn *c = NULL;
    struct closing one = {&id, 1, s->today, POSTING_WITHDRAWN, str_trim(why)};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("a posted result was taken down")};
    TRY(store_reader(city->store, &c, err));
    enum rc rc = posting_find(s, c, county, id, a, &p, err);
    if (rc == RC_OK)
        rc = may_act(s, c, &p, err);
    store_reader_done(c);
    TRY(rc);
    TRY(check_length(one.why, TEXT_LEAST, TEXT_MOST, "text", err));
    if (p.kind != POSTING_RESULT)
        return err_set(
            err, RC_RULE,
            "this posting belongs to a case under way: it ends with its days, or with an "
            "event of the case");
    if (p.state != POSTING_OPEN)
        return err_set(err, RC_RULE, "it does not hang out any more");
    return change_write(&spec, close_all, &one, NULL, err);
}

enum rc posting_photo(struct change *c, int64_t case_id, int64_t file_id, day on, struct err *err)
{
    struct arena a = {0};
    struct posting *all = NULL;
    size_t n = 0, i = 0;
    enum rc rc = postings_of_case(c->conn, c->county_code, case_id, &a, &all, &n, err);
    while (i < n && (all[i].kind != POSTING_CASE || all[i].state == POSTING_WITHDRAWN))
        i++;
    if (rc == RC_OK && i == n)
        rc = err_set(err, RC_RULE, "nothing of the case is posted that a photo could be of");
    if (rc == RC_OK) {
        const struct value v[] = {V_INT(c->county_code), V_INT(all[i].posting_id), V_INT(file_id),
                                  V_INT(c->position)};
        change_note(c, "posting", v, sizeof v / sizeof v[0]);
        rc = exec(c->conn, &stmt_posting_photo_put, v, sizeof v / sizeof v[0], NULL, err);
    }
    if (rc == RC_OK)
        rc = task_end(c, S("posting"), case_id, 0, S("photo"), on, err);
    arena_deinit(&a);
    return rc;
}

/* ---- by itself -------------------------------------------------------------------------------- */

enum { AT_ONCE = 200 };
struct over {
    int64_t posting_id, case_id;
    day ends;
};

MUST_CHECK static enum rc read_over(struct conn *c, int64_t county, day today,
                                    const struct over *after, struct arena *a, struct over **out,
                                    size_t *n, struct err *err)
{
    char now[11], from[11];
    const struct value v[] = {
        V_INT(county),
        V_TEXT(after->posting_id != 0 ? str_from(date_text(after->ends, from)) : S("")),
        V_INT(after->posting_id), V_TEXT(str_from(date_text(today, now))), V_INT(AT_ONCE)};
    VEC(struct over) all = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_postings_over, v, sizeof v / sizeof v[0], &q, err));
    while (query_next(q)) {
        struct over *o = VEC_PUSH(a, &all);
        *o = (struct over){query_int(q, 0), query_int(q, 1), 0};
        (void)date_parse(query_text(q, 2), &o->ends);
    }
    TRY(query_end(q, err));
    *out = all.at;
    *n = all.n;
    return RC_OK;
}

/* On the day with which its time was over, whenever the program comes to it: the next limit counts from
 * there. */
MUST_CHECK static enum rc end_one(struct city *city, const struct scope *s, int64_t county,
                                  const struct over *o, struct arena *a, struct posting_ends *out,
                                  struct err *err)
{
    struct err own = {0};
    int64_t version = 0;
    const struct case_act act = {
        .kind = EVENT_POSTING_ENDED, .step = S(""), .text = S(""), .day = o->ends};
    enum rc rc = case_do(city, s, county, o->case_id, &act, a, &version, &own);
    if (rc == RC_OK)
        out->ended++;
    else if (rc == RC_RULE || rc == RC_BAD_INPUT || rc == RC_NOT_FOUND)
        out->failed++;
    else
        return err_set(err, rc, "%s", own.text);
    return RC_OK;
}

MUST_CHECK static enum rc end_cases(struct city *city, const struct scope *s, int64_t county,
                                    struct posting_ends *out, struct err *err)
{
    struct over after = {0};
    size_t n = AT_ONCE;
    enum rc rc = RC_OK;
    while (rc == RC_OK && n == AT_ONCE) {
        struct arena a = {0};
        struct over *some = NULL;
        struct conn *c = NULL;
        rc = store_reader(city->store, &c, err);
        if (rc == RC_OK) {
            rc = read_over(c, county, s->today, &after, &a, &some, &n, err);
            store_reader_done(c);
        }
        for (size_t i = 0; rc == RC_OK && i < n; i++)
            rc = end_one(city, s, county, &some[i], &a, out, err);
        if (rc == RC_OK && n > 0)
            after = some[n - 1];
        arena_deinit(&a);
    }
    return rc;
}

MUST_CHECK static enum rc read_results(struct city *city, int64_t county, day today,
                                       struct arena *a, struct closing *out, struct err *err)
{
    char now[11];
    const struct value v[] = {V_INT(county), V_TEXT(str_from(date_text(today, now))),
                              V_INT(AT_ONCE)};
    VEC(int64_t) ids = {0};
    struct conn *c = NULL;
    struct query *q = NULL;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = query(c, &stmt_results_over, v, 3, &q, err);
    if (rc == RC_OK) {
        while (query_next(q))
            *VEC_PUSH(a, &ids) = query_int(q, 0);
        rc = query_end(q, err);
    }
    store_reader_done(c);
    *out = (struct closing){ids.at, ids.n, today, POSTING_ENDED, S("")};
    return rc;
}

MUST_CHECK static enum rc end_results(struct city *city, const struct scope *s, int64_t county,
                                      struct posting_ends *out, struct err *err)
{
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("posted results whose time is over")};
    struct closing some = {.n = AT_ONCE};
    enum rc rc = RC_OK;
    while (rc == RC_OK && some.n == AT_ONCE) {
        struct arena a = {0};
        rc = read_results(city, county, s->today, &a, &some, err);
        if (rc == RC_OK && some.n > 0)
            rc = change_write(&spec, close_all, &some, NULL, err);
        if (rc == RC_OK)
            out->results += (int64_t)some.n;
        arena_deinit(&a);
    }
    return rc;
}

enum rc postings_end(struct city *city, int64_t county, day today, unsigned kinds,
                     struct posting_ends *out, struct err *err)
{
    struct arena a = {0};
    const struct scope *s = scope_system(city, today, &a);
    enum rc rc = RC_OK;
    if ((kinds & END_CASES) != 0)
        rc = end_cases(city, s, county, out, err);
    if (rc == RC_OK && (kinds & END_RESULTS) != 0)
        rc = end_results(city, s, county, out, err);
    arena_deinit(&a);
    return rc;
}

enum rc postings_end_all(struct city *city, day today, unsigned kinds, struct posting_ends *out,
                         struct err *err)
{
    struct arena a = {0};
    char text[11];
    struct conn *c = NULL;
    int64_t *counties = NULL;
    size_t n = 0;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = division_counties(c, str_from(date_text(today, text)), &a, &counties, &n, err);
    store_reader_done(c);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        rc = postings_end(city, counties[i], today, kinds, out, err);
    arena_deinit(&a);
    return rc;
}
