#!/usr/bin/env bash
# `huimin init`, `synth` and `audit verify`: what is made, what is said, and what is refused.
. "$HUIMIN_SRC/test/said.sh"
db=sqlite:$tmp/city.db

says 2 "--db and --place are needed" "$HUIMIN" init --place panzhihua
says 1 "no place nowhere" "$HUIMIN" init --db "$db" --place nowhere
says 1 "no lines/ folder" "$HUIMIN" init --db "$db" --place panzhihua --home "$tmp"
says 1 "names no store" "$HUIMIN" init --db city.db --key "$tmp/k" --place panzhihua
[ ! -e "$tmp/city.db" ] || { echo "a refused init left a store"; failed=$((failed + 1)); }
says 0 "is ready" "$HUIMIN" init --db "$db" --place panzhihua
[ "$(stat -c %a "$tmp/city.db.key")" = 600 ] || { echo "the key can be read by others"; failed=$((failed + 1)); }
key=$(cat "$tmp/city.db.key")
grep -q '^administrator: login admin, password [a-z0-9-]*$' "$tmp/said" ||
    { echo "a new store told nobody how to log in"; failed=$((failed + 1)); }
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"
chain=$(cat "$tmp/said")
says 0 "is ready" "$HUIMIN" init --db "$db" --place panzhihua
! grep -q '^administrator' "$tmp/said" || { echo "a second init told a password"; failed=$((failed + 1)); }
[ "$key" = "$(cat "$tmp/city.db.key")" ] || { echo "a second init changed the key"; failed=$((failed + 1)); }
says 1 "panzhihua" "$HUIMIN" init --db "$db" --place chengdu
HUIMIN_DB=$db says 0 "$chain" "$HUIMIN" audit verify
says 2 "expected \`audit verify\`" "$HUIMIN" audit --db "$db"
says 1 "there is no store" "$HUIMIN" audit verify --db "sqlite:$tmp/none.db"

says 2 "--persons" "$HUIMIN" synth --db "$db" --place panzhihua
says 2 "expected a number" "$HUIMIN" synth --db "$db" --place panzhihua --persons many
says 2 "expected a month" "$HUIMIN" synth --db "$db" --place panzhihua --persons 1 --month 2020-13
# The key of this store is not the seed's: the population goes in all the same, once.
says 0 "300 人" "$HUIMIN" synth --db "$db" --place panzhihua --persons 300 --seed a
says 1 "has people in it" "$HUIMIN" synth --db "$db" --place panzhihua --persons 300 --seed a
says 1 "the rules in force have no" "$HUIMIN" synth --db "sqlite:$tmp/other.db" --place chengdu --persons 10 --month 2021-12
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

# Two stores from one seed are the same, their keys too; another seed is another.
for n in 1 2; do
    says 0 "2000 人" "$HUIMIN" synth --db "sqlite:$tmp/s$n.db" --place panzhihua --persons 2000 --seed 龙
    says 0 "rows" "$HUIMIN" backup --db "sqlite:$tmp/s$n.db" --to "$tmp/s$n.bak"
done
says 0 "2000 人" "$HUIMIN" synth --db "sqlite:$tmp/s3.db" --place panzhihua --persons 2000 --seed 虎
says 0 "rows" "$HUIMIN" backup --db "sqlite:$tmp/s3.db" --to "$tmp/s3.bak"
cmp -s "$tmp/s1.bak" "$tmp/s2.bak" && cmp -s "$tmp/s1.db.key" "$tmp/s2.db.key" ||
    { echo "the same seed gave two different stores"; failed=$((failed + 1)); }
! cmp -s "$tmp/s1.bak" "$tmp/s3.bak" || { echo "two seeds gave one store"; failed=$((failed + 1)); }

# A key that is not this store's.
says 1 "another store" "$HUIMIN" export persons --db "sqlite:$tmp/s1.db" --key "$tmp/s3.db.key"
rm "$tmp/s2.db.key"
says 1 "there is no key file" "$HUIMIN" export persons --db "sqlite:$tmp/s2.db"

counted
