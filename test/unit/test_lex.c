#include "test.h"
#include <sys/stat.h>
#include "base/limits.h"
#include "lang/fmt.h"
#include "lang/lex.h"
#include "lang/rules.h"

/* One source read into tokens, with what was wrong in it. */
struct lexed {
    struct arena arena;
    struct sources sources;
    struct diags diags;
    struct tokens toks;
};

static void lex_text_of(struct lexed *x, str text)
{
    memset(x, 0, sizeof *x);
    sources_init(&x->sources, &x->arena);
    diags_init(&x->diags, &x->arena);
    source_add(&x->sources, S("lines/a/b.hm"), text);
    lex(&x->sources.list.at[0], 0, &x->arena, &x->toks, &x->diags);
}

static const struct token *tok(const struct lexed *x, size_t i)
{
    assert_true(i < x->toks.list.n);
    return &x->toks.list.at[i];
}

static void check_kinds(const char *text, const enum tok *kinds, size_t n)
{
    struct lexed x;
    lex_text_of(&x, str_from(text));
    assert_int_equal(x.diags.errors, 0);
    assert_int_equal(x.toks.list.n, n + 1);
    for (size_t i = 0; i < n; i++)
        if (tok(&x, i)->kind != kinds[i])
            fail_msg("%s: token %zu is %s, expected %s", text, i, tok_text(tok(&x, i)->kind),
                     tok_text(kinds[i]));
    assert_int_equal(tok(&x, n)->kind, T_EOF);
    arena_deinit(&x.arena);
}

#define KINDS(text, ...)                                                                           \
    do {                                                                                           \
        const enum tok kinds_[] = {__VA_ARGS__};                                                   \
        check_kinds(text, kinds_, sizeof kinds_ / sizeof *kinds_);                                 \
    } while (0)

static void kinds_of_tokens(void **state)
{
    (void)state;
    KINDS("when whenever 当", W_WHEN, T_NAME, T_NAME);
    KINDS("a1 a_b über", T_NAME, T_NAME, T_NAME);
    KINDS("24 610.00 1.3 30%", T_INT, T_DECIMAL, T_DECIMAL, T_INT, T_PERCENT);
    KINDS("2020-12 2020-12-01 2020 - 12 3-4", T_MONTHLIT, T_DATELIT, T_INT, T_MINUS, T_INT, T_INT,
          T_MINUS, T_INT);
    KINDS("3..4 3 .. 4 a.b", T_INT, T_DOTDOT, T_INT, T_INT, T_DOTDOT, T_INT, T_NAME, T_DOT, T_NAME);
    KINDS("< <= = <> >= > ≤ ≥ ≠", T_LT, T_LE, T_EQ, T_NE, T_GE, T_GT, T_LE, T_GE, T_NE);
    KINDS("，、：（）％＝＜＞＋－×÷≤≥", T_COMMA, T_COMMA, T_COLON, T_OPEN, T_CLOSE, T_PERCENT, T_EQ,
          T_NE, T_PLUS, T_MINUS, T_STAR, T_SLASH, T_LE, T_GE);
    KINDS("＜＝ ＞＝ ２０２０－１２ ３．．４", T_LE, T_GE, T_MONTHLIT, T_INT, T_DOTDOT, T_INT);
    KINDS("\"a\" “b” 「c」", T_STRING, T_STRING, T_STRING);
    KINDS("a -- b\nc --\n--", T_NAME, T_NAME);
    KINDS("9, 123 510104000000, 510", T_INT, T_COMMA, T_INT, T_INT, T_COMMA, T_INT);
}

static void values_of_tokens(void **state)
{
    struct lexed x;
    (void)state;
    lex_text_of(&x, S("610.00 0 100000000000000 1970-01-02 1970-01 １２．５０ 甲１ “二”"));
    assert_int_equal(x.diags.errors, 0);
    assert_int_equal(tok(&x, 0)->value, 61000);
    assert_int_equal(tok(&x, 0)->decimals, 2);
    assert_int_equal(tok(&x, 1)->value, 0);
    assert_int_equal(tok(&x, 2)->value, LIMIT_FEN);
    assert_int_equal(tok(&x, 3)->value, 1);
    assert_int_equal(tok(&x, 4)->value, 1970 * 12);
    assert_int_equal(tok(&x, 5)->value, 1250);
    check_str(tok(&x, 5)->text, "12.50");
    check_str(tok(&x, 6)->text, "甲1");
    check_str(tok(&x, 7)->text, "二");
    arena_deinit(&x.arena);
}

static void layout_of_tokens(void **state)
{
    struct lexed x;
    (void)state;
    lex_text_of(&x, S("\xEF\xBB\xBF"
                      "a b\n\n　　c 甲 d\n\te\r\n-- f\n\n  g -- h\n"));
    assert_int_equal(x.diags.errors, 0);
    assert_true(tok(&x, 0)->first && !tok(&x, 1)->first && tok(&x, 2)->first);
    assert_int_equal(tok(&x, 2)->col, 4); /* two wide spaces */
    assert_int_equal(tok(&x, 4)->col, 9);
    assert_int_equal(tok(&x, 4)->indent, 4);
    assert_int_equal(tok(&x, 5)->col, 8);
    assert_true(tok(&x, 2)->blank_before && !tok(&x, 5)->blank_before);
    assert_true(tok(&x, 6)->blank_before);
    assert_int_equal(x.toks.comments.n, 2);
    assert_true(x.toks.comments.at[0].own_line && !x.toks.comments.at[1].own_line);
    assert_int_equal(x.toks.comments.at[0].next, 6);
    arena_deinit(&x.arena);
}

/* ---- messages ------------------------------------------------------------------------------- */

static void check_message(const char *text, const char *expected)
{
    struct arena a = {0};
    struct rules r;
    struct diags d;
    struct sbuf out;
    rules_init(&r, &a);
    diags_init(&d, &a);
    source_add(&r.sources, S("lines/a/b.hm"), str_from(text));
    rules_parse(&r, &d);
    diags_sort(&d);
    sbuf_init(&out, 1 << 16);
    for (size_t i = 0; i < d.list.n; i++)
        diag_render(&out, &r.sources, &d.list.at[i]);
    if (!str_eq(sbuf_str(&out), str_from(expected)))
        fail_msg("found\n%.*sexpected\n%s", STR_ARG(sbuf_str(&out)), expected);
    sbuf_deinit(&out);
    arena_deinit(&a);
}

static void carets_under_wide_characters(void **state)
{
    (void)state;
    check_message("code a \"甲\"\n  乙 丙丁 \"戊\"\n",
                  "lines/a/b.hm:2:5: error R0100: expected a label in quotes, found “丙丁”\n"
                  "   2 |   乙 丙丁 \"戊\"\n"
                  "     |      ^^^^\n");
    check_message("code a \"甲\"\n\t甲乙\n",
                  "lines/a/b.hm:2:4: error R0100: expected a label in quotes, found the end of "
                  "the file\n"
                  "   2 | \t甲乙\n"
                  "     | \t    ^\n");
    check_message("code a \"甲\"；\r\n",
                  "lines/a/b.hm:1:11: error R0101: “；” is no sign of the language\n"
                  "   1 | code a \"甲\"；\n"
                  "     |            ^^\n"
                  "       an item ends with its line; nothing stands behind it\n");
}

static void nothing_reaches_the_terminal(void **state)
{
    (void)state;
    check_message("code a \"甲\x1b[31m\"\n",
                  "lines/a/b.hm:1:10: error R0101: an invisible character (U+001B) in a text\n"
                  "   1 | code a \"甲\xEF\xBF\xBD[31m\"\n"
                  "     |           ^\n");
    check_message("code a \"甲\xE2\x80\xAE乙\"\n",
                  "lines/a/b.hm:1:10: error R0101: an invisible character (U+202E) in a text\n"
                  "   1 | code a \"甲\xEF\xBF\xBD乙\"\n"
                  "     |           ^\n");
}

static void a_message_of_no_place(void **state)
{
    struct arena a = {0};
    struct sources s;
    struct diags d;
    struct sbuf out;
    (void)state;
    sources_init(&s, &a);
    diags_init(&d, &a);
    struct diag *g = diag_add(&d, 263, (struct span){0}, "%s has no value", "x");
    g->warning = true;
    diag_help(g, &d, "set %s", "it");
    sbuf_init(&out, 1 << 10);
    diag_render(&out, &s, g);
    check_str(sbuf_str(&out), "warning R0263: x has no value\n       set it\n");
    sbuf_deinit(&out);
    arena_deinit(&a);
}

static void long_lines_are_cut(void **state)
{
    struct arena a = {0};
    struct rules r;
    struct diags d;
    struct sbuf text, out;
    (void)state;
    sbuf_init(&text, 1 << 16);
    sbuf_addz(&text, "code a \"甲\" x ");
    sbuf_add_n(&text, ' ', 5000);
    sbuf_addz(&text, "3");
    sbuf_add_n(&text, ' ', 5000);
    sbuf_addz(&text, "\"乙\"");
    rules_init(&r, &a);
    diags_init(&d, &a);
    source_add(&r.sources, S("b.hm"), sbuf_str(&text));
    diag_add(&d, 100, (struct span){0, 5000, 5001}, "here");
    sbuf_init(&out, 1 << 16);
    diag_render(&out, &r.sources, &d.list.at[0]);
    assert_true(out.n < 1000);
    sbuf_deinit(&text);
    sbuf_deinit(&out);
    arena_deinit(&a);
}

static void mistakes_are_counted_past_the_limit(void **state)
{
    struct arena a = {0};
    struct diags d;
    (void)state;
    diags_init(&d, &a);
    for (uint32_t i = 0; i < 3 * LIMIT_DIAGS; i++)
        diag_help(diag_add(&d, 100, (struct span){0, i, i + 1}, "%u", i), &d, "help %u", i);
    assert_int_equal(d.errors, 3 * LIMIT_DIAGS);
    assert_int_equal(d.list.n, LIMIT_DIAGS);
    check_str(d.list.at[LIMIT_DIAGS - 1].text, "49");
    check_str(d.list.at[LIMIT_DIAGS - 1].help, "help 49");
    arena_deinit(&a);
}

static void mistakes_in_order(void **state)
{
    struct arena a = {0};
    struct diags d;
    (void)state;
    diags_init(&d, &a);
    diag_add(&d, 1, (struct span){1, 0, 1}, "d");
    diag_add(&d, 1, (struct span){0, 9, 10}, "b");
    diag_add(&d, 1, (struct span){0, 2, 3}, "a");
    diag_add(&d, 1, (struct span){0, 9, 10}, "c");
    diags_sort(&d);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(d.list.at[i].text.p[0], "abcd"[i]);
    arena_deinit(&a);
}

static void nearest_names(void **state)
{
    const str names[] = {S("standard"), S("size"), S("低保标准"), S("a"), S("edge_line")};
    (void)state;
    check_str(nearest_name(S("standart"), names, 5), "standard");
    check_str(nearest_name(S("stadnard"), names, 5), "standard");
    check_str(nearest_name(S("sise"), names, 5), "size");
    check_str(nearest_name(S("低保标淮"), names, 5), "低保标准");
    check_str(nearest_name(S("edgeline"), names, 5), "edge_line");
    check_str(nearest_name(S("b"), names, 5), "");
    check_str(nearest_name(S("something"), names, 5), "");
    check_str(nearest_name(S(""), names, 5), "");
}

/* ---- limits of a file ----------------------------------------------------------------------- */

static void a_file_of_the_largest_size(void **state)
{
    struct lexed x;
    char *text = malloc(LIMIT_SOURCE_BYTES + 1);
    (void)state;
    assert_non_null(text);
    memset(text, '\n', LIMIT_SOURCE_BYTES + 1);
    lex_text_of(&x, (str){text, LIMIT_SOURCE_BYTES});
    assert_int_equal(x.diags.errors, 0);
    arena_deinit(&x.arena);
    lex_text_of(&x, (str){text, LIMIT_SOURCE_BYTES + 1});
    assert_int_equal(x.diags.errors, 1);
    assert_int_equal(x.diags.list.at[0].code, 108);
    assert_int_equal(x.toks.list.n, 1);
    arena_deinit(&x.arena);
    free(text);
}

static void positions(void **state)
{
    struct arena a = {0};
    struct sources s;
    size_t line, column;
    (void)state;
    sources_init(&s, &a);
    source_add(&s, S("home/lines/x/y/z.hm"), S("甲乙\r\n\nab"));
    source_add(&s, S("places/p/q.hm"), S(""));
    source_add(&s, S("lines/z.hm"),
               S("\xEF\xBB\xBF"
                 "a"));
    const struct source *f = &s.list.at[0];
    check_str(f->line, "x");
    assert_false(f->is_place);
    assert_true(s.list.at[1].is_place);
    check_str(s.list.at[1].line, "");
    check_str(s.list.at[2].line, "");
    check_str(s.list.at[2].text, "a");
    source_position(f, 3, &line, &column);
    assert_true(line == 1 && column == 2);
    source_position(f, 8, &line, &column);
    assert_true(line == 2 && column == 1);
    source_position(f, 11, &line, &column);
    assert_true(line == 3 && column == 3);
    check_str(source_line(f, 1), "甲乙");
    check_str(source_line(f, 2), "");
    check_str(source_line(f, 3), "ab");
    check_str(source_line(f, 4), "");
    arena_deinit(&a);
}

/* ---- folders -------------------------------------------------------------------------------- */

static void put_file(const char *root, const char *path, const char *text)
{
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", root, path);
    FILE *f = fopen(full, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void make_folder(const char *root, const char *path)
{
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", root, path);
    assert_int_equal(mkdir(full, 0700), 0);
}

static void remove_folder(const char *root)
{
    char command[4096];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
}

static enum rc read_home(const char *root, struct arena *a, struct sources *s, struct err *err)
{
    sources_init(s, a);
    return sources_read(s, root, err);
}

static void files_in_the_order_of_their_paths(void **state)
{
    char root[] = "/tmp/huimin-lex-XXXXXX";
    struct arena a = {0};
    struct sources s;
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(root));
    assert_int_equal(read_home(root, &a, &s, &err), RC_NOT_FOUND);
    make_folder(root, "places");
    make_folder(root, "lines");
    make_folder(root, "lines/b");
    make_folder(root, "lines/a");
    put_file(root, "places/x.hm", "x");
    put_file(root, "lines/b/1.hm", "b1");
    put_file(root, "lines/a/2.hm", "a2");
    put_file(root, "lines/a-1.hm", "a-1");
    put_file(root, "lines/a/1.hm", "a1");
    put_file(root, "lines/a/README.md", "no");
    put_file(root, "lines/a/.hidden.hm", "no");
    assert_int_equal(read_home(root, &a, &s, &err), RC_OK);
    static const char *const paths[] = {"lines/a-1.hm", "lines/a/1.hm", "lines/a/2.hm",
                                        "lines/b/1.hm", "places/x.hm"};
    assert_int_equal(s.list.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(str_eq(s.list.at[i].path, str_from(paths[i])));
    check_str(s.list.at[1].line, "a");
    assert_true(s.list.at[4].is_place);
    put_file(root, "lines/b/1.hm", "ok\n  \xC3(");
    assert_int_equal(read_home(root, &a, &s, &err), RC_BAD_INPUT);
    check_str(str_from(err.text), "lines/b/1.hm:2: byte 3 of the line is not UTF-8");
    remove_folder(root);
    arena_deinit(&a);
}

static void as_many_files_as_there_may_be(void **state)
{
    char root[] = "/tmp/huimin-lex-XXXXXX", name[64];
    struct arena a = {0};
    struct sources s;
    struct err err;
    (void)state;
    assert_non_null(mkdtemp(root));
    make_folder(root, "lines");
    for (int i = 0; i < LIMIT_SOURCE_FILES; i++) {
        snprintf(name, sizeof name, "lines/%d.hm", i);
        put_file(root, name, "");
    }
    assert_int_equal(read_home(root, &a, &s, &err), RC_OK);
    assert_int_equal(s.list.n, LIMIT_SOURCE_FILES);
    put_file(root, "lines/more.hm", "");
    assert_int_equal(read_home(root, &a, &s, &err), RC_LIMIT);
    remove_folder(root);
    arena_deinit(&a);
}

/* ---- the tree ------------------------------------------------------------------------------- */

static struct expr *value_of(struct arena *a, const char *text)
{
    struct rules r;
    struct diags d;
    rules_init(&r, a);
    diags_init(&d, a);
    str all = str_fmt(a, "policy p \"p\" for each h, each month\n  a \"a\" = %s\n", text);
    source_add(&r.sources, S("lines/a/b.hm"), all);
    rules_parse(&r, &d);
    assert_int_equal(d.errors, 0);
    assert_int_equal(r.policies.at[0]->n_defs, 1);
    assert_non_null(r.policies.at[0]->defs[0]->value);
    return r.policies.at[0]->defs[0]->value;
}

static void what_binds_first(void **state)
{
    struct arena a = {0};
    (void)state;
    struct expr *e = value_of(&a, "a + b * c - d");
    assert_int_equal(e->op, E_SUB);
    assert_int_equal(e->a->op, E_ADD);
    assert_int_equal(e->a->b->op, E_MUL);
    e = value_of(&a, "not a < b and c is d");
    assert_int_equal(e->op, E_AND);
    assert_int_equal(e->args[0]->op, E_NOT);
    assert_int_equal(e->args[0]->a->op, E_REL);
    assert_int_equal(e->args[1]->op, E_IS);
    e = value_of(&a, "a <= b < c + 1");
    assert_true(e->op == E_REL && e->rel == REL_LE && e->rel2 == REL_LT && e->c->op == E_ADD);
    e = value_of(&a, "a + b, at least c, at most d, rounded up to yuan");
    assert_true(e->op == E_ROUND && e->round == ROUND_UP && e->unit_fen == 100);
    assert_int_equal(e->a->op, E_AT_MOST);
    assert_int_equal(e->a->a->op, E_AT_LEAST);
    assert_int_equal(e->a->a->a->op, E_ADD);
    e = value_of(&a, "sum of a + 1 over u - count of (m who have x and whose y < 3)");
    assert_int_equal(e->op, E_SUB);
    assert_int_equal(e->a->op, E_SUM);
    assert_int_equal(e->a->a->op, E_ADD);
    assert_int_equal(e->b->set->form, SET_WHO);
    assert_int_equal(e->b->set->who->op, E_AND);
    e = value_of(&a, "a and no member of dibao.u has b < 1");
    assert_int_equal(e->args[1]->op, E_NO);
    assert_int_equal(e->args[1]->a->op, E_REL);
    check_str(e->args[1]->set->qual.text, "dibao");
    e = value_of(&a, "grade is not one of 1, severe or 3 in 4..5");
    assert_int_equal(e->op, E_OR);
    assert_true(e->args[0]->negated && e->args[0]->n_args == 2);
    assert_true(e->args[1]->b->lit.i == 4 && e->args[1]->c->lit.i == 5);
    e = value_of(&a, "12.5% * 1.30 times + 0 + 0.00 + 3 months + 2020-12");
    assert_true(e->b->type.kind == K_MONTH && e->a->b->type.kind == K_MONTHS);
    assert_true(e->a->a->b->type.kind == K_MONEY && e->a->a->a->b->type.kind == K_ZERO);
    struct expr *rates = e->a->a->a->a;
    assert_true(rates->a->lit.num == 1 && rates->a->lit.den == 8);
    assert_true(rates->b->lit.num == 13 && rates->b->lit.den == 10);
    arena_deinit(&a);
}

/* What was read of a file with mistakes is there, with its name. */
static void mistakes_still_declare(void **state)
{
    struct arena a = {0};
    struct rules r;
    struct diags d;
    (void)state;
    rules_init(&r, &a);
    diags_init(&d, &a);
    source_add(&r.sources, S("places/x/y.hm"),
               S("register h \"h\"\n  a \"a\" counts per\n  b \"b\" count, requird  c \"c\" count\n"
                 "policy p \"p\"\n  for each h, each months\n  parameter q \"q\" money per\n"
                 "  d \"d\" = )\n  outcome \"o\"\n    n \"n\" when x \"x\": y <\n    otherwise\n"
                 "place z \"z\", division 51\n  set p.q from 2020: 3\n"));
    rules_parse(&r, &d);
    assert_int_equal(d.errors, 9);
    assert_int_equal(r.regs.at[0]->n_fields, 3);
    struct policy *p = r.policies.at[0];
    assert_true(p->n_params == 1 && p->n_defs == 1 && p->n_alts == 1 && p->alts[0].n_conds == 1);
    assert_int_equal(p->defs[0]->value->op, E_BAD);
    assert_int_equal(r.places.at[0]->n_sets, 1);
    check_str(r.places.at[0]->folder, "x/y.hm");
    /* What was read is not read again. */
    rules_parse(&r, &d);
    assert_int_equal(r.policies.n, 1);
    arena_deinit(&a);
}

/* A file with a mistake is left alone; one that fits no more is said to. */
static void fmt_refuses(void **state)
{
    struct arena a = {0};
    struct sources s;
    struct diags d;
    struct err err;
    struct sbuf out;
    (void)state;
    sources_init(&s, &a);
    diags_init(&d, &a);
    source_add(&s, S("a.hm"), S("code a \"a\" x"));
    source_add(&s, S("b.hm"), S("code a \"a\" x \"x\""));
    sbuf_init(&out, 1 << 10);
    assert_int_equal(fmt_source(&s, 0, &a, &d, &out, &err), RC_RULE);
    assert_int_equal(out.n, 0);
    assert_int_equal(fmt_source(&s, 1, &a, &d, &out, &err), RC_OK);
    check_str(sbuf_str(&out), "code a \"a\"\n  x \"x\"\n");
    sbuf_deinit(&out);
    sbuf_init(&out, 10);
    assert_int_equal(fmt_source(&s, 1, &a, &d, &out, &err), RC_LIMIT);
    sbuf_deinit(&out);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_tokens),
        cmocka_unit_test(values_of_tokens),
        cmocka_unit_test(layout_of_tokens),
        cmocka_unit_test(carets_under_wide_characters),
        cmocka_unit_test(nothing_reaches_the_terminal),
        cmocka_unit_test(a_message_of_no_place),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(mistakes_are_counted_past_the_limit),
        cmocka_unit_test(mistakes_in_order),
        cmocka_unit_test(nearest_names),
        cmocka_unit_test(a_file_of_the_largest_size),
        cmocka_unit_test(positions),
        cmocka_unit_test(files_in_the_order_of_their_paths),
        cmocka_unit_test(as_many_files_as_there_may_be),
        cmocka_unit_test(what_binds_first),
        cmocka_unit_test(mistakes_still_declare),
        cmocka_unit_test(fmt_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
