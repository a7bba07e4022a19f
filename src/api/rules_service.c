/* See rules_json.h: services with their steps, limits and papers. */
#include "api/people_json.h"
#include "api/rules_json.h"

static void deadline(struct json *j, const char *key, const struct deadline *d)
{
    json_key(j, key);
    if (d->n == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    JSON_INT(j, "n", d->n);
    JSON_STR(j, "unit", unit_word(d->unit));
    rules_basis(j, d->basis);
    json_obj_end(j);
}

static const char *level(enum place_level at)
{
    static const char *const words[] = {"none", "city", "county", "township", "village"};

    return words[at];
}

static void form_label(struct json *j, enum step_form f)
{
    static const struct {
        const char *en, *zh;
    } labels[] = {
#define STEP_FORM(name, word, english, chinese) {english, chinese},
#include "lang/step_form.def"
#undef STEP_FORM
    };

    people_both(j, "form", str_from(labels[f].zh), str_from(labels[f].en));
}

static void steps(struct json *j, const struct service *s)
{
    json_key(j, "steps");
    json_arr(j);
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct service_step *p = &s->steps[i];
        json_obj(j);
        rules_named(j, p->name.text, &p->label);
        form_label(j, p->form);
        JSON_STR(j, "at", str_from(level(p->at)));
        JSON_STR(j, "role", p->role.text);
        deadline(j, "within", &p->within);
        deadline(j, "lasts", &p->lasts);
        json_key(j, "since");
        if (p->since_step != SIZE_MAX && p->since.text.n > 0)
            json_label(j, &s->steps[p->since_step].label);
        else
            json_nil(j);
        JSON_BOOL(j, "may_delegate", p->may_delegate);
        rules_basis(j, p->basis);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void papers(struct json *j, const struct service *s)
{
    static const char *const sources[] = {"applicant", "office", "promise"};

    json_key(j, "papers");
    json_arr(j);
    for (size_t i = 0; i < s->n_papers; i++) {
        const struct service_paper *p = &s->papers[i];
        json_obj(j);
        rules_named(j, p->name.text, &p->label);
        JSON_STR(j, "source", str_from(sources[p->source]));
        json_key(j, "only_for");
        if (p->only_for.zh.n > 0)
            json_label(j, &p->only_for);
        else
            json_nil(j);
        rules_basis(j, p->basis);
        json_obj_end(j);
    }
    json_arr_end(j);
}

void rules_service_json(struct call *c, const struct service *s)
{
    static const char *const forms[] = {"application", "review", "change"};
    struct json *j = &c->json;

    json_obj(j);
    rules_named(j, s->name.text, &s->label);
    JSON_STR(j, "line", s->line);
    JSON_STR(j, "form", str_from(forms[s->form]));
    json_key(j, "applicant");
    json_label(j, &s->applicant);
    json_key(j, "decides");
    json_arr(j);
    for (size_t i = 0; i < s->n_decides; i++)
        json_str(j, s->decides[i].text);
    json_arr_end(j);
    deadline(j, "within", &s->within);
    deadline(j, "delegated", &s->delegated);
    deadline(j, "extended", &s->extended);
    deadline(j, "supplement_within", &s->supplement_within);
    deadline(j, "papers_within", &s->papers_within);
    rules_basis(j, s->basis);
    steps(j, s);
    papers(j, s);
    rules_source_json(c, S("service"), s->name.text);
    json_obj_end(j);
}
