/*
 * What a definition file says: the tree that the parser makes and the checker completes in place.
 *
 * The parser fills everything but the members marked "checker"; those are NULL or zero until
 * check.c has run over the whole tree of files. After a tree was checked without a mistake each
 * expression has an exact type and a level, every name is resolved, and later passes (eval, the
 * test oracle) look at nothing else. All nodes, arrays and texts live in the arena of the rule set;
 * `str`s borrow from the source text or that arena.
 */
#ifndef HUIMIN_LANG_AST_H
#define HUIMIN_LANG_AST_H

#include "base/arena.h"
#include "base/date.h"
#include "base/money.h"
#include "base/str.h"

/* Bytes [from, to) of file number `file` of the source set. to == 0: nowhere. */
struct span {
    uint32_t file, from, to;
};

struct ident {
    str text;
    struct span at;
};

/* A label: Chinese, then optionally English. zh.n == 0: no label was given. */
struct label {
    str zh, en;
    struct span at;
};

/* The source in law of a rule or a value, or why a value was assumed. Several form a list. */
struct basis {
    bool assumed;
    str text; /* the law or document; for assumed: the reason */
    struct article {
        int first, last;
    } * articles;
    size_t n_articles;
    struct span at;
    struct basis *next;
};

/* ---- types ---------------------------------------------------------------------------------- */

enum kind {
    K_NONE, /* a mistake was reported already: fits everything, so that it stays one mistake */
    K_ZERO, /* the literal 0, zero of any unit */
#define KIND(name, word, zh, numeric) K_##name,
#include "lang/kind.def"
#undef KIND
    K__COUNT
};

struct type {
    enum kind kind;
    struct code *code; /* K_CODE */
    struct reg *reg;   /* K_LIST (many of it), K_REF */
};

/* Whose value it is: the same for all, of the policy's subject, of each member, of each ground. */
enum level { LEVEL_CONST, LEVEL_SUBJECT, LEVEL_MEMBER, LEVEL_GROUND };

/* ---- expressions ---------------------------------------------------------------------------- */

enum expr_op {
    E_BAD,        /* unreadable; a mistake was reported */
    E_NAME,       /* parser only: a name, or policy.name in `qual`; the checker turns it into … */
    E_FIELD,      /*   a field of the subject or of the member spoken of (`field`) */
    E_DEF,        /*   a definition of this or another policy (`def`) */
    E_PARAM,      /*   a parameter (`param`), read with its key's value for the one spoken of */
    E_CODE,       /*   a value of a code list, or an outcome's name (`lit.i` = index) */
    E_LIT,        /* a number, amount, rate, date, month: `type`, `lit` */
    E_OUTCOME,    /* `outcome` / `policy.outcome`: `policy` (checker); type K_CODE of its values */
    E_PAID_LAST,  /* paid last month: what this policy paid its subject; money per month */
    E_THIS_MONTH, /* the month being determined: K_MONTH */
    E_ADD,        /* a + b */
    E_SUB,
    E_MUL,
    E_DIV,
    E_REL,    /* a rel b, or a rel b rel2 c (c NULL when single) */
    E_IS,     /* a is [not] one of `vals`: E_CODE nodes after checking */
    E_IN,     /* a in lo..hi: `b`, `c` are literals; on numbered codes the stored numbers */
    E_BEFORE, /* a before b: dates or months */
    E_AFTER,
    E_AND, /* args */
    E_OR,  /* args */
    E_NOT, /* a */
    E_ANY, /* any member of `set` is/has a (a is at member level) */
    E_NO,
    E_EVERY,
    E_COUNT,   /* count of `set` */
    E_SUM,     /* sum of a over `set` */
    E_HIGHEST, /* highest of a over `set`: stands directly under E_IF_NONE */
    E_LOWEST,
    E_SINCE,      /* months/years/days (`since`) since a */
    E_GETS,       /* the subject (`of_member` false) or the member spoken of gets `policy` */
    E_AT_LEAST,   /* a, at least b */
    E_AT_MOST,    /* a, at most b */
    E_ROUND,      /* a rounded `round` to `unit_fen` */
    E_IF_UNKNOWN, /* a, taken as b when unknown */
    E_IF_NONE,    /* a (highest/lowest), taken as b when none */
};

enum rel { REL_LT, REL_LE, REL_EQ, REL_NE, REL_GE, REL_GT };
enum since { SINCE_DAYS, SINCE_MONTHS, SINCE_YEARS };

/* Members picked out: the whole list, a definition's group, or a group on the spot; or grounds. */
enum set_form { SET_NAME, SET_LIST, SET_DEF, SET_WHO, SET_GROUNDS };
struct set {
    enum set_form form; /* the parser makes SET_NAME and SET_WHO; the checker the others of NAME */
    struct ident name;
    struct ident qual;  /* policy of policy.name; text.n == 0: none */
    struct set *base;   /* SET_WHO: picked from this */
    struct expr *who;   /* SET_WHO: those for whom it holds; member level */
    struct def *def;    /* checker: SET_DEF (a group), SET_GROUNDS (its grounds) */
    struct field *list; /* checker: SET_LIST */
    struct span at;
};

struct literal {
    int64_t i;        /* fen; count; months; day; month; code index; 0/1 */
    int64_t num, den; /* K_RATE: the exact fraction, den > 0 */
};

struct expr {
    enum expr_op op;
    struct span at;
    struct expr *a, *b, *c;
    struct expr **args; /* E_AND, E_OR, and the values of E_IS */
    size_t n_args;
    enum rel rel, rel2;
    bool negated;   /* E_IS: is not */
    bool of_member; /* E_GETS */
    enum since since;
    enum rounding round;
    int64_t unit_fen; /* E_ROUND */
    struct ident name, qual;
    struct literal lit;
    struct set *set;
    /* checker: */
    struct type type;
    enum level level;
    struct field *field;
    struct def *def;
    struct param *param;
    struct policy *policy;
    uint32_t id; /* unique and dense over the rule set: rules.n_exprs is one past the last */
};

/* ---- how long it is kept -------------------------------------------------------------------- */

enum keep_unit { KEEP_DAYS, KEEP_MONTHS, KEEP_YEARS };
/*
 * How long what is declared is kept after its end: of a service a case after it was closed, of a policy
 * what is enrolled and paid after the enrolment ended, of a register what it holds after nobody of it is
 * on record any more. n == 0: nothing is said, so that it has no end.
 */
struct keep {
    int n;
    enum keep_unit unit;
    bool year_of; /* counted from the end of the year of its end, as account books are */
    struct basis *basis;
    struct span at;
};

/* ---- what was paid too much ------------------------------------------------------------------ */

/*
 * Whether a policy takes back what it paid too much, by why it was: values of the code overpayment_cause.
 * Of a policy that says nothing of it nothing is taken back.
 */
struct taking_back {
    bool left; /* with the family */
    struct ident *causes;
    size_t n_causes;
    int64_t most_num,
        most_den; /* of one payment at most, where it is deducted from; den 0: all of it */
    struct basis *basis;
    struct span at;
};

/* ---- declarations --------------------------------------------------------------------------- */

struct code_value {
    struct ident name; /* empty when the value is a bare number (GB/T grades): then "1" */
    bool has_number;
    int64_t number; /* as stored and exchanged, when has_number */
    struct label label;
};

struct code {
    struct ident name;
    struct label label;
    struct basis *basis;
    struct code_value *values; /* index = the value everywhere in the engine */
    size_t n_values;
    str line; /* folder under lines/, e.g. "assistance" */
};

struct field {
    struct ident name;
    struct label label;
    struct ident type_name; /* code or register named; empty for a built-in kind */
    struct type type;       /* kind by the parser where built in; the rest by the checker */
    bool required, searched, unique, key, sensitive, over_time;
    struct expr *at_least, *at_most; /* bounds; NULL: none */
    struct expr *value;              /* a computed field: = value; NULL: stored */
    struct basis *basis;
    str line;
    /* checker: */
    struct reg *reg;
    size_t slot; /* among the stored fields of its register; computed fields: (size_t)-1 */
    struct policy *carried_by; /* whose `carry` says what it is next month; NULL: nobody's */
    bool whole;                /* computed: an amount of it never has parts of a fen */
    bool read_monthly;         /* a policy that is worked out for everybody each month reads it */
};

/* One given fact of an example or of `suppose`. */
struct fact {
    struct ident name; /* empty for `paid last month` */
    bool paid_last;
    bool unknown;
    struct ident code; /* a name: a code's value, or yes / no (then lit.i) */
    bool is_name;
    struct type type; /* of the literal, by the parser; of the field, by the checker */
    struct literal lit;
    struct span at;
    struct field *field; /* checker */
};

enum place_level { AT_NONE, AT_CITY, AT_COUNTY, AT_TOWNSHIP, AT_VILLAGE };

/* A form's section, a list of names to show. */
struct field_list {
    struct label label; /* form sections only */
    struct ident *names;
    size_t n;
    struct span at;
};

struct reg {
    struct ident name;
    struct label label;
    enum place_level at;
    bool is_extend; /* an `extend`: the checker moves its fields into the register */
    struct basis *basis;
    struct field **fields; /* in order of declaration, extends after the register's own */
    size_t n_fields;
    struct fact *suppose;
    size_t n_suppose;
    struct field_list public_fields, list_fields;
    struct ident sorted_by;
    struct field_list *forms;
    size_t n_forms;
    struct keep kept;
    str line;
    struct span at_span;
    /* checker: */
    size_t n_slots; /* stored fields */
    struct field **slots;
    size_t index; /* in rules.regs */
};

struct param {
    struct ident name;
    struct label label;
    struct type type;
    struct ident by; /* empty: one value */
    bool has_range;
    int64_t range_lo, range_hi; /* stored numbers of the code */
    struct basis *basis;
    /* checker: what it is read by, at most one of these, and how many keys there are */
    struct policy *policy;
    struct field *by_field; /* a code field of subject or member */
    struct def *by_def;     /* a code-valued definition, or a list of grounds */
    size_t n_keys;          /* 1 without `by`; else values of the code, or grounds */
    size_t index;           /* in rules.params */
};

/* A condition, ground or reason: name, label, what must hold. */
struct named {
    struct ident name;
    struct label label;
    struct expr *expr;
    struct basis *basis;
};

struct choice_case {
    struct expr *when; /* NULL: otherwise (always the last) */
    struct expr *value;
};

enum def_form { DEF_VALUE, DEF_GROUP, DEF_CHOICE, DEF_GROUNDS };

struct def {
    enum def_form form;
    struct ident name;
    struct label label;
    bool of_member;
    struct basis *basis;
    struct expr *value;        /* DEF_VALUE */
    struct set *group;         /* DEF_GROUP */
    struct choice_case *cases; /* DEF_CHOICE */
    size_t n_cases;
    struct named *grounds; /* DEF_GROUNDS */
    size_t n_grounds;
    /* checker: */
    struct policy *policy;
    struct type type; /* DEF_VALUE, DEF_CHOICE */
    enum level level;
    bool whole;   /* an amount of it never has parts of a fen */
    size_t index; /* in rules.defs */
};

/*
 * A fact that the policy itself remembers from month to month: what it will be next month, worked
 * out after the outcome. A value that is NULL is `unknown`: there is nothing to remember.
 */
struct carry {
    struct ident name;
    struct choice_case *cases; /* the last is `otherwise` */
    size_t n_cases;
    struct basis *basis;
    struct field *field; /* checker: of the subject, or of the member; NULL after a mistake */
};

enum because_form { BECAUSE_FAILED, BECAUSE_WHEN, BECAUSE_ONLY };
struct because {
    enum because_form form;
    struct ident alternative; /* FAILED, ONLY: the alternative looked at */
    struct ident name;        /* WHEN, ONLY: the reason's name */
    struct label label;
    struct ident only; /* ONLY: the condition that alone failed */
    struct expr *when; /* WHEN */
    struct span at;
    /* checker: */
    size_t alt;    /* index of the alternative */
    size_t cond;   /* ONLY: index of the condition within it */
    size_t reason; /* WHEN, ONLY: number in the policy's reasons */
};

enum pay_form { PAY_SUBJECT, PAY_MEMBER, PAY_EACH };
struct pay {
    enum pay_form form; /* household itself; the member (member policies); each member of a set */
    struct ident whom;  /* the word used: the register's name or `member` */
    struct set *set;    /* PAY_EACH */
    struct expr *value;
    struct span at;
};

struct alternative {
    struct ident name;   /* the outcome */
    struct label label;  /* may be absent when an earlier alternative of that name has one */
    struct named *conds; /* none for `otherwise` */
    size_t n_conds;
    struct because *because;
    size_t n_because;
    struct pay *pays;
    size_t n_pays;
    bool otherwise;
    /* checker: */
    size_t value;      /* index in policy.outcome_code.values */
    size_t first_cond; /* number of conds[0] in the policy's reasons */
    bool lists_own;    /* pays nothing: gives its conditions' names as reasons */
};

struct expect {
    bool given;
    bool undecided;
    size_t member; /* 1-based; 0: the subject's result (or the only member's) */
    struct ident outcome;
    struct ident *because;
    size_t n_because;
    struct expect_pay {
        int64_t fen;
        size_t member; /* 1-based; 0: the subject */
    } * pays;
    size_t n_pays;
    struct expect_need {
        struct ident name;
        size_t member; /* 1-based; 0: the subject */
    } * needs;
    size_t n_needs;
    struct span at;
};

struct example {
    str title;
    struct ident place;
    month month;
    struct fact *subject; /* facts of the household */
    size_t n_subject;
    struct example_member {
        struct fact *facts;
        size_t n;
    } * members;
    size_t n_members;
    struct expect *expects; /* one for a subject policy; any number for a member policy */
    size_t n_expects;
    struct span at;
};

struct policy {
    struct ident name;
    struct label label;
    struct ident subject_name; /* for each household / for each member of household */
    struct ident list_name;    /* optional: which list its members are; else the only one */
    bool of_member;
    struct basis *basis;
    struct param **params;
    size_t n_params;
    struct def **defs;
    size_t n_defs;
    struct carry *carries;
    size_t n_carries;
    struct keep kept;
    struct taking_back *takings; /* in the order in which they stand */
    size_t n_takings;
    struct label outcome_label;
    struct alternative *alts; /* tried from the top; the last is `otherwise` */
    size_t n_alts;
    struct example *examples;
    size_t n_examples;
    str line;
    struct span at;
    /* checker: */
    struct reg *subject;      /* the register, e.g. household */
    struct field *list;       /* K_LIST field that holds its members; NULL: it has none */
    struct code outcome_code; /* the outcomes in order of first mention */
    size_t n_reasons;         /* conditions of all alternatives in order, then named reasons */
    struct label *reason_labels;
    struct ident *reason_names;
    size_t index;        /* in rules.policies; order of declaration */
    size_t order;        /* in rules.order; after every policy whose outcome it needs */
    bool on_application; /* parser: worked out for who applies; no run asks it of everybody */
};

/* ---- services ------------------------------------------------------------------------------- */

enum deadline_unit { IN_WORKDAYS, IN_DAYS, IN_MONTHS };
/* A time limit of law: counted from the day after the one that starts it. n == 0: there is none. */
struct deadline {
    int n;
    enum deadline_unit unit;
    struct basis *basis;
    struct span at;
};

/* What is done in a step, and so what it records and what may follow. */
enum step_form {
#define STEP_FORM(name, word, en, zh) STEP_##name,
#include "lang/step_form.def"
#undef STEP_FORM
    STEP__COUNT
};

struct service_step {
    struct ident name;
    struct label label;
    enum step_form form;
    enum place_level at; /* AT_NONE: an office outside the city does it */
    struct ident role;   /* who does it (guard/roles.def); empty: the usual one of the level */
    struct ident *after; /* steps that must be done first; none named: the one written before it */
    size_t n_after;      /* (the first step: nothing) */
    size_t *after_steps; /* checker: the numbers of all it waits for, the one before included */
    size_t n_after_steps;
    struct deadline within; /* from the day it opened, or from the day step `since` was done */
    struct ident since;
    size_t since_step;         /* checker; SIZE_MAX: from its opening */
    struct deadline lasts;     /* a posting: it can't end before */
    struct ident up_to;        /* policy of a parameter: up to that sum the township decides ... */
    struct ident up_to_name;   /* ... and this is its name */
    struct param *up_to_param; /* checker; NULL: no sum */
    bool may_delegate;         /* the place may give this decision to the township */
    struct basis *basis;
    struct span at_span;
};

enum paper_source { PAPER_APPLICANT, PAPER_OFFICE, PAPER_PROMISE };
struct service_paper {
    struct ident name;
    struct label label;
    enum paper_source source; /* brought; fetched by the office itself; promised in writing */
    struct label only_for;    /* in words, for whom it is needed; zh.n == 0: for all */
    bool may_follow;          /* brought after the money (urgent relief) */
    struct basis *basis;
};

enum notice_event {
    ON_ACCEPT,
    ON_SUPPLEMENT,
    ON_GRANT,
    ON_REFUSAL,
    ON_CHANGE,
    ON_STOP,
    ON_TRANSFER
};
enum notice_channel { BY_PAPER = 1, BY_PAGE = 2, BY_MESSAGE = 4 };
struct service_notice {
    struct ident name;
    struct label label;
    enum notice_event on;
    unsigned channels; /* of enum notice_channel */
    str text; /* with {household} {case} {programme} {amount} {reasons} {papers} {due} {office} */
    struct span at;
};

enum service_form { SERVICE_APPLICATION, SERVICE_REVIEW, SERVICE_CHANGE };
enum grant_from { GRANT_NEXT_MONTH, GRANT_APPLICATION_MONTH, GRANT_ONCE };

/* An item that people apply for: what is asked, in which steps it is decided, what that does. */
struct service {
    struct ident name;
    struct label label;
    enum service_form form;
    struct ident subject_name; /* household, or person */
    bool of_member;            /* for one person; else for the household */
    struct basis *basis;
    struct label applicant; /* who may apply and for whom, in words */
    bool elsewhere;         /* also for people who are registered elsewhere */
    struct ident *decides;  /* policies: the programmes that are decided on */
    size_t n_decides;
    struct policy **policies; /* checker: the same */
    struct deadline within;   /* the whole, from acceptance */
    struct deadline delegated,
        extended;                  /* instead, when decided by the township; for good reason */
    struct deadline papers_within; /* what may follow must be there, from the decision */
    bool stops_for_supplement, stops_for_posting, stops_for_objection,
        stops_for_letter; /* the clock */
    enum grant_from grant_from;
    struct ident every, every_name; /* SERVICE_REVIEW: policy and definition, in months */
    struct def *every_def;          /* checker */
    struct field_list *forms; /* sections of the form; only stored facts of the two registers */
    size_t n_forms;
    struct service_paper *papers;
    size_t n_papers;
    struct service_step *steps;
    size_t n_steps;
    struct service_notice *notices;
    size_t n_notices;
    str line;
    struct span at;
    size_t index;                      /* checker: in rules.services */
    struct span clock_at, grants_at;   /* to == 0: not said */
    bool unread;                       /* reading it found mistakes: parts may be missing */
    struct deadline supplement_within; /* missing papers must be brought, from the asking */
    bool of_child; /* `for child`: about minors; it has no posting and no public document */
    bool visits_for_relatives, visits_for_objection, visits_for_complaint; /* by the county, */
    struct basis *visits_basis; /* before it is decided */
    struct span visits_at;      /* to == 0: not said */
    struct keep kept;           /* its cases */
};

/* ---- documents ------------------------------------------------------------------------------ */

enum document_form {
#define DOCUMENT_FORM(name, word, en, zh) DOCUMENT_##name,
#include "lang/document_form.def"
#undef DOCUMENT_FORM
    DOCUMENT__COUNT
};
enum document_field {
#define DOCUMENT_FIELD(name, word, is_public, en, zh) SHOWN_##name,
#include "lang/document_field.def"
#undef DOCUMENT_FIELD
    SHOWN__COUNT
};

/* The parts of a paper, from top to bottom. */
enum document_part_kind {
    PART_SAYS,  /* a paragraph, with {words} of document_field.def in it */
    PART_SHOWS, /* label and value, side by side: what is shown of the case */
    PART_LISTS, /* a table: of members, papers, or the cases of a posting */
    PART_FORM,  /* the fields of the service's form, filled as far as known, boxes to fill in */
    PART_CALCULATION, /* the trace, line by line, with the sources of its figures */
    PART_REASONS,     /* of a refusal or stop: the conditions that failed, in words */
    PART_NEAREST,     /* the smallest changes that would turn a refusal */
    PART_SIGNED,      /* lines to be signed and dated */
    PART_SEALED       /* office, day, room for the seal */
};
enum document_list { LIST_MEMBERS, LIST_PAPERS, LIST_CASES };
struct document_part {
    enum document_part_kind kind;
    struct label text; /* PART_SAYS */
    enum document_list list;
    struct document_shown {
        struct ident name; /* as written */
        enum document_field field;
    } * shown; /* PART_SHOWS, PART_LISTS */
    size_t n_shown;
    struct label *signers; /* PART_SIGNED: 申请人（签字） */
    size_t n_signers;
    struct span at;
};

/* A paper: what stands on it. Where and when it is made follows from its form. */
struct document {
    struct ident name;
    struct label label;
    enum document_form form;
    struct ident *of; /* services whose cases it is for; none: those of its line that have no own */
    size_t n_of;
    struct service **services; /* checker: the same */
    bool is_public;            /* posted: only whitelisted fields, never of a child */
    struct basis *basis;
    struct document_part *parts;
    size_t n_parts;
    str line;
    struct span at;
    size_t index; /* checker: in rules.documents */
    bool unread;  /* reading it found mistakes: parts may be missing */
};

/* The place gives a service's decisions to its townships. */
struct place_delegate {
    struct ident service;
    struct ident area; /* empty: everywhere */
    month from;
    struct basis *basis;
    struct service *decided; /* checker */
    struct span at;
};

struct place_set {
    struct ident policy, name; /* set policy.name */
    struct ident area;         /* in AREA; empty: the whole place */
    month from, through;       /* through: last month, INT32_MAX for none */
    struct set_value {
        struct ident key; /* for KEY; empty: every key */
        bool key_is_number;
        int64_t key_number;
        struct type type; /* of the literal */
        struct literal lit;
        struct span at;
        size_t key_index; /* checker */
    } * values;
    size_t n_values;
    struct basis *basis;
    struct span at;
    struct param *param; /* checker */
};

struct place_area {
    struct ident name;
    struct label label;
    int64_t *divisions;
    size_t n;
};

struct place_lines {
    struct ident *names;
    size_t n;
    month from;
};

struct place {
    struct ident name;
    struct label label;
    int64_t division; /* 12 digits; 0 for the country */
    struct basis *basis;
    struct place_lines *lines;
    size_t n_lines;
    struct place_area *areas;
    size_t n_areas;
    struct place_set *sets;
    size_t n_sets;
    struct place_delegate *delegates;
    size_t n_delegates;
    struct span at;
    str folder; /* the file's path below places/ */
};

#endif
