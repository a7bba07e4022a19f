/*
 * Data kept as long as its ground lasts: nothing goes before, and after it no table has the name or a
 * number, while chain, lists, sums and determinations are still proven.
 */
#include "unit/test_bank_case.h"

#include <sys/stat.h>

#include "pay/replay.h"
#include "pay/retention.h"
#include "people/forget.h"
#include "work/calendar.h"
#include "work/case.h"
#include "work/files.h"

enum { LI = 1001, WANG = 1004, MATE = 1504, CASE_OF = 4 };
static const char li[] = "欧阳测甲", wang[] = "司马测丙", mate[] = "上官测丁";
static const char *const numbers[] = {"990102198006150019", "13800001234", CARD_1};

/* ---- everything as text ----------------------------------------------------------------------- */

static str tables_of(struct town *t)
{
    return rows_of(t->c,
                   store_kind(t->c->store) == STORE_SQLITE
                       ? "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                       : "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = "
                         "'public' ORDER BY tablename",
                   "t", &t->a);
}

static void dump_row(struct sbuf *out, const struct query *q, const struct column_info *cols,
                     size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cols[i].is_blob)
            sbuf_add(out, query_blob(q, i));
        else if (cols[i].is_text)
            sbuf_add(out, query_text(q, i));
        else
            sbuf_fmt(out, "%lld", (long long)query_int(q, i));
        sbuf_addc(out, '|');
    }
    sbuf_addc(out, '\n');
}

static void dump_table(struct town *t, struct conn *c, str table, struct sbuf *out)
{
    struct column_info *cols = NULL;
    struct query *q = NULL;
    size_t n = 0;
    check_ok(store_columns(c, table, &t->a, &cols, &n, err));
    if (n == 0)
        fail_msg("no columns: %.*s", STR_ARG(table));
    str list = S("");
    for (size_t i = 0; i < n; i++)
        list = str_fmt(&t->a, "%.*s%s\"%.*s\"", STR_ARG(list), i > 0 ? ", " : "",
                       STR_ARG(cols[i].name));
    str sql = str_fmt(&t->a, "SELECT %.*s FROM \"%.*s\"", STR_ARG(list), STR_ARG(table));
    const struct statement st = {
        .name = "dump", .sql = str_z(&t->a, sql), .pg = NULL, .reads = true};
    sbuf_fmt(out, "\n== %.*s\n", STR_ARG(table));
    check_ok(query(c, &st, NULL, 0, &q, err));
    while (query_next(q))
        dump_row(out, q, cols, n);
    check_ok(query_end(q, err));
}

/* In which tables the text stands. */
static str where_is(struct town *t, const char *text)
{
    str rest = tables_of(t), table, found = S("");
    struct conn *c = NULL;
    check_ok(store_reader(t->c->store, &c, err));
    while (rest.n > 0) {
        struct sbuf out;
        if (!str_cut(rest, '\n', &table, &rest))
            rest = S("");
        sbuf_init(&out, 256u << 20);
        dump_table(t, c, table, &out);
        if (str_find(sbuf_str(&out), str_from(text)) >= 0)
            found = str_fmt(&t->a, "%.*s %.*s", STR_ARG(found), STR_ARG(table));
        sbuf_deinit(&out);
    }
    store_reader_done(c);
    return found;
}

static int64_t count(struct town *t, const char *sql)
{
    int64_t n = 0;
    assert_true(str_int(rows_of(t->c, sql, "i", &t->a), &n));
    return n;
}

/* ---- a town with a past ----------------------------------------------------------------------- */

static enum rc numbers_once(struct change *c, void *ctx, struct err *err)
{
    struct town *t = ctx;
    char id[19] = "99010219800615001";
    id[17] = id_number_check(id);
    TRY(person_number_put(c, t->c->vault, LI, NUMBER_IDENTITY, str_from(id), err));
    TRY(person_number_put(c, t->c->vault, WANG, NUMBER_IDENTITY, S("990102198006150035"), err));
    return person_number_put(c, t->c->vault, LI, NUMBER_PHONE, str_from(numbers[1]), err);
}

static void named(struct town *t, int64_t person, const char *name)
{
    check_ok(put_person(
        t->c, (struct person_row){person, str_from(name), 1, S("1980-06-15"), S("")}, err));
}

static const char *folder_of(struct town *t)
{
    return str_z(&t->a, str_fmt(&t->a, "%s/files", t->home.path));
}

struct sent_file {
    struct town *t;
    int64_t case_id;
};
static enum rc take_once(struct change *c, void *ctx, struct err *err)
{
    const struct sent_file *s = ctx;
    struct case_file f = {
        .case_id = s->case_id, .paper = S("application"), .name = S("司马测丙的申请书.pdf")};
    return file_take(c, folder_of(s->t),
                     str_z(&s->t->a, str_fmt(&s->t->a, "%s/sent", s->t->home.path)), &f, &s->t->a,
                     err);
}

/* Applied and gave up: a case with words, a draft and a scan. */
static void a_case(struct town *t)
{
    const struct case_wanted wanted = {S("dibao_application"), 0};
    struct scope *s = office_of(t, ROLE_CLERK, "zhang", 990102001000);
    struct case_made made;
    int64_t now = 0;
    struct case_new n = {.county = CASE_COUNTY,
                         .household = CASE_OF,
                         .services = &wanted,
                         .n_services = 1,
                         .applicant = str_from(wang),
                         .relation = S("本人"),
                         .registered = S(""),
                         .note = S("司马测丙与上官测丁同住"),
                         .facts = json_array(),
                         .papers =
                             json_loads("[{\"paper\":\"application\",\"have\":\"yes\"}]", 0, NULL)};
    check_ok(case_open(t->c, s, &n, &t->a, &made, err));
    int64_t id = made.cases[0].case_id;
    json_decref(n.facts);
    json_decref(n.papers);
    check_ok(case_draft_put(t->c, s, CASE_COUNTY, id, S("{\"a\":\"司马测丙\"}"), 0, &now, err));
    home_put(&t->home, "sent", "%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n");
    struct sent_file f = {t, id};
    check_ok(change_in(t->c, CASE_COUNTY, take_once, &f, NULL, err));
    const struct case_act act = {.kind = event_find(S("withdrawn")),
                                 .step = S(""),
                                 .text = S("司马测丙电话 13800001234 告知撤回"),
                                 .data = NULL};
    check_ok(case_do(t->c, s, CASE_COUNTY, id, &act, &t->a, &now, err));
}

static void moves_out(struct town *t, int64_t household, int64_t person, const char *since,
                      const char *relation)
{
    check_ok(put_membership(t->c,
                            (struct membership_row){household, person, str_from(since),
                                                    S("2021-01-01"), str_from(relation)},
                            err));
}

/* One row in each of the tables that have words of a family, all of them naming Wang. */
static void words_everywhere(struct town *t)
{
    static const char *const rows[] = {
        "INSERT INTO notice VALUES (990102, 71, 0, 4, 0, 990102001000, 990102001000, 'assistance', "
        "'accept', '受理通知书', '司马测丙：已受理', '司马测丙', 1, 1, 0, 0, '2020-12-21', "
        "'9999-12-31', 1, 1)",
        "INSERT INTO notice_way VALUES (990102, 71, 1, '2020-12-22', '司马测丙签收', 'zhang', 1)",
        "INSERT INTO paper VALUES (990102, 72, '990102-2020-P000001', 'ABCD2345', 'x', 'receipt', "
        "'受理回执', '街道', 'assistance', 0, 4, 0, 71, '司马**', '2020-12-21', 1, 'zhang', 'd', "
        "'s', 'valid', '{\"parts\":[{\"text\":\"司马测丙\",\"kind\":\"says\"},"
        "{\"text\":\"9901**********0035\"}]}', 1)",
        "INSERT INTO posting VALUES (990102, 73, 1, 'case', 'ended', 73, 0, 4, 0, 's', "
        "'assistance', '', 990102001001, '公开栏', '2020-12-22', '2020-12-29', "
        "'{\"subject\":\"司马测丙\",\"fen\":65000}', 0, 1, 'zhang', '2020-12-30', '')",
        "INSERT INTO posting_objection (county_code, objection_id, position, posting_id, case_id, "
        "event, day, text, by_name, contact, wrapped, sealed, answer, answered, answered_by) "
        "SELECT 990102, 74, 1, 73, 0, 0, '2020-12-23', '司马测丙有车', '某邻居', '138****1234', "
        "(SELECT wrapped FROM person_key WHERE person_id = 1004), "
        "(SELECT wrapped FROM person_key WHERE person_id = 1004), '已核实司马测丙', '', ''",
        "INSERT INTO proposal VALUES (990102, 75, '2020-12', 4, 0, 'dibao', 'raise', 1, 2, 1, "
        "'0=2', 'regular', '', 990102001001, 'rejected', 0, 0, '2020-12', 'jue', '2020-12-25', "
        "'司马测丙本人不同意')",
        "INSERT INTO person_reveal VALUES (990102, 1004, 76, 'phone', 1, 'zhang', "
        "'通知司马测丙', 1)",
        "INSERT INTO unclaimed_visit VALUES (990102, 4, 0, 'dibao', 'away', '司马测丙外出', '', "
        "'2020-12-21', 'zhang', 1, 1)",
        "INSERT INTO arrears_job (county_code, job_id, state, division, household_id, programme, "
        "from_month, upto_month, why, who, started_ms, ended_ms, position, rule_hash, engine, runs, "
        "next_household, households, months, line_rows, backpay_fen, recovery_fen, left_fen, "
        "undecided) VALUES (990102, 78, 'closed', 0, 4, '', '2020-11', '2020-12', "
        "'核对司马测丙收入', 'zhang', 0, 0, 0, '', '', '', 0, 1, 2, 0, 0, 0, 0, 0)",
        "INSERT INTO arrears_back VALUES (990102, 4, 'dibao', 1, 100, '2020-12-28', "
        "'司马测丙之子代退', 'zhang', 1)",
        "INSERT INTO citizen_message SELECT 990102, 77, case_id, 'question', '司马测丙问进度', "
        "990102001000, 'assistance', '2020-12-22', 1, '2020-12-29', '答复司马测丙', '2020-12-23', "
        "'zhang', 1 FROM work_case WHERE household_id = 4",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct statement st = {.name = "test_words", .sql = rows[i]};
        check_ok(fresh_exec(t->c->store, &st, NULL, 0, err));
    }
}

/*
 * Family 1 was paid in December 2020 and is over since the new year; family 4 applied in December, gave
 * up, and is over as well; 2 and 3 live on.
 */
static struct town old_town(void *state)
{
    struct town t = paid_town(state);
    char link[160];
    snprintf(link, sizeof link, "%s/places/calendar.csv", t.home.path);
    assert_int_equal(symlink(HUIMIN_SRC "/places/calendar.csv", link), 0);
    check_ok(calendar_init(t.c, t.home.path, 0, err));
    named(&t, LI, "欧阳旧名");
    named(&t, LI, li);
    family(t.c, CASE_OF, VILLAGE_1);
    named(&t, WANG, wang);
    joins(t.c, CASE_OF, MATE);
    named(&t, MATE, mate);
    check_ok(change_in(t.c, CASE_COUNTY, numbers_once, &t, NULL, err));
    struct batch b = freeze(&t);
    file_of(&t, &b, "flat");
    const struct said said[] = {{1, CARD_1, 65000, "0000"}, {2, CARD_3, 30000, "0000"}};
    struct batch_taken taken;
    struct batch_mistakes wrong;
    check_ok(take_answer(&t, &b, answer_of(&t, &b, said, 2, (struct odd){0}), &taken, &wrong, err));
    a_case(&t);
    words_everywhere(&t);
    check_ok(put_enrolment(
        t.c,
        (struct enrolment_row){1, 0, S("dibao"), S("2020-01-01"), S("2021-01-01"), S("import"), 0},
        err));
    moves_out(&t, 1, LI, "2020-01-01", "02");
    moves_out(&t, CASE_OF, WANG, "2020-01-01", "02");
    moves_out(&t, CASE_OF, MATE, "2019-01-01", "10");
    return t;
}

static struct retention_spec on_day(struct town *t, const char *day_text)
{
    struct retention_spec spec = {.city = t->c, .why = S("局办公会 2031 年第 3 次")};
    assert_true(date_parse(str_from(day_text), &spec.today));
    spec.upto = spec.today;
    spec.files = folder_of(t);
    return spec;
}

static int64_t clear_on(struct town *t, const char *day_text)
{
    struct retention_spec spec = on_day(t, day_text);
    int64_t n = 0;
    check_ok(retention_do(&spec, &n, err));
    return n;
}

static void check_proven(struct town *t)
{
    int64_t n = 0;
    struct replay_county *counties = NULL;
    size_t k = 0;
    const struct replay_spec replay = {.city = t->c, .month = month_at("2020-12")};
    check_ok(audit_verify(t->c->store, &n, err));
    check_ok(batches_verify(t->c, CASE_COUNTY, &n, err));
    assert_int_equal(n, 1);
    check_ok(replay_month(&replay, &t->a, &counties, &k, err));
    assert_true(k > 0);
    for (size_t i = 0; i < k; i++)
        check_text(counties[i].first, "");
    assert_int_equal(counties[0].n.determinations, 3);
}

/* ---- the days --------------------------------------------------------------------------------- */

static void periods_end(void **state)
{
    day last = date_day(2020, 12, 31);
    char text[11];
    (void)state;
    struct keep k = {.n = 30, .unit = KEEP_YEARS, .year_of = true};
    assert_string_equal(date_text(keep_until(&k, last), text), "2051-01-01");
    assert_string_equal(date_text(keep_until(&k, date_day(2020, 1, 1)), text), "2051-01-01");
    k = (struct keep){.n = 10, .unit = KEEP_YEARS};
    assert_string_equal(date_text(keep_until(&k, date_day(2020, 11, 3)), text), "2030-11-04");
    k = (struct keep){.n = 1, .unit = KEEP_MONTHS};
    assert_string_equal(date_text(keep_until(&k, date_day(2021, 1, 30)), text), "2021-02-28");
    k = (struct keep){.n = 30, .unit = KEEP_DAYS};
    assert_string_equal(date_text(keep_until(&k, last), text), "2021-01-31");
    assert_int_equal(keep_until(&(struct keep){0}, last), INT32_MAX);
}

static void nothing_goes_before_its_time(void **state)
{
    struct town t = old_town(*state);
    struct retention r;
    struct retention_spec spec = on_day(&t, "2030-12-21");
    check_ok(retention_read(&spec, &t.a, &r, err));
    assert_int_equal(r.persons, 5);
    assert_int_equal(r.due, 0);
    assert_int_equal(clear_on(&t, "2030-12-21"), 0);
    spec = on_day(&t, "2030-12-22");
    check_ok(retention_read(&spec, &t.a, &r, err));
    assert_int_equal(r.due, 2);
    for (size_t i = 0; i < r.grounds.n; i++)
        if (r.grounds.at[i].hold == HOLD_POLICY) {
            check_text(r.grounds.at[i].name, "dibao");
            assert_int_equal(r.grounds.at[i].first, date_day(2051, 1, 1));
        }
    str where = where_is(&t, li);
    static const char *const tables[] = {"batch_line", "person", "person_index", "person_token"};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (str_find(where, str_from(tables[i])) < 0)
            fail_msg("%s does not have the name: %.*s", tables[i], STR_ARG(where));
    spec.upto++;
    int64_t n = 0;
    check_fails(retention_do(&spec, &n, err), RC_BAD_INPUT, "is not over");
    spec = on_day(&t, "2051-01-01");
    spec.why = S(" ");
    check_fails(retention_do(&spec, &n, err), RC_BAD_INPUT, "the reason");
    check_proven(&t);
    town_done(&t);
}

static size_t scans_of(struct town *t)
{
    return (size_t)count(t, "SELECT count(*) FROM case_file");
}

static bool scan_on_disk(struct town *t)
{
    uint8_t hash[VAULT_HASH];
    struct stat st;
    str bytes = S("%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n");
    sm3_once(bytes.p, bytes.n, hash);
    str hex = hash_text(hash, &t->a);
    return stat(str_z(&t->a, str_fmt(&t->a, "%s/%.2s/%.*s", folder_of(t), hex.p, 62, hex.p + 2)),
                &st) == 0;
}

/* Of a family that applied and gave up nothing is left but days and numbers of rows. */
static void the_words_of_a_case_go_with_the_family(void **state)
{
    struct town t = old_town(*state);
    assert_true(str_find(where_is(&t, wang), S("case_event")) >= 0);
    assert_true(str_find(where_is(&t, wang), S("work_case")) >= 0);
    assert_true(str_find(where_is(&t, wang), S("case_file")) >= 0);
    assert_int_equal(scans_of(&t), 1);
    assert_true(scan_on_disk(&t));
    /* Killed between the change and the disk: the next call has the scan removed. */
    struct retention_spec spec = on_day(&t, "2030-12-22");
    int64_t n = 0;
    spec.files = NULL;
    check_ok(retention_do(&spec, &n, err));
    assert_int_equal(n, 2);
    assert_true(scan_on_disk(&t));
    assert_int_equal(clear_on(&t, "2030-12-22"), 0);
    assert_false(scan_on_disk(&t));
    assert_int_equal(scans_of(&t), 0);
    check_text(where_is(&t, wang), "");
    check_text(where_is(&t, mate), "");
    check_text(where_is(&t, "司马"), "");
    check_text(where_is(&t, "电话 138"), "");
    check_text(where_is(&t, "某邻居"), "");
    check_text(where_is(&t, "0035"), "");
    check_text(rows_of(t.c, "SELECT content FROM posting WHERE posting_id = 73", "t", &t.a),
               "{\"subject\":\"" FORGOTTEN "\",\"fen\":65000}");
    check_text(rows_of(t.c, "SELECT person_id, ground, held_until FROM person_cleared ORDER BY 1",
                       "itt", &t.a),
               "1004|service dibao_application|2030-12-22\n"
               "1504|service dibao_application|2030-12-22");
    check_text(rows_of(t.c, "SELECT applicant, subject, note, state FROM work_case", "tttt", &t.a),
               FORGOTTEN "|" FORGOTTEN "|" FORGOTTEN "|withdrawn");
    assert_true(where_is(&t, li).n > 0);
    check_proven(&t);
    town_done(&t);
}

static enum rc read_number(struct town *t, int64_t person, enum number_kind kind, struct err *err)
{
    struct conn *c = NULL;
    str out;
    TRY(store_reader(t->c->store, &c, err));
    enum rc rc = person_number_get(c, t->c->vault, CASE_COUNTY, person, kind, &t->a, &out, err);
    store_reader_done(c);
    return rc;
}

/* Thirty years after the year in which money was paid last; the list of the bank is still proven. */
static void a_payee_is_cleared_and_the_list_stands(void **state)
{
    struct town t = old_town(*state);
    day on = 0;
    struct conn *c = NULL;
    check_ok(read_number(&t, LI, NUMBER_PHONE, err));
    assert_int_equal(clear_on(&t, "2050-12-31"), 2);
    assert_true(where_is(&t, li).n > 0);
    assert_int_equal(clear_on(&t, "2051-01-01"), 1);
    check_text(where_is(&t, li), "");
    check_text(where_is(&t, "欧阳旧名"), "");
    check_text(where_is(&t, "欧阳"), "");
    for (size_t i = 0; i < 3; i++)
        check_text(where_is(&t, numbers[i]), "");
    check_fails(read_number(&t, LI, NUMBER_IDENTITY, err), RC_NOT_FOUND, "no such number");
    check_text(rows_of(t.c,
                       "SELECT household_id, fen, name, holder, state FROM batch_line "
                       "WHERE household_id = 1",
                       "iittt", &t.a),
               "1|65000|" FORGOTTEN "|" FORGOTTEN "|paid");
    assert_int_equal(count(&t, "SELECT count(*) FROM person_key WHERE person_id = 1001"), 0);
    check_ok(store_reader(t.c->store, &c, err));
    check_ok(household_cleared_on(c, CASE_COUNTY, 1, &on, err));
    assert_int_equal(on, date_day(2051, 1, 1));
    check_ok(household_cleared_on(c, CASE_COUNTY, 2, &on, err));
    assert_int_equal(on, 0);
    store_reader_done(c);
    check_proven(&t);
    assert_int_equal(clear_on(&t, "2051-01-01"), 0);
    town_done(&t);
}

static enum rc change_fen(struct change *c, void *ctx, struct err *err)
{
    static const struct statement st = {
        .name = "test_change_fen",
        .sql = "UPDATE batch_line SET bank_code = 'X' WHERE household_id = 1"};
    (void)ctx;
    return exec(c->conn, &st, NULL, 0, NULL, err);
}

/* A line that was changed is found, before it was cleared, and the lines beside it afterwards. */
static void a_changed_line_is_found(void **state)
{
    struct town t = old_town(*state);
    struct retention_spec spec = on_day(&t, "2051-01-01");
    int64_t n = 0;
    check_ok(change_in(t.c, CASE_COUNTY, change_fen, NULL, NULL, err));
    check_fails(batches_verify(t.c, CASE_COUNTY, &n, err), RC_RULE, "digest");
    check_fails(retention_do(&spec, &n, err), RC_RULE, "digest");
    assert_true(where_is(&t, li).n > 0);
    town_done(&t);
}

/* Who comes back, or joins the staff, is held again. */
static void who_comes_back_is_held(void **state)
{
    struct town t = old_town(*state);
    check_ok(put_household(
        t.c, (struct household_row){9, S("2030-01-01"), S(DAY_OPEN), VILLAGE_1, MATE}, err));
    check_ok(put_membership(
        t.c, (struct membership_row){9, MATE, S("2030-01-01"), S(DAY_OPEN), S("02")}, err));
    assert_int_equal(clear_on(&t, "2030-12-22"), 1);
    check_text(where_is(&t, wang), "");
    assert_true(str_find(where_is(&t, mate), S("person_index")) >= 0);
    /* The case is hers as well: its words stay, without his name. */
    assert_true(str_find(rows_of(t.c, "SELECT note FROM work_case", "t", &t.a), str_from(mate)) >=
                0);
    assert_int_equal(scans_of(&t), 1);
    assert_true(scan_on_disk(&t));
    town_done(&t);
}

static bool at_once(void *ctx)
{
    (void)ctx;
    return true;
}

static void stopped_and_gone_on(void **state)
{
    struct town t = old_town(*state);
    struct retention_spec spec = on_day(&t, "2030-12-22");
    int64_t n = 0;
    spec.stop = at_once;
    check_ok(retention_do(&spec, &n, err));
    assert_int_equal(n, 0);
    assert_true(where_is(&t, wang).n > 0);
    assert_int_equal(clear_on(&t, "2030-12-22"), 2);
    town_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_end),
        BOTH(nothing_goes_before_its_time),
        BOTH(the_words_of_a_case_go_with_the_family),
        BOTH(a_payee_is_cleared_and_the_list_stands),
        BOTH(a_changed_line_is_found),
        BOTH(who_comes_back_is_held),
        BOTH(stopped_and_gone_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
