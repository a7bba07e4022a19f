/* See bank_layout.h: bank.json read and checked, and its way into the store. */
#include "pay/bank_layout.h"

#include <jansson.h>
#include <string.h>

#include "base/file.h"
#include "vault/vault_sql.h"

enum { LAYOUT_FILE_MOST = 1 << 18, WIDTH_MOST = 400 };

static const struct {
    const char *word, *records;
    bool answer;
} fields[] = {
#define FIELD(name, text, records, answer) {text, records, answer},
#include "pay/bank_field.def"
#undef FIELD
};
static const char *const record_words[] = {"header", "row", "trailer"};
static const char record_letters[] = "HRT";

struct reading {
    struct arena *a;
    struct err *err;
    const char *at; /* which layout, for messages */
    bool answer;
};

/* ---- members -------------------------------------------------------------------------------- */

static str text_at(const struct reading *r, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_string(v) ? str_dup(r->a, (str){json_string_value(v), json_string_length(v)})
                             : S("");
}

static enum rc wrong(const struct reading *r, const char *what, const char *expected)
{
    return err_set(r->err, RC_BAD_INPUT, "bank.json: %s: %s: expected %s", r->at, what, expected);
}

/* Members that nobody reads are slips of the pen. */
MUST_CHECK static enum rc only(const struct reading *r, json_t *o, const char *const *words)
{
    const char *key = NULL;
    json_t *v = NULL;

    if (!json_is_object(o))
        return wrong(r, "found no object", "{…}");
    json_object_foreach(o, key, v)
    {
        size_t i = 0;
        while (words[i] != NULL && strcmp(words[i], key) != 0)
            i++;
        if (words[i] == NULL)
            return wrong(r, key, "a member that is known");
    }
    return RC_OK;
}

/* zh and en. */
static struct label label_at(const struct reading *r, const json_t *o, const char *key)
{
    const json_t *l = json_object_get(o, key);
    return (struct label){.zh = text_at(r, l, "zh"), .en = text_at(r, l, "en")};
}

/* {"code": "text", …} in the order of the file. */
MUST_CHECK static enum rc codes_at(const struct reading *r, json_t *o, const char *key,
                                   struct bank_code **out, size_t *n)
{
    json_t *list = json_object_get(o, key), *v = NULL;
    const char *code = NULL;
    VEC(struct bank_code) codes = {0};

    if (list != NULL && !json_is_object(list))
        return wrong(r, key, "{\"code\": \"words\"}");
    json_object_foreach(list, code, v)
    {
        if (!json_is_string(v) || code[0] == '\0')
            return wrong(r, key, "words for each code");
        *VEC_PUSH(r->a, &codes) = (struct bank_code){str_dup(r->a, str_from(code)),
                                                     str_dup(r->a, str_from(json_string_value(v)))};
    }
    *out = codes.at;
    *n = codes.n;
    return RC_OK;
}

/* ---- records -------------------------------------------------------------------------------- */

static bool flag_at(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

MUST_CHECK static enum rc width_at(const struct reading *r, const json_t *o, const char *key,
                                   bool must, int *out)
{
    const json_t *v = json_object_get(o, key);

    *out = 0;
    if (v == NULL && !must)
        return RC_OK;
    if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > WIDTH_MOST)
        return wrong(r, key, "a whole number from 1 to 400");
    *out = (int)json_integer_value(v);
    return RC_OK;
}

MUST_CHECK static enum rc field_at(const struct reading *r, const json_t *o,
                                   enum bank_record record, enum bank_field *out)
{
    str word = text_at(r, o, "field");

    for (int i = 0; i < BANK__COUNT; i++)
        if (str_eq(word, str_from(fields[i].word))) {
            *out = (enum bank_field)i;
            if (strchr(fields[i].records, record_letters[record]) == NULL)
                return wrong(r, fields[i].word, "a field of this record");
            if (r->answer && !fields[i].answer)
                return wrong(r, fields[i].word, "a field that an answer has");
            if (!r->answer && (i == BANK_RESULT || i == BANK_REASON))
                return wrong(r, fields[i].word, "a field of a file that we make");
            return RC_OK;
        }
    return wrong(r, "field", "the word of one, as in places/README.md");
}

MUST_CHECK static enum rc column_at(const struct reading *r, json_t *o, bool csv,
                                    enum bank_record record, struct bank_column *out)
{
    static const char *const members[] = {"field", "value", "title", "width", "most",   "align",
                                          "pad",   "unit",  "long",  "mark",  "dashed", NULL};
    str align = text_at(r, o, "align"), pad = text_at(r, o, "pad"), unit = text_at(r, o, "unit"),
        too_long = text_at(r, o, "long");

    TRY(only(r, o, members));
    TRY(field_at(r, o, record, &out->field));
    TRY(width_at(r, o, "width", !csv, &out->width));
    TRY(width_at(r, o, "most", false, &out->most));
    if (align.n > 0 && !str_eq(align, S("left")) && !str_eq(align, S("right")))
        return wrong(r, "align", "left or right");
    if (pad.n > 1 || (pad.n == 1 && (unsigned char)pad.p[0] >= 0x80))
        return wrong(r, "pad", "one plain character");
    if (unit.n > 0 && !str_eq(unit, S("fen")) && !str_eq(unit, S("yuan")))
        return wrong(r, "unit", "fen or yuan");
    if (too_long.n > 0 && !str_eq(too_long, S("refuse")) && !str_eq(too_long, S("cut")))
        return wrong(r, "long", "refuse or cut");
    out->value = text_at(r, o, "value");
    out->title = text_at(r, o, "title");
    out->mark = text_at(r, o, "mark");
    out->right = str_eq(align, S("right"));
    out->pad = pad.n > 0 ? pad.p[0] : ' ';
    out->yuan = str_eq(unit, S("yuan"));
    out->too_long = str_eq(too_long, S("cut")) ? LONG_CUT : LONG_REFUSE;
    out->dashed = flag_at(o, "dashed");
    if (out->too_long == LONG_CUT && (out->field == BANK_ACCOUNT || out->field == BANK_AMOUNT ||
                                      out->field == BANK_SEQ || out->field == BANK_ID_NUMBER))
        return wrong(r, "long", "refuse: a number that was cut is another number");
    if (out->field == BANK_CONSTANT && out->value.n == 0 && csv)
        return wrong(r, "value", "the constant's text");
    return RC_OK;
}

MUST_CHECK static enum rc record_at(const struct reading *r, const json_t *o, bool csv,
                                    enum bank_record record, struct bank_columns *out)
{
    json_t *list = json_object_get(o, record_words[record]);

    if (list == NULL && record != BANK_ROW)
        return RC_OK;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return wrong(r, record_words[record], "its fields");
    out->n = json_array_size(list);
    out->at = NEW_N(r->a, struct bank_column, out->n);
    for (size_t i = 0; i < out->n; i++) {
        TRY(column_at(r, json_array_get(list, i), csv, record, &out->at[i]));
        out->bytes += (size_t)out->at[i].width;
    }
    return RC_OK;
}

static bool has(const struct bank_columns *c, enum bank_field f)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].field == f)
            return true;
    return false;
}

/* Without these a file could not be told from another, or a line not be found again. */
MUST_CHECK static enum rc has_enough(const struct reading *r, const struct bank_layout *l)
{
    static const enum bank_field rows[] = {BANK_SEQ, BANK_ACCOUNT, BANK_AMOUNT};
    static const enum bank_field heads[] = {BANK_NUMBER, BANK_MONTH, BANK_ROWS, BANK_TOTAL};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!has(&l->record[BANK_ROW], rows[i]))
            return wrong(r, "row", "seq, account and amount among its fields");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (!has(&l->record[BANK_HEADER], heads[i]))
            return wrong(r, "header", "number, month, rows and total among its fields");
    if (!r->answer)
        return RC_OK;
    if (!has(&l->record[BANK_ROW], BANK_RESULT))
        return wrong(r, "row", "result among its fields");
    return l->n_paid > 0 ? RC_OK : wrong(r, "paid", "the results that mean paid");
}

MUST_CHECK static enum rc paid_at(const struct reading *r, const json_t *o, struct bank_layout *out)
{
    const json_t *list = json_object_get(o, "paid");

    out->n_paid = json_array_size(list);
    out->paid = NEW_N(r->a, str, out->n_paid + 1);
    for (size_t i = 0; i < out->n_paid; i++) {
        const json_t *v = json_array_get(list, i);
        if (!json_is_string(v))
            return wrong(r, "paid", "texts");
        out->paid[i] = str_dup(r->a, str_from(json_string_value(v)));
    }
    return RC_OK;
}

MUST_CHECK static enum rc layout_at(struct reading *r, json_t *o, struct bank_layout *out)
{
    static const char *const members[] = {"name",   "label",   "kind",   "encoding", "line_end",
                                          "titles", "file",    "header", "row",      "trailer",
                                          "paid",   "reasons", NULL};
    str kind = text_at(r, o, "kind"), encoding = text_at(r, o, "encoding"),
        line_end = text_at(r, o, "line_end");

    TRY(only(r, o, members));
    out->name = text_at(r, o, "name");
    if (out->name.n == 0)
        return wrong(r, "name", "a name");
    r->at = str_z(r->a, out->name);
    out->label = label_at(r, o, "label");
    if (out->label.zh.n == 0 || out->label.en.n == 0)
        return wrong(r, "label", "zh and en");
    if (!str_eq(kind, S("flat")) && !str_eq(kind, S("csv")))
        return wrong(r, "kind", "flat or csv");
    if (!str_eq(encoding, S("GB18030")) && !str_eq(encoding, S("UTF-8")))
        return wrong(r, "encoding", "GB18030 or UTF-8");
    if (!str_eq(line_end, S("LF")) && !str_eq(line_end, S("CRLF")))
        return wrong(r, "line_end", "LF or CRLF");
    out->csv = str_eq(kind, S("csv"));
    out->gb18030 = str_eq(encoding, S("GB18030"));
    out->crlf = str_eq(line_end, S("CRLF"));
    out->titles = flag_at(o, "titles");
    out->file_name = text_at(r, o, "file");
    if (out->file_name.n == 0)
        out->file_name = S("{number}.txt");
    for (int k = BANK_HEADER; k < BANK_RECORDS; k++)
        TRY(record_at(r, o, out->csv, (enum bank_record)k, &out->record[k]));
    TRY(paid_at(r, o, out));
    TRY(codes_at(r, o, "reasons", &out->reasons, &out->n_reasons));
    return has_enough(r, out);
}

MUST_CHECK static enum rc layouts_at(struct reading *r, const json_t *o, const char *key,
                                     struct bank_layout **out, size_t *n)
{
    json_t *list = json_object_get(o, key);

    r->answer = strcmp(key, "answers") == 0;
    r->at = key;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return wrong(r, "found none", "a list of layouts");
    *n = json_array_size(list);
    *out = NEW_N(r->a, struct bank_layout, *n);
    for (size_t i = 0; i < *n; i++) {
        r->at = key;
        TRY(layout_at(r, json_array_get(list, i), &(*out)[i]));
        for (size_t k = 0; k < i; k++)
            if (str_eq((*out)[k].name, (*out)[i].name))
                return wrong(r, "name", "one that no other layout has");
    }
    return RC_OK;
}

/* ---- the file ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc bank_at(struct reading *r, json_t *root, struct bank *out)
{
    static const char *const members[] = {"bank",   "label", "assumed", "banks", "items",
                                          "remark", "files", "answers", NULL};

    TRY(only(r, root, members));
    out->bank = text_at(r, root, "bank");
    out->label = label_at(r, root, "label");
    out->assumed = text_at(r, root, "assumed");
    out->remark = text_at(r, root, "remark");
    if (out->bank.n == 0)
        return wrong(r, "bank", "the code of the bank that pays");
    if (out->label.zh.n == 0 || out->label.en.n == 0)
        return wrong(r, "label", "zh and en");
    TRY(codes_at(r, root, "banks", &out->banks, &out->n_banks));
    TRY(codes_at(r, root, "items", &out->items, &out->n_items));
    TRY(layouts_at(r, root, "files", &out->files, &out->n_files));
    return layouts_at(r, root, "answers", &out->answers, &out->n_answers);
}

enum rc bank_parse(str text, struct arena *a, struct bank *out, struct err *err)
{
    struct reading r = {.a = a, .err = err, .at = "the file"};
    json_error_t e;
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &e);

    *out = (struct bank){0};
    if (root == NULL)
        return err_set(err, RC_BAD_INPUT, "bank.json: line %d, column %d: %s", e.line, e.column,
                       e.text);
    enum rc rc = bank_at(&r, root, out);
    json_decref(root);
    return rc;
}

const struct bank_layout *bank_layout_find(const struct bank_layout *list, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (name.n == 0 || str_eq(list[i].name, name))
            return &list[i];
    return NULL;
}

str bank_code_text(const struct bank_code *list, size_t n, str code)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].code, code))
            return list[i].text;
    return S("");
}

/* ---- the store ------------------------------------------------------------------------------ */

static const str meta_name = {"bank", 4};

MUST_CHECK static enum rc text_read(struct conn *c, struct arena *a, str *out, struct err *err)
{
    const struct value v = V_TEXT(meta_name);
    struct query *q = NULL;

    *out = S("");
    TRY(query(c, &stmt_meta_get, &v, 1, &q, err));
    if (query_next(q))
        *out = str_dup(a, query_text(q, 0));
    return query_end(q, err);
}

enum rc bank_known(struct conn *c, struct arena *a, struct bank *out, struct err *err)
{
    str text;

    *out = (struct bank){0};
    TRY(text_read(c, a, &text, err));
    return text.n == 0 ? RC_OK : bank_parse(text, a, out, err);
}

enum rc bank_read(struct conn *c, struct arena *a, struct bank *out, struct err *err)
{
    TRY(bank_known(c, a, out, err));
    if (out->n_files > 0)
        return RC_OK;
    return err_set(err, RC_NOT_FOUND,
                   "the place has no bank.json: put one beside divisions.csv, then huimin init");
}

static enum rc put_text(struct change *c, void *ctx, struct err *err)
{
    const str *text = ctx;
    const struct value v[] = {V_TEXT(meta_name), V_TEXT(*text)};

    change_note(c, "meta", v, 2);
    return exec(c->conn, &stmt_meta_put, v, 2, NULL, err);
}

MUST_CHECK static enum rc init_with(struct city *city, str text, int64_t at_ms, struct arena *a,
                                    struct err *err)
{
    struct change_spec spec = {.store = city->store,
                               .county_code = city->place->division / 1000000,
                               .who = city->who,
                               .why = S("init: how the bank's files look"),
                               .at_ms = at_ms};
    struct conn *c = NULL;
    struct bank bank;
    str was = S("");

    TRY(bank_parse(text, a, &bank, err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = text_read(c, a, &was, err);
    store_reader_done(c);
    TRY(rc);
    return str_eq(was, text) ? RC_OK : change_write(&spec, put_text, &text, NULL, err);
}

enum rc bank_init(struct city *city, const char *home, int64_t at_ms, struct err *err)
{
    struct arena a = {0};
    str text;
    const char *path =
        str_z(&a, str_fmt(&a, "%s/places/%.*s/bank.json", home, STR_ARG(city->place->name.text)));
    enum rc rc = path_exists(path) ? file_read(path, LAYOUT_FILE_MOST, &a, &text, err) : RC_OK;
    if (rc == RC_OK && path_exists(path))
        rc = init_with(city, text, at_ms, &a, err);
    arena_deinit(&a);
    return rc;
}

enum rc bank_check(const char *home, size_t *files, struct err *err)
{
    struct arena a = {0};
    struct bank bank;
    str *names = NULL, text;
    size_t n = 0;
    const char *places = str_z(&a, str_fmt(&a, "%s/places", home));
    enum rc rc = path_is_dir(places) ? dir_list(places, &a, &names, &n, err) : RC_OK;

    *files = 0;
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        const char *path = str_z(&a, str_fmt(&a, "%s/%.*s/bank.json", places, STR_ARG(names[i])));
        if (!path_exists(path))
            continue;
        rc = file_read(path, LAYOUT_FILE_MOST, &a, &text, err);
        if (rc == RC_OK)
            rc = bank_parse(text, &a, &bank, err);
        if (rc != RC_OK)
            rc = err_prefix(err, "places/%.*s", STR_ARG(names[i]));
        ++*files;
    }
    arena_deinit(&a);
    return rc;
}
