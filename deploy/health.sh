#!/bin/sh
# Says whether the server on this machine answers: exit status 0 if so, 1 otherwise.
here=$(cd "$(dirname "$0")/.." && pwd)
exec "$here/bin/python" -c "
import sys, urllib.request
try:
    with urllib.request.urlopen('http://localhost:${ZPOINTS_PORT:-8501}/_stcore/health', timeout=5) as answer:
        sys.exit(answer.read() != b'ok')
except OSError:
    sys.exit(1)
"
