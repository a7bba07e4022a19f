/*
 * What the tests of people/ share: a made-up home of rules and divisions in a folder of its own, a
 * city made from it on the case's store, and changes to it.
 */
#ifndef HUIMIN_UNIT_TEST_PEOPLE_CASE_H
#define HUIMIN_UNIT_TEST_PEOPLE_CASE_H

#include "store/harness.h"

#include <fts.h>
#include <sys/stat.h>
#include "people/facts_read.h"
#include "people/registers.h"

enum { CASE_COUNTY = 990102, CASE_OTHER = 990103, CASE_CITY = 990100 };

static const char case_people[] = "code hukou_type \"户口类别\"\n"
                                  "  urban \"城市\"\n"
                                  "  rural \"农村\"\n"
                                  "\n"
                                  "register household \"家庭\", at village\n"
                                  "  hukou_type \"户口类别\" hukou_type, required, over time\n"
                                  "  members \"家庭成员\" many person\n"
                                  "\n"
                                  "register person \"人员\", at village\n"
                                  "  birth_date \"出生日期\" date, required\n"
                                  "  age \"年龄\" = years since birth_date, at least 0\n";

static const char case_care[] = "code disease \"病情\"\n"
                                "  none \"无\"\n"
                                "  chronic \"慢性病\"\n"
                                "  severe \"重病\"\n"
                                "\n"
                                "extend household\n"
                                "  assets \"家庭财产\" money, over time\n"
                                "  began \"起始月份\" month\n"
                                "\n"
                                "extend person\n"
                                "  income \"月收入\" money per month, over time\n"
                                "  disease \"病情\" disease, over time\n"
                                "  employed \"在业\" yes or no, over time\n"
                                "  visits \"探访次数\" count, over time\n"
                                "  checked \"体检日期\" date, over time\n"
                                "  remark \"备注\" text\n"
                                "  phone \"电话\" phone\n";

static const char case_place[] = "place town \"试城\", division 990100000000\n";

static const char case_divisions[] =
    "code,name,level,parent,kind\n"
    "990100000000,试城,city,990000000000,city\n"
    "990102000000,甲区,county,990100000000,district\n"
    "990102001000,东街道,township,990102000000,subdistrict\n"
    "990102001001,一社区,village,990102001000,residents_committee\n"
    "990102001002,二社区,village,990102001000,residents_committee\n"
    "990102100000,河镇,township,990102000000,town\n"
    "990102100201,河村,village,990102100000,villagers_committee\n"
    "990103000000,乙县,county,990100000000,county\n"
    "990103001000,西街道,township,990103000000,subdistrict\n"
    "990103001001,西社区,village,990103001000,residents_committee\n";

#define VILLAGE_1 990102001001
#define VILLAGE_2 990102001002
#define VILLAGE_R 990102100201
#define VILLAGE_W 990103001001

struct home {
    char path[64];
};

static inline void home_put(const struct home *h, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", h->path, name);
    for (char *p = path + strlen(h->path) + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        mkdir(path, 0777);
        *p = '/';
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static inline struct home home_make(void)
{
    struct home h = {"/tmp/huimin-home-XXXXXX"};
    assert_non_null(mkdtemp(h.path));
    home_put(&h, "lines/people/people.hm", case_people);
    home_put(&h, "lines/care/care.hm", case_care);
    home_put(&h, "places/town.hm", case_place);
    home_put(&h, "places/town/divisions.csv", case_divisions);
    return h;
}

static inline void home_drop(const struct home *h)
{
    char path[64];
    snprintf(path, sizeof path, "%s", h->path);
    char *roots[] = {path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL, NULL);
    for (FTSENT *e = fts_read(walk); e != NULL; e = fts_read(walk))
        if (e->fts_info != FTS_D)
            remove(e->fts_accpath);
    fts_close(walk);
}

static inline const char *case_key(const void *state, struct arena *a)
{
    return fresh_path(state, a, "the.key");
}

static inline struct init_spec case_spec(const void *state, const struct home *h, struct arena *a)
{
    const struct fresh *f = state;
    return (struct init_spec){.url = f->url,
                              .key_path = case_key(state, a),
                              .home = h->path,
                              .place = "town",
                              .who = "tester"};
}

/* The city made from a home, open. */
static inline struct city *case_city(const void *state, const struct home *h, struct arena *a)
{
    const struct fresh *f = state;
    struct init_spec spec = case_spec(state, h, a);
    struct city *c = NULL;
    check_ok(city_init(&spec, a, err));
    check_ok(city_open(f->url, spec.key_path, "tester", a, &c, err));
    return c;
}

/* ---- changes -------------------------------------------------------------------------------- */

typedef enum rc change_fn(struct change *c, void *ctx, struct err *err);

static inline enum rc change_in(struct city *c, int64_t county, change_fn *fn, void *ctx,
                                int64_t *position, struct err *err)
{
    struct change_spec spec = {
        .store = c->store, .county_code = county, .who = c->who, .why = S("test")};
    return change_write(&spec, fn, ctx, position, err);
}

#define ONE_PUT(name, type)                                                                        \
    static inline enum rc name##_once(struct change *c, void *ctx, struct err *err)                \
    {                                                                                              \
        return name##_put(c, ctx, err);                                                            \
    }                                                                                              \
    static inline enum rc put_##name(struct city *c, type row, struct err *err)                    \
    {                                                                                              \
        return change_in(c, CASE_COUNTY, name##_once, &row, NULL, err);                            \
    }
ONE_PUT(household, struct household_row)
ONE_PUT(person, struct person_row)
ONE_PUT(membership, struct membership_row)
ONE_PUT(enrolment, struct enrolment_row)

struct fact_row {
    const struct fact_table *t;
    int64_t id;
    str from, to;
    const struct value *values;
};

static inline enum rc facts_once(struct change *c, void *ctx, struct err *err)
{
    const struct fact_row *r = ctx;
    return facts_put(c, r->t, r->id, r->from, r->to, r->values, err);
}

static inline enum rc put_facts(struct city *c, const char *table, int64_t id, str from, str to,
                                const struct value *values, struct err *err)
{
    struct fact_row r = {registers_table(c->registers, str_from(table)), id, from, to, values};
    assert_non_null(r.t);
    return change_in(c, CASE_COUNTY, facts_once, &r, NULL, err);
}

/* A household of one village with one person in it, from 2020 on; the household's id is the
 * person's less 1000. */
static inline void settle(struct city *c, int64_t household, int64_t division)
{
    int64_t person = household + 1000;
    check_ok(put_household(
        c, (struct household_row){household, S("2020-01-01"), S(DAY_OPEN), division, person}, err));
    check_ok(put_person(c, (struct person_row){person, S("张三"), 1, S("1980-06-15"), S("")}, err));
    check_ok(put_membership(
        c, (struct membership_row){household, person, S("2020-01-01"), S(DAY_OPEN), S("02")}, err));
}

static inline int64_t position_now(struct city *c, int64_t county)
{
    struct conn *conn = NULL;
    int64_t p = 0;
    check_ok(store_reader(c->store, &conn, err));
    check_ok(change_position(conn, county, &p, err));
    store_reader_done(conn);
    return p;
}

/* Rows of a statement without parameters. */
static inline str rows_of(struct city *c, const char *sql, const char *types, struct arena *a)
{
    struct statement st = {.name = "test_rows", .sql = sql, .reads = true};
    return fresh_rows(c->store, &st, NULL, 0, types, a);
}

#endif
