/*
 * The values of a running read's row. The only place where both databases meet below store.c, so that
 * a value costs one call and one branch.
 */
#include "store/engine.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

bool query_next(struct query *q)
{
    return q->conn->engine->next(q);
}

static uint64_t big_endian(const char *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static int64_t cell_int(const struct query *q, size_t col)
{
    const struct cell *c = &q->cells[col];

    if (c->n < 0)
        return 0;
    switch (q->types[col]) {
    case CELL_INT8:
        return (int64_t)big_endian(c->p, 8);
    case CELL_INT4:
        return (int32_t)(uint32_t)big_endian(c->p, 4);
    case CELL_INT2:
        return (int16_t)(uint16_t)big_endian(c->p, 2);
    default:
        /* A whole number is asked of a column that has none. */
        assert(0);
        return 0;
    }
}

int64_t query_int(const struct query *q, size_t col)
{
    assert(q->at_row && col < q->columns);
    if (q->stmt)
        return sqlite3_column_int64(q->stmt, (int)col);
    return cell_int(q, col);
}

static str bytes(const struct query *q, size_t col)
{
    const char *p;

    assert(q->at_row && col < q->columns);
    if (q->stmt) {
        /* The bytes of text too: asking for text would want a NUL put behind it. */
        p = sqlite3_column_blob(q->stmt, (int)col);
        return (str){p ? p : "", (size_t)sqlite3_column_bytes(q->stmt, (int)col)};
    }
    if (q->cells[col].n < 0)
        return S("");
    return (str){q->cells[col].p, (size_t)q->cells[col].n};
}

str query_text(const struct query *q, size_t col)
{
    return bytes(q, col);
}

str query_blob(const struct query *q, size_t col)
{
    return bytes(q, col);
}

bool query_null(const struct query *q, size_t col)
{
    assert(q->at_row && col < q->columns);
    if (q->stmt)
        return sqlite3_column_type(q->stmt, (int)col) == SQLITE_NULL;
    return q->cells[col].n < 0;
}
