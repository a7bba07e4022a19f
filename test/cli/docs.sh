#!/usr/bin/env bash
# The documents keep up with the tree: docs/errors.md lists the diagnostics that the source has,
# docs/map.md names only what exists and leaves out no module and no command, and every link
# between documents leads somewhere.
set -eu
cd "${HUIMIN_SRC:?the source root}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
faults=0
fault() {
    echo "$*"
    faults=$((faults + 1))
}

# 1. Diagnostics: the same codes, and the same words where the source has words.
listed=$(bash tools/errors.sh)
documented=$(sed -n 's/^| `\(R0[0-9]*\)` | \(.*\) |$/\1 \2/p' docs/errors.md)
codes() {
    printf '%s\n' "$1" | cut -d' ' -f1 | sort
}
[ -n "$listed" ] || fault "tools/errors.sh found no diagnostics"
if [ "$(codes "$listed")" != "$(codes "$documented")" ]; then
    fault "docs/errors.md and the source list other codes; see tools/errors.sh --update (< source, > document):"
    diff <(codes "$listed") <(codes "$documented") || true
fi
while read -r code text; do
    [ -z "$text" ] || printf '%s\n' "$documented" | grep -qxF "$code $text" ||
        fault "docs/errors.md: the source says of $code: $text"
done <<<"$listed"

# 2. The map. A line of a fenced block that begins with a path, and every path in back-quotes.
named=$(awk '/^```/ { inside = !inside; next } inside { print $1 }' docs/map.md
    grep -o '`[^`]*`' docs/map.md | tr -d '`' |
        grep -E '^(src|lines|places|test|bench|tools|docs)/[^ *<]*$' || true)
for path in $named; do
    [ -e "$path" ] || fault "docs/map.md names $path, which doesn't exist"
done
tracked=$(git -c safe.directory='*' -c core.quotePath=false ls-files 2>/dev/null) || tracked=
[ -n "$tracked" ] || tracked=$(find . -name 'build*' -prune -o -type f -print | sed 's,^\./,,')
printf '%s\n' "$tracked" | sed -nE 's,^((src|lines|places|test)/[^/]*)/.*,\1,p; /^src\/cmd\/.*\.c$/p
    s,^(tools/[^/]*).*,\1,p' | grep -vx src/cmd | sort -u >"$work/paths"
while IFS= read -r path; do
    printf '%s\n' "$named" | grep -qx "$path/\?" || grep -qw "$path" docs/map.md ||
        fault "docs/map.md doesn't name $path"
done <"$work/paths"

# 3. Links between documents, where they are files of the tree.
while IFS= read -r doc; do
    folder=$(dirname "$doc")
    while IFS= read -r link; do
        link=${link%%#*}
        [ -z "$link" ] || [ -e "$folder/$link" ] || fault "$doc links to $link, which doesn't exist"
    done < <(grep -o ']([^)]*)' "$doc" | sed 's/^](//; s/)$//' | grep -v '^https\?:')
done < <(find . \( -name 'build*' -o -name .git -o -name node_modules \) -prune -o -name '*.md' -print)

# 4. Both READMEs have the same parts.
heads() {
    grep -c "$1" "$2" || true
}
for what in '^## ' '^    build/huimin' '^| '; do
    [ "$(heads "$what" README.md)" = "$(heads "$what" README.zh-CN.md)" ] ||
        fault "README.md and README.zh-CN.md differ in lines like “$what”"
done

[ "$faults" -eq 0 ] || { echo "$faults faults"; exit 1; }
echo "documents agree with the tree"
