/*
 * Fonts by their files. The Noto CJK fonts are 20 to 27 MB each; reading one through fontconfig and having cairo
 * take letters from it costs 20 ms a file and page. So what a run needs is cut out of them first (HarfBuzz,
 * 2 ms), kept in memory that has a file's name, and handed to Pango as the only fonts there are.
 */
#define _GNU_SOURCE /* memfd_create, pipe2, addclosefrom_np */
#include <hb-ot.h>
#include <hb-subset.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "paper/inside.h"

struct font_file {
    hb_blob_t *blob;
    hb_face_t *face;
    hb_font_t *font;
    int fd; /* of what was cut out; -1 */
};

static const char *const file_names[FACE__COUNT] = {
    "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"};

/* Where distributions keep them. */
static const char *const folders[] = {
    "/usr/share/fonts/opentype/noto",         "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-cjk-vf",    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-serif-cjk", "/usr/local/share/fonts/noto",
};

/* ---- finding -------------------------------------------------------------------------------- */

static const char *file_find(struct arena *a, const char *name)
{
    const char *own = getenv("HUIMIN_FONTS");
    if (own != NULL && own[0] != '\0') {
        const char *path = str_fmt(a, "%s/%s", own, name).p;
        if (path_exists(path))
            return path;
    }
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const char *path = str_fmt(a, "%s/%s", folders[i], name).p;
        if (path_exists(path))
            return path;
    }
    return NULL;
}

/* Which face of a collection: the one for simplified Chinese that isn't monospaced; else the first. */
static unsigned face_index(hb_blob_t *blob)
{
    unsigned n = hb_face_count(blob);
    for (unsigned i = 0; i < n; i++) {
        char name[128] = "";
        unsigned room = sizeof name;
        hb_face_t *face = hb_face_create(blob, i);
        hb_ot_name_get_utf8(face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &room, name);
        hb_face_destroy(face);
        if (strstr(name, "CJKsc-") != NULL)
            return i;
    }
    return 0;
}

MUST_CHECK static enum rc file_open(struct font_file *f, const char *path, struct err *err)
{
    f->fd = -1;
    f->blob = hb_blob_create_from_file_or_fail(path);
    if (f->blob == NULL || hb_face_count(f->blob) == 0)
        return err_set(err, RC_IO, "%s: can't be read as a font", path);
    f->face = hb_face_create(f->blob, face_index(f->blob));
    f->font = hb_font_create(f->face);
    return RC_OK;
}

static bool is_font(str name)
{
    return str_ends(name, S(".ttf")) || str_ends(name, S(".otf")) || str_ends(name, S(".ttc"));
}

/* The fonts of HUIMIN_FONTS with rare characters, after the three of ours. */
MUST_CHECK static enum rc files_own(struct fonts *f, struct err *err)
{
    const char *own = getenv("HUIMIN_FONTS");
    str *names;
    size_t n;
    if (own == NULL || own[0] == '\0')
        return RC_OK;
    TRY(dir_list(own, f->a, &names, &n, err));
    struct font_file *all = NEW_N(f->a, struct font_file, f->n_files + n);
    memcpy(all, f->file, f->n_files * sizeof *all);
    f->file = all;
    for (size_t i = 0; i < n; i++) {
        bool ours = false;
        for (size_t k = 0; k < FACE__COUNT; k++)
            ours |= str_eq(names[i], str_from(file_names[k]));
        if (ours || !is_font(names[i]))
            continue;
        struct font_file *one = &f->file[f->n_files];
        enum rc rc = file_open(one, str_fmt(f->a, "%s/%.*s", own, STR_ARG(names[i])).p, err);
        f->n_files++;
        if (rc != RC_OK)
            return rc;
    }
    return RC_OK;
}

MUST_CHECK static enum rc files_open(struct fonts *f, struct err *err)
{
    f->file = NEW_N(f->a, struct font_file, FACE__COUNT);
    for (size_t i = 0; i < FACE__COUNT; i++)
        f->file[i].fd = -1;
    for (size_t i = 0; i < FACE__COUNT; i++) {
        const char *path = file_find(f->a, file_names[i]);
        if (path == NULL)
            return err_set(
                err, RC_NOT_FOUND,
                "no font %s: expected it in %s (Debian's fonts-noto-cjk), or in the folder "
                "that HUIMIN_FONTS names",
                file_names[i], folders[0]);
        f->n_files = i + 1;
        TRY(file_open(&f->file[i], path, err));
    }
    return files_own(f, err);
}

static bool file_has(const struct font_file *f, uint32_t cp)
{
    hb_codepoint_t glyph;
    return hb_font_get_nominal_glyph(f->font, cp, &glyph) != 0 && glyph != 0;
}

bool fonts_have(const struct fonts *f, uint32_t cp)
{
    for (size_t i = 0; i < f->n_files; i++)
        if (file_has(&f->file[i], cp))
            return true;
    return false;
}

/* ---- cutting -------------------------------------------------------------------------------- */

/* What only vertical text and alternate forms need: without it a font is cut three times as fast. */
static const char *const unwanted[] = {"GSUB", "GPOS", "GDEF", "BASE",
                                       "VORG", "vhea", "vmtx", "DSIG"};

static hb_face_t *cut(const struct font_file *f, const hb_set_t *chars)
{
    hb_subset_input_t *in = hb_subset_input_create_or_fail();
    if (in == NULL)
        return NULL;
    hb_set_union(hb_subset_input_unicode_set(in), chars);
    /* Shared subroutines would be carried whole into every file. */
    hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_DESUBROUTINIZE | HB_SUBSET_FLAGS_NO_HINTING |
                                      HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    hb_set_t *drop = hb_subset_input_set(in, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        hb_set_add(drop, hb_tag_from_string(unwanted[i], 4));
    hb_face_t *face = hb_subset_or_fail(f->face, in);
    hb_subset_input_destroy(in);
    return face;
}

MUST_CHECK static enum rc file_put(struct font_file *f, const char *p, size_t n, struct err *err)
{
    int fd = memfd_create("font", MFD_CLOEXEC);
    f->fd = fd;
    while (fd >= 0 && n > 0) {
        ssize_t wrote = write(fd, p, n);
        if (wrote <= 0)
            fd = -1;
        else
            p += wrote, n -= (size_t)wrote;
    }
    return fd >= 0 ? RC_OK : err_set(err, RC_IO, "no room in memory for a font");
}

MUST_CHECK static enum rc file_cut(struct fonts *f, struct font_file *one, const hb_set_t *chars,
                                   struct err *err)
{
    unsigned n;
    hb_face_t *face = cut(one, chars);
    if (face == NULL)
        return err_set(err, RC_IO, "a font can't be cut down");
    hb_blob_t *blob = hb_face_reference_blob(face);
    const char *data = hb_blob_get_data(blob, &n);
    enum rc rc = file_put(one, data, n, err);
    hb_blob_destroy(blob);
    hb_face_destroy(face);
    TRY(rc);
    const char *path = str_fmt(f->a, "/proc/self/fd/%d", one->fd).p;
    if (!FcConfigAppFontAddFile(f->config, (const FcChar8 *)path))
        return err_set(err, RC_IO, "a font can't be read back: expected /proc to be there");
    return RC_OK;
}

/* Each of ours whole; of the others only what ours lack, and none where they lack nothing. */
MUST_CHECK static enum rc files_cut(struct fonts *f, const hb_set_t *wanted, struct err *err)
{
    hb_set_t *left = hb_set_create();
    enum rc rc = RC_OK;
    for (hb_codepoint_t cp = HB_SET_VALUE_INVALID; hb_set_next(wanted, &cp);) {
        bool ours = false;
        for (size_t i = 0; i < FACE__COUNT && !ours; i++)
            ours = file_has(&f->file[i], cp);
        if (!ours)
            hb_set_add(left, cp);
    }
    for (size_t i = 0; i < FACE__COUNT && rc == RC_OK; i++)
        rc = file_cut(f, &f->file[i], wanted, err);
    for (size_t i = FACE__COUNT; i < f->n_files && rc == RC_OK && !hb_set_is_empty(left); i++) {
        hb_set_t *has = hb_set_create();
        for (hb_codepoint_t cp = HB_SET_VALUE_INVALID; hb_set_next(left, &cp);)
            if (file_has(&f->file[i], cp))
                hb_set_add(has, cp);
        hb_set_subtract(left, has);
        if (!hb_set_is_empty(has))
            rc = file_cut(f, &f->file[i], has, err);
        hb_set_destroy(has);
    }
    hb_set_destroy(left);
    return rc;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Letters where they are meant to be, to the last unit: a printer has no pixels to fit them to. */
static void context_exact(PangoContext *c)
{
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    pango_cairo_context_set_font_options(c, o);
    cairo_font_options_destroy(o);
    pango_context_set_round_glyph_positions(c, FALSE);
    pango_context_set_base_dir(c, PANGO_DIRECTION_LTR);
    pango_context_set_language(c, pango_language_from_string("zh-cn"));
}

enum rc fonts_open(struct fonts *f, struct arena *a, const hb_set_t *wanted, struct err *err)
{
    *f = (struct fonts){.a = a};
    f->config = FcConfigCreate();
    TRY(files_open(f, err));
    TRY(files_cut(f, wanted, err));
    /* Asked for its own, fontconfig would read the system's settings and scan every font there is. */
    FcConfigSetCurrent(f->config);
    f->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(f->map), f->config);
    f->context = pango_font_map_create_context(f->map);
    context_exact(f->context);
    return RC_OK;
}

void fonts_close(struct fonts *f)
{
    g_clear_object(&f->context);
    g_clear_object(&f->map);
    if (f->config != NULL)
        FcConfigDestroy(f->config);
    for (size_t i = 0; i < f->n_files; i++) {
        hb_font_destroy(f->file[i].font);
        hb_face_destroy(f->file[i].face);
        hb_blob_destroy(f->file[i].blob);
        if (f->file[i].fd >= 0)
            close(f->file[i].fd);
    }
    *f = (struct fonts){0};
}
