/* The rows of a county that its figures are made of. */
#include "pay/figures_in.h"
#include "pay/pay_sql.h"
#include "people/registers.h"

struct reading {
    const struct city *city;
    struct conn *c;
    struct arena *a;
    month month;
    char month_text[8], eve[11], last[11];
    struct figure_county *out;
};

static day day_of(str text)
{
    day d = 0;
    return date_parse(text, &d) ? d : 0;
}

/* The first day on which it holds no more; what is open ends after every day. */
static day end_of(str text)
{
    return str_eq(text, S(DAY_OPEN)) ? INT32_MAX : day_of(text);
}

/* Programmes that the rules don't know any more are nobody's figures. */
static const struct policy *policy_of(const struct reading *r, str name)
{
    return rules_policy(r->city->rules, name);
}

MUST_CHECK static enum rc read_units(struct reading *r, const struct value *v, struct err *err)
{
    struct query *q = NULL;
    TRY(query(r->c, &stmt_figures_enrolled, v, 3, &q, err));
    while (query_next(q)) {
        const struct policy *p = policy_of(r, query_text(q, 2));
        if (p != NULL)
            *VEC_PUSH(r->a, &r->out->units) =
                (struct figure_unit){query_int(q, 0), query_int(q, 1), p, day_of(query_text(q, 3)),
                                     end_of(query_text(q, 4))};
    }
    return query_end(q, err);
}

MUST_CHECK static enum rc read_places(struct reading *r, const struct value *v, struct err *err)
{
    struct query *q = NULL;
    TRY(query(r->c, &stmt_figures_places, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(r->a, &r->out->places) = (struct figure_place){
            query_int(q, 0), query_int(q, 1), day_of(query_text(q, 2)), end_of(query_text(q, 3))};
    return query_end(q, err);
}

MUST_CHECK static enum rc read_members(struct reading *r, const struct value *v, struct err *err)
{
    struct query *q = NULL;
    TRY(query(r->c, &stmt_figures_members, v, 3, &q, err));
    while (query_next(q))
        *VEC_PUSH(r->a, &r->out->members) =
            (struct figure_member){.household = query_int(q, 0),
                                   .person = query_int(q, 1),
                                   .from = day_of(query_text(q, 2)),
                                   .to = end_of(query_text(q, 3)),
                                   .sex = (int)query_int(q, 4),
                                   .birth = day_of(query_text(q, 5)),
                                   .death = day_of(query_text(q, 6))};
    return query_end(q, err);
}

MUST_CHECK static enum rc read_paid(struct reading *r, struct err *err)
{
    struct figure_county *out = r->out;
    int64_t job = 0;
    const struct value m[] = {V_INT(out->county), V_TEXT(str_from(r->month_text))};
    enum rc rc = query_one(r->c, &stmt_run_visible, m, 2, &job, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    out->run = rc == RC_OK;
    struct query *q = NULL;
    const struct value v[] = {m[0], m[1], V_INT(job)};
    if (out->run) {
        TRY(query(r->c, &stmt_figures_awards, v, 3, &q, err));
        while (query_next(q)) {
            const struct policy *p = policy_of(r, query_text(q, 1));
            if (p != NULL)
                *VEC_PUSH(r->a, &out->awards) =
                    (struct figure_sum){query_int(q, 0), p, 1, query_int(q, 2)};
        }
        TRY(query_end(q, err));
    }
    TRY(query(r->c, &stmt_figures_once, m, 2, &q, err));
    while (query_next(q)) {
        const struct policy *p = policy_of(r, query_text(q, 1));
        if (p != NULL)
            *VEC_PUSH(r->a, &out->once) =
                (struct figure_sum){query_int(q, 0), p, query_int(q, 2), query_int(q, 3)};
    }
    return query_end(q, err);
}

typedef VEC(int64_t) id_list;

/* Whose fact is one of those wanted, on the last day; none when the rules don't have the field. */
MUST_CHECK static enum rc read_fact(struct reading *r, const char *reg_name, const char *field,
                                    bool (*wanted)(str code), id_list *out, struct err *err)
{
    const struct reg *reg = rules_reg(r->city->rules, str_from(reg_name));
    const struct field *f = reg != NULL ? reg_field(reg, str_from(field)) : NULL;
    size_t at = 0;
    const struct fact_table *t = f != NULL ? registers_table_of(r->city->registers, f, &at) : NULL;
    struct query *q = NULL;
    if (t == NULL)
        return RC_OK;
    const struct value v[] = {V_INT(r->out->county), V_INT(0), V_INT(INT64_MAX),
                              V_TEXT(str_from(r->last))};
    TRY(query(r->c, &t->now, v, 4, &q, err));
    while (query_next(q))
        if (wanted(query_text(q, at + 1)))
            *VEC_PUSH(r->a, out) = query_int(q, 0);
    return query_end(q, err);
}

static bool is_grade(str code)
{
    return code.n > 0 && !str_eq(code, S("none"));
}

static bool is_rural(str code)
{
    return str_eq(code, S("rural"));
}

enum rc figure_county_read(const struct city *city, struct conn *c, int64_t county, month m,
                           struct arena *a, struct figure_county *out, struct err *err)
{
    struct reading r = {.city = city, .c = c, .a = a, .month = m, .out = out};
    id_list disabled = {0}, rural = {0};
    *out = (struct figure_county){
        .county = county, .eve = month_first(m) - 1, .last = month_first(m + 1) - 1};
    month_text(m, r.month_text);
    date_text(out->eve, r.eve);
    date_text(out->last, r.last);
    const struct value v[] = {V_INT(county), V_TEXT(str_from(r.eve)), V_TEXT(str_from(r.last))};
    TRY(read_units(&r, v, err));
    TRY(read_places(&r, v, err));
    TRY(read_members(&r, v, err));
    TRY(read_paid(&r, err));
    if (out->units.n > 0) {
        TRY(read_fact(&r, "person", "disability_grade", is_grade, &disabled, err));
        TRY(read_fact(&r, "household", "hukou_type", is_rural, &rural, err));
    }
    out->disabled.at = disabled.at;
    out->disabled.n = disabled.n;
    out->rural.at = rural.at;
    out->rural.n = rural.n;
    return RC_OK;
}
