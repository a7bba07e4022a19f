/* What changed between the township's opinion and now, for those who decide. */
#include "work/case_in.h"
#include "work/effect.h"

typedef VEC(struct case_difference) differences;

static const struct case_event *event_of(const struct case_whole *k, int64_t seq)
{
    for (size_t i = 0; i < k->n_events; i++)
        if (k->events[i].seq == seq)
            return &k->events[i];
    return NULL;
}

static str sum_of(bool grant, int64_t fen, bool en, struct arena *a)
{
    if (!grant)
        return en ? S("nothing") : S("不予救助");
    return str_fmt(a, en ? "%.*s" : "%.*s元", STR_ARG(fen_text(fen, a)));
}

static void sums(const struct case_whole *k, const struct case_proposal *p, struct arena *a,
                 differences *out)
{
    const struct case_opinion *o = &k->state->opinion;
    for (size_t i = 0; i < o->n_lines; i++)
        for (size_t u = 0; u < p->n; u++) {
            const struct case_line *l = &o->lines[i];
            const struct case_unit *now = &p->units[u];
            if (!str_eq(l->programme, now->policy->name.text) || l->person_id != now->person_id ||
                (l->grant == now->fits && (!l->grant || l->fen == now->fen)))
                continue;
            *VEC_PUSH(a, out) = (struct case_difference){
                str_fmt(a, "%.*s：初审时%.*s，现为%.*s", STR_ARG(now->policy->label.zh),
                        STR_ARG(sum_of(l->grant, l->fen, false, a)),
                        STR_ARG(sum_of(now->fits, now->fen, false, a))),
                str_fmt(a, "%.*s: %.*s at the opinion, %.*s now",
                        STR_ARG(now->policy->label.en.n > 0 ? now->policy->label.en
                                                            : now->policy->name.text),
                        STR_ARG(sum_of(l->grant, l->fen, true, a)),
                        STR_ARG(sum_of(now->fits, now->fen, true, a)))};
        }
}

/* The same line of the calculation then; NULL: there was none. */
static const json_t *seen_then(const json_t *seen, str key)
{
    for (size_t i = 0; i < json_array_size(seen); i++)
        if (str_eq(case_text(json_array_get(seen, i), "key"), key))
            return json_array_get(seen, i);
    return NULL;
}

str case_seen_key(const struct case_unit *u, size_t step, struct arena *a)
{
    const struct trace_step *all = u->unit->steps.at, *s = &all[step];
    int way = 0; /* conditions of one name stand in several alternatives */
    if (s->kind != TRACE_VALUE && s->kind != TRACE_CONDITION)
        return S("");
    for (size_t i = 0; s->kind == TRACE_CONDITION && i < step; i++)
        way += all[i].kind == TRACE_ALTERNATIVE;
    str name = s->name.n > 0 ? s->name : s->label[EXPLAIN_ZH];
    return str_fmt(a, "%.*s/%lld/%d/%.*s/%u", STR_ARG(u->policy->name.text),
                   (long long)u->person_id, way, STR_ARG(name), s->member);
}

static void lines(const struct case_proposal *p, const json_t *seen, struct arena *a,
                  differences *out)
{
    for (size_t u = 0; u < p->n; u++)
        for (size_t i = 0; i < p->units[u].unit->steps.n; i++) {
            const struct trace_step *s = &p->units[u].unit->steps.at[i];
            str key = case_seen_key(&p->units[u], i, a);
            const json_t *then = key.n > 0 ? seen_then(seen, key) : NULL;
            if (then == NULL || str_eq(case_text(then, "zh"), s->text[EXPLAIN_ZH]))
                continue;
            *VEC_PUSH(a, out) = (struct case_difference){
                str_fmt(a, "%.*s（初审时：%.*s）", STR_ARG(s->text[EXPLAIN_ZH]),
                        STR_ARG(case_text(then, "zh"))),
                str_fmt(a, "%.*s (at the opinion: %.*s)", STR_ARG(s->text[EXPLAIN_EN]),
                        STR_ARG(case_text(then, "en")))};
        }
}

size_t case_changed(const struct case_whole *k, const struct case_proposal *p, struct arena *a,
                    struct case_difference **out)
{
    differences all = {0};
    const struct case_event *e =
        k->state->opinion.seq != 0 ? event_of(k, k->state->opinion.seq) : NULL;
    if (e == NULL)
        return 0;
    sums(k, p, a, &all);
    lines(p, json_object_get(e->data, "seen"), a, &all);
    *out = all.at;
    return all.n;
}
