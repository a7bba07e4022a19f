/* A folder of the test's own and its arena, both gone at the end of a group. */
#ifndef HUIMIN_TEST_FOLDER_H
#define HUIMIN_TEST_FOLDER_H

#include "test.h"

#include "base/file.h"

static char folder[64];
static struct arena arena;

static int make_folder(void **state)
{
    (void)state;
    memcpy(folder, "/tmp/huimin-test-XXXXXX", 24);
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    str *names = NULL;
    size_t n = 0;
    (void)state;
    if (dir_list(folder, &arena, &names, &n, NULL))
        return -1;
    for (size_t i = 0; i < n; i++)
        remove(str_fmt(&arena, "%s/%s", folder, names[i].p).p);
    arena_deinit(&arena);
    return rmdir(folder);
}

static const char *at(const char *name)
{
    return str_fmt(&arena, "%s/%s", folder, name).p;
}

#endif
