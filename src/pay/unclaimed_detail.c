/* What an application would need: names, papers, facts that nobody knows yet. */
#include "pay/pay_sql.h"
#include "pay/unclaimed.h"
#include "people/view.h"

const char *paper_way_word(enum paper_way w)
{
    static const char *const words[] = {"brought", "fetched", "promised", "on_record"};
    return words[w];
}

/* The application that decides on the programme, that of its own place first. */
static const struct service *service_of(const struct rules *r, str programme)
{
    const struct service *found = NULL;
    for (size_t i = 0; i < r->services.n; i++) {
        const struct service *s = r->services.at[i];
        if (s->form != SERVICE_APPLICATION)
            continue;
        for (size_t k = 0; k < s->n_decides; k++)
            if (str_eq(s->decides[k].text, programme) && (found == NULL || found->elsewhere))
                found = s;
    }
    return found;
}

/* Scans of the household's cases, the newest of each paper. */
MUST_CHECK static enum rc read_papers(struct conn *c, struct arena *a, struct unclaimed *u,
                                      struct err *err)
{
    const struct value v[] = {V_INT(u->county), V_INT(u->household)};
    struct query *q = NULL;
    for (size_t i = 0; i < u->service->n_papers; i++) {
        static const enum paper_way ways[] = {PAPER_BROUGHT, PAPER_FETCHED, PAPER_PROMISED};
        const struct service_paper *p = &u->service->papers[i];
        *VEC_PUSH(a, &u->papers) = (struct unclaimed_paper){.paper = p, .way = ways[p->source]};
    }
    TRY(query(c, &stmt_unclaimed_scans, v, 2, &q, err));
    while (query_next(q))
        for (size_t i = 0; i < u->papers.n; i++) {
            struct unclaimed_paper *p = &u->papers.at[i];
            if (!str_eq(p->paper->name.text, query_text(q, 0)))
                continue;
            p->way = PAPER_ON_RECORD;
            p->since = (day)(query_int(q, 1) / 86400000);
        }
    return query_end(q, err);
}

static const struct field *field_named(const struct rules *r, const char *reg, str name)
{
    const struct reg *g = rules_reg(r, str_from(reg));
    for (size_t i = 0; g != NULL && i < g->n_fields; i++)
        if (str_eq(g->fields[i]->name.text, name) && g->fields[i]->value == NULL)
            return g->fields[i];
    return NULL;
}

static bool known_of(const struct household_view *v, const struct field *f, int64_t person)
{
    for (size_t i = 0; i < v->facts.n; i++)
        if (v->facts.at[i].field == f && v->facts.at[i].person == person)
            return v->facts.at[i].value.kind != VALUE_NULL;
    return false;
}

static void fact_of(const struct city *city, const struct household_view *v, str name,
                    struct arena *a, struct unclaimed *u)
{
    const struct field *f = field_named(city->rules, "household", name);
    if (f != NULL) {
        if (core_field(f) == CORE_NONE && !known_of(v, f, 0))
            *VEC_PUSH(a, &u->facts) = (struct unclaimed_fact){.field = f};
        return;
    }
    f = field_named(city->rules, "person", name);
    if (f == NULL || core_field(f) != CORE_NONE)
        return;
    int64_t members = 0;
    for (size_t i = 0; i < v->members.n; i++) {
        const struct view_member *m = &v->members.at[i];
        bool asked = m->here && (u->person == 0 || m->person == u->person);
        members += asked && !known_of(v, f, m->person);
    }
    if (members > 0)
        *VEC_PUSH(a, &u->facts) = (struct unclaimed_fact){.field = f, .members = members};
}

enum rc unclaimed_detail(const struct city *city, struct conn *c, day today, struct arena *a,
                         struct unclaimed *u, struct err *err)
{
    struct household_view v = {0};
    TRY(household_view(city, c, u->county, u->household, today, false, a, &v, err));
    u->head_id = v.head;
    for (size_t i = 0; i < v.members.n; i++) {
        const struct view_member *m = &v.members.at[i];
        u->members += m->here;
        if (m->person == v.head)
            u->head = m->name;
        if (u->person != 0 && m->person == u->person)
            u->name = m->name;
    }
    u->service = service_of(city->rules, u->programme);
    if (u->service == NULL)
        return RC_OK;
    TRY(read_papers(c, a, u, err));
    for (size_t i = 0; i < u->service->n_forms; i++)
        for (size_t k = 0; k < u->service->forms[i].n; k++)
            fact_of(city, &v, u->service->forms[i].names[k].text, a, u);
    return RC_OK;
}
