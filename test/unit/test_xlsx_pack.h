/* Spreadsheets packed by hand, as another program might have written them; rows read as one line of text. */
#ifndef HUIMIN_UNIT_TEST_XLSX_PACK_H
#define HUIMIN_UNIT_TEST_XLSX_PACK_H

#include <zip.h>
#include "test.h"
#include "sheet/xlsx.h"

#define MAIN_NS  "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define REL_NS   "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define REL_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define RELS(inner)                                                                                \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" inner \
    "</Relationships>"
#define REL(id, type, target)                                                                      \
    "<Relationship Id=\"" id "\" Type=\"" REL_TYPE type "\" Target=\"" target "\"/>"
#define SHEET(inner) "<worksheet " MAIN_NS ">" inner "</worksheet>"
#define ROWS(inner)  SHEET("<sheetData>" inner "</sheetData>")

struct piece {
    const char *name, *text;
};

static inline void temp_path(char path[64])
{
    strcpy(path, "/tmp/test_xlsx_XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
}

static inline void pack(const char *path, const struct piece *pieces, size_t n)
{
    int e = 0;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &e);
    assert_non_null(z);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *s = zip_source_buffer(z, pieces[i].text, strlen(pieces[i].text), 0);
        assert_true(zip_file_add(z, pieces[i].name, s, 0) >= 0);
    }
    assert_int_equal(zip_close(z), 0);
}

/* A workbook of one sheet; parts may be NULL: the usual or none. */
struct book_parts {
    const char *sheet, *strings, *styles, *workbook, *rels;
};

static inline void pack_book(const char *path, const struct book_parts *b)
{
    struct piece pieces[6];
    size_t n = 0;
    pieces[n++] =
        (struct piece){"_rels/.rels", RELS(REL("rId1", "officeDocument", "xl/workbook.xml"))};
    pieces[n++] = (struct piece){
        "xl/workbook.xml", b->workbook != NULL
                               ? b->workbook
                               : "<workbook " MAIN_NS " " REL_NS "><sheets><sheet name=\"人员\" "
                                 "sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"};
    pieces[n++] =
        (struct piece){"xl/_rels/workbook.xml.rels",
                       b->rels != NULL ? b->rels
                                       : RELS(REL("rId1", "worksheet", "worksheets/sheet1.xml")
                                                  REL("rId2", "sharedStrings", "sharedStrings.xml")
                                                      REL("rId3", "styles", "styles.xml"))};
    pieces[n++] = (struct piece){"xl/worksheets/sheet1.xml", b->sheet};
    if (b->strings != NULL)
        pieces[n++] = (struct piece){"xl/sharedStrings.xml", b->strings};
    if (b->styles != NULL)
        pieces[n++] = (struct piece){"xl/styles.xml", b->styles};
    pack(path, pieces, n);
}

/* "1: a|3|2020-12-01*\n": cells by |; behind a value n number, d day, b flag, e error, f formula, m merged. */
static inline enum rc rows_text(struct xlsx_in *x, struct sbuf *out, struct err *err)
{
    static const char marks[] = {0, 0, 'n', 'b', 'd', 'e'};
    for (;;) {
        const struct xlsx_cell *cells = NULL;
        size_t n = 0;
        int row = 0;
        TRY(xlsx_row(x, &cells, &n, &row, err));
        if (n == 0)
            return RC_OK;
        sbuf_fmt(out, "%d: ", row);
        for (size_t i = 0; i < n; i++) {
            sbuf_addz(out, i > 0 ? "|" : "");
            sbuf_add(out, cells[i].text);
            if (marks[cells[i].kind] != 0)
                sbuf_addc(out, marks[cells[i].kind]);
            sbuf_addz(out, cells[i].formula ? "f" : "");
            sbuf_addz(out, cells[i].merged ? "m" : "");
        }
        sbuf_addc(out, '\n');
    }
}

static inline enum rc file_text(const char *path, size_t sheet, struct sbuf *out, struct err *err)
{
    struct xlsx_in *x = NULL;
    TRY(xlsx_open(path, &x, err));
    enum rc rc = xlsx_use(x, sheet, err);
    if (rc == RC_OK)
        rc = rows_text(x, out, err);
    xlsx_shut(x);
    return rc;
}

#define check_rows(path, sheet, lit)                                                               \
    do {                                                                                           \
        struct sbuf got_b;                                                                         \
        struct err got_e = {0};                                                                    \
        sbuf_init(&got_b, 1 << 24);                                                                \
        if (file_text(path, sheet, &got_b, &got_e) != RC_OK)                                       \
            fail_msg("%s", got_e.text);                                                            \
        check_str(sbuf_str(&got_b), lit);                                                          \
        sbuf_deinit(&got_b);                                                                       \
    } while (0)

/* The file is refused, with these words among those that say why. */
static inline void check_refused(const char *path, const char *words)
{
    struct sbuf b;
    struct err e = {0};
    sbuf_init(&b, 1 << 24);
    enum rc rc = file_text(path, 0, &b, &e);
    if (rc != RC_BAD_INPUT)
        fail_msg("rc %d, expected a refusal with “%s”: %s", rc, words, e.text);
    if (str_find(str_from(e.text), str_from(words)) < 0)
        fail_msg("found “%s”, expected “%s” in it", e.text, words);
    sbuf_deinit(&b);
}

#endif
