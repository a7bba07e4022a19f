/* What a family is told of arrears, in one notice for a programme: how much for which months, why, and what follows. */
#include "pay/arrears_money.h"

#include "pay/pay_sql.h"
#include "work/paper.h"

/* ---- the rule --------------------------------------------------------------------------------- */

int64_t arrears_most(const struct policy *p, str cause, int64_t total)
{
    const struct taking_back *t = p != NULL ? policy_taking(p, cause) : NULL;

    if (t == NULL || t->most_den == 0)
        return total;
    /* In two steps: a sum of fen times a share may not fit. */
    return total / t->most_den * t->most_num + total % t->most_den * t->most_num / t->most_den;
}

/* ---- causes and reasons ----------------------------------------------------------------------- */

static const struct code *causes(const struct rules *r)
{
    return rules_code(r, S("overpayment_cause"));
}

bool arrears_cause_known(const struct rules *r, str cause)
{
    const struct code *c = causes(r);

    return c != NULL && code_index(c, cause) >= 0;
}

str arrears_cause_label(const struct rules *r, str cause, bool english)
{
    const struct code *c = causes(r);
    long at = c != NULL ? code_index(c, cause) : -1;

    if (str_eq(cause, S("underpaid")))
        return english ? S("underpaid") : S("少发");
    if (at < 0)
        return cause;
    const struct label *l = &c->values[at].label;
    return english && l->en.n > 0 ? l->en : l->zh;
}

const char *arrears_reason_label(str reason, bool english)
{
    static const struct {
        const char *reason, *zh, *en;
    } known[] = {{"standard", "标准调整", "another standard or rule"},
                 {"facts", "家庭情况核定变更", "other facts of the family"},
                 {"decision", "金额决定变更", "another decision on the amount"},
                 {"enrolment", "保障对象资格变更", "another enrolment"},
                 {"death", "家庭成员死亡", "a death in the family"}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(reason, str_from(known[i].reason)))
            return english ? known[i].en : known[i].zh;
    return english ? "determined again" : "重新核定";
}

/* ---- parts of the text ------------------------------------------------------------------------ */

static str yuan(int64_t fen, struct arena *a)
{
    char text[32];

    return str_dup(a, str_from(money_text(fen, true, text)));
}

/* What one line comes to, without sign. */
static int64_t amount_of(const struct arrears_line *l, bool back)
{
    int64_t fen = back ? l->due_fen - l->paid_fen : l->paid_fen - l->due_fen;

    return fen > 0 ? fen : 0;
}

/* The months in a row that have the same amount are told as one: 2021年1月至3月每月30.00元. */
static void months_text(struct sbuf *out, const struct arrears_told *t, bool back, struct arena *a)
{
    bool first = true;

    for (size_t i = 0, end; i < t->n; i = end) {
        month from = t->lines[i].month, to = from;
        int64_t fen = 0;
        for (end = i; end < t->n && t->lines[end].month == from; end++)
            fen += amount_of(&t->lines[end], back);
        for (size_t k = end; k < t->n && t->lines[k].month == to + 1;) {
            int64_t next = 0;
            size_t last = k;
            for (; last < t->n && t->lines[last].month == to + 1; last++)
                next += amount_of(&t->lines[last], back);
            if (next != fen)
                break;
            to++;
            end = k = last;
        }
        if (fen == 0)
            continue;
        sbuf_fmt(out, "%s%d年%d月", first ? "" : "，", month_year(from), month_number(from));
        if (to > from && month_year(to) == month_year(from))
            sbuf_fmt(out, "至%d月每月", month_number(to));
        else if (to > from)
            sbuf_fmt(out, "至%d年%d月每月", month_year(to), month_number(to));
        sbuf_fmt(out, "%.*s元", STR_ARG(yuan(fen, a)));
        first = false;
    }
}

static int64_t sum_of(const struct arrears_told *t, bool back)
{
    int64_t fen = 0;

    for (size_t i = 0; i < t->n; i++)
        fen += amount_of(&t->lines[i], back);
    return fen;
}

/* Each reason once, in the order of the lines; of an overpayment its cause. */
static void reasons_text(struct sbuf *out, const struct rules *r, const struct arrears_told *t,
                         bool back)
{
    size_t said = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct arrears_line *l = &t->lines[i];
        bool again = amount_of(l, back) == 0;
        for (size_t k = 0; k < i && !again; k++)
            again = amount_of(&t->lines[k], back) > 0 && str_eq(t->lines[k].cause, l->cause) &&
                    str_eq(t->lines[k].reason, l->reason);
        if (again)
            continue;
        sbuf_fmt(out, "%s%s", said++ > 0 ? "；" : "", arrears_reason_label(l->reason, false));
        if (!back && l->cause.n > 0)
            sbuf_fmt(out, "（%.*s）", STR_ARG(arrears_cause_label(r, l->cause, false)));
    }
}

/* ---- the notice ------------------------------------------------------------------------------- */

MUST_CHECK static enum rc office_name(struct conn *c, int64_t county, day today, struct arena *a,
                                      str *out, struct err *err)
{
    char on[11];
    struct division_info info;
    enum rc rc = division_find(c, county * 1000000, str_from(date_text(today, on)), a, &info, err);

    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    *out = rc == RC_OK ? str_fmt(a, "%.*s民政局", STR_ARG(info.name)) : S("");
    return RC_OK;
}

static void backpay_text(struct sbuf *out, const struct rules *r, const struct arrears_told *t,
                         str label, struct arena *a)
{
    sbuf_fmt(out, "经重新核算，你户的%.*s应补发%.*s元：", STR_ARG(label),
             STR_ARG(yuan(sum_of(t, true), a)));
    months_text(out, t, true, a);
    sbuf_add(out, S("。原因："));
    reasons_text(out, r, t, true);
    sbuf_add(out, S("。补发的钱随下一次发放打到你户的收款账户。"));
}

/* How it is taken back while the family is paid on. */
static void deducted_text(struct sbuf *out, const struct policy *p, const struct arrears_told *t)
{
    const struct taking_back *taking = NULL;

    for (size_t i = 0; i < t->n && p != NULL && taking == NULL; i++)
        if (amount_of(&t->lines[i], false) > 0)
            taking = policy_taking(p, t->lines[i].cause);
    sbuf_add(out, S("追回的钱从以后每次发放的这项待遇中抵扣，"));
    if (taking != NULL && taking->most_den != 0 && taking->most_num < taking->most_den)
        sbuf_fmt(out, "每次最多抵扣应发金额的%lld%%，",
                 (long long)(taking->most_num * 100 / taking->most_den));
    sbuf_add(out, S("抵扣完为止；也可以一次退还。"));
}

static void recovery_text(struct sbuf *out, const struct rules *r, const struct policy *p,
                          const struct arrears_told *t, str label, struct arena *a)
{
    sbuf_fmt(out, "经重新核算，你户的%.*s多发%.*s元：", STR_ARG(label),
             STR_ARG(yuan(sum_of(t, false), a)));
    months_text(out, t, false, a);
    sbuf_add(out, S("。原因："));
    reasons_text(out, r, t, false);
    sbuf_add(out, S("。现决定追回。"));
    if (t->asked) {
        sbuf_add(
            out,
            S("你户已不再享受这项待遇，请在收到本通知后到乡镇人民政府（街道办事处）退还；一次退还"
              "有困难的，可以说明情况，商定退还的办法。"));
        return;
    }
    deducted_text(out, p, t);
}

static str text_of(const struct rules *r, const struct arrears_told *t, str head, str office,
                   struct arena *a)
{
    const struct policy *p = rules_policy(r, t->programme);
    str label = p != NULL ? p->label.zh : t->programme;
    const struct basis *basis = p != NULL ? p->basis : NULL;
    struct sbuf out;
    bool back = sum_of(t, true) > 0, recovery = sum_of(t, false) > 0;

    sbuf_init(&out, 1 << 14);
    sbuf_fmt(&out, "%.*s：", STR_ARG(head));
    if (back)
        backpay_text(&out, r, t, label, a);
    if (back && recovery)
        sbuf_add(&out, S("\n"));
    if (recovery)
        recovery_text(&out, r, p, t, label, a);
    if (t->words.n > 0)
        sbuf_fmt(&out, "\n说明：%.*s", STR_ARG(t->words));
    if (basis != NULL && !basis->assumed) {
        sbuf_fmt(&out, "\n依据：%.*s。", STR_ARG(paper_basis(basis, a)));
    }
    sbuf_fmt(
        &out,
        "\n如有异议，可自收到本通知之日起六十日内申请行政复议，或者六个月内提起行政诉讼。\n%.*s",
        STR_ARG(office));
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

MUST_CHECK static enum rc head_of(struct conn *c, const struct arrears_told *t, struct arena *a,
                                  int64_t *head, str *name, struct err *err)
{
    const struct value v[] = {V_INT(t->county), V_INT(t->household)};
    struct query *q = NULL;

    *head = 0;
    *name = S("");
    TRY(query(c, &stmt_proposal_head, v, 2, &q, err));
    if (query_next(q)) {
        *head = query_int(q, 0);
        *name = str_dup(a, query_text(q, 1));
    }
    return query_end(q, err);
}

enum rc arrears_notice(struct conn *c, const struct city *city, const struct arrears_told *t,
                       struct arena *a, struct notice *n, bool *none, struct err *err)
{
    const struct policy *p = rules_policy(city->rules, t->programme);
    bool recovery = sum_of(t, false) > 0, back = sum_of(t, true) > 0;
    int64_t head = 0;
    str name, office = S("");

    TRY(head_of(c, t, a, &head, &name, err));
    *none = name.n == 0 || t->n == 0 || (!recovery && !back);
    if (*none)
        return RC_OK;
    TRY(office_name(c, t->county, t->today, a, &office, err));
    /* More money is told on the page and by message: nobody has to be visited for it. */
    *n = (struct notice){
        .county_code = t->county,
        .household_id = t->household,
        .person_id = head,
        .division = t->lines[0].division / 1000 * 1000,
        .kind = S("change"),
        .title =
            recovery ? back ? S("补发和追回通知书") : S("追回多发待遇通知书") : S("补发通知书"),
        .title_en = recovery ? back ? S("Notice of back-pay and recovery") : S("Notice of recovery")
                             : S("Notice of back-pay"),
        .text = text_of(city->rules, t, name, office, a),
        .channels = recovery ? BY_PAPER | BY_PAGE | BY_MESSAGE : BY_PAGE | BY_MESSAGE,
        .made = t->today,
        .line = p != NULL ? p->line : S(""),
        .subject = name,
    };
    return RC_OK;
}
