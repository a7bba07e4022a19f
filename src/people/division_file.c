/* Reading divisions.csv: every row checked by itself, then the rows against one another. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "people/division_load.h"
#include "sheet/csv.h"

enum { FILE_MAX = 1 << 26 };

enum col {
    COL_CODE,
    COL_NAME,
    COL_LEVEL,
    COL_PARENT,
    COL_KIND,
    COL_FROM,
    COL_TO,
    COL_BECOMES,
    COL_HOW,
    COL_COUNTY,
    COL_COUNT
};
static const char *const col_names[COL_COUNT] = {"code", "name", "level",   "parent", "kind",
                                                 "from", "to",   "becomes", "how",    "county"};
enum { COL_REQUIRED = COL_KIND + 1 };

/* What each kind is, by level; `unit` is the last number that a code of the level may have. */
static const struct division_kind {
    const char *kind, *level;
    int64_t unit;
} kinds[] = {
    {"city", "city", 100000000},           {"district", "county", 1000000},
    {"county", "county", 1000000},         {"county_city", "county", 1000000},
    {"subdistrict", "township", 1000},     {"town", "township", 1000},
    {"township", "township", 1000},        {"residents_committee", "village", 1},
    {"villagers_committee", "village", 1},
};

struct reading {
    struct arena *a;
    struct csv_reader *csv;
    int at[COL_COUNT]; /* the field that holds the column; -1: the file lacks it */
    int64_t row;
    const str *fields;
    VEC(struct division_info) rows;
    VEC(struct succession) successions;
};

static str field(const struct reading *r, enum col c)
{
    return r->at[c] < 0 ? S("") : r->fields[r->at[c]];
}

MUST_CHECK static enum rc mistake(const struct reading *r, enum col c, struct err *err,
                                  const char *expected)
{
    return err_set(err, RC_BAD_INPUT, "%s row %lld, column %s: found “%.*s”, expected %s",
                   csv_name(r->csv), (long long)r->row, col_names[c], STR_ARG(field(r, c)),
                   expected);
}

static bool code_read(str s, int64_t *out)
{
    return s.n == 12 && str_int(s, out) && *out > 0;
}

static const struct division_kind *kind_find(str kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kind, str_from(kinds[i].kind)))
            return &kinds[i];
    return NULL;
}

MUST_CHECK static enum rc read_days(struct reading *r, struct division_info *d, struct err *err)
{
    day day_of;
    str from = field(r, COL_FROM);
    str to = field(r, COL_TO);
    if (from.n > 0 && !date_parse(from, &day_of))
        return mistake(r, COL_FROM, err, "a day like 2020-12-01, or nothing for unknown");
    if (to.n > 0 && !date_parse(to, &day_of))
        return mistake(r, COL_TO, err, "the first day on which it is no more, or nothing");
    if (to.n > 0 && str_cmp(from, to) >= 0)
        return mistake(r, COL_TO, err, "a day after its beginning");
    d->valid_from = str_dup(r->a, from);
    d->valid_to = to.n > 0 ? str_dup(r->a, to) : S(DAY_OPEN);
    return RC_OK;
}

MUST_CHECK static enum rc read_successions(struct reading *r, const struct division_info *d,
                                           struct err *err)
{
    static const char *const hows[] = {"merge", "split", "rename", "recode"};
    str how = field(r, COL_HOW);
    str one, rest = field(r, COL_BECOMES);
    bool known = false;
    if (rest.n == 0)
        return how.n == 0 ? RC_OK : mistake(r, COL_HOW, err, "nothing where it becomes nothing");
    for (size_t i = 0; i < sizeof hows / sizeof *hows; i++)
        known = known || str_eq(how, str_from(hows[i]));
    if (!known)
        return mistake(r, COL_HOW, err, "merge, split, rename or recode");
    if (str_eq(d->valid_to, S(DAY_OPEN)))
        return mistake(r, COL_TO, err, "the day on which it became another");
    for (bool more = true; more;) {
        int64_t code = 0;
        more = str_cut(rest, ' ', &one, &rest);
        if (!code_read(one, &code))
            return mistake(r, COL_BECOMES, err, "codes of 12 digits with a blank between them");
        *VEC_PUSH(r->a, &r->successions) =
            (struct succession){d->division, code, d->valid_to, str_dup(r->a, how)};
    }
    return RC_OK;
}

MUST_CHECK static enum rc read_row(struct reading *r, struct err *err)
{
    struct division_info d = {0};
    const struct division_kind *k = kind_find(field(r, COL_KIND));
    str county = field(r, COL_COUNTY);
    if (!code_read(field(r, COL_CODE), &d.division))
        return mistake(r, COL_CODE, err, "12 digits");
    if (!code_read(field(r, COL_PARENT), &d.parent))
        return mistake(r, COL_PARENT, err, "12 digits");
    if (field(r, COL_NAME).n == 0 || field(r, COL_NAME).n > 300)
        return mistake(r, COL_NAME, err, "its official name");
    if (k == NULL)
        return mistake(r, COL_KIND, err, "a kind that places/README.md lists");
    if (!str_eq(field(r, COL_LEVEL), str_from(k->level)))
        return mistake(r, COL_LEVEL, err, k->level);
    if (d.division % k->unit != 0)
        return mistake(r, COL_CODE, err, "zeros below its own level");
    d.county_code = d.division / 1000000;
    if (county.n > 0 && (county.n != 6 || !str_int(county, &d.county_code)))
        return mistake(r, COL_COUNTY, err, "the six digits of the county that keeps its rows");
    d.name = str_dup(r->a, field(r, COL_NAME));
    d.kind = str_from(k->kind);
    TRY(read_days(r, &d, err));
    *VEC_PUSH(r->a, &r->rows) = d;
    return read_successions(r, &d, err);
}

MUST_CHECK static enum rc read_header(struct reading *r, struct err *err)
{
    const str *names = NULL;
    size_t n = 0;
    TRY(csv_rows_begin(r->csv, &names, &n, err));
    for (int c = 0; c < COL_COUNT; c++) {
        r->at[c] = -1;
        for (size_t i = 0; i < n; i++)
            if (str_eq(names[i], str_from(col_names[c])))
                r->at[c] = (int)i;
        if (r->at[c] < 0 && c < COL_REQUIRED)
            return err_set(err, RC_BAD_INPUT, "%s row 1: found no column %s", csv_name(r->csv),
                           col_names[c]);
    }
    return RC_OK;
}

/* ---- the rows against one another ----------------------------------------------------------- */

static int by_code(const void *pa, const void *pb)
{
    const struct division_info *a = pa;
    const struct division_info *b = pb;
    if (a->division != b->division)
        return a->division < b->division ? -1 : 1;
    return str_cmp(a->valid_from, b->valid_from);
}

static int by_codes(const void *pa, const void *pb)
{
    const struct succession *a = pa;
    const struct succession *b = pb;
    if (a->old_division != b->old_division)
        return a->old_division < b->old_division ? -1 : 1;
    if (a->new_division != b->new_division)
        return a->new_division < b->new_division ? -1 : 1;
    return str_cmp(a->on_day, b->on_day);
}

static bool has_code(const struct reading *r, int64_t code)
{
    size_t lo = 0, hi = r->rows.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (r->rows.at[mid].division < code)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < r->rows.n && r->rows.at[lo].division == code;
}

MUST_CHECK static enum rc check_rows(const struct reading *r, struct err *err)
{
    const char *file = csv_name(r->csv);
    size_t cities = 0;
    for (size_t i = 0; i < r->rows.n; i++) {
        const struct division_info *d = &r->rows.at[i];
        const struct division_info *before = i > 0 ? d - 1 : NULL;
        bool is_city = str_eq(d->kind, S("city"));
        cities += is_city;
        if (before != NULL && before->division == d->division &&
            str_cmp(d->valid_from, before->valid_to) < 0)
            return err_set(err, RC_BAD_INPUT,
                           "%s: division %lld is there twice on the same days, expected one row "
                           "at a time",
                           file, (long long)d->division);
        if (!is_city && !has_code(r, d->parent))
            return err_set(err, RC_BAD_INPUT,
                           "%s: the parent %lld of %lld %.*s has no row, expected it", file,
                           (long long)d->parent, (long long)d->division, STR_ARG(d->name));
    }
    for (size_t i = 0; i < r->successions.n; i++)
        if (!has_code(r, r->successions.at[i].new_division))
            return err_set(err, RC_BAD_INPUT,
                           "%s: %lld, which %lld becomes, has no row, expected it", file,
                           (long long)r->successions.at[i].new_division,
                           (long long)r->successions.at[i].old_division);
    if (cities == 0)
        return err_set(err, RC_BAD_INPUT, "%s: no row of level city, expected one", file);
    return RC_OK;
}

MUST_CHECK static enum rc read_rows(struct reading *r, struct err *err)
{
    TRY(read_header(r, err));
    for (r->row = 2;; r->row++) {
        TRY(csv_row(r->csv, &r->fields, err));
        if (r->fields == NULL)
            break;
        TRY(read_row(r, err));
    }
    if (r->rows.n > 0)
        qsort(r->rows.at, r->rows.n, sizeof *r->rows.at, by_code);
    if (r->successions.n > 0)
        qsort(r->successions.at, r->successions.n, sizeof *r->successions.at, by_codes);
    return check_rows(r, err);
}

enum rc division_file_read(const char *path, struct arena *a, struct division_file *out,
                           struct err *err)
{
    struct reading r = {.a = a};
    str bytes = {0};
    uint8_t hash[VAULT_HASH];
    TRY(file_read(path, FILE_MAX, a, &bytes, err));
    struct csv_options options = {.name = path, .bytes = bytes};
    TRY(csv_open(a, &options, &r.csv, err));
    enum rc rc = read_rows(&r, err);
    csv_close(r.csv);
    TRY(rc);
    sm3_once(bytes.p, bytes.n, hash);
    *out = (struct division_file){.rows = r.rows.at,
                                  .n = r.rows.n,
                                  .successions = r.successions.at,
                                  .n_successions = r.successions.n};
    memcpy(out->hash, hash_text(hash, a).p, 64);
    return RC_OK;
}
