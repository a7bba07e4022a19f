/*
 * A streaming JSON writer over an sbuf. It cannot write ill-formed JSON: nesting is asserted, text
 * is escaped, a byte that is not UTF-8 becomes U+FFFD, 64-bit ids go out as strings through json_id().
 * One writer writes one value, 31 levels deep at most. Reading is jansson's work.
 */
#ifndef HUIMIN_BASE_JSON_H
#define HUIMIN_BASE_JSON_H

#include "base/str.h"

struct json {
    struct sbuf *out; /* borrowed */
    uint8_t depth;
    bool first[32];  /* nothing was written at this depth yet */
    bool in_obj[32]; /* an object is open at this depth, not an array */
    bool after_key;
};

void json_init(struct json *j, struct sbuf *out);
void json_obj(struct json *j);
void json_obj_end(struct json *j);
void json_arr(struct json *j);
void json_arr_end(struct json *j);
void json_key(struct json *j, const char *key);
void json_str(struct json *j, str s);
void json_int(struct json *j, int64_t v);
void json_id(struct json *j, int64_t id);
void json_bool(struct json *j, bool v);
void json_nil(struct json *j);
void json_raw(struct json *j, str value); /* a whole value that is JSON already */

#endif
