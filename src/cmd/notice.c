/* huimin notice: what waits in the outbox as short messages, into a file for whoever sends them. */
#include <stdio.h>
#include <sys/stat.h>

#include "cmd/db.h"
#include "work/notice.h"

static const char *opt_db, *opt_messages, *opt_county, *opt_today, *opt_key, *opt_as;
static const struct opt opts[] = {
    {"db", "URL", "sqlite:PATH or a postgresql:// URL (else HUIMIN_DB)", &opt_db, NULL},
    {"messages", "FILE", "where to write the CSV file; it must not be there yet", &opt_messages,
     NULL},
    {"county", "CODE", "six digits: only this county's (else all)", &opt_county, NULL},
    {"today", "DAY", "the day that is recorded (else the clock's)", &opt_today, NULL},
    {"key", "FILE", "key file (else HUIMIN_KEY, else PATH.key)", &opt_key, NULL},
    {"as", "USER", "as whom it is recorded (else the system's user)", &opt_as, NULL},
};
static const struct usage usage = {
    "notice --messages FILE --db URL",
    "Writes every notice that waits to go out as a short message with the phone number it goes to\n"
    "(columns notice, phone, text) and marks it as sent. Only its owner can read the file, since it\n"
    "holds numbers in the clear: give it to the sender and delete it. That they were opened is in the\n"
    "audit chain. Notices of people without a phone on record keep waiting.",
    opts,
    sizeof opts / sizeof opts[0],
};

static int write_messages(struct message_file *m, struct arena *a)
{
    struct err err = {0};
    struct city *city = NULL;
    enum rc rc = city_open(db_url(opt_db), opt_key, opt_as, a, &city, &err);
    if (rc == RC_OK) {
        /* Numbers in the clear are for nobody else's eyes. */
        umask(077);
        rc = notice_messages(city, m, &err);
        city_close(city);
    }
    if (rc != RC_OK) {
        complain("%s", err.text);
        return EXIT_MISTAKE;
    }
    printf("%lld messages in %s; %lld notices wait for a phone number\n", (long long)m->written,
           m->path, (long long)m->without_phone);
    return EXIT_DONE;
}

int cmd_notice(int argc, char **argv)
{
    int rest = 0;
    int status = EXIT_DONE;
    struct message_file m = {0};
    struct arena a = {0};
    day today = 0;
    if (!opts_read(&usage, argc, argv, &rest, &status))
        return status;
    if (rest < argc || opt_messages == NULL || db_url(opt_db) == NULL)
        return usage_wrong(&usage, "--messages and --db are needed");
    str county = str_from(opt_county);
    if (county.n > 0 && (county.n != 6 || !str_int(county, &m.county) || m.county <= 0))
        return usage_wrong(&usage, "--county: expected six digits");
    if (opt_today != NULL && !date_parse(str_from(opt_today), &today))
        return usage_wrong(&usage, "--today: expected a day like 2020-12-21");
    m.path = opt_messages;
    m.today = program_day(today);
    struct stat st;
    if (stat(m.path, &st) == 0) {
        complain("%s: is there already, expected a new file", m.path);
        return EXIT_MISTAKE;
    }
    status = write_messages(&m, &a);
    arena_deinit(&a);
    return status;
}
