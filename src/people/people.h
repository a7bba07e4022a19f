/*
 * People and places in the store: what the engine itself reads of persons, households, membership,
 * divisions and enrolments (typed tables of people.sql), and the facts that lines add with `extend`
 * (one generated table per line and register, registers.h). Facts hold from a day (valid_from, up to
 * but not including valid_to) and are believed since a change position; what is superseded moves
 * to its _past table. Nothing declared is overwritten.
 */
#ifndef HUIMIN_PEOPLE_PEOPLE_H
#define HUIMIN_PEOPLE_PEOPLE_H

#include "base/date.h"
#include "lang/rules.h"
#include "vault/vault.h"

#define DAY_OPEN "9999-12-31" /* valid_to of what still holds */

/* ---- numbers of people (domain: GB 11643) --------------------------------------------------- */

/*
 * An identity number as typed: 18 characters (x is X), or 15 digits, which become 18. Checks digits,
 * check character and that the date exists and is not after `today`. Area codes are not judged.
 * RC_BAD_INPUT says which part is wrong and what was expected. out holds 19 bytes.
 */
MUST_CHECK enum rc id_number_read(str typed, day today, char out[19], struct err *err);
day id_number_birth(const char id[19]);
int id_number_sex(const char id[19]); /* 1 male, 2 female */
char id_number_check(const char first17[17]);
bool card_luhn(str digits);
bool mobile_valid(str digits);

/* ---- the open store ------------------------------------------------------------------------- */

/* What a command works with: store, keys, the rules in force and the tables that they declare. */
struct city {
    struct arena *arena; /* borrowed; the rules live there */
    struct store *store;
    struct vault *vault;
    struct rules *rules; /* in force, compiled */
    char rule_hash[65];
    struct place *place;
    struct registers *registers;
    struct id_source ids;
    str who; /* as whom the command acts */
};

/*
 * Open a store that `init` made: newer versions, a missing or wrong key and rules that no longer
 * compile are refused. `who` NULL: the system's user. `key_path` NULL: as city_key_path().
 */
MUST_CHECK enum rc city_open(const char *url, const char *key_path, const char *who,
                             struct arena *a, struct city **out, struct err *err);
void city_close(struct city *c);

/* The key file: the one given, else HUIMIN_KEY, else the SQLite file's name with .key added. */
MUST_CHECK enum rc city_key_path(const char *url, const char *given, struct arena *a,
                                 const char **out, struct err *err);
/* The name of the user as whom the program runs. */
str system_user(struct arena *a);

/*
 * Make or bring up a store: tables, key file, divisions of the place, rules from `home` put in under
 * their hash and released when they differ from those in force. Run again it only does what is
 * missing, and changes nothing when nothing is. Whatever can be refused is refused before anything is
 * made: rules with mistakes, no such place, divisions.csv.
 */
struct init_spec {
    const char *url, *key_path, *home, *place, *who;
    const str *seed; /* a key from a seed, for synthetic stores; NULL: real randomness */
    int64_t at_ms;   /* 0: the clock */
};
MUST_CHECK enum rc city_init(const struct init_spec *spec, struct arena *a, struct err *err);

/* ---- writing -------------------------------------------------------------------------------- */

struct household_row {
    int64_t household_id;
    str valid_from, valid_to;
    int64_t division, head_id;
};
struct person_row {
    int64_t person_id;
    str name;
    int sex;                    /* GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated */
    str birth_date, death_date; /* death_date.n == 0: alive */
};
struct membership_row {
    int64_t household_id, person_id;
    str valid_from, valid_to, relation;
};
struct enrolment_row {
    int64_t household_id, person_id; /* person_id 0: the household */
    str programme, valid_from, valid_to, cause;
    int64_t account_id;
};

/*
 * Put one row, inside a change. What is believed already, day for day, is not written again. A row
 * with the same key and the same valid_from is replaced whole, so its end can be moved. Other rows
 * of the key that hold on some of these days are cut: their days before and after stay. Whatever is
 * replaced or cut moves to _past as it was. To end something, put it again with its end.
 *
 * RC_BAD_INPUT: a day after the end, a birth after a death, a division that the place does not have
 * on that day or that another county keeps, a membership of nobody known. RC_CONFLICT: a person in
 * two households on one day. Put a household and its persons before their memberships.
 */
MUST_CHECK enum rc household_put(struct change *c, const struct household_row *r, struct err *err);
MUST_CHECK enum rc person_put(struct change *c, const struct person_row *r, struct err *err);
MUST_CHECK enum rc membership_put(struct change *c, const struct membership_row *r,
                                  struct err *err);
MUST_CHECK enum rc enrolment_put(struct change *c, const struct enrolment_row *r, struct err *err);

/* Seal and store a number in place of the one of its kind that was there; claim an identity number
 * city-wide. RC_CONFLICT: another person has it (the text names county and id, never the number). */
MUST_CHECK enum rc person_number_put(struct change *c, struct vault *v, int64_t person_id,
                                     enum number_kind kind, str number, struct err *err);
/* The number in the clear. RC_NOT_FOUND: there is none. RC_BAD_INPUT: it does not open. */
MUST_CHECK enum rc person_number_get(struct conn *c, struct vault *v, int64_t county,
                                     int64_t person, enum number_kind kind, struct arena *a,
                                     str *out, struct err *err);
/* By whole number, in every county. RC_NOT_FOUND. */
MUST_CHECK enum rc person_by_number(struct conn *c, struct vault *v, enum number_kind kind,
                                    str number, int64_t *county, int64_t *person, struct err *err);
/* The key under which what belongs to the person is sealed: made with the first use; as it is
 * (RC_NOT_FOUND: there is none). */
MUST_CHECK enum rc person_key_of(struct change *c, struct vault *v, int64_t person,
                                 struct person_key *out, struct err *err);
MUST_CHECK enum rc person_key_get(struct conn *c, struct vault *v, int64_t county, int64_t person,
                                  struct person_key *out, struct err *err);
/* Destroy the person's key and with it the numbers, of which copies don't open any more. */
MUST_CHECK enum rc person_numbers_forget(struct change *c, int64_t person_id, struct err *err);

/* ---- divisions ------------------------------------------------------------------------------ */

struct division_info {
    int64_t division, parent;
    int64_t county_code; /* six digits of the county that keeps its rows */
    str name, kind;
    str valid_from, valid_to; /* '' = beginning unknown */
};
/* As in force on a day. RC_NOT_FOUND. */
MUST_CHECK enum rc division_find(struct conn *c, int64_t division, str on_day, struct arena *a,
                                 struct division_info *out, struct err *err);
/*
 * What stands for the division on a day: itself, or what became of it by merger, renaming or a new
 * code. RC_CONFLICT: it was split and is no more, so that nobody can tell which part. RC_NOT_FOUND.
 */
MUST_CHECK enum rc division_now(struct conn *c, int64_t division, str on_day, struct arena *a,
                                struct division_info *out, struct err *err);
/* The division in force of where a household lives on a day. As division_now(). */
MUST_CHECK enum rc household_division(struct conn *c, int64_t county, int64_t household, str on_day,
                                      struct arena *a, struct division_info *out, struct err *err);
/* The counties that keep rows on that day, six digits each, in order. */
MUST_CHECK enum rc division_counties(struct conn *c, str on_day, struct arena *a, int64_t **out,
                                     size_t *n, struct err *err);

#endif
