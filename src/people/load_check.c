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
    str code = str_fmt(l->arena, "“%012lld”", (long long)h->division);
    struct told found = {code, code};
    struct told expected = {0};
    if (p == NULL)
        expected = load_told(l, "a division that the place has on %s", "%s 当天本市有的区划", on);
    else if (h->division % 1000 == 0)
        expected =
            TOLD("a village or community, not the level above it", "村（社区）一级，不是它的上级");
    else if (h->s.known && p->county != h->s.county)
        expected = load_told(l, "one of county %lld, which keeps the household",
                             "区县 %lld 内的区划（该家庭由其保管）", (long long)h->s.county);
    else
        h->s.county = p->county;
    if (expected.en.n > 0) {
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
        load_mistake_row(
            l, LOAD_HOUSEHOLDS, h->s.row,
            persons == NULL
                ? TOLD("a new household without a file of persons", "新家庭，但没有人员表")
                : load_told(l, "no member of it in %s", "“%s”中没有它的成员", persons),
            TOLD("at least one", "至少一人"));
        return;
    }
    heads_by_order(h);
    for (size_t i = 0; i < h->members.n; i++) {
        struct load_person *p = h->members.at[i];
        if (!is_head(p))
            continue;
        if (h->head != NULL) {
            p->s.bad = true;
            load_mistake(l, LOAD_PERSONS, p->s.row, COL_RELATION,
                         TOLD("a second head", "第二个户主"),
                         load_told(l, "one a household: row %lld is the head",
                                   "一户一个户主：第 %lld 行是户主", (long long)h->head->s.row));
        } else {
            h->head = p;
        }
    }
    if (h->head == NULL) {
        h->s.bad = true;
        load_mistake_row(
            l, LOAD_HOUSEHOLDS, h->s.row,
            load_told(l, "no head among its members in %s", "“%s”里它的成员中没有户主", persons),
            TOLD("one of them to be 户主", "其中一人为户主"));
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
                     TOLD("one that the store has, or a reference of your own",
                          "系统中有的编号，或自编的编号"));
    }
    return RC_OK;
}

/* Whoever brings rows in may know one division and what lies below it only: the family must be there,
 * before and after. */
MUST_CHECK static enum rc within_check(struct check *k, struct load_household *h, struct err *err)
{
    char today[11];
    struct load *l = k->l;
    int64_t lives = h->division;
    const struct value v[] = {V_INT(h->s.county), V_INT(h->s.id),
                              V_TEXT(str_from(date_text(l->spec.today, today)))};
    if (l->spec.within == NULL || h->s.bad)
        return RC_OK;
    if (h->s.known && !h->missing) {
        struct err none = {0};
        enum rc rc = query_one(k->conn, &stmt_household_division_on, v, 3, &lives, &none);
        if (rc != RC_OK && rc != RC_NOT_FOUND)
            return err_set(err, rc, "%s", none.text);
    }
    h->outside = lives != 0 && !l->spec.within(l->spec.within_ctx, lives);
    if (h->s.row == 0 || (!h->outside && l->spec.within(l->spec.within_ctx, h->division)))
        return RC_OK;
    h->s.bad = true;
    load_mistake(l, LOAD_HOUSEHOLDS, h->s.row,
                 h->outside && h->s.known ? COL_HOUSEHOLD : COL_DIVISION,
                 TOLD("a household of another office", "别处的家庭"),
                 TOLD("one of your own division", "本单位辖区内的家庭"));
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
        TRY(within_check(k, h, err));
        if (!h->s.known && h->ref.n > 0)
            family_check(k, h);
    }
    return RC_OK;
}

/* ---- persons -------------------------------------------------------------------------------- */

static void person_wrong(struct check *k, struct load_person *p, enum load_core core,
                         struct told found, struct told expected)
{
    p->s.bad = true;
    load_mistake(k->l, LOAD_PERSONS, p->s.row, core, found, expected);
}

/* The same identity number twice in the files. */
static void identity_twice(struct check *k, struct load_person *p)
{
    if (p->identity.n == 0 || map_put(&k->identities, p->identity, p))
        return;
    const struct load_person *other = map_get(&k->identities, p->identity);
    person_wrong(k, p, COL_IDENTITY,
                 load_told(k->l, "the number of row %lld again", "与第 %lld 行同一个号码",
                           (long long)other->s.row),
                 other->household == p->household
                     ? TOLD("each person once", "每人一行")
                     : TOLD("nobody in two households on one day", "同一天一人只在一个家庭"));
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
    if (k->l->spec.within != NULL) {
        /* Somebody of another office: who it is, is not told. */
        person_wrong(
            k, p, COL_IDENTITY,
            TOLD("the number of somebody who is in the store", "系统中已有此号码"),
            TOLD("a number that nobody has, or that person's reference in the column person",
                 "没有人用过的号码；若是同一人，请在人员编号列填写其编号"));
        return RC_OK;
    }
    person_wrong(k, p, COL_IDENTITY,
                 load_told(k->l, "the number of person %lld-%lld of the store",
                           "系统中人员 %lld-%lld 的号码", (long long)county, (long long)id),
                 TOLD("a number that nobody has, or that person's reference in the column person",
                      "没有人用过的号码；若是同一人，请在人员编号列填写其编号"));
    return RC_OK;
}

MUST_CHECK static enum rc known_person(struct check *k, struct load_person *p, struct err *err)
{
    const struct value v[] = {V_INT(p->s.county), V_INT(p->s.id)};
    int64_t position = 0;
    struct err none = {0};
    enum rc rc = query_one(k->conn, &stmt_person_current, v, 2, &position, &none);
    if (rc == RC_NOT_FOUND)
        person_wrong(
            k, p, COL_PERSON, TOLD("a person that the store does not have", "系统中没有的人员"),
            TOLD("one that it has, or a reference of your own", "系统中有的编号，或自编的编号"));
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
                     load_told(k->l, "a member of household %lld-%lld", "家庭 %lld-%lld 的成员",
                               (long long)p->s.county, (long long)other),
                     TOLD("nobody in two households on one day: end that membership first",
                          "同一天一人只在一个家庭：先办理迁出"));
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
                         TOLD("a household that the store has", "系统中有的家庭"));
        else if (p->household->outside)
            person_wrong(k, p, COL_HOUSEHOLD, TOLD("a household of another office", "别处的家庭"),
                         TOLD("one of your own division", "本单位辖区内的家庭"));
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

static void case_wrong(struct check *k, struct load_case *c, enum load_core core, struct told found,
                       struct told expected)
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
        case_wrong(k, c, core, TOLD("nobody", "查无此人"),
                   TOLD("a member of a household, in the files or the store",
                        "表中或系统中某个家庭的成员"));
        return RC_OK;
    }
    struct load_household *h = household_known_as(k->l, county, household);
    if (c->household != NULL && c->household != h)
        case_wrong(k, c, core, TOLD("a member of another household", "别的家庭的成员"),
                   TOLD("one of the household of this row", "本行家庭的成员"));
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
            case_wrong(k, c, core, TOLD("a member of another household", "别的家庭的成员"),
                       TOLD("one of the household of this row", "本行家庭的成员"));
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
    if (c->household != NULL)
        TRY(within_check(k, c->household, err));
    if (c->household == NULL || c->household->missing)
        case_wrong(k, c, COL_HOUSEHOLD,
                   c->household != NULL ? load_shown(k->l, c->household->ref)
                                        : TOLD("nothing", "空"),
                   TOLD("a household of the files or the store", "表中或系统中的家庭"));
    else if (c->household->outside)
        case_wrong(k, c, COL_HOUSEHOLD, TOLD("a household of another office", "别处的家庭"),
                   TOLD("one of your own division", "本单位辖区内的家庭"));
    else if (c->policy->of_member && !named)
        case_wrong(k, c, COL_IDENTITY, TOLD("nothing", "空"),
                   load_told(k->l, "the member's: %.*s goes to a person",
                             "成员的身份证号：%.*s 发给个人", STR_ARG(c->policy->name.text)));
    if (!c->policy->of_member) {
        c->person = NULL;
        c->person_id = 0;
    }
    return RC_OK;
}

static void case_allowed(struct check *k, struct load_case *c)
{
    const struct load_spec *s = &k->l->spec;
    if (s->may_enrol == NULL || s->may_enrol(s->within_ctx, c->policy))
        return;
    case_wrong(
        k, c, COL_PROGRAMME,
        load_told(k->l, "%.*s, which this account does not decide", "%.*s：不归本账号确定",
                  STR_ARG(c->policy->label.zh)),
        TOLD("households and persons only: who is on a programme is brought in by who decides "
             "it for the county, or by the city",
             "只填家庭和人员；在享名单由县级审核确认人员或市级业务人员导入"));
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
    case_wrong(
        k, c, COL_PROGRAMME,
        load_told(k->l, "the case of row %lld again", "与第 %lld 行重复", (long long)other->row),
        TOLD("each once", "每项一行"));
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
        case_wrong(k, c, COL_ACCOUNT,
                   TOLD("an account that no member of the household has", "家庭成员都没有的账号"),
                   TOLD("the card of one of them", "家庭成员的卡号"));
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
        case_wrong(k, c, COL_ACCOUNT,
                   TOLD("the account of somebody in another household", "别的家庭的人的账号"),
                   TOLD("that of a member", "本家庭成员的账号"));
    c->holder_id = id;
    return RC_OK;
}

MUST_CHECK static enum rc cases_check(struct check *k, struct err *err)
{
    for (size_t i = 0; i < k->l->cases.n; i++) {
        struct load_case *c = k->l->cases.at[i];
        if (!c->bad)
            case_allowed(k, c);
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
