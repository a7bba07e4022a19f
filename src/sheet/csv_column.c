/*
 * The fast path: one tight loop a column and block of rows, for values as they nearly always are.
 * Anything else (a quote, a strange width, a wrong character) goes to csv_value.c, one by one.
 * Loads may run past a field and past the text: the buffer has CSV_PAD bytes behind it.
 */
#include <assert.h>
#include "sheet/csv_in.h"

#define FLAG_SPELLINGS                                                                             \
    {S("0"), 0}, {S("1"), 1}, {S("否"), 0}, {S("是"), 1}, {S("no"), 0}, {S("yes"), 1},             \
        {S("false"), 0}, {S("true"), 1}, {S("No"), 0}, {S("Yes"), 1}, {S("False"), 0},             \
        {S("True"), 1}, {S("NO"), 0}, {S("YES"), 1}, {S("FALSE"), 0},                              \
    {                                                                                              \
        S("TRUE"), 1                                                                               \
    }
static const struct csv_code flag_codes[] = {FLAG_SPELLINGS};

static const uint64_t keep_bytes[9] = {
    0,
    0xff,
    0xffff,
    0xffffff,
    0xffffffff,
    0xffffffffff,
    0xffffffffffff,
    0xffffffffffffff,
    0xffffffffffffffff,
};

/* No spelling begins with this byte: it is in no UTF-8 text. */
#define NO_KEY UINT64_MAX

static inline size_t slot_of(uint64_t k0, uint64_t k1, unsigned shift)
{
    return (size_t)(((k0 ^ (k1 * 0x9e3779b97f4a7c15u)) * 0xd6e8feb86659fd93u) >> shift);
}

static inline const struct csv_slot *slot_find(const struct csv_slot *slots, unsigned shift,
                                               const char *p, size_t n)
{
    uint64_t k0 = csv_load8(p), k1 = 0;
    if (n <= 8)
        k0 &= keep_bytes[n];
    else
        k1 = csv_load8(p + 8) & keep_bytes[n - 8];
    size_t last = ((size_t)1 << (64 - shift)) - 1;
    for (size_t i = slot_of(k0, k1, shift);; i = (i + 1) & last) {
        if (__builtin_expect(slots[i].k0 == k0 && slots[i].k1 == k1, 1))
            return &slots[i];
        if (!slots[i].used)
            return NULL;
    }
}

const struct csv_slot *csv_slot_find(const struct csv_bound *b, const char *p, size_t n)
{
    return slot_find(b->slots, b->shift, p, n);
}

static void slot_put(struct csv_bound *b, str text, uint8_t value, bool null)
{
    char key[CSV_SLOT_BYTES] = {0};
    size_t last = ((size_t)1 << (64 - b->shift)) - 1;
    if (text.n > 0)
        memcpy(key, text.p, text.n);
    const struct csv_slot *known = csv_slot_find(b, key, text.n);
    if (known != NULL) { /* an empty text among the codes goes before "unknown" */
        assert(null || known->value == value);
        return;
    }
    uint64_t k0 = csv_load8(key), k1 = csv_load8(key + 8);
    size_t i = slot_of(k0, k1, b->shift);
    while (b->slots[i].used)
        i = (i + 1) & last;
    b->slots[i] = (struct csv_slot){k0, k1, value, null, true};
    if (text.n == 1)
        b->single[(unsigned char)*text.p] = value;
}

static void bind_codes(struct csv_reader *r, struct csv_bound *b)
{
    bool flag = b->col->type == CSV_FLAG;
    b->codes = flag ? flag_codes : b->col->codes;
    b->code_count = flag ? sizeof flag_codes / sizeof *flag_codes : b->col->code_count;
    assert(b->code_count > 0 && b->code_count <= CSV_SPELLINGS_MAX);
    unsigned bits = 4;
    while (((size_t)1 << bits) < b->code_count * 4)
        bits++;
    b->shift = 64 - bits;
    b->slots = NEW_N(r->arena, struct csv_slot, (size_t)1 << bits);
    b->single = NEW_N(r->arena, uint16_t, UINT8_MAX + 1);
    for (size_t i = 0; i < (size_t)1 << bits; i++)
        b->slots[i].k0 = NO_KEY;
    for (size_t i = 0; i <= UINT8_MAX; i++)
        b->single[i] = UINT16_MAX;
    for (size_t i = 0; i < b->code_count; i++) {
        str text = b->codes[i].text;
        assert(str_find(text, S("\"")) < 0);
        if (text.n <= CSV_SLOT_BYTES)
            slot_put(b, text, b->codes[i].value, false);
    }
    if (!b->col->required)
        slot_put(b, S(""), 0, true);
}

void csv_bind(struct csv_reader *r, struct csv_bound *b)
{
    const struct csv_column *c = b->col;
    int64_t low = 0, high = 0;
    switch (c->type) {
    case CSV_FEN:
    case CSV_YUAN:
        low = -LIMIT_FEN;
        high = LIMIT_FEN;
        break;
    case CSV_COUNT:
        low = INT32_MIN;
        high = INT32_MAX;
        break;
    case CSV_DATE:
        low = date_day(DATE_YEAR_MIN, 1, 1);
        high = date_day(DATE_YEAR_MAX, 12, 31);
        break;
    case CSV_MONTH:
        low = month_of(DATE_YEAR_MIN, 1);
        high = month_of(DATE_YEAR_MAX, 12);
        break;
    case CSV_FLAG:
    case CSV_CODE:
        bind_codes(r, b);
        break;
    case CSV_SKIP:
    case CSV_TEXT:
        break;
    }
    bool given = c->min != 0 || c->max != 0;
    b->min = given && c->min > low ? c->min : low;
    b->max = given && c->max < high ? c->max : high;
}

/* ---- eight digits at once ---- */

/* Whether all bytes are 0..9, or 0 where `carry` has 0x7f instead of 0x76. */
static inline bool in_range(uint64_t digits, uint64_t carry)
{
    return (((digits + carry) | digits) & 0x8080808080808080u) == 0;
}

#define ALL_DIGITS 0x7676767676767676u
#define ZEROS      0x3030303030303030u

/* The first digit is in the lowest byte. */
static inline uint32_t digits_value(uint64_t digits)
{
    const uint64_t mask = 0x000000ff000000ffu;
    uint64_t pairs = digits * 10 + (digits >> 8);
    return (uint32_t)(((pairs & mask) * 0x000f424000000064u +
                       ((pairs >> 16) & mask) * 0x0000271000000001u) >>
                      32);
}

/* 1 to 8 digits, moved up so that the last one is the highest byte. */
static inline uint64_t short_digits(const char *p, size_t n)
{
    return (csv_load8(p) ^ ZEROS) << (64 - 8 * n);
}

/* An optional sign and 1 to 16 digits. */
static inline bool any_int(const char *p, size_t n, int64_t *v)
{
    bool minus = *p == '-';
    p += minus;
    n -= minus;
    if (n - 1 >= 16)
        return false;
    size_t head = n > 8 ? n - 8 : n;
    uint64_t d = short_digits(p, head);
    uint64_t e = n > 8 ? csv_load8(p + head) ^ ZEROS : 0;
    if (!in_range(d, ALL_DIGITS) || !in_range(e, ALL_DIGITS))
        return false;
    int64_t u = digits_value(d);
    if (n > 8)
        u = u * 100000000 + digits_value(e);
    *v = minus ? -u : u;
    return true;
}

/* [-]digits[.d[d]], up to 12 digits before the point. */
static inline bool any_yuan(const char *p, size_t n, int64_t *fen)
{
    size_t whole = n;
    for (size_t i = 1; i <= 3 && i <= n; i++)
        if (p[n - i] == '.')
            whole = n - i;
    size_t decimals = n - whole;
    int64_t v, part = 0;
    if (whole == 0 || decimals == 1 || whole > 13 || !any_int(p, whole, &v))
        return false;
    for (size_t i = 1; i < 3; i++) {
        unsigned digit = i < decimals ? (unsigned)(unsigned char)p[whole + i] - '0' : 0;
        if (digit > 9)
            return false;
        part = part * 10 + digit;
    }
    *fen = v * 100 + (*p == '-' ? -part : part);
    return true;
}

/* "2015-02-30" has the look of a date, but there is no such day. */
static inline bool any_date(const char *p, size_t n, const int32_t *month_days, int64_t *v)
{
    /* the eight bytes "15-02-30", then the century */
    uint64_t d = csv_load8(p + 2) ^ 0x30302d30302d3030u;
    unsigned c0 = (unsigned)(unsigned char)p[0] - '0', c1 = (unsigned)(unsigned char)p[1] - '0';
    if (n != 10 || !in_range(d, 0x76767f76767f7676u) || c0 > 9 || c1 > 9)
        return false;
    uint64_t pairs = d * 10 + (d >> 8);
    unsigned year = (c0 * 10 + c1) * 100 + (unsigned)(pairs & 0xff) - DATE_YEAR_MIN;
    unsigned mon = (unsigned)(pairs >> 24 & 0xff) - 1;
    int32_t dd = (int32_t)(pairs >> 48 & 0xff);
    if (year > DATE_YEAR_MAX - DATE_YEAR_MIN || mon > 11)
        return false;
    const int32_t *first = month_days + (size_t)year * 12 + mon;
    *v = first[0] + dd - 1;
    return dd >= 1 && *v < first[1];
}

static inline bool any_month(const char *p, size_t n, int64_t *v)
{
    uint64_t d = (csv_load8(p) ^ 0x0030302d30303030u) & keep_bytes[7];
    if (n != 7 || !in_range(d, 0x7f76767f76767676u))
        return false;
    uint64_t pairs = d * 10 + (d >> 8);
    unsigned year = (unsigned)(pairs & 0xff) * 100 + (unsigned)(pairs >> 16 & 0xff);
    unsigned mon = (unsigned)(pairs >> 40 & 0xff) - 1;
    *v = (int64_t)year * 12 + mon;
    return year - DATE_YEAR_MIN <= DATE_YEAR_MAX - DATE_YEAR_MIN && mon <= 11;
}

/* ---- the loops ---- */

static uint8_t *clear_nulls(struct csv_reader *r, const struct csv_bound *b,
                            const struct csv_span *s)
{
    uint8_t *nulls = b->col->nulls != NULL ? b->col->nulls + s->out : r->no_nulls;
    memset(nulls, 0, s->rows);
    return nulls;
}

/*
 * A field that begins with a quote ends with one: the row was checked. Doubled quotes within make
 * no number and no spelling of a code that a loop would take, so that they come to csv_value.c.
 */
static inline void strip_quotes(bool quoted, const char **p, size_t *n)
{
    if (quoted && **p == '"') {
        ++*p;
        *n -= 2;
    }
}

/* Rare: some value of the block is outside of the bounds. Find which, and the extremes without. */
static void bounds_broken(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s,
                          const uint8_t *nulls, bool wide, int64_t *low, int64_t *high)
{
    struct csv_column *c = b->col;
    *low = INT64_MAX;
    *high = INT64_MIN;
    for (size_t i = 0; i < s->rows; i++) {
        int64_t v = wide ? c->out.i64[s->out + i] : c->out.i32[s->out + i];
        if (nulls[i])
            continue;
        if (v < b->min || v > b->max) {
            csv_value_outside(r, b, s, i);
            continue;
        }
        *low = v < *low ? v : *low;
        *high = v > *high ? v : *high;
    }
}

/* One body for all numbers; type is a constant where it is used, so that each gets its own loop. */
__attribute__((always_inline)) static inline void read_numbers(struct csv_reader *r,
                                                               struct csv_bound *b,
                                                               const struct csv_span *s,
                                                               enum csv_type type, bool quoted)
{
    struct csv_column *c = b->col;
    const bool wide = type == CSV_FEN || type == CSV_YUAN;
    const struct csv_span at = *s; /* in registers: stores to the columns cannot change it */
    const uint32_t *starts = at.starts, *ends = at.ends;
    const int32_t *month_days = r->month_days;
    int64_t *out64 = wide ? c->out.i64 + at.out : NULL;
    int32_t *out32 = wide ? NULL : c->out.i32 + at.out;
    uint8_t *nulls = clear_nulls(r, b, s);
    int64_t low = INT64_MAX, high = INT64_MIN;
    size_t unknown = 0;
    for (size_t i = 0; i < at.rows; i++) {
        uint32_t from = *starts + at.start_add;
        const char *p = at.base + from;
        size_t n = *ends - from;
        int64_t v = 0;
        bool ok;
        starts += at.start_step;
        ends += at.end_step;
        strip_quotes(quoted, &p, &n);
        if (type == CSV_DATE) {
            ok = any_date(p, n, month_days, &v);
        } else if (type == CSV_MONTH) {
            ok = any_month(p, n, &v);
        } else if (type == CSV_YUAN) {
            ok = any_yuan(p, n, &v);
        } else if (type == CSV_COUNT && n == 1) {
            v = (unsigned char)*p - '0';
            ok = v >= 0 && v <= 9;
        } else if (n - 1 < 8) {
            uint64_t d = short_digits(p, n);
            ok = in_range(d, ALL_DIGITS);
            v = digits_value(d);
            if (!ok)
                ok = any_int(p, n, &v);
        } else {
            ok = any_int(p, n, &v) && (wide || (v >= INT32_MIN && v <= INT32_MAX));
        }
        if (__builtin_expect(!ok, 0)) {
            if (n != 0 || b->col->required) {
                csv_value_read(r, b, s, i);
                continue;
            }
            nulls[i] = 1;
            unknown++;
            v = 0;
        } else {
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
        if (wide)
            out64[i] = v;
        else
            out32[i] = (int32_t)v;
    }
    if (low < b->min || high > b->max)
        if (low <= high)
            bounds_broken(r, b, s, nulls, wide, &low, &high);
    c->null_count += unknown;
    c->low = low < c->low ? low : c->low;
    c->high = high > c->high ? high : c->high;
}

/* Kept apart: together the registers do not suffice. */
#define LOOP __attribute__((noinline))

LOOP static void read_fen(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    if (s->quoted)
        read_numbers(r, b, s, CSV_FEN, true);
    else
        read_numbers(r, b, s, CSV_FEN, false);
}

LOOP static void read_yuan(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    if (s->quoted)
        read_numbers(r, b, s, CSV_YUAN, true);
    else
        read_numbers(r, b, s, CSV_YUAN, false);
}

LOOP static void read_counts(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    if (s->quoted)
        read_numbers(r, b, s, CSV_COUNT, true);
    else
        read_numbers(r, b, s, CSV_COUNT, false);
}

LOOP static void read_dates(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    if (s->quoted)
        read_numbers(r, b, s, CSV_DATE, true);
    else
        read_numbers(r, b, s, CSV_DATE, false);
}

LOOP static void read_months(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    if (s->quoted)
        read_numbers(r, b, s, CSV_MONTH, true);
    else
        read_numbers(r, b, s, CSV_MONTH, false);
}

__attribute__((always_inline)) static inline void read_spellings(struct csv_reader *r,
                                                                 struct csv_bound *b,
                                                                 const struct csv_span *s,
                                                                 bool quoted)
{
    const struct csv_span at = *s;
    const uint32_t *starts = at.starts, *ends = at.ends;
    uint8_t *out = b->col->out.u8 + at.out;
    uint8_t *nulls = b->col->nulls != NULL ? b->col->nulls + at.out : r->no_nulls;
    const struct csv_slot *slots = b->slots;
    const uint16_t *single = b->single;
    unsigned shift = b->shift;
    size_t unknown = 0;
    for (size_t i = 0; i < at.rows; i++) {
        uint32_t from = *starts + at.start_add;
        const char *p = at.base + from;
        size_t n = *ends - from;
        starts += at.start_step;
        ends += at.end_step;
        strip_quotes(quoted, &p, &n);
        if (n == 1) {
            unsigned value = single[(unsigned char)*p];
            if (__builtin_expect(value <= UINT8_MAX, 1)) {
                out[i] = (uint8_t)value;
                nulls[i] = 0;
                continue;
            }
        }
        const struct csv_slot *slot = n <= CSV_SLOT_BYTES ? slot_find(slots, shift, p, n) : NULL;
        if (__builtin_expect(slot == NULL, 0)) {
            csv_value_read(r, b, s, i);
            continue;
        }
        out[i] = slot->value;
        nulls[i] = slot->null;
        unknown += slot->null;
    }
    b->col->null_count += unknown;
}

LOOP static void read_codes(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    if (s->quoted)
        read_spellings(r, b, s, true);
    else
        read_spellings(r, b, s, false);
}

LOOP static void read_texts(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    uint8_t *nulls = clear_nulls(r, b, s);
    str *out = b->col->out.text + s->out;
    for (size_t i = 0; i < s->rows; i++) {
        str text = csv_span_field(s, i);
        if (s->quoted)
            text = csv_unquote(text, &r->texts);
        out[i] = text;
        if (__builtin_expect(text.n == 0, 0)) {
            if (b->col->required) {
                csv_value_read(r, b, s, i);
                continue;
            }
            nulls[i] = 1;
            b->col->null_count++;
        }
    }
}

void csv_column_read(struct csv_reader *r, struct csv_bound *b, const struct csv_span *s)
{
    switch (b->col->type) {
    case CSV_SKIP:
        break;
    case CSV_FEN:
        read_fen(r, b, s);
        break;
    case CSV_YUAN:
        read_yuan(r, b, s);
        break;
    case CSV_COUNT:
        read_counts(r, b, s);
        break;
    case CSV_DATE:
        read_dates(r, b, s);
        break;
    case CSV_MONTH:
        read_months(r, b, s);
        break;
    case CSV_FLAG:
    case CSV_CODE:
        read_codes(r, b, s);
        break;
    case CSV_TEXT:
        read_texts(r, b, s);
        break;
    }
}

void csv_column_lacking(struct csv_column *c, size_t at, size_t rows)
{
    switch (c->type) {
    case CSV_SKIP:
        return;
    case CSV_FEN:
    case CSV_YUAN:
        memset(c->out.i64 + at, 0, rows * sizeof *c->out.i64);
        break;
    case CSV_COUNT:
    case CSV_DATE:
    case CSV_MONTH:
        memset(c->out.i32 + at, 0, rows * sizeof *c->out.i32);
        break;
    case CSV_FLAG:
    case CSV_CODE:
        memset(c->out.u8 + at, 0, rows);
        break;
    case CSV_TEXT:
        memset(c->out.text + at, 0, rows * sizeof *c->out.text);
        break;
    }
    if (c->nulls != NULL)
        memset(c->nulls + at, 1, rows);
    c->null_count += rows;
}
