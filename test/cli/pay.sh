#!/usr/bin/env bash
# `huimin pay`: a month frozen, sent, answered, paid again, and what it refuses.
. "$HUIMIN_SRC/test/said.sh"
db=sqlite:$tmp/city.db

says 2 "expected one of freeze" "$HUIMIN" pay
says 2 "expected one of freeze" "$HUIMIN" pay buy --db "$db"
says 2 "--county and --month are needed" "$HUIMIN" pay freeze --db "$db" --month 2020-12
says 2 "--batch and --out are needed" "$HUIMIN" pay file --db "$db" --batch x
says 2 "--batch and --in are needed" "$HUIMIN" pay answer --db "$db" --batch x
says 2 "six digits" "$HUIMIN" pay freeze --db "$db" --county 51 --month 2020-12
says 2 "expected a month" "$HUIMIN" pay freeze --db "$db" --county 510402 --month now
says 2 "expected a day" "$HUIMIN" pay show --db "$db" --today now
says 1 "there is no store" "$HUIMIN" pay show --db "$db"

"$HUIMIN" synth --db "$db" --place panzhihua --persons 20000 --seed pay >/dev/null
says 1 "was not run" "$HUIMIN" pay freeze --db "$db" --county 510402 --month 2020-12
says 1 "paid elsewhere" "$HUIMIN" pay freeze --db "$db" --county 510402 --month 2020-11
"$HUIMIN" run --db "$db" --month 2020-12 --decide all >/dev/null
says 0 "510402-202012-01" "$HUIMIN" pay freeze --db "$db" --county 510402 --month 2020-12 \
    --today 2020-12-25 --as fu
rows=$(sed -nE 's/^510402-202012-01 .* frozen +([0-9]+) lines.*/\1/p' "$tmp/out")
[ "${rows:-0}" -gt 10 ] || fail "found ${rows:-no} lines in: $(cat "$tmp/out")"
says 1 "is frozen already" "$HUIMIN" pay freeze --db "$db" --county 510402 --month 2020-12
says 1 "is frozen" "$HUIMIN" run --db "$db" --month 2020-12 --division 510402000000

# The file: the same bytes each time, for its owner alone, never over another.
says 1 "no such batch" "$HUIMIN" pay file --db "$db" --batch 510402-202012-09 --out "$tmp/x"
says 1 "expected one of bank.json" "$HUIMIN" pay file --db "$db" --batch 510402-202012-01 \
    --out "$tmp/x" --layout xml
[ ! -e "$tmp/x" ] || fail "a refused call left a file"
says 0 "$rows lines in $tmp/a.txt" "$HUIMIN" pay file --db "$db" --batch 510402-202012-01 \
    --out "$tmp/a.txt" --why "交银行"
says 0 "$rows lines" "$HUIMIN" pay file --db "$db" --batch 510402-202012-01 --out "$tmp/b.txt"
cmp -s "$tmp/a.txt" "$tmp/b.txt" || fail "the same batch gave other bytes"
[ "$(stat -c %a "$tmp/a.txt")" = 600 ] || fail "the file can be read by others"
says 1 "is there already" "$HUIMIN" pay file --db "$db" --batch 510402-202012-01 --out "$tmp/a.txt"
says 0 "$rows lines" "$HUIMIN" pay file --db "$db" --batch 510402-202012-01 --layout csv \
    --out "$tmp/a.csv"
[ "$(wc -l <"$tmp/a.csv")" -eq $((rows + 2)) ] || fail "$(wc -l <"$tmp/a.csv") lines in the CSV"

# An answer made of the CSV: the second line fails, the others are paid.
answer() { # RESULT OF THE SECOND LINE
    awk -F, -v OFS=, -v second="$1" '
        NR == 1 { print $1, $2, $4, "20201228", $5, $6, $7; next }
        NR == 2 { next }
        { print $1, $3, $5, ($1 == 2 ? second : "0000"), "" }' "$tmp/a.csv"
}
answer 1003 >"$tmp/answer.csv"
head -n 5 "$tmp/answer.csv" >"$tmp/cut.csv"
sed 's/^402/105/' "$tmp/answer.csv" >"$tmp/other.csv"
sed '1s/202012,20201228/202011,20201228/' "$tmp/answer.csv" >"$tmp/month.csv"
says 1 "it is cut off" "$HUIMIN" pay answer --db "$db" --batch 510402-202012-01 --in "$tmp/cut.csv"
says 1 "of the bank 105" "$HUIMIN" pay answer --db "$db" --batch 510402-202012-01 --in "$tmp/other.csv"
says 1 "of the month 2020-11" "$HUIMIN" pay answer --db "$db" --batch 510402-202012-01 \
    --in "$tmp/month.csv"
says 0 "failed 1; new $rows" "$HUIMIN" pay answer --db "$db" --batch 510402-202012-01 \
    --in "$tmp/answer.csv"
says 0 "was read already" "$HUIMIN" pay answer --db "$db" --batch 510402-202012-01 \
    --in "$tmp/answer.csv"
answer 0000 >"$tmp/later.csv"
says 1 "now “0000”" "$HUIMIN" pay answer --db "$db" --batch 510402-202012-01 --in "$tmp/later.csv"
says 0 "failed   1 lines" "$HUIMIN" pay show --db "$db" --batch 510402-202012-01
says 1 "nothing can be paid again" "$HUIMIN" pay again --db "$db" --county 510402
printf 'account,result\n6217003670000001231,ok\n' >"$tmp/names.csv"
says 0 "not on record 1" "$HUIMIN" pay names --db "$db" --county 510402 --in "$tmp/names.csv"
says 0 "answered" "$HUIMIN" pay show --db "$db" --month 2020-12
says 0 "" "$HUIMIN" audit verify --db "$db"

# A layout with a mistake is found by check.
mkdir -p "$tmp/home/places/here"
cp -r "$HUIMIN_SRC/lines" "$tmp/home/lines"
cp "$HUIMIN_SRC"/places/*.hm "$tmp/home/places/"
sed 's/"kind": "flat"/"kind": "fixed"/' "$HUIMIN_SRC/places/panzhihua/bank.json" \
    >"$tmp/home/places/here/bank.json"
says 1 "places/here: bank.json: flat: kind: expected flat or csv" "$HUIMIN" check --home "$tmp/home"

counted
