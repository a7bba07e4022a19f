/* What stands for each word of a document. */
#include "work/paper_in.h"

#include "base/money.h"

static const struct {
    const char *word, *en, *zh;
} fields[] = {
#define DOCUMENT_FIELD(name, word, is_public, en, zh) [SHOWN_##name] = {word, en, zh},
#include "lang/document_field.def"
#undef DOCUMENT_FIELD
};

str paper_word_label(const struct paper_ground *g, enum document_field f)
{
    bool once = g->service != NULL && g->service->grant_from == GRANT_ONCE;
    bool is_signer = g->doc->form == DOCUMENT_AUTHORISATION;
    if (f == SHOWN_AMOUNT)
        return once ? S("救助金额") : g->doc->form == DOCUMENT_CHANGE ? S("现每月") : S("每月金额");
    if (f == SHOWN_OLD_AMOUNT)
        return S("原每月");
    if (f == SHOWN_NAME && g->person == 0 && !is_signer)
        return S("户主姓名");
    if (f == SHOWN_RELATION)
        return is_signer ? S("与户主关系") : S("与申请对象关系");
    if (f == SHOWN_RESULT && g->doc->form == DOCUMENT_TRANSFER)
        return S("接办机关");
    return str_from(fields[f].zh);
}

str paper_fill(const struct paper_ground *g, str text)
{
    struct notice_word w[SHOWN__COUNT];
    for (size_t i = 0; i < SHOWN__COUNT; i++)
        w[i] = (struct notice_word){fields[i].word, g->words[i]};
    return notice_fill(text, w, SHOWN__COUNT, g->a);
}

str paper_sex(int sex)
{
    return sex == 1 ? S("男") : sex == 2 ? S("女") : S("");
}

str paper_basis(const struct basis *b, struct arena *a)
{
    struct sbuf out;
    sbuf_init(&out, 1 << 16);
    for (; b != NULL; b = b->next) {
        long at = str_find(b->text, S("（"));
        str name = at > 0 ? str_sub(b->text, 0, (size_t)at) : b->text;
        str rest = at > 0 ? str_sub(b->text, (size_t)at, b->text.n) : S("");
        if (b->assumed)
            continue;
        sbuf_addz(&out, out.n > 0 ? "、" : "");
        sbuf_fmt(&out, "《%.*s》%.*s", STR_ARG(name), STR_ARG(rest));
        for (size_t i = 0; i < b->n_articles; i++) {
            const struct article *r = &b->articles[i];
            sbuf_addz(&out, i > 0 ? "、" : "");
            if (r->first == r->last)
                sbuf_fmt(&out, "第%d条", r->first);
            else
                sbuf_fmt(&out, "第%d条至第%d条", r->first, r->last);
        }
    }
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

/* ---- people and places ------------------------------------------------------------------------ */

static str yuan(const struct paper_ground *g, int64_t fen)
{
    char text[32];
    return str_fmt(g->a, "%s元", money_text(fen, true, text));
}

static str month_zh(const struct paper_ground *g, month m)
{
    return str_fmt(g->a, "%d年%d月", month_year(m), month_number(m));
}

/* Whom it is about: the person, else the head. */
static void words_of_person(struct paper_ground *g)
{
    const struct view_member *m = paper_member(g, g->person != 0 ? g->person : g->home.head);
    size_t here = 0;
    day born = 0;
    for (size_t i = 0; i < g->home.members.n; i++)
        here += g->home.members.at[i].here;
    g->words[SHOWN_MEMBERS] = str_fmt(g->a, "%zu人", here);
    if (m == NULL)
        return;
    g->words[SHOWN_NAME] = m->name;
    g->words[SHOWN_SEX] = paper_sex(m->sex);
    if (date_parse(m->birth, &born))
        g->words[SHOWN_AGE] = str_fmt(g->a, "%d岁", date_years(born, g->on));
    if (m->identity.n > 0)
        g->words[SHOWN_ID_NUMBER] = mask_number(NUMBER_IDENTITY, m->identity, g->a);
    if (m->phone.n > 0)
        g->words[SHOWN_PHONE] = mask_number(NUMBER_PHONE, m->phone, g->a);
    if (g->doc->form == DOCUMENT_AUTHORISATION)
        g->words[SHOWN_RELATION] = relation_label(m->relation, false);
}

MUST_CHECK static enum rc place_name(struct paper_ground *g, int64_t division, str *out,
                                     struct err *err)
{
    char text[11];
    struct division_info info;
    enum rc rc = division_find(g->c, division, str_from(date_text(g->on, text)), g->a, &info, err);
    if (rc == RC_NOT_FOUND) {
        *out = S("");
        *err = (struct err){0};
        return RC_OK;
    }
    TRY(rc);
    *out = info.name;
    return RC_OK;
}

/* Who says so: what is decided by the county, unless it is handed down; all else by the township. */
MUST_CHECK static enum rc words_of_place(struct paper_ground *g, struct err *err)
{
    int64_t county = g->county * 1000000, division = g->home.division, office = division;
    str name = S("");
    enum document_form f = g->doc->form;
    bool by_county = f == DOCUMENT_GRANT || f == DOCUMENT_REFUSAL || f == DOCUMENT_CHANGE ||
                     f == DOCUMENT_STOP || f == DOCUMENT_AUTHORISATION || f == DOCUMENT_COVER;
    if (g->k != NULL) {
        division = g->k->row.division;
        office = g->k->row.office;
        by_county = by_county && (!g->k->row.delegated || f == DOCUMENT_AUTHORISATION);
    }
    TRY(place_name(g, county, &name, err));
    g->words[SHOWN_APPEAL] = str_fmt(g->a, "%.*s人民政府", STR_ARG(name));
    TRY(place_name(g, division, &g->words[SHOWN_VILLAGE], err));
    TRY(place_name(g, division / 1000 * 1000, &g->words[SHOWN_TOWNSHIP], err));
    if (!by_county && division_level(office) > AT_TOWNSHIP)
        office = office / 1000 * 1000;
    return case_office_name(g->c, by_county ? county : office, g->on, g->a, &g->words[SHOWN_OFFICE],
                            err);
}

/* ---- the case ---------------------------------------------------------------------------------- */

static const struct case_event *last_event(const struct case_whole *k, enum event_kind kind)
{
    for (size_t i = k->n_events; i > 0; i--)
        if (k->events[i - 1].kind == kind)
            return &k->events[i - 1];
    return NULL;
}

static void words_of_case(struct paper_ground *g)
{
    const struct case_whole *k = g->k;
    const struct case_state *s = k->state;
    const struct case_event *moved = last_event(k, EVENT_TRANSFERRED);
    const struct case_event *asked = last_event(k, EVENT_SUPPLEMENT_ASKED);
    day until = g->doc->form == DOCUMENT_MISSING ? s->supplement_until : s->papers_due;
    g->words[SHOWN_NUMBER] = k->row.number;
    g->words[SHOWN_SERVICE] = g->service->label.zh;
    g->words[SHOWN_PROGRAMME] = case_programmes(k, g->a);
    if (g->doc->form != DOCUMENT_AUTHORISATION) {
        g->words[SHOWN_NAME] = k->row.subject;
        g->words[SHOWN_RELATION] = k->row.relation;
    }
    g->words[SHOWN_APPLICANT] = k->row.applicant.n > 0 ? k->row.applicant : k->row.subject;
    g->words[SHOWN_ACCEPTED] = case_day_zh(k->row.accepted, g->a);
    if (s->due != 0)
        g->words[SHOWN_DUE] = case_day_zh(s->due, g->a);
    if (s->decision.seq != 0)
        g->words[SHOWN_DECIDED] = case_day_zh(s->decision.day, g->a);
    else if (g->preview)
        g->words[SHOWN_DECIDED] = case_day_zh(g->on, g->a);
    if (g->doc->form == DOCUMENT_MISSING && asked != NULL && until == 0)
        (void)date_parse(case_text(asked->data, "until"), &until);
    if (until != 0)
        g->words[SHOWN_UNTIL] = case_day_zh(until, g->a);
    if (g->doc->form == DOCUMENT_TRANSFER && moved != NULL) {
        g->words[SHOWN_RESULT] = case_text(moved->data, "to");
        g->words[SHOWN_TEXT] = moved->text;
    } else if (g->doc->form == DOCUMENT_MISSING && asked != NULL) {
        g->words[SHOWN_TEXT] = asked->text;
    }
}

/* ---- the decision -------------------------------------------------------------------------------- */

static month first_month(const struct paper_ground *g)
{
    if (g->k == NULL)
        return g->about.from;
    return g->service->grant_from == GRANT_NEXT_MONTH ? date_month(g->on) + 1
                                                      : date_month(g->k->row.accepted);
}

/* 自2021年1月起，最低生活保障金由每月100.00元调整为每月120.00元。理由：… */
static str change_text(const struct paper_ground *g, str reasons)
{
    str why = reasons.n > 0 ? str_fmt(g->a, "理由：%.*s。", STR_ARG(reasons)) : S("");
    return str_fmt(g->a, "自%.*s起，你%s的%.*s由每月%.*s调整为每月%.*s。%.*s",
                   STR_ARG(g->words[SHOWN_FROM]), g->person == 0 ? "户" : "",
                   STR_ARG(g->words[SHOWN_PROGRAMME]), STR_ARG(g->words[SHOWN_OLD_AMOUNT]),
                   STR_ARG(g->words[SHOWN_AMOUNT]), STR_ARG(why));
}

static void words_of_decision(struct paper_ground *g)
{
    bool once = g->service != NULL && g->service->grant_from == GRANT_ONCE;
    int64_t old = g->about.old_fen, now = g->about.fen;
    str reasons = g->about.reasons;
    if (g->k != NULL) {
        struct case_about ab = case_about(&g->told, g->a);
        now = ab.fen;
        reasons = ab.reasons;
        if (ab.programmes.n > 0)
            g->words[SHOWN_PROGRAMME] = ab.programmes;
        for (size_t i = 0; i < g->proposal->n; i++)
            old += case_concerns(&g->told, i) ? g->proposal->units[i].last_fen : 0;
    } else {
        const struct policy *p = rules_policy(g->rules, g->about.programme);
        g->words[SHOWN_PROGRAMME] = p != NULL ? p->label.zh : g->about.programme;
    }
    if (g->doc->form != DOCUMENT_REFUSAL && (g->k == NULL || first_month(g) != 0))
        g->words[SHOWN_FROM] = once ? S("") : month_zh(g, first_month(g));
    if (now > 0 || g->doc->form == DOCUMENT_CHANGE)
        g->words[SHOWN_AMOUNT] = yuan(g, now);
    if (old > 0)
        g->words[SHOWN_OLD_AMOUNT] = yuan(g, old);
    g->words[SHOWN_REASONS] = g->doc->form == DOCUMENT_CHANGE ? reasons : paper_reasons_text(g);
    g->words[SHOWN_RESULT] = g->verdict.grant ? S("同意") : S("不予同意");
    if (g->doc->form == DOCUMENT_CHANGE)
        g->words[SHOWN_TEXT] = change_text(g, reasons);
    else if (g->k != NULL)
        g->words[SHOWN_TEXT] = g->told.text;
}

enum rc paper_words(struct paper_ground *g, struct err *err)
{
    for (size_t i = 0; i < SHOWN__COUNT; i++)
        g->words[i] = S("");
    words_of_person(g);
    TRY(words_of_place(g, err));
    if (g->k != NULL)
        words_of_case(g);
    else if (g->notice != NULL)
        g->words[SHOWN_NAME] = g->notice->subject;
    if (g->told.verdict != NULL)
        words_of_decision(g);
    else if (g->plain)
        g->words[SHOWN_TEXT] = g->notice->text;
    return RC_OK;
}
