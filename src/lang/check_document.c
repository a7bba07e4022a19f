/*
 * Documents: of which services they are, one of a form for each, and what may stand on them. What is
 * posted shows only what the whitelist of document_field.def lets out, and nothing about a child.
 */
#include "lang/check.h"

#include "base/map.h"

static const struct shown_word {
    str word;
    bool is_public;
    struct label label;
} words[] = {
#define LITERAL(s)                                                                                 \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
#define DOCUMENT_FIELD(name, text, whitelisted, english, chinese)                                  \
    {LITERAL(text), whitelisted, {.zh = LITERAL(chinese), .en = LITERAL(english)}},
#include "lang/document_field.def"
#undef DOCUMENT_FIELD
#undef LITERAL
};

static const char *const form_words[] = {
#define DOCUMENT_FORM(name, word, en, zh) word,
#include "lang/document_form.def"
#undef DOCUMENT_FORM
};

/* ---- what can stand where -------------------------------------------------------------------- */

#define BIT(field) (1u << SHOWN_##field)
/* What a table can have as columns; whatever is no paper stands beside its label or in a text. */
static const unsigned in_list[] = {
    [LIST_MEMBERS] = BIT(NAME) | BIT(RELATION) | BIT(SEX) | BIT(AGE) | BIT(ID_NUMBER) | BIT(PHONE),
    [LIST_PAPERS] = BIT(PAPER) | BIT(PAPER_STATE),
    [LIST_CASES] = BIT(NUMBER) | BIT(PROGRAMME) | BIT(SERVICE) | BIT(NAME) | BIT(MEMBERS) |
                   BIT(AMOUNT) | BIT(VILLAGE) | BIT(TOWNSHIP) | BIT(RESULT) | BIT(FROM) |
                   BIT(UNTIL),
};
static const unsigned in_text = ~(BIT(PAPER) | BIT(PAPER_STATE));
_Static_assert(SHOWN__COUNT <= 32, "the words of a document are bits of a number");

static size_t word_index(str word)
{
    size_t i = 0;

    while (i < SHOWN__COUNT && !str_eq(words[i].word, word))
        i++;
    return i;
}

static unsigned public_words(void)
{
    unsigned set = 0;

    for (size_t i = 0; i < SHOWN__COUNT; i++)
        set |= words[i].is_public ? 1u << i : 0;
    return set;
}

/* "name, members, amount": the words of the set. */
static str listed(struct check *c, unsigned set)
{
    str names[SHOWN__COUNT];
    size_t n = 0;

    for (size_t i = 0; i < SHOWN__COUNT; i++)
        if (set >> i & 1)
            names[n++] = words[i].word;
    return names_listed(c->a, names, n);
}

static void unknown_word(struct check *c, const struct ident *name)
{
    str names[SHOWN__COUNT];
    const struct label *labels[SHOWN__COUNT];

    for (size_t i = 0; i < SHOWN__COUNT; i++) {
        names[i] = words[i].word;
        labels[i] = &words[i].label;
    }
    unknown_among(c, name, names, labels, SHOWN__COUNT);
}

static void check_shown(struct check *c, const struct document *d, struct document_part *part)
{
    unsigned may = part->kind == PART_LISTS ? in_list[part->list] : in_text;

    for (size_t i = 0; i < part->n_shown; i++) {
        struct document_shown *s = &part->shown[i];
        size_t at = word_index(s->name.text);

        if (at == SHOWN__COUNT) {
            unknown_word(c, &s->name);
            continue;
        }
        s->field = (enum document_field)at;
        for (size_t k = 0; k < i; k++)
            if (str_eq(part->shown[k].name.text, s->name.text)) {
                name_twice(c, &s->name, &part->shown[k].name);
                break;
            }
        if (!(may >> at & 1))
            diag_help(diag_add(c->d, R_SHOWN, s->name.at, "%.*s can't be shown here",
                               STR_ARG(s->name.text)),
                      c->d, "there is %.*s",
                      STR_ARG(listed(c, d->is_public ? may & public_words() : may)));
        else if (d->is_public && !words[at].is_public)
            diag_help(diag_add(c->d, R_POSTED, s->name.at, "%.*s may not be posted",
                               STR_ARG(check_named(c, s->name.text, &words[at].label))),
                      c->d, "a posting shows only %.*s", STR_ARG(listed(c, public_words())));
    }
}

/* {words} in a text. Where a byte of the joined strings was is lost: the paragraph is named. */
static void check_text_words(struct check *c, const struct document *d, str text, struct span where)
{
    for (size_t i = 0; i < text.n; i++) {
        size_t end = i + 1, at;
        str word;

        if (text.p[i] != '{' && text.p[i] != '}')
            continue;
        while (end < text.n && text.p[end] != '}' && text.p[end] != '{')
            end++;
        if (text.p[i] == '}' || end == text.n || text.p[end] == '{') {
            diag_add(c->d, R_DOCUMENT_WORD, where, "a “%c” without its other half in the text",
                     text.p[i]);
            return;
        }
        word = str_sub(text, i + 1, end);
        at = word_index(word);
        if (at == SHOWN__COUNT || !(in_text >> at & 1))
            diag_help(diag_add(c->d, R_DOCUMENT_WORD, where,
                               "nothing can be put for “{%.*s}” in the text", STR_ARG(word)),
                      c->d, "there is %.*s",
                      STR_ARG(listed(c, d->is_public ? in_text & public_words() : in_text)));
        else if (d->is_public && !words[at].is_public)
            diag_help(diag_add(c->d, R_POSTED, where, "{%.*s} may not be posted", STR_ARG(word)),
                      c->d, "a posting shows only %.*s", STR_ARG(listed(c, public_words())));
        i = end;
    }
}

static void check_public_part(struct check *c, const struct document_part *part)
{
    static const char *const what[] = {
        [PART_FORM] = "the form",         [PART_CALCULATION] = "a calculation",
        [PART_REASONS] = "reasons",       [PART_NEAREST] = "the smallest change",
        [PART_SIGNED] = "a line to sign",
    };
    const char *named = (size_t)part->kind < sizeof what / sizeof *what ? what[part->kind] : NULL;

    if (part->kind == PART_LISTS && part->list != LIST_CASES)
        named = part->list == LIST_MEMBERS ? "a table of members" : "a table of papers";
    if (named)
        diag_help(diag_add(c->d, R_POSTED, part->at, "%s may not be posted", named), c->d,
                  "a posting has says, shows, lists cases and sealed");
}

static void check_parts_of(struct check *c, struct document *d)
{
    for (size_t i = 0; i < d->n_parts; i++) {
        struct document_part *part = &d->parts[i];

        if (part->kind == PART_LISTS && part->list == LIST_CASES && d->form != DOCUMENT_POSTING)
            diag_add(c->d, R_SHOWN, part->at, "only a posting lists cases");
        else if (d->is_public)
            check_public_part(c, part);
        check_shown(c, d, part);
        check_text_words(c, d, part->text.zh, part->text.at);
        check_text_words(c, d, part->text.en, part->text.at);
    }
    if (!d->n_parts && !d->unread)
        diag_help(diag_add(c->d, R_NO_PARTS, d->name.at, "nothing stands on %.*s",
                           STR_ARG(check_named(c, d->name.text, &d->label))),
                  c->d, "write says \"…\", shows name, amount, and so on");
}

/* ---- whose document it is -------------------------------------------------------------------- */

static void find_services(struct check *c, struct document *d)
{
    const struct rules *r = c->r;
    str *names = NEW_N(c->a, str, r->services.n);
    const struct label **labels = NEW_N(c->a, const struct label *, r->services.n);

    for (size_t i = 0; i < r->services.n; i++) {
        names[i] = r->services.at[i]->name.text;
        labels[i] = &r->services.at[i]->label;
    }
    d->services = NEW_N(c->a, struct service *, d->n_of);
    for (size_t i = 0; i < d->n_of; i++) {
        d->services[i] = rules_service(r, d->of[i].text);
        if (!d->services[i])
            unknown_among(c, &d->of[i], names, labels, r->services.n);
        for (size_t k = 0; k < i; k++)
            if (d->services[i] && d->services[i] == d->services[k]) {
                name_twice(c, &d->of[i], &d->of[k]);
                break;
            }
    }
}

static bool line_has_service(const struct rules *r, str line)
{
    for (size_t i = 0; i < r->services.n; i++)
        if (str_eq(r->services.at[i]->line, line))
            return true;
    return false;
}

static void check_of(struct check *c, const struct document *d)
{
    /* The file of a household has a cover whatever was applied for. */
    if (!d->n_of && d->form != DOCUMENT_COVER && !c->unread && !line_has_service(c->r, d->line))
        diag_help(diag_add(c->d, R_DOCUMENT_OF, d->name.at, "there is no service of the line %.*s",
                           STR_ARG(d->line)),
                  c->d, "name the services: %s of …", form_words[d->form]);
    for (size_t i = 0; i < d->n_of; i++)
        if (d->is_public && d->services[i] && d->services[i]->of_child)
            diag_add(c->d, R_OF_CHILD, d->of[i].at, "%.*s is about children, which is never posted",
                     STR_ARG(d->of[i].text));
    if ((d->form == DOCUMENT_POSTING) == d->is_public || d->unread)
        return;
    if (d->is_public)
        diag_add(c->d, R_POSTED, d->name.at, "only a posting is public");
    else
        diag_help(diag_add(c->d, R_POSTED, d->name.at, "a posting is public"), c->d,
                  "write “, public” at the end of its first line");
}

static const struct ident *shared_service(const struct document *a, const struct document *b)
{
    for (size_t i = 0; i < a->n_of; i++)
        for (size_t k = 0; k < b->n_of; k++)
            if (a->services[i] && a->services[i] == b->services[k])
                return &a->of[i];
    return NULL;
}

/* One of a form for each service, and one of a form for the services of a line that have no own. */
static void check_once(struct check *c, const struct document *d)
{
    for (size_t i = 0; i < d->index; i++) {
        const struct document *o = c->r->documents.at[i];
        const struct ident *shared = shared_service(d, o);

        if (o->form != d->form)
            continue;
        if (shared) {
            diag_add(c->d, R_DOCUMENT_TWICE, shared->at, "%.*s has the %s %.*s already",
                     STR_ARG(shared->text), form_words[d->form], STR_ARG(o->name.text));
            return;
        }
        if (!d->n_of && !o->n_of && str_eq(d->line, o->line)) {
            diag_add(c->d, R_DOCUMENT_TWICE, d->name.at, "the line %.*s has the %s %.*s already",
                     STR_ARG(d->line), form_words[d->form], STR_ARG(o->name.text));
            return;
        }
    }
}

/* Has the service's line papers at all, or is one declared for it? */
static bool has_papers(const struct rules *r, const struct service *s)
{
    for (size_t i = 0; i < r->documents.n; i++) {
        const struct document *d = r->documents.at[i];

        if (str_eq(d->line, s->line))
            return true;
        for (size_t k = 0; k < d->n_of; k++)
            if (d->services[k] == s)
                return true;
    }
    return false;
}

/* Where papers are declared at all, what has to be posted has something to post. */
static void check_postings(struct check *c)
{
    const struct rules *r = c->r;

    for (size_t i = 0; i < r->services.n; i++) {
        const struct service *s = r->services.at[i];

        for (size_t k = 0; k < s->n_steps; k++) {
            const struct service_step *t = &s->steps[k];

            if (t->form != STEP_POSTING)
                continue;
            if (s->of_child)
                diag_add(c->d, R_OF_CHILD, t->name.at,
                         "%.*s is about children, which is never posted", STR_ARG(s->name.text));
            else if (has_papers(r, s) && !c->unread && !rules_document(r, s, DOCUMENT_POSTING))
                diag_help(
                    diag_add(c->d, R_NO_POSTING, t->name.at,
                             "there is no document that %.*s could post", STR_ARG(s->name.text)),
                    c->d, "write document … \"…\", posting of %.*s, public", STR_ARG(s->name.text));
        }
    }
}

void check_documents(struct check *c)
{
    const struct rules *r = c->r;
    struct map names;

    map_init(&names, c->a);
    for (size_t i = 0; i < r->documents.n; i++) {
        struct document *d = r->documents.at[i];

        d->index = i;
        check_name_once(c, &names, &d->name);
        find_services(c, d);
    }
    for (size_t i = 0; i < r->documents.n; i++) {
        check_of(c, r->documents.at[i]);
        check_parts_of(c, r->documents.at[i]);
        check_once(c, r->documents.at[i]);
    }
    check_postings(c);
}
