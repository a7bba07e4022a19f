/*
 * Documents: what stands on a paper that leaves the office, or on a posting.
 */
#include "lang/parse.h"

/* A word of what can be shown: one of them (from, text) is a word of the language as well. */
static struct ident take_shown(struct parser *p)
{
    enum tok t = peek(p);

    if (t == T_NAME || (tok_is_word(t) && t != W_BASIS && t != W_ASSUMED))
        return take_ident(p);
    expected(p, "a word for what is shown, such as name or amount");
    return (struct ident){.at = span_here(p)};
}

/*
 *| shown    = FIELD { "," FIELD }
 *| FIELD    = "number" | "programme" | "service" | "name" | "members" | "amount" | "village"
 *|          | "township" | "office" | "from" | "until" | "result" | "applicant" | "relation"
 *|          | "id_number" | "phone" | "sex" | "age" | "accepted" | "due" | "decided"
 *|          | "old_amount" | "paper" | "paper_state" | "reasons" | "text" | "appeal"
 */
static void parse_shown(struct parser *p, struct document_part *part)
{
    VEC(struct document_shown) list = {0};

    do {
        struct ident name = take_shown(p);
        if (name.text.n)
            *VEC_PUSH(p->a, &list) = (struct document_shown){.name = name};
    } while (got(p, T_COMMA));
    part->shown = list.at;
    part->n_shown = list.n;
}

/* Strings that stand one behind the other are one text; in English with a space between them. */
static str joined_text(struct parser *p, bool english)
{
    str all = take(p)->text;

    while (peek(p) == T_STRING) {
        str next = take(p)->text;
        bool apart = english && all.n && all.p[all.n - 1] != ' ' && next.n && next.p[0] != ' ';
        all = str_fmt(p->a, "%.*s%s%.*s", STR_ARG(all), apart ? " " : "", STR_ARG(next));
    }
    return all;
}

/*
 *| says     = "says" STRING {STRING} [ "/" STRING {STRING} ]
 */
static void parse_says(struct parser *p, struct document_part *part)
{
    size_t first = p->pos;

    part->kind = PART_SAYS;
    if (peek(p) != T_STRING) {
        expected(p, "what the paragraph says, in quotes");
        return;
    }
    part->text.zh = joined_text(p, false);
    if (got(p, T_SLASH)) {
        if (peek(p) == T_STRING)
            part->text.en = joined_text(p, true);
        else
            expected(p, "the same in English, in quotes");
    }
    part->text.at = span_from(p, first);
}

/*
 *| lists    = "lists" ( "members" | "papers" | "cases" ) ":" shown
 */
static void parse_lists(struct parser *p, struct document_part *part)
{
    static const char *const lists[] = {"members", "papers", "cases"};
    size_t i = take_one_of(p, lists, 3, "members, papers or cases");

    part->kind = PART_LISTS;
    part->list = i < 3 ? (enum document_list)i : LIST_MEMBERS;
    if (want(p, T_COLON))
        parse_shown(p, part);
}

/*
 *| signed   = "signed" "by" label { "," label }
 */
static void parse_signed(struct parser *p, struct document_part *part)
{
    VEC(struct label) list = {0};

    part->kind = PART_SIGNED;
    if (!want(p, W_BY))
        return;
    do {
        struct label l = take_label(p);
        if (l.zh.n)
            *VEC_PUSH(p->a, &list) = l;
    } while (got(p, T_COMMA));
    part->signers = list.at;
    part->n_signers = list.n;
}

static void parse_line(struct parser *p, struct document_part *part)
{
    static const char *const words[] = {"says",    "shows",   "lists",  "form",   "calculation",
                                        "reasons", "nearest", "signed", "sealed", "basis"};

    if (got_word(p, "says")) {
        parse_says(p, part);
    } else if (got_word(p, "shows")) {
        part->kind = PART_SHOWS;
        parse_shown(p, part);
    } else if (got_word(p, "lists")) {
        parse_lists(p, part);
    } else if (got(p, W_FORM)) {
        part->kind = PART_FORM;
    } else if (got_word(p, "calculation")) {
        part->kind = PART_CALCULATION;
    } else if (got_word(p, "reasons")) {
        part->kind = PART_REASONS;
    } else if (got_word(p, "nearest")) {
        part->kind = PART_NEAREST;
    } else if (got_word(p, "signed")) {
        parse_signed(p, part);
    } else if (got_word(p, "sealed")) {
        part->kind = PART_SEALED;
    } else {
        expected_item(p,
                      "a part of the document: says, shows, lists, form, calculation, reasons, "
                      "nearest, signed by, sealed or basis",
                      words, 10);
    }
}

/*
 *| document = "document" NAME label "," PAPER [ "of" NAME { "," NAME } ] [ "," "public" ]
 *|            { basis | says | "shows" shown | lists | "form" | "calculation" | "reasons"
 *|            | "nearest" | signed | "sealed" }
 *| PAPER    = "receipt" | "missing" | "survey" | "authorisation" | "posting" | "grant"
 *|          | "refusal" | "change" | "stop" | "transfer" | "cover"
 */
static void parse_about(struct parser *p, struct document *d)
{
    static const char *const forms[] = {
#define DOCUMENT_FORM(name, word, en, zh) word,
#include "lang/document_form.def"
#undef DOCUMENT_FORM
    };
    VEC(struct ident) of = {0};

    if (!want(p, T_COMMA))
        return;
    d->form = (enum document_form)take_one_of(
        p, forms, DOCUMENT__COUNT, "what the document is for, such as receipt, grant or posting");
    if (got(p, W_OF))
        do {
            struct ident id = take_name(p, "a service's name");
            if (id.text.n)
                *VEC_PUSH(p->a, &of) = id;
        } while (peek_at(p, 1) != W_PUBLIC && got(p, T_COMMA));
    d->of = of.at;
    d->n_of = of.n;
    if (got(p, T_COMMA))
        d->is_public = want(p, W_PUBLIC);
}

void parse_document(struct parser *p)
{
    struct document *d = NEW(p->a, struct document);
    VEC(struct document_part) parts = {0};
    size_t first = p->pos, before = p->d->errors;
    bool told = false;

    take(p);
    d->line = p->src->line;
    d->name = declared_name(p, "the name of the document");
    d->label = take_label(p);
    if (!p->panic)
        parse_about(p, d);
    d->at = span_from(p, first);
    head_end(p);
    while (body_goes_on(p, &told, "document", d->name)) {
        struct item it = item_begin(p);
        mark_line(p, 2, TABLE_NONE);
        if (at_basis(p)) {
            take_basis(p, &d->basis, 2);
        } else {
            struct document_part part = {0};
            size_t from = p->pos;
            size_t errors = p->d->errors;
            parse_line(p, &part);
            part.at = span_from(p, from);
            if (p->d->errors == errors)
                *VEC_PUSH(p->a, &parts) = part;
        }
        item_end(p, &it, RECOVER_LINE);
    }
    d->parts = parts.at;
    d->n_parts = parts.n;
    d->unread = p->d->errors > before;
    if (d->name.text.n)
        *VEC_PUSH(p->a, &p->r->documents) = d;
}
