/* See instant.h. */
#include "people/instant.h"

#include <stdio.h>

#include "people/people_sql.h"

enum { MINUTE_MS = 60000, DAY_MINUTES = 24 * 60 };

/* China has been at UTC+8 without summer time since 1991. */
static int64_t china_minutes(int64_t ms)
{
    return ms / MINUTE_MS + INT64_C(8) * 60;
}

/* "17:30", "17:30:05", "17:30:05.123" after midnight in milliseconds, the whole of it included. */
static bool clock_read(str text, int64_t *ms)
{
    int64_t hour = 0, minute = 0, second = 59, rest = 999;
    bool well = (text.n == 5 || text.n == 8 || text.n == 12) && text.p[2] == ':' &&
                str_int(str_sub(text, 0, 2), &hour) && str_int(str_sub(text, 3, 5), &minute);

    if (well && text.n >= 8)
        well = text.p[5] == ':' && str_int(str_sub(text, 6, 8), &second);
    if (well && text.n == 12)
        well = text.p[8] == '.' && str_int(str_sub(text, 9, 12), &rest);
    *ms = (hour * 60 + minute) * MINUTE_MS + second * 1000 + rest;
    return well && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
           second < 60 && rest >= 0;
}

bool known_at_read(str text, int64_t *ms)
{
    int64_t of_day = (int64_t)DAY_MINUTES * MINUTE_MS - 1;
    day on = 0;

    if (!date_parse(str_sub(text, 0, 10), &on))
        return false;
    if (text.n > 10 && (text.p[10] != 'T' || !clock_read(str_sub(text, 11, text.n), &of_day)))
        return false;
    *ms = ((int64_t)on * DAY_MINUTES - INT64_C(8) * 60) * MINUTE_MS + of_day;
    return true;
}

const char *known_at_text(int64_t ms, char out[17])
{
    int64_t minutes = china_minutes(ms);
    int64_t of_day = minutes % DAY_MINUTES;
    char on[11];

    snprintf(out, 17, "%sT%02d:%02d", date_text((day)(minutes / DAY_MINUTES), on),
             (int)(of_day / 60), (int)(of_day % 60));
    return out;
}

enum rc instant_check(int64_t known_at_ms, struct err *err)
{
    int64_t now = clock_ms();
    int64_t day_end =
        ((china_minutes(now) / DAY_MINUTES + 1) * DAY_MINUTES - INT64_C(8) * 60) * MINUTE_MS - 1;
    char asked[17], is[17];

    if (known_at_ms < now + MINUTE_MS || known_at_ms == day_end)
        return RC_OK;
    return err_set(err, RC_BAD_INPUT,
                   "known at %s is to come; expected a time up to now, %s (China Standard Time)",
                   known_at_text(known_at_ms, asked), known_at_text(now, is));
}

enum rc instant_position(struct conn *c, int64_t county, int64_t known_at_ms, int64_t *position,
                         struct err *err)
{
    const struct value v = V_INT(county);
    char asked[17], since[17];
    int64_t first = 0;

    if (known_at_ms == 0)
        return change_position(c, county, position, err);
    TRY(instant_check(known_at_ms, err));
    TRY(change_position_at(c, county, known_at_ms, position, err));
    if (*position > 0)
        return RC_OK;
    known_at_text(known_at_ms, asked);
    enum rc rc = query_one(c, &stmt_time_first_change, &v, 1, &first, err);
    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_BAD_INPUT, "known at %s: nothing was ever recorded of county %lld",
                       asked, (long long)county);
    TRY(rc);
    return err_set(err, RC_BAD_INPUT,
                   "known at %s: nothing was known of county %lld yet; expected %s or later", asked,
                   (long long)county, known_at_text(first, since));
}
