#!/usr/bin/env bash
# `huimin export --template` and `huimin import FILE.xlsx`: the template comes and is taken, files that are
# none are told apart, a workbook with mistakes comes back marked and stores nothing.
set -euo pipefail
cd "$HUIMIN_SRC"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset HUIMIN_KEY HUIMIN_HOME
export HUIMIN_DB=sqlite:$tmp/city.db
failed=0
fail() { echo "$*"; failed=$((failed + 1)); }

# import_is STATUS FILE PATTERN...
import_is() {
    local want=$1 file=$2 status=0
    shift 2
    "$HUIMIN" import "$file" --from 2020-01-01 --month 2020-11 >"$tmp/out" 2>&1 || status=$?
    [ $status -eq "$want" ] || { fail "$file: status $status, expected $want:"; cat "$tmp/out"; }
    for pattern; do
        grep -qF -- "$pattern" "$tmp/out" || { fail "$file: no “$pattern” in:"; cat "$tmp/out"; }
    done
}

"$HUIMIN" init --place panzhihua >/dev/null
before=$("$HUIMIN" export persons --month 2020-12)

"$HUIMIN" export --template "$tmp/template.xlsx" || fail "no template"
[ "$(stat -c %a "$tmp/template.xlsx")" = 600 ] || fail "the template is for everybody to read"
import_is 0 "$tmp/template.xlsx" "stored 0 households, 0 persons, 0 cases"
"$HUIMIN" export households --template "$tmp/x.xlsx" 2>/dev/null && fail "--template of one kind was taken"
"$HUIMIN" import "$tmp/template.xlsx" --good-rows >"$tmp/out" 2>&1 && fail "--good-rows was taken"
grep -q "a workbook is taken whole" "$tmp/out" || fail "$(cat "$tmp/out")"

printf 'a,b\n' >"$tmp/csv.xlsx"
import_is 1 "$tmp/csv.xlsx" "found another kind of file, expected a spreadsheet (.xlsx)"
printf '\320\317\021\340\241\261\032\341old' >"$tmp/old.xlsx"
import_is 1 "$tmp/old.xlsx" "found an old spreadsheet (.xls)" "save it as .xlsx"
head -c 9000 "$tmp/template.xlsx" >"$tmp/cut.xlsx"
import_is 1 "$tmp/cut.xlsx" "cut off"
import_is 1 "$tmp/none.xlsx" "none.xlsx"

# What another program wrote, kept for the fuzzer: no head of ours in it.
import_is 1 test/fuzz/corpus/fuzz_xlsx/exceljs.xlsx "人员 row 1: expected a column" "家庭编号"

# Mistakes by sheet, row and column; the marked copy; the same mistakes in it when it is sent in again.
cp test/fuzz/corpus/fuzz_xlsx/mistakes.xlsx "$tmp/book.xlsx"
import_is 1 "$tmp/book.xlsx" "家庭 row 2, column 户口类别: found “乡村”, expected one of" \
    "人员 row 3, column 身份证号: found a number of more than 15 digits" "人员 row 4, column 家庭编号: found “3”" \
    "note: 人员 E2: a formula: its value “2” is taken" "$tmp/book.marked.xlsx: the workbook with its mistakes marked" \
    "6 mistakes; nothing was stored"
import_is 1 "$tmp/book.marked.xlsx" "家庭 row 2, column 户口类别: found “乡村”" "mistakes; nothing was stored"
"$HUIMIN" import "$tmp/book.xlsx" --marked "$tmp/elsewhere.xlsx" >"$tmp/out" 2>&1 && fail "it was taken"
[ -f "$tmp/elsewhere.xlsx" ] || fail "no marked copy where --marked says"

[ "$("$HUIMIN" export persons --month 2020-12)" = "$before" ] || fail "something was stored"
exit $((failed > 0))
