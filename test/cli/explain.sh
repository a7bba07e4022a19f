#!/usr/bin/env bash
# `huimin explain`: an award and a refusal from the store, and what is refused.
. "$HUIMIN_SRC/test/said.sh"
export HUIMIN_DB=sqlite:$tmp/city.db

says 2 "--db, --household and --month are needed" "$HUIMIN" explain --month 2020-12
says 2 "expected its county and number" "$HUIMIN" explain --household 5104-1 --month 2020-12
says 2 "expected its county and number" "$HUIMIN" explain --household x --month 2020-12
says 2 "expected a month" "$HUIMIN" explain --household 1 --month 2020
says 2 "expected 2021-03-01 or" "$HUIMIN" explain --household 1 --month 2020-12 --known-at soon

says 0 "is ready" "$HUIMIN" init --place panzhihua
says 1 "2020-12 was not run" "$HUIMIN" run --show --month 2020-12
says 0 "6000 人" "$HUIMIN" synth --place panzhihua --persons 6000 --seed explain
says 0 "发放情况" "$HUIMIN" run --month 2020-12 --decide first

# Somebody awarded and somebody refused, of those who are enrolled.
says 0 "7.csv" "$HUIMIN" export cases --to "$tmp/7.csv"
found() { # found WORDS: a household whose explanation has them
    local household
    for household in $(awk -F, '$4 == "dibao" { print $1 }' "$tmp/7.csv" | sort -u); do
        "$HUIMIN" explain --household "$household" --month 2020-12 >"$tmp/out" 2>/dev/null || continue
        grep -qF -- "$1" "$tmp/out" && grep -qF "散列已核对" "$tmp/out" && { echo "$household"; return; }
    done
    return 1
}
award=$(found "按标施保，每月") || fail "no award is explained"
refused=$(found "结论：不予保障") || fail "no refusal is explained"
says 0 "结论：不予保障" "$HUIMIN" explain --household "$refused" --month 2020-12
says 0 "依据：" "$HUIMIN" explain --household "$award" --month 2020-12
says 0 "核定：最低生活保障" "$HUIMIN" explain --household "$award" --month 2020-12
says 0 "家庭 $award" "$HUIMIN" explain --household "${award#*-}" --month 2020-12
says 0 "hash verified" "$HUIMIN" explain --household "$award" --month 2020-12 --lang en
says 0 "认定结果不变" "$HUIMIN" explain --household "$award" --month 2020-12 --known-at "$(TZ=CST-8 date +%Y-%m-%d)"
says 1 "nothing was known" "$HUIMIN" explain --household "$award" --month 2020-12 --known-at 2000-01-01T12:00
says 1 "there is no household 5" "$HUIMIN" explain --household 5 --month 2020-12
says 1 "2021-03 was not run" "$HUIMIN" explain --household "$award" --month 2021-03

counted
