/*
 * Photos and scans: stored once, by the SM3 of their content, in a folder beside the store; the store
 * has which case they belong to. A file is what its content says (JPEG, PNG, PDF; not its name).
 * Whether the case may be seen is for the caller to ask first.
 */
#ifndef HUIMIN_WORK_FILES_H
#define HUIMIN_WORK_FILES_H

#include "guard/guard.h"

enum { FILE_BYTES_MOST = 20 * 1024 * 1024 };

struct case_file {
    int64_t county_code, case_id, file_id;
    str hash;       /* 64 hexadecimal digits: its place in the folder */
    str paper;      /* of the service; empty: another */
    str name, type; /* as sent, cleaned; image/jpeg, image/png, application/pdf */
    int64_t bytes;
    int64_t at_ms;
    str who;
    bool renamed; /* its name said another type than the content is; the name's end was mended */
};
/*
 * The type by content; NULL: none that is taken. *whole: nothing is missing at its end. Only as much is
 * looked at as tells that; pictures are not decoded.
 */
const char *file_type(str content, bool *whole);
/*
 * Take a streamed file into the folder and record it with the case, inside a change of the county. The
 * caller gives case_id, paper, name and file_id (0: one is made); the rest is filled in, in the arena.
 * The same content is kept once, and sent again for the same paper of the same case it is the record that
 * is there. `streamed` stays as it is, so that the change can run again. RC_BAD_INPUT: not a photo or
 * PDF, or cut off; RC_LIMIT: more than FILE_BYTES_MOST; RC_IO.
 */
MUST_CHECK enum rc file_take(struct change *c, const char *folder, const char *streamed,
                             struct case_file *f, struct arena *a, struct err *err);
MUST_CHECK enum rc files_of(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                            struct case_file **out, size_t *n, struct err *err);
/* Open one for reading; the caller closes it. RC_NOT_FOUND: none of this case; RC_IO: its content is gone
 * from the folder, or is not as long as it was. */
MUST_CHECK enum rc file_open(struct conn *c, const char *folder, int64_t county, int64_t case_id,
                             int64_t file_id, struct arena *a, struct case_file *out, int *fd,
                             struct err *err);

#endif
