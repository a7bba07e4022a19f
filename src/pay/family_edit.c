/* What each kind of family change does to the households it touches: edits of edit.h, all in one act. */
#include <string.h>

#include "pay/family_in.h"
#include "people/people_sql.h"

enum { GO_MOST = 31, FACTS_MOST = 200 };

/* ---- homes ---------------------------------------------------------------------------------- */

size_t family_home_of(const struct family *f, int64_t county, int64_t household)
{
    for (size_t i = 0; i < f->homes.n; i++)
        if (f->homes.at[i].county == county && f->homes.at[i].household == household)
            return i;
    return SIZE_MAX;
}

size_t family_home_add(struct family *f, int64_t county, int64_t household, bool made)
{
    size_t at = family_home_of(f, county, household);
    if (at != SIZE_MAX)
        return at;
    *VEC_PUSH(f->a, &f->homes) =
        (struct family_home){.county = county, .household = household, .made = made};
    return f->homes.n - 1;
}

/* Where somebody lives on the day of the act; 0: nowhere. */
MUST_CHECK static enum rc home_of(struct family *f, struct conn *c, int64_t county, int64_t person,
                                  int64_t *out, struct err *err)
{
    char on[11], after[11];
    const struct value v[] = {V_INT(county), V_INT(person), V_INT(0),
                              V_TEXT(str_from(date_text(f->act->day, on))),
                              V_TEXT(str_from(date_text(f->act->day + 1, after)))};
    struct query *q = NULL;
    *out = 0;
    TRY(query(c, &stmt_membership_elsewhere, v, 5, &q, err));
    if (query_next(q))
        *out = query_int(q, 0);
    return query_end(q, err);
}

static bool of_two(const struct family *f)
{
    return f->act->kind == FAMILY_MARRIAGE;
}

/* Whom it marries must be told apart from who there is in the household already. */
MUST_CHECK static enum rc find_partner(struct family *f, struct conn *c, struct err *err)
{
    const struct family_side *p = &f->act->partner;
    if (!of_two(f))
        return RC_OK;
    if (p->person == 0)
        return family_wrong(f, RC_BAD_INPUT, "partner", err,
                            "partner: expected whom the person marries");
    TRY(home_of(f, c, p->county, p->person, &f->partner_household, err));
    if (f->partner_household == 0)
        return family_wrong(f, RC_RULE, "partner", err,
                            "partner: lives in no household on record then: record that first");
    if (p->county == f->act->county && f->partner_household == f->act->household &&
        f->act->where != FAMILY_NEW)
        return family_wrong(
            f, RC_RULE, "partner", err,
            "partner: lives in this household already; expected a new household, or "
            "nothing to record");
    return RC_OK;
}

MUST_CHECK static enum rc county_of(struct family *f, struct conn *c, int64_t division,
                                    int64_t *out, struct err *err)
{
    char on[11];
    struct division_info at;
    enum rc rc = division_find(c, division, str_from(date_text(f->act->day, on)), f->a, &at, err);
    if (rc == RC_NOT_FOUND)
        return family_wrong(f, RC_BAD_INPUT, "division", err,
                            "division: expected the code of a village or community");
    *out = at.county_code;
    return rc;
}

/*
 * A change of one county can have one of another beside it, and that one none of the first again. So it
 * begins where somebody leaves for another county, if anybody does.
 */
enum rc family_begins(struct family *f, struct conn *c, int64_t *county, struct err *err)
{
    const struct family_act *act = f->act;
    int64_t to = 0;
    TRY(find_partner(f, c, err));
    *county = act->county;
    if (!of_two(f) || act->where == FAMILY_THERE)
        return RC_OK;
    to = act->county;
    if (act->where == FAMILY_NEW && act->division != 0)
        TRY(county_of(f, c, act->division, &to, err));
    /* Who comes here, or the one of two that goes further. */
    if (to == act->county)
        *county = act->partner.county;
    return RC_OK;
}

/* As it is before the act: who leaves one's place was seen there. */
MUST_CHECK static enum rc see_home(struct family *f, struct family_home *h, struct err *err)
{
    const struct family_act *act = f->act;
    struct err hidden;
    enum rc rc = scope_household(act->scope, f->c->conn, h->county, h->household, &hidden);
    /* Who lived there then and lives elsewhere now is of another office too. */
    if (rc == RC_OK && of_two(f) && h->county == act->partner.county &&
        h->household == f->partner_household)
        rc = scope_person(act->scope, f->c->conn, h->county, act->partner.person, &hidden);
    h->seen = rc == RC_OK;
    if (rc == RC_OK || rc == RC_NOT_FOUND)
        return RC_OK;
    *err = hidden;
    return rc;
}

enum rc family_touch(struct family *f, struct err *err)
{
    const struct family_act *act = f->act;
    family_home_add(f, act->county, act->household, false);
    if (of_two(f))
        family_home_add(f, act->partner.county, f->partner_household, false);
    if (act->kind == FAMILY_DIVORCE && act->to_household != 0)
        family_home_add(f, act->to_county, act->to_household, false);
    for (size_t i = 0; i < f->homes.n; i++)
        TRY(see_home(f, &f->homes.at[i], err));
    return RC_OK;
}

size_t family_unseen(const struct family *f)
{
    for (size_t i = 0; i < f->homes.n; i++)
        if (!f->homes.at[i].made && !f->homes.at[i].seen)
            return i;
    return SIZE_MAX;
}

/* Whoever comes from another county is somebody new there: the tie is told by where they come from. */
enum rc family_relate(struct family *f, struct err *err)
{
    for (size_t i = 0; i < f->homes.n; i++) {
        struct family_home *h = &f->homes.at[i];
        TRY(scope_related(f->act->scope, f->c->conn, h->county, h->household, &h->related, err));
    }
    for (size_t i = 0; i < f->went.n; i++) {
        const struct family_went *w = &f->went.at[i];
        size_t from = family_home_of(f, w->county, w->household);
        size_t to = family_home_of(f, w->to_county, w->to_household);
        if (from != SIZE_MAX && to != SIZE_MAX)
            f->homes.at[to].related |= f->homes.at[from].related;
    }
    return RC_OK;
}

/* ---- one edit ------------------------------------------------------------------------------- */

struct editing_one {
    struct family *f;
    struct household_edit e;
    struct edit_result r;
};

static enum rc note_over(struct change *c, void *ctx, const struct edit_over *o, struct err *err)
{
    struct family *f = ctx;
    (void)err;
    struct over_of *x = VEC_PUSH(f->a, &f->overs);
    *x = (struct over_of){.o = *o, .county = c->county_code};
    x->o.name = str_dup(f->a, o->name);
    x->o.programme = str_dup(f->a, o->programme);
    return RC_OK;
}

static struct household_edit edit_of(struct family *f, enum edit_kind kind, int64_t county,
                                     int64_t household)
{
    const struct family_act *act = f->act;
    return (struct household_edit){.city = act->city,
                                   .kind = kind,
                                   .county = county,
                                   .household = household,
                                   .who = act->scope->login,
                                   .day = act->day,
                                   .today = act->today,
                                   .evidence = act->evidence,
                                   .over = note_over,
                                   .over_ctx = f};
}

static enum rc edit_once(struct change *c, void *ctx, struct err *err)
{
    struct editing_one *one = ctx;
    enum rc rc = household_edit_in(c, &one->e, &one->r, err);
    if (rc != RC_OK)
        one->f->out->field = one->r.field;
    return rc;
}

MUST_CHECK static enum rc edit(struct family *f, const struct household_edit *e,
                               struct edit_result *out, struct err *err)
{
    struct editing_one one = {.f = f, .e = *e};
    TRY(family_within(f, e->county, edit_once, &one, err));
    *out = one.r;
    return RC_OK;
}

/* ---- facts ---------------------------------------------------------------------------------- */

static bool takes_part(const struct family_side *s, int64_t person)
{
    bool part = s->person == person;
    for (size_t i = 0; i < s->n_persons; i++)
        part |= s->persons[i] == person;
    return part;
}

/* Facts of one household's members, or of what was made; from the day on. */
MUST_CHECK static enum rc put_facts(struct family *f, size_t home, struct err *err)
{
    const struct family_act *act = f->act;
    const struct family_home *h = &f->homes.at[home];
    struct edit_fact facts[FACTS_MOST];
    struct household_edit e = edit_of(f, EDIT_FACT, h->county, h->household);
    struct edit_result r;
    for (size_t i = 0; i < act->n_facts && e.n_facts < FACTS_MOST; i++) {
        const struct family_fact *x = &act->facts[i];
        int64_t lives = 0;
        if (x->whose == OF_PERSON && x->county == h->county && !h->made)
            TRY(home_of(f, f->c->conn, x->county, x->person, &lives, err));
        /* Of others' families nothing is written but of who comes out of them. */
        if (!h->made && !h->seen && !takes_part(&act->partner, x->person))
            continue;
        bool mine = x->whose == OF_MADE        ? h->made
                    : x->whose == OF_HOUSEHOLD ? home == 0
                                               : lives == h->household && lives != 0;
        if (mine)
            facts[e.n_facts++] =
                (struct edit_fact){x->field, x->whose == OF_PERSON ? x->person : 0, x->value};
    }
    e.facts = facts;
    return e.n_facts == 0 ? RC_OK : edit(f, &e, &r, err);
}

/* ---- who goes ------------------------------------------------------------------------------- */

struct going {
    int64_t persons[GO_MOST], arrived[GO_MOST];
    str relations[GO_MOST];
    size_t n;
};

MUST_CHECK static enum rc going_of(struct family *f, const struct family_side *s, struct going *g,
                                   struct err *err)
{
    *g = (struct going){.n = 1, .persons = {s->person}};
    for (size_t i = 0; i < s->n_persons; i++) {
        if (s->persons[i] == s->person)
            continue;
        if (g->n == GO_MOST)
            return family_wrong(f, RC_LIMIT, "persons", err, "persons: expected at most %d",
                                GO_MOST - 1);
        g->persons[g->n++] = s->persons[i];
    }
    return RC_OK;
}

/* What is wrong on the other side, by the name of its member there. */
static enum rc of_partner(struct family *f, enum rc rc)
{
    const char *field = f->out->field;
    if (field != NULL && strcmp(field, "head") == 0)
        f->out->field = "partner_head";
    else if (field != NULL && strcmp(field, "persons") == 0)
        f->out->field = "partner_persons";
    return rc;
}

/* They cross from a household into another, 0: a new one. */
MUST_CHECK static enum rc cross(struct family *f, const struct family_side *s, int64_t household,
                                struct going *g, int64_t to_county, int64_t to, int64_t division,
                                struct edit_result *r, struct err *err)
{
    int64_t county = s == &f->act->own ? f->act->county : s->county;
    struct household_edit e = edit_of(f, EDIT_CROSSED, county, household);
    e.persons = g->persons;
    e.n_persons = g->n;
    e.relations = g->relations;
    e.arrived = g->arrived;
    e.head = s->head;
    e.other_county = to_county;
    e.other = to;
    e.division = division;
    enum rc rc = edit(f, &e, r, err);
    if (rc != RC_OK && s == &f->act->partner)
        return of_partner(f, rc);
    TRY(rc);
    *VEC_PUSH(f->a, &f->went) = (struct family_went){county, household, r->made_county, r->made};
    for (size_t i = 0; i < g->n; i++)
        if (r->made_county != county)
            *VEC_PUSH(f->a, &f->renamed) =
                (struct family_renamed){county, g->persons[i], r->made_county, g->arrived[i]};
    return RC_OK;
}

MUST_CHECK static enum rc view(struct family *f, int64_t county, int64_t household,
                               struct household_view *out, struct err *err)
{
    return household_view(f->act->city, f->c->conn, county, household, f->act->day, false, f->a,
                          out, err);
}

static const struct view_member *member(const struct household_view *v, int64_t person)
{
    for (size_t i = 0; i < v->members.n; i++)
        if (v->members.at[i].person == person && v->members.at[i].here)
            return &v->members.at[i];
    return NULL;
}

/* What a husband or wife of the member is to the head, and what the children that come along are. */
static void relations_of(struct going *g, const struct household_view *from,
                         const struct view_member *spouse, str given)
{
    bool head = spouse == NULL || str_eq(spouse->relation, S("02"));
    char of = spouse != NULL && spouse->relation.n == 2 ? spouse->relation.p[0] : '0';
    g->relations[0] = head ? S("10") : of == '2' ? S("38") : of == '3' ? S("28") : S("97");
    if (given.n > 0)
        g->relations[0] = given;
    for (size_t i = 1; i < g->n; i++) {
        const struct view_member *m = member(from, g->persons[i]);
        g->relations[i] = head && m != NULL ? (m->sex == 2 ? S("37") : S("27")) : S("97");
    }
}

/* ---- kinds ---------------------------------------------------------------------------------- */

/* Both into a household of their own: the first makes it, the other comes in. */
MUST_CHECK static enum rc marry_new(struct family *f, struct going *own, struct going *other,
                                    struct err *err)
{
    const struct family_act *act = f->act;
    struct household_view v;
    struct edit_result made, r;
    int64_t division = act->division;
    TRY(view(f, act->county, act->household, &v, err));
    if (division == 0)
        division = v.division;
    if (act->partner.county == act->county && f->partner_household == act->household) {
        /* Out of one household together. */
        for (size_t i = 0; i < other->n; i++) {
            if (own->n == GO_MOST)
                return family_wrong(f, RC_LIMIT, "persons", err, "persons: too many");
            own->relations[own->n] = i == 0 ? S("10") : S("");
            own->persons[own->n++] = other->persons[i];
        }
        TRY(cross(f, &act->own, act->household, own, 0, 0, division, &made, err));
        family_home_add(f, made.made_county, made.made, true);
        return RC_OK;
    }
    TRY(cross(f, &act->own, act->household, own, 0, 0, division, &made, err));
    family_home_add(f, made.made_county, made.made, true);
    TRY(view(f, act->partner.county, f->partner_household, &v, err));
    relations_of(other, &v, NULL, act->relation);
    return cross(f, &act->partner, f->partner_household, other, made.made_county, made.made, 0, &r,
                 err);
}

MUST_CHECK static enum rc marry(struct family *f, struct err *err)
{
    const struct family_act *act = f->act;
    const struct family_side *theirs = &act->partner;
    struct going own, other;
    struct household_view from, to;
    struct edit_result r;
    TRY(going_of(f, &act->own, &own, err));
    TRY(going_of(f, theirs, &other, err));
    TRY(view(f, act->county, act->household, &from, err));
    if (member(&from, act->own.person) == NULL)
        return family_wrong(f, RC_BAD_INPUT, "person", err,
                            "person: expected a member of this household who marries");
    if (act->where == FAMILY_NEW)
        return marry_new(f, &own, &other, err);
    TRY(view(f, theirs->county, f->partner_household, &to, err));
    if (act->where == FAMILY_HERE) {
        relations_of(&other, &to, member(&from, act->own.person), act->relation);
        return cross(f, theirs, f->partner_household, &other, act->county, act->household, 0, &r,
                     err);
    }
    relations_of(&own, &from, member(&to, theirs->person), act->relation);
    return cross(f, &act->own, act->household, &own, theirs->county, f->partner_household, 0, &r,
                 err);
}

MUST_CHECK static enum rc part(struct family *f, struct err *err)
{
    const struct family_act *act = f->act;
    struct going g;
    struct household_view v;
    struct edit_result r;
    int64_t division = act->division;
    TRY(going_of(f, &act->own, &g, err));
    g.relations[0] = act->relation;
    TRY(view(f, act->county, act->household, &v, err));
    if (member(&v, act->own.person) == NULL)
        return family_wrong(f, RC_BAD_INPUT, "person", err,
                            "person: expected the member of this household who leaves it");
    size_t living = 0;
    for (size_t i = 0; i < v.members.n; i++)
        living += v.members.at[i].here;
    if (g.n >= living)
        return family_wrong(f, RC_BAD_INPUT, "persons", err,
                            "persons: expected those who leave; at least one member stays");
    if (division == 0)
        division = v.division;
    TRY(cross(f, &act->own, act->household, &g, act->to_household != 0 ? act->to_county : 0,
              act->to_household, division, &r, err));
    family_home_add(f, r.made_county, r.made, act->to_household == 0);
    return RC_OK;
}

MUST_CHECK static enum rc move(struct family *f, struct err *err)
{
    const struct family_act *act = f->act;
    struct household_edit e = edit_of(f, EDIT_MOVED, act->county, act->household);
    struct edit_result r;
    e.division = act->division;
    TRY(edit(f, &e, &r, err));
    if (r.county != act->county || r.household != act->household) {
        family_home_add(f, r.county, r.household, true);
        *VEC_PUSH(f->a, &f->went) =
            (struct family_went){act->county, act->household, r.county, r.household};
    }
    return RC_OK;
}

MUST_CHECK static enum rc bear(struct family *f, struct err *err)
{
    const struct family_act *act = f->act;
    struct household_edit e = edit_of(f, EDIT_BORN, act->county, act->household);
    struct edit_fact facts[FACTS_MOST];
    struct edit_result r;
    e.people = &act->child;
    e.n_people = 1;
    for (size_t i = 0; i < act->n_facts && e.n_facts < FACTS_MOST; i++)
        if (act->facts[i].whose == OF_CHILD)
            facts[e.n_facts++] = (struct edit_fact){act->facts[i].field, -1, act->facts[i].value};
    e.facts = facts;
    return edit(f, &e, &r, err);
}

MUST_CHECK static enum rc die(struct family *f, struct err *err)
{
    struct household_edit e = edit_of(f, EDIT_DIED, f->act->county, f->act->household);
    struct edit_result r;
    e.person = f->act->own.person;
    e.head = f->act->own.head;
    return edit(f, &e, &r, err);
}

/* Work and disability are facts of a person, and nothing else. */
MUST_CHECK static enum rc of_facts(struct family *f, struct err *err)
{
    for (size_t i = 0; i < f->act->n_facts; i++)
        if (f->act->facts[i].whose == OF_PERSON)
            return RC_OK;
    return family_wrong(f, RC_BAD_INPUT, "facts", err, "facts: expected at least one of a person");
}

static const struct {
    const char *word, *zh, *en;
    enum rc (*fn)(struct family *f, struct err *err);
} kinds[FAMILY_KINDS] = {
    [FAMILY_BIRTH] = {"birth", "出生", "birth", bear},
    [FAMILY_DEATH] = {"death", "死亡", "death", die},
    [FAMILY_MARRIAGE] = {"marriage", "结婚", "marriage", marry},
    [FAMILY_DIVORCE] = {"divorce", "离婚", "divorce", part},
    [FAMILY_MOVE] = {"move", "搬迁", "move", move},
    [FAMILY_JOB] = {"job", "就业", "work", of_facts},
    [FAMILY_DISABILITY] = {"disability", "残疾", "disability", of_facts},
};

enum family_kind family_kind_find(str word)
{
    for (int k = 0; k < FAMILY_KINDS; k++)
        if (str_eq(str_from(kinds[k].word), word))
            return (enum family_kind)k;
    return FAMILY_KINDS;
}

const char *family_kind_word(enum family_kind k)
{
    return kinds[k].word;
}

const char *family_kind_label(enum family_kind k, bool english)
{
    return english ? kinds[k].en : kinds[k].zh;
}

enum rc family_edit(struct family *f, struct err *err)
{
    size_t before = f->homes.n;
    for (size_t i = 0; i < before; i++)
        TRY(put_facts(f, i, err));
    TRY(kinds[f->act->kind].fn(f, err));
    for (size_t i = before; i < f->homes.n; i++)
        if (f->homes.at[i].made)
            TRY(put_facts(f, i, err));
    return RC_OK;
}
