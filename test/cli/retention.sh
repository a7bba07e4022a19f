#!/usr/bin/env bash
# `huimin retention`: shows what holds people on record; clears nobody before the time, and nothing without --do.
. "$HUIMIN_SRC/test/said.sh"
match=-E
db=sqlite:$tmp/city.db
says 0 "" "$HUIMIN" synth --db "$db" --place panzhihua --persons 2000
says 2 "db is needed" "$HUIMIN" retention
says 2 "six digits" "$HUIMIN" retention --db "$db" --county 51
says 2 "expected a day" "$HUIMIN" retention --db "$db" --upto soon
says 2 "go together" "$HUIMIN" retention --db "$db" --do
says 2 "go together" "$HUIMIN" retention --db "$db" --why x
says 2 "can't be after today" "$HUIMIN" retention --db "$db" --today 2020-12-21 --upto 2020-12-22 --do --why x
says 1 "there is no store" "$HUIMIN" retention --db "sqlite:$tmp/none.db"
says 0 "在册家庭成员.*2000" "$HUIMIN" retention --db "$db" --today 2020-12-21
says 0 "lives in a household on record.*2000" "$HUIMIN" retention --db "$db" --today 2020-12-21 --english
says 0 "2000 persons on record, 0 cleared before; on 2020-12-21 nothing holds 0" \
    "$HUIMIN" retention --db "$db" --today 2020-12-21
says 0 "0 persons cleared, 0 rows" "$HUIMIN" retention --db "$db" --today 2020-12-21 --do --why "局办公会决定"
says 0 "[0-9]+ audit entries and [0-9]+ lists of the bank are whole" \
    "$HUIMIN" retention --db "$db" --today 2020-12-21 --do --why "局办公会决定"
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

counted
