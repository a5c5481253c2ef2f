#!/bin/sh
# Installs and starts zpoints by the scripts of deploy/ in a root of its own: root's `bench/clean_root.sh`, without a
# container daemon. The root has this machine's /usr (read-only, Python 3.11 or later in it) and nothing else of it; it is
# read-only when the server runs in it, as another user, with /data and /tmp alone to write to. Packages come as pip is
# set up here; CLEAN_ROOT_BINDS names files and folders that it needs for that. CLEAN_ROOT_PUBLIC=1 starts a public server.
# CLEAN_ROOT_SITE=FOLDER takes all packages but zpoints from a site-packages that is there, which needs no network, and
# CLEAN_ROOT_PYTHON=PATH another Python of /usr. The root lies below TMPDIR; ZPOINTS_PORT is where the server listens.
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd)
if [ "${1:-}" != inside ]; then
    root=$(mktemp -d "${TMPDIR:-/tmp}/clean-root.XXXXXX")
    trap 'rm -rf --one-file-system "$root"' EXIT
    unshare --mount --pid --fork --kill-child "$checkout/bench/clean_root.sh" inside "$root"
    exit
fi
root=$2

readonly_mount() {
    if [ -d "$1" ]; then mkdir -p "$2"; else mkdir -p "$(dirname "$2")" && : >"$2"; fi
    mount --bind "$1" "$2" && mount -o remount,bind,ro "$2"
}

mount --make-rprivate /
mount --bind "$root" "$root"
chmod 755 "$root" && cd "$root"
mkdir -p proc dev tmp data etc opt
for link in bin sbin lib lib64; do [ -L "/$link" ] && ln -s "usr/$link" "$link"; done
for needed in /usr /etc/ssl /etc/resolv.conf /etc/hosts /etc/ld.so.cache /dev/null /dev/urandom \
    ${CLEAN_ROOT_BINDS:-}; do
    readonly_mount "$needed" "$root$needed"
done
mount -o remount,bind,rw "$root/dev/null"
readonly_mount "$checkout" "$root/src"
mount -t proc proc proc
mount -t tmpfs -o size=512m tmpfs tmp
mount -t tmpfs -o size=512m tmpfs data
mkdir dev/shm
mount -t tmpfs -o size=512m tmpfs dev/shm
chmod 1777 tmp dev/shm
chown 10001:10001 data
printf 'zpoints:x:10001:10001::/nonexistent:/usr/sbin/nologin\n' >etc/passwd

site=
if [ -n "${CLEAN_ROOT_SITE:-}" ]; then
    readonly_mount "$CLEAN_ROOT_SITE" "$root/opt/site-packages"
    site="PYTHONPATH=/opt/site-packages ZPOINTS_PIP=--no-deps\ --no-index\ --no-build-isolation"
fi
inside() { eval "set -- $site \"\$@\""; env -i PATH=/usr/sbin:/usr/bin:/bin PYTHON="${CLEAN_ROOT_PYTHON:-/usr/bin/python3}" ZPOINTS_PORT="${ZPOINTS_PORT:-8501}" ${PIP_CERT:+PIP_CERT="$PIP_CERT"} "$@"; }

echo "installing"
started=$(date +%s)
inside chroot . /src/deploy/install.sh /src /opt/zpoints
echo "installed in $(($(date +%s) - started)) s, $(du -sm opt/zpoints | cut -f1) MB"
umount src
mount -o remount,bind,ro .

echo "starting"
started=$(date +%s)
inside ZPOINTS_PUBLIC="${CLEAN_ROOT_PUBLIC:-0}" chroot --userspec=10001:10001 . /opt/zpoints/deploy/start.sh celeba &
server=$!
until inside chroot --userspec=10001:10001 . /opt/zpoints/deploy/health.sh; do
    kill -0 $server || exit 1
    [ $(($(date +%s) - started)) -lt 120 ] || exit 1
    sleep 1
done
echo "healthy after $(($(date +%s) - started)) s, as user $(stat -c %u proc/[0-9]* 2>/dev/null | sort -n | tail -1)"
if [ "${CLEAN_ROOT_PUBLIC:-0}" = 0 ]; then
    inside ZPOINTS_STUDIES=/data/studies ZPOINTS_CACHE=/data/cache HOME=/tmp chroot --userspec=10001:10001 . \
        /opt/zpoints/bin/zpoints sample --study celeba --strategy mvn --count 24 --decode --out /data/faces.npz
fi
inside chroot --userspec=10001:10001 . /bin/sh -c 'touch /opt/zpoints/x 2>/dev/null' && exit 1
echo "what was written: $(find data tmp -type f | sort | tr '\n' ' ')"
kill $server
wait $server || true
