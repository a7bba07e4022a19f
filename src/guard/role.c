/* Roles by name, levels of divisions, and what is shown of names and numbers. */
#include <string.h>

#include "guard/guard.h"

static const struct {
    const char *code, *en, *zh;
} roles[ROLE__COUNT] = {
#define ROLE(name, at, code, en, zh) {code, en, zh},
#include "guard/roles.def"
#undef ROLE
};

const char *role_code(enum role r)
{
    return r < ROLE__COUNT ? roles[r].code : "";
}

const char *role_label(enum role r, bool english)
{
    return r >= ROLE__COUNT ? "" : english ? roles[r].en : roles[r].zh;
}

enum role role_find(str code)
{
    enum role r = 0;
    while (r < ROLE__COUNT && !str_eq(code, str_from(roles[r].code)))
        r++;
    return r;
}

enum place_level division_level(int64_t division)
{
    return division % 100000000 == 0 ? AT_CITY
           : division % 1000000 == 0 ? AT_COUNTY
           : division % 1000 == 0    ? AT_TOWNSHIP
                                     : AT_VILLAGE;
}

void division_bounds(int64_t division, int64_t *lo, int64_t *hi)
{
    static const int64_t size[] = {
        [AT_CITY] = 100000000, [AT_COUNTY] = 1000000, [AT_TOWNSHIP] = 1000, [AT_VILLAGE] = 1};
    bool province = division % 10000000000 == 0;
    *lo = division;
    *hi = division + (province ? 10000000000 : size[division_level(division)]) - 1;
}

str mask_number(enum number_kind kind, str number, struct arena *a)
{
    return number_masked(kind, number, a);
}

str mask_name(str name, struct arena *a)
{
    size_t n = utf8_count(name);
    size_t at = 0;
    struct sbuf out;
    if (n <= 1)
        return n == 0 ? (str){0} : S("*");
    sbuf_init(&out, name.n + n);
    for (size_t i = 0; i < n; i++) {
        size_t from = at;
        utf8_next(name, &at);
        if (i == 0 || (n > 2 && i == n - 1))
            sbuf_add(&out, str_sub(name, from, at));
        else
            sbuf_addc(&out, '*');
    }
    str s = str_dup(a, sbuf_str(&out));
    sbuf_deinit(&out);
    return s;
}

str mask_address(str village, struct arena *a)
{
    return str_fmt(a, "%.*s ****", STR_ARG(village));
}
