/* The sheet that hangs on the wall: postings of one village and service as a paper. */
#include "guard/leak.h"
#include "work/effect.h"
#include "work/posting_in.h"

struct sheet {
    const struct posting *postings;
    struct posting_content *content; /* as many */
    size_t n;
    struct arena *a;
    VEC(struct label) heads;
    VEC(struct paper_block) blocks;
};

static size_t head_of(struct sheet *s, const struct label *l)
{
    size_t i = 0;
    while (i < s->heads.n && !str_eq(s->heads.at[i].zh, l->zh))
        i++;
    if (i == s->heads.n)
        *VEC_PUSH(s->a, &s->heads) = *l;
    return i;
}

static int width_of(const struct posting_line *l)
{
    switch (l->field) {
    case SHOWN_VILLAGE:
    case SHOWN_PROGRAMME:
    case SHOWN_SERVICE:
        return 4;
    case SHOWN_AMOUNT:
        return 3;
    default:
        return 2;
    }
}

static void add_says(struct sheet *s, size_t from, size_t to)
{
    const struct posting_content *c = &s->content[0];
    for (size_t i = from; i < to && i < c->n_says; i++)
        *VEC_PUSH(s->a, &s->blocks) =
            (struct paper_block){.kind = PAPER_TEXT, .text = c->says[i].zh};
}

static void add_table(struct sheet *s)
{
    struct paper_block b = {.kind = PAPER_TABLE, .n_rows = s->n};
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->content[i].n_lines; k++)
            (void)head_of(s, &s->content[i].lines[k].label);
    b.n_columns = s->heads.n;
    b.head = NEW_N(s->a, str, b.n_columns + 1);
    b.widths = NEW_N(s->a, int, b.n_columns + 1);
    b.cells = NEW_N(s->a, struct paper_cell, b.n_columns * s->n + 1);
    for (size_t i = 0; i < b.n_columns; i++)
        b.head[i] = s->heads.at[i].zh;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->content[i].n_lines; k++) {
            const struct posting_line *l = &s->content[i].lines[k];
            size_t at = head_of(s, &l->label);
            b.widths[at] = width_of(l);
            b.cells[i * b.n_columns + at].text = l->value;
        }
    if (b.n_columns > 0)
        *VEC_PUSH(s->a, &s->blocks) = b;
}

struct seen {
    struct err *err;
    enum rc rc;
};
static void see(void *ctx, str text)
{
    struct seen *s = ctx;
    if (s->rc == RC_OK)
        s->rc = leak_refuse(text, "公示单 sheet", s->err);
}

enum rc posting_paper(struct conn *c, const struct posting *postings, size_t n, str public_url,
                      struct arena *a, struct paper *out, struct err *err)
{
    struct sheet s = {.postings = postings, .n = n, .a = a};
    struct seen seen = {err, RC_OK};
    int64_t town = 0;
    str office = S("");
    s.content = NEW_N(a, struct posting_content, n + 1);
    for (size_t i = 0; i < n; i++)
        TRY(posting_content_read(postings[i].content, a, &s.content[i], err));
    TRY(office_at(c, postings[0].division, AT_TOWNSHIP, postings[0].begins, &town, err));
    TRY(case_office_name(c, town, postings[0].begins, a, &office, err));
    add_says(&s, 0, 1);
    add_table(&s);
    add_says(&s, 1, s.content[0].n_says);
    *VEC_PUSH(a, &s.blocks) = (struct paper_block){
        .kind = PAPER_SEAL, .text = office, .more = posting_day(postings[0].begins, a)};
    *out = (struct paper){.look = PAPER_POSTING,
                          .office = office,
                          .title = s.content[0].title.zh,
                          .blocks = s.blocks.at,
                          .n_blocks = s.blocks.n,
                          .foot = str_fmt(a, "公示地点：%.*s", STR_ARG(postings[0].place))};
    if (public_url.n > 0) {
        out->qr = str_fmt(a, "%.*s/p/postings", STR_ARG(public_url));
        out->qr_text = S("扫码看公示、提异议");
    }
    paper_texts(out, see, &seen);
    return seen.rc;
}
