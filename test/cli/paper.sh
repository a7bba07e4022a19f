#!/usr/bin/env bash
# `huimin paper`: papers from lines of JSON, and what it refuses.
. "$HUIMIN_SRC/test/said.sh"
gallery=$HUIMIN_SRC/test/paper/gallery.jsonl
to=$tmp/to
mkdir "$to"

# drawn STATUS PATTERN LINE OPTION...: as says, with that line to read.
drawn() {
    local status=$1 pattern=$2
    printf '%s\n' "$3" >"$tmp/in"
    shift 3
    says "$status" "$pattern" "$HUIMIN" paper "$@" <"$tmp/in"
}
# files N: so many lie in the folder.
files() {
    local n
    n=$(find "$to" -type f | wc -l)
    [ "$n" -eq "$1" ] || fail "$n files in the folder, expected $1"
}

says 0 "usage: huimin paper" "$HUIMIN" paper --help
says 2 "“x” is not expected here" "$HUIMIN" paper x
says 2 "exclude each other" "$HUIMIN" paper --to "$to" --book "$tmp/b.pdf"
says 1 "no such folder" "$HUIMIN" paper --to "$tmp/none"
says 1 "No such file or directory" "$HUIMIN" paper --book "$tmp/none/b.pdf" <"$gallery"

# Nothing of the user's settings is needed, no cache and no home; a pipe is as good as a file.
says 0 '{"file":"preview.pdf","pages":1}' env -i "$HUIMIN" paper --to "$to" < <(cat "$gallery")
[ "$(wc -l <"$tmp/out")" -eq 7 ] || fail "not a line for each paper: $(cat "$tmp/out")"
files 7
pdftotext -raw "$to/decision.pdf" - | grep -q "每月保障金：316.50元乘4人" || fail "decision.pdf has not its line"
says 0 '"pages":1}' "$HUIMIN" paper --book "$tmp/book.pdf" <"$gallery"
[ "$(pdfinfo "$tmp/book.pdf" | sed -n 's/^Pages: *//p')" -eq 8 ] || fail "the book has not 8 pages"
pdftotext -raw "$tmp/book.pdf" - | grep -c "第 1 页" | grep -qx 7 || fail "the book's papers are not numbered each"
rm "$to"/*
"$HUIMIN" paper --to "$to" </dev/null || fail "no papers are not nothing to do"
files 0

# A name is a plain one; lines before a wrong one are drawn, those after it not.
letter='"look":"letter","number":"510402-2020-P000009","title":"通知"'
for name in '../x.pdf' 'a/b.pdf' '.x' ''; do
    drawn 3 "expected a plain name" "{$letter,\"file\":\"$name\"}" --to "$to"
done
drawn 3 "expected a plain name" "{$letter}" --to "$to"
drawn 0 '"file":"'"$to"'/own.pdf"' "{$letter,\"file\":\"$to/own.pdf\"}"
files 1
drawn 3 "line 1: not JSON" "{$letter" --to "$to"
drawn 3 "line 1: “look” is “wide”" '{"look":"wide","file":"x.pdf"}' --to "$to"
drawn 4 "line 2, paper 510402-2020-P000009: the code's text has 400 bytes" \
    "{$letter,\"file\":\"a.pdf\"}
{$letter,\"file\":\"b.pdf\",\"qr\":\"$(printf 'x%.0s' {1..400})\"}
{$letter,\"file\":\"c.pdf\"}" --to "$to"
grep -qx '{"file":"a.pdf","pages":1}' "$tmp/out" || fail "the line before the wrong one is not told"
files 2
[ "$(stat -c %a "$to/a.pdf")" = 600 ] || fail "a paper can be read by others"

# A full disk (here: a file that may not grow further): an error, and nothing half written.
for i in {1..300}; do printf '{"look":"letter","number":"%s","qr":"https://huimin.example/%s"}\n' "$i" "$i"; done >"$tmp/many"
says 0 '"pages":1' "$HUIMIN" paper --book "$to/many.pdf" <"$tmp/many"
(
    ulimit -f 100
    says 1 "can't be written" "$HUIMIN" paper --book "$to/full.pdf" <"$tmp/many"
    [ $failed -eq 0 ]
) || failed=$((failed + 1))
files 3

# Characters that Noto lacks come from the fonts that a place adds.
mkdir "$tmp/fonts"
cp /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf "$tmp/fonts"
smile="{\"look\":\"letter\",\"title\":\"😀\",\"file\":\"s.pdf\"}"
drawn 0 '"pages":1' "$smile" --to "$to"
pdftotext "$to/s.pdf" - | grep -q "U+1F600" || fail "nothing is said of a character that fonts lack"
HUIMIN_FONTS=$tmp/fonts drawn 0 '"pages":1' "$smile" --to "$to"
pdftotext "$to/s.pdf" - | grep -q "😀" || fail "an added font is not used"
pdftotext "$to/s.pdf" - | grep -q "U+1F600" && fail "a character of an added font is said to be lacking"
echo "no font" >"$tmp/fonts/broken.ttf"
HUIMIN_FONTS=$tmp/fonts drawn 1 "broken.ttf: can't be read as a font" "$smile" --to "$to"
HUIMIN_FONTS=$tmp/none drawn 1 "$tmp/none" "$smile" --to "$to"

counted
