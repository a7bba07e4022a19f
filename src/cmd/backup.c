/* huimin backup and huimin restore: a whole store in one file, on either database. */
#include <stdio.h>
#include <sys/stat.h>

#include "cmd/backup_file.h"
#include "cmd/db.h"
#include "store/migrate.h"

static const char *opt_db, *opt_to, *opt_from;

static const struct opt backup_opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"to", "FILE", "the copy", &opt_to, NULL},
};
static const struct usage backup_usage = {
    "backup --db URL --to FILE",
    "Copies the whole store, as it is at the start, while others go on reading and writing. The\n"
    "file can be restored on SQLite and PostgreSQL alike. The key file is not in it: keep a copy of\n"
    "it elsewhere, or nobody will be able to read a personal number.",
    backup_opts,
    sizeof backup_opts / sizeof backup_opts[0],
};
static const struct opt restore_opts[] = {
    {"from", "FILE", "a copy that `huimin backup` made", &opt_from, NULL},
    {"db", "URL", "a new file or an empty database (else HUIMIN_DB)", &opt_db, NULL},
};
static const struct usage restore_usage = {
    "restore --from FILE --db URL",
    "Brings a copy back into a new SQLite file or an empty PostgreSQL database. A file that is cut\n"
    "off or changed is refused before anything is made. The store needs its own key file again.",
    restore_opts,
    sizeof restore_opts / sizeof restore_opts[0],
};

static void show(void *ctx, int64_t rows)
{
    progress_show(ctx, rows);
}

MUST_CHECK static enum rc backup(int64_t *rows, struct err *err)
{
    struct progress progress = {.what = "rows"};
    const struct backup_progress p = {show, &progress};
    struct store *s = NULL;
    TRY(store_open(db_url(opt_db), NULL, &s, err));
    enum rc rc = schema_check(s, catalogue, catalogue_n, err);
    if (rc == RC_OK)
        rc = backup_write(s, opt_to, &p, rows, err);
    progress_end(&progress);
    store_close(s);
    return rc;
}

int cmd_backup(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    int64_t rows = 0;
    struct err err = {0};
    if (!opts_read(&backup_usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || opt_to == NULL || db_url(opt_db) == NULL)
        return usage_wrong(&backup_usage,
                           rest < argc ? "backup takes options only" : "--db and --to are needed");
    umask(077); /* the copy tells as much of people as the store */
    if (backup(&rows, &err) != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%s: %lld rows; the key file is not in it\n", opt_to, (long long)rows);
    return EXIT_DONE;
}

int cmd_restore(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    int64_t rows = 0;
    struct err err = {0};
    if (!opts_read(&restore_usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || opt_from == NULL || db_url(opt_db) == NULL)
        return usage_wrong(&restore_usage, rest < argc ? "restore takes options only"
                                                       : "--from and --db are needed");
    struct progress progress = {.what = "rows"};
    const struct backup_progress p = {show, &progress};
    enum rc rc = backup_restore(opt_from, db_url(opt_db), &p, &rows, &err);
    progress_end(&progress);
    if (rc != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%s: %lld rows restored; give the store its own key file\n", opt_from, (long long)rows);
    return EXIT_DONE;
}
