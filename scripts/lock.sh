#!/usr/bin/env bash
# Remake the app's lock files: hashes, no index address, no comments.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"
options=(--quiet --override requirements/overrides.txt --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header)
"$uv" pip compile "${options[@]}" pyproject.toml -o requirements/app.txt
"$uv" pip compile "${options[@]}" pyproject.toml --group dev -o requirements/dev.txt
"$uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
  --no-header requirements/tune.in -o requirements/tune.txt
