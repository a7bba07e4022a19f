/* The JSON Schemas of bodies and replies: src/api/schemas/NAME.json, each an object of schemas by name,
 * taken into the program by the build (tools/embed.cmake). */
#ifndef HUIMIN_API_SCHEMAS_H
#define HUIMIN_API_SCHEMAS_H

#include <stddef.h>

struct schema_file {
    const char *name; /* case.json; NULL: the end */
    const unsigned char *text;
    size_t n;
};
extern const struct schema_file schema_files[];

#endif
