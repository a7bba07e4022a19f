#!/usr/bin/env bash
# The golden households come out to the byte, the dense way and the exact way, and however the
# files are cut up: with division, in yuan, with Chinese headers, through a pipe.
set -euo pipefail
cd "$HUIMIN_SRC"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
g=test/golden
run() { "$HUIMIN" eval --place panzhihua --month 2020-12 "$@" --awards "$tmp/a.csv" --decisions "$tmp/d.csv" >"$tmp/out" 2>"$tmp/err"; }
same() {
    cmp "$tmp/a.csv" $g/awards.csv || { echo "$1: awards differ"; diff "$tmp/a.csv" $g/awards.csv | head; exit 1; }
    cmp "$tmp/d.csv" $g/decisions.csv || { echo "$1: decisions differ"; diff "$tmp/d.csv" $g/decisions.csv | head; exit 1; }
    rm -f "$tmp/a.csv" "$tmp/d.csv"
}

run --households $g/households.csv --persons $g/persons.csv
same "dense"
[ ! -s "$tmp/err" ] || { echo "unexpected notes:"; cat "$tmp/err"; exit 1; }
run --households $g/households.csv --persons $g/persons.csv --exact
same "exact"
run --households - --persons $g/persons.csv <$g/households.csv
same "standard input"

# A column of divisions: the whole place's values hold everywhere in Panzhihua.
awk -F, -v OFS=, 'NR==1{print $0,"division";next}{print $0,(NR%2?"510402001002":"510422211209")}' \
    $g/households.csv >"$tmp/h.csv"
run --households "$tmp/h.csv" --persons $g/persons.csv
same "divisions"

# In yuan, under Chinese labels, with a byte-order mark and Windows line ends.
{
    printf '\xef\xbb\xbf'
    awk -F, -v OFS=, 'NR==1{print "household_id,户口类别,家庭财产,车辆数,残疾人专用车,last_month_dibao_fen,首次超标月份";next}
        {printf "%s,%s,%d.%02d,%s,%s,%s,%s\n",$1,($2=="urban"?"城市":"农村"),$3/100,$3%100,$4,($5?"是":"否"),$6,$7}' \
        $g/households.csv | sed 's/$/\r/'
} >"$tmp/h.csv"
run --households "$tmp/h.csv" --persons $g/persons.csv
same "labels and yuan"

# The table's sum is the file's sum.
sum=$(awk -F, 'NR>1{s+=$4}END{printf "%d.%02d",s/100,s%100}' $g/awards.csv)
tail -1 "$tmp/out" | tr -d , | grep -qF "$sum" || { echo "total is not $sum:"; cat "$tmp/out"; exit 1; }
