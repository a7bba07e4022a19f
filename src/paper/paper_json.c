/* A paper as JSON, and back: what goes to the helper process, and what a store keeps of it. */
#include "paper/paper.h"

#include "paper/inside.h"

static const char *const look_words[PAPER_LOOK__COUNT] = {"letter", "posting", "cover"};
static const char *const kind_words[PAPER_BLOCK__COUNT] = {
    "text", "heading", "pairs", "table", "lines", "sign", "seal", "box", "note", "break"};

/* ---- out ------------------------------------------------------------------------------------ */

static void put(struct json *j, const char *key, str value)
{
    if (value.n == 0)
        return;
    json_key(j, key);
    json_str(j, value);
}

static void put_table(struct json *j, const struct paper_block *b)
{
    json_key(j, "head");
    json_arr(j);
    for (size_t i = 0; i < b->n_columns; i++)
        json_str(j, b->head[i]);
    json_arr_end(j);
    json_key(j, "widths");
    json_arr(j);
    for (size_t i = 0; i < b->n_columns; i++)
        json_int(j, b->widths[i]);
    json_arr_end(j);
    json_key(j, "rows");
    json_arr(j);
    for (size_t r = 0; r < b->n_rows; r++) {
        json_arr(j);
        for (size_t c = 0; c < b->n_columns; c++) {
            const struct paper_cell *cell = &b->cells[r * b->n_columns + c];
            if (!cell->right) {
                json_str(j, cell->text);
                continue;
            }
            json_obj(j); /* a number */
            json_key(j, "right");
            json_str(j, cell->text);
            json_obj_end(j);
        }
        json_arr_end(j);
    }
    json_arr_end(j);
}

static void put_pairs(struct json *j, const struct paper_block *b)
{
    json_key(j, "pairs");
    json_arr(j);
    for (size_t i = 0; i < b->n_pairs; i++) {
        json_obj(j);
        put(j, "label", b->pairs[i].label);
        put(j, "value", b->pairs[i].value);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void put_lines(struct json *j, const struct paper_block *b)
{
    json_key(j, "lines");
    json_arr(j);
    for (size_t i = 0; i < b->n_lines; i++) {
        const struct paper_line *l = &b->lines[i];
        json_obj(j);
        put(j, "text", l->text);
        put(j, "amount", l->amount);
        put(j, "source", l->source);
        if (l->depth != 0) {
            json_key(j, "depth");
            json_int(j, l->depth);
        }
        if (l->strong) {
            json_key(j, "strong");
            json_bool(j, true);
        }
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void put_block(struct json *j, const struct paper_block *b)
{
    json_obj(j);
    put(j, "kind", str_from(kind_words[b->kind]));
    put(j, "text", b->text);
    put(j, "more", b->more);
    if (b->rows != 0) {
        json_key(j, "rows_at_least");
        json_int(j, b->rows);
    }
    if (b->n_pairs > 0)
        put_pairs(j, b);
    if (b->kind == PAPER_TABLE)
        put_table(j, b);
    if (b->n_lines > 0)
        put_lines(j, b);
    json_obj_end(j);
}

void paper_write_members(const struct paper *p, struct json *j)
{
    put(j, "look", str_from(look_words[p->look]));
    put(j, "number", p->number);
    put(j, "office", p->office);
    put(j, "title", p->title);
    put(j, "subtitle", p->subtitle);
    put(j, "qr", p->qr);
    put(j, "qr_text", p->qr_text);
    put(j, "foot", p->foot);
    put(j, "mark", p->mark);
    json_key(j, "blocks");
    json_arr(j);
    for (size_t i = 0; i < p->n_blocks; i++)
        put_block(j, &p->blocks[i]);
    json_arr_end(j);
}

void paper_write(const struct paper *p, struct json *j)
{
    json_obj(j);
    paper_write_members(p, j);
    json_obj_end(j);
}

/* ---- in ------------------------------------------------------------------------------------- */

struct reading {
    struct arena *a;
    size_t bytes; /* of texts so far */
    struct err *err;
};

MUST_CHECK static enum rc copy(struct reading *r, const json_t *v, const char *key, str *out)
{
    if (v == NULL)
        return RC_OK;
    if (!json_is_string(v))
        return err_set(r->err, RC_BAD_INPUT, "“%s” is not a text", key);
    str s = {json_string_value(v), json_string_length(v)};
    r->bytes += s.n;
    if (r->bytes > PAPER_MAX_TEXT)
        return err_set(r->err, RC_LIMIT, "more than %d bytes of text in one paper", PAPER_MAX_TEXT);
    *out = str_dup(r->a, s);
    return RC_OK;
}

MUST_CHECK static enum rc get(struct reading *r, const json_t *o, const char *key, str *out)
{
    return copy(r, json_object_get(o, key), key, out);
}

MUST_CHECK static enum rc get_int(struct reading *r, const json_t *o, const char *key, int most,
                                  int *out)
{
    const json_t *v = json_object_get(o, key);
    if (v == NULL)
        return RC_OK;
    if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > most)
        return err_set(r->err, RC_BAD_INPUT, "“%s”: expected a whole number from 0 to %d", key,
                       most);
    *out = (int)json_integer_value(v);
    return RC_OK;
}

/* An array member; none counts as empty. */
MUST_CHECK static enum rc get_array(struct reading *r, const json_t *o, const char *key, size_t max,
                                    const json_t **out, size_t *n)
{
    *out = json_object_get(o, key);
    *n = 0;
    if (*out == NULL)
        return RC_OK;
    if (!json_is_array(*out))
        return err_set(r->err, RC_BAD_INPUT, "“%s” is not a list", key);
    *n = json_array_size(*out);
    if (*n > max)
        return err_set(r->err, RC_LIMIT, "%zu %s: at most %zu", *n, key, max);
    return RC_OK;
}

MUST_CHECK static enum rc get_pairs(struct reading *r, const json_t *o, struct paper_block *b)
{
    const json_t *list;
    TRY(get_array(r, o, "pairs", 10000, &list, &b->n_pairs));
    b->pairs = NEW_N(r->a, struct paper_pair, b->n_pairs);
    for (size_t i = 0; i < b->n_pairs; i++) {
        const json_t *one = json_array_get(list, i);
        if (!json_is_object(one))
            return err_set(r->err, RC_BAD_INPUT, "“pairs” has one that is not an object");
        TRY(get(r, one, "label", &b->pairs[i].label));
        TRY(get(r, one, "value", &b->pairs[i].value));
    }
    return RC_OK;
}

MUST_CHECK static enum rc get_lines(struct reading *r, const json_t *o, struct paper_block *b)
{
    const json_t *list;
    TRY(get_array(r, o, "lines", 10000, &list, &b->n_lines));
    b->lines = NEW_N(r->a, struct paper_line, b->n_lines);
    for (size_t i = 0; i < b->n_lines; i++) {
        const json_t *one = json_array_get(list, i);
        struct paper_line *l = &b->lines[i];
        if (!json_is_object(one))
            return err_set(r->err, RC_BAD_INPUT, "“lines” has one that is not an object");
        TRY(get(r, one, "text", &l->text));
        TRY(get(r, one, "amount", &l->amount));
        TRY(get(r, one, "source", &l->source));
        TRY(get_int(r, one, "depth", 20, &l->depth));
        l->strong = json_is_true(json_object_get(one, "strong"));
    }
    return RC_OK;
}

MUST_CHECK static enum rc get_row(struct reading *r, const json_t *row, struct paper_block *b,
                                  size_t at)
{
    if (!json_is_array(row) || json_array_size(row) != b->n_columns)
        return err_set(r->err, RC_BAD_INPUT, "row %zu has %zu cells: expected %zu", at + 1,
                       json_array_size(row), b->n_columns);
    for (size_t c = 0; c < b->n_columns; c++) {
        const json_t *v = json_array_get(row, c);
        struct paper_cell *cell = &b->cells[at * b->n_columns + c];
        cell->right = json_is_object(v);
        TRY(copy(r, cell->right ? json_object_get(v, "right") : v, "rows", &cell->text));
    }
    return RC_OK;
}

MUST_CHECK static enum rc get_table(struct reading *r, const json_t *o, struct paper_block *b)
{
    const json_t *head, *widths, *rows;
    size_t n_widths;
    TRY(get_array(r, o, "head", PAPER_MAX_COLUMNS, &head, &b->n_columns));
    TRY(get_array(r, o, "widths", PAPER_MAX_COLUMNS, &widths, &n_widths));
    TRY(get_array(r, o, "rows", 100000, &rows, &b->n_rows));
    if (b->n_columns == 0 || (n_widths != 0 && n_widths != b->n_columns))
        return err_set(r->err, RC_BAD_INPUT,
                       "a table of %zu columns has %zu widths: expected as many, and at least one",
                       b->n_columns, n_widths);
    b->head = NEW_N(r->a, str, b->n_columns);
    b->widths = NEW_N(r->a, int, b->n_columns);
    b->cells = NEW_N(r->a, struct paper_cell, b->n_columns * b->n_rows);
    for (size_t i = 0; i < b->n_columns; i++) {
        const json_t *w = json_array_get(widths, i);
        TRY(copy(r, json_array_get(head, i), "head", &b->head[i]));
        b->widths[i] = 1;
        if (w != NULL &&
            (!json_is_integer(w) || json_integer_value(w) < 1 || json_integer_value(w) > 1000))
            return err_set(r->err, RC_BAD_INPUT, "“widths”: expected whole numbers from 1 to 1000");
        if (w != NULL)
            b->widths[i] = (int)json_integer_value(w);
    }
    for (size_t i = 0; i < b->n_rows; i++)
        TRY(get_row(r, json_array_get(rows, i), b, i));
    return RC_OK;
}

/* Which of the words it is; an error names them all. */
MUST_CHECK static enum rc get_word(struct reading *r, const json_t *o, const char *key,
                                   const char *const *words, int n, int *out)
{
    str word = {0};
    TRY(get(r, o, key, &word));
    for (*out = 0; *out < n; ++*out)
        if (str_eq(word, str_from(words[*out])))
            return RC_OK;
    char all[200] = "";
    size_t at = 0;
    for (int i = 0; i < n && at < sizeof all; i++)
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i > 0 ? ", " : "", words[i]);
    return err_set(r->err, RC_BAD_INPUT, "“%s” is “%.*s”: expected one of %s", key,
                   (int)(word.n < 40 ? word.n : 40), word.n > 0 ? word.p : "", all);
}

MUST_CHECK static enum rc get_block(struct reading *r, const json_t *o, struct paper_block *b)
{
    int kind = 0;
    if (!json_is_object(o))
        return err_set(r->err, RC_BAD_INPUT, "“blocks” has one that is not an object");
    TRY(get_word(r, o, "kind", kind_words, PAPER_BLOCK__COUNT, &kind));
    b->kind = (enum paper_block_kind)kind;
    TRY(get(r, o, "text", &b->text));
    TRY(get(r, o, "more", &b->more));
    TRY(get_int(r, o, "rows_at_least", 200, &b->rows));
    TRY(get_pairs(r, o, b));
    if (b->kind == PAPER_TABLE)
        TRY(get_table(r, o, b));
    return get_lines(r, o, b);
}

enum rc paper_read(const json_t *from, struct arena *a, struct paper *out, struct err *err)
{
    struct reading r = {.a = a, .err = err};
    const json_t *blocks;
    int look = 0;

    *out = (struct paper){0};
    if (!json_is_object(from))
        return err_set(err, RC_BAD_INPUT, "not an object: expected a paper");
    TRY(get_word(&r, from, "look", look_words, PAPER_LOOK__COUNT, &look));
    out->look = (enum paper_look)look;
    TRY(get(&r, from, "number", &out->number));
    TRY(get(&r, from, "office", &out->office));
    TRY(get(&r, from, "title", &out->title));
    TRY(get(&r, from, "subtitle", &out->subtitle));
    TRY(get(&r, from, "qr", &out->qr));
    TRY(get(&r, from, "qr_text", &out->qr_text));
    TRY(get(&r, from, "foot", &out->foot));
    TRY(get(&r, from, "mark", &out->mark));
    TRY(get_array(&r, from, "blocks", PAPER_MAX_BLOCKS, &blocks, &out->n_blocks));
    out->blocks = NEW_N(a, struct paper_block, out->n_blocks);
    for (size_t i = 0; i < out->n_blocks; i++)
        if (get_block(&r, json_array_get(blocks, i), &out->blocks[i]) != RC_OK)
            return err_prefix(err, "block %zu", i + 1);
    return RC_OK;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void block_texts(const struct paper_block *b, void (*see)(void *, str), void *with)
{
    see(with, b->text);
    see(with, b->more);
    for (size_t i = 0; i < b->n_pairs; i++) {
        see(with, b->pairs[i].label);
        see(with, b->pairs[i].value);
    }
    for (size_t i = 0; b->kind == PAPER_TABLE && i < b->n_columns; i++)
        see(with, b->head[i]);
    for (size_t i = 0; b->kind == PAPER_TABLE && i < b->n_columns * b->n_rows; i++)
        see(with, b->cells[i].text);
    for (size_t i = 0; i < b->n_lines; i++) {
        see(with, b->lines[i].text);
        see(with, b->lines[i].amount);
        see(with, b->lines[i].source);
    }
}

void paper_texts(const struct paper *p, void (*see)(void *, str), void *with)
{
    const str own[] = {p->number, p->office, p->title, p->subtitle, p->qr_text, p->foot, p->mark};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        see(with, own[i]);
    for (size_t i = 0; i < p->n_blocks; i++)
        block_texts(&p->blocks[i], see, with);
}
