/* What a synthetic population needs to know of the rules in force: it is made around their lines. */
#include <string.h>

#include "cmd/synth.h"

struct finder {
    const struct rules *rules;
    struct synth_rules *out;
    struct err *err;
    bool failed;
};

static void lacking(struct finder *f, const char *what, str name)
{
    if (!f->failed)
        err_set(f->err, RC_RULE,
                "the rules in force have no %s “%.*s”: a synthetic population is made of the "
                "lines people, assistance and disability",
                what, STR_ARG(name));
    f->failed = true;
}

static struct field *field_in(struct finder *f, struct reg *reg, const char *name, enum kind kind)
{
    struct field *field = reg != NULL ? reg_field(reg, str_from(name)) : NULL;
    if (field != NULL && field->type.kind == kind)
        return field;
    lacking(f, "field", str_from(name));
    return NULL;
}

static int64_t index_in(struct finder *f, const struct field *field, const char *name)
{
    long i = field != NULL ? code_index(field->type.code, str_from(name)) : -1;
    if (i < 0)
        lacking(f, "code value", str_from(name));
    return i < 0 ? 0 : i;
}

static struct param *param_in(struct finder *f, const struct policy *p, const char *name)
{
    for (size_t i = 0; p != NULL && i < p->n_params; i++)
        if (str_eq(p->params[i]->name.text, str_from(name)))
            return p->params[i];
    lacking(f, "parameter", str_from(name));
    return NULL;
}

/* A parameter's value in the place as a whole. */
static const struct literal *value_in(struct finder *f, const struct policy *p, const char *name,
                                      size_t key)
{
    static const struct literal one = {.i = 1, .num = 1, .den = 1};
    const struct param *param = param_in(f, p, name);
    const struct synth_rules *s = f->out;
    const struct literal *v = NULL;
    if (param != NULL && key < param->n_keys)
        v = param_value(f->rules, param, key, s->place->division, s->month, NULL);
    if (v == NULL)
        lacking(f, "value of the parameter", str_from(name));
    return v != NULL ? v : &one;
}

static void find_fields(struct finder *f)
{
    static const struct {
        const char *name;
        enum kind kind;
    } persons[P__COUNT] =
        {
            [P_INCOME] = {"income", K_MONEY_MONTH},
            [P_WAGE] = {"wage", K_MONEY_MONTH},
            [P_DISEASE] = {"disease", K_CODE},
            [P_EMPLOYED] = {"employed", K_BOOL},
            [P_STUDENT] = {"student", K_BOOL},
            [P_SECOND_HOUSE] = {"second_house", K_BOOL},
            [P_LOST_CHILD] = {"lost_only_child", K_BOOL},
            [P_DESTITUTE] = {"destitute", K_BOOL},
            [P_SELF_CARE] = {"self_care", K_CODE},
            [P_DISABILITY] = {"disability_grade", K_CODE},
        },
      households[H__COUNT] = {
          [H_HUKOU] = {"hukou_type", K_CODE},
          [H_ASSETS] = {"assets", K_MONEY},
          [H_VEHICLES] = {"vehicles", K_COUNT},
          [H_DISABILITY_VEHICLE] = {"disability_vehicle", K_BOOL},
          [H_FIRST_ABOVE] = {"first_month_above", K_MONTH},
      };
    struct synth_rules *s = f->out;
    s->household_reg = rules_reg(f->rules, S("household"));
    s->person_reg = rules_reg(f->rules, S("person"));
    for (size_t i = 0; i < P__COUNT; i++)
        s->person[i] = field_in(f, s->person_reg, persons[i].name, persons[i].kind);
    for (size_t i = 0; i < H__COUNT; i++)
        s->household[i] = field_in(f, s->household_reg, households[i].name, households[i].kind);
    s->birth = field_in(f, s->person_reg, "birth_date", K_DATE);
}

static void find_codes(struct finder *f)
{
    static const char *const grades[] = {"none", "1", "2", "3", "4"};
    struct synth_rules *s = f->out;
    s->urban = index_in(f, s->household[H_HUKOU], "urban");
    s->rural = index_in(f, s->household[H_HUKOU], "rural");
    s->no_disease = index_in(f, s->person[P_DISEASE], "none");
    s->chronic = index_in(f, s->person[P_DISEASE], "chronic");
    s->severe = index_in(f, s->person[P_DISEASE], "severe");
    s->care_full = index_in(f, s->person[P_SELF_CARE], "full");
    s->care_half = index_in(f, s->person[P_SELF_CARE], "half");
    s->care_self = index_in(f, s->person[P_SELF_CARE], "self");
    for (size_t i = 0; i < 5; i++)
        s->grade[i] = index_in(f, s->person[P_DISABILITY], grades[i]);
}

static void find_values(struct finder *f)
{
    struct synth_rules *s = f->out;
    const struct policy *dibao = s->policy[DIBAO];
    const struct literal *edge = value_in(f, dibao, "edge_rate", 0);
    const struct literal *cost = value_in(f, dibao, "job_cost_rate", 0);
    for (int urban = 0; urban < 2; urban++) {
        size_t key = (size_t)(urban ? s->urban : s->rural);
        s->standard[urban] = value_in(f, dibao, "standard", key)->i;
        s->edge[urban] = s->standard[urban] * edge->num / edge->den;
    }
    s->job_cost_num = cost->num;
    s->job_cost_den = cost->den;
    s->asset_months = value_in(f, dibao, "asset_months", 0)->i;
    s->exit_months = value_in(f, dibao, "exit_months", 0)->i;
}

enum rc synth_rules_of(const struct rules *r, const struct place *p, month m,
                       struct synth_rules *out, struct err *err)
{
    static const char *const programmes[PROGRAMMES] = {
        [DIBAO] = "dibao",
        [TEKUN] = "tekun",
        [LIVING] = "disability_living",
        [CARE] = "disability_care",
    };
    struct finder f = {.rules = r, .out = out, .err = err};
    *out = (struct synth_rules){.rules = r, .place = p, .month = m};
    for (size_t i = 0; i < PROGRAMMES; i++) {
        out->policy[i] = rules_policy(r, str_from(programmes[i]));
        if (out->policy[i] == NULL)
            lacking(&f, "policy", str_from(programmes[i]));
    }
    if (!f.failed)
        find_fields(&f);
    if (!f.failed)
        find_codes(&f);
    if (!f.failed)
        find_values(&f);
    return f.failed ? err->rc : RC_OK;
}
