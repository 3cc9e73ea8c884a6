#!/bin/sh
# Make .venv from a hashed lock with the first Python >= 3.11 found; uv is used where it is installed.
set -eu
lock=$1
mark=$2
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=""
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
    if [ -n "$candidate" ] && fits "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>&1 || true)
    echo "Punte needs Python 3.11 or newer with its venv module; found: ${found:-none}. Install it (Debian: apt-get install python3-venv) or name one: make setup PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! mkdir -p .venv 2>/dev/null || [ ! -w .venv ]; then
    echo "The folder $(pwd) cannot be written, so .venv cannot be made there: clone Punte into a folder that is yours." >&2
    exit 1
fi
[ -x .venv/bin/python ] && fits .venv/bin/python || "$python" -m venv --clear .venv

echo "Setting up .venv from $lock (a minute or two the first time) ..."
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
    uv pip install --quiet --python .venv/bin/python --no-deps -e .
else
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
fi
# The solver's moves are compiled once here, about ten seconds, so that the first timetable does not wait for them.
.venv/bin/python -c 'from punte.engines.timetable.polish import compile_moves; compile_moves()' ||
    echo "The solver's moves were not compiled; the first large timetable will do it and take longer." >&2
# The same for schedules and risk; the product's setting-up only, about fifteen seconds.
[ "$mark" = .ready-dev ] || .venv/bin/punte roadmap compile >/dev/null ||
    echo "The roadmap's search was not compiled; the first schedule will do it and take longer." >&2
touch ".venv/$mark"
# The development lock holds everything that the product needs.
[ "$mark" = .ready-dev ] && touch .venv/.ready || true
