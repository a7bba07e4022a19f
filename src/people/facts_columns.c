/* Filling the columns of a block. What is done for each value of a million rows is done here. */
#include <string.h>

#include "people/facts_columns.h"

enum { PAD = 64 }; /* kernels may read up to a group behind the end */

void fact_columns_init(struct fact_columns *c, const struct reg *reg, bool then, struct arena *a)
{
    *c = (struct fact_columns){.n = reg->n_slots};
    c->slots = NEW_N(a, struct fact_column, reg->n_slots + 1);
    c->columns = NEW_N(a, struct column, reg->n_slots + 1);
    for (size_t i = 0; i < reg->n_slots; i++) {
        const struct field *f = reg->slots[i];
        struct fact_column *slot = &c->slots[i];
        slot->width = column_width(f->type);
        if (slot->width == 0 || f->carried_by != NULL)
            continue;
        slot->field = f;
        slot->kind = (int)f->type.kind;
        slot->then = then;
        if (f->type.kind == K_CODE && core_field(f) != CORE_NONE)
            slot->kind = K_NUMBERED_CODE;
    }
}

void fact_columns_deinit(struct fact_columns *c)
{
    for (size_t i = 0; i < c->n; i++) {
        mem_free(c->slots[i].at);
        mem_free(c->slots[i].unknown);
    }
}

void fact_columns_clear(struct fact_columns *c, size_t rows)
{
    bool grow = rows + PAD > c->room;
    if (grow)
        c->room = rows + rows / 2 + PAD;
    for (size_t i = 0; i < c->n; i++) {
        struct fact_column *f = &c->slots[i];
        if (f->field == NULL)
            continue;
        if (grow) {
            f->at = mem_resize(f->at, c->room * f->width);
            f->unknown = mem_resize(f->unknown, c->room);
        }
        memset(f->at, 0, (rows + PAD) * f->width);
        memset(f->unknown, 1, rows + PAD);
        f->known = 0;
    }
}

void fact_columns_room(struct fact_columns *c, size_t rows)
{
    size_t had = c->room, room = rows + rows / 2 + PAD;

    if (rows + PAD <= had)
        return;
    for (size_t i = 0; i < c->n; i++) {
        struct fact_column *f = &c->slots[i];
        if (f->field == NULL)
            continue;
        f->at = mem_resize(f->at, room * f->width);
        f->unknown = mem_resize(f->unknown, room);
        memset((uint8_t *)f->at + had * f->width, 0, (room - had) * f->width);
        memset(f->unknown + had, 1, room - had);
    }
    c->room = room;
}

void fact_columns_keep(struct fact_columns *c, const uint8_t *keep, size_t rows)
{
    for (size_t i = 0; i < c->n; i++) {
        struct fact_column *f = &c->slots[i];
        if (f->known == 0)
            continue;
        uint8_t *at = f->at;
        size_t to = 0;
        for (size_t row = 0; row < rows; row++) {
            if (!keep[row])
                continue;
            memmove(at + to * f->width, at + row * f->width, f->width);
            f->unknown[to++] = f->unknown[row];
        }
        memset(at + to * f->width, 0, (rows - to) * f->width);
        memset(f->unknown + to, 1, rows - to);
    }
}

#define BOUNDS(type)                                                                               \
    do {                                                                                           \
        const type *v = f->at;                                                                     \
        type lo = v[0];                                                                            \
        type hi = v[0];                                                                            \
        for (size_t i = 1; i < rows; i++) {                                                        \
            lo = v[i] < lo ? v[i] : lo;                                                            \
            hi = v[i] > hi ? v[i] : hi;                                                            \
        }                                                                                          \
        out->min = lo;                                                                             \
        out->max = hi;                                                                             \
    } while (0)

/* Unknown rows hold 0, which only makes the bounds a little wider. */
static void find_bounds(const struct fact_column *f, size_t rows, struct column *out)
{
    if (f->width == 1)
        BOUNDS(uint8_t);
    else if (f->width == 4)
        BOUNDS(int32_t);
    else
        BOUNDS(int64_t);
}

void fact_columns_finish(struct fact_columns *c, size_t rows)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct fact_column *f = &c->slots[i];
        c->columns[i] = (struct column){0};
        if (f->field == NULL || f->known == 0)
            continue;
        c->columns[i].at = f->at;
        c->columns[i].unknown = f->known == rows ? NULL : f->unknown;
        find_bounds(f, rows, &c->columns[i]);
    }
}

/* Most rows have the value of the row before; else the list is short. */
static bool take_code(struct fact_column *c, const struct code *code, str name, uint8_t *out)
{
    if (!str_eq(code_name(code, c->last), name)) {
        size_t i = 0;
        while (i < code->n_values && !str_eq(code_name(code, i), name))
            i++;
        if (i == code->n_values)
            return false;
        c->last = (uint8_t)i;
    }
    *out = c->last;
    return true;
}

static bool take_number(const struct code *code, int64_t number, uint8_t *out)
{
    for (size_t i = 0; i < code->n_values; i++)
        if (code->values[i].has_number && code->values[i].number == number) {
            *out = (uint8_t)i;
            return true;
        }
    return false;
}

/* Taken back: rules of then don't know the value. */
static bool unknown_then(struct fact_column *c, size_t row)
{
    if (!c->then)
        return false;
    c->unknown[row] = 1;
    c->known--;
    return true;
}

/* Null gives 0 or an empty text: only then it is worth asking which of them it is. */
static bool take_int(struct fact_column *c, size_t row, const struct query *q, size_t col)
{
    int64_t v = query_int(q, col);
    if (v == 0 && query_null(q, col))
        return true;
    c->known += c->unknown[row];
    c->unknown[row] = 0;
    switch (c->kind) {
    case K_BOOL:
        ((uint8_t *)c->at)[row] = (uint8_t)v;
        return v == 0 || v == 1;
    case K_NUMBERED_CODE:
        return take_number(c->field->type.code, v, (uint8_t *)c->at + row) || unknown_then(c, row);
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        ((int32_t *)c->at)[row] = (int32_t)v;
        return v >= INT32_MIN && v <= INT32_MAX;
    default:
        ((int64_t *)c->at)[row] = v;
        return true;
    }
}

static bool take_text(struct fact_column *c, size_t row, const struct query *q, size_t col)
{
    str v = query_text(q, col);
    if (v.n == 0 && query_null(q, col))
        return true;
    c->known += c->unknown[row];
    c->unknown[row] = 0;
    switch (c->kind) {
    case K_CODE:
        return take_code(c, c->field->type.code, v, (uint8_t *)c->at + row) || unknown_then(c, row);
    case K_DATE:
        return date_parse(v, (int32_t *)c->at + row);
    default:
        return month_parse(v, (int32_t *)c->at + row);
    }
}

bool fact_column_take(struct fact_column *c, size_t row, const struct query *q, size_t col)
{
    bool is_text = c->kind == K_CODE || c->kind == K_DATE || c->kind == K_MONTH;
    return is_text ? take_text(c, row, q, col) : take_int(c, row, q, col);
}
