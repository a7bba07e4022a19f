/*
 * Reads the files of csv_gen.c into columns through src/sheet and says how long it took and the
 * same sum as csv_plain.c, against which it is measured.
 *
 *     csv_columns FOLDER [portable] [stream]
 *
 * portable: without the vector unit. stream: one block of columns used over and over, as an
 * evaluator does, instead of columns that hold the whole file (then there is no sum).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "sheet/csv.h"

enum { COLUMNS_MAX = 16 };

static const struct csv_code hukou[] = {{S("urban"), 0}, {S("rural"), 1}};
static const struct csv_code relations[] = {{S("head"), 0}, {S("member"), 1}};
static const struct csv_code diseases[] = {{S("none"), 0}, {S("chronic"), 1}, {S("severe"), 2}};
static const struct csv_code care[] = {{S("self"), 0}, {S("half"), 1}, {S("full"), 2}};

#define CODE(n, list, must)                                                                        \
    {                                                                                              \
        CSV_NAMES(S(n)), .type = CSV_CODE, .required = (must), .codes = (list),                    \
                         .code_count = sizeof(list) / sizeof *(list)                               \
    }
#define MUST(n, t)                                                                                 \
    {                                                                                              \
        CSV_NAMES(S(n)), .type = (t), .required = true                                             \
    }

static struct csv_column household_columns[] = {
    MUST("household_id", CSV_TEXT),
    CODE("hukou_type", hukou, true),
    MUST("assets_fen", CSV_FEN),
    MUST("vehicles", CSV_COUNT),
    MUST("disability_vehicle", CSV_FLAG),
    MUST("last_month_dibao_fen", CSV_FEN),
    {CSV_NAMES(S("first_month_above")), .type = CSV_MONTH},
};
static struct csv_column person_columns[] = {
    MUST("household_id", CSV_TEXT),    MUST("member", CSV_COUNT),
    CODE("relation", relations, true), MUST("birth_date", CSV_DATE),
    MUST("income_fen", CSV_FEN),       MUST("wage_fen", CSV_FEN),
    MUST("employed", CSV_FLAG),        MUST("disability_grade", CSV_COUNT),
    CODE("disease", diseases, true),   MUST("student", CSV_FLAG),
    MUST("lost_only_child", CSV_FLAG), MUST("second_house", CSV_FLAG),
    MUST("destitute", CSV_FLAG),       CODE("self_care", care, false),
};

static size_t width(enum csv_type t)
{
    if (t == CSV_TEXT)
        return sizeof(str);
    return t == CSV_FEN || t == CSV_YUAN ? 8 : t == CSV_FLAG || t == CSV_CODE ? 1 : 4;
}

static void grow(struct csv_column *c, size_t cap)
{
    /* texts live for one read only: their array is used over and over */
    size_t rows = c->type == CSV_TEXT ? CSV_READ_MAX : cap;
    c->out.u8 = realloc(c->out.u8, rows * width(c->type));
    if (!c->required)
        c->nulls = realloc(c->nulls, rows);
}

static size_t read_all(const char *folder, const char *name, struct csv_column *columns, size_t n,
                       bool portable, bool stream)
{
    struct arena a = {0};
    struct err err;
    struct csv_reader *r;
    char path[4096];
    size_t rows = 0, got, cap = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct csv_options options = {.path = path, .portable = portable};
    enum rc rc = csv_open(&a, &options, &r, &err);
    if (rc == RC_OK)
        rc = csv_header(r, columns, n, &err);
    for (got = 1; rc == RC_OK && got > 0; rows += got) {
        struct csv_column bases[COLUMNS_MAX];
        size_t base = stream ? 0 : rows;
        if (base + CSV_READ_MAX > cap) {
            cap = cap == 0 ? CSV_READ_MAX : cap * 2;
            for (size_t i = 0; i < n; i++)
                grow(&columns[i], cap);
        }
        memcpy(bases, columns, n * sizeof *columns);
        for (size_t i = 0; i < n; i++) {
            bases[i].out.u8 = columns[i].out.u8;
            if (columns[i].type != CSV_TEXT) {
                columns[i].out.u8 += base * width(columns[i].type);
                columns[i].nulls += columns[i].required ? 0 : base;
            }
        }
        rc = csv_read(r, 0, CSV_READ_MAX, &got, &err);
        for (size_t i = 0; i < n; i++) {
            columns[i].out = bases[i].out;
            columns[i].nulls = bases[i].nulls;
        }
    }
    if (rc != RC_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    csv_close(r);
    arena_deinit(&a);
    return rows;
}

static int64_t column_sum(const struct csv_column *c, size_t rows)
{
    int64_t sum = 0;
    for (size_t i = 0; i < rows; i++) {
        if (c->type == CSV_FEN)
            sum += c->out.i64[i];
        else if (c->type == CSV_FLAG || c->type == CSV_CODE)
            sum +=
                c->out.u8[i] * (c->codes == diseases ? 2 : 1) + (c->nulls != NULL && c->nulls[i]);
        else if (c->type != CSV_TEXT)
            sum += c->out.i32[i] + (c->nulls != NULL && c->nulls[i]);
    }
    return sum;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "csv_columns FOLDER [portable] [stream]\n");
        return 2;
    }
    bool portable = false, stream = false;
    for (int i = 2; i < argc; i++) {
        portable |= strcmp(argv[i], "portable") == 0;
        stream |= strcmp(argv[i], "stream") == 0;
    }
    size_t hn = sizeof household_columns / sizeof *household_columns;
    size_t pn = sizeof person_columns / sizeof *person_columns;
    double begin = seconds();
    size_t h = read_all(argv[1], "households.csv", household_columns, hn, portable, stream);
    double middle = seconds();
    size_t p = read_all(argv[1], "persons.csv", person_columns, pn, portable, stream);
    double end = seconds();
    int64_t sum = 0;
    for (size_t i = 0; i < hn && !stream; i++)
        sum += column_sum(&household_columns[i], h);
    for (size_t i = 0; i < pn && !stream; i++)
        sum += column_sum(&person_columns[i], p);
    printf("columns %.4f s, %.1f ns a household, %.1f ns a person, %zu and %zu rows, sum %" PRId64
           "\n",
           end - begin, (middle - begin) * 1e9 / (double)h, (end - middle) * 1e9 / (double)p, h, p,
           sum);
    return 0;
}
