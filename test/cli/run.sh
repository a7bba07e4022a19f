#!/usr/bin/env bash
# `huimin run`: the month of a synthetic city, again, after a kill, and what is refused.
. "$HUIMIN_SRC/test/said.sh"
db=sqlite:$tmp/city.db

says 2 "--db and --month are needed" "$HUIMIN" run --month 2020-12
says 2 "expected a month" "$HUIMIN" run --db "$db" --month 2020-13
says 2 "expected twelve digits" "$HUIMIN" run --db "$db" --month 2020-12 --division 510402
says 2 "expected zh or en" "$HUIMIN" run --db "$db" --month 2020-12 --lang fr
says 2 "expected none, first or all" "$HUIMIN" run --db "$db" --month 2020-12 --decide past
says 2 "expected a day" "$HUIMIN" run --db "$db" --month 2020-12 --today 2020-12-32
says 2 "run takes options only" "$HUIMIN" run --db "$db" --month 2020-12 more
says 1 "there is no store" "$HUIMIN" run --db "$db" --month 2020-12

says 0 "is ready" "$HUIMIN" init --db "$db" --place panzhihua
says 0 "6000 人" "$HUIMIN" synth --db "$db" --place panzhihua --persons 6000 --seed run
says 1 "2020-12 was not run" "$HUIMIN" run --show --db "$db" --month 2020-12
says 1 "no line with a programme is switched on in 2019-12" "$HUIMIN" run --db "$db" --month 2019-12
says 1 "no division 510499000000" "$HUIMIN" run --db "$db" --month 2020-12 --division 510499000000
cp "$tmp/city.db" "$tmp/killed.db"
cp "$tmp/city.db.key" "$tmp/killed.db.key"

# Nothing is decided yet: only the undecided go on with what they had. A made-up case load is taken over as it is found.
cp "$tmp/city.db" "$tmp/none.db"
cp "$tmp/city.db.key" "$tmp/none.db.key"
says 0 "，共 2 笔" "$HUIMIN" run --db "sqlite:$tmp/none.db" --month 2020-12

# The table is the last thing on standard output, and adds up; again it is the same.
says 0 "2020-12 发放情况" "$HUIMIN" run --db "$db" --month 2020-12 --decide first
cp "$tmp/out" "$tmp/first"
[ ! -s "$tmp/err" ] || fail "a run that is no terminal's says more than its table"
says 0 "nothing has changed since the last run" "$HUIMIN" run --db "$db" --month 2020-12
cmp -s "$tmp/out" "$tmp/first" || fail "run again it prints another table"
says 0 "攀枝花市" "$HUIMIN" run --show --db "$db" --month 2020-12
cmp -s "$tmp/out" "$tmp/first" || fail "--show prints another table"
says 0 "awards of 2020-12" "$HUIMIN" run --show --db "$db" --month 2020-12 --lang en
awk -v bad=0 '
    /元/ && /笔/ { total = $2; gsub(",", "", total) }
    $1 == "攀枝花市" { sum += amount($5) }
    NR > 2 && $1 ~ /区|县/ { counties += amount($5) }
    function amount(s) { gsub(",", "", s); return s }
    END { exit !(total > 0 && sum - total < 0.005 && total - sum < 0.005 &&
                 counties - total < 0.005 && total - counties < 0.005) }
' "$tmp/first" || { fail "the table does not add up"; cat "$tmp/first"; }
says 0 '"payment_fen":' "$HUIMIN" run --show --json --db "$db" --month 2020-12
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

# Killed at a few moments, then let through: the same table.
killed=0
for wait in 0.01 0.02 0.03 0.04 0.06 0.08; do
    status=0
    # In a shell of its own, which alone tells of the kill. In the foreground timeout outlives the run
    # that it kills and waits for it: until then the dying run may still hold its counties.
    { timeout --foreground -s KILL "$wait" "$HUIMIN" run --db "sqlite:$tmp/killed.db" --month 2020-12 --decide first; } \
        >/dev/null 2>&1 || status=$?
    [ $status -eq 0 ] || killed=$((killed + 1))
done
[ $killed -gt 0 ] || fail "no run was killed"
says 0 "2020-12 发放情况" "$HUIMIN" run --db "sqlite:$tmp/killed.db" --month 2020-12 --decide first
cmp -s "$tmp/out" "$tmp/first" || fail "after kills it prints another table"
says 0 "every chain whole" "$HUIMIN" audit verify --db "sqlite:$tmp/killed.db"

# Next month pays what is decided, to the fen, whatever it finds; that is proposed.
cp "$tmp/city.db" "$tmp/next.db"
cp "$tmp/city.db.key" "$tmp/next.db.key"
says 0 "2021-01 发放情况" "$HUIMIN" run --db "sqlite:$tmp/next.db" --month 2021-01 --today 2020-12-21
[ "$(grep 合计 "$tmp/out")" = "$(grep 合计 "$tmp/first")" ] || fail "a run changed what is paid"
says 0 '"proposals":' "$HUIMIN" run --show --json --db "sqlite:$tmp/next.db" --month 2021-01

# A full disk: nothing of the month is seen, and the same command goes on.
says 1 "start the run again and it goes on from there" \
    bash -c 'ulimit -f 100; exec "$0" run --db "$1" --month 2021-01' "$HUIMIN" "$db"
says 1 "2021-01 was not run" "$HUIMIN" run --show --db "$db" --month 2021-01
says 0 "2021-01 发放情况" "$HUIMIN" run --db "$db" --month 2021-01
says 0 "nothing has changed" "$HUIMIN" run --db "$db" --month 2020-12

# One county alone; then the others come to it.
cp "$tmp/city.db" "$tmp/county.db"
cp "$tmp/city.db.key" "$tmp/county.db.key"
says 0 "东区" "$HUIMIN" run --db "sqlite:$tmp/county.db" --month 2021-02 --division 510402000000
! grep -q 盐边县 "$tmp/out" || fail "a county's run shows others"
says 0 "盐边县" "$HUIMIN" run --db "sqlite:$tmp/county.db" --month 2021-02

counted
