/*
 * Makes households.csv and persons.csv of any size in a folder, for the benchmarks: the shape of the
 * golden cases, with values as varied as a county's. The same seed gives the same files.
 *
 *     csv_gen FOLDER HOUSEHOLDS [SEED]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1du >> 16;
}

/* 0 to n - 1. */
static unsigned below(unsigned n)
{
    return (unsigned)(next_random() % n);
}

static int percent(unsigned p)
{
    return below(100) < p;
}

static FILE *create(const char *folder, const char *name)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = n < (int)sizeof path ? fopen(path, "w") : NULL;
    if (f == NULL) {
        perror(path);
        exit(1);
    }
    return f;
}

static void household(FILE *f, uint64_t id)
{
    fprintf(f, "%" PRIu64 ",%s,%u,%u,%d,%u,", id, percent(45) ? "urban" : "rural",
            percent(30) ? 0 : below(percent(80) ? 3000000 : 90000000),
            percent(85) ? 0 : 1 + below(2), percent(2), percent(88) ? 0 : 5000 + below(250000));
    if (percent(3))
        fprintf(f, "2020-%02u", 1 + below(12));
    fputc('\n', f);
}

static void person(FILE *f, uint64_t id, unsigned member)
{
    static const char *const diseases[] = {"none", "chronic", "severe"};
    static const char *const care[] = {"self", "half", "full"};
    int age = (int)below(95), employed = age >= 18 && age < 65 && percent(60);
    unsigned wage = employed ? 80000 + below(500000) : 0;
    long income = (long)wage + (percent(40) ? below(90000) : 0) - (percent(1) ? 200000 : 0);
    int destitute = percent(2);
    fprintf(f, "%" PRIu64 ",%u,%s,%04d-%02u-%02u,%ld,%u,%d,%u,%s,%d,%d,%d,%d,%s\n", id, member,
            member == 1 ? "head" : "member", 2020 - age, 1 + below(12), 1 + below(28), income, wage,
            employed, percent(93) ? 0 : 1 + below(4),
            percent(85) ? diseases[0] : diseases[1 + below(2)],
            age >= 16 && age < 24 && percent(50), percent(1), percent(3), destitute,
            destitute && percent(90) ? care[below(3)] : "");
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "csv_gen FOLDER HOUSEHOLDS [SEED]\n");
        return 2;
    }
    long households = strtol(argv[2], NULL, 10);
    state = (argc > 3 ? strtoull(argv[3], NULL, 10) : 1) * 2 + 1;
    for (int i = 0; i < 20; i++)
        next_random();
    FILE *h = create(argv[1], "households.csv"), *p = create(argv[1], "persons.csv");
    fputs("household_id,hukou_type,assets_fen,vehicles,disability_vehicle,last_month_dibao_fen,"
          "first_month_above\n",
          h);
    fputs("household_id,member,relation,birth_date,income_fen,wage_fen,employed,disability_grade,"
          "disease,student,lost_only_child,second_house,destitute,self_care\n",
          p);
    uint64_t id = 510400000000;
    for (long i = 0; i < households; i++) {
        id += 1 + below(3);
        household(h, id);
        /* two members a household on average */
        unsigned members = percent(45) ? 1 : 1 + below(3) + below(3) * (unsigned)percent(82);
        for (unsigned m = 1; m <= members; m++)
            person(p, id, m);
    }
    return fclose(h) != 0 || fclose(p) != 0;
}
