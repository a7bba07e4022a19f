#!/bin/bash
# The browser's tests: run.sh sqlite|postgresql [FOLDER or TEST...]; HUIMIN is the program, HUIMIN_SRC the
# root with lines/ and places/, HUIMIN_WEB the built pages. For PostgreSQL HUIMIN_PG_FILE names the file with
# the test server's URL (test/pg.sh). HUIMIN_PICTURES: a folder for the README's pictures.
set -u
cd "$(dirname "$0")" || exit 1
kind=${1-sqlite}
[ $# -eq 0 ] || shift
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
[ -x node_modules/.bin/playwright ] ||
    { echo "test/browser/node_modules is missing: npm ci --ignore-scripts" >&2; exit 1; }
HUIMIN_RESULTS=$(mktemp -d) || exit 1
export HUIMIN_RESULTS
export HUIMIN_SRC=${HUIMIN_SRC-$(cd ../.. && pwd)}
node_modules/.bin/playwright test "$@"
status=$?
if [ $status = 0 ]; then
    rm -rf "$HUIMIN_RESULTS"
else
    echo "screenshots of what failed: $HUIMIN_RESULTS" >&2
fi
exit $status
