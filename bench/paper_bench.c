/*
 * Papers: one page from request to file, a thousand decisions into files and into one. The yardstick is the plainest
 * program for the same texts: Pango and cairo with the system's fonts, a layout a text, no pages and rules.
 *
 *     paper_bench [HUIMIN [GALLERY [DECISIONS]]]
 */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "paper/paper.h"

enum { ROUNDS = 21, PLAIN = 100 };

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void die(const char *what)
{
    fprintf(stderr, "paper_bench: %s\n", what);
    exit(1);
}

/* ---- the yardstick -------------------------------------------------------------------------- */

struct plain {
    PangoContext *context;
    cairo_t *cr;
    int y;
};

static void plain_text(void *with, str text)
{
    struct plain *p = with;
    PangoLayout *l = pango_layout_new(p->context);
    PangoFontDescription *d = pango_font_description_from_string("Noto Serif CJK SC 10");
    pango_layout_set_font_description(l, d);
    pango_layout_set_width(l, 450 * PANGO_SCALE);
    pango_layout_set_text(l, text.p, (int)text.n);
    cairo_move_to(p->cr, 70, p->y);
    pango_cairo_show_layout(p->cr, l);
    p->y += text.n > 0 ? 14 : 0;
    pango_font_description_free(d);
    g_object_unref(l);
}

/* In a process of its own, as the helper is. */
static int64_t plain(const struct paper *papers, size_t n, const char *folder)
{
    int64_t from = now_us();
    pid_t pid = fork();
    if (pid < 0)
        die("no process");
    if (pid == 0) {
        PangoFontMap *map = pango_cairo_font_map_get_default();
        struct plain p = {.context = pango_font_map_create_context(map)};
        for (size_t i = 0; i < n; i++) {
            char path[300];
            snprintf(path, sizeof path, "%s/plain-%zu.pdf", folder, i);
            cairo_surface_t *s = cairo_pdf_surface_create(path, 595, 842);
            p.cr = cairo_create(s);
            p.y = 50;
            paper_texts(&papers[i], plain_text, &p);
            cairo_show_page(p.cr);
            cairo_destroy(p.cr);
            cairo_surface_finish(s);
            cairo_surface_destroy(s);
        }
        _exit(0);
    }
    int status = 0;
    if (waitpid(pid, &status, 0) != pid || status != 0)
        die("the yardstick failed");
    return now_us() - from;
}

/* ---- ours ----------------------------------------------------------------------------------- */

static struct paper *gallery(struct arena *a, const char *path, size_t *n)
{
    str all, line;
    struct err err = {0};
    struct paper *out = NEW_N(a, struct paper, 50);
    if (file_read(path, 1 << 20, a, &all, &err) != RC_OK)
        die(err.text);
    for (*n = 0; *n < 50 && str_cut(all, '\n', &line, &all); ++*n) {
        json_t *j = json_loadb(line.p, line.n, 0, NULL);
        if (j == NULL || paper_read(j, a, &out[*n], &err) != RC_OK)
            die("the gallery can't be read");
        json_decref(j);
    }
    return out;
}

/* As many decisions as wanted, each with a name, a number and a code of its own. */
static struct paper *decisions(struct arena *a, const struct paper *like, size_t n)
{
    struct paper *out = NEW_N(a, struct paper, n);
    for (size_t i = 0; i < n; i++) {
        char name[4];
        size_t bytes = utf8_put(0x4E00 + (uint32_t)(i * 17 % 8000), name);
        out[i] = *like;
        out[i].blocks = NEW_N(a, struct paper_block, like->n_blocks);
        memcpy(out[i].blocks, like->blocks, like->n_blocks * sizeof *like->blocks);
        out[i].number = str_fmt(a, "510402-2020-P%06zu", i);
        out[i].qr =
            str_fmt(a, "https://huimin.example/check/%.*s?code=K7QF3M9X", STR_ARG(out[i].number));
        out[i].blocks[0].text =
            str_fmt(a, "周%.*s：\n%.*s", (int)bytes, name, STR_ARG(like->blocks[0].text));
    }
    return out;
}

static int64_t ours(const char *program, const struct paper *papers, const char *const *paths,
                    size_t n, const char *book)
{
    struct err err = {0};
    size_t done;
    int64_t from = now_us();
    enum rc rc = book != NULL ? papers_book(program, papers, n, book, &done, &err)
                              : papers_make(program, papers, paths, n, &done, &err);
    if (rc != RC_OK)
        die(err.text);
    return now_us() - from;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t median(int64_t *all, size_t n)
{
    qsort(all, n, sizeof *all, by_size);
    return all[n / 2];
}

static long long size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (long long)st.st_size : 0;
}

int main(int argc, char **argv)
{
    const char *program = argc > 1 ? argv[1] : "build/huimin";
    size_t n_gallery, n = argc > 3 ? (size_t)strtoul(argv[3], NULL, 10) : 1000;
    struct arena a = {0};
    struct paper *all = gallery(&a, argc > 2 ? argv[2] : "test/paper/gallery.jsonl", &n_gallery);
    char folder[] = "/tmp/huimin-bench-XXXXXX";
    if (n_gallery < 4 || n < PLAIN || mkdtemp(folder) == NULL)
        die("expected a gallery of four papers at least, and a hundred decisions");
    const char *path = str_fmt(&a, "%s/one.pdf", folder).p,
               *book = str_fmt(&a, "%s/book.pdf", folder).p;
    int64_t one[ROUNDS], bare[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        bare[i] = plain(all, 1, folder);
        one[i] = ours(program, all, &path, 1, NULL);
    }
    int64_t x = median(one, ROUNDS), y = median(bare, ROUNDS);
    printf(
        "one page: %lld ms, at most %lld; plainly %lld ms, ratio %lld / 100; %lld bytes, plainly %lld\n",
        (long long)x / 1000, (long long)one[ROUNDS - 1] / 1000, (long long)y / 1000,
        (long long)(100 * x / y), size_of(path), size_of(str_fmt(&a, "%s/plain-0.pdf", folder).p));
    struct paper *many = decisions(&a, &all[3], n);
    const char **paths = NEW_N(&a, const char *, n);
    for (size_t i = 0; i < n; i++)
        paths[i] = str_fmt(&a, "%s/%zu.pdf", folder, i).p;
    y = plain(many, PLAIN, folder) * (int64_t)n / PLAIN;
    x = ours(program, many, paths, n, NULL);
    printf(
        "%zu decisions: %lld ms; plainly %lld ms (by %d of them), ratio %lld / 100; %lld bytes each\n",
        n, (long long)x / 1000, (long long)y / 1000, PLAIN, (long long)(100 * x / y),
        size_of(paths[n - 1]));
    x = ours(program, many, NULL, n, book);
    printf("%zu decisions in one file: %lld ms, %lld bytes\n", n, (long long)x / 1000,
           size_of(book));
    str *names;
    size_t n_names;
    if (dir_list(folder, &a, &names, &n_names, NULL) == RC_OK)
        for (size_t i = 0; i < n_names; i++)
            remove(str_fmt(&a, "%s/%.*s", folder, STR_ARG(names[i])).p);
    rmdir(folder);
    arena_deinit(&a);
    return 0;
}
