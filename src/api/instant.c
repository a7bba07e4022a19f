/* Which time a request asks for: as of a day, as known at a time; and what goes with that. */
#include <stdio.h>

#include "api/api.h"
#include "people/rule_text.h"
#include "people/then.h"

enum { RELEASES_READ = 500 };

enum rc request_instant(struct call *c, struct instant *out, struct err *err)
{
    str as_of = query_of(c, "as_of"), known_at = query_of(c, "known_at");

    *out = (struct instant){0};
    if (as_of.n > 0 && !date_parse(as_of, &out->as_of))
        return call_wrong(c, RC_BAD_INPUT, "as_of", "write it like 2021-03-01", err,
                          "as_of: found “%.*s”, expected a day like 2021-03-01",
                          STR_ARG(str_sub(as_of, 0, 30)));
    if (known_at.n > 0 && !known_at_read(known_at, &out->known_at_ms))
        return call_wrong(c, RC_BAD_INPUT, "known_at",
                          "write it like 2021-03-01 or 2021-03-01T17:30", err,
                          "known_at: found “%.*s”, expected a time like 2021-03-01 or "
                          "2021-03-01T17:30",
                          STR_ARG(str_sub(known_at, 0, 30)));
    struct err late = {0};
    if (out->known_at_ms != 0 && instant_check(out->known_at_ms, &late) != RC_OK)
        return call_wrong(c, RC_BAD_INPUT, "known_at", NULL, err, "%s", late.text);
    return RC_OK;
}

bool request_then(const struct instant *at)
{
    return at->as_of != 0 || at->known_at_ms != 0;
}

enum rc request_position(struct call *c, struct conn *conn, int64_t county,
                         const struct instant *at, int64_t *out, struct err *err)
{
    struct err wrong = {0};

    *out = 0;
    if (at->known_at_ms == 0)
        return RC_OK;
    enum rc rc = instant_position(conn, county, at->known_at_ms, out, &wrong);
    if (rc == RC_BAD_INPUT)
        return call_wrong(c, rc, "known_at", NULL, err, "%s", wrong.text);
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", wrong.text);
}

/* What the process works with: of the releases with its hash the last. */
MUST_CHECK static enum rc own_release(struct call *c, struct conn *conn, struct release_row *out,
                                      struct err *err)
{
    struct release_row *list = NULL;
    size_t n = 0;

    TRY(rule_releases(conn, RELEASES_READ, c->arena, &list, &n, err));
    *out = (struct release_row){.rule_hash = str_from(c->city->rule_hash), .who = S("")};
    for (size_t i = n; i-- > 0;)
        if (str_eq(list[i].rule_hash, str_from(c->city->rule_hash)))
            *out = list[i];
    return RC_OK;
}

enum rc request_rules(struct call *c, struct conn *conn, const struct instant *at,
                      struct release_row *release, struct err *err)
{
    struct city *then = NEW(c->arena, struct city);

    if (at->known_at_ms == 0)
        return own_release(c, conn, release, err);
    TRY(rule_release_at(conn, at->known_at_ms, c->arena, release, err));
    TRY(city_then(c->city, conn, release->rule_hash, c->arena, then, err));
    c->city = then;
    return RC_OK;
}

void json_known_at(struct json *j, int64_t ms)
{
    char minute[17], text[32];

    if (ms == 0) {
        json_nil(j);
        return;
    }
    known_at_text(ms, minute);
    snprintf(text, sizeof text, "%s:%02d.%03d", minute, (int)(ms / 1000 % 60), (int)(ms % 1000));
    json_str(j, str_from(text));
}
