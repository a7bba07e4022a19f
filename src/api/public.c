/* The public's door: a pass for number and phone; what there is to apply for; where to go. */
#include <string.h>
#include <time.h>

#include "api/api_in.h"
#include "api/api_sql.h"
#include "api/handlers.h"
#include "api/people_json.h"
#include "api/public_in.h"
#include "guard/login.h"
#include "people/people_sql.h"

/* ---- passes ---------------------------------------------------------------------------------- */

enum { PASS_MAC = 2 * VAULT_LOOKUP };

static str pass_code(struct call *c, str said)
{
    uint8_t mac[VAULT_LOOKUP];
    char *out = arena_alloc_n(c->arena, PASS_MAC, 1, 1);

    /* The look-up index is of digits only: what begins with a word meets none of it. */
    number_lookup(c->city->vault, NUMBER_TEXT, str_fmt(c->arena, "pass:%.*s", STR_ARG(said)), mac);
    for (size_t i = 0; i < VAULT_LOOKUP; i++) {
        out[2 * i] = "0123456789abcdef"[mac[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[mac[i] & 15];
    }
    return (str){out, PASS_MAC};
}

str pass_make(struct call *c, enum pass_kind kind, int64_t county, int64_t id, int64_t *until_ms)
{
    *until_ms = clock_ms() + (int64_t)PASS_MINUTES * 60 * 1000;
    str said = str_fmt(c->arena, "%c.%lld.%lld.%lld", (char)kind, (long long)county, (long long)id,
                       (long long)*until_ms);
    str code = pass_code(c, said);

    return str_fmt(c->arena, "%.*s.%.*s", STR_ARG(said), STR_ARG(code));
}

/* As long whether the first or the last letter is wrong. */
static bool same_code(str x, str y)
{
    unsigned char differs = 0;

    if (x.n != y.n)
        return false;
    for (size_t i = 0; i < x.n; i++)
        differs |= (unsigned char)(x.p[i] ^ y.p[i]);
    return differs == 0;
}

static bool pass_parts(str said, struct pass *out)
{
    str kind, county, id;

    if (!str_cut(said, '.', &kind, &said) || !str_cut(said, '.', &county, &said) ||
        !str_cut(said, '.', &id, &said) || kind.n != 1 || !str_int(county, &out->county) ||
        !str_int(id, &out->id) || !str_int(said, &out->until_ms))
        return false;
    out->kind = kind.p[0] == PASS_CASE ? PASS_CASE : PASS_ONLINE;
    return kind.p[0] == PASS_CASE || kind.p[0] == PASS_ONLINE;
}

enum rc pass_read(struct call *c, struct pass *out, struct err *err)
{
    str token = http_header(c->request, "X-Public");
    size_t said = token.n > PASS_MAC ? token.n - PASS_MAC - 1 : 0;

    *out = (struct pass){0};
    if (token.n < 200 && said > 0 && token.p[said] == '.' &&
        same_code(pass_code(c, str_sub(token, 0, said)), str_sub(token, said + 1, token.n)) &&
        pass_parts(str_sub(token, 0, said), out) && out->until_ms > clock_ms())
        return RC_OK;
    return err_set(err, RC_NO_SESSION, "number and phone are needed again");
}

enum rc public_file_may(struct call *c, struct err *err)
{
    struct pass pass;

    return pass_read(c, &pass, err);
}

void public_wait(int64_t since, int64_t ms)
{
    int64_t left = since + ms - clock_ms();

    if (left <= 0 || left > ms)
        return;
    struct timespec t = {left / 1000, left % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

str public_masked(str text, const str *names, size_t n, struct arena *a)
{
    for (size_t i = 0; i < n; i++) {
        str shown = names[i].n > 0 ? mask_name(names[i], a) : S("");
        struct sbuf out;
        long at;
        if (names[i].n == 0 || str_find(text, names[i]) < 0 || utf8_count(names[i]) < 2)
            continue;
        sbuf_init(&out, 1 << 20);
        for (str rest = text; rest.n > 0; rest = str_sub(rest, (size_t)at + names[i].n, rest.n)) {
            at = str_find(rest, names[i]);
            sbuf_add(&out, at < 0 ? rest : str_sub(rest, 0, (size_t)at));
            if (at < 0)
                break;
            sbuf_add(&out, shown);
        }
        text = str_dup(a, sbuf_str(&out));
        sbuf_deinit(&out);
    }
    return text;
}

/* ---- what is typed ----------------------------------------------------------------------------- */

static bool is_plain(str text, bool lines)
{
    for (size_t at = 0; at < text.n;) {
        uint32_t cp = utf8_next(text, &at);
        bool line = cp == '\n' || cp == '\r' || cp == '\t';
        bool turns = cp == 0x061c || cp == 0x200e || cp == 0x200f ||
                     (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
        if (turns || cp == 0xfeff || (cp >= 0x7f && cp < 0xa0) || (cp < ' ' && !(line && lines)))
            return false;
    }
    return true;
}

/* The brackets of a body are few: see API_JSON_DEPTH. */
MUST_CHECK static enum rc texts_in(struct call *c, const char *key, json_t *v, struct err *err)
{
    const char *name;
    json_t *one;
    size_t i;

    if (json_is_string(v)) {
        str text = {json_string_value(v), json_string_length(v)};
        bool lines = strcmp(key, "note") == 0 || strcmp(key, "text") == 0;
        return is_plain(text, lines) ? RC_OK
                                     : call_wrong(c, RC_BAD_INPUT, key, "type it anew", err,
                                                  "%s: has characters that can't be printed", key);
    }
    if (json_is_array(v)) {
        json_array_foreach(v, i, one) TRY(texts_in(c, key, one, err));
    } else if (json_is_object(v)) {
        json_object_foreach(v, name, one) TRY(texts_in(c, name, one, err));
    }
    return RC_OK;
}

enum rc public_texts(struct call *c, struct err *err)
{
    return texts_in(c, "", c->body, err);
}

/* ---- number and phone ------------------------------------------------------------------------ */

struct trying {
    struct call *c;
    str number, tail;
    struct pass pass;
    bool fits;
};

static bool four_digits(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n == 4;
}

MUST_CHECK static enum rc try_online(struct trying *t, struct conn *conn, struct err *err)
{
    struct online o = {0};
    uint8_t ending[VAULT_ENDING];
    enum rc rc = online_by_number(t->c->city, conn, t->number, t->c->arena, &o, err);

    number_ending(t->c->city->vault, NUMBER_PHONE, t->tail, ending);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    t->fits = rc == RC_OK && memcmp(ending, o.phone_ending, VAULT_ENDING) == 0;
    t->pass = (struct pass){.kind = PASS_ONLINE, .county = o.county_code, .id = o.online_id};
    return rc;
}

MUST_CHECK static enum rc try_case(struct trying *t, struct conn *conn, struct err *err)
{
    struct scope *all = scope_system(t->c->city, t->c->today, t->c->arena);
    struct case_row r = {0};
    enum rc rc = case_find(all, conn, t->number, t->c->arena, &r, err);

    /* Several services taken together have -1, -2 behind the number that people are told. */
    if (rc == RC_NOT_FOUND && t->number.n == 18)
        rc = case_find(all, conn, str_fmt(t->c->arena, "%.*s-1", STR_ARG(t->number)), t->c->arena,
                       &r, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK;
    TRY(rc);
    t->pass = (struct pass){.kind = PASS_CASE, .county = r.county_code, .id = r.case_id};
    return citizen_phone_fits(t->c->city, conn, &r, t->tail, t->c->today, &t->fits, err);
}

/* 510402-2020-000123, with -1 behind: else it is not even looked for, nor kept by name. */
static bool case_number(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (i == 6 || i == 11 || i == 18 ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n == 18 || s.n == 20 || s.n == 21;
}

MUST_CHECK static enum rc try_it(struct trying *t, struct err *err)
{
    struct conn *conn = NULL;
    enum rc rc = RC_OK;

    TRY(store_reader(t->c->city->store, &conn, err));
    if (online_number_county(t->number) != 0)
        rc = try_online(t, conn, err);
    else if (case_number(t->number))
        rc = try_case(t, conn, err);
    store_reader_done(conn);
    return rc;
}

/* As typed on a phone: blanks, other dashes, a small w. */
static str number_plain(str typed, struct arena *a)
{
    char *p = arena_alloc_n(a, typed.n + 1, 1, 1);
    size_t n = 0;

    for (size_t at = 0; at < typed.n;) {
        uint32_t cp = utf8_next(typed, &at);
        if (cp >= 0xff01 && cp <= 0xff5e)
            cp -= 0xfee0;
        if (cp == 0x2010 || cp == 0x2013 || cp == 0x2014 || cp == 0x2212)
            cp = '-';
        if (cp == 'w')
            cp = 'W';
        if (cp > ' ' && cp < 0x7f)
            p[n++] = (char)cp;
    }
    return (str){p, n};
}

MUST_CHECK static enum rc try_counted(struct trying *t, struct err *err)
{
    struct call *c = t->c;
    bool form = online_number_county(t->number) != 0 || case_number(t->number);
    /* The cases of one acceptance have one phone: -1, -2 behind the number are no new guesses. */
    str of = online_number_county(t->number) != 0 ? t->number : str_sub(t->number, 0, 18);
    str name = str_fmt(c->arena, "case %.*s", STR_ARG(form ? of : S("-")));
    str who = rate_address(c->request->remote, c->arena);

    TRY(guess_allowed(c->city, name, who, c->arena, err));
    if (form && four_digits(t->tail))
        TRY(try_it(t, err));
    if (t->fits)
        return guess_right(c->city, name, who, c->arena, err);
    TRY(guess_wrong(c->city, name, who, c->arena, err));
    return call_wrong(c, RC_NOT_FOUND, "number",
                      "look at the receipt; the phone is the one left with the application", err,
                      "no application with this number and phone");
}

enum rc public_session(struct call *c, struct err *err)
{
    struct trying t = {.c = c};
    int64_t since = clock_ms(), until = 0;

    TRY(body_text(c, "number", true, &t.number, err));
    TRY(body_text(c, "tail", true, &t.tail, err));
    t.number = number_plain(t.number, c->arena);
    t.tail = number_plain(t.tail, c->arena);
    enum rc rc = try_counted(&t, err);
    public_wait(since, PUBLIC_FLAT_MS);
    TRY(rc);
    str token = pass_make(c, t.pass.kind, t.pass.county, t.pass.id, &until);
    json_obj(&c->json);
    JSON_STR(&c->json, "pass", token);
    JSON_INT(&c->json, "until_ms", until);
    JSON_STR(&c->json, "number", t.number);
    json_obj_end(&c->json);
    return RC_OK;
}

/* ---- where to go ----------------------------------------------------------------------------- */

static void add_place(struct json *j, const struct query *q)
{
    json_obj(j);
    json_key(j, "code");
    json_division(j, query_int(q, 0));
    JSON_STR(j, "name", query_text(q, 1));
    JSON_BOOL(j, "has_children", query_int(q, 4) > 0);
    json_obj_end(j);
}

MUST_CHECK static enum rc add_places(struct call *c, struct conn *conn, int64_t parent,
                                     struct err *err)
{
    char on[11];
    const struct value v[] = {V_INT(parent), V_TEXT(str_from(date_text(c->today, on)))};
    struct query *q = NULL;

    json_key(&c->json, "items");
    json_arr(&c->json);
    TRY(query(conn, &stmt_division_children, v, 2, &q, err));
    while (query_next(q))
        add_place(&c->json, q);
    json_arr_end(&c->json);
    return query_end(q, err);
}

static void add_contact(struct json *j, const struct query *q)
{
    json_obj(j);
    json_key(j, "division");
    json_division(j, query_int(q, 0));
    JSON_STR(j, "name", query_text(q, 1));
    JSON_STR(j, "phone", query_text(q, 2));
    JSON_STR(j, "address", query_text(q, 3));
    JSON_STR(j, "hours", query_text(q, 4));
    json_obj_end(j);
}

/* Those of the division, of what lies over it, and of the whole city (0): the nearest first. */
MUST_CHECK static enum rc add_contacts(struct call *c, struct conn *conn, int64_t division,
                                       struct err *err)
{
    const struct value v[] = {V_INT(division), V_INT(division / 1000 * 1000),
                              V_INT(division / 1000000 * 1000000),
                              V_INT(division / 100000000 * 100000000)};
    struct query *q = NULL;

    json_key(&c->json, "contacts");
    json_arr(&c->json);
    TRY(query(conn, &stmt_office_contacts, v, 4, &q, err));
    while (query_next(q))
        add_contact(&c->json, q);
    json_arr_end(&c->json);
    return query_end(q, err);
}

enum rc public_divisions(struct call *c, struct err *err)
{
    struct conn *conn = NULL;
    str given = query_of(c, "parent");
    int64_t parent = c->city->place->division;

    if (given.n > 0 && (!str_int(given, &parent) || given.n != 12))
        return call_wrong(c, RC_BAD_INPUT, "parent", NULL, err,
                          "parent: expected the twelve digits of a division");
    TRY(store_reader(c->city->store, &conn, err));
    json_obj(&c->json);
    enum rc rc = add_places(c, conn, parent, err);
    if (rc == RC_OK)
        rc = add_contacts(c, conn, parent, err);
    store_reader_done(conn);
    json_obj_end(&c->json);
    return rc;
}
