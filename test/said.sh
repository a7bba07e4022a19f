# Read with "." by the scripts of test/cli that look at what a command says: a folder of their own that
# goes away, no settings from outside, cases counted.
set -euo pipefail
cd "$HUIMIN_SRC"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset HUIMIN_DB HUIMIN_KEY HUIMIN_HOME
failed=0 cases=0
match=-F # how a pattern is meant, to grep

fail() {
    echo "$*"
    failed=$((failed + 1))
}

# says STATUS PATTERN COMMAND...: the command ends so, and says that on either stream. Its results stay
# in $tmp/out, the rest in $tmp/err, both in $tmp/said.
says() {
    local want=$1 pattern=$2 status=0
    shift 2
    cases=$((cases + 1))
    "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
    cat "$tmp/out" "$tmp/err" >"$tmp/said"
    if [ $status -ne "$want" ] || ! grep -q $match -- "$pattern" "$tmp/said"; then
        fail "$*: status $status, expected $want and “$pattern” in:"
        cat "$tmp/said"
    fi
}

# The last line of a script.
counted() {
    echo "$cases cases, $failed failed"
    [ $failed -eq 0 ]
}
