#!/usr/bin/env bash
# `huimin posting`: what has hung out long enough ends, once. And nothing that leaves a made-up city for many
# holds a personal number: its postings as everybody reads them, and its exports.
. "$HUIMIN_SRC/test/said.sh"
match=-E
db=sqlite:$tmp/city.db
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$tmp"' EXIT

says 2 "db is needed" "$HUIMIN" posting --end
says 2 "expected --end" "$HUIMIN" posting --db "$db"
says 2 "expected a day" "$HUIMIN" posting --end --db "$db" --today soon
says 1 "there is no store" "$HUIMIN" posting --end --db "sqlite:$tmp/none.db"
says 0 "" "$HUIMIN" synth --db "$db" --place panzhihua --persons 20000 --seed 7
says 0 "" "$HUIMIN" user demo --db "$db"
says 0 "cases" "$HUIMIN" synth --db "$db" --cases 150 --today 2020-12-21

# get PATH: what the server answers, without a header line more than is needed.
get() {
    local at=${url#http://}
    at=${at%/}
    exec 3<>"/dev/tcp/${at%:*}/${at#*:}" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$1" "$at" >&3
    cat <&3
    exec 3>&-
}

# ---- as everybody reads it ----
"$HUIMIN" serve --db "$db" --files "$tmp/files" --today 2020-12-21 --listen 127.0.0.1:0 >"$tmp/serve" 2>&1 &
server=$!
for _ in $(seq 100); do
    url=$(grep -o 'http://[0-9.:]*' "$tmp/serve" | head -n 1) && break
    sleep 0.1
done
seen=0
for county in 510402 510403 510411 510421 510422; do
    for kind in case result; do
        says 0 '"items"' get "/api/v1/public/postings?division=${county}000000&kind=$kind&limit=200"
        # refs and codes of divisions aside, no row of digits is longer than an amount or a year
        sed -E '1,/^\r?$/d; s/"ref":"[^"]*"//g; s/"code":"[^"]*"//g' "$tmp/out" >"$tmp/shown"
        seen=$((seen + $(grep -o '"place"' "$tmp/shown" | wc -l || true)))
        if grep -E '[0-9]{9}|household|"case":|applicant' "$tmp/shown"; then
            fail "$county $kind: more than may be posted"
        fi
    done
done
[ "$seen" -ge 10 ] || fail "found $seen postings, expected at least 10"
kill "$server"
wait "$server" 2>/dev/null
server=

# ---- they end by themselves ----
says 0 "^0 postings ended" "$HUIMIN" posting --end --db "$db" --today 2020-12-21
says 0 "^[1-9][0-9]* postings ended, 0 results" "$HUIMIN" posting --end --db "$db" --today 2020-12-30
says 0 "^0 postings ended, 0 results" "$HUIMIN" posting --end --db "$db" --today 2020-12-30
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

# ---- exports: masked, unless a reason is recorded; a number that somebody typed into a name is refused ----
for what in households persons cases; do
    says 0 "" "$HUIMIN" export "$what" --db "$db" --to "$tmp/$what.csv"
done
sed '1d' "$tmp/persons.csv" | grep -oE '[0-9]{17}[0-9X]|1[3-9][0-9]{9}' >"$tmp/found" || true
# ids of the store have eighteen digits too: none of them is a birth within living memory
if grep -qE '^[1-6][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]{4}$|^1[3-9][0-9]{9}$' "$tmp/found"; then
    fail "the export of persons has a number in full"
fi
cp "$tmp/persons.csv" "$tmp/one.csv"
name=$(head -n 2 "$tmp/persons.csv" | tail -n 1 | grep -oE '[^,0-9a-z-]{2,4}' | head -n 1)
sed -i "2s/$name/${name}510402199003070019/" "$tmp/one.csv"
head -n 2 "$tmp/one.csv" >"$tmp/planted.csv"
says 0 "" "$HUIMIN" import persons "$tmp/planted.csv" --db "$db" --from 2020-12-01
says 1 "row [0-9]+, column name: character .* identity number.*--full --reason" \
    "$HUIMIN" export persons --db "$db" --to "$tmp/again.csv"
[ ! -e "$tmp/again.csv" ] || fail "a refused export left a file"
says 0 "rows" "$HUIMIN" export persons --db "$db" --to "$tmp/again.csv" --full --reason "核对名单"

counted
