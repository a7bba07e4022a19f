/*
 * Programs that once went wrong somewhere, kept as text in test/oracle/cases: the oracle, rows and
 * columns must agree on them over random facts. Each file says in its first line what it is for;
 * what begins with `place` is read as a place's file. Run in the source root.
 */
#include "oracle/gen.h"
#include "oracle/judge.h"

#include "base/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCKS = 400, POLICIES_MAX = 8 };

#define FOLDER "test/oracle/cases"

static void must(enum rc rc, const struct err *err)
{
    if (rc == RC_OK)
        return;
    printf("%s\n0 passed, 1 failed\n", err->text);
    exit(1);
}

static bool load(const char *path, struct arena *a, struct rules *rules)
{
    struct diags diags;
    struct err err = {0};
    struct sbuf out;
    str text = {0};
    diags_init(&diags, a);
    rules_init(rules, a);
    must(file_read(path, 1 << 20, a, &text, &err), &err);
    long at = str_find(text, S("\nplace "));
    size_t end = at < 0 ? text.n : (size_t)at + 1;
    source_add(&rules->sources, S("lines/case/case.hm"), str_sub(text, 0, end));
    source_add(&rules->sources, S("places/case.hm"), str_sub(text, end, text.n));
    rules_parse(rules, &diags);
    rules_check(rules, &diags);
    sbuf_init(&out, 1 << 20);
    for (size_t i = 0; i < diags.list.n && diags.errors > 0; i++)
        diag_render(&out, &rules->sources, &diags.list.at[i]);
    if (diags.errors > 0)
        printf("%s: refused\n%s\n", path, out.p);
    sbuf_deinit(&out);
    return diags.errors == 0 && rules->policies.n > 0 && rules->policies.n <= POLICIES_MAX;
}

/* One block of facts; they are unknown never, seldom or often, and at times too large. */
static bool run_block(uint64_t seed, const struct rules *rules, struct sbuf *why)
{
    static const int unknown[] = {0, 5, 50};
    struct rng r = {seed};
    struct arena a;
    struct judge_stats stats = {0};
    struct err err = {0};
    struct block block;
    size_t row = 0;
    arena_init(&a, 0);
    struct judged j = {.subject = rules->policies.at[0]->subject, .block = &block};
    struct binding_spec spec = {.rules = rules,
                                .policies = rules->policies.at,
                                .n_policies = rules->policies.n,
                                .division = gen_division(&r),
                                .month = gen_month(&r)};
    struct gen_options o = {.n = 1 + seed % 25, .unknown_percent = unknown[seed % 3]};
    o.huge = seed % 10 == 0;
    gen_block(&r, rules, j.subject, &o, &a, &block);
    must(program_bind(&spec, &a, &j.program, &err), &err);
    j.o = (struct oracle_case){.rules = rules, .division = spec.division, .month = spec.month};
    j.o.n_policies = program_policies(j.program, &j.o.policies);
    bool same = judge_block(&j, &a, &stats, &row, why);
    if (!same)
        facts_text(why, &j, row);
    arena_deinit(&a);
    return same;
}

static bool run_case(const char *path)
{
    struct arena a;
    struct rules rules;
    struct sbuf why;
    arena_init(&a, 0);
    sbuf_init(&why, 1 << 20);
    bool fine = load(path, &a, &rules);
    for (uint64_t seed = 1; fine && seed <= BLOCKS; seed++) {
        fine = run_block(seed, &rules, &why);
        if (!fine)
            printf("%s: block %" PRIu64 ":\n%s\n", path, seed, why.p);
    }
    sbuf_deinit(&why);
    arena_deinit(&a);
    return fine;
}

int main(void)
{
    struct arena a;
    struct err err = {0};
    str *names = NULL;
    size_t n = 0, passed = 0, failed = 0;
    arena_init(&a, 0);
    must(dir_list(FOLDER, &a, &names, &n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        if (!str_ends(names[i], S(".hm")))
            continue;
        str path = str_fmt(&a, FOLDER "/%.*s", STR_ARG(names[i]));
        bool fine = run_case(str_z(&a, path));
        passed += fine;
        failed += !fine;
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    arena_deinit(&a);
    return failed == 0 && passed > 0 ? 0 : 1;
}
