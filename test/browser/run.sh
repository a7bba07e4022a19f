#!/bin/bash
# The browser's tests: run.sh sqlite|postgresql [TEST...]; HUIMIN is the program, HUIMIN_SRC the root,
# HUIMIN_PG_FILE names the file with the test server's URL (test/pg.sh).
set -u
cd "$(dirname "$0")" || exit 1
kind=${1-sqlite}
shift
case $kind in
sqlite) ;;
postgresql)
    HUIMIN_DB_TEMPLATE=$(cat "${HUIMIN_PG_FILE:?}") || exit 1
    export HUIMIN_DB_TEMPLATE
    ;;
*)
    echo "usage: run.sh sqlite|postgresql [TEST...]" >&2
    exit 2
    ;;
esac
HUIMIN_RESULTS=$(mktemp -d) || exit 1
export HUIMIN_RESULTS
export HUIMIN_SRC=${HUIMIN_SRC-$(cd ../.. && pwd)}
node_modules/.bin/playwright test "$@"
status=$?
[ $status = 0 ] && rm -rf "$HUIMIN_RESULTS" || echo "screenshots of what failed: $HUIMIN_RESULTS" >&2
exit $status
