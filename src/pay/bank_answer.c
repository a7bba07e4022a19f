/* See bank_file.h: a bank's answer taken apart, and held against its own header and trailer. */
#include <stdio.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "pay/bank_file.h"
#include "vault/sm3.h"

enum { COLUMNS_MOST = 64, RECORD_MOST = 8192 };

struct taking {
    const struct bank *b;
    const struct bank_layout *l;
    struct arena *a;
    struct bank_mistakes *m;
    UConverter *conv; /* NULL: UTF-8 */
    struct bank_values head, tail;
    bool has_head, has_tail, titles_seen;
    str rows_bytes;
    VEC(struct bank_values) rows;
};

/* ---- lines ------------------------------------------------------------------------------------ */

/* The next line without its end. `whole`: it was ended as the layout says. */
static bool line_next(const struct bank_layout *l, str *rest, str *line, bool *whole)
{
    if (rest->n == 0)
        return false;
    const char *end = memchr(rest->p, '\n', rest->n);
    size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
    *line = str_sub(*rest, 0, n);
    *whole = end != NULL;
    *rest = end != NULL ? str_sub(*rest, n + 1, rest->n) : S("");
    if (l->crlf && line->n > 0 && line->p[line->n - 1] == '\r')
        line->n--;
    else if (l->crlf)
        *whole = false;
    return true;
}

/* ---- fields ----------------------------------------------------------------------------------- */

/* In UTF-8, in the arena; false: it is none of the encoding's text. */
static bool decoded(const struct taking *t, str bytes, str *out)
{
    UErrorCode e = U_ZERO_ERROR;
    UChar units[RECORD_MOST];
    bool plain = true;

    *out = S("");
    for (size_t i = 0; i < bytes.n; i++)
        plain &= (unsigned char)bytes.p[i] < 0x80;
    if (plain || t->conv == NULL) {
        *out = str_dup(t->a, bytes);
        return utf8_valid(bytes, NULL);
    }
    int32_t n = ucnv_toUChars(t->conv, units, RECORD_MOST, bytes.p, (int32_t)bytes.n, &e);
    char *p = arena_alloc_raw(t->a, 3 * (size_t)RECORD_MOST + 1, 1);
    int32_t written = 0;
    if (U_FAILURE(e))
        return false;
    u_strToUTF8(p, 3 * RECORD_MOST, &written, units, n, &e);
    *out = (str){p, U_SUCCESS(e) ? (size_t)written : 0};
    return U_SUCCESS(e);
}

static str unpadded(const struct bank_column *c, str s)
{
    if (c->right)
        while (s.n > 1 && s.p[0] == c->pad)
            s = str_sub(s, 1, s.n);
    else
        while (s.n > 0 && s.p[s.n - 1] == c->pad)
            s.n--;
    return str_trim(s);
}

static bool number_of(const struct bank_column *c, str s, int64_t *out)
{
    return (c->yuan ? money_parse(s, out) : str_int(s, out)) && *out >= 0;
}

static bool day_of(const struct bank_column *c, str s, day *out)
{
    char text[11];

    if (c->dashed)
        return date_parse(s, out);
    if (s.n != 8)
        return false;
    snprintf(text, sizeof text, "%.4s-%.2s-%.2s", s.p, s.p + 4, s.p + 6);
    return date_parse(str_from(text), out);
}

static bool month_of_text(const struct bank_column *c, str s, month *out)
{
    char text[8];

    if (c->dashed)
        return month_parse(s, out);
    if (s.n != 6)
        return false;
    snprintf(text, sizeof text, "%.4s-%.2s", s.p, s.p + 4);
    return month_parse(str_from(text), out);
}

/* False: it isn't what the field holds. */
static bool take_value(const struct bank_column *c, str s, struct bank_values *v)
{
    switch (c->field) {
    case BANK_CONSTANT:
        return str_eq(s, c->value);
    case BANK_MONTH:
        return month_of_text(c, s, &v->month);
    case BANK_DAY:
        return day_of(c, s, &v->on);
    case BANK_ROWS:
        return str_int(s, &v->rows) && v->rows >= 0;
    case BANK_TOTAL:
        return number_of(c, s, &v->total);
    case BANK_SEQ:
        return str_int(s, &v->seq) && v->seq > 0;
    case BANK_AMOUNT:
        return number_of(c, s, &v->amount);
    default: {
        str *const texts[BANK__COUNT] = {[BANK_BANK] = &v->bank,
                                         [BANK_NUMBER] = &v->number,
                                         [BANK_ITEM] = &v->item,
                                         [BANK_DIGEST] = &v->digest,
                                         [BANK_ROWS_DIGEST] = &v->rows_digest,
                                         [BANK_NAME] = &v->name,
                                         [BANK_ID_NUMBER] = &v->id_number,
                                         [BANK_ACCOUNT] = &v->account,
                                         [BANK_ACCOUNT_BANK] = &v->account_bank,
                                         [BANK_REMARK] = &v->remark,
                                         [BANK_RESULT] = &v->result,
                                         [BANK_REASON] = &v->reason};
        *texts[c->field] = s;
        return true;
    }
    }
}

static const char *word_of(enum bank_field f)
{
    static const char *const names[] = {
#define FIELD(name, text, records, answer) text,
#include "pay/bank_field.def"
#undef FIELD
    };
    return names[f];
}

/* ---- records ---------------------------------------------------------------------------------- */

/* A CSV record's fields; false: an open quote, or another number of them. */
static bool csv_fields(struct taking *t, str line, str out[COLUMNS_MOST], size_t *n)
{
    size_t i = 0;

    *n = 0;
    for (;;) {
        char *p = arena_alloc_raw(t->a, line.n + 1, 1);
        size_t len = 0;
        bool quoted = i < line.n && line.p[i] == '"';
        for (i += quoted; i < line.n; i++) {
            if (quoted && line.p[i] == '"') {
                if (i + 1 >= line.n || line.p[i + 1] != '"')
                    break;
                i++;
            } else if (!quoted && line.p[i] == ',') {
                break;
            }
            p[len++] = line.p[i];
        }
        if (quoted && i++ >= line.n)
            return false;
        if (*n == COLUMNS_MOST)
            return false;
        out[(*n)++] = (str){p, len};
        if (i >= line.n)
            return true;
        if (line.p[i++] != ',')
            return false;
    }
}

static bool flat_fields(const struct bank_columns *list, str line, str out[COLUMNS_MOST], size_t *n)
{
    size_t at = 0;

    if (line.n != list->bytes || list->n > COLUMNS_MOST)
        return false;
    for (size_t i = 0; i < list->n; i++) {
        out[i] = str_sub(line, at, at + (size_t)list->at[i].width);
        at += (size_t)list->at[i].width;
    }
    *n = list->n;
    return true;
}

/* `say`: a record that isn't one is a mistake; else only false. */
static bool record_take(struct taking *t, enum bank_record r, str line, int64_t no, bool say,
                        struct bank_values *v)
{
    const struct bank_columns *list = &t->l->record[r];
    str fields[COLUMNS_MOST], text;
    size_t n = 0;

    *v = (struct bank_values){0};
    bool whole = t->l->csv ? csv_fields(t, line, fields, &n) && n == list->n
                           : flat_fields(list, line, fields, &n);
    if (!whole && say && t->l->csv)
        bank_mistake(t->m, no, "有 %zu 个字段，应有 %zu 个：文件不完整，或不是这种文件",
                     "found %zu fields, expected %zu: the file is cut off or another's", n,
                     list->n);
    else if (!whole && say)
        bank_mistake(t->m, no, "有 %zu 个字节，应有 %zu 个：文件不完整，或不是这种文件",
                     "found %zu bytes, expected %zu: the file is cut off or another's", line.n,
                     list->bytes);
    if (!whole)
        return false;
    for (size_t i = 0; i < list->n; i++) {
        const struct bank_column *c = &list->at[i];
        if (decoded(t, fields[i], &text) && take_value(c, t->l->csv ? text : unpadded(c, text), v))
            continue;
        if (say)
            bank_mistake(t->m, no, "%s：“%.*s”不对", "%s: found “%.*s”, which is none",
                         word_of(c->field), STR_ARG(str_sub(text, 0, 30)));
        return false;
    }
    return true;
}

/* The line of titles: it is one when its first field is a title's. */
static bool is_titles(struct taking *t, str line)
{
    str fields[COLUMNS_MOST], text;
    size_t n = 0;

    return t->l->csv && t->l->titles && !t->titles_seen && csv_fields(t, line, fields, &n) &&
           n == t->l->record[BANK_ROW].n && decoded(t, fields[0], &text) &&
           str_eq(text, t->l->record[BANK_ROW].at[0].title);
}

static void take_line(struct taking *t, str line, int64_t no, bool last)
{
    struct bank_values v;

    if (!t->has_head) {
        t->has_head = true;
        if (!record_take(t, BANK_HEADER, line, no, true, &t->head))
            t->head = (struct bank_values){0};
        return;
    }
    if (is_titles(t, line)) {
        t->titles_seen = true;
        return;
    }
    /* The last record is the trailer, where the layout has one. */
    if (last && t->l->record[BANK_TRAILER].n > 0 &&
        record_take(t, BANK_TRAILER, line, no, false, &t->tail)) {
        t->has_tail = true;
        return;
    }
    if (record_take(t, BANK_ROW, line, no, true, &v))
        *VEC_PUSH(t->a, &t->rows) = v;
}

static void take_lines(struct taking *t, str bytes)
{
    str rest = bytes, line, next_line;
    bool whole = false, next_whole = false;
    int64_t no = 0;
    const char *rows_from = NULL, *rows_to = bytes.p;
    bool more = line_next(t->l, &rest, &line, &whole);

    while (more && t->m->n < BANK_MISTAKES_MOST) {
        bool titles = t->titles_seen, head = t->has_head;
        const char *after = rest.p;
        bool last = !line_next(t->l, &rest, &next_line, &next_whole);
        if (!whole)
            bank_mistake(t->m, no + 1, "这一行没有结束：文件不完整",
                         "the line has no end: the file is cut off");
        if (last)
            after = bytes.p + bytes.n;
        take_line(t, line, ++no, last);
        if (head && titles == t->titles_seen && !t->has_tail) {
            rows_from = rows_from != NULL ? rows_from : line.p;
            rows_to = after;
        }
        more = !last;
        line = next_line;
        whole = next_whole;
    }
    if (rows_from != NULL)
        t->rows_bytes = (str){rows_from, (size_t)(rows_to - rows_from)};
}

/* ---- against itself --------------------------------------------------------------------------- */

static bool layout_has(const struct bank_layout *l, enum bank_record r, enum bank_field f)
{
    for (size_t i = 0; i < l->record[r].n; i++)
        if (l->record[r].at[i].field == f)
            return true;
    return false;
}

/* What a header or trailer says of the rows. */
static void check_sums(struct taking *t, enum bank_record r, const struct bank_values *v)
{
    const char *where = r == BANK_HEADER ? "header" : "trailer";
    int64_t total = 0;

    for (size_t i = 0; i < t->rows.n; i++)
        if (__builtin_add_overflow(total, t->rows.at[i].amount, &total))
            bank_mistake(t->m, 0, "各行金额合计超出范围",
                         "the sum of its rows is beyond all bounds");
    if (layout_has(t->l, r, BANK_ROWS) && v->rows != (int64_t)t->rows.n)
        bank_mistake(t->m, 0, "有 %zu 行，%s 里写的是 %lld 行：文件不完整",
                     "it has %zu rows, its %s says %lld: it is cut off", t->rows.n, where,
                     (long long)v->rows);
    if (layout_has(t->l, r, BANK_TOTAL) && v->total != total)
        bank_mistake(t->m, 0, "各行合计 %lld 分，%s 里写的是 %lld 分",
                     "its rows come to %lld fen, its %s says %lld", (long long)total, where,
                     (long long)v->total);
    if (layout_has(t->l, r, BANK_ROWS_DIGEST)) {
        uint8_t hash[VAULT_HASH];
        sm3_once(t->rows_bytes.p, t->rows_bytes.n, hash);
        if (!str_eq(hash_text(hash, t->a), v->rows_digest))
            bank_mistake(t->m, 0, "各行的校验值与 %s 里的不符：文件被改动过",
                         "the digest of its rows is not the one in its %s: it was altered", where);
    }
}

static void check_whole(struct taking *t)
{
    if (!t->has_head)
        bank_mistake(t->m, 0, "文件是空的", "the file is empty");
    if (t->m->n > 0)
        return;
    if (layout_has(t->l, BANK_HEADER, BANK_BANK) && !str_eq(t->head.bank, t->b->bank))
        bank_mistake(t->m, 0, "这是银行 %.*s 的文件，应是 %.*s 的",
                     "it is of the bank %.*s, expected %.*s", STR_ARG(str_sub(t->head.bank, 0, 20)),
                     STR_ARG(t->b->bank));
    if (t->l->record[BANK_TRAILER].n > 0 && !t->has_tail)
        bank_mistake(t->m, 0, "没有尾记录：文件不完整", "it has no trailer: it is cut off");
    if (t->m->n > 0)
        return;
    check_sums(t, BANK_HEADER, &t->head);
    if (t->has_tail)
        check_sums(t, BANK_TRAILER, &t->tail);
}

enum rc bank_answer_read(const struct bank *b, const struct bank_layout *l, str bytes,
                         struct arena *a, struct bank_answer *out, struct bank_mistakes *m,
                         struct err *err)
{
    struct taking t = {.b = b, .l = l, .a = a, .m = m};
    UErrorCode e = U_ZERO_ERROR;

    if (l->gb18030) {
        t.conv = ucnv_open("gb18030", &e);
        if (U_SUCCESS(e))
            ucnv_setToUCallBack(t.conv, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
        if (U_FAILURE(e))
            return err_set(err, RC_IO, "ICU cannot read GB18030: %s", u_errorName(e));
    }
    if (!l->gb18030 && str_starts(bytes, S("\xef\xbb\xbf")))
        bytes = str_sub(bytes, 3, bytes.n);
    take_lines(&t, bytes);
    check_whole(&t);
    if (t.conv != NULL)
        ucnv_close(t.conv);
    *out = (struct bank_answer){t.head, t.rows.at, t.rows.n};
    if (m->n == 0)
        return RC_OK;
    if (m->at[0].seq > 0)
        return err_set(err, RC_BAD_INPUT, "line %lld of the file: %.*s", (long long)m->at[0].seq,
                       STR_ARG(m->at[0].text));
    return err_set(err, RC_BAD_INPUT, "%.*s", STR_ARG(m->at[0].text));
}

bool bank_answer_fits(const struct bank_layout *l, str bytes)
{
    str rest = bytes, line;
    bool whole = false;

    if (!l->gb18030 && str_starts(rest, S("\xef\xbb\xbf")))
        rest = str_sub(rest, 3, rest.n);
    if (!line_next(l, &rest, &line, &whole))
        return false;
    if (!l->csv)
        return line.n == l->record[BANK_HEADER].bytes;
    size_t commas = 0;
    for (size_t i = 0; i < line.n; i++)
        commas += line.p[i] == ',';
    return commas + 1 >= l->record[BANK_HEADER].n;
}
