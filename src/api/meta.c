/* What is declared, for pages that draw their forms and lists from it: made once, as rules don't change
 * while the program runs. */
#include <pthread.h>
#include <string.h>

#include "api/handlers.h"

enum { META_BYTES = 4 << 20 };

static void add_names(struct json *j, const char *key, const struct ident *names, size_t n)
{
    json_key(j, key);
    json_arr(j);
    for (size_t i = 0; i < n; i++)
        json_str(j, names[i].text);
    json_arr_end(j);
}

static void add_label(struct json *j, const struct label *l, str name)
{
    const struct label named = {.zh = l->zh.n > 0 ? l->zh : name, .en = l->en.n > 0 ? l->en : name};
    json_key(j, "label");
    json_label(j, l->zh.n > 0 ? l : &named);
}

/* ---- registers ------------------------------------------------------------------------------ */

static void add_bound(struct json *j, const char *key, const struct expr *e)
{
    json_key(j, key);
    if (e == NULL || e->op != E_LIT)
        json_nil(j);
    else
        json_int(j, e->lit.i);
}

static void add_field(struct json *j, const struct field *f)
{
    json_obj(j);
    JSON_STR(j, "name", f->name.text);
    add_label(j, &f->label, f->name.text);
    JSON_STR(j, "kind", str_from(kind_word(f->type.kind)));
    JSON_STR(j, "line", f->line);
    json_key(j, "code");
    if (f->type.kind == K_CODE)
        json_str(j, f->type.code->name.text);
    else
        json_nil(j);
    json_key(j, "of");
    if ((f->type.kind == K_LIST || f->type.kind == K_REF) && f->type.reg != NULL)
        json_str(j, f->type.reg->name.text);
    else
        json_nil(j);
    JSON_BOOL(j, "required", f->required);
    JSON_BOOL(j, "sensitive", f->sensitive);
    JSON_BOOL(j, "over_time", f->over_time);
    JSON_BOOL(j, "computed", f->value != NULL || f->carried_by != NULL);
    add_bound(j, "at_least", f->at_least);
    add_bound(j, "at_most", f->at_most);
    json_obj_end(j);
}

static const char *level_word(enum place_level at)
{
    static const char *const words[] = {"", "city", "county", "township", "village"};
    return words[at];
}

static void add_register(struct json *j, const struct reg *r)
{
    bool core = str_eq(r->name.text, S("household")) || str_eq(r->name.text, S("person"));
    json_obj(j);
    JSON_STR(j, "name", r->name.text);
    add_label(j, &r->label, r->name.text);
    JSON_STR(j, "line", r->line);
    JSON_BOOL(j, "record", !core);
    JSON_STR(j, "level", str_from(level_word(r->at)));
    json_key(j, "fields");
    json_arr(j);
    for (size_t i = 0; i < r->n_fields; i++)
        add_field(j, r->fields[i]);
    json_arr_end(j);
    json_key(j, "forms");
    json_arr(j);
    for (size_t i = 0; i < r->n_forms; i++) {
        json_obj(j);
        add_label(j, &r->forms[i].label, S(""));
        add_names(j, "fields", r->forms[i].names, r->forms[i].n);
        json_obj_end(j);
    }
    json_arr_end(j);
    add_names(j, "list", r->list_fields.names, r->list_fields.n);
    JSON_STR(j, "sorted_by", r->sorted_by.text);
    json_obj_end(j);
}

static void add_code(struct json *j, const struct code *c)
{
    json_obj(j);
    JSON_STR(j, "name", c->name.text);
    add_label(j, &c->label, c->name.text);
    json_key(j, "values");
    json_arr(j);
    for (size_t i = 0; i < c->n_values; i++) {
        str name = code_name(c, i);
        json_obj(j);
        JSON_STR(j, "name", name);
        add_label(j, &c->values[i].label, name);
        json_obj_end(j);
    }
    json_arr_end(j);
    json_obj_end(j);
}

/* ---- programmes and services ---------------------------------------------------------------- */

static void add_programme(struct json *j, const struct policy *p)
{
    json_obj(j);
    JSON_STR(j, "name", p->name.text);
    add_label(j, &p->label, p->name.text);
    JSON_STR(j, "line", p->line);
    JSON_BOOL(j, "of_member", p->of_member);
    json_obj_end(j);
}

static void add_papers(struct json *j, const struct service *s)
{
    static const char *const sources[] = {"applicant", "office", "promise"};
    json_key(j, "papers");
    json_arr(j);
    for (size_t i = 0; i < s->n_papers; i++) {
        const struct service_paper *p = &s->papers[i];
        json_obj(j);
        JSON_STR(j, "name", p->name.text);
        add_label(j, &p->label, p->name.text);
        JSON_STR(j, "source", str_from(sources[p->source]));
        json_key(j, "only_for");
        if (p->only_for.zh.n > 0)
            json_label(j, &p->only_for);
        else
            json_nil(j);
        JSON_BOOL(j, "may_follow", p->may_follow);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static const char *step_word(enum step_form f)
{
    static const char *const words[] = {
#define STEP_FORM(name, word, en, zh) word,
#include "lang/step_form.def"
#undef STEP_FORM
    };
    return words[f];
}

static void add_steps(struct json *j, const struct service *s)
{
    json_key(j, "steps");
    json_arr(j);
    for (size_t i = 0; i < s->n_steps; i++) {
        const struct service_step *p = &s->steps[i];
        json_obj(j);
        JSON_STR(j, "name", p->name.text);
        add_label(j, &p->label, p->name.text);
        JSON_STR(j, "form", str_from(step_word(p->form)));
        JSON_STR(j, "at", str_from(level_word(p->at)));
        JSON_STR(j, "role", p->role.text);
        json_key(j, "within");
        json_deadline(j, &p->within);
        json_key(j, "lasts");
        json_deadline(j, &p->lasts);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* Whose a name of a form is: the person's for a service of persons, else whoever declares it. */
static const struct field *form_field(const struct rules *r, const struct service *s, str name)
{
    const struct reg *household = rules_reg(r, S("household")), *person = rules_reg(r, S("person"));
    const struct field *of_household = household != NULL ? reg_field(household, name) : NULL;
    const struct field *of_person = person != NULL ? reg_field(person, name) : NULL;
    return (s->of_member && of_person != NULL) || of_household == NULL ? of_person : of_household;
}

static void add_forms(struct json *j, const struct rules *r, const struct service *s)
{
    json_key(j, "forms");
    json_arr(j);
    for (size_t i = 0; i < s->n_forms; i++) {
        json_obj(j);
        add_label(j, &s->forms[i].label, S(""));
        json_key(j, "fields");
        json_arr(j);
        for (size_t k = 0; k < s->forms[i].n; k++) {
            const struct field *f = form_field(r, s, s->forms[i].names[k].text);
            if (f == NULL)
                continue;
            json_obj(j);
            JSON_STR(j, "register", f->reg->name.text);
            JSON_STR(j, "field", f->name.text);
            json_obj_end(j);
        }
        json_arr_end(j);
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void add_service(struct json *j, const struct rules *r, const struct service *s)
{
    static const char *const forms[] = {"application", "review", "change"};
    json_obj(j);
    JSON_STR(j, "name", s->name.text);
    add_label(j, &s->label, s->name.text);
    JSON_STR(j, "line", s->line);
    JSON_STR(j, "form", str_from(forms[s->form]));
    JSON_BOOL(j, "of_member", s->of_member);
    add_names(j, "decides", s->decides, s->n_decides);
    json_key(j, "applicant");
    json_label(j, &s->applicant);
    JSON_BOOL(j, "elsewhere", s->elsewhere);
    json_key(j, "within");
    json_deadline(j, &s->within);
    add_papers(j, s);
    add_steps(j, s);
    add_forms(j, r, s);
    json_obj_end(j);
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void add_roles(struct json *j)
{
    static const char *const levels[ROLE__COUNT] = {
#define ROLE(name, at, code, en, zh) [ROLE_##name] = #at,
#include "guard/roles.def"
#undef ROLE
    };
    json_key(j, "roles");
    json_arr(j);
    for (int i = 0; i < ROLE__COUNT; i++) {
        enum role r = (enum role)i;
        const struct label l = {.zh = str_from(role_label(r, false)),
                                .en = str_from(role_label(r, true))};
        const char *level = strcmp(levels[i], "AT_VILLAGE") == 0    ? "village"
                            : strcmp(levels[i], "AT_TOWNSHIP") == 0 ? "township"
                            : strcmp(levels[i], "AT_COUNTY") == 0   ? "county"
                                                                    : "city";
        json_obj(j);
        JSON_STR(j, "role", str_from(role_code(r)));
        add_label(j, &l, S(""));
        JSON_STR(j, "level", str_from(level));
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void write_meta(struct json *j, const struct rules *r)
{
    json_obj(j);
    json_key(j, "registers");
    json_arr(j);
    for (size_t i = 0; i < r->regs.n; i++)
        add_register(j, r->regs.at[i]);
    json_arr_end(j);
    json_key(j, "codes");
    json_arr(j);
    for (size_t i = 0; i < r->codes.n; i++)
        add_code(j, r->codes.at[i]);
    json_arr_end(j);
    json_key(j, "programmes");
    json_arr(j);
    for (size_t i = 0; i < r->policies.n; i++)
        add_programme(j, r->policies.at[i]);
    json_arr_end(j);
    json_key(j, "services");
    json_arr(j);
    for (size_t i = 0; i < r->services.n; i++)
        add_service(j, r, r->services.at[i]);
    json_arr_end(j);
    add_roles(j);
    json_obj_end(j);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct sbuf kept; /* under the lock; lives as long as the process */
static char kept_hash[65];

enum rc meta_get(struct call *c, struct err *err)
{
    (void)err;
    if (call_fresh(c, str_from(c->city->rule_hash)))
        return RC_OK;
    pthread_mutex_lock(&lock);
    if (strcmp(kept_hash, c->city->rule_hash) != 0) {
        struct json j;
        sbuf_deinit(&kept);
        sbuf_init(&kept, META_BYTES);
        json_init(&j, &kept);
        write_meta(&j, c->city->rules);
        memcpy(kept_hash, c->city->rule_hash, sizeof kept_hash);
    }
    str text = str_dup(c->arena, sbuf_str(&kept));
    pthread_mutex_unlock(&lock);
    json_raw(&c->json, text);
    return RC_OK;
}
