#include "test.h"
#include <fcntl.h>
#include <sys/stat.h>
#include "base/file.h"

/* Each test works in a folder of its own, which is removed with what is in it. */
static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    memcpy(folder, "/tmp/huimin-test-XXXXXX", 24);
    return mkdtemp(folder) ? 0 : -1;
}

static const char *in(struct arena *a, const char *name)
{
    return str_fmt(a, "%s/%s", folder, name).p;
}

static int remove_folder(void **state)
{
    struct arena a = {0};
    str *names = NULL;
    size_t n = 0;

    (void)state;
    if (dir_list(folder, &a, &names, &n, NULL))
        return -1;
    for (size_t i = 0; i < n; i++)
        remove(in(&a, names[i].p));
    arena_deinit(&a);
    return rmdir(folder);
}

static size_t names_in_folder(void)
{
    struct arena a = {0};
    str *names = NULL;
    size_t n = 0;

    assert_int_equal(dir_list(folder, &a, &names, &n, NULL), RC_OK);
    arena_deinit(&a);
    return n;
}

static void write_file(const char *path, str text)
{
    struct file_out f;

    assert_int_equal(file_out_open(&f, path, NULL), RC_OK);
    file_out_str(&f, text);
    assert_int_equal(file_out_commit(&f, NULL), RC_OK);
}

static void written_and_read(void **state)
{
    struct arena a = {0};
    const char *path = in(&a, "x.csv");
    struct file_out f;
    struct err err;
    str text;

    (void)state;
    assert_int_equal(file_out_open(&f, path, &err), RC_OK);
    assert_false(path_exists(path));
    for (int i = 0; i < 100000; i++) {
        memcpy(file_out_room(&f, 8), "row", 3);
        file_out_used(&f, 3);
        file_out_str(&f, S("\n"));
    }
    for (int i = 0; i < 3; i++) {
        char *big = arena_alloc(&a, 1000000, 1);
        memset(big, 'b', 1000000);
        file_out_write(&f, big, 1000000);
    }
    assert_int_equal(file_out_commit(&f, &err), RC_OK);
    file_out_abort(&f);
    assert_int_equal(names_in_folder(), 1);
    assert_int_equal(file_read(path, 1 << 30, &a, &text, &err), RC_OK);
    assert_int_equal(text.n, 3400000);
    check_str(str_sub(text, 399996, 400001), "row\nb");
    assert_int_equal(text.p[text.n], 0);
    arena_deinit(&a);
}

static void reading_refuses(void **state)
{
    struct arena a = {0};
    const char *path = in(&a, "x");
    struct err err;
    str text;

    (void)state;
    assert_int_equal(file_read(path, 10, &a, &text, &err), RC_NOT_FOUND);
    assert_non_null(strstr(err.text, "/x: No such file"));
    assert_int_equal(file_read(folder, 10, &a, &text, &err), RC_IO);
    write_file(path, S("0123456789"));
    assert_int_equal(file_read(path, 10, &a, &text, &err), RC_OK);
    check_str(text, "0123456789");
    assert_int_equal(file_read(path, 9, &a, &text, &err), RC_LIMIT);
    /* A stream has no size to look at first. */
    assert_int_equal(file_read("/dev/zero", 100000, &a, &text, &err), RC_LIMIT);
    assert_int_equal(file_read("/dev/null", 0, &a, &text, &err), RC_OK);
    assert_int_equal(text.n, 0);
    assert_int_equal(file_read(in(&a, "x/y"), 9, &a, &text, &err), RC_NOT_FOUND);
    arena_deinit(&a);
}

static void folders(void **state)
{
    struct arena a = {0};
    struct err err;
    str *names;
    size_t n;

    (void)state;
    assert_int_equal(dir_list(folder, &a, &names, &n, &err), RC_OK);
    assert_int_equal(n, 0);
    write_file(in(&a, "b"), S(""));
    write_file(in(&a, "低保"), S(""));
    write_file(in(&a, "a10"), S(""));
    write_file(in(&a, ".z"), S(""));
    assert_int_equal(dir_list(folder, &a, &names, &n, &err), RC_OK);
    assert_int_equal(n, 4);
    check_str(names[0], ".z");
    check_str(names[1], "a10");
    check_str(names[2], "b");
    check_str(names[3], "低保");
    assert_int_equal(dir_list(in(&a, "none"), &a, &names, &n, &err), RC_NOT_FOUND);
    assert_true(path_is_dir(folder) && path_exists(folder) && path_exists(in(&a, "b")));
    assert_false(path_is_dir(in(&a, "b")) || path_exists(in(&a, "c")));
    arena_deinit(&a);
}

static void aborting_leaves_the_old(void **state)
{
    struct arena a = {0};
    const char *path = in(&a, "x");
    struct file_out f;
    str text;

    (void)state;
    write_file(path, S("old"));
    assert_int_equal(file_out_open(&f, path, NULL), RC_OK);
    file_out_str(&f, S("new"));
    file_out_abort(&f);
    assert_int_equal(names_in_folder(), 1);
    assert_int_equal(file_read(path, 10, &a, &text, NULL), RC_OK);
    check_str(text, "old");
    arena_deinit(&a);
}

/* The largest file that may be written stands in for the disk. */
static void a_full_disk_is_told(void **state)
{
    struct rlimit small = {100000, RLIM_INFINITY}, normal;
    struct arena a = {0};
    const char *path = in(&a, "x");
    struct file_out f;
    struct err err = {0};
    str text;

    (void)state;
    write_file(path, S("old"));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &normal);
    small.rlim_max = normal.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    assert_int_equal(file_out_open(&f, path, &err), RC_OK);
    for (int i = 0; i < 200000; i++)
        file_out_str(&f, S("a row\n"));
    assert_int_equal(file_out_commit(&f, &err), RC_IO);
    setrlimit(RLIMIT_FSIZE, &normal);
    assert_true(str_starts(str_from(err.text), str_from(path)));
    assert_true(str_ends(str_from(err.text), S(": File too large")));
    assert_int_equal(names_in_folder(), 1);
    assert_int_equal(file_read(path, 10, &a, &text, NULL), RC_OK);
    check_str(text, "old");
    arena_deinit(&a);
}

static void a_full_device_is_told(void **state)
{
    struct file_out f;
    struct err err = {0};

    (void)state;
    assert_int_equal(file_out_open(&f, "/dev/full", &err), RC_OK);
    file_out_str(&f, S("x"));
    assert_int_equal(file_out_commit(&f, &err), RC_IO);
    assert_string_equal(err.text, "/dev/full: No space left on device");
}

static void devices_stay_devices(void **state)
{
    struct stat st;

    (void)state;
    write_file("/dev/null", S("gone"));
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void links_and_permissions_stay(void **state)
{
    struct arena a = {0};
    const char *path = in(&a, "x"), *link = in(&a, "link");
    struct stat st;
    str text;

    (void)state;
    write_file(path, S("old"));
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(symlink("x", link), 0);
    write_file(link, S("new"));
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(file_read(path, 10, &a, &text, NULL), RC_OK);
    check_str(text, "new");
    arena_deinit(&a);
}

static void opening_refuses(void **state)
{
    struct arena a = {0};
    struct file_out f;
    struct err err;

    (void)state;
    assert_int_equal(file_out_open(&f, in(&a, "none/x"), &err), RC_NOT_FOUND);
    file_out_abort(&f);
    assert_int_equal(file_out_open(&f, folder, &err), RC_IO);
    assert_non_null(strstr(err.text, "Is a directory"));
    arena_deinit(&a);
}

static void two_at_once_do_not_meet(void **state)
{
    struct arena a = {0};
    const char *path = in(&a, "x");
    struct file_out f, g;
    str text;

    (void)state;
    assert_int_equal(file_out_open(&f, path, NULL), RC_OK);
    assert_int_equal(file_out_open(&g, path, NULL), RC_OK);
    file_out_str(&f, S("first"));
    file_out_str(&g, S("second"));
    assert_int_equal(file_out_commit(&g, NULL), RC_OK);
    assert_int_equal(file_out_commit(&f, NULL), RC_OK);
    assert_int_equal(file_read(path, 10, &a, &text, NULL), RC_OK);
    check_str(text, "first");
    assert_int_equal(names_in_folder(), 1);
    arena_deinit(&a);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(written_and_read),
        IN_FOLDER(reading_refuses),
        IN_FOLDER(folders),
        IN_FOLDER(aborting_leaves_the_old),
        IN_FOLDER(a_full_disk_is_told),
        IN_FOLDER(links_and_permissions_stay),
        IN_FOLDER(opening_refuses),
        IN_FOLDER(two_at_once_do_not_meet),
        cmocka_unit_test(a_full_device_is_told),
        cmocka_unit_test(devices_stay_devices),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
