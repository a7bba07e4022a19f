/*
 * Papers: what leaves the office in writing, made from a `document` of the rules and what is known of a case
 * or household. A paper that is made has a number and a check code, and its content stays as it is:
 * printed again it says the same. A notice has one paper, made once. Anything else that would say something
 * else today than the last one did is made anew, and the older is `replaced`.
 *
 *     paper_offers()    which papers a case can have now
 *     paper_make()      one of them, numbered and stored; the same again when nothing changed
 *     paper_preview()   how it will look, before it is decided: marked, without number and code
 *     paper_content()   a stored one, to be drawn (paper/paper.h)
 *     paper_check()     what the public may know of a number, for its code
 *
 * Personal numbers stand on papers masked.
 */
#ifndef HUIMIN_WORK_PAPER_H
#define HUIMIN_WORK_PAPER_H

#include "paper/paper.h"
#include "work/case.h"
#include "work/notice.h"

enum { PAPER_CODE = 8 }; /* characters of a check code, of 32 that nobody mistakes for another */

const char *document_form_word(enum document_form f);                /* "grant" */
const char *document_form_label(enum document_form f, bool english); /* 确认通知 */
enum document_form document_form_find(str word);                     /* DOCUMENT__COUNT: none */

struct paper_row {
    int64_t county_code, paper_id;
    str number, code, document;
    str form; /* document_form_word() */
    str title, office, line;
    int64_t case_id, household_id, person_id, notice_id; /* 0: of none */
    str subject;                                         /* name, masked */
    day made;
    int64_t at_ms;
    str who, digest, said;
    bool replaced;
};

/* Which paper. Of a case: case_id. Of a notice: notice_id alone is enough. A cover: household_id. */
struct paper_wanted {
    int64_t county, case_id, notice_id, household_id;
    enum document_form form; /* given by the notice when there is one */
    int64_t person_id;       /* an authorisation: who signs */
    str public_url; /* https://…: the code opens it; empty: the paper has no code to scan */
    /* A preview of a decision that isn't made yet: as its event would say it; NULL: as it was decided. */
    const json_t *decision;
    str text;
    const struct notice
        *letter; /* preview: a notice of no case that isn't written yet, with `about` */
};
/*
 * Made, or found as it was made before. RC_NOT_FOUND: no such case, notice or household, or not theirs to
 * see; RC_FORBIDDEN: the scope doesn't see calculations; RC_RULE: this paper can't be made now (the text
 * says why), or the rules declare none.
 */
MUST_CHECK enum rc paper_make(struct city *city, const struct scope *s,
                              const struct paper_wanted *w, struct arena *a, struct paper_row *out,
                              struct err *err);
/* How it would look. Nothing is written. The same errors; RC_RULE too: what the rules don't give. */
MUST_CHECK enum rc paper_preview(struct city *city, const struct scope *s, struct conn *c,
                                 const struct paper_wanted *w, struct arena *a, struct paper *out,
                                 struct err *err);

struct paper_ref {
    int64_t county, id;
};
/*
 * The papers of many notices, made where there is none yet, in short changes of one county each. In
 * the order given. Notices that the scope doesn't see are RC_NOT_FOUND. *rows: n of them, in the arena.
 * go_on is told after each slice (false: stop there, RC_INTERRUPTED); NULL: nobody.
 */
struct paper_many {
    const struct paper_ref *notices;
    size_t n;
    str public_url;
    bool (*go_on)(void *ctx, size_t done);
    void *ctx;
};
MUST_CHECK enum rc papers_of_notices(struct city *city, const struct scope *s,
                                     const struct paper_many *m, struct arena *a,
                                     struct paper_row **rows, struct err *err);

/* What can be made of a case now, and what could not, with the reason. */
struct paper_offer {
    const struct document *document;
    int64_t person_id; /* an authorisation: who signs */
    str person;        /* name */
    bool can;
    const char *why[2]; /* Chinese, English: why not; NULL when it can */
    int64_t paper_id;   /* the one made last; 0: none */
};
MUST_CHECK enum rc paper_offers(struct city *city, const struct scope *s, struct conn *c,
                                int64_t county, int64_t case_id, struct arena *a,
                                struct paper_offer **out, size_t *n, struct err *err);

/* Those made, the newest first, at most 200. Without a look at who reads. */
MUST_CHECK enum rc papers_of_case(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                                  struct paper_row **out, size_t *n, struct err *err);
/* RC_NOT_FOUND: there is none, or the scope may not see it. */
MUST_CHECK enum rc paper_find(struct city *city, const struct scope *s, struct conn *c,
                              int64_t county, int64_t paper_id, struct arena *a,
                              struct paper_row *out, struct err *err);
/* Of a notice, valid; paper_id 0: none was made. Without a look at who reads. */
MUST_CHECK enum rc paper_of_notice(struct conn *c, int64_t county, int64_t notice_id,
                                   struct arena *a, struct paper_row *out, struct err *err);
/* To be drawn. */
MUST_CHECK enum rc paper_content(struct conn *c, int64_t county, int64_t paper_id, struct arena *a,
                                 struct paper *out, struct err *err);
/*
 * The number and the code that stand on it, for anybody. RC_NOT_FOUND: no such number, or another code: it is
 * not told which, and it takes the same time.
 */
MUST_CHECK enum rc paper_check(struct conn *c, str number, str code, struct arena *a,
                               struct paper_row *out, struct err *err);

/* What rests on law, as papers and notices say it: 《…》第21条. In the arena. */
str paper_basis(const struct basis *b, struct arena *a);

#endif
