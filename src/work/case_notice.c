/* The notices of a service, filled with what is so on the day, into the outbox. */
#include "people/people.h"
#include "work/case_in.h"
#include "work/effect.h"

/* The law's limit for telling a refusal in writing, where the service has no step for it. */
static const struct deadline refusal = {.n = 3, .unit = IN_WORKDAYS};

static const char *event_kind_word(enum notice_event on)
{
    static const char *const word[] = {"accept", "supplement", "grant",   "refusal",
                                       "change", "stop",       "transfer"};
    return word[on];
}

str case_day_zh(day d, struct arena *a)
{
    int y, m, dd;
    if (d == 0)
        return S("法定期限");
    date_civil(d, &y, &m, &dd);
    return str_fmt(a, "%d年%d月%d日", y, m, dd);
}

enum rc case_office_name(struct conn *c, int64_t division, day on, struct arena *a, str *out,
                         struct err *err)
{
    char text[11];
    struct division_info info;
    TRY(division_find(c, division, str_from(date_text(on, text)), a, &info, err));
    const char *what = "民政局";
    if (division_level(division) == AT_TOWNSHIP)
        what = str_eq(info.kind, S("subdistrict")) ? "办事处" : "人民政府";
    else if (division_level(division) == AT_VILLAGE)
        what = "";
    *out = str_fmt(a, "%.*s%s", STR_ARG(info.name), what);
    return RC_OK;
}

static str joined(str list, str one, struct arena *a)
{
    return list.n == 0 ? one : str_fmt(a, "%.*s、%.*s", STR_ARG(list), STR_ARG(one));
}

bool case_concerns(const struct case_told *t, size_t i)
{
    enum notice_event on = t->on;
    bool granted = t->verdict->granted[i];
    const struct case_unit *u = &t->proposal->units[i];
    switch (on) {
    case ON_GRANT:
        return granted;
    case ON_CHANGE: /* what stays as it is needs no notice */
        return granted && u->fen != u->last_fen;
    case ON_REFUSAL:
        return !granted && (!t->verdict->grant || u->fits);
    case ON_STOP:
        return !granted && u->enrolled;
    default:
        return false;
    }
}

struct case_about case_about(const struct case_told *t, struct arena *a)
{
    struct case_about out = {0};
    str words = part_of_sentence(t->text);
    for (size_t i = 0; t->verdict != NULL && i < t->proposal->n; i++) {
        const struct case_unit *u = &t->proposal->units[i];
        if (!case_concerns(t, i))
            continue;
        if (str_find(out.programmes, u->policy->label.zh) < 0)
            out.programmes = joined(out.programmes, u->policy->label.zh, a);
        str why = u->fits ? words : case_reasons(u, false, a);
        if (t->on == ON_CHANGE)
            why = part_of_sentence(u->unit->result[EXPLAIN_ZH]);
        if (t->on != ON_GRANT && str_find(out.reasons, why) < 0)
            out.reasons = out.reasons.n == 0
                              ? why
                              : str_fmt(a, "%.*s；%.*s", STR_ARG(out.reasons), STR_ARG(why));
        out.fen += t->verdict->granted[i] ? u->fen : 0;
        out.n++;
    }
    if (words.n > 0 && str_find(out.reasons, words) < 0)
        out.reasons = out.reasons.n == 0
                          ? words
                          : str_fmt(a, "%.*s；%.*s", STR_ARG(out.reasons), STR_ARG(words));
    return out;
}

str case_programmes(const struct case_whole *k, struct arena *a)
{
    str out = S("");
    for (size_t i = 0; i < k->ground.service->n_decides; i++) {
        const struct policy *p = rules_policy(k->ground.rules, k->ground.service->decides[i].text);
        if (p != NULL)
            out = joined(out, p->label.zh, a);
    }
    return out.n > 0 ? out : k->ground.service->label.zh;
}

/* The day by which it must have been told: that of the telling step when there is one. */
static day tell_by(const struct case_whole *k, enum notice_event on, day today)
{
    const struct case_state *s = k->state;
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].step->form == STEP_TELL && s->steps[i].status == STEP_OPEN &&
            s->steps[i].due != 0)
            return s->steps[i].due;
    return on == ON_REFUSAL || on == ON_STOP
               ? deadline_due(k->ground.calendar, today, &refusal, NULL)
               : 0;
}

/* Is the telling step open, so that its task is the one to do? */
static bool tells_now(const struct case_whole *k)
{
    const struct case_state *s = k->state;
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].step->form == STEP_TELL && s->steps[i].status == STEP_OPEN)
            return true;
    return false;
}

/* Where a decision that takes or refuses can be fought must be said, whoever wrote the text. */
static str with_appeal(str text, enum notice_event on, struct arena *a)
{
    if ((on != ON_REFUSAL && on != ON_STOP && on != ON_CHANGE) ||
        str_find(text, S("行政复议")) >= 0)
        return text;
    return str_fmt(a, "%.*s\n如有异议，可自收到本通知之日起六十日内申请行政复议。", STR_ARG(text));
}

MUST_CHECK static enum rc put_one(struct change *c, struct city *city, const struct case_whole *k,
                                  const struct service_notice *n, const struct case_told *t, day on,
                                  struct arena *a, struct err *err)
{
    struct case_about ab = case_about(t, a);
    str office = t->office;
    struct notice out = {.case_id = k->row.case_id,
                         .household_id = k->row.household_id,
                         .person_id = k->row.person_id,
                         .kind = str_from(event_kind_word(t->on)),
                         .title = n->label.zh,
                         .title_en = n->label.en,
                         .channels = n->channels,
                         .made = on,
                         .line = k->row.line,
                         .subject = k->row.subject};
    TRY(office_at(c->conn, k->row.office, AT_TOWNSHIP, on, &out.division, err));
    if (office.n == 0)
        TRY(case_office_name(c->conn,
                             t->verdict != NULL && !k->row.delegated ? c->county_code * 1000000
                                                                     : out.division,
                             on, a, &office, err));
    day due = t->on == ON_SUPPLEMENT ? t->until : k->state->due;
    const struct notice_word words[] = {
        {"household", k->row.subject},
        {"case", k->row.number},
        {"programme", ab.programmes.n > 0 ? ab.programmes : case_programmes(k, a)},
        {"amount", fen_text(ab.fen, a)},
        {"reasons", ab.reasons},
        {"papers", t->papers},
        {"due", case_day_zh(due, a)},
        {"office", office}};
    out.text =
        with_appeal(notice_fill(n->text, words, sizeof words / sizeof words[0], a), t->on, a);
    out.due = tell_by(k, t->on, on);
    out.warn = out.due;
    out.by_step = tells_now(k) && (t->on == ON_GRANT || t->on == ON_REFUSAL || t->on == ON_CHANGE ||
                                   t->on == ON_STOP);
    return notice_put(c, &city->ids, &out, err);
}

enum rc case_tell(struct change *c, struct city *city, const struct case_whole *k,
                  const struct case_told *t, day on, struct arena *a, struct err *err)
{
    const struct service *s = k->ground.service;
    if (t->verdict != NULL && case_about(t, a).n == 0)
        return RC_OK;
    for (size_t i = 0; i < s->n_notices; i++)
        if (s->notices[i].on == t->on)
            TRY(put_one(c, city, k, &s->notices[i], t, on, a, err));
    return RC_OK;
}
