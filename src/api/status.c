/* Whether the server is up, and which day it plays: what a page asks before anybody logs in. */
#include "api/handlers.h"
#include "pay/run.h"

enum rc status_get(struct call *c, struct err *err)
{
    struct json *j = &c->json;

    (void)err;
    json_obj(j);
    JSON_BOOL(j, "ok", true);
    json_key(j, "today");
    json_day(j, c->today);
    JSON_BOOL(j, "demo", c->api->demo);
    json_key(j, "place");
    json_obj(j);
    JSON_STR(j, "name", c->city->place->name.text);
    json_key(j, "label");
    json_label(j, &c->city->place->label);
    json_obj_end(j);
    JSON_STR(j, "version", str_from(ENGINE_VERSION));
    json_obj_end(j);
    return RC_OK;
}
