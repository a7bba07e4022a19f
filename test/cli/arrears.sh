#!/usr/bin/env bash
# `huimin arrears`: a standard raised late in a made-up city, found, shown, found again; and what it refuses.
. "$HUIMIN_SRC/test/said.sh"
db=sqlite:$tmp/city.db

says 2 "expected one of find, show" "$HUIMIN" arrears
says 2 "expected one of find, show" "$HUIMIN" arrears seek --db "$db"
says 2 "--from, --upto and --why are needed" "$HUIMIN" arrears find --db "$db" --from 2020-12
says 2 "--upto: expected a month" "$HUIMIN" arrears find --db "$db" --from 2020-12 --upto now --why x
says 2 "twelve digits" "$HUIMIN" arrears find --db "$db" --from 2020-12 --upto 2020-12 --why x --division 51
says 2 "county and number" "$HUIMIN" arrears show --db "$db" --household 7
says 2 "county and number" "$HUIMIN" arrears show --db "$db" --job 510402
says 1 "there is no store" "$HUIMIN" arrears show --db "$db"

"$HUIMIN" synth --db "$db" --place panzhihua --persons 20000 --seed arrears >/dev/null
find_december=("$HUIMIN" arrears find --db "$db" --from 2020-12 --upto 2020-12 --division 510402000000)
says 1 "no month from 2020-12 to 2020-12 is paid" "${find_december[@]}" --why "标准提高"
"$HUIMIN" run --db "$db" --month 2020-12 --decide all >/dev/null
"$HUIMIN" pay freeze --db "$db" --county 510402 --month 2020-12 --today 2020-12-25 >/dev/null
says 1 "expected the earlier one first" "$HUIMIN" arrears find --db "$db" --from 2020-12 --upto 2020-11 --why x
says 1 "no programme" "${find_december[@]}" --programme rent --why x
says 1 "needs words" "${find_december[@]}" --why " "
says 0 ", 0 lines: back-pay 0.00 yuan, recovery 0.00 yuan" "${find_december[@]}" --why "没有变化"

# The standard is raised by 10.00 in towns and in the country alike, for December already.
mkdir "$tmp/home"
cp -r lines places "$tmp/home"
sed -i 's/610.00 for urban, 410.00 for rural/620.00 for urban, 420.00 for rural/' \
    "$tmp/home/places/panzhihua.hm"
"$HUIMIN" init --db "$db" --place panzhihua --home "$tmp/home" >/dev/null 2>&1
says 0 "recovery 0.00 yuan" "${find_december[@]}" --programme dibao --why "2020年标准自12月起提高"
job=$(awk '{ print $1 }' "$tmp/out")
lines=$(sed -E 's/.* ([0-9]+) lines: .*/\1/' "$tmp/out")
[ "${lines:-0}" -gt 5 ] || fail "found ${lines:-no} lines in: $(cat "$tmp/out")"
cp "$tmp/out" "$tmp/first"
says 0 "$job" "${find_december[@]}" --programme dibao --why "再查一次"
cmp -s "$tmp/out" "$tmp/first" || fail "found again it was another: $(cat "$tmp/out")"
says 0 "2020年标准自12月起提高" "$HUIMIN" arrears show --db "$db"
says 0 "  510402" "$HUIMIN" arrears show --db "$db" --job "$job"
[ "$(awk '/households,/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ /^lines/) n += $i } END { print n }' "$tmp/out")" \
    = "$lines" ] || fail "the parts don't add up to $lines: $(cat "$tmp/out")"
says 1 "" "$HUIMIN" arrears show --db "$db" --job 510402-7
says 0 "no line" "$HUIMIN" arrears show --db "$db" --household 510402-7 --job "$job"
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

counted
