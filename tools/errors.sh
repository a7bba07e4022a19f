#!/usr/bin/env bash
# The diagnostics of the definition language, one a line: "R0201 what it means", in order.
# With --table as rows for docs/errors.md. They are listed once, in src/lang/codes.def, as
# DIAG(201, UNKNOWN, "what it means"). A number that is used in the source but not listed there,
# or listed twice, is an error.
set -eu
cd "$(dirname "$0")/.."

listed=$(tr -d '\n' <src/lang/codes.def | sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g; s/DIAG(/\n&/g' |
    sed -n 's/^DIAG( *\([0-9]*\) *, *[A-Z0-9_]* *, *"\(.*\)" *).*/\1 \2/p' |
    sed 's/" *"//g; s/\\"/"/g' | awk '{ n = $1; $1 = ""; printf "R%04d%s\n", n, $0 }' | sort)

twice=$(echo "$listed" | cut -d' ' -f1 | uniq -d)
[ -z "$twice" ] || { echo "listed twice: $twice" >&2; exit 1; }
for number in $(grep -rhoE 'diag_add\([^,]*, *[0-9]+' src | grep -oE '[0-9]+$' | sort -u); do
    echo "$listed" | grep -q "^$(printf 'R%04d' "$number") " ||
        { echo "R0$number is used and not listed in src/lang/codes.def" >&2; exit 1; }
done

if [ "${1:-}" = --table ]; then
    echo "$listed" | sed 's/|/\\|/g; s/^\(R[0-9]*\) \(.*\)/| `\1` | \2 |/'
else
    echo "$listed"
fi
