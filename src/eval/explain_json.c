/* The trace as JSON, for pages: every text in both languages, steps in the order of the trace. */
#include "eval/trace.h"

static void both(struct json *j, const char *key, const str text[TRACE_LANGS])
{
    if (text[EXPLAIN_ZH].n == 0 && text[EXPLAIN_EN].n == 0)
        return;
    json_key(j, key);
    json_obj(j);
    json_key(j, "zh");
    json_str(j, text[EXPLAIN_ZH]);
    json_key(j, "en");
    json_str(j, text[EXPLAIN_EN]);
    json_obj_end(j);
}

static void label(struct json *j, const char *key, const struct label *l)
{
    str text[TRACE_LANGS];

    text[EXPLAIN_ZH] = l->zh;
    text[EXPLAIN_EN] = l->en;
    both(j, key, text);
}

static void text(struct json *j, const char *key, str s)
{
    json_key(j, key);
    json_str(j, s);
}

static void basis(struct json *j, const struct basis *b)
{
    if (!b)
        return;
    json_key(j, "basis");
    json_arr(j);
    for (; b; b = b->next) {
        json_obj(j);
        text(j, b->assumed ? "assumed" : "law", b->text);
        if (b->n_articles) {
            json_key(j, "articles");
            json_arr(j);
            for (size_t i = 0; i < b->n_articles; i++) {
                json_arr(j);
                json_int(j, b->articles[i].first);
                json_int(j, b->articles[i].last);
                json_arr_end(j);
            }
            json_arr_end(j);
        }
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void step(struct json *j, const struct trace_step *s)
{
    static const char *const kinds[] = {
        [TRACE_ALTERNATIVE] = "alternative", [TRACE_CONDITION] = "condition",
        [TRACE_PAYMENT] = "payment",         [TRACE_VALUE] = "value",
        [TRACE_PARAMETER] = "parameter",     [TRACE_CHANGE] = "change"};
    static const char *const states[] = {
        [TRACE_HOLDS] = "holds", [TRACE_FAILS] = "fails", [TRACE_OPEN] = "open"};

    json_obj(j);
    text(j, "kind", str_from(kinds[s->kind]));
    if (s->kind == TRACE_ALTERNATIVE || s->kind == TRACE_CONDITION)
        text(j, "state", str_from(states[s->state]));
    if (s->name.n)
        text(j, "name", s->name);
    if (s->member) {
        json_key(j, "member");
        json_int(j, s->member);
    }
    both(j, "label", s->label);
    both(j, "text", s->text);
    both(j, "value", s->value);
    if (s->place)
        text(j, "place", s->place->name.text);
    basis(j, s->basis);
    json_obj_end(j);
}

static void amount(struct json *j, const char *key, int64_t fen)
{
    json_key(j, key);
    if (fen == AMOUNT_OPEN)
        json_nil(j);
    else
        json_int(j, fen);
}

static void result(struct json *j, const struct determination *d)
{
    const struct policy *p = d->policy;

    json_key(j, "outcome");
    if (d->undecided)
        json_nil(j);
    else
        json_str(j, p->alts[d->alt].name.text);
    json_key(j, "reasons");
    json_arr(j);
    for (size_t i = 0; i < p->n_reasons; i++)
        if (d->reasons >> i & 1)
            json_str(j, p->reason_names[i].text);
    json_arr_end(j);
    if (d->has_subject_pay)
        amount(j, "fen", d->subject_fen);
    json_key(j, "member_payments");
    json_arr(j);
    for (size_t i = 0; i < d->n_member_pays; i++) {
        json_obj(j);
        json_key(j, "member");
        json_int(j, (int64_t)d->member_pays[i].member + 1);
        amount(j, "fen", d->member_pays[i].fen);
        json_obj_end(j);
    }
    json_arr_end(j);
}

void trace_steps_json(const struct trace_unit *u, struct json *j)
{
    json_arr(j);
    for (size_t i = 0; i < u->steps.n; i++)
        step(j, &u->steps.at[i]);
    json_arr_end(j);
}

void trace_basis_json(const struct basis *b, struct json *j)
{
    basis(j, b);
}

static void unit(struct json *j, const struct trace_unit *u)
{
    json_obj(j);
    if (u->d.member != ROW_SUBJECT) {
        json_key(j, "member");
        json_int(j, (int64_t)u->d.member + 1);
    }
    result(j, &u->d);
    both(j, "result", u->result);
    both(j, "needs", u->needs);
    json_key(j, "steps");
    trace_steps_json(u, j);
    if (u->searched) {
        json_key(j, "all_searched");
        json_bool(j, u->all_searched);
    }
    json_obj_end(j);
}

void trace_json(const struct trace *t, struct json *j)
{
    char m[8];

    json_obj(j);
    text(j, "month", str_from(month_text(t->month, m)));
    if (t->place)
        text(j, "place", t->place->name.text);
    json_key(j, "division");
    json_id(j, t->division);
    json_key(j, "policies");
    json_arr(j);
    for (size_t i = 0; i < t->n_policies; i++) {
        const struct trace_policy *p = &t->policies[i];
        json_obj(j);
        text(j, "name", p->policy->name.text);
        label(j, "label", &p->policy->label);
        basis(j, p->policy->basis);
        json_key(j, "applies");
        json_bool(j, p->applies);
        json_key(j, "units");
        json_arr(j);
        for (size_t k = 0; k < p->n_units; k++)
            unit(j, &p->units[k]);
        json_arr_end(j);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
}
