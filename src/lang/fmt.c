/*
 * Laying out a file. The parser has noted at each token whether it begins a line, and in which
 * column of a table it stands; here spaces and breaks are put between the tokens as they are, so
 * that none can be lost or changed.
 *
 * Everything is decided by the tokens and by which comments and empty lines stand between them,
 * never by where they stood: that is why a second run changes nothing.
 */
#include "lang/fmt.h"

#include <string.h>

#include "base/limits.h"
#include "lang/parse.h"

enum {
    CONTINUED = 4,       /* what continues an item stands this much further right */
    GAP_BASIS = 3,       /* spaces before a basis behind its item */
    GAP_COMMENT = 2,     /* and before a comment */
    LEVELS = 16,         /* of indentation, more than there are */
    NO_BREAK = INT32_MAX /* penalty: no space here */
};

/* An item, or the part of one that has a line of its own: tokens [from, to). */
struct row {
    size_t from, to;
    int indent, table;
    bool broken; /* by comments inside: it takes several lines anyway */
};

struct open_row {
    int64_t was; /* column at which its line began in the source */
    int indent;
};

struct fmt {
    const struct source *src;
    struct arena *arena;
    const struct tokens *toks;
    struct sbuf *out;
    struct sbuf row; /* the lines of the row being written */
    VEC(struct row) rows;
    size_t *gap;    /* spaces before each token */
    size_t comment; /* the next to be written */
    struct open_row levels[LEVELS];
    size_t n_levels;
    bool any; /* something was written */
};

static const struct token *token(const struct fmt *f, size_t i)
{
    return &f->toks->list.at[i];
}

/* ---- tokens --------------------------------------------------------------------------------- */

static bool keeps_quotes(const struct token *t)
{
    return memchr(t->text.p, '"', t->text.n) != NULL;
}

static void put_token(const struct fmt *f, struct sbuf *out, size_t i)
{
    const struct token *t = token(f, i);
    if (t->kind == T_STRING && keeps_quotes(t)) {
        sbuf_add(out, str_sub(f->src->text, t->from, t->to));
    } else if (t->kind == T_STRING) {
        sbuf_addc(out, '"');
        sbuf_add(out, t->text);
        sbuf_addc(out, '"');
    } else if (t->text.n) {
        sbuf_add(out, t->text);
    } else {
        sbuf_addz(out, tok_text(t->kind));
    }
}

static size_t token_width(const struct fmt *f, size_t i)
{
    const struct token *t = token(f, i);
    if (t->kind == T_STRING)
        return utf8_width(t->text) + (keeps_quotes(t) && t->to - t->from > t->text.n + 2 ? 4 : 2);
    return t->text.n ? utf8_width(t->text) : strlen(tok_text(t->kind));
}

/* Spaces between a token and the one before it when nothing is lined up. */
static size_t natural_gap(const struct token *before, const struct token *t)
{
    switch (t->kind) {
    case T_COMMA:
    case T_COLON:
    case T_CLOSE:
    case T_PERCENT:
    case T_DOT:
    case T_DOTDOT:
        return 0;
    case W_BASIS:
    case W_ASSUMED:
        return GAP_BASIS;
    default:
        break;
    }
    if (before->kind == T_OPEN || before->kind == T_DOT || before->kind == T_DOTDOT ||
        before->layout.tight)
        return 0;
    return 1;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static size_t row_width(const struct fmt *f, const struct row *r)
{
    size_t width = (size_t)r->indent;
    for (size_t i = r->from; i < r->to; i++)
        width += (i > r->from ? f->gap[i] : 0) + token_width(f, i);
    return width;
}

/* The first comment that stands before token i or a later one. */
static size_t first_comment(const struct fmt *f, size_t i)
{
    size_t lo = 0, hi = f->toks->comments.n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (f->toks->comments.at[mid].next < i)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* The comment at that index if it stands before token i, else NULL. */
static const struct comment *comment_of(const struct fmt *f, size_t index, size_t i)
{
    if (index >= f->toks->comments.n || f->toks->comments.at[index].next != i)
        return NULL;
    return &f->toks->comments.at[index];
}

static bool comment_before(const struct fmt *f, size_t i)
{
    return comment_of(f, first_comment(f, i), i) != NULL;
}

static bool comments_inside(const struct fmt *f, size_t from, size_t to)
{
    size_t first = first_comment(f, from + 1);
    return first < f->toks->comments.n && f->toks->comments.at[first].next < to;
}

static void add_row(struct fmt *f, size_t from, size_t to, int indent, int table)
{
    struct row *r = VEC_PUSH(f->arena, &f->rows);
    *r = (struct row){.from = from, .to = to, .indent = indent, .table = table};
    r->broken = comments_inside(f, from, to);
}

/*
 * A row, or two where there is a place for a break. When the first takes several lines, so must
 * the second have its own: it is an item, and what continues it stands further right than it.
 */
static void add_item(struct fmt *f, size_t from, size_t to)
{
    const struct layout *l = &token(f, from)->layout;
    struct row whole = {.from = from, .to = to, .indent = l->indent};
    size_t soft = to;
    for (size_t i = from + 1; i < to; i++)
        if (token(f, i)->layout.soft >= 0)
            soft = i;
    if (soft < to && (row_width(f, &whole) > FMT_WIDTH || comments_inside(f, from, to))) {
        add_row(f, from, soft, l->indent, TABLE_NONE);
        /* A comment between them keeps them apart, and so must stay there. */
        if (comment_before(f, soft))
            f->rows.at[f->rows.n - 1].broken = true;
        add_row(f, soft, to, token(f, soft)->layout.soft, TABLE_NONE);
    } else {
        add_row(f, from, to, l->indent, l->table);
    }
}

static void find_rows(struct fmt *f)
{
    size_t n = f->toks->list.n - 1, from = 0;
    f->gap = NEW_N(f->arena, size_t, n + 1);
    for (size_t i = 1; i < n; i++)
        f->gap[i] = natural_gap(token(f, i - 1), token(f, i));
    for (size_t i = 1; i <= n; i++) {
        if (i < n && token(f, i)->layout.indent < 0)
            continue;
        if (i > from)
            add_item(f, from, i);
        from = i;
    }
}

/* ---- tables --------------------------------------------------------------------------------- */

/* Where the column's token stands, given the gaps so far; 0: the row has none. */
static size_t column_start(const struct fmt *f, const struct row *r, int column, size_t *token_at)
{
    size_t width = (size_t)r->indent;
    for (size_t i = r->from; i < r->to; i++) {
        width += i > r->from ? f->gap[i] : 0;
        if (token(f, i)->layout.column == column) {
            *token_at = i;
            return width;
        }
        width += token_width(f, i);
    }
    return 0;
}

static void line_up_column(struct fmt *f, size_t from, size_t to, int column)
{
    size_t target = 0, at = 0;
    for (size_t i = from; i < to; i++) {
        const struct row *r = &f->rows.at[i];
        size_t start = column_start(f, r, column, &at);
        /* A basis goes to another line there. */
        if (column == COLUMN_BASIS && row_width(f, r) > FMT_WIDTH)
            continue;
        target = start > target ? start : target;
    }
    for (size_t i = from; i < to; i++) {
        const struct row *r = &f->rows.at[i];
        size_t start = column_start(f, r, column, &at);
        size_t width = row_width(f, r);
        if (start == 0 || start >= target)
            continue;
        if (width <= FMT_WIDTH && width + target - start > FMT_WIDTH)
            continue;
        if (column == COLUMN_BASIS && width > FMT_WIDTH)
            continue;
        f->gap[at] += target - start;
    }
}

static bool has_blank_before(const struct fmt *f, size_t i)
{
    const struct comment *c;
    for (size_t k = first_comment(f, i); (c = comment_of(f, k, i)) != NULL; k++)
        if (c->blank_before)
            return true;
    return token(f, i)->blank_before;
}

static void line_up(struct fmt *f)
{
    for (size_t from = 0, to; from < f->rows.n; from = to) {
        const struct row *r = &f->rows.at[from];
        for (to = from + 1; to < f->rows.n; to++) {
            const struct row *next = &f->rows.at[to];
            if (r->table == TABLE_NONE || next->table != r->table || next->indent != r->indent ||
                next->broken || r->broken || has_blank_before(f, next->from))
                break;
        }
        for (int column = 1; to - from > 1 && column <= COLUMN_BASIS; column++)
            line_up_column(f, from, to, column);
    }
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* How bad is a break before token i? `depth`: brackets open there. */
static int penalty(const struct fmt *f, size_t i, int depth)
{
    const struct token *before = token(f, i - 1), *t = token(f, i);
    if (natural_gap(before, t) == 0)
        return NO_BREAK;
    if (t->kind == W_BASIS || t->kind == W_ASSUMED)
        return 0;
    int p = 20;
    if (before->kind == T_COMMA)
        p = 1;
    else if (before->kind == T_COLON || t->kind == W_AND || t->kind == W_OR)
        p = 2;
    else if (t->kind == W_WHO || t->kind == W_WHOSE || t->kind == W_BECAUSE)
        p = 3;
    else if (t->kind == T_PLUS || (t->kind == T_MINUS && !t->layout.tight))
        p = 4;
    else if (t->kind == T_STAR || (t->kind >= T_EQ && t->kind <= T_GE))
        p = 5;
    return p + depth * 10;
}

static int depth_change(const struct token *t)
{
    return t->kind == T_OPEN ? 1 : t->kind == T_CLOSE ? -1 : 0;
}

/* The token before which a line ends that begins with `from` at column `col`; `to`: none. */
static size_t line_end(const struct fmt *f, size_t from, size_t to, size_t col)
{
    size_t best = to;
    int best_penalty = NO_BREAK, depth = 0;
    for (size_t i = from; i < to; i++) {
        if (i > from) {
            int p = penalty(f, i, depth);
            if (p <= best_penalty && p != NO_BREAK) {
                best = i;
                best_penalty = p;
            }
            col += f->gap[i];
        }
        col += token_width(f, i);
        depth += depth_change(token(f, i));
        /* Past the edge: break at the best place before, or at the first there is. */
        if (col > FMT_WIDTH && best < to)
            return best;
    }
    return to;
}

static void new_line(struct sbuf *out, int indent)
{
    sbuf_addc(out, '\n');
    sbuf_add_n(out, ' ', (size_t)indent);
}

/* Tokens [from, to) from column `indent`, in as many lines as needed. Returns the last's width. */
static size_t put_tokens(struct fmt *f, size_t from, size_t to, int indent, int continued)
{
    size_t col = (size_t)indent;
    while (from < to) {
        size_t end = line_end(f, from, to, col);
        for (size_t i = from; i < end; i++) {
            size_t gap = i > from ? f->gap[i] : 0;
            sbuf_add_n(&f->row, ' ', gap);
            put_token(f, &f->row, i);
            col += gap + token_width(f, i);
        }
        from = end;
        if (from < to) {
            new_line(&f->row, continued);
            col = (size_t)continued;
        }
    }
    return col;
}

/* ---- comments ------------------------------------------------------------------------------- */

/* What stands behind the two signs, which may be full-width ones. */
static str comment_text(const struct fmt *f, const struct comment *c)
{
    str text = str_sub(f->src->text, c->from, c->to);
    size_t at = 0;
    utf8_next(text, &at);
    utf8_next(text, &at);
    return str_sub(text, at, text.n);
}

static void put_comment(const struct fmt *f, struct sbuf *out, const struct comment *c)
{
    sbuf_addz(out, "--");
    sbuf_add(out, comment_text(f, c));
}

/* A comment below the last item of a block, further right than what follows, is of the block. */
static int comment_indent(const struct fmt *f, const struct comment *c, int64_t next_was,
                          int next_indent)
{
    int indent = next_indent;
    for (size_t i = 0; i < f->n_levels; i++)
        if ((int64_t)c->col > next_was && f->levels[i].was <= (int64_t)c->col &&
            f->levels[i].indent > indent)
            indent = f->levels[i].indent;
    return indent;
}

static void begin_line(struct fmt *f, bool blank, int indent)
{
    if (blank && f->any)
        sbuf_addc(f->out, '\n');
    sbuf_add_n(f->out, ' ', (size_t)indent);
    f->any = true;
}

/* The comments before token i that have lines of their own. */
static void put_comments_above(struct fmt *f, size_t i, int indent)
{
    const struct comment *c;
    for (; (c = comment_of(f, f->comment, i)) != NULL; f->comment++) {
        begin_line(f, c->blank_before, comment_indent(f, c, token(f, i)->indent, indent));
        put_comment(f, f->out, c);
        sbuf_addc(f->out, '\n');
    }
}

/* The comments inside of a row, before its token i: beside the line, or on lines of their own. */
static void put_comments_inside(struct fmt *f, size_t i, int indent)
{
    const struct comment *c;
    for (; (c = comment_of(f, f->comment, i)) != NULL; f->comment++) {
        if (c->own_line)
            new_line(&f->row, indent);
        else
            sbuf_add_n(&f->row, ' ', GAP_COMMENT);
        put_comment(f, &f->row, c);
    }
    new_line(&f->row, indent);
}

/* ---- the file ------------------------------------------------------------------------------- */

/* The row's lines into f->row. Returns the width of the last. */
static size_t lay_out_row(struct fmt *f, const struct row *r)
{
    int indent = r->indent, continued = r->indent + CONTINUED;
    size_t from = r->from;
    sbuf_clear(&f->row);
    for (size_t i = from + 1; r->broken && i < r->to; i++) {
        if (!comment_before(f, i))
            continue;
        put_tokens(f, from, i, indent, continued);
        put_comments_inside(f, i, continued);
        from = i;
        indent = continued;
    }
    return put_tokens(f, from, r->to, indent, continued);
}

static void put_row(struct fmt *f, const struct row *r)
{
    size_t width = lay_out_row(f, r);
    const struct comment *beside = comment_of(f, f->comment, r->to);
    bool blank = token(f, r->from)->blank_before;
    if (beside && beside->own_line)
        beside = NULL;
    /* A comment that has no room beside goes above, but not out of a row that has others inside. */
    bool fits =
        beside && width + GAP_COMMENT + 2 + utf8_width(comment_text(f, beside)) <= FMT_WIDTH;
    if (beside && !fits && !r->broken) {
        begin_line(f, blank, r->indent);
        put_comment(f, f->out, beside);
        sbuf_addc(f->out, '\n');
        blank = false;
        f->comment++;
        beside = NULL;
    }
    begin_line(f, blank, r->indent);
    sbuf_add(f->out, sbuf_str(&f->row));
    if (beside) {
        sbuf_add_n(f->out, ' ', GAP_COMMENT);
        put_comment(f, f->out, beside);
        f->comment++;
    }
    sbuf_addc(f->out, '\n');
}

static void open_level(struct fmt *f, const struct row *r)
{
    while (f->n_levels > 0 && f->levels[f->n_levels - 1].indent >= r->indent)
        f->n_levels--;
    if (f->n_levels < LEVELS)
        f->levels[f->n_levels++] =
            (struct open_row){.was = token(f, r->from)->indent, .indent = r->indent};
}

static void put_file(struct fmt *f)
{
    for (size_t i = 0; i < f->rows.n; i++) {
        const struct row *r = &f->rows.at[i];
        put_comments_above(f, r->from, r->indent);
        open_level(f, r);
        put_row(f, r);
    }
    put_comments_above(f, f->toks->list.n - 1, 0);
}

enum rc fmt_source(const struct sources *s, size_t file, struct arena *scratch, struct diags *d,
                   struct sbuf *out, struct err *err)
{
    struct tokens toks;
    struct rules r = {.arena = scratch, .sources = *s};
    struct fmt f = {
        .src = &s->list.at[file], .arena = scratch, .toks = &toks, .out = out, .any = out->n > 0};
    size_t before = d->errors;
    lex(f.src, (uint32_t)file, scratch, &toks, d);
    parse_tokens(&r, d, (uint32_t)file, &toks);
    if (d->errors > before)
        return err_set(err, RC_RULE, "%.*s has mistakes and was left as it is",
                       STR_ARG(f.src->path));
    sbuf_init(&f.row, out->max);
    find_rows(&f);
    line_up(&f);
    put_file(&f);
    bool failed = out->failed || f.row.failed;
    sbuf_deinit(&f.row);
    if (failed)
        return err_set(err, RC_LIMIT, "%.*s is too long when laid out", STR_ARG(f.src->path));
    return RC_OK;
}
