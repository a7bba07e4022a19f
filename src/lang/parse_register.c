/*
 * Codes and registers: what facts there are, how they are shown and asked for.
 */
#include "lang/parse.h"

/* Kinds of value that are called by one word. */
static bool kind_of_word(str word, enum kind *out)
{
    static const struct {
        enum kind kind;
        const char *word;
    } kinds[] = {
#define KIND(name, word, zh, numeric) {K_##name, word},
#include "lang/kind.def"
#undef KIND
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        enum kind k = kinds[i].kind;
        if (k == K_CODE || k == K_LIST || k == K_REF || !str_eq(word, str_from(kinds[i].word)))
            continue;
        *out = k;
        return true;
    }
    return false;
}

/* A code or register with the name of a kind could never be the type of a field. */
static struct ident declared_type(struct parser *p, const char *what)
{
    enum kind kind;
    struct ident name = declared_name(p, what);
    if (name.text.n && peek(p) == T_STRING && kind_of_word(name.text, &kind) &&
        p->toks[p->pos - 1].kind == T_NAME)
        parse_fault(p, 102, name.at, "“%.*s” is a kind of value and can't name a code or register",
                    STR_ARG(name.text));
    return name;
}

/* ---- codes ---------------------------------------------------------------------------------- */

/*
 *| codevalue = ( NAME [ INT ] | INT ) label            -- INT: as stored and exchanged
 */
static void parse_code_value(struct parser *p, struct code_value *v)
{
    mark_line(p, 2, TABLE_CODE);
    if (peek(p) == T_INT) {
        v->has_number = true;
        v->number = p->toks[p->pos].value;
        v->name = take_ident(p);
    } else {
        v->name = declared_name(p, "a value's name or number");
        if (peek(p) == T_INT) {
            v->has_number = true;
            v->number = take(p)->value;
        }
    }
    mark_column(p, COLUMN_LABEL);
    v->label = take_label(p);
}

/*
 *| code     = "code" NAME label { basis | codevalue }
 */
void parse_code(struct parser *p)
{
    static const char *const words[] = {"basis", "assumed"};
    struct code *c = NEW(p->a, struct code);
    VEC(struct code_value) values = {0};
    bool told = false;
    take(p);
    c->line = p->src->line;
    c->name = declared_type(p, "the name of the code");
    c->label = take_label(p);
    head_end(p);
    while (body_goes_on(p, &told, "code", c->name)) {
        struct item it = item_begin(p);
        if (at_basis(p)) {
            take_basis(p, &c->basis, 2);
        } else if (begins_item(p) && (peek(p) == T_INT || at_declared(p))) {
            struct code_value *v = VEC_PUSH(p->a, &values);
            parse_code_value(p, v);
            values.n -= v->name.text.n == 0;
        } else {
            expected_item(p, "a value of the code: a name or number, then a label", words, 2);
        }
        item_end(p, &it, RECOVER_LABEL);
    }
    c->values = values.at;
    c->n_values = values.n;
    if (c->name.text.n)
        *VEC_PUSH(p->a, &p->r->codes) = c;
}

/* ---- types ---------------------------------------------------------------------------------- */

static bool at_kind(const struct parser *p, enum kind *out)
{
    return (peek(p) == T_NAME || tok_is_word(peek(p))) && kind_of_word(p->toks[p->pos].text, out);
}

/*
 *| type     = "money" [ "per" ( "month" | "year" ) ] | "rate" | "count" | "months" | "days"
 *|          | "date" | "month" | "yes" "or" "no" | "text" | "name" | "id_number" | "credit_code"
 *|          | "phone" | "bank_card" | "address" | "point" | "file"
 *|          | NAME | "many" NAME                       -- a code or register; members
 */
void parse_type(struct parser *p, struct type *type, struct ident *named)
{
    *type = (struct type){.kind = K_NONE};
    if (got(p, W_MONEY)) {
        type->kind = K_MONEY;
        if (got(p, W_PER)) {
            type->kind = peek(p) == W_YEAR ? K_MONEY_YEAR : K_MONEY_MONTH;
            if (!got(p, W_YEAR))
                want(p, W_MONTH);
        }
    } else if (got(p, W_YES)) {
        type->kind = K_BOOL;
        want(p, W_OR);
        want(p, W_NO);
    } else if (at_kind(p, &type->kind)) {
        take(p);
    } else if (named && got(p, W_MANY)) {
        type->kind = K_LIST;
        *named = take_name(p, "the name of a register");
    } else if (named && peek(p) == T_NAME) {
        *named = take_name(p, "a kind of value");
    } else if (!named && (peek(p) == T_NAME || peek(p) == W_MANY)) {
        struct diag *g = expected(p, "a kind of value");
        diag_help(g, p->d,
                  "a parameter is money, money per month, money per year, rate, count, "
                  "months, days, date, month, yes or no");
    } else {
        expected(p, "a kind of value, such as money per month or yes or no");
    }
    if (p->panic)
        type->kind = K_NONE;
}

/* ---- fields --------------------------------------------------------------------------------- */

static void wrong_option(struct parser *p)
{
    static const char *const options[] = {"required",  "searched",  "unique",   "key",
                                          "sensitive", "over time", "at least", "at most"};
    enum tok t = peek(p);
    str names[8];
    for (size_t i = 0; i < 8; i++)
        names[i] = str_from(options[i]);
    str near = t == T_NAME ? nearest_name(p->toks[p->pos].text, names, 8) : S("");
    struct diag *g = expected(p, "required, searched, unique, key, sensitive, over time, at least "
                                 "or at most");
    if (near.n)
        diag_help(g, p->d, "did you mean %.*s?", STR_ARG(near));
}

/*
 *| option   = "required" | "searched" | "unique" | "key" | "sensitive" | "over" "time"
 *|          | "at" ( "least" | "most" ) sum
 */
static void parse_option(struct parser *p, struct field *f)
{
    if (got_word(p, "required")) {
        f->required = true;
    } else if (got_word(p, "searched")) {
        f->searched = true;
    } else if (got_word(p, "unique")) {
        f->unique = true;
    } else if (got_word(p, "key")) {
        f->key = true;
    } else if (got_word(p, "sensitive")) {
        f->sensitive = true;
    } else if (got(p, W_OVER)) {
        f->over_time = want_word(p, "time");
    } else if (got(p, W_AT)) {
        if (got_word(p, "least"))
            f->at_least = parse_sum(p);
        else if (got_word(p, "most"))
            f->at_most = parse_sum(p);
        else
            expected(p, "least or most");
    } else {
        wrong_option(p);
    }
}

/*
 *| field    = NAME label ( type { "," option } | "=" value ) {basis}
 */
static struct field *parse_field(struct parser *p)
{
    struct field *f = NEW(p->a, struct field);
    mark_line(p, 2, TABLE_FIELD);
    f->line = p->src->line;
    f->name = declared_name(p, "a field's name");
    mark_column(p, COLUMN_LABEL);
    f->label = take_label(p);
    mark_column(p, COLUMN_SAID);
    if (got(p, T_EQ)) {
        f->value = parse_value(p);
    } else {
        parse_type(p, &f->type, &f->type_name);
        while (got(p, T_COMMA))
            parse_option(p, f);
    }
    take_basis(p, &f->basis, BESIDE);
    return f;
}

/* ---- facts ---------------------------------------------------------------------------------- */

static void fact_value(struct parser *p, struct fact *f)
{
    enum tok t = peek(p);
    size_t first = p->pos;
    if (got(p, W_UNKNOWN)) {
        f->unknown = true;
    } else if (t == W_YES || t == W_NO || t == T_NAME) {
        f->code = take_ident(p);
        f->is_name = t == T_NAME;
        f->type.kind = t == T_NAME ? K_CODE : K_BOOL;
        f->lit = (struct literal){.i = t == W_YES, .den = 1};
    } else if (t == T_MINUS) {
        mark_tight(p);
        take(p);
        take_literal(p, &f->type, &f->lit);
        if (f->type.kind == K_DATE || f->type.kind == K_MONTH)
            parse_fault(p, 107, span_from(p, first), "minus stands before numbers only");
        f->lit.i = -f->lit.i;
        f->lit.num = -f->lit.num;
    } else if (at_literal(p)) {
        take_literal(p, &f->type, &f->lit);
    } else {
        struct diag *g = expected(p, "the fact's value");
        if (t == T_STRING)
            diag_help(g, p->d, "a code's value is given by its name; texts decide nothing");
    }
}

/*
 *| facts    = fact { "," fact }
 *| fact     = ( NAME | "paid" "last" "month" ) ( [ "-" ] literal | NAME | "yes" | "no" | "unknown" )
 */
void parse_facts(struct parser *p, struct fact **facts, size_t *n)
{
    VEC(struct fact) list = {*facts, *n, *n};
    do {
        struct fact f = {0};
        size_t first = p->pos;
        if (got(p, W_PAID)) {
            f.paid_last = true;
            f.name.at = span_from(p, first);
            want_word(p, "last");
            want(p, W_MONTH);
        } else {
            f.name = take_name(p, "a fact's name");
        }
        fact_value(p, &f);
        f.at = span_from(p, first);
        if (!p->panic)
            *VEC_PUSH(p->a, &list) = f;
    } while (got(p, T_COMMA));
    *facts = list.at;
    *n = list.n;
}

/* ---- registers ------------------------------------------------------------------------------ */

static enum place_level parse_level(struct parser *p)
{
    static const struct {
        const char *word;
        enum place_level level;
    } levels[] = {{"city", AT_CITY},
                  {"county", AT_COUNTY},
                  {"township", AT_TOWNSHIP},
                  {"village", AT_VILLAGE}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (got_word(p, levels[i].word))
            return levels[i].level;
    expected(p, "city, county, township or village");
    return AT_NONE;
}

/* What a register says of itself besides its fields. */
struct reg_lists {
    VEC(struct field *) fields;
    VEC(struct field_list) forms;
};

static void name_list(struct parser *p, struct field_list *out)
{
    size_t first = p->pos - 1;
    want(p, T_COLON);
    take_names(p, &out->names, &out->n, "a field's name");
    out->at = span_from(p, first);
}

/*
 *| about    = "suppose" ":" facts | "public" ":" names | "form" label ":" names
 *|          | "list" ":" names [ "," "sorted" "by" NAME ]
 */
static void parse_about(struct parser *p, struct reg *reg, struct reg_lists *lists)
{
    mark_line(p, 2, TABLE_NONE);
    switch (take(p)->kind) {
    case W_SUPPOSE:
        want(p, T_COLON);
        parse_facts(p, &reg->suppose, &reg->n_suppose);
        break;
    case W_PUBLIC:
        name_list(p, &reg->public_fields);
        break;
    case W_LIST:
        name_list(p, &reg->list_fields);
        if (got(p, T_COMMA)) {
            want(p, W_SORTED);
            want(p, W_BY);
            reg->sorted_by = take_name(p, "a field's name");
        }
        break;
    default: {
        struct field_list *form = VEC_PUSH(p->a, &lists->forms);
        form->label = take_label(p);
        name_list(p, form);
    }
    }
}

/*
 *| register = "register" NAME label [ "," "at" LEVEL ] { basis | kept | field | about }
 *| extend   = "extend" NAME { basis | field | about }
 *| LEVEL    = "city" | "county" | "township" | "village"
 *| names    = NAME { "," NAME }
 */
static void parse_reg_head(struct parser *p, struct reg *reg)
{
    size_t first = p->pos;
    take(p);
    if (reg->is_extend) {
        reg->name = take_name(p, "the name of the register to extend");
        if (peek(p) == T_STRING) {
            struct diag *g =
                parse_error(p, 107, span_here(p), "a register that is extended has its label");
            diag_help(g, p->d, "leave the label out");
        } else if (peek(p) == T_COMMA) {
            parse_error(p, 107, span_here(p), "a register that is extended has its level");
        }
    } else {
        reg->name = declared_type(p, "the name of the register");
        reg->label = take_label(p);
        if (got(p, T_COMMA)) {
            want(p, W_AT);
            reg->at = parse_level(p);
        } else if (peek(p) == W_AT) {
            parse_error(p, 100, span_here(p), "expected “,” before “at”");
        }
    }
    reg->at_span = span_from(p, first);
    head_end(p);
}

static bool at_about(const struct parser *p)
{
    switch (peek(p)) {
    case W_SUPPOSE:
    case W_PUBLIC:
    case W_LIST:
        return peek_at(p, 1) != T_STRING;
    case W_FORM:
        return true;
    default:
        return false;
    }
}

void parse_register(struct parser *p, bool extend)
{
    static const char *const words[] = {"suppose", "public", "list", "form", "basis"};
    struct reg *reg = NEW(p->a, struct reg);
    struct reg_lists lists = {0};
    bool told = false;
    reg->line = p->src->line;
    reg->is_extend = extend;
    parse_reg_head(p, reg);
    while (body_goes_on(p, &told, "register", reg->name)) {
        struct item it = item_begin(p);
        if (at_basis(p)) {
            take_basis(p, &reg->basis, 2);
        } else if (at_kept(p)) {
            if (extend)
                parse_fault(p, 107, span_here(p), "how long it is kept, the register says itself");
            parse_kept(p, &reg->kept);
        } else if (at_about(p)) {
            parse_about(p, reg, &lists);
        } else if (at_declared(p) && begins_item(p) && !is_misspelt(p, words, 5)) {
            struct field *f = parse_field(p);
            if (f->name.text.n)
                *VEC_PUSH(p->a, &lists.fields) = f;
        } else {
            expected_item(p, "a field: a name, a label, a kind of value", words, 5);
        }
        item_end(p, &it, RECOVER_LABEL);
    }
    reg->fields = lists.fields.at;
    reg->n_fields = lists.fields.n;
    reg->forms = lists.forms.at;
    reg->n_forms = lists.forms.n;
    if (reg->name.text.n && extend)
        *VEC_PUSH(p->a, &p->r->extends) = reg;
    else if (reg->name.text.n)
        *VEC_PUSH(p->a, &p->r->regs) = reg;
}
