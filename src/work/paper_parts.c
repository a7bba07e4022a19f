/* The parts of a document, from top to bottom, as blocks of a paper. */
#include "work/paper_in.h"

#define PUSH(g, out) VEC_PUSH((g)->a, (out))

void paper_heading(const struct paper_ground *g, paper_blocks *out, str text)
{
    *PUSH(g, out) = (struct paper_block){.kind = PAPER_HEADING, .text = text};
}

void paper_paragraph(const struct paper_ground *g, paper_blocks *out, str text)
{
    if (str_trim(text).n > 0)
        *PUSH(g, out) = (struct paper_block){.kind = PAPER_TEXT, .text = text};
}

/* ---- label and value --------------------------------------------------------------------------- */

/* What isn't known is left out, but on a form: there it is filled in by hand. */
static void add_shows(const struct paper_ground *g, const struct document_part *part,
                      paper_blocks *out)
{
    bool is_form = g->doc->form == DOCUMENT_SURVEY || g->doc->form == DOCUMENT_AUTHORISATION;
    struct paper_pair *pairs = NEW_N(g->a, struct paper_pair, part->n_shown);
    size_t n = 0;
    for (size_t i = 0; i < part->n_shown; i++) {
        enum document_field f = part->shown[i].field;
        if (f == SHOWN_NUMBER && g->k == NULL)
            continue;
        if (g->words[f].n > 0 || is_form)
            pairs[n++] = (struct paper_pair){paper_word_label(g, f), g->words[f]};
    }
    if (n > 0)
        *PUSH(g, out) = (struct paper_block){.kind = PAPER_PAIRS, .pairs = pairs, .n_pairs = n};
}

/* ---- tables ------------------------------------------------------------------------------------ */

struct paper_column {
    str label;
    int width;
    bool right;
};

static struct paper_column column_of(const struct paper_ground *g, enum document_field f)
{
    switch (f) {
    case SHOWN_NAME:
        return (struct paper_column){S("姓名"), 3, false};
    case SHOWN_SEX:
        return (struct paper_column){S("性别"), 2, false};
    case SHOWN_AGE:
        return (struct paper_column){S("年龄"), 2, false};
    case SHOWN_RELATION:
        return (struct paper_column){S("与户主关系"), 3, false};
    case SHOWN_ID_NUMBER:
        return (struct paper_column){S("身份证号码"), 6, false};
    case SHOWN_PHONE:
        return (struct paper_column){S("联系电话"), 4, false};
    case SHOWN_PAPER:
        return (struct paper_column){S("材料"), 7, false};
    case SHOWN_PAPER_STATE:
        return (struct paper_column){S("情况"), 3, false};
    default:
        return (struct paper_column){paper_word_label(g, f), 3, false};
    }
}

static str member_cell(const struct paper_ground *g, const struct view_member *m,
                       enum document_field f)
{
    day born = 0;
    switch (f) {
    case SHOWN_NAME:
        return m->name;
    case SHOWN_SEX:
        return paper_sex(m->sex);
    case SHOWN_AGE:
        return date_parse(m->birth, &born) ? str_fmt(g->a, "%d", date_years(born, g->on)) : S("");
    case SHOWN_RELATION:
        return m->person == g->home.head ? S("户主") : relation_label(m->relation, false);
    case SHOWN_ID_NUMBER:
        return m->identity.n > 0 ? mask_number(NUMBER_IDENTITY, m->identity, g->a) : S("");
    case SHOWN_PHONE:
        return m->phone.n > 0 ? mask_number(NUMBER_PHONE, m->phone, g->a) : S("");
    default:
        return S("");
    }
}

static struct paper_block table_of(const struct paper_ground *g, const struct document_part *part,
                                   size_t rows)
{
    struct paper_block b = {.kind = PAPER_TABLE,
                            .head = NEW_N(g->a, str, part->n_shown),
                            .widths = NEW_N(g->a, int, part->n_shown),
                            .n_columns = part->n_shown,
                            .cells = NEW_N(g->a, struct paper_cell, part->n_shown * rows + 1)};
    for (size_t i = 0; i < part->n_shown; i++) {
        struct paper_column c = column_of(g, part->shown[i].field);
        b.head[i] = c.label;
        b.widths[i] = c.width;
    }
    return b;
}

static void add_members(const struct paper_ground *g, const struct document_part *part,
                        paper_blocks *out)
{
    struct paper_block b = table_of(g, part, g->home.members.n);
    for (size_t i = 0; i < g->home.members.n; i++) {
        const struct view_member *m = &g->home.members.at[i];
        if (!m->here)
            continue;
        for (size_t k = 0; k < part->n_shown; k++)
            b.cells[b.n_rows * b.n_columns + k].text = member_cell(g, m, part->shown[k].field);
        b.n_rows++;
    }
    if (b.n_rows > 0)
        *PUSH(g, out) = b;
}

static bool was_asked(const struct case_state *s, str paper)
{
    for (size_t i = 0; i < s->n_asked; i++)
        if (str_eq(s->asked[i], paper))
            return true;
    return false;
}

static str paper_state(const struct service_paper *p, enum paper_have have)
{
    switch (have) {
    case PAPER_THERE:
        return S("已交");
    case PAPER_PROMISED:
        return S("已承诺");
    case PAPER_FETCHED:
        return S("已由机关调取");
    default:
        break;
    }
    return p->source == PAPER_OFFICE ? S("由机关调取") : p->may_follow ? S("可后补") : S("缺");
}

static void add_papers(const struct paper_ground *g, const struct document_part *part,
                       paper_blocks *out)
{
    bool missing = g->doc->form == DOCUMENT_MISSING;
    struct paper_block b;
    if (g->k == NULL)
        return;
    b = table_of(g, part, g->service->n_papers);
    for (size_t i = 0; i < g->service->n_papers; i++) {
        const struct service_paper *p = &g->service->papers[i];
        enum paper_have have = g->k->state->papers[i];
        if (missing && !was_asked(g->k->state, p->name.text))
            continue;
        if (!missing && have == PAPER_MISSING && p->only_for.zh.n > 0)
            continue; /* nobody said that it is needed here */
        str name = p->only_for.zh.n > 0 ? str_fmt(g->a, "%.*s（%.*s）", STR_ARG(p->label.zh),
                                                  STR_ARG(p->only_for.zh))
                                        : p->label.zh;
        for (size_t k = 0; k < part->n_shown; k++)
            b.cells[b.n_rows * b.n_columns + k].text = part->shown[k].field == SHOWN_PAPER ? name
                                                       : missing && have == PAPER_MISSING
                                                           ? S("缺")
                                                           : paper_state(p, have);
        b.n_rows++;
    }
    if (b.n_rows > 0)
        *PUSH(g, out) = b;
}

/* ---- the end of it ------------------------------------------------------------------------------ */

static void add_signed(const struct paper_ground *g, const struct document_part *part,
                       paper_blocks *out)
{
    struct paper_block b = {.kind = PAPER_SIGN,
                            .pairs = NEW_N(g->a, struct paper_pair, part->n_signers + 1),
                            .n_pairs = part->n_signers};
    for (size_t i = 0; i < part->n_signers; i++)
        b.pairs[i].label = part->signers[i].zh;
    *PUSH(g, out) = b;
}

static void add_basis(const struct paper_ground *g, paper_blocks *out)
{
    str text = paper_basis(g->doc->basis, g->a);
    if (text.n > 0)
        *PUSH(g, out) = (struct paper_block){.kind = PAPER_NOTE,
                                             .text = str_fmt(g->a, "依据：%.*s", STR_ARG(text))};
}

/* "张三：" is an address with a line of its own; what says nothing is left out. */
static void add_says(const struct paper_ground *g, const struct document_part *part,
                     paper_blocks *out)
{
    static const struct {
        const char *word;
        enum document_field field;
    } greeted[] = {{"{name}：", SHOWN_NAME}, {"{applicant}：", SHOWN_APPLICANT}};
    str text = part->text.zh;
    for (size_t i = 0; i < 2; i++)
        if (str_starts(text, str_from(greeted[i].word))) {
            paper_paragraph(g, out, str_fmt(g->a, "%.*s：", STR_ARG(g->words[greeted[i].field])));
            text = str_sub(text, str_from(greeted[i].word).n, text.n);
        }
    paper_paragraph(g, out, paper_fill(g, text));
}

enum rc paper_blocks_of(const struct paper_ground *g, paper_blocks *out, struct err *err)
{
    bool based = false;
    for (size_t i = 0; i < g->doc->n_parts; i++) {
        const struct document_part *part = &g->doc->parts[i];
        bool closes = part->kind == PART_SIGNED || part->kind == PART_SEALED;
        if (closes && !based) {
            add_basis(g, out);
            based = true;
        }
        switch (part->kind) {
        case PART_SAYS:
            add_says(g, part, out);
            break;
        case PART_SHOWS:
            add_shows(g, part, out);
            break;
        case PART_LISTS:
            if (part->list == LIST_MEMBERS)
                add_members(g, part, out);
            else if (part->list == LIST_PAPERS)
                add_papers(g, part, out);
            break;
        case PART_FORM:
            TRY(paper_form(g, out, err));
            break;
        case PART_CALCULATION:
            paper_calculation(g, out);
            break;
        case PART_REASONS:
            paper_reasons(g, out);
            break;
        case PART_NEAREST:
            paper_nearest(g, out);
            break;
        case PART_SIGNED:
            add_signed(g, part, out);
            break;
        case PART_SEALED:
            *PUSH(g, out) = (struct paper_block){.kind = PAPER_SEAL,
                                                 .text = g->words[SHOWN_OFFICE],
                                                 .more = case_day_zh(g->on, g->a)};
            break;
        }
    }
    return RC_OK;
}
