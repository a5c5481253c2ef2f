#!/bin/sh
# Starts the dashboard as a server: deploy/start.sh [STUDY …]. What it writes goes below $ZPOINTS_HOME (/data), and with
# ZPOINTS_PUBLIC=1 nowhere. Other names than localhost need ZPOINTS_HOSTS, the names by which browsers call the server,
# parted by blanks ("*" for any, where a proxy in front of it looks at them).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
home=${ZPOINTS_HOME:-/data}

if [ "$(id -u)" = 0 ]; then
    echo "zpoints: a server that is reached by others does not run as root; start it as another user." >&2
    exit 2
fi
case ${ZPOINTS_PUBLIC:-0} in
0) if ! { mkdir -p "$home/studies" "$home/cache" && [ -w "$home/studies" ] && [ -w "$home/cache" ]; } 2>/dev/null; then
    echo "zpoints: $home cannot be written to; give this user a folder as ZPOINTS_HOME, or set ZPOINTS_PUBLIC=1." >&2
    exit 2
fi ;;
esac
export ZPOINTS_STUDIES="${ZPOINTS_STUDIES:-$home/studies}" ZPOINTS_CACHE="${ZPOINTS_CACHE:-$home/cache}"
export ZPOINTS_JOBS="${ZPOINTS_JOBS:-$home/jobs}" ZPOINTS_SELECTIONS="${ZPOINTS_SELECTIONS:-$home/selections}"
export HOME="${ZPOINTS_TMP:-/tmp}" PYTHONDONTWRITEBYTECODE=1 # nothing is written elsewhere

set -f # "*" is a name here
hosts=
for name in ${ZPOINTS_HOSTS:-}; do
    hosts="$hosts --host $name"
done
# shellcheck disable=SC2086
exec "$here/bin/zpoints" open --no-browser --address "${ZPOINTS_ADDRESS:-0.0.0.0}" --port "${ZPOINTS_PORT:-8501}" $hosts -- "$@"
