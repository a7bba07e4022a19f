/* Accounts for a demonstration: where each of them works follows from the divisions alone. */
#include "guard/demo.h"

#include <string.h>

#include "guard/guard_sql.h"
#include "guard/login.h"
#include "people/people_sql.h"
#include "people/pinyin.h"
#include "vault/vault_sql.h"

enum rc demo_store(struct conn *c, bool *out, struct err *err)
{
    const struct value v = V_TEXT(S("synthetic"));
    struct query *q = NULL;
    TRY(query(c, &stmt_meta_get, &v, 1, &q, err));
    *out = query_next(q);
    return query_end(q, err);
}

/* ---- divisions ------------------------------------------------------------------------------- */

struct spot {
    int64_t division;
    str name, kind;
    size_t below; /* divisions right below it */
    int64_t first_below;
};
struct map_of {
    VEC(struct spot) at; /* in the order of codes */
};

static struct spot *spot_of(struct map_of *m, int64_t division)
{
    for (size_t i = 0; i < m->at.n; i++)
        if (m->at.at[i].division == division)
            return &m->at.at[i];
    return NULL;
}

MUST_CHECK static enum rc read_map(struct conn *c, str on, struct arena *a, struct map_of *m,
                                   struct err *err)
{
    struct query *q = NULL;
    TRY(query(c, &stmt_division_all, NULL, 0, &q, err));
    while (query_next(q)) {
        if (str_cmp(query_text(q, 5), on) > 0 || str_cmp(query_text(q, 6), on) <= 0)
            continue;
        int64_t division = query_int(q, 0);
        struct spot *above = spot_of(m, query_int(q, 1));
        if (above != NULL && above->below++ == 0)
            above->first_below = division;
        *VEC_PUSH(a, &m->at) = (struct spot){.division = division,
                                             .name = str_dup(a, query_text(q, 3)),
                                             .kind = str_dup(a, query_text(q, 4))};
    }
    return query_end(q, err);
}

/* The subdistrict with most communities; where there is none, the first town: a county's seat. */
static const struct spot *township_of(const struct map_of *m, int64_t county)
{
    const struct spot *best = NULL;
    for (size_t i = 0; i < m->at.n; i++) {
        const struct spot *s = &m->at.at[i];
        if (s->division / 1000000 != county / 1000000 ||
            division_level(s->division) != AT_TOWNSHIP || s->below == 0)
            continue;
        bool street = str_eq(s->kind, S("subdistrict"));
        bool best_street = best != NULL && str_eq(best->kind, S("subdistrict"));
        if (best == NULL || (street && (!best_street || s->below > best->below)))
            best = s;
    }
    return best;
}

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
    struct arena *a;
    VEC(struct demo_account) list;
};

/* 炳草岗街道 is "bingcaogang", 米易县 "miyi", 东区 "dongqu". */
static str short_name(str name, int64_t division, struct arena *a)
{
    static const char *const endings[] = {"街道", "镇", "乡", "县", "区", "市"};
    struct pinyin read;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        str end = str_from(endings[i]);
        if (str_ends(name, end) && utf8_count(name) > utf8_count(end) + 1) {
            name = str_sub(name, 0, name.n - end.n);
            break;
        }
    }
    pinyin_of(name, &read);
    str s = str_from(read.whole);
    return s.n > 0 ? str_dup(a, str_sub(s, 0, 24))
                   : str_fmt(a, "%lld", (long long)(division / 1000));
}

/* What stands behind the office's name: 炳草岗街道经办员. */
static const char *const title[ROLE__COUNT] = {
    [ROLE_VILLAGE] = "工作人员", [ROLE_CLERK] = "经办员",   [ROLE_HEAD] = "负责人",
    [ROLE_VERIFIER] = "核对员",  [ROLE_DECIDER] = "审核员", [ROLE_PAYER] = "发放员",
    [ROLE_OFFICER] = "业务员",   [ROLE_AUDITOR] = "审计员", [ROLE_ADMIN] = "系统管理员",
};

static void add(struct listing *l, const char *word, str of, enum role role, const struct spot *at,
                str place)
{
    str login = of.n > 0 ? str_fmt(l->a, "%s.%.*s", word, STR_ARG(of)) : str_from(word);
    for (size_t i = 0; i < l->list.n; i++)
        if (str_eq(l->list.at[i].login, login))
            login = str_fmt(l->a, "%.*s%lld", STR_ARG(login), (long long)(at->division / 1000000));
    *VEC_PUSH(l->a, &l->list) =
        (struct demo_account){.login = login,
                              .name = str_fmt(l->a, "%.*s%s", STR_ARG(at->name), title[role]),
                              .role = role,
                              .division = at->division,
                              .place = place};
}

static void add_county(struct listing *l, struct map_of *m, const struct spot *county)
{
    const struct spot *town = township_of(m, county->division);
    str of_county = short_name(county->name, county->division, l->a);
    if (town != NULL) {
        const struct spot *village = spot_of(m, town->first_below);
        str of_town = short_name(town->name, town->division, l->a);
        str place = str_fmt(l->a, "%.*s %.*s", STR_ARG(county->name), STR_ARG(town->name));
        add(l, "village", of_town, ROLE_VILLAGE, village,
            str_fmt(l->a, "%.*s %.*s", STR_ARG(place), STR_ARG(village->name)));
        add(l, "clerk", of_town, ROLE_CLERK, town, place);
        add(l, "head", of_town, ROLE_HEAD, town, place);
    }
    add(l, "verifier", of_county, ROLE_VERIFIER, county, county->name);
    add(l, "decider", of_county, ROLE_DECIDER, county, county->name);
    add(l, "payer", of_county, ROLE_PAYER, county, county->name);
}

static void fill(struct listing *l, struct map_of *m, const struct city *city)
{
    const struct spot *whole = spot_of(m, city->place->division);
    for (size_t i = 0; i < m->at.n; i++)
        if (division_level(m->at.at[i].division) == AT_COUNTY)
            add_county(l, m, &m->at.at[i]);
    if (whole == NULL)
        return;
    add(l, "officer", S(""), ROLE_OFFICER, whole, whole->name);
    add(l, "auditor", S(""), ROLE_AUDITOR, whole, whole->name);
    add(l, "admin", S(""), ROLE_ADMIN, whole, whole->name);
}

/* ---- into the store -------------------------------------------------------------------------- */

/* A new password for one that is there, or a new account. */
MUST_CHECK static enum rc put_one(struct city *city, const struct scope *by, struct arena *a,
                                  struct demo_account *d, struct err *err)
{
    const struct scope_role role = {.role = d->role, .line = S("")};
    const struct account_new fresh = {.login = d->login,
                                      .name = d->name,
                                      .division = d->division,
                                      .role = &role,
                                      .n_roles = 1,
                                      .keep_password = true,
                                      .demo = true};
    const bool active = true;
    const struct account_change again = {
        .active = &active, .new_password = true, .keep_password = true};
    struct account was;
    struct conn *c = NULL;
    int64_t id = 0;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = account_find(by, c, d->login, a, &was, err);
    store_reader_done(c);
    if (rc == RC_OK)
        return account_alter(city, by, was.account_id, &again, a, &d->password, err);
    if (rc != RC_NOT_FOUND)
        return rc;
    TRY(account_make(city, by, &fresh, a, &id, &d->password, err));
    if (d->role != ROLE_VILLAGE)
        return RC_OK;
    return assigned_of_village(city, by, d->division, id, err);
}

MUST_CHECK static enum rc look(struct city *city, const struct scope *by, struct arena *a,
                               struct map_of *m, struct err *err)
{
    char on[11];
    struct conn *c = NULL;
    int64_t all = 0;
    int64_t real = 0;
    bool synthetic = false;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = demo_store(c, &synthetic, err);
    if (rc == RC_OK)
        rc = account_totals(c, &all, &real, err);
    if (rc == RC_OK && !synthetic)
        rc = err_set(err, RC_RULE,
                     "%s was not made by `huimin synth`: accounts for a demonstration would open "
                     "real people's data",
                     store_url(city->store));
    if (rc == RC_OK && real > 0)
        rc = err_set(err, RC_RULE,
                     "%s has %lld accounts that are no demonstration's: expected none but "
                     "administrators",
                     store_url(city->store), (long long)real);
    if (rc == RC_OK)
        rc = read_map(c, str_from(date_text(by->today, on)), a, m, err);
    store_reader_done(c);
    return rc;
}

enum rc demo_accounts(struct city *city, const struct scope *by, struct arena *a,
                      void (*progress)(void *ctx, size_t done, size_t of), void *ctx,
                      struct demo_account **out, size_t *n, struct err *err)
{
    struct map_of m = {0};
    struct listing l = {.a = a};
    TRY(look(city, by, a, &m, err));
    fill(&l, &m, city);
    for (size_t i = 0; i < l.list.n; i++) {
        TRY(put_one(city, by, a, &l.list.at[i], err));
        if (progress != NULL)
            progress(ctx, i + 1, l.list.n);
    }
    *out = l.list.at;
    *n = l.list.n;
    return RC_OK;
}
