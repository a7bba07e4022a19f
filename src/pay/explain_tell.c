/* What was proven of a stored month, told: as text for people, as JSON for pages. */
#include "pay/explain_in.h"
#include "eval/program.h"
#include "eval/trace.h"
#include "pay/run.h"

/* ---- text ----------------------------------------------------------------------------------- */

static void tell_source(const struct telling *t, struct sbuf *out)
{
    bool en = t->spec->lang == EXPLAIN_EN;
    str rules = str_sub(t->source.rule_hash, 0, 16);

    sbuf_fmt(out, en ? "from: county %lld, run of %s (%lld), " : "依据：%lld %s 运行（%lld），",
             (long long)t->county, t->month_text, (long long)t->source.job_id);
    sbuf_fmt(out, en ? "facts as of change %lld, rules %.*s; " : "数据截至变更 %lld，规则 %.*s；",
             (long long)t->source.position, STR_ARG(rules));
    if (t->units.n == 0)
        sbuf_addz(out, en ? "nobody enrolled, nothing stored: recomputed\n"
                          : "无人在册，未存认定：现重新计算\n");
    else
        sbuf_fmt(out, en ? "hash verified (%zu)\n" : "散列已核对（%zu 项）\n", t->units.n);
}

/* What was awarded, which need not be what the rules gave. */
static void tell_awards(struct telling *t, struct sbuf *out)
{
    static const char *const grounds[GROUND__COUNT][TRACE_LANGS] = {
        [GROUND_DECIDED] = {"按最近决定的金额", "the amount last decided"},
        [GROUND_DETERMINED] = {"按本次认定", "as determined"},
        [GROUND_KEPT] = {"待定期间维持原额", "kept while undecided"}};
    bool en = t->spec->lang == EXPLAIN_EN;
    char yuan[32];

    for (size_t i = 0; i < t->awards.n; i++) {
        const struct found_award *w = &t->awards.at[i];
        const struct policy *p = rules_policy(t->city.rules, w->policy->name.text);
        str label = p == NULL ? w->policy->name.text : en ? p->label.en : p->label.zh;
        sbuf_fmt(out, en ? "awarded: %.*s" : "核定：%.*s", STR_ARG(label));
        if (w->person != 0)
            sbuf_fmt(out, en ? " to person %lld" : "（人员 %lld）", (long long)w->person);
        sbuf_fmt(out, en ? " %s yuan, %s\n" : " %s 元，%s\n", money_text(w->fen, true, yuan),
                 w->ground < GROUND__COUNT ? grounds[w->ground][t->spec->lang] : "");
    }
}

/* At another point in time: what would be determined otherwise. */
static void tell_later(struct telling *t, struct sbuf *out)
{
    const struct found *now = &t->now;
    bool en = t->spec->lang == EXPLAIN_EN;
    size_t differ = 0;
    char on[11];

    if (t->spec->as_of != 0)
        sbuf_fmt(out,
                 en ? "below: as of %s, what is known as of change %lld\n"
                    : "以下按 %s 的情况、变更 %lld 时所知：\n",
                 date_text(t->spec->as_of, on), (long long)t->later);
    else
        sbuf_fmt(out,
                 en ? "below: what is known as of change %lld\n" : "以下按变更 %lld 时所知：\n",
                 (long long)t->later);
    if (!str_eq(t->source.rule_hash, str_from(t->city.rule_hash)))
        sbuf_fmt(out, en ? "  by the rules in force then, %.*s\n" : "  按当时施行的规则 %.*s\n", 16,
                 t->city.rule_hash);
    for (size_t i = 0; i < now->units.n; i++) {
        const struct found_unit *u = &now->units.at[i];
        const struct found_unit *s = unit_like(t->units.at, t->units.n, u);
        str what = s == NULL ? S("no determination, recomputed one") : unit_difference(s, u, &t->a);
        if (what.n == 0)
            continue;
        differ++;
        sbuf_fmt(out, "  %.*s%s%.*s\n", STR_ARG(u->policy->name.text), en ? ": stored " : "：原",
                 STR_ARG(what));
    }
    for (size_t i = 0; i < t->units.n; i++) {
        const struct found_unit *s = &t->units.at[i];
        if (unit_like(now->units.at, now->units.n, s) != NULL)
            continue;
        differ++;
        sbuf_fmt(out,
                 en ? "  %.*s: stored a determination, recomputed none\n"
                    : "  %.*s：原有认定，现无认定\n",
                 STR_ARG(s->policy->name.text));
    }
    if (differ == 0)
        sbuf_addz(out, en ? "  nothing would be determined otherwise\n" : "  认定结果不变\n");
}

MUST_CHECK static enum rc tell_trace(struct telling *t, struct sbuf *out, struct err *err)
{
    const struct zone *zone = NULL;
    bool en = t->spec->lang == EXPLAIN_EN;
    str who = str_fmt(&t->a, en ? "household %lld-%lld" : "家庭 %lld-%lld", (long long)t->county,
                      (long long)t->spec->household);

    TRY(determiner_zone(t->determiner, t->in.slice.divisions[0], &zone, err));
    return explain_text(zone->program, &t->in.slice.block, 0, who, t->spec->lang, out, err);
}

enum rc tell_text(struct telling *t, struct sbuf *out, struct err *err)
{
    tell_source(t, out);
    tell_awards(t, out);
    if (t->later != 0)
        tell_later(t, out);
    return tell_trace(t, out, err);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static void put_ref(struct json *j, const char *key, struct telling *t, int64_t id)
{
    json_key(j, key);
    if (id == 0)
        json_nil(j);
    else
        json_str(j, str_fmt(&t->a, "%lld-%lld", (long long)t->county, (long long)id));
}

static void put_text(struct json *j, const char *key, str s)
{
    json_key(j, key);
    json_str(j, s);
}

static void put_fen(struct json *j, const char *key, int64_t fen)
{
    json_key(j, key);
    if (fen == AMOUNT_OPEN)
        json_nil(j);
    else
        json_int(j, fen);
}

static void put_units(struct telling *t, struct json *j)
{
    json_key(j, "determinations");
    json_arr(j);
    for (size_t i = 0; i < t->units.n; i++) {
        const struct found_unit *u = &t->units.at[i];
        json_obj(j);
        put_text(j, "programme", u->policy->name.text);
        put_ref(j, "person", t, u->person);
        put_text(j, "outcome", u->outcome);
        put_text(j, "reasons", u->reasons);
        put_fen(j, "fen", u->fen);
        put_text(j, "carried", u->carried);
        put_text(j, "hash", hash_text(u->hash, &t->a));
        json_obj_end(j);
    }
    json_arr_end(j);
}

static void put_awards(struct telling *t, struct json *j)
{
    json_key(j, "awards");
    json_arr(j);
    for (size_t i = 0; i < t->awards.n; i++) {
        const struct found_award *w = &t->awards.at[i];
        json_obj(j);
        put_text(j, "programme", w->policy->name.text);
        put_ref(j, "person", t, w->person);
        put_fen(j, "fen", w->fen);
        put_text(j, "ground", ground_words[w->ground]);
        json_obj_end(j);
    }
    json_arr_end(j);
}

/* NULL on one side: there was, or would be, no determination. */
static void put_difference(struct telling *t, const struct found_unit *was,
                           const struct found_unit *would_be, struct json *j)
{
    const struct found_unit *any = was != NULL ? was : would_be;

    json_obj(j);
    put_text(j, "programme", any->policy->name.text);
    put_ref(j, "person", t, any->person);
    put_text(j, "was", was != NULL ? was->outcome : S(""));
    put_text(j, "would_be", would_be != NULL ? would_be->outcome : S(""));
    put_fen(j, "was_fen", was != NULL ? was->fen : 0);
    put_fen(j, "would_be_fen", would_be != NULL ? would_be->fen : 0);
    json_obj_end(j);
}

/* What would be determined otherwise at another point in time. */
static void put_later(struct telling *t, struct json *j)
{
    const struct found *now = &t->now;

    json_key(j, "later");
    if (t->later == 0) {
        json_nil(j);
        return;
    }
    json_obj(j);
    json_key(j, "position");
    json_int(j, t->later);
    json_key(j, "differences");
    json_arr(j);
    for (size_t i = 0; i < now->units.n; i++) {
        const struct found_unit *u = &now->units.at[i];
        const struct found_unit *s = unit_like(t->units.at, t->units.n, u);
        if (s == NULL || unit_difference(s, u, &t->a).n > 0)
            put_difference(t, s, u, j);
    }
    for (size_t i = 0; i < t->units.n; i++)
        if (unit_like(now->units.at, now->units.n, &t->units.at[i]) == NULL)
            put_difference(t, &t->units.at[i], NULL, j);
    json_arr_end(j);
    json_obj_end(j);
}

static void put_members(struct telling *t, struct json *j)
{
    const struct facts_slice *s = &t->in.slice;

    json_key(j, "members");
    json_arr(j);
    for (size_t m = s->block.first[0]; m < s->block.first[1]; m++)
        json_str(j, str_fmt(&t->a, "%lld-%lld", (long long)t->county, (long long)s->persons[m]));
    json_arr_end(j);
}

enum rc tell_json(struct telling *t, struct json *j, struct err *err)
{
    const struct zone *zone = NULL;
    struct trace *trace = NULL;

    TRY(determiner_zone(t->determiner, t->in.slice.divisions[0], &zone, err));
    TRY(trace_build(program_binding(zone->program), &t->in.slice.block, 0, &t->a, &trace, err));
    json_obj(j);
    put_ref(j, "household", t, t->spec->household);
    put_text(j, "month", str_from(t->month_text));
    json_key(j, "source");
    json_obj(j);
    json_key(j, "run");
    json_id(j, t->source.job_id);
    json_key(j, "position");
    json_int(j, t->source.position);
    put_text(j, "rules", t->source.rule_hash);
    put_text(j, "engine", t->source.engine);
    json_key(j, "verified");
    json_int(j, (int64_t)t->units.n);
    json_obj_end(j);
    put_units(t, j);
    put_awards(t, j);
    put_later(t, j);
    put_members(t, j);
    json_key(j, "trace");
    trace_json(trace, j);
    json_obj_end(j);
    return RC_OK;
}
