#!/bin/bash
# A PostgreSQL server for the tests of one build folder: nothing of the machine's own servers is
# touched, and nothing listens on the network.
#   pg.sh start FOLDER   makes it, writes its URL (with %s for the database) to FOLDER/pg.url
#   pg.sh stop FOLDER    stops it and takes its files away
# As root it runs as the user postgres, because the server refuses to run as root.
set -u
what=${1-} folder=${2-}
folder=$(cd "$folder" 2>/dev/null && pwd) && [ -n "$folder" ] ||
    { echo "usage: pg.sh start|stop FOLDER" >&2; exit 2; }

# The data folder of the server that was started for this build folder, if there is one.
data_of() {
    [ -f "$folder/pg.home" ] && home=$(cat "$folder/pg.home") && [ -n "$home" ]
}

stop() {
    data_of || return 0
    local pid
    pid=$(head -n 1 "$home/data/postmaster.pid" 2>/dev/null)
    if [ -n "$pid" ] && kill -INT "$pid" 2>/dev/null; then
        for _ in $(seq 100); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.05
        done
        kill -QUIT "$pid" 2>/dev/null
    fi
    rm -rf "$home"
    rm -f "$folder/pg.home" "$folder/pg.url"
}

find_programs() {
    local dir
    for dir in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
        [ -x "$dir/initdb" ] && bin=$dir
    done
    [ -n "${bin-}" ] ||
        { echo "PostgreSQL's server is not installed (package postgresql)" >&2; exit 1; }
}

start() {
    local as=()
    stop
    find_programs
    # Not in TMPDIR, which may be closed to the user postgres.
    home=$(mktemp -d /tmp/huimin-pg.XXXXXX) || exit 1
    echo "$home" >"$folder/pg.home"
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$home" || exit 1
        as=(runuser -u postgres --)
    fi
    cd "$home" || exit 1
    "${as[@]}" "$bin/initdb" -N -A trust --locale=C.UTF-8 -U tester "$home/data" >"$folder/pg.log" 2>&1 ||
        { cat "$folder/pg.log"; exit 1; }
    # Losing power would lose this server's data: for tests that is fast and harmless.
    "${as[@]}" "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w start >>"$folder/pg.log" 2>&1 -o \
        "-k $home -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60 -c deadlock_timeout=100ms" ||
        { cat "$folder/pg.log" "$home/log"; exit 1; }
    echo "postgresql://tester@/%s?host=$home" >"$folder/pg.url"
    cat "$folder/pg.url"
}

case $what in
start) start ;;
stop) stop ;;
*) echo "usage: pg.sh start|stop FOLDER" >&2; exit 2 ;;
esac
