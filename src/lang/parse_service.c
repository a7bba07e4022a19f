/*
 * Services: what people apply for, how it is asked, and in which steps it is decided.
 */
#include "lang/parse.h"

struct service_lists {
    VEC(struct field_list) forms;
    VEC(struct service_paper) papers;
    VEC(struct service_step) steps;
    VEC(struct service_notice) notices;
};

/* Said once of a service. */
static void once(struct parser *p, bool said, const char *what)
{
    if (said)
        parse_fault(p, 110, span_here(p), "%s stands here for the second time", what);
}

/* ---- periods -------------------------------------------------------------------------------- */

/*
 *| period   = INT ( "workdays" | "workday" | "days" | "day" | "months" | "month" )
 */
static void parse_period(struct parser *p, struct deadline *out)
{
    size_t first = p->pos;
    int64_t n = take_int(p, "a number of workdays, days or months");
    if (p->panic)
        return;
    if (got(p, W_WORKDAYS) || got_word(p, "workday"))
        out->unit = IN_WORKDAYS;
    else if (got(p, W_DAYS) || got_word(p, "day"))
        out->unit = IN_DAYS;
    else if (got(p, W_MONTHS) || got(p, W_MONTH))
        out->unit = IN_MONTHS;
    else
        expected(p, "workdays, days or months");
    out->at = span_from(p, first);
    if (p->panic)
        return;
    if (n < 1 || n > 999) {
        struct diag *g = parse_fault(p, 107, out->at, "a period of %lld", (long long)n);
        diag_help(g, p->d, "a period is 1 to 999 workdays, days or months");
        n = 1;
    }
    out->n = (int)n;
}

/*
 *| limit    = "within" period [ "when" ( "delegated" | "extended" ) ] {basis}
 */
static void parse_limit(struct parser *p, struct service *s)
{
    struct deadline limit = {0}, *to = &s->within;
    size_t first = p->pos;
    mark_line(p, 2, TABLE_LIMIT);
    take(p);
    mark_column(p, COLUMN_LABEL);
    parse_period(p, &limit);
    if (got(p, W_WHEN)) {
        if (got_word(p, "delegated"))
            to = &s->delegated;
        else if (got_word(p, "extended"))
            to = &s->extended;
        else
            expected(p, "delegated or extended");
    }
    if (to->n)
        parse_fault(p, 110, span_from(p, first), "this limit stands here for the second time");
    take_basis(p, &limit.basis, BESIDE);
    if (limit.n)
        *to = limit;
}

/* ---- what is asked -------------------------------------------------------------------------- */

/*
 *| section  = "form" label ":" names
 */
static void parse_section(struct parser *p, struct field_list *form)
{
    mark_line(p, 2, TABLE_NONE);
    size_t first = p->pos;
    take(p);
    form->label = take_label(p);
    want(p, T_COLON);
    take_names(p, &form->names, &form->n, "a field's name");
    form->at = span_from(p, first);
}

/*
 *| paper    = "paper" NAME label ( "from" ( "applicant" | "office" ) | "by" "promise" )
 *|            { "," ( "only" "for" label | "may" "follow" ) } {basis}
 */
static void parse_paper(struct parser *p, struct service_paper *out)
{
    static const char *const sources[] = {"applicant", "office"};
    mark_line(p, 2, TABLE_PAPER);
    take(p);
    out->name = declared_name(p, "the paper's name");
    mark_column(p, COLUMN_LABEL);
    out->label = take_label(p);
    mark_column(p, COLUMN_SAID);
    if (got(p, W_BY)) {
        out->source = PAPER_PROMISE;
        want_word(p, "promise");
    } else if (want(p, W_FROM)) {
        out->source = (enum paper_source)take_one_of(p, sources, 2, "applicant or office");
    }
    while (got(p, T_COMMA)) {
        if (got(p, W_ONLY)) {
            want(p, W_FOR);
            out->only_for = take_label(p);
        } else if (got_word(p, "may")) {
            out->may_follow = want_word(p, "follow");
        } else {
            expected(p, "only for or may follow");
        }
    }
    take_basis(p, &out->basis, BESIDE);
}

/* ---- steps ---------------------------------------------------------------------------------- */

/*
 *| office   = "at" LEVEL [ "or" "township" ( "when" "delegated" | "up" "to" NAME "." NAME ) ]
 *|          | "elsewhere"
 */
static void parse_office(struct parser *p, struct service_step *s)
{
    static const char *const levels[] = {"city", "county", "township", "village"};
    if (got_word(p, "elsewhere")) {
        s->at = AT_NONE;
        return;
    }
    if (peek(p) != W_AT) {
        expected(p, "“at” with the office that does it, or elsewhere");
        return;
    }
    take(p);
    size_t level = take_one_of(p, levels, 4, "city, county, township or village");
    s->at = level < 4 ? (enum place_level)(AT_CITY + (int)level) : AT_NONE;
    if (!got(p, W_OR))
        return;
    want_word(p, "township");
    if (got(p, W_WHEN)) {
        s->may_delegate = want_word(p, "delegated");
    } else if (got_word(p, "up")) {
        want(p, W_TO);
        s->up_to = take_name(p, "the name of a policy");
        want(p, T_DOT);
        s->up_to_name = take_name(p, "a parameter's name");
    } else {
        expected(p, "when delegated, or up to a sum");
    }
}

/*
 *| stepsaid = "after" names | "within" period [ "of" NAME ] | "lasts" period | "by" NAME
 */
static void parse_step_said(struct parser *p, struct service_step *s)
{
    if (got(p, W_AFTER)) {
        /* A comma goes on with the names unless something else is said behind it. */
        VEC(struct ident) list = {0};
        do {
            struct ident id = take_name(p, "a step's name");
            if (id.text.n)
                *VEC_PUSH(p->a, &list) = id;
        } while (peek(p) == T_COMMA && peek_at(p, 1) == T_NAME && !ahead_word(p, 1, "within") &&
                 !ahead_word(p, 1, "lasts") && got(p, T_COMMA));
        s->after = list.at;
        s->n_after = list.n;
    } else if (at_word(p, "within")) {
        once(p, s->within.n > 0, "within");
        take(p);
        parse_period(p, &s->within);
        if (got(p, W_OF))
            s->since = take_name(p, "a step's name");
    } else if (at_word(p, "lasts")) {
        once(p, s->lasts.n > 0, "lasts");
        take(p);
        parse_period(p, &s->lasts);
    } else if (got(p, W_BY)) {
        s->role = take_name(p, "a role's name");
    } else {
        expected(p, "after, within, lasts or by");
    }
}

/*
 *| step     = "step" NAME label FORM office { "," stepsaid } {basis}
 *| FORM     = "acceptance" | "survey" | "verification" | "opinion" | "posting" | "decision"
 *|          | "payment" | "telling" | "sending" | "task"
 */
static void parse_step(struct parser *p, struct service_step *s)
{
    static const char *const forms[] = {
#define STEP_FORM(name, word, en, zh) word,
#include "lang/step_form.def"
#undef STEP_FORM
    };
    size_t first = p->pos;
    mark_line(p, 2, TABLE_STEP);
    take(p);
    s->since_step = SIZE_MAX;
    s->name = declared_name(p, "the step's name");
    mark_column(p, COLUMN_LABEL);
    s->label = take_label(p);
    mark_column(p, COLUMN_SAID);
    s->form = (enum step_form)take_one_of(p, forms, STEP__COUNT,
                                          "what is done in the step, such as survey or decision");
    parse_office(p, s);
    while (got(p, T_COMMA))
        parse_step_said(p, s);
    s->at_span = span_from(p, first);
    take_basis(p, &s->basis, 6);
}

/* ---- notices -------------------------------------------------------------------------------- */

/*
 *| notice   = "notice" NAME label "on" EVENT "by" CHANNEL { "," CHANNEL } ":" STRING {STRING}
 *| EVENT    = "acceptance" | "supplement" | "grant" | "refusal" | "change" | "stop" | "transfer"
 *| CHANNEL  = "paper" | "page" | "message"
 */
static void parse_notice(struct parser *p, struct service_notice *n)
{
    static const char *const events[] = {"acceptance", "supplement", "grant",   "refusal",
                                         "change",     "stop",       "transfer"};
    static const char *const channels[] = {"paper", "page", "message"};
    size_t first = p->pos;
    mark_line(p, 2, TABLE_NONE);
    take(p);
    n->name = declared_name(p, "the notice's name");
    n->label = take_label(p);
    want_word(p, "on");
    n->on = (enum notice_event)take_one_of(
        p, events, 7, "acceptance, supplement, grant, refusal, change, stop or transfer");
    want(p, W_BY);
    do {
        size_t i = take_one_of(p, channels, 3, "paper, page or message");
        if (i < 3)
            n->channels |= 1u << i;
    } while (got(p, T_COMMA));
    want(p, T_COLON);
    while (peek(p) == T_STRING) {
        mark_line(p, 6, TABLE_NONE);
        str line = take(p)->text;
        n->text = n->text.n ? str_fmt(p->a, "%.*s\n%.*s", STR_ARG(n->text), STR_ARG(line)) : line;
    }
    n->at = span_from(p, first);
    if (n->text.n == 0)
        expected(p, "what the notice says, in quotes");
}

/* ---- the whole ------------------------------------------------------------------------------ */

/*
 *| applies  = "open" "to" label [ "," "also" "registered" "elsewhere" ]
 */
static void parse_applicant(struct parser *p, struct service *s)
{
    once(p, s->applicant.zh.n > 0, "open to");
    mark_line(p, 2, TABLE_NONE);
    take(p);
    want(p, W_TO);
    s->applicant = take_label(p);
    if (!got(p, T_COMMA))
        return;
    want_word(p, "also");
    want_word(p, "registered");
    s->elsewhere = want_word(p, "elsewhere");
}

/*
 *| clock    = "clock" "stops" "for" STOP { "," STOP }
 *| STOP     = "supplement" | "posting" | "objection" | "letter"
 */
static void parse_clock(struct parser *p, struct service *s)
{
    static const char *const stops[] = {"supplement", "posting", "objection", "letter"};
    bool *said[] = {&s->stops_for_supplement, &s->stops_for_posting, &s->stops_for_objection,
                    &s->stops_for_letter};
    size_t first = p->pos;
    mark_line(p, 2, TABLE_NONE);
    take(p);
    want_word(p, "stops");
    want(p, W_FOR);
    do {
        size_t i = take_one_of(p, stops, 4, "supplement, posting, objection or letter");
        if (i < 4)
            *said[i] = true;
    } while (got(p, T_COMMA));
    s->clock_at = span_from(p, first);
}

/*
 *| visits   = "county" "visits" "for" VISIT { "," VISIT } {basis}
 *| VISIT    = "relatives" | "objection" | "complaint"
 */
static void parse_visits(struct parser *p, struct service *s)
{
    static const char *const causes[] = {"relatives", "objection", "complaint"};
    bool *said[] = {&s->visits_for_relatives, &s->visits_for_objection, &s->visits_for_complaint};
    once(p, s->visits_at.to > 0, "county visits");
    size_t first = p->pos;
    mark_line(p, 2, TABLE_NONE);
    take(p);
    want_word(p, "visits");
    want(p, W_FOR);
    do {
        size_t i = take_one_of(p, causes, 3, "relatives, objection or complaint");
        if (i < 3)
            *said[i] = true;
    } while (got(p, T_COMMA));
    if (!p->panic)
        s->visits_at = span_from(p, first);
    take_basis(p, &s->visits_basis, BESIDE);
}

/*
 *| grants   = "grants" ( "from" "next" "month" | "from" "month" "of" "application" | "once" )
 */
static void parse_grants(struct parser *p, struct service *s)
{
    once(p, s->grants_at.to > 0, "grants");
    size_t first = p->pos;
    mark_line(p, 2, TABLE_NONE);
    take(p);
    if (got_word(p, "once")) {
        s->grant_from = GRANT_ONCE;
    } else if (!want(p, W_FROM)) {
        /* reported */
    } else if (got(p, W_MONTH)) {
        s->grant_from = GRANT_APPLICATION_MONTH;
        want(p, W_OF);
        want_word(p, "application");
    } else {
        s->grant_from = GRANT_NEXT_MONTH;
        want_word(p, "next");
        want(p, W_MONTH);
    }
    if (!p->panic)
        s->grants_at = span_from(p, first);
}

/*
 *| supplied = "supplement" "within" period {basis}
 */
static void parse_supplied(struct parser *p, struct service *s)
{
    once(p, s->supplement_within.n > 0, "supplement within");
    mark_line(p, 2, TABLE_LIMIT);
    take(p);
    want_word(p, "within");
    parse_period(p, &s->supplement_within);
    take_basis(p, &s->supplement_within.basis, BESIDE);
}

/*
 *| later    = "papers" "may" "follow" "within" period {basis}
 */
static void parse_later(struct parser *p, struct service *s)
{
    once(p, s->papers_within.n > 0, "papers may follow");
    mark_line(p, 2, TABLE_LIMIT);
    take(p);
    want_word(p, "may");
    want_word(p, "follow");
    want_word(p, "within");
    parse_period(p, &s->papers_within);
    take_basis(p, &s->papers_within.basis, BESIDE);
}

/*
 *| handles  = "for" NAME "," ( "decides" names [ "after" "a" "change" ]
 *|                           | "reviews" names "every" NAME "." NAME )
 */
static void parse_about(struct parser *p, struct service *s)
{
    mark_line(p, 2, TABLE_NONE);
    if (!want(p, W_FOR))
        return;
    s->subject_name = take_name(p, "household or person");
    want(p, T_COMMA);
    if (got_word(p, "reviews")) {
        s->form = SERVICE_REVIEW;
        take_names(p, &s->decides, &s->n_decides, "a policy's name");
        want(p, W_EVERY);
        s->every = take_name(p, "a policy's name");
        want(p, T_DOT);
        s->every_name = take_name(p, "a word of that policy");
        return;
    }
    want_word(p, "decides");
    take_names(p, &s->decides, &s->n_decides, "a policy's name");
    if (got(p, W_AFTER)) {
        s->form = SERVICE_CHANGE;
        want_word(p, "a");
        want_word(p, "change");
    }
}

/*
 *| minors   = "for" "child"
 */
static void parse_minors(struct parser *p, struct service *s)
{
    once(p, s->of_child, "for child");
    mark_line(p, 2, TABLE_NONE);
    take(p);
    s->of_child = want_word(p, "child");
}

static void parse_part(struct parser *p, struct service *s, struct service_lists *l)
{
    static const char *const words[] = {"within", "step",       "paper", "notice",
                                        "clock",  "grants",     "open",  "papers",
                                        "county", "supplement", "kept"};
    if (at_basis(p)) {
        take_basis(p, &s->basis, 2);
    } else if (at_word(p, "within")) {
        parse_limit(p, s);
    } else if (at_word(p, "step")) {
        struct service_step *step = VEC_PUSH(p->a, &l->steps);
        parse_step(p, step);
        l->steps.n -= step->name.text.n == 0;
    } else if (at_word(p, "paper")) {
        struct service_paper *paper = VEC_PUSH(p->a, &l->papers);
        parse_paper(p, paper);
        l->papers.n -= paper->name.text.n == 0;
    } else if (at_word(p, "notice")) {
        struct service_notice *notice = VEC_PUSH(p->a, &l->notices);
        parse_notice(p, notice);
        l->notices.n -= notice->name.text.n == 0;
    } else if (peek(p) == W_FORM) {
        parse_section(p, VEC_PUSH(p->a, &l->forms));
    } else if (at_word(p, "open")) {
        parse_applicant(p, s);
    } else if (at_word(p, "clock")) {
        parse_clock(p, s);
    } else if (at_word(p, "grants")) {
        parse_grants(p, s);
    } else if (at_word(p, "papers")) {
        parse_later(p, s);
    } else if (at_word(p, "supplement")) {
        parse_supplied(p, s);
    } else if (at_word(p, "county")) {
        parse_visits(p, s);
    } else if (at_kept(p)) {
        parse_kept(p, &s->kept);
    } else if (peek(p) == W_FOR) {
        parse_minors(p, s);
    } else {
        expected_item(p,
                      "a part of the service: form, paper, step, notice, within, open to, "
                      "clock, supplement, county visits, grants, for child, kept or basis",
                      words, 11);
    }
}

/*
 *| service  = "service" NAME label handles
 *|            { basis | applies | minors | limit | clock | supplied | visits | grants | later
 *|            | kept | section | paper | step | notice }
 */
void parse_service(struct parser *p)
{
    struct service *s = NEW(p->a, struct service);
    struct service_lists l = {0};
    size_t first = p->pos;
    bool told = false;
    size_t before = p->d->errors;
    take(p);
    s->line = p->src->line;
    s->name = declared_name(p, "the name of the service");
    s->label = take_label(p);
    s->at = span_from(p, first);
    bool well = !p->panic;
    head_end(p);
    (void)adopt(p, W_FOR);
    if (well || peek(p) == W_FOR) {
        struct item it = item_begin(p);
        parse_about(p, s);
        item_end(p, &it, RECOVER_LINE);
    }
    while (body_goes_on(p, &told, "service", s->name)) {
        struct item it = item_begin(p);
        parse_part(p, s, &l);
        item_end(p, &it, RECOVER_LINE);
    }
    s->forms = l.forms.at;
    s->n_forms = l.forms.n;
    s->papers = l.papers.at;
    s->n_papers = l.papers.n;
    s->steps = l.steps.at;
    s->n_steps = l.steps.n;
    s->notices = l.notices.at;
    s->n_notices = l.notices.n;
    s->unread = p->d->errors > before;
    if (s->name.text.n)
        *VEC_PUSH(p->a, &p->r->services) = s;
}
