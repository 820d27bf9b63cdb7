#!/usr/bin/env bash
# What one GPU is for, in one script: the tests that need it, the tables, and training in resumable pieces.
#
#   benchmarks/gpu.sh test       tests/gpu on the CUDA provider
#   benchmarks/gpu.sh tables     the benchmarks on the CUDA provider, into $OUT/*.md
#   benchmarks/gpu.sh faces      trains the face pack for at most $MINUTES minutes; call it again to go on
#
# Results go to $OUT (default out/gpu). Training goes on from $OUT/faces, or from $RESUME/faces copied there first; the
# renders are made once in $WORK. $PORTRAITS may name a folder of aligned portraits (docs/packs.md) to mix in.
# $PYTHON is the interpreter that has the project's `train` and `dev` extras.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

OUT=${OUT:-out/gpu}
WORK=${WORK:-$OUT/work}
PYTHON=${PYTHON:-.venv/bin/python}
MINUTES=${MINUTES:-8}
COUNT=${COUNT:-60000}
mkdir -p "$OUT" "$WORK"

train() { # train RUN ARGUMENTS...: SIGTERM makes the trainer write a checkpoint and end with status 0
    local run=$1
    shift
    timeout --signal=TERM --kill-after=60 "$((MINUTES * 60))" "$PYTHON" -m trainer --preset demo-faces --run "$run" "$@" || {
        local status=$?
        [ "$status" -eq 124 ] || return "$status"
    }
}

case ${1:?usage: benchmarks/gpu.sh test|tables|faces} in
test)
    "$PYTHON" -m pytest tests/gpu -ra 2>&1 | tee "$OUT/tests.txt"
    ;;
tables)
    for name in runtime steps; do
        "$PYTHON" -m benchmarks "$name" --device cuda | tee "$OUT/$name.md"
    done
    ;;
faces)
    if [ -n "${RESUME:-}" ] && [ ! -d "$OUT/faces" ]; then cp -r "$RESUME/faces" "$OUT/faces"; fi
    "$PYTHON" -m trainer --render faces --count "$COUNT" --out "$WORK/faces" --size 64 --seed 1
    data=(--data "$WORK/faces:0.57")
    if [ -n "${PORTRAITS:-}" ]; then data+=(--data "$PORTRAITS:0.43"); fi
    mkdir -p "$OUT/faces"
    if [ ! -e "$OUT/faces/dm.done" ]; then
        train "$OUT/faces/dm" --stage dm "${data[@]}"
        if [ -d "$OUT/faces/dm/dm" ]; then touch "$OUT/faces/dm.done"; fi
    else
        train "$OUT/faces/diti" --dm "$OUT/faces/dm" "${data[@]}"
    fi
    ;;
*)
    echo "usage: benchmarks/gpu.sh test|tables|faces" >&2
    exit 2
    ;;
esac
