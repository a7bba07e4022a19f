/* Numbers of people: the citizen's number (GB 11643-1999), bank cards, mobile phones. */
#include <string.h>

#include "people/people.h"

enum { ID_DIGITS = 17, ID_OLD = 15 };

char id_number_check(const char first17[17])
{
    static const int weights[ID_DIGITS] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int i = 0; i < ID_DIGITS; i++)
        sum += weights[i] * (first17[i] - '0');
    return "10X98765432"[sum % 11];
}

static bool all_digits(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

static int number_at(const char *p, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++)
        v = 10 * v + (p[i] - '0');
    return v;
}

day id_number_birth(const char id[19])
{
    return date_day(number_at(id + 6, 4), number_at(id + 10, 2), number_at(id + 12, 2));
}

int id_number_sex(const char id[19])
{
    return (id[16] - '0') % 2 == 1 ? 1 : 2;
}

/* The number itself stays out of the messages: they end up in logs and files of mistakes. */
MUST_CHECK static enum rc check_birth(const char *id, day today, struct err *err)
{
    int y = number_at(id + 6, 4);
    int m = number_at(id + 10, 2);
    int d = number_at(id + 12, 2);
    if (y < DATE_YEAR_MIN || y > DATE_YEAR_MAX || !date_valid(y, m, d))
        return err_set(err, RC_BAD_INPUT,
                       "identity number: found the birth date %04d-%02d-%02d, expected a day that "
                       "exists",
                       y, m, d);
    if (date_day(y, m, d) > today)
        return err_set(err, RC_BAD_INPUT,
                       "identity number: found the birth date %04d-%02d-%02d, expected one not "
                       "after today",
                       y, m, d);
    return RC_OK;
}

enum rc id_number_read(str typed, day today, char out[19], struct err *err)
{
    char id[19] = {0};
    str s = str_trim(typed);
    if (s.n == ID_OLD && all_digits(s)) {
        memcpy(id, s.p, 6);
        memcpy(id + 6, "19", 2);
        memcpy(id + 8, s.p + 6, ID_OLD - 6);
        id[ID_DIGITS] = id_number_check(id);
    } else if (s.n == ID_DIGITS + 1 && all_digits(str_sub(s, 0, ID_DIGITS))) {
        memcpy(id, s.p, s.n);
        if (id[ID_DIGITS] == 'x')
            id[ID_DIGITS] = 'X';
        if (id_number_check(id) != id[ID_DIGITS])
            return err_set(err, RC_BAD_INPUT,
                           "identity number: found “%c” as its last character, expected “%c”",
                           id[ID_DIGITS] >= ' ' && id[ID_DIGITS] < 0x7F ? id[ID_DIGITS] : '?',
                           id_number_check(id));
    } else {
        return err_set(err, RC_BAD_INPUT,
                       "identity number: found %zu characters, expected 17 digits and a check "
                       "character, or the old 15 digits",
                       utf8_count(s));
    }
    TRY(check_birth(id, today, err));
    memcpy(out, id, sizeof id);
    return RC_OK;
}

/* Every second digit from the right counts double, with its two digits added up. */
bool card_luhn(str digits)
{
    int sum = 0;
    if (digits.n < 16 || digits.n > 19 || !all_digits(digits))
        return false;
    for (size_t i = 0; i < digits.n; i++) {
        int d = digits.p[digits.n - 1 - i] - '0';
        int twice = d > 4 ? 2 * d - 9 : 2 * d;
        sum += i % 2 == 1 ? twice : d;
    }
    return sum % 10 == 0;
}

bool mobile_valid(str digits)
{
    return digits.n == 11 && all_digits(digits) && digits.p[0] == '1' && digits.p[1] >= '3';
}
