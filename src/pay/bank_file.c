/* See bank_file.h: files made. */
#include "pay/bank_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

#include "vault/sm3.h"
#include "vault/vault.h"

enum { FILE_MOST = 256 << 20, TEXT_MOST = 1200 };

struct bank_writer {
    const struct bank_layout *l;
    struct bank_mistakes *m;
    UConverter *conv;  /* owned; NULL: UTF-8 */
    struct sbuf rows;  /* their bytes */
    struct sbuf field; /* the one being written */
};

void bank_mistake(struct bank_mistakes *m, int64_t seq, const char *zh, const char *en, ...)
{
    char text[400], chinese[400];
    va_list ap, same;

    if (m->n == BANK_MISTAKES_MOST) {
        m->more = true;
        return;
    }
    va_start(ap, en);
    va_copy(same, ap);
    vsnprintf(text, sizeof text, en, ap);
    vsnprintf(chinese, sizeof chinese, zh, same);
    va_end(same);
    va_end(ap);
    m->at[m->n++] =
        (struct bank_mistake){seq, str_dup(m->a, str_from(text)), str_dup(m->a, str_from(chinese))};
}

enum rc bank_writer_open(const struct bank_layout *l, struct bank_mistakes *m,
                         struct bank_writer **out, struct err *err)
{
    UErrorCode e = U_ZERO_ERROR;
    UConverter *conv = l->gb18030 ? ucnv_open("gb18030", &e) : NULL;

    if (U_FAILURE(e))
        return err_set(err, RC_IO, "ICU cannot write GB18030: %s", u_errorName(e));
    struct bank_writer *w = mem_resize(NULL, sizeof *w);
    *w = (struct bank_writer){.l = l, .m = m, .conv = conv};
    sbuf_init(&w->rows, FILE_MOST);
    sbuf_init(&w->field, TEXT_MOST);
    *out = w;
    return RC_OK;
}

void bank_writer_drop(struct bank_writer *w)
{
    if (w == NULL)
        return;
    if (w->conv != NULL)
        ucnv_close(w->conv);
    sbuf_deinit(&w->rows);
    sbuf_deinit(&w->field);
    mem_free(w);
}

/* ---- one field -------------------------------------------------------------------------------- */

static void put_number(struct sbuf *out, const struct bank_column *c, int64_t fen)
{
    char text[32];

    if (c->yuan)
        sbuf_addz(out, money_text(fen, false, text));
    else
        sbuf_fmt(out, "%lld", (long long)fen);
}

static void put_month(struct sbuf *out, const struct bank_column *c, month m)
{
    sbuf_fmt(out, c->dashed ? "%04d-%02d" : "%04d%02d", month_year(m), month_number(m));
}

static void put_day(struct sbuf *out, const struct bank_column *c, day d)
{
    int year = 0, m = 0, dd = 0;

    date_civil(d, &year, &m, &dd);
    sbuf_fmt(out, c->dashed ? "%04d-%02d-%02d" : "%04d%02d%02d", year, m, dd);
}

static void put_value(struct sbuf *out, const struct bank_column *c, const struct bank_values *v)
{
    switch (c->field) {
    case BANK_CONSTANT:
        sbuf_add(out, c->value);
        break;
    case BANK_MONTH:
        put_month(out, c, v->month);
        break;
    case BANK_DAY:
        put_day(out, c, v->on);
        break;
    case BANK_ROWS:
        sbuf_fmt(out, "%lld", (long long)v->rows);
        break;
    case BANK_TOTAL:
        put_number(out, c, v->total);
        break;
    case BANK_SEQ:
        sbuf_fmt(out, "%lld", (long long)v->seq);
        break;
    case BANK_AMOUNT:
        put_number(out, c, v->amount);
        break;
    default: {
        const str texts[BANK__COUNT] = {[BANK_BANK] = v->bank,
                                        [BANK_NUMBER] = v->number,
                                        [BANK_ITEM] = v->item,
                                        [BANK_DIGEST] = v->digest,
                                        [BANK_ROWS_DIGEST] = v->rows_digest,
                                        [BANK_NAME] = v->name,
                                        [BANK_ID_NUMBER] = v->id_number,
                                        [BANK_ACCOUNT] = v->account,
                                        [BANK_ACCOUNT_BANK] = v->account_bank,
                                        [BANK_REMARK] = v->remark};
        sbuf_add(out, texts[c->field]);
    }
    }
}

/* In the file's encoding; as many bytes as it wants, or room + 1 when it wants more. */
static size_t encoded(const struct bank_writer *w, str text, char *out, size_t room)
{
    if (w->conv == NULL) {
        memcpy(out, text.p, text.n < room ? text.n : room);
        return text.n <= room ? text.n : room + 1;
    }
    UErrorCode e = U_ZERO_ERROR;
    UChar units[TEXT_MOST];
    int32_t n = 0;
    u_strFromUTF8(units, TEXT_MOST, &n, text.p, (int32_t)text.n, &e);
    int32_t bytes = ucnv_fromUChars(w->conv, out, (int32_t)room, units, n, &e);
    if (e == U_BUFFER_OVERFLOW_ERROR || U_FAILURE(e))
        return room + 1;
    return (size_t)bytes;
}

/* The first n characters. */
static str first_chars(str s, size_t n)
{
    size_t at = 0;

    while (n > 0 && at < s.n) {
        utf8_next(s, &at);
        n--;
    }
    return str_sub(s, 0, at);
}

static bool has_controls(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    return false;
}

static const char *field_name(enum bank_field f)
{
    static const char *const names[] = {
#define FIELD(name, text, records, answer) text,
#include "pay/bank_field.def"
#undef FIELD
    };
    return names[f];
}

/* The text as it fits: cut by characters where the layout says so; else a mistake. */
static str fitted(struct bank_writer *w, const struct bank_column *c, str text, int64_t seq,
                  char *bytes, size_t *n)
{
    size_t room = w->l->csv ? TEXT_MOST : (size_t)c->width;
    size_t chars = utf8_count(text);
    bool too_many = c->most > 0 && chars > (size_t)c->most;
    char cut[TEXT_MOST];

    *n = encoded(w, text, bytes, room);
    if (!too_many && *n <= room)
        return text;
    if (c->too_long == LONG_REFUSE) {
        bank_mistake(w->m, seq, "%s：“%.*s”比银行的字段长",
                     "%s: “%.*s” is longer than the bank's field", field_name(c->field),
                     STR_ARG(first_chars(text, 40)));
        *n = 0;
        return S("");
    }
    chars = too_many ? (size_t)c->most : chars;
    for (size_t k = chars;; k--) {
        str part = first_chars(text, k);
        int len = snprintf(cut, sizeof cut, "%.*s%.*s", STR_ARG(part),
                           STR_ARG(k < utf8_count(text) ? c->mark : S("")));
        str whole = {cut, (size_t)len};
        *n = encoded(w, whole, bytes, room);
        if (*n <= room && (c->most == 0 || utf8_count(whole) <= (size_t)c->most))
            return whole;
        if (k == 0)
            break;
    }
    *n = 0;
    return S("");
}

static void put_csv(struct sbuf *out, str bytes)
{
    bool quote = bytes.n > 0 && strchr("=+-@ ", bytes.p[0]) != NULL;

    for (size_t i = 0; i < bytes.n; i++)
        quote |= bytes.p[i] == ',' || bytes.p[i] == '"';
    if (!quote) {
        sbuf_add(out, bytes);
        return;
    }
    sbuf_addc(out, '"');
    for (size_t i = 0; i < bytes.n; i++) {
        if (bytes.p[i] == '"')
            sbuf_addc(out, '"');
        sbuf_addc(out, bytes.p[i]);
    }
    sbuf_addc(out, '"');
}

static void put_field(struct bank_writer *w, struct sbuf *out, const struct bank_column *c,
                      const struct bank_values *v)
{
    char bytes[TEXT_MOST + 1];
    size_t n = 0;

    sbuf_clear(&w->field);
    put_value(&w->field, c, v);
    str text = sbuf_str(&w->field);
    if (w->field.failed || has_controls(text)) {
        bank_mistake(w->m, v->seq, "%s：有文件里不能有的字符",
                     "%s: has characters that no file may have", field_name(c->field));
        text = S("");
    }
    fitted(w, c, text, v->seq, bytes, &n);
    if (w->l->csv) {
        put_csv(out, (str){bytes, n});
        return;
    }
    size_t width = (size_t)c->width;
    if (c->right)
        sbuf_add_n(out, c->pad, width - n);
    sbuf_add(out, (str){bytes, n});
    if (!c->right)
        sbuf_add_n(out, c->pad, width - n);
}

static void put_end(const struct bank_writer *w, struct sbuf *out)
{
    sbuf_addz(out, w->l->crlf ? "\r\n" : "\n");
}

static void put_record(struct bank_writer *w, struct sbuf *out, enum bank_record r,
                       const struct bank_values *v)
{
    const struct bank_columns *list = &w->l->record[r];

    if (list->n == 0)
        return;
    for (size_t i = 0; i < list->n; i++) {
        if (i > 0 && w->l->csv)
            sbuf_addc(out, ',');
        put_field(w, out, &list->at[i], v);
    }
    put_end(w, out);
}

void bank_writer_row(struct bank_writer *w, const struct bank_values *v)
{
    put_record(w, &w->rows, BANK_ROW, v);
}

/* ---- the whole -------------------------------------------------------------------------------- */

static void put_titles(struct bank_writer *w, struct sbuf *out)
{
    const struct bank_columns *list = &w->l->record[BANK_ROW];
    char bytes[TEXT_MOST + 1];

    if (!w->l->csv || !w->l->titles)
        return;
    for (size_t i = 0; i < list->n; i++) {
        size_t n = encoded(w, list->at[i].title, bytes, TEXT_MOST);
        if (i > 0)
            sbuf_addc(out, ',');
        put_csv(out, (str){bytes, n <= TEXT_MOST ? n : 0});
    }
    put_end(w, out);
}

static str sm3_text(str bytes, struct arena *a)
{
    uint8_t hash[VAULT_HASH];

    sm3_once(bytes.p, bytes.n, hash);
    return hash_text(hash, a);
}

enum rc bank_writer_close(struct bank_writer *w, struct bank_values *v, struct arena *a, str *out,
                          struct err *err)
{
    struct sbuf whole;
    enum rc rc = RC_OK;

    sbuf_init(&whole, FILE_MOST);
    v->seq = 0;
    v->rows_digest = sm3_text(sbuf_str(&w->rows), a);
    put_record(w, &whole, BANK_HEADER, v);
    put_titles(w, &whole);
    sbuf_add(&whole, sbuf_str(&w->rows));
    put_record(w, &whole, BANK_TRAILER, v);
    if (whole.failed || w->rows.failed)
        rc = err_set(err, RC_LIMIT, "the bank's file would have more than %d bytes", FILE_MOST);
    else if (w->m->n > 0 && w->m->at[0].seq > 0)
        rc = err_set(err, RC_BAD_INPUT, "line %lld: %.*s", (long long)w->m->at[0].seq,
                     STR_ARG(w->m->at[0].text));
    else if (w->m->n > 0)
        rc = err_set(err, RC_BAD_INPUT, "%.*s", STR_ARG(w->m->at[0].text));
    else
        *out = str_dup(a, sbuf_str(&whole));
    sbuf_deinit(&whole);
    bank_writer_drop(w);
    return rc;
}
