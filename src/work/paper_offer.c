/* Which papers a case can have now. */
#include "work/paper_in.h"

typedef VEC(struct paper_offer) offer_list;

static int64_t last_made(const struct paper_row *rows, size_t n, str document, int64_t person)
{
    for (size_t i = 0; i < n; i++) /* the newest first */
        if (!rows[i].replaced && str_eq(rows[i].document, document) &&
            (person == 0 || rows[i].person_id == person))
            return rows[i].paper_id;
    return 0;
}

/* One for each adult who lives there. */
static void offer_signers(const struct household_view *home, day on, struct paper_offer o,
                          const struct paper_row *rows, size_t n, struct arena *a, offer_list *out)
{
    for (size_t i = 0; i < home->members.n; i++) {
        const struct view_member *m = &home->members.at[i];
        day born = 0;
        if (!m->here || (date_parse(m->birth, &born) && date_years(born, on) < 18))
            continue;
        o.person_id = m->person;
        o.person = m->name;
        o.paper_id = last_made(rows, n, o.document->name.text, m->person);
        *VEC_PUSH(a, out) = o;
    }
}

/* Of what was decided both ways can't both be: the case's notices say which. */
MUST_CHECK static enum rc was_told(struct conn *c, const struct case_whole *k,
                                   enum document_form form, struct arena *a, bool *out,
                                   struct err *err)
{
    struct notice *all = NULL;
    size_t n = 0;
    *out = false;
    TRY(notices_of_case(c, k->row.county_code, k->row.case_id, a, &all, &n, err));
    for (size_t i = 0; i < n; i++)
        *out |= str_eq(all[i].kind, str_from(document_form_word(form)));
    return RC_OK;
}

/* An application is granted or refused, what is had already changes or stops. */
static bool can_ever(const struct service *s, enum document_form f)
{
    bool application = s->form == SERVICE_APPLICATION;
    switch (f) {
    case DOCUMENT_GRANT:
    case DOCUMENT_REFUSAL:
        return application;
    case DOCUMENT_CHANGE:
    case DOCUMENT_STOP:
        return !application;
    case DOCUMENT_RECEIPT:
        return s->form != SERVICE_REVIEW;
    case DOCUMENT_POSTING:
    case DOCUMENT_COVER:
        return false;
    default:
        return true;
    }
}

enum rc paper_offers(struct city *city, const struct scope *s, struct conn *c, int64_t county,
                     int64_t case_id, struct arena *a, struct paper_offer **out, size_t *n,
                     struct err *err)
{
    struct case_whole *k = NEW(a, struct case_whole);
    struct household_view home;
    struct paper_row *rows = NULL;
    size_t made = 0;
    offer_list all = {0};
    TRY(case_load(city, s, c, county, case_id, a, k, err));
    TRY(papers_of_case(c, county, case_id, a, &rows, &made, err));
    TRY(household_view(city, c, county, k->row.household_id, s->today, false, a, &home, err));
    for (enum document_form f = 0; f < DOCUMENT__COUNT; f++) {
        const struct document *d = paper_document(city, k, f);
        struct paper_offer o = {.document = d};
        bool decides = f == DOCUMENT_GRANT || f == DOCUMENT_REFUSAL || f == DOCUMENT_CHANGE ||
                       f == DOCUMENT_STOP;
        bool told = true;
        if (d == NULL || !can_ever(k->ground.service, f))
            continue;
        paper_refuses(k, f, o.why);
        if (o.why[0] == NULL && decides) {
            TRY(was_told(c, k, f, a, &told, err));
            if (!told)
                continue;
        }
        o.can = o.why[0] == NULL;
        if (f == DOCUMENT_AUTHORISATION && o.can) {
            offer_signers(&home, s->today, o, rows, made, a, &all);
            continue;
        }
        o.paper_id = last_made(rows, made, d->name.text, 0);
        *VEC_PUSH(a, &all) = o;
    }
    *out = all.at;
    *n = all.n;
    return RC_OK;
}
