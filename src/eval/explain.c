/* The trace as plain text: the result first, then why, how it was worked out, and on what it rests. */
#include "eval/trace.h"

struct page {
    struct say say; /* texts go straight to `out` by way of it */
    struct sbuf *out;
    enum explain_lang lang;
};

static void put(struct page *p, const char *zh, const char *en)
{
    sbuf_addz(p->out, p->lang == EXPLAIN_ZH ? zh : en);
}

static void line(struct page *p, size_t indent, str text)
{
    sbuf_add_n(p->out, ' ', indent);
    sbuf_add(p->out, text);
    sbuf_addc(p->out, '\n');
}

static void colon(struct page *p)
{
    put(p, "：", ": ");
}

static void whose(struct page *p, uint32_t member)
{
    if (member)
        sbuf_fmt(p->out, p->lang == EXPLAIN_ZH ? "（成员%u）" : " (member %u)", member);
}

static void basis(struct page *p, const struct basis *b)
{
    say_basis(&p->say, b);
    sbuf_add(p->out, sbuf_str(&p->say.out));
    sbuf_clear(&p->say.out);
}

/* Where a rule's own source is given, it stands behind the line. */
static void own_basis(struct page *p, const struct basis *b)
{
    if (!b)
        return;
    put(p, "〔", " [");
    basis(p, b);
    put(p, "〕", "]");
}

/* ---- why ------------------------------------------------------------------------------------ */

static void alternative(struct page *p, const struct trace_step *step, bool refusal)
{
    static const char *const zh[][2] = {[TRACE_HOLDS] = {"符合“", "”："},
                                        [TRACE_FAILS] = {"不符合“", "”："},
                                        [TRACE_OPEN] = {"“", "”尚不能确定："}};
    static const char *const en[][2] = {[TRACE_HOLDS] = {"“", "” applies:"},
                                        [TRACE_FAILS] = {"“", "” does not apply:"},
                                        [TRACE_OPEN] = {"“", "” can't be told yet:"}};
    const char *const *around = p->lang == EXPLAIN_ZH ? zh[step->state] : en[step->state];

    sbuf_add_n(p->out, ' ', 4);
    if (refusal && step->state == TRACE_HOLDS)
        put(p, "适用“", "“");
    else
        sbuf_addz(p->out, around[0]);
    sbuf_add(p->out, step->label[p->lang]);
    sbuf_addz(p->out, around[1]);
    sbuf_addc(p->out, '\n');
}

static void labelled(struct page *p, size_t indent, const struct trace_step *step,
                     bool say_whose_it_is)
{
    str text = step->text[p->lang], label = step->label[p->lang];
    bool twice = str_starts(text, label) && text.n > label.n &&
                 (str_starts(str_sub(text, label.n, text.n), S("：")) || text.p[label.n] == ':');

    sbuf_add_n(p->out, ' ', indent);
    if (!twice) {
        sbuf_add(p->out, label);
        if (say_whose_it_is)
            whose(p, step->member);
        colon(p);
    }
    sbuf_add(p->out, text);
    own_basis(p, step->basis);
    sbuf_addc(p->out, '\n');
}

static void heading(struct page *p, bool *shown, const char *zh, const char *en)
{
    if (*shown)
        return;
    *shown = true;
    line(p, 2, str_from(p->lang == EXPLAIN_ZH ? zh : en));
}

static void why(struct page *p, const struct trace_unit *u)
{
    bool shown = false, refusal = u->d.policy->alts[u->d.alt].n_pays == 0;

    for (size_t i = 0; i < u->steps.n; i++) {
        const struct trace_step *step = &u->steps.at[i];
        if (step->kind != TRACE_ALTERNATIVE && step->kind != TRACE_CONDITION)
            continue;
        heading(p, &shown, "为什么：", "why:");
        if (step->kind == TRACE_ALTERNATIVE)
            alternative(p, step, refusal);
        else
            labelled(p, 6, step, false);
    }
}

static void calculation(struct page *p, const struct trace_unit *u)
{
    bool shown = false;

    for (size_t i = 0; i < u->steps.n; i++) {
        const struct trace_step *step = &u->steps.at[i];
        if (step->kind != TRACE_PAYMENT && step->kind != TRACE_VALUE)
            continue;
        heading(p, &shown, "怎么算：", "how it is worked out:");
        labelled(p, 4, step, true);
    }
}

/* ---- sources -------------------------------------------------------------------------------- */

static bool same_source(const struct trace_step *x, const struct trace_step *y)
{
    return x->kind == TRACE_PARAMETER && y->kind == TRACE_PARAMETER && x->place == y->place &&
           x->basis == y->basis && str_eq(x->text[EXPLAIN_ZH], y->text[EXPLAIN_ZH]);
}

/* Values that come from the same source stand together before it. */
static void values(struct page *p, const struct trace_unit *u, size_t from)
{
    const struct trace_step *first = &u->steps.at[from];

    sbuf_add_n(p->out, ' ', 4);
    for (size_t i = from; i < u->steps.n; i++) {
        const struct trace_step *step = &u->steps.at[i];
        if (!same_source(first, step))
            continue;
        if (i > from)
            put(p, "、", ", ");
        sbuf_add(p->out, step->label[p->lang]);
        sbuf_addc(p->out, ' ');
        sbuf_add(p->out, step->value[p->lang]);
    }
    colon(p);
    sbuf_add(p->out, first->text[p->lang]);
    if (first->basis) {
        if (!first->basis->assumed)
            put(p, "；", "; ");
        else
            put(p, "", " ");
        basis(p, first->basis);
    }
    sbuf_addc(p->out, '\n');
}

static void sources(struct page *p, const struct trace_policy *tp, const struct trace_unit *u)
{
    bool shown = false;

    if (tp->policy->basis) {
        heading(p, &shown, "依据：", "on what it rests:");
        sbuf_add_n(p->out, ' ', 4);
        basis(p, tp->policy->basis);
        sbuf_addc(p->out, '\n');
    }
    for (size_t i = 0; i < u->steps.n; i++) {
        bool before = false;
        if (u->steps.at[i].kind != TRACE_PARAMETER)
            continue;
        for (size_t k = 0; k < i && !before; k++)
            before = same_source(&u->steps.at[k], &u->steps.at[i]);
        heading(p, &shown, "依据：", "on what it rests:");
        if (!before)
            values(p, u, i);
    }
}

static void changes(struct page *p, const struct trace_unit *u)
{
    bool any = false;

    if (!u->searched)
        return;
    put(p, "  怎样会不同：\n", "  what would make a difference:\n");
    for (size_t i = 0; i < u->steps.n; i++) {
        if (u->steps.at[i].kind != TRACE_CHANGE)
            continue;
        any = true;
        line(p, 4, u->steps.at[i].text[p->lang]);
    }
    if (!u->all_searched)
        put(p, "    未能查遍所有可能。\n", "    Not everything could be searched.\n");
    else if (!any)
        put(p, "    单项改变无法改变结论。\n", "    No single change would turn it.\n");
}

/* ---- policies ------------------------------------------------------------------------------- */

static void unit(struct page *p, const struct trace_policy *tp, const struct trace_unit *u)
{
    put(p, "  结论", "  result");
    whose(p, u->d.member == ROW_SUBJECT ? 0 : u->d.member + 1);
    colon(p);
    sbuf_add(p->out, u->result[p->lang]);
    sbuf_addc(p->out, '\n');
    if (u->needs[p->lang].n) {
        put(p, "  还需：", "  still needed: ");
        sbuf_add(p->out, u->needs[p->lang]);
        sbuf_addc(p->out, '\n');
    }
    why(p, u);
    calculation(p, u);
    changes(p, u);
    sources(p, tp, u);
}

/* Members of whom there is no more to say than the result, those with the same together. */
static void others(struct page *p, const struct trace_policy *tp)
{
    for (size_t i = 0; i < tp->n_units; i++) {
        str result = tp->units[i].result[p->lang];
        bool before = tp->units[i].explained, more = false;
        for (size_t k = 0; k < i && !before; k++)
            before = !tp->units[k].explained && str_eq(tp->units[k].result[p->lang], result);
        if (before)
            continue;
        put(p, "  结论（", "  result (");
        for (size_t k = i; k < tp->n_units; k++) {
            if (tp->units[k].explained || !str_eq(tp->units[k].result[p->lang], result))
                continue;
            if (more)
                put(p, "、", ", ");
            sbuf_fmt(p->out, p->lang == EXPLAIN_ZH ? "成员%zu" : "member %zu", k + 1);
            more = true;
        }
        put(p, "）：", "): ");
        sbuf_add(p->out, result);
        sbuf_addc(p->out, '\n');
    }
}

static void policy(struct page *p, const struct trace_policy *tp)
{
    str name = word_label(p->say.r->a, p->lang, &tp->policy->label, tp->policy->name.text);
    bool same = true;

    sbuf_addc(p->out, '\n');
    sbuf_add(p->out, name);
    for (size_t i = 1; i < tp->n_units; i++)
        same = same && str_eq(tp->units[i].result[p->lang], tp->units[0].result[p->lang]);
    if (!tp->applies && tp->n_units && same) {
        colon(p);
        sbuf_add(p->out, tp->units[0].result[p->lang]);
        sbuf_addc(p->out, '\n');
        return;
    }
    sbuf_addc(p->out, '\n');
    for (size_t i = 0; i < tp->n_units; i++)
        if (tp->units[i].explained)
            unit(p, tp, &tp->units[i]);
    others(p, tp);
}

enum rc explain_text_bound(const struct binding *bind, const struct block *b, size_t row, str who,
                           enum explain_lang lang, struct sbuf *out, struct err *err)
{
    struct arena a;
    struct row r = {.a = &a};
    struct page p = {.out = out, .lang = lang, .say = {.r = &r, .lang = lang}};
    struct trace *t;
    char m[8];
    enum rc rc;

    arena_init(&a, 0);
    rc = trace_build(bind, b, row, &a, &t, err);
    if (rc == RC_OK) {
        sbuf_init(&p.say.out, 1 << 20);
        sbuf_add(out, who);
        put(&p, "，", ", ");
        sbuf_addz(out, month_text(t->month, m));
        if (t->place) {
            put(&p, "，", ", ");
            sbuf_add(out, word_label(&a, lang, &t->place->label, t->place->name.text));
        }
        sbuf_addc(out, '\n');
        for (size_t i = 0; i < t->n_policies; i++)
            policy(&p, &t->policies[i]);
        sbuf_deinit(&p.say.out);
    }
    arena_deinit(&a);
    return rc;
}

enum rc explain_text(struct program *p, const struct block *b, size_t row, str who,
                     enum explain_lang lang, struct sbuf *out, struct err *err)
{
    return explain_text_bound(program_binding(p), b, row, who, lang, out, err);
}
