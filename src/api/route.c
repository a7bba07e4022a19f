/* The router: routes.def as a table, and a path's place in it. */
#include "api/api_in.h"
#include "api/handlers.h"

#define ROUTE(method, path, handler, may, takes, gives, about)                                     \
    {HTTP_##method, path, #handler, handler, may, takes, gives, about},
const struct route routes[] = {
#include "api/routes.def"
};
#undef ROUTE
const size_t routes_n = sizeof routes / sizeof *routes;

/* Does the path fit the pattern? What stands for {...} goes to at. */
static bool fits(str pattern, str path, str at[4])
{
    size_t n = 0;

    while (pattern.n > 0 && path.n > 0) {
        str want, is, want_rest, is_rest;
        if (!str_cut(pattern, '/', &want, &want_rest))
            want_rest = (str){NULL, 0};
        if (!str_cut(path, '/', &is, &is_rest))
            is_rest = (str){NULL, 0};
        if (want.n > 0 && want.p[0] == '{') {
            if (is.n == 0 || n == 4)
                return false;
            at[n++] = is;
        } else if (!str_eq(want, is)) {
            return false;
        }
        if ((want_rest.p == NULL) != (is_rest.p == NULL))
            return false;
        pattern = want_rest;
        path = is_rest;
    }
    return pattern.n == 0 && path.n == 0;
}

const struct route *route_find(enum http_method method, str path, struct arena *a, str at[4],
                               unsigned *allow)
{
    const struct route *found = NULL;
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;

    (void)a;
    *allow = 0;
    for (size_t i = 0; i < routes_n && found == NULL; i++) {
        if (!fits(str_from(routes[i].path), path, at))
            continue;
        *allow |= 1u << routes[i].method;
        if (routes[i].method == wanted)
            found = &routes[i];
    }
    return found;
}

bool route_writes(const struct route *r)
{
    return r->method != HTTP_GET;
}

bool route_once(const struct route *r)
{
    /* What is only shown is not kept: it names people, and says nothing that must stay the same. */
    return r->method == HTTP_POST && !(r->may & FOR_EVERYBODY) &&
           r->handler != households_preview && r->handler != family_changes_preview;
}

bool route_may(const struct route *r, unsigned roles)
{
    unsigned may = r->may;

    if (may & (FOR_EVERYBODY | FOR_ACCOUNTS))
        return true;
    if (route_writes(r))
        may &= ~ROLE_BIT(ROLE_AUDITOR);
    return (roles & may) != 0;
}
