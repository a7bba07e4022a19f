#!/usr/bin/env bash
# `huimin backup` and `restore`: a copy that is whole or refused, and nothing under its name else.
. "$HUIMIN_SRC/test/said.sh"
db=sqlite:$tmp/city.db
says 0 "500 人" "$HUIMIN" synth --db "$db" --place panzhihua --persons 500
says 2 "--db and --to are needed" "$HUIMIN" backup --db "$db"
says 1 "there is no store" "$HUIMIN" backup --db "sqlite:$tmp/none.db" --to "$tmp/copy"
says 0 "the key file is not in it" "$HUIMIN" backup --db "$db" --to "$tmp/copy"
says 0 "rows restored" "$HUIMIN" restore --from "$tmp/copy" --db "sqlite:$tmp/new.db"
says 0 "rows" "$HUIMIN" backup --db "sqlite:$tmp/new.db" --to "$tmp/copy2"
cmp -s "$tmp/copy" "$tmp/copy2" || { echo "the restored store is another"; failed=$((failed + 1)); }
# It works with the key of the first, and only with that.
says 1 "there is no key file" "$HUIMIN" export households --db "sqlite:$tmp/new.db"
says 0 "household" "$HUIMIN" export households --db "sqlite:$tmp/new.db" --key "$tmp/city.db.key"
says 0 "every chain whole" "$HUIMIN" audit verify --db "sqlite:$tmp/new.db"

says 1 "is not empty" "$HUIMIN" restore --from "$tmp/copy" --db "sqlite:$tmp/new.db"
head -c 1000 "$tmp/copy" >"$tmp/short"
says 1 "cut off or changed" "$HUIMIN" restore --from "$tmp/short" --db "sqlite:$tmp/never.db"
sed 's/512345/512346/; s/panzhihua/panzhihuo/' "$tmp/copy" >"$tmp/changed"
says 1 "cut off or changed" "$HUIMIN" restore --from "$tmp/changed" --db "sqlite:$tmp/never.db"
says 1 "too short" "$HUIMIN" restore --from /dev/null --db "sqlite:$tmp/never.db"
[ ! -e "$tmp/never.db" ] || { echo "a refused copy left a store"; failed=$((failed + 1)); }
# A full disk, by a limit on file sizes: the message, and no half copy under the name.
(ulimit -f 100; says 1 "too large" "$HUIMIN" backup --db "$db" --to "$tmp/limited"; [ $failed -eq 0 ]) ||
    failed=$((failed + 1))
[ ! -e "$tmp/limited" ] || { echo "half a copy was left"; failed=$((failed + 1)); }

counted
