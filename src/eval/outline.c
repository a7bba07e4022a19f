/* See outline.h. */
#include "eval/outline.h"

#include "eval/trace.h"

enum { TEXT_MOST = 1 << 16 };

/* A text being made, with a row of nobody behind it: only values that stand in the rule are asked. */
struct telling {
    struct row row;
    struct say say;
};

static void telling_open(struct telling *t, enum explain_lang lang, struct arena *a)
{
    *t = (struct telling){.row = {.a = a}};
    t->say = (struct say){.r = &t->row, .lang = lang};
    sbuf_init(&t->say.out, TEXT_MOST);
}

static str telling_end(struct telling *t)
{
    str text = say_take(&t->say);

    sbuf_deinit(&t->say.out);
    return text;
}

/* ---- amounts -------------------------------------------------------------------------------- */

static int binds(const struct expr *e)
{
    switch (e->op) {
    case E_AT_LEAST:
    case E_AT_MOST:
    case E_ROUND:
    case E_IF_UNKNOWN:
    case E_IF_NONE:
        return 0;
    case E_ADD:
    case E_SUB:
        return 1;
    case E_MUL:
    case E_DIV:
        return 2;
    default:
        return 3;
    }
}

static void formula(struct say *s, const struct expr *e);

/* In brackets where it would be read otherwise without them. */
static void part(struct say *s, const struct expr *e, int least)
{
    bool bracket = binds(e) < least;

    if (bracket)
        say_zh_en(s, "（", "(");
    formula(s, e);
    if (bracket)
        say_zh_en(s, "）", ")");
}

static void two(struct say *s, const struct expr *e, const char *between)
{
    int own = binds(e);

    part(s, e->a, own);
    sbuf_addz(&s->out, between);
    part(s, e->b, own + 1);
}

static void bounded(struct say *s, const struct expr *e, const char *zh, const char *en)
{
    formula(s, e->a);
    say_zh_en(s, zh, en);
    part(s, e->b, 1);
}

static void rounded(struct say *s, const struct expr *e)
{
    static const char *const zh[] = {
        [ROUND_UP] = "进到", [ROUND_DOWN] = "舍到", [ROUND_HALF_UP] = "四舍五入到"};
    static const char *const en[] = {
        [ROUND_UP] = "up to ", [ROUND_DOWN] = "down to ", [ROUND_HALF_UP] = "half up to "};
    char text[32];

    formula(s, e->a);
    say_zh_en(s, "，", ", rounded ");
    say_zh_en(s, zh[e->round], en[e->round]);
    if (e->unit_fen == 1)
        say_zh_en(s, "分", "fen");
    else if (e->unit_fen == 10)
        say_zh_en(s, "角", "jiao");
    else if (e->unit_fen == 100)
        say_zh_en(s, "元", "yuan");
    else
        sbuf_addz(&s->out, money_text(e->unit_fen, true, text));
}

static void formula(struct say *s, const struct expr *e)
{
    switch (e->op) {
    case E_ADD:
        two(s, e, " + ");
        break;
    case E_SUB:
        two(s, e, " − ");
        break;
    case E_MUL:
        two(s, e, " × ");
        break;
    case E_DIV:
        two(s, e, " ÷ ");
        break;
    case E_AT_LEAST:
        bounded(s, e, "，不低于", ", at least ");
        break;
    case E_AT_MOST:
        bounded(s, e, "，不超过", ", at most ");
        break;
    case E_IF_UNKNOWN:
        bounded(s, e, "，未知时按", ", when unknown taken as ");
        break;
    case E_IF_NONE:
        bounded(s, e, "，没有时按", ", when there is none taken as ");
        break;
    case E_ROUND:
        rounded(s, e);
        break;
    case E_SUM:
    case E_HIGHEST:
    case E_LOWEST:
        say_name(s, e);
        say_zh_en(s, "（", " (over ");
        say_set(s, e->set);
        say_zh_en(s, "）", ")");
        break;
    default:
        say_described(s, e);
    }
}

/* ---- for others ----------------------------------------------------------------------------- */

str outline_condition(const struct expr *e, enum explain_lang lang, struct arena *a)
{
    struct telling t;

    telling_open(&t, lang, a);
    say_described(&t.say, e);
    return telling_end(&t);
}

str outline_formula(const struct expr *e, enum explain_lang lang, struct arena *a)
{
    struct telling t;

    telling_open(&t, lang, a);
    formula(&t.say, e);
    return telling_end(&t);
}

str outline_value(struct type type, const struct literal *l, enum explain_lang lang,
                  struct arena *a)
{
    struct telling t;
    const struct expr e = {.op = E_LIT, .type = type, .lit = *l};

    telling_open(&t, lang, a);
    say_val(&t.say, type, row_value(&t.row, &e, (struct row_at){ROW_SUBJECT, 0, NULL}));
    return telling_end(&t);
}

str outline_set(const struct set *set, enum explain_lang lang, struct arena *a)
{
    struct telling t;

    telling_open(&t, lang, a);
    say_set(&t.say, set);
    return telling_end(&t);
}
