#!/usr/bin/env bash
# Train models/aftercare.tar.gz, unless nothing that it is made from has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=models/.trained_from
model=models/aftercare.tar.gz

wanted="$(cat domain.yml config.yml requirements/engine.txt engine/components/*.py \
  $(find data/nlu data/rules -name '*.yml' | LC_ALL=C sort) | sha256sum | cut -d' ' -f1)"
if [ -f "$model" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

echo "engine: training the model (a minute or two)"
mkdir -p models
log=models/.training.log
# --force: Rasa's cache does not see a change in a module that a component uses.
if ! TQDM_DISABLE=1 engine/.venv/bin/rasa train --force --fixed-model-name aftercare \
  --data data/nlu data/rules > "$log" 2>&1; then
  tail -40 "$log" >&2
  exit 1
fi
echo "$wanted" > "$stamp"
