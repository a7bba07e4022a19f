#!/usr/bin/env bash
# docs/language.md, done by the letter, from top to bottom, in a copy of the tree:
#
#     ```hm        first line "-- file: PATH": written to practice/PATH
#                  first line "-- from: PATH": the rest stands so in PATH (blanks don't count,
#                  a line "..." leaves something out); anything else is only read by people
#     ```csv PATH  written to practice/PATH
#     ```console   each line "$ COMMAND" is run, where `huimin` is the program; what follows it is
#                  compared with what it prints; "..." alone on a line stands for any lines
set -eu
: "${HUIMIN:?the program}" "${HUIMIN_SRC:?the source root}"
doc=$HUIMIN_SRC/docs/language.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/blocks" "$work/tree"
cp -r "$HUIMIN_SRC/lines" "$HUIMIN_SRC/places" "$work/tree/"
unset HUIMIN_HOME

# Each fenced block to a file NNN.KIND; its first line is the rest of the opening fence.
awk -v dir="$work/blocks" '
    /^```/ && !file { kind = substr($1, 4); if (kind == "") kind = "text"
                      file = sprintf("%s/%03d.%s", dir, ++n, kind)
                      line = NR; $1 = ""; print line " " substr($0, 2) > file; next }
    /^```/          { close(file); file = ""; next }
    file            { print > file }
' "$doc"

checks=0
faults=0
fault() {
    echo "docs/language.md:$1"
    faults=$((faults + 1))
}

huimin() {
    "$HUIMIN" "$@"
}

# squeezed FILE: one line, blanks squeezed.
squeezed() {
    tr -s ' \n' ' ' <"$1"
}

# Is the text of $1 (blanks squeezed, "..." for a gap) within that of $2?
within() {
    local text part rest
    text=$(squeezed "$2")
    rest=" $(squeezed "$1") "
    while [ -n "$rest" ]; do
        part=${rest%%' ... '*}
        if [ "$part" = "$rest" ]; then rest=; else rest=" ${rest#*' ... '}"; fi
        part=${part# }
        part=${part% }
        case $text in
        *"$part"*) text=${text#*"$part"} ;;
        *) return 1 ;;
        esac
    done
}

# same EXPECTED ACTUAL: equal line by line, "..." standing for any number of lines.
same() {
    awk 'NR == FNR { want[++n] = $0; next } { got[++m] = $0 }
         function fits(i, j,  k) {
             if (i > n) return j > m
             if (want[i] == "...") {
                 for (k = j; k <= m + 1; k++) if (fits(i + 1, k)) return 1
                 return 0
             }
             return j <= m && want[i] == got[j] && fits(i + 1, j + 1)
         }
         END { exit !fits(1, 1) }' "$1" "$2"
}

# compare LINE COMMAND: what was expected and what came.
compare() {
    checks=$((checks + 1))
    if ! same "$work/want" "$work/got"; then
        fault "$1: “$2” printed something else (< document, > program)"
        diff "$work/want" "$work/got" || true
    fi
}

run_console() {
    local at=$1 command='' line number=$1
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $line in
        '$ '*)
            [ -z "$command" ] || compare "$at" "$command"
            at=$number
            command=${line#'$ '}
            : >"$work/want"
            eval "$command" >"$work/got" 2>&1 </dev/null || true
            ;;
        *) printf '%s\n' "$line" >>"$work/want" ;;
        esac
    done
    [ -z "$command" ] || compare "$at" "$command"
}

write() {
    mkdir -p "$(dirname "$work/tree/practice/$2")"
    cp "$1" "$work/tree/practice/$2"
}

cd "$work/tree"
for block in "$work"/blocks/*; do
    read -r at path <"$block"
    sed 1d "$block" >"$work/body"
    first=$(head -n 1 "$work/body")
    case ${block##*.} in
    hm)
        case $first in
        '-- file: '*) write "$work/body" "${first#-- file: }" ;;
        '-- from: '*)
            checks=$((checks + 1))
            sed 1d "$work/body" >"$work/part"
            within "$work/part" "$HUIMIN_SRC/${first#-- from: }" ||
                fault "$at: this does not stand in ${first#-- from: }"
            ;;
        esac
        ;;
    csv) write "$work/body" "$path" ;;
    console) run_console "$at" <"$work/body" ;;
    esac
done

[ "$checks" -gt 0 ] || { echo "docs/language.md: nothing to check"; exit 1; }
[ "$faults" -eq 0 ] || { echo "$faults of $checks checks failed"; exit 1; }
echo "$checks checks passed"
