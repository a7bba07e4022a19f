#!/usr/bin/env bash
# `huimin notice`: the file of short messages, and what it refuses.
. "$HUIMIN_SRC/test/said.sh"
db=sqlite:$tmp/city.db
out=$tmp/messages.csv

says 0 "is ready" "$HUIMIN" init --db "$db" --place panzhihua
says 2 "--messages and --db are needed" "$HUIMIN" notice --db "$db"
says 2 "--messages and --db are needed" "$HUIMIN" notice --messages "$out"
says 2 "six digits" "$HUIMIN" notice --messages "$out" --db "$db" --county 51
says 2 "expected a day" "$HUIMIN" notice --messages "$out" --db "$db" --today now
says 1 "there is no store" "$HUIMIN" notice --messages "$out" --db "sqlite:$tmp/none.db"
[ ! -e "$out" ] || { echo "a refused call left a file"; failed=$((failed + 1)); }
says 0 "0 messages in $out; 0 notices wait for a phone number" \
    "$HUIMIN" notice --messages "$out" --db "$db" --today 2020-12-21
[ "$(stat -c %a "$out")" = 600 ] || { echo "the file can be read by others"; failed=$((failed + 1)); }
[ "$(tail -c +4 "$out")" = "notice,phone,text" ] ||
    { echo "found “$(cat "$out")”, expected its header"; failed=$((failed + 1)); }
says 1 "is there already" "$HUIMIN" notice --messages "$out" --db "$db"

counted
