/* One number in full, and who has been shown which. */
#include "guard/reveal.h"

#include "guard/guard_sql.h"

static const struct {
    const char *text;
    unsigned may;
} kinds[] = {
    [NUMBER_IDENTITY] = {"id_number", ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD) |
                                          ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_DECIDER)},
    [NUMBER_PHONE] = {"phone", ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD) |
                                   ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_DECIDER)},
    [NUMBER_CARD] = {"card", ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_PAYER)},
};

bool reveal_kind(str text, enum number_kind *out)
{
    for (enum number_kind k = NUMBER_IDENTITY; k <= NUMBER_CARD; k++)
        if (str_eq(text, str_from(kinds[k].text))) {
            *out = k;
            return true;
        }
    return false;
}

const char *reveal_kind_text(enum number_kind kind)
{
    return kinds[kind].text;
}

bool reveal_may(const struct scope *s, enum number_kind kind)
{
    return scope_acts(s, kinds[kind].may, (str){0});
}

struct showing {
    struct city *city;
    const struct scope *scope;
    int64_t person;
    enum number_kind kind;
    int64_t id;
    str why;
    struct arena *a;
    str number;
};

static enum rc show(struct change *c, void *ctx, struct err *err)
{
    struct showing *s = ctx;
    const struct value row[] = {V_INT(c->county_code),
                                V_INT(s->person),
                                V_INT(s->id),
                                V_TEXT(str_from(kinds[s->kind].text)),
                                V_INT(s->scope->account_id),
                                V_TEXT(s->scope->login),
                                V_TEXT(s->why),
                                V_INT(c->at_ms)};
    TRY(scope_person(s->scope, c->conn, c->county_code, s->person, err));
    TRY(person_number_get(c->conn, s->city->vault, c->county_code, s->person, s->kind, s->a,
                          &s->number, err));
    change_note(c, "person_reveal", row, 8);
    return exec(c->conn, &stmt_reveal_add, row, 8, NULL, err);
}

enum rc reveal_number(struct city *city, const struct scope *s, int64_t county, int64_t person,
                      enum number_kind kind, str why, struct arena *a, str *number, struct err *err)
{
    str reason = str_trim(why);
    size_t chars = utf8_count(reason);
    if (!reveal_may(s, kind))
        return err_set(err, RC_FORBIDDEN, "a number of this kind is not shown to this role");
    if (chars < REVEAL_WHY_LEAST || chars > REVEAL_WHY_MOST)
        return err_set(err, RC_BAD_INPUT,
                       "the reason has %zu characters, expected %d to %d: what is it needed for?",
                       chars, REVEAL_WHY_LEAST, REVEAL_WHY_MOST);
    struct showing showing = {city, s, person, kind, id_next(&city->ids), reason, a, {0}};
    /* Before the change: a county that nobody has heard of must not get a chain. */
    struct conn *c = NULL;
    TRY(store_reader(city->store, &c, err));
    enum rc rc = scope_person(s, c, county, person, err);
    store_reader_done(c);
    TRY(rc);
    const struct change_spec spec = {
        .store = city->store,
        .county_code = county,
        .who = s->login,
        .why = str_fmt(a, "shown in full, %s: %.*s", kinds[kind].text, STR_ARG(reason))};
    TRY(change_write(&spec, show, &showing, NULL, err));
    *number = showing.number;
    return RC_OK;
}

enum rc reveal_read(const struct scope *s, struct conn *c, int64_t county, int64_t person,
                    int64_t before, int limit, struct arena *a, struct reveal **out, size_t *n,
                    struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person), V_INT(before != 0 ? before : INT64_MAX),
                              V_INT(limit)};
    VEC(struct reveal) list = {0};
    struct query *q = NULL;
    TRY(scope_person(s, c, county, person, err));
    TRY(query(c, &stmt_reveal_page, v, 4, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct reveal){.reveal_id = query_int(q, 0),
                                              .kind = str_dup(a, query_text(q, 1)),
                                              .who = str_dup(a, query_text(q, 2)),
                                              .why = str_dup(a, query_text(q, 3)),
                                              .at_ms = query_int(q, 4)};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}
