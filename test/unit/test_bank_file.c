/* How the bank's files look: the layout read and checked, files byte by byte, what doesn't fit. */
#include "unit/test_bank_case.h"

/* A layout of a few fields, flat unless said otherwise; `row` holds the row's fields. */
static const char *layout(struct arena *a, const char *kind, const char *encoding, const char *row)
{
    return str_z(
        a,
        str_fmt(a,
                "{\"bank\": \"1\", \"label\": {\"zh\": \"行\", \"en\": \"bank\"}, \"remark\": "
                "\"{item}{month}\", \"items\": {\"dibao\": \"低保\"}, \"files\": [{\"name\": "
                "\"f\", \"label\": {\"zh\": \"文\", \"en\": \"file\"}, \"kind\": \"%s\", "
                "\"encoding\": \"%s\", \"line_end\": \"LF\", \"header\": [{\"field\": "
                "\"number\", \"width\": 8}, {\"field\": \"month\", \"width\": 6}, {\"field\": "
                "\"rows\", \"width\": 2}, {\"field\": \"total\", \"width\": 8}], \"row\": "
                "[{\"field\": \"seq\", \"width\": 3, \"align\": \"right\", \"pad\": \"0\"}, "
                "{\"field\": \"account\", \"width\": 19}, %s]}], \"answers\": [{\"name\": \"a\", "
                "\"label\": {\"zh\": \"回\", \"en\": \"answer\"}, \"kind\": \"csv\", "
                "\"encoding\": \"UTF-8\", \"line_end\": \"LF\", \"header\": [{\"field\": "
                "\"number\"}, {\"field\": \"month\"}, {\"field\": \"rows\"}, {\"field\": "
                "\"total\", \"unit\": \"yuan\"}], \"row\": [{\"field\": \"seq\"}, {\"field\": "
                "\"account\"}, {\"field\": \"amount\", \"unit\": \"yuan\"}, {\"field\": "
                "\"result\"}, {\"field\": \"reason\"}], \"paid\": [\"ok\"]}]}",
                kind, encoding, row));
}

#define AMOUNT "{\"field\": \"amount\", \"width\": 6, \"align\": \"right\"}"

static str made(struct arena *a, const char *text, const char *name, enum rc *rc, struct err *e,
                struct bank_mistakes *m)
{
    struct bank bank;
    struct bank_writer *w = NULL;
    struct bank_values head = {
        .number = S("N1"), .month = month_at("2020-12"), .rows = 1, .total = 12345};
    struct bank_values row = {.seq = 7,
                              .account = S(CARD_1),
                              .name = str_from(name),
                              .amount = 12345,
                              .remark = S("低保202012补发金额")};
    str out = S("");
    *m = (struct bank_mistakes){.a = a};
    check_ok(bank_parse(str_from(text), a, &bank, err));
    check_ok(bank_writer_open(&bank.files[0], m, &w, err));
    bank_writer_row(w, &row);
    *rc = bank_writer_close(w, &head, a, &out, e);
    return out;
}

static void records_byte_by_byte(void **state)
{
    struct arena a = {0};
    struct bank_mistakes m;
    struct err e = {0};
    enum rc rc;
    (void)state;
    str out = made(&a,
                   layout(&a, "flat", "UTF-8",
                          "{\"field\": \"name\", \"width\": 9}, {\"field\": \"amount\", \"width\": "
                          "8, \"align\": \"right\", \"pad\": \"0\", \"unit\": \"yuan\"}"),
                   "张三", &rc, &e, &m);
    assert_int_equal(rc, RC_OK);
    check_text(out, "N1      2020121 12345   \n007" CARD_1 "张三   00123.45\n");
    out = made(&a, layout(&a, "flat", "GB18030", "{\"field\": \"name\", \"width\": 6}, " AMOUNT),
               "张三", &rc, &e, &m);
    check_text(out, "N1      2020121 12345   \n007" CARD_1 "\xd5\xc5\xc8\xfd   12345\n");
    out = made(&a, layout(&a, "csv", "UTF-8", "{\"field\": \"name\"}, {\"field\": \"amount\"}"),
               "张,\"三\"", &rc, &e, &m);
    check_text(out, "N1,202012,1,12345\n7," CARD_1 ",\"张,\"\"三\"\"\",12345\n");
    arena_deinit(&a);
}

/* A character of four bytes in GB18030 (𠮷) takes four; a name too long is told with its line, or cut
 * between characters with the mark that the layout says. */
static void names_that_do_not_fit(void **state)
{
    struct arena a = {0};
    struct bank_mistakes m;
    struct err e = {0};
    enum rc rc;
    (void)state;
    const char *six = layout(&a, "flat", "GB18030", "{\"field\": \"name\", \"width\": 6}, " AMOUNT);
    str out = made(&a, six, "𠮷三", &rc, &e, &m);
    assert_int_equal(rc, RC_OK);
    assert_true(str_find(out, S("\x95\x34\xb2\x35\xc8\xfd")) > 0);
    made(&a, six, "欧阳娜娜", &rc, &e, &m);
    assert_int_equal(rc, RC_BAD_INPUT);
    assert_int_equal(m.n, 1);
    assert_int_equal(m.at[0].seq, 7);
    check_text(m.at[0].text, "name: “欧阳娜娜” is longer than the bank's field");
    assert_non_null(strstr(e.text, "line 7: name"));
    out = made(
        &a,
        layout(&a, "flat", "UTF-8",
               "{\"field\": \"name\", \"width\": 10, \"long\": \"cut\", \"mark\": \"*\"}, "
               "{\"field\": \"remark\", \"width\": 30, \"most\": 8, \"long\": \"cut\"}, " AMOUNT),
        "欧阳娜娜", &rc, &e, &m);
    assert_int_equal(rc, RC_OK);
    assert_true(str_find(out, S(CARD_1 "欧阳娜*低保202012                  ")) > 0);
    made(&a, six, "张\n三", &rc, &e, &m);
    assert_int_equal(rc, RC_BAD_INPUT);
    assert_non_null(strstr(e.text, "characters that no file may have"));
    /* An amount is never cut. */
    made(&a, layout(&a, "flat", "UTF-8", "{\"field\": \"amount\", \"width\": 4}"), "张三", &rc, &e,
         &m);
    assert_int_equal(rc, RC_BAD_INPUT);
    arena_deinit(&a);
}

static void layouts_are_checked(void **state)
{
    static const struct {
        const char *from, *to, *words;
    } cases[] = {
        {"\"bank\": \"1\",", "", "the code of the bank"},
        {"\"kind\": \"flat\"", "\"kind\": \"fixed\"", "flat or csv"},
        {"\"UTF-8\", \"line_end\": \"LF\", \"header\": [{\"field\": \"number\", \"width\": 8}",
         "\"GBK\", \"line_end\": \"LF\", \"header\": [{\"field\": \"number\", \"width\": 8}",
         "GB18030 or UTF-8"},
        {"\"width\": 19}", "\"width\": 0}", "from 1 to 400"},
        {"\"width\": 19}", "\"widht\": 19}", "widht"},
        {"{\"field\": \"account\", \"width\": 19}, ", "", "seq, account and amount"},
        {"{\"field\": \"month\", \"width\": 6}, ", "", "number, month, rows and total"},
        {"\"paid\": [\"ok\"]", "\"paid\": []", "the results that mean paid"},
        {"{\"field\": \"result\"}, ", "", "result among its fields"},
        {"\"field\": \"rows\", \"width\": 2", "\"field\": \"seq\", \"width\": 2",
         "a field of this record"},
        {"\"width\": 19}", "\"width\": 19, \"long\": \"cut\"}", "another number"},
        {"\"remark\"", "\"remarks\"", "remarks"},
        {"]}]}", "]}]", "bank.json: line 1"},
    };
    struct arena a = {0};
    struct bank bank;
    (void)state;
    str good = str_from(layout(&a, "flat", "UTF-8", AMOUNT));
    check_ok(bank_parse(good, &a, &bank, err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long at = str_find(good, str_from(cases[i].from));
        if (at < 0)
            fail_msg("case %zu is not in the layout", i);
        str bad = str_fmt(&a, "%.*s%s%.*s", STR_ARG(str_sub(good, 0, (size_t)at)), cases[i].to,
                          STR_ARG(str_sub(good, (size_t)at + strlen(cases[i].from), good.n)));
        check_fails(bank_parse(bad, &a, &bank, err), RC_BAD_INPUT, cases[i].words);
    }
    arena_deinit(&a);
}

/* The shipped layout, made and checked as a whole. */
static void the_shipped_layout(void **state)
{
    struct town t = paid_town(*state);
    struct batch b = freeze(&t);
    str flat = file_of(&t, &b, "flat"), name, bytes;
    struct batch_mistakes wrong;
    char head[200];
    snprintf(head, sizeof head,
             "H402   990102-202012-01    \xb5\xcd\xb1\xa3%26s2020122020122100000002"
             "0000000000095000%.64s\r\n",
             "", b.digest.p);
    assert_true(str_starts(flat, str_from(head)));
    str rows = str_sub(flat, strlen(head), flat.n);
    assert_true(str_starts(rows, S("D00000001\xd5\xc5\xc8\xfd")));
    assert_int_equal(rows.n, 2 * (1 + 8 + 60 + 19 + 6 + 12 + 24 + 2) + 1 + 8 + 16 + 64 + 2);
    assert_true(str_find(rows, S(CARD_1 "      000000065000\xb5\xcd\xb1\xa3"
                                        "202012")) > 0);
    assert_true(str_find(rows, S("T000000020000000000095000")) > 0);
    str csv = file_of(&t, &b, "csv");
    assert_true(str_starts(csv, S("402,990102-202012-01,低保,202012,2,95000,")));
    assert_true(str_find(csv, S("\n序号,户名,账号,行号,金额（分）,摘要\n1,张三," CARD_1
                                ",,65000,低保202012\n")) > 0);
    assert_true(str_eq(file_of(&t, &b, "flat"), flat));
    check_text(
        rows_of(
            t.c,
            "SELECT file_no, layout, why, CASE WHEN bytes > 0 THEN 1 ELSE 0 END FROM batch_file ORDER BY file_no",
            "itti", &t.a),
        "1|flat|发给代发银行|1\n2|csv|发给代发银行|1\n3|flat|发给代发银行|1");
    check_fails(batch_file(t.c, office_of(&t, ROLE_OFFICER, "shi", 990100000000), CASE_COUNTY,
                           b.batch_id, S(""), S(""), &t.a, &bytes, &name, &wrong, err),
                RC_FORBIDDEN, "whoever pays");
    check_fails(batch_file(t.c, payer_of(&t), CASE_COUNTY, b.batch_id, S("xml"), S(""), &t.a,
                           &bytes, &name, &wrong, err),
                RC_BAD_INPUT, "xml");
    /* That whole numbers left, and why, is in the chain. */
    check_text(rows_of(t.c,
                       "SELECT count(*) FROM audit_entry WHERE county_code = 990102 AND why LIKE "
                       "'whole account numbers of batch 990102-202012-01 to the bank%'",
                       "i", &t.a),
               "3");
    town_done(&t);
}

/* An answer as CSV with yuan, quotes, a BOM; reasons in the bank's own words. */
static void csv_answers(void **state)
{
    struct arena a = {0};
    struct bank bank;
    struct bank_answer answer;
    (void)state;
    check_ok(bank_parse(str_from(layout(&a, "flat", "UTF-8", AMOUNT)), &a, &bank, err));
    struct bank_mistakes m = {.a = &a};
    check_ok(bank_answer_read(&bank, &bank.answers[0],
                              S("\xef\xbb\xbfN1,202012,2,150.00\n1," CARD_1 ",100.00,ok,\n2," CARD_2
                                ",50.00,no,\"销户,\"\"换卡\"\"\"\n"),
                              &a, &answer, &m, err));
    assert_int_equal(answer.n, 2);
    assert_int_equal(answer.head.total, 15000);
    check_text(answer.rows[1].reason, "销户,\"换卡\"");
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"N1,202012,2,150.00\n1," CARD_1 ",100.00,ok,\n", "cut off"},
        {"N1,202012,1,100.00\n1," CARD_1 ",100.00,ok\n", "4 fields, expected 5"},
        {"N1,202012,1,100.00\n1," CARD_1 ",1e2,ok,\n", "amount: found “1e2”"},
        {"N1,202012,1,-1.00\n", "total: found"},
        {"N1,202013,1,1.00\n", "month: found"},
        {"N1,202012,1,100.00\n1," CARD_1 ",100.00,ok,\"open\n", "fields"},
        {"N1,202012,1,100.00\n1," CARD_1 ",100.00,ok,", "the line has no end"},
        {"N1,202012,1,100.00\n0," CARD_1 ",100.00,ok,\n", "seq: found"},
        {"", "empty"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        m = (struct bank_mistakes){.a = &a};
        check_fails(
            bank_answer_read(&bank, &bank.answers[0], str_from(bad[i].text), &a, &answer, &m, err),
            RC_BAD_INPUT, bad[i].words);
    }
    /* Bytes that are none of GB18030, in the very first field. */
    m = (struct bank_mistakes){.a = &a};
    bank.answers[0].gb18030 = true;
    check_fails(bank_answer_read(&bank, &bank.answers[0], S("\xff\xff,202012,1,100.00\n"), &a,
                                 &answer, &m, err),
                RC_BAD_INPUT, "number: found “”");
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_byte_by_byte),
        cmocka_unit_test(names_that_do_not_fit),
        cmocka_unit_test(layouts_are_checked),
        cmocka_unit_test(csv_answers),
        BOTH(the_shipped_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
