/*
 * The yardstick for csv_columns.c: the same two files read as one would write it without further
 * thought, getline() and strtoll()/strcmp() field by field into arrays, checking what it reads.
 *
 *     csv_plain FOLDER [stream]
 *
 * stream: as in csv_columns.c, columns of one block of rows used over and over.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIELDS_MAX = 16, BLOCK = 65536 };

struct households {
    size_t n, cap;
    int64_t *id, *assets, *last_month;
    int32_t *vehicles, *first_month;
    uint8_t *hukou, *disability_vehicle, *no_first_month;
};

struct persons {
    size_t n, cap;
    int64_t *id, *income, *wage;
    int32_t *member, *birth, *grade;
    uint8_t *relation, *employed, *disease, *student, *lost, *house, *destitute, *care, *no_care;
};

static void die(const char *file, size_t row, const char *what, const char *found)
{
    fprintf(stderr, "%s row %zu: %s: %s\n", file, row, what, found);
    exit(1);
}

static size_t split(char *line, char **fields)
{
    size_t n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; p != NULL && n < FIELDS_MAX; n++) {
        fields[n] = p;
        p = strchr(p, ',');
        if (p != NULL)
            *p++ = '\0';
    }
    return n;
}

static int64_t whole(const char *file, size_t row, const char *s)
{
    char *end;
    int64_t v = strtoll(s, &end, 10);
    if (end == s || *end != '\0')
        die(file, row, "not a whole number", s);
    return v;
}

static uint8_t flag(const char *file, size_t row, const char *s)
{
    if (strcmp(s, "0") != 0 && strcmp(s, "1") != 0)
        die(file, row, "not 0 or 1", s);
    return s[0] == '1';
}

static uint8_t code(const char *file, size_t row, const char *s, const char *const *codes)
{
    for (uint8_t i = 0; codes[i] != NULL; i++)
        if (strcmp(s, codes[i]) == 0)
            return i;
    die(file, row, "not a known code", s);
    return 0;
}

static int32_t date(const char *file, size_t row, const char *s)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char *end;
    long y = strtol(s, &end, 10), m = 0, d = 0;
    if (*end == '-')
        m = strtol(end + 1, &end, 10);
    if (*end == '-')
        d = strtol(end + 1, &end, 10);
    int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    if (*end != '\0' || y < 1800 || y > 2199 || m < 1 || m > 12 || d < 1 ||
        d > lengths[m - 1] + (m == 2 && leap))
        die(file, row, "not a date", s);
    y -= m <= 2;
    long era = y / 400, yoe = y - era * 400;
    long doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return (int32_t)(era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468);
}

static int32_t month(const char *file, size_t row, const char *s)
{
    char *end;
    long y = strtol(s, &end, 10), m = 0;
    if (*end == '-')
        m = strtol(end + 1, &end, 10);
    if (*end != '\0' || y < 1800 || y > 2199 || m < 1 || m > 12)
        die(file, row, "not a month", s);
    return (int32_t)(y * 12 + m - 1);
}

#define GROW(t, column) (t)->column = realloc((t)->column, (t)->cap * sizeof *(t)->column)

static void add_household(struct households *t, const char *file, char **f)
{
    static const char *const hukou[] = {"urban", "rural", NULL};
    size_t i = t->n++, row = i + 2;
    if (i == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 1024;
        GROW(t, id), GROW(t, assets), GROW(t, last_month), GROW(t, vehicles), GROW(t, first_month);
        GROW(t, hukou), GROW(t, disability_vehicle), GROW(t, no_first_month);
    }
    t->id[i] = whole(file, row, f[0]);
    t->hukou[i] = code(file, row, f[1], hukou);
    t->assets[i] = whole(file, row, f[2]);
    t->vehicles[i] = (int32_t)whole(file, row, f[3]);
    t->disability_vehicle[i] = flag(file, row, f[4]);
    t->last_month[i] = whole(file, row, f[5]);
    t->no_first_month[i] = f[6][0] == '\0';
    t->first_month[i] = f[6][0] == '\0' ? 0 : month(file, row, f[6]);
}

static void add_person(struct persons *t, const char *file, char **f)
{
    static const char *const relations[] = {"head", "member", NULL};
    static const char *const diseases[] = {"none", "chronic", "severe", NULL};
    static const char *const care[] = {"self", "half", "full", NULL};
    size_t i = t->n++, row = i + 2;
    if (i == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 1024;
        GROW(t, id), GROW(t, income), GROW(t, wage), GROW(t, member), GROW(t, birth);
        GROW(t, grade), GROW(t, relation), GROW(t, employed), GROW(t, disease), GROW(t, student);
        GROW(t, lost), GROW(t, house), GROW(t, destitute), GROW(t, care), GROW(t, no_care);
    }
    t->id[i] = whole(file, row, f[0]);
    t->member[i] = (int32_t)whole(file, row, f[1]);
    t->relation[i] = code(file, row, f[2], relations);
    t->birth[i] = date(file, row, f[3]);
    t->income[i] = whole(file, row, f[4]);
    t->wage[i] = whole(file, row, f[5]);
    t->employed[i] = flag(file, row, f[6]);
    t->grade[i] = (int32_t)whole(file, row, f[7]);
    t->disease[i] = code(file, row, f[8], diseases);
    t->student[i] = flag(file, row, f[9]);
    t->lost[i] = flag(file, row, f[10]);
    t->house[i] = flag(file, row, f[11]);
    t->destitute[i] = flag(file, row, f[12]);
    t->no_care[i] = f[13][0] == '\0';
    t->care[i] = f[13][0] == '\0' ? 0 : code(file, row, f[13], care);
}

static size_t read_file(const char *folder, const char *name, size_t width, struct households *h,
                        struct persons *p, int stream)
{
    char path[4096], *line = NULL, *fields[FIELDS_MAX];
    size_t cap = 0, rows = 1;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (f == NULL || getline(&line, &cap, f) < 0)
        die(path, 1, "cannot be read", "");
    while (getline(&line, &cap, f) >= 0) {
        rows++;
        if (split(line, fields) != width)
            die(path, rows, "wrong number of fields", line);
        if (stream && h != NULL && h->n == BLOCK)
            h->n = 0;
        if (stream && p != NULL && p->n == BLOCK)
            p->n = 0;
        if (h != NULL)
            add_household(h, name, fields);
        else
            add_person(p, name, fields);
    }
    free(line);
    fclose(f);
    return rows - 1;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct households h = {0};
    struct persons p = {0};
    if (argc < 2) {
        fprintf(stderr, "csv_plain FOLDER [stream]\n");
        return 2;
    }
    int stream = argc > 2 && strcmp(argv[2], "stream") == 0;
    double begin = seconds();
    size_t hn = read_file(argv[1], "households.csv", 7, &h, NULL, stream);
    double middle = seconds();
    size_t pn = read_file(argv[1], "persons.csv", 14, NULL, &p, stream);
    double end = seconds();
    int64_t sum = 0;
    for (size_t i = 0; i < h.n; i++)
        sum += h.assets[i] + h.hukou[i] + h.vehicles[i] + h.disability_vehicle[i] +
               h.last_month[i] + h.first_month[i] + h.no_first_month[i];
    for (size_t i = 0; i < p.n; i++)
        sum += p.income[i] + p.wage[i] + p.member[i] + p.birth[i] + p.grade[i] + p.relation[i] +
               p.employed[i] + p.disease[i] * 2 + p.student[i] + p.lost[i] + p.house[i] +
               p.destitute[i] + p.care[i] + p.no_care[i];
    printf("plain %.4f s, %.1f ns a household, %.1f ns a person, %zu and %zu rows, sum %" PRId64
           "\n",
           end - begin, (middle - begin) * 1e9 / (double)hn, (end - middle) * 1e9 / (double)pn, hn,
           pn, stream ? 0 : sum);
    return 0;
}
