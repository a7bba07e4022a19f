/*
 * Definition files: any bytes are read and checked without harm; what is read without a mistake
 * can be laid out, says the same afterwards, and stays as it is when laid out again.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "lang/fmt.h"
#include "lang/lex.h"
#include "lang/rules.h"

enum { OUT_MAX = 1 << 24 };

static void must(bool holds, const char *what, str text)
{
    if (holds)
        return;
    fprintf(stderr, "%s:\n%.*s\n", what, STR_ARG(text));
    abort();
}

static bool same_tokens(struct arena *a, const struct sources *s)
{
    struct tokens x, y;
    struct diags d;
    diags_init(&d, a);
    lex(&s->list.at[0], 0, a, &x, &d);
    lex(&s->list.at[1], 1, a, &y, &d);
    if (d.errors || x.list.n != y.list.n || x.comments.n != y.comments.n)
        return false;
    for (size_t i = 0; i < x.list.n; i++)
        if (x.list.at[i].kind != y.list.at[i].kind || !str_eq(x.list.at[i].text, y.list.at[i].text))
            return false;
    return true;
}

static str lay_out(struct arena *a, const struct sources *s, size_t file, bool *done)
{
    struct diags d;
    struct err err;
    struct sbuf out;
    diags_init(&d, a);
    sbuf_init(&out, OUT_MAX);
    *done = fmt_source(s, file, a, &d, &out, &err) == RC_OK;
    must(*done || err.rc == RC_RULE, "can't be laid out", s->list.at[file].text);
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

static void check_layout(struct arena *a, str text)
{
    struct sources s;
    bool done;
    sources_init(&s, a);
    source_add(&s, S("lines/fuzz/fuzz.hm"), text);
    str once = lay_out(a, &s, 0, &done);
    if (!done || once.n > LIMIT_SOURCE_BYTES)
        return;
    source_add(&s, S("lines/fuzz/fuzz.hm"), once);
    must(same_tokens(a, &s), "the layout says something else", once);
    str twice = lay_out(a, &s, 1, &done);
    must(done, "the layout can't be read", once);
    must(str_eq(once, twice), "laid out twice it differs", twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct rules r;
    struct diags d;
    struct sbuf out;
    str text = {(const char *)data, size};
    rules_init(&r, &a);
    diags_init(&d, &a);
    source_add(&r.sources, S("lines/fuzz/fuzz.hm"), text);
    rules_parse(&r, &d);
    size_t unread = d.errors;
    rules_check(&r, &d);
    diags_sort(&d);
    sbuf_init(&out, OUT_MAX);
    for (size_t i = 0; i < d.list.n; i++)
        diag_render(&out, &r.sources, &d.list.at[i]);
    sbuf_deinit(&out);
    if (unread == 0)
        check_layout(&a, text);
    arena_deinit(&a);
    return 0;
}
