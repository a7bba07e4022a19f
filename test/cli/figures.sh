#!/usr/bin/env bash
# `huimin figures`: a month's figures as a workbook; and closing an account, whose work stays with the office.
. "$HUIMIN_SRC/test/said.sh"
match=-E
db=sqlite:$tmp/city.db
says 0 "" "$HUIMIN" synth --db "$db" --place panzhihua --persons 6000
says 2 "are needed" "$HUIMIN" figures --db "$db" --month 2020-12
says 2 "expected a month" "$HUIMIN" figures --db "$db" --month 2020 --to "$tmp/f.xlsx"
says 2 "twelve digits" "$HUIMIN" figures --db "$db" --month 2020-12 --to "$tmp/f.xlsx" --division 51
says 2 "zh or en" "$HUIMIN" figures --db "$db" --month 2020-12 --to "$tmp/f.xlsx" --lang fr
says 1 "there is no store" "$HUIMIN" figures --db "sqlite:$tmp/none.db" --month 2020-12 --to "$tmp/f.xlsx"
says 1 "no division 990000000000" "$HUIMIN" figures --db "$db" --month 2020-12 --to "$tmp/f.xlsx" --division 990000000000
says 0 "" "$HUIMIN" run --db "$db" --month 2020-12 --decide first
says 0 "f.xlsx: [1-9][0-9]* lines, [0-9]+ differences" "$HUIMIN" figures --db "$db" --month 2020-12 --to "$tmp/f.xlsx"
says 0 "PK" head -c 2 "$tmp/f.xlsx"
says 0 "e.xlsx: [1-9][0-9]* lines" "$HUIMIN" figures --db "$db" --month 2020-12 --to "$tmp/e.xlsx" --lang en --division 510402000000
says 1 "none/f.xlsx" "$HUIMIN" figures --db "$db" --month 2020-12 --to "$tmp/none/f.xlsx"
says 0 "" "$HUIMIN" user demo --db "$db"
says 1 "no account" "$HUIMIN" user close village.bingcaogang --db "$db" --successor nobody.knows
says 0 "village.bingcaogang: done" "$HUIMIN" user close village.bingcaogang --db "$db" --successor office
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

counted
