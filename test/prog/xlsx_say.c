/*
 * Spreadsheets for the comparison with another program's (test/browser/xlsx): `write FILE` makes one with
 * every kind of cell, `read FILE` says what is in one, a line a cell. Without a word it reads what it wrote.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sheet/xlsx.h"

static void check(enum rc rc, const struct err *err)
{
    if (rc == RC_OK)
        return;
    printf("refused: %s\n", err->text);
    exit(1);
}

static void write_all(const char *path)
{
    static const str sexes[] = {S("男"), S("女")};
    static const struct xlsx_column columns[] = {
        {.title = S("姓名"), .width = 16, .note = S("如户口簿")},
        {.title = S("身份证号"), .width = 22, .text = true},
        {.title = S("性别"), .picks = sexes, .n_picks = 2},
        {.title = S("金额")},
        {.title = S("人数")},
        {.title = S("日期")},
    };
    struct err err = {0};
    struct xlsx_out *x = NULL;
    check(xlsx_create(path, &x, &err), &err);
    check(xlsx_sheet(x, S("名册"), columns, 6, &err), &err);
    xlsx_line(x, S("二〇二〇年十二月"), XLSX_NOTE);
    xlsx_text(x, S("=SUM(A1)"), XLSX_PLAIN);
    xlsx_text(x, S("510402199003070019"), XLSX_WRONG);
    xlsx_comment(x, S("问题：最后一位\n应为：9"));
    xlsx_text(x, S("女"), XLSX_PLAIN);
    xlsx_fen(x, 41010, XLSX_PLAIN);
    xlsx_count(x, 14, XLSX_PLAIN);
    xlsx_day(x, date_day(2020, 12, 1), XLSX_PLAIN);
    xlsx_end_row(x);
    xlsx_text(x,
              S("a\x01"
                "b_x000D_c\r\n <&>\"𠮷"),
              XLSX_PLAIN);
    xlsx_empty(x);
    xlsx_empty(x);
    xlsx_fen(x, -1, XLSX_SUM);
    xlsx_fen(x, 99999999999999, XLSX_SUM);
    xlsx_day(x, date_day(1900, 3, 1), XLSX_PLAIN);
    xlsx_end_row(x);
    check(xlsx_close(x, &err), &err);
}

static void say_text(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c == '\\')
            printf("\\x%02x", c);
        else
            putchar(c);
    }
}

static void read_all(const char *path)
{
    static const char *const kinds[] = {"none", "text", "number", "flag", "day", "error"};
    struct err err = {0};
    struct xlsx_in *x = NULL;
    check(xlsx_open(path, &x, &err), &err);
    for (size_t s = 0; s < xlsx_sheets(x); s++) {
        printf("sheet ");
        say_text(xlsx_sheet_name(x, s));
        printf("%s\n", xlsx_sheet_hidden(x, s) ? " hidden" : "");
        check(xlsx_use(x, s, &err), &err);
        for (;;) {
            const struct xlsx_cell *cells = NULL;
            size_t n = 0;
            int row = 0;
            check(xlsx_row(x, &cells, &n, &row, &err), &err);
            if (n == 0)
                break;
            for (size_t i = 0; i < n; i++) {
                if (cells[i].kind == XLSX_NONE && !cells[i].formula)
                    continue;
                printf("%c%d %s%s%s ", (char)('A' + i), row, kinds[cells[i].kind],
                       cells[i].formula ? " formula" : "", cells[i].merged ? " merged" : "");
                say_text(cells[i].text);
                putchar('\n');
            }
        }
    }
    xlsx_shut(x);
}

int main(int argc, char **argv)
{
    char path[] = "/tmp/xlsx_say_XXXXXX";
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        write_all(argv[2]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "read") == 0) {
        read_all(argv[2]);
        return 0;
    }
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    write_all(path);
    read_all(path);
    unlink(path);
    return 0;
}
