/* How a change that would turn a refusal is said to the family. */
#include "eval/trace.h"

static struct val change_val(const struct field *f, int64_t v)
{
    if (f->type.kind == K_CODE || f->type.kind == K_BOOL)
        return val_plain(v);
    return val_number(rat_int(v));
}

static void say_amount(struct say *s, const struct field *f, int64_t v)
{
    say_val(s, f->type, change_val(f, v));
    if (word_in_yuan(f->type.kind))
        say_zh_en(s, " 元", " yuan");
}

/* The new value: itself, or everything from it on. */
static void say_to(struct say *s, const struct change_found *c)
{
    bool up = c->change.to > c->change.from;

    if (!c->beyond)
        say_zh_en(s, "为 ", " were ");
    else if (up)
        say_zh_en(s, "不低于 ", " were at least ");
    else
        say_zh_en(s, "不高于 ", " were at most ");
    say_amount(s, c->change.field, c->change.to);
}

static void say_from(struct say *s, const struct turn *c)
{
    if (c->was_unknown) {
        say_zh_en(s, "（现在未知）", " (now not known)");
        return;
    }
    say_zh_en(s, "（现为 ", " (now ");
    say_amount(s, c->field, c->from);
    say_zh_en(s, "）", ")");
}

/* Outcomes are values of the code; any alternative that gives this one has the label. */
static void say_outcome(struct say *s, const struct policy *p, uint8_t outcome)
{
    for (size_t i = 0; i < p->n_alts; i++) {
        if (p->alts[i].value != outcome)
            continue;
        sbuf_add(&s->out, word_outcome(s->r->a, s->lang, p, i));
        return;
    }
}

void say_changes(struct say *s, const struct trace_unit *u, const struct change_found *c, size_t n)
{
    const struct turn *x = &c->change;

    say_zh_en(s, "若 ", "If ");
    say_label(s, &x->field->label, x->field->name.text);
    say_whose(s, x->member);
    if (x->field->type.kind == K_BOOL || x->field->type.kind == K_CODE) {
        say_zh_en(s, "为 ", " were ");
        for (size_t i = 0; i < n; i++) {
            if (i)
                say_zh_en(s, " 或 ", " or ");
            say_amount(s, x->field, c[i].change.to);
        }
    } else {
        say_to(s, c);
    }
    say_from(s, x);
    say_zh_en(s, "，则为 ", ", the outcome would be ");
    say_outcome(s, u->d.policy, x->outcome);
    say_zh_en(s, "。", ".");
}
