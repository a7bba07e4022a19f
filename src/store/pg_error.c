/*
 * What PostgreSQL says, told to an operator. Decided by the five characters of SQLSTATE alone: texts
 * are in the server's language, and a cluster leaves the names of constraints empty.
 */
#include "store/postgres.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

struct state {
    const char *code; /* a whole SQLSTATE or its first characters; the first that fits counts */
    enum rc rc;
    bool again, lost;
    const char *text;
};

static const struct state states[] = {
    {"23505", RC_CONFLICT, false, false, "a row with this key is there already"},
    {"23", RC_BAD_INPUT, false, false, "a rule of the table is broken"},
    {"22", RC_BAD_INPUT, false, false, "a value does not fit"},
    {"40001", RC_IO, true, false, "another change came first"},
    {"40P01", RC_IO, true, false, "two changes waited for each other"},
    {"55P03", RC_IO, false, false, "a row is locked by a change that takes too long; try again"},
    {"40", RC_IO, true, false, "the server rolled the change back"},
    {"0A000", RC_IO, true, true, "the schema was changed meanwhile"},
    {"08", RC_IO, false, true, "the connection to the server was lost"},
    {"57P", RC_IO, false, true, "the server is stopping or was restarted"},
    {"57014", RC_INTERRUPTED, false, false,
     "the statement was stopped by the server or an operator"},
    {"25006", RC_IO, false, false,
     "the server takes no changes: is it a standby? expected the URL of the primary"},
    {"53100", RC_IO, false, false, "the server's disk is full; nothing of this change was stored"},
    {"53200", RC_IO, false, false, "the server is out of memory"},
    {"53300", RC_IO, false, true, "the server has no connection free (max_connections)"},
    {"42501", RC_IO, false, false, "the database user lacks a permission"},
    {"42P07", RC_CONFLICT, false, false, "a table of this name is there already"},
    {"42701", RC_CONFLICT, false, false, "a column of this name is there already"},
    {"42P01", RC_IO, false, false,
     "the database lacks a table: expected `huimin init` to have run"},
    {"42703", RC_IO, false, false,
     "the database lacks a column: expected `huimin init` to have run"},
    {"54000", RC_LIMIT, false, false, "more than the server takes"},
    {"", RC_IO, false, false, "the server refused it"},
};

static const struct state *state_of(const char *code)
{
    size_t i = 0;

    while (strncmp(code, states[i].code, strlen(states[i].code)) != 0)
        i++;
    return &states[i];
}

/* One line of a message that may have several. */
static void first_line(const char *text, char *out, size_t size)
{
    size_t n = 0;

    while (*text == ' ' || *text == '\n')
        text++;
    while (text[n] && text[n] != '\n' && n + 1 < size)
        n++;
    memcpy(out, text, n);
    out[n] = '\0';
}

static enum rc lost(struct pg_link *c, const char *doing, const char *what)
{
    c->conn.lost = true;
    if (c->committing) {
        c->conn.unknown = true;
        return conn_failed(&c->conn, RC_IO,
                           "%s: the connection was lost while committing, so that nobody knows "
                           "whether the change was stored: look before doing it again (%s)",
                           c->conn.store->shown, what);
    }
    return conn_failed(&c->conn, RC_IO, "%s: %s: the connection was lost%s (%s)",
                       c->conn.store->shown, doing,
                       c->conn.writes ? ", nothing of this change was stored" : "", what);
}

enum rc pg_failed(struct pg_link *c, const PGresult *r, const char *doing)
{
    const char *code = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *text = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    const struct state *s;
    char line[400];

    first_line(text ? text : PQerrorMessage(c->pg), line, sizeof line);
    /* Without a code the failure is libpq's own: the connection. */
    if (!code && PQstatus(c->pg) == CONNECTION_BAD)
        return lost(c, doing, line);
    s = state_of(code ? code : "");
    if (s->lost && !s->again)
        return lost(c, doing, line);
    c->conn.again = c->conn.again || s->again;
    c->conn.lost = c->conn.lost || s->lost;
    /* PostgreSQL puts the values of a broken rule into the detail, which stays out: they may be a
     * person's. */
    return conn_failed(&c->conn, s->rc, "%s: %s (%s%s%s)", doing, s->text, line, code ? ", " : "",
                       code ? code : "");
}

enum rc pg_connect_failed(const struct store *s, PGconn *pg, struct err *err)
{
    char line[500];

    first_line(PQerrorMessage(pg), line, sizeof line);
    if (PQconnectionNeedsPassword(pg))
        return err_set(err, RC_IO,
                       "%s: a password is needed: put it into ~/.pgpass or PGPASSWORD (%s)",
                       s->shown, line);
    if (strstr(line, "database \"") && strstr(line, "does not exist"))
        return err_set(err, RC_NOT_FOUND,
                       "%s: there is no such database: make it with createdb --template=template0 "
                       "--encoding=UTF8 --locale=C.UTF-8 (%s)",
                       s->shown, line);
    if (PQconnectionUsedPassword(pg))
        return err_set(err, RC_IO, "%s: the server refused user or password (%s)", s->shown, line);
    return err_set(err, RC_IO,
                   "%s: no connection: is the server running, and does it take connections from "
                   "here? (%s)",
                   s->shown, line);
}
