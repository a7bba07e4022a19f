/* What the files of the case have in common; inside work/ only. */
#ifndef HUIMIN_WORK_CASE_IN_H
#define HUIMIN_WORK_CASE_IN_H

#include "work/case.h"

/* ---- JSON of events ------------------------------------------------------------------------- */

/* Parsed, freed with the arena; NULL: empty or not JSON. */
json_t *case_json(str text, struct arena *a);
str case_json_text(const json_t *j, struct arena *a); /* one line */
str case_text(const json_t *o, const char *key);      /* borrowed; empty: none */
int64_t case_int(const json_t *o, const char *key);   /* 0: none */
bool case_flag(const json_t *o, const char *key, bool if_none);
/* The id of a reference "510402-123"; a bare number too; 0: null or none. */
int64_t case_ref_id(const json_t *v);
str case_ref(int64_t county, int64_t id, struct arena *a);

/* ---- moves (case_move.c) -------------------------------------------------------------------- */

struct case_try {
    enum event_kind kind;
    const struct step_state *step; /* that the event is about; NULL: none is open */
    day day;
    const json_t *data;
};
/* As case_refuses(), with the event's data. */
const char *case_try_refuses(const struct case_ground *g, const struct case_state *s,
                             const struct case_try *t);
/* NULL: one of the moves is open; else why none is. */
const char *case_move_refuses(const struct case_ground *g, const struct case_state *s,
                              const struct case_try *t);
/* Where it leads: called with the state before (`was`) and the state with the event's effects. */
enum case_status case_move_to(const struct case_ground *g, const struct case_state *was,
                              const struct case_state *now, const struct case_try *t);
/* Nothing is waiting or open, and no paper is awaited. */
bool case_nothing_left(const struct case_state *s);
bool case_is_outside(const json_t *data);

/* ---- clock (case_clock.c) ------------------------------------------------------------------- */

void case_stop(struct case_state *s, unsigned why, day on);
void case_go(struct case_state *s, unsigned why, day on, struct arena *a);
void case_pause_add(struct case_state *s, day from, day to, struct arena *a);
/* Work all limits out again. */
void case_clock(const struct case_ground *g, struct case_state *s);

/* ---- steps (step.c) ------------------------------------------------------------------------- */

/* Which level does it: the township what is delegated, and small sums; AT_NONE: outside. */
enum place_level step_level(const struct case_ground *g, const struct case_state *s,
                            const struct service_step *step);
/* Up to how much the township may decide or pay; INT64_MAX: no bound; -1: it has no say. */
int64_t step_ceiling(const struct case_ground *g, const struct service_step *step, day on);
unsigned step_roles(enum place_level level, const struct service_step *step);
/* The division on that level above another, on a day. RC_NOT_FOUND. */
MUST_CHECK enum rc office_at(struct conn *c, int64_t division, enum place_level level, day on,
                             int64_t *out, struct err *err);
/* The office that does the step. */
MUST_CHECK enum rc step_office(struct conn *c, const struct case_whole *k,
                               const struct service_step *step, day on, int64_t *out,
                               struct err *err);
/* Tasks of the desk brought to what is open now. `was` NULL: a new case. */
MUST_CHECK enum rc step_tasks(struct change *c, const struct case_whole *k,
                              const struct case_state *was, day on, struct err *err);

/* ---- store (case_store.c) ------------------------------------------------------------------- */

struct query;
void case_row_read(const struct query *q, int64_t county, struct arena *a, struct case_row *out);
/* Is it decided by an office outside the city? */
bool case_goes_out(const struct service *s);
/* Rules, service and calendar of a case whose row says which. */
MUST_CHECK enum rc case_ground_of(struct city *city, struct conn *c, const struct case_row *r,
                                  struct arena *a, struct case_ground *out, struct err *err);
/* The row of a new case, and that of one whose state changed; both fill the row from the state. */
MUST_CHECK enum rc case_put(struct change *c, struct case_whole *k, struct err *err);
MUST_CHECK enum rc case_state_put(struct change *c, struct case_whole *k, day on, struct err *err);
MUST_CHECK enum rc case_event_put(struct change *c, int64_t case_id, const struct case_event *e,
                                  struct arena *a, struct err *err);
/* RC_CONFLICT: the same service is under way for them in another case. */
MUST_CHECK enum rc case_not_open_yet(struct change *c, const struct case_row *r, struct err *err);
MUST_CHECK enum rc case_name_of(struct conn *c, int64_t county, int64_t person, struct arena *a,
                                str *out, struct err *err);

/* ---- facts (case_facts.c) ------------------------------------------------------------------- */

/* RC_BAD_INPUT: not an array of {person, field, value} of stored facts of the household's members. */
MUST_CHECK enum rc case_facts_check(struct city *city, struct conn *c, int64_t county,
                                    int64_t household, const json_t *facts, day on,
                                    struct err *err);
/* What the state's last event brings into the record. */
MUST_CHECK enum rc case_facts_record(struct change *c, struct city *city,
                                     const struct case_whole *k, struct arena *a, struct err *err);
/* Is that the moment when they go in? */
bool case_records(const struct service *s, enum event_kind kind, const struct service_step *step,
                  bool grant);

#endif
