#!/usr/bin/env bash
# Both times on the command line: a month on trial, what was known before a correction, and what is refused.
. "$HUIMIN_SRC/test/said.sh"
export HUIMIN_DB=sqlite:$tmp/city.db
month=(--month 2020-12 --decide first)

says 2 "expected 2021-03-01 or" "$HUIMIN" run --month 2020-12 --known-at March
says 2 "expected a day" "$HUIMIN" run --month 2020-12 --as-of 2021-02-30
says 2 "expected it without --trial" "$HUIMIN" run --month 2020-12 --show --as-of 2020-12-02
says 2 "expected a day" "$HUIMIN" explain --household 1 --month 2020-12 --as-of now
says 2 "expected a day" "$HUIMIN" export persons --as-of 2021
says 2 "expected 2021-03-01 or" "$HUIMIN" export persons --known-at 2021
says 2 "expected it without --as-of" "$HUIMIN" export persons --as-of 2020-12-02 --month 2020-12
says 2 "expected it without --known-at" "$HUIMIN" export persons --full --reason x --known-at 2020-12-31

# Made up, with everything recorded in November 2020.
says 0 "6000 人" "$HUIMIN" synth --place panzhihua --persons 6000 --seed times
says 0 "every chain whole" "$HUIMIN" audit verify
cp "$tmp/out" "$tmp/chains"

# On trial: the same table as a run's behind a line that says so, and nothing written.
says 0 "试算，未写入任何数据" "$HUIMIN" run "${month[@]}" --trial
cp "$tmp/out" "$tmp/first"
says 0 '"trial":{"as_of":null,"known_at":null}' "$HUIMIN" run "${month[@]}" --trial --json
says 0 "every chain whole" "$HUIMIN" audit verify
cmp -s "$tmp/out" "$tmp/chains" || fail "a trial wrote something"
says 1 "2020-12 was not run" "$HUIMIN" run --show --month 2020-12
says 0 "发放情况" "$HUIMIN" run "${month[@]}"
cmp -s <(tail -n +2 "$tmp/first") "$tmp/out" || fail "a trial's table is another than the run's"
says 0 "510402-202012-01" "$HUIMIN" pay freeze --county 510402 --month 2020-12 --today 2020-12-25 --as fu

# An income of 2020-12 becomes known now: of somebody who gets dibao.
says 0 "rows" "$HUIMIN" export persons --as-of 2020-12-21 --to "$tmp/persons.csv"
says 0 "rows" "$HUIMIN" export cases --as-of 2020-12-21 --to "$tmp/cases.csv"
found() { # a household on dibao that is paid as the rules give it
    local household
    for household in $(awk -F, '$4 == "dibao" { print $1 }' "$tmp/cases.csv" | sort -u); do
        "$HUIMIN" explain --household "$household" --month 2020-12 --lang en >"$tmp/out" 2>&1 || continue
        grep -qF "covered at the standard" "$tmp/out" && { echo "$household"; return; }
    done
    return 1
}
household=$(found) || fail "nobody is covered at the standard"
awk -F, -v OFS=, -v of="$household" '
    NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "income") income = i }; print; next }
    $1 == of && !done { $income = "90000.00"; done = 1 }
    $1 == of { print }' "$tmp/persons.csv" >"$tmp/found.csv"
says 0 "" "$HUIMIN" import persons "$tmp/found.csv" --from 2020-12-01

says 0 "rows" "$HUIMIN" export persons --as-of 2020-12-21 --to "$tmp/now.csv"
cmp -s "$tmp/persons.csv" "$tmp/now.csv" && fail "the income that was found is not in the file"
says 0 "rows" "$HUIMIN" export persons --as-of 2020-12-21 --known-at 2020-12-31 --to "$tmp/then.csv"
cmp -s "$tmp/persons.csv" "$tmp/then.csv" || fail "the file as known in December is another"
# The cases too, but for amounts: the run that paid them is of later.
says 0 "rows" "$HUIMIN" export cases --as-of 2020-12-21 --known-at 2020-12-31 --to "$tmp/then.csv"
cmp -s <(cut -d, -f 1-4 "$tmp/cases.csv") <(cut -d, -f 1-4 "$tmp/then.csv") ||
    fail "the cases as known in December are others"

# What the month would give now, beside the frozen one; and what it would have given then.
says 0 "试算" "$HUIMIN" run "${month[@]}" --trial --division "${household%-*}000000"
cmp -s "$tmp/first" "$tmp/out" && fail "the income that was found changes nothing"
says 0 "按 2020-12-31T23:59 时所知" "$HUIMIN" run "${month[@]}" --known-at 2020-12-31
cmp -s <(tail -n +2 "$tmp/first") <(tail -n +2 "$tmp/out") || fail "as known in December it gives another table"
says 0 "as of 2020-12-02" "$HUIMIN" run "${month[@]}" --as-of 2020-12-02 --lang en
today=$(TZ=CST-8 date +%Y-%m-%d)
says 0 "hash verified" "$HUIMIN" explain --household "$household" --month 2020-12 --lang en
says 0 "dibao: stored outcome" "$HUIMIN" explain --household "$household" --month 2020-12 --lang en --known-at "$today"
says 0 "nothing would be determined otherwise" "$HUIMIN" explain --household "$household" --month 2020-12 \
    --lang en --known-at 2020-12-31
says 0 "nothing would be determined otherwise" "$HUIMIN" explain --household "$household" --month 2020-12 \
    --lang en --as-of 2020-12-15
says 1 "to come" "$HUIMIN" run "${month[@]}" --known-at 2199-01-01
says 1 "nothing was known" "$HUIMIN" run "${month[@]}" --known-at 2020-01-01
says 1 "nothing was known" "$HUIMIN" export persons --known-at 2020-01-01
says 1 "to come" "$HUIMIN" export persons --known-at 2199-01-01

counted
