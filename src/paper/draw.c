/* The helper's side: papers from a stream, into files. */
#define _GNU_SOURCE /* memfd_create, pipe2, addclosefrom_np */
#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <hb.h>
#include <pango/pango.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "paper/inside.h"

/* ---- a file --------------------------------------------------------------------------------- */

/*
 * A PDF being written beside its name. Not synced to the disk as base/file.h does: a paper that a power cut took can
 * be made again, and thousands of syncs would take longer than the drawing.
 */
struct sheet_file {
    const char *path, *temp;
    FILE *out;
    cairo_surface_t *surface;
    cairo_t *cr;
};

static cairo_status_t sheet_bytes(void *to, const unsigned char *p, unsigned n)
{
    struct sheet_file *s = to;
    return fwrite(p, 1, n, s->out) == n ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

MUST_CHECK static enum rc sheet_open(struct sheet_file *s, struct arena *a, const char *path,
                                     str title, struct err *err)
{
    *s = (struct sheet_file){.path = path};
    s->temp = str_fmt(a, "%s.%d.part", path, (int)getpid()).p;
    /* People's data: for the owner's eyes. */
    int fd = open(s->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    s->out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (s->out == NULL)
        return err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    s->surface = cairo_pdf_surface_create_for_stream(
        sheet_bytes, s, pango_units_to_double(SHEET_WIDTH), pango_units_to_double(SHEET_HEIGHT));
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_TITLE, str_z(a, title));
    /* No day of making: the same paper is the same bytes. */
    cairo_pdf_surface_set_metadata(s->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    s->cr = cairo_create(s->surface);
    return RC_OK;
}

/* Finish; whole under its name when `rc` is still good, else gone. */
MUST_CHECK static enum rc sheet_close(struct sheet_file *s, enum rc rc, struct err *err)
{
    cairo_destroy(s->cr);
    cairo_surface_finish(s->surface);
    cairo_status_t status = cairo_surface_status(s->surface);
    cairo_surface_destroy(s->surface);
    bool written = s->out == NULL || (fclose(s->out) == 0 && status == CAIRO_STATUS_SUCCESS);
    if (s->out == NULL)
        return rc;
    if (rc == RC_OK && !written)
        rc = err_set(err, RC_IO, "%s: can't be written: %s", s->path, strerror(errno));
    if (rc == RC_OK && rename(s->temp, s->path) != 0)
        rc = err_set(err, RC_IO, "%s: %s", s->path, strerror(errno));
    if (rc != RC_OK)
        unlink(s->temp);
    return rc;
}

/* Letters that stand on papers beside the callers' own. */
static hb_set_t *wanted_own(void)
{
    hb_set_t *set = hb_set_create();
    hb_set_add_range(set, 0x20, 0x7E);
    text_collect(set, TEXT_OWN);
    return set;
}

MUST_CHECK static enum rc draw_file(const struct fonts *f, const struct paper *p, const char *path,
                                    int *pages, struct err *err)
{
    struct arena a = {0};
    struct sheet_file s;
    enum rc rc = sheet_open(&s, &a, path, p->title, err);
    if (rc == RC_OK) {
        rc = page_paper(f, p, s.cr, pages, err);
        rc = sheet_close(&s, rc, err);
    }
    arena_deinit(&a);
    return rc;
}

/* ---- the helper ----------------------------------------------------------------------------- */

struct serving {
    struct arena *a;
    FILE *in, *out;
    char *line; /* getline's */
    size_t room;
    const char *to, *book;
    size_t at; /* line */
    struct fonts fonts;
    struct sheet_file book_file;
    bool is_open;
    int pages; /* book_file so far */
    struct err *err;
};

/* The next paper, in the arena; *file with it. RC_NOT_FOUND at the end of the lines. */
MUST_CHECK static enum rc next_paper(struct serving *s, struct arena *a, struct paper *p, str *file)
{
    json_error_t wrong = {0};
    ssize_t n = getline(&s->line, &s->room, s->in);
    if (n < 0 && !ferror(s->in))
        return RC_NOT_FOUND;
    s->at++;
    if (n < 0)
        return err_set(s->err, RC_IO, "standard input: %s", strerror(errno));
    json_t *j = json_loadb(s->line, (size_t)n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &wrong);
    if (j == NULL)
        return err_set(s->err, RC_BAD_INPUT, "not JSON: %s", wrong.text);
    enum rc rc = paper_read(j, a, p, s->err);
    const char *name = json_string_value(json_object_get(j, "file"));
    *file = str_dup(a, str_from(name));
    json_decref(j);
    TRY(rc);
    bool plain = file->n > 0 && file->p[0] != '.' && memchr(file->p, '/', file->n) == NULL;
    if (s->book == NULL && (s->to != NULL ? !plain : file->n == 0))
        return err_set(s->err, RC_BAD_INPUT, "“file” is “%.*s”: expected a plain name",
                       (int)(file->n < 80 ? file->n : 80), file->n > 0 ? file->p : "");
    return RC_OK;
}

MUST_CHECK static enum rc serve_one(struct serving *s, struct arena *a, const struct paper *p,
                                    str file)
{
    int pages = 0;
    if (s->book != NULL && !s->is_open) {
        TRY(sheet_open(&s->book_file, s->a, s->book, p->title, s->err));
        s->is_open = true;
    }
    if (s->book != NULL) {
        file = str_from(s->book);
        TRY(page_paper(&s->fonts, p, s->book_file.cr, &pages, s->err));
        s->pages += pages;
    } else {
        str path = s->to != NULL ? str_fmt(a, "%s/%.*s", s->to, STR_ARG(file)) : file;
        TRY(draw_file(&s->fonts, p, path.p, &pages, s->err));
    }
    struct sbuf b;
    struct json j;
    sbuf_init(&b, 1 << 16);
    json_init(&j, &b);
    json_obj(&j);
    json_key(&j, "file");
    json_str(&j, file);
    json_key(&j, "pages");
    json_int(&j, pages);
    json_obj_end(&j);
    fprintf(s->out, "%.*s\n", (int)b.n, b.p);
    sbuf_deinit(&b);
    return fflush(s->out) == 0 ? RC_OK : err_set(s->err, RC_IO, "nobody reads what was done");
}

/* Every line once: to collect its letters (a set given), or to draw it. */
MUST_CHECK static enum rc serve_lines(struct serving *s, hb_set_t *set)
{
    enum rc rc = RC_OK;
    s->at = 0;
    rewind(s->in);
    while (rc == RC_OK) {
        struct arena a = {0};
        struct paper p = {0};
        str file = {0};
        rc = next_paper(s, &a, &p, &file);
        if (rc == RC_NOT_FOUND) {
            arena_deinit(&a);
            return RC_OK;
        }
        if (rc == RC_OK && set != NULL)
            paper_texts(&p, text_collect, set);
        else if (rc == RC_OK)
            rc = serve_one(s, &a, &p, file);
        if (rc != RC_OK && p.number.n > 0)
            err_prefix(s->err, "line %zu, paper %.*s", s->at, STR_ARG(p.number));
        else if (rc != RC_OK)
            err_prefix(s->err, "line %zu", s->at);
        arena_deinit(&a);
    }
    return rc;
}

/* The lines are read twice: a pipe is taken into memory first. */
MUST_CHECK static enum rc spool(int in, FILE **out, struct err *err)
{
    struct stat st;
    int fd = dup(in);
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        char *buffer = mem_resize(NULL, 1 << 16);
        int from = fd;
        fd = memfd_create("papers", MFD_CLOEXEC);
        ssize_t n = 0;
        while (fd >= 0 && (n = read(from, buffer, 1 << 16)) > 0)
            for (ssize_t done = 0, some; done < n; done += some)
                if ((some = write(fd, buffer + done, (size_t)(n - done))) <= 0) {
                    some = n - done;
                    n = -1;
                }
        close(from);
        mem_free(buffer);
        if (n < 0) {
            close(fd);
            return err_set(err, RC_IO, "the papers can't be taken in: %s", strerror(errno));
        }
    }
    *out = fd >= 0 ? fdopen(fd, "rb") : NULL;
    return *out != NULL ? RC_OK : err_set(err, RC_IO, "standard input: %s", strerror(errno));
}

enum rc papers_serve(int in, FILE *out, const char *to, const char *book, int *status,
                     struct err *err)
{
    struct arena a = {0};
    struct serving s = {.a = &a, .out = out, .to = to, .book = book, .err = err};
    *status = 1;
    TRY(spool(in, &s.in, err));
    hb_set_t *wanted = wanted_own();
    /* A line that can't be read is told in its turn, when those before it are drawn. */
    enum rc rc = serve_lines(&s, wanted);
    rc = fonts_open(&s.fonts, &a, wanted, err);
    if (rc == RC_OK)
        rc = serve_lines(&s, NULL);
    if (s.is_open)
        rc = sheet_close(&s.book_file, rc, err);
    fonts_close(&s.fonts);
    hb_set_destroy(wanted);
    fclose(s.in);
    mem_free(s.line); /* getline's, of malloc as that of mem_resize() */
    arena_deinit(&a);
    *status = rc == RC_OK          ? 0
              : rc == RC_BAD_INPUT ? HELPER_REFUSED
              : rc == RC_LIMIT     ? HELPER_LIMIT
                                   : 1;
    return rc;
}
