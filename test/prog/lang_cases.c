/*
 * Cases of the definition language as text: test/lang/README.md says how one is written. Run
 * without arguments it takes every folder of test/lang that it knows, and the definitions in lines
 * and places for their layout; with arguments only the case files named, and shows their mistakes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "eval/example.h"
#include "lang/fmt.h"
#include "lang/lex.h"
#include "lang/rules.h"

enum { OUT_MAX = 1 << 22, FILE_MAX = 1 << 21 };

/* What a folder's cases go through. */
enum stage { STAGE_PARSE, STAGE_CHECK, STAGE_EXAMPLE, STAGE_FMT };

static const struct folder {
    const char *name;
    enum stage stage;
    bool required;
} folders[] = {
    {"parse", STAGE_PARSE, true},
    {"fmt", STAGE_FMT, true},
    {"check", STAGE_CHECK, false},
    {"example", STAGE_EXAMPLE, false},
};

static size_t passed, failed;

/* A mistake that a case says must be found. */
struct wanted {
    int code;
    bool warning, met;
    size_t line, column;
    str fragment; /* of the text or the help; empty: any */
};

struct test_case {
    struct arena *arena;
    str path, text;
    struct rules rules;
    struct diags diags;
    VEC(struct wanted) wanted;
    bool want_ok, broken;
};

static void complain(struct test_case *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void complain(struct test_case *c, const char *fmt, ...)
{
    va_list ap;
    printf("%.*s: ", STR_ARG(c->path));
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    printf("\n");
    c->broken = true;
}

static void show_diags(const struct test_case *c)
{
    struct sbuf out;
    sbuf_init(&out, OUT_MAX);
    for (size_t i = 0; i < c->diags.list.n; i++)
        diag_render(&out, &c->rules.sources, &c->diags.list.at[i]);
    printf("%.*s", STR_ARG(sbuf_str(&out)));
    sbuf_deinit(&out);
}

/* ---- reading a case ------------------------------------------------------------------------- */

/* R0201 4:9 fragment */
static bool read_wanted(struct test_case *c, str rest, bool warning)
{
    struct wanted w = {.warning = warning};
    str code, place, line, column;
    int64_t number, l, col;
    str_cut(str_trim(rest), ' ', &code, &rest);
    if (!str_cut(str_trim(rest), ' ', &place, &w.fragment)) {
        place = str_trim(rest);
        w.fragment = S("");
    }
    if (!str_starts(code, S("R")) || !str_int(str_sub(code, 1, code.n), &number) ||
        !str_cut(place, ':', &line, &column) || !str_int(line, &l) || !str_int(column, &col))
        return false;
    w.code = (int)number;
    w.line = (size_t)l;
    w.column = (size_t)col;
    w.fragment = str_trim(w.fragment);
    *VEC_PUSH(c->arena, &c->wanted) = w;
    return true;
}

/* A part of the case as a file: lines before it are empty, so that numbers are those of the case. */
static void add_part(struct test_case *c, str name, size_t from, size_t to)
{
    char *text = arena_alloc_raw(c->arena, to + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < from; i++)
        if (c->text.p[i] == '\n')
            text[n++] = '\n';
    memcpy(text + n, c->text.p + from, to - from);
    source_add(&c->rules.sources, name, (str){text, n + to - from});
}

static void read_case(struct test_case *c)
{
    str rest = c->text, line, name = S("lines/test/case.hm");
    size_t part = 0, files = 0;
    while (rest.n) {
        str_cut(rest, '\n', &line, &rest);
        size_t end = (size_t)(line.p - c->text.p) + line.n + 1;
        end = end > c->text.n ? c->text.n : end;
        if (str_starts(line, S("-- file: "))) {
            /* What stands before the first such line says only what is expected. */
            if (files++ > 0)
                add_part(c, name, part, (size_t)(line.p - c->text.p));
            name = str_trim(str_sub(line, 9, line.n));
            part = end;
        } else if (str_starts(line, S("-- expect: ok"))) {
            c->want_ok = true;
        } else if (str_starts(line, S("-- error "))) {
            if (!read_wanted(c, str_sub(line, 9, line.n), false))
                complain(c, "can't read “%.*s”", STR_ARG(line));
        } else if (str_starts(line, S("-- warning "))) {
            if (!read_wanted(c, str_sub(line, 11, line.n), true))
                complain(c, "can't read “%.*s”", STR_ARG(line));
        }
    }
    add_part(c, name, part, c->text.n);
    if (c->want_ok == (c->wanted.n > 0))
        complain(c, "says neither “-- expect: ok” nor which mistakes, or both");
}

/* ---- mistakes ------------------------------------------------------------------------------- */

static bool meets(const struct test_case *c, const struct diag *g, const struct wanted *w)
{
    size_t line = 0, column = 0;
    if (g->at.to > 0)
        source_position(&c->rules.sources.list.at[g->at.file], g->at.from, &line, &column);
    return g->code == w->code && g->warning == w->warning && line == w->line &&
           column == w->column &&
           (str_find(g->text, w->fragment) >= 0 || str_find(g->help, w->fragment) >= 0);
}

static void compare_mistakes(struct test_case *c)
{
    bool differs = false;
    for (size_t i = 0; i < c->diags.list.n; i++) {
        struct wanted *found = NULL;
        for (size_t k = 0; k < c->wanted.n && !found; k++)
            if (!c->wanted.at[k].met && meets(c, &c->diags.list.at[i], &c->wanted.at[k]))
                found = &c->wanted.at[k];
        if (found)
            found->met = true;
        else
            differs = true;
    }
    for (size_t k = 0; k < c->wanted.n; k++) {
        const struct wanted *w = &c->wanted.at[k];
        if (!w->met)
            complain(c, "not found: R%04d %zu:%zu %.*s", w->code, w->line, w->column,
                     STR_ARG(w->fragment));
    }
    if (differs)
        complain(c, "found what is not expected, among these:");
    if (differs || c->broken)
        show_diags(c);
}

/* ---- layout --------------------------------------------------------------------------------- */

/* Same words, signs and comments: only spaces, lines and widths differ. */
static bool same_tokens(struct arena *a, const struct sources *s, size_t one, size_t two)
{
    struct tokens x, y;
    struct diags d;
    diags_init(&d, a);
    lex(&s->list.at[one], (uint32_t)one, a, &x, &d);
    lex(&s->list.at[two], (uint32_t)two, a, &y, &d);
    if (x.list.n != y.list.n || x.comments.n != y.comments.n || d.errors)
        return false;
    for (size_t i = 0; i < x.list.n; i++)
        if (x.list.at[i].kind != y.list.at[i].kind || !str_eq(x.list.at[i].text, y.list.at[i].text))
            return false;
    for (size_t i = 0; i < x.comments.n; i++) {
        const struct comment *p = &x.comments.at[i], *q = &y.comments.at[i];
        str t = str_sub(s->list.at[one].text, p->from, p->to);
        str u = str_sub(s->list.at[two].text, q->from, q->to);
        size_t at = 0, bt = 0;
        for (int k = 0; k < 2; k++) { /* the signs may have been full-width ones */
            utf8_next(t, &at);
            utf8_next(u, &bt);
        }
        if (!str_eq(str_sub(t, at, t.n), str_sub(u, bt, u.n)))
            return false;
    }
    return true;
}

/* Lay out a file of the case; the text ends up in the arena. */
static bool lay_out(struct test_case *c, struct sources *s, size_t file, str *out)
{
    struct diags d;
    struct err err;
    struct sbuf text;
    diags_init(&d, c->arena);
    sbuf_init(&text, OUT_MAX);
    enum rc rc = fmt_source(s, file, c->arena, &d, &text, &err);
    if (rc != RC_OK)
        complain(c, "fmt: %s", err.text);
    *out = str_dup(c->arena, sbuf_str(&text));
    sbuf_deinit(&text);
    return rc == RC_OK;
}

/* Laid out twice it stays the same, and says the same. */
static str check_layout(struct test_case *c, size_t file)
{
    struct sources s;
    str once = S(""), twice = S("");
    sources_init(&s, c->arena);
    source_add(&s, c->path, c->rules.sources.list.at[file].text);
    if (!lay_out(c, &s, 0, &once))
        return once;
    source_add(&s, c->path, once);
    if (!lay_out(c, &s, 1, &twice))
        return once;
    if (!str_eq(once, twice))
        complain(c, "laid out twice it differs:\n%.*s---- twice:\n%.*s", STR_ARG(once),
                 STR_ARG(twice));
    if (!same_tokens(c->arena, &s, 0, 1))
        complain(c, "its layout says something else:\n%.*s", STR_ARG(once));
    return once;
}

static void compare_layout(struct test_case *c)
{
    struct err err;
    str expected;
    str path = str_fmt(c->arena, "%.*s.expected", STR_ARG(str_sub(c->path, 0, c->path.n - 3)));
    if (file_read(str_z(c->arena, path), FILE_MAX, c->arena, &expected, &err) != RC_OK) {
        complain(c, "%s", err.text);
        return;
    }
    str out = check_layout(c, 0);
    if (!str_eq(out, expected))
        complain(c, "is laid out as\n%.*s---- expected:\n%.*s", STR_ARG(out), STR_ARG(expected));
}

/* ---- running -------------------------------------------------------------------------------- */

static void run_stages(struct test_case *c, enum stage stage)
{
    rules_parse(&c->rules, &c->diags);
    if (stage == STAGE_PARSE && c->diags.errors == 0)
        for (size_t i = 0; i < c->rules.sources.list.n; i++)
            check_layout(c, i);
    if (stage == STAGE_CHECK || stage == STAGE_EXAMPLE)
        rules_check(&c->rules, &c->diags);
    if (stage == STAGE_EXAMPLE && c->diags.errors == 0)
        examples_run(&c->rules, &c->diags);
    diags_sort(&c->diags);
}

static void run_case(const char *path, enum stage stage, bool show)
{
    struct arena a = {0};
    struct err err;
    struct test_case c = {.arena = &a, .path = str_from(path)};
    rules_init(&c.rules, &a);
    diags_init(&c.diags, &a);
    if (file_read(path, FILE_MAX, &a, &c.text, &err) != RC_OK) {
        complain(&c, "%s", err.text);
    } else if (stage == STAGE_FMT) {
        source_add(&c.rules.sources, c.path, c.text);
        compare_layout(&c);
    } else {
        read_case(&c);
        run_stages(&c, stage);
        if (show)
            show_diags(&c);
        compare_mistakes(&c);
    }
    passed += !c.broken;
    failed += c.broken;
    arena_deinit(&a);
}

static enum stage stage_of(str path)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char part[32];
        snprintf(part, sizeof part, "/%s/", folders[i].name);
        if (str_find(path, str_from(part)) >= 0)
            return folders[i].stage;
    }
    return STAGE_CHECK;
}

static void run_folder(const struct folder *f)
{
    struct arena a = {0};
    struct err err;
    const char *dir = str_z(&a, str_fmt(&a, "test/lang/%s", f->name));
    str *names;
    size_t n = 0, cases = 0;
    if (dir_list(dir, &a, &names, &n, &err) != RC_OK && f->required)
        printf("%s\n", err.text);
    for (size_t i = 0; i < n; i++) {
        if (!str_ends(names[i], S(".hm")))
            continue;
        run_case(str_z(&a, str_fmt(&a, "%s/%.*s", dir, STR_ARG(names[i]))), f->stage, false);
        cases++;
    }
    if (cases == 0 && f->required) {
        printf("%s: no cases\n", dir);
        failed++;
    }
    arena_deinit(&a);
}

/* The definitions of the tree itself: what they say survives their layout. */
static void run_definitions(void)
{
    struct arena a = {0};
    struct err err;
    struct test_case c = {.arena = &a, .path = S("lines and places")};
    rules_init(&c.rules, &a);
    diags_init(&c.diags, &a);
    if (sources_read(&c.rules.sources, ".", &err) == RC_OK) {
        rules_parse(&c.rules, &c.diags);
        for (size_t i = 0; c.diags.errors == 0 && i < c.rules.sources.list.n; i++) {
            c.path = c.rules.sources.list.at[i].path;
            check_layout(&c, i);
        }
    }
    passed += !c.broken;
    failed += c.broken;
    arena_deinit(&a);
}

/* docs/grammar.md is what the parser's comments say. */
static void run_grammar(void)
{
    if (system("bash tools/grammar --check") == 0)
        passed++;
    else
        failed++;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run_case(argv[i], stage_of(str_from(argv[i])), true);
    if (argc < 2) {
        for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
            run_folder(&folders[i]);
        run_definitions();
        run_grammar();
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0 || passed == 0;
}
