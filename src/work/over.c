/* See over.h. */
#include "work/over.h"

/* The service by which the programme is applied for. */
static const struct service *application_for(const struct rules *rules, const struct policy *p,
                                             bool of_member)
{
    for (size_t i = 0; i < rules->services.n; i++) {
        const struct service *s = rules->services.at[i];
        for (size_t k = 0; s->form == SERVICE_APPLICATION && k < s->n_decides; k++)
            if (s->policies[k] == p && s->of_member == of_member)
                return s;
    }
    return NULL;
}

enum rc over_task(struct change *c, void *ctx, const struct edit_over *o, struct err *err)
{
    enum { WARN = 5 };
    const struct over_ctx *g = ctx;
    const struct rules *rules = g->rules;
    const struct policy *p = rules_policy(rules, o->programme);
    if (p == NULL)
        return RC_OK;
    const struct service *s = application_for(rules, p, o->person != 0);
    str zh = p->label.zh.n > 0 ? p->label.zh : p->name.text;
    str en = p->label.en.n > 0 ? p->label.en : p->name.text;
    struct task t = {.kind = S("review"),
                     .ref_id = o->person != 0 ? o->person : o->household,
                     .step = s != NULL ? s->name.text : p->name.text,
                     .household_id = o->household,
                     .person_id = o->person,
                     .division = o->division / 1000 * 1000,
                     .role = ROLE_CLERK,
                     .line = p->line,
                     .title = str_fmt(g->a, "待遇接续：%.*s", STR_ARG(zh)),
                     .title_en = str_fmt(g->a, "take over: %.*s", STR_ARG(en)),
                     .subject = o->name,
                     .opened = g->today,
                     .due = month_first(date_month(g->today) + 1) - 1,
                     .unit = IN_DAYS};
    t.warn = t.due - WARN;
    return task_put(c, &t, err);
}
