#!/usr/bin/env bash
# Serve the engine, on the loopback interface unless told otherwise. Never with
# --enable-api or --cors: Rasa's own API would let anyone read trackers and replace
# the model.
set -euo pipefail
cd "$(dirname "$0")/.."
host="${AFTERCARE_ENGINE_HOST:-127.0.0.1}"
if [ "$host" != 127.0.0.1 ] && [ -z "${AFTERCARE_ENGINE_TOKEN:-}" ]; then
  echo "engine: to listen on $host, set AFTERCARE_ENGINE_TOKEN: without it anybody there may use it" >&2
  exit 2
fi
# A turn may take 20 seconds; a lock must outlive it (Rasa's default is 60).
export TICKET_LOCK_LIFETIME=120
# Rasa's own old habits; nobody who runs a hospital can act on these warnings.
export PYTHONWARNINGS=ignore
# Rasa takes whatever other model it finds in models/ when the one it is given is missing.
model="${AFTERCARE_MODEL:-models/aftercare.tar.gz}"
if [ ! -f "$model" ]; then
  echo "engine: there is no model $model; make one with engine/train.sh" >&2
  exit 2
fi
exec engine/.venv/bin/rasa run --interface "$host" --port "${AFTERCARE_ENGINE_PORT:-5005}" \
  --model "$model" \
  --endpoints endpoints.yml --credentials credentials.yml
