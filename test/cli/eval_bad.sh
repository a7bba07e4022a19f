#!/usr/bin/env bash
# Bad input to `huimin eval`: each case has a message that a clerk can act on (file, row, column,
# found, expected), exit status 1, and no file behind it.
set -euo pipefail
cd "$HUIMIN_SRC"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
g=test/golden
failed=0 cases=0

# bad NAME PATTERN... : run eval on $tmp/h.csv and $tmp/p.csv; every pattern must be in the message.
bad() {
    local name=$1 status=0
    shift
    cases=$((cases + 1))
    "$HUIMIN" eval --place "${place:-panzhihua}" --month "${month:-2020-12}" --households "$tmp/h.csv" \
        --persons "$tmp/p.csv" --awards "$tmp/a.csv" --decisions "$tmp/d.csv" >"$tmp/out" 2>"$tmp/err" || status=$?
    local ok=1
    [ $status -eq 1 ] || { echo "$name: exit status $status"; ok=0; }
    for pattern; do
        grep -qF -- "$pattern" "$tmp/err" || { echo "$name: no “$pattern” in:"; cat "$tmp/err"; ok=0; }
    done
    [ ! -s "$tmp/out" ] || { echo "$name: printed a result"; ok=0; }
    if compgen -G "$tmp/*a.csv*" >/dev/null || compgen -G "$tmp/*d.csv*" >/dev/null; then
        echo "$name: left a file: $(ls "$tmp")"; rm -f "$tmp"/*a.csv* "$tmp"/*d.csv*; ok=0
    fi
    [ $ok = 1 ] || failed=$((failed + 1))
    fresh
}
fresh() { cp $g/households.csv "$tmp/h.csv"; cp $g/persons.csv "$tmp/p.csv"; }
fresh

place=nowhere bad "a missing place" "there is no place “nowhere”"
place=panzhihau bad "a misspelt place" "did you mean panzhihua?"
month=2019-12 bad "a month with no standard in force" "household 3, 2019-12" "2019-12" "has no value"
month=2020-13 && status=0; "$HUIMIN" eval --place panzhihua --month 2020-13 --households x --persons y 2>"$tmp/err" || status=$?
[ $status -eq 2 ] && grep -q "expected a month like" "$tmp/err" || { echo "month 2020-13: $status"; failed=$((failed + 1)); }
unset month
place=chengdu month=2021-03 bad "a place without a needed value" "dibao.asset_months" "has no value"

rm "$tmp/h.csv"; bad "no file" "h.csv"
sed -i '/^6,/d' "$tmp/p.csv"; bad "a household without members" "“6”" "none"
sed -i '$d' "$tmp/p.csv"; sed -i '/^300,/d' "$tmp/p.csv"; bad "the last household without members" "“300”" "has no member"
sed -i '/^6,/d' "$tmp/h.csv"; bad "persons without a household" "p.csv row 3" "“6”"
echo "301,1,head,1980-06-15,0,0,0,0,none,0,0,0,0," >>"$tmp/p.csv"; bad "a person after the last household" "“301”"
{ sed -n 1p $g/persons.csv; sed -n '3,4p' $g/persons.csv; sed -n 2p $g/persons.csv; sed -n '5,$p' $g/persons.csv; } >"$tmp/p.csv"
bad "rows out of order" "p.csv row 2" "“6”" "“3”"
sed -i '3s/^6,1/6,2/' "$tmp/p.csv"; bad "members misnumbered" "p.csv row 3, column member" "expected 1"
sed -i '2s/^3,/6,/' "$tmp/h.csv"; bad "a household twice, neighbours" "h.csv row 3" "“6” again"
sed -i '5s/^12,/3,/' "$tmp/h.csv"; sed -i 's/^12,/3,/' "$tmp/p.csv"; bad "a household twice, apart" "h.csv row 5" "row 2 again"
sed -i '2s/1980-06-15/1981-02-30/' "$tmp/p.csv"; bad "30 February" "p.csv row 2, column birth_date" "1981-02-30" "expected"
sed -i '2s/61001/"61,001"/' "$tmp/p.csv"; bad "a thousands comma" "p.csv row 2, column income_fen" "61,001" "expected"
sed -i '2s/61001/610.01/' "$tmp/p.csv"; bad "yuan where fen are declared" "column income_fen" "610.01"
sed -i '2s/none/cold/' "$tmp/p.csv"; bad "an unknown code" "column disease" "cold" "expected"
sed -i '2s/urban/Urban!/' "$tmp/h.csv"; bad "an unknown code of the household" "h.csv row 2, column hukou_type"
sed -i '1s/hukou_type/hukou_typ/' "$tmp/h.csv"; bad "a required column missing" "hukou_type"
sed -i '2s/urban//' "$tmp/h.csv"; bad "a required value missing" "h.csv row 2, column hukou_type"
sed -i '1s/assets_fen/vehicles/' "$tmp/h.csv"; bad "a column twice" "vehicles"
sed -i '3s/$/,1/' "$tmp/h.csv"; bad "a field too many" "h.csv row 3"
printf '3,"urban' >>"$tmp/h.csv"; bad "a file that ends inside a quote" "h.csv"
: >"$tmp/h.csv"; bad "an empty file" "h.csv"
sed -i '2s/^3,1,head,1980/3,1,head,"19\n80/' "$tmp/p.csv"; bad "a quoted line break where a date belongs" "p.csv row 2"
printf 'household_id\xff\xfe,hukou\x81\n' >"$tmp/h.csv"; bad "neither UTF-8 nor GB18030" "h.csv"
sed -i '2s/61001/99999999999999999999/' "$tmp/p.csv"; bad "a number too big" "column income_fen"
{ sed -n 1p $g/households.csv | sed 's/$/,division/'; sed -n '2,$s/$/,530102000000/p' $g/households.csv; } >"$tmp/h.csv"
bad "a division elsewhere" "h.csv row 2, column division" "530102000000" "within 510400000000"
sed -i -e '2s/1980-06-15/1981-02-30/' -e '3s/none/cold/' "$tmp/p.csv"; sed -i '9s/urban/town/;9s/rural/town/' "$tmp/h.csv"
bad "several mistakes in one go" "p.csv row 2" "p.csv row 3" "h.csv row 9"

# A quoted line break is legal in text: rows still count right.
cases=$((cases + 1))
sed -i '2s/head/"head\nof it"/' "$tmp/p.csv"; sed -i '4s/none/cold/' "$tmp/p.csv"
bad "row numbers after a quoted line break" "p.csv row 3 (line 4), column disease"

# GB18030, as offices have it: read with a note, and right.
iconv -f UTF-8 -t GB18030 <<<"household_id,户口类别,assets_fen,vehicles,disability_vehicle,last_month_dibao_fen,first_month_above
3,城市,0,0,0,0," >"$tmp/h.csv"
sed -n '1,2p' $g/persons.csv >"$tmp/p.csv"
"$HUIMIN" eval --place panzhihua --month 2020-12 --households "$tmp/h.csv" --persons "$tmp/p.csv" --decisions "$tmp/d.csv" >/dev/null 2>"$tmp/err" ||
    { echo "GB18030: failed"; cat "$tmp/err"; failed=$((failed + 1)); }
grep -q "GB18030" "$tmp/err" || { echo "GB18030: no note"; failed=$((failed + 1)); }
[ "$(sed -n 2p "$tmp/d.csv" 2>/dev/null)" = "3,none,income,0" ] || { echo "GB18030: wrong result"; failed=$((failed + 1)); }
rm -f "$tmp/d.csv"; fresh

# A full disk: a limit on the size of files stands in for it. Enough awards to pass the limit.
awk 'NR==1||/^27,/' $g/households.csv >"$tmp/h1"; awk 'NR==1||/^27,/' $g/persons.csv >"$tmp/p1"
awk 'NR==FNR&&FNR==1{print;next}NR==FNR{for(i=1;i<=20000;i++){sub(/^[0-9]+/,i);print}}' "$tmp/h1" >"$tmp/h.csv"
awk 'NR==FNR&&FNR==1{print;next}NR==FNR{for(i=1;i<=20000;i++){sub(/^[0-9]+/,i);print}}' "$tmp/p1" >"$tmp/p.csv"
(
    ulimit -f 64
    status=0
    "$HUIMIN" eval --place panzhihua --month 2020-12 --households "$tmp/h.csv" --persons "$tmp/p.csv" --awards "$tmp/full.csv" >/dev/null 2>"$tmp/err" || status=$?
    [ $status -eq 1 ] && grep -q "full.csv" "$tmp/err"
) || { echo "full disk: not reported"; cat "$tmp/err"; failed=$((failed + 1)); }
ls "$tmp" | grep -q full && { echo "full disk: left $(ls "$tmp" | grep full)"; failed=$((failed + 1)); }

# The rules themselves: a broken definition stops everything.
mkdir -p "$tmp/home" && cp -r lines places "$tmp/home/"
sed -i 's/income_per_head < standard/income_per_head < stndard/' "$tmp/home/lines/assistance/dibao.hm"
status=0
"$HUIMIN" eval --home "$tmp/home" --place panzhihua --month 2020-12 --households $g/households.csv --persons $g/persons.csv 2>"$tmp/err" || status=$?
[ $status -eq 1 ] && grep -q "dibao.hm:[0-9]*:[0-9]*: error R0201" "$tmp/err" && grep -q "did you mean" "$tmp/err" ||
    { echo "broken definition: $status"; cat "$tmp/err"; failed=$((failed + 1)); }

echo "$((cases - failed)) passed, $failed failed"
[ $failed -eq 0 ] && [ $cases -gt 25 ]
