/* Rows of a list's JSON as cells. */
#include <string.h>

#include "api/export.h"
#include "api/people_json.h"
#include "guard/leak.h"

/* ---- what is declared ------------------------------------------------------------------------ */

static const struct export_list lists[] = {
#define EXPORT(operation, rows, zh, en) {#operation, rows, zh, en},
#define COLUMN(operation, path, how, width, zh, en)
#define WORD(operation, path, code, zh, en)
#define FILTER(query, zh, en)
#include "api/export.def"
#undef EXPORT
#undef COLUMN
    {NULL, NULL, NULL, NULL}};

static const struct {
    const char *operation, *path;
    enum export_how how;
    int width;
    const char *zh, *en;
} columns[] = {
#define EXPORT(operation, rows, zh, en)
#define COLUMN(operation, path, how, width, zh, en) {#operation, path, EXPORT_##how, width, zh, en},
#include "api/export.def"
#undef COLUMN
#undef WORD
    {NULL, NULL, EXPORT_TEXT, 0, NULL, NULL}};

static const struct {
    const char *operation, *path, *code, *zh, *en;
} words[] = {
#define COLUMN(operation, path, how, width, zh, en)
#define WORD(operation, path, code, zh, en) {#operation, path, code, zh, en},
#include "api/export.def"
#undef EXPORT
#undef COLUMN
#undef WORD
#undef FILTER
    {NULL, NULL, NULL, NULL, NULL}};

const struct export_list *export_find(const char *operation)
{
    for (const struct export_list *l = lists; l->operation != NULL; l++)
        if (strcmp(l->operation, operation) == 0)
            return l;
    return NULL;
}

static enum export_how how_of(const struct field *f)
{
    switch (f->type.kind) {
    case K_MONEY:
    case K_MONEY_MONTH:
    case K_MONEY_YEAR:
        return EXPORT_FEN;
    case K_COUNT:
    case K_MONTHS:
    case K_DAYS:
        return EXPORT_COUNT;
    case K_DATE:
        return EXPORT_DAY;
    case K_MONTH:
        return EXPORT_MONTH;
    case K_BOOL:
        return EXPORT_FLAG;
    case K_CODE:
        return EXPORT_CODE;
    default:
        return EXPORT_TEXT;
    }
}

typedef VEC(struct export_column) column_list;

static void add_plain(struct arena *a, column_list *list, const char *path, enum export_how how,
                      int width, const char *zh, const char *en)
{
    *VEC_PUSH(a, list) =
        (struct export_column){"records_list", path, how, width, str_from(zh), str_from(en), NULL};
}

/* A register's own: whatever it shows in lists, and where and when it was recorded. */
MUST_CHECK static enum rc register_columns(struct call *c, column_list *list, struct err *err)
{
    struct arena *a = c->arena;
    const struct reg *reg = rules_reg(c->city->rules, c->at[0]);
    if (reg == NULL)
        return call_wrong(c, RC_NOT_FOUND, "register", NULL, err, "there is no register “%.*s”",
                          STR_ARG(str_sub(c->at[0], 0, 60)));
    if (str_eq(reg->name.text, S("person")))
        add_plain(a, list, "name", EXPORT_TEXT, 12, "姓名", "name");
    for (size_t i = 0; i < reg->n_fields; i++) {
        const struct field *f = reg->fields[i];
        if (f->sensitive || f->value != NULL || f->type.kind == K_LIST || f->type.kind == K_REF)
            continue;
        str zh = f->label.zh.n > 0 ? f->label.zh : f->name.text;
        *VEC_PUSH(a, list) =
            (struct export_column){"records_list",
                                   str_fmt(a, "values.%.*s", STR_ARG(f->name.text)).p,
                                   how_of(f),
                                   16,
                                   zh,
                                   f->label.en.n > 0 ? f->label.en : zh,
                                   f};
    }
    add_plain(a, list, "division.name", EXPORT_TEXT, 24, "区划", "division");
    return RC_OK;
}

enum rc export_columns(struct call *c, const struct export_list *l, struct export_column **out,
                       size_t *n, struct err *err)
{
    column_list list = {0};
    for (size_t i = 0; columns[i].operation != NULL; i++)
        if (strcmp(columns[i].operation, l->operation) == 0)
            *VEC_PUSH(c->arena, &list) = (struct export_column){l->operation,
                                                                columns[i].path,
                                                                columns[i].how,
                                                                columns[i].width,
                                                                str_from(columns[i].zh),
                                                                str_from(columns[i].en),
                                                                NULL};
    if (strcmp(l->operation, "records_list") == 0)
        TRY(register_columns(c, &list, err));
    *out = list.at;
    *n = list.n;
    return RC_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

static json_t *at_path(json_t *row, const char *path)
{
    char name[80];
    while (row != NULL) {
        size_t n = strcspn(path, ".");
        if (n >= sizeof name)
            return NULL;
        memcpy(name, path, n);
        name[n] = '\0';
        row = json_object_get(row, name);
        if (path[n] == '\0')
            return row;
        path += n + 1;
    }
    return NULL;
}

static str text_of(const json_t *v)
{
    return json_is_string(v) ? (str){json_string_value(v), json_string_length(v)} : S("");
}

static str label_of(const struct export_file *f, const json_t *v)
{
    str en = text_of(json_object_get(v, "en"));
    return f->english && en.n > 0 ? en : text_of(json_object_get(v, "zh"));
}

static str programme_of(const struct export_file *f, str name)
{
    const struct policy *p = rules_policy(f->c->city->rules, name);
    if (p == NULL || p->label.zh.n == 0)
        return name;
    return f->english && p->label.en.n > 0 ? p->label.en : p->label.zh;
}

/* Of an answer of the API a code may be a number. */
static str word_of(const struct export_file *f, const struct export_column *col, const json_t *v,
                   char number[24])
{
    str code = text_of(v);
    if (json_is_integer(v)) {
        snprintf(number, 24, "%lld", (long long)json_integer_value(v));
        code = str_from(number);
    }
    for (size_t i = 0; words[i].operation != NULL; i++)
        if (strcmp(words[i].operation, col->operation) == 0 &&
            strcmp(words[i].path, col->path) == 0 && str_eq(str_from(words[i].code), code))
            return str_from(f->english ? words[i].en : words[i].zh);
    return code;
}

static str role_of(const struct export_file *f, const json_t *v, struct arena *a)
{
    str label = label_of(f, json_object_get(v, "label")),
        line = text_of(json_object_get(v, "line"));
    return line.n == 0 ? label : str_fmt(a, "%.*s (%.*s)", STR_ARG(label), STR_ARG(line));
}

static str one_of(const struct export_file *f, const struct export_column *col, const json_t *v,
                  struct arena *a)
{
    char number[24];
    switch (col->how) {
    case EXPORT_LABELS: /* labels, or what has one as its text */
        return label_of(f, json_object_get(v, "text") != NULL ? json_object_get(v, "text") : v);
    case EXPORT_NAMES:
        return programme_of(f, text_of(v));
    case EXPORT_ROLES:
        return role_of(f, v, a);
    default:
        return str_dup(a, word_of(f, col, v, number));
    }
}

static str joined(const struct export_file *f, const struct export_column *col, const json_t *list,
                  struct arena *a)
{
    str all = S("");
    size_t i;
    const json_t *v;
    json_array_foreach(list, i, v)
    {
        str one = one_of(f, col, v, a);
        all = all.n == 0
                  ? one
                  : str_fmt(a, "%.*s%s%.*s", STR_ARG(all), f->english ? ", " : "、", STR_ARG(one));
    }
    return all;
}

static str code_of(const struct export_file *f, const struct export_column *col, const json_t *v)
{
    const struct code *code = col->field->type.code;
    long i = code_index(code, text_of(v));
    if (i < 0)
        return text_of(v);
    const struct label *l = &code->values[i].label;
    if (l->zh.n == 0)
        return text_of(v);
    return f->english && l->en.n > 0 ? l->en : l->zh;
}

/* China Standard Time, to the minute. */
static str time_of(const json_t *v, struct arena *a)
{
    enum { ZONE_MS = 8 * 3600000, DAY_MS = 86400000 };
    char on[11];
    if (!json_is_integer(v))
        return S("");
    int64_t ms = json_integer_value(v) + ZONE_MS;
    int64_t minute = ms % DAY_MS / 60000;
    date_text((day)(ms / DAY_MS), on);
    return str_fmt(a, "%s %02d:%02d", on, (int)(minute / 60), (int)(minute % 60));
}

/* ---- cells ----------------------------------------------------------------------------------- */

void export_text(struct export_file *f, str text, enum xlsx_look look)
{
    struct leak found = leak_find(text);
    struct arena *a = f->c->arena;
    if (found.kind == LEAK_NONE) {
        xlsx_text(f->x, text, look);
        return;
    }
    while (found.kind != LEAK_NONE) {
        str before = str_sub(text, 0, found.at), behind = str_sub(text, found.at + found.n, text.n);
        text = str_fmt(a, "%.*s***%.*s", STR_ARG(before), STR_ARG(behind));
        f->covered++;
        found = leak_find(text);
    }
    xlsx_text(f->x, text, XLSX_NOTE);
}

static void day_cell(struct export_file *f, const json_t *v)
{
    day d = 0;
    str text = text_of(v);
    if (date_parse(text, &d))
        xlsx_day(f->x, d, XLSX_PLAIN);
    else
        export_text(f, text, XLSX_PLAIN);
}

static void number_cell(struct export_file *f, const struct export_column *col, const json_t *v)
{
    if (!json_is_integer(v))
        xlsx_empty(f->x);
    else if (col->how == EXPORT_FEN)
        xlsx_fen(f->x, json_integer_value(v), XLSX_PLAIN);
    else
        xlsx_count(f->x, json_integer_value(v), XLSX_PLAIN);
}

void export_cell(struct export_file *f, const struct export_column *col, json_t *row)
{
    json_t *v = at_path(row, col->path);
    char number[24];
    struct arena a = {0};
    if (v == NULL || json_is_null(v)) {
        xlsx_empty(f->x);
        return;
    }
    switch (col->how) {
    case EXPORT_COUNT:
    case EXPORT_FEN:
        number_cell(f, col, v);
        break;
    case EXPORT_DAY:
        day_cell(f, v);
        break;
    case EXPORT_FLAG:
        xlsx_text(f->x, json_is_true(v) ? export_says(f, "是", "yes") : S(""), XLSX_PLAIN);
        break;
    case EXPORT_TIME:
        xlsx_text(f->x, time_of(v, &a), XLSX_PLAIN);
        break;
    case EXPORT_LABEL:
        export_text(f, label_of(f, v), XLSX_PLAIN);
        break;
    case EXPORT_CODE:
        export_text(f, code_of(f, col, v), XLSX_PLAIN);
        break;
    case EXPORT_PROGRAMME:
        export_text(f, programme_of(f, text_of(v)), XLSX_PLAIN);
        break;
    case EXPORT_WORD:
        export_text(f, word_of(f, col, v, number), XLSX_PLAIN);
        break;
    case EXPORT_WORDS:
    case EXPORT_LABELS:
    case EXPORT_NAMES:
    case EXPORT_ROLES:
        export_text(f, joined(f, col, v, &a), XLSX_PLAIN);
        break;
    default:
        export_text(f, text_of(v), XLSX_PLAIN);
    }
    arena_deinit(&a);
}
