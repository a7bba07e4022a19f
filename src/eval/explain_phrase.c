/*
 * What was found, as sentences and calculations: conditions in words of what is so, formulas with
 * the numbers put in. Whatever a text mentions and that has more to it is noted, to be explained
 * further down, once.
 */
#include "eval/trace.h"

#include <inttypes.h>

/* ---- noting what is used -------------------------------------------------------------------- */

static bool same_total(const struct expr *x, const struct expr *y)
{
    const struct expr *a = x->a, *b = y->a;

    if (x == y)
        return true;
    return x->set->form == y->set->form && x->set->form != SET_WHO && x->set->def == y->set->def &&
           a->op == b->op &&
           ((a->op == E_FIELD && a->field == b->field) || (a->op == E_DEF && a->def == b->def));
}

static bool same_use(const struct trace_use *x, const struct trace_use *y)
{
    if (x->kind != y->kind || x->at.who != y->at.who)
        return false;
    if (x->kind == USE_TOTAL)
        return same_total(x->total, y->total);
    return x->def == y->def && x->field == y->field && x->param == y->param && x->key == y->key;
}

void say_use(struct say *s, struct trace_use use)
{
    for (size_t i = 0; i < s->uses.n; i++)
        if (same_use(&s->uses.at[i], &use))
            return;
    *VEC_PUSH(s->r->a, &s->uses) = use;
}

static void use_def(struct say *s, const struct def *d, struct row_at at)
{
    if (d->level != LEVEL_MEMBER)
        at.who = ROW_SUBJECT;
    at.ground = 0;
    say_use(s, (struct trace_use){.kind = USE_DEF, .def = d, .at = at});
}

static void use_set(struct say *s, const struct set *set, struct row_at at)
{
    if (set->form == SET_GROUNDS) {
        use_def(s, set->def, at);
        return;
    }
    at.who = ROW_SUBJECT;
    if (set->form == SET_DEF)
        use_def(s, set->def, at);
    else if (set->form == SET_WHO)
        use_set(s, set->base, at);
}

/* A field that is worked out of others; what is stored speaks for itself. */
static void use_field(struct say *s, const struct expr *e, struct row_at at)
{
    if (e->level == LEVEL_SUBJECT)
        at.who = ROW_SUBJECT;
    if (e->field->value)
        say_use(s, (struct trace_use){.kind = USE_FIELD, .field = e->field, .at = at});
}

static void use_total(struct say *s, const struct expr *e, struct row_at at)
{
    say_use(s, (struct trace_use){.kind = USE_TOTAL, .total = e, .at = at});
}

static void use_param(struct say *s, const struct expr *e, struct row_at at)
{
    size_t key;

    row_param(s->r, e->param, at, &key);
    if (key == SIZE_MAX)
        return;
    at = (struct row_at){ROW_SUBJECT, 0, NULL};
    say_use(s, (struct trace_use){.kind = USE_PARAM, .param = e->param, .key = key, .at = at});
}

/* ---- calculations --------------------------------------------------------------------------- */

enum { BIND_TAIL, BIND_SUM, BIND_PRODUCT, BIND_ONE };

static int binds(const struct expr *e)
{
    switch (e->op) {
    case E_AT_LEAST:
    case E_AT_MOST:
    case E_ROUND:
        return BIND_TAIL;
    case E_ADD:
    case E_SUB:
        return BIND_SUM;
    case E_MUL:
    case E_DIV:
        return BIND_PRODUCT;
    default:
        return BIND_ONE;
    }
}

static void formula(struct say *s, const struct expr *e, struct row_at at, int within);

/* 自 出生日期 2003-05-01 起满 17 年 / 17 years since birth date 2003-05-01 */
static void since(struct say *s, const struct expr *e, struct row_at at)
{
    static const char *const zh[] = {" 天", " 个月", " 年"};
    static const char *const en[] = {" days since ", " months since ", " years since "};
    struct val v = row_value(s->r, e, at);
    struct type plain = {.kind = K_COUNT};

    if (s->lang == EXPLAIN_ZH) {
        sbuf_addz(&s->out, "自 ");
        formula(s, e->a, at, BIND_ONE);
        sbuf_addz(&s->out, " 起满 ");
        say_val(s, plain, v);
        sbuf_addz(&s->out, zh[e->since]);
        return;
    }
    say_val(s, plain, v);
    sbuf_addz(&s->out, en[e->since]);
    formula(s, e->a, at, BIND_ONE);
}

/* 人均月收入 80.02 */
static void single(struct say *s, const struct expr *e, struct row_at at)
{
    struct val v = row_value(s->r, e, at);

    if (e->op == E_LIT && v.form == VAL_NUMBER && v.num.num == 0) {
        sbuf_addc(&s->out, '0');
        return;
    }
    if (e->op == E_LIT || e->op == E_CODE) {
        say_val(s, e->type, v);
        return;
    }
    if (e->op == E_SINCE) {
        since(s, e, at);
        return;
    }
    say_name(s, e);
    sbuf_addc(&s->out, ' ');
    say_val(s, e->type, v);
    if (e->op == E_DEF)
        use_def(s, e->def, at);
    else if (e->op == E_PARAM)
        use_param(s, e, at);
    else if (e->op == E_SUM)
        use_total(s, e, at);
    else if (e->op == E_COUNT)
        use_set(s, e->set, at);
    else if (e->op == E_FIELD)
        use_field(s, e, at);
}

static void two(struct say *s, const struct expr *e, struct row_at at)
{
    static const char *const sign[] = {
        [E_ADD] = " + ", [E_SUB] = " − ", [E_MUL] = " × ", [E_DIV] = " ÷ "};
    bool strict = e->op == E_SUB || e->op == E_DIV;

    formula(s, e->a, at, binds(e));
    sbuf_addz(&s->out, sign[e->op]);
    formula(s, e->b, at, binds(e) + strict);
}

static const char *unit_word(int64_t unit_fen, bool zh)
{
    if (unit_fen == 100)
        return zh ? "元" : "the yuan";
    if (unit_fen == 10)
        return zh ? "角" : "the jiao";
    return zh ? "分" : "the fen";
}

static void tail(struct say *s, const struct expr *e, struct row_at at)
{
    static const char *const zh[] = {"，四舍五入到", "，向上取整到", "，向下取整到"};
    static const char *const en[] = {", rounded half up to ", ", rounded up to ",
                                     ", rounded down to "};

    formula(s, e->a, at, BIND_TAIL);
    if (e->op == E_ROUND) {
        say_zh_en(s, zh[e->round], en[e->round]);
        sbuf_addz(&s->out, unit_word(e->unit_fen, s->lang == EXPLAIN_ZH));
        return;
    }
    if (e->op == E_AT_LEAST)
        say_zh_en(s, "，不少于 ", ", at least ");
    else
        say_zh_en(s, "，不超过 ", ", at most ");
    formula(s, e->b, at, BIND_SUM);
}

static void formula(struct say *s, const struct expr *e, struct row_at at, int within)
{
    bool brackets = binds(e) < within;

    if (brackets)
        sbuf_addc(&s->out, '(');
    switch (binds(e)) {
    case BIND_TAIL:
        tail(s, e, at);
        break;
    case BIND_SUM:
    case BIND_PRODUCT:
        two(s, e, at);
        break;
    default:
        if (e->op == E_IF_UNKNOWN && row_value(s->r, e->a, at).form != VAL_UNKNOWN) {
            formula(s, e->a, at, within);
        } else if (e->op == E_IF_UNKNOWN) {
            say_name(s, e->a);
            say_zh_en(s, " 未知，按 ", " not known, taken as ");
            say_val(s, e->type, row_value(s->r, e, at));
            say_zh_en(s, " 计", "");
        } else {
            single(s, e, at);
        }
    }
    if (brackets)
        sbuf_addc(&s->out, ')');
}

void say_formula(struct say *s, const struct expr *e, struct row_at at)
{
    formula(s, e, at, BIND_TAIL);
}

static void result(struct say *s, const struct expr *e, struct val v)
{
    sbuf_addz(&s->out, say_is_rounded(e->type, v) ? " ≈ " : " = ");
    say_val(s, e->type, v);
}

/* ---- totals and bests, element by element --------------------------------------------------- */

static const struct def *of_grounds(const struct set *set)
{
    while (set->form == SET_WHO)
        set = set->base;
    return set->form == SET_GROUNDS ? set->def : NULL;
}

static void say_element(struct say *s, const struct set *set, size_t i, struct row_at at)
{
    const struct def *d = of_grounds(set);

    if (d)
        say_label(s, &d->grounds[i].label, d->grounds[i].name.text);
    else
        say_member(s, row_set_at(set, i, at).who);
}

/* The parts of a sum, or the candidates of a best; how many there were. */
static size_t say_parts(struct say *s, const struct expr *e, struct row_at at, const char *between)
{
    size_t n = row_set_n(s->r, e->set), said = 0;

    for (size_t i = 0; i < n; i++) {
        struct row_at one = row_set_at(e->set, i, at);
        struct val in = row_set_has(s->r, e->set, i, at), v;
        if (val_is(in, 0) || in.form == VAL_ERROR)
            continue;
        if (said++)
            sbuf_addz(&s->out, between);
        say_element(s, e->set, i, at);
        sbuf_addc(&s->out, ' ');
        v = row_value(s->r, e->a, one);
        say_val(s, e->a->type, in.form == VAL_UNKNOWN ? in : v);
        if (e->a->op == E_PARAM)
            use_param(s, e->a, one);
        /* What comes to nothing says so here; it needs no line of its own. */
        if (e->a->op == E_DEF && v.form == VAL_NUMBER && v.num.num != 0)
            use_def(s, e->a->def, one);
    }
    return said;
}

void say_total(struct say *s, const struct expr *e, struct row_at at)
{
    size_t n = say_parts(s, e, at, " + ");

    use_set(s, e->set, at);
    if (n == 0) {
        say_zh_en(s, "没有", "none of ");
        say_set(s, e->set);
        sbuf_addz(&s->out, s->lang == EXPLAIN_ZH ? "，" : ": ");
        say_val(s, e->type, row_value(s->r, e, at));
    } else if (n > 1) {
        result(s, e, row_value(s->r, e, at));
    }
}

/* `e` is the E_IF_NONE around a highest or lowest. */
static void say_best(struct say *s, const struct expr *e, struct row_at at)
{
    struct val v = row_value(s->r, e, at);
    size_t n;

    if (s->lang == EXPLAIN_EN)
        sbuf_addz(&s->out, e->a->op == E_HIGHEST ? "highest of " : "lowest of ");
    n = say_parts(s, e->a, at, s->lang == EXPLAIN_ZH ? "、" : ", ");
    if (n == 0) {
        if (s->lang == EXPLAIN_EN)
            sbuf_addz(&s->out, "nothing");
        say_zh_en(s, "没有", " in ");
        say_set(s, e->a->set);
        say_zh_en(s, "，按 ", ", taken as ");
        say_val(s, e->type, v);
        say_zh_en(s, " 计", "");
        return;
    }
    if (s->lang == EXPLAIN_ZH)
        sbuf_addz(&s->out, e->a->op == E_HIGHEST ? "，取最高" : "，取最低");
    use_set(s, e->a->set, at);
    if (n > 1 || v.form == VAL_UNKNOWN)
        result(s, e, v);
}

static void say_count(struct say *s, const struct expr *e, struct row_at at)
{
    struct val v = row_value(s->r, e, at);

    use_set(s, e->set, at);
    if (s->lang == EXPLAIN_ZH) {
        say_set(s, e->set);
        sbuf_addz(&s->out, "共 ");
        say_val(s, e->type, v);
        sbuf_addz(&s->out, of_grounds(e->set) ? " 项" : " 名");
    } else {
        say_val(s, e->type, v);
        sbuf_addz(&s->out, " in ");
        say_set(s, e->set);
    }
}

void say_calculation(struct say *s, const struct expr *e, struct row_at at)
{
    if (e->op == E_SUM) {
        say_total(s, e, at);
        return;
    }
    if (e->op == E_IF_NONE) {
        say_best(s, e, at);
        return;
    }
    if (e->op == E_COUNT) {
        say_count(s, e, at);
        return;
    }
    if (e->type.kind == K_BOOL) {
        say_sentence(s, e, at);
        return;
    }
    while (e->op == E_IF_UNKNOWN && row_value(s->r, e->a, at).form != VAL_UNKNOWN)
        e = e->a;
    formula(s, e, at, BIND_TAIL);
    if (binds(e) != BIND_ONE)
        result(s, e, row_value(s->r, e, at));
}

/* ---- sentences ------------------------------------------------------------------------------ */

static void comparison(struct say *s, const struct expr *a, enum rel rel, const struct expr *b,
                       struct row_at at)
{
    struct val x = row_value(s->r, a, at), y = row_value(s->r, b, at);
    struct val v = row_compare(s->r, rel, x, y);
    bool holds = !val_is(v, 0);
    enum rel so = holds ? rel : rel == REL_EQ ? REL_NE : rel;

    /* Two amounts that differ by parts of a fen must not look the same. */
    if (x.form == VAL_NUMBER && y.form == VAL_NUMBER && !val_same(x, y)) {
        rat d;
        s->exact = (say_is_rounded(a->type, x) || say_is_rounded(b->type, y)) &&
                   rat_sub(x.num, y.num, &d) && d.num < d.den && d.num > -d.den;
    }
    if (rel == REL_EQ && holds && b->op == E_LIT) {
        say_name(s, a);
        if (a->op == E_DEF)
            use_def(s, a->def, at);
        say_zh_en(s, "为 ", " is ");
        say_val(s, b->type, y);
    } else {
        formula(s, a, at, BIND_SUM);
        sbuf_addc(&s->out, ' ');
        say_relation(s, so, holds || so != rel);
        sbuf_addc(&s->out, ' ');
        formula(s, b, at, BIND_SUM);
    }
    s->exact = false;
}

/* a <= b < c is said of b; of a failed one only what failed. */
static void chain(struct say *s, const struct expr *e, struct row_at at)
{
    struct val a = row_value(s->r, e->a, at), b = row_value(s->r, e->b, at);
    struct val c = row_value(s->r, e->c, at);
    bool low = val_is(row_compare(s->r, e->rel, a, b), 0);
    bool high = val_is(row_compare(s->r, e->rel2, b, c), 0);

    if (!low && high) {
        comparison(s, e->b, e->rel2, e->c, at);
        return;
    }
    comparison(s, e->b, word_turned(e->rel), e->a, at);
    if (low)
        return;
    say_zh_en(s, "，", ", and ");
    comparison(s, e->b, e->rel2, e->c, at);
}

static void is_one_of(struct say *s, const struct expr *e, struct row_at at)
{
    bool found = val_is(row_value(s->r, e, at), !e->negated);

    single(s, e->a, at);
    if (found)
        return;
    say_zh_en(s, "，不是 ", ", not ");
    for (size_t i = 0; i < e->n_args; i++) {
        if (i)
            say_zh_en(s, " 或 ", " or ");
        say_name(s, e->args[i]);
    }
}

static void range_end(struct say *s, const struct expr *e, int64_t number)
{
    const struct code *code = e->a->type.kind == K_CODE ? e->a->type.code : NULL;

    for (size_t i = 0; code && i < code->n_values; i++)
        if (code->values[i].has_number && code->values[i].number == number) {
            say_label(s, &code->values[i].label, code->values[i].name.text);
            return;
        }
    sbuf_fmt(&s->out, "%" PRId64, number);
}

static void in_range(struct say *s, const struct expr *e, struct row_at at)
{
    bool in = val_is(row_value(s->r, e, at), 1);

    single(s, e->a, at);
    say_zh_en(s, in ? "，属于 " : "，不属于 ", in ? ", within " : ", not within ");
    range_end(s, e, e->b->lit.i);
    say_zh_en(s, " 至 ", " to ");
    range_end(s, e, e->c->lit.i);
}

static void in_order(struct say *s, const struct expr *e, struct row_at at)
{
    bool holds = val_is(row_value(s->r, e, at), 1);
    bool before = e->op == E_BEFORE;

    single(s, e->a, at);
    if (s->lang == EXPLAIN_ZH)
        sbuf_addz(&s->out, before ? holds ? " 早于 " : " 不早于 " : holds ? " 晚于 " : " 不晚于 ");
    else
        sbuf_addz(&s->out, before  ? holds ? " is before " : " is not before "
                           : holds ? " is after "
                                   : " is not after ");
    single(s, e->b, at);
}

/* Of an `and` that failed what failed, of an `or` that held what held; else every part. */
static void joined(struct say *s, const struct expr *e, struct row_at at)
{
    struct val all = row_value(s->r, e, at);
    bool some = val_is(all, e->op == E_OR), first = true;

    for (size_t i = 0; i < e->n_args; i++) {
        struct val v = row_value(s->r, e->args[i], at);
        if (v.form == VAL_ERROR)
            break;
        if (some && !val_same(v, all))
            continue;
        if (!first)
            say_zh_en(s, "，且 ", ", and ");
        say_sentence(s, e->args[i], at);
        first = false;
        if (some)
            break;
    }
}

/* Those of a set for whom the expression has this value, as a list; how many. */
static size_t say_those(struct say *s, const struct expr *e, struct row_at at, int64_t value)
{
    size_t n = row_set_n(s->r, e->set), said = 0;

    for (size_t i = 0; i < n; i++) {
        struct row_at one = row_set_at(e->set, i, at);
        if (!val_is(row_set_has(s->r, e->set, i, at), 1) ||
            !val_is(row_value(s->r, e->a, one), value))
            continue;
        if (said++)
            say_zh_en(s, "、", ", ");
        say_element(s, e->set, i, at);
        if (e->a->op == E_DEF)
            use_def(s, e->a->def, one);
    }
    return said;
}

static void quantified(struct say *s, const struct expr *e, struct row_at at)
{
    bool holds = val_is(row_value(s->r, e, at), 1), zh = s->lang == EXPLAIN_ZH;
    bool someone = e->op == E_ANY ? holds : !holds;
    const struct set *set = e->set;

    use_set(s, set, at);
    if (zh && set->form != SET_LIST) {
        say_set(s, set);
        sbuf_addz(&s->out, "中");
    }
    if (e->op == E_EVERY)
        say_zh_en(s, someone ? "有成员不符合“" : "每名成员都符合“", someone ? "not all " : "all ");
    else
        say_zh_en(s, someone ? "有成员" : "没有成员", someone ? "some of " : "none of ");
    if (!zh) {
        say_set(s, set);
        sbuf_addz(&s->out, ": ");
    }
    say_described(s, e->a);
    if (zh && e->op == E_EVERY)
        sbuf_addz(&s->out, "”");
    if (!someone)
        return;
    say_zh_en(s, "（", " (");
    say_those(s, e, at, e->op != E_EVERY);
    say_zh_en(s, "）", ")");
}

static void said_gets(struct say *s, const struct expr *e, struct row_at at)
{
    bool holds = val_is(row_value(s->r, e, at), 1);

    if (e->of_member)
        say_member(s, at.who);
    else
        say_label(s, &e->policy->subject->label, e->policy->subject->name.text);
    say_zh_en(s, holds ? "享受" : "不享受", holds ? " gets " : " does not get ");
    say_label(s, &e->policy->label, e->policy->name.text);
}

void say_sentence(struct say *s, const struct expr *e, struct row_at at)
{
    struct val v = row_value(s->r, e, at);

    switch (e->op) {
    case E_REL:
        if (e->c)
            chain(s, e, at);
        else
            comparison(s, e->a, e->rel, e->b, at);
        break;
    case E_IS:
        is_one_of(s, e, at);
        break;
    case E_IN:
        in_range(s, e, at);
        break;
    case E_BEFORE:
    case E_AFTER:
        in_order(s, e, at);
        break;
    case E_AND:
    case E_OR:
        joined(s, e, at);
        break;
    case E_NOT:
        say_sentence(s, e->a, at);
        break;
    case E_ANY:
    case E_NO:
    case E_EVERY:
        quantified(s, e, at);
        break;
    case E_GETS:
        said_gets(s, e, at);
        break;
    default:
        say_name(s, e);
        say_zh_en(s, "：", ": ");
        say_val(s, e->type, v);
        if (e->op == E_DEF)
            use_def(s, e->def, at);
        else if (e->op == E_FIELD)
            use_field(s, e, at);
    }
}

/* ---- definitions ---------------------------------------------------------------------------- */

static void group(struct say *s, const struct def *d, struct row_at at)
{
    size_t in = 0, out = 0;

    for (uint32_t m = 0; m < s->r->n_members; m++) {
        if (!val_is(row_set_has(s->r, d->group, m, at), 1))
            continue;
        if (in++)
            say_zh_en(s, "、", ", ");
        say_member(s, m);
    }
    if (in == 0)
        say_zh_en(s, "没有成员", "nobody");
    for (uint32_t m = 0; m < s->r->n_members; m++) {
        struct val v = row_set_has(s->r, d->group, m, at);
        if (val_is(v, 1))
            continue;
        say_zh_en(s, out == 0 ? "（不含 " : "、", out == 0 ? " (without " : ", ");
        out++;
        say_member(s, m);
    }
    if (out)
        say_zh_en(s, "）", ")");
    use_set(s, d->group, at);
}

/* The case that held; why, when it isn't the only way. */
static void choice(struct say *s, const struct def *d, struct row_at at)
{
    size_t i = 0;

    while (i + 1 < d->n_cases && val_is(row_value(s->r, d->cases[i].when, at), 0))
        i++;
    say_calculation(s, d->cases[i].value, at);
    say_zh_en(s, "（", " (");
    if (d->cases[i].when)
        say_sentence(s, d->cases[i].when, at);
    else if (d->n_cases == 2)
        say_sentence(s, d->cases[0].when, at);
    else
        say_zh_en(s, "其他情形", "otherwise");
    say_zh_en(s, "）", ")");
}

/* The grounds that hold, each with what was seen. */
static void grounds(struct say *s, const struct def *d, struct row_at at)
{
    size_t said = 0;

    for (size_t i = 0; i < d->n_grounds; i++) {
        const struct named *g = &d->grounds[i];
        if (!val_is(row_value(s->r, g->expr, at), 1))
            continue;
        if (said++)
            say_zh_en(s, "、", ", ");
        say_label(s, &g->label, g->name.text);
        say_zh_en(s, "（", " (");
        say_sentence(s, g->expr, at);
        if (g->basis) {
            say_zh_en(s, "；", "; ");
            say_basis(s, g->basis);
        }
        say_zh_en(s, "）", ")");
    }
    if (said == 0)
        say_zh_en(s, "没有", "none");
}

void say_definition(struct say *s, const struct def *d, struct row_at at)
{
    if (d->form == DEF_GROUP)
        group(s, d, at);
    else if (d->form == DEF_GROUNDS)
        grounds(s, d, at);
    else if (d->form == DEF_CHOICE)
        choice(s, d, at);
    else if (d->form == DEF_VALUE)
        say_calculation(s, d->value, at);
}
