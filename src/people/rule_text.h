/* The text of the rules in the store: put there under its hash, compiled from there. */
#ifndef HUIMIN_PEOPLE_RULE_TEXT_H
#define HUIMIN_PEOPLE_RULE_TEXT_H

#include "people/people.h"

struct release {
    int64_t number; /* 0: none yet */
    char rule_hash[65];
    str place;
};

/* SM3 over paths and texts, in the order of the sources. */
void rule_text_hash(const struct rules *r, char out[65]);
MUST_CHECK enum rc rule_release_read(struct conn *c, struct arena *a, struct release *out,
                                     struct err *err);
/* Put the text in and release it for a place under the next number. Inside a change. */
MUST_CHECK enum rc rule_release(struct change *c, const struct rules *r,
                                const struct release *before, str place, struct err *err);
/* Compile what the store has under a hash. RC_RULE: it has mistakes, the first is shown. */
MUST_CHECK enum rc rule_text_compile(struct conn *c, const char *rule_hash, struct rules *r,
                                     struct err *err);
/* Releases as they were made, the newest first, at most `most`. */
struct release_row {
    int64_t number, released_ms;
    str rule_hash, place, who;
};
MUST_CHECK enum rc rule_releases(struct conn *c, int most, struct arena *a,
                                 struct release_row **out, size_t *n, struct err *err);
/* The release in force at a time (milliseconds since 1970; 0: now); before the first one, the first.
 * RC_NOT_FOUND: nothing was ever released. */
MUST_CHECK enum rc rule_release_at(struct conn *c, int64_t ms, struct arena *a,
                                   struct release_row *out, struct err *err);
/* The files under a hash, by path. RC_NOT_FOUND: there are none. */
struct rule_file {
    str path, text;
};
MUST_CHECK enum rc rule_files(struct conn *c, str rule_hash, struct arena *a,
                              struct rule_file **out, size_t *n, struct err *err);
/* RC_RULE with the first of the mistakes. */
MUST_CHECK enum rc rule_mistakes(const struct rules *r, struct diags *d, struct err *err);

#endif
