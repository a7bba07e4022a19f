/* One case, whole: steps and clock, papers and files, what the rules say, the story, what comes next. */
#include "api/case_json.h"
#include "api/desk_json.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "api/preview_json.h"
#include "work/effect.h"
#include "work/files.h"

struct case_page {
    struct call *c;
    struct conn *conn;
    struct case_whole k;
    struct case_proposal proposal;
    bool asked; /* the proposal was worked out */
    bool related;
    struct case_words visit; /* why the county must visit first; zh NULL: it need not */
    struct case_file *files;
    size_t n_files;
};

/* ---- head ----------------------------------------------------------------------------------- */

static enum deadline_unit unit_of(const struct case_whole *k)
{
    const struct service *s = k->ground.service;
    if (k->state->extended)
        return s->extended.unit;
    return k->ground.delegated && s->delegated.n > 0 ? s->delegated.unit : s->within.unit;
}

MUST_CHECK static enum rc write_head(struct case_page *p, struct err *err)
{
    struct json *j = &p->c->json;
    const struct case_row *r = &p->k.row;
    const struct case_state *s = p->k.state;
    bool open = case_status_open(s->status);
    json_key(j, "ref");
    json_ref(j, r->county_code, r->case_id);
    JSON_STR(j, "number", r->number);
    JSON_INT(j, "version", s->version);
    call_header(p->c, "ETag", str_fmt(p->c->arena, "\"%lld\"", (long long)s->version));
    JSON_STR(j, "service", r->service);
    json_key(j, "label");
    json_label(j, &p->k.ground.service->label);
    JSON_STR(j, "line", r->line);
    JSON_STR(j, "state", str_from(case_status_word(s->status)));
    json_words(j, "state_label", case_status_label(s->status, false),
               case_status_label(s->status, true));
    JSON_STR(j, "result", r->result);
    JSON_STR(j, "subject", r->subject);
    json_key(j, "household");
    json_ref(j, r->county_code, r->household_id);
    json_key(j, "person");
    json_ref(j, r->county_code, r->person_id);
    TRY(people_division(p->c, p->conn, "division", r->division, err));
    TRY(people_division(p->c, p->conn, "office", r->office, err));
    TRY(people_division(p->c, p->conn, "owner", s->owner, err));
    json_key(j, "applicant");
    json_obj(j);
    json_key(j, "ref");
    json_ref(j, r->county_code, r->applicant_id);
    JSON_STR(j, "name", r->applicant);
    JSON_STR(j, "relation", r->relation);
    json_obj_end(j);
    JSON_STR(j, "registered", r->registered);
    JSON_STR(j, "note", r->note);
    json_key(j, "rules");
    json_obj(j);
    JSON_STR(j, "hash", r->rule_hash);
    JSON_BOOL(j, "in_force", str_eq(r->rule_hash, str_from(p->c->city->rule_hash)));
    json_obj_end(j);
    JSON_BOOL(j, "delegated", r->delegated);
    json_day_or_null(j, "accepted", s->accepted);
    json_day_or_null(j, "closed", s->closed);
    json_clock(j, p->k.ground.calendar, open ? p->c->today : s->closed, s->warn, s->due,
               unit_of(&p->k), s->stops != 0 || !open, s->unsure);
    JSON_BOOL(j, "paused", s->stops != 0);
    JSON_BOOL(j, "extended", s->extended);
    json_day_or_null(j, "papers_due", s->papers_due);
    return RC_OK;
}

/* ---- steps ---------------------------------------------------------------------------------- */

static enum event_kind main_event(const struct case_state *s, enum step_form form)
{
    switch (form) {
    case STEP_OPINION:
        return EVENT_OPINION;
    case STEP_POSTING:
        return s->posted != 0 ? EVENT_POSTING_ENDED : EVENT_POSTING_BEGAN;
    case STEP_DECIDE:
        return EVENT_DECIDED;
    case STEP_PAY:
        return EVENT_PAID;
    case STEP_TELL:
        return EVENT_TOLD;
    default:
        return EVENT_STEP_DONE;
    }
}

static bool is_judging(enum event_kind k)
{
    return k == EVENT_OPINION || k == EVENT_DECIDED || k == EVENT_PAID;
}

static bool may(const struct case_page *p, enum event_kind kind, const struct step_state *t)
{
    return case_refuses(&p->k.ground, p->k.state, kind, t, p->c->today) == NULL &&
           case_not_theirs(p->c->scope, &p->k, kind, t) == NULL &&
           !(p->related && is_judging(kind)) && !(p->visit.zh != NULL && kind == EVENT_DECIDED);
}

static str form_word(enum step_form f)
{
    static const char *const word[] = {
#define STEP_FORM(name, word, en, zh) word,
#include "lang/step_form.def"
#undef STEP_FORM
    };
    return str_from(word[f]);
}

static str level_word(enum place_level l)
{
    static const char *const word[] = {"elsewhere", "city", "county", "township", "village"};
    return str_from(word[l]);
}

static void write_step(struct case_page *p, const struct step_state *t)
{
    struct json *j = &p->c->json;
    bool open = t->status == STEP_OPEN && case_status_open(p->k.state->status);
    json_obj(j);
    JSON_STR(j, "name", t->step->name.text);
    json_key(j, "label");
    json_label(j, &t->step->label);
    JSON_STR(j, "form", form_word(t->step->form));
    JSON_STR(j, "at", level_word(case_step_level(&p->k, t)));
    JSON_STR(j, "role", str_from(role_code(case_step_role(&p->k, t))));
    JSON_STR(j, "state", str_from(step_status_word(t->status)));
    json_day_or_null(j, "opened", t->opened);
    json_clock(j, p->k.ground.calendar, p->c->today, t->warn, t->due, t->step->within.unit,
               !open || case_step_paused(p->k.state, t), t->unsure);
    json_day_or_null(j, "done", t->done);
    JSON_STR(j, "by", t->by);
    JSON_STR(j, "result", t->result);
    JSON_BOOL(j, "can", open && may(p, main_event(p->k.state, t->step->form), t));
    json_obj_end(j);
}

/* ---- papers and files ----------------------------------------------------------------------- */

static void write_papers(struct case_page *p)
{
    static const char *const source[] = {"applicant", "office", "promise"};
    struct json *j = &p->c->json;
    const struct service *s = p->k.ground.service;
    json_key(j, "papers");
    json_arr(j);
    for (size_t i = 0; i < s->n_papers; i++) {
        int64_t file = 0;
        for (size_t f = 0; f < p->n_files; f++)
            if (str_eq(p->files[f].paper, s->papers[i].name.text))
                file = p->files[f].file_id;
        json_obj(j);
        JSON_STR(j, "name", s->papers[i].name.text);
        json_key(j, "label");
        json_label(j, &s->papers[i].label);
        JSON_STR(j, "source", str_from(source[s->papers[i].source]));
        json_key(j, "only_for");
        json_label(j, &s->papers[i].only_for);
        JSON_BOOL(j, "may_follow", s->papers[i].may_follow);
        JSON_STR(j, "have", str_from(paper_have_word(p->k.state->papers[i])));
        json_key(j, "file");
        if (file != 0)
            json_id(j, file);
        else
            json_nil(j);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_files(struct case_page *p)
{
    struct json *j = &p->c->json;
    json_key(j, "files");
    json_arr(j);
    for (size_t i = 0; i < p->n_files; i++) {
        const struct case_file *f = &p->files[i];
        json_obj(j);
        json_key(j, "id");
        json_id(j, f->file_id);
        JSON_STR(j, "name", f->name);
        JSON_STR(j, "type", f->type);
        JSON_INT(j, "bytes", f->bytes);
        JSON_STR(j, "paper", f->paper);
        JSON_INT(j, "at_ms", f->at_ms);
        JSON_STR(j, "who", f->who);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* ---- what was typed and known --------------------------------------------------------------- */

static void write_raw(struct json *j, const json_t *v)
{
    const char *key;
    json_t *one;
    if (json_is_object(v)) {
        json_obj(j);
        json_object_foreach((json_t *)(uintptr_t)v, key, one)
        {
            json_key(j, key);
            write_raw(j, one);
        }
        json_obj_end(j);
    } else if (json_is_array(v)) {
        json_arr(j);
        for (size_t i = 0; i < json_array_size(v); i++)
            write_raw(j, json_array_get(v, i));
        json_arr_end(j);
    } else if (json_is_string(v)) {
        json_str(j, (str){json_string_value(v), json_string_length(v)});
    } else if (json_is_integer(v)) {
        json_int(j, json_integer_value(v));
    } else if (json_is_boolean(v)) {
        json_bool(j, json_is_true(v));
    } else {
        json_nil(j);
    }
}

MUST_CHECK static enum rc write_draft(struct case_page *p, struct err *err)
{
    struct json *j = &p->c->json;
    str text;
    int64_t version = 0;
    TRY(case_draft_read(p->conn, p->k.row.county_code, p->k.row.case_id, p->c->arena, &text,
                        &version, err));
    json_t *draft =
        text.n > 0 && scope_reasons(p->c->scope) ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    json_key(j, "draft");
    write_raw(j, draft);
    json_decref(draft);
    JSON_INT(j, "draft_version", version);
    return RC_OK;
}

static bool fact_hidden(struct case_page *p, const struct case_fact *f)
{
    const struct rules *rules = p->c->city->rules;
    const struct reg *reg = rules_reg(rules, f->person_id != 0 ? S("person") : S("household"));
    const struct field *field = reg != NULL ? reg_field(reg, f->field) : NULL;
    return field != NULL && !scope_sees(p->c->scope, rules, field);
}

static void write_facts(struct case_page *p)
{
    struct json *j = &p->c->json;
    json_key(j, "facts");
    json_arr(j);
    for (size_t i = 0; i < p->k.state->facts.n; i++) {
        const struct case_fact *f = &p->k.state->facts.at[i];
        if (fact_hidden(p, f))
            continue;
        json_obj(j);
        json_key(j, "person");
        json_ref(j, p->k.row.county_code, f->person_id);
        JSON_STR(j, "field", f->field);
        json_key(j, "value");
        write_raw(j, f->value);
        json_day_or_null(j, "from", f->from);
        JSON_BOOL(j, "recorded", f->applied != 0);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* ---- what the rules say --------------------------------------------------------------------- */

static void write_proposed(struct case_page *p)
{
    struct json *j = &p->c->json;
    json_key(j, "proposed");
    json_arr(j);
    for (size_t i = 0; p->asked && i < p->proposal.n; i++) {
        const struct case_unit *u = &p->proposal.units[i];
        const struct determination *d = &u->unit->d;
        json_obj(j);
        JSON_STR(j, "programme", u->policy->name.text);
        json_key(j, "label");
        json_label(j, &u->policy->label);
        json_key(j, "person");
        json_ref(j, p->k.row.county_code, u->person_id);
        JSON_STR(j, "outcome", d->undecided ? S("undecided") : d->policy->alts[d->alt].name.text);
        JSON_STR(j, "fits", u->undecided ? S("open") : u->fits ? S("yes") : S("no"));
        json_key(j, "amount_fen");
        if (u->undecided)
            json_nil(j);
        else
            json_int(j, u->fen);
        JSON_BOOL(j, "enrolled", u->enrolled);
        json_words(j, "result", str_z(p->c->arena, u->unit->result[0]),
                   str_z(p->c->arena, u->unit->result[1]));
        json_words(j, "reasons",
                   u->fits ? "" : str_z(p->c->arena, case_reasons(u, false, p->c->arena)),
                   u->fits ? "" : str_z(p->c->arena, case_reasons(u, true, p->c->arena)));
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_verdict(struct case_page *p, const char *key, const struct case_opinion *o)
{
    struct json *j = &p->c->json;
    json_key(j, key);
    if (o->seq == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_BOOL(j, "grant", o->grant);
    JSON_STR(j, "text", o->text);
    JSON_STR(j, "who", o->who);
    json_day_or_null(j, "day", o->day);
    json_key(j, "programmes");
    json_arr(j);
    for (size_t i = 0; i < o->n_lines; i++) {
        json_obj(j);
        JSON_STR(j, "programme", o->lines[i].programme);
        json_key(j, "person");
        json_ref(j, p->k.row.county_code, o->lines[i].person_id);
        JSON_BOOL(j, "grant", o->lines[i].grant);
        JSON_INT(j, "fen", o->lines[i].fen);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
}

static void write_changed(struct case_page *p)
{
    struct json *j = &p->c->json;
    struct case_difference *all = NULL;
    size_t n = p->asked && p->k.state->decision.seq == 0
                   ? case_changed(&p->k, &p->proposal, p->c->arena, &all)
                   : 0;
    json_key(j, "changed_since_opinion");
    json_arr(j);
    for (size_t i = 0; i < n; i++) {
        json_obj(j);
        json_words(j, "text", str_z(p->c->arena, all[i].zh), str_z(p->c->arena, all[i].en));
        json_obj_end(j);
    }
    json_arr_end(j);
}

MUST_CHECK static enum rc write_notices(struct case_page *p, struct err *err)
{
    struct json *j = &p->c->json;
    struct desk_json d;
    struct notice *n = NULL;
    size_t count = 0;
    TRY(notices_of_case(p->conn, p->k.row.county_code, p->k.row.case_id, p->c->arena, &n, &count,
                        err));
    TRY(desk_json_begin(p->c, p->conn, &d, err));
    json_key(j, "notices");
    json_arr(j);
    for (size_t i = 0; i < count; i++)
        TRY(desk_json_notice(&d, &n[i], err));
    json_arr_end(j);
    return RC_OK;
}

/* ---- what comes next ------------------------------------------------------------------------ */

static void write_action(struct case_page *p, enum event_kind kind, const struct step_state *t)
{
    struct json *j = &p->c->json;
    str needs = str_from(event_needs(kind)), one, rest;
    json_obj(j);
    JSON_STR(j, "event", str_from(event_word(kind)));
    json_words(j, "label", event_label(kind, false), event_label(kind, true));
    json_key(j, "step");
    if (t != NULL)
        json_str(j, t->step->name.text);
    else
        json_nil(j);
    json_key(j, "needs");
    json_arr(j);
    for (; needs.n > 0; needs = rest) {
        if (!str_cut(needs, ',', &one, &rest))
            rest = S("");
        json_str(j, one);
    }
    json_arr_end(j);
    json_obj_end(j);
}

static void write_actions(struct case_page *p)
{
    struct json *j = &p->c->json;
    struct case_state *s = p->k.state;
    json_key(j, "actions");
    json_arr(j);
    for (size_t i = 0; i < s->service->n_steps; i++) {
        const struct step_state *t = &s->steps[i];
        enum event_kind kind = main_event(s, t->step->form);
        if (t->status == STEP_OPEN && may(p, kind, t))
            write_action(p, kind, t);
    }
    for (enum event_kind k = 0; k < EVENT__COUNT; k++)
        if (event_roles(k) != 0 && may(p, k, NULL))
            write_action(p, k, NULL);
    json_arr_end(j);
    if (p->visit.zh != NULL) {
        json_words(j, "visit_first", p->visit.zh, p->visit.en);
    } else {
        json_key(j, "visit_first");
        json_nil(j);
    }
    json_key(j, "blocked");
    if (!p->related) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_STR(j, "zh", S("申请家庭中有您本人或您的近亲属，须由他人办理（回避）。"));
    JSON_STR(j, "en",
             S("you or a relative of yours live in this household: somebody else decides."));
    json_obj_end(j);
}

static void write_lists(struct case_page *p)
{
    struct json *j = &p->c->json;
    json_key(j, "steps");
    json_arr(j);
    for (size_t i = 0; i < p->k.ground.service->n_steps; i++)
        write_step(p, &p->k.state->steps[i]);
    json_arr_end(j);
    write_papers(p);
    write_files(p);
    write_facts(p);
    json_key(j, "story");
    json_arr(j);
    for (size_t i = 0; i < p->k.n_events; i++)
        json_event(j, &p->k, &p->k.events[i], p->c->arena);
    json_arr_end(j);
}

/* ---- all ------------------------------------------------------------------------------------ */

MUST_CHECK static enum rc read_page(struct case_page *p, struct err *err)
{
    int64_t county = 0, id = 0;
    struct err none = {0};
    TRY(call_ref(p->c, p->c->at[0], "case", &county, &id, err));
    TRY(case_load(p->c->city, p->c->scope, p->conn, county, id, p->c->arena, &p->k, err));
    TRY(files_of(p->conn, county, id, p->c->arena, &p->files, &p->n_files, err));
    TRY(scope_related(p->c->scope, p->conn, county, p->k.row.household_id, &p->related, err));
    TRY(case_visit_missing(p->conn, &p->k, p->c->today, &p->visit, err));
    /* As it was decided, else as it stands; a family that is gone since has no calculation, and its
     * case can be read all the same. */
    const struct case_state *s = p->k.state;
    day on = s->decision.seq != 0 ? s->decision.day : p->c->today;
    if ((case_status_open(s->status) || s->decision.seq != 0) && !p->k.ground.elsewhere)
        p->asked =
            case_propose(p->c->city, p->conn, &p->k, on, p->c->arena, &p->proposal, &none) == RC_OK;
    return none.rc == RC_IO ? err_set(err, none.rc, "%s", none.text) : RC_OK;
}

MUST_CHECK static enum rc write_page(struct case_page *p, struct err *err)
{
    struct json *j = &p->c->json;
    TRY(read_page(p, err));
    json_obj(j);
    TRY(write_head(p, err));
    write_lists(p);
    TRY(write_draft(p, err));
    if (p->asked) {
        preview_write(p->c, p->k.row.county_code, &p->proposal.preview, p->k.row.person_id);
    } else {
        json_key(j, "programmes");
        json_arr(j);
        json_arr_end(j);
    }
    write_proposed(p);
    write_verdict(p, "opinion", &p->k.state->opinion);
    write_changed(p);
    write_verdict(p, "decision", &p->k.state->decision);
    TRY(write_notices(p, err));
    write_actions(p);
    json_obj_end(j);
    return RC_OK;
}

enum rc cases_get(struct call *c, struct err *err)
{
    struct case_page p = {.c = c};
    TRY(store_reader(c->city->store, &p.conn, err));
    enum rc rc = write_page(&p, err);
    store_reader_done(p.conn);
    return rc;
}
