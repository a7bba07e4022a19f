/*
 * A line of JSON as a paper: it is refused with a message, or it is read, written and read again as the same
 * paper.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "paper/paper.h"

static str written(const struct paper *p, struct arena *a)
{
    struct sbuf b;
    struct json j;
    sbuf_init(&b, (size_t)8 * PAPER_MAX_TEXT);
    json_init(&j, &b);
    paper_write(p, &j);
    assert(!b.failed);
    str out = str_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

static void count(void *with, str text)
{
    *(size_t *)with += text.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct paper p, again;
    struct err err = {0};
    json_t *j = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    enum rc rc = j != NULL ? paper_read(j, &a, &p, &err) : RC_BAD_INPUT;
    bool told = j == NULL || rc == RC_OK || err.text[0] != '\0';
    assert(told);
    json_decref(j);
    if (rc == RC_OK) {
        size_t bytes = 0, bytes_again = 0;
        str first = written(&p, &a);
        j = json_loadb(first.p, first.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        assert(j != NULL);
        rc = paper_read(j, &a, &again, &err);
        assert(rc == RC_OK);
        json_decref(j);
        assert(str_eq(written(&again, &a), first));
        paper_texts(&p, count, &bytes);
        paper_texts(&again, count, &bytes_again);
        assert(bytes == bytes_again && bytes <= PAPER_MAX_TEXT);
    }
    arena_deinit(&a);
    return 0;
}
