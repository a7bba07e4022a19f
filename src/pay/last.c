/* See last.h. */
#include "pay/last.h"

#include "pay/carried.h"
#include "pay/pay_sql.h"

struct reading {
    const struct rules *rules;
    struct conn *conn;
    struct arena *a;
    struct value v[5]; /* county, month, household twice, job */
    VEC(struct preview_paid) paid;
    VEC(struct preview_fact) carried;
};

MUST_CHECK static enum rc read_paid(struct reading *r, struct err *err)
{
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_run_last_awards, r->v, 5, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(r->rules, query_text(q, 2));
        if (p != NULL && p->of_member == (query_int(q, 1) != 0))
            *VEC_PUSH(r->a, &r->paid) = (struct preview_paid){p, query_int(q, 1), query_int(q, 3)};
    }
    return query_end(q, err);
}

static void take_carried(struct reading *r, const struct policy *p, int64_t person, str text)
{
    struct carried *list = NULL;

    if (!carried_parse(p, text, r->a, &list))
        return;
    for (size_t i = 0; i < p->n_carries; i++)
        if (list[i].known)
            *VEC_PUSH(r->a, &r->carried) = (struct preview_fact){
                .field = list[i].field, .person_id = person, .value = list[i].value};
}

MUST_CHECK static enum rc read_carried(struct reading *r, struct err *err)
{
    struct query *q = NULL;

    TRY(query(r->conn, &stmt_run_last_carried, r->v, 5, &q, err));
    while (query_next(q)) {
        const struct policy *p = rules_policy(r->rules, query_text(q, 2));
        if (p != NULL && p->of_member == (query_int(q, 1) != 0))
            take_carried(r, p, query_int(q, 1), query_text(q, 3));
    }
    return query_end(q, err);
}

enum rc last_of_household(const struct rules *rules, struct conn *c, int64_t county,
                          int64_t household, month m, const int64_t *known, struct arena *a,
                          struct preview_last *out, struct err *err)
{
    char text[8];
    struct reading r = {.rules = rules, .conn = c, .a = a};
    const struct value visible[] = {V_INT(county), V_TEXT(str_from(month_text(m - 1, text)))};
    int64_t job = 0;

    *out = (struct preview_last){0};
    if (known != NULL) {
        job = *known;
    } else {
        enum rc rc = query_one(c, &stmt_run_visible, visible, 2, &job, err);
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            return rc;
    }
    if (job == 0)
        return RC_OK;
    r.v[0] = visible[0];
    r.v[1] = visible[1];
    r.v[2] = r.v[3] = V_INT(household);
    r.v[4] = V_INT(job);
    TRY(read_paid(&r, err));
    TRY(read_carried(&r, err));
    *out = (struct preview_last){r.paid.at, r.paid.n, r.carried.at, r.carried.n, job};
    return RC_OK;
}
