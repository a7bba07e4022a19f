/* The words of states and events, and reading an event's data. */
#include <string.h>

#include "work/case_in.h"

/* Who may record an event that belongs to no step: those at the window, at the county, anybody. */
#define AT_DESK        (ROLE_BIT(ROLE_CLERK) | ROLE_BIT(ROLE_HEAD))
#define AT_COUNTY_DESK (ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_DECIDER) | ROLE_BIT(ROLE_OFFICER))
#define ANYBODY        (AT_DESK | AT_COUNTY_DESK | ROLE_BIT(ROLE_VILLAGE) | ROLE_BIT(ROLE_PAYER))

static const struct {
    const char *word, *en, *zh;
    bool open;
} states[] = {
#define STATE(name, word, open, en, zh) [CASE_##name] = {word, en, zh, open},
#include "work/case_state.def"
#undef STATE
};

static const struct {
    const char *word, *needs, *en, *zh;
    unsigned roles;
} events[] = {
#define EVENT(name, word, roles, needs, en, zh) [EVENT_##name] = {word, needs, en, zh, roles},
#include "work/case_event.def"
#undef EVENT
};

const char *case_status_word(enum case_status s)
{
    return states[s].word;
}

const char *case_status_label(enum case_status s, bool english)
{
    return english ? states[s].en : states[s].zh;
}

bool case_status_open(enum case_status s)
{
    return states[s].open;
}

const char *event_word(enum event_kind k)
{
    return events[k].word;
}

const char *event_label(enum event_kind k, bool english)
{
    return english ? events[k].en : events[k].zh;
}

const char *event_needs(enum event_kind k)
{
    return events[k].needs;
}

unsigned event_roles(enum event_kind k)
{
    return events[k].roles;
}

enum event_kind event_find(str word)
{
    enum event_kind k = 0;
    while (k < EVENT__COUNT && !str_eq(str_from(events[k].word), word))
        k++;
    return k;
}

const char *step_status_word(enum step_status s)
{
    static const char *const word[] = {"waiting", "open", "done", "skipped"};
    return word[s];
}

static const char *const have[] = {"no", "yes", "promised", "fetched"};

const char *paper_have_word(enum paper_have h)
{
    return have[h];
}

enum paper_have paper_have_find(str word, bool *found)
{
    for (size_t i = 0; i < sizeof have / sizeof have[0]; i++)
        if (str_eq(str_from(have[i]), word)) {
            *found = true;
            return (enum paper_have)i;
        }
    *found = false;
    return PAPER_MISSING;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void json_drop(void *p)
{
    json_decref(p);
}

json_t *case_json(str text, struct arena *a)
{
    json_t *j = text.n > 0 ? json_loadb(text.p, text.n, 0, NULL) : NULL;
    if (j != NULL)
        arena_on_reset(a, json_drop, j);
    return j;
}

static void json_free(void *p)
{
    free(p); /* tidy: raw memory, because jansson made it */
}

str case_json_text(const json_t *j, struct arena *a)
{
    char *text = j != NULL ? json_dumps(j, JSON_COMPACT) : NULL;
    if (text == NULL)
        return S("");
    arena_on_reset(a, json_free, text);
    return str_from(text);
}

str case_text(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_string(v) ? (str){json_string_value(v), json_string_length(v)} : S("");
}

int64_t case_int(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

bool case_flag(const json_t *o, const char *key, bool if_none)
{
    const json_t *v = json_object_get(o, key);
    return json_is_boolean(v) ? json_is_true(v) : if_none;
}

int64_t case_ref_id(const json_t *v)
{
    int64_t id = 0;
    str county, rest;
    if (json_is_integer(v))
        return json_integer_value(v);
    if (!json_is_string(v))
        return 0;
    if (!str_cut((str){json_string_value(v), json_string_length(v)}, '-', &county, &rest))
        rest = county;
    return str_int(rest, &id) && id > 0 ? id : 0;
}

str case_ref(int64_t county, int64_t id, struct arena *a)
{
    return str_fmt(a, "%06lld-%lld", (long long)county, (long long)id);
}
