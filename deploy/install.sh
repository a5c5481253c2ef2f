#!/bin/sh
# Installs zpoints from a checkout into an environment of its own: deploy/install.sh [CHECKOUT [PREFIX]].
# The Dockerfile calls this, and so may whoever has a machine without containers. PIP_* variables go to pip,
# and ZPOINTS_EXTRAS says what else is installed, such as [cluster].
set -eu
checkout=${1:-$(cd "$(dirname "$0")/.." && pwd)}
prefix=${2:-/opt/zpoints}
python=${PYTHON:-python3}

"$python" -m venv "$prefix"
"$prefix/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check ${ZPOINTS_PIP:-} "$checkout${ZPOINTS_EXTRAS:-}"
install -d "$prefix/deploy"
install -m 755 "$checkout/deploy/start.sh" "$checkout/deploy/health.sh" "$prefix/deploy/"
HOME=${HOME:-/tmp} "$prefix/bin/zpoints" --version
