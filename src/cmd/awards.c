/* Results out: rows for the files, sums for the table. */
#include "cmd/awards.h"

#include <string.h>

#include "base/json.h"

enum rc awards_open(struct awards *w, struct arena *a, struct policy *const *policies, size_t n,
                    const char *awards_path, const char *decisions_path, size_t decided,
                    struct err *err)
{
    *w = (struct awards){.policies = policies, .n_policies = n, .decided = decided};
    w->by_name = NEW_N(a, size_t, n);
    w->tallies = NEW_N(a, struct tally, n);
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (;
             at > 0 && str_cmp(policies[w->by_name[at - 1]]->name.text, policies[i]->name.text) > 0;
             at--)
            w->by_name[at] = w->by_name[at - 1];
        w->by_name[at] = i;
        size_t outcomes = policies[i]->outcome_code.n_values + 1;
        w->tallies[i].units = NEW_N(a, int64_t, outcomes);
        w->tallies[i].awards = NEW_N(a, int64_t, outcomes);
        w->tallies[i].fen = NEW_N(a, int64_t, outcomes);
    }
    const str subject = n > 0 ? policies[0]->subject->name.text : S("subject");
    if (awards_path != NULL) {
        TRY(file_out_open(&w->awards_file, awards_path, err));
        w->awards_wanted = true;
        csv_out_init(&w->awards_csv, &w->awards_file, false);
        csv_out_text(&w->awards_csv, str_fmt(a, "%.*s_id", STR_ARG(subject)));
        csv_out_text(&w->awards_csv, S("member"));
        csv_out_text(&w->awards_csv, S("programme"));
        csv_out_text(&w->awards_csv, S("amount_fen"));
        csv_out_end(&w->awards_csv);
    }
    if (decisions_path != NULL) {
        str name = policies[decided]->name.text;
        TRY(file_out_open(&w->decisions_file, decisions_path, err));
        w->decisions_wanted = true;
        csv_out_init(&w->decisions_csv, &w->decisions_file, false);
        csv_out_text(&w->decisions_csv, str_fmt(a, "%.*s_id", STR_ARG(subject)));
        csv_out_text(&w->decisions_csv, str_fmt(a, "%.*s_rule", STR_ARG(name)));
        csv_out_text(&w->decisions_csv, S("failed"));
        csv_out_text(&w->decisions_csv, str_fmt(a, "%.*s_fen", STR_ARG(name)));
        csv_out_end(&w->decisions_csv);
    }
    return RC_OK;
}

/* ---- sums ----------------------------------------------------------------------------------- */

static size_t outcome_slot(const struct policy *p, uint8_t outcome)
{
    return outcome == OUTCOME_UNDECIDED ? p->outcome_code.n_values : outcome;
}

MUST_CHECK static enum rc tally_add(struct tally *t, size_t slot, int64_t fen, struct err *err)
{
    if (fen == AMOUNT_OPEN) {
        t->open++;
        return RC_OK;
    }
    if (fen < 1)
        return RC_OK;
    t->awards[slot]++;
    if (__builtin_add_overflow(t->fen[slot], fen, &t->fen[slot]))
        return err_set(err, RC_LIMIT, "the sum of all awards passes what 64 bits of fen hold");
    return RC_OK;
}

/* How many units have each outcome: four counters side by side, so that no count waits for the last. */
static void tally_units(struct tally *t, const struct policy *p, const uint8_t *outcome, size_t n)
{
    uint32_t count[4][256] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t k = 0; k < 4; k++)
            count[k][outcome[i + k]]++;
    for (; i < n; i++)
        count[0][outcome[i]]++;
    for (size_t o = 0; o < 256; o++)
        if (o < p->outcome_code.n_values || o == OUTCOME_UNDECIDED)
            t->units[outcome_slot(p, (uint8_t)o)] +=
                (int64_t)count[0][o] + count[1][o] + count[2][o] + count[3][o];
}

MUST_CHECK static enum rc tally_member_policy(struct tally *t, const struct policy *p,
                                              const struct block *b, const struct policy_result *r,
                                              struct err *err)
{
    tally_units(t, p, r->outcome, b->n_members);
    for (size_t m = 0; m < b->n_members; m++)
        if (r->member_fen[m] != 0)
            TRY(tally_add(t, outcome_slot(p, r->outcome[m]), r->member_fen[m], err));
    return RC_OK;
}

MUST_CHECK static enum rc tally_subject_policy(struct tally *t, const struct policy *p,
                                               const struct block *b, const struct policy_result *r,
                                               struct err *err)
{
    tally_units(t, p, r->outcome, b->n);
    for (size_t i = 0; i < b->n; i++) {
        size_t slot = outcome_slot(p, r->outcome[i]);
        if (r->subject_fen[i] != 0)
            TRY(tally_add(t, slot, r->subject_fen[i], err));
        for (size_t m = b->first != NULL ? b->first[i] : 0; b->first != NULL && m < b->first[i + 1];
             m++)
            if (r->member_fen[m] != 0)
                TRY(tally_add(t, slot, r->member_fen[m], err));
    }
    return RC_OK;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void award_row(struct awards *w, str id, int64_t member, const struct policy *p, int64_t fen)
{
    struct csv_out *o = &w->awards_csv;
    csv_out_text(o, id);
    if (member > 0)
        csv_out_int(o, member);
    else
        csv_out_empty(o);
    csv_out_plain(o, p->name.text);
    csv_out_int(o, fen);
    csv_out_end(o);
}

/* Whom any policy pays: most rows of a city get nothing, and are passed over by one byte. */
static const uint8_t *paid_members(struct awards *w, const struct block *b,
                                   const struct policy_result *r)
{
    if (b->n_members > w->paid_cap) {
        w->paid_cap = 2 * b->n_members;
        w->paid = mem_resize(w->paid, w->paid_cap);
    }
    uint8_t *paid = w->paid;
    memset(paid, 0, b->n_members);
    for (size_t k = 0; k < w->n_policies; k++) {
        const int64_t *fen = r[k].member_fen;
        for (size_t m = 0; m < b->n_members; m++)
            paid[m] |= fen[m] >= 1;
    }
    return paid;
}

static void member_awards(struct awards *w, str id, size_t number, size_t m,
                          const struct policy_result *r)
{
    for (size_t k = 0; k < w->n_policies; k++) {
        size_t at = w->by_name[k];
        if (r[at].member_fen[m] >= 1)
            award_row(w, id, (int64_t)number, w->policies[at], r[at].member_fen[m]);
    }
}

static void awards_of(struct awards *w, str id, const struct block *b, size_t i,
                      const struct policy_result *r, const uint8_t *paid)
{
    for (size_t k = 0; k < w->n_policies; k++) {
        size_t at = w->by_name[k];
        if (!w->policies[at]->of_member && r[at].subject_fen[i] >= 1)
            award_row(w, id, 0, w->policies[at], r[at].subject_fen[i]);
    }
    for (size_t m = b->first != NULL ? b->first[i] : 0; b->first != NULL && m < b->first[i + 1];
         m++)
        if (paid[m])
            member_awards(w, id, m - b->first[i] + 1, m, r);
}

/* The names of the reasons, joined by "+". */
static void reasons_text(const struct policy *p, uint64_t reasons, struct sbuf *out)
{
    for (size_t i = 0; i < p->n_reasons; i++)
        if (reasons >> i & 1) {
            if (out->n > 0)
                sbuf_addc(out, '+');
            sbuf_add(out, p->reason_names[i].text);
        }
}

static void decision_row(struct awards *w, str id, const struct block *b, size_t i,
                         const struct policy_result *r)
{
    const struct policy *p = w->policies[w->decided];
    struct csv_out *o = &w->decisions_csv;
    struct sbuf reasons;
    sbuf_init(&reasons, 8192);
    int64_t fen = r->subject_fen[i];
    bool open = fen == AMOUNT_OPEN;
    for (size_t m = b->first != NULL ? b->first[i] : 0; b->first != NULL && m < b->first[i + 1];
         m++) {
        open |= r->member_fen[m] == AMOUNT_OPEN;
        fen += open ? 0 : r->member_fen[m];
    }
    bool undecided = r->outcome[i] == OUTCOME_UNDECIDED;
    csv_out_text(o, id);
    csv_out_text(o, undecided ? S("undecided") : p->outcome_code.values[r->outcome[i]].name.text);
    reasons_text(p, r->reasons[i], &reasons);
    csv_out_text(o, sbuf_str(&reasons));
    if (undecided || open)
        csv_out_empty(o);
    else
        csv_out_int(o, fen);
    csv_out_end(o);
    sbuf_deinit(&reasons);
}

enum rc awards_block(struct awards *w, const struct population_block *b, size_t from,
                     const struct block *block, const struct policy_result *results,
                     struct err *err)
{
    for (size_t k = 0; k < w->n_policies; k++)
        TRY(w->policies[k]->of_member
                ? tally_member_policy(&w->tallies[k], w->policies[k], block, &results[k], err)
                : tally_subject_policy(&w->tallies[k], w->policies[k], block, &results[k], err));
    const uint8_t *paid = w->awards_wanted ? paid_members(w, block, results) : NULL;
    for (size_t i = 0; i < block->n; i++) {
        if (w->awards_wanted)
            awards_of(w, b->ids[from + i], block, i, results, paid);
        if (w->decisions_wanted)
            decision_row(w, b->ids[from + i], block, i, &results[w->decided]);
    }
    return RC_OK;
}

int64_t awards_open_count(const struct awards *w)
{
    int64_t n = 0;
    for (size_t k = 0; k < w->n_policies; k++)
        n += w->tallies[k].open + w->tallies[k].units[w->policies[k]->outcome_code.n_values];
    return n;
}

enum rc awards_commit(struct awards *w, struct err *err)
{
    enum rc rc = RC_OK;
    if (w->awards_wanted)
        rc = file_out_commit(&w->awards_file, err);
    if (rc == RC_OK && w->decisions_wanted)
        rc = file_out_commit(&w->decisions_file, err);
    awards_abort(w);
    return rc;
}

void awards_abort(struct awards *w)
{
    if (w->awards_wanted)
        file_out_abort(&w->awards_file);
    if (w->decisions_wanted)
        file_out_abort(&w->decisions_file);
    mem_free(w->paid);
    w->paid = NULL;
}

/* ---- totals --------------------------------------------------------------------------------- */

static str label_in(const struct label *l, str name, enum explain_lang lang)
{
    if (lang == EXPLAIN_EN)
        return l->en.n > 0 ? l->en : name;
    return l->zh.n > 0 ? l->zh : name;
}

static void left(struct sbuf *out, str s, size_t width)
{
    size_t w = utf8_width(s);
    sbuf_add(out, s);
    sbuf_add_n(out, ' ', w < width ? width - w : 1);
}

static void right(struct sbuf *out, str s, size_t width)
{
    size_t w = utf8_width(s);
    sbuf_add_n(out, ' ', w < width ? width - w : 1);
    sbuf_add(out, s);
}

static str grouped(int64_t n, char out[32])
{
    char *text = money_text(n * 100, true, out);
    return str_sub(str_from(text), 0, strlen(text) - 3);
}

static void table_row(struct sbuf *out, str programme, str outcome, int64_t units, int64_t awards,
                      int64_t fen)
{
    char n[32];
    left(out, programme, 44);
    left(out, outcome, 26);
    right(out, grouped(units, n), 12);
    right(out, grouped(awards, n), 12);
    right(out, str_from(money_text(fen, true, n)), 18);
    sbuf_addc(out, '\n');
}

void awards_table(const struct awards *w, enum explain_lang lang, struct sbuf *out)
{
    bool en = lang == EXPLAIN_EN;
    left(out, en ? S("programme") : S("项目"), 44);
    left(out, en ? S("outcome") : S("认定结论"), 26);
    right(out, en ? S("number") : S("户（人）数"), 12);
    right(out, en ? S("awards") : S("核定笔数"), 12);
    right(out, en ? S("yuan a month") : S("每月金额（元）"), 18);
    sbuf_addc(out, '\n');
    int64_t awards = 0;
    int64_t fen = 0;
    for (size_t k = 0; k < w->n_policies; k++) {
        const struct policy *p = w->policies[k];
        const struct tally *t = &w->tallies[k];
        for (size_t i = 0; i <= p->outcome_code.n_values; i++) {
            bool undecided = i == p->outcome_code.n_values;
            if (t->units[i] == 0)
                continue;
            str outcome = undecided ? (en ? S("undecided") : S("待定"))
                                    : label_in(&p->outcome_code.values[i].label,
                                               p->outcome_code.values[i].name.text, lang);
            table_row(out, label_in(&p->label, p->name.text, lang), outcome, t->units[i],
                      t->awards[i], t->fen[i]);
            awards += t->awards[i];
            fen += t->fen[i];
        }
    }
    char n[32];
    left(out, en ? S("total") : S("合计"), 70);
    sbuf_add_n(out, ' ', 12);
    right(out, grouped(awards, n), 12);
    right(out, str_from(money_text(fen, true, n)), 18);
    sbuf_addc(out, '\n');
}

void awards_json(const struct awards *w, struct sbuf *out)
{
    struct json j;
    json_init(&j, out);
    json_arr(&j);
    for (size_t k = 0; k < w->n_policies; k++) {
        const struct policy *p = w->policies[k];
        const struct tally *t = &w->tallies[k];
        for (size_t i = 0; i <= p->outcome_code.n_values; i++) {
            if (t->units[i] == 0)
                continue;
            json_obj(&j);
            json_key(&j, "programme");
            json_str(&j, p->name.text);
            json_key(&j, "outcome");
            json_str(&j, i == p->outcome_code.n_values ? S("undecided")
                                                       : p->outcome_code.values[i].name.text);
            json_key(&j, "units");
            json_int(&j, t->units[i]);
            json_key(&j, "awards");
            json_int(&j, t->awards[i]);
            json_key(&j, "amount_fen");
            json_int(&j, t->fen[i]);
            json_obj_end(&j);
        }
    }
    json_arr_end(&j);
    sbuf_addc(out, '\n');
}
