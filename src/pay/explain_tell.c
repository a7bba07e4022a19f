/* What was proven of a stored month, told: as text for people, as JSON for pages. */
#include "pay/explain_in.h"
#include "eval/program.h"
#include "eval/trace.h"
#include "pay/run.h"

/* ---- times ---------------------------------------------------------------------------------- */

bool known_at_read(str text, int64_t *ms)
{
    str date = str_sub(text, 0, 10);
    int64_t minutes = 24 * 60 - 1;
    day on = 0;

    if (!date_parse(date, &on))
        return false;
    if (text.n > 10) {
        int64_t hour = 0, minute = 0;
        bool well = text.n == 16 && text.p[10] == 'T' && text.p[13] == ':' &&
                    str_int(str_sub(text, 11, 13), &hour) &&
                    str_int(str_sub(text, 14, 16), &minute) && hour >= 0 && hour < 24 &&
                    minute >= 0 && minute < 60;
        if (!well)
            return false;
        minutes = hour * 60 + minute;
    }
    *ms = ((int64_t)on * 24 * 60 - 8 * 60 + minutes + 1) * 60000 - 1;
    return true;
}

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

/* With what is known later: what would be determined otherwise. */
static void tell_later(struct telling *t, struct sbuf *out)
{
    const struct found *now = &t->now;
    bool en = t->spec->lang == EXPLAIN_EN;
    size_t differ = 0;

    sbuf_fmt(out, en ? "below: what is known as of change %lld\n" : "以下按变更 %lld 时所知：\n",
             (long long)t->later);
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

/* What would be determined otherwise with what was known later. */
static void put_later(struct telling *t, struct json *j)
{
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
    for (size_t i = 0; i < t->now.units.n; i++) {
        const struct found_unit *u = &t->now.units.at[i];
        const struct found_unit *s = unit_like(t->units.at, t->units.n, u);
        if (s != NULL && unit_difference(s, u, &t->a).n == 0)
            continue;
        json_obj(j);
        put_text(j, "programme", u->policy->name.text);
        put_ref(j, "person", t, u->person);
        put_text(j, "was", s != NULL ? s->outcome : S(""));
        put_text(j, "would_be", u->outcome);
        put_fen(j, "was_fen", s != NULL ? s->fen : 0);
        put_fen(j, "would_be_fen", u->fen);
        json_obj_end(j);
    }
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
