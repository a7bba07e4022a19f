/* Any bytes as calendar.csv: what is taken has real days of known kinds, none of them twice. */
#include <assert.h>
#include "fuzz/fuzz.h"
#include "work/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a = {0};
    struct err err = {0};
    calendar_rows rows = {0};
    struct csv_options options = {.bytes = {(const char *)data, size}};
    enum rc rc = calendar_rows_read(&options, &a, &rows, &err);
    assert(rc == RC_OK || (err.text[0] != '\0' && utf8_valid(str_from(err.text), NULL)));
    for (size_t i = 0; rc == RC_OK && i < rows.n; i++) {
        const struct calendar_row *r = &rows.at[i];
        day d;
        bool year = str_eq(r->kind, S("year"));
        assert(date_parse(r->day, &d) && d == r->at);
        assert(year || str_eq(r->kind, S("off")) || str_eq(r->kind, S("work")));
        assert(utf8_valid(r->name, NULL));
        for (size_t k = 0; k < i; k++)
            assert(rows.at[k].at != d || str_eq(rows.at[k].kind, S("year")) != year);
    }
    arena_deinit(&a);
    return 0;
}
