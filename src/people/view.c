/* See view.h. */
#include "people/view.h"

#include <stdlib.h>
#include <string.h>

#include "people/people_sql.h"
#include "people/versioned.h"

struct viewing {
    const struct city *city;
    struct conn *c;
    struct arena *a;
    char on[11], next[11]; /* the day, and the one after */
    int64_t position;      /* as believed then; 0: now */
    struct household_view *v;
};

/* The statement of now, or the one of then with the position behind its other parameters. */
MUST_CHECK static enum rc read_rows(const struct viewing *g, const struct statement *now,
                                    const struct statement *then, int64_t id, struct query **q,
                                    struct err *err)
{
    const struct value v[] = {V_INT(g->v->county), V_INT(id), V_INT(g->position)};
    return g->position == 0 ? query(g->c, now, v, 2, q, err) : query(g->c, then, v, 3, q, err);
}

static void touched(struct viewing *g, int64_t position)
{
    if (position > g->v->version)
        g->v->version = position;
}

MUST_CHECK static enum rc read_household(struct viewing *g, struct err *err)
{
    struct query *q = NULL;
    bool found = false;
    TRY(read_rows(g, &stmt_view_household, &stmt_time_household, g->v->household, &q, err));
    while (query_next(q)) {
        str from = query_text(q, 0), to = query_text(q, 1);
        touched(g, query_int(q, 2));
        /* The row of the day; before there is one the first, after it the last. */
        if (found && str_cmp(from, str_from(g->on)) > 0)
            continue;
        found = true;
        g->v->from = str_dup(g->a, from);
        g->v->to = str_dup(g->a, to);
        g->v->division = query_int(q, 3);
        g->v->head = query_int(q, 4);
        g->v->over = str_cmp(to, str_from(g->on)) <= 0;
    }
    TRY(query_end(q, err));
    return found ? RC_OK
                 : err_set(err, RC_NOT_FOUND, "there is no household %lld-%lld",
                           (long long)g->v->county, (long long)g->v->household);
}

/* A person who came back has several rows: the one of the day counts, else the last. */
MUST_CHECK static enum rc read_members(struct viewing *g, struct err *err)
{
    struct query *q = NULL;
    TRY(read_rows(g, &stmt_view_members, &stmt_time_members, g->v->household, &q, err));
    while (query_next(q)) {
        struct view_member *m = g->v->members.n > 0 ? &g->v->members.at[g->v->members.n - 1] : NULL;
        str from = query_text(q, 1), to = query_text(q, 2);
        bool here = str_cmp(from, str_from(g->on)) <= 0 && str_cmp(to, str_from(g->on)) > 0;
        touched(g, query_int(q, 3));
        touched(g, query_int(q, 9));
        if (m != NULL && m->person == query_int(q, 0) && m->here)
            continue;
        if (m == NULL || m->person != query_int(q, 0))
            m = VEC_PUSH(g->a, &g->v->members);
        *m = (struct view_member){.person = query_int(q, 0),
                                  .name = str_dup(g->a, query_text(q, 5)),
                                  .sex = (int)query_int(q, 6),
                                  .birth = str_dup(g->a, query_text(q, 7)),
                                  .death = str_dup(g->a, query_text(q, 8)),
                                  .relation = str_dup(g->a, query_text(q, 4)),
                                  .from = str_dup(g->a, from),
                                  .to = str_dup(g->a, to),
                                  .here = here};
    }
    return query_end(q, err);
}

/* The head first, then by relation, the elder before the younger; those who left at the end. */
static int member_order(const void *a, const void *b)
{
    const struct view_member *x = a, *y = b;
    if (x->here != y->here)
        return x->here ? -1 : 1;
    bool x_head = str_eq(x->relation, S("02")), y_head = str_eq(y->relation, S("02"));
    if (x_head != y_head)
        return x_head ? -1 : 1;
    int order = str_cmp(x->relation, y->relation);
    if (order == 0)
        order = str_cmp(x->birth, y->birth);
    return order != 0 ? order : (x->person > y->person) - (x->person < y->person);
}

MUST_CHECK static enum rc open_numbers(struct viewing *g, struct view_member *m, struct err *err)
{
    const struct value v[] = {V_INT(g->v->county), V_INT(m->person)};
    struct err bad = {0};
    struct query *q = NULL;
    TRY(query(g->c, &stmt_view_numbers, v, 2, &q, err));
    while (bad.rc == RC_OK && query_next(q)) {
        struct person_key key;
        str number = {0};
        int64_t kind = query_int(q, 0);
        touched(g, query_int(q, 3));
        enum rc rc =
            person_key_open(g->city->vault, g->v->county, m->person, query_blob(q, 2), &key, &bad);
        if (rc == RC_OK)
            rc = number_open(g->city->vault, &key, (enum number_kind)kind, query_blob(q, 1), g->a,
                             &number, &bad);
        if (rc != RC_OK)
            break;
        *(kind == NUMBER_IDENTITY ? &m->identity
          : kind == NUMBER_PHONE  ? &m->phone
                                  : &m->card) = number;
    }
    TRY(query_end(q, err));
    return bad.rc == RC_OK ? RC_OK : err_set(err, bad.rc, "%s", bad.text);
}

/* ---- facts ---------------------------------------------------------------------------------- */

static struct value value_at(const struct viewing *g, const struct fact_table *t, size_t i,
                             const struct query *q)
{
    if (query_null(q, 3 + i))
        return V_NULL;
    return t->versions->types[i] == 'i' ? V_INT(query_int(q, 3 + i))
                                        : V_TEXT(str_dup(g->a, query_text(q, 3 + i)));
}

/* All rows up to the day, in order: a value that goes on keeps the day on which it began. */
MUST_CHECK static enum rc read_facts(struct viewing *g, const struct fact_table *t, int64_t id,
                                     struct err *err)
{
    const struct value v[] = {V_INT(g->v->county), V_INT(id), V_TEXT(S("")),
                              V_TEXT(S("9999-12-31"))};
    const struct value then[] = {v[0], v[1], V_INT(g->position)};
    struct view_fact *now = NEW_N(g->a, struct view_fact, t->n_fields + 1);
    bool holds = false;
    str last_to = S("");
    struct query *q = NULL;
    TRY(g->position == 0 ? query(g->c, &t->overlap, v, 4, &q, err)
                         : query(g->c, &t->versions_then, then, 3, &q, err));
    while (query_next(q)) {
        str from = query_text(q, 0);
        touched(g, query_int(q, 2));
        if (str_cmp(from, str_from(g->on)) > 0)
            continue;
        bool goes_on = str_eq(from, last_to);
        from = str_dup(g->a, from);
        last_to = str_dup(g->a, query_text(q, 1));
        holds = str_cmp(last_to, str_from(g->on)) > 0;
        for (size_t i = 0; i < t->n_fields; i++) {
            struct value is = value_at(g, t, i, q);
            if (goes_on && value_same(&is, &now[i].value))
                continue;
            now[i] =
                (struct view_fact){t->fields[i], t->of_person ? id : 0, is, from, query_int(q, 2)};
        }
    }
    TRY(query_end(q, err));
    for (size_t i = 0; holds && i < t->n_fields; i++)
        *VEC_PUSH(g->a, &g->v->facts) = now[i];
    return RC_OK;
}

MUST_CHECK static enum rc read_all_facts(struct viewing *g, struct err *err)
{
    const struct registers *r = g->city->registers;
    for (size_t i = 0; i < r->n; i++) {
        const struct fact_table *t = &r->tables[i];
        if (str_eq(t->key, S("household_id")))
            TRY(read_facts(g, t, g->v->household, err));
        for (size_t k = 0; t->of_person && k < g->v->members.n; k++)
            if (g->v->members.at[k].here)
                TRY(read_facts(g, t, g->v->members.at[k].person, err));
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_enrolments(struct viewing *g, struct err *err)
{
    struct query *q = NULL;
    TRY(read_rows(g, &stmt_view_enrolments, &stmt_time_enrolments, g->v->household, &q, err));
    while (query_next(q)) {
        touched(g, query_int(q, 4));
        *VEC_PUSH(g->a, &g->v->enrolments) =
            (struct view_enrolment){.person = query_int(q, 0),
                                    .programme = str_dup(g->a, query_text(q, 1)),
                                    .from = str_dup(g->a, query_text(q, 2)),
                                    .to = str_dup(g->a, query_text(q, 3)),
                                    .cause = str_dup(g->a, query_text(q, 5))};
    }
    return query_end(q, err);
}

enum rc household_view_then(const struct city *city, struct conn *c, int64_t county,
                            int64_t household, day on, int64_t position, bool numbers,
                            struct arena *a, struct household_view *out, struct err *err)
{
    struct viewing g = {.city = city, .c = c, .a = a, .position = position, .v = out};
    *out = (struct household_view){.county = county, .household = household};
    date_text(on, g.on);
    date_text(on + 1, g.next);
    TRY(read_household(&g, err));
    TRY(read_members(&g, err));
    if (out->members.n > 0)
        qsort(out->members.at, out->members.n, sizeof *out->members.at, member_order);
    for (size_t i = 0; numbers && i < out->members.n; i++)
        if (out->members.at[i].here)
            TRY(open_numbers(&g, &out->members.at[i], err));
    TRY(read_all_facts(&g, err));
    return read_enrolments(&g, err);
}

enum rc household_view(const struct city *city, struct conn *c, int64_t county, int64_t household,
                       day on, bool numbers, struct arena *a, struct household_view *out,
                       struct err *err)
{
    return household_view_then(city, c, county, household, on, 0, numbers, a, out, err);
}

/* ---- words ---------------------------------------------------------------------------------- */

static str label_of(const struct label *l, str name, bool english)
{
    str s = english && l->en.n > 0 ? l->en : l->zh;
    return s.n > 0 ? s : name;
}

str fact_shown(const struct field *f, const struct value *v, bool english, struct arena *a)
{
    char text[32];
    if (v->kind == VALUE_NULL)
        return english ? S("unknown") : S("未知");
    switch (f->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        return str_dup(a, str_from(money_text(v->i, true, text)));
    case K_BOOL:
        return v->i != 0 ? (english ? S("yes") : S("是")) : english ? S("no") : S("否");
    case K_CODE:
        for (size_t i = 0; i < f->type.code->n_values; i++)
            if (str_eq(code_name(f->type.code, i), v->s))
                return label_of(&f->type.code->values[i].label, v->s, english);
        return v->s;
    default:
        return v->kind == VALUE_INT ? str_fmt(a, "%lld", (long long)v->i) : v->s;
    }
}

/* GB/T 4761: the main classes and those that families in the register have. */
str relation_label(str digits, bool english)
{
    static const struct {
        const char digits[3], *zh, *en;
    } all[] = {
        {"01", "本人", "self"},
        {"02", "户主", "head"},
        {"10", "配偶", "spouse"},
        {"11", "夫", "husband"},
        {"12", "妻", "wife"},
        {"20", "子", "son"},
        {"21", "独生子", "only son"},
        {"22", "长子", "eldest son"},
        {"23", "次子", "second son"},
        {"27", "养子或继子", "adopted son or stepson"},
        {"28", "女婿", "son-in-law"},
        {"29", "其他儿子", "other son"},
        {"30", "女", "daughter"},
        {"31", "独生女", "only daughter"},
        {"32", "长女", "eldest daughter"},
        {"33", "次女", "second daughter"},
        {"37", "养女或继女", "adopted daughter or stepdaughter"},
        {"38", "儿媳", "daughter-in-law"},
        {"39", "其他女儿", "other daughter"},
        {"40", "孙子、孙女或外孙子、外孙女", "grandchild"},
        {"41", "孙子", "grandson"},
        {"42", "孙女", "granddaughter"},
        {"43", "外孙子", "daughter's son"},
        {"44", "外孙女", "daughter's daughter"},
        {"45", "孙媳妇或外孙媳妇", "grandson's wife"},
        {"46", "孙女婿或外孙女婿", "granddaughter's husband"},
        {"47", "曾孙子或曾外孙子", "great-grandson"},
        {"48", "曾孙女或曾外孙女", "great-granddaughter"},
        {"50", "父母", "parent"},
        {"51", "父亲", "father"},
        {"52", "母亲", "mother"},
        {"53", "公公", "husband's father"},
        {"54", "婆婆", "husband's mother"},
        {"55", "岳父", "wife's father"},
        {"56", "岳母", "wife's mother"},
        {"57", "继父或养父", "stepfather or adoptive father"},
        {"58", "继母或养母", "stepmother or adoptive mother"},
        {"60", "祖父母或外祖父母", "grandparent"},
        {"61", "祖父", "father's father"},
        {"62", "祖母", "father's mother"},
        {"63", "外祖父", "mother's father"},
        {"64", "外祖母", "mother's mother"},
        {"70", "兄弟姐妹", "sibling"},
        {"71", "兄", "elder brother"},
        {"72", "嫂", "elder brother's wife"},
        {"73", "弟", "younger brother"},
        {"74", "弟媳", "younger brother's wife"},
        {"75", "姐姐", "elder sister"},
        {"76", "姐夫", "elder sister's husband"},
        {"77", "妹妹", "younger sister"},
        {"78", "妹夫", "younger sister's husband"},
        {"97", "其他亲属", "other relative"},
        {"99", "非亲属", "not a relative"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (str_eq(str_from(all[i].digits), digits))
            return str_from(english ? all[i].en : all[i].zh);
    return digits;
}
