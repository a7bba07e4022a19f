/*
 * A family change as one act: somebody is born, dies, marries, parts, moves, finds or loses work, gets a
 * certificate of disability. What it changes in every programme is shown before it is done (the act is
 * done and taken back, in one transaction that is not committed), and done and decided in one change of
 * each county that it touches.
 *
 * Who decides for a programme decides its consequences with the act: amounts, ends of enrolments, notices.
 * What somebody does not decide (a township, one's own family, left out by choice) is a proposal on the
 * county's desk, in the same change. A right that nobody claims is shown with the facts that are still
 * needed; it becomes an enrolment by application only.
 */
#ifndef HUIMIN_PAY_FAMILY_H
#define HUIMIN_PAY_FAMILY_H

#include "guard/guard.h"
#include "pay/proposal.h"
#include "people/edit.h"
#include "people/preview.h"

enum family_kind {
    FAMILY_BIRTH,
    FAMILY_DEATH,
    FAMILY_MARRIAGE,
    FAMILY_DIVORCE,
    FAMILY_MOVE,
    FAMILY_JOB,
    FAMILY_DISABILITY,
    FAMILY_KINDS
};
/* "birth"; FAMILY_KINDS: there is none of that word. */
enum family_kind family_kind_find(str word);
const char *family_kind_word(enum family_kind k);
const char *family_kind_label(enum family_kind k, bool english);

/* Where who marries lives from then on. */
enum family_where { FAMILY_HERE, FAMILY_THERE, FAMILY_NEW };

enum family_whose { OF_PERSON, OF_HOUSEHOLD, OF_CHILD, OF_MADE };
struct family_fact {
    const struct field *field;
    enum family_whose whose; /* OF_MADE: of the household that the act makes */
    int64_t county, person;  /* OF_PERSON: of the household or of the partner's */
    struct value value;
};
/* A programme that is not decided with the act though the scope might. household 0: the one it makes. */
struct family_left {
    int64_t household;
    str programme;
};
struct family_side { /* who of a household takes part */
    int64_t county;  /* of the partner's; one's own is the act's */
    int64_t person;
    int64_t head; /* who is head of it then, where its head goes or dies and others stay */
    const int64_t *persons; /* who goes along: children */
    size_t n_persons;
};
struct family_act {
    struct city *city;
    const struct scope *scope;
    enum family_kind kind;
    int64_t county, household;
    int64_t version; /* of the household, as it was seen; 0: not looked at */
    day day, today;
    str evidence;
    /* Of the household. person: who died, marries, parts, works, is disabled. */
    struct family_side own;
    struct edit_person child;   /* born */
    struct family_side partner; /* whom the person marries, of whatever household and county */
    enum family_where where;
    int64_t to_county, to_household; /* who parts goes back there; 0: a household of their own */
    int64_t division;                /* of a move and of what is made; 0: where they lived */
    str relation;                    /* of who comes in to the head there; empty: follows */
    const struct family_fact *facts;
    size_t n_facts;
    const struct family_left *left;
    size_t n_left;
    bool traces; /* with the calculations before and after */
};

/* ---- what it comes to -------------------------------------------------------------------------- */

enum family_means {
    MEANS_SAME,      /* goes on as it is */
    MEANS_RAISE,     /* more; or the first amount of an enrolment */
    MEANS_CUT,       /* less */
    MEANS_STOP,      /* enrolled, qualifies no more */
    MEANS_ENDS,      /* the enrolment ends with the act itself */
    MEANS_UNCLAIMED, /* qualifies, and nobody has applied */
    MEANS_OPEN,      /* can't be told: facts are needed; what is paid goes on */
    MEANS_ELSEWHERE, /* was paid where they lived; whoever lives here now must be looked at */
    FAMILY_MEANS
};
const char *family_means_word(enum family_means m);

/* What becomes of a row when the act is done. */
enum family_by {
    BY_NOBODY,   /* nothing is to be decided */
    BY_ACT,      /* decided with it */
    BY_PROPOSAL, /* proposed to the county: for whom follows from the scope */
    BY_CHOICE,   /* proposed, as the caller wished */
    BY_KINSHIP,  /* proposed: one's own family, or a relative's */
};
const char *family_by_word(enum family_by b);

struct family_home { /* a household that is touched */
    int64_t county, household, division;
    bool made;       /* by the act */
    bool over;       /* no more after it */
    bool seen;       /* by the scope as it was before; of what is made: where it lives */
    bool related;    /* the scope's own family, or a relative's */
    str head;        /* name, as it is after */
    int64_t members; /* after */
    int64_t fen[2];  /* what it is paid a month, before and after */
    struct preview
        trace[2]; /* of the month; trace NULL: not asked for, or no such household then */
};
struct family_need { /* of somebody as he was before the act, so that it can be given with it */
    const struct field *field;
    int64_t county, person; /* person 0: the household's; -1: the child's */
};
struct family_row {
    size_t home; /* in homes */
    const struct policy *policy;
    int64_t person; /* the unit; 0: the household */
    str name;       /* of the person */
    enum family_means means;
    bool enrolled[2];              /* before, after */
    int64_t fen[2];                /* paid; due by the rules; AMOUNT_OPEN */
    int64_t next_fen;              /* due a month later */
    str outcome[2], outcome_en[2]; /* in words */
    str reasons[2], reasons_en[2];
    month month; /* from which on */
    month
        paid_from; /* paid months that it reaches back to: back-pay or recovery is owed; 0: none */
    month paid_upto;
    enum family_by by;
    int64_t review;      /* the village whose office looks at it then; 0 */
    int64_t told_county; /* of MEANS_ENDS: where whoever was paid lives then; 0: nowhere else */
    struct edit_over told;
    struct family_need *needs; /* what nobody knows yet and would decide */
    size_t n_needs;
    struct proposal found;         /* of RAISE, CUT, STOP, ENDS: what is decided or proposed */
    struct proposal_letter letter; /* as it will be sent; text.n == 0: nobody is told */
};
/* Who is somebody else after the act, of another county; of a child: county and person 0. */
struct family_renamed {
    int64_t county, person, new_county, new_person;
};
struct family_result {
    struct family_home *homes; /* the act's own first */
    size_t n_homes;
    struct family_row *rows; /* by home, in the order of the rules */
    size_t n_rows;
    const struct family_renamed *renamed;
    size_t n_renamed;
    month month; /* first one that is not paid and that it may change */
    /* After it was done. */
    int64_t county, household, version; /* as the act's household is now */
    int64_t made_county, made;          /* the household that it made; 0 */
    int64_t decided, proposed, notices, reviews;
    /* The office (township or subdistrict) that keeps a family of the act which the scope doesn't see: then
     * nothing was reckoned, there are no rows, and it can't be done. 0: all are seen. */
    int64_t kept_by;
    const char *field; /* which member of the request was wrong; NULL: none in particular */
};

/* What it would do; nothing is written. Everything in the arena. Errors as household_edit(). */
MUST_CHECK enum rc family_preview(const struct family_act *act, struct arena *a,
                                  struct family_result *out, struct err *err);
/*
 * Done, recorded and decided at once, or not at all. RC_CONFLICT: the version is over. RC_RULE: it would
 * change a family that the scope doesn't see; the office there records first that somebody leaves.
 */
MUST_CHECK enum rc family_decide(const struct family_act *act, struct arena *a,
                                 struct family_result *out, struct err *err);

#endif
