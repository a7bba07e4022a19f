/* Inside of determining a slice: what determine.c and award.c share. */
#ifndef HUIMIN_PAY_DETERMINE_IN_H
#define HUIMIN_PAY_DETERMINE_IN_H

#include "pay/canon.h"
#include "pay/determine.h"

/* Whether an outcome pays its unit. */
enum pays { PAYS_NOTHING, PAYS_ALWAYS, PAYS_PERHAPS /* two alternatives give it one name */ };

struct determiner {
    struct arena arena;
    struct determiner_spec spec;
    struct policy **wanted;
    size_t n_wanted;
    uint8_t **pays; /* by policy->index, then by outcome */
    struct zone *zones;
    size_t n_zones;
    struct scratch *scratch;
    struct policy_result *results; /* as the program of the zone at hand orders them */
    size_t n_results, cap;
    struct sm3 *slice_hash, *hash;
};

/* One household of a slice: where it stands, its results, who of it is enrolled. */
struct here {
    struct determiner *d;
    const struct intake *in;
    struct found *out;
    const struct zone *zone;
    const struct binding *bind;
    const struct block *b; /* of the zone */
    size_t row;            /* in b */
    size_t at;             /* in the slice */
    int64_t household, division;
    const struct enrolled *enrolled; /* its own */
    size_t n_enrolled;
    const struct unit_amount *last; /* its own */
    size_t n_last;
    const struct unit_amount *decided; /* its own */
    size_t n_decided;
    bool has_facts;
    uint8_t facts[VAULT_HASH]; /* the hash of its facts, when has_facts */
};

struct found_count *count_at(struct determiner *d, struct found *out, int64_t division, size_t k);

/* Has the unit's outcome a payment for it? member: place in the block, for a policy of members. */
bool unit_qualifies(const struct here *h, const struct policy *p, size_t member);

/* What a run finds otherwise than it is decided: kept for the proposals (finding.c). */
struct difference {
    const struct policy *policy;
    int64_t person;                  /* the enrolled unit; 0: the household */
    const struct unit_amount *lines; /* what the rules give, to whom; none of 0 */
    size_t n;
    str outcome, reasons;
    bool stops, qualifies; /* stops: enrolled, qualifies no more, or is there no more */
};
/* The unit's lines among the household's amounts; the sum. *n 0: there are none. */
int64_t unit_lines(const struct unit_amount *of, size_t n_of, const struct policy *p,
                   int64_t person, struct arena *a, struct unit_amount **out, size_t *n);
/* Compare with what is decided, and note it when it differs. */
void note_difference(struct here *h, const struct difference *d);
/* The unit's amounts are decided as they are given in lines (all its others 0). */
void note_decision(struct here *h, const struct policy *p, int64_t person,
                   const struct unit_amount *lines, size_t n);
/* A unit that is in no household of the county on this day. */
void note_stray(struct found *out, const struct enrolled *e, int64_t division,
                const struct intake *in);

/* Awards from `first` on are this household's: what differs from last month's. */
void note_changes(struct here *h, size_t first);
/* Last month's awards [from, to) are of households that are not there any more. */
void note_gone(struct determiner *d, struct found *out, const struct unit_amount *last, size_t from,
               size_t to);
/* The unit qualifies for policy number k and is not enrolled: counted, and kept by name. */
void note_candidate(const struct here *h, size_t k, size_t member);
/* The id of a member by its place in the block of the zone. */
int64_t here_person(const struct here *h, size_t member);

/* Everything of a household of which somebody is enrolled in policy number k of the wanted. */
MUST_CHECK enum rc award_policy(struct here *h, size_t k, struct err *err);

#endif
