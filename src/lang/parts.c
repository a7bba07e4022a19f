/* See parts.h. The layout of `huimin fmt` is relied on: what begins a line begins a declaration. */
#include "lang/parts.h"

#include <string.h>

struct cutting {
    str file;
    struct arena *a;
    VEC(struct rule_part) parts;
};

static str first_word(str s, str *rest)
{
    size_t i = 0, n = 0;

    while (i < s.n && s.p[i] == ' ')
        i++;
    while (i + n < s.n && s.p[i + n] != ' ' && s.p[i + n] != ',' && s.p[i + n] != ':')
        n++;
    *rest = str_sub(s, i + n, s.n);
    return str_sub(s, i, i + n);
}

/* What stands in the first quotes of the line, and in the second behind a slash. */
static void labels(str line, str *zh, str *en)
{
    str both[2] = {{0}, {0}};
    size_t at = 0;

    for (int k = 0; k < 2; k++) {
        size_t from = at;
        while (from < line.n && line.p[from] != '"')
            from++;
        size_t to = from + 1;
        while (to < line.n && line.p[to] != '"')
            to++;
        if (to >= line.n)
            break;
        both[k] = str_sub(line, from + 1, to);
        at = to + 1;
        size_t next = at;
        while (next < line.n && line.p[next] == ' ')
            next++;
        if (next >= line.n || line.p[next] != '/')
            break;
    }
    *zh = both[0];
    *en = both[1];
}

static str line_at(str text, size_t from)
{
    size_t to = from;

    while (to < text.n && text.p[to] != '\n')
        to++;
    return str_sub(text, from, to);
}

static bool is_comment(str line)
{
    return str_starts(line, S("--"));
}

/* ---- a place -------------------------------------------------------------------------------- */

/* "dibao.standard in hills" of "  set dibao.standard in hills from 2019-01: …". */
static str value_name(str line, struct arena *a)
{
    str rest, word = first_word(line, &rest);
    str name = first_word(rest, &rest);
    str in = first_word(rest, &rest);

    (void)word;
    if (!str_eq(in, S("in")))
        return name;
    str area = first_word(rest, &rest);
    return str_fmt(a, "%.*s in %.*s", STR_ARG(name), STR_ARG(area));
}

/* Lines of one value are put behind one another; it may be set for several months. */
static void add_value(struct cutting *c, size_t first, str name, str text)
{
    for (size_t i = first; i < c->parts.n; i++) {
        struct rule_part *p = &c->parts.at[i];
        if (str_eq(p->kind, S("value")) && str_eq(p->name, name)) {
            p->text = str_fmt(c->a, "%.*s%.*s", STR_ARG(p->text), STR_ARG(text));
            return;
        }
    }
    *VEC_PUSH(c->a, &c->parts) =
        (struct rule_part){.kind = S("value"), .name = name, .file = c->file, .text = text};
}

/* The values are taken out of the place; a line further in than `set` goes on with it. */
static void cut_place(struct cutting *c, struct rule_part *place)
{
    size_t first = c->parts.n, from = 0;
    str text = place->text;
    struct sbuf rest;

    sbuf_init(&rest, text.n + 1);
    while (from < text.n) {
        str line = line_at(text, from);
        size_t end = from + line.n < text.n ? from + line.n + 1 : text.n;
        if (!str_starts(line, S("  set "))) {
            sbuf_add(&rest, str_sub(text, from, end));
            from = end;
            continue;
        }
        size_t to = end;
        while (to < text.n && str_starts(str_sub(text, to, text.n), S("    ")))
            to = to + line_at(text, to).n + 1 < text.n ? to + line_at(text, to).n + 1 : text.n;
        add_value(c, first, value_name(line, c->a), str_sub(text, from, to));
        from = to;
    }
    place->text = str_dup(c->a, sbuf_str(&rest));
    sbuf_deinit(&rest);
}

/* ---- a file --------------------------------------------------------------------------------- */

static void add_part(struct cutting *c, str head, str text)
{
    struct rule_part p = {.file = c->file, .text = text};
    str rest;

    p.kind = first_word(head, &rest);
    p.name = first_word(rest, &rest);
    labels(head, &p.zh, &p.en);
    bool place = str_eq(p.kind, S("place"));
    size_t at = c->parts.n;
    *VEC_PUSH(c->a, &c->parts) = p;
    if (place) {
        cut_place(c, &p);
        c->parts.at[at].text = p.text;
    }
}

void rule_parts(str file, str text, struct arena *a, struct rule_part **out, size_t *n)
{
    struct cutting c = {.file = file, .a = a};
    size_t begin = 0, comments = SIZE_MAX;
    str head = {0};

    for (size_t from = 0; from < text.n;) {
        str line = line_at(text, from);
        bool starts = line.n > 0 && line.p[0] != ' ' && !is_comment(line);
        if (is_comment(line) && comments == SIZE_MAX)
            comments = from;
        else if (line.n == 0 || (line.n > 0 && line.p[0] == ' '))
            comments = SIZE_MAX; /* what stands apart belongs to no declaration */
        if (starts) {
            size_t cut = comments != SIZE_MAX ? comments : from;
            if (head.n > 0)
                add_part(&c, head, str_sub(text, begin, cut));
            begin = cut;
            head = line;
            comments = SIZE_MAX;
        }
        from += line.n + 1;
    }
    if (head.n > 0)
        add_part(&c, head, str_sub(text, begin, text.n));
    *out = c.parts.at;
    *n = c.parts.n;
}

bool rule_part_same(const struct rule_part *a, const struct rule_part *b)
{
    /* A register may be extended in several files; a value belongs to its place's. */
    bool by_file = str_eq(a->kind, S("extend")) || str_eq(a->kind, S("value"));

    return str_eq(a->kind, b->kind) && str_eq(a->name, b->name) &&
           (!by_file || str_eq(a->file, b->file));
}
