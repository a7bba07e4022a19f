#!/usr/bin/env bash
# The diagnostics of the definition language, one a line, in order: "R0201 what it is" where
# src/lang/codes.def says it, else the bare code, as the source gives it to diag_add() and its like.
# docs/errors.md has to list the same; cli.docs compares.
#     tools/errors.sh            prints them
#     tools/errors.sh --update   brings docs/errors.md up to date; what codes.def does not say is
#                                kept as the document has it, or left for somebody to write
set -eu
export LC_ALL=C
cd "$(dirname "$0")/.."

# A file on one line, comments and line breaks gone.
flat() {
    tr '\n' ' ' <"$1" | sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g; s/  */ /g'
}

diagnostics() {
    local listed used code
    listed=$(flat src/lang/codes.def | sed 's/DIAG(/\n&/g' |
        sed -n 's/^DIAG(\([0-9]*\), [A-Z0-9_]*, "\(.*\)").*/\1 \2/p' |
        sed 's/" "//g; s/\\"/"/g' | awk '{ printf "R%04d", $1; $1 = ""; print }')
    used=$(for file in src/lang/*.c src/eval/*.c; do
        flat "$file" | grep -oE '\b(diag_add|parse_error|parse_fault)\([^,;]*, [0-9]{3}\b' || true
    done | awk '{ printf "R%04d\n", $NF }' | sort -u)
    {
        echo "$listed"
        for code in $used; do
            echo "$listed" | grep -q "^$code " || echo "$code"
        done
    } | sort
}

case ${1:-} in
'') diagnostics ;;
--update)
    doc=docs/errors.md
    diagnostics | awk '
        # The diagnostics first, then the document: its rows, and again to print it.
        FILENAME == "-" { order[++n] = $1; text[$1] = substr($0, 7); next }
        FNR == 1        { pass++ }
        /^\| `R0/       { code = substr($2, 2, 5)
                          if (pass == 1 && text[code] == "") {
                              sub(/^[^|]*\|[^|]*\| /, ""); sub(/ \|$/, ""); text[code] = $0
                          }
                          next }
        pass == 2       { print }
        pass == 2 && /^## /    { range = $2 == "Reading" ? "R01" : $2 == "Meaning" ? "R02" : \
                                     $2 == "Examples" ? "R03" : $2 == "Layout" ? "R04" : "" }
        pass == 2 && /^\|---/  { for (i = 1; i <= n; i++)
                                     if (range != "" && index(order[i], range) == 1)
                                         print "| `" order[i] "` | " text[order[i]] " |" }
    ' - "$doc" "$doc" >"$doc.new"
    mv "$doc.new" "$doc"
    ;;
*)
    echo "usage: tools/errors.sh [--update]" >&2
    exit 2
    ;;
esac
