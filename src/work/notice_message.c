/* Notices as messages: a file for the sender of short messages, and what was written marked as sent. */
#include <string.h>

#include "sheet/csv.h"
#include "work/notice.h"
#include "work/work_sql.h"

enum { CHUNK = 500 };

/* One notice that waits for a message. */
struct waiting {
    int64_t notice_id, person_id;
    str text;
};
typedef VEC(struct waiting) waiting_list;

typedef VEC(int64_t) id_list;

/* What was written of a county. */
struct written {
    int64_t county;
    id_list ids;
};

struct sending {
    struct city *city;
    struct message_file *m;
    struct conn *conn;
    struct csv_out csv;
    VEC(struct written) written;
    struct arena a;
};

MUST_CHECK static enum rc chunk_read(struct sending *s, int64_t county, int64_t after,
                                     struct arena *a, waiting_list *out, struct err *err)
{
    char today[11];
    const struct value v[] = {V_INT(county), V_INT(after), V_INT(CHUNK),
                              V_TEXT(str_from(date_text(s->m->today, today)))};
    struct query *q = NULL;
    TRY(query(s->conn, &stmt_notice_messages, v, 4, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, out) = (struct waiting){
            .notice_id = query_int(q, 0),
            .person_id = query_int(q, 1) != 0 ? query_int(q, 1) : query_int(q, 3),
            .text = str_dup(a, query_text(q, 2)),
        };
    return query_end(q, err);
}

/* ---- writing -------------------------------------------------------------------------------- */

MUST_CHECK static enum rc write_one(struct sending *s, struct written *to, const struct waiting *w,
                                    struct arena *a, struct err *err)
{
    str phone = S("");
    enum rc rc = w->person_id == 0 ? RC_NOT_FOUND
                                   : person_number_get(s->conn, s->city->vault, to->county,
                                                       w->person_id, NUMBER_PHONE, a, &phone, err);
    if (rc == RC_NOT_FOUND) {
        s->m->without_phone++;
        return RC_OK;
    }
    TRY(rc);
    csv_out_text(&s->csv, str_fmt(a, "%lld-%lld", (long long)to->county, (long long)w->notice_id));
    csv_out_text(&s->csv, phone);
    csv_out_text(&s->csv, w->text);
    csv_out_end(&s->csv);
    *VEC_PUSH(&s->a, &to->ids) = w->notice_id;
    s->m->written++;
    return RC_OK;
}

MUST_CHECK static enum rc write_county(struct sending *s, int64_t county, struct err *err)
{
    struct arena a = {0};
    struct written *to = VEC_PUSH(&s->a, &s->written);
    enum rc rc = RC_OK;
    int64_t after = 0;
    to->county = county;
    for (bool more = true; more && rc == RC_OK;) {
        waiting_list list = {0};
        rc = chunk_read(s, county, after, &a, &list, err);
        for (size_t i = 0; i < list.n && rc == RC_OK; i++)
            rc = write_one(s, to, &list.at[i], &a, err);
        more = list.n == CHUNK;
        after = list.n > 0 ? list.at[list.n - 1].notice_id : after;
        arena_reset(&a);
    }
    arena_deinit(&a);
    return rc;
}

MUST_CHECK static enum rc write_counties(struct sending *s, struct err *err)
{
    char today[11];
    int64_t *counties = &s->m->county;
    size_t n = 1;
    if (s->m->county == 0)
        TRY(division_counties(s->conn, str_from(date_text(s->m->today, today)), &s->a, &counties,
                              &n, err));
    for (size_t i = 0; i < n; i++)
        TRY(write_county(s, counties[i], err));
    return RC_OK;
}

MUST_CHECK static enum rc write_file(struct sending *s, struct err *err)
{
    struct file_out out;
    TRY(file_out_open(&out, s->m->path, err));
    csv_out_init(&s->csv, &out, true);
    csv_out_text(&s->csv, S("notice"));
    csv_out_text(&s->csv, S("phone"));
    csv_out_text(&s->csv, S("text"));
    csv_out_end(&s->csv);
    enum rc rc = store_reader(s->city->store, &s->conn, err);
    if (rc == RC_OK) {
        rc = write_counties(s, err);
        store_reader_done(s->conn);
    }
    if (rc == RC_OK)
        rc = file_out_commit(&out, err);
    file_out_abort(&out);
    return rc;
}

/* ---- marking -------------------------------------------------------------------------------- */

struct marking {
    const int64_t *ids;
    size_t n;
    day on;
    str how;
};

static enum rc mark(struct change *c, void *ctx, struct err *err)
{
    const struct marking *m = ctx;
    for (size_t i = 0; i < m->n; i++) {
        enum rc rc = notice_sent(c, m->ids[i], BY_MESSAGE, m->on, m->how, err);
        /* Somebody else's file had it at the same moment. */
        if (rc != RC_OK && rc != RC_CONFLICT)
            return rc;
    }
    return RC_OK;
}

static str file_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_from(slash != NULL ? slash + 1 : path);
}

MUST_CHECK static enum rc mark_county(struct sending *s, const struct written *w, struct err *err)
{
    str name = file_part(s->m->path);
    struct change_spec spec = {
        .store = s->city->store,
        .county_code = w->county,
        .who = s->city->who,
        .why = str_fmt(&s->a, "phone numbers opened for the messages of %.*s", STR_ARG(name))};
    for (size_t i = 0; i < w->ids.n; i += CHUNK) {
        struct marking m = {.ids = w->ids.at + i,
                            .n = w->ids.n - i < CHUNK ? w->ids.n - i : CHUNK,
                            .on = s->m->today,
                            .how = name};
        enum rc rc = change_write(&spec, mark, &m, NULL, err);
        if (rc != RC_OK)
            return err_prefix(err,
                              "%s is written, but not all of it is marked as sent and will be "
                              "in the next file again",
                              s->m->path);
    }
    return RC_OK;
}

enum rc notice_messages(struct city *city, struct message_file *m, struct err *err)
{
    struct sending s = {.city = city, .m = m};
    m->written = m->without_phone = 0;
    enum rc rc = write_file(&s, err);
    for (size_t i = 0; i < s.written.n && rc == RC_OK; i++)
        rc = mark_county(&s, &s.written.at[i], err);
    arena_deinit(&s.a);
    return rc;
}
