/* How the edits of a household are written: see edit_in.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "people/edit_in.h"
#include "people/load_file.h"
#include "people/people_sql.h"

enum rc edit_wrong(struct editing *g, enum rc rc, const char *field, struct err *err,
                   const char *fmt, ...)
{
    char text[sizeof err->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    g->out->field = field;
    return err_set(err, rc, "%s", text);
}

/* ---- relations ------------------------------------------------------------------------------ */

enum rc edit_relation(struct editing *g, str typed, str *out, struct err *err)
{
    char digits[3];
    if (!relation_read(str_trim(typed), digits))
        return edit_wrong(g, RC_BAD_INPUT, "relation", err,
                          "relation: found “%.*s”, expected what the person is to the head: 10 "
                          "spouse, 20 son, 30 daughter, 51 father …",
                          STR_ARG(str_sub(typed, 0, 30)));
    if (strcmp(digits, "02") == 0 || strcmp(digits, "01") == 0)
        return edit_wrong(g, RC_BAD_INPUT, "relation", err,
                          "relation: the household has a head already; expected another relation");
    *out = str_dup(g->a, str_from(digits));
    return RC_OK;
}

static char first(str relation)
{
    return relation.n == 2 ? relation.p[0] : '9';
}

/* Is there no other child of the head among them, so that a child-in-law is this one's spouse? */
static bool only_child(const struct editing *g, const struct view_member *child)
{
    for (size_t i = 0; i < g->v.members.n; i++) {
        const struct view_member *m = &g->v.members.at[i];
        bool is_child = (first(m->relation) == '2' && !str_eq(m->relation, S("28"))) ||
                        (first(m->relation) == '3' && !str_eq(m->relation, S("38")));
        if (m->here && is_child && m->person != child->person)
            return false;
    }
    return true;
}

/* Children of two spouses are children of both; what is not plain is another relative. */
str edit_relation_to(const struct editing *g, const struct view_member *who,
                     const struct view_member *new_head)
{
    char was = first(who->relation), head_was = first(new_head->relation);
    bool is_head = str_eq(who->relation, S("02"));
    bool male = who->sex == 1;
    if (who->person == new_head->person)
        return S("02");
    if (str_eq(who->relation, S("99")))
        return S("99");
    switch (head_was) {
    case '1': /* the spouse is head now */
        if (is_head)
            return S("10");
        if (was == '2' || was == '3' || was == '4')
            return who->relation;
        if (str_eq(who->relation, S("51")))
            return new_head->sex == 2 ? S("53") : S("55");
        if (str_eq(who->relation, S("52")))
            return new_head->sex == 2 ? S("54") : S("56");
        break;
    case '2': /* a child is */
    case '3':
        if (is_head || was == '1')
            return male ? S("51") : S("52");
        if (str_eq(who->relation, S("28")) || str_eq(who->relation, S("38")))
            return only_child(g, new_head) && who->sex != new_head->sex ? S("10") : S("97");
        if (was == '2' || was == '3')
            return S("70");
        if (was == '4' && only_child(g, new_head))
            return male ? S("20") : S("30");
        if (was == '5')
            return male ? S("61") : S("62");
        break;
    case '5': /* a parent is */
        if (is_head)
            return male ? S("20") : S("30");
        if (was == '5')
            return S("10");
        if (was == '1')
            return male ? S("28") : S("38");
        if (was == '2' || was == '3')
            return male ? S("41") : S("42");
        break;
    case '7': /* a brother or sister is */
        if (is_head || was == '7')
            return S("70");
        if (was == '5')
            return who->relation;
        break;
    default:
        break;
    }
    return S("97");
}

/* ---- members -------------------------------------------------------------------------------- */

size_t edit_living(const struct editing *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->v.members.n; i++)
        n += g->v.members.at[i].here;
    return n;
}

enum rc edit_member(struct editing *g, int64_t person, const char *field, struct view_member **out,
                    struct err *err)
{
    for (size_t i = 0; i < g->v.members.n; i++)
        if (g->v.members.at[i].person == person && g->v.members.at[i].here) {
            *out = &g->v.members.at[i];
            return RC_OK;
        }
    return edit_wrong(g, person == 0 ? RC_BAD_INPUT : RC_NOT_FOUND, field, err,
                      "%s: expected somebody who is a member of this household on %.*s", field,
                      STR_ARG(g->on));
}

enum rc edit_join(struct editing *g, int64_t household, int64_t person, str from, str relation,
                  struct err *err)
{
    const struct membership_row row = {household, person, from, S(DAY_OPEN), relation};
    return membership_put(g->c, &row, err);
}

enum rc edit_leave(struct editing *g, const struct view_member *m, str on, struct err *err)
{
    const struct membership_row row = {g->v.household, m->person, m->from, on, m->relation};
    if (str_cmp(m->from, on) >= 0)
        return edit_wrong(g, RC_RULE, "day", err,
                          "%.*s is a member only since %.*s: expected a later day",
                          STR_ARG(m->name), STR_ARG(m->from));
    return membership_put(g->c, &row, err);
}

enum rc edit_new_head(struct editing *g, int64_t head, str from, struct err *err)
{
    struct view_member *new_head = NULL;
    TRY(edit_member(g, head, "head", &new_head, err));
    const struct view_member as_was = *new_head;
    for (size_t i = 0; i < g->v.members.n; i++) {
        struct view_member *m = &g->v.members.at[i];
        if (!m->here || m->person == g->v.head)
            continue;
        TRY(edit_join(g, g->v.household, m->person, from, edit_relation_to(g, m, &as_was), err));
    }
    const struct household_row row = {g->v.household, from, S(DAY_OPEN), g->v.division, head};
    return household_put(g->c, &row, err);
}

enum rc edit_end(struct editing *g, str on, struct err *err)
{
    const struct household_row row = {g->v.household, g->v.from, on, g->v.division, g->v.head};
    if (str_cmp(g->v.from, on) >= 0)
        return edit_wrong(g, RC_RULE, "day", err,
                          "the household is as it is only since %.*s: expected a later day",
                          STR_ARG(g->v.from));
    return household_put(g->c, &row, err);
}

/* ---- persons -------------------------------------------------------------------------------- */

/* Who typed a whole number may learn whose record has it, but no name: it may be far away. */
static enum rc number_taken(struct editing *g, int64_t county, int64_t person, struct err *err)
{
    return edit_wrong(g, RC_CONFLICT, "id_number", err,
                      "id_number: it is on record already, of person %lld-%lld: record that person "
                      "as coming in instead",
                      (long long)county, (long long)person);
}

MUST_CHECK static enum rc put_identity(struct editing *g, int64_t person, str typed,
                                       struct err *err)
{
    char id[19];
    int64_t county = 0, holder = 0;
    enum rc rc = id_number_read(typed, g->e->today, id, err);
    if (rc != RC_OK) {
        g->out->field = "id_number";
        return rc;
    }
    rc = person_by_number(g->c->conn, g->e->city->vault, NUMBER_IDENTITY, str_from(id), &county,
                          &holder, err);
    if (rc == RC_OK && (county != g->c->county_code || holder != person))
        return number_taken(g, county, holder, err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    return person_number_put(g->c, g->e->city->vault, person, NUMBER_IDENTITY, str_from(id), err);
}

/* A card that is there is changed among the payees, where somebody else confirms it. */
MUST_CHECK static enum rc card_first(struct editing *g, int64_t person, str card, struct err *err)
{
    struct arena a = {0};
    str now = S("");
    enum rc rc = person_number_get(g->c->conn, g->e->city->vault, g->c->county_code, person,
                                   NUMBER_CARD, &a, &now, err);
    bool other = rc == RC_OK && !str_eq(now, card);

    arena_deinit(&a);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc != RC_OK || !other)
        return rc;
    return edit_wrong(g, RC_RULE, "card", err,
                      "card: there is one already; change it among the household's accounts, where "
                      "somebody else confirms it");
}

enum rc edit_numbers(struct editing *g, int64_t person, const struct edit_person *p,
                     struct err *err)
{
    struct vault *vault = g->e->city->vault;
    if (p->identity.n > 0)
        TRY(put_identity(g, person, p->identity, err));
    if (p->phone.n > 0) {
        if (!mobile_valid(p->phone))
            return edit_wrong(g, RC_BAD_INPUT, "phone", err,
                              "phone: expected eleven digits of a mobile number");
        TRY(person_number_put(g->c, vault, person, NUMBER_PHONE, p->phone, err));
    }
    if (p->card.n > 0) {
        if (p->card.n < 12 || p->card.n > 19 || !card_luhn(p->card))
            return edit_wrong(g, RC_BAD_INPUT, "card", err,
                              "card: the digits do not fit together; expected 12 to 19 as printed");
        TRY(card_first(g, person, p->card, err));
        TRY(person_number_put(g->c, vault, person, NUMBER_CARD, p->card, err));
    }
    return RC_OK;
}

/* What the number says of sex and birth, and what was said, must agree. */
MUST_CHECK static enum rc agree(struct editing *g, const struct edit_person *p, int *sex,
                                day *birth, struct err *err)
{
    char id[19], born[11];
    if (p->identity.n == 0)
        return RC_OK;
    enum rc rc = id_number_read(p->identity, g->e->today, id, err);
    if (rc != RC_OK) {
        g->out->field = "id_number";
        return rc;
    }
    if (*birth != BIRTH_NOT_TOLD && *birth != id_number_birth(id))
        return edit_wrong(g, RC_BAD_INPUT, "birth", err,
                          "birth: the identity number says %s: expected the same",
                          date_text(id_number_birth(id), born));
    if (*sex >= 0 && *sex != id_number_sex(id))
        return edit_wrong(g, RC_BAD_INPUT, "sex", err,
                          "sex: the identity number says %s: expected the same",
                          id_number_sex(id) == 1 ? "male" : "female");
    *birth = id_number_birth(id);
    *sex = id_number_sex(id);
    return RC_OK;
}

enum rc edit_person_new(struct editing *g, const struct edit_person *p, int64_t *out,
                        struct err *err)
{
    int sex = p->sex;
    day birth = g->e->kind == EDIT_BORN ? g->e->day : p->birth;
    char born[11];
    str name = str_trim(p->name);
    if (name.n == 0 || utf8_count(name) > 50)
        return edit_wrong(g, RC_BAD_INPUT, "name", err, "name: expected 1 to 50 characters");
    TRY(agree(g, p, &sex, &birth, err));
    if (birth == BIRTH_NOT_TOLD)
        return edit_wrong(g, RC_BAD_INPUT, "birth", err,
                          "birth: expected the day of birth, or the identity number");
    if (birth > g->e->day)
        return edit_wrong(g, RC_BAD_INPUT, "birth", err, "birth: expected no later than %.*s",
                          STR_ARG(g->on));
    *out = id_next(&g->e->city->ids);
    const struct person_row row = {.person_id = *out,
                                   .name = name,
                                   .sex = sex < 0 ? 0 : sex,
                                   .birth_date = str_from(date_text(birth, born))};
    TRY(person_put(g->c, &row, err));
    return edit_numbers(g, *out, p, err);
}
