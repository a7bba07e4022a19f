/*
 * Definition files as text: read, checked to be UTF-8, numbered; lines found from byte positions.
 */
#ifndef HUIMIN_LANG_SOURCE_H
#define HUIMIN_LANG_SOURCE_H

#include "base/arena.h"
#include "base/err.h"

struct source {
    str path;         /* as shown in messages, e.g. lines/assistance/dibao.hm */
    str text;         /* without a byte-order mark */
    str line;         /* folder under lines/, or empty */
    bool is_place;    /* from places/ */
    bool parsed;      /* rules_parse() has read it */
    uint32_t *starts; /* byte offset of each line */
    size_t n_lines;
};

struct sources {
    struct arena *arena; /* borrowed */
    VEC(struct source) list;
};

void sources_init(struct sources *s, struct arena *a);
/* From memory: for tests, and for text that comes out of the store. Text is borrowed. */
size_t source_add(struct sources *s, str path, str text);
/*
 * Read every *.hm below home/lines and home/places (or below each of `dirs`), in byte order of
 * their paths. RC_NOT_FOUND, RC_IO, RC_LIMIT, RC_BAD_INPUT (not UTF-8: names file, line, byte).
 */
MUST_CHECK enum rc sources_read(struct sources *s, const char *home, struct err *err);
MUST_CHECK enum rc sources_read_path(struct sources *s, const char *path, struct err *err);

/* 1-based line and column (in characters) of a byte. */
void source_position(const struct source *s, uint32_t byte, size_t *line, size_t *column);
str source_line(const struct source *s, size_t line); /* without the line break */

#endif
