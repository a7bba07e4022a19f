/* Reading CSV into columns: values, mistakes, structure, block and chunk boundaries. */
#include "test.h"
#include <inttypes.h>
#include "base/limits.h"
#include "sheet/csv.h"

static const struct csv_code diseases[] = {
    {S("none"), 0},
    {S("chronic"), 1},
    {S("severe"), 2},
    {S("重度"), 2},
    {S("最低生活保障边缘家庭重度残疾人"), 3},
    {S("chronic (long)"), 1},
};

enum { ID, FEN, YUAN, COUNT, DATE, MONTH, FLAG, CODE, SKIP, COLUMNS, ROOM = 4096 };

static const struct csv_column all_types[COLUMNS] = {
    [ID] = {.names = CSV_NAMES(S("id"), S("编号")), .type = CSV_TEXT, .required = true},
    [FEN] = {.names = CSV_NAMES(S("fen")), .type = CSV_FEN},
    [YUAN] = {.names = CSV_NAMES(S("yuan")), .type = CSV_YUAN},
    [COUNT] = {.names = CSV_NAMES(S("count")), .type = CSV_COUNT, .min = -5, .max = 1000},
    [DATE] = {.names = CSV_NAMES(S("date")), .type = CSV_DATE},
    [MONTH] = {.names = CSV_NAMES(S("month")), .type = CSV_MONTH},
    [FLAG] = {.names = CSV_NAMES(S("flag")), .type = CSV_FLAG},
    [CODE] = {.names = CSV_NAMES(S("code")),
              .type = CSV_CODE,
              .codes = diseases,
              .code_count = sizeof diseases / sizeof *diseases},
    [SKIP] = {.names = CSV_NAMES(S("skip")), .type = CSV_SKIP, .may_lack = true},
};
#define HEADER "id,fen,yuan,count,date,month,flag,code\n"

struct how {
    size_t chunk, rows; /* rows asked for at a time; 0 = many */
    bool portable, give_back;
};

/* A set of columns with room, and what was read into it as text. */
struct sheet {
    struct csv_column columns[COLUMNS];
    union {
        int64_t i64[ROOM];
        int32_t i32[ROOM];
        uint8_t u8[ROOM];
        str text[ROOM];
    } out[COLUMNS];
    uint8_t nulls[COLUMNS][ROOM];
    struct sbuf dump;
};

static void dump_value(struct sheet *s, size_t c, size_t i)
{
    char text[32];
    struct sbuf *b = &s->dump;
    if (c > 0)
        sbuf_addc(b, '|');
    if (s->nulls[c][i]) {
        sbuf_addc(b, '?');
        return;
    }
    switch (all_types[c].type) {
    case CSV_FEN:
    case CSV_YUAN:
        sbuf_fmt(b, "%" PRId64, s->out[c].i64[i]);
        break;
    case CSV_COUNT:
        sbuf_fmt(b, "%" PRId32, s->out[c].i32[i]);
        break;
    case CSV_DATE:
        sbuf_addz(b, date_text(s->out[c].i32[i], text));
        break;
    case CSV_MONTH:
        sbuf_addz(b, month_text(s->out[c].i32[i], text));
        break;
    case CSV_FLAG:
    case CSV_CODE:
        sbuf_fmt(b, "%d", s->out[c].u8[i]);
        break;
    case CSV_TEXT:
        sbuf_add(b, s->out[c].text[i]);
        break;
    case CSV_SKIP:
        break;
    }
}

/* What csv_read() says about a column is what its arrays say. */
static void check_summary(const struct sheet *s, size_t c, size_t at, size_t got)
{
    const struct csv_column *col = &s->columns[c];
    int64_t low = INT64_MAX, high = INT64_MIN;
    size_t unknown = 0;
    bool wide = col->type == CSV_FEN || col->type == CSV_YUAN;
    if (col->type == CSV_SKIP)
        return;
    for (size_t i = at; i < at + got; i++) {
        if (s->nulls[c][i]) {
            unknown++;
            if (col->type == CSV_TEXT)
                assert_int_equal(s->out[c].text[i].n, 0);
            else if (col->type == CSV_FLAG || col->type == CSV_CODE)
                assert_int_equal(s->out[c].u8[i], 0);
            else
                assert_true((wide ? s->out[c].i64[i] : s->out[c].i32[i]) == 0);
        } else if (col->type >= CSV_FEN && col->type <= CSV_MONTH) {
            int64_t v = wide ? s->out[c].i64[i] : s->out[c].i32[i];
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
    }
    assert_int_equal(unknown, col->null_count);
    assert_true(low == col->low && high == col->high);
}

static enum rc read_rows(struct sheet *s, struct csv_reader *r, const struct how *how,
                         struct err *err)
{
    size_t at = 0, got = 1, turn = 0;
    while (got > 0) {
        size_t room = how->rows > 0 ? how->rows : ROOM - at;
        assert_true(room <= ROOM - at);
        TRY(csv_read(r, at, room, &got, err));
        for (size_t c = 0; c < COLUMNS; c++)
            check_summary(s, c, at, got);
        size_t back = how->give_back && got > 1 ? turn++ % got : 0;
        for (size_t i = at; i < at + got - back; i++) {
            sbuf_fmt(&s->dump, "%" PRId64 ": ", csv_row_number(r, i - at));
            for (size_t c = 0; c < COLUMNS - 1; c++)
                dump_value(s, c, i);
            sbuf_addc(&s->dump, '\n');
        }
        csv_give_back(r, back);
        at += got - back;
    }
    return RC_OK;
}

static void note(void *ctx, str text)
{
    struct sbuf *b = ctx;
    sbuf_fmt(b, "note %.*s\n", STR_ARG(text));
}

/* Rows, then mistakes, then the result. To be freed with sbuf_deinit(). */
static struct sbuf read_dump(str bytes, const struct how *how)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    struct sheet *s = calloc(1, sizeof *s);
    sbuf_init(&s->dump, 1 << 26);
    memcpy(s->columns, all_types, sizeof all_types);
    for (size_t c = 0; c < COLUMNS; c++) {
        s->columns[c].out.i64 = s->out[c].i64;
        s->columns[c].nulls = s->nulls[c];
    }
    struct csv_options options = {.name = "t.csv",
                                  .bytes = bytes,
                                  .chunk = how->chunk,
                                  .portable = how->portable,
                                  .note = note,
                                  .note_ctx = &s->dump};
    assert_int_equal(csv_open(&a, &options, &r, &err), RC_OK);
    enum rc rc = csv_header(r, s->columns, COLUMNS, &err);
    if (rc == RC_OK)
        rc = read_rows(s, r, how, &err);
    const struct csv_mistakes *m = csv_mistakes(r);
    for (size_t i = 0; i < m->list.n; i++) {
        str text = csv_mistake_text(r, &m->list.at[i], &a);
        assert_true(utf8_valid(text, NULL));
        assert_true(i == 0 || m->list.at[i - 1].row <= m->list.at[i].row);
        sbuf_add(&s->dump, text);
        sbuf_addc(&s->dump, '\n');
    }
    assert_true((rc == RC_OK) == (m->list.n == 0));
    if (rc != RC_OK)
        assert_int_equal(rc, RC_BAD_INPUT);
    if (m->more)
        sbuf_addz(&s->dump, "more\n");
    csv_close(r);
    arena_deinit(&a);
    struct sbuf dump = s->dump;
    assert_false(dump.failed);
    free(s);
    return dump;
}

static void check_how(str bytes, const char *expected, const struct how *how)
{
    struct sbuf dump = read_dump(bytes, how);
    if (!str_eq(sbuf_str(&dump), str_from(expected)))
        fail_msg("chunk %zu, rows %zu%s%s: found\n%.*sexpected\n%s", how->chunk, how->rows,
                 how->portable ? ", portable" : "", how->give_back ? ", giving back" : "",
                 STR_ARG(sbuf_str(&dump)), expected);
    sbuf_deinit(&dump);
}

/* The same whatever the chunks, the rows asked for, the processor. */
static void check_read(str bytes, const char *expected)
{
    for (size_t chunk = 0; chunk <= 64; chunk++)
        for (int portable = 0; portable < 2; portable++)
            check_how(bytes, expected, &(struct how){.chunk = chunk, .portable = portable});
    for (size_t rows = 1; rows <= 4; rows++)
        check_how(bytes, expected, &(struct how){.chunk = 256, .rows = rows});
    check_how(bytes, expected, &(struct how){.give_back = true});
    check_how(bytes, expected, &(struct how){.give_back = true, .chunk = 50, .rows = 3});
}

static void every_type(void **state)
{
    (void)state;
    check_read(S(HEADER "a,1,1,1,2015-02-28,2015-02,1,none\n"
                        "b,-1,-1.5,-5,2016-02-29,1800-01,0,chronic\n"
                        "家庭,12345678,12345678.90,1000,1800-01-01,2199-12,是,重度\n"
                        "x y,123456789,0.05,12,2199-12-31,2020-12,no,severe\n"
                        "1,100000000000000,-0.05,0,2000-02-29,2020-01,TRUE,chronic (long)\n"
                        "2,-100000000000000,1000000000000,0012,1999-12-31,2020-10,否,"
                        "最低生活保障边缘家庭重度残疾人\n"),
               "2: a|1|100|1|2015-02-28|2015-02|1|0\n"
               "3: b|-1|-150|-5|2016-02-29|1800-01|0|1\n"
               "4: 家庭|12345678|1234567890|1000|1800-01-01|2199-12|1|2\n"
               "5: x y|123456789|5|12|2199-12-31|2020-12|0|2\n"
               "6: 1|100000000000000|-5|0|2000-02-29|2020-01|1|1\n"
               "7: 2|-100000000000000|100000000000000|12|1999-12-31|2020-10|0|3\n");
}

static void quoted_values_of_every_type(void **state)
{
    (void)state;
    check_read(S("\"id\",\"fen\",\"yuan\",\"count\",\"date\",\"month\",\"flag\",\"code\"\n"
                 "\"a,\"\"b\"\"\",\"-1\",\"1.5\",\"7\",\"2015-02-28\",\"2015-02\",\"1\",\"none\"\n"
                 "\"\"\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\n"
                 "\"two\nlines\",1,2,\"3\",,,是,\"severe\"\n"
                 "d,\"12\",,,,,,\"最低生活保障边缘家庭重度残疾人\"\n"),
               "2: a,\"b\"|-1|150|7|2015-02-28|2015-02|1|0\n"
               "3: \"|?|?|?|?|?|?|?\n"
               "4: two\nlines|1|200|3|?|?|1|2\n"
               "5: d|12|?|?|?|?|?|3\n");
}

static void line_ends(void **state)
{
    (void)state;
    const char *two = "2: a|1|?|?|?|?|?|?\n3: b|2|?|?|?|?|1|0\n";
    check_read(S(HEADER "a,1,,,,,,\nb,2,,,,,1,none"), two);
    check_read(S("id,fen,yuan,count,date,month,flag,code\r\na,1,,,,,,\r\nb,2,,,,,1,none\r\n"), two);
    check_read(S("id,fen,yuan,count,date,month,flag,code\r\na,1,,,,,,\nb,2,,,,,1,none\r"), two);
    check_read(S("id,fen,yuan,count,date,month,flag,code\r\n"
                 "a,1,,,,,,\"\"\r\n\"b\",2,,,,,1,\"none\"\r\n"),
               two);
    check_read(S(HEADER "a,1,,,,,,\nb,2,,,,,1,none\n\n\r\n\n"), two);
    check_read(S(HEADER), "");
    check_read(S("id,fen,yuan,count,date,month,flag,code"), "");
    check_read(S("\xef\xbb\xbf" HEADER "a,1,,,,,,\nb,2,,,,,1,none\n"), two);
}

static void header_mistakes(void **state)
{
    (void)state;
    check_read(S(""), "t.csv row 1: found an empty file, expected a line of column names\n");
    check_read(S("\n" HEADER),
               "t.csv row 1: found an empty line, expected a line of column names\n");
    check_read(S("id,fen,yuan,count,date,month,flag,cod\n"),
               "note t.csv: column “cod” is not used\n"
               "t.csv row 1, column code: found the columns “id”, “fen”, “yuan”, “count”, “date”, "
               "“month”, “flag”, “cod”, expected a column code\n");
    check_read(S("fen,yuan,count,date,month,flag,code"),
               "t.csv row 1, column id: found the columns “fen”, “yuan”, “count”, “date”, "
               "“month”, “flag”, “code”, expected a column id or 编号\n");
    check_read(S("id,fen,yuan,count,date,month,flag,code,id\n"),
               "t.csv row 1, column id: found the column twice, expected it once\n");
    check_read(S("id,fen,yuan,count,date,month,flag,code,编号\n"),
               "t.csv row 1, column 编号: found the column twice, expected it once\n");
    check_read(S("id,\"fen,yuan\n"), "t.csv row 1: found the end of the file inside of quotes, "
                                     "expected a closing quote\n");
    check_read(S("id,f\"en\n"), "t.csv row 1, column 2: found “f\"en”, expected quotes around the "
                                "whole field only, and each quote within them written twice\n");
}

static void columns_in_any_order(void **state)
{
    (void)state;
    check_read(S("skip,code,编号,,flag,fen,yuan,count,date,备注,month\n"
                 "s,none,a,x,1,5,6,7,2020-01-01,\"long, text\",2020-01\n"),
               "note t.csv: column 4 has no name and is not used\n"
               "note t.csv: column “备注” is not used\n"
               "2: a|5|600|7|2020-01-01|2020-01|1|0\n");
}

struct slip {
    const char *column, *value, *expected;
};

static const struct slip slips[] = {
    {"fen", "1e3", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "1.5", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "-", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "--1", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "0x10", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "1234567a", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "a2345678", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "123456789012345678901234567890",
     "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "1:", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "1/", "a whole number of fen like 61000 (digits only, - in front if negative)"},
    {"fen", "100000000000001", "at least -100000000000000 and at most 100000000000000"},
    {"fen", "+5", "a number without +"},
    {"fen", " 5", "no blanks before or after the value"},
    {"fen", "5 ", "no blanks before or after the value"},
    {"fen", "5　", "no blanks before or after the value"},
    {"fen", "1，234", "digits without separators"},
    {"fen", "１２", "half-width digits"},
    {"yuan", "1.234", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", "1.", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", ".5", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", "-.5", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", "1..5", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", "1.5.5", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", "1.-5", "an amount in yuan like 610 or 610.50 (digits, at most two decimals)"},
    {"yuan", "1000000000000.01", "at least -1000000000000.00 and at most 1000000000000.00"},
    {"count", "1001", "at least -5 and at most 1000"},
    {"count", "-6", "at least -5 and at most 1000"},
    {"count", "4294967297", "at least -5 and at most 1000"},
    {"count", "x", "a whole number like 3 (digits only)"},
    {"date", "2015-02-30", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "2016-02-30", "a date like 2016-02-29 that exists, of the years 1800 to 2199"},
    {"date", "2015-00-10", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "2015-13-10", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "2015-01-00", "a date like 2015-01-31 that exists, of the years 1800 to 2199"},
    {"date", "2015/01/02", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "2015-1-2", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "1799-12-31", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "2200-01-01", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"date", "20150102", "a date like 2015-02-28 that exists, of the years 1800 to 2199"},
    {"month", "2015-13", "a month like 2015-02 that exists, of the years 1800 to 2199"},
    {"month", "2015-00", "a month like 2015-02 that exists, of the years 1800 to 2199"},
    {"month", "2200-01", "a month like 2015-02 that exists, of the years 1800 to 2199"},
    {"month", "2015-1", "a month like 2015-02 that exists, of the years 1800 to 2199"},
    {"flag", "2", "0 or 1 (or 否/是, no/yes, false/true)"},
    {"flag", "y", "0 or 1 (or 否/是, no/yes, false/true)"},
    {"code", "Severe",
     "one of none, chronic, severe, 重度, 最低生活保障边缘家庭重度残疾人, "
     "chronic (long)"},
    {"code", "chronic (longer than any)",
     "one of none, chronic, severe, 重度, "
     "最低生活保障边缘家庭重度残疾人, chronic (long)"},
};

/* The value alone in row 3, plain and quoted. */
static void wrong_values(void **state)
{
    static const char *const order[] = {"fen", "yuan", "count", "date", "month", "flag", "code"};
    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        const struct slip *s = &slips[i];
        for (int quoted = 0; quoted < 2; quoted++) {
            struct sbuf in, out;
            sbuf_init(&in, 10000);
            sbuf_init(&out, 10000);
            sbuf_addz(&in, HEADER "a,1,,,,,,\nb");
            for (size_t c = 0; c < 7; c++)
                sbuf_fmt(&in,
                         strcmp(order[c], s->column) != 0 ? ","
                         : quoted                         ? ",\"%s\""
                                                          : ",%s",
                         s->value);
            sbuf_addz(&in, "\nc,3,,,,,,\n");
            sbuf_fmt(&out,
                     "2: a|1|?|?|?|?|?|?\n3: b|?|?|?|?|?|?|?\n4: c|3|?|?|?|?|?|?\n"
                     "t.csv row 3, column %s: found “%s”, expected %s\n",
                     s->column, s->value, s->expected);
            check_how(sbuf_str(&in), out.p, &(struct how){0});
            check_how(sbuf_str(&in), out.p, &(struct how){.chunk = 7, .portable = true});
            sbuf_deinit(&in);
            sbuf_deinit(&out);
        }
    }
}

static void several_mistakes_in_file_order(void **state)
{
    (void)state;
    check_read(
        S(HEADER "a,1,1,1,2015-02-29,x,2,none\n"
                 ",\"1,234\",,,,,,\n"
                 "c,9,9,9,,,9,None\n"),
        "2: a|1|100|1|?|?|?|0\n3: ?|?|?|?|?|?|?|?\n4: c|9|900|9|?|?|?|?\n"
        "t.csv row 2, column date: found “2015-02-29”, expected a date like 2015-02-28 that "
        "exists, of the years 1800 to 2199\n"
        "t.csv row 2, column month: found “x”, expected a month like 2015-02 that exists, of "
        "the years 1800 to 2199\n"
        "t.csv row 2, column flag: found “2”, expected 0 or 1 (or 否/是, no/yes, "
        "false/true)\n"
        "t.csv row 3, column id: found nothing, expected a value\n"
        "t.csv row 3, column fen: found “1,234”, expected digits without separators\n"
        "t.csv row 4, column flag: found “9”, expected 0 or 1 (or 否/是, no/yes, "
        "false/true)\n"
        "t.csv row 4, column code: found “None”, expected one of none, chronic, severe, "
        "重度, 最低生活保障边缘家庭重度残疾人, chronic (long)\n");
}

static void rows_that_are_not_csv(void **state)
{
    (void)state;
    check_read(S(HEADER "a,1,,,,,,\nb,2\nc,3,,,,,,\nd,,,,,,,,,\ne,5,,,,,,\n"),
               "2: a|1|?|?|?|?|?|?\n4: c|3|?|?|?|?|?|?\n6: e|5|?|?|?|?|?|?\n"
               "t.csv row 3: found 2 fields, expected 8 as in the header\n"
               "t.csv row 5: found 10 fields, expected 8 as in the header\n");
    check_read(S(HEADER "a\"b,1,,,,,,\nb,2,,,,,,\n\"c\" x,3,,,,,,\nd,4,,,,,,\n"),
               "3: b|2|?|?|?|?|?|?\n5: d|4|?|?|?|?|?|?\n"
               "t.csv row 2, column id: found “a\"b”, expected quotes around the whole field only, "
               "and each quote within them written twice\n"
               "t.csv row 4, column id: found “\"c\" x”, expected a comma or the end of the line "
               "after the closing quote\n");
    check_read(S(HEADER "\"a\"\r,1,,,,,,\nb,2,,,,,,\"none\"\r\r\nc,3,,,,,,\n"),
               "4: c|3|?|?|?|?|?|?\n"
               "t.csv row 2, column id: found “\"a\"⏎”, expected a comma or the end of the line "
               "after the closing quote\n"
               "t.csv row 3, column code: found “\"none\"⏎”, expected a comma or the end of the "
               "line after the closing quote\n");
    check_read(S(HEADER "a,1,,,,,,\nb\0b,2,,,,,,\nc,3,,,,,,\n"),
               "2: a|1|?|?|?|?|?|?\n4: c|3|?|?|?|?|?|?\n"
               "t.csv row 3, column id: found a zero byte, expected text; is the file damaged, or "
               "not a CSV file?\n");
    check_read(S(HEADER "a,1,,,,,,\n\n\nb,2,,,,,,\n\n"),
               "2: a|1|?|?|?|?|?|?\n5: b|2|?|?|?|?|?|?\n"
               "t.csv row 3: found an empty line, expected none between the rows\n");
    check_read(S(HEADER "a,1,,,,,,\n\r\nb\n\n"),
               "2: a|1|?|?|?|?|?|?\n"
               "t.csv row 3: found an empty line, expected none between the rows\n"
               "t.csv row 4: found 1 field, expected 8 as in the header\n");
    check_read(S(HEADER "a,1,,,,,,\nb,2,\"\n,,,,,\n"),
               "2: a|1|?|?|?|?|?|?\n"
               "t.csv row 3, column yuan: found the end of the file inside of quotes, expected a "
               "closing quote\n");
}

static void line_and_row_numbers_part(void **state)
{
    (void)state;
    check_read(S(HEADER "\"a\n\n1\",1,,,,,,\n\"b\r\n\",2,,,,,,\nc,x,,,,,,\nd\ne,y,,,,,,\n"),
               "2: a\n\n1|1|?|?|?|?|?|?\n3: b\r\n|2|?|?|?|?|?|?\n4: c|?|?|?|?|?|?|?\n"
               "6: e|?|?|?|?|?|?|?\n"
               "t.csv row 4 (line 7), column fen: found “x”, expected a whole number of fen like "
               "61000 (digits only, - in front if negative)\n"
               "t.csv row 5 (line 8): found 1 field, expected 8 as in the header\n"
               "t.csv row 6 (line 9), column fen: found “y”, expected a whole number of fen like "
               "61000 (digits only, - in front if negative)\n");
}

/* ---- limits ---- */

static void long_fields(void **state)
{
    static const size_t lengths[] = {LIMIT_CSV_FIELD, LIMIT_CSV_FIELD + 1};
    static const size_t chunks[] = {0, 1000, 60000, 1 << 20};
    (void)state;
    for (size_t k = 0; k < 8; k++) {
        size_t n = lengths[k % 2];
        struct sbuf in;
        sbuf_init(&in, 1 << 20);
        sbuf_addz(&in, HEADER "a,1,,,,,,\n");
        sbuf_add_n(&in, 'x', n);
        sbuf_addz(&in, ",2,,,,,,\nc,3,,,,,,\n");
        struct sbuf dump = read_dump(sbuf_str(&in), &(struct how){.chunk = chunks[k / 2]});
        bool said = str_find(sbuf_str(&dump), S("closing quote missing?")) >= 0;
        assert_int_equal(said, n > LIMIT_CSV_FIELD);
        assert_true(str_starts(sbuf_str(&dump), S("2: a|1|")));
        sbuf_deinit(&dump);
        sbuf_deinit(&in);
    }
    /* a quote that is never closed must not make us hold the whole file */
    struct sbuf in;
    sbuf_init(&in, 4 << 20);
    sbuf_addz(&in, HEADER "\"a,1,,,,,,\n");
    for (int i = 0; i < 100000; i++)
        sbuf_addz(&in, "b,1,,,,,,none\n");
    check_how(sbuf_str(&in),
              "t.csv row 2, column id: found a field of more than 65536 bytes, expected shorter "
              "ones; is a closing quote missing?\n",
              &(struct how){.chunk = 4096});
    sbuf_deinit(&in);
}

static void many_columns(void **state)
{
    (void)state;
    for (size_t extra = 0; extra < 2; extra++) {
        struct sbuf in;
        sbuf_init(&in, 1 << 20);
        sbuf_addz(&in, "id,fen,yuan,count,date,month,flag,code");
        for (size_t i = 8; i < LIMIT_CSV_COLUMNS + extra; i++)
            sbuf_fmt(&in, ",more%zu", i);
        sbuf_addc(&in, '\n');
        struct sbuf dump = read_dump(sbuf_str(&in), &(struct how){.chunk = 100});
        bool said = str_find(sbuf_str(&dump), S("found 513 columns, expected at most 512")) >= 0;
        assert_int_equal(said, extra == 1);
        sbuf_deinit(&dump);
        sbuf_deinit(&in);
    }
    /* commas without end */
    struct sbuf in;
    sbuf_init(&in, 4 << 20);
    sbuf_add_n(&in, ',', 3 << 20);
    check_how(sbuf_str(&in),
              "t.csv row 1: found 65664 fields without a line end, expected at most 512 columns\n",
              &(struct how){.chunk = 65663});
    sbuf_deinit(&in);
}

static void many_mistakes(void **state)
{
    (void)state;
    for (size_t n = LIMIT_CSV_ERRORS; n < LIMIT_CSV_ERRORS + 2; n++) {
        struct sbuf in;
        sbuf_init(&in, 1 << 20);
        sbuf_addz(&in, HEADER);
        for (size_t i = 0; i < n; i++)
            sbuf_addz(&in, i % 2 ? "a,x,,,,,,\n" : "\n");
        for (size_t i = 0; i < n; i++)
            sbuf_addz(&in, i % 2 ? "a,x,,,,,,\n" : "b\n");
        for (int back = 0; back < 2; back++) {
            struct sbuf dump = read_dump(sbuf_str(&in), &(struct how){.give_back = back});
            assert_true(str_ends(sbuf_str(&dump), S("\nmore\n")));
            sbuf_deinit(&dump);
        }
        sbuf_deinit(&in);
        sbuf_init(&in, 1 << 20);
        sbuf_addz(&in, HEADER);
        for (size_t i = 0; i < n; i++)
            sbuf_addz(&in, "a,x,,,,,,\n");
        struct sbuf dump = read_dump(sbuf_str(&in), &(struct how){0});
        assert_int_equal(str_ends(sbuf_str(&dump), S("more\n")), n > LIMIT_CSV_ERRORS);
        sbuf_deinit(&dump);
        sbuf_deinit(&in);
    }
}

/* ---- random files: all ways to read them agree ---- */

static uint64_t seed = 88172645463325252u;

static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)((seed * 0x2545f4914f6cdd1du >> 33) % n);
}

static void random_field(struct sbuf *b, size_t c, bool wild)
{
    static const char *const good[COLUMNS][6] = {
        {"a", "510400000001", "\"q,\"\"q\"", "王小明", "x y", "\"two\nlines\""},
        {"0", "61000", "-1", "123456789", "", "\"5\""},
        {"610.5", "0.05", "-12.34", "1000000", "", "7"},
        {"0", "12", "1000", "-5", "", "3"},
        {"1980-06-15", "2000-02-29", "1800-01-01", "2199-12-31", "", "2020-12-31"},
        {"2020-12", "1999-01", "", "", "2199-12", "\"2001-01\""},
        {"0", "1", "是", "", "true", "\"0\""},
        {"none", "severe", "chronic", "重度", "", "最低生活保障边缘家庭重度残疾人"},
    };
    static const char *const bad[] = {"\"",
                                      "x\"y",
                                      "\"a\"b",
                                      "\n",
                                      ",",
                                      "\r",
                                      "1e3",
                                      "+1",
                                      " 1",
                                      "\"open",
                                      "99999999999999999999",
                                      "2015-02-30",
                                      "\"\"\"",
                                      "-",
                                      "９",
                                      "\r\n\r\n",
                                      "\n\n"};
    if (wild && below(150) == 0)
        sbuf_addz(b, bad[below(sizeof bad / sizeof *bad)]);
    else
        sbuf_addz(b, good[c][below(6)]);
}

static void random_files(void **state)
{
    (void)state;
    for (int round = 0; round < 1500; round++) {
        struct sbuf in;
        const char *end = below(4) == 0 ? "\r\n" : "\n";
        size_t rows = below(60);
        sbuf_init(&in, 1 << 20);
        sbuf_addz(&in, "id,fen,yuan,count,date,month,flag,code");
        for (size_t i = 0; i < rows; i++) {
            sbuf_addz(&in, end);
            for (size_t c = 0; c < 8; c++) {
                if (c > 0)
                    sbuf_addc(&in, ',');
                random_field(&in, c, round % 3 != 0);
            }
        }
        if (below(5) != 0)
            sbuf_addz(&in, end);
        struct sbuf plain = read_dump(sbuf_str(&in), &(struct how){.portable = true});
        if (str_find(sbuf_str(&plain), S("more")) < 0) {
            const char *expected = plain.n > 0 ? plain.p : "";
            check_how(sbuf_str(&in), expected, &(struct how){0});
            check_how(sbuf_str(&in), expected, &(struct how){.chunk = 1 + below(200)});
            check_how(sbuf_str(&in), expected,
                      &(struct how){.chunk = 1 + below(200), .portable = true});
            check_how(sbuf_str(&in), expected, &(struct how){.rows = 1 + below(30)});
            check_how(sbuf_str(&in), expected,
                      &(struct how){.give_back = true, .chunk = 100 + below(2000)});
        }
        sbuf_deinit(&plain);
        sbuf_deinit(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(quoted_values_of_every_type),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(header_mistakes),
        cmocka_unit_test(columns_in_any_order),
        cmocka_unit_test(wrong_values),
        cmocka_unit_test(several_mistakes_in_file_order),
        cmocka_unit_test(rows_that_are_not_csv),
        cmocka_unit_test(line_and_row_numbers_part),
        cmocka_unit_test(long_fields),
        cmocka_unit_test(many_columns),
        cmocka_unit_test(many_mistakes),
        cmocka_unit_test(random_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
