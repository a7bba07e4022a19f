/* What holds a person on record, and until when. */
#include "pay/pay_sql.h"
#include "pay/retention_in.h"

#define FOREVER INT32_MAX

struct holding {
    const struct city *city;
    struct conn *c;
    int64_t county, person;
    day death, upto;
    struct arena *a;
    struct held longest;
};

static day month_later(day from, int months)
{
    int y, m, d;
    date_civil(from, &y, &m, &d);
    month to = month_of(y, m) + months;
    day last = month_first(to + 1) - 1;
    day out = month_first(to) + d - 1;
    return out > last ? last : out;
}

day keep_until(const struct keep *k, day end)
{
    int y, m, d;
    if (k->n == 0 || end >= FOREVER)
        return FOREVER;
    date_civil(end++, &y, &m, &d);
    if (k->year_of)
        end = date_day(y + 1, 1, 1);
    switch (k->unit) {
    case KEEP_DAYS:
        return end + k->n;
    case KEEP_MONTHS:
        return month_later(end, k->n);
    default:
        return date_add_years(end, k->n);
    }
}

static void hold(struct holding *h, enum hold what, str name, day until)
{
    if (until <= h->longest.until && h->longest.hold != HOLD_NOTHING)
        return;
    h->longest = (struct held){.hold = what, .name = name, .until = until};
}

/* Held since `end` by a declaration; `k` NULL: there is none of that name any more. */
static void hold_by(struct holding *h, enum hold what, const struct keep *k, str name, day end)
{
    day until = k != NULL ? keep_until(k, end) : FOREVER;
    if (until == FOREVER)
        hold(h, HOLD_UNDECLARED, name, FOREVER);
    else
        hold(h, what, name, until);
}

static const struct keep *register_keep(const struct holding *h, const char *name, str *out)
{
    const struct reg *r = rules_reg(h->city->rules, str_from(name));
    *out = r != NULL ? r->name.text : S("");
    return r != NULL ? &r->kept : NULL;
}

static day day_of(str text)
{
    day d = 0;
    if (str_eq(text, S(DAY_OPEN)) || !date_parse(text, &d))
        return FOREVER;
    return d;
}

struct stay {
    int64_t household;
    day from, to; /* to: the death at the latest */
};
typedef VEC(struct stay) stays;

MUST_CHECK static enum rc read_stays(struct holding *h, stays *out, struct err *err)
{
    const struct value v[] = {V_INT(h->county), V_INT(h->person)};
    struct query *q = NULL;
    TRY(query(h->c, &stmt_retention_memberships, v, 2, &q, err));
    while (query_next(q)) {
        struct stay s = {query_int(q, 0), day_of(query_text(q, 1)), day_of(query_text(q, 2))};
        if (h->death != 0 && s.to > h->death)
            s.to = h->death;
        *VEC_PUSH(h->a, out) = s;
    }
    return query_end(q, err);
}

/* ---- of one stay in a household --------------------------------------------------------------- */

MUST_CHECK static enum rc hold_enrolments(struct holding *h, const struct stay *s, struct err *err)
{
    const struct value v[] = {V_INT(h->county), V_INT(s->household), V_INT(h->person)};
    struct query *q = NULL;
    TRY(query(h->c, &stmt_retention_enrolments, v, 3, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(h->city->rules, query_text(q, 0));
        str name = p != NULL ? p->name.text : str_dup(h->a, query_text(q, 0));
        day from = day_of(query_text(q, 1)), to = day_of(query_text(q, 2));
        if (from > s->to || to <= s->from)
            continue;
        if (to > s->to)
            to = s->to;
        if (to > h->upto)
            hold(h, HOLD_ENROLLED, name, FOREVER);
        else
            hold_by(h, HOLD_POLICY, p != NULL ? &p->kept : NULL, name, to - 1);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc hold_payments(struct holding *h, const struct stay *s, struct err *err)
{
    char text[8];
    bool open_end = s->to == FOREVER;
    str last = open_end ? S("9999-12") : str_from(month_text(date_month(s->to), text));
    const struct value v[] = {V_INT(h->county), V_INT(s->household), V_TEXT(last)};
    struct query *q = NULL;
    int64_t open = 0;
    TRY(query(h->c, &stmt_retention_paid, v, 3, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(h->city->rules, query_text(q, 0));
        month m = 0;
        if (month_parse(query_text(q, 1), &m))
            hold_by(h, HOLD_POLICY, p != NULL ? &p->kept : NULL,
                    p != NULL ? p->name.text : str_dup(h->a, query_text(q, 0)),
                    month_first(m + 1) - 1);
    }
    TRY(query_end(q, err));
    TRY(query_one(h->c, &stmt_retention_arrears, v, 2, &open, err));
    if (open == 0)
        TRY(query_one(h->c, &stmt_retention_line_open, v, 2, &open, err));
    if (open > 0)
        hold(h, HOLD_MONEY, S(""), FOREVER);
    return RC_OK;
}

/* A case counts for whoever lived there while it went on. */
MUST_CHECK static enum rc hold_cases(struct holding *h, const struct statement *st,
                                     const struct value *v, size_t n, const struct stay *s,
                                     struct err *err)
{
    struct query *q = NULL;
    TRY(query(h->c, st, v, n, &q, err));
    while (query_next(q)) {
        const struct service *x = rules_service(h->city->rules, query_text(q, 0));
        str name = x != NULL ? x->name.text : str_dup(h->a, query_text(q, 0));
        bool open = query_text(q, 2).n == 0;
        day accepted = day_of(query_text(q, 1)), closed = day_of(query_text(q, 2));
        if (s != NULL && (accepted > s->to || (!open && closed < s->from)))
            continue;
        if (open)
            hold(h, HOLD_OPEN_CASE, name, FOREVER);
        else
            hold_by(h, HOLD_SERVICE, x != NULL ? &x->kept : NULL, name, closed);
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc hold_stay(struct holding *h, const struct stay *s, struct err *err)
{
    const struct value v[] = {V_INT(h->county), V_INT(s->household)};
    TRY(hold_enrolments(h, s, err));
    TRY(hold_payments(h, s, err));
    return hold_cases(h, &stmt_retention_cases, v, 2, s, err);
}

/* ---- the whole -------------------------------------------------------------------------------- */

/* Since when the person is on record nowhere; who never lived in a household: since it was recorded. */
static void hold_record(struct holding *h, const stays *list)
{
    day end = list->n == 0 ? (day)(id_ms(h->person) / 86400000) : INT32_MIN;
    str name;
    if (h->death != 0)
        end = h->death;
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i].to > end)
            end = list->at[i].to;
    if (end < FOREVER && end != h->death && list->n > 0)
        end--; /* its last day */
    if (end > h->upto && list->n > 0) {
        hold(h, HOLD_HOME, S(""), FOREVER);
        return;
    }
    const struct keep *k = register_keep(h, "person", &name);
    hold_by(h, HOLD_REGISTER, k, name, end);
    if (list->n == 0)
        return;
    k = register_keep(h, "household", &name);
    hold_by(h, HOLD_REGISTER, k, name, end);
}

enum rc person_held(const struct city *city, struct conn *c, int64_t county, int64_t person,
                    day death, day upto, struct arena *a, struct held *out, struct err *err)
{
    struct holding h = {.city = city,
                        .c = c,
                        .county = county,
                        .person = person,
                        .death = death,
                        .upto = upto,
                        .a = a,
                        .longest = {.until = INT32_MIN}};
    const struct value v[] = {V_INT(county), V_INT(person), V_INT(0)};
    stays list = {0};
    int64_t staff = 0;
    TRY(read_stays(&h, &list, err));
    hold_record(&h, &list);
    for (size_t i = 0; i < list.n; i++)
        TRY(hold_stay(&h, &list.at[i], err));
    TRY(hold_cases(&h, &stmt_retention_applied, v, 3, NULL, err));
    TRY(query_one(c, &stmt_retention_staff, v, 2, &staff, err));
    if (staff > 0)
        hold(&h, HOLD_STAFF, S(""), FOREVER);
    *out = h.longest;
    return RC_OK;
}
