#!/usr/bin/env bash
# Make the yardstick: stock Rasa with TensorFlow (2.7 GB) and the bot of `rasa init`, trained.
# Everything lands in results/stock. PYTHON310 names a Python 3.10 when it is not on the PATH.
# Remake the lock with: echo rasa==3.6.21 | uv pip compile - --python-version 3.10 \
#   --generate-hashes --no-emit-index-url --no-annotate --no-header -o benchmarks/stock/requirements.txt
set -euo pipefail
cd "$(dirname "$0")/../.."
lock=benchmarks/stock/requirements.txt
home=results/stock
stamp=$home/.made_from
wanted="$(cat "$lock" benchmarks/stock/setup.sh | sha256sum | cut -d' ' -f1) $PWD"
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

python="${PYTHON310:-}"
for one in python3.10 "$HOME"/.pyenv/versions/3.10.*/bin/python3.10; do
  [ -n "$python" ] || { "$one" -c "" 2>/dev/null && python="$one"; } || true
done
[ -n "$python" ] || { echo "the yardstick needs a Python 3.10: name it in PYTHON310" >&2; exit 1; }
uv="${UV:-.venv/bin/uv}"
mkdir -p "$home"
echo "yardstick: installing stock Rasa into $home/.venv (2.7 GB)"
"$uv" venv --quiet --clear --python "$python" "$home/.venv"
"$uv" pip install --quiet --python "$home/.venv/bin/python" --no-deps --require-hashes -r "$lock"
echo "yardstick: making and training the bot of 'rasa init' (a few minutes)"
rm -rf "$home/bot" && mkdir "$home/bot"
export RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore TQDM_DISABLE=1
rasa="$PWD/$home/.venv/bin/rasa"
"$rasa" init --no-prompt --init-dir "$home/bot" > "$home/init.log" 2>&1 \
  || { tail -40 "$home/init.log" >&2; exit 1; }
[ -n "$(ls "$home"/bot/models/*.tar.gz 2>/dev/null)" ] || (cd "$home/bot" && "$rasa" train >> ../init.log 2>&1)
echo "$wanted" > "$stamp"
