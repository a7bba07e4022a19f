#!/usr/bin/env bash
# `huimin import` and `export`: templates, files taken whole or not at all, every mistake with file,
# row, column, found and expected, good rows alone when asked for, and what comes back out.
set -euo pipefail
cd "$HUIMIN_SRC"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset HUIMIN_KEY HUIMIN_HOME
export HUIMIN_DB=sqlite:$tmp/city.db
failed=0 cases=0
fail() { echo "$*"; failed=$((failed + 1)); }

# import_is STATUS PATTERN... : import the files of $tmp; every pattern must be said.
import_is() {
    local want=$1 status=0
    shift
    cases=$((cases + 1))
    # shellcheck disable=SC2086
    "$HUIMIN" import households "$tmp/h.csv" persons "$tmp/p.csv" cases "$tmp/c.csv" ${more-} \
        --from 2020-01-01 --month 2020-11 >"$tmp/out" 2>&1 || status=$?
    [ $status -eq "$want" ] || { fail "status $status, expected $want:"; cat "$tmp/out"; }
    for pattern; do
        grep -qF -- "$pattern" "$tmp/out" || { fail "no “$pattern” in:"; cat "$tmp/out"; }
    done
}
# What is in the store, as far as export shows it.
people() { "$HUIMIN" export persons --month 2020-12; "$HUIMIN" export cases --month 2020-11; }
unchanged() { [ "$(people)" = "$before" ] || fail "$1: something was stored"; }

fresh() {
    cat >"$tmp/h.csv" <<'CSV'
家庭编号,区划代码,户口类别,家庭财产,车辆数
甲,510402001002,城市,10000.00,0
乙,510411001001,农村,5000,1
CSV
    cat >"$tmp/p.csv" <<'CSV'
家庭编号,姓名,性别,出生日期,与户主关系,公民身份号码,手机号码,银行卡号,月收入,残疾等级
甲,张三,男,1990-03-07,户主,510402199003070019,13812345678,6217003670000001231,300.00,无
甲,李四,,,配偶,510411195506150027,0812-3334444,,0,二级
乙,王五,,,户主,510402550615002,,,410.50,
CSV
    cat >"$tmp/c.csv" <<'CSV'
家庭编号,公民身份号码,救助项目,起始日期,上月金额,银行账号
甲,,最低生活保障,2019-05-01,720.00,6217003670000001231
,510411195506150027,残疾人护理补贴,2020-02-01,50.00,
乙,,dibao,2020-03-01,0,622848000000000001
CSV
    sed -i 's/残疾人护理补贴/disability_care/' "$tmp/c.csv"
}

"$HUIMIN" init --place panzhihua >/dev/null
fresh
before=$(people)

# ---- templates ----
for kind in households persons cases; do
    "$HUIMIN" export $kind --empty --labels >"$tmp/t.csv"
    [ "$(wc -l <"$tmp/t.csv")" = 1 ] || fail "the template of $kind is more than a header"
    "$HUIMIN" export $kind --empty >"$tmp/t_$kind.csv"
done
grep -q '^household,division,valid_from,hukou_type,assets' "$tmp/t_households.csv" || fail "households: $(cat "$tmp/t_households.csv")"
"$HUIMIN" import households "$tmp/t_households.csv" persons "$tmp/t_persons.csv" cases "$tmp/t_cases.csv" >/dev/null ||
    fail "the empty templates can't be taken in again"

# ---- one mistake each: said with its place, and nothing stored ----
mistake() {
    local file=$1 from=$2 to=$3
    shift 3
    sed -i "$from s|$to|" "$tmp/$file"
    import_is 1 "$@"
    unchanged "$to"
    fresh
}
mistake h.csv 2 '510402001002|510402001003' "h.csv row 2, column 区划代码" "“510402001003”" "has on 2020-01-01"
mistake h.csv 2 '510402001002|510402001000' "column 区划代码" "a village or community, not the level above"
mistake h.csv 2 '510402001002|5104' "12 digits"
mistake h.csv 3 '乙|甲' "h.csv row 3, column 家庭编号" "it stands in row 2 already"
mistake h.csv 3 '农村|乡村' "h.csv row 3, column 户口类别: found “乡村”, expected one of"
mistake h.csv 3 '农村|' "column 户口类别: found nothing, expected a value"
mistake h.csv 3 '5000|5,000' "found 6 fields, expected 5 as in the header"
mistake h.csv 3 '5000|"5,000"' "“5,000”, expected an amount in yuan"
mistake h.csv 3 '1$|-1' "at least 0"
mistake h.csv 1 '区划代码|区划' "h.csv row 1: expected a column “division” (区划代码)"
mistake h.csv 1 '车辆数|assets' "found both “家庭财产” and “assets”, expected one of them"
mistake p.csv 2 '070019|070018' "p.csv row 2, column 公民身份号码: found “8” as its last character, expected “9”"
mistake p.csv 2 '199003070019|199002300010' "column 公民身份号码"
mistake p.csv 2 '1990-03-07|1990-03-08' "column 出生日期: found “1990-03-08”, expected 1990-03-07, as in the identity number"
mistake p.csv 2 '男|女' "column 性别: found “女”, expected 男, as in the identity number"
mistake p.csv 3 ',,配偶|,1955-02-30,配偶' "found “1955-02-30”, expected a date like"
mistake p.csv 3 '510411195506150027|510402199003070019' "the number of row 2 again, expected each person once"
mistake p.csv 4 '510402550615002|510402199003070019' "nobody in two households on one day"
mistake p.csv 3 '510411195506150027|' "a date of birth, or an identity number" "c.csv row 3"
mistake p.csv 2 '13812345678|1381234567' "column 手机号码"
mistake p.csv 2 '张三|' "column 姓名: found nothing, expected a name"
mistake p.csv 4 '^乙|丙' "p.csv row 4, column 家庭编号: found “丙”" "h.csv row 3: found no member of it in p.csv"
mistake p.csv 4 '^乙|510411-1' "a household that the store has"
mistake p.csv 3 '配偶|户主' "a second head, expected one a household: row 2 is the head"
mistake p.csv 2 '户主|子' "h.csv row 2: found no head among its members"
mistake p.csv 2 '户主|邻居' "found “邻居”"
mistake p.csv 3 '二级|九级' "found “九级”, expected one of"
mistake c.csv 2 '最低生活保障|五保' "c.csv row 2, column 救助项目: found “五保”, expected one of dibao"
mistake c.csv 3 '510411195506150027|' "a household, a person or an identity number"
mistake c.csv 3 '510411195506150027|513030199001010019' "found nobody, expected a member of a household"
mistake c.csv 2 '6217003670000001231|6217003670000001249' "an account that no member of the household has"
mistake c.csv 2 '2019-05-01|2119-05-01' "a day that is not after today"
mistake c.csv 4 '^乙,,dibao|甲,,dibao' "the case of row 2 again, expected each once"
mistake c.csv 4 '^乙,,dibao|乙,,tekun' "the member's: tekun goes to a person"

# A death before the birth, in a column of its own.
sed -i '1s/$/,死亡日期/; 2,4s/$/,/; 2s/$/1980-01-01/' "$tmp/p.csv"
import_is 1 "column 死亡日期: found “1980-01-01”, expected a day not before the birth on 1990-03-07"
unchanged "a death before the birth"
fresh
printf '\xff\xfe\xfa' >"$tmp/p.csv"
import_is 1 "p.csv"
unchanged "bytes that are no text"
fresh

# Amounts need their month.
status=0
"$HUIMIN" import households "$tmp/h.csv" persons "$tmp/p.csv" cases "$tmp/c.csv" >"$tmp/out" 2>&1 || status=$?
{ [ $status = 1 ] && grep -q -- "--month" "$tmp/out"; } || fail "amounts without a month: $status"

# ---- good rows alone ----
sed -i '4s/410.50/much/' "$tmp/p.csv"
more=--good-rows import_is 0 "p.csv row 4, column 月收入: found “much”" "stored 1 households, 2 persons, 2 cases" "h.bad.csv: 1 rows"
[ "$(tail -n +2 "$tmp/h.bad.csv")" = '乙,510411001001,农村,5000,1,"of the same household as row 4 of p.csv, which has a mistake"' ] ||
    fail "the household's bad row: $(cat "$tmp/h.bad.csv")"
grep -q '^乙,王五,.*月收入: found “much”' "$tmp/p.bad.csv" || fail "the person's bad row: $(cat "$tmp/p.bad.csv")"
grep -q '^乙,,dibao' "$tmp/c.bad.csv" || fail "the case's bad row: $(cat "$tmp/c.bad.csv")"
[ "$("$HUIMIN" export cases --month 2020-11 | cut -d, -f4-6)" = 'programme,since,last_amount
dibao,2019-05-01,720.00
disability_care,2020-02-01,50.00' ] || fail "cases: $("$HUIMIN" export cases --month 2020-11)"

# The mended rows come in afterwards, in GB18030 this time; their columns of reasons are left out.
sed -i 's/much/410.50/' "$tmp/p.bad.csv"
for f in h p c; do iconv -f UTF-8 -t GB18030 <(sed '1s/^\xef\xbb\xbf//' "$tmp/$f.bad.csv") >"$tmp/$f.csv"; done
import_is 0 "stored 1 households, 1 persons, 1 cases" "column “reason” is not known"
before=$(people)

# ---- what is there is not taken twice ----
fresh
import_is 1 "of the store, expected a number that nobody has"
unchanged "the same files again"

# ---- out, masked, and in again: nothing changes ----
"$HUIMIN" export households --month 2020-12 >"$tmp/h2.csv"
"$HUIMIN" export persons --month 2020-12 >"$tmp/p2.csv"
grep -q '5104\*\*\*\*\*\*\*\*\*\*0019,138\*\*\*\*5678,6217\*\*\*' "$tmp/p2.csv" || fail "not masked: $(cat "$tmp/p2.csv")"
! grep -qE '[0-9]{15}[0-9Xx]{3}([^0-9-]|$)' <(cut -d, -f3- "$tmp/p2.csv") || fail "a number in full: $(cat "$tmp/p2.csv")"
"$HUIMIN" import households "$tmp/h2.csv" persons "$tmp/p2.csv" --from 2020-12-01 >/dev/null
unchanged "what was exported, taken in again"

# A change of one fact holds from its day on; the month before stays.
sed -i 's/300.00/900.00/' "$tmp/p2.csv"
"$HUIMIN" import persons "$tmp/p2.csv" --from 2020-12-01 >/dev/null
"$HUIMIN" export persons --month 2020-12 | grep -q '张三.*,900.00' || fail "the new income does not hold"
"$HUIMIN" export persons --month 2020-11 | grep -q '张三.*,300.00' || fail "the old income is gone"

# A child born into a household of the store; somebody who lives there can't be in another as well.
house=$(cut -d, -f1 "$tmp/h2.csv" | sed -n 2p)
printf 'household,name,birth_date,relation,income\n%s,张小,2020-10-05,子,0\n' "$house" >"$tmp/n.csv"
"$HUIMIN" import persons "$tmp/n.csv" --from 2020-01-01 >/dev/null || fail "a newborn can't be taken in"
"$HUIMIN" export persons --month 2020-12 | grep -q '张小' || fail "the newborn is not there"
! "$HUIMIN" export persons --month 2020-09 | grep -q '张小' || fail "the newborn is there before birth"
printf 'household,division,hukou_type\n丙,510402001004,urban\n' >"$tmp/n.h.csv"
sed -n '1p;2p' "$tmp/p2.csv" | sed "2s/^$house/丙/" >"$tmp/n.csv"
status=0
"$HUIMIN" import households "$tmp/n.h.csv" persons "$tmp/n.csv" --from 2020-12-01 >"$tmp/out" 2>&1 || status=$?
{ [ $status = 1 ] && grep -q "nobody in two households on one day" "$tmp/out"; } || { fail "two households: $status"; cat "$tmp/out"; }

# ---- numbers in full leave a record ----
status=0
"$HUIMIN" export persons --full >"$tmp/out" 2>&1 || status=$?
{ [ $status = 2 ] && grep -q -- "--reason" "$tmp/out"; } || fail "numbers in full without a reason: $status"
entries=$("$HUIMIN" audit verify | cut -d' ' -f1)
"$HUIMIN" export persons --full --reason "复核" --division 510402000000 --month 2020-12 | grep -q 510402199003070019 || fail "no number in full"
[ "$("$HUIMIN" audit verify | cut -d' ' -f1)" = $((entries + 1)) ] || fail "no record of it"
[ "$("$HUIMIN" export persons --division 510411000000 --month 2020-12 | wc -l)" = 2 ] || fail "another county is shown as well"

[ $failed -eq 0 ] || { echo "$failed of $cases cases failed"; exit 1; }
echo "$cases cases"
