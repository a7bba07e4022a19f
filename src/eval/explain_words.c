/*
 * Words of an explanation: labels, values, sets, laws, conditions said of nobody in particular.
 * Chinese is the first language; where a label has no English its name in the rule text stands in.
 */
#include "eval/trace.h"

#include <inttypes.h>
#include <string.h>

void say_zh_en(struct say *s, const char *zh, const char *en)
{
    sbuf_addz(&s->out, s->lang == EXPLAIN_ZH ? zh : en);
}

str say_take(struct say *s)
{
    str text = str_dup(s->r->a, sbuf_str(&s->out));

    sbuf_clear(&s->out);
    return text;
}

/* ---- labels --------------------------------------------------------------------------------- */

str word_label(struct arena *a, enum explain_lang lang, const struct label *l, str name)
{
    str text;
    char *p;

    if (lang == EXPLAIN_ZH && l->zh.n)
        return l->zh;
    if (lang == EXPLAIN_EN && l->en.n)
        return l->en;
    if (name.n == 0)
        return l->zh;
    text = str_dup(a, name);
    p = (char *)arena_alloc_raw(a, text.n, 1);
    for (size_t i = 0; i < text.n; i++)
        p[i] = text.p[i] == '_' ? ' ' : text.p[i];
    return (str){p, text.n};
}

void say_label(struct say *s, const struct label *l, str name)
{
    sbuf_add(&s->out, word_label(s->r->a, s->lang, l, name));
}

str word_outcome(struct arena *a, enum explain_lang lang, const struct policy *p, size_t alt)
{
    const struct alternative *x = &p->alts[alt];
    const struct label *l = &x->label;

    if (l->zh.n == 0)
        l = &p->outcome_code.values[x->value].label;
    return word_label(a, lang, l, x->name.text);
}

void say_member(struct say *s, uint32_t member)
{
    sbuf_fmt(&s->out, s->lang == EXPLAIN_ZH ? "成员%" PRIu32 : "member %" PRIu32, member + 1);
}

void say_whose(struct say *s, uint32_t member)
{
    if (member == ROW_SUBJECT)
        return;
    say_zh_en(s, "（", " (");
    say_member(s, member);
    say_zh_en(s, "）", ")");
}

void say_needs(struct say *s, const struct need *needs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            say_zh_en(s, "、", ", ");
        say_label(s, &needs[i].field->label, needs[i].field->name.text);
        say_whose(s, needs[i].member);
    }
}

/* ---- values --------------------------------------------------------------------------------- */

bool word_in_yuan(enum kind k)
{
    return k == K_MONEY || k == K_MONEY_MONTH || k == K_MONEY_YEAR;
}

bool say_is_rounded(struct type t, struct val v)
{
    rat x;

    if (v.form != VAL_NUMBER)
        return false;
    if (word_in_yuan(t.kind))
        return v.num.den != 1;
    return t.kind == K_RATE && rat_mul(v.num, rat_int(10000), &x) && x.den != 1;
}

static void say_money(struct say *s, rat fen)
{
    char text[32];
    rat whole;
    int64_t n;

    if (fen.den != 1 && s->exact) {
        sbuf_add(&s->out, rat_yuan_text(s->r->a, fen));
        return;
    }
    if (rat_round(fen, ROUND_HALF_UP, 1, &whole) && rat_fen(whole, &n))
        sbuf_addz(&s->out, money_text(n, true, text));
    else
        sbuf_add(&s->out, rat_yuan_text(s->r->a, fen));
}

static void say_rate(struct say *s, rat rate)
{
    rat x = rate, percent;

    if (!s->exact && rat_mul(rate, rat_int(10000), &x) && rat_round(x, ROUND_HALF_UP, 1, &x) &&
        rat_div(x, rat_int(10000), &x))
        rate = x;
    if (rat_mul(rate, rat_int(100), &percent))
        sbuf_add(&s->out, rat_text(s->r->a, percent));
    sbuf_addc(&s->out, '%');
}

static void say_number(struct say *s, enum kind kind, rat v)
{
    if (word_in_yuan(kind)) {
        say_money(s, v);
    } else if (kind == K_RATE) {
        say_rate(s, v);
    } else {
        sbuf_add(&s->out, rat_text(s->r->a, v));
        if (kind == K_MONTHS)
            say_zh_en(s, " 个月", " months");
        else if (kind == K_DAYS)
            say_zh_en(s, " 天", " days");
    }
}

void say_val(struct say *s, struct type t, struct val v)
{
    char text[16];

    if (v.form == VAL_NUMBER) {
        say_number(s, t.kind, v.num);
    } else if (v.form != VAL_PLAIN) {
        say_zh_en(s, "未知", "not known");
    } else if (t.kind == K_BOOL) {
        say_zh_en(s, v.plain ? "是" : "否", v.plain ? "yes" : "no");
    } else if (t.kind == K_CODE) {
        const struct code_value *c = &t.code->values[v.plain];
        say_label(s, &c->label, c->name.text);
    } else if (t.kind == K_DATE) {
        sbuf_addz(&s->out, date_text((day)v.plain, text));
    } else {
        sbuf_addz(&s->out, month_text((month)v.plain, text));
    }
}

/* ---- names of things ------------------------------------------------------------------------ */

static void say_two(struct say *s, const struct expr *e, const char *between)
{
    say_name(s, e->a);
    sbuf_addz(&s->out, between);
    say_name(s, e->b);
}

static void say_since(struct say *s, const struct expr *e)
{
    static const char *const zh[] = {"天数", "月数", "周年数"};
    static const char *const en[] = {"days since ", "months since ", "years since "};

    if (s->lang == EXPLAIN_ZH) {
        sbuf_addz(&s->out, "自");
        say_name(s, e->a);
        sbuf_addz(&s->out, "起的");
        sbuf_addz(&s->out, zh[e->since]);
    } else {
        sbuf_addz(&s->out, en[e->since]);
        say_name(s, e->a);
    }
}

/* 月收入合计 / total of income */
static void say_total_name(struct say *s, const struct expr *e)
{
    bool zh = s->lang == EXPLAIN_ZH;

    if (!zh)
        sbuf_addz(&s->out, e->op == E_SUM       ? "total of "
                           : e->op == E_HIGHEST ? "highest "
                                                : "lowest ");
    say_name(s, e->a);
    if (zh)
        sbuf_addz(&s->out, e->op == E_SUM ? "合计" : e->op == E_HIGHEST ? "最高" : "最低");
}

void say_name(struct say *s, const struct expr *e)
{
    switch (e->op) {
    case E_FIELD:
        say_label(s, &e->field->label, e->field->name.text);
        break;
    case E_DEF:
        say_label(s, &e->def->label, e->def->name.text);
        break;
    case E_PARAM:
        say_label(s, &e->param->label, e->param->name.text);
        break;
    case E_CODE:
    case E_LIT:
        say_val(s, e->type, row_value(s->r, e, (struct row_at){ROW_SUBJECT, 0, NULL}));
        break;
    case E_OUTCOME:
        say_label(s, &e->policy->label, e->policy->name.text);
        say_zh_en(s, "的结论", " outcome");
        break;
    case E_PAID_LAST:
        say_zh_en(s, "上月发放", "paid last month");
        break;
    case E_THIS_MONTH:
        say_zh_en(s, "本月", "this month");
        break;
    case E_ADD:
        say_two(s, e, " + ");
        break;
    case E_SUB:
        say_two(s, e, " − ");
        break;
    case E_MUL:
        say_two(s, e, " × ");
        break;
    case E_DIV:
        say_two(s, e, " ÷ ");
        break;
    case E_SINCE:
        say_since(s, e);
        break;
    case E_COUNT:
        if (s->lang == EXPLAIN_EN)
            sbuf_addz(&s->out, "number of ");
        say_set(s, e->set);
        say_zh_en(s, "人数", "");
        break;
    case E_SUM:
    case E_HIGHEST:
    case E_LOWEST:
        say_total_name(s, e);
        break;
    case E_AT_LEAST:
    case E_AT_MOST:
    case E_ROUND:
    case E_IF_UNKNOWN:
    case E_IF_NONE:
        say_name(s, e->a);
        break;
    default:
        say_described(s, e);
    }
}

void say_set(struct say *s, const struct set *set)
{
    switch (set->form) {
    case SET_DEF:
    case SET_GROUNDS:
        say_label(s, &set->def->label, set->def->name.text);
        break;
    case SET_WHO:
        if (s->lang == EXPLAIN_ZH) {
            say_set(s, set->base);
            sbuf_addz(&s->out, "中“");
            say_described(s, set->who);
            sbuf_addz(&s->out, "”者");
        } else {
            say_set(s, set->base);
            sbuf_addz(&s->out, " with “");
            say_described(s, set->who);
            sbuf_addz(&s->out, "”");
        }
        break;
    default:
        say_zh_en(s, "成员", "members");
    }
}

/* ---- conditions said of nobody -------------------------------------------------------------- */

void say_relation(struct say *s, enum rel rel, bool holds)
{
    static const char *const zh[][2] = {
        [REL_LT] = {"不低于", "低于"}, [REL_LE] = {"超过", "不超过"}, [REL_EQ] = {"不等于", "等于"},
        [REL_NE] = {"等于", "不等于"}, [REL_GE] = {"低于", "不低于"}, [REL_GT] = {"不超过", "超过"},
    };
    static const char *const en[][2] = {
        [REL_LT] = {"is not below", "is below"},
        [REL_LE] = {"is above", "is at most"},
        [REL_EQ] = {"is not", "is"},
        [REL_NE] = {"is", "is not"},
        [REL_GE] = {"is below", "is not below"},
        [REL_GT] = {"is not above", "is above"},
    };

    sbuf_addz(&s->out, s->lang == EXPLAIN_ZH ? zh[rel][holds] : en[rel][holds]);
}

enum rel word_turned(enum rel rel)
{
    static const enum rel other[] = {[REL_LT] = REL_GT, [REL_LE] = REL_GE, [REL_EQ] = REL_EQ,
                                     [REL_NE] = REL_NE, [REL_GE] = REL_LE, [REL_GT] = REL_LT};
    return other[rel];
}

static void describe_chain(struct say *s, const struct expr *e)
{
    say_name(s, e->c ? e->b : e->a);
    sbuf_addc(&s->out, ' ');
    say_relation(s, e->c ? word_turned(e->rel) : e->rel, true);
    sbuf_addc(&s->out, ' ');
    say_name(s, e->c ? e->a : e->b);
    if (!e->c)
        return;
    say_zh_en(s, " 且", " and ");
    say_relation(s, e->rel2, true);
    sbuf_addc(&s->out, ' ');
    say_name(s, e->c);
}

static void describe_is(struct say *s, const struct expr *e)
{
    say_name(s, e->a);
    say_zh_en(s, e->negated ? "不是" : "为", e->negated ? " is not " : " is ");
    for (size_t i = 0; i < e->n_args; i++) {
        if (i)
            say_zh_en(s, "或", " or ");
        say_name(s, e->args[i]);
    }
}

static void describe_joined(struct say *s, const struct expr *e)
{
    for (size_t i = 0; i < e->n_args; i++) {
        if (i && e->op == E_AND)
            say_zh_en(s, "且", " and ");
        else if (i)
            say_zh_en(s, "或", " or ");
        say_described(s, e->args[i]);
    }
}

static void describe_members(struct say *s, const struct expr *e)
{
    const char *zh = e->op == E_ANY ? "中有“" : e->op == E_NO ? "中没有“" : "全部“";
    const char *en = e->op == E_ANY ? "any of " : e->op == E_NO ? "none of " : "all of ";

    if (s->lang == EXPLAIN_EN)
        sbuf_addz(&s->out, en);
    say_set(s, e->set);
    sbuf_addz(&s->out, s->lang == EXPLAIN_ZH ? zh : ": “");
    say_described(s, e->a);
    sbuf_addz(&s->out, "”");
}

void say_described(struct say *s, const struct expr *e)
{
    switch (e->op) {
    case E_REL:
        describe_chain(s, e);
        break;
    case E_IS:
        describe_is(s, e);
        break;
    case E_IN:
        say_name(s, e->a);
        sbuf_fmt(&s->out,
                 s->lang == EXPLAIN_ZH ? "在 %" PRId64 " 至 %" PRId64 " 之间"
                                       : " from %" PRId64 " to %" PRId64,
                 e->b->lit.i, e->c->lit.i);
        break;
    case E_BEFORE:
    case E_AFTER:
        say_name(s, e->a);
        say_zh_en(s, e->op == E_BEFORE ? "早于" : "晚于",
                  e->op == E_BEFORE ? " before " : " after ");
        say_name(s, e->b);
        break;
    case E_AND:
    case E_OR:
        describe_joined(s, e);
        break;
    case E_NOT:
        say_zh_en(s, "并非", "not ");
        say_described(s, e->a);
        break;
    case E_ANY:
    case E_NO:
    case E_EVERY:
        describe_members(s, e);
        break;
    case E_GETS:
        say_zh_en(s, "享受", "gets ");
        say_label(s, &e->policy->label, e->policy->name.text);
        break;
    default:
        say_name(s, e);
    }
}

/* ---- laws ----------------------------------------------------------------------------------- */

static void say_articles(struct say *s, const struct basis *b)
{
    for (size_t i = 0; i < b->n_articles; i++) {
        const struct article *x = &b->articles[i];
        bool zh = s->lang == EXPLAIN_ZH;
        sbuf_addz(&s->out, i ? (zh ? "、" : ", ") : zh ? " " : ", art. ");
        if (x->last > x->first)
            sbuf_fmt(&s->out, zh ? "第%d至%d条" : "%d–%d", x->first, x->last);
        else
            sbuf_fmt(&s->out, zh ? "第%d条" : "%d", x->first);
    }
}

void say_basis(struct say *s, const struct basis *b)
{
    for (bool first = true; b; b = b->next, first = false) {
        if (b->assumed) {
            say_zh_en(s, "（推定：", first ? "(assumed: " : " (assumed: ");
            sbuf_add(&s->out, b->text);
            say_zh_en(s, "）", ")");
            continue;
        }
        if (!first)
            say_zh_en(s, "；", "; ");
        sbuf_add(&s->out, b->text);
        say_articles(s, b);
    }
}
