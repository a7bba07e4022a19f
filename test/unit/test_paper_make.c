/* The asking side: papers as JSON, the helper and how it may end. */
#include "test.h"

#include <pthread.h>
#include <sys/stat.h>

#include "paper/inside.h"
#include "unit/test_folder.h"

/* How many files are there whose names end so. */
static size_t files_ending(const char *end)
{
    str *names = NULL;
    size_t n = 0, found = 0;
    assert_int_equal(dir_list(folder, &arena, &names, &n, NULL), RC_OK);
    for (size_t i = 0; i < n; i++)
        found += str_ends(names[i], str_from(end));
    return found;
}

/* The papers of the gallery, which has one of each kind. */
static size_t gallery(struct paper **out, str **texts)
{
    str all, line;
    size_t n = 0;
    *out = NEW_N(&arena, struct paper, 20);
    *texts = NEW_N(&arena, str, 20);
    assert_int_equal(file_read(HUIMIN_SRC "/test/paper/gallery.jsonl", 1 << 20, &arena, &all, NULL),
                     RC_OK);
    while (str_cut(all, '\n', &line, &all)) {
        struct err err = {0};
        json_t *j = json_loadb(line.p, line.n, 0, NULL);
        assert_non_null(j);
        if (paper_read(j, &arena, &(*out)[n], &err) != RC_OK)
            fail_msg("%s", err.text);
        json_decref(j);
        (*texts)[n++] = line;
    }
    assert_true(n >= 7);
    return n;
}

static str written(const struct paper *p)
{
    struct sbuf b;
    struct json j;
    sbuf_init(&b, 1 << 20);
    json_init(&j, &b);
    paper_write(p, &j);
    str out = str_dup(&arena, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

/* A program that does what the shell is told. */
static const char *script(const char *name, const char *does)
{
    const char *path = at(name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", does);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
    return path;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void what_is_written_is_read(void **state)
{
    struct paper *papers;
    str *texts;
    size_t n = gallery(&papers, &texts);
    (void)state;
    for (size_t i = 0; i < n; i++) {
        str out = written(&papers[i]);
        json_t *from = json_loadb(texts[i].p, texts[i].n, 0, NULL);
        json_t *back = json_loadb(out.p, out.n, 0, NULL);
        struct paper again;
        assert_int_equal(paper_read(back, &arena, &again, NULL), RC_OK);
        assert_true(str_eq(written(&again), out));
        /* All that the line said is in it: members that are empty are left out. */
        assert_true(json_string_length(json_object_get(from, "number")) == 0 ||
                    json_equal(json_object_get(from, "number"), json_object_get(back, "number")));
        assert_int_equal(json_array_size(json_object_get(from, "blocks")), papers[i].n_blocks);
        json_decref(from);
        json_decref(back);
    }
}

static void see_text(void *with, str text)
{
    size_t *bytes = with;
    *bytes += text.n;
}

static void all_texts_are_seen(void **state)
{
    (void)state;
    static str head[] = {{"a", 1}};
    static int widths[] = {1};
    static struct paper_cell cells[] = {{{"bc", 2}, false}};
    static struct paper_pair pairs[] = {{{"d", 1}, {"e", 1}}};
    static struct paper_line lines[] = {{{"f", 1}, {"g", 1}, {"h", 1}, 0, false}};
    struct paper_block blocks[] = {{.kind = PAPER_TABLE,
                                    .head = head,
                                    .widths = widths,
                                    .n_columns = 1,
                                    .cells = cells,
                                    .n_rows = 1},
                                   {.kind = PAPER_PAIRS, .pairs = pairs, .n_pairs = 1},
                                   {.kind = PAPER_LINES, .lines = lines, .n_lines = 1},
                                   {.kind = PAPER_BOX, .text = S("i"), .more = S("j")}};
    struct paper p = {.number = S("k"),
                      .office = S("l"),
                      .title = S("m"),
                      .subtitle = S("n"),
                      .qr_text = S("o"),
                      .foot = S("p"),
                      .mark = S("q"),
                      .qr = S("not seen"),
                      .blocks = blocks,
                      .n_blocks = 4};
    size_t bytes = 0;
    paper_texts(&p, see_text, &bytes);
    assert_int_equal(bytes, 17);
}

static void what_is_no_paper_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        enum rc rc;
        const char *says;
    } wrong[] = {
        {"[]", RC_BAD_INPUT, "not an object"},
        {"{}", RC_BAD_INPUT, "“look” is “”: expected one of letter, posting, cover"},
        {"{\"look\":\"leter\"}", RC_BAD_INPUT, "“look” is “leter”"},
        {"{\"look\":\"letter\",\"title\":3}", RC_BAD_INPUT, "“title” is not a text"},
        {"{\"look\":\"letter\",\"blocks\":{}}", RC_BAD_INPUT, "“blocks” is not a list"},
        {"{\"look\":\"letter\",\"blocks\":[1]}", RC_BAD_INPUT, "block 1: “blocks” has one"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"note\"},{\"kind\":\"x\"}]}", RC_BAD_INPUT,
         "block 2: “kind” is “x”: expected one of text, heading, pairs"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"pairs\",\"pairs\":[1]}]}", RC_BAD_INPUT,
         "“pairs” has one that is not an object"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"lines\",\"lines\":[1]}]}", RC_BAD_INPUT,
         "“lines” has one that is not an object"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"lines\",\"lines\":[{\"depth\":-1}]}]}",
         RC_BAD_INPUT, "“depth”: expected a whole number from 0 to 20"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"box\",\"rows_at_least\":9999}]}",
         RC_BAD_INPUT, "“rows_at_least”"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"table\"}]}", RC_BAD_INPUT,
         "a table of 0 columns"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"table\",\"head\":[\"a\",\"b\"],"
         "\"rows\":[[\"1\"]]}]}",
         RC_BAD_INPUT, "row 1 has 1 cells: expected 2"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"table\",\"head\":[\"a\"],"
         "\"widths\":[0]}]}",
         RC_BAD_INPUT, "“widths”: expected whole numbers from 1 to 1000"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"table\",\"head\":[\"a\"],"
         "\"rows\":[[{\"left\":\"x\"}],[3]]}]}",
         RC_BAD_INPUT, "“rows” is not a text"},
        {"{\"look\":\"letter\",\"blocks\":[{\"kind\":\"table\",\"head\":[1,2,3,4,5,6,7,8,9,10,11,"
         "12,13,14,15,16,17,18,19,20,21]}]}",
         RC_LIMIT, "21 head: at most 20"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err err = {0};
        struct paper p;
        json_t *j = json_loads(wrong[i].json, 0, NULL);
        assert_non_null(j);
        assert_int_equal(paper_read(j, &arena, &p, &err), wrong[i].rc);
        if (strstr(err.text, wrong[i].says) == NULL)
            fail_msg("%s: found “%s”, expected “%s”", wrong[i].json, err.text, wrong[i].says);
        json_decref(j);
    }
}

/* ---- the helper ----------------------------------------------------------------------------- */

static void the_gallery_is_made(void **state)
{
    struct paper *papers;
    str *texts;
    size_t n = gallery(&papers, &texts), done = 0;
    const char *paths[20];
    struct err err = {0};
    (void)state;
    for (size_t i = 0; i < n; i++)
        paths[i] = at(str_fmt(&arena, "gallery-%zu.pdf", i).p);
    if (papers_make(NULL, papers, paths, n, &done, &err) != RC_OK)
        fail_msg("%s", err.text);
    assert_int_equal(done, n);
    assert_int_equal(files_ending(".pdf"), n);
    const char *book = at("gallery.book");
    if (papers_book(NULL, papers, n, book, &done, &err) != RC_OK)
        fail_msg("%s", err.text);
    assert_int_equal(done, n);
    str bytes;
    assert_int_equal(file_read(book, 1 << 24, &arena, &bytes, NULL), RC_OK);
    assert_true(str_starts(bytes, S("%PDF-")) && str_ends(bytes, S("%%EOF\n")));
    assert_int_equal(files_ending(".part"), 0);
    assert_int_equal(papers_make(NULL, NULL, NULL, 0, &done, &err), RC_OK);
    assert_int_equal(done, 0);
}

static void one_that_cannot_be_drawn_ends_it(void **state)
{
    char code[PAPER_MAX_QR + 2];
    struct paper papers[4] = {0};
    const char *paths[] = {at("bad-0.end"), at("bad-1.end"), at("bad-2.end"), at("bad-3.end")};
    struct err err = {0};
    size_t done = 9;
    (void)state;
    memset(code, 'x', sizeof code);
    papers[2].number = S("510402-2020-P000077");
    papers[2].qr = (str){code, PAPER_MAX_QR + 1};
    assert_int_equal(papers_make(NULL, papers, paths, 4, &done, &err), RC_LIMIT);
    assert_int_equal(done, 2);
    assert_non_null(strstr(err.text, "paper 510402-2020-P000077: "));
    assert_non_null(strstr(err.text, "the code's text has 301 bytes: at most 300"));
    assert_true(path_exists(paths[0]) && path_exists(paths[1]));
    assert_false(path_exists(paths[2]) || path_exists(paths[3]));
    assert_int_equal(papers_book(NULL, papers, 4, at("bad.end"), &done, &err), RC_LIMIT);
    assert_false(path_exists(at("bad.end")));
    papers[2].qr = (str){"a\0b", 3};
    assert_int_equal(papers_make(NULL, papers, paths, 4, &done, &err), RC_BAD_INPUT);
    /* Too many blocks, and a folder that isn't there. */
    struct paper_block *breaks = NEW_N(&arena, struct paper_block, PAPER_MAX_BLOCKS + 1);
    papers[2].qr = (str){0};
    papers[2].blocks = breaks;
    papers[2].n_blocks = PAPER_MAX_BLOCKS + 1;
    assert_int_equal(papers_make(NULL, papers, paths, 4, &done, &err), RC_LIMIT);
    assert_non_null(strstr(err.text, "2001 blocks: at most 2000"));
    papers[2].n_blocks = 0;
    paths[2] = at("none/x.end");
    assert_int_equal(papers_make(NULL, papers, paths, 4, &done, &err), RC_IO);
    assert_int_equal(done, 2);
    assert_non_null(strstr(err.text, "No such file or directory"));
    assert_int_equal(files_ending(".part"), 0);
}

static void a_helper_that_dies_names_the_paper(void **state)
{
    struct paper papers[2] = {{.number = S("510402-2020-P000001")}, {.title = S("无号的")}};
    const char *paths[] = {at("dead-0.pdf"), at("dead-1.pdf")};
    struct err err = {0};
    size_t done = 9;
    int pages;
    (void)state;
    const char *program = script("dies", "kill -SEGV $$");
    assert_int_equal(papers_make(program, papers, paths, 2, &done, &err), RC_IO);
    assert_string_equal(err.text, "paper 510402-2020-P000001: the helper ended by signal 11");
    assert_int_equal(done, 0);
    program = script("dies-later", "echo '{\"pages\":3}'; kill -KILL $$");
    assert_int_equal(papers_make(program, papers, paths, 2, &done, &err), RC_IO);
    assert_string_equal(err.text, "paper 无号的: the helper ended by signal 9");
    assert_int_equal(done, 1);
    program = script("lazy", "echo '{\"pages\":3}'");
    assert_int_equal(papers_make(program, papers, paths, 2, &done, &err), RC_IO);
    assert_string_equal(err.text, "the helper made 1 papers of 2");
    program = script("talks", "echo huimin: no luck >&2; exit 1");
    assert_int_equal(papers_make(program, papers, paths, 2, &done, &err), RC_IO);
    assert_string_equal(err.text, "paper 510402-2020-P000001: no luck");
    struct helper hasty = {.program = script("sleeps", "exec sleep 600"), .idle_ms = 50};
    assert_int_equal(helper_run(&hasty, papers, paths, 2, &done, &pages, &err), RC_IO);
    assert_non_null(strstr(err.text, "P000001: the helper did not finish it in time"));
    assert_int_equal(papers_make(at("absent"), papers, paths, 2, &done, &err), RC_IO);
    assert_non_null(strstr(err.text, "absent can't be started: No such file or directory"));
    assert_false(path_exists(paths[0]));
}

/* Neither keys nor open files go to it. */
static void the_helper_gets_little(void **state)
{
    struct paper p = {.number = S("n")};
    const char *path = at("little.pdf");
    struct err err = {0};
    size_t done;
    str got;
    (void)state;
    setenv("HUIMIN_KEY", "secret-file", 1);
    setenv("HUIMIN_FONTS", "/somewhere", 1);
    int open_here = dup(0);
    const char *program =
        script("looks",
               str_fmt(&arena, "{ echo \"$@\"; env; ls /proc/self/fd; } >%s; echo '{\"pages\":1}'",
                       at("seen"))
                   .p);
    enum rc rc = papers_make(program, &p, &path, 1, &done, &err);
    unsetenv("HUIMIN_KEY");
    unsetenv("HUIMIN_FONTS");
    close(open_here);
    assert_int_equal(rc, RC_OK);
    assert_int_equal(file_read(at("seen"), 1 << 16, &arena, &got, NULL), RC_OK);
    assert_true(str_starts(got, S("paper\n")));
    assert_true(str_find(got, S("HUIMIN_FONTS=/somewhere")) > 0);
    assert_true(str_find(got, S("secret")) < 0);
    /* ls itself has the folder open as 3. */
    assert_true(str_ends(got, S("\n0\n1\n2\n3\n")));
}

static void *make_some(void *p)
{
    struct paper papers[3] = {{.title = S("甲")}, {.title = S("乙")}, {.title = S("丙")}};
    struct arena a = {0};
    const char *paths[3];
    size_t done = 0;
    for (int i = 0; i < 3; i++)
        paths[i] = str_fmt(&a, "%s/thread-%s-%d.side", folder, (const char *)p, i).p;
    enum rc rc = papers_make(NULL, papers, paths, 3, &done, NULL);
    arena_deinit(&a);
    return rc == RC_OK && done == 3 ? p : NULL;
}

static void several_at_once(void **state)
{
    static char names[4][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_some, names[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *ended;
        pthread_join(threads[i], &ended);
        assert_ptr_equal(ended, names[i]);
    }
    assert_int_equal(files_ending(".side"), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(all_texts_are_seen),
        cmocka_unit_test(what_is_no_paper_is_told),
        cmocka_unit_test(the_gallery_is_made),
        cmocka_unit_test(one_that_cannot_be_drawn_ends_it),
        cmocka_unit_test(a_helper_that_dies_names_the_paper),
        cmocka_unit_test(the_helper_gets_little),
        cmocka_unit_test(several_at_once),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
