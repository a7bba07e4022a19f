/* huimin pay: the month's list frozen, the bank's file made, its answer read. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cmd/db.h"
#include "pay/batch.h"
#include "pay/decide.h"
#include "pay/payee.h"
#include "work/clock.h"

enum { ANSWER_MOST = 256 << 20, SHOWN_MOST = 100 };

static const char *opt_db, *opt_key, *opt_as, *opt_today, *opt_county, *opt_month, *opt_batch,
    *opt_layout, *opt_in, *opt_out, *opt_why;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"county", "CODE", "six digits (freeze, again, names; show: only this county's)", &opt_county,
     NULL},
    {"month", "YYYY-MM", "which month (freeze; show: only its)", &opt_month, NULL},
    {"batch", "NUMBER", "like 510402-202012-01 (file, answer, show)", &opt_batch, NULL},
    {"layout", "NAME", "of the place's bank.json (file: the first; answer: the one that fits)",
     &opt_layout, NULL},
    {"in", "FILE", "the bank's answer, or its file of names", &opt_in, NULL},
    {"out", "FILE", "where the bank's file goes; it must not be there yet", &opt_out, NULL},
    {"why", "TEXT", "what the whole account numbers are needed for; recorded", &opt_why, NULL},
    {"today", "DAY", "the day that is recorded (else the clock's)", &opt_today, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "pay freeze|file|answer|again|names|show --db URL",
    "freeze   a county's month (--county, --month): its payments, and sums paid once, as numbered\n"
    "         lines that don't change any more; payments without an account are held and told\n"
    "file     the bank's file of a batch (--batch, --out), in a layout of the place; only its\n"
    "         owner can read it, since it holds account numbers in full\n"
    "answer   read the bank's answer (--batch, --in): all of it or nothing; the same file once more\n"
    "         changes nothing. Failed payments become tasks of their townships\n"
    "again    one batch of all failed and held payments of a county that can be made now\n"
    "names    what the bank says of the names of accounts: CSV with account and result\n"
    "show     batches, the newest first; with --batch its sums and what came back",
    opts,
    sizeof opts / sizeof opts[0],
};

struct work {
    struct city *city;
    struct scope *by;
    struct arena *a;
    int64_t county;
    month month;
    struct batch batch; /* of --batch */
};

/* ---- shown -------------------------------------------------------------------------------------- */

static void print_batch(const struct batch *b)
{
    char m[8], fen[32], held[32], paid[32], failed[32];

    printf("%.*s  %s  %-5.*s  %-8.*s  %lld lines %s yuan", STR_ARG(b->number),
           month_text(b->month, m), STR_ARG(b->kind), STR_ARG(b->state), (long long)b->rows,
           money_text(b->fen, true, fen));
    if (b->held_rows > 0)
        printf(", held %lld lines %s yuan", (long long)b->held_rows,
               money_text(b->held_fen, true, held));
    if (b->paid_rows + b->failed_rows > 0)
        printf(", paid %lld lines %s yuan, failed %lld lines %s yuan", (long long)b->paid_rows,
               money_text(b->paid_fen, true, paid), (long long)b->failed_rows,
               money_text(b->failed_fen, true, failed));
    putchar('\n');
}

static void print_mistakes(const struct batch_mistakes *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->at[i].seq > 0)
            fprintf(stderr, "  %lld: %.*s\n", (long long)m->at[i].seq, STR_ARG(m->at[i].text));
        else
            fprintf(stderr, "  %.*s\n", STR_ARG(m->at[i].text));
    }
    if (m->more)
        fprintf(stderr, "  …\n");
}

/* ---- the verbs ---------------------------------------------------------------------------------- */

static enum rc do_freeze(struct work *w, struct err *err)
{
    struct batch b;

    TRY(batch_freeze(w->city, w->by, w->county, w->month, w->a, &b, err));
    print_batch(&b);
    printf("digest %.*s\n", STR_ARG(b.digest));
    return RC_OK;
}

static enum rc do_again(struct work *w, struct err *err)
{
    struct batch b;

    TRY(batch_again(w->city, w->by, w->county, w->a, &b, err));
    print_batch(&b);
    return RC_OK;
}

static enum rc do_file(struct work *w, struct err *err)
{
    struct batch_mistakes wrong;
    struct file_out f;
    struct stat st;
    str bytes, name;

    if (stat(opt_out, &st) == 0)
        return err_set(err, RC_CONFLICT, "%s: is there already, expected a new file", opt_out);
    enum rc rc =
        batch_file(w->city, w->by, w->batch.county_code, w->batch.batch_id, str_from(opt_layout),
                   str_from(opt_why), w->a, &bytes, &name, &wrong, err);
    print_mistakes(&wrong);
    TRY(rc);
    umask(077);
    TRY(file_out_open(&f, opt_out, err));
    file_out_str(&f, bytes);
    rc = file_out_commit(&f, err);
    file_out_abort(&f);
    TRY(rc);
    printf("%lld lines in %s (%zu bytes)\n", (long long)w->batch.rows, opt_out, bytes.n);
    return RC_OK;
}

static enum rc do_answer(struct work *w, struct err *err)
{
    struct batch_mistakes wrong;
    struct batch_taken t;
    str bytes;

    TRY(file_read(opt_in, ANSWER_MOST, w->a, &bytes, err));
    enum rc rc = batch_answer(w->city, w->by, w->batch.county_code, w->batch.batch_id,
                              str_from(opt_layout), bytes, w->a, &t, &wrong, err);
    if (rc != RC_OK)
        print_mistakes(&wrong);
    TRY(rc);
    if (t.again)
        printf("this file was read already: nothing changed\n");
    else
        printf("%lld lines: paid %lld, failed %lld; new %lld\n", (long long)t.rows,
               (long long)t.paid, (long long)t.failed, (long long)t.news);
    print_batch(&t.batch);
    return RC_OK;
}

static enum rc do_names(struct work *w, struct err *err)
{
    struct payee_names n;
    str bytes;

    TRY(file_read(opt_in, ANSWER_MOST, w->a, &bytes, err));
    TRY(payee_names_read(w->city, w->by, w->county, bytes, &n, err));
    printf("%lld accounts: the name fits %lld, differs %lld, not on record %lld\n",
           (long long)n.rows, (long long)n.ok, (long long)n.differs, (long long)n.unknown);
    return RC_OK;
}

static enum rc show_one(struct work *w, struct conn *c, struct err *err)
{
    struct batch_state *states = NULL;
    size_t n = 0;
    char fen[32];

    print_batch(&w->batch);
    TRY(batch_states(c, w->batch.county_code, w->batch.batch_id, w->a, &states, &n, err));
    for (size_t i = 0; i < n; i++)
        printf("  %-8.*s %lld lines %s yuan\n", STR_ARG(states[i].state), (long long)states[i].n,
               money_text(states[i].fen, true, fen));
    return RC_OK;
}

static enum rc show_all(struct work *w, struct conn *c, struct err *err)
{
    const struct batch_query q = {
        .scope = w->by, .month = w->month, .county = w->county, .limit = SHOWN_MOST};
    struct batch *list = NULL;
    size_t n = 0;
    bool more = false;

    TRY(batches_read(&q, c, w->a, &list, &n, &more, err));
    for (size_t i = 0; i < n; i++)
        print_batch(&list[i]);
    if (more)
        printf("…\n");
    return RC_OK;
}

static enum rc do_show(struct work *w, struct err *err)
{
    struct conn *c = NULL;

    TRY(store_reader(w->city->store, &c, err));
    enum rc rc = opt_batch != NULL ? show_one(w, c, err) : show_all(w, c, err);
    store_reader_done(c);
    return rc;
}

enum need { NEEDS_COUNTY = 1, NEEDS_MONTH = 2, NEEDS_BATCH = 4, NEEDS_IN = 8, NEEDS_OUT = 16 };
static const struct verb {
    const char *name;
    enum rc (*run)(struct work *w, struct err *err);
    unsigned needs;
    const char *said; /* what is needed */
} verbs[] = {
    {"freeze", do_freeze, NEEDS_COUNTY | NEEDS_MONTH, "--county and --month are needed"},
    {"file", do_file, NEEDS_BATCH | NEEDS_OUT, "--batch and --out are needed"},
    {"answer", do_answer, NEEDS_BATCH | NEEDS_IN, "--batch and --in are needed"},
    {"again", do_again, NEEDS_COUNTY, "--county is needed"},
    {"names", do_names, NEEDS_COUNTY | NEEDS_IN, "--county and --in are needed"},
    {"show", do_show, 0, ""},
};

/* ---- the call ----------------------------------------------------------------------------------- */

static enum rc find_batch(struct work *w, struct err *err)
{
    struct conn *c = NULL;

    TRY(store_reader(w->city->store, &c, err));
    enum rc rc = batch_by_number(w->by, c, str_from(opt_batch), w->a, &w->batch, err);
    store_reader_done(c);
    return rc;
}

static int run(const struct verb *v, struct work *w, day today)
{
    struct arena a = {0};
    struct err err = {0};
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, &a, &w->city, &err);

    w->a = &a;
    pay_tie();
    if (rc == RC_OK) {
        w->by = scope_system(w->city, program_day(today), &a);
        if (opt_batch != NULL)
            rc = find_batch(w, &err);
        if (rc == RC_OK)
            rc = v->run(w, &err);
        city_close(w->city);
    }
    if (rc != RC_OK)
        complain("%s", err.text);
    arena_deinit(&a);
    return rc == RC_OK ? EXIT_DONE : EXIT_MISTAKE;
}

int cmd_pay(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct work w = {0};
    const struct verb *v = NULL;
    day today = 0;

    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    for (size_t i = 0; rest < argc && i < sizeof verbs / sizeof *verbs; i++)
        if (str_eq(str_from(argv[rest]), str_from(verbs[i].name)))
            v = &verbs[i];
    if (v == NULL || argc - rest != 1)
        return usage_wrong(&usage, "expected one of freeze, file, answer, again, names, show");
    const unsigned given = (opt_county != NULL ? NEEDS_COUNTY : 0u) |
                           (opt_month != NULL ? NEEDS_MONTH : 0u) |
                           (opt_batch != NULL ? NEEDS_BATCH : 0u) |
                           (opt_in != NULL ? NEEDS_IN : 0u) | (opt_out != NULL ? NEEDS_OUT : 0u);
    if ((given & v->needs) != v->needs)
        return usage_wrong(&usage, v->said);
    if (db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    str county = str_from(opt_county);
    if (county.n > 0 && (county.n != 6 || !str_int(county, &w.county) || w.county <= 0))
        return usage_wrong(&usage, "--county: expected six digits");
    if (opt_month != NULL && !month_parse(str_from(opt_month), &w.month))
        return usage_wrong(&usage, "--month: expected a month like 2020-12");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    return run(v, &w, today);
}
