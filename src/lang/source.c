/*
 * Reading definition files and finding lines in them. What the text means is the business of lex.c
 * and the parser.
 */
#include "lang/source.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"

void sources_init(struct sources *s, struct arena *a)
{
    memset(s, 0, sizeof *s);
    s->arena = a;
}

/* What follows the last path component called `folder`; an empty str when there is none. */
static str below_folder(str path, str folder)
{
    str found = S("");
    str rest = path;
    str head, tail;
    while (str_cut(rest, '/', &head, &tail)) {
        if (str_eq(head, folder))
            found = tail;
        rest = tail;
    }
    return found;
}

static void find_lines(struct sources *s, struct source *f)
{
    size_t n = 1;
    for (size_t i = 0; i < f->text.n; i++)
        n += f->text.p[i] == '\n';
    f->starts = NEW_N(s->arena, uint32_t, n);
    size_t line = 1;
    for (size_t i = 0; i < f->text.n; i++)
        if (f->text.p[i] == '\n')
            f->starts[line++] = (uint32_t)(i + 1);
    f->n_lines = n;
}

size_t source_add(struct sources *s, str path, str text)
{
    struct source *f = VEC_PUSH(s->arena, &s->list);
    f->path = path;
    f->text = str_starts(text, S("\xEF\xBB\xBF")) ? str_sub(text, 3, text.n) : text;
    str in_lines = below_folder(path, S("lines"));
    str rest;
    if (!str_cut(in_lines, '/', &f->line, &rest))
        f->line = S("");
    f->is_place = below_folder(path, S("places")).n > 0;
    find_lines(s, f);
    return s->list.n - 1;
}

void source_position(const struct source *s, uint32_t byte, size_t *line, size_t *column)
{
    size_t lo = 0, hi = s->n_lines;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->starts[mid] <= byte)
            lo = mid;
        else
            hi = mid;
    }
    *line = lo + 1;
    *column = utf8_count(str_sub(s->text, s->starts[lo], byte)) + 1;
}

str source_line(const struct source *s, size_t line)
{
    if (line == 0 || line > s->n_lines)
        return S("");
    size_t from = s->starts[line - 1];
    size_t to = line < s->n_lines ? s->starts[line] - 1 : s->text.n;
    if (to > from && s->text.p[to - 1] == '\r')
        to--;
    return str_sub(s->text, from, to);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* The files found so far, before they are put in order and read. */
struct found {
    struct arena *arena;
    VEC(str) paths; /* as shown */
};

static enum rc find_below(struct found *f, str shown, const char *root, int depth, struct err *err)
{
    enum { DEPTH_MAX = 16 }; /* a link that points at its own folder would never end */
    if (depth > DEPTH_MAX)
        return err_set(err, RC_LIMIT, "%.*s: folders are more than %d deep", STR_ARG(shown),
                       DEPTH_MAX);
    const char *dir = str_z(f->arena, str_fmt(f->arena, "%s%.*s", root, STR_ARG(shown)));
    str *names;
    size_t n;
    TRY(dir_list(dir, f->arena, &names, &n, err));
    for (size_t i = 0; i < n; i++) {
        if (str_starts(names[i], S(".")))
            continue;
        str path = str_fmt(f->arena, "%.*s/%.*s", STR_ARG(shown), STR_ARG(names[i]));
        const char *full = str_z(f->arena, str_fmt(f->arena, "%s%.*s", root, STR_ARG(path)));
        if (path_is_dir(full)) {
            TRY(find_below(f, path, root, depth + 1, err));
        } else if (str_ends(path, S(".hm"))) {
            if (f->paths.n >= LIMIT_SOURCE_FILES)
                return err_set(err, RC_LIMIT, "more than %d definition files", LIMIT_SOURCE_FILES);
            *VEC_PUSH(f->arena, &f->paths) = path;
        }
    }
    return RC_OK;
}

static enum rc read_one(struct sources *s, str shown, const char *root, struct err *err)
{
    const char *full = str_z(s->arena, str_fmt(s->arena, "%s%.*s", root, STR_ARG(shown)));
    str text;
    TRY(file_read(full, LIMIT_SOURCE_BYTES, s->arena, &text, err));
    size_t bad;
    if (!utf8_valid(text, &bad)) {
        size_t line = 1, start = 0;
        for (size_t i = 0; i < bad; i++) {
            if (text.p[i] == '\n') {
                line++;
                start = i + 1;
            }
        }
        return err_set(err, RC_BAD_INPUT, "%.*s:%zu: byte %zu of the line is not UTF-8",
                       STR_ARG(shown), line, bad - start + 1);
    }
    source_add(s, shown, text);
    return RC_OK;
}

static void sort_paths(str *at, size_t n)
{
    /* Folders come in order already, so that this insertion sort moves little. */
    for (size_t i = 1; i < n; i++) {
        str x = at[i];
        size_t j = i;
        for (; j > 0 && str_cmp(at[j - 1], x) > 0; j--)
            at[j] = at[j - 1];
        at[j] = x;
    }
}

static enum rc read_found(struct sources *s, struct found *f, const char *root, struct err *err)
{
    if (s->list.n + f->paths.n > LIMIT_SOURCE_FILES)
        return err_set(err, RC_LIMIT, "more than %d definition files", LIMIT_SOURCE_FILES);
    sort_paths(f->paths.at, f->paths.n);
    for (size_t i = 0; i < f->paths.n; i++)
        TRY(read_one(s, f->paths.at[i], root, err));
    return RC_OK;
}

enum rc sources_read(struct sources *s, const char *home, struct err *err)
{
    static const char *const folders[] = {"lines", "places"};
    struct found f = {.arena = s->arena};
    const char *root = str_z(s->arena, str_fmt(s->arena, "%s/", home));
    bool any = false;
    for (size_t i = 0; i < 2; i++) {
        const char *dir = str_z(s->arena, str_fmt(s->arena, "%s%s", root, folders[i]));
        if (!path_is_dir(dir))
            continue;
        any = true;
        TRY(find_below(&f, str_from(folders[i]), root, 0, err));
    }
    if (!any)
        return err_set(err, RC_NOT_FOUND, "%s has neither a folder lines nor a folder places",
                       home);
    return read_found(s, &f, root, err);
}

enum rc sources_read_path(struct sources *s, const char *path, struct err *err)
{
    struct found f = {.arena = s->arena};
    str shown = str_dup(s->arena, str_from(path));
    if (path_is_dir(path)) {
        while (shown.n > 1 && shown.p[shown.n - 1] == '/')
            shown.n--;
        TRY(find_below(&f, shown, "", 0, err));
    } else {
        if (s->list.n >= LIMIT_SOURCE_FILES)
            return err_set(err, RC_LIMIT, "more than %d definition files", LIMIT_SOURCE_FILES);
        return read_one(s, shown, "", err);
    }
    return read_found(s, &f, "", err);
}
