/*
 * What only all files together, or the store, can tell: places that exist, families that are whole,
 * nobody twice, cases that belong to somebody. Then the bad rows take the rest of their family with
 * them, since a family without one of its members would be decided wrongly.
 */
#include <stdio.h>
#include <string.h>

#include "people/load_in.h"
#include "people/people_sql.h"

struct place_span {
    int64_t division, county;
    str from, to;
};

struct check {
    struct load *l;
    struct conn *conn;
    struct place_span *places; /* by division */
    size_t n_places;
    struct map identities; /* persons of the files by identity number */
    struct map cases;      /* by household, person and programme */
};

/* ---- households ----------------------------------------------------------------------------- */

MUST_CHECK static enum rc places_read(struct check *k, struct err *err)
{
    VEC(struct place_span) list = {0};
    struct arena *a = k->l->arena;
    struct query *q = NULL;
    TRY(query(k->conn, &stmt_division_all, NULL, 0, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) =
            (struct place_span){query_int(q, 0), query_int(q, 2), str_dup(a, query_text(q, 5)),
                                str_dup(a, query_text(q, 6))};
    k->places = list.at;
    k->n_places = list.n;
    return query_end(q, err);
}

static const struct place_span *place_on(const struct check *k, int64_t division, str on_day)
{
    size_t lo = 0;
    size_t hi = k->n_places;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (k->places[mid].division < division)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < k->n_places && k->places[lo].division == division; lo++)
        if (str_cmp(k->places[lo].from, on_day) <= 0 && str_cmp(k->places[lo].to, on_day) > 0)
            return &k->places[lo];
    return NULL;
}

static void place_check(struct check *k, struct load_household *h)
{
    char on[11];
    struct load *l = k->l;
    if (h->s.bad)
        return;
    const struct place_span *p = place_on(k, h->division, str_from(date_text(h->s.from, on)));
    str found = str_fmt(l->arena, "“%012lld”", (long long)h->division);
    str expected = {0};
    if (p == NULL)
        expected = str_fmt(l->arena, "a division that the place has on %s", on);
    else if (h->division % 1000 == 0)
        expected = S("a village or community, not the level above it");
    else if (h->s.known && p->county != h->s.county)
        expected = str_fmt(l->arena, "one of county %lld, which keeps the household",
                           (long long)h->s.county);
    else
        h->s.county = p->county;
    if (expected.n > 0) {
        h->s.bad = true;
        load_mistake(l, LOAD_HOUSEHOLDS, h->s.row, COL_DIVISION, found, expected);
    }
}

static bool is_head(const struct load_person *p)
{
    return strcmp(p->relation, "02") == 0 || strcmp(p->relation, "01") == 0;
}

/* Where nobody says what they are to each other, the first one is the head. */
static void heads_by_order(struct load_household *h)
{
    for (size_t i = 0; i < h->members.n; i++)
        if (h->members.at[i]->relation[0] != '\0')
            return;
    memcpy(h->members.at[0]->relation, "02", 3);
}

static void family_check(struct check *k, struct load_household *h)
{
    struct load *l = k->l;
    const char *persons = l->tables[LOAD_PERSONS].name;
    if (h->members.n == 0) {
        h->s.bad = true;
        load_mistake_row(l, LOAD_HOUSEHOLDS, h->s.row,
                         persons == NULL ? S("a new household without a file of persons")
                                         : str_fmt(l->arena, "no member of it in %s", persons),
                         S("at least one"));
        return;
    }
    heads_by_order(h);
    for (size_t i = 0; i < h->members.n; i++) {
        struct load_person *p = h->members.at[i];
        if (!is_head(p))
            continue;
        if (h->head != NULL) {
            p->s.bad = true;
            load_mistake(l, LOAD_PERSONS, p->s.row, COL_RELATION, S("a second head"),
                         str_fmt(l->arena, "one a household: row %lld is the head",
                                 (long long)h->head->s.row));
        } else {
            h->head = p;
        }
    }
    if (h->head == NULL) {
        h->s.bad = true;
        load_mistake_row(l, LOAD_HOUSEHOLDS, h->s.row,
                         str_fmt(l->arena, "no head among its members in %s", persons),
                         S("one of them to be 户主"));
    }
}

MUST_CHECK static enum rc known_household(struct check *k, struct load_household *h,
                                          struct err *err)
{
    const struct value v[] = {V_INT(h->s.county), V_INT(h->s.id)};
    int64_t n = 0;
    TRY(query_one(k->conn, &stmt_household_known, v, 2, &n, err));
    h->missing = n == 0;
    if (h->missing && h->s.row > 0) {
        h->s.bad = true;
        load_mistake(k->l, LOAD_HOUSEHOLDS, h->s.row, COL_HOUSEHOLD, load_shown(k->l, h->ref),
                     S("one that the store has, or a reference of your own"));
    }
    return RC_OK;
}

MUST_CHECK static enum rc households_check(struct check *k, struct err *err)
{
    for (size_t i = 0; i < k->l->households.n; i++) {
        struct load_household *h = k->l->households.at[i];
        if (h->s.known)
            TRY(known_household(k, h, err));
        if (h->s.row > 0)
            place_check(k, h);
        if (!h->s.known && h->ref.n > 0)
            family_check(k, h);
    }
    return RC_OK;
}

/* ---- persons -------------------------------------------------------------------------------- */

static void person_wrong(struct check *k, struct load_person *p, enum load_core core, str found,
                         str expected)
{
    p->s.bad = true;
    load_mistake(k->l, LOAD_PERSONS, p->s.row, core, found, expected);
}

/* The same identity number twice in the files. */
static void identity_twice(struct check *k, struct load_person *p)
{
    struct arena *a = k->l->arena;
    if (p->identity.n == 0 || map_put(&k->identities, p->identity, p))
        return;
    const struct load_person *other = map_get(&k->identities, p->identity);
    person_wrong(k, p, COL_IDENTITY,
                 str_fmt(a, "the number of row %lld again", (long long)other->s.row),
                 other->household == p->household ? S("each person once")
                                                  : S("nobody in two households on one day"));
}

MUST_CHECK static enum rc identity_taken(struct check *k, struct load_person *p, struct err *err)
{
    int64_t county = 0;
    int64_t id = 0;
    struct err none = {0};
    if (p->identity.n == 0)
        return RC_OK;
    enum rc rc = person_by_number(k->conn, k->l->spec.city->vault, NUMBER_IDENTITY, p->identity,
                                  &county, &id, &none);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    if (rc != RC_OK)
        return err_set(err, rc, "%s", none.text);
    if (p->s.known && county == p->s.county && id == p->s.id)
        return RC_OK;
    person_wrong(k, p, COL_IDENTITY,
                 str_fmt(k->l->arena, "the number of person %lld-%lld of the store",
                         (long long)county, (long long)id),
                 S("a number that nobody has, or that person's reference in the column person"));
    return RC_OK;
}

MUST_CHECK static enum rc known_person(struct check *k, struct load_person *p, struct err *err)
{
    const struct value v[] = {V_INT(p->s.county), V_INT(p->s.id)};
    int64_t position = 0;
    struct err none = {0};
    enum rc rc = query_one(k->conn, &stmt_person_current, v, 2, &position, &none);
    if (rc == RC_NOT_FOUND)
        person_wrong(k, p, COL_PERSON, S("a person that the store does not have"),
                     S("one that it has, or a reference of your own"));
    else if (rc != RC_OK)
        return err_set(err, rc, "%s", none.text);
    return RC_OK;
}

/* Somebody of the store who lives in another household than this row says. */
MUST_CHECK static enum rc lives_elsewhere(struct check *k, struct load_person *p, struct err *err)
{
    char from[11];
    int64_t other = 0;
    const struct value v[] = {V_INT(p->s.county), V_INT(p->s.id), V_INT(p->household->s.id),
                              V_TEXT(str_from(date_text(p->s.from, from))), V_TEXT(S(DAY_OPEN))};
    struct query *q = NULL;
    TRY(query(k->conn, &stmt_membership_elsewhere, v, 5, &q, err));
    if (query_next(q))
        other = query_int(q, 0);
    TRY(query_end(q, err));
    if (other != 0)
        person_wrong(k, p, COL_HOUSEHOLD,
                     str_fmt(k->l->arena, "a member of household %lld-%lld", (long long)p->s.county,
                             (long long)other),
                     S("nobody in two households on one day: end that membership first"));
    return RC_OK;
}

MUST_CHECK static enum rc persons_check(struct check *k, struct err *err)
{
    for (size_t i = 0; i < k->l->persons.n; i++) {
        struct load_person *p = k->l->persons.at[i];
        if (p->household == NULL)
            continue;
        if (!p->s.known)
            p->s.county = p->household->s.county;
        if (p->household->missing)
            person_wrong(k, p, COL_HOUSEHOLD, load_shown(k->l, p->household->ref),
                         S("a household that the store has"));
        identity_twice(k, p);
        if (!p->s.bad)
            TRY(identity_taken(k, p, err));
        if (p->s.known && !p->s.bad)
            TRY(known_person(k, p, err));
        if (p->s.known && !p->s.bad)
            TRY(lives_elsewhere(k, p, err));
    }
    return RC_OK;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static void case_wrong(struct check *k, struct load_case *c, enum load_core core, str found,
                       str expected)
{
    c->bad = true;
    load_mistake(k->l, LOAD_CASES, c->row, core, found, expected);
}

static struct load_household *household_known_as(struct load *l, int64_t county, int64_t id)
{
    str ref = str_fmt(l->arena, "%lld-%lld", (long long)county, (long long)id);
    struct load_household *h = map_get(&l->by_ref, ref);
    if (h != NULL)
        return h;
    h = NEW(l->arena, struct load_household);
    *h = (struct load_household){.ref = ref, .s = {.known = true, .county = county, .id = id}};
    *VEC_PUSH(l->arena, &l->households) = h;
    map_put(&l->by_ref, ref, h);
    return h;
}

/* The household in which a person of the store lives today; 0: none. */
MUST_CHECK static enum rc household_today(struct check *k, int64_t county, int64_t person,
                                          int64_t *out, struct err *err)
{
    char today[11];
    const struct value v[] = {V_INT(county), V_INT(person),
                              V_TEXT(str_from(date_text(k->l->spec.today, today)))};
    struct query *q = NULL;
    *out = 0;
    TRY(query(k->conn, &stmt_membership_of_person, v, 3, &q, err));
    if (query_next(q))
        *out = query_int(q, 0);
    return query_end(q, err);
}

/* The household of a person of the store must be the one that the row names, if it names one. */
MUST_CHECK static enum rc case_of_store(struct check *k, struct load_case *c, enum load_core core,
                                        int64_t county, int64_t id, struct err *err)
{
    int64_t household = 0;
    if (id != 0)
        TRY(household_today(k, county, id, &household, err));
    if (household == 0) {
        case_wrong(k, c, core, S("nobody"),
                   S("a member of a household, in the files or the store"));
        return RC_OK;
    }
    struct load_household *h = household_known_as(k->l, county, household);
    if (c->household != NULL && c->household != h)
        case_wrong(k, c, core, S("a member of another household"),
                   S("one of the household of this row"));
    c->household = h;
    c->person_id = id;
    return RC_OK;
}

/* By reference, by identity number in the files, by identity number in the store. */
MUST_CHECK static enum rc case_find_person(struct check *k, struct load_case *c, struct err *err)
{
    struct load *l = k->l;
    enum load_core core = c->person_ref.n > 0 ? COL_PERSON : COL_IDENTITY;
    int64_t county = 0;
    int64_t id = 0;
    struct err none = {0};
    enum rc rc = RC_OK;
    c->person = core == COL_PERSON ? load_person_by_ref(l, c->household, c->person_ref)
                                   : map_get(&k->identities, c->identity);
    if (c->person != NULL) {
        if (c->household != NULL && c->person->household != c->household)
            case_wrong(k, c, core, S("a member of another household"),
                       S("one of the household of this row"));
        c->household = c->person->household;
        return RC_OK;
    }
    if (core == COL_IDENTITY)
        rc = person_by_number(k->conn, l->spec.city->vault, NUMBER_IDENTITY, c->identity, &county,
                              &id, &none);
    else if (!load_reference(c->person_ref, &county, &id))
        id = 0;
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return err_set(err, rc, "%s", none.text);
    return case_of_store(k, c, core, county, id, err);
}

MUST_CHECK static enum rc case_person(struct check *k, struct load_case *c, struct err *err)
{
    bool named = c->identity.n > 0 || c->person_ref.n > 0;
    if (named)
        TRY(case_find_person(k, c, err));
    if (c->bad)
        return RC_OK;
    if (c->household == NULL || c->household->missing)
        case_wrong(k, c, COL_HOUSEHOLD,
                   c->household != NULL ? load_shown(k->l, c->household->ref) : S("nothing"),
                   S("a household of the files or the store"));
    else if (c->policy->of_member && !named)
        case_wrong(k, c, COL_IDENTITY, S("nothing"),
                   str_fmt(k->l->arena, "the member's: %.*s goes to a person",
                           STR_ARG(c->policy->name.text)));
    if (!c->policy->of_member) {
        c->person = NULL;
        c->person_id = 0;
    }
    return RC_OK;
}

static void case_twice(struct check *k, struct load_case *c)
{
    char key[128];
    snprintf(key, sizeof key, "%p/%p/%lld/%zu", (void *)c->household, (void *)c->person,
             (long long)c->person_id, c->policy->index);
    str text = str_dup(k->l->arena, str_from(key));
    if (map_put(&k->cases, text, c))
        return;
    const struct load_case *other = map_get(&k->cases, text);
    case_wrong(k, c, COL_PROGRAMME,
               str_fmt(k->l->arena, "the case of row %lld again", (long long)other->row),
               S("each once"));
}

/* Whose account a number is that nobody is known to have: the person's, or the head's. */
MUST_CHECK static enum rc account_new(struct check *k, struct load_case *c, struct err *err)
{
    struct load_person *p = c->person != NULL ? c->person : c->household->head;
    int64_t n = 0;
    if (p == NULL && c->person_id != 0) {
        const struct value v[] = {V_INT(c->household->s.county), V_INT(c->person_id)};
        TRY(query_one(k->conn, &stmt_person_card_any, v, 2, &n, err));
        c->holder_id = c->person_id;
    }
    if ((p == NULL && c->holder_id == 0) || (p != NULL && p->card.n > 0) || n > 0) {
        case_wrong(k, c, COL_ACCOUNT, S("an account that no member of the household has"),
                   S("the card of one of them"));
        return RC_OK;
    }
    c->holder = p;
    c->holder_gets_card = true;
    if (p != NULL)
        p->card = c->account;
    return RC_OK;
}

MUST_CHECK static enum rc case_account(struct check *k, struct load_case *c, struct err *err)
{
    int64_t county = 0;
    int64_t id = 0;
    int64_t household = 0;
    struct err none = {0};
    if (c->account.n == 0)
        return RC_OK;
    for (size_t i = 0; i < c->household->members.n; i++)
        if (str_eq(c->household->members.at[i]->card, c->account)) {
            c->holder = c->household->members.at[i];
            return RC_OK;
        }
    enum rc rc = person_by_number(k->conn, k->l->spec.city->vault, NUMBER_CARD, c->account, &county,
                                  &id, &none);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return err_set(err, rc, "%s", none.text);
    if (rc == RC_NOT_FOUND)
        return account_new(k, c, err);
    TRY(household_today(k, county, id, &household, err));
    if (!c->household->s.known || household != c->household->s.id)
        case_wrong(k, c, COL_ACCOUNT, S("the account of somebody in another household"),
                   S("that of a member"));
    c->holder_id = id;
    return RC_OK;
}

MUST_CHECK static enum rc cases_check(struct check *k, struct err *err)
{
    for (size_t i = 0; i < k->l->cases.n; i++) {
        struct load_case *c = k->l->cases.at[i];
        if (!c->bad)
            TRY(case_person(k, c, err));
        if (!c->bad)
            case_twice(k, c);
        if (!c->bad)
            TRY(case_account(k, c, err));
    }
    return RC_OK;
}

/* ---- whole families or none ----------------------------------------------------------------- */

static void spoil(struct load *l, struct load_household *h, enum load_kind by, int64_t row)
{
    if (h == NULL || h->spoiled)
        return;
    h->spoiled = true;
    h->spoiled_by = l->tables[by].name;
    h->spoiled_row = row;
}

static void leave_out(struct load *l, const struct load_household *h, enum load_kind kind,
                      int64_t row, bool *bad)
{
    if (*bad)
        return;
    *bad = true;
    load_leave_out(l, kind, row,
                   str_fmt(l->arena, "of the same household as row %lld of %s, which has a mistake",
                           (long long)h->spoiled_row, h->spoiled_by));
}

static void take_families_out(struct load *l)
{
    for (size_t i = 0; i < l->households.n; i++)
        if (l->households.at[i]->s.bad)
            spoil(l, l->households.at[i], LOAD_HOUSEHOLDS, l->households.at[i]->s.row);
    for (size_t i = 0; i < l->persons.n; i++)
        if (l->persons.at[i]->s.bad)
            spoil(l, l->persons.at[i]->household, LOAD_PERSONS, l->persons.at[i]->s.row);
    for (size_t i = 0; i < l->households.n; i++) {
        struct load_household *h = l->households.at[i];
        if (h->spoiled)
            leave_out(l, h, LOAD_HOUSEHOLDS, h->s.row, &h->s.bad);
    }
    for (size_t i = 0; i < l->persons.n; i++) {
        struct load_person *p = l->persons.at[i];
        if (p->household != NULL && p->household->spoiled)
            leave_out(l, p->household, LOAD_PERSONS, p->s.row, &p->s.bad);
    }
    for (size_t i = 0; i < l->cases.n; i++) {
        struct load_case *c = l->cases.at[i];
        if (c->household != NULL && c->household->spoiled)
            leave_out(l, c->household, LOAD_CASES, c->row, &c->bad);
    }
}

enum rc load_check(struct load *l, struct err *err)
{
    struct check k = {.l = l};
    map_init(&k.identities, l->arena);
    map_init(&k.cases, l->arena);
    TRY(store_reader(l->spec.city->store, &k.conn, err));
    enum rc rc = read_begin(k.conn, err);
    if (rc == RC_OK)
        rc = places_read(&k, err);
    if (rc == RC_OK)
        rc = households_check(&k, err);
    if (rc == RC_OK)
        rc = persons_check(&k, err);
    if (rc == RC_OK)
        rc = cases_check(&k, err);
    read_end(k.conn);
    store_reader_done(k.conn);
    if (rc == RC_OK)
        take_families_out(l);
    return rc;
}
