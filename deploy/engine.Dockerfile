# The engine's image: Rasa in its own environment, with the model trained into it.
#   docker build -f deploy/engine.Dockerfile -t aftercare-engine .
# Base images are pinned by tag; pin them by digest when you build for a ward.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/aftercare
COPY requirements requirements
RUN python3.11 -m venv uv && uv/bin/pip install --quiet --require-hashes -r requirements/uv.txt
COPY meaning meaning
COPY engine engine
# Every package is checked against its hash in requirements/engine.txt.
RUN UV=uv/bin/uv engine/setup.sh
COPY domain.yml config.yml endpoints.yml credentials.yml ./
COPY data data
# No network is needed for training: the model of meanings came inside a package.
RUN engine/train.sh && rm -rf uv .rasa
RUN engine/.venv/bin/python -m compileall -q engine meaning

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/aftercare aftercare
WORKDIR /srv/aftercare
COPY --from=build /srv/aftercare .
# What Rasa writes for itself; the engine's own notes may be lost at any time.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp MPLCONFIGDIR=/tmp \
    AFTERCARE_ENGINE_STATE=/tmp/engine/tracker.db
USER aftercare
ENTRYPOINT ["engine/run.sh"]
