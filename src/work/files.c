/* Files of cases: taken into the folder once, recorded with the case, opened again. */
#include "work/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "work/work_sql.h"

enum { NAME_BYTES_MOST = 180 };

static enum rc io_error(const char *what, const char *path, struct err *err)
{
    return err_set(err, RC_IO, "%s: can't be %s: %s", path, what, strerror(errno));
}

/* ---- what was sent -------------------------------------------------------------------------- */

/* The whole of a file, mapped; content.n 0 when it is empty. Ended by munmap(). */
MUST_CHECK static enum rc map_file(const char *path, str *content, struct err *err)
{
    struct stat st;
    *content = (str){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return io_error("opened", path, err);
    enum rc rc = RC_OK;
    if (fstat(fd, &st) != 0)
        rc = io_error("looked at", path, err);
    else if (st.st_size > FILE_BYTES_MOST)
        rc = err_set(err, RC_LIMIT, "found a file of %lld bytes, expected at most %d",
                     (long long)st.st_size, FILE_BYTES_MOST);
    else if (st.st_size > 0) {
        void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            rc = io_error("read", path, err);
        else
            *content = (str){p, (size_t)st.st_size};
    }
    close(fd);
    return rc;
}

static void unmap_file(str content)
{
    if (content.n > 0)
        munmap((void *)(uintptr_t)content.p, content.n);
}

MUST_CHECK static enum rc check_type(str content, const char **type, struct err *err)
{
    static const char expected[] = "expected a photo (JPEG, PNG) or a PDF";
    bool whole = false;
    if (content.n == 0)
        return err_set(err, RC_BAD_INPUT, "found an empty file, %s", expected);
    *type = file_type(content, &whole);
    if (*type == NULL) {
        str box = str_sub(content, 4, 12);
        bool heic = str_starts(box, S("ftypheic")) || str_starts(box, S("ftypmif1"));
        return err_set(err, RC_BAD_INPUT, "found %s, %s", heic ? "HEIC" : "another kind of file",
                       expected);
    }
    if (!whole)
        return err_set(err, RC_BAD_INPUT, "found a file that ends too early (%s), send it again",
                       *type);
    return RC_OK;
}

/* ---- names ---------------------------------------------------------------------------------- */

static const struct {
    const char *type, *ends[3]; /* the first is put on */
} endings[] = {
    {"image/jpeg", {".jpg", ".jpeg", ".jpe"}},
    {"image/png", {".png", NULL, NULL}},
    {"application/pdf", {".pdf", NULL, NULL}},
};

static bool ends_alike(str name, const char *end)
{
    size_t n = strlen(end);
    return name.n >= n && strncasecmp(name.p + name.n - n, end, n) == 0;
}

/* Without folders and control characters, cut at a character. */
static str clean_name(str name, struct arena *a)
{
    char *p = arena_alloc_n(a, name.n + 1, 1, 1);
    size_t n = 0;
    for (size_t i = name.n; i-- > 0;)
        if (name.p[i] == '/' || name.p[i] == '\\') {
            name = str_sub(name, i + 1, name.n);
            break;
        }
    for (size_t at = 0; at < name.n;) {
        size_t from = at;
        uint32_t cp = utf8_next(name, &at);
        bool plain = cp >= ' ' && cp != 0x7f && cp != '"' && cp != 0xfffd &&
                     !(cp >= 0x80 && cp < 0xa0) && !(cp >= 0x202a && cp <= 0x202e) &&
                     !(cp >= 0x2066 && cp <= 0x2069);
        if (!plain)
            continue;
        if (n + (at - from) > NAME_BYTES_MOST)
            break;
        memcpy(p + n, name.p + from, at - from);
        n += at - from;
    }
    str out = str_trim((str){p, n});
    return out.n > 0 ? out : S("file");
}

/* The name with the ending of what the file is. */
static str mend_name(str name, const char *type, bool *renamed, struct arena *a)
{
    str stem = name;
    const char *right = "";
    *renamed = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        bool mine = strcmp(endings[i].type, type) == 0;
        if (mine)
            right = endings[i].ends[0];
        for (size_t k = 0; k < 3 && endings[i].ends[k] != NULL; k++) {
            if (!ends_alike(name, endings[i].ends[k]))
                continue;
            if (mine)
                return name;
            *renamed = true;
            stem = str_sub(name, 0, name.n - strlen(endings[i].ends[k]));
        }
    }
    return str_fmt(a, "%.*s%s", STR_ARG(stem), right);
}

/* ---- the folder ----------------------------------------------------------------------------- */

static const char *place_of(const char *folder, str hash, struct arena *a)
{
    return str_z(a, str_fmt(a, "%s/%.2s/%.*s", folder, hash.p, (int)(hash.n - 2), hash.p + 2));
}

MUST_CHECK static enum rc sync_path(const char *path, int flags, struct err *err)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        return io_error("opened", path, err);
    int failed = fsync(fd);
    close(fd);
    return failed ? io_error("written", path, err) : RC_OK;
}

MUST_CHECK static enum rc make_folder(const char *path, struct err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return io_error("made", path, err);
    return RC_OK;
}

/* Where the streamed file lies on another disk, there are no links, or what is there was damaged. */
MUST_CHECK static enum rc copy_in(const char *final, str content, struct err *err)
{
    struct file_out out;
    TRY(file_out_open(&out, final, err));
    file_out_write(&out, content.p, content.n);
    enum rc rc = file_out_commit(&out, err);
    file_out_abort(&out);
    return rc;
}

/* A link to what was streamed: it is whole before it has its name. */
MUST_CHECK static enum rc keep_content(const char *folder, const char *streamed, str content,
                                       str hash, struct arena *a, struct err *err)
{
    struct stat st;
    const char *sub = str_z(a, str_fmt(a, "%s/%.2s", folder, hash.p));
    const char *final = place_of(folder, hash, a);
    TRY(make_folder(folder, err));
    TRY(make_folder(sub, err));
    if (stat(final, &st) == 0 && (size_t)st.st_size == content.n)
        return RC_OK;
    TRY(sync_path(streamed, O_RDONLY, err));
    if (link(streamed, final) != 0)
        TRY(copy_in(final, content, err));
    TRY(sync_path(sub, O_RDONLY | O_DIRECTORY, err));
    return sync_path(folder, O_RDONLY | O_DIRECTORY, err);
}

/* ---- records -------------------------------------------------------------------------------- */

static void file_row(const struct query *q, struct case_file *f, struct arena *a)
{
    f->file_id = query_int(q, 0);
    f->hash = str_dup(a, query_text(q, 1));
    f->paper = str_dup(a, query_text(q, 2));
    f->name = str_dup(a, query_text(q, 3));
    f->type = str_dup(a, query_text(q, 4));
    f->bytes = query_int(q, 5);
    f->at_ms = query_int(q, 6);
    f->who = str_dup(a, query_text(q, 7));
}

/* One record; *found tells whether there is one. */
MUST_CHECK static enum rc read_one(struct conn *c, const struct statement *st,
                                   const struct value *v, struct case_file *f, bool *found,
                                   struct arena *a, struct err *err)
{
    struct query *q = NULL;
    TRY(query(c, st, v, st->n_params, &q, err));
    *found = query_next(q);
    if (*found)
        file_row(q, f, a);
    return query_end(q, err);
}

MUST_CHECK static enum rc record(struct change *c, struct case_file *f, struct arena *a,
                                 struct err *err)
{
    static struct id_source ids;
    const struct value same[] = {V_INT(c->county_code), V_INT(f->case_id), V_TEXT(f->hash),
                                 V_TEXT(f->paper)};
    bool found = false;
    TRY(read_one(c->conn, &stmt_case_file_same, same, f, &found, a, err));
    if (found)
        return RC_OK;
    if (f->file_id == 0)
        f->file_id = id_next(&ids);
    f->at_ms = c->at_ms;
    f->who = c->who;
    const struct value v[] = {V_INT(c->county_code), V_INT(f->case_id), V_INT(f->file_id),
                              V_TEXT(f->hash),       V_TEXT(f->paper),  V_TEXT(f->name),
                              V_TEXT(f->type),       V_INT(f->bytes),   V_INT(f->at_ms),
                              V_TEXT(f->who)};
    change_note(c, "case_file", v, 10);
    return exec(c->conn, &stmt_case_file_insert, v, 10, NULL, err);
}

enum rc file_take(struct change *c, const char *folder, const char *streamed, struct case_file *f,
                  struct arena *a, struct err *err)
{
    uint8_t hash[VAULT_HASH];
    const char *type = NULL;
    str content;
    TRY(map_file(streamed, &content, err));
    enum rc rc = check_type(content, &type, err);
    if (rc == RC_OK) {
        sm3_once(content.p, content.n, hash);
        f->county_code = c->county_code;
        f->hash = hash_text(hash, a);
        f->type = str_from(type);
        f->bytes = (int64_t)content.n;
        f->name = mend_name(clean_name(f->name, a), type, &f->renamed, a);
        rc = keep_content(folder, streamed, content, f->hash, a, err);
    }
    unmap_file(content);
    TRY(rc);
    return record(c, f, a, err);
}

enum rc files_of(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                 struct case_file **out, size_t *n, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id)};
    VEC(struct case_file) files = {0};
    struct query *q = NULL;
    TRY(query(c, &stmt_case_files, v, 2, &q, err));
    while (query_next(q)) {
        struct case_file *f = VEC_PUSH(a, &files);
        f->county_code = county;
        f->case_id = case_id;
        file_row(q, f, a);
    }
    *out = files.at;
    *n = files.n;
    return query_end(q, err);
}

enum rc file_open(struct conn *c, const char *folder, int64_t county, int64_t case_id,
                  int64_t file_id, struct arena *a, struct case_file *out, int *fd, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(case_id), V_INT(file_id)};
    struct stat st;
    bool found = false;
    *out = (struct case_file){.county_code = county, .case_id = case_id};
    TRY(read_one(c, &stmt_case_file_one, v, out, &found, a, err));
    if (!found)
        return err_set(err, RC_NOT_FOUND, "no file %lld of this case", (long long)file_id);
    const char *path = place_of(folder, out->hash, a);
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return io_error("opened", path, err);
    if (fstat(*fd, &st) == 0 && st.st_size == out->bytes)
        return RC_OK;
    close(*fd);
    *fd = -1;
    return err_set(err, RC_IO, "%s: is not %lld bytes long as it was", path, (long long)out->bytes);
}
