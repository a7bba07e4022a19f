/* huimin init: makes a store, or brings one up to the rules and the schema of today. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/db.h"
#include "guard/account.h"
#include "pay/bank_layout.h"
#include "people/search.h"
#include "work/clock.h"
#include "work/office.h"

static const char *opt_db, *opt_place, *opt_key, *opt_home, *opt_as;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"place", "NAME", "whose store it is, e.g. panzhihua", &opt_place, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"home", "DIR", "the folder that holds lines/ and places/", &opt_home, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "init --db URL --place NAME [--key FILE] [--home DIR]",
    "Makes the tables, the key file, the divisions of the place and puts the rules of lines/ and\n"
    "places/ in force. Run again it only does what is missing: a newer program's tables, changed\n"
    "rules, new divisions. Keep the key file apart from the store and its copies: without it no\n"
    "personal number can be read, and nobody can make it again.",
    opts,
    sizeof opts / sizeof opts[0],
};

/*
 * What is made over an open store: a store from before people could be found by their names has to be
 * gone through once; calendars; and an administrator where nobody can log in.
 */
MUST_CHECK static enum rc finish(const struct init_spec *spec, struct arena *a, str *login,
                                 str *password, struct err *err)
{
    struct city *city = NULL;
    int64_t made = 0;
    TRY(city_open(spec->url, spec->key_path, spec->who, a, &city, err));
    enum rc rc = search_fill(city, &made, err);
    if (rc == RC_OK)
        rc = calendar_init(city, spec->home, 0, err);
    if (rc == RC_OK)
        rc = bank_init(city, spec->home, 0, err);
    if (rc == RC_OK)
        rc = office_init(city, spec->home, 0, err);
    if (rc == RC_OK)
        rc = account_first(city, a, login, password, err);
    city_close(city);
    return rc;
}

static int init(struct arena *a, const char *home)
{
    struct err err = {0};
    const char *key = NULL;
    str login = {0};
    str password = {0};
    const struct init_spec spec = {.url = db_url(opt_db),
                                   .key_path = opt_key,
                                   .home = home,
                                   .place = opt_place,
                                   .who = opt_as};
    enum rc rc = city_init(&spec, a, &err);
    if (rc == RC_OK)
        rc = city_key_path(spec.url, opt_key, a, &key, &err);
    if (rc == RC_OK)
        rc = finish(&spec, a, &login, &password, &err);
    if (rc != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("the store of %s is ready; keep its key file apart from it: %s\n", opt_place, key);
    if (password.n > 0)
        printf("administrator: login %.*s, password %.*s\n"
               "This password is shown once and must be changed at the first login.\n",
               STR_ARG(login), STR_ARG(password));
    return EXIT_DONE;
}

int cmd_init(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || opt_place == NULL || db_url(opt_db) == NULL)
        return usage_wrong(&usage,
                           rest < argc ? "init takes options only" : "--db and --place are needed");
    struct arena a = {0};
    const char *home = home_find(&a, opt_home);
    if (home == NULL) {
        complain("no lines/ folder found; say --home DIR or set HUIMIN_HOME");
        status = EXIT_MISTAKE;
    } else {
        status = init(&a, home);
    }
    arena_deinit(&a);
    return status;
}
