/*
 * Any bytes as a CSV file, read in two ways that must agree: in one piece with the vector unit, and
 * in small pieces without. The first byte of the input is the size of the pieces.
 */
#include <assert.h>
#include <string.h>
#include "base/limits.h"
#include "fuzz/fuzz.h"
#include "sheet/csv.h"

enum { ROOM = 64, COLUMNS = 8 };

static const struct csv_code codes[] = {{S("none"), 0}, {S("severe"), 1}, {S("重度"), 1}};

static const struct csv_column described[COLUMNS] = {
    {.names = CSV_NAMES(S("id"), S("编号")), .type = CSV_TEXT, .required = true},
    {.names = CSV_NAMES(S("fen")), .type = CSV_FEN, .may_lack = true},
    {.names = CSV_NAMES(S("yuan")), .type = CSV_YUAN, .may_lack = true},
    {.names = CSV_NAMES(S("n")), .type = CSV_COUNT, .may_lack = true, .min = 1, .max = 9},
    {.names = CSV_NAMES(S("date")), .type = CSV_DATE, .may_lack = true},
    {.names = CSV_NAMES(S("month")), .type = CSV_MONTH, .may_lack = true},
    {.names = CSV_NAMES(S("flag")), .type = CSV_FLAG, .may_lack = true},
    {.names = CSV_NAMES(S("code")),
     .type = CSV_CODE,
     .may_lack = true,
     .codes = codes,
     .code_count = sizeof codes / sizeof *codes},
};

struct outcome {
    uint64_t hash; /* of all values and of which are unknown */
    size_t rows, mistakes;
    enum rc rc;
    bool more;
    char first[1024];
};

static void mix(struct outcome *o, const void *p, size_t n)
{
    o->hash = (o->hash ^ str_hash((str){p, n})) * 0x9e3779b97f4a7c15u;
}

static size_t width(enum csv_type t)
{
    return t == CSV_FEN || t == CSV_YUAN ? 8 : t == CSV_FLAG || t == CSV_CODE ? 1 : 4;
}

static void take_rows(struct outcome *o, const struct csv_column *columns, size_t got)
{
    for (size_t i = 0; i < got; i++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            const struct csv_column *col = &columns[c];
            mix(o, &col->nulls[i], 1);
            if (col->type == CSV_TEXT) {
                assert(utf8_valid(col->out.text[i], NULL));
                assert(col->out.text[i].n <= LIMIT_CSV_FIELD);
                mix(o, col->out.text[i].p, col->out.text[i].n);
            } else {
                mix(o, col->out.u8 + i * width(col->type), width(col->type));
            }
        }
    }
    o->rows += got;
}

static struct outcome read_bytes(str bytes, size_t chunk, bool portable)
{
    static int64_t out[COLUMNS][ROOM];
    static str texts[ROOM];
    static uint8_t nulls[COLUMNS][ROOM];
    struct outcome o = {0};
    struct arena a = {0};
    struct err err = {0};
    struct csv_reader *r;
    struct csv_column columns[COLUMNS];
    memcpy(columns, described, sizeof columns);
    for (size_t c = 0; c < COLUMNS; c++) {
        columns[c].out.i64 = out[c];
        columns[c].nulls = nulls[c];
    }
    columns[0].out.text = texts;
    struct csv_options options = {.bytes = bytes, .chunk = chunk, .portable = portable};
    o.rc = csv_open(&a, &options, &r, &err);
    assert(o.rc == RC_OK);
    o.rc = csv_header(r, columns, COLUMNS, &err);
    for (size_t got = 1, turn = 0; o.rc == RC_OK && got > 0; turn++) {
        o.rc = csv_read(r, 0, ROOM, &got, &err);
        size_t back = portable && got > 1 ? turn % got : 0;
        take_rows(&o, columns, got - back);
        csv_give_back(r, back);
    }
    const struct csv_mistakes *m = csv_mistakes(r);
    o.mistakes = m->list.n;
    o.more = m->more;
    assert((o.rc == RC_OK) == (o.mistakes == 0));
    for (size_t i = 0; i < m->list.n; i++) {
        str text = csv_mistake_text(r, &m->list.at[i], &a);
        assert(utf8_valid(text, NULL));
        assert(m->list.at[i].line >= m->list.at[i].row);
        mix(&o, text.p, text.n);
    }
    memcpy(o.first, err.text, sizeof o.first);
    csv_close(r);
    arena_deinit(&a);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    str bytes = {(const char *)data + 1, size - 1};
    struct outcome whole = read_bytes(bytes, 0, false);
    struct outcome pieces = read_bytes(bytes, data[0] + (size_t)1, true);
    assert(whole.rc == pieces.rc && whole.more == pieces.more);
    /* where the mistakes are too many, which rows were still read depends on the blocks */
    if (!whole.more)
        assert(whole.rows == pieces.rows && whole.mistakes == pieces.mistakes &&
               whole.hash == pieces.hash && strcmp(whole.first, pieces.first) == 0);
    return 0;
}
