/*
 * The case: from acceptance to decision. What happened is an append-only list of events; the state
 * follows from it, the service's declaration and the calendar alone (case_fold), and nothing else is
 * ever asked what state a case is in. The row work_case keeps the state for lists, written in the
 * same transaction.
 *
 *     case_open()      an application is taken: one case for each service
 *     case_do()        the next thing that happened: checked, recorded, and what follows from it done
 *     case_load()      one case with its state
 *     case_list()     many, as far as a scope sees
 *
 * The law is that of the day of acceptance: services and policies are those of the rules in force
 * then, whatever was released since (case_rules).
 */
#ifndef HUIMIN_WORK_CASE_H
#define HUIMIN_WORK_CASE_H

#include <jansson.h>

#include "work/desk.h"

enum case_status {
#define STATE(name, word, open, en, zh) CASE_##name,
#include "work/case_state.def"
#undef STATE
    CASE__COUNT
};

enum event_kind {
#define EVENT(name, word, roles, needs, en, zh) EVENT_##name,
#include "work/case_event.def"
#undef EVENT
    EVENT__COUNT
};

const char *case_status_word(enum case_status s); /* "open" */
const char *case_status_label(enum case_status s, bool english);
bool case_status_open(enum case_status s); /* something is still to be done */
const char *event_word(enum event_kind k); /* "step_done" */
const char *event_label(enum event_kind k, bool english);
const char *event_needs(enum event_kind k); /* "result,text" */
unsigned event_roles(enum event_kind k);    /* ROLE_BITs; 0: those of the step */
enum event_kind event_find(str word);       /* EVENT__COUNT: none */

struct case_event {
    int64_t seq;
    enum event_kind kind;
    str step; /* the service's name of it; empty: of the case as a whole */
    day day;
    int64_t at_ms, position;
    str who, text;
    json_t *data; /* owned by the arena it was read into; NULL: none */
};

/* ---- the state ------------------------------------------------------------------------------ */

enum step_status { STEP_WAITING, STEP_OPEN, STEP_DONE, STEP_SKIPPED };
const char *step_status_word(enum step_status s);

struct step_state {
    const struct service_step *step;
    enum step_status status;
    day opened, due, warn; /* due 0: no limit */
    bool unsure;
    day done;
    str by, result; /* login; what came out, in words */
    int times;      /* how often it was done */
};

enum paper_have { PAPER_MISSING, PAPER_THERE, PAPER_PROMISED, PAPER_FETCHED };
const char *paper_have_word(enum paper_have h); /* no, yes, promised, fetched */
enum paper_have paper_have_find(str word, bool *found);

/* What stops the clock: bits, for several may at once. */
enum case_stop { STOP_SUPPLEMENT = 1, STOP_POSTING = 2, STOP_OBJECTION = 4, STOP_LETTER = 8 };

/* A programme for a unit of the case, as somebody would have it. */
struct case_line {
    str programme;     /* the policy's name */
    int64_t person_id; /* 0: the household */
    bool grant;
    int64_t fen; /* in all; 0 for what pays nothing */
};
struct case_opinion {
    int64_t seq; /* 0: none is given, or it is over */
    bool grant;
    day day;
    str who, text;
    struct case_line *lines;
    size_t n_lines;
    int64_t position; /* the county's then */
};

/* A fact of the form, waiting to go into the household's record. */
struct case_fact {
    int64_t seq; /* event that brought it */
    int64_t person_id;
    str field;
    json_t *value;   /* JSON null: unknown; borrowed from the event */
    day from;        /* from which it holds: the day given, else the first of the event's month */
    int64_t applied; /* event by which it went into the record; 0: it waits */
};

struct case_state {
    const struct service *service;
    enum case_status status;
    int64_t version;
    day accepted, due, warn, closed; /* due 0: no limit */
    bool unsure, extended;
    struct step_state *steps; /* as many as the service has */
    enum paper_have *papers;  /* as many as the service has */
    day papers_due;           /* what may follow: 0 when nothing is awaited */
    unsigned stops;           /* of enum case_stop: why the clock stands */
    day stopped;              /* since */
    struct case_pause {
        day from, to;
    } * pauses; /* over */
    size_t n_pauses;
    bool supplement_used;
    str *asked; /* papers of the supplement */
    size_t n_asked;
    day posted; /* 0: nothing hangs out now */
    str posted_at;
    struct case_opinion opinion, decision;
    bool raised;      /* handed up to the county although the sum would be the township's */
    int64_t paid_fen; /* paid out by the event `paid` */
    day paid;         /* 0: not */
    int64_t owner;    /* division whose offices work on it */
    str sent_to;      /* transferred to a place outside */
    int objections;
    VEC(struct case_fact) facts;
    day supplement_until; /* the papers asked for must be there; 0: none are awaited */
    bool visit_owed;      /* after an objection or complaint; not yet made */
    int visits;           /* home visits by the county */
};

/* What the state depends on besides the events. */
struct case_ground {
    const struct rules *rules;
    const struct service *service;
    const struct calendar *calendar;
    int64_t division; /* of the household */
    bool delegated;   /* the township decides */
    bool elsewhere;   /* registered at another place, which decides */
};

/*
 * The state after all events. Everything in the arena. RC_RULE: an event that cannot follow on those
 * before it; the text says why, in words for whoever wanted it.
 */
MUST_CHECK enum rc case_fold(const struct case_ground *g, const struct case_event *events, size_t n,
                             struct arena *a, struct case_state **out, struct err *err);
/* One more event, in place; on failure the state is not to be used any more. */
MUST_CHECK enum rc case_apply(const struct case_ground *g, const struct case_event *e,
                              struct arena *a, struct case_state *s, struct err *err);
/*
 * Could an event of that kind follow now (on the step, NULL: none)? NULL: yes; else why not, in the
 * words of case_apply(). Only what does not depend on the event's data is looked at.
 */
const char *case_refuses(const struct case_ground *g, const struct case_state *s,
                         enum event_kind kind, const struct step_state *step, day on);
/* The open step that an event of that kind is about; NULL: none. */
struct step_state *case_step_for(struct case_state *s, enum event_kind kind, str name);
const struct step_state *case_first_open(const struct case_state *s); /* NULL: none */

/* ---- in the store --------------------------------------------------------------------------- */

struct case_row {
    int64_t county_code, case_id;
    str number, service, line;
    int64_t household_id, person_id; /* person 0: for the household */
    int64_t applicant_id;
    str applicant, relation; /* name; what the applicant is to them, in words */
    str subject;             /* name of the head or the person */
    int64_t division, office;
    str registered; /* registered elsewhere: where; empty: here */
    str rule_hash;
    bool delegated;
    day accepted;
    str note;
    /* the state's, kept: */
    enum case_status status;
    int64_t owner, town;
    int64_t version;
    str step;
    str result; /* grant, refuse; empty: not decided */
    day due, warn, closed;
    bool unsure, paused;
    int64_t draft_version;
};

struct case_whole {
    struct case_row row;
    struct case_ground ground;
    struct case_event *events;
    size_t n_events;
    struct case_state *state;
};

/* RC_NOT_FOUND: there is none, or the scope (NULL: the program itself) does not see it. */
MUST_CHECK enum rc case_load(struct city *city, const struct scope *s, struct conn *c,
                             int64_t county, int64_t case_id, struct arena *a,
                             struct case_whole *out, struct err *err);
/* By what is printed on papers; RC_NOT_FOUND. */
MUST_CHECK enum rc case_find(const struct scope *s, struct conn *c, str number, struct arena *a,
                             struct case_row *out, struct err *err);
/* Newest first; those that the scope sees; at most 200. */
MUST_CHECK enum rc cases_of_household(const struct scope *s, struct conn *c, int64_t county,
                                      int64_t household, struct arena *a, struct case_row **out,
                                      size_t *n, struct err *err);

/* The rules with this hash: the city's, else compiled once from the store and kept by the process. */
MUST_CHECK enum rc case_rules(struct city *city, struct conn *c, str hash, const struct rules **out,
                              struct err *err);

enum case_order { CASE_BY_DUE, CASE_BY_ACCEPTED, CASE_BY_NUMBER, CASE_BY_CLOSED };
/* Of the open ones: how their clock stands. Late ones are not among the warned. */
enum case_clock { CLOCK_ANY, CLOCK_LATE, CLOCK_WARNED, CLOCK_DUE_TODAY, CLOCK_PAUSED };
enum case_in_time { IN_TIME_ANY, IN_TIME_YES, IN_TIME_NO };
struct case_query {
    const struct scope *scope;
    enum case_order order;
    bool desc;
    str state;                      /* a state's word, "open" for all that is: empty: all */
    str service, step;              /* empty: all */
    int64_t division;               /* within; 0: all of the scope's */
    int64_t office;                 /* of exactly this one; 0: any */
    enum case_clock clock;          /* with CASE_BY_DUE only */
    month closed;                   /* closed in that month, with CASE_BY_CLOSED only; 0: any */
    enum case_in_time in_time;      /* of those closed */
    str number;                     /* begins with; empty: all */
    int64_t after_county, after_id; /* behind this row; after_id 0: from the start */
    str after_key;                  /* its due, accepted or closed day */
    int limit;
};
/* *more: there are further ones. */
MUST_CHECK enum rc case_list(struct city *city, const struct case_query *q, struct conn *c,
                             struct arena *a, struct case_row **out, size_t *n, bool *more,
                             struct err *err);
/* How many; exact up to 10,000, then 10,001. */
MUST_CHECK enum rc case_count(struct city *city, const struct case_query *q, struct conn *c,
                              struct arena *a, int64_t *out, struct err *err);

/* ---- taking an application ------------------------------------------------------------------ */

struct case_new {
    int64_t county, household;
    const struct case_wanted {
        str service;
        int64_t person; /* whom it is for, where it is for one; 0: the household */
    } * services;
    size_t n_services;
    int64_t applicant_id;
    str applicant, relation;
    str registered; /* registered elsewhere: where */
    day day;        /* of acceptance; 0: today */
    json_t *facts;  /* array, as in docs/api.md preview; NULL: none */
    json_t *papers; /* array of {paper, have}; NULL: none */
    str note;
};
struct case_made {
    str number; /* of the acceptance */
    struct case_made_one {
        int64_t case_id;
        str number, service;
    } * cases;
    size_t n;
};
/*
 * One number for the acceptance; several cases have it with -1, -2 behind. RC_NOT_FOUND: a household
 * that the scope does not see; RC_CONFLICT: such a case is open already; RC_BAD_INPUT: no such
 * service, fact or paper; RC_RULE: who may not accept, or for whom it is not.
 */
MUST_CHECK enum rc case_open(struct city *city, const struct scope *s, const struct case_new *n,
                             struct arena *a, struct case_made *out, struct err *err);

/* ---- what happened next --------------------------------------------------------------------- */

struct case_act {
    enum event_kind kind;
    str step, text;  /* step empty: the open one that the event is about */
    day day;         /* 0: today */
    json_t *data;    /* members as case_event.def names them; NULL: none */
    int64_t version; /* that the caller has seen; 0: whatever it is (jobs only) */
};
/*
 * Record it and do what follows: tasks, notices, facts, enrolments, money. RC_CONFLICT: it is not that
 * version any more; RC_NOT_FOUND; RC_RULE: not possible now, not lawful, not theirs to do (the text
 * says which); RC_BAD_INPUT. *version is the new one.
 */
MUST_CHECK enum rc case_do(struct city *city, const struct scope *s, int64_t county,
                           int64_t case_id, const struct case_act *act, struct arena *a,
                           int64_t *version, struct err *err);

/* May this account record such an event on this step (NULL: on none)? NULL: yes; else why not. */
const char *case_not_theirs(const struct scope *s, const struct case_whole *k, enum event_kind kind,
                            const struct step_state *step);

/* Does the step's own clock stand? Not for the survey that an objection asks for: that is waited for. */
bool case_step_paused(const struct case_state *s, const struct step_state *t);
/* Who does a step: level (AT_NONE: outside) and the role on whose desk it lies first. */
enum place_level case_step_level(const struct case_whole *k, const struct step_state *t);
enum role case_step_role(const struct case_whole *k, const struct step_state *t);

/*
 * Must the county have been at the family's home before it is decided, and was not yet? NULL: no; else
 * why, in words, static. It depends on who is of the staff today, so it is asked, not folded. */
struct case_words {
    const char *zh, *en;
};
MUST_CHECK enum rc case_visit_missing(struct conn *c, const struct case_whole *k, day on,
                                      struct case_words *out, struct err *err);

/* What was typed so far. `version` 0: over whatever is there; RC_CONFLICT else. */
MUST_CHECK enum rc case_draft_read(struct conn *c, int64_t county, int64_t case_id, struct arena *a,
                                   str *out, int64_t *version, struct err *err);
MUST_CHECK enum rc case_draft_put(struct city *city, const struct scope *s, int64_t county,
                                  int64_t case_id, str draft, int64_t version, int64_t *now,
                                  struct err *err);

/* The event as a sentence for people. */
str case_story(const struct case_whole *k, const struct case_event *e, bool english,
               struct arena *a);

#endif
