/*
 * Applications that citizens make on a phone, and what they write about their cases. An application is no
 * case: nothing is enrolled or decided by it and who sent it is not proven. It lies on the desk of the
 * township (a task of the kind "online") until a clerk has looked at it, and then becomes a case taken
 * at the window, or goes back with words. What was typed is sealed under a key of its own, as the
 * numbers of persons are.
 */
#ifndef HUIMIN_WORK_ONLINE_H
#define HUIMIN_WORK_ONLINE_H

#include <jansson.h>

#include "work/case.h"

enum {
    ONLINE_KEY_LEAST = 16, /* characters of the key of a phone's application */
    ONLINE_KEY_MOST = 80,
    ONLINE_WAITING_MOST = 3,           /* of one applicant at a time */
    ONLINE_FILES_MOST = 12,            /* photos of one application */
    ONLINE_FILE_BYTES = 5 << 20,       /* of one */
    ONLINE_FILES_BYTES = 30 << 20,     /* of all */
    ONLINE_CONTENT_BYTES = 100 * 1000, /* what was typed */
    MESSAGE_CHARS_MOST = 2000,
    MESSAGES_MOST = 20 /* about one case */
};

struct online {
    int64_t county_code, online_id;
    str number;       /* 510402-2020-W000123 */
    str applicant;    /* name */
    str services;     /* names, commas between */
    str line;         /* of the first */
    int64_t division; /* where they live */
    int64_t office;   /* the township that looks at it */
    str state;        /* waiting, accepted, returned */
    day made, due;    /* due: the office has looked at it by then */
    int64_t at_ms;
    day answered;           /* 0: not yet */
    str answered_by, words; /* login; what the office says */
    int64_t case_id;        /* the (first) case it became; 0: none */
    str case_number;
    int64_t version;
    uint8_t phone_ending[VAULT_ENDING];
    json_t *content; /* as typed, in the arena; NULL unless asked for */
};

struct online_new {
    int64_t division;    /* village or township where they live */
    str key;             /* of the phone: sent again it is the same application */
    json_t *content;     /* checked by the caller; at most ONLINE_CONTENT_BYTES as text */
    str applicant;       /* name */
    str identity;        /* number, valid */
    str phone;           /* mobile, valid */
    str services, line;  /* as in struct online */
    str title, title_en; /* of the desk's task */
    day today;
};
/*
 * Take one in: a number, and a task for the township's clerk. *again: the key had been sent with the same
 * content, and this is what it became. RC_CONFLICT: the key was used for other content; RC_TOO_MANY:
 * ONLINE_WAITING_MOST of this identity wait already; RC_NOT_FOUND: no such division, or no township
 * over it; RC_LIMIT. *out in the arena, without content.
 */
MUST_CHECK enum rc online_take(struct city *city, const struct online_new *n, struct arena *a,
                               struct online *out, bool *again, struct err *err);

/* With content when asked. RC_NOT_FOUND: none, or not for the scope (NULL: the program itself). */
MUST_CHECK enum rc online_find(struct city *city, const struct scope *s, struct conn *c,
                               int64_t county, int64_t id, bool content, struct arena *a,
                               struct online *out, struct err *err);
MUST_CHECK enum rc online_by_number(struct city *city, struct conn *c, str number, struct arena *a,
                                    struct online *out, struct err *err);
/* "510402-2020-W000123": its county; 0: not of that form. */
int64_t online_number_county(str number);

/* Where the person lives on a day. RC_NOT_FOUND. */
MUST_CHECK enum rc online_household(struct conn *c, int64_t county, int64_t person, day on,
                                    int64_t *household, struct err *err);

/* Photos so far. */
MUST_CHECK enum rc online_files(struct conn *c, int64_t county, int64_t id, int64_t *n,
                                int64_t *bytes, struct err *err);

/*
 * With content, and the numbers in it in the clear, for whoever takes it or must call: that they were shown,
 * to whom and why, goes into the audit chain. RC_BAD_INPUT: no reason.
 */
MUST_CHECK enum rc online_reveal(struct city *city, const struct scope *s, int64_t county,
                                 int64_t id, str why, struct arena *a, struct online *out,
                                 struct err *err);

/*
 * The clerk's answer, which ends the task: back with words (`made` NULL), or it became cases, which
 * get its photos. RC_CONFLICT: it is answered; RC_NOT_FOUND; RC_BAD_INPUT: no words.
 */
MUST_CHECK enum rc online_answer(struct city *city, const struct scope *s, int64_t county,
                                 int64_t id, str words, const struct case_made *made,
                                 struct err *err);

/* ---- messages ------------------------------------------------------------------------------- */

struct message {
    int64_t county_code, message_id, case_id;
    str kind; /* appeal: against a decision, for the county; question: for whose turn it is */
    str text;
    int64_t division; /* of the office that answers */
    str line;
    day made, due;
    int64_t at_ms;
    str answer; /* empty: none yet */
    day answered;
    str answered_by;
    int64_t version;
};
/*
 * Written by whom the case is about: a note in the case's story and a task for the office that answers.
 * RC_BAD_INPUT: no text, too long, no such kind; RC_RULE: an appeal before anything was decided;
 * RC_TOO_MANY: MESSAGES_MOST. *id is the message's.
 */
MUST_CHECK enum rc message_take(struct city *city, int64_t county, int64_t case_id, str kind,
                                str text, day today, struct arena *a, int64_t *id, struct err *err);
MUST_CHECK enum rc message_find(const struct scope *s, struct conn *c, int64_t county, int64_t id,
                                struct arena *a, struct message *out, struct err *err);
MUST_CHECK enum rc messages_of(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                               struct message **out, size_t *n, struct err *err);
/* RC_CONFLICT: answered before; RC_BAD_INPUT: no words. Ends the task. */
MUST_CHECK enum rc message_answer(struct city *city, const struct scope *s, int64_t county,
                                  int64_t id, str answer, struct err *err);

/* ---- whose number ---------------------------------------------------------------------------- */

/* Has the applicant of the case, or else whom it is about or the head, a phone that ends so? */
MUST_CHECK enum rc citizen_phone_fits(struct city *city, struct conn *c, const struct case_row *r,
                                      str tail, day today, bool *out, struct err *err);

#endif
