/*
 * What stands on papers, seen from outside: papers are drawn by the helper, and read back with the tools of
 * poppler and zbar.
 */
#include "test.h"

#include <errno.h>

#include "paper/paper.h"
#include "unit/test_folder.h"

/* ---- reading back --------------------------------------------------------------------------- */

/* What a command of the shell prints; it must succeed. */
static str said(const char *fmt, ...) PRINTF_LIKE(1, 2);
static str said(const char *fmt, ...)
{
    char line[600], buffer[4096];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    FILE *from = popen(line, "r");
    assert_non_null(from);
    struct sbuf b;
    sbuf_init(&b, 16 << 20);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, from)) > 0;)
        sbuf_add(&b, (str){buffer, n});
    int status = pclose(from);
    if (status != 0)
        fail_msg("%s: status %d", line, status);
    str all = str_dup(&arena, sbuf_str(&b));
    sbuf_deinit(&b);
    return all;
}

/* Text without blanks and line ends, which depend on where lines break. */
static str squeezed(str s)
{
    char *out = NEW_N(&arena, char, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\f' && s.p[i] != '\r')
            out[n++] = s.p[i];
    return (str){out, n};
}

/* Of pages from to to; 0: all. */
static str text_of(const char *path, int from, int to)
{
    if (from == 0)
        return squeezed(said("pdftotext -raw %s -", path));
    return squeezed(said("pdftotext -raw -f %d -l %d %s -", from, to, path));
}

static int pages_of(const char *path)
{
    str s = said("pdfinfo %s | sed -n 's/^Pages: *//p'", path);
    return atoi(s.p);
}

static size_t count_of(str text, str what)
{
    size_t n = 0;
    for (long found; (found = str_find(text, what)) >= 0; n++)
        text = str_sub(text, (size_t)found + what.n, text.n);
    return n;
}

static void check_has(str text, const char *what)
{
    if (str_find(text, str_from(what)) < 0)
        fail_msg("“%s” is not in “%.*s”", what, (int)(text.n < 3000 ? text.n : 3000), text.p);
}

/* The words of a list parted by bars: one after the other, or each somewhere. */
static void check_words(str text, const char *list, bool in_order)
{
    str word, rest = str_from(list), before = S("the beginning");
    for (bool more = true; more; before = word) {
        more = str_cut(rest, '|', &word, &rest);
        long found = str_find(text, word);
        if (found < 0)
            fail_msg("“%.*s” is not in, or not behind “%.*s” in “%.*s”", STR_ARG(word),
                     STR_ARG(before), (int)(text.n < 3000 ? text.n : 3000), text.p);
        if (in_order)
            text = str_sub(text, (size_t)found, text.n);
    }
}

/* ---- making --------------------------------------------------------------------------------- */

static struct paper letter(struct paper_block *blocks, size_t n)
{
    return (struct paper){.look = PAPER_LETTER,
                          .number = S("510402-2020-P000001"),
                          .office = S("东区民政局"),
                          .title = S("通知书"),
                          .qr = S("https://huimin.example/check/510402-2020-P000001?code=K7QF3M9X"),
                          .qr_text = S("扫码核验"),
                          .foot = S("一式两份"),
                          .blocks = blocks,
                          .n_blocks = n};
}

static void make(const struct paper *papers, const char *const *paths, size_t n)
{
    struct err err = {0};
    size_t done = 0;
    if (papers_make(NULL, papers, paths, n, &done, &err) != RC_OK)
        fail_msg("%s", err.text);
    assert_int_equal(done, n);
}

static const char *make_one(const struct paper *p)
{
    const char *path = at("one.pdf");
    make(p, &path, 1);
    return path;
}

static str repeated(str s, size_t times)
{
    char *out = NEW_N(&arena, char, s.n *times + 1);
    for (size_t i = 0; i < times; i++)
        memcpy(out + i * s.n, s.p, s.n);
    return (str){out, s.n * times};
}

/* ---- tests ---------------------------------------------------------------------------------- */

/* One of each kind. */
#define Z(lit)                                                                                     \
    {                                                                                              \
        lit, sizeof(lit) - 1                                                                       \
    }
static struct paper_pair all_pairs[] = {{Z("申请人"), Z("周明德")}, {Z("家庭人口"), Z("4人")}};
static str all_head[] = {Z("姓名"), Z("关系"), Z("月收入")};
static int all_widths[] = {2, 1, 1};
static struct paper_cell all_cells[] = {{Z("周明德"), false},  {Z("本人"), false},
                                        {Z("1,280.00"), true}, {Z("李秀英"), false},
                                        {Z("配偶"), false},    {Z("0.00"), true}};
static struct paper_line all_lines[] = {{Z("家庭月收入"), Z("1,174.00元"), Z("核对报告"), 0, false},
                                        {Z("每月保障金"), Z("1,266.00元"), {0}, 0, true}};
static struct paper_pair all_signs[] = {{Z("申请人（签字）"), {0}},
                                        {Z("调查人（签字）"), Z("沙马尔哈")}};
static struct paper_block all_blocks[] = {
    {.kind = PAPER_TEXT, .text = Z("周明德：\n你户符合条件，决定给予保障。")},
    {.kind = PAPER_PAIRS, .pairs = all_pairs, .n_pairs = 2},
    {.kind = PAPER_HEADING, .text = Z("家庭成员")},
    {.kind = PAPER_TABLE,
     .head = all_head,
     .widths = all_widths,
     .n_columns = 3,
     .cells = all_cells,
     .n_rows = 2},
    {.kind = PAPER_LINES, .lines = all_lines, .n_lines = 2},
    {.kind = PAPER_BOX, .text = Z("调查情况"), .more = Z("住房尚可"), .rows = 3},
    {.kind = PAPER_NOTE, .text = Z("填写说明")},
    {.kind = PAPER_SIGN, .pairs = all_signs, .n_pairs = 2},
    {.kind = PAPER_SEAL, .text = Z("东区民政局盖章"), .more = Z("2020年12月18日")},
};
static const char all_said[] =
    "扫码核验|510402-2020-P000001|东区民政局|通知书|周明德：|你户符合|"
    "申请人|周明德|家庭人口|4人|家庭成员|姓名|"
    "关系|月收入|周明德|本人|1,280.00|李秀英|"
    "配偶|0.00|家庭月收入|1,174.00元|核对报告|每月保障金|"
    "1,266.00元|调查情况|住房尚可|填写说明|申请人（签字）：|日期：|"
    "调查人（签字）：|沙马尔哈|东区民政局盖章|2020年12月18日|一式两份|510402-2020-P000001";
#undef Z

static void text_comes_back_in_order(void **state)
{
    (void)state;
    for (int look = 0; look < PAPER_LOOK__COUNT; look++) {
        struct paper p = letter(all_blocks, sizeof all_blocks / sizeof all_blocks[0]);
        p.look = (enum paper_look)look;
        const char *path = make_one(&p);
        int n = pages_of(path);
        /* In larger type it goes on overleaf; then the foot comes in between. */
        check_words(text_of(path, 0, 0), all_said, n == 1);
        check_has(text_of(path, n, n), str_fmt(&arena, "第%d页共%d页", n, n).p);
        assert_true(look != PAPER_LETTER || n == 1);
    }
}

static void fonts_are_in_it_and_only_ours(void **state)
{
    (void)state;
    struct paper_block text = {.kind = PAPER_TEXT, .text = S("最低生活保障 abc 123")};
    struct paper p = letter(&text, 1);
    const char *path = make_one(&p);
    str fonts = said("pdffonts %s | tail -n +3", path);
    assert_int_equal(count_of(fonts, S("\n")), 3);
    assert_int_equal(count_of(fonts, S("CJKsc-")), 3);
    assert_int_equal(count_of(fonts, S(" yes yes yes ")), 3); /* embedded, subset, as Unicode */
    str size = said("stat -c '%%s %%a' %s", path);
    assert_true(atoi(size.p) < 40000);
    check_has(size, " 600");
    str info = said("pdfinfo %s", path);
    check_has(info, "A4");
    check_has(info, "通知书");
    assert_true(str_find(info, S("CreationDate")) < 0);
}

static void code_opens_the_check(void **state)
{
    (void)state;
    char long_text[PAPER_MAX_QR + 1];
    memset(long_text, 'a', PAPER_MAX_QR);
    memcpy(long_text, "https://h.example/", 18);
    struct paper p = letter(NULL, 0);
    const char *path = make_one(&p);
    str read = said("pdftoppm -r 110 -png %s %s && zbarimg -q --raw %s 2>/dev/null", path, at("qr"),
                    at("qr-1.png"));
    check_str(str_trim(read), "https://huimin.example/check/510402-2020-P000001?code=K7QF3M9X");
    p.qr = (str){long_text, PAPER_MAX_QR};
    path = make_one(&p);
    read = said("pdftoppm -r 200 -png %s %s && zbarimg -q --raw %s 2>/dev/null", path, at("qr"),
                at("qr-1.png"));
    assert_true(str_eq(str_trim(read), p.qr));
}

static void letters_that_no_font_has(void **state)
{
    (void)state;
    struct paper_pair pairs[] = {{S("姓名"), S("\U0002B8F7")}};
    struct paper_block blocks[] = {
        {.kind = PAPER_TEXT,
         .text = S("周\U0002B8F7\U00030021明：\n户主\uE001，有字\U00020BB7\u3402。😀笑。"
                   "控\x01\x1F制\x7F，\u202E倒123\u202C，\u200F右\u200E左，体\U000E0100。")},
        {.kind = PAPER_PAIRS, .pairs = pairs, .n_pairs = 1},
    };
    struct paper p = letter(blocks, 2);
    str text = text_of(make_one(&p), 0, 0);
    check_has(text, "周〓〓明：");
    check_has(text, "户主〓，有字\U00020BB7\u3402。〓笑。控制，倒123，右左，体。");
    check_has(text, "姓名〓");
    check_has(text, "〓处为字库没有的字：U+2B8F7、U+30021、U+E001、U+1F600");
    /* In the number and the foot too, and no more than six are named. */
    p.number = S("\U00030022");
    p.foot = S("\U00030023\U00030024\U00030025");
    text = text_of(make_one(&p), 0, 0);
    check_has(text, "U+1F600、U+30022、U+30023等8字");
    /* Nothing to say of a paper that has all. */
    p = letter(NULL, 0);
    assert_int_equal(count_of(text_of(make_one(&p), 0, 0), S("〓")), 0);
}

static void long_texts_go_on(void **state)
{
    (void)state;
    str text = repeated(S("入户查看住房和生活状况甚为清楚。入户"), 1111); /* 19,998 characters */
    str kinds[2] = {text, text};
    for (int i = 0; i < 2; i++) {
        struct paper_block block = {.kind = i == 0 ? PAPER_TEXT : PAPER_BOX};
        if (i == 0)
            block.text = kinds[i];
        else
            block.more = kinds[i], block.text = S("调查情况");
        struct paper p = letter(&block, 1);
        const char *path = make_one(&p);
        str got = text_of(path, 0, 0);
        int n = pages_of(path);
        assert_in_range(n, 10, 40);
        for (int k = 1; k <= n; k++)
            check_has(got, str_fmt(&arena, "第%d页共%d页", k, n).p);
        /* No sentence but those that a page's end cuts is broken. */
        assert_in_range(count_of(got, S("入户查看住房和生活状况甚为清楚。入户")), 1111 - n, 1111);
        assert_int_equal(count_of(got, S("。")), 1111);
    }
}

static void rows_repeat_their_head(void **state)
{
    (void)state;
    enum { ROWS = 500 };
    str head[] = {S("序号列"), S("姓名")};
    int widths[] = {1, 3};
    struct paper_cell *cells = NEW_N(&arena, struct paper_cell, 2 * ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        cells[2 * i] = (struct paper_cell){str_fmt(&arena, "<%zu>", i), true};
        cells[2 * i + 1].text = i % 7 == 0
                                    ? S("这一行的文字比一格要长，所以折成两行，整行不能断开，"
                                        "要么在这一页，要么在下一页。两行末尾")
                                    : S("张三");
    }
    struct paper_block table = {.kind = PAPER_TABLE,
                                .head = head,
                                .widths = widths,
                                .n_columns = 2,
                                .cells = cells,
                                .n_rows = ROWS};
    struct paper p = letter(&table, 1);
    const char *path = make_one(&p);
    int n = pages_of(path);
    assert_in_range(n, 15, 40);
    size_t row = 0;
    for (int page = 1; page <= n; page++) {
        str got = text_of(path, page, page);
        assert_int_equal(count_of(got, S("序号列")), 1);
        assert_int_equal(count_of(got, S("这一行的")), count_of(got, S("两行末尾")));
        size_t here = count_of(got, S("<"));
        assert_true(here > (page < n ? 5 : 1)); /* the last row is not alone */
        for (size_t i = 0; i < here; i++)
            check_has(got, str_fmt(&arena, "<%zu>", row++).p);
    }
    assert_int_equal(row, ROWS);
}

static void a_row_longer_than_a_page_is_cut(void **state)
{
    (void)state;
    str head[] = {S("项目"), S("内容")};
    int widths[] = {1, 5};
    struct paper_cell cells[] = {{S("甲"), false},
                                 {repeated(S("很长的内容在一格里。"), 900), false},
                                 {S("乙"), false},
                                 {S("末行"), false}};
    struct paper_block table = {.kind = PAPER_TABLE,
                                .head = head,
                                .widths = widths,
                                .n_columns = 2,
                                .cells = cells,
                                .n_rows = 2};
    struct paper p = letter(&table, 1);
    const char *path = make_one(&p);
    str got = text_of(path, 0, 0);
    assert_int_equal(count_of(got, S("。")), 900);
    check_has(got, "末行");
    assert_int_equal(count_of(got, S("项目内容")), (size_t)pages_of(path));
}

static void a_last_row_is_not_alone(void **state)
{
    (void)state;
    enum { TRIES = 16, FEWEST = 10 };
    struct paper papers[TRIES];
    struct paper_block blocks[TRIES];
    struct paper_cell cells[TRIES + FEWEST];
    const char *paths[TRIES];
    static str head[] = {{"h", 1}};
    static int widths[] = {1};
    for (int i = 0; i < TRIES + FEWEST; i++)
        cells[i] = (struct paper_cell){S("行"), false};
    for (int i = 0; i < TRIES; i++) {
        blocks[i] = (struct paper_block){.kind = PAPER_TABLE,
                                         .head = head,
                                         .widths = widths,
                                         .n_columns = 1,
                                         .cells = cells,
                                         .n_rows = (size_t)(FEWEST + i)};
        papers[i] = letter(&blocks[i], 1);
        papers[i].look = PAPER_POSTING;
        paths[i] = at(str_fmt(&arena, "%d.pdf", i).p);
    }
    make(papers, paths, TRIES);
    for (int i = 0; i < TRIES; i++) {
        int n = pages_of(paths[i]);
        assert_int_equal(count_of(text_of(paths[i], 0, 0), S("行")), FEWEST + i);
        assert_true(count_of(text_of(paths[i], n, n), S("行")) >= 2);
    }
    assert_int_equal(pages_of(paths[0]), 1);
    assert_int_equal(pages_of(paths[TRIES - 1]), 2);
}

/* Wherever the page ends: no heading last on it, no signature or seal without text above. */
static void nothing_is_left_alone(void **state)
{
    (void)state;
    enum { TRIES = 44 };
    struct paper papers[TRIES];
    const char *paths[TRIES];
    static struct paper_pair signs[] = {{S("签甲"), {0}}, {S("签乙"), {0}}};
    for (int i = 0; i < TRIES; i++) {
        struct paper_block *b = NEW_N(&arena, struct paper_block, 4);
        size_t lines = (size_t)(i / 2);
        b[0].text = repeated(S("文一行\n"), lines + 2);
        b[1] = (struct paper_block){.kind = PAPER_HEADING, .text = S("小标题")};
        b[2].text = S("文末行一\n文末行二\n文末行三");
        b[3] = i % 2 == 0
                   ? (struct paper_block){.kind = PAPER_SIGN, .pairs = signs, .n_pairs = 2}
                   : (struct paper_block){.kind = PAPER_SEAL, .text = S("签甲"), .more = S("签乙")};
        papers[i] = letter(b, 4);
        papers[i].look = PAPER_POSTING; /* no smaller type to flee to */
        paths[i] = at(str_fmt(&arena, "%d.pdf", i).p);
    }
    make(papers, paths, TRIES);
    int broken = 0;
    for (int i = 0; i < TRIES; i++) {
        int n = pages_of(paths[i]);
        str last = text_of(paths[i], n, n), first = text_of(paths[i], 1, 1);
        check_has(last, "签甲");
        check_has(last, "签乙");
        check_has(last, "文末行二文末行三");
        if (n > 1)
            assert_true(str_find(first, S("小标题")) < 0 || str_find(first, S("文末行一")) >= 0);
        broken += n > 1;
    }
    assert_in_range(broken, 10, TRIES - 10);
}

static void a_nearly_empty_page_is_saved(void **state)
{
    (void)state;
    struct paper_block blocks[] = {
        {.kind = PAPER_TEXT, .text = repeated(S("这一段文字占一行。\n"), 20)},
        {.kind = PAPER_SEAL, .text = S("东区民政局"), .more = S("2020年12月18日")}};
    struct paper p = letter(blocks, 2);
    assert_int_equal(pages_of(make_one(&p)), 1);
    blocks[0].text = repeated(S("这一段文字占一行。\n"), 45);
    assert_int_equal(pages_of(make_one(&p)), 2);
    struct paper_block apart[] = {blocks[1], {.kind = PAPER_BREAK}, blocks[1]};
    p = letter(apart, 3);
    assert_int_equal(pages_of(make_one(&p)), 2);
}

static void a_large_household(void **state)
{
    (void)state;
    struct paper_pair signs[14];
    for (int i = 0; i < 14; i++)
        signs[i] = (struct paper_pair){str_fmt(&arena, "第%d位成员（签字）", i + 1), {0}};
    struct paper_block blocks[] = {{.kind = PAPER_TEXT, .text = repeated(S("授权核对。\n"), 12)},
                                   {.kind = PAPER_SIGN, .pairs = signs, .n_pairs = 14}};
    struct paper p = letter(blocks, 2);
    const char *path = make_one(&p);
    str text = text_of(path, 0, 0);
    for (int i = 0; i < 14; i++)
        check_has(text, str_fmt(&arena, "第%d位成员（签字）：", i + 1).p);
    assert_int_equal(count_of(text, S("日期：")), 14);
    check_has(text_of(path, 1, 1), "第2位");
    check_has(text_of(path, 2, 2), "第13位");
}

static void nothing_at_all(void **state)
{
    (void)state;
    str head[] = {{0}};
    int widths[] = {1};
    struct paper_cell cells[] = {{{0}, false}};
    struct paper_pair pairs[] = {{{0}, {0}}};
    struct paper_line lines[] = {{{0}, {0}, {0}, 0, false}};
    struct paper_block blocks[PAPER_BLOCK__COUNT] = {0};
    for (int k = 0; k < PAPER_BLOCK__COUNT; k++)
        blocks[k] = (struct paper_block){.kind = (enum paper_block_kind)k,
                                         .head = head,
                                         .widths = widths,
                                         .n_columns = 1,
                                         .cells = cells,
                                         .n_rows = 1,
                                         .pairs = pairs,
                                         .n_pairs = 1,
                                         .lines = lines,
                                         .n_lines = 1};
    for (int look = 0; look < PAPER_LOOK__COUNT; look++) {
        struct paper none = {.look = (enum paper_look)look};
        check_str(text_of(make_one(&none), 0, 0), "第1页共1页");
        struct paper hollow = {
            .look = (enum paper_look)look, .blocks = blocks, .n_blocks = PAPER_BLOCK__COUNT};
        check_has(text_of(make_one(&hollow), 0, 0), "第1页共1页");
    }
}

static void the_same_paper_is_the_same_bytes(void **state)
{
    (void)state;
    struct paper_block text = {.kind = PAPER_TEXT, .text = S("你户符合条件。")};
    struct paper p = letter(&text, 1);
    const char *paths[] = {at("a.pdf"), at("b.pdf")};
    struct paper both[] = {p, p};
    make(both, paths, 2);
    said("cmp %s %s", paths[0], paths[1]);
    make(&p, &paths[1], 1);
    said("cmp %s %s", paths[0], paths[1]);
}

static void a_mark_lies_across_every_page(void **state)
{
    (void)state;
    struct paper_block blocks[] = {{.kind = PAPER_TEXT, .text = S("甲")},
                                   {.kind = PAPER_BREAK},
                                   {.kind = PAPER_TEXT, .text = S("乙")}};
    struct paper p = letter(blocks, 3);
    p.mark = S("预览");
    const char *path = make_one(&p);
    assert_int_equal(count_of(text_of(path, 0, 0), S("预览")), 2);
    p.mark = repeated(S("很长的标记"), 20);
    assert_int_equal(pages_of(make_one(&p)), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_comes_back_in_order),
        cmocka_unit_test(fonts_are_in_it_and_only_ours),
        cmocka_unit_test(code_opens_the_check),
        cmocka_unit_test(letters_that_no_font_has),
        cmocka_unit_test(long_texts_go_on),
        cmocka_unit_test(rows_repeat_their_head),
        cmocka_unit_test(a_row_longer_than_a_page_is_cut),
        cmocka_unit_test(a_last_row_is_not_alone),
        cmocka_unit_test(nothing_is_left_alone),
        cmocka_unit_test(a_nearly_empty_page_is_saved),
        cmocka_unit_test(a_large_household),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(the_same_paper_is_the_same_bytes),
        cmocka_unit_test(a_mark_lies_across_every_page),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
