#!/usr/bin/env bash
# `huimin audit replay`: a synthetic city's month proven, a line and a fact touched, and what is refused.
. "$HUIMIN_SRC/test/said.sh"
export HUIMIN_DB=sqlite:$tmp/city.db

says 2 "either --month or --case" "$HUIMIN" audit replay
says 2 "either --month or --case" "$HUIMIN" audit replay --month 2020-12 --case 510402-2020-000001
says 2 "expected a month" "$HUIMIN" audit replay --month 2020
says 2 "expected 12 digits" "$HUIMIN" audit replay --month 2020-12 --division 510402
says 2 "goes without" "$HUIMIN" audit replay --case 510402-2020-000001 --programme dibao
says 2 'expected `audit replay`' "$HUIMIN" audit replay --month 2020-12 more
says 1 "there is no store" "$HUIMIN" audit replay --month 2020-12

says 0 "is ready" "$HUIMIN" init --place panzhihua
says 0 "20000 人" "$HUIMIN" synth --place panzhihua --persons 20000 --seed replay
says 0 "" "$HUIMIN" user demo
says 0 "40" "$HUIMIN" synth --place panzhihua --seed replay --cases 40
says 1 "2020-12 was not run" "$HUIMIN" audit replay --month 2020-12
says 0 "发放情况" "$HUIMIN" run --month 2020-12 --decide first
entries=$("$HUIMIN" audit verify)
says 0 "every one as it is stored" "$HUIMIN" audit replay --month 2020-11
says 0 "every one as it is stored" "$HUIMIN" audit replay --month 2020-12
grep -q "^total .* 0 *$" "$tmp/out" || fail "no line of the city without a difference"
all=$(awk '$1 == "total" { print $3 }' "$tmp/out")
[ "$all" -gt 100 ] || fail "$all determinations of a city of 20,000"
stored=$(sqlite3 "$tmp/city.db" "SELECT count(*) FROM determination d JOIN month_run m USING (county_code, month, job_id)
    WHERE d.month = '2020-12'")
[ "$all" = "$stored" ] || fail "$all compared, $stored stored"

# A part, and a programme of it.
says 0 "every one as it is stored" "$HUIMIN" audit replay --month 2020-12 --division 510403000000
[ "$(grep -c '^510' "$tmp/out")" = 1 ] || fail "more than one county"
says 0 "every one as it is stored" "$HUIMIN" audit replay --month 2020-12 --programme dibao
[ "$(awk '$1 == "total" { print $3 }' "$tmp/out")" -lt "$all" ] || fail "dibao is not all"
says 1 "no programme “heating”" "$HUIMIN" audit replay --month 2020-12 --programme heating
says 1 "no division 510499000000" "$HUIMIN" audit replay --month 2020-12 --division 510499000000

# Nothing was written by all that.
[ "$("$HUIMIN" audit verify)" = "$entries" ] || fail "a replay wrote something"

# One amount; one fact of the past. Found, named, and only there.
household=$(sqlite3 "$tmp/city.db" "SELECT county_code || '-' || household_id FROM award WHERE month = '2020-12'
    AND programme = 'dibao' ORDER BY county_code, household_id LIMIT 1 OFFSET 7")
touched() { # touched SQL
    sqlite3 "$tmp/city.db" "UPDATE determination SET amount_fen = amount_fen $1 WHERE month = '2020-12'
        AND programme = 'dibao' AND county_code = ${household%-*} AND household_id = ${household#*-}"
}
touched "+ 1"
says 1 "household $household, 2020-12, dibao: stored amount" "$HUIMIN" audit replay --month 2020-12
says 1 "1 difference" "$HUIMIN" audit replay --month 2020-12
says 0 "every one as it is stored" "$HUIMIN" audit replay --month 2020-11
touched "- 1"
says 0 "every one as it is stored" "$HUIMIN" audit replay --month 2020-12
sqlite3 "$tmp/city.db" "UPDATE person SET birth_date = '1931-01-01' WHERE county_code = ${household%-*}
    AND person_id IN (SELECT person_id FROM membership WHERE household_id = ${household#*-})"
says 1 "household $household, 2020-12, " "$HUIMIN" audit replay --month 2020-12

# A case that is decided keeps what it followed from.
number=$(sqlite3 "$tmp/city.db" "SELECT number FROM work_case w WHERE EXISTS (SELECT 1 FROM case_determination d
    WHERE d.county_code = w.county_code AND d.case_id = w.case_id) ORDER BY number LIMIT 1")
says 0 "of case $number recomputed, every one as it is stored" "$HUIMIN" audit replay --case "$number"
sqlite3 "$tmp/city.db" "UPDATE case_determination SET outcome = 'else' WHERE case_id =
    (SELECT case_id FROM work_case WHERE number = '$number')"
says 1 "case $number, " "$HUIMIN" audit replay --case "$number"
says 1 "there is none" "$HUIMIN" audit replay --case 510402-2020-999999
says 1 "expected a number like" "$HUIMIN" audit replay --case 12

counted
