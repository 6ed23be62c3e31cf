# The app's image: workers, action servers, watchdog and commands.
#   docker build -f deploy/app.Dockerfile -t aftercare-app .
# Base images are pinned by tag; pin them by digest when you build for a ward.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/aftercare
COPY requirements requirements
COPY scripts/setup.sh scripts/
# Set-up compiles the one and composes the other: what screening hears meanings with.
COPY meaning meaning
# Every package is checked against its hash in requirements/app.txt.
RUN PYTHON=python3.11 scripts/setup.sh app
COPY bot bot
COPY actions actions
# Compiled now, because the containers run on a file system they cannot write to.
RUN .venv/bin/python -m compileall -q .venv/lib meaning bot actions

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore for `aftercare backup`; not older than the server in compose.yml.
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client-15 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv/aftercare aftercare
WORKDIR /srv/aftercare
COPY --from=build /srv/aftercare .
COPY pathways pathways
RUN install -d -o aftercare -g aftercare -m 700 var var/media var/watchdog var/backups
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER aftercare
ENTRYPOINT [".venv/bin/aftercare"]
CMD ["serve"]
