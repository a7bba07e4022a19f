/* See edit.h: what each kind of edit asks for and does. */
#include "people/edit.h"

#include <string.h>

#include "people/edit_in.h"
#include "people/people_sql.h"

static const struct {
    const char *word, *zh;
} kinds[EDIT_KINDS] = {
    [EDIT_NEW] = {"new", "新建家庭"},         [EDIT_BORN] = {"born", "出生"},
    [EDIT_DIED] = {"died", "死亡"},           [EDIT_IN] = {"in", "成员迁入"},
    [EDIT_OUT] = {"out", "成员迁出"},         [EDIT_MOVED] = {"moved", "住址迁移"},
    [EDIT_SPLIT] = {"split", "分户"},         [EDIT_JOINED] = {"joined", "并户"},
    [EDIT_FACT] = {"fact", "情况变化"},       [EDIT_NUMBERS] = {"numbers", "号码变更"},
    [EDIT_CROSSED] = {"crossed", "转入他户"},
};

enum edit_kind edit_kind_find(str word)
{
    for (int k = EDIT_BORN; k < EDIT_CROSSED; k++)
        if (str_eq(str_from(kinds[k].word), word))
            return (enum edit_kind)k;
    return EDIT_KINDS;
}

/* ---- who is head now ------------------------------------------------------------------------ */

enum rc edit_head_follows(struct editing *g, const struct view_member *gone, str from,
                          struct err *err)
{
    if (gone->person != g->v.head)
        return RC_OK;
    if (edit_living(g) == 1)
        return edit_end(g, from, err);
    if (g->e->head == 0 || g->e->head == gone->person) {
        struct sbuf names;
        sbuf_init(&names, 400);
        for (size_t i = 0; i < g->v.members.n; i++)
            if (g->v.members.at[i].here && g->v.members.at[i].person != gone->person)
                sbuf_fmt(&names, "%s%.*s", names.n > 0 ? ", " : "",
                         STR_ARG(g->v.members.at[i].name));
        enum rc rc = edit_wrong(g, RC_BAD_INPUT, "head", err,
                                "%.*s is the head: expected who is the head from now on, one of "
                                "%.*s",
                                STR_ARG(gone->name), STR_ARG(sbuf_str(&names)));
        sbuf_deinit(&names);
        return rc;
    }
    return edit_new_head(g, g->e->head, from, err);
}

/* ---- one kind each -------------------------------------------------------------------------- */

MUST_CHECK static enum rc do_died(struct editing *g, struct err *err)
{
    struct view_member *m = NULL;
    TRY(edit_member(g, g->e->person, "person", &m, err));
    if (m->death.n > 0)
        return edit_wrong(g, RC_CONFLICT, "person", err, "%.*s is recorded as dead since %.*s",
                          STR_ARG(m->name), STR_ARG(m->death));
    if (str_cmp(m->birth, g->on) > 0)
        return edit_wrong(g, RC_BAD_INPUT, "day", err,
                          "%.*s was born on %.*s: expected a later day", STR_ARG(m->name),
                          STR_ARG(m->birth));
    const struct person_row row = {m->person, m->name, m->sex, m->birth, g->on};
    TRY(person_put(g->c, &row, err));
    TRY(edit_head_follows(g, m, g->after, err));
    return edit_leave(g, m, g->after, err);
}

MUST_CHECK static enum rc do_out(struct editing *g, struct err *err)
{
    struct view_member *m = NULL;
    TRY(edit_member(g, g->e->person, "person", &m, err));
    TRY(edit_stop(g, edit_living(g) == 1 ? EDIT_ALL : m->person, err));
    TRY(edit_head_follows(g, m, g->on, err));
    TRY(edit_leave(g, m, g->on, err));
    return edit_tell(g, g->c, g->v.household, g->v.division, err);
}

/* Where a person of the register lives on the day and after, if anywhere. */
MUST_CHECK static enum rc elsewhere(struct editing *g, int64_t person, struct err *err)
{
    const struct value v[] = {V_INT(g->c->county_code), V_INT(person), V_INT(0), V_TEXT(g->on),
                              V_TEXT(S("9999-12-31"))};
    int64_t household = 0;
    struct query *q = NULL;
    TRY(query(g->c->conn, &stmt_membership_elsewhere, v, 5, &q, err));
    if (query_next(q))
        household = query_int(q, 0);
    TRY(query_end(q, err));
    if (household == 0)
        return RC_OK;
    return edit_wrong(g, RC_CONFLICT, "person", err,
                      household == g->v.household
                          ? "person: is a member of this household (%lld) already"
                          : "person: is a member of household %lld then: record the leaving there "
                            "first",
                      (long long)household);
}

MUST_CHECK static enum rc do_in(struct editing *g, struct err *err)
{
    const struct edit_person *p = g->e->n_people > 0 ? &g->e->people[0] : NULL;
    int64_t person = g->e->person, n = 0;
    str relation = {0};
    TRY(edit_relation(g, g->e->relation, &relation, err));
    if (person == 0 && p == NULL)
        return edit_wrong(g, RC_BAD_INPUT, "person", err, "expected a person, or a name");
    if (person == 0) {
        TRY(edit_person_new(g, p, &person, err));
        return edit_join(g, g->v.household, person, g->on, relation, err);
    }
    const struct value v[] = {V_INT(g->c->county_code), V_INT(person)};
    enum rc rc = query_one(g->c->conn, &stmt_person_current, v, 2, &n, err);
    if (rc == RC_NOT_FOUND)
        return edit_wrong(g, rc, "person", err, "person: there is none of that reference here");
    TRY(rc);
    TRY(elsewhere(g, person, err));
    return edit_join(g, g->v.household, person, g->on, relation, err);
}

MUST_CHECK static enum rc do_born(struct editing *g, struct err *err)
{
    int64_t person = 0;
    str relation = {0};
    if (g->e->n_people != 1)
        return edit_wrong(g, RC_BAD_INPUT, "name", err, "name: expected the child's");
    TRY(edit_relation(g, g->e->people[0].relation, &relation, err));
    TRY(edit_person_new(g, &g->e->people[0], &person, err));
    TRY(edit_join(g, g->v.household, person, g->on, relation, err));
    return edit_facts(g, &person, err);
}

enum rc edit_village(struct editing *g, int64_t division, struct division_info *out,
                     struct err *err)
{
    enum rc rc = division_find(g->c->conn, division, g->on, g->a, out, err);
    if (rc == RC_NOT_FOUND || (rc == RC_OK && division % 1000 == 0))
        return edit_wrong(g, RC_BAD_INPUT, "division", err,
                          "division: expected the code of a village or community");
    return rc;
}

MUST_CHECK static enum rc do_moved(struct editing *g, struct err *err)
{
    struct division_info to;
    TRY(edit_village(g, g->e->division, &to, err));
    if (to.division == g->v.division)
        return edit_wrong(g, RC_BAD_INPUT, "division", err,
                          "division: the household lives there already");
    if (to.county_code != g->c->county_code)
        return edit_move_away(g, &to, err);
    const struct household_row row = {g->v.household, g->on, S(DAY_OPEN), to.division, g->v.head};
    return household_put(g->c, &row, err);
}

MUST_CHECK static enum rc do_split(struct editing *g, struct err *err)
{
    struct view_member *head = NULL, *m = NULL;
    struct division_info at = {.division = g->v.division};
    bool has_head = false;
    if (g->e->n_persons == 0 || g->e->n_persons >= edit_living(g))
        return edit_wrong(g, RC_BAD_INPUT, "persons", err,
                          "persons: expected those who leave; at least one member stays");
    for (size_t i = 0; i < g->e->n_persons; i++) {
        TRY(edit_member(g, g->e->persons[i], "persons", &m, err));
        has_head = has_head || m->person == g->e->head;
        if (m->person == g->v.head)
            return edit_wrong(g, RC_BAD_INPUT, "persons", err,
                              "persons: %.*s is the head and stays; choose the others, or make "
                              "somebody else the head first",
                              STR_ARG(m->name));
    }
    if (!has_head)
        return edit_wrong(g, RC_BAD_INPUT, "head", err, "head: expected one of those who leave");
    if (g->e->division != 0)
        TRY(edit_village(g, g->e->division, &at, err));
    if (g->e->division != 0 && at.county_code != g->c->county_code)
        return edit_wrong(
            g, RC_BAD_INPUT, "division", err,
            "division: expected one of the same county; move the new household after");
    TRY(edit_member(g, g->e->head, "head", &head, err));
    g->out->made = id_next(&g->e->city->ids);
    const struct household_row row = {g->out->made, g->on, S(DAY_OPEN), at.division, head->person};
    TRY(household_put(g->c, &row, err));
    for (size_t i = 0; i < g->e->n_persons; i++) {
        TRY(edit_member(g, g->e->persons[i], "persons", &m, err));
        TRY(edit_stop(g, m->person, err));
        TRY(edit_leave(g, m, g->on, err));
        TRY(edit_join(g, g->out->made, m->person, g->on, edit_relation_to(g, m, head), err));
    }
    TRY(edit_left_behind(g, head->name, err));
    return edit_tell(g, g->c, g->out->made, at.division, err);
}

MUST_CHECK static enum rc do_joined(struct editing *g, struct err *err)
{
    struct editing from = *g;
    str relation = {0};
    TRY(edit_relation(g, g->e->relation, &relation, err));
    if (g->e->other == 0 || g->e->other == g->v.household)
        return edit_wrong(g, RC_BAD_INPUT, "household", err,
                          "household: expected the other one, which comes in");
    TRY(household_view(g->e->city, g->c->conn, g->c->county_code, g->e->other, g->e->day, false,
                       g->a, &from.v, err));
    if (from.v.over)
        return edit_wrong(g, RC_BAD_INPUT, "household", err, "household: it is over since %.*s",
                          STR_ARG(from.v.to));
    for (size_t i = 0; i < from.v.members.n; i++) {
        const struct view_member *m = &from.v.members.at[i];
        if (!m->here)
            continue;
        TRY(edit_leave(&from, m, g->on, err));
        TRY(edit_join(g, g->v.household, m->person, g->on,
                      m->person == from.v.head ? relation : S("97"), err));
    }
    TRY(edit_stop(&from, EDIT_ALL, err));
    TRY(edit_end(&from, g->on, err));
    return edit_tell(g, g->c, g->v.household, g->v.division, err);
}

MUST_CHECK static enum rc do_new(struct editing *g, struct err *err)
{
    struct division_info at;
    int64_t *ids = NEW_N(g->a, int64_t, g->e->n_people + 1);
    if (g->e->n_people == 0)
        return edit_wrong(g, RC_BAD_INPUT, "members", err,
                          "members: expected at least the head of the household");
    TRY(edit_village(g, g->e->division, &at, err));
    g->v = (struct household_view){.county = g->c->county_code,
                                   .household = id_next(&g->e->city->ids),
                                   .division = at.division};
    for (size_t i = 0; i < g->e->n_people; i++)
        TRY(edit_person_new(g, &g->e->people[i], &ids[i], err));
    g->v.head = ids[0];
    const struct household_row row = {g->v.household, g->on, S(DAY_OPEN), at.division, ids[0]};
    TRY(household_put(g->c, &row, err));
    for (size_t i = 0; i < g->e->n_people; i++) {
        str relation = S("02");
        if (i > 0)
            TRY(edit_relation(g, g->e->people[i].relation, &relation, err));
        TRY(edit_join(g, g->v.household, ids[i], g->on, relation, err));
    }
    g->out->household = g->v.household;
    g->out->county = g->c->county_code;
    return edit_facts(g, ids, err);
}

MUST_CHECK static enum rc do_numbers(struct editing *g, struct err *err)
{
    struct view_member *m = NULL;
    TRY(edit_member(g, g->e->person, "person", &m, err));
    if (g->e->n_people != 1 ||
        g->e->people[0].phone.n + g->e->people[0].card.n + g->e->people[0].identity.n == 0)
        return edit_wrong(g, RC_BAD_INPUT, "phone", err,
                          "expected a phone, card or identity number");
    return edit_numbers(g, m->person, &g->e->people[0], err);
}

MUST_CHECK static enum rc do_fact(struct editing *g, struct err *err)
{
    if (g->e->n_facts == 0)
        return edit_wrong(g, RC_BAD_INPUT, "facts", err, "facts: expected at least one");
    return edit_facts(g, NULL, err);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static const struct {
    enum rc (*fn)(struct editing *g, struct err *err);
} does[EDIT_KINDS] = {
    [EDIT_NEW] = {do_new},         [EDIT_BORN] = {do_born},       [EDIT_DIED] = {do_died},
    [EDIT_IN] = {do_in},           [EDIT_OUT] = {do_out},         [EDIT_MOVED] = {do_moved},
    [EDIT_SPLIT] = {do_split},     [EDIT_JOINED] = {do_joined},   [EDIT_FACT] = {do_fact},
    [EDIT_NUMBERS] = {do_numbers}, [EDIT_CROSSED] = {edit_cross},
};

MUST_CHECK static enum rc check_version(struct editing *g, struct err *err)
{
    const struct household_edit *e = g->e;
    TRY(household_view(e->city, g->c->conn, e->county, e->household, e->today, true, g->a, &g->v,
                       err));
    if (e->version != 0 && e->version != g->v.version)
        return err_set(err, RC_CONFLICT,
                       "the household was changed meanwhile (version %lld, expected %lld): look at "
                       "it again",
                       (long long)g->v.version, (long long)e->version);
    if (e->day != e->today)
        TRY(household_view(e->city, g->c->conn, e->county, e->household, e->day, true, g->a, &g->v,
                           err));
    if (g->v.over || str_cmp(g->v.from, g->on) > 0)
        return edit_wrong(g, RC_RULE, "day", err, "there was no such household on %.*s",
                          STR_ARG(g->on));
    return RC_OK;
}

/* What was known already is not written again, and then the version stays. */
MUST_CHECK static enum rc find_version(struct editing *g, struct err *err)
{
    struct household_view v;
    TRY(household_view(g->e->city, g->c->conn, g->out->county, g->out->household, g->e->today, true,
                       g->a, &v, err));
    g->out->version = v.version;
    return RC_OK;
}

static enum rc edit_once(struct change *c, void *ctx, struct err *err)
{
    struct editing *g = ctx;
    struct arena a = {0};
    char on[11], after[11];
    struct edit_overs over = {0};
    *g->out = (struct edit_result){.county = g->e->county, .household = g->e->household};
    g->c = c;
    g->a = &a;
    g->over = &over;
    g->on = str_from(date_text(g->e->day, on));
    g->after = str_from(date_text(g->e->day + 1, after));
    enum rc rc = g->e->kind == EDIT_NEW ? RC_OK : check_version(g, err);
    if (rc == RC_OK)
        rc = does[g->e->kind].fn(g, err);
    if (rc == RC_OK && g->out->version == 0)
        rc = find_version(g, err);
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc check_request(const struct household_edit *e, struct edit_result *out,
                                        struct err *err)
{
    struct editing g = {.e = e, .out = out};
    char text[11];
    if (utf8_count(str_trim(e->evidence)) < 2 || utf8_count(e->evidence) > 500)
        return edit_wrong(&g, RC_BAD_INPUT, "evidence", err,
                          "evidence: expected what it rests on, in 2 to 500 characters");
    if (e->day > e->today)
        return edit_wrong(&g, RC_BAD_INPUT, "day", err, "day: expected no later than %s",
                          date_text(e->today, text));
    if (e->day < date_day(1900, 1, 1))
        return edit_wrong(&g, RC_BAD_INPUT, "day", err, "day: expected 1900 or later");
    return RC_OK;
}

enum rc household_edit_in(struct change *c, const struct household_edit *e, struct edit_result *out,
                          struct err *err)
{
    struct editing g = {.e = e, .out = out};
    *out = (struct edit_result){.county = e->county, .household = e->household};
    TRY(check_request(e, out, err));
    return edit_once(c, &g, err);
}

enum rc household_edit(const struct household_edit *e, struct edit_result *out, struct err *err)
{
    struct arena a = {0};
    struct editing g = {.e = e, .out = out};
    *out = (struct edit_result){.county = e->county, .household = e->household};
    TRY(check_request(e, out, err));
    const struct change_spec spec = {
        .store = e->city->store,
        .county_code = e->county,
        .who = e->who,
        .why = str_fmt(&a, "%s：%.*s", kinds[e->kind].zh, STR_ARG(str_trim(e->evidence)))};
    enum rc rc = change_write(&spec, edit_once, &g, NULL, err);
    arena_deinit(&a);
    return rc;
}
