/*
 * Any bytes as a photo or a scan: its type hangs on its first bytes alone, a whole one stays whole
 * when something is added behind its end, and no first part of one without its last mark is whole.
 */
#include <assert.h>
#include <string.h>
#include "base/arena.h"
#include "fuzz/fuzz.h"
#include "work/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str s = {(const char *)data, size};
    bool whole = false, longer = false, head = false;
    const char *type = file_type(s, &whole);
    assert(type != NULL || !whole);
    const char *same = file_type(str_sub(s, 0, 16), &head);
    assert(same == type);
    assert(!head || size <= 16 || whole);
    char *more = mem_resize(NULL, size + 3);
    if (size > 0)
        memcpy(more, data, size);
    memcpy(more + size, "\r\n\0", 3);
    const char *then = file_type((str){more, size + 3}, &longer);
    mem_free(more);
    if (type != NULL && strcmp(type, "application/pdf") != 0)
        assert(then == type && (!whole || longer));
    return 0;
}
