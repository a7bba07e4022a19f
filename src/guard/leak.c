/*
 * See leak.h. The text is taken apart into groups of digits; groups with nothing but blanks, dashes, dots or
 * strokes between them make a run. Within a run every row of neighbouring groups is tried: what an
 * identity number looks like first, since it may be written like a date; then days, case numbers and
 * amounts are put aside, and what is left is held against cards and phones.
 */
#include "guard/leak.h"

#include <string.h>

enum {
    GROUPS = 40,     /* of a run looked at together */
    KEPT = 20,       /* of them kept when a run is longer, for what lies across */
    DIGITS = 24,     /* of a group kept; more are a leak whatever they are */
    SEPARATORS = 3,  /* between two groups of a run, at most: " - " */
    ID = 18,         /* digits of an identity number, the last one may be X */
    OLD_ID = 15,     /* of one given before 1999 */
    CARD = 16,       /* of a bank card: so many */
    CARD_MOST = 19,  /* to so many */
    MOBILE = 11,     /* of a phone */
    NATURAL_CARD = 8 /* people break a card number into pieces no longer than that */
};

struct group {
    char d[DIGITS + 1]; /* ASCII; X at the end */
    size_t n;           /* all digits; more than DIGITS: the first of them are in d */
    size_t at, end;     /* bytes in the text */
    char before;        /* what stands between it and the group before: ' ', '-', '.', '/' */
    size_t gap;         /* how many of them */
    bool aside;         /* part of a day, an amount, a case number */
};

struct run {
    struct group g[GROUPS];
    size_t n;
    struct leak found; /* the first so far */
};

/* ---- characters ------------------------------------------------------------------------------ */

static int digit_of(uint32_t c)
{
    static const uint32_t zeros[] = {'0', 0xff10, 0x0660, 0x06f0, 0x0966};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        if (c >= zeros[i] && c <= zeros[i] + 9)
            return (int)(c - zeros[i]);
    if (c >= 0x1d7ce && c <= 0x1d7ff) /* the mathematical ones: five alphabets of ten */
        return (int)((c - 0x1d7ce) % 10);
    return -1;
}

static bool is_x(uint32_t c)
{
    return c == 'x' || c == 'X' || c == 0xff38 || c == 0xff58;
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xff21 && c <= 0xff3a) ||
           (c >= 0xff41 && c <= 0xff5a);
}

/* ' ', '-', '.', '/': what people put between digits; 0: it is none. A line's end is none: what stands in
 * two lines of a table is not one number. */
static char separator_of(uint32_t c)
{
    static const uint32_t dashes[] = {'-',    '_',    0x2212, 0x2500, 0x30fc,
                                      0xfe58, 0xfe63, 0xff0d, 0xff3f};
    static const uint32_t dots[] = {'.', 0xb7, 0x2022, 0x2027, 0x22c5, 0x30fb, 0xff0e, 0xff65};
    if (c == ' ' || c == 0xa0 || c == 0x3000 || c == 0x202f || c == 0x205f ||
        (c >= 0x2000 && c <= 0x200a))
        return ' ';
    if (c >= 0x2010 && c <= 0x2015)
        return '-';
    for (size_t i = 0; i < sizeof dashes / sizeof dashes[0]; i++)
        if (c == dashes[i])
            return '-';
    for (size_t i = 0; i < sizeof dots / sizeof dots[0]; i++)
        if (c == dots[i])
            return '.';
    return c == '/' || c == 0xff0f ? '/' : '\0';
}

/* What is not seen at all. */
static bool is_nothing(uint32_t c)
{
    return c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
}

/* ---- what numbers look like ------------------------------------------------------------------ */

static int two(const char *d)
{
    return (d[0] - '0') * 10 + (d[1] - '0');
}

static bool all_digits(const char *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (d[i] < '0' || d[i] > '9')
            return false;
    return true;
}

/* The first two digits of a division of the country. */
static bool is_region(const char *d)
{
    static const char regions[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                  "50 51 52 53 54 61 62 63 64 65 71 81 82 83 91";
    const char two_of[] = {d[0], d[1], '\0'};
    return strstr(regions, two_of) != NULL;
}

static bool is_month_day(const char *d)
{
    int m = two(d), dd = two(d + 2);
    return m >= 1 && m <= 12 && dd >= 1 && dd <= 31;
}

static bool is_id(const char *d)
{
    int century = two(d + 6);
    return all_digits(d, ID - 1) && is_region(d) && century >= 18 && century <= 20 &&
           is_month_day(d + 10);
}

static bool is_old_id(const char *d)
{
    return all_digits(d, OLD_ID) && is_region(d) && is_month_day(d + 8);
}

/* A mobile number, with what is put before it at home or from abroad. */
static bool is_phone(const char *d, size_t n)
{
    static const char *const before[] = {"0086", "086", "86", "0", ""};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        size_t m = strlen(before[i]);
        if (n == MOBILE + m && memcmp(d, before[i], m) == 0 && all_digits(d, n) && d[m] == '1' &&
            d[m + 1] >= '3')
            return true;
    }
    return false;
}

static bool is_card_start(char c)
{
    return c >= '3' && c != '7';
}

/* ---- a run of groups ------------------------------------------------------------------------- */

static void tell(struct run *r, enum leak_kind kind, size_t from, size_t to)
{
    if (r->found.kind != LEAK_NONE && r->found.at <= from)
        return;
    r->found = (struct leak){kind, from, to - from};
}

/* Groups i to j as one number; 0: longer than `most`, or a group that was not kept whole. */
static size_t joined(const struct run *r, size_t i, size_t j, size_t most, char *out)
{
    size_t n = 0;
    for (size_t k = i; k <= j; k++) {
        const struct group *g = &r->g[k];
        if (g->n > DIGITS || n + g->n > most)
            return 0;
        memcpy(out + n, g->d, g->n);
        n += g->n;
    }
    out[n] = '\0';
    return n;
}

static bool has_form(const struct run *r, size_t i, const char *digits, char between)
{
    size_t n = strlen(digits);
    if (i + n > r->n)
        return false;
    for (size_t k = 0; k < n; k++) {
        const struct group *g = &r->g[i + k];
        if (g->n != (size_t)(digits[k] - '0') || (k > 0 && (g->gap != 1 || g->before != between)))
            return false;
    }
    return true;
}

/* Does the number go on behind the group, without a blank? */
static bool goes_on(const struct run *r, size_t i)
{
    return i + 1 < r->n && r->g[i + 1].before != ' ' && r->g[i + 1].gap == 1;
}

/* 510402-2020-000123, and -1 where there were several services. */
static size_t case_number(const struct run *r, size_t i)
{
    if (!has_form(r, i, "646", '-') || !is_region(r->g[i].d) || two(r->g[i + 1].d) != 20)
        return 0;
    if (has_form(r, i, "6461", '-'))
        return 4;
    return goes_on(r, i + 2) && r->g[i + 3].before == '-' ? 0 : 3;
}

static bool is_year(const struct group *g)
{
    return g->n == 4 && all_digits(g->d, 4) && two(g->d) >= 18 && two(g->d) <= 21;
}

static size_t calendar(const struct run *r, size_t i)
{
    const struct group *g = &r->g[i];
    char between = i + 1 < r->n ? g[1].before : '\0';
    if (!is_year(g) || i + 1 >= r->n || g[1].gap != 1 || between == ' ' || g[1].n > 2)
        return 0;
    bool has_day = i + 2 < r->n && g[2].gap == 1 && g[2].before == between && g[2].n <= 2;
    return has_day ? 3 : 2;
}

/* 1234.50 */
static size_t amount(const struct run *r, size_t i)
{
    const struct group *g = &r->g[i];
    return i + 1 < r->n && g[1].before == '.' && g[1].gap == 1 && g[1].n == 2 && !goes_on(r, i + 1)
               ? 2
               : 0;
}

static void put_aside(struct run *r, size_t (*form)(const struct run *, size_t))
{
    for (size_t i = 0; i < r->n; i++) {
        size_t n = r->g[i].aside ? 0 : form(r, i);
        for (size_t k = 0; k < n; k++)
            r->g[i + k].aside = true;
        i += n > 0 ? n - 1 : 0;
    }
}

/* One between blanks and of a size that no piece of an identity number has. */
static size_t small_amount(const struct run *r, size_t i)
{
    const struct group *g = &r->g[i];
    bool alone = (i == 0 || g->before == ' ') && (i + 2 >= r->n || g[2].before == ' ');
    return alone && g->n < 6 ? amount(r, i) : 0;
}

/* A group too long to be looked at as a whole: an identity number within it, else as a card. */
static void long_group(struct run *r, const struct group *g)
{
    if (g->n <= ID)
        return;
    size_t kept = g->n < DIGITS ? g->n : DIGITS;
    for (size_t i = 0; i + ID <= kept; i++)
        if (is_id(g->d + i)) {
            tell(r, LEAK_ID_NUMBER, g->at, g->end);
            return;
        }
    tell(r, LEAK_CARD, g->at, g->end);
}

static void identity_numbers(struct run *r)
{
    char d[ID + 1];
    for (size_t i = 0; i < r->n; i++) {
        long_group(r, &r->g[i]);
        for (size_t j = i; j < r->n && !r->g[j].aside; j++) {
            size_t n = joined(r, i, j, ID, d);
            if (n == 0)
                break;
            /* Fifteen digits say less: a code of twelve and a number behind it look alike. */
            bool old = n == OLD_ID && (j == i || r->g[i].n <= 6) && is_old_id(d);
            bool ends_in_x = n == ID && d[ID - 1] == 'X' && all_digits(d, ID - 1);
            if (old || ends_in_x || (n == ID && is_id(d)))
                tell(r, LEAK_ID_NUMBER, r->g[i].at, r->g[j].end);
        }
    }
}

/* Pieces as people make them, or one that card checks would take. */
static bool pieces_of_card(const struct run *r, size_t i, size_t j, const char *d, size_t n)
{
    bool small = r->g[i].n <= NATURAL_CARD;
    for (size_t k = i; k < j; k++)
        small &= r->g[k].n >= 3;
    return i == j || (is_card_start(d[0]) && (small || card_luhn((str){d, n})));
}

static void cards_and_phones(struct run *r)
{
    char d[CARD_MOST + 1];
    for (size_t i = 0; i < r->n; i++) {
        bool single = true; /* one digit at a time: only a row of such as a whole is a number */
        for (size_t j = i; j < r->n && !r->g[j].aside; j++) {
            size_t n = joined(r, i, j, CARD_MOST, d);
            if (n == 0)
                break;
            single &= r->g[j].n == 1;
            bool whole = !(i > 0 && r->g[i - 1].n == 1 && !r->g[i - 1].aside) &&
                         !(j + 1 < r->n && r->g[j + 1].n == 1 && !r->g[j + 1].aside);
            if (single && i != j && !whole)
                continue;
            if (n >= CARD && all_digits(d, n) && (single || pieces_of_card(r, i, j, d, n)))
                tell(r, LEAK_CARD, r->g[i].at, r->g[j].end);
            else if (is_phone(d, n))
                tell(r, LEAK_PHONE, r->g[i].at, r->g[j].end);
        }
    }
}

static void look_at(struct run *r)
{
    for (size_t i = 0; i < r->n; i++)
        r->g[i].aside = false;
    put_aside(r, case_number);
    put_aside(r, small_amount);
    identity_numbers(r);
    put_aside(r, calendar);
    put_aside(r, amount);
    cards_and_phones(r);
}

/* ---- the text -------------------------------------------------------------------------------- */

struct reading {
    str text;
    struct run run;
    bool in_group; /* the last character was a digit */
    char gap_of;   /* separators since; the first of them that is no blank */
    size_t gap;
};

static void run_end(struct reading *r)
{
    look_at(&r->run);
    r->run.n = 0;
    r->in_group = false;
    r->gap = 0;
}

static struct group *group_new(struct reading *r, size_t at)
{
    struct run *run = &r->run;
    if (run->n == GROUPS) {
        look_at(run);
        memmove(run->g, run->g + (GROUPS - KEPT), KEPT * sizeof run->g[0]);
        run->n = KEPT;
    }
    struct group *g = &run->g[run->n++];
    *g = (struct group){.at = at, .before = r->gap_of, .gap = r->gap};
    return g;
}

static void add_digit(struct reading *r, char d, size_t at, size_t end)
{
    struct group *g = r->in_group ? &r->run.g[r->run.n - 1] : group_new(r, at);
    if (g->n < DIGITS)
        g->d[g->n] = d;
    g->n++;
    g->end = end;
    r->in_group = true;
    r->gap = 0;
}

/* X is a digit where it ends a number and no word begins with it. */
static bool ends_number(const struct reading *r, size_t next)
{
    if (r->run.n == 0 || next > r->text.n)
        return false;
    uint32_t after = next < r->text.n ? utf8_next(r->text, &next) : 0;
    return !is_letter(after) && digit_of(after) < 0;
}

static void read_one(struct reading *r, size_t *at)
{
    size_t from = *at;
    uint32_t c = utf8_next(r->text, at);
    int digit = digit_of(c);
    char separator = separator_of(c);
    if (digit >= 0) {
        add_digit(r, (char)('0' + digit), from, *at);
    } else if (is_x(c) && ends_number(r, *at)) {
        add_digit(r, 'X', from, *at);
        run_end(r);
    } else if (separator != '\0' && r->run.n > 0 && r->gap < SEPARATORS) {
        r->gap_of = r->gap == 0 || r->gap_of == ' ' ? separator : r->gap_of;
        r->gap++;
        r->in_group = false;
    } else if (!is_nothing(c)) {
        run_end(r);
    }
}

struct leak leak_find(str text)
{
    struct reading r = {.text = text};
    size_t at = 0;
    while (at < text.n && r.run.found.kind == LEAK_NONE)
        read_one(&r, &at);
    run_end(&r);
    return r.run.found;
}

/* ---- words ----------------------------------------------------------------------------------- */

const char *leak_word(enum leak_kind k, bool english)
{
    switch (k) {
    case LEAK_ID_NUMBER:
        return english ? "identity number" : "身份证号码";
    case LEAK_CARD:
        return english ? "bank card number" : "银行卡号";
    case LEAK_PHONE:
        return english ? "phone number" : "手机号码";
    case LEAK_NONE:
        break;
    }
    return "";
}

enum rc leak_refuse(str text, const char *what, struct err *err)
{
    struct leak l = leak_find(text);
    if (l.kind == LEAK_NONE)
        return RC_OK;
    size_t character = utf8_count(str_sub(text, 0, l.at)) + 1;
    return err_set(
        err, RC_RULE,
        "%s: character %zu begins what looks like %s %s, expected none in what others get "
        "to read: take it out (%s)",
        what, character, l.kind == LEAK_ID_NUMBER ? "an" : "a", leak_word(l.kind, true),
        leak_word(l.kind, false));
}

bool is_minor(day birth, day on)
{
    return birth == 0 || date_years(birth, on) < 18;
}
