/* huimin audit verify: proves that no entry of the audit chains was changed or taken out. What is stored of a
 * month is proven by audit_replay.c. */
#include <stdio.h>
#include <string.h>

#include "cmd/db.h"
#include "store/migrate.h"
#include "vault/vault.h"

static const char *opt_db;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
};
static const struct usage usage = {
    "audit verify --db URL",
    "Checks the chain of every county: each entry's hash, its link to the one before, no position\n"
    "left out, and the head. Says which entry breaks it. Needs no key.\n"
    "`huimin audit replay` proves what is stored of a month or a case, see its own --help.",
    opts,
    sizeof opts / sizeof opts[0],
};

MUST_CHECK static enum rc verify(int64_t *checked, struct err *err)
{
    struct store *s = NULL;
    TRY(store_open(db_url(opt_db), NULL, &s, err));
    enum rc rc = schema_check(s, catalogue, catalogue_n, err);
    if (rc == RC_OK)
        rc = audit_verify(s, checked, err);
    store_close(s);
    return rc;
}

int cmd_audit(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    int64_t checked = 0;
    struct err err = {0};
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "replay") == 0)
            return cmd_audit_replay(argc, argv);
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest + 1 != argc || strcmp(argv[rest], "verify") != 0)
        return usage_wrong(&usage, "expected `audit verify` or `audit replay`");
    if (db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--db is needed");
    if (verify(&checked, &err) != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%lld entries, every chain whole\n", (long long)checked);
    return EXIT_DONE;
}
