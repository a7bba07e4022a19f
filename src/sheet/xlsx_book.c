/* What a workbook says of itself: which sheets there are and where, which styles show days, its texts. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "sheet/xlsx_in.h"

struct book {
    struct xlsx_in *x;
    struct xlsx_part part;
    struct map rels;      /* target by id; keys and values in the arena */
    const char *folder;   /* of the part that is read, with its last / */
    const char *workbook; /* parts by kind; NULL: none */
    const char *strings, *styles;
    struct map ids; /* number of a custom format: 1 + whether it shows days */
    bool in_xfs, in_text, in_reading;
};

/* ---- relations ------------------------------------------------------------------------------ */

static const char *folder_of(struct arena *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    return slash == NULL ? "" : str_z(a, (str){part, (size_t)(slash - part) + 1});
}

/* What a target means, seen from a folder: a part's name without .. and without a / in front. */
static const char *resolve(struct arena *a, const char *folder, const char *target)
{
    struct sbuf b;
    str rest = str_from(target);
    sbuf_init(&b, 4096);
    if (!str_starts(rest, S("/")))
        sbuf_addz(&b, folder);
    while (rest.n > 0) {
        str step = {0};
        str after = {0};
        bool last = !str_cut(rest, '/', &step, &after);
        if (str_eq(step, S(".."))) {
            size_t n = b.n > 0 ? b.n - 1 : 0;
            while (n > 0 && b.p[n - 1] != '/')
                n--;
            str kept = str_dup(a, str_sub(sbuf_str(&b), 0, n));
            sbuf_clear(&b);
            sbuf_add(&b, kept);
        } else if (step.n > 0 && !str_eq(step, S("."))) {
            sbuf_add(&b, step);
            if (!last)
                sbuf_addc(&b, '/');
        }
        rest = last ? S("") : after;
    }
    const char *out = str_z(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

static void rel_start(void *ctx, const char *name, const char **atts)
{
    struct book *b = ctx;
    struct arena *a = &b->x->arena;
    if (strcmp(name, "Relationship") != 0)
        return;
    const char *id = xlsx_att(atts, "Id");
    const char *type = xlsx_att(atts, "Type");
    const char *target = xlsx_att(atts, "Target");
    if (id == NULL || type == NULL || target == NULL)
        return;
    if (b->rels.entries.n > LIMIT_XLSX_ENTRIES) {
        xlsx_part_refuse(&b->part, "found more parts than a spreadsheet has");
        return;
    }
    const char *part = resolve(a, b->folder, target);
    str t = str_from(type);
    map_put(&b->rels, str_dup(a, str_from(id)), (void *)(uintptr_t)part);
    if (str_ends(t, S("/officeDocument")) && b->workbook == NULL)
        b->workbook = part;
    else if (str_ends(t, S("/sharedStrings")) && b->strings == NULL)
        b->strings = part;
    else if (str_ends(t, S("/styles")) && b->styles == NULL)
        b->styles = part;
}

/* One part from its beginning to its end. Without it: RC_NOT_FOUND. */
MUST_CHECK static enum rc part_read(struct book *b, const char *name,
                                    void (*start)(void *, const char *, const char **),
                                    void (*end)(void *, const char *),
                                    void (*chars)(void *, const char *, int), struct err *err)
{
    enum rc rc = xlsx_part_open(&b->part, b->x->file, b->x->zip, name, err);
    b->part.start = start;
    b->part.end = end;
    b->part.chars = chars;
    b->part.ctx = b;
    if (rc == RC_OK)
        rc = xlsx_part_all(&b->part, err);
    xlsx_part_close(&b->part);
    return rc;
}

MUST_CHECK static enum rc rels_read(struct book *b, const char *of, struct err *err)
{
    struct arena *a = &b->x->arena;
    b->folder = folder_of(a, of);
    const char *name = str_fmt(a, "%s_rels/%s.rels", b->folder, of + strlen(b->folder)).p;
    map_init(&b->rels, a);
    return part_read(b, name, rel_start, NULL, NULL, err);
}

/* ---- sheets --------------------------------------------------------------------------------- */

static bool truth(const char *s)
{
    return s != NULL && (strcmp(s, "1") == 0 || strcmp(s, "true") == 0);
}

/* r:id among the attributes of a sheet, whatever its prefix is; sheetId is another. */
static const char *relation_id(const char **atts)
{
    for (size_t i = 0; atts[i] != NULL; i += 2) {
        const char *colon = strchr(atts[i], ':');
        if (colon != NULL && strcmp(colon, ":id") == 0)
            return atts[i + 1];
    }
    return "";
}

static void book_start(void *ctx, const char *name, const char **atts)
{
    struct book *b = ctx;
    struct xlsx_in *x = b->x;
    if (strcmp(name, "workbookPr") == 0)
        x->from_1904 = truth(xlsx_att(atts, "date1904"));
    if (strcmp(name, "sheet") != 0)
        return;
    if (x->sheets.n == LIMIT_XLSX_SHEETS) {
        xlsx_part_refuse(&b->part, "found more sheets than are accepted");
        return;
    }
    const char *title = xlsx_att(atts, "name");
    const char *state = xlsx_att(atts, "state");
    struct xlsx_sheet_in *s = VEC_PUSH(&x->arena, &x->sheets);
    s->name = str_dup(&x->arena, str_from(title));
    s->part = map_get(&b->rels, str_from(relation_id(atts)));
    s->hidden = state != NULL && strcmp(state, "visible") != 0;
}

/* ---- styles --------------------------------------------------------------------------------- */

static void style_start(void *ctx, const char *name, const char **atts)
{
    struct book *b = ctx;
    struct xlsx_in *x = b->x;
    static int plain, shows_day, shows_month;
    if (strcmp(name, "cellXfs") == 0) {
        b->in_xfs = true;
    } else if (strcmp(name, "numFmt") == 0) {
        const char *id = xlsx_att(atts, "numFmtId");
        const char *code = xlsx_att(atts, "formatCode");
        if (id == NULL || code == NULL || b->ids.entries.n > LIMIT_XLSX_STYLES)
            return;
        int dated = xlsx_format_dated(str_from(code));
        map_put(&b->ids, str_dup(&x->arena, str_from(id)),
                dated == 1   ? &shows_day
                : dated == 2 ? &shows_month
                             : &plain);
    } else if (strcmp(name, "xf") == 0 && b->in_xfs) {
        const char *id = xlsx_att(atts, "numFmtId");
        int64_t n = 0;
        const int *custom = id != NULL ? map_get(&b->ids, str_from(id)) : NULL;
        uint8_t dated = 0;
        if (custom != NULL)
            dated = custom == &shows_day ? 1 : custom == &shows_month ? 2 : 0;
        else if (id != NULL && str_int(str_from(id), &n) && n >= 0 && n < 200)
            dated = (uint8_t)xlsx_builtin_dated((int)n);
        if (x->dated.n == LIMIT_XLSX_STYLES)
            xlsx_part_refuse(&b->part, "found more styles than are accepted");
        else
            *VEC_PUSH(&x->arena, &x->dated) = dated;
    }
}

static void style_end(void *ctx, const char *name)
{
    struct book *b = ctx;
    if (strcmp(name, "cellXfs") == 0)
        b->in_xfs = false;
}

/* ---- texts ---------------------------------------------------------------------------------- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

static bool escape_at(const char *s, size_t n, uint32_t *out)
{
    *out = 0;
    if (n < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_')
        return false;
    for (size_t i = 2; i < 6; i++) {
        if (hex(s[i]) < 0)
            return false;
        *out = *out << 4 | (uint32_t)hex(s[i]);
    }
    return true;
}

size_t xlsx_unescape(char *s, size_t n)
{
    size_t to = 0;
    if (memchr(s, '_', n) == NULL)
        return n;
    for (size_t at = 0; at < n;) {
        uint32_t c = 0;
        if (!escape_at(s + at, n - at, &c)) {
            s[to++] = s[at++];
            continue;
        }
        /* Halves of pairs and NUL are no text by themselves. */
        if (c == 0 || (c >= 0xd800 && c < 0xe000))
            c = 0xfffd;
        to += utf8_put(c, s + to);
        at += 7;
    }
    return to;
}

static void string_room(struct xlsx_strings *s, size_t more)
{
    if (s->used + more > s->cap) {
        s->cap = (s->used + more) * 3 / 2 + 4096;
        s->bytes = mem_resize(s->bytes, s->cap);
    }
    if (s->n + 2 > s->cap_at) {
        s->cap_at = s->cap_at * 3 / 2 + 1024;
        s->at = mem_resize(s->at, s->cap_at * sizeof *s->at);
    }
}

static void string_start(void *ctx, const char *name, const char **atts)
{
    struct book *b = ctx;
    (void)atts;
    if (strcmp(name, "rPh") == 0)
        b->in_reading = true;
    else if (strcmp(name, "t") == 0)
        b->in_text = !b->in_reading;
}

static void string_end(void *ctx, const char *name)
{
    struct book *b = ctx;
    struct xlsx_strings *s = &b->x->strings;
    if (strcmp(name, "rPh") == 0) {
        b->in_reading = false;
    } else if (strcmp(name, "t") == 0) {
        b->in_text = false;
    } else if (strcmp(name, "si") == 0) {
        string_room(s, 0);
        uint32_t from = s->at[s->n];
        s->used = from + xlsx_unescape(s->bytes + from, s->used - from);
        if (s->used - from > XLSX_CELL_BYTES)
            xlsx_part_refuse(&b->part, "found a text longer than a cell holds");
        s->at[++s->n] = (uint32_t)s->used;
        if (s->n > LIMIT_XLSX_STRINGS)
            xlsx_part_refuse(&b->part, "found more different texts than are accepted");
    }
}

static void string_chars(void *ctx, const char *p, int n)
{
    struct book *b = ctx;
    struct xlsx_strings *s = &b->x->strings;
    if (!b->in_text)
        return;
    if (s->used + (size_t)n > LIMIT_XLSX_STRING_BYTES) {
        xlsx_part_refuse(&b->part, "found more text in its cells than is accepted");
        return;
    }
    string_room(s, (size_t)n);
    memcpy(s->bytes + s->used, p, (size_t)n);
    s->used += (size_t)n;
}

MUST_CHECK static enum rc strings_read(struct book *b, struct err *err)
{
    string_room(&b->x->strings, 1);
    b->x->strings.at[0] = 0;
    return part_read(b, b->strings, string_start, string_end, string_chars, err);
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Other kinds of spreadsheets come packed in the same way. */
MUST_CHECK static enum rc no_workbook(const struct xlsx_in *x, struct err *err)
{
    const char *what = "another kind of packed file";
    if (zip_name_locate(x->zip, "content.xml", 0) >= 0)
        what = "an OpenDocument file (.ods or the like)";
    else if (zip_name_locate(x->zip, "xl/workbook.bin", 0) >= 0)
        what = "a binary spreadsheet (.xlsb)";
    else if (zip_name_locate(x->zip, "word/document.xml", 0) >= 0)
        what = "a text document (.docx)";
    return err_set(err, RC_BAD_INPUT, "%s: found %s, expected a spreadsheet saved as .xlsx",
                   x->file, what);
}

/* A part that may lack: its absence is no error. */
static enum rc may_lack(enum rc rc)
{
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc xlsx_book_read(struct xlsx_in *x, struct err *err)
{
    struct book b = {.x = x};
    enum rc rc = rels_read(&b, "", err);
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (b.workbook == NULL || str_ends(str_from(b.workbook), S(".bin")) ||
        str_starts(str_from(b.workbook), S("word/")))
        return no_workbook(x, err);
    TRY(may_lack(rels_read(&b, b.workbook, err)));
    map_init(&b.ids, &x->arena);
    rc = part_read(&b, b.workbook, book_start, NULL, NULL, err);
    if (rc == RC_NOT_FOUND)
        return no_workbook(x, err);
    TRY(rc);
    if (b.styles != NULL)
        TRY(may_lack(part_read(&b, b.styles, style_start, style_end, NULL, err)));
    if (b.strings != NULL)
        TRY(may_lack(strings_read(&b, err)));
    if (x->sheets.n == 0)
        return err_set(err, RC_BAD_INPUT, "%s: found no sheet in it", x->file);
    return RC_OK;
}
