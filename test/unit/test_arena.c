#include "test.h"

static void zeroed_and_aligned(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 0);
    for (size_t align = 1; align <= 64; align *= 2) {
        for (size_t size = 0; size < 300; size += 7) {
            unsigned char *p = arena_alloc(&a, size, align);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % align, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(p[i], 0);
            if (size)
                memset(p, 0xAA, size);
        }
    }
    /* What was used before comes back as zeros. */
    arena_reset(&a);
    for (int i = 0; i < 1000; i++) {
        uint64_t *p = NEW(&a, uint64_t);
        assert_int_equal(*p, 0);
        *p = UINT64_MAX;
    }
    arena_deinit(&a);
}

static void large_objects_keep_small_ones(void **state)
{
    struct arena a = {0};
    char *small[200], *large[200];

    (void)state;
    for (int i = 0; i < 200; i++) {
        small[i] = arena_alloc(&a, 24, 8);
        memset(small[i], i, 24);
        large[i] = arena_alloc_raw(&a, 50000, 64);
        memset(large[i], i + 1, 50000);
    }
    for (int i = 0; i < 200; i++) {
        assert_int_equal((unsigned char)small[i][23], i);
        assert_int_equal((unsigned char)large[i][0], i + 1);
        assert_int_equal((unsigned char)large[i][49999], i + 1);
    }
    arena_deinit(&a);
}

static void soft_maximum_is_sticky(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 100);
    arena_alloc(&a, 100, 1);
    assert_int_equal(a.used, 100);
    assert_false(a.over);
    arena_alloc(&a, 1, 1);
    assert_true(a.over);
    arena_alloc(&a, 0, 1);
    assert_true(a.over);
    arena_reset(&a);
    assert_false(a.over);
    assert_int_equal(a.used, 0);
    assert_int_equal(a.soft_max, 100);
    arena_deinit(&a);
}

struct note {
    char text[8];
    size_t n;
};
struct noter {
    struct note *note;
    char c;
};

static void add_note(void *p)
{
    struct noter *n = p;

    n->note->text[n->note->n++] = n->c;
}

static void undo_runs_newest_first_and_once(void **state)
{
    struct note note = {0};
    struct arena a = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        /* In the arena: it must still be there when the function runs. */
        struct noter *n = NEW(&a, struct noter);
        n->note = &note;
        n->c = (char)('a' + i);
        arena_on_reset(&a, add_note, n);
    }
    arena_reset(&a);
    assert_string_equal(note.text, "cba");
    arena_reset(&a);
    arena_deinit(&a);
    assert_string_equal(note.text, "cba");
}

static void vectors_grow(void **state)
{
    struct pair {
        int a;
        long b;
    };
    VEC(struct pair) v = {0};
    struct arena a = {0};

    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct pair *p = VEC_PUSH(&a, &v);
        assert_int_equal(p->b, 0);
        p->a = i;
        p->b = -i;
    }
    assert_int_equal(v.n, 5000);
    for (int i = 0; i < 5000; i++)
        assert_true(v.at[i].a == i && v.at[i].b == -i);
    arena_deinit(&a);
}

static void ask_too_much(void *p)
{
    arena_alloc_raw(p, SIZE_MAX / 2, 8);
}

static void ask_wrapping_product(void *p)
{
    NEW_N(p, uint64_t, SIZE_MAX / 4);
}

static void ask_odd_alignment(void *p)
{
    arena_alloc(p, 8, 3);
}

static void want_of_memory_ends_with_70(void **state)
{
    struct arena a = {0};
    int status;

    (void)state;
    status = status_of(ask_wrapping_product, &a);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
#ifndef __SANITIZE_ADDRESS__
    /* The sanitizer's own allocator ends the process in another way. */
    status = status_of(ask_too_much, &a);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 70);
#else
    (void)ask_too_much;
#endif
    check_aborts(ask_odd_alignment, &a);
    arena_deinit(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_and_aligned),     cmocka_unit_test(large_objects_keep_small_ones),
        cmocka_unit_test(soft_maximum_is_sticky), cmocka_unit_test(undo_runs_newest_first_and_once),
        cmocka_unit_test(vectors_grow),           cmocka_unit_test(want_of_memory_ends_with_70),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
