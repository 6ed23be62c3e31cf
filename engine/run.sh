#!/usr/bin/env bash
# Serve the engine on the loopback interface. Never with --enable-api or --cors:
# Rasa's own API would let anyone read trackers and replace the model.
set -euo pipefail
cd "$(dirname "$0")/.."
# A turn may take 20 seconds; a lock must outlive it (Rasa's default is 60).
export TICKET_LOCK_LIFETIME=120
# Rasa's own old habits; nobody who runs a hospital can act on these warnings.
export PYTHONWARNINGS=ignore
exec engine/.venv/bin/rasa run --interface 127.0.0.1 --port "${AFTERCARE_ENGINE_PORT:-5005}" \
  --model "${AFTERCARE_MODEL:-models/aftercare.tar.gz}" \
  --endpoints endpoints.yml --credentials credentials.yml
