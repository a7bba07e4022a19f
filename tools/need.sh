# Shared by ./demo and ./check; read with ".", from the root of the project. A bare Debian 12 has
# bash, apt and not much else, and may have no terminal, no locale and standard input closed.
exec </dev/null
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
mkdir -p build
log=build/log.$$
trap 'rm -f "$log"' EXIT

# stage WHAT COMMAND...: one line with the seconds it took; on failure all its output, and the end.
stage() {
    local what=$1 from=$SECONDS
    shift
    printf '%-44s' "$what"
    if "$@" >"$log" 2>&1; then
        printf ' ok  %4d s\n' $((SECONDS - from))
    else
        printf ' FAILED  %4d s\n' $((SECONDS - from))
        cat "$log"
        exit 1
    fi
}

# need PACKAGE...: what is not installed yet is installed; nothing is asked of apt otherwise.
need() {
    local missing=() package as_root=()
    for package; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "to be installed: ${missing[*]}"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            { echo "run this as root, or install by hand: ${missing[*]}"; return 1; }
        as_root=(sudo -n DEBIAN_FRONTEND=noninteractive)
    fi
    "${as_root[@]}" apt-get update &&
        "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
}

# need_node: Debian's Node.js and npm, where none stands on the path.
need_node() {
    command -v node >/dev/null && command -v npm >/dev/null || need nodejs npm
}

# node_packages FOLDER: what its lock file names, when that is not there yet. No package runs a
# script of its own, none fetches a browser.
node_packages() {
    local lock=$1/package-lock.json
    cmp -s "$lock" "$1/node_modules/.installed" && return 0
    (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund) && cp "$lock" "$1/node_modules/.installed"
}

# pages: the browser's side into build/web.
pages() {
    node_packages web && (cd web && npm run --silent build)
}

# build PRESET [OPTION...]: configure and build in the preset's folder. A folder that was made for
# another place (the project was copied or moved) is configured anew.
build() {
    local preset=$1 dir=build fresh=()
    shift
    [ "$preset" = release ] || dir=build-$preset
    if [ -f "$dir/CMakeCache.txt" ] &&
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$dir/CMakeCache.txt"; then
        fresh=(--fresh)
    fi
    cmake "${fresh[@]}" --preset "$preset" "$@" && cmake --build "$dir" --parallel 2
}
