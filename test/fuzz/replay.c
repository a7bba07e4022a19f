/*
 * Runs every file of a folder through the fuzz target that it is linked with: what fuzzing once
 * found stays found, without libFuzzer. A folder without files is a failure.
 */
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/file.h"
#include "fuzz/fuzz.h"

enum { INPUT_MAX = 16 << 20 };

static int replay(const char *folder, str name, struct err *err)
{
    struct arena a = {0};
    const char *path = str_fmt(&a, "%s/%.*s", folder, STR_ARG(name)).p;
    uint8_t *data;
    str text;

    if (file_read(path, INPUT_MAX, &a, &text, err))
        return 1;
    fprintf(stderr, "%s\n", path);
    /* A block of exactly this size lets the sanitizer see a read behind the end. */
    data = mem_resize(NULL, text.n);
    memcpy(data, text.p, text.n);
    LLVMFuzzerTestOneInput(data, text.n);
    mem_free(data);
    arena_deinit(&a);
    return 0;
}

int main(int argc, char **argv)
{
    struct arena a = {0};
    struct err err = {0};
    str *names = NULL;
    size_t n = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: replay FOLDER\n");
        return 2;
    }
    if (dir_list(argv[1], &a, &names, &n, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        if (replay(argv[1], names[i], &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
    }
    printf("%zu inputs replayed from %s\n", n, argv[1]);
    arena_deinit(&a);
    return n ? 0 : 1;
}
