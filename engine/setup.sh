#!/usr/bin/env bash
# Make engine/.venv from requirements/engine.txt, unless it is already up to date.
# UV names the uv to use; without any uv, plain pip does the same, only slower.
# meaning/ has stamps of its own (the age of its files), so that a change of it, or
# a compiler installed later, costs three seconds and no new environment.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=requirements/engine.txt
stamp=engine/.venv/.made_from
python=engine/.venv/bin/python

wanted="$(cat "$lock" engine/setup.sh | sha256sum | cut -d' ' -f1) $PWD"
if [ -x "$python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exec "$python" -m meaning.build
fi

echo "engine: installing Rasa without TensorFlow into engine/.venv"
uv="${UV:-$(command -v uv || true)}"
[ -n "$uv" ] || { [ -x .venv/bin/uv ] && uv=.venv/bin/uv; } || true
if [ -n "$uv" ]; then
  "$uv" venv --quiet --clear --python 3.11 engine/.venv
  "$uv" pip install --quiet --python "$python" --no-deps --require-hashes -r "$lock"
else
  "${PYTHON:-python3.11}" -m venv --clear engine/.venv
  "$python" -m pip install --quiet --disable-pip-version-check \
    --no-deps --ignore-requires-python --require-hashes -r "$lock"
fi

# Read by Python at every start in this environment: the project root becomes
# importable (engine.components ...) and TensorFlow's stand-ins are put in place.
site="$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
printf '%s\nimport engine.without_tensorflow; engine.without_tensorflow.install()\n' "$PWD" \
  > "$site/aftercare_engine.pth"
"$python" -m meaning.build
echo "$wanted" > "$stamp"
