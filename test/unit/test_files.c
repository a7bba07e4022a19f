/* Photos and scans: what is taken, what is refused, stored once, opened again. */
#include "unit/test_people_case.h"
#include <fcntl.h>
#include "base/file.h"
#include "work/files.h"

struct at {
    struct arena a;
    struct home home;
    struct city *c;
    const char *folder, *streamed;
};

static struct at begin(void *state)
{
    struct at t = {.home = home_make()};
    t.c = case_city(state, &t.home, &t.a);
    t.folder = str_z(&t.a, str_fmt(&t.a, "%s/files", t.home.path));
    t.streamed = str_z(&t.a, str_fmt(&t.a, "%s/streamed", t.home.path));
    return t;
}

static void done(struct at *t)
{
    city_close(t->c);
    home_drop(&t->home);
    arena_deinit(&t->a);
}

/* ---- files made up -------------------------------------------------------------------------- */

/* A JPEG with a small picture, which has an end of its own, in a segment, and coded bytes. */
static str jpeg(struct arena *a)
{
    struct sbuf b;
    sbuf_init(&b, 1 << 16);
    sbuf_add(&b, S("\xff\xd8\xff\xe1\x00\x10"
                   "Exif\0\0\xff\xd8\xff\xd9\0\0\0\0"));
    sbuf_add(&b, S("\xff\xc0\x00\x04\x08\x01\xff\xda\x00\x04\x01\x02"));
    for (int i = 0; i < 3000; i++)
        sbuf_add(&b, S("\x12\xff\x00\x34\xff\xd0\x56"));
    sbuf_add(&b, S("\xff\xd9"));
    str out = str_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

static str png(void)
{
    return S("\x89PNG\r\n\x1a\n\x00\x00\x00\x04IHDRabcd\x11\x22\x33\x44\x00\x00\x00\x06IDATIENDxy"
             "\x11\x22\x33\x44\x00\x00\x00\x00IEND\xae\x42\x60\x82");
}

static str pdf(void)
{
    return S("%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n");
}

/* ---- types ---------------------------------------------------------------------------------- */

static void check_type(str content, const char *type, bool whole)
{
    bool found_whole = !whole;
    const char *found = file_type(content, &found_whole);
    if (type == NULL) {
        assert_null(found);
    } else {
        assert_non_null(found);
        assert_string_equal(found, type);
    }
    assert_int_equal(found_whole, whole);
}

static void types_by_content(void **state)
{
    (void)state;
    struct arena a = {0};
    str photo = jpeg(&a);
    check_type(photo, "image/jpeg", true);
    check_type(png(), "image/png", true);
    check_type(pdf(), "application/pdf", true);
    check_type(S("GIF89a..."), NULL, false);
    check_type(S(""), NULL, false);
    check_type(S("\xff\xd8"), NULL, false);
    check_type(S("MZ\x90"), NULL, false);
    /* Phones put things behind the end. */
    char *more = arena_alloc(&a, photo.n + 9, 1);
    memcpy(more, photo.p, photo.n);
    memcpy(more + photo.n, "motionpic", 9);
    check_type((str){more, photo.n + 9}, "image/jpeg", true);
    arena_deinit(&a);
}

/* Every shorter one is told from the whole, wherever it was cut. */
static void cut_off_anywhere(void **state)
{
    (void)state;
    struct arena a = {0};
    str photo = jpeg(&a);
    for (size_t n = 3; n < photo.n; n++)
        check_type(str_sub(photo, 0, n), "image/jpeg", false);
    for (size_t n = 8; n < png().n - 4; n++)
        check_type(str_sub(png(), 0, n), "image/png", false);
    for (size_t n = 5; n < pdf().n - 1; n++)
        check_type(str_sub(pdf(), 0, n), "application/pdf", false);
    arena_deinit(&a);
}

/* ---- taking --------------------------------------------------------------------------------- */

struct taking {
    struct at *t;
    struct case_file *f;
    int again; /* so often it fails first, as a change that runs again */
};

static enum rc take_one(struct change *c, void *ctx, struct err *err)
{
    struct taking *x = ctx;
    return file_take(c, x->t->folder, x->t->streamed, x->f, &x->t->a, err);
}

static void stream(struct at *t, str content)
{
    struct file_out out;
    check_ok(file_out_open(&out, t->streamed, err));
    file_out_write(&out, content.p, content.n);
    check_ok(file_out_commit(&out, err));
}

static enum rc take(struct at *t, str content, struct case_file *f, struct err *err)
{
    struct taking x = {t, f, 0};
    stream(t, content);
    return change_in(t->c, CASE_COUNTY, take_one, &x, NULL, err);
}

static struct case_file sent(int64_t case_id, const char *name)
{
    return (struct case_file){.case_id = case_id, .paper = S("id_card"), .name = str_from(name)};
}

static size_t files_in(struct at *t)
{
    str *names = NULL;
    size_t n = 0, all = 0;
    if (!path_is_dir(t->folder))
        return 0;
    check_ok(dir_list(t->folder, &t->a, &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        str *below = NULL;
        size_t k = 0;
        check_ok(dir_list(str_z(&t->a, str_fmt(&t->a, "%s/%.*s", t->folder, STR_ARG(names[i]))),
                          &t->a, &below, &k, err));
        assert_int_equal(names[i].n, 2);
        for (size_t m = 0; m < k; m++)
            assert_int_equal(below[m].n, 62);
        all += k;
    }
    return all;
}

static str read_back(struct at *t, int64_t case_id, int64_t file_id)
{
    struct conn *conn = NULL;
    struct case_file f;
    int fd = -1;
    check_ok(store_reader(t->c->store, &conn, err));
    check_ok(file_open(conn, t->folder, CASE_COUNTY, case_id, file_id, &t->a, &f, &fd, err));
    store_reader_done(conn);
    char *p = arena_alloc(&t->a, (size_t)f.bytes + 1, 1);
    assert_int_equal(read(fd, p, (size_t)f.bytes + 1), f.bytes);
    close(fd);
    return (str){p, (size_t)f.bytes};
}

static void taken_and_opened_again(void **state)
{
    struct at t = begin(*state);
    struct case_file f = sent(5, "C:\\photos\\身份证.JPG"), *list = NULL;
    str photo = jpeg(&t.a);
    size_t n = 0;
    check_ok(take(&t, photo, &f, err));
    assert_int_equal(f.county_code, CASE_COUNTY);
    assert_int_equal(f.bytes, photo.n);
    assert_int_equal(f.hash.n, 64);
    assert_false(f.renamed);
    check_str(f.name, "身份证.JPG");
    check_str(f.type, "image/jpeg");
    check_str(f.who, "tester");
    assert_true(str_eq(read_back(&t, 5, f.file_id), photo));
    struct conn *conn = NULL;
    check_ok(store_reader(t.c->store, &conn, err));
    check_ok(files_of(conn, CASE_COUNTY, 5, &t.a, &list, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(list->file_id, f.file_id);
    check_str(list->paper, "id_card");
    check_str(list->name, "身份证.JPG");
    assert_int_equal(list->bytes, photo.n);
    assert_true(list->at_ms > 0);
    /* Of no other case or county. */
    int fd = -1;
    check_fails(file_open(conn, t.folder, CASE_COUNTY, 6, f.file_id, &t.a, &f, &fd, err),
                RC_NOT_FOUND, "no file");
    check_fails(file_open(conn, t.folder, CASE_OTHER, 5, list->file_id, &t.a, &f, &fd, err),
                RC_NOT_FOUND, "no file");
    store_reader_done(conn);
    done(&t);
}

static void kept_once(void **state)
{
    struct at t = begin(*state);
    struct case_file a = sent(5, "a.png"), b = sent(6, "b.png"), again = sent(5, "c.png"),
                     other = sent(5, "d.png");
    other.paper = S("income");
    check_ok(take(&t, png(), &a, err));
    check_ok(take(&t, png(), &b, err));
    check_ok(take(&t, png(), &again, err));
    check_ok(take(&t, png(), &other, err));
    assert_int_equal(files_in(&t), 1);
    /* Sent twice for the same paper: the first one's record. */
    assert_int_equal(again.file_id, a.file_id);
    check_str(again.name, "a.png");
    assert_int_not_equal(other.file_id, a.file_id);
    check_str(rows_of(t.c,
                      "SELECT case_id, count(*) FROM case_file WHERE county_code = 990102 "
                      "GROUP BY case_id ORDER BY case_id",
                      "ii", &t.a),
              "5|2\n6|1");
    b = sent(6, "b.pdf");
    check_ok(take(&t, pdf(), &b, err));
    assert_int_equal(files_in(&t), 2);
    assert_true(path_exists(t.streamed)); /* the server takes it away */
    assert_true(str_eq(read_back(&t, 6, b.file_id), pdf()));
    done(&t);
}

static void names_that_lie(void **state)
{
    static const struct {
        const char *name, *kept;
        bool renamed;
    } rows[] = {
        {"照片.jpg", "照片.pdf", true},
        {"照片.pdf", "照片.pdf", false},
        {"照片", "照片.pdf", false},
        {"../../etc/x.PNG", "x.pdf", true},
        {"", "file.pdf", false},
        {"a\r\nb\"c.pdf", "abc.pdf", false},
        {"x/", "file.pdf", false},
        {"\xe2\x80\xae"
         "gpj.pdf",
         "gpj.pdf", false},
    };
    struct at t = begin(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_file f = sent((int64_t)i + 1, rows[i].name);
        check_ok(take(&t, pdf(), &f, err));
        if (!str_eq(f.name, str_from(rows[i].kept)) || f.renamed != rows[i].renamed)
            fail_msg("%s: found %.*s", rows[i].name, STR_ARG(f.name));
        check_str(f.type, "application/pdf");
    }
    char longest[2001] = {0};
    memset(longest, 'a', 2000);
    struct case_file f = sent(50, longest);
    check_ok(take(&t, pdf(), &f, err));
    assert_int_equal(f.name.n, 184);
    done(&t);
}

static void refused_and_nothing_kept(void **state)
{
    struct at t = begin(*state);
    struct case_file f = sent(5, "a.jpg");
    str photo = jpeg(&t.a);
    check_fails(take(&t, str_sub(photo, 0, photo.n / 2), &f, err), RC_BAD_INPUT,
                "ends too early (image/jpeg)");
    check_fails(take(&t, S(""), &f, err), RC_BAD_INPUT, "found an empty file");
    check_fails(take(&t, S("<html><script>"), &f, err), RC_BAD_INPUT,
                "found another kind of file, expected a photo (JPEG, PNG) or a PDF");
    check_fails(take(&t,
                     S("\0\0\0\x20"
                       "ftypheic\0\0\0\0"),
                     &f, err),
                RC_BAD_INPUT, "found HEIC");
    char *big = mem_resize(NULL, FILE_BYTES_MOST + 1);
    memset(big, 0, FILE_BYTES_MOST + 1);
    check_fails(take(&t, (str){big, FILE_BYTES_MOST + 1}, &f, err), RC_LIMIT,
                "found a file of 20971521 bytes, expected at most 20971520");
    mem_free(big);
    unlink(t.streamed);
    struct taking x = {&t, &f, 0};
    check_fails(change_in(t.c, CASE_COUNTY, take_one, &x, NULL, err), RC_IO, "streamed");
    assert_int_equal(files_in(&t), 0);
    check_str(rows_of(t.c, "SELECT count(*) FROM case_file WHERE county_code = 990102", "i", &t.a),
              "0");
    done(&t);
}

/* As large as it may be, with its end where it belongs. */
static void the_largest(void **state)
{
    struct at t = begin(*state);
    struct case_file f = sent(5, "big.pdf");
    char *big = mem_resize(NULL, FILE_BYTES_MOST);
    memset(big, 'x', FILE_BYTES_MOST);
    memcpy(big, "%PDF-", 5);
    memcpy(big + FILE_BYTES_MOST - 20, "startxref\n9\n%%EOF\n\n\n", 20);
    str content = {big, FILE_BYTES_MOST};
    check_ok(take(&t, content, &f, err));
    assert_int_equal(f.bytes, FILE_BYTES_MOST);
    assert_true(str_eq(read_back(&t, 5, f.file_id), content));
    mem_free(big);
    done(&t);
}

static enum rc take_twice(struct change *c, void *ctx, struct err *err)
{
    struct taking *x = ctx;
    TRY(file_take(c, x->t->folder, x->t->streamed, x->f, &x->t->a, err));
    return x->again-- > 0 ? err_set(err, RC_RULE, "not now") : RC_OK;
}

/* What a change that failed left in the folder is what the next one finds. */
static void again_after_a_failure(void **state)
{
    struct at t = begin(*state);
    struct case_file f = sent(5, "a.pdf");
    struct taking x = {&t, &f, 1};
    stream(&t, pdf());
    check_fails(change_in(t.c, CASE_COUNTY, take_twice, &x, NULL, err), RC_RULE, "not now");
    check_str(rows_of(t.c, "SELECT count(*) FROM case_file WHERE county_code = 990102", "i", &t.a),
              "0");
    check_ok(change_in(t.c, CASE_COUNTY, take_twice, &x, NULL, err));
    assert_int_equal(files_in(&t), 1);
    assert_true(str_eq(read_back(&t, 5, f.file_id), pdf()));
    done(&t);
}

static void content_that_is_gone(void **state)
{
    struct at t = begin(*state);
    struct case_file f = sent(5, "a.pdf"), g;
    struct conn *conn = NULL;
    int fd = -1;
    check_ok(take(&t, pdf(), &f, err));
    const char *path =
        str_z(&t.a, str_fmt(&t.a, "%s/%.2s/%.62s", t.folder, f.hash.p, f.hash.p + 2));
    unlink(t.streamed); /* the other name of the same content */
    assert_int_equal(truncate(path, 5), 0);
    check_ok(store_reader(t.c->store, &conn, err));
    check_fails(file_open(conn, t.folder, CASE_COUNTY, 5, f.file_id, &t.a, &g, &fd, err), RC_IO,
                "is not 47 bytes long");
    /* Sent again it is there again, whether it was damaged or gone. */
    check_ok(take(&t, pdf(), &f, err));
    assert_true(str_eq(read_back(&t, 5, f.file_id), pdf()));
    unlink(path);
    check_fails(file_open(conn, t.folder, CASE_COUNTY, 5, f.file_id, &t.a, &g, &fd, err), RC_IO,
                "No such file");
    store_reader_done(conn);
    check_ok(take(&t, pdf(), &f, err));
    assert_true(str_eq(read_back(&t, 5, f.file_id), pdf()));
    done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_by_content),
        cmocka_unit_test(cut_off_anywhere),
        BOTH(taken_and_opened_again),
        BOTH(kept_once),
        ON_SQLITE(names_that_lie),
        ON_SQLITE(refused_and_nothing_kept),
        ON_SQLITE(the_largest),
        BOTH(again_after_a_failure),
        ON_SQLITE(content_that_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
