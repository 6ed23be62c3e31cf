#!/usr/bin/env bash
# Make requirements/engine.txt again from engine/pyproject.toml.
# Usage: engine/lock.sh [extra words for uv, such as --upgrade]
set -euo pipefail
cd "$(dirname "$0")"
uv="${UV:-$(command -v uv || echo ../.venv/bin/uv)}"
"$uv" pip compile pyproject.toml --output-file ../requirements/engine.txt \
  --python-version 3.11 --universal --generate-hashes --no-annotate --no-header --no-emit-index-url "$@"
