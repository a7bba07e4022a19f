/*
 * The citizen's side: no account, no cookie. Who knows the number of a case and the last four digits of the
 * applicant's phone gets a pass for a quarter of an hour, good for that case alone; it is sent back in the
 * header X-Public. A pass is made of what it says and a code over it under the store's key, so it is kept
 * nowhere and any server of the store knows it. Inside api/ only.
 */
#ifndef HUIMIN_API_PUBLIC_IN_H
#define HUIMIN_API_PUBLIC_IN_H

#include "api/api.h"
#include "work/online.h"

enum {
    PASS_MINUTES = 15,
    PUBLIC_FLAT_MS = 250, /* a try takes as long whatever comes of it */
    PUBLIC_SLOW_MS = 800, /* what is sent in is answered no sooner: nobody does it in thousands */
};

enum pass_kind { PASS_CASE = 'c', PASS_ONLINE = 'w' };
struct pass {
    enum pass_kind kind;
    int64_t county, id; /* of the case, or of the online application */
    int64_t until_ms;
};
/* A new one, in the arena. */
str pass_make(struct call *c, enum pass_kind kind, int64_t county, int64_t id, int64_t *until_ms);
/* The one that came with the request. RC_NO_SESSION: none, not a true one, or over. */
MUST_CHECK enum rc pass_read(struct call *c, struct pass *out, struct err *err);

/* Wait until `ms` after `since` (clock_ms()). */
void public_wait(int64_t since, int64_t ms);

/* Names within a text as mask_name() shows them; in the arena. */
str public_masked(str text, const str *names, size_t n, struct arena *a);

/* Texts of the body, all of them: no control characters, nor what turns the order of letters about; ends of
 * lines in `note` and `text` only. RC_BAD_INPUT. */
MUST_CHECK enum rc public_texts(struct call *c, struct err *err);

/* Can a citizen of this place apply for it now, by the rules in force? */
bool public_service(const struct call *c, const struct service *s);
/* Whose field a name of a form is: as the window asks it. NULL: none. */
const struct field *public_field(const struct rules *r, const struct service *s, str name);

#endif
