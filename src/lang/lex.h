/*
 * Words and signs of definition files. Only the parser, fmt and their tests see tokens.
 *
 * Full-width signs, digits and spaces are read as the plain forms here, so that nothing above knows
 * them. Layout is data: each token knows its column and that of the first token of its line; what
 * it means that a line stands further left is decided by the parser.
 */
#ifndef HUIMIN_LANG_LEX_H
#define HUIMIN_LANG_LEX_H

#include "lang/diag.h"
#include "lang/source.h"

/* Words of the language: they can't be names. LEX_WORD(NAME, text) */
#define LEX_WORDS                                                                                  \
    LEX_WORD(AFTER, "after")                                                                       \
    LEX_WORD(AND, "and")                                                                           \
    LEX_WORD(ANY, "any")                                                                           \
    LEX_WORD(ARE, "are")                                                                           \
    LEX_WORD(ARTICLE, "article")                                                                   \
    LEX_WORD(ARTICLES, "articles")                                                                 \
    LEX_WORD(AS, "as")                                                                             \
    LEX_WORD(ASSUMED, "assumed")                                                                   \
    LEX_WORD(AT, "at")                                                                             \
    LEX_WORD(BASIS, "basis")                                                                       \
    LEX_WORD(BECAUSE, "because")                                                                   \
    LEX_WORD(BEFORE, "before")                                                                     \
    LEX_WORD(BY, "by")                                                                             \
    LEX_WORD(CARRY, "carry")                                                                       \
    LEX_WORD(CHECK, "check")                                                                       \
    LEX_WORD(CODE, "code")                                                                         \
    LEX_WORD(COUNT, "count")                                                                       \
    LEX_WORD(DATE, "date")                                                                         \
    LEX_WORD(DAYS, "days")                                                                         \
    LEX_WORD(DOCUMENT, "document")                                                                 \
    LEX_WORD(EACH, "each")                                                                         \
    LEX_WORD(EVERY, "every")                                                                       \
    LEX_WORD(EXAMPLE, "example")                                                                   \
    LEX_WORD(EXPECT, "expect")                                                                     \
    LEX_WORD(EXTEND, "extend")                                                                     \
    LEX_WORD(FOR, "for")                                                                           \
    LEX_WORD(FORM, "form")                                                                         \
    LEX_WORD(FROM, "from")                                                                         \
    LEX_WORD(GETS, "gets")                                                                         \
    LEX_WORD(HAS, "has")                                                                           \
    LEX_WORD(HAVE, "have")                                                                         \
    LEX_WORD(HIGHEST, "highest")                                                                   \
    LEX_WORD(IN, "in")                                                                             \
    LEX_WORD(INDICATOR, "indicator")                                                               \
    LEX_WORD(IS, "is")                                                                             \
    LEX_WORD(LIST, "list")                                                                         \
    LEX_WORD(LOWEST, "lowest")                                                                     \
    LEX_WORD(MANY, "many")                                                                         \
    LEX_WORD(MEMBER, "member")                                                                     \
    LEX_WORD(MONEY, "money")                                                                       \
    LEX_WORD(MONTH, "month")                                                                       \
    LEX_WORD(MONTHS, "months")                                                                     \
    LEX_WORD(NEEDS, "needs")                                                                       \
    LEX_WORD(NO, "no")                                                                             \
    LEX_WORD(NOT, "not")                                                                           \
    LEX_WORD(OF, "of")                                                                             \
    LEX_WORD(ONE, "one")                                                                           \
    LEX_WORD(ONLY, "only")                                                                         \
    LEX_WORD(OR, "or")                                                                             \
    LEX_WORD(OTHERWISE, "otherwise")                                                               \
    LEX_WORD(OUTCOME, "outcome")                                                                   \
    LEX_WORD(OVER, "over")                                                                         \
    LEX_WORD(PAID, "paid")                                                                         \
    LEX_WORD(PARAMETER, "parameter")                                                               \
    LEX_WORD(PAYS, "pays")                                                                         \
    LEX_WORD(PER, "per")                                                                           \
    LEX_WORD(PLACE, "place")                                                                       \
    LEX_WORD(POLICY, "policy")                                                                     \
    LEX_WORD(PUBLIC, "public")                                                                     \
    LEX_WORD(RATE, "rate")                                                                         \
    LEX_WORD(REGISTER, "register")                                                                 \
    LEX_WORD(ROUNDED, "rounded")                                                                   \
    LEX_WORD(SERVICE, "service")                                                                   \
    LEX_WORD(SINCE, "since")                                                                       \
    LEX_WORD(SORTED, "sorted")                                                                     \
    LEX_WORD(SOURCE, "source")                                                                     \
    LEX_WORD(SUM, "sum")                                                                           \
    LEX_WORD(SUPPOSE, "suppose")                                                                   \
    LEX_WORD(TAKEN, "taken")                                                                       \
    LEX_WORD(TEXT, "text")                                                                         \
    LEX_WORD(THIS, "this")                                                                         \
    LEX_WORD(THROUGH, "through")                                                                   \
    LEX_WORD(TIMES, "times")                                                                       \
    LEX_WORD(TO, "to")                                                                             \
    LEX_WORD(UNDECIDED, "undecided")                                                               \
    LEX_WORD(UNKNOWN, "unknown")                                                                   \
    LEX_WORD(WHEN, "when")                                                                         \
    LEX_WORD(WHO, "who")                                                                           \
    LEX_WORD(WHOSE, "whose")                                                                       \
    LEX_WORD(WITH, "with")                                                                         \
    LEX_WORD(WORKDAYS, "workdays")                                                                 \
    LEX_WORD(YEAR, "year")                                                                         \
    LEX_WORD(YEARS, "years")                                                                       \
    LEX_WORD(YES, "yes")

/* Signs, in their plain form. LEX_SIGN(NAME, text) */
#define LEX_SIGNS                                                                                  \
    LEX_SIGN(COMMA, ",")                                                                           \
    LEX_SIGN(COLON, ":")                                                                           \
    LEX_SIGN(OPEN, "(")                                                                            \
    LEX_SIGN(CLOSE, ")")                                                                           \
    LEX_SIGN(PERCENT, "%")                                                                         \
    LEX_SIGN(EQ, "=")                                                                              \
    LEX_SIGN(NE, "<>")                                                                             \
    LEX_SIGN(LT, "<")                                                                              \
    LEX_SIGN(LE, "<=")                                                                             \
    LEX_SIGN(GT, ">")                                                                              \
    LEX_SIGN(GE, ">=")                                                                             \
    LEX_SIGN(PLUS, "+")                                                                            \
    LEX_SIGN(MINUS, "-")                                                                           \
    LEX_SIGN(STAR, "*")                                                                            \
    LEX_SIGN(SLASH, "/")                                                                           \
    LEX_SIGN(DOT, ".")                                                                             \
    LEX_SIGN(DOTDOT, "..")

enum tok {
    T_EOF,
    T_END, /* the parser's: what follows does not belong to the item any more */
    T_NAME,
    T_STRING,
    T_INT,
    T_DECIMAL,  /* value and decimals: 610.00 is 61000 with 2 */
    T_MONTHLIT, /* 2020-12 */
    T_DATELIT,  /* 2020-12-01 */
#define LEX_SIGN(name, text) T_##name,
    LEX_SIGNS
#undef LEX_SIGN
#define LEX_WORD(name, text) W_##name,
        LEX_WORDS
#undef LEX_WORD
            TOK__COUNT
};

/* How fmt lays a token out; the parser knows and notes it while it reads. */
struct layout {
    int16_t indent; /* begins a line, indented so far; -1: continues one */
    int16_t soft;   /* begins a line indented so far only when the whole would be too wide */
    uint8_t column; /* lined up with those of its number in the lines around; 0: none */
    uint8_t table;  /* of a token that begins a line: lines of one number are lined up */
    bool tight;     /* no space behind it */
};

struct token {
    enum tok kind;
    uint32_t from, to; /* bytes in the source */
    uint32_t line;     /* 1-based */
    uint32_t col;      /* terminal columns before it */
    uint32_t indent;   /* `col` of the first token of its line */
    bool first;        /* is that first token */
    bool blank_before; /* an empty line stands between it and the token or comment before */
    bool bad;          /* a mistake was reported here: what follows from it is not another */
    uint8_t decimals;
    int64_t value; /* numbers; day; month */
    str text;      /* T_NAME; T_STRING without its quotes; digits in the plain form */
    struct layout layout;
};

struct comment {
    uint32_t from, to; /* from `--` to the end of the line, without trailing space */
    uint32_t col;
    bool own_line;
    bool blank_before;
    size_t next; /* index of the token behind it */
};

struct tokens {
    VEC(struct token) list; /* the last is T_EOF */
    VEC(struct comment) comments;
};

/* Never fails: mistakes go to d, and what can't be read is left out. Lives in the arena a. */
void lex(const struct source *src, uint32_t file, struct arena *a, struct tokens *out,
         struct diags *d);

/* "when", "<="; for kinds that are no word or sign what they are: "a name". */
const char *tok_text(enum tok t);

/* Is it one of the words of the language? */
static inline bool tok_is_word(enum tok t)
{
    return t >= W_AFTER && t < TOK__COUNT;
}

#endif
