/* What a posting says: made from the service's public document, frozen, scanned. */
#include "work/posting.h"

#include "guard/leak.h"
#include "work/effect.h"
#include "work/notice.h"
#include "work/posting_in.h"
#include "work/work_sql.h"

static const struct {
    const char *word, *en, *zh;
    bool is_public;
} fields[] = {
#define DOCUMENT_FIELD(name, text, whitelisted, english, chinese)                                  \
    [SHOWN_##name] = {text, english, chinese, whitelisted},
#include "lang/document_field.def"
#undef DOCUMENT_FIELD
};

/* What the law posts, for rules of the time before documents were declared. */
static const enum document_field by_law[] = {SHOWN_NAME, SHOWN_MEMBERS, SHOWN_VILLAGE,
                                             SHOWN_PROGRAMME, SHOWN_AMOUNT};
enum { BY_LAW = sizeof by_law / sizeof by_law[0] };

str posting_day(day d, struct arena *a)
{
    int y, m, dd;
    if (d == 0)
        return S("");
    date_civil(d, &y, &m, &dd);
    return str_fmt(a, "%d年%d月%d日", y, m, dd);
}

/* ---- children --------------------------------------------------------------------------------- */

/* Whoever is named by it: the person that the case is for, else the head of the household. */
MUST_CHECK static enum rc named_person(struct conn *c, const struct case_row *r, day on,
                                       int64_t *out, struct err *err)
{
    char text[11];
    const struct value v[] = {V_INT(r->county_code), V_INT(r->household_id),
                              V_TEXT(str_from(date_text(on, text)))};
    struct query *q = NULL;
    *out = r->person_id;
    if (*out != 0)
        return RC_OK;
    TRY(query(c, &stmt_posting_head, v, 3, &q, err));
    if (query_next(q))
        *out = query_int(q, 0);
    return query_end(q, err);
}

MUST_CHECK static enum rc birth_of(struct conn *c, int64_t county, int64_t person, day *out,
                                   struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(person)};
    struct query *q = NULL;
    *out = 0;
    TRY(query(c, &stmt_posting_person, v, 2, &q, err));
    if (query_next(q) && !date_parse(query_text(q, 1), out))
        *out = 0;
    return query_end(q, err);
}

enum rc posting_forbidden(struct conn *c, const struct case_whole *k, day on,
                          struct posting_bar *out, struct err *err)
{
    const struct case_opinion *o = &k->state->opinion;
    int64_t person = 0;
    day birth = 0;
    *out = (struct posting_bar){0};
    if (k->ground.service->form == SERVICE_REVIEW && o->seq != 0 && o->grant)
        *out = (struct posting_bar){.word = "stays",
                                    .zh = "复核后继续享受，没有拟终止的，不需公示",
                                    .en = "nothing ends by this review, so nothing is posted"};
    if (!k->ground.service->of_child) {
        TRY(named_person(c, &k->row, on, &person, err));
        TRY(birth_of(c, k->row.county_code, person, &birth, err));
        if (!is_minor(birth, on))
            return RC_OK;
    }
    *out = (struct posting_bar){
        .word = "child",
        .zh = "涉及未满十八周岁的未成年人，依法不公示",
        .en = "it is about somebody under 18, or of unknown age: children are never posted"};
    return RC_OK;
}

/* ---- values ----------------------------------------------------------------------------------- */

struct making {
    struct conn *conn;
    const struct case_whole *k;
    struct arena *a;
    enum posting_kind kind;
    struct posting *p;
    const struct case_opinion *judged; /* opinion, or for a result the decision */
    str value[SHOWN__COUNT];           /* of public fields; empty: has none */
};

MUST_CHECK static enum rc read_people(struct making *m, struct err *err)
{
    const struct case_row *r = &m->k->row;
    char text[11];
    const struct value v[] = {V_INT(r->county_code), V_INT(r->household_id),
                              V_TEXT(str_from(date_text(m->p->begins, text)))};
    int64_t person = 0, members = 0;
    struct query *q = NULL;
    TRY(named_person(m->conn, r, m->p->begins, &person, err));
    TRY(case_name_of(m->conn, r->county_code, person, m->a, &m->value[SHOWN_NAME], err));
    if (r->person_id != 0) /* of one person nothing is told about the family */
        return RC_OK;
    TRY(query(m->conn, &stmt_posting_members, v, 3, &q, err));
    if (query_next(q))
        members = query_int(q, 0);
    TRY(query_end(q, err));
    m->value[SHOWN_MEMBERS] = str_fmt(m->a, "%lld人", (long long)members);
    return RC_OK;
}

MUST_CHECK static enum rc read_places(struct making *m, struct err *err)
{
    char text[11];
    int64_t town = 0;
    struct division_info info = {0};
    str on = str_from(date_text(m->p->begins, text));
    TRY(division_find(m->conn, m->k->state->owner, on, m->a, &info, err));
    m->value[SHOWN_VILLAGE] = info.name;
    TRY(office_at(m->conn, m->k->state->owner, AT_TOWNSHIP, m->p->begins, &town, err));
    TRY(division_find(m->conn, town, on, m->a, &info, err));
    m->value[SHOWN_TOWNSHIP] = info.name;
    return case_office_name(m->conn, town, m->p->begins, m->a, &m->value[SHOWN_OFFICE], err);
}

/* Of what was granted: programmes, sum; and of the first whose it is. */
static void read_judged(struct making *m)
{
    const struct case_opinion *o = m->judged;
    const struct service *s = m->k->ground.service;
    bool once = s->grant_from == GRANT_ONCE;
    int64_t fen = 0;
    str programmes = S("");
    for (size_t i = 0; i < o->n_lines; i++) {
        const struct case_line *l = &o->lines[i];
        const struct policy *p = rules_policy(m->k->ground.rules, l->programme);
        str name = p != NULL ? p->label.zh : l->programme;
        if (o->grant && !l->grant)
            continue;
        fen += l->grant ? l->fen : 0;
        if (str_find(programmes, name) < 0)
            programmes = programmes.n == 0
                             ? name
                             : str_fmt(m->a, "%.*s、%.*s", STR_ARG(programmes), STR_ARG(name));
        if (l->grant && m->p->programme.n == 0 && m->kind == POSTING_RESULT && !once) {
            m->p->programme = l->programme;
            m->p->person_id = l->person_id;
        }
    }
    m->value[SHOWN_PROGRAMME] = programmes.n > 0 ? programmes : s->label.zh;
    if (fen > 0)
        m->value[SHOWN_AMOUNT] =
            str_fmt(m->a, once ? "%.*s元" : "每月%.*s元", STR_ARG(fen_text(fen, m->a)));
    bool ends = s->form != SERVICE_APPLICATION;
    if (m->kind == POSTING_CASE)
        m->value[SHOWN_RESULT] = o->grant ? S("拟同意") : ends ? S("拟终止") : S("拟不予同意");
    else
        m->value[SHOWN_RESULT] = S("同意");
}

MUST_CHECK static enum rc read_values(struct making *m, struct err *err)
{
    const struct case_whole *k = m->k;
    const struct day_in {
        int y, m, d;
    } none = {0};
    struct day_in from = none;
    m->value[SHOWN_NUMBER] = k->row.number;
    m->value[SHOWN_SERVICE] = k->ground.service->label.zh;
    m->value[SHOWN_UNTIL] = posting_day(m->p->ends, m->a);
    if (m->kind == POSTING_RESULT && k->ground.service->grant_from == GRANT_NEXT_MONTH) {
        date_civil(month_first(date_month(m->judged->day) + 1), &from.y, &from.m, &from.d);
        m->value[SHOWN_FROM] = str_fmt(m->a, "%d年%d月", from.y, from.m);
    }
    TRY(read_people(m, err));
    TRY(read_places(m, err));
    read_judged(m);
    return RC_OK;
}

/* ---- the document ----------------------------------------------------------------------------- */

static struct label fill(const struct making *m, const struct label *text)
{
    char until[11];
    struct notice_word words[SHOWN__COUNT];
    for (size_t i = 0; i < SHOWN__COUNT; i++)
        words[i] = (struct notice_word){fields[i].word, fields[i].is_public ? m->value[i] : S("")};
    struct label out = {.zh = notice_fill(text->zh, words, SHOWN__COUNT, m->a)};
    if (m->p->ends != 0)
        words[SHOWN_UNTIL].text = str_from(date_text(m->p->ends, until));
    out.en = notice_fill(text->en, words, SHOWN__COUNT, m->a);
    return out;
}

struct content_list {
    VEC(struct label) says;
    VEC(struct posting_line) lines;
};

static void add_line(struct making *m, struct content_list *list, enum document_field f)
{
    if (!fields[f].is_public || m->value[f].n == 0)
        return;
    for (size_t i = 0; i < list->lines.n; i++)
        if (list->lines.at[i].field == f)
            return;
    *VEC_PUSH(m->a, &list->lines) = (struct posting_line){
        f, {.zh = str_from(fields[f].zh), .en = str_from(fields[f].en)}, m->value[f]};
}

static void add_parts(struct making *m, const struct document *d, struct content_list *list)
{
    for (size_t i = 0; i < d->n_parts; i++) {
        const struct document_part *part = &d->parts[i];
        if (part->kind == PART_SAYS && m->kind == POSTING_CASE)
            *VEC_PUSH(m->a, &list->says) = fill(m, &part->text);
        bool of_case =
            part->kind == PART_SHOWS || (part->kind == PART_LISTS && part->list == LIST_CASES);
        for (size_t f = 0; of_case && f < part->n_shown; f++)
            add_line(m, list, part->shown[f].field);
    }
}

/* What was decided is posted in the same form; the document's own words are about the opinion. */
static void add_result(struct making *m, struct content_list *list)
{
    add_line(m, list, SHOWN_PROGRAMME);
    add_line(m, list, SHOWN_FROM);
    const struct label says = {
        .zh = S(
            "经审核确认，以下对象符合规定条件，现将结果长期公示，接受群众监督。有异议的，请向{township}"
            "或者县级民政部门反映。"),
        .en = S("What was decided is posted here as long as it is paid. Whoever objects tells "
                "{township} or the civil affairs bureau of the county.")};
    *VEC_PUSH(m->a, &list->says) = fill(m, &says);
}

MUST_CHECK static enum rc make_content(struct making *m, struct posting_content *out,
                                       struct err *err)
{
    const struct service *s = m->k->ground.service;
    const struct document *d = rules_document(m->k->ground.rules, s, DOCUMENT_POSTING);
    struct content_list list = {0};
    if (d != NULL && !d->is_public)
        return err_set(err, RC_RULE, "the document “%.*s” is not declared public",
                       STR_ARG(d->name.text));
    if (d != NULL)
        add_parts(m, d, &list);
    for (size_t i = 0; d == NULL && i < BY_LAW; i++)
        add_line(m, &list, by_law[i]);
    out->title = d != NULL ? d->label : s->label;
    if (m->kind == POSTING_RESULT) {
        add_result(m, &list);
        out->title =
            (struct label){.zh = str_fmt(m->a, "%.*s结果公示", STR_ARG(m->value[SHOWN_PROGRAMME])),
                           .en = S("what was decided")};
    } else if (d == NULL) {
        out->title.zh = str_fmt(m->a, "%.*s公示", STR_ARG(s->label.zh));
    }
    out->says = list.says.at;
    out->n_says = list.says.n;
    out->lines = list.lines.at;
    out->n_lines = list.lines.n;
    return RC_OK;
}

/* ---- frozen ----------------------------------------------------------------------------------- */

static json_t *label_json(const struct label *l)
{
    return json_pack("{s:s%,s:s%}", "zh", l->zh.n > 0 ? l->zh.p : "", l->zh.n, "en",
                     l->en.n > 0 ? l->en.p : "", l->en.n);
}

static str content_text(const struct posting_content *c, struct arena *a)
{
    json_t *says = json_array(), *lines = json_array();
    for (size_t i = 0; i < c->n_says; i++)
        json_array_append_new(says, label_json(&c->says[i]));
    for (size_t i = 0; i < c->n_lines; i++)
        json_array_append_new(lines,
                              json_pack("{s:s,s:o,s:s%}", "field", fields[c->lines[i].field].word,
                                        "label", label_json(&c->lines[i].label), "value",
                                        c->lines[i].value.p, c->lines[i].value.n));
    json_t *all =
        json_pack("{s:o,s:o,s:o}", "title", label_json(&c->title), "says", says, "lines", lines);
    str text = case_json_text(all, a);
    json_decref(all);
    return text;
}

static struct label label_read(const json_t *j)
{
    return (struct label){.zh = case_text(j, "zh"), .en = case_text(j, "en")};
}

static bool field_find(str word, enum document_field *out)
{
    for (size_t i = 0; i < SHOWN__COUNT; i++)
        if (fields[i].is_public && str_eq(word, str_from(fields[i].word))) {
            *out = (enum document_field)i;
            return true;
        }
    return false;
}

enum rc posting_content_read(str content, struct arena *a, struct posting_content *out,
                             struct err *err)
{
    const json_t *j = case_json(content, a);
    const json_t *says = json_object_get(j, "says"), *lines = json_object_get(j, "lines");
    if (!json_is_object(j))
        return err_set(err, RC_BAD_INPUT, "the content of a posting: expected an object");
    *out = (struct posting_content){.title = label_read(json_object_get(j, "title"))};
    out->says = NEW_N(a, struct label, json_array_size(says) + 1);
    out->lines = NEW_N(a, struct posting_line, json_array_size(lines) + 1);
    for (size_t i = 0; i < json_array_size(says); i++)
        out->says[out->n_says++] = label_read(json_array_get(says, i));
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *l = json_array_get(lines, i);
        struct posting_line *line = &out->lines[out->n_lines];
        if (!field_find(case_text(l, "field"), &line->field))
            continue; /* of a program to come; what isn't known to be public isn't shown */
        line->label = label_read(json_object_get(l, "label"));
        line->value = case_text(l, "value");
        out->n_lines++;
    }
    return RC_OK;
}

MUST_CHECK static enum rc scan(str text, str what, struct err *err)
{
    char name[128];
    snprintf(name, sizeof name, "%.*s", STR_ARG(what));
    return leak_refuse(text, name, err);
}

enum rc posting_scan(const struct posting_content *c, str place, struct err *err)
{
    TRY(scan(place, S("公示地点 place"), err));
    TRY(scan(c->title.zh, S("标题 title"), err));
    TRY(scan(c->title.en, S("title"), err));
    for (size_t i = 0; i < c->n_says; i++) {
        TRY(scan(c->says[i].zh, S("正文 text"), err));
        TRY(scan(c->says[i].en, S("text"), err));
    }
    for (size_t i = 0; i < c->n_lines; i++)
        TRY(scan(c->lines[i].value, c->lines[i].label.zh, err));
    return RC_OK;
}

/* ---- as it will look -------------------------------------------------------------------------- */

static const struct service_step *posting_step(const struct service *s)
{
    for (size_t i = 0; i < s->n_steps; i++)
        if (s->steps[i].form == STEP_POSTING)
            return &s->steps[i];
    return NULL;
}

static day last_day(const struct case_whole *k, enum posting_kind kind, day begins)
{
    const struct service_step *step = posting_step(k->ground.service);
    if (kind == POSTING_RESULT && k->ground.service->grant_from != GRANT_ONCE)
        return 0;
    static const struct deadline usual = {.n = 7, .unit = IN_DAYS};
    return deadline_due(k->ground.calendar, begins,
                        step != NULL && step->lasts.n > 0 ? &step->lasts : &usual, NULL);
}

enum rc posting_preview(struct conn *c, const struct case_whole *k, enum posting_kind kind,
                        str place, day begins, struct arena *a, struct posting *out,
                        struct posting_content *content, struct err *err)
{
    struct posting_content own = {0};
    struct posting_bar why;
    struct making m = {.conn = c,
                       .k = k,
                       .a = a,
                       .kind = kind,
                       .p = out,
                       .judged = kind == POSTING_RESULT ? &k->state->decision : &k->state->opinion};
    if (content == NULL)
        content = &own;
    *out = (struct posting){.county_code = k->row.county_code,
                            .kind = kind,
                            .case_id = k->row.case_id,
                            .household_id = k->row.household_id,
                            .person_id = k->row.person_id,
                            .service = k->row.service,
                            .line = k->row.line,
                            .programme = S(""),
                            .division = k->state->owner,
                            .place = str_trim(place),
                            .begins = begins,
                            .ends = last_day(k, kind, begins),
                            .why = S("")};
    TRY(posting_forbidden(c, k, begins, &why, err));
    if (why.word != NULL && (kind == POSTING_CASE || str_eq(str_from(why.word), S("child"))))
        return err_set(err, RC_RULE, "%s (%s)", why.en, why.zh);
    if (m.judged->seq == 0)
        return err_set(err, RC_RULE,
                       "nothing can be posted yet: expected an opinion on the case first");
    TRY(read_values(&m, err));
    TRY(make_content(&m, content, err));
    TRY(posting_scan(content, out->place, err));
    out->content = content_text(content, a);
    return RC_OK;
}

/* ---- with the case ---------------------------------------------------------------------------- */

MUST_CHECK static enum rc put_photo_task(struct change *c, const struct case_whole *k,
                                         const struct posting *p, struct err *err)
{
    struct task task = {.kind = S("posting"),
                        .case_id = k->row.case_id,
                        .step = S("photo"),
                        .household_id = k->row.household_id,
                        .person_id = k->row.person_id,
                        .role = ROLE_CLERK,
                        .line = k->row.line,
                        .title = S("上传公示照片"),
                        .title_en = S("photo of the posting"),
                        .subject = k->row.subject,
                        .opened = p->begins,
                        .due = p->ends,
                        .warn = p->ends,
                        .unit = IN_DAYS};
    TRY(office_at(c->conn, k->state->owner, AT_TOWNSHIP, p->begins, &task.division, err));
    return task_put(c, &task, err);
}

enum rc posting_begin(struct change *c, struct city *city, const struct case_whole *k, str place,
                      int64_t sheet, day on, struct arena *a, struct err *err)
{
    struct posting p, first;
    TRY(posting_preview(c->conn, k, POSTING_CASE, place, on, a, &p, NULL, err));
    if (sheet != 0) {
        TRY(posting_find(NULL, c->conn, c->county_code, sheet, a, &first, err));
        if (first.division != p.division || first.begins != p.begins ||
            !str_eq(first.service, p.service))
            return err_set(err, RC_RULE,
                           "a sheet is of one village, service and day: post this one by itself");
    }
    p.sheet_id = sheet;
    TRY(posting_put(c, &city->ids, &p, err));
    return put_photo_task(c, k, &p, err);
}

/* What hangs out of the case, of one kind. */
MUST_CHECK static enum rc open_of_case(struct change *c, const struct case_whole *k,
                                       enum posting_kind kind, struct arena *a, struct posting *out,
                                       bool *found, struct err *err)
{
    struct posting *all = NULL;
    size_t n = 0;
    *found = false;
    TRY(postings_of_case(c->conn, k->row.county_code, k->row.case_id, a, &all, &n, err));
    for (size_t i = 0; i < n && !*found; i++) {
        *found = all[i].state == POSTING_OPEN && all[i].kind == kind;
        if (*found)
            *out = all[i];
    }
    return RC_OK;
}

MUST_CHECK static enum rc take_down(struct change *c, const struct case_whole *k,
                                    enum event_kind kind, day on, struct arena *a, struct err *err)
{
    struct posting p;
    bool found = false, hangs = k->state->posted != 0 && case_status_open(k->state->status);
    TRY(open_of_case(c, k, POSTING_CASE, a, &p, &found, err));
    if (!found || hangs)
        return RC_OK;
    bool ended = kind == EVENT_POSTING_ENDED;
    TRY(posting_close(c, p.posting_id, ended ? POSTING_ENDED : POSTING_WITHDRAWN, on,
                      ended ? S("") : str_from(event_label(kind, false)), err));
    return p.photo != 0 && ended
               ? RC_OK
               : task_end(c, S("posting"), k->row.case_id, 0, S("photo"), on, err);
}

/* What was posted of the same programme for them before. */
MUST_CHECK static enum rc replace_results(struct change *c, const struct posting *p, bool *was,
                                          str *place, day on, struct arena *a, struct err *err)
{
    const struct value v[] = {V_INT(c->county_code), V_INT(p->household_id), V_INT(p->person_id),
                              V_TEXT(p->programme)};
    VEC(int64_t) old = {0};
    struct query *q = NULL;
    TRY(query(c->conn, &stmt_results_of, v, 4, &q, err));
    while (query_next(q)) {
        *VEC_PUSH(a, &old) = query_int(q, 0);
        *place = str_dup(a, query_text(q, 1));
    }
    TRY(query_end(q, err));
    *was = old.n > 0;
    for (size_t i = 0; i < old.n; i++)
        TRY(posting_close(c, old.at[i], POSTING_WITHDRAWN, on, S("有新的决定"), err));
    return RC_OK;
}

static bool was_posted(const struct case_state *s)
{
    for (size_t i = 0; i < s->service->n_steps; i++)
        if (s->steps[i].step->form == STEP_POSTING && s->steps[i].status == STEP_DONE)
            return s->posted_at.n > 0;
    return false;
}

/*
 * The family has been told: now the village reads it too, where it read the opinion; what a review
 * changed is posted in place of what was. What can't be posted (a child, a number in a name) isn't, and keeps
 * nobody from telling.
 */
MUST_CHECK static enum rc post_result(struct change *c, struct city *city,
                                      const struct case_whole *k, day on, struct arena *a,
                                      struct err *err)
{
    struct posting p;
    struct err own = {0};
    bool was = false;
    str place = k->state->posted_at;
    if (k->state->decision.seq == 0 || !k->state->decision.grant || k->ground.elsewhere)
        return RC_OK;
    enum rc rc = posting_preview(c->conn, k, POSTING_RESULT, place, on, a, &p, NULL, &own);
    if (rc == RC_RULE)
        return RC_OK;
    if (rc != RC_OK)
        return err_set(err, rc, "%s", own.text);
    if (p.programme.n > 0)
        TRY(replace_results(c, &p, &was, &place, on, a, err));
    if (!was && !was_posted(k->state))
        return RC_OK;
    p.place = place;
    return posting_put(c, &city->ids, &p, err);
}

enum rc posting_follow(struct change *c, struct city *city, const struct case_whole *k,
                       enum event_kind kind, day on, struct arena *a, struct err *err)
{
    if (kind != EVENT_POSTING_BEGAN)
        TRY(take_down(c, k, kind, on, a, err));
    return kind == EVENT_TOLD ? post_result(c, city, k, on, a, err) : RC_OK;
}
