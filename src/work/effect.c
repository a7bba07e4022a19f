/* What the rules say of a case, what is made of that, and what it does. */
#include "work/effect.h"

#include <inttypes.h>
#include "work/case_facts.h"
#include "work/case_in.h"
#include "work/money.h"
#include "work/work_sql.h"

str fen_text(int64_t fen, struct arena *a)
{
    return str_fmt(a, "%s%" PRId64 ".%02d", fen < 0 ? "-" : "", (fen < 0 ? -fen : fen) / 100,
                   (int)((fen < 0 ? -fen : fen) % 100));
}

str part_of_sentence(str s)
{
    s = str_trim(s);
    if (str_ends(s, S("。")))
        return str_trim(str_sub(s, 0, s.n - S("。").n));
    return str_ends(s, S(".")) ? str_sub(s, 0, s.n - 1) : s;
}

/* ---- what the rules say --------------------------------------------------------------------- */

/* One sum, and what is paid from the month of application, look at that month; else the present. */
static month month_looked_at(const struct case_whole *k, day on)
{
    return date_month(k->ground.service->grant_from == GRANT_NEXT_MONTH ? on : k->row.accepted);
}

enum rc case_preview(struct city *city, struct conn *c, const struct case_whole *k, day on,
                     struct arena *a, struct preview *out, struct err *err)
{
    struct preview_fact *facts = NULL;
    size_t n = 0;
    TRY(case_facts_waiting(k, a, &facts, &n, err));
    const struct preview_spec spec = {.city = city,
                                      .county = k->row.county_code,
                                      .household = k->row.household_id,
                                      .division = k->row.division,
                                      .month = month_looked_at(k, on),
                                      .facts = facts,
                                      .n_facts = n,
                                      .rules = k->ground.rules,
                                      .position = k->state->decision.position};
    return preview_make(&spec, c, a, out, err);
}

/* A programme that only opens others: whoever comes before the last alternative has it. */
static bool pays_nobody(const struct policy *p)
{
    for (size_t i = 0; i < p->n_alts; i++)
        if (p->alts[i].n_pays > 0)
            return false;
    return true;
}

struct case_unit case_unit_of(const struct trace_policy *t, const struct trace_unit *u,
                              const int64_t *persons)
{
    const struct determination *d = &u->d;
    struct case_unit out = {.policy = t->policy, .unit = u, .undecided = d->undecided};

    if (t->policy->of_member)
        out.person_id = persons[d->member];
    out.fits =
        !d->undecided && (pays_nobody(t->policy) ? !t->policy->alts[d->alt].otherwise
                                                 : d->has_subject_pay || d->n_member_pays > 0);
    if (d->has_subject_pay)
        out.fen = d->subject_fen;
    out.undecided |= out.fits && d->subject_fen == AMOUNT_OPEN;
    for (size_t i = 0; i < d->n_member_pays; i++) {
        out.undecided |= d->member_pays[i].fen == AMOUNT_OPEN;
        out.fen += d->member_pays[i].fen;
    }
    if (out.undecided) {
        out.fits = false;
        out.fen = 0;
    }
    return out;
}

MUST_CHECK static enum rc read_enrolled(struct conn *c, const struct case_whole *k, day on,
                                        struct case_proposal *p, struct arena *a, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(k->row.county_code), V_INT(k->row.household_id),
                              V_TEXT(str_from(date_text(on, text)))};
    struct query *q = NULL;
    TRY(query(c, &stmt_case_enrolments, v, 3, &q, err));
    while (query_next(q))
        for (size_t i = 0; i < p->n; i++) {
            struct case_unit *u = &p->units[i];
            if (u->person_id != query_int(q, 0) || !str_eq(u->policy->name.text, query_text(q, 1)))
                continue;
            u->enrolled = true;
            u->enrolled_from = str_dup(a, query_text(q, 2));
            u->account_id = query_int(q, 4);
        }
    return query_end(q, err);
}

/* To the household and its members alike when the programme is the household's. */
static int64_t paid_last(const struct preview *p, const struct case_unit *u)
{
    int64_t sum = 0;
    for (size_t i = 0; i < p->n_paid; i++)
        if (str_eq(p->paid[i].policy->name.text, u->policy->name.text) &&
            (u->person_id == 0 || u->person_id == p->paid[i].person_id))
            sum += p->paid[i].fen;
    return sum;
}

/* What is changed by a decision is the amount decided before, be it paid yet or not. */
MUST_CHECK static enum rc read_decided(struct conn *c, const struct case_whole *k, day on,
                                       struct case_proposal *p, struct err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        struct case_unit *u = &p->units[i];
        int64_t fen = 0;
        const struct money_asked q = {.county = k->row.county_code,
                                      .household_id = k->row.household_id,
                                      .person_id = u->person_id,
                                      .programme = u->policy->name.text,
                                      .month = date_month(on) + 1};
        if (!u->enrolled)
            continue;
        TRY(money_decided(c, &q, &fen, err));
        u->last_fen = fen >= 0 ? fen : u->last_fen;
    }
    return RC_OK;
}

static bool decides(const struct service *s, const struct policy *p)
{
    for (size_t i = 0; i < s->n_decides; i++)
        if (str_eq(s->decides[i].text, p->name.text))
            return true;
    return false;
}

enum rc case_propose(struct city *city, struct conn *c, const struct case_whole *k, day on,
                     struct arena *a, struct case_proposal *out, struct err *err)
{
    VEC(struct case_unit) all = {0};
    *out = (struct case_proposal){.month = month_looked_at(k, on)};
    if (k->ground.elsewhere) /* decided by those who have its record */
        return RC_OK;
    TRY(case_preview(city, c, k, on, a, &out->preview, err));
    const struct trace *t = out->preview.trace;
    for (size_t i = 0; i < t->n_policies; i++) {
        const struct trace_policy *p = &t->policies[i];
        for (size_t m = 0; decides(k->ground.service, p->policy) && m < p->n_units; m++) {
            struct case_unit u = case_unit_of(p, &p->units[m], out->preview.persons);
            u.last_fen = paid_last(&out->preview, &u);
            if (k->row.person_id == 0 || u.person_id == k->row.person_id || u.person_id == 0)
                *VEC_PUSH(a, &all) = u;
        }
    }
    out->units = all.at;
    out->n = all.n;
    TRY(read_enrolled(c, k, on, out, a, err));
    TRY(read_decided(c, k, on, out, err));
    if (k->ground.service->form == SERVICE_APPLICATION)
        return RC_OK;
    size_t kept = 0;
    for (size_t i = 0; i < out->n; i++)
        if (out->units[i].enrolled)
            out->units[kept++] = out->units[i];
    out->n = kept;
    return RC_OK;
}

/* ---- granted or refused --------------------------------------------------------------------- */

static const json_t *line_for(const json_t *lines, const struct case_unit *u)
{
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *l = json_array_get(lines, i);
        if (str_eq(case_text(l, "programme"), u->policy->name.text) &&
            case_ref_id(json_object_get(l, "person")) == u->person_id)
            return l;
    }
    return NULL;
}

MUST_CHECK static enum rc may_grant(const struct case_unit *u, const json_t *line, struct arena *a,
                                    struct err *err)
{
    str name = u->policy->name.text;
    const json_t *fen = json_object_get(line, "fen");
    if (u->undecided)
        return err_set(err, RC_RULE, "%.*s can't be granted yet, the rules need more: %.*s",
                       STR_ARG(name), STR_ARG(u->unit->needs[EXPLAIN_EN]));
    if (!u->fits)
        return err_set(err, RC_RULE, "the rules do not give %.*s: %.*s", STR_ARG(name),
                       STR_ARG(u->unit->result[EXPLAIN_EN]));
    if (json_is_integer(fen) && json_integer_value(fen) != u->fen)
        return err_set(err, RC_RULE, "%.*s: found %.*s, expected %.*s as the rules give",
                       STR_ARG(name), STR_ARG(fen_text(json_integer_value(fen), a)),
                       STR_ARG(fen_text(u->fen, a)));
    return RC_OK;
}

MUST_CHECK static enum rc lines_known(const struct case_proposal *p, const json_t *lines,
                                      struct err *err)
{
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *l = json_array_get(lines, i);
        bool known = false;
        for (size_t u = 0; u < p->n; u++)
            known |= line_for(lines, &p->units[u]) == l;
        if (!known)
            return err_set(err, RC_BAD_INPUT,
                           "programmes: “%.*s” is not decided on in this case for that person",
                           STR_ARG(case_text(l, "programme")));
    }
    return RC_OK;
}

/* What was asked for of one unit: its line; else what follows from the whole. */
static bool wanted(const struct case_whole *k, const struct case_unit *u, const json_t *lines,
                   const json_t *line, bool grant)
{
    if (line != NULL)
        return case_flag(line, "grant", grant);
    if (json_array_size(lines) > 0)
        return k->ground.service->form != SERVICE_APPLICATION && u->fits;
    return grant && u->fits;
}

enum rc case_judge(const struct case_whole *k, const struct case_proposal *p, const json_t *data,
                   str text, struct arena *a, struct case_verdict *out, struct err *err)
{
    const json_t *lines = json_object_get(data, "programmes");
    bool lines_say = false;
    for (size_t i = 0; i < json_array_size(lines); i++)
        lines_say |= case_flag(json_array_get(lines, i), "grant", false);
    if (json_array_size(lines) == 0 && !json_is_boolean(json_object_get(data, "grant")))
        return err_set(err, RC_BAD_INPUT, "grant: expected true or false");
    bool grant = case_flag(data, "grant", lines_say);
    *out = (struct case_verdict){.grant = p->n == 0 && grant, .granted = NEW_N(a, bool, p->n + 1)};
    TRY(lines_known(p, lines, err));
    for (size_t i = 0; i < p->n; i++) {
        const struct case_unit *u = &p->units[i];
        const json_t *line = line_for(lines, u);
        out->granted[i] = wanted(k, u, lines, line, grant);
        if (out->granted[i]) {
            TRY(may_grant(u, line, a, err));
            out->fen += u->fen;
            out->grant = true;
        } else if (u->fits && str_trim(text).n == 0 &&
                   (line != NULL || !grant || json_array_size(lines) == 0)) {
            return err_set(err, RC_RULE,
                           "the rules give %.*s of %.*s: refusing it needs reasons in words",
                           STR_ARG(fen_text(u->fen, a)), STR_ARG(u->policy->name.text));
        }
    }
    if (p->n > 0 && grant && !out->grant)
        return may_grant(&p->units[0], NULL, a, err);
    return RC_OK;
}

json_t *case_verdict_json(const struct case_whole *k, const struct case_proposal *p,
                          const struct case_verdict *v, struct arena *a)
{
    json_t *o = case_json(S("{}"), a), *lines = json_array();
    char text[8];
    json_object_set_new(o, "grant", json_boolean(v->grant));
    json_object_set_new(o, "month", json_string(month_text(p->month, text)));
    json_object_set_new(o, "programmes", lines);
    for (size_t i = 0; i < p->n; i++) {
        const struct case_unit *u = &p->units[i];
        const struct determination *d = &u->unit->d;
        str outcome = d->undecided ? S("undecided") : d->policy->alts[d->alt].name.text;
        str person = u->person_id != 0 ? case_ref(k->row.county_code, u->person_id, a) : S("");
        json_t *l = json_object();
        json_object_set_new(l, "programme",
                            json_stringn(u->policy->name.text.p, u->policy->name.text.n));
        json_object_set_new(l, "person",
                            person.n > 0 ? json_stringn(person.p, person.n) : json_null());
        json_object_set_new(l, "grant", json_boolean(v->granted[i]));
        json_object_set_new(l, "fen", json_integer(v->granted[i] ? u->fen : 0));
        json_object_set_new(l, "outcome", json_stringn(outcome.p, outcome.n));
        json_array_append_new(lines, l);
    }
    return o;
}

/* ---- what it does --------------------------------------------------------------------------- */

struct doing {
    struct change *c;
    const struct case_whole *k;
    const struct case_proposal *p;
    day on;
    month from; /* first month */
    str cause;
};

MUST_CHECK static enum rc pay(const struct doing *d, const struct case_unit *u, int64_t person,
                              int64_t fen, bool once, struct err *err)
{
    const struct money_decision m = {.household_id = d->k->row.household_id,
                                     .person_id = person,
                                     .programme = u->policy->name.text,
                                     .from = once ? d->p->month : d->from,
                                     .once = once,
                                     .fen = fen,
                                     .cause = d->cause,
                                     .who = d->c->who,
                                     .account_id = u->account_id,
                                     .today = d->on};
    return money_decide(d->c, &m, err);
}

/* To the household or person itself, and to each member that the rules name. */
MUST_CHECK static enum rc pay_unit(const struct doing *d, const struct case_unit *u, bool once,
                                   struct err *err)
{
    const struct determination *det = &u->unit->d;
    bool changes = u->enrolled; /* what was paid so far may be another sum, or another's */
    if (det->has_subject_pay ? det->subject_fen > 0 || changes : changes)
        TRY(pay(d, u, u->person_id, det->has_subject_pay ? det->subject_fen : 0, once, err));
    for (size_t i = 0; i < det->n_member_pays; i++)
        TRY(pay(d, u, d->p->preview.persons[det->member_pays[i].member], det->member_pays[i].fen,
                once, err));
    return RC_OK;
}

MUST_CHECK static enum rc enrol(const struct doing *d, const struct case_unit *u, str from, str to,
                                struct err *err)
{
    const struct enrolment_row r = {.household_id = d->k->row.household_id,
                                    .person_id = u->person_id,
                                    .programme = u->policy->name.text,
                                    .valid_from = from,
                                    .valid_to = to,
                                    .cause = d->cause,
                                    .account_id = u->account_id};
    return enrolment_put(d->c, &r, err);
}

/* What it follows from, before anything is other than it was. */
MUST_CHECK static enum rc keep_proof(const struct doing *d, const struct case_unit *u,
                                     struct err *err)
{
    const struct money_determined m = {.case_id = d->k->row.case_id,
                                       .seq = d->k->state->version + 1,
                                       .household_id = d->k->row.household_id,
                                       .decided = d->on,
                                       .month = d->p->month,
                                       .rule_hash = d->k->row.rule_hash,
                                       .preview = &d->p->preview,
                                       .unit = u};
    return money_determined(d->c, &m, err);
}

MUST_CHECK static enum rc apply_unit(const struct doing *d, const struct case_unit *u, bool granted,
                                     struct err *err)
{
    char text[11];
    bool once = d->k->ground.service->grant_from == GRANT_ONCE;
    str from = str_from(date_text(month_first(d->from), text));

    if (granted && once)
        return pay_unit(d, u, true, err);
    if (granted) {
        if (!u->enrolled)
            TRY(enrol(d, u, from, S(DAY_OPEN), err));
        return pay_unit(d, u, false, err);
    }
    if (!u->enrolled || d->k->ground.service->form == SERVICE_APPLICATION)
        return RC_OK;
    if (str_cmp(u->enrolled_from, from) < 0)
        TRY(enrol(d, u, u->enrolled_from, from, err));
    return pay(d, u, u->person_id, 0, false, err);
}

enum rc effect_decided(struct change *c, const struct case_whole *k, const struct case_proposal *p,
                       const struct case_verdict *v, day on, struct err *err)
{
    struct arena a = {0};
    struct doing d = {.c = c, .k = k, .p = p, .on = on};
    enum rc rc = RC_OK;

    d.from = k->ground.service->grant_from == GRANT_NEXT_MONTH ? date_month(on) + 1 : p->month;
    d.cause = str_fmt(&a, "case %.*s", STR_ARG(k->row.number));
    for (size_t i = 0; rc == RC_OK && i < p->n; i++)
        rc = keep_proof(&d, &p->units[i], err);
    for (size_t i = 0; rc == RC_OK && i < p->n; i++)
        rc = apply_unit(&d, &p->units[i], v->granted[i], err);
    arena_deinit(&a);
    return rc;
}

/* ---- why not -------------------------------------------------------------------------------- */

bool case_is_reason(const struct determination *d, str name)
{
    for (size_t i = 0; i < d->policy->n_reasons && i < 64; i++)
        if ((d->reasons >> i & 1) != 0 && str_eq(d->policy->reason_names[i].text, name))
            return true;
    return false;
}

str case_reasons(const struct case_unit *u, bool english, struct arena *a)
{
    struct sbuf out;
    enum explain_lang l = english ? EXPLAIN_EN : EXPLAIN_ZH;
    sbuf_init(&out, 4096);
    for (int round = 0; round < 2; round++) /* what failed, then what would turn it */
        for (size_t i = 0; i < u->unit->steps.n; i++) {
            const struct trace_step *s = &u->unit->steps.at[i];
            bool take = round == 0
                            ? s->kind == TRACE_CONDITION && case_is_reason(&u->unit->d, s->name)
                            : s->kind == TRACE_CHANGE;
            if (!take || s->text[l].n == 0 ||
                str_find(sbuf_str(&out), part_of_sentence(s->text[l])) >= 0)
                continue;
            sbuf_addz(&out, out.n == 0 ? "" : english ? "; " : "；");
            sbuf_add(&out, part_of_sentence(s->text[l]));
        }
    if (out.n == 0)
        sbuf_add(&out, u->undecided ? u->unit->needs[l] : u->unit->result[l]);
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}
