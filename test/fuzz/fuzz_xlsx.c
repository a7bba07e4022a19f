#define _GNU_SOURCE
/*
 * Any bytes as a spreadsheet: read whole or refused, within its limits; rows ascend, cells are what they say
 * they are, days exist, and texts are UTF-8.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zip.h>
#include "base/arena.h"
#include "fuzz/fuzz.h"
#include "sheet/xlsx.h"

static void sheet_read(struct xlsx_in *x, size_t sheet)
{
    struct err err = {0};
    int last = 0;
    if (xlsx_use(x, sheet, &err) != RC_OK)
        return;
    for (;;) {
        const struct xlsx_cell *cells = NULL;
        size_t n = 0;
        int row = 0;
        if (xlsx_row(x, &cells, &n, &row, &err) != RC_OK) {
            assert(err.rc != RC_OK && err.text[0] != '\0');
            return;
        }
        if (n == 0)
            return;
        assert(row > last && n <= 16384);
        last = row;
        for (size_t i = 0; i < n; i++) {
            char text[11];
            assert(utf8_valid(cells[i].text, NULL));
            assert(cells[i].kind != XLSX_NONE || cells[i].text.n == 0);
            if (cells[i].kind == XLSX_DAY)
                assert(str_eq(cells[i].text, str_from(date_text(cells[i].day, text))));
        }
    }
}

/* Text is packed first, so that what is in the parts is looked at, too: sheet, shared texts, styles and
 * workbook, with a line of === between two. */
static const char *const parts[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml",
                                    "xl/styles.xml", "xl/workbook.xml"};
#define REL(id, type, target)                                                                      \
    "<Relationship Id=\"" id "\" Type=\"r/" type "\" Target=\"" target "\"/>"

static void part_add(zip_t *z, const char *name, str text)
{
    zip_source_t *s = zip_source_buffer(z, text.p, text.n, 0);
    assert(s != NULL && zip_file_add(z, name, s, ZIP_FL_OVERWRITE) >= 0);
}

static str packed(struct arena *a, str text)
{
    static const char root[] = "<r>" REL("a", "officeDocument", "xl/workbook.xml") "</r>";
    static const char rels[] = "<r>" REL("a", "worksheet", "worksheets/sheet1.xml")
        REL("b", "sharedStrings", "sharedStrings.xml") REL("c", "styles", "styles.xml") "</r>";
    static const char book[] = "<w><sheet name='a' r:id='a'/></w>";
    zip_error_t e;
    zip_stat_t st;
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &e);
    assert(to != NULL);
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_CREATE | ZIP_TRUNCATE, &e);
    assert(z != NULL);
    part_add(z, "_rels/.rels", str_from(root));
    part_add(z, "xl/_rels/workbook.xml.rels", str_from(rels));
    part_add(z, "xl/workbook.xml", str_from(book));
    for (size_t i = 0; i < 4; i++) {
        long at = str_find(text, S("\n===\n"));
        part_add(z, parts[i], at < 0 ? text : str_sub(text, 0, (size_t)at));
        if (at < 0)
            break;
        text = str_sub(text, (size_t)at + 5, text.n);
    }
    assert(zip_close(z) == 0);
    assert(zip_source_open(to) == 0 && zip_source_stat(to, &st) == 0);
    char *p = arena_alloc(a, st.size + 1, 1);
    assert(zip_source_read(to, p, st.size) == (zip_int64_t)st.size);
    zip_source_close(to);
    zip_source_free(to);
    return (str){p, st.size};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct xlsx_in *x = NULL;
    struct err err = {0};
    struct arena a = {0};
    str bytes = {(const char *)data, size};
    int fd = memfd_create("xlsx", 0);
    assert(fd >= 0);
    if (str_starts(bytes, S("<")))
        bytes = packed(&a, bytes);
    assert(write(fd, bytes.p, bytes.n) == (ssize_t)bytes.n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (xlsx_open(path, &x, &err) == RC_OK)
        for (size_t i = 0; i < xlsx_sheets(x) && i < 8; i++)
            sheet_read(x, i);
    else
        assert(err.text[0] != '\0');
    xlsx_shut(x);
    close(fd);
    arena_deinit(&a);
    return 0;
}
