#!/usr/bin/env bash
# Make results/tune/.venv, where the sentence model learns, unless it is up to date.
set -euo pipefail
cd "$(dirname "$0")/../.."
lock=requirements/tune.txt
place=results/tune/.venv
wanted="$(sha256sum "$lock" | cut -d' ' -f1)"
[ "$(cat "$place/.made_from" 2>/dev/null)" = "$wanted" ] && exit 0
.venv/bin/uv venv --quiet --clear --python "${PYTHON:-python3.11}" "$place"
.venv/bin/uv pip install --quiet --python "$place/bin/python" --require-hashes -r "$lock"
echo "$wanted" > "$place/.made_from"
