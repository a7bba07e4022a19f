/* Names and numbers of accounts: what counts as the same name, what an account looks like. */
#include <pthread.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "pay/payee.h"

enum { NAME_UNITS = 256, ACCOUNT_LEAST = 16, ACCOUNT_MOST = 19, TYPED_MOST = 60 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *simplify; /* under the lock; lives as long as the process */

/* Blanks and the dots between the parts of a name, however they are written. */
static bool is_between(UChar c)
{
    static const UChar dots[] = {0x00b7, 0x2022, 0x2027, 0x30fb, 0xff0e, 0x2219,
                                 0xff65, 0x3000, 0x00a0, '.',    ' ',    '\t'};
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
        if (c == dots[i])
            return true;
    return false;
}

static int32_t plain(str name, UChar out[NAME_UNITS])
{
    static const char id[] = "Fullwidth-Halfwidth; Hant-Hans; Upper";
    UErrorCode e = U_ZERO_ERROR;
    UChar rule[64];
    int32_t n = 0, kept = 0;

    u_strFromUTF8(out, NAME_UNITS / 2, &n, name.p, (int32_t)name.n, &e);
    if (U_FAILURE(e))
        return -1;
    for (int32_t i = 0; i < n; i++)
        if (!is_between(out[i]))
            out[kept++] = out[i];
    pthread_mutex_lock(&lock);
    if (simplify == NULL) {
        u_uastrcpy(rule, id);
        simplify = utrans_openU(rule, -1, UTRANS_FORWARD, NULL, 0, NULL, &e);
    }
    int32_t limit = kept;
    if (simplify != NULL && U_SUCCESS(e))
        utrans_transUChars(simplify, out, &kept, NAME_UNITS, 0, &limit, &e);
    pthread_mutex_unlock(&lock);
    return U_SUCCESS(e) ? kept : -1;
}

bool payee_name_same(str a, str b)
{
    UChar x[NAME_UNITS], y[NAME_UNITS];

    if (str_eq(a, b))
        return a.n > 0;
    int32_t n = plain(a, x), m = plain(b, y);
    return n > 0 && n == m && memcmp(x, y, (size_t)n * sizeof *x) == 0;
}

enum rc payee_account_take(str typed, struct arena *a, str *out, struct err *err)
{
    char *p = arena_alloc(a, TYPED_MOST + 1, 1);
    size_t n = 0;

    for (size_t i = 0; i < typed.n && i < TYPED_MOST; i++) {
        char c = typed.p[i];
        if (c == ' ' || c == '-')
            continue;
        if (c < '0' || c > '9')
            return err_set(err, RC_BAD_INPUT,
                           "account: found something that is no digit, expected %d to %d digits",
                           ACCOUNT_LEAST, ACCOUNT_MOST);
        p[n++] = c;
    }
    if (typed.n > TYPED_MOST || n < ACCOUNT_LEAST || n > ACCOUNT_MOST)
        return err_set(err, RC_BAD_INPUT, "account: found %zu digits, expected %d to %d", n,
                       ACCOUNT_LEAST, ACCOUNT_MOST);
    *out = (str){p, n};
    return RC_OK;
}

enum rc payee_masked(const struct city *city, struct conn *c, int64_t county, int64_t person,
                     str sealed, struct arena *a, str *out, struct err *err)
{
    struct person_key key;
    str number = {0};

    *out = S("");
    enum rc rc = person_key_get(c, city->vault, county, person, &key, err);
    if (rc == RC_NOT_FOUND)
        return RC_OK; /* the person was forgotten, and the number with the key */
    TRY(rc);
    TRY(number_open(city->vault, &key, NUMBER_CARD, sealed, a, &number, err));
    *out = mask_number(NUMBER_CARD, number, a);
    return RC_OK;
}
