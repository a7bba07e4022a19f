/*
 * Who may do what, endpoint by endpoint: every route of routes.def (and every register's path) with every
 * role, from an office that covers what is asked for and from one of another county; without a session;
 * without the CSRF token; before a password of one's own. What may happen stands in the table `rows`,
 * once more and by itself: a route that has no row there fails.
 */
#include "store/api_case.h"
#include "unit/test_bank_case.h"

#include "guard/account.h"
#include "guard/session.h"
#include "people/records.h"
#include "unit/test_matrix_rows.h"
#include "work/notice.h"
#include "work/paper.h"
#include "work/posting.h"

#define TOWNSHIP 990102001000
#define COUNTY   990102000000
#define CITY     990100000000
#define ELSE     990103001000
#define COUNTY2  990103000000
#define IDENTITY "990102198006150012"
#define PHONE    "13812341234"
#define CARD     "6217003670001231"

static const struct row *row_of_route(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].route, name) == 0)
            return &rows[i];
    return NULL;
}

/* ---- the town -------------------------------------------------------------------------------- */

struct world {
    struct api_case *k;
    const struct api_session *of[2][ROLE__COUNT]; /* here, there */
    struct {
        const char *word;
        str is;
    } words[32];
    size_t n_words;
    struct {
        const struct reg *reg;
        str ref;
    } made[64]; /* a record of each register */
    size_t n_made;
    int news, wrong;
    str passes[2]; /* of citizens: for the application, for the case */
};

struct lives {
    int64_t household, division;
    str name;
};

static enum rc live(struct change *c, void *ctx, struct err *err)
{
    const struct lives *l = ctx;
    int64_t person = l->household + 1000;
    const struct household_row h = {l->household, S("2020-01-01"), S(DAY_OPEN), l->division,
                                    person};
    const struct person_row p = {person, l->name, 1, S("1980-06-15"), S("")};
    const struct membership_row m = {l->household, person, S("2020-01-01"), S(DAY_OPEN), S("02")};
    TRY(household_put(c, &h, err));
    TRY(person_put(c, &p, err));
    return membership_put(c, &m, err);
}

struct telling {
    struct city *city;
    str phone;
    struct notice notice;
};

static enum rc tell(struct change *c, void *ctx, struct err *err)
{
    struct telling *t = ctx;
    TRY(person_number_put(c, t->city->vault, 1100, NUMBER_IDENTITY, S(IDENTITY), err));
    TRY(person_number_put(c, t->city->vault, 1100, NUMBER_PHONE, t->phone, err));
    TRY(person_number_put(c, t->city->vault, 1100, NUMBER_CARD, S(CARD), err));
    return notice_put(c, &t->city->ids, &t->notice, err);
}

static void word(struct world *w, const char *name, str is)
{
    assert_true(w->n_words < sizeof w->words / sizeof w->words[0]);
    w->words[w->n_words].word = name;
    w->words[w->n_words++].is = is;
}

static void people_live(struct world *w)
{
    struct city *city = w->k->t.c;
    struct lives here = {100, VILLAGE_1, S(HERE)};
    struct lives beside = {200, VILLAGE_1, S(BESIDE)};
    struct lives there = {500, VILLAGE_W, S(THERE)};
    struct telling t = {city,
                        S(PHONE),
                        {.county_code = CASE_COUNTY,
                         .household_id = 100,
                         .person_id = 1100,
                         .division = TOWNSHIP,
                         .kind = S("change"),
                         .title = S("告知书"),
                         .text = S("告知 " HERE),
                         .channels = 7,
                         .made = w->k->api->today,
                         .due = w->k->api->today,
                         .warn = w->k->api->today,
                         .line = S("assistance"),
                         .subject = S(HERE),
                         .title_en = S("notice")}};
    check_ok(change_in(city, CASE_COUNTY, live, &here, NULL, err));
    check_ok(change_in(city, CASE_COUNTY, live, &beside, NULL, err));
    check_ok(change_in(city, CASE_OTHER, live, &there, NULL, err));
    facts_from(city, "x_people_household", 100, "2019-01-01", "hukou_type urban");
    facts_from(city, "x_assistance_household", 100, "2019-01-01", "");
    person_from(city, 1100, "2019-01-01", "");
    grade_from(city, 1100, "2019-01-01", 0);
    enrol(city, 100, 0, "dibao", DAY_OPEN);
    check_ok(change_in(city, CASE_COUNTY, tell, &t, NULL, err));
    const struct run_spec spec = {.city = city, .month = month_at("2020-12")};
    struct run_result found;
    check_ok(run_month(&spec, &w->k->t.a, &found, err));
    str proposal = rows_of(city, "SELECT county_code, proposal_id FROM proposal", "ii", &w->k->t.a);
    str county = {0};
    str id = {0};
    assert_true(str_cut(proposal, '|', &county, &id));
    word(w, "{proposal}", str_fmt(&w->k->t.a, "%.*s-%.*s", STR_ARG(county), STR_ARG(id)));
    word(w, "{household}", S("990102-100"));
    word(w, "{person}", S("990102-1100"));
    word(w, "{notice}", str_fmt(&w->k->t.a, "990102-%lld", (long long)t.notice.notice_id));
    word(w, "{month}", S("2020-12"));
    word(w, "{rule}", S("dibao"));
    struct scope *all = scope_system(city, w->k->api->today, &w->k->t.a);
    const struct paper_wanted wanted = {.county = CASE_COUNTY, .notice_id = t.notice.notice_id};
    struct paper_row paper;
    check_ok(paper_make(city, all, &wanted, &w->k->t.a, &paper, err));
    word(w, "{paper}", str_fmt(&w->k->t.a, "990102-%lld", (long long)paper.paper_id));
    word(w, "{number}", paper.number); /* without its code it is as if it were not there */
    word(w, "{print}", S("999"));      /* nobody's */
}

static void staff_work(struct world *w)
{
    static const int64_t at[2][ROLE__COUNT] = {
        {VILLAGE_1, TOWNSHIP, TOWNSHIP, COUNTY, COUNTY, COUNTY, CITY, CITY, CITY},
        {VILLAGE_W, ELSE, ELSE, COUNTY2, COUNTY2, COUNTY2, COUNTY2, COUNTY2, COUNTY2}};
    for (int there = 0; there < 2; there++)
        for (enum role r = 0; r < ROLE__COUNT; r++)
            w->of[there][r] = api_login(w->k, r, "", at[there][r]);
    const struct api_session *extra = api_login(w->k, ROLE_CLERK, "", TOWNSHIP);
    struct scope *top = scope_system(w->k->t.c, w->k->api->today, &w->k->t.a);
    int64_t worker = w->of[0][ROLE_VILLAGE]->account_id;
    check_ok(assigned_put(w->k->t.c, top, CASE_COUNTY, 100, &worker, 1, err));
    word(w, "{account}", str_fmt(&w->k->t.a, "%lld", (long long)extra->account_id));
    word(w, "{worker}", str_fmt(&w->k->t.a, "%lld", (long long)worker));
}

/* A value that a field takes, as it is typed. */
static void value_text(struct sbuf *out, const struct field *f)
{
    switch (f->type.kind) {
    case K_CODE:
        sbuf_fmt(out, "\"%.*s\"", STR_ARG(code_name(f->type.code, 0)));
        break;
    case K_DATE:
        sbuf_addz(out, "\"2020-12-01\"");
        break;
    case K_MONTH:
        sbuf_addz(out, "\"2020-12\"");
        break;
    case K_BOOL:
        sbuf_addz(out, "true");
        break;
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        sbuf_addz(out, "1");
        break;
    default:
        sbuf_addz(out, "\"" HERE "\"");
    }
}

static str values_text(struct world *w, const struct reg *reg)
{
    struct sbuf out;
    const char *before = "{";
    sbuf_init(&out, 1 << 14);
    for (size_t i = 0; i < reg->n_fields; i++) {
        const struct field *f = reg->fields[i];
        if (!f->required || f->value != NULL)
            continue;
        sbuf_fmt(&out, "%s\"%.*s\":", before, STR_ARG(f->name.text));
        value_text(&out, f);
        before = ",";
    }
    sbuf_addz(&out, *before == '{' ? "{}" : "}");
    str s = str_dup(&w->k->t.a, sbuf_str(&out));
    sbuf_deinit(&out);
    return s;
}

static str filled(struct world *w, const char *text);

/* A register's words, with a record of it: one of a household or person is there already. */
static void words_of(struct world *w, const struct reg *reg)
{
    static const char *const at[] = {[AT_NONE] = "990102001001",
                                     [AT_CITY] = "990100000000",
                                     [AT_COUNTY] = "990102000000",
                                     [AT_TOWNSHIP] = "990102001000",
                                     [AT_VILLAGE] = "990102001001"};
    struct arena *a = &w->k->t.a;
    bool person = str_eq(reg->name.text, S("person"));
    word(w, "{register}", reg->name.text);
    word(w, "{values}", values_text(w, reg));
    word(w, "{division}", str_from(at[reg->at]));
    if (!record_own(reg) || w->of[0][ROLE_CLERK] == NULL) {
        word(w, "{record}", person ? S("990102-1100") : S("990102-100"));
        return;
    }
    for (size_t i = 0; i < w->n_made; i++)
        if (w->made[i].reg == reg) {
            word(w, "{record}", w->made[i].ref);
            return;
        }
    const char *path = str_z(a, filled(w, "/api/v1/registers/{register}"));
    const char *body = str_z(a, filled(w, row_of_route("records_add")->body));
    struct api_reply r = ask(w->k, w->of[0][ROLE_CLERK], "POST", path, body);
    check_status(r, 201);
    assert_true(w->n_made < sizeof w->made / sizeof w->made[0]);
    w->made[w->n_made].reg = reg;
    w->made[w->n_made++].ref = reply_str(r, "ref");
    word(w, "{record}", reply_str(r, "ref"));
}

/* Replace every {word}. */
static str filled(struct world *w, const char *text)
{
    struct sbuf out;
    str rest = str_from(text);
    sbuf_init(&out, 1 << 16);
    while (rest.n > 0) {
        bool known = str_starts(rest, S("{new}"));
        size_t taken = known ? 5 : 1;
        if (known)
            sbuf_fmt(&out, "%d", ++w->news);
        for (size_t i = 0; !known && i < w->n_words; i++)
            if (str_starts(rest, str_from(w->words[i].word))) {
                known = true;
                taken = strlen(w->words[i].word);
                sbuf_add(&out, w->words[i].is);
            }
        if (!known)
            sbuf_addc(&out, rest.p[0]);
        rest = str_sub(rest, taken, rest.n);
    }
    str s = str_dup(&w->k->t.a, sbuf_str(&out));
    sbuf_deinit(&out);
    return s;
}

static void a_case_runs(struct world *w)
{
    static const char png[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
        "\0\0\0\rIDATx\x9c"
        "c\xf8\xcf\xc0\xf0\x1f\0\5\0\1\xff"
        "\x56\xc7\x2f\x0d"
        "\0\0\0\0IEND\xae"
        "B`\x82";
    const struct api_session *clerk = w->of[0][ROLE_CLERK];
    str body = filled(w, row_of_route("cases_open")->body);
    struct api_reply r = ask(w->k, clerk, "POST", "/api/v1/cases", str_z(&w->k->t.a, body));
    check_status(r, 201);
    word(w, "{case}", reply_str(r, "cases.0.ref"));
    r = ask_with(w->k, clerk, "POST",
                 str_z(&w->k->t.a, filled(w, "/api/v1/cases/{case}/files?name=a.png")),
                 (str){png, sizeof png - 1}, "Content-Type: image/png\r\n");
    check_status(r, 201);
    word(w, "{file}", reply_str(r, "id"));
    word(w, "{import}", S("990102-1")); /* nobody's */
}

/* Something that was decided hangs out, and somebody has objected. */
static void a_posting_hangs(struct world *w)
{
    struct arena *a = &w->k->t.a;
    str county, id;
    assert_true(str_cut(filled(w, "{case}"), '-', &county, &id));
    struct statement put = {
        .name = "test_posting",
        .sql = str_fmt(
                   a,
                   "INSERT INTO posting VALUES (990102, 77, 1, 'result', 'open', 77, %.*s, 100, 0, "
                   "'dibao_application', 'assistance', '', %lld, '公开栏', '2020-12-01', "
                   "'9999-12-31', '{\"title\":{\"zh\":\"公示\",\"en\":\"posting\"},\"says\":[],"
                   "\"lines\":[]}', 0, 0, 'test', '', '')",
                   STR_ARG(id), (long long)VILLAGE_1)
                   .p};
    check_ok(fresh_exec(w->k->t.c->store, &put, NULL, 0, err));
    const struct posting_said said = {S("情况不实"), S(""), S("13900001111")};
    int64_t objection = 0;
    check_ok(posting_object(w->k->t.c, scope_system(w->k->t.c, w->k->api->today, a), CASE_COUNTY,
                            77, &said, a, &objection, err));
    word(w, "{posting}", S("990102-77"));
    word(w, "{objection}", str_fmt(a, "990102-%lld", (long long)objection));
}

/* One sum, frozen for the bank, and an account that waits to be confirmed. */
static void a_batch_waits(struct world *w)
{
    struct town *t = &w->k->t;
    struct money_decision sum = {.household_id = 100,
                                 .programme = S("relief_urgent"),
                                 .from = month_at("2020-12"),
                                 .once = true,
                                 .fen = 5000,
                                 .cause = S("case 1"),
                                 .who = S("tester"),
                                 .account_id = 1100,
                                 .today = w->k->api->today};
    struct payee_new n = {.county = CASE_COUNTY,
                          .household = 100,
                          .person = 1100,
                          .programme = S(""),
                          .kind = S("person"),
                          .holder = S(HERE),
                          .account = S("6217003670001256"),
                          .bank = S(""),
                          .branch = S(""),
                          .reason = S("遗失"),
                          .proof = S("")};
    struct scope *s = scope_system(t->c, w->k->api->today, &t->a);
    struct payee_made made;
    struct batch b;
    bank_of(t);
    check_ok(change_in(t->c, CASE_COUNTY, money_once, &sum, NULL, err));
    check_ok(batch_freeze(t->c, s, CASE_COUNTY, month_at("2020-12"), &t->a, &b, err));
    check_ok(payee_put(t->c, s, &n, &made, err));
    word(w, "{batch}", str_fmt(&t->a, "990102-%lld", (long long)b.batch_id));
    word(w, "{line}", S("1"));
    word(w, "{payee}", str_fmt(&t->a, "990102-%lld", (long long)made.payee_account_id));
}

/* A finding with two lines: one open, one that is owed. */
static void arrears_stand(struct world *w)
{
    static const char *const texts[] = {
        "INSERT INTO arrears_job (county_code, job_id, state, division, household_id, programme, "
        "from_month, upto_month, why, who, started_ms, ended_ms, position, rule_hash, engine, runs, "
        "next_household, households, months, line_rows, backpay_fen, recovery_fen, left_fen, "
        "undecided) VALUES (990102, 7, 'open', 0, 0, '', '2020-11', '2020-12', '" HERE
        "', 'x', 0, 0, 0, '', '', '', 0, 1, 2, 2, 5000, 100, 0, 0)",
        "INSERT INTO arrears_line (county_code, job_id, household_id, person_id, programme, month, "
        "division, paid_fen, due_fen, cause, reason, state, decided_by, decided_on, words, batch_id, "
        "seq, settled_fen) VALUES (990102, 7, 100, 0, 'dibao', '2020-12', 990102001001, 0, 5000, "
        "'underpaid', 'standard', 'open', '', '', '', 0, 0, 0)",
        "INSERT INTO arrears_line (county_code, job_id, household_id, person_id, programme, month, "
        "division, paid_fen, due_fen, cause, reason, state, decided_by, decided_on, words, batch_id, "
        "seq, settled_fen) VALUES (990102, 7, 100, 0, 'dibao', '2020-11', 990102001001, 100, 0, "
        "'concealed', 'facts', 'decided', 'x', '2020-12-20', '', 0, 0, 0)",
        "INSERT INTO arrears_count (county_code, job_id, division, programme, households, line_rows, "
        "backpay_fen, recovery_fen, left_fen) VALUES (990102, 7, 990102001001, 'dibao', 1, 2, 5000, "
        "100, 0)"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct statement st = {.name = "test_arrears", .sql = texts[i]};
        check_ok(fresh_exec(w->k->t.c->store, &st, NULL, 0, err));
    }
    word(w, "{arrears}", S("990102-7"));
}

/* From a phone: an application with a photo, and a question about the case. */
static void a_citizen_writes(struct world *w)
{
    struct arena *a = &w->k->t.a;
    const char *json = "Content-Type: application/json\r\n";
    struct api_reply r = ask_with(
        w->k, NULL, "POST", "/api/v1/public/applications",
        S("{\"services\":[{\"service\":\"dibao_application\"}],\"division\":\"990102001001\","
          "\"members\":[{\"name\":\"" BESIDE "\",\"relation\":\"02\",\"id_number\":"
          "\"990102199001150018\"}],\"phone\":\"13912340000\",\"consent\":true,\"truthful\":true}"),
        str_z(a, str_fmt(a, "%sIdempotency-Key: key-of-somebodys-phone\r\n", json)));
    check_status(r, 201);
    w->passes[0] = str_dup(a, reply_str(r, "pass"));
    const char *pass = str_z(a, str_fmt(a, "X-Public: %.*s\r\n", STR_ARG(reply_str(r, "pass"))));
    static const char pdf[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF\n";
    check_status(ask_with(w->k, NULL, "POST", "/api/v1/public/files?name=a.pdf", str_from(pdf),
                          str_z(a, str_fmt(a, "Content-Type: application/pdf\r\n%s", pass))),
                 201);
    str id = rows_of(w->k->t.c, "SELECT online_id FROM online_application", "i", a);
    word(w, "{photo}",
         rows_of(w->k->t.c,
                 "SELECT file_id FROM case_file WHERE case_id = (SELECT online_id "
                 "FROM online_application)",
                 "i", a));
    word(w, "{online}", str_fmt(a, "990102-%.*s", STR_ARG(id)));
    r = ask_with(w->k, NULL, "POST", "/api/v1/public/session",
                 S("{\"number\":\"990102-2020-000001\",\"tail\":\"1234\"}"), json);
    check_status(r, 200);
    w->passes[1] = str_dup(a, reply_str(r, "pass"));
    pass = str_z(a, str_fmt(a, "%sX-Public: %.*s\r\n", json, STR_ARG(reply_str(r, "pass"))));
    r = ask_with(w->k, NULL, "POST", "/api/v1/public/messages",
                 S("{\"number\":\"990102-2020-000001\",\"kind\":\"question\",\"text\":\"哪天来\"}"),
                 pass);
    check_status(r, 201);
    id = rows_of(w->k->t.c, "SELECT message_id FROM citizen_message", "i", a);
    word(w, "{message}", str_fmt(a, "990102-%.*s", STR_ARG(id)));
}

/* Of the household of everything else. */
static void a_right_is_unclaimed(struct world *w)
{
    static const struct statement st = {
        .name = "test_unclaimed",
        .sql = "INSERT INTO unclaimed_right (county_code, household_id, person_id, programme, "
               "division, month, amount_fen, since, position) "
               "VALUES (990102, 100, 0, 'dibao', 990102001001, '2020-12', 65000, '2020-12-01', 1) "
               "ON CONFLICT (county_code, household_id, person_id, programme) DO NOTHING"};
    check_ok(fresh_exec(w->k->t.c->store, &st, NULL, 0, err));
}

static void world_begin(struct world *w, void *state)
{
    *w = (struct world){.k = api_case_begin(state)};
    people_live(w);
    staff_work(w);
    a_case_runs(w);
    a_posting_hangs(w);
    a_batch_waits(w);
    arrears_stand(w);
    a_citizen_writes(w);
    a_right_is_unclaimed(w);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static const char *method_of(const struct route *r)
{
    static const char *const name[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    return name[r->method];
}

/* A route as it is called: of one register where it is of any. */
struct door {
    const struct route *route;
    const struct row *row;
    const char *path;
    const struct reg *reg; /* of a register's path */
};

static struct api_reply knock(struct world *w, const struct door *d, const struct api_session *s)
{
    struct arena *a = &w->k->t.a;
    const char *path = str_z(a, str_fmt(a, "%s%s", d->path, d->row->query));
    if (strcmp(d->row->route, "runs_watch") == 0) {
        str head = str_fmt(a, "GET %s HTTP/1.1\r\nHost: h\r\nCookie: huimin=%.*s\r\n\r\n", path,
                           STR_ARG(s != NULL ? s->token : S("")));
        return ask_raw(w->k, head, false, 1);
    }
    const char *type = strcmp(d->row->route, "files_add") == 0
                           ? "Content-Type: image/png\r\n"
                           : "Content-Type: application/json\r\nIf-Match: \"1\"\r\n";
    str body = d->row->body != NULL ? filled(w, d->row->body) : (str){0};
    bool online = strcmp(d->row->route, "public_files") == 0;
    if (w->passes[1].n > 0 && str_starts(str_from(d->row->route), S("public_"))) {
        str head = str_fmt(a, "%sX-Public: %.*s\r\n", d->row->body != NULL ? type : "",
                           STR_ARG(w->passes[online ? 0 : 1]));
        return ask_with(w->k, s, method_of(d->route), path, body, str_z(a, head));
    }
    return ask_with(w->k, s, method_of(d->route), path, body, d->row->body != NULL ? type : NULL);
}

static void say(struct world *w, const struct door *d, const char *who, struct api_reply r,
                const char *expected)
{
    w->wrong++;
    print_error("%s %s by %s: found %d %.*s, expected %s\n", method_of(d->route), d->path, who,
                r.status, STR_ARG(str_sub(r.body, 0, 300)), expected);
}

static bool tells(struct api_reply r, const char *what)
{
    return str_find(r.body, str_from(what)) >= 0;
}

/* Any number of anybody, in full. */
static bool tells_numbers(struct api_reply r)
{
    return tells(r, IDENTITY) || tells(r, PHONE) || tells(r, CARD);
}

/* Anything of the other county's people. */
static bool tells_of(struct api_reply r, bool there)
{
    return there ? tells(r, THERE) || tells(r, "990103-")
                 : tells(r, HERE) || tells(r, BESIDE) || tells(r, "990102-") || tells_numbers(r);
}

static void from_here(struct world *w, const struct door *d, enum role r)
{
    const struct api_session *s = w->of[0][r];
    bool may = (d->row->may & (ANYBODY | ROLE_BIT(r))) != 0;
    struct api_reply reply = knock(w, d, s);
    bool event = strcmp(d->row->route, "cases_event") == 0; /* each has its own roles */
    if (!may) {
        if (reply.status != 403)
            say(w, d, role_code(r), reply, "403");
        return;
    }
    if ((d->row->unseen & ROLE_BIT(r)) != 0) {
        if (reply.status != 404)
            say(w, d, role_code(r), reply, "404");
        return;
    }
    if (reply.status == 401 || reply.status == 404 || reply.status >= 500 || reply.status == 0 ||
        (reply.status == 403 && !event))
        say(w, d, role_code(r), reply, "that it may");
    if (d->row->body == NULL && reply.status >= 300)
        say(w, d, role_code(r), reply, "200");
    bool reveals =
        strcmp(d->row->route, "reveal_make") == 0 || strcmp(d->row->route, "batches_file") == 0;
    if (!reveals && tells_numbers(reply))
        say(w, d, role_code(r), reply, "numbers masked");
    bool whole_city = r == ROLE_OFFICER || r == ROLE_AUDITOR || r == ROLE_ADMIN;
    if (!whole_city && tells_of(reply, true))
        say(w, d, role_code(r), reply, "nothing of the other county");
    if (r == ROLE_VILLAGE && (tells(reply, BESIDE) || tells(reply, "990102-200")))
        say(w, d, role_code(r), reply, "nothing of a household that is not assigned");
}

/* Households and persons are altered at their own addresses: there is nothing to be told of one. */
static bool elsewhere(const struct door *d)
{
    return d->reg != NULL && !record_own(d->reg) && strcmp(d->row->route, "records_put") == 0;
}

/* What everybody reads, whoever asks. */
static bool is_public(const struct door *d)
{
    return str_starts(str_from(d->route->path), S("/api/v1/public/"));
}

static void from_there(struct world *w, const struct door *d, enum role r)
{
    bool may = (d->row->may & (ANYBODY | ROLE_BIT(r))) != 0;
    struct api_reply reply = knock(w, d, w->of[1][r]);
    char who[80];
    snprintf(who, sizeof who, "%s of another county", role_code(r));
    if (reply.status >= 500 || reply.status == 0)
        say(w, d, who, reply, "no failure");
    else if (!may && reply.status != 403 && reply.status != 404)
        say(w, d, who, reply, "403 or 404");
    else if (may && elsewhere(d) && reply.status == 422)
        return;
    else if (may && d->row->beyond == HIDDEN && reply.status != 404)
        say(w, d, who, reply, "404");
    else if (may && d->row->beyond == REFUSED && reply.status < 300)
        say(w, d, who, reply, "a refusal");
    else if (may && d->row->beyond == UNDONE &&
             (reply.status != 200 ||
              reply_int(reply,
                        strcmp(d->row->route, "postings_begin") == 0 ? "begun" : "decided") != 0 ||
              tells(reply, HERE) || !tells(reply, "\"code\":\"not_found\"")))
        say(w, d, who, reply, "that nothing was done");
    else if (may && d->row->beyond == UNDONE)
        return;
    /* What was asked for may be named in the answer's words; nothing else of it. */
    else if (reply.status < 300 && !is_public(d) && tells_of(reply, false))
        say(w, d, who, reply, "nothing of this county");
}

static void walk(struct world *w, const struct door *d)
{
    bool open = (d->row->may & ANYBODY) != 0;
    struct api_reply r = knock(w, d, NULL);
    if (open ? r.status == 401 || r.status >= 500 : r.status != 401)
        say(w, d, "nobody", r, open ? "that anybody may" : "401");
    struct api_session stranger = {.token = str_fmt(&w->k->t.a, "%064d", 7)};
    r = knock(w, d, &stranger);
    if (!open && r.status != 401)
        say(w, d, "a made-up token", r, "401");
    if (!open && d->route->method != HTTP_GET) {
        struct api_session forged = {.token = w->of[0][ROLE_CLERK]->token};
        r = knock(w, d, &forged);
        if (r.status != 403)
            say(w, d, "a request without the CSRF token", r, "403");
    }
    for (enum role role = 0; role < ROLE__COUNT; role++) {
        from_there(w, d, role);
        from_here(w, d, role);
    }
}

/* Logging out ends what the others still need: each with a session of its own. */
static void walk_out(struct world *w, const struct door *d)
{
    struct api_reply r = knock(w, d, NULL);
    if (r.status != 401)
        say(w, d, "nobody", r, "401");
    for (enum role role = 0; role < ROLE__COUNT; role++) {
        struct api_session s = *w->of[0][role];
        str name = {0};
        check_ok(session_login(w->k->t.c, s.login, S("Ein langer Tag 2020"), S("127.0.0.1"),
                               &w->k->t.a, &s.token, &name, err));
        s.csrf = session_csrf(name, &w->k->t.a);
        r = knock(w, d, &s);
        if (r.status != 204)
            say(w, d, role_code(role), r, "204");
    }
}

/* Every path that the routes stand for: those of registers once for each. */
static void every_door(struct world *w, void (*visit)(struct world *w, const struct door *d))
{
    struct rules *rules = w->k->t.c->rules;
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *route = &routes[i];
        bool any = str_find(str_from(route->path), S("{register}")) >= 0;
        struct door d = {route, row_of_route(route->name), NULL, NULL};
        size_t words = w->n_words;
        if (d.row == NULL) {
            w->wrong++;
            print_error("%s %s (%s) has no row in the matrix\n", method_of(route), route->path,
                        route->name);
            continue;
        }
        for (size_t k = 0; k < (any ? rules->regs.n : 1); k++) {
            d.reg = any ? rules->regs.at[k] : NULL;
            if (any)
                words_of(w, d.reg);
            d.path = str_z(&w->k->t.a, filled(w, route->path));
            visit(w, &d);
            w->n_words = words;
        }
    }
}

static void visit(struct world *w, const struct door *d)
{
    if (strcmp(d->row->route, "session_end") == 0)
        walk_out(w, d);
    else
        walk(w, d);
}

static void every_role_at_every_door(void **state)
{
    struct world w;
    world_begin(&w, *state);
    every_door(&w, visit);
    assert_int_equal(w.wrong, 0);
    api_case_end(w.k);
}

/* ---- guessing -------------------------------------------------------------------------------- */

/* The reply without its digits: what is left must not tell one reference from another. */
static str undigited(struct world *w, str body)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 16);
    for (size_t i = 0; i < body.n; i++)
        if (body.p[i] < '0' || body.p[i] > '9')
            sbuf_addc(&out, body.p[i]);
    str s = str_dup(&w->k->t.a, sbuf_str(&out));
    sbuf_deinit(&out);
    return s;
}

/* Every reference with one that nobody has in its place. */
static void to_nobody(struct world *w)
{
    for (size_t i = 0; i < w->n_words; i++) {
        str *is = &w->words[i].is;
        if (str_find(*is, S("-")) == 6)
            *is = S("990102-7");
        else if (is->n > 12)
            *is = S("7");
    }
}

/* Somebody of the other county is told the same of what is there and of what is not. */
static void visit_blind(struct world *w, const struct door *d)
{
    enum role r = 0;
    struct world none = *w;
    struct door other = *d;
    if (d->row->beyond != HIDDEN)
        return;
    while ((d->row->may & ROLE_BIT(r)) == 0)
        r++;
    to_nobody(&none);
    other.path = str_z(&w->k->t.a, filled(&none, d->route->path));
    struct api_reply theirs = knock(w, d, w->of[1][r]);
    struct api_reply nobodys = knock(&none, &other, w->of[1][r]);
    if (theirs.status != nobodys.status ||
        !str_eq(undigited(w, theirs.body), undigited(w, nobodys.body))) {
        say(w, d, "another county", theirs, "the same as of what is not there:");
        say(w, &other, "another county", nobodys, "this");
    }
}

static void nothing_is_learnt_by_guessing(void **state)
{
    struct world w;
    world_begin(&w, *state);
    every_door(&w, visit_blind);
    assert_int_equal(w.wrong, 0);
    api_case_end(w.k);
}

/* ---- counts ---------------------------------------------------------------------------------- */

static void counts_obey_too(void **state)
{
    struct world w;
    world_begin(&w, *state);
    const struct api_session *there = w.of[1][ROLE_CLERK];
    const struct api_session *worker = w.of[0][ROLE_VILLAGE];
    const struct api_session *clerk = w.of[0][ROLE_CLERK];
    const struct {
        const char *path, *count;
        int there, worker, clerk;
    } of[] = {
        {"/api/v1/households", "count.n", 1, 1, 2},
        {"/api/v1/persons", "count.n", 1, 1, 2},
        {"/api/v1/persons?q=" HERE, "count.n", 0, 1, 1},
        {"/api/v1/persons?q=" BESIDE, "count.n", 0, 0, 1},
        {"/api/v1/registers/household", "count.n", 1, 1, 2},
        {"/api/v1/registers/person", "count.n", 1, 1, 2},
        {"/api/v1/cases", "count.n", 0, 1, 1},
        {"/api/v1/notices", "count.n", 0, 0, 2},
        {"/api/v1/proposals", "count.n", 0, 1, 1},
        /* The worker's: the objection to the posting of the household that is assigned. */
        {"/api/v1/desk", "counts.open", 0, 1, -1},
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        const struct api_session *who[] = {there, worker, clerk};
        const int wanted[] = {of[i].there, of[i].worker, of[i].clerk};
        for (int k = 0; k < 3; k++) {
            struct api_reply r = ask(w.k, who[k], "GET", of[i].path, NULL);
            check_status(r, 200);
            if (wanted[k] >= 0 && reply_int(r, of[i].count) != wanted[k]) {
                print_error("%s as %.*s: %s is %lld, expected %d\n", of[i].path,
                            STR_ARG(who[k]->login), of[i].count,
                            (long long)reply_int(r, of[i].count), wanted[k]);
                w.wrong++;
            }
        }
    }
    assert_int_equal(w.wrong, 0);
    api_case_end(w.k);
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* What belongs to a line of business is there for those who work on it. */
static void visit_line(struct world *w, const struct door *d)
{
    static const char *const of_line[] = {
        "cases_get",    "cases_draft", "cases_event",  "files_add", "files_get",
        "notices_sent", "cases_list",  "notices_list", "desk_list", "proposals_list"};
    bool in = false;
    for (size_t i = 0; i < sizeof of_line / sizeof of_line[0]; i++)
        in |= strcmp(of_line[i], d->row->route) == 0;
    if (!in)
        return;
    struct api_reply r = knock(w, d, w->of[1][0]);
    if (d->row->beyond == HIDDEN && r.status != 404)
        say(w, d, "a clerk of another line", r, "404");
    if (d->row->beyond == NOTHING && (r.status != 200 || tells_of(r, false)))
        say(w, d, "a clerk of another line", r, "nothing of this line");
}

static void a_line_keeps_to_itself(void **state)
{
    struct world w;
    world_begin(&w, *state);
    w.of[1][0] = api_login(w.k, ROLE_CLERK, "disability", TOWNSHIP);
    every_door(&w, visit_line);
    assert_int_equal(w.wrong, 0);
    api_case_end(w.k);
}

/* ---- what is sensitive ----------------------------------------------------------------------- */

/* Is the illness told at this address? */
static bool tells_illness(struct world *w, const struct api_session *s, const char *path)
{
    struct api_reply r = ask(w->k, s, "GET", path, NULL);
    check_status(r, 200);
    return tells(r, "severe") || tells(r, "\"disease\"") || tells(r, "重病");
}

static void illness_is_for_who_handles_the_case(void **state)
{
    static const char *const one[] = {
        "/api/v1/households/990102-100", "/api/v1/registers/person/990102-1100",
        "/api/v1/households/990102-100/history", "/api/v1/households/990102-100?as_of=2020-12-20",
        "/api/v1/households/990102-100/times"};
    static const char *const lists[] = {"/api/v1/registers/person", "/api/v1/persons",
                                        "/api/v1/households"};
    struct world w;
    world_begin(&w, *state);
    facts_from(w.k->t.c, "x_assistance_person", 1100, "2020-06-01",
               "disease severe lost_only_child 1");
    for (enum role r = 0; r <= ROLE_AUDITOR; r++) {
        bool handles = (ROLE_BIT(r) & (V | K | H | Y | D)) != 0;
        for (size_t i = 0; i < sizeof one / sizeof one[0]; i++)
            if (tells_illness(&w, w.of[0][r], one[i]) != handles)
                fail_msg("%s by %s: expected %s", one[i], role_code(r), handles ? "it" : "none");
        for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
            if (tells_illness(&w, w.of[0][r], lists[i]))
                fail_msg("%s by %s: a list tells an illness", lists[i], role_code(r));
    }
    /* Of a fact that no form of the own line asks for nothing is seen either. */
    const struct api_session *other = api_login(w.k, ROLE_CLERK, "disability", TOWNSHIP);
    struct api_reply r = ask(w.k, other, "GET", one[0], NULL);
    check_status(r, 200);
    assert_false(tells(r, "lost_only_child") || tells(r, "severe"));
    assert_true(tells(r, "disability_grade"));
    /* Who only pays sees of a calculation what comes out. */
    const char *path = str_z(&w.k->t.a, filled(&w, "/api/v1/cases/{case}"));
    r = ask(w.k, w.of[0][ROLE_PAYER], "GET", path, NULL);
    check_status(r, 200);
    assert_true(tells(r, "\"steps\":[]") && !tells(r, "\"kind\":\"condition\""));
    r = ask(w.k, w.of[0][ROLE_DECIDER], "GET", path, NULL);
    assert_true(tells(r, "\"kind\":\"condition\""));
    api_case_end(w.k);
}

/* What was sent in is never a page of this server, whatever its content makes of it. */
static void a_paper_is_no_page(void **state)
{
    struct world w;
    world_begin(&w, *state);
    const char *path = str_z(&w.k->t.a, filled(&w, "/api/v1/cases/{case}/files/{file}"));
    struct api_reply r = ask(w.k, w.of[0][ROLE_CLERK], "GET", path, NULL);
    check_status(r, 200);
    str policy = reply_header(r, "Content-Security-Policy");
    assert_true(str_ends(policy, S("; sandbox")));
    assert_true(str_starts(policy, S("default-src 'none'")));
    check_str(reply_header(r, "X-Content-Type-Options"), "nosniff");
    check_str(reply_header(r, "Content-Type"), "image/png");
    check_str(reply_header(r, "Cache-Control"), "no-store");
    check_str(reply_header(r, "Cross-Origin-Resource-Policy"), "same-origin");
    check_str(reply_header(r, "Content-Disposition"), "inline; filename*=UTF-8''a.png");
    api_case_end(w.k);
}

/* Whose password somebody else gave may do nothing before a new one. */
static void visit_early(struct world *w, const struct door *d)
{
    bool session = str_starts(str_from(d->row->route), S("session_"));
    if (session || (d->row->may & ANYBODY) != 0)
        return;
    struct api_reply r = knock(w, d, w->of[0][0]);
    if (r.status != 403)
        say(w, d, "an account with a given password", r, "403");
}

static void a_given_password_opens_nothing(void **state)
{
    struct world w;
    const struct scope_role all = {ROLE_DECIDER, S("")};
    const struct account_new spec = {
        .login = S("fresh"), .name = S("新人"), .division = COUNTY, .role = &all, .n_roles = 1};
    struct api_session s = {.login = S("fresh")};
    str password = {0};
    str name = {0};
    w = (struct world){.k = api_case_begin(*state)};
    struct scope *top = scope_system(w.k->t.c, w.k->api->today, &w.k->t.a);
    check_ok(account_make(w.k->t.c, top, &spec, &w.k->t.a, &s.account_id, &password, err));
    check_ok(session_login(w.k->t.c, s.login, password, S("127.0.0.1"), &w.k->t.a, &s.token, &name,
                           err));
    s.csrf = session_csrf(name, &w.k->t.a);
    w.of[0][0] = &s;
    every_door(&w, visit_early);
    assert_int_equal(w.wrong, 0);
    check_status(ask(w.k, &s, "GET", "/api/v1/session", NULL), 200);
    api_case_end(w.k);
}

static void the_matrix_names_routes_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool there = false;
        for (size_t k = 0; k < routes_n; k++)
            there |= strcmp(rows[i].route, routes[k].name) == 0;
        if (!there)
            fail_msg("the matrix has a row for %s, expected a route of that name", rows[i].route);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matrix_names_routes_only),
        BOTH(a_given_password_opens_nothing),
        BOTH(every_role_at_every_door),
        BOTH(nothing_is_learnt_by_guessing),
        BOTH(counts_obey_too),
        BOTH(a_line_keeps_to_itself),
        BOTH(illness_is_for_who_handles_the_case),
        BOTH(a_paper_is_no_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
