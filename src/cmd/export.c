/* huimin export: households, persons and cases as CSV files, or their empty templates, one workbook. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/db.h"
#include "guard/leak.h"
#include "pay/pay_sql.h"
#include "pay/run.h"
#include "people/dump.h"
#include "people/load_book.h"

static const char *opt_db, *opt_to, *opt_template, *opt_month, *opt_division, *opt_reason, *opt_key,
    *opt_as, *opt_known, *opt_as_of;
static bool opt_empty, opt_labels, opt_full;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"to", "FILE", "where to (else standard output)", &opt_to, NULL},
    {"empty", NULL, "only the header: a template for `huimin import`", NULL, &opt_empty},
    {"template", "FILE", "an empty workbook for all three, with choices and how to fill it",
     &opt_template, NULL},
    {"labels", NULL, "header and codes in Chinese", NULL, &opt_labels},
    {"month", "YYYY-MM", "as on its first day, with its amounts (else today's)", &opt_month, NULL},
    {"as-of", "DAY", "as on that day, with the amounts of its month", &opt_as_of, NULL},
    {"known-at", "TIME", "as known then: 2021-03-01, or 2021-03-01T17:30 (else now)", &opt_known,
     NULL},
    {"division", "CODE", "only what lies below these 12 digits", &opt_division, NULL},
    {"full", NULL, "identity, phone and card numbers in full; asks for --reason", NULL, &opt_full},
    {"reason", "TEXT", "why they are needed: it is recorded", &opt_reason, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "export households|persons|cases --db URL [--to FILE] | --template FILE.xlsx --db URL",
    "Writes what `huimin import` takes again. Personal numbers are masked unless --full says\n"
    "otherwise; a masked number that is imported again leaves the one in the store as it is.",
    opts,
    sizeof opts / sizeof opts[0],
};

struct call {
    struct dump_spec spec;
    struct city *city;
    char month[8];
};

MUST_CHECK static enum rc read_instant(struct call *c, struct err *err)
{
    if (opt_as_of != NULL && opt_month != NULL)
        return err_set(err, RC_BAD_INPUT,
                       "--month is as of its first day: expected it without --as-of");
    if (opt_as_of != NULL && !date_parse(str_from(opt_as_of), &c->spec.on_day))
        return err_set(err, RC_BAD_INPUT, "--as-of: found “%s”, expected a day like 2021-03-15",
                       opt_as_of);
    if (opt_known != NULL && !known_at_read(str_from(opt_known), &c->spec.known_at_ms))
        return err_set(err, RC_BAD_INPUT,
                       "--known-at: found “%s”, expected 2021-03-01 or 2021-03-01T17:30",
                       opt_known);
    if (opt_full && opt_known != NULL)
        return err_set(err, RC_BAD_INPUT,
                       "--full gives the numbers of now: expected it without --known-at");
    return RC_OK;
}

MUST_CHECK static enum rc read_call(struct call *c, int argc, char **argv, struct err *err)
{
    static const char *const kinds[LOAD_KINDS] = {"households", "persons", "cases"};
    month m = 0;
    int k = 0;
    if (opt_template != NULL) {
        if (argc != 0)
            return err_set(err, RC_BAD_INPUT, "--template is for all three: name none");
        return db_url(opt_db) != NULL ? RC_OK : err_set(err, RC_BAD_INPUT, "--db is needed");
    }
    while (argc == 1 && k < LOAD_KINDS && strcmp(argv[0], kinds[k]) != 0)
        k++;
    if (argc != 1 || k == LOAD_KINDS)
        return err_set(err, RC_BAD_INPUT, "expected one of households, persons and cases");
    c->spec = (struct dump_spec){.kind = (enum load_kind)k,
                                 .on_day = (day)((clock_ms() + INT64_C(8) * 3600000) / 86400000),
                                 .labels = opt_labels,
                                 .full = opt_full};
    if (db_url(opt_db) == NULL)
        return err_set(err, RC_BAD_INPUT, "--db is needed");
    if (opt_full && (opt_reason == NULL || str_trim(str_from(opt_reason)).n == 0))
        return err_set(err, RC_BAD_INPUT, "--full needs --reason TEXT, which is recorded");
    if (opt_division != NULL &&
        (!str_int(str_from(opt_division), &c->spec.division) || strlen(opt_division) != 12))
        return err_set(err, RC_BAD_INPUT, "--division: found “%s”, expected 12 digits",
                       opt_division);
    if (opt_month != NULL && !month_parse(str_from(opt_month), &m))
        return err_set(err, RC_BAD_INPUT, "--month: found “%s”, expected a month like 2020-12",
                       opt_month);
    if (opt_month != NULL)
        c->spec.on_day = month_first(m);
    TRY(read_instant(c, err));
    month_text(date_month(c->spec.on_day), c->month);
    return RC_OK;
}

static enum rc amounts(void *ctx, struct conn *conn, int64_t county, int64_t first, int64_t last,
                       struct arena *a, struct dump_amount **out, size_t *n, struct err *err)
{
    const struct call *c = ctx;
    month m = date_month(c->spec.on_day);
    int64_t job = 0;
    VEC(struct dump_amount) list = {0};
    struct query *q = NULL;
    TRY(run_job_then(conn, county, m, c->spec.known_at_ms, &job, err));
    const struct value v[] = {V_INT(county), V_TEXT(str_from(c->month)), V_INT(first), V_INT(last),
                              V_INT(job)};
    TRY(query(conn, &stmt_run_last_awards, v, 5, &q, err));
    while (query_next(q))
        *VEC_PUSH(a, &list) = (struct dump_amount){.household_id = query_int(q, 0),
                                                   .person_id = query_int(q, 1),
                                                   .programme = str_dup(a, query_text(q, 2)),
                                                   .fen = query_int(q, 3)};
    *out = list.at;
    *n = list.n;
    return query_end(q, err);
}

/* ---- the record of full numbers ------------------------------------------------------------- */

static enum rc note_reason(struct change *c, void *ctx, struct err *err)
{
    const struct call *call = ctx;
    const struct value v[] = {V_INT(call->spec.kind), V_INT(call->spec.division),
                              V_TEXT(str_from(opt_reason))};
    (void)err;
    change_note(c, "export", v, sizeof v / sizeof *v);
    return RC_OK;
}

/* Before anything leaves, every county keeps who took its people's numbers, and why. */
MUST_CHECK static enum rc record(struct call *c, struct arena *a, struct err *err)
{
    int64_t *counties = NULL;
    size_t n = 0;
    char today[11];
    struct conn *conn = NULL;
    TRY(store_reader(c->city->store, &conn, err));
    enum rc rc =
        division_counties(conn, str_from(date_text(c->spec.on_day, today)), a, &counties, &n, err);
    store_reader_done(conn);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        if (c->spec.division % 100000000 != 0 && c->spec.division / 1000000 != counties[i])
            continue;
        const struct change_spec change = {
            .store = c->city->store,
            .county_code = counties[i],
            .who = c->city->who,
            .why = str_fmt(a, "export with full personal numbers: %s", opt_reason)};
        rc = change_write(&change, note_reason, c, NULL, err);
    }
    return rc;
}

/* ---- the command ---------------------------------------------------------------------------- */

static enum rc look(str text, const char *what, struct err *err)
{
    struct err found = {0};
    enum rc rc = leak_refuse(text, what, &found);
    return rc == RC_OK ? RC_OK
                       : err_set(err, rc, "%s; mend it there, or use --full --reason", found.text);
}

MUST_CHECK static enum rc write_file(struct call *c, int64_t *rows, struct err *err)
{
    struct file_out f;
    c->spec.city = c->city;
    c->spec.amounts = amounts;
    c->spec.look = look;
    c->spec.ctx = c;
    TRY(file_out_open(&f, opt_to != NULL ? opt_to : "-", err));
    enum rc rc = opt_empty ? dump_template(&c->spec, &f, err) : dump_file(&c->spec, &f, rows, err);
    if (rc == RC_OK)
        rc = file_out_commit(&f, err);
    file_out_abort(&f);
    return rc;
}

MUST_CHECK static enum rc export(struct call *c, struct arena *a, struct err *err) {
    int64_t rows = 0; TRY(city_open(db_url(opt_db), opt_key, opt_as, a, &c->city, err));
    if (opt_template != NULL){enum rc made = load_book_template(c->city, opt_template, err);
                              city_close(c->city); return made;}
enum rc rc = opt_full && !opt_empty ? record(c, a, err) : RC_OK;
if (rc == RC_OK)
    rc = write_file(c, &rows, err);
if (rc == RC_OK && opt_to != NULL && !opt_empty)
    printf("%s: %lld rows%s\n", opt_to, (long long)rows,
           opt_full ? "" : ", personal numbers masked");
city_close(c->city);
return rc;
}

int cmd_export(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct arena a = {0};
    struct err err = {0};
    struct call c = {0};
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    umask(077); /* what it tells of people is for its reader alone */
    if (read_call(&c, argc - rest, argv + rest, &err) != RC_OK) {
        status = usage_wrong(&usage, err.text);
    } else if (export(&c, &a, &err) != RC_OK) {
        complain("%s", err.text);
        status = EXIT_MISTAKE;
    }
    arena_deinit(&a);
    return status;
}
