/* The bank's file of a batch, and the bank's answer to it. */
#include <string.h>

#include "pay/bank_file.h"
#include "pay/batch_in.h"
#include "pay/pay_sql.h"

/* ---- the file --------------------------------------------------------------------------------- */

struct making {
    struct city *city;
    const struct scope *s;
    int64_t batch_id;
    str layout, why;
    struct arena *a;
    struct bank_mistakes m;
    struct bank bank;
    struct batch batch;
    str bytes;
};

static bool has_field(const struct bank_layout *l, enum bank_field f)
{
    for (size_t i = 0; i < l->record[BANK_ROW].n; i++)
        if (l->record[BANK_ROW].at[i].field == f)
            return true;
    return false;
}

/* "{item}{month}" */
static str filled(str form, str item, month m, str number, struct arena *a)
{
    struct sbuf out;
    str rest = form, before, name;

    sbuf_init(&out, 400);
    while (str_cut(rest, '{', &before, &rest)) {
        sbuf_add(&out, before);
        if (!str_cut(rest, '}', &name, &rest))
            break;
        if (str_eq(name, S("item")))
            sbuf_add(&out, item);
        else if (str_eq(name, S("month")))
            sbuf_fmt(&out, "%04d%02d", month_year(m), month_number(m));
        else if (str_eq(name, S("number")))
            sbuf_add(&out, number);
    }
    sbuf_add(&out, rest);
    str text = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return text;
}

/* A programme's name in a remark: the bank's word for it, else its label. */
static str item_of(const struct making *k, str programme)
{
    const struct policy *p = rules_policy(k->city->rules, programme);
    str item = bank_code_text(k->bank.items, k->bank.n_items, programme);

    return item.n > 0 ? item : p != NULL ? p->label.zh : programme;
}

/* One row's account, opened. */
MUST_CHECK static enum rc open_row(struct making *k, const struct query *q, bool with_identity,
                                   struct arena *row, struct bank_values *v, struct err *err)
{
    struct vault *vault = k->city->vault;
    struct person_key key;

    TRY(person_key_open(vault, k->batch.county_code, query_int(q, 2), query_blob(q, 10), &key,
                        err));
    TRY(number_open(vault, &key, NUMBER_CARD, query_blob(q, 9), row, &v->account, err));
    if (!with_identity || query_null(q, 11))
        return RC_OK;
    return number_open(vault, &key, NUMBER_IDENTITY, query_blob(q, 11), row, &v->id_number, err);
}

struct items { /* programmes of the batch, each once */
    VEC(str) names;
};

static void item_add(struct items *list, struct arena *a, str item)
{
    for (size_t i = 0; i < list->names.n; i++)
        if (str_eq(list->names.at[i], item))
            return;
    *VEC_PUSH(a, &list->names) = str_dup(a, item);
}

MUST_CHECK static enum rc write_rows(struct making *k, struct conn *c, const struct bank_layout *l,
                                     struct bank_writer *w, struct items *items, int64_t *rows,
                                     int64_t *fen, struct err *err)
{
    const struct value v[] = {V_INT(k->batch.county_code), V_INT(k->batch_id),
                              V_INT(k->batch.rows)};
    bool with_identity = has_field(l, BANK_ID_NUMBER);
    struct arena row = {0};
    struct err bad = {0};
    struct query *q = NULL;

    *rows = *fen = 0;
    TRY(query(c, &stmt_batch_file_lines, v, 3, &q, err));
    while (bad.rc == RC_OK && query_next(q)) {
        struct bank_values b = {.seq = query_int(q, 0),
                                .amount = query_int(q, 6),
                                .name = query_text(q, 7),
                                .account_bank = query_text(q, 8),
                                .number = k->batch.number};
        if (!month_parse(query_text(q, 4), &b.month))
            b.month = k->batch.month;
        b.item = item_of(k, query_text(q, 3));
        b.remark = filled(k->bank.remark, b.item, b.month, k->batch.number, &row);
        if (str_eq(query_text(q, 5), S("backpay")))
            b.remark = str_fmt(&row, "补发%.*s", STR_ARG(b.remark));
        if (open_row(k, q, with_identity, &row, &b, &bad) != RC_OK)
            break;
        item_add(items, k->a, b.item);
        bank_writer_row(w, &b);
        ++*rows;
        *fen += b.amount;
        arena_reset(&row);
    }
    enum rc rc = query_end(q, err);
    arena_deinit(&row);
    return bad.rc == RC_OK ? rc : err_set(err, bad.rc, "%s", bad.text);
}

static str items_text(const struct items *list, struct arena *a)
{
    str out = S("");

    for (size_t i = 0; i < list->names.n; i++)
        out = i == 0 ? list->names.at[0]
                     : str_fmt(a, "%.*s、%.*s", STR_ARG(out), STR_ARG(list->names.at[i]));
    return out;
}

MUST_CHECK static enum rc write_file(struct making *k, struct conn *c, const struct bank_layout *l,
                                     struct err *err)
{
    struct bank_values v = {.bank = k->bank.bank,
                            .number = k->batch.number,
                            .month = k->batch.month,
                            .on = k->batch.frozen_on,
                            .rows = k->batch.rows,
                            .total = k->batch.fen,
                            .digest = k->batch.digest};
    struct bank_writer *w = NULL;
    struct items items = {0};
    int64_t rows = 0, fen = 0;

    k->m.n = 0;
    TRY(bank_writer_open(l, &k->m, &w, err));
    enum rc rc = write_rows(k, c, l, w, &items, &rows, &fen, err);
    if (rc == RC_OK && (rows != k->batch.rows || fen != k->batch.fen))
        rc = err_set(err, RC_RULE,
                     "%lld lines can be opened, the batch has %lld: somebody's key is gone",
                     (long long)rows, (long long)k->batch.rows);
    if (rc != RC_OK) {
        bank_writer_drop(w);
        return rc;
    }
    v.item = items_text(&items, k->a);
    return bank_writer_close(w, &v, k->a, &k->bytes, err);
}

MUST_CHECK static enum rc record_file(struct making *k, struct change *c, str layout,
                                      struct err *err)
{
    uint8_t hash[VAULT_HASH];
    const struct value key[] = {V_INT(c->county_code), V_INT(k->batch_id)};
    int64_t last = 0;

    sm3_once(k->bytes.p, k->bytes.n, hash);
    TRY(query_one(c->conn, &stmt_batch_file_last, key, 2, &last, err));
    const struct value v[] = {key[0],
                              key[1],
                              V_INT(last + 1),
                              V_TEXT(layout),
                              V_TEXT(hash_text(hash, k->a)),
                              V_INT(k->bytes.n),
                              V_TEXT(k->s->login),
                              V_TEXT(k->why),
                              V_INT(c->at_ms)};
    change_note(c, "batch_file", v, 9);
    TRY(exec(c->conn, &stmt_batch_file_add, v, 9, NULL, err));
    return exec(c->conn, &stmt_batch_sent, key, 2, NULL, err);
}

static enum rc make_once(struct change *c, void *ctx, struct err *err)
{
    struct making *k = ctx;

    TRY(batch_find(c->conn, c->county_code, k->batch_id, k->a, &k->batch, err));
    TRY(bank_read(c->conn, k->a, &k->bank, err));
    const struct bank_layout *l = bank_layout_find(k->bank.files, k->bank.n_files, k->layout);
    if (l == NULL)
        return err_set(err, RC_BAD_INPUT, "layout: found “%.*s”, expected one of bank.json",
                       STR_ARG(str_sub(k->layout, 0, 40)));
    if (k->batch.rows == 0)
        return err_set(err, RC_RULE,
                       "all lines of the batch are held or deducted: there is nothing to send");
    TRY(write_file(k, c->conn, l, err));
    k->layout = l->name;
    return record_file(k, c, l->name, err);
}

static void mistakes_out(const struct bank_mistakes *m, struct arena *a, struct batch_mistakes *out)
{
    out->at = NEW_N(a, struct batch_mistake, m->n + 1);
    out->n = m->n;
    out->more = m->more;
    for (size_t i = 0; i < m->n; i++)
        out->at[i] = (struct batch_mistake){m->at[i].seq, m->at[i].text, m->at[i].zh};
}

enum rc batch_file(struct city *city, const struct scope *s, int64_t county, int64_t batch_id,
                   str layout, str why, struct arena *a, str *bytes, str *name,
                   struct batch_mistakes *wrong, struct err *err)
{
    struct making k = {.city = city,
                       .s = s,
                       .batch_id = batch_id,
                       .layout = layout,
                       .why = str_trim(why),
                       .a = a,
                       .m = {.a = a}};
    struct conn *c = NULL;

    *wrong = (struct batch_mistakes){0};
    TRY(batch_may(s, ROLE_BIT(ROLE_PAYER), county, err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = batch_find(c, county, batch_id, a, &k.batch, err);
    store_reader_done(c);
    TRY(rc);
    if (k.why.n == 0)
        k.why = S("发给代发银行");
    const struct change_spec spec = {
        .store = city->store,
        .county_code = county,
        .who = s->login,
        .why = str_fmt(a, "whole account numbers of batch %.*s to the bank: %.*s",
                       STR_ARG(k.batch.number), STR_ARG(k.why))};
    rc = change_write(&spec, make_once, &k, NULL, err);
    mistakes_out(&k.m, a, wrong);
    TRY(rc);
    const struct bank_layout *l = bank_layout_find(k.bank.files, k.bank.n_files, k.layout);
    *name = filled(l->file_name, S(""), k.batch.month, k.batch.number, a);
    *bytes = k.bytes;
    return RC_OK;
}

/* ---- the answer -------------------------------------------------------------------------------- */

struct answering {
    struct city *city;
    const struct scope *s;
    int64_t batch_id;
    const struct bank_layout *l;
    str hash;
    struct arena *a;
    struct bank_mistakes m;
    struct bank_answer answer;
    struct bank_values **of; /* by seq - 1: what the answer says of the line; NULL: nothing */
    bool *known;             /* by seq - 1: it was said before */
    bool conflict;
    struct batch_taken *out;
};

static bool is_paid(const struct bank_layout *l, str result)
{
    for (size_t i = 0; i < l->n_paid; i++)
        if (str_eq(l->paid[i], result))
            return true;
    return false;
}

/* Codes are the results themselves, or stand in the field of the reason. */
static str reason_words(const struct bank_layout *l, const struct bank_values *v)
{
    str words = bank_code_text(l->reasons, l->n_reasons, v->result);

    if (words.n == 0)
        words = bank_code_text(l->reasons, l->n_reasons, v->reason);
    if (words.n == 0)
        words = v->reason;
    return words.n > 0 ? words : S("银行未说明原因");
}

/* Is it the answer to this batch? */
static void check_head(struct answering *k)
{
    const struct bank_values *h = &k->answer.head;
    const struct batch *b = &k->out->batch;
    char found[8], ours[8];

    if (!str_eq(h->number, b->number))
        bank_mistake(&k->m, 0, "这是批次 %.*s 的回盘，应是 %.*s 的",
                     "it answers batch %.*s, expected %.*s", STR_ARG(str_sub(h->number, 0, 30)),
                     STR_ARG(b->number));
    if (h->month != b->month)
        bank_mistake(&k->m, 0, "这是 %s 的，应是 %s 的", "it is of the month %s, expected %s",
                     month_text(h->month, found), month_text(b->month, ours));
    if (h->digest.n > 0 && !str_eq(h->digest, b->digest))
        bank_mistake(&k->m, 0, "回盘对应的名单与批次 %.*s 的校验值不同",
                     "it answers a list with another digest than batch %.*s has",
                     STR_ARG(b->number));
}

/* Every row finds its line, once. */
static void place_rows(struct answering *k)
{
    int64_t rows = k->out->batch.rows;

    k->of = NEW_N(k->a, struct bank_values *, rows + 1);
    k->known = NEW_N(k->a, bool, rows + 1);
    for (size_t i = 0; i < k->answer.n; i++) {
        struct bank_values *v = &k->answer.rows[i];
        if (v->seq > rows) {
            bank_mistake(&k->m, v->seq, "这个批次只有 %lld 笔", "the batch has %lld lines",
                         (long long)rows);
            continue;
        }
        struct bank_values *before = k->of[v->seq - 1];
        if (before != NULL && str_eq(before->result, v->result))
            bank_mistake(&k->m, v->seq, "在文件里出现两次", "it stands twice in the file");
        else if (before != NULL)
            bank_mistake(&k->m, v->seq, "出现两次，结果不同", "it stands twice, with two results");
        k->of[v->seq - 1] = v;
    }
}

static void check_line(struct answering *k, const struct query *q)
{
    int64_t seq = query_int(q, 0), fen = query_int(q, 1);
    const struct bank_values *v = k->of[seq - 1];
    str lookup = query_blob(q, 2), state = query_text(q, 3), code = query_text(q, 4);
    uint8_t ours[VAULT_LOOKUP];

    if (v == NULL)
        return;
    number_lookup(k->city->vault, NUMBER_CARD, v->account, ours);
    if (v->amount != fen)
        bank_mistake(&k->m, seq, "金额是 %lld 分，我们送的是 %lld 分", "%lld fen, we sent %lld",
                     (long long)v->amount, (long long)fen);
    if (lookup.n != VAULT_LOOKUP || memcmp(lookup.p, ours, VAULT_LOOKUP) != 0)
        bank_mistake(&k->m, seq, "账号与我们送的不同", "another account than the one that we sent");
    if (state.n == 0)
        return;
    k->known[seq - 1] = true;
    bool paid = is_paid(k->l, v->result);
    if (paid != str_eq(state, S("paid")) || (!paid && !str_eq(code, v->result))) {
        k->conflict = true;
        bank_mistake(&k->m, seq, "银行以前回的是“%.*s”，现在是“%.*s”",
                     "the bank said “%.*s” before, now “%.*s”",
                     STR_ARG(str_eq(state, S("paid")) ? state : code),
                     STR_ARG(str_sub(v->result, 0, 20)));
    }
}

MUST_CHECK static enum rc check_lines(struct answering *k, struct conn *c, struct err *err)
{
    const struct value v[] = {V_INT(k->out->batch.county_code), V_INT(k->batch_id),
                              V_INT(k->out->batch.rows)};
    struct query *q = NULL;

    TRY(query(c, &stmt_batch_answered_lines, v, 3, &q, err));
    while (query_next(q))
        check_line(k, q);
    TRY(query_end(q, err));
    if (k->m.n == 0)
        return RC_OK;
    enum rc rc = k->conflict ? RC_CONFLICT : RC_BAD_INPUT;
    if (k->m.at[0].seq > 0)
        return err_set(err, rc, "line %lld: %.*s", (long long)k->m.at[0].seq,
                       STR_ARG(k->m.at[0].text));
    return err_set(err, rc, "%.*s", STR_ARG(k->m.at[0].text));
}

/* ---- stored ------------------------------------------------------------------------------------ */

MUST_CHECK static enum rc put_lines(struct answering *k, struct change *c, int64_t no,
                                    struct err *err)
{
    static const str columns[] = {{"county_code", 11}, {"batch_id", 8}, {"seq", 3},
                                  {"answer_no", 9},    {"state", 5},    {"reason_code", 11},
                                  {"reason", 6}};
    struct bulk *b = NULL;
    enum rc rc = RC_OK;

    k->out->news = k->out->paid = k->out->failed = 0;
    TRY(bulk_open(c->conn, S("batch_answer_line"), columns, 7, &b, err));
    for (int64_t i = 0; rc == RC_OK && i < k->out->batch.rows; i++) {
        const struct bank_values *v = k->of[i];
        if (v == NULL)
            continue;
        bool paid = is_paid(k->l, v->result);
        *(paid ? &k->out->paid : &k->out->failed) += 1;
        if (k->known[i])
            continue;
        k->out->news++;
        bulk_int(b, c->county_code);
        bulk_int(b, k->batch_id);
        bulk_int(b, i + 1);
        bulk_int(b, no);
        bulk_text(b, paid ? S("paid") : S("failed"));
        bulk_text(b, paid ? S("") : v->result);
        bulk_text(b, paid ? S("") : reason_words(k->l, v));
        rc = bulk_row(b, err);
    }
    enum rc closed = bulk_close(b, rc == RC_OK ? err : NULL);
    return rc != RC_OK ? rc : closed;
}

/* The batch's sums by all that the bank has said; answered when it has spoken of every line. */
MUST_CHECK static enum rc put_sums(struct answering *k, struct change *c, struct err *err)
{
    const struct value key[] = {V_INT(c->county_code), V_INT(k->batch_id)};
    struct batch *b = &k->out->batch;
    struct query *q = NULL;

    b->paid_rows = b->paid_fen = b->failed_rows = b->failed_fen = 0;
    TRY(query(c->conn, &stmt_batch_answer_sums, key, 2, &q, err));
    while (query_next(q)) {
        bool paid = str_eq(query_text(q, 0), S("paid"));
        *(paid ? &b->paid_rows : &b->failed_rows) = query_int(q, 1);
        *(paid ? &b->paid_fen : &b->failed_fen) = query_int(q, 2);
    }
    TRY(query_end(q, err));
    b->state = b->paid_rows + b->failed_rows == b->rows ? S("answered") : S("sent");
    b->version++;
    const struct value v[] = {key[0],
                              key[1],
                              V_INT(b->paid_rows),
                              V_INT(b->paid_fen),
                              V_INT(b->failed_rows),
                              V_INT(b->failed_fen),
                              V_TEXT(b->state)};
    change_note(c, "batch", v, 7);
    return exec(c->conn, &stmt_batch_sums_put, v, 7, NULL, err);
}

MUST_CHECK static enum rc store_answer(struct answering *k, struct change *c, struct err *err)
{
    const struct value key[] = {V_INT(c->county_code), V_INT(k->batch_id)};
    day on = k->answer.head.on != 0 ? k->answer.head.on : k->s->today;
    char text[11];
    int64_t last = 0;

    TRY(query_one(c->conn, &stmt_batch_answer_last, key, 2, &last, err));
    TRY(put_lines(k, c, last + 1, err));
    k->out->rows = (int64_t)k->answer.n;
    const struct value v[] = {key[0],
                              key[1],
                              V_INT(last + 1),
                              V_TEXT(k->l->name),
                              V_TEXT(k->hash),
                              V_INT(k->out->rows),
                              V_INT(k->out->paid),
                              V_INT(k->out->failed),
                              V_INT(k->out->news),
                              V_TEXT(str_from(date_text(on, text))),
                              V_TEXT(k->s->login),
                              V_INT(c->at_ms)};
    const struct value settle[] = {key[0], key[1], V_INT(last + 1), v[9]};
    int64_t changed = 0;
    change_note(c, "batch_answer", v, 12);
    TRY(exec(c->conn, &stmt_batch_answer_add, v, 12, NULL, err));
    TRY(exec(c->conn, &stmt_batch_settle, settle, 4, &changed, err));
    if (changed != k->out->news)
        return err_set(err, RC_RULE, "%lld lines are told of, %lld were waiting",
                       (long long)k->out->news, (long long)changed);
    TRY(put_sums(k, c, err));
    return batch_tasks(c, k->city, k->batch_id, k->out->batch.number, "failed", k->s->today, err);
}

static enum rc answer_once(struct change *c, void *ctx, struct err *err)
{
    struct answering *k = ctx;
    const struct value v[] = {V_INT(c->county_code), V_INT(k->batch_id), V_TEXT(k->hash)};
    int64_t no = 0;

    k->m.n = 0;
    k->conflict = false;
    *k->out = (struct batch_taken){0};
    TRY(batch_find(c->conn, c->county_code, k->batch_id, k->a, &k->out->batch, err));
    enum rc rc = query_one(c->conn, &stmt_batch_answer_known, v, 3, &no, err);
    if (rc == RC_OK) {
        k->out->again = true;
        return RC_OK;
    }
    if (rc != RC_NOT_FOUND)
        return rc;
    if (str_eq(k->out->batch.state, S("frozen")))
        return err_set(err, RC_CONFLICT,
                       "no file of batch %.*s has been made yet: there is nothing to answer",
                       STR_ARG(k->out->batch.number));
    check_head(k);
    if (k->m.n == 0)
        place_rows(k);
    if (k->m.n > 0)
        return err_set(err, RC_BAD_INPUT, "%.*s", STR_ARG(k->m.at[0].text));
    TRY(check_lines(k, c->conn, err));
    return store_answer(k, c, err);
}

/* The layout named, or the first that the file can be of. */
MUST_CHECK static enum rc layout_of(const struct bank *b, str layout, str bytes,
                                    const struct bank_layout **out, struct err *err)
{
    *out = NULL;
    for (size_t i = 0; i < b->n_answers && *out == NULL; i++)
        if (layout.n > 0 ? str_eq(b->answers[i].name, layout)
                         : bank_answer_fits(&b->answers[i], bytes))
            *out = &b->answers[i];
    if (*out != NULL)
        return RC_OK;
    return layout.n > 0
               ? err_set(err, RC_BAD_INPUT,
                         "layout: found “%.*s”, expected an answer's of bank.json",
                         STR_ARG(str_sub(layout, 0, 40)))
               : err_set(err, RC_BAD_INPUT,
                         "it begins like no answer that bank.json knows: another bank's file?");
}

/* Was this very file read before? Then nothing is written, not even an entry that it came again. */
MUST_CHECK static enum rc known_already(struct answering *k, int64_t county, str bytes,
                                        struct err *err)
{
    uint8_t hash[VAULT_HASH];
    struct conn *c = NULL;
    int64_t no = 0;

    sm3_once(bytes.p, bytes.n, hash);
    k->hash = hash_text(hash, k->a);
    const struct value v[] = {V_INT(county), V_INT(k->batch_id), V_TEXT(k->hash)};
    TRY(store_reader(k->city->store, &c, err));
    enum rc rc = query_one(c, &stmt_batch_answer_known, v, 3, &no, err);
    store_reader_done(c);
    k->out->again = rc == RC_OK;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc batch_answer(struct city *city, const struct scope *s, int64_t county, int64_t batch_id,
                     str layout, str bytes, struct arena *a, struct batch_taken *out,
                     struct batch_mistakes *wrong, struct err *err)
{
    struct answering k = {
        .city = city, .s = s, .batch_id = batch_id, .a = a, .m = {.a = a}, .out = out};
    struct conn *c = NULL;
    struct bank bank;

    *wrong = (struct batch_mistakes){0};
    *out = (struct batch_taken){0};
    TRY(batch_may(s, ROLE_BIT(ROLE_PAYER), county, err));
    TRY(store_reader(city->store, &c, err));
    enum rc rc = batch_find(c, county, batch_id, a, &out->batch, err);
    if (rc == RC_OK)
        rc = bank_read(c, a, &bank, err);
    store_reader_done(c);
    TRY(rc);
    TRY(layout_of(&bank, layout, bytes, &k.l, err));
    TRY(known_already(&k, county, bytes, err));
    if (out->again)
        return RC_OK;
    rc = bank_answer_read(&bank, k.l, bytes, a, &k.answer, &k.m, err);
    if (rc == RC_OK) {
        const struct change_spec spec = {
            .store = city->store,
            .county_code = county,
            .who = s->login,
            .why = str_fmt(a, "the bank's answer to batch %.*s", STR_ARG(out->batch.number))};
        rc = change_write(&spec, answer_once, &k, NULL, err);
    }
    mistakes_out(&k.m, a, wrong);
    return rc;
}
