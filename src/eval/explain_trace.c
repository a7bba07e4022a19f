/*
 * Building the trace: each policy's outcome walked in the order in which it was decided, then what
 * its sentences and calculations mentioned, each once over the whole explanation.
 */
#include "eval/trace.h"

#include <inttypes.h>

/* The same text is made once in each language; what they mention is noted by the Chinese one. */
struct builder {
    struct trace *t;
    struct row *r;
    struct say say[TRACE_LANGS];
    struct trace_unit *u; /* being built */
};

#define EACH_LANG(b, s) for (struct say *s = (b)->say; s < (b)->say + TRACE_LANGS; s++)

static struct trace_step *step_new(struct builder *b, enum trace_kind kind, str name)
{
    struct trace_step *step = VEC_PUSH(b->r->a, &b->u->steps);

    step->kind = kind;
    step->name = name;
    return step;
}

static uint32_t number_of(uint32_t member)
{
    return member == ROW_SUBJECT ? 0 : member + 1;
}

static void label_step(struct builder *b, struct trace_step *step, const struct label *l, str name)
{
    EACH_LANG(b, s)
    step->label[s->lang] = word_label(b->r->a, s->lang, l, name);
}

/* ---- result --------------------------------------------------------------------------------- */

static void say_paid(struct say *s, const struct policy *p, int64_t fen)
{
    char text[32];

    if (fen == AMOUNT_OPEN) {
        say_zh_en(s, "金额尚不能确定", "amount still open");
        return;
    }
    say_zh_en(s, p->on_application ? "一次 " : "每月 ", "");
    sbuf_addz(&s->out, money_text(fen, true, text));
    say_zh_en(s, " 元", p->on_application ? " yuan, once" : " yuan a month");
    if (fen == 0)
        say_zh_en(s, "（不足一分，不发放）", " (under one fen, so nothing is paid)");
}

/* Who is only recognised is paid 0.00, written out: there is no amount to tell. */
static bool only_recognised(const struct alternative *alt)
{
    for (size_t i = 0; i < alt->n_pays; i++)
        if (alt->pays[i].value->op != E_LIT || alt->pays[i].value->lit.i != 0)
            return false;
    return true;
}

/* Conditions that failed are told from reasons that hold. */
static void say_reasons(struct say *s, const struct determination *d, uint64_t bits, const char *zh,
                        const char *en)
{
    const struct policy *p = d->policy;
    bool first = true;

    for (size_t i = 0; i < p->n_reasons; i++) {
        if (!(d->reasons & bits & UINT64_C(1) << i))
            continue;
        if (first)
            say_zh_en(s, zh, en);
        else
            say_zh_en(s, "、", ", ");
        say_label(s, &p->reason_labels[i], p->reason_names[i].text);
        first = false;
    }
}

static bool refused(const struct determination *d)
{
    return !d->undecided && d->policy->alts[d->alt].n_pays == 0;
}

static void say_result(struct say *s, const struct determination *d, uint64_t failed)
{
    if (d->undecided) {
        say_zh_en(s, "尚不能确定", "not decided yet");
        return;
    }
    sbuf_add(&s->out, word_outcome(s->r->a, s->lang, d->policy, d->alt));
    if (d->has_subject_pay && !only_recognised(&d->policy->alts[d->alt])) {
        say_zh_en(s, "，", ", ");
        say_paid(s, d->policy, d->subject_fen);
    }
    for (size_t i = 0; i < d->n_member_pays && !only_recognised(&d->policy->alts[d->alt]); i++) {
        say_zh_en(s, i ? "；" : "，", i ? "; " : ", ");
        say_member(s, d->member_pays[i].member);
        say_zh_en(s, " ", ": ");
        say_paid(s, d->policy, d->member_pays[i].fen);
    }
    if (!refused(d))
        return;
    say_reasons(s, d, failed, "，不符合：", ", not met: ");
    say_reasons(s, d, ~failed, "，因为：", ", because of: ");
}

/* ---- alternatives --------------------------------------------------------------------------- */

static enum trace_state state_of(const struct row_unit *u, size_t number)
{
    if (u->held >> number & 1)
        return TRACE_HOLDS;
    return u->failed >> number & 1 ? TRACE_FAILS : TRACE_OPEN;
}

static void say_open(struct say *s, struct need_node *needs)
{
    size_t n;
    struct need *all = row_needs(s->r, needs, &n);

    say_zh_en(s, "尚不能确定，还需：", "can't be told yet; still needed: ");
    say_needs(s, all, n);
}

static void condition_step(struct builder *b, const struct row_unit *u, const struct named *c,
                           size_t number, struct row_at at)
{
    struct trace_step *step = step_new(b, TRACE_CONDITION, c->name.text);

    label_step(b, step, &c->label, c->name.text);
    step->state = state_of(u, number);
    step->basis = c->basis;
    step->member = number_of(at.who);
    EACH_LANG(b, s)
    {
        if (step->state == TRACE_OPEN)
            say_open(s, u->unknown ? u->unknown[number] : NULL);
        else
            say_sentence(s, c->expr, at);
        step->text[s->lang] = say_take(s);
    }
}

/* Of the alternative that holds all conditions; of one that failed what failed or is open. */
static void alternative_steps(struct builder *b, const struct policy *p, const struct row_unit *u,
                              size_t i, struct row_at at)
{
    const struct alternative *alt = &p->alts[i];
    bool last = i == u->alt;
    struct trace_step *step = step_new(b, TRACE_ALTERNATIVE, alt->name.text);

    step->state = !last ? TRACE_FAILS : u->undecided ? TRACE_OPEN : TRACE_HOLDS;
    step->member = number_of(at.who);
    EACH_LANG(b, s)
    step->label[s->lang] = word_outcome(b->r->a, s->lang, p, i);
    for (size_t k = 0; k < alt->n_conds; k++) {
        size_t number = alt->first_cond + k;
        if (last || !(u->held >> number & 1))
            condition_step(b, u, &alt->conds[k], number, at);
    }
}

static void why_steps(struct builder *b, const struct policy *p, const struct row_unit *u,
                      struct row_at at)
{
    for (size_t i = 0; i <= u->alt; i++) {
        const struct alternative *alt = &p->alts[i];
        if (!(u->tried >> i & 1) || alt->n_conds == 0)
            continue;
        /* A refusal that doesn't apply is of no interest. */
        if (i == u->alt || alt->n_pays)
            alternative_steps(b, p, u, i, at);
    }
}

/* ---- payments ------------------------------------------------------------------------------- */

static void payment_step(struct builder *b, const struct pay *pay, struct row_at at)
{
    static const struct label monthly = {.zh = {"每月金额", sizeof "每月金额" - 1},
                                         .en = {"monthly amount", sizeof "monthly amount" - 1}};
    static const struct label once = {.zh = {"一次金额", sizeof "一次金额" - 1},
                                      .en = {"single sum", sizeof "single sum" - 1}};
    struct trace_step *step = step_new(b, TRACE_PAYMENT, S(""));
    struct val v = row_value(b->r, pay->value, at);

    label_step(b, step, pay->value->type.kind == K_MONEY ? &once : &monthly, S(""));
    step->member = number_of(at.who);
    step->state = v.form == VAL_UNKNOWN ? TRACE_OPEN : TRACE_HOLDS;
    EACH_LANG(b, s)
    {
        if (v.form == VAL_UNKNOWN)
            say_open(s, v.needs);
        else
            say_calculation(s, pay->value, at);
        step->text[s->lang] = say_take(s);
        say_val(s, pay->value->type, v);
        step->value[s->lang] = say_take(s);
    }
}

static void pay_steps(struct builder *b, const struct alternative *alt, struct row_at at)
{
    for (size_t i = 0; i < alt->n_pays; i++) {
        const struct pay *pay = &alt->pays[i];
        if (pay->form != PAY_EACH) {
            payment_step(b, pay, at);
            continue;
        }
        for (uint32_t m = 0; m < b->r->n_members; m++)
            if (!val_is(row_set_has(b->r, pay->set, m, at), 0))
                payment_step(b, pay, row_set_at(pay->set, m, at));
    }
}

/* ---- what was used -------------------------------------------------------------------------- */

static void definition_step(struct builder *b, const struct trace_use *use)
{
    const struct def *d = use->def;
    struct trace_step *step = step_new(b, TRACE_VALUE, d->name.text);
    bool value = d->form == DEF_VALUE || d->form == DEF_CHOICE;
    struct val v = value ? row_def(b->r, d, use->at) : val_plain(0);

    label_step(b, step, &d->label, d->name.text);
    step->member = number_of(use->at.who);
    step->basis = d->basis;
    step->state = v.form == VAL_UNKNOWN ? TRACE_OPEN : TRACE_HOLDS;
    EACH_LANG(b, s)
    {
        if (v.form == VAL_UNKNOWN)
            say_open(s, v.needs);
        else
            say_definition(s, d, use->at);
        step->text[s->lang] = say_take(s);
        if (!value)
            continue;
        say_val(s, d->type, v);
        step->value[s->lang] = say_take(s);
    }
}

static void field_step(struct builder *b, const struct trace_use *use)
{
    const struct field *f = use->field;
    struct trace_step *step = step_new(b, TRACE_VALUE, f->name.text);
    struct val v = row_field(b->r, f, use->at.who);

    label_step(b, step, &f->label, f->name.text);
    step->member = number_of(use->at.who);
    step->basis = f->basis;
    step->state = v.form == VAL_UNKNOWN ? TRACE_OPEN : TRACE_HOLDS;
    EACH_LANG(b, s)
    {
        if (v.form == VAL_UNKNOWN)
            say_open(s, v.needs);
        else
            say_calculation(s, f->value, use->at);
        step->text[s->lang] = say_take(s);
        say_val(s, f->type, v);
        step->value[s->lang] = say_take(s);
    }
}

static void total_step(struct builder *b, const struct trace_use *use)
{
    struct trace_step *step = step_new(b, TRACE_VALUE, S(""));
    struct val v = row_value(b->r, use->total, use->at);

    step->state = v.form == VAL_UNKNOWN ? TRACE_OPEN : TRACE_HOLDS;
    EACH_LANG(b, s)
    {
        say_name(s, use->total);
        step->label[s->lang] = say_take(s);
        say_total(s, use->total, use->at);
        step->text[s->lang] = say_take(s);
        say_val(s, use->total->type, v);
        step->value[s->lang] = say_take(s);
    }
}

static const struct place *place_of(const struct rules *rules, const struct place_set *set)
{
    for (size_t i = 0; i < rules->places.n; i++) {
        const struct place *p = rules->places.at[i];
        if (set >= p->sets && set < p->sets + p->n_sets)
            return p;
    }
    return NULL;
}

static void say_key(struct say *s, const struct param *p, size_t key)
{
    const struct code *code = NULL;

    if (p->by_field)
        code = p->by_field->type.code;
    else if (p->by_def && p->by_def->form == DEF_GROUNDS)
        say_label(s, &p->by_def->grounds[key].label, p->by_def->grounds[key].name.text);
    else if (p->by_def)
        code = p->by_def->type.code;
    if (code)
        say_label(s, &code->values[key].label, code->values[key].name.text);
}

/* 攀枝花市（市辖区），2020-01 起；… */
static void say_source(struct say *s, const struct param *p, const struct trace_step *step)
{
    const struct place_set *set = step->set;
    char m[8];

    if (p->basis) {
        say_basis(s, p->basis);
        say_zh_en(s, "；", "; ");
    }
    if (!set) {
        say_zh_en(s, "为本次测算所设", "given for this question only");
        return;
    }
    say_label(s, &step->place->label, step->place->name.text);
    for (size_t i = 0; set->area.text.n && i < step->place->n_areas; i++) {
        const struct place_area *area = &step->place->areas[i];
        if (!str_eq(area->name.text, set->area.text))
            continue;
        say_zh_en(s, "（", " (");
        say_label(s, &area->label, area->name.text);
        say_zh_en(s, "）", ")");
    }
    say_zh_en(s, "，", ", from ");
    sbuf_addz(&s->out, month_text(set->from, m));
    say_zh_en(s, " 起", "");
}

static void parameter_step(struct builder *b, const struct trace_use *use)
{
    const struct param *p = use->param;
    struct trace_step *step = step_new(b, TRACE_PARAMETER, p->name.text);
    const struct bound_param *bp = &b->r->bind->params[p->index];
    const struct literal *l = bp->values[use->key];
    struct val v = val_number(rat_int(0));

    step->set = bp->sets[use->key];
    if (step->set) {
        step->place = place_of(b->r->bind->rules, step->set);
        step->basis = step->set->basis;
        if (!step->basis && step->place)
            step->basis = step->place->basis;
    }
    if (p->type.kind == K_RATE)
        v.num = rat_of(l->num, l->den);
    else if (p->type.kind == K_CODE || p->type.kind == K_BOOL || p->type.kind == K_DATE ||
             p->type.kind == K_MONTH)
        v = val_plain(l->i);
    else
        v.num = rat_int(l->i);
    EACH_LANG(b, s)
    {
        say_label(s, &p->label, p->name.text);
        if (p->n_keys > 1) {
            say_zh_en(s, "（", " (");
            say_key(s, p, use->key);
            say_zh_en(s, "）", ")");
        }
        step->label[s->lang] = say_take(s);
        say_val(s, p->type, v);
        step->value[s->lang] = say_take(s);
        say_source(s, p, step);
        step->text[s->lang] = say_take(s);
    }
}

/* Explaining one thing may mention further ones, which come behind. */
static void used_steps(struct builder *b)
{
    struct say *s = &b->say[EXPLAIN_ZH];
    size_t from = s->used;

    for (; s->used < s->uses.n; s->used++) {
        struct trace_use use = s->uses.at[s->used];
        if (use.kind == USE_DEF)
            definition_step(b, &use);
        else if (use.kind == USE_FIELD)
            field_step(b, &use);
        else if (use.kind == USE_TOTAL)
            total_step(b, &use);
    }
    for (; from < s->uses.n; from++)
        if (s->uses.at[from].kind == USE_PARAM)
            parameter_step(b, &s->uses.at[from]);
}

/* ---- changes -------------------------------------------------------------------------------- */

static enum rc change_steps(struct builder *b, size_t row, struct err *err)
{
    struct change_found *found;
    size_t n;

    TRY(row_changes_bound(b->r->bind, b->r->block, row, &b->u->d, b->r->a, &found, &n,
                          &b->u->all_searched, err));
    b->u->searched = true;
    for (size_t i = 0; i < n;) {
        struct trace_step *step = step_new(b, TRACE_CHANGE, found[i].change.field->name.text);
        size_t same = 1;
        while (i + same < n && found[i + same].change.field == found[i].change.field &&
               found[i + same].change.member == found[i].change.member &&
               found[i + same].change.outcome == found[i].change.outcome)
            same++;
        label_step(b, step, &found[i].change.field->label, found[i].change.field->name.text);
        step->member = number_of(found[i].change.member);
        EACH_LANG(b, s)
        {
            say_changes(s, b->u, &found[i], same);
            step->text[s->lang] = say_take(s);
        }
        i += same;
    }
    return RC_OK;
}

/* ---- units and policies --------------------------------------------------------------------- */

/*
 * A policy of members says by its first condition whom it is for. Who fails that one is told so in a
 * line; who passes it and is refused all the same is owed an explanation.
 */
static bool meant_for(const struct policy *p, const struct row_unit *u)
{
    for (size_t i = 0; i <= u->alt; i++) {
        const struct alternative *alt = &p->alts[i];
        if ((u->tried >> i & 1) && alt->n_pays && alt->n_conds > 1 &&
            (u->held >> alt->first_cond & 1))
            return true;
    }
    return false;
}

static enum rc unit_build(struct builder *b, const struct policy *p, uint32_t who, size_t row,
                          struct trace_unit *out, struct err *err)
{
    const struct row_unit *u;
    struct row_at at = row_unit_at(p, who);

    b->u = out;
    TRY(row_determination(b->r, p, who, &out->d, err));
    u = row_unit(b->r, p, who);
    EACH_LANG(b, s)
    {
        say_result(s, &out->d, u->failed);
        out->result[s->lang] = say_take(s);
        say_needs(s, out->d.needs, out->d.n_needs);
        out->needs[s->lang] = say_take(s);
    }
    out->explained = !refused(&out->d) || !p->of_member || meant_for(p, u);
    if (!out->explained)
        return RC_OK;
    why_steps(b, p, u, at);
    if (!out->d.undecided)
        pay_steps(b, &p->alts[u->alt], at);
    used_steps(b);
    return refused(&out->d) ? change_steps(b, row, err) : RC_OK;
}

static enum rc policy_build(struct builder *b, const struct policy *p, size_t row,
                            struct trace_policy *out, struct err *err)
{
    out->policy = p;
    out->n_units = p->of_member ? b->r->n_members : 1;
    out->units = NEW_N(b->r->a, struct trace_unit, out->n_units + 1);
    for (uint32_t i = 0; i < out->n_units; i++) {
        TRY(unit_build(b, p, p->of_member ? i : ROW_SUBJECT, row, &out->units[i], err));
        out->applies |= out->units[i].explained;
    }
    return RC_OK;
}

enum rc trace_build(const struct binding *bind, const struct block *block, size_t row,
                    struct arena *a, struct trace **out, struct err *err)
{
    struct trace *t = NEW(a, struct trace);
    struct builder b = {.t = t};
    enum rc rc = RC_OK;
    struct row r;

    row_open(&r, bind, block, row, a);
    b.r = &r;
    t->month = bind->month;
    t->division = bind->division;
    t->place = bind_place(bind->rules, bind->division);
    t->n_policies = bind->n_policies;
    t->policies = NEW_N(a, struct trace_policy, bind->n_policies + 1);
    for (size_t i = 0; i < TRACE_LANGS; i++) {
        b.say[i].r = &r;
        b.say[i].lang = (enum explain_lang)i;
        sbuf_init(&b.say[i].out, 1 << 20);
    }
    for (size_t i = 0; i < bind->n_policies && rc == RC_OK; i++)
        rc = policy_build(&b, bind->policies[i], row, &t->policies[i], err);
    for (size_t i = 0; i < TRACE_LANGS; i++)
        sbuf_deinit(&b.say[i].out);
    *out = t;
    return rc;
}
