/* What citizens write about their cases, and what is answered. */
#include "work/case_in.h"
#include "work/online.h"
#include "work/work_sql.h"

/* No law names a limit for these: a question is looked at like an application, an appeal to the county in
 * ten working days. The formal ways, with their limits, stand on the notice. */
static const struct deadline question_within = {.n = 3, .unit = IN_WORKDAYS};
static const struct deadline appeal_within = {.n = 10, .unit = IN_WORKDAYS};

struct writing {
    struct city *city;
    struct case_whole *k;
    struct message m;
    const struct deadline *within;
    struct arena *a;
};

static day day_or_none(str s)
{
    day d = 0;
    return date_parse(s, &d) ? d : 0;
}

static void row_read(const struct query *q, int64_t county, struct arena *a, struct message *m)
{
    *m = (struct message){.county_code = county,
                          .message_id = query_int(q, 0),
                          .case_id = query_int(q, 1),
                          .kind = str_dup(a, query_text(q, 2)),
                          .text = str_dup(a, query_text(q, 3)),
                          .division = query_int(q, 4),
                          .line = str_dup(a, query_text(q, 5)),
                          .made = day_or_none(query_text(q, 6)),
                          .at_ms = query_int(q, 7),
                          .due = day_or_none(query_text(q, 8)),
                          .answer = str_dup(a, query_text(q, 9)),
                          .answered = day_or_none(query_text(q, 10)),
                          .answered_by = str_dup(a, query_text(q, 11)),
                          .version = query_int(q, 12)};
}

enum rc messages_of(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                    struct message **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id)};
    VEC(struct message) list = {0};
    struct query *q = NULL;

    TRY(query(c, &stmt_messages_of_case, v, 2, &q, err));
    while (query_next(q))
        row_read(q, county, a, VEC_PUSH(a, &list));
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

enum rc message_find(const struct scope *s, struct conn *c, int64_t county, int64_t id,
                     struct arena *a, struct message *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(id)};
    const unsigned roles = ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD) | ROLE_BIT(ROLE_DECIDER);
    struct query *q = NULL;
    bool found;

    TRY(query(c, &stmt_message_read, v, 2, &q, err));
    found = query_next(q);
    if (found)
        row_read(q, county, a, out);
    TRY(query_end(q, err));
    if (!found || !scope_covers(s, out->division) || !scope_acts(s, roles, out->line))
        return err_set(err, RC_NOT_FOUND, "there is no such message");
    return RC_OK;
}

/* ---- taken ----------------------------------------------------------------------------------- */

MUST_CHECK static enum rc put_row(struct writing *w, struct change *c, struct err *err)
{
    const struct message *m = &w->m;
    char made[11], due[11];
    const struct value v[] = {V_INT(c->county_code), V_INT(m->message_id),
                              V_INT(m->case_id),     V_TEXT(m->kind),
                              V_TEXT(m->text),       V_INT(m->division),
                              V_TEXT(m->line),       V_TEXT(str_from(date_text(m->made, made))),
                              V_INT(c->at_ms),       V_TEXT(str_from(date_text(m->due, due)))};

    change_note(c, "citizen_message", v, sizeof v / sizeof *v);
    return exec(c->conn, &stmt_message_insert, v, sizeof v / sizeof *v, NULL, err);
}

static enum rc put(struct change *c, void *ctx, struct err *err)
{
    struct writing *w = ctx;
    struct message *m = &w->m, *list = NULL;
    bool appeal = str_eq(m->kind, S("appeal"));
    struct calendar *calendar = NULL;
    size_t n = 0;

    TRY(messages_of(c->conn, c->county_code, m->case_id, w->a, &list, &n, err));
    if (n >= MESSAGES_MOST)
        return err_set(err, RC_TOO_MANY, "found %zu messages about the case, expected at most %d",
                       n, MESSAGES_MOST);
    TRY(calendar_read(c->conn, w->a, &calendar, err));
    m->division = w->k->state->owner;
    if (appeal)
        TRY(office_at(c->conn, w->k->row.office, AT_COUNTY, m->made, &m->division, err));
    m->due = deadline_due(calendar, m->made, w->within, NULL);
    TRY(put_row(w, c, err));
    struct task task = {.kind = S("message"),
                        .case_id = m->case_id,
                        .ref_id = m->message_id,
                        .step = S(""),
                        .household_id = w->k->row.household_id,
                        .person_id = w->k->row.person_id,
                        .division = m->division,
                        .role =
                            division_level(m->division) <= AT_COUNTY ? ROLE_DECIDER : ROLE_CLERK,
                        .line = m->line,
                        .title = appeal ? S("答复申诉") : S("答复询问"),
                        .title_en = appeal ? S("answer an appeal") : S("answer a question"),
                        .subject = w->k->row.subject,
                        .opened = m->made,
                        .due = m->due,
                        .warn = deadline_warn(calendar, m->made, m->due, w->within->unit),
                        .unit = w->within->unit};
    return task_put(c, &task, err);
}

/* In the case's story, as of the office that the case lies with. */
MUST_CHECK static enum rc note(struct writing *w, day today, struct err *err)
{
    struct scope_role role = {ROLE_CLERK, S("")};
    struct scope s = scope_office(w->k->row.office, &role, S("公众"), today);
    const struct case_act act = {
        .kind = EVENT_NOTE,
        .step = S(""),
        .text =
            str_fmt(w->a, "%s：%.*s", str_eq(w->m.kind, S("appeal")) ? "申请人申诉" : "申请人询问",
                    STR_ARG(w->m.text))};
    int64_t version = 0;

    return case_do(w->city, &s, w->m.county_code, w->m.case_id, &act, w->a, &version, err);
}

enum rc message_take(struct city *city, int64_t county, int64_t case_id, str kind, str text,
                     day today, struct arena *a, int64_t *id, struct err *err)
{
    struct case_whole k;
    struct conn *conn = NULL;
    bool appeal = str_eq(kind, S("appeal"));
    struct writing w = {
        .city = city, .k = &k, .within = appeal ? &appeal_within : &question_within, .a = a};

    text = str_trim(text);
    if (!appeal && !str_eq(kind, S("question")))
        return err_set(err, RC_BAD_INPUT, "kind: found “%.*s”, expected appeal or question",
                       STR_ARG(str_sub(kind, 0, 40)));
    if (text.n == 0 || utf8_count(text) > MESSAGE_CHARS_MOST)
        return err_set(err, RC_BAD_INPUT, "text: expected 1 to %d characters", MESSAGE_CHARS_MOST);
    TRY(store_reader(city->store, &conn, err));
    enum rc rc = case_load(city, NULL, conn, county, case_id, a, &k, err);
    store_reader_done(conn);
    TRY(rc);
    if (appeal && k.state->decision.seq == 0)
        return err_set(err, RC_RULE, "nothing was decided yet: ask, and appeal when it is");
    w.m = (struct message){.county_code = county,
                           .message_id = id_next(&city->ids),
                           .case_id = case_id,
                           .kind = kind,
                           .text = text,
                           .line = k.row.line,
                           .made = today};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = S("公众"),
                                     .why = S("a message of the applicant")};
    TRY(change_write(&spec, put, &w, NULL, err));
    *id = w.m.message_id;
    return note(&w, today, err);
}

/* ---- answered -------------------------------------------------------------------------------- */

struct answering {
    const struct scope *scope;
    int64_t id;
    str text;
    struct arena *a;
};

static enum rc answer(struct change *c, void *ctx, struct err *err)
{
    struct answering *w = ctx;
    struct message m;
    int64_t changed = 0;
    char text[11];

    TRY(message_find(w->scope, c->conn, c->county_code, w->id, w->a, &m, err));
    const struct value v[] = {V_INT(c->county_code), V_INT(w->id), V_TEXT(w->text),
                              V_TEXT(str_from(date_text(w->scope->today, text))), V_TEXT(c->who)};
    change_note(c, "citizen_message", v, 5);
    TRY(exec(c->conn, &stmt_message_answer, v, 5, &changed, err));
    if (changed == 0)
        return err_set(err, RC_CONFLICT, "the message was answered already");
    return task_end(c, S("message"), m.case_id, w->id, S(""), w->scope->today, err);
}

/* Nobody answers an appeal of the own family or a relative's. */
MUST_CHECK static enum rc not_related(struct city *city, const struct answering *w, int64_t county,
                                      struct err *err)
{
    struct conn *conn = NULL;
    struct message m;
    struct case_whole k;
    bool related = false;

    TRY(store_reader(city->store, &conn, err));
    enum rc rc = message_find(w->scope, conn, county, w->id, w->a, &m, err);
    if (rc == RC_OK)
        rc = case_load(city, NULL, conn, county, m.case_id, w->a, &k, err);
    if (rc == RC_OK)
        rc = scope_related(w->scope, conn, county, k.row.household_id, &related, err);
    store_reader_done(conn);
    if (rc == RC_OK && related)
        rc = err_set(err, RC_RULE, "the family is your own or a relative's: somebody else answers");
    return rc;
}

enum rc message_answer(struct city *city, const struct scope *s, int64_t county, int64_t id,
                       str text, struct err *err)
{
    struct arena a = {0};
    struct answering w = {s, id, str_trim(text), &a};

    if (w.text.n == 0 || utf8_count(w.text) > MESSAGE_CHARS_MOST)
        return err_set(err, RC_BAD_INPUT, "text: expected 1 to %d characters", MESSAGE_CHARS_MOST);
    const struct change_spec spec = {.store = city->store,
                                     .county_code = county,
                                     .who = s->login,
                                     .why = S("a citizen's message answered")};
    enum rc rc = not_related(city, &w, county, err);
    if (rc == RC_OK)
        rc = change_write(&spec, answer, &w, NULL, err);
    arena_deinit(&a);
    return rc;
}

/* ---- whose number ---------------------------------------------------------------------------- */

enum rc citizen_phone_fits(struct city *city, struct conn *c, const struct case_row *r, str tail,
                           day today, bool *out, struct err *err)
{
    uint8_t ending[VAULT_ENDING];
    struct query *q = NULL;
    int64_t head = 0, n = 0;
    char on[11];
    const struct value of[] = {V_INT(r->county_code), V_INT(r->household_id),
                               V_TEXT(str_from(date_text(today, on)))};

    TRY(query(c, &stmt_case_household, of, 3, &q, err));
    if (query_next(q))
        head = query_int(q, 1);
    TRY(query_end(q, err));
    number_ending(city->vault, NUMBER_PHONE, tail, ending);
    /* Whoever applied and is on record; else whom it is about, and the head of the family. */
    bool known = r->applicant_id != 0;
    const struct value v[] = {V_INT(r->county_code), V_INT(r->applicant_id),
                              V_INT(known ? 0 : r->person_id), V_INT(known ? 0 : head),
                              V_BLOB(((str){(const char *)ending, VAULT_ENDING}))};
    TRY(query_one(c, &stmt_citizen_phones, v, 5, &n, err));
    *out = n > 0;
    return RC_OK;
}
