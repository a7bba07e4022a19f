/*
 * What the files of the parser share. Outside of parse*.c and fmt.c nothing includes this; the way
 * in is rules_parse() of rules.h, and parse_tokens() for fmt.
 *
 * How mistakes are handled: parse_error() reports one and sets `panic`. From then on the parser
 * sees T_END wherever it looks, so that every function comes back by itself; the item that was
 * being read ends in item_end(), which goes to where the next one begins and takes the panic away.
 * No function returns a missing node: what could not be read is E_BAD or an empty name.
 *
 * How layout is handled: an item that began on a line indented by n ends before the first line
 * that is indented by n or less. That too is seen as T_END, so that a forgotten end is reported
 * where it was forgotten.
 *
 * Grammar: a comment line that begins with " *| " above the function of a production goes into
 * docs/grammar.md by tools/grammar.
 */
#ifndef HUIMIN_LANG_PARSE_H
#define HUIMIN_LANG_PARSE_H

#include "lang/lex.h"
#include "lang/rules.h"

/* Terms joined in one value: bounds the depth of the tree that later passes walk. */
enum { PARSE_TERMS = 1000 };

/* Tables of fmt: lines of one number next to each other are lined up. */
enum {
    TABLE_NONE,
    TABLE_CODE,
    TABLE_FIELD,
    TABLE_PARAM,
    TABLE_DEF,
    TABLE_NAMED,
    TABLE_SET,
    TABLE_LIMIT,
    TABLE_PAPER,
    TABLE_STEP
};

/* Columns of a table, besides that where the line begins. */
enum { COLUMN_LABEL = 1, COLUMN_SAID, COLUMN_BASIS };

struct parser {
    struct rules *r;
    struct arena *a;
    struct diags *d;
    const struct source *src;
    uint32_t file;
    struct token *toks;
    size_t n; /* the last token is T_EOF */
    size_t pos;
    int64_t limit; /* a line indented by this or less is not of the item being read */
    size_t anchor; /* its first token, to which that does not apply */
    bool panic;
    size_t error_line;  /* of the token at which the panic began */
    struct diag unseen; /* what is said of mistakes that aren't shown */
    unsigned depth;     /* brackets, `not`s and quantifiers being read */
    unsigned terms;     /* of the value being read */
    bool in_group;      /* behind who or whose: a part may begin with them */
};

/* ---- parse.c: looking and taking ------------------------------------------------------------ */

/* The token `k` ahead as far as the item goes, else T_END. */
enum tok peek_at(const struct parser *p, size_t k);
enum tok peek(const struct parser *p);
bool at_word(const struct parser *p, const char *word); /* a name that means something here */
bool ahead_word(const struct parser *p, size_t k, const char *word);
const struct token *take(struct parser *p); /* the next token; must not be T_END */
bool got(struct parser *p, enum tok t);
bool got_word(struct parser *p, const char *word);
bool want(struct parser *p, enum tok t); /* reports when it is something else */
bool want_word(struct parser *p, const char *word);

/* ---- parse.c: mistakes ---------------------------------------------------------------------- */

struct span span_here(const struct parser *p);
struct span span_from(const struct parser *p, size_t first); /* from that token to the last taken */

/* Report and panic. Silent (but never NULL) when one mistake already led here. */
struct diag *parse_error(struct parser *p, int code, struct span at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* Report and go on as if nothing had been. */
struct diag *parse_fault(struct parser *p, int code, struct span at, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* "expected …, found …" at the next token. */
struct diag *expected(struct parser *p, const char *what);

/* ---- parse.c: items ------------------------------------------------------------------------- */

struct item {
    int64_t limit;
    size_t anchor, first;
};
/* Where reading goes on after a mistake: the next line, or on the same line what has a label. */
enum recover { RECOVER_LINE, RECOVER_LABEL };
struct item item_begin(struct parser *p);
void item_end(struct parser *p, struct item *it, enum recover how);
/*
 * Of an item at the margin: is there more in it? Reports a line that stands too far left, but
 * reads it as part of it, for only the layout is wrong.
 */
bool body_goes_on(struct parser *p, bool *reported, const char *what, struct ident name);
/* After a mistake in an item's head: go on with what it contains. */
void head_end(struct parser *p);
/*
 * Does the token `t`, which can only belong to the item being read, stand too far left for it?
 * Reports that and takes it as part of the item.
 */
bool adopt(struct parser *p, enum tok t);
/* Can an item begin at the next token: does it begin a line, or has it a label? */
bool begins_item(const struct parser *p);
/* A name without a label that is nearly one of the words with which an item begins. */
bool is_misspelt(const struct parser *p, const char *const *words, size_t n);
/* No item begins at the next token, or it is the rest of the one before; words: what may begin. */
void expected_item(struct parser *p, const char *what, const char *const *words, size_t n);

/* fmt: the next token begins a line indented so far; belongs to the column. */
void mark_line(struct parser *p, int indent, int table);
void mark_soft(struct parser *p, int indent);
void mark_column(struct parser *p, int column);
void mark_tight(struct parser *p); /* no space behind the next token */

/* ---- parse_word.c: names, labels, numbers --------------------------------------------------- */

struct ident take_ident(struct parser *p); /* the next token, a name or word, as one */
struct ident take_name(struct parser *p, const char *what);
/* One being declared: a word of the language in its place is reported and taken. */
struct ident declared_name(struct parser *p, const char *what);
bool at_declared(const struct parser *p); /* a name, or a word with a label behind it */
struct label take_label(struct parser *p);
bool at_basis(const struct parser *p);
/* {basis}, added to the list's end. `indent`: fmt gives each a line; BESIDE: behind the item. */
enum { BESIDE = -1 };
void take_basis(struct parser *p, struct basis **list, int indent);
int64_t take_int(struct parser *p, const char *what);
void take_range(struct parser *p, int64_t *lo, int64_t *hi);
month take_month(struct parser *p);
void take_names(struct parser *p, struct ident **names, size_t *n, const char *what);
/* One of the words of a list, at most 16: its number, or `n` (reported). */
size_t take_one_of(struct parser *p, const char *const *words, size_t n, const char *what);
bool at_literal(const struct parser *p);
void take_literal(struct parser *p, struct type *type, struct literal *lit);

/* ---- parse_expr.c, parse_value.c ------------------------------------------------------------ */

struct expr *parse_value(struct parser *p); /* expr with `, at least …` and its like */
struct expr *parse_expr(struct parser *p);
struct expr *parse_sum(struct parser *p);
struct expr *bad_expr(struct parser *p);
bool at_group(const struct parser *p); /* a name with who or whose behind it */
struct set *parse_group(struct parser *p);

/* Between these two: parts of a value that has begun. */
void parse_begin(struct parser *p); /* nothing is carried over from a value that was given up */
struct expr *parse_node(struct parser *p, enum expr_op op, size_t first); /* to the last taken */
bool parse_deeper(struct parser *p); /* a level more; false: too deep. Undone by p->depth-- */
void parse_count_term(struct parser *p);
void parse_not_closed(struct parser *p, size_t open);
struct expr *parse_inner_expr(struct parser *p); /* and, or, not */
struct expr *parse_inner_sum(struct parser *p);
struct set *parse_inner_set(struct parser *p);

/* ---- the declarations ----------------------------------------------------------------------- */

void parse_code(struct parser *p);
void parse_register(struct parser *p, bool extend);
void parse_policy(struct parser *p);
void parse_place(struct parser *p);
void parse_service(struct parser *p);
void parse_document(struct parser *p);

/* parse_keep.c: `kept` with a number behind it, of a service, a policy, a register */
bool at_kept(const struct parser *p);
void parse_kept(struct parser *p, struct keep *out);

/* parse_taking.c: `takes back` and `leaves with the family` of a policy */
bool at_taking(const struct parser *p);
void parse_taking(struct parser *p, struct taking_back *t);

/* parse_register.c: what others use of it */
void parse_type(struct parser *p, struct type *type, struct ident *named);
void parse_facts(struct parser *p, struct fact **facts, size_t *n);

/* parse_policy.c: one alternative, ground or reason's name, label and condition */
void parse_named(struct parser *p, struct named *out);
void parse_grounds(struct parser *p, struct named **out, size_t *n, int indent);
bool at_alternative(const struct parser *p); /* NAME [label] when */

/* parse_outcome.c, parse_example.c: parts of a policy */
void parse_outcome(struct parser *p, struct policy *policy);
void parse_example(struct parser *p, struct example *out, const struct policy *policy);

/* Read one source that was lexed into `toks` (layout is noted there); add to p->r what it says. */
void parse_tokens(struct rules *r, struct diags *d, uint32_t file, struct tokens *toks);

#endif
