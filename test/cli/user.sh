#!/usr/bin/env bash
# `huimin user`: accounts made, altered and closed; one login for each role in a made-up city.
. "$HUIMIN_SRC/test/said.sh"
user() { "$HUIMIN" user "$@" --db "$db" --as tester; }

db=sqlite:$tmp/real.db
"$HUIMIN" init --db "$db" --place panzhihua >/dev/null
says 2 "expected one of list" "$HUIMIN" user --db "$db"
says 2 "expected one of list" "$HUIMIN" user lists --db "$db"
says 2 "expected one login" user add
says 2 "expected no login" user list li
says 2 "--db is needed" "$HUIMIN" user list
says 2 "--lang takes" user demo --lang fr
says 1 "there is no store" "$HUIMIN" user list --db "sqlite:$tmp/none.db"
says 0 "admin" user list
says 1 "--role is needed" user add li --name 李四 --division 510402001000
says 1 "there is no role “king”" user add li --name 李四 --division 510402001000 --role king
says 1 "expected twelve digits" user add li --name 李四 --division 5104 --role clerk
says 1 "no division" user add li --name 李四 --division 510402999000 --role clerk
says 1 "no line “nix”" user add li --name 李四 --division 510402001000 --role clerk:nix
says 1 "the name has 0" user add li --division 510402001000 --role clerk
says 0 "password " user add li --name 李四 --division 510402001000 --role clerk:assistance,township_head
password=$(sed -n 's/^password //p' "$tmp/said")
[ ${#password} -eq 19 ] || fail "a password of ${#password} characters"
says 1 "is taken" user add LI --name 李四 --division 510402001000 --role clerk
says 0 '"roles":"clerk:assistance,township_head"' user list --division 510402000000 --json
! user list --division 510403000000 | grep -q . || fail "another county has accounts"
says 0 "done" user roles li --role decider
says 0 "decider" user list --division 510402000000
says 0 "done" user close li
says 0 "closed" user list --division 510402000000
says 0 "done" user open li
says 0 "password " user password li
[ "$(sed -n 's/^password //p' "$tmp/said")" != "$password" ] || fail "the new password is the old one"
says 1 "no account “nobody”" user close nobody
says 1 "last administrator" user close admin
says 1 "last administrator" user roles admin --role clerk
# Neither the store nor its log holds a password that was shown.
! grep -aqF -- "$password" "$tmp"/real.db* || fail "the password lies in the store"
says 1 "was not made by" user demo
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

# A city of people who don't exist: every role, in every county; run again, the same logins.
db=sqlite:$tmp/city.db
"$HUIMIN" synth --db "$db" --place panzhihua --persons 3000 --seed 1 >/dev/null
says 0 "clerk.bingcaogang" user demo
sed 's/  .*//' "$tmp/said" >"$tmp/logins"
[ "$(wc -l <"$tmp/logins")" -eq 33 ] || fail "$(wc -l <"$tmp/logins") logins, expected 33"
user demo --json >"$tmp/again"
sed -n 's/^{"login":"\([^"]*\)".*/\1/p' "$tmp/again" | cmp -s - "$tmp/logins" || fail "other logins the second time"
for role in village_worker clerk township_head verifier decider payer city_officer auditor administrator; do
    grep -q "\"role\":\"$role\"" "$tmp/again" || fail "no login for $role"
done
says 0 "township clerk" user demo --lang en
says 0 "password " user add real --name 真人 --division 510402001000 --role clerk
says 1 "no demonstration's" user demo
says 0 "every chain whole" "$HUIMIN" audit verify --db "$db"

counted
