/* The handlers of routes.def, by name; inside api/ only. */
#ifndef HUIMIN_API_HANDLERS_H
#define HUIMIN_API_HANDLERS_H

#include "api/api.h"

#define ROUTE(method, path, handler, may, takes, gives, about)                                     \
    enum rc handler(struct call *c, struct err *err);
#include "api/routes.def"
#undef ROUTE

#endif
