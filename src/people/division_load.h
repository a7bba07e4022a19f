/*
 * The divisions of a place: divisions.csv read and checked, and the store brought to it. Inside
 * people/ only. places/README.md describes the file.
 */
#ifndef HUIMIN_PEOPLE_DIVISION_LOAD_H
#define HUIMIN_PEOPLE_DIVISION_LOAD_H

#include "people/people.h"

struct succession {
    int64_t old_division, new_division;
    str on_day, how;
};

struct division_file {
    struct division_info *rows; /* by code, then beginning */
    size_t n;
    struct succession *successions; /* by old code, new code, day */
    size_t n_successions;
    char hash[65]; /* of the file's bytes */
};

/* RC_BAD_INPUT names row, column, what was found and what was expected. */
MUST_CHECK enum rc division_file_read(const char *path, struct arena *a, struct division_file *out,
                                      struct err *err);

/*
 * Inside a change of the city's own county code. RC_RULE, with names and numbers of households, when
 * somebody lives in a division that the file does not have, or that ended and became nothing.
 */
MUST_CHECK enum rc division_load(struct change *c, const struct division_file *f, struct err *err);

#endif
