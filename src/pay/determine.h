/*
 * From a slice to what is stored of it: determinations and awards of the enrolled, payment lines,
 * counts by village and programme, and the hash of everybody's results. Nothing is written here.
 * Inside pay/ only.
 */
#ifndef HUIMIN_PAY_DETERMINE_H
#define HUIMIN_PAY_DETERMINE_H

#include "eval/explain.h"
#include "pay/intake.h"
#include "pay/run.h"

/* Programs by area with values of their own, and the working memory of the thread. */
struct determiner;

struct determiner_spec {
    const struct rules *rules;
    const struct place *place;
    const char *rule_hash; /* 64 hexadecimal digits */
    int64_t county;
    month month;
    enum decide decide;
    bool whole_county; /* who is enrolled and lives nowhere in it is counted as well */
    bool compare;      /* the month before was run: what differs from its awards is noted */
};
/* RC_NOT_FOUND: no line is switched on in the place that month. */
MUST_CHECK enum rc determiner_open(const struct determiner_spec *spec, struct determiner **out,
                                   struct err *err);
void determiner_close(struct determiner *d);

/* The program for a division, bound to the values that hold there. */
struct zone {
    uint32_t number;
    struct program *program;
    uint8_t hash[VAULT_HASH]; /* of the binding */
};
MUST_CHECK enum rc determiner_zone(struct determiner *d, int64_t division, const struct zone **out,
                                   struct err *err);

/* Names joined by '+', as they are stored. */
str policy_reasons(const struct policy *p, uint64_t reasons, struct arena *a);

/* One unit that is enrolled: a household, or a person. */
struct found_unit {
    int64_t household, person; /* person 0: the household */
    const struct policy *policy;
    str outcome, reasons; /* as stored */
    int64_t fen;          /* AMOUNT_OPEN: undecided, or its amount is */
    int64_t all_fen;      /* the same with what goes to each of a household's members */
    int64_t division;
    bool qualifies;
    str carried;
    uint8_t hash[VAULT_HASH];
};

enum ground {
    GROUND_DECIDED,    /* the amount last decided */
    GROUND_DETERMINED, /* what the run found, which counts as decided */
    GROUND_KEPT,       /* what was decided, else paid last, while the household is undecided */
    GROUND__COUNT
};
extern const str ground_words[GROUND__COUNT];

struct found_award {
    int64_t household, person;
    const struct policy *policy;
    int64_t fen;
    enum ground ground;
};

/* A difference from what is decided, or (kind decide) a line that the run decides. */
struct found_finding {
    int64_t household, person, division;
    const struct policy *policy;
    const char *kind; /* decide, add, raise, cut, stop */
    int64_t old_fen, new_fen;
    str amounts; /* of a difference: "0=28000" */
    str outcome, reasons;
};

struct found_payment {
    int64_t household, payee, division;
    const struct policy *policy;
    int64_t fen;
};

struct found_count {
    int64_t division;
    const struct policy *policy;
    int64_t households, persons, fen, not_enrolled, no_more, undecided, payments;
};

/* A household's awards of a programme that differ from last month's. */
struct found_change {
    int64_t household, division;
    const struct policy *policy;
    const char *kind; /* new, gone, more, less, other */
    int64_t old_fen, new_fen;
};

/* Who qualifies and is not enrolled. */
struct found_candidate {
    int64_t household, person, division;
    const struct policy *policy;
    int64_t fen; /* AMOUNT_OPEN: open */
    str outcome;
};

struct found {
    struct arena *a; /* borrowed; everything in it */
    VEC(struct found_unit) units;
    VEC(struct found_award) awards;
    VEC(struct found_payment) payments;
    VEC(struct found_count) counts; /* some all zero */
    VEC(struct found_finding) findings;
    VEC(struct found_change) changes;
    VEC(struct found_candidate) candidates;
    int64_t first, last, households, persons;
    uint8_t hash[VAULT_HASH]; /* of the results of all, enrolled or not */
    uint32_t *count_slots;    /* by division: place in counts + 1; see count_at() */
};

/* RC_RULE: an error of a rule; the text names household and month. */
MUST_CHECK enum rc determine_slice(struct determiner *d, const struct intake *in, struct arena *a,
                                   struct found *out, struct err *err);

#endif
