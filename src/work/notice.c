/* Notices made, handed over and found again. */
#include "work/notice.h"

#include "work/work_sql.h"

#define DUE_NONE DAY_OPEN /* sorts behind every day */

/* ---- channels ------------------------------------------------------------------------------- */

static const struct {
    unsigned channel;
    const char *name;
} channels[] = {{BY_PAPER, "paper"}, {BY_PAGE, "page"}, {BY_MESSAGE, "message"}};
enum { CHANNELS = sizeof channels / sizeof *channels };

const char *notice_channel_name(unsigned channel)
{
    for (size_t i = 0; i < CHANNELS; i++)
        if (channels[i].channel == channel)
            return channels[i].name;
    return "";
}

unsigned notice_channel_find(str name)
{
    for (size_t i = 0; i < CHANNELS; i++)
        if (str_eq(name, str_from(channels[i].name)))
            return channels[i].channel;
    return 0;
}

/* What an office has to do about it. */
static unsigned waits_for(const struct notice *n)
{
    return n->channels & ~n->sent & (BY_PAPER | BY_MESSAGE);
}

/* ---- text ----------------------------------------------------------------------------------- */

static str word_of(str name, const struct notice_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(name, str_from(words[i].name)))
            return words[i].text;
    return S("");
}

static bool is_name(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '_' && !(s.p[i] >= 'a' && s.p[i] <= 'z'))
            return false;
    return s.n > 0;
}

str notice_fill(str text, const struct notice_word *words, size_t n, struct arena *a)
{
    struct sbuf b;
    sbuf_init(&b, 1 << 20);
    while (text.n > 0) {
        str before, after, name;
        if (!str_cut(text, '{', &before, &after)) {
            sbuf_add(&b, text);
            break;
        }
        sbuf_add(&b, before);
        if (str_cut(after, '}', &name, &text) && is_name(name)) {
            sbuf_add(&b, word_of(name, words, n));
        } else {
            sbuf_addc(&b, '{');
            text = after;
        }
    }
    str out = str_dup(a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

/* ---- writing -------------------------------------------------------------------------------- */

static enum role role_at(int64_t division)
{
    switch (division_level(division)) {
    case AT_CITY:
        return ROLE_OFFICER;
    case AT_COUNTY:
        return ROLE_DECIDER;
    case AT_VILLAGE:
        return ROLE_VILLAGE;
    default:
        return ROLE_CLERK;
    }
}

MUST_CHECK static enum rc put_task(struct change *c, const struct notice *n, struct err *err)
{
    struct arena a = {0};
    str en = n->title_en.n > 0 ? n->title_en : n->title;
    struct task t = {
        .kind = S("notice"),
        .case_id = n->case_id,
        .ref_id = n->notice_id,
        .household_id = n->household_id,
        .person_id = n->person_id,
        .division = n->division,
        .role = role_at(n->division),
        .line = n->line,
        .title = str_fmt(&a, "送达：%.*s", STR_ARG(n->title)),
        .title_en = str_fmt(&a, "Hand over: %.*s", STR_ARG(en)),
        .subject = n->subject,
        .opened = n->made,
        .due = n->due,
        .warn = n->warn,
    };
    enum rc rc = task_put(c, &t, err);
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc put_about(struct change *c, const struct notice *n, struct err *err)
{
    const struct notice_about *t = n->about;
    char text[8];
    const struct value v[] = {V_INT(c->county_code), V_INT(n->notice_id),
                              V_TEXT(t->programme),  V_TEXT(str_from(month_text(t->from, text))),
                              V_INT(t->old_fen),     V_INT(t->fen),
                              V_TEXT(t->reasons),    V_TEXT(t->rule_hash),
                              V_INT(c->position)};
    change_note(c, "notice_about", v, 9);
    return exec(c->conn, &stmt_notice_about_insert, v, 9, NULL, err);
}

enum rc notice_about_read(struct conn *c, int64_t county, int64_t notice_id, struct arena *a,
                          struct notice_about *out, struct err *err)
{
    const struct value v[] = {V_INT(county), V_INT(notice_id)};
    struct query *q = NULL;
    *out = (struct notice_about){.programme = S("")};
    TRY(query(c, &stmt_notice_about_read, v, 2, &q, err));
    while (query_next(q)) {
        out->programme = str_dup(a, query_text(q, 0));
        if (!month_parse(query_text(q, 1), &out->from))
            out->from = 0;
        out->old_fen = query_int(q, 2);
        out->fen = query_int(q, 3);
        out->reasons = str_dup(a, query_text(q, 4));
        out->rule_hash = str_dup(a, query_text(q, 5));
        out->position = query_int(q, 6);
    }
    return query_end(q, err);
}

enum rc notice_put(struct change *c, struct id_source *ids, struct notice *n, struct err *err)
{
    char made[11], due[11];
    n->notice_id = id_next(ids);
    n->county_code = c->county_code;
    n->sent = 0;
    n->version = 1;
    const struct value v[] = {
        V_INT(c->county_code),
        V_INT(n->notice_id),
        V_INT(n->case_id),
        V_INT(n->household_id),
        V_INT(n->person_id),
        V_INT(n->division),
        V_INT(n->division / 1000 * 1000),
        V_TEXT(n->line),
        V_TEXT(n->kind),
        V_TEXT(n->title),
        V_TEXT(n->text),
        V_TEXT(n->subject),
        V_INT(n->channels),
        V_INT(waits_for(n) != 0),
        V_INT((n->channels & BY_MESSAGE) != 0),
        V_TEXT(str_from(date_text(n->made, made))),
        V_TEXT(str_from(n->due == 0 ? DUE_NONE : date_text(n->due, due))),
        V_INT(c->position),
    };
    change_note(c, "notice", v, sizeof v / sizeof *v);
    TRY(exec(c->conn, &stmt_notice_insert, v, sizeof v / sizeof *v, NULL, err));
    if (n->about != NULL)
        TRY(put_about(c, n, err));
    return (n->channels & BY_PAPER) && !n->by_step ? put_task(c, n, err) : RC_OK;
}

MUST_CHECK static enum rc check_way(const struct notice *n, unsigned channel, day on,
                                    struct err *err)
{
    char text[11], made[11];
    if (channel == 0 || notice_channel_name(channel)[0] == '\0' || !(n->channels & channel))
        return err_set(err, RC_BAD_INPUT, "the notice goes out by%s%s%s, not by %s",
                       n->channels & BY_PAPER ? " paper" : "", n->channels & BY_PAGE ? " page" : "",
                       n->channels & BY_MESSAGE ? " message" : "", notice_channel_name(channel));
    if (on < n->made)
        return err_set(err, RC_BAD_INPUT, "found %s, expected a day from %s on, when it was made",
                       date_text(on, text), date_text(n->made, made));
    if (n->sent & channel)
        return err_set(err, RC_CONFLICT, "the notice went out by %s before",
                       notice_channel_name(channel));
    return RC_OK;
}

enum rc notice_sent(struct change *c, int64_t notice_id, unsigned channel, day on, str how,
                    struct err *err)
{
    struct arena a = {0};
    struct notice n = {0};
    char text[11];
    enum rc rc = notice_find(c->conn, c->county_code, notice_id, &a, &n, err);
    arena_deinit(&a); /* of n only numbers are used from here on */
    TRY(rc);
    TRY(check_way(&n, channel, on, err));
    n.sent |= channel;
    const struct value way[] = {V_INT(c->county_code), V_INT(notice_id),
                                V_INT(channel),        V_TEXT(str_from(date_text(on, text))),
                                V_TEXT(how),           V_TEXT(c->who),
                                V_INT(c->at_ms)};
    const struct value now[] = {V_INT(c->county_code),
                                V_INT(notice_id),
                                V_INT(n.sent),
                                V_INT(waits_for(&n) != 0),
                                V_INT((waits_for(&n) & BY_MESSAGE) != 0),
                                V_INT(c->position)};
    change_note(c, "notice_way", way, 7);
    TRY(exec(c->conn, &stmt_notice_way_add, way, 7, NULL, err));
    TRY(exec(c->conn, &stmt_notice_went, now, 6, NULL, err));
    if (channel == BY_PAPER)
        return task_end(c, S("notice"), n.case_id, notice_id, S(""), on, err);
    return RC_OK;
}

static bool is_decision(str kind)
{
    return str_eq(kind, S("grant")) || str_eq(kind, S("refusal")) || str_eq(kind, S("change")) ||
           str_eq(kind, S("stop"));
}

/* The channel of a way as it is said; 0: none of the notice's own. */
static unsigned channel_of_way(str way)
{
    static const struct {
        const char *words;
        unsigned channel;
    } ways[] = {{"当面送达", BY_PAPER},
                {"邮寄送达", BY_PAPER},
                {"留置送达", BY_PAPER},
                {"短信告知", BY_MESSAGE}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (str_eq(way, str_from(ways[i].words)))
            return ways[i].channel;
    return notice_channel_find(way);
}

MUST_CHECK static enum rc tell_one(struct change *c, const struct notice *n, unsigned channel,
                                   day on, str how, struct err *err)
{
    if (!is_decision(n->kind))
        return RC_OK;
    if (n->channels & ~n->sent & channel)
        TRY(notice_sent(c, n->notice_id, channel, on > n->made ? on : n->made, how, err));
    if (n->channels & ~n->sent & ~channel & BY_PAPER)
        return put_task(c, n, err);
    return RC_OK;
}

enum rc notice_told(struct change *c, int64_t case_id, str way, day on, str how, struct err *err)
{
    struct arena a = {0};
    struct notice *list = NULL;
    size_t n = 0;
    unsigned channel = channel_of_way(way);
    enum rc rc = notices_of_case(c->conn, c->county_code, case_id, &a, &list, &n, err);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = tell_one(c, &list[i], channel, on, how.n > 0 ? how : way, err);
    arena_deinit(&a);
    return rc;
}
