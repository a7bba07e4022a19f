/*
 * A spreadsheet of ROWS x 10 out, and in again; the yardstick is the same cells written and read as CSV by
 * the program's own CSV. Time of the clock and of the processor, and peak memory, each direction in a process of its own.
 *     build/bench/xlsx FOLDER [ROWS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sheet/csv.h"
#include "sheet/xlsx.h"

enum { COLUMNS = 10 };
static const char *const titles[COLUMNS] = {"家庭编号", "姓名", "身份证号", "出生日期", "村",
                                            "项目",     "金额", "人数",     "起始日期", "备注"};

struct job {
    const char *xlsx, *csv;
    int64_t rows;
};

static void check(enum rc rc, const struct err *err)
{
    if (rc == RC_OK)
        return;
    fprintf(stderr, "xlsx: %s\n", err->text);
    exit(1);
}

static str name_of(int64_t i, char out[64])
{
    static const char *const given[] = {"秀英", "建国", "桂兰", "志强", "小红", "玉梅", "德福"};
    snprintf(out, 64, "王%s%lld", given[i % 7], (long long)(i % 1000));
    return str_from(out);
}

static void xlsx_write(const struct job *j)
{
    struct err err = {0};
    struct xlsx_out *x = NULL;
    struct xlsx_column columns[COLUMNS] = {0};
    char t[64];
    for (int i = 0; i < COLUMNS; i++)
        columns[i].title = str_from(titles[i]);
    check(xlsx_create(j->xlsx, &x, &err), &err);
    check(xlsx_sheet(x, S("名册"), columns, COLUMNS, &err), &err);
    for (int64_t i = 0; i < j->rows; i++) {
        snprintf(t, sizeof t, "510402-%lld", (long long)(117533616560406529 + i * 7919));
        xlsx_text(x, str_from(t), XLSX_PLAIN);
        xlsx_text(x, name_of(i, t), XLSX_PLAIN);
        snprintf(t, sizeof t, "5104**********%04lld", (long long)(i % 10000));
        xlsx_text(x, str_from(t), XLSX_PLAIN);
        xlsx_day(x, (day)(-9000 + i % 25000), XLSX_PLAIN);
        xlsx_text(x, S("仁和区平地镇"), XLSX_PLAIN);
        xlsx_text(x, S("城乡最低生活保障"), XLSX_PLAIN);
        xlsx_fen(x, 29000 + i % 40000, XLSX_PLAIN);
        xlsx_count(x, 1 + i % 6, XLSX_PLAIN);
        xlsx_day(x, (day)(18000 + i % 365), XLSX_PLAIN);
        xlsx_text(x, i % 9 == 0 ? S("每季度核查一次") : S(""), XLSX_PLAIN);
        xlsx_end_row(x);
    }
    check(xlsx_close(x, &err), &err);
}

static void xlsx_read(const struct job *j)
{
    struct err err = {0};
    struct xlsx_in *x = NULL;
    const struct xlsx_cell *cells = NULL;
    size_t n = 0;
    int row = 0;
    int64_t rows = 0;
    uint64_t sum = 0;
    check(xlsx_open(j->xlsx, &x, &err), &err);
    check(xlsx_use(x, 0, &err), &err);
    for (;; rows++) {
        check(xlsx_row(x, &cells, &n, &row, &err), &err);
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            sum += cells[i].text.n;
    }
    xlsx_shut(x);
    if (rows != j->rows + 1 || sum == 0)
        exit(1);
}

static void csv_write(const struct job *j)
{
    struct err err = {0};
    struct file_out f;
    struct csv_out o;
    char t[64];
    check(file_out_open(&f, j->csv, &err), &err);
    csv_out_init(&o, &f, true);
    for (int i = 0; i < COLUMNS; i++)
        csv_out_text(&o, str_from(titles[i]));
    csv_out_end(&o);
    for (int64_t i = 0; i < j->rows; i++) {
        snprintf(t, sizeof t, "510402-%lld", (long long)(117533616560406529 + i * 7919));
        csv_out_text(&o, str_from(t));
        csv_out_text(&o, name_of(i, t));
        snprintf(t, sizeof t, "5104**********%04lld", (long long)(i % 10000));
        csv_out_text(&o, str_from(t));
        csv_out_date(&o, (day)(-9000 + i % 25000));
        csv_out_text(&o, S("仁和区平地镇"));
        csv_out_text(&o, S("城乡最低生活保障"));
        csv_out_int(&o, 29000 + i % 40000);
        csv_out_int(&o, 1 + i % 6);
        csv_out_date(&o, (day)(18000 + i % 365));
        csv_out_text(&o, i % 9 == 0 ? S("每季度核查一次") : S(""));
        csv_out_end(&o);
    }
    check(file_out_commit(&f, &err), &err);
}

static void csv_read_all(const struct job *j)
{
    struct err err = {0};
    struct arena a = {0};
    struct csv_reader *r = NULL;
    const str *fields = NULL;
    size_t n = 0;
    int64_t rows = 0;
    uint64_t sum = 0;
    check(csv_open(&a, &(struct csv_options){.path = j->csv}, &r, &err), &err);
    check(csv_rows_begin(r, &fields, &n, &err), &err);
    for (;; rows++) {
        check(csv_row(r, &fields, &err), &err);
        if (fields == NULL)
            break;
        for (size_t i = 0; i < n; i++)
            sum += fields[i].n;
    }
    csv_close(r);
    if (rows != j->rows || sum == 0)
        exit(1);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void measure(const char *what, void (*run)(const struct job *), const struct job *j)
{
    int64_t from = now_ms();
    struct rusage u = {0};
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        run(j);
        _exit(0);
    }
    wait4(pid, &status, 0, &u);
    int64_t ran = (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
                  (int64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
    printf("%-10s %6lld ms  (%6lld of processor)  %6ld KB%s\n", what, (long long)(now_ms() - from),
           (long long)ran, u.ru_maxrss, status != 0 ? "  FAILED" : "");
}

int main(int argc, char **argv)
{
    char xlsx[4096];
    char csv[4096];
    if (argc < 2) {
        fprintf(stderr, "usage: xlsx FOLDER [ROWS]\n");
        return 2;
    }
    snprintf(xlsx, sizeof xlsx, "%s/bench.xlsx", argv[1]);
    snprintf(csv, sizeof csv, "%s/bench.csv", argv[1]);
    struct job j = {xlsx, csv, argc > 2 ? strtoll(argv[2], NULL, 10) : 100000};
    printf("%lld rows x %d\n", (long long)j.rows, COLUMNS);
    fflush(stdout);
    measure("xlsx out", xlsx_write, &j);
    measure("xlsx in", xlsx_read, &j);
    measure("csv out", csv_write, &j);
    measure("csv in", csv_read_all, &j);
    return 0;
}
