/*
 * The package: what kind of file it is, told in words where it is another; one packed file at a time,
 * unpacked as it is parsed, within limits on what it becomes. No document type is accepted, so that there
 * are no entities to expand.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "sheet/xlsx_in.h"

enum {
    CHUNK = 1 << 15,
    TAIL = 65557,             /* where the end record of a zip lies */
    DIRECTORY_MOST = 1 << 22, /* bytes of the list of what is packed */
    RATIO_FREE = 1 << 24,
    IDLE_MOST = 1 << 20,
    HEAD = 512,
};

#define SAVE_AS "open it in the spreadsheet program and save it as .xlsx"

/* ---- what kind of file ---------------------------------------------------------------------- */

/* Letters of either size; `what` is in small ones. */
static bool has_word(const char *p, size_t n, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = 0; i + len <= n; i++)
        if (strncasecmp(p + i, what, len) == 0)
            return true;
    return false;
}

static bool has(const char *p, size_t n, const char *what, size_t len)
{
    for (size_t i = 0; i + len <= n; i++)
        if (memcmp(p + i, what, len) == 0)
            return true;
    return false;
}

/* Old spreadsheets and encrypted new ones come in the same wrapping. */
MUST_CHECK static enum rc wrapped(int fd, const char *file, struct err *err)
{
    static const char locked[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    struct arena a = {0};
    enum { LOOKED_AT = 1 << 20 };
    char *p = arena_alloc_raw(&a, LOOKED_AT, 1);
    ssize_t n = pread(fd, p, LOOKED_AT, 0);
    bool is_locked = n > 0 && has(p, (size_t)n, locked, sizeof locked - 1);
    arena_deinit(&a);
    if (is_locked)
        return err_set(err, RC_BAD_INPUT,
                       "%s: found an encrypted file, expected one without a password: "
                       "remove the password and save it again",
                       file);
    return err_set(err, RC_BAD_INPUT,
                   "%s: found an old spreadsheet (.xls), expected .xlsx: " SAVE_AS, file);
}

MUST_CHECK static enum rc kind_check(int fd, const char *file, struct err *err)
{
    char head[HEAD + 1];
    ssize_t n = pread(fd, head, HEAD, 0);
    if (n < 0)
        return err_set(err, RC_IO, "%s: %s", file, strerror(errno));
    head[n] = '\0';
    if (n == 0)
        return err_set(err, RC_BAD_INPUT, "%s: found an empty file, expected a spreadsheet (.xlsx)",
                       file);
    if (n >= 8 && memcmp(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0)
        return wrapped(fd, file, err);
    if (n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0)
        return RC_OK;
    if (has_word(head, (size_t)n, "<html") || has_word(head, (size_t)n, "<table"))
        return err_set(err, RC_BAD_INPUT,
                       "%s: found a web page under a spreadsheet's name, expected .xlsx: " SAVE_AS,
                       file);
    return err_set(err, RC_BAD_INPUT,
                   "%s: found another kind of file, expected a spreadsheet (.xlsx)", file);
}

/* ---- the list of what is packed --------------------------------------------------------------- */

static uint64_t number_at(const char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = bytes - 1; i >= 0; i--)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

/* The list is read whole by the library: it must be short, whichever end record it goes by. */
MUST_CHECK static enum rc directory_check(int fd, off_t size, const char *file, struct err *err)
{
    struct arena a = {0};
    size_t n = size < TAIL ? (size_t)size : TAIL;
    char *p = arena_alloc(&a, TAIL + 64, 1);
    uint64_t most = 0;
    ssize_t got = pread(fd, p, n, size - (off_t)n);
    bool any = false;
    for (size_t i = 0; got > 0 && i + 20 <= (size_t)got; i++) {
        char big[56] = {0};
        if (memcmp(p + i, "PK\5\6", 4) == 0) {
            uint64_t v = number_at(p + i + 12, 4);
            most = v != UINT32_MAX && v > most ? v : most;
            any = true;
        } else if (memcmp(p + i, "PK\6\7", 4) == 0 &&
                   pread(fd, big, sizeof big, (off_t)number_at(p + i + 8, 8)) ==
                       (ssize_t)sizeof big &&
                   memcmp(big, "PK\6\6", 4) == 0) {
            uint64_t v = number_at(big + 40, 8);
            most = v > most ? v : most;
        }
    }
    arena_deinit(&a);
    if (got < 0)
        return err_set(err, RC_IO, "%s: %s", file, strerror(errno));
    if (!any)
        return err_set(err, RC_BAD_INPUT,
                       "%s: found a spreadsheet that is cut off, expected a whole one", file);
    if (most > DIRECTORY_MOST)
        return err_set(err, RC_BAD_INPUT, "%s: found more than %d files packed into it", file,
                       LIMIT_XLSX_ENTRIES);
    return RC_OK;
}

MUST_CHECK static enum rc entries_check(struct xlsx_in *x, struct err *err)
{
    struct arena a = {0};
    struct map names;
    enum rc rc = RC_OK;
    zip_int64_t n = zip_get_num_entries(x->zip, 0);
    if (n > LIMIT_XLSX_ENTRIES)
        return err_set(err, RC_BAD_INPUT,
                       "%s: found %lld files packed into it, expected at most %d", x->file,
                       (long long)n, LIMIT_XLSX_ENTRIES);
    map_init(&names, &a);
    for (zip_int64_t i = 0; i < n && rc == RC_OK; i++) {
        zip_stat_t st;
        if (zip_stat_index(x->zip, (zip_uint64_t)i, 0, &st) != 0 || (st.valid & ZIP_STAT_NAME) == 0)
            rc = err_set(err, RC_BAD_INPUT, "%s: found a spreadsheet that is damaged", x->file);
        else if (!map_put(&names, str_dup(&a, str_from(st.name)), x))
            rc = err_set(err, RC_BAD_INPUT, "%s: found “%.80s” packed into it twice", x->file,
                         st.name);
        else if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
                 st.encryption_method != ZIP_EM_NONE)
            rc = err_set(err, RC_BAD_INPUT,
                         "%s: found an encrypted file, expected one without a password", x->file);
    }
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc file_check(const char *path, const char *file, struct err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: %s", file,
                       strerror(errno));
    enum rc rc = RC_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        rc = err_set(err, RC_BAD_INPUT, "%s: found no plain file", file);
    else if (st.st_size > LIMIT_XLSX_BYTES)
        rc = err_set(err, RC_BAD_INPUT, "%s: found %lld bytes, expected at most %d", file,
                     (long long)st.st_size, LIMIT_XLSX_BYTES);
    if (rc == RC_OK)
        rc = kind_check(fd, file, err);
    if (rc == RC_OK)
        rc = directory_check(fd, st.st_size, file, err);
    close(fd);
    return rc;
}

enum rc xlsx_package_open(struct xlsx_in *x, const char *path, struct err *err)
{
    int e = 0;
    const char *slash = strrchr(path, '/');
    x->file = str_z(&x->arena, str_from(slash != NULL ? slash + 1 : path));
    TRY(file_check(path, x->file, err));
    x->zip = zip_open(path, ZIP_RDONLY, &e);
    if (x->zip == NULL) {
        zip_error_t ze;
        zip_error_init_with_code(&ze, e);
        enum rc rc = err_set(err, e == ZIP_ER_OPEN || e == ZIP_ER_READ ? RC_IO : RC_BAD_INPUT,
                             "%s: found a spreadsheet that is damaged or cut off (%s)", x->file,
                             zip_error_strerror(&ze));
        zip_error_fini(&ze);
        return rc;
    }
    return entries_check(x, err);
}

/* ---- one part ------------------------------------------------------------------------------- */

static const char *local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *xlsx_att(const char **atts, const char *name)
{
    for (size_t i = 0; atts[i] != NULL; i += 2)
        if (strcmp(local(atts[i]), name) == 0)
            return atts[i + 1];
    return NULL;
}

void xlsx_part_refuse(struct xlsx_part *p, const char *what)
{
    if (p->refused.rc == RC_OK)
        err_set(&p->refused, RC_BAD_INPUT, "%s: %s", p->file, what);
    XML_StopParser(p->xml, XML_FALSE);
}

void xlsx_part_pause(struct xlsx_part *p)
{
    if (p->refused.rc == RC_OK)
        XML_StopParser(p->xml, XML_TRUE);
}

static void on_start(void *user, const XML_Char *name, const XML_Char **atts)
{
    struct xlsx_part *p = user;
    p->idle = 0;
    if (++p->depth > LIMIT_XLSX_DEPTH)
        xlsx_part_refuse(p, "found elements within elements that no spreadsheet has");
    else if (p->start != NULL && p->refused.rc == RC_OK)
        p->start(p->ctx, local(name), (const char **)(uintptr_t)atts);
}

static void on_end(void *user, const XML_Char *name)
{
    struct xlsx_part *p = user;
    p->idle = 0;
    p->depth--;
    if (p->end != NULL && p->refused.rc == RC_OK)
        p->end(p->ctx, local(name));
}

static void on_chars(void *user, const XML_Char *s, int n)
{
    struct xlsx_part *p = user;
    p->idle = 0;
    if (p->chars != NULL && p->refused.rc == RC_OK)
        p->chars(p->ctx, s, n);
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system,
                       const XML_Char *public, int internal)
{
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    xlsx_part_refuse(user, "found a document type in it, which no spreadsheet has");
}

enum rc xlsx_part_open(struct xlsx_part *p, const char *file, zip_t *zip, const char *name,
                       struct err *err)
{
    zip_stat_t st;
    while (*name == '/')
        name++;
    zip_int64_t at = zip_name_locate(zip, name, 0);
    if (at < 0)
        at = zip_name_locate(zip, name, ZIP_FL_NOCASE);
    if (at < 0)
        return err_set(err, RC_NOT_FOUND, "%s: found no “%.80s” in it", file, name);
    p->file = file;
    p->name = name;
    p->zip = zip_fopen_index(zip, (zip_uint64_t)at, 0);
    if (p->zip == NULL || zip_stat_index(zip, (zip_uint64_t)at, 0, &st) != 0)
        return err_set(err, RC_BAD_INPUT, "%s: “%.80s” can't be unpacked: %s", file, name,
                       zip_strerror(zip));
    p->packed = (st.valid & ZIP_STAT_COMP_SIZE) != 0 ? st.comp_size : 0;
    p->xml = XML_ParserCreate(NULL);
    if (p->xml == NULL)
        mem_out(1);
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, on_start, on_end);
    XML_SetCharacterDataHandler(p->xml, on_chars);
    XML_SetStartDoctypeDeclHandler(p->xml, on_doctype);
    return RC_OK;
}

MUST_CHECK static enum rc limits_check(const struct xlsx_part *p, struct err *err)
{
    if (p->unpacked > LIMIT_XLSX_UNPACKED ||
        (p->unpacked > RATIO_FREE && p->unpacked / LIMIT_XLSX_RATIO > p->packed))
        return err_set(err, RC_BAD_INPUT,
                       "%s: “%.80s” unpacks to far more than a spreadsheet does; nothing of it was "
                       "taken",
                       p->file, p->name);
    if (p->idle > IDLE_MOST)
        return err_set(err, RC_BAD_INPUT, "%s: found one element of more than %d bytes", p->file,
                       IDLE_MOST);
    return RC_OK;
}

MUST_CHECK static enum rc parsed(struct xlsx_part *p, enum XML_Status s, struct err *err)
{
    XML_ParsingStatus now;
    p->suspended = s == XML_STATUS_SUSPENDED;
    if (p->refused.rc != RC_OK)
        return err_set(err, p->refused.rc, "%s", p->refused.text);
    if (s == XML_STATUS_ERROR)
        return err_set(err, RC_BAD_INPUT, "%s: “%.80s” line %lu is damaged: %s", p->file, p->name,
                       (unsigned long)XML_GetCurrentLineNumber(p->xml),
                       XML_ErrorString(XML_GetErrorCode(p->xml)));
    XML_GetParsingStatus(p->xml, &now);
    p->finished = now.parsing == XML_FINISHED;
    return RC_OK;
}

enum rc xlsx_part_step(struct xlsx_part *p, struct err *err)
{
    if (p->suspended)
        return parsed(p, XML_ResumeParser(p->xml), err);
    void *to = XML_GetBuffer(p->xml, CHUNK);
    if (to == NULL)
        mem_out(CHUNK);
    zip_int64_t n = zip_fread(p->zip, to, CHUNK);
    if (n < 0)
        return err_set(err, RC_BAD_INPUT, "%s: “%.80s” is damaged or cut off: %s", p->file, p->name,
                       zip_file_strerror(p->zip));
    p->unpacked += (uint64_t)n;
    p->idle += (size_t)n;
    TRY(limits_check(p, err));
    return parsed(p, XML_ParseBuffer(p->xml, (int)n, n == 0), err);
}

enum rc xlsx_part_all(struct xlsx_part *p, struct err *err)
{
    while (!p->finished)
        TRY(xlsx_part_step(p, err));
    return RC_OK;
}

void xlsx_part_close(struct xlsx_part *p)
{
    if (p->xml != NULL)
        XML_ParserFree(p->xml);
    if (p->zip != NULL)
        zip_fclose(p->zip);
    *p = (struct xlsx_part){0};
}
