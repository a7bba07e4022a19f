#!/usr/bin/env bash
# `huimin review`: reviews that fall due get their tasks, once.
. "$HUIMIN_SRC/test/said.sh"
match=-E
db=sqlite:$tmp/city.db
says 0 "" "$HUIMIN" synth --db "$db" --place panzhihua --persons 6000
says 2 "db is needed" "$HUIMIN" review
says 2 "six digits" "$HUIMIN" review --db "$db" --county 51
says 2 "expected a day" "$HUIMIN" review --db "$db" --today soon
says 2 "number from 1" "$HUIMIN" review --db "$db" --most 0
says 1 "there is no store" "$HUIMIN" review --db "sqlite:$tmp/none.db"
says 0 " 1 reviews put on desks, 0 were there, 0 ended, [1-9][0-9]* left" \
    "$HUIMIN" review --db "$db" --today 2020-12-21 --most 1 --county 510402
says 0 "[1-9][0-9]* enrolled; [1-9][0-9]* reviews put on desks, 1 were there, 0 ended, 0 left" \
    "$HUIMIN" review --db "$db" --today 2020-12-21
says 0 "; 0 reviews put on desks, [1-9][0-9]* were there, 0 ended, 0 left" \
    "$HUIMIN" review --db "$db" --today 2020-12-21
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

counted
