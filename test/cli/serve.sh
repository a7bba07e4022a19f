#!/bin/bash
# huimin serve as an operator sees it: it starts, says where, survives a fault, stops when told.
set -u
unset HUIMIN_DB HUIMIN_KEY HUIMIN_HOME
# A worker is killed by a fault here: the address sanitizer would make an ordinary exit of it.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0"
W=$(mktemp -d) || exit 2
server=
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
    [ -n "$server" ] && kill -KILL "$server" 2>/dev/null
    sleep 0.3
    rm -rf "$W"
}
trap cleanup EXIT
fails=0
fail() { echo "FAILED: $*"; fails=$((fails + 1)); }
db=sqlite:$W/town.db
"$HUIMIN" init --db "$db" --place panzhihua --home "$HUIMIN_SRC" >"$W/init" 2>&1 ||
    { cat "$W/init"; exit 1; }

# One request without any tool: status line and body.
ask() { # URL PATH
    local at=${1#http://} host port
    at=${at%/}
    host=${at%:*} port=${at##*:}
    exec 3<>"/dev/tcp/$host/$port" || return 1
    printf 'GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' "$2" >&3
    timeout 20 cat <&3
    exec 3<&- 3>&-
}
# Wait until file has N lines that begin with http://
lines() { # N
    for _ in $(seq 200); do
        [ "$(grep -c '^http://' "$W/out")" -ge "$1" ] && return 0
        sleep 0.1
    done
    fail "no address number $1 was printed: $(cat "$W/out" "$W/err")"
    return 1
}
url() { grep '^http://' "$W/out" | tail -n 1; }
worker() { pgrep -P "$server" | head -n 1; }
start() {
    : >"$W/out"
    "$HUIMIN" serve --db "$db" --home "$HUIMIN_SRC" --listen 127.0.0.1:0 --today 2020-12-21 --demo \
        "$@" >"$W/out" 2>"$W/err" &
    server=$!
    lines 1
}
stopped() { # within 20 s, with this status
    for _ in $(seq 200); do
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    wait "$server"
    local status=$?
    [ "$status" = "$1" ] || fail "$2: exit status $status, expected $1"
    server=
}

start
case $(ask "$(url)" /api/v1/status) in
*"200 OK"*'"today":"2020-12-21","demo":true'*) ;;
*) fail "status: $(ask "$(url)" /api/v1/status)" ;;
esac
case $(ask "$(url)" /api/v1/desk) in *"401 Unauthorized"*) ;; *) fail "desk without a session" ;; esac

# A fault of the worker: another takes its place. Twice, since the first is the simple one.
for n in 2 3; do
    first=$(worker)
    kill -SEGV "$first"
    lines $n || break
    [ "$(worker)" != "$first" ] || fail "the worker is the same"
    case $(ask "$(url)" /api/v1/status) in *"200 OK"*) ;; *) fail "no answer after fault $n" ;; esac
done
grep -q 'the worker ended' "$W/err" || fail "the fault is not told: $(cat "$W/err")"

# Its port is taken: said, and not tried for ever.
taken=$(url)
taken=${taken#http://}
timeout 30 "$HUIMIN" serve --db "$db" --home "$HUIMIN_SRC" --listen "${taken%/}" >"$W/second" 2>&1
[ $? = 1 ] || fail "a taken port: status"
grep -q 'taken by another program' "$W/second" || fail "a taken port: $(cat "$W/second")"

# Told to stop: both end, with 0.
last=$(worker)
kill -TERM "$server"
stopped 0 "SIGTERM"
kill -0 "$last" 2>/dev/null && fail "the worker is still there after SIGTERM"

# The parent killed: the worker does not stay behind.
start
last=$(worker)
kill -KILL "$server"
for _ in $(seq 200); do
    kill -0 "$last" 2>/dev/null || break
    sleep 0.1
done
kill -0 "$last" 2>/dev/null && fail "the worker outlived its parent"
server=

# Pages from --web; what a half upload left is taken away at the start.
mkdir -p "$W/web/assets" && echo "<html>front</html>" >"$W/web/index.html"
mkdir -p "$W/town.db.files/incoming" && echo x >"$W/town.db.files/incoming/upload-abc"
start --web "$W/web"
case $(ask "$(url)" /desk/today) in *"200 OK"*"<html>front</html>"*) ;; *) fail "the front page" ;; esac
[ -e "$W/town.db.files/incoming/upload-abc" ] && fail "an old upload is still there"
kill -INT "$server"
stopped 0 "SIGINT"

# What can't start says why, once.
bad() { # STATUS WORDS ARGUMENTS...
    local status=$1 words=$2
    shift 2
    timeout 20 "$HUIMIN" serve "$@" >"$W/bad" 2>&1
    local found=$?
    [ $found = "$status" ] || fail "serve $*: status $found, expected $status"
    grep -q -- "$words" "$W/bad" || fail "serve $*: $(cat "$W/bad")"
}
bad 2 '--db is needed'
bad 2 'options only' --db "$db" here
bad 1 'expected address and port' --db "$db" --listen here
bad 2 'expected a day' --db "$db" --today yesterday --listen 127.0.0.1:0
bad 1 'there is no store' --db "sqlite:$W/none.db" --listen 127.0.0.1:0

[ $fails = 0 ] && echo "serve: all right"
exit $((fails > 0))
