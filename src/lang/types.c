/*
 * Kinds and how they combine; the words for them in messages. What the operators accept stands in
 * typing.def and nowhere else.
 */
#include "lang/check.h"

static const struct {
    const char *word;
    bool numeric;
} kinds[K__COUNT] = {
    [K_NONE] = {"nothing", false},
    [K_ZERO] = {"0", true},
#define KIND(name, word, zh, numeric) [K_##name] = {word, numeric},
#include "lang/kind.def"
#undef KIND
};

const char *kind_word(enum kind k)
{
    return kinds[k].word;
}

bool kind_numeric(enum kind k)
{
    return kinds[k].numeric;
}

bool kind_money(enum kind k)
{
    return k == K_MONEY || k == K_MONEY_MONTH || k == K_MONEY_YEAR;
}

void type_text(struct sbuf *out, struct type t)
{
    sbuf_addz(out, kind_word(t.kind));
    if (t.kind == K_CODE && t.code) {
        sbuf_addc(out, ' ');
        sbuf_add(out, t.code->name.text);
    }
    if ((t.kind == K_LIST || t.kind == K_REF) && t.reg) {
        sbuf_addc(out, ' ');
        sbuf_add(out, t.reg->name.text);
    }
}

void named_text(struct sbuf *out, str name, const struct label *l)
{
    sbuf_add(out, name);
    if (l && l->zh.n)
        sbuf_fmt(out, " (“%.*s”)", STR_ARG(l->zh));
}

str check_named(struct check *c, str name, const struct label *l)
{
    if (!l || !l->zh.n)
        return name;
    return str_fmt(c->a, "%.*s (“%.*s”)", STR_ARG(name), STR_ARG(l->zh));
}

str check_phrase(struct check *c, struct type t)
{
    switch (t.kind) {
    case K_RATE:
    case K_COUNT:
    case K_DATE:
    case K_MONTH:
    case K_REF:
        return str_fmt(c->a, "a %s", kind_word(t.kind));
    case K_BOOL:
        return S("a yes or no");
    case K_CODE:
        return str_fmt(c->a, "a value of %.*s", STR_ARG(t.code->name.text));
    case K_LIST:
        return str_fmt(c->a, "a list of %.*s", STR_ARG(t.reg->name.text));
    case K_ADDRESS:
    case K_ID_NUMBER:
        return str_fmt(c->a, "an %s", kind_word(t.kind));
    default:
        if (t.kind >= K_TEXT)
            return str_fmt(c->a, "a %s", kind_word(t.kind));
        return str_from(kind_word(t.kind));
    }
}

str check_text(const struct check *c, struct span at)
{
    if (at.to == 0 || at.file >= c->r->sources.list.n)
        return S("");
    return str_sub(c->r->sources.list.at[at.file].text, at.from, at.to);
}

const char *op_text(const struct expr *e)
{
    static const char *const rels[] = {
        [REL_LT] = "<",  [REL_LE] = "<=", [REL_EQ] = "=",
        [REL_NE] = "!=", [REL_GE] = ">=", [REL_GT] = ">",
    };

    switch (e->op) {
    case E_ADD:
        return "+";
    case E_SUB:
        return "-";
    case E_MUL:
        return "*";
    case E_DIV:
        return "/";
    case E_REL:
        return rels[e->rel];
    case E_BEFORE:
        return "before";
    case E_AFTER:
        return "after";
    case E_AT_LEAST:
        return "at least";
    case E_AT_MOST:
        return "at most";
    case E_AND:
        return "and";
    case E_OR:
        return "or";
    case E_NOT:
        return "not";
    default:
        return "";
    }
}

enum kind type_of_op(enum expr_op op, enum kind left, enum kind right)
{
    static const struct {
        enum expr_op op;
        enum kind left, right, result;
    } rows[] = {
#define OP(op, left, right, result) {E_##op, K_##left, K_##right, K_##result},
#include "lang/typing.def"
#undef OP
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].op == op && rows[i].left == left && rows[i].right == right)
            return rows[i].result;
    return K_NONE;
}

/* An amount that is written out, with nothing beside it that says per what. */
static bool open_amount(const struct expr *e)
{
    if (e->type.kind == K_ZERO)
        return true;
    if (e->type.kind != K_MONEY)
        return false;
    switch (e->op) {
    case E_LIT:
        return true;
    case E_ADD:
    case E_SUB:
    case E_AT_LEAST:
    case E_AT_MOST:
        return open_amount(e->a) && open_amount(e->b);
    case E_MUL:
        return open_amount(e->a) != open_amount(e->b);
    case E_DIV:
        return open_amount(e->a);
    case E_ROUND:
        return open_amount(e->a);
    default:
        return false;
    }
}

bool type_fits(const struct expr *e, struct type want)
{
    enum kind have = e->type.kind;

    if (have == K_NONE || want.kind == K_NONE)
        return true;
    if (have == K_ZERO)
        return kind_numeric(want.kind);
    if (have == K_MONEY && kind_money(want.kind))
        return want.kind == K_MONEY || open_amount(e);
    if (have != want.kind)
        return false;
    return have != K_CODE || e->type.code == want.code;
}

static void settle_literal(struct literal *lit, enum kind have, enum kind want)
{
    if (have == K_ZERO && want == K_RATE)
        *lit = (struct literal){.num = 0, .den = 1};
}

void type_settle(struct expr *e, struct type want)
{
    enum kind have = e->type.kind;

    if ((have != K_ZERO && have != K_MONEY) || want.kind == have || !kind_numeric(want.kind))
        return;
    if (have == K_MONEY && !kind_money(want.kind))
        return;
    if (e->op == E_LIT)
        settle_literal(&e->lit, have, want.kind);
    e->type = want;
    if (e->op == E_LIT || e->op == E_DEF || e->op == E_PARAM || e->op == E_FIELD)
        return;
    if (e->a)
        type_settle(e->a, want);
    if (e->b && e->op != E_DIV)
        type_settle(e->b, want);
}

bool type_join(struct expr *a, struct expr *b, struct type *out)
{
    struct type none = {.kind = K_NONE};

    *out = none;
    if (a->type.kind == K_NONE || b->type.kind == K_NONE)
        return true;
    if (type_fits(a, b->type) && a->type.kind != b->type.kind) {
        type_settle(a, b->type);
        *out = b->type;
        return true;
    }
    if (!type_fits(b, a->type))
        return false;
    type_settle(b, a->type);
    *out = a->type;
    return true;
}

bool literal_fits(struct type *have, struct literal *lit, struct type want)
{
    bool fits = have->kind == want.kind || (have->kind == K_ZERO && kind_numeric(want.kind)) ||
                (have->kind == K_MONEY && kind_money(want.kind));

    if (!fits)
        return false;
    settle_literal(lit, have->kind, want.kind);
    *have = want;
    return true;
}
