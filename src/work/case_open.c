/* An application is taken: one number, a case for each service. */
#include "work/case_facts.h"
#include "work/case_in.h"
#include "work/effect.h"
#include "work/review.h"
#include "work/work_sql.h"

#include "people/people.h"

struct opening {
    struct city *city;
    const struct scope *scope;
    const struct case_new *in;
    struct arena *a;
    struct case_made *out;
    day on;
    int64_t division, head, office;
};

/* ---- what is asked for ---------------------------------------------------------------------- */

static bool has_paper(const struct opening *o, str name)
{
    for (size_t i = 0; i < o->in->n_services; i++) {
        const struct service *s = rules_service(o->city->rules, o->in->services[i].service);
        for (size_t k = 0; k < s->n_papers; k++)
            if (str_eq(s->papers[k].name.text, name))
                return true;
    }
    return false;
}

MUST_CHECK static enum rc check_papers(const struct opening *o, struct err *err)
{
    const json_t *papers = o->in->papers;
    if (papers == NULL || json_is_null(papers))
        return RC_OK;
    if (!json_is_array(papers))
        return err_set(err, RC_BAD_INPUT, "papers: expected an array of {paper, have}");
    for (size_t i = 0; i < json_array_size(papers); i++) {
        const json_t *p = json_array_get(papers, i);
        bool known = false;
        (void)paper_have_find(case_text(p, "have"), &known);
        if (!known)
            return err_set(err, RC_BAD_INPUT,
                           "papers: have: found “%.*s”, expected yes, no, promised or fetched",
                           STR_ARG(case_text(p, "have")));
        if (!has_paper(o, case_text(p, "paper")))
            return err_set(err, RC_BAD_INPUT, "papers: “%.*s” belongs to none of the services",
                           STR_ARG(case_text(p, "paper")));
    }
    return RC_OK;
}

MUST_CHECK static enum rc check_person(const struct opening *o, struct conn *c, int64_t person,
                                       struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(o->in->county), V_INT(o->in->household), V_INT(person),
                              V_TEXT(str_from(date_text(o->on, text)))};
    int64_t n = 0;
    TRY(query_one(c, &stmt_case_member, v, 4, &n, err));
    return n > 0 ? RC_OK
                 : err_set(err, RC_BAD_INPUT, "person: is no member of the household on that day");
}

MUST_CHECK static enum rc check_service(const struct opening *o, struct conn *c, size_t i,
                                        struct err *err)
{
    str name = o->in->services[i].service;
    int64_t person = o->in->services[i].person;
    const struct service *s = rules_service(o->city->rules, name);
    if (s == NULL)
        return err_set(err, RC_BAD_INPUT, "services: “%.*s”: there is no such service",
                       STR_ARG(name));
    for (size_t k = 0; k < i; k++)
        if (str_eq(o->in->services[k].service, name) && o->in->services[k].person == person)
            return err_set(err, RC_BAD_INPUT, "services: “%.*s” is named twice", STR_ARG(name));
    if (!place_line_on(o->city->place, s->line, date_month(o->on)))
        return err_set(err, RC_RULE, "services: the line of “%.*s” is not switched on here",
                       STR_ARG(name));
    if (s->of_member && person == 0)
        return err_set(err, RC_BAD_INPUT,
                       "person: “%.*s” is applied for by one person: expected which",
                       STR_ARG(name));
    if (o->in->registered.n == 0 && case_goes_out(s))
        return err_set(err, RC_BAD_INPUT,
                       "registered: “%.*s” is for people registered elsewhere: expected where",
                       STR_ARG(name));
    if (o->in->registered.n > 0 && !s->elsewhere)
        return err_set(err, RC_RULE,
                       "“%.*s” is for people who are registered here: whoever is registered "
                       "elsewhere applies there",
                       STR_ARG(name));
    return s->of_member ? check_person(o, c, person, err) : RC_OK;
}

/* Any township of the city takes any line: what counts is the office, not the clerk's line. */
MUST_CHECK static enum rc check_who(struct opening *o, struct conn *c, struct err *err)
{
    const struct scope *s = o->scope;
    if (!scope_acts(s, ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD) | ROLE_BIT(ROLE_DECIDER), S("")))
        return err_set(err, RC_RULE, "an application is taken by a township's or county's clerk");
    o->office = o->division;
    if (division_level(s->division) >= AT_TOWNSHIP)
        o->office = s->division;
    return office_at(c, o->office, AT_TOWNSHIP, o->on, &o->office, err);
}

MUST_CHECK static enum rc check_day(const struct opening *o, struct err *err)
{
    if (o->on > o->scope->today)
        return err_set(err, RC_BAD_INPUT, "day: it is after today");
    return o->on < o->scope->today - 366
               ? err_set(err, RC_BAD_INPUT, "day: it is more than a year ago")
               : RC_OK;
}

MUST_CHECK static enum rc find_household(struct opening *o, struct conn *c, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(o->in->county), V_INT(o->in->household),
                              V_TEXT(str_from(date_text(o->on, text)))};
    struct query *q = NULL;
    TRY(query(c, &stmt_case_household, v, 3, &q, err));
    bool found = query_next(q);
    if (found) {
        o->division = query_int(q, 0);
        o->head = query_int(q, 1);
    }
    TRY(query_end(q, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "the household is not on record on that day");
    return RC_OK;
}

MUST_CHECK static enum rc check_all(struct opening *o, struct conn *c, struct err *err)
{
    TRY(check_day(o, err));
    TRY(scope_household(o->scope, c, o->in->county, o->in->household, err));
    TRY(find_household(o, c, err));
    TRY(check_who(o, c, err));
    if (o->in->n_services == 0)
        return err_set(err, RC_BAD_INPUT, "services: expected at least one");
    for (size_t i = 0; i < o->in->n_services; i++)
        TRY(check_service(o, c, i, err));
    TRY(check_papers(o, err));
    return case_facts_check(o->city, c, o->in->county, o->in->household, o->in->facts, o->on, err);
}

/* ---- the cases ------------------------------------------------------------------------------ */

MUST_CHECK static enum rc next_number(struct opening *o, struct change *c, struct err *err)
{
    int year, m, d;
    int64_t last = 0;
    struct query *q = NULL;
    date_civil(o->on, &year, &m, &d);
    const struct value v[] = {V_INT(c->county_code), V_INT(year)};
    TRY(query(c->conn, &stmt_case_number_next, v, 2, &q, err));
    while (query_next(q))
        last = query_int(q, 0);
    TRY(query_end(q, err));
    o->out->number =
        str_fmt(o->a, "%06lld-%04d-%06lld", (long long)c->county_code, year, (long long)last);
    return RC_OK;
}

enum rc case_not_open_yet(struct change *c, const struct case_row *r, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(r->household_id), V_INT(r->person_id),
                              V_TEXT(r->service)};
    struct query *q = NULL;
    int64_t id = 0;
    TRY(query(c->conn, &stmt_case_open_same, v, 4, &q, err));
    while (query_next(q))
        id = query_int(q, 0);
    TRY(query_end(q, err));
    return id == 0
               ? RC_OK
               : err_set(err, RC_CONFLICT, "“%.*s” is under way already for them: case %06lld-%lld",
                         STR_ARG(r->service), (long long)c->county_code, (long long)id);
}

static json_t *accepted_data(const struct opening *o)
{
    json_t *data = case_json(S("{}"), o->a);
    if (json_is_array(o->in->facts))
        json_object_set(data, "facts", o->in->facts);
    if (json_is_array(o->in->papers))
        json_object_set(data, "papers", o->in->papers);
    return data;
}

static struct case_row row_of(const struct opening *o, const struct service *s, int64_t person)
{
    const struct case_new *in = o->in;
    return (struct case_row){.county_code = in->county,
                             .case_id = id_next(&o->city->ids),
                             .service = s->name.text,
                             .line = s->line,
                             .household_id = in->household,
                             .person_id = s->of_member ? person : 0,
                             .applicant_id = in->applicant_id,
                             .applicant = in->applicant,
                             .relation = in->relation,
                             .division = o->division,
                             .office = o->office,
                             .registered = in->registered,
                             .rule_hash = str_from(o->city->rule_hash),
                             .delegated =
                                 place_delegates(o->city->place, s, o->division, date_month(o->on)),
                             .accepted = o->on,
                             .note = in->note};
}

MUST_CHECK static enum rc open_one(struct opening *o, struct change *c, size_t i, struct err *err)
{
    const struct service *s = rules_service(o->city->rules, o->in->services[i].service);
    struct case_whole k = {.row = row_of(o, s, o->in->services[i].person), .n_events = 1};
    struct case_event e = {.seq = 1,
                           .kind = EVENT_ACCEPTED,
                           .step = S(""),
                           .day = o->on,
                           .who = c->who,
                           .text = o->in->note,
                           .data = accepted_data(o),
                           .position = c->position};
    k.row.number = o->in->n_services == 1
                       ? o->out->number
                       : str_fmt(o->a, "%.*s-%zu", STR_ARG(o->out->number), i + 1);
    k.events = &e;
    TRY(case_name_of(c->conn, c->county_code, k.row.person_id != 0 ? k.row.person_id : o->head,
                     o->a, &k.row.subject, err));
    TRY(case_not_open_yet(c, &k.row, err));
    TRY(case_ground_of(o->city, c->conn, &k.row, o->a, &k.ground, err));
    TRY(case_fold(&k.ground, &e, 1, o->a, &k.state, err));
    TRY(case_put(c, &k, err));
    TRY(case_event_put(c, k.row.case_id, &e, o->a, err));
    TRY(step_tasks(c, &k, NULL, o->on, err));
    if (s->form != SERVICE_CHANGE)
        TRY(review_begun(c, s, k.row.household_id, k.row.person_id, o->on, err));
    const struct case_told told = {.on = ON_ACCEPT, .text = S(""), .papers = S("")};
    TRY(case_tell(c, o->city, &k, &told, o->on, o->a, err));
    o->out->cases[i] = (struct case_made_one){k.row.case_id, k.row.number, k.row.service};
    return RC_OK;
}

static enum rc open_all(struct change *c, void *ctx, struct err *err)
{
    struct opening *o = ctx;
    TRY(check_all(o, c->conn, err));
    TRY(next_number(o, c, err));
    for (size_t i = 0; i < o->in->n_services; i++)
        TRY(open_one(o, c, i, err));
    return RC_OK;
}

enum rc case_open(struct city *city, const struct scope *s, const struct case_new *n,
                  struct arena *a, struct case_made *out, struct err *err)
{
    struct opening o = {.city = city,
                        .scope = s,
                        .in = n,
                        .a = a,
                        .out = out,
                        .on = n->day != 0 ? n->day : s->today};
    *out = (struct case_made){.cases = NEW_N(a, struct case_made_one, n->n_services + 1),
                              .n = n->n_services};
    const struct change_spec spec = {.store = city->store,
                                     .county_code = n->county,
                                     .who = s->login,
                                     .why = S("an application taken")};
    return change_write(&spec, open_all, &o, NULL, err);
}
