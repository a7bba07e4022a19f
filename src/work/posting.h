/*
 * What is posted in the village: opinions before the decision, for the legal days (kind case), and what
 * was decided, as long as it is paid (kind result). A posting is made from the service's public document
 * and holds only what the law posts; its content is frozen when it begins, scanned for personal numbers
 * then and each time it is shown. What is about a child is never posted.
 *
 * A posting of a case begins with the event posting_began and ends with posting_ended: case_do() calls
 * posting_begin() and posting_follow(), nobody else does. postings_end() ends those whose days are over.
 */
#ifndef HUIMIN_WORK_POSTING_H
#define HUIMIN_WORK_POSTING_H

#include "paper/paper.h"
#include "work/case.h"

#define POSTING_PHOTO                                                                              \
    "posting" /* what a file is called that shows the case's posting on its wall */

enum posting_kind { POSTING_CASE, POSTING_RESULT };
enum posting_state { POSTING_OPEN, POSTING_ENDED, POSTING_WITHDRAWN };
const char *posting_kind_word(enum posting_kind k);   /* case, result */
const char *posting_state_word(enum posting_state s); /* open, ended, withdrawn */
bool posting_kind_find(str word, enum posting_kind *out);
bool posting_state_find(str word, enum posting_state *out);

struct posting {
    int64_t county_code, posting_id;
    enum posting_kind kind;
    enum posting_state state;
    int64_t sheet_id; /* the first posting on the same sheet of paper; its own id when alone */
    int64_t case_id, household_id, person_id;
    str service, line, programme;
    int64_t division; /* village or community that reads it */
    str place;        /* where it hangs, in words */
    day begins, ends; /* the last day; 0: until it is taken down */
    str content;      /* JSON {title, says, lines}: what it says, and nothing else */
    int64_t photo;    /* file of the case; 0: none */
    int64_t made_ms;
    str who;
    day ended; /* 0: not */
    str why;
};

/* One line of it: 家庭人口：3人. */
struct posting_line {
    enum document_field field;
    struct label label;
    str value;
};
struct posting_content {
    struct label title;
    struct label *says; /* paragraphs, filled in */
    size_t n_says;
    struct posting_line *lines;
    size_t n_lines;
};
/* Read back what was frozen; in the arena. RC_BAD_INPUT: it is none. */
MUST_CHECK enum rc posting_content_read(str content, struct arena *a, struct posting_content *out,
                                        struct err *err);

/* ---- what would be posted --------------------------------------------------------------------- */

/* Why the case is not posted at all, in static words: it is about somebody under 18 (child), or a review
 * found that nothing ends (stays). word NULL: it is posted. Whatever the word, posting_ended with
 * not_posted closes the step. */
struct posting_bar {
    const char *word, *zh, *en;
};
MUST_CHECK enum rc posting_forbidden(struct conn *c, const struct case_whole *k, day on,
                                     struct posting_bar *out, struct err *err);
/*
 * As it will look if it begins on that day at that place: everything but the ids. RC_RULE: about a child;
 * no opinion yet; a document that is not public; a personal number in it (named by its line). *content may
 * be NULL.
 */
MUST_CHECK enum rc posting_preview(struct conn *c, const struct case_whole *k,
                                   enum posting_kind kind, str place, day begins, struct arena *a,
                                   struct posting *out, struct posting_content *content,
                                   struct err *err);

/* ---- with the case's events, inside its change -------------------------------------------------- */

/* For posting_began. sheet 0: a sheet of its own. Puts the task for the photo. */
MUST_CHECK enum rc posting_begin(struct change *c, struct city *city, const struct case_whole *k,
                                 str place, int64_t sheet, day on, struct arena *a,
                                 struct err *err);
/* After any event, with the new state: ended, taken down, and what was decided posted in its turn. */
MUST_CHECK enum rc posting_follow(struct change *c, struct city *city, const struct case_whole *k,
                                  enum event_kind kind, day on, struct arena *a, struct err *err);
/* The photo of the case's posting: its newest one that is open. RC_RULE: none is. */
MUST_CHECK enum rc posting_photo(struct change *c, int64_t case_id, int64_t file_id, day on,
                                 struct err *err);

/* ---- for the staff ------------------------------------------------------------------------------ */

/* RC_NOT_FOUND: none, or not of the scope (NULL: the program itself). */
MUST_CHECK enum rc posting_find(const struct scope *s, struct conn *c, int64_t county, int64_t id,
                                struct arena *a, struct posting *out, struct err *err);
/* All of a case, the newest first; whoever sees the case sees them. */
MUST_CHECK enum rc postings_of_case(struct conn *c, int64_t county, int64_t case_id,
                                    struct arena *a, struct posting **out, size_t *n,
                                    struct err *err);
/* All on one sheet, in the order they were put there. */
MUST_CHECK enum rc postings_of_sheet(const struct scope *s, struct conn *c, int64_t county,
                                     int64_t sheet, struct arena *a, struct posting **out,
                                     size_t *n, struct err *err);

/*
 * The sheet as it hangs on the wall, to be drawn: postings[0..n) of one village, service and day, n >= 1. Its
 * code opens the page of postings (public_url: https://…; empty: no code). RC_RULE: a personal number on it.
 */
MUST_CHECK enum rc posting_paper(struct conn *c, const struct posting *postings, size_t n,
                                 str public_url, struct arena *a, struct paper *out,
                                 struct err *err);

struct posting_query {
    const struct scope *scope;
    enum posting_kind kind;
    enum posting_state state;
    int64_t division;     /* within; 0: all of the scope's */
    str line;             /* empty: all that it may see */
    day until;            /* whose last day is no later; 0: all */
    bool no_photo;        /* only those without */
    int64_t after_county; /* behind this one; after_id 0: from the start */
    int64_t after_division, after_id;
    int limit;
};
/* By county, village and id. */
MUST_CHECK enum rc posting_list(const struct posting_query *q, struct conn *c, struct arena *a,
                                struct posting **out, size_t *n, bool *more, struct err *err);
/* Without the cursor; *exact false: more than 10,000 of a county. */
MUST_CHECK enum rc posting_count(const struct posting_query *q, struct conn *c, struct arena *a,
                                 int64_t *n, bool *exact, struct err *err);

/* Take a result down before its end, with words. RC_RULE: of a case, which ends with the case's events;
 * it is down already. RC_NOT_FOUND. */
MUST_CHECK enum rc posting_stop(struct city *city, const struct scope *s, int64_t county,
                                int64_t id, str why, struct arena *a, struct err *err);

/* ---- for everybody ------------------------------------------------------------------------------ */

/*
 * Those that hang out today in a county, township or village, by village. RC_BAD_INPUT: another kind of
 * division, or none. A row in which a number is found today (the scan has learnt) is left out.
 */
struct posting_public_query {
    enum posting_kind kind;
    int64_t division;
    int64_t after_division,
        after_id; /* behind this one; 0: from the start; then the last one read */
    int limit;
};
MUST_CHECK enum rc posting_public_list(struct posting_public_query *q, struct conn *c, day today,
                                       struct arena *a, struct posting **out, size_t *n, bool *more,
                                       struct err *err);
/* RC_NOT_FOUND: there is none, or it does not hang out today. */
MUST_CHECK enum rc posting_public_get(struct conn *c, int64_t county, int64_t id, day today,
                                      struct arena *a, struct posting *out, struct err *err);

/* ---- objections --------------------------------------------------------------------------------- */

struct posting_said {
    str text;    /* what is wrong with it: 2 to 2000 characters */
    str by;      /* a name; empty: anonymous */
    str contact; /* phone or address to answer to; empty: none. Sealed, shown masked */
};
/*
 * Somebody objects to what hangs out today. Of a case that is open it becomes the event `objection`, with
 * the survey again; else a task `posting` of the township. *id: the objection's. RC_NOT_FOUND: it does not
 * hang out; RC_BAD_INPUT: no words, too many, not UTF-8. `s`: who records it; the program itself for the
 * public page (scope_system). How often somebody may is the caller's matter.
 */
MUST_CHECK enum rc posting_object(struct city *city, const struct scope *s, int64_t county,
                                  int64_t id, const struct posting_said *said, struct arena *a,
                                  int64_t *out, struct err *err);

struct posting_objection {
    int64_t objection_id, case_id, event; /* event 0: none of the case */
    day day;
    str text, by, contact;   /* contact masked; empty: none */
    str answer, answered_by; /* empty: not yet */
    int32_t answered;        /* day; 0 */
};
MUST_CHECK enum rc posting_objections(struct conn *c, int64_t county, int64_t id, struct arena *a,
                                      struct posting_objection **out, size_t *n, struct err *err);
/* What was found; ends its task. RC_CONFLICT: answered already; RC_BAD_INPUT: no words. */
MUST_CHECK enum rc posting_answer(struct city *city, const struct scope *s, int64_t county,
                                  int64_t id, int64_t objection, str text, struct err *err);
/* The contact in full, for a reason of at least four characters, which is recorded. RC_RULE: none
 * was left; RC_NOT_FOUND. */
MUST_CHECK enum rc posting_contact(struct city *city, const struct scope *s, int64_t county,
                                   int64_t id, int64_t objection, str why, struct arena *a,
                                   str *out, struct err *err);

/* ---- by itself ---------------------------------------------------------------------------------- */

enum { END_CASES = 1, END_RESULTS = 2 }; /* kinds */
struct posting_ends {
    int64_t ended, results,
        failed; /* cases that went on; results taken down; refused by the case */
};
/*
 * End what has hung out as long as it must, as the program itself: a case gets posting_ended on its last
 * day and goes on; a result goes when its day or its enrolment is over. A case that refuses is counted and
 * left. Called again it changes nothing. *out is added to.
 */
MUST_CHECK enum rc postings_end(struct city *city, int64_t county, day today, unsigned kinds,
                                struct posting_ends *out, struct err *err);
/* The same for every county. Cases are found by their day; all results that hang out are looked at. */
MUST_CHECK enum rc postings_end_all(struct city *city, day today, unsigned kinds,
                                    struct posting_ends *out, struct err *err);

#endif
