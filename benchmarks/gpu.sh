#!/usr/bin/env bash
# What one GPU is for, in one script: the tests that need it, the tables, and training in resumable pieces.
#
#   benchmarks/gpu.sh test      tests/gpu on the CUDA provider
#   benchmarks/gpu.sh tables    the benchmarks on the CUDA provider, into $OUT/*.md
#   benchmarks/gpu.sh train     trains and exports the bundled packs, side by side; call it again to go on
#
# $KINDS are the packs, "faces rooms" by default. Each trains its diffusion model until $DM_SECONDS have been spent on it or
# $DM_IMAGES seen, then encoder and branch for $DITI_SECONDS a call or until $DITI_IMAGES (0 seconds: no limit), then writes $WORK/KIND/averages (the averaged weights alone, to
# carry away) and $WORK/packs/KIND. Everything is kept in $WORK (default out/gpu/work); the renders and the pairs of renders are made
# there unless they are there already, as $WORK/renders/KIND and KIND-pairs (packaging/carry.py brings them in a zip). $PORTRAITS may name a
# folder of aligned portraits (docs/packs.md) to mix in. $OPTIONS are further ones of the trainer. $PYTHON is the interpreter that has the project's extras.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

OUT=${OUT:-out/gpu}
WORK=${WORK:-$OUT/work}
PYTHON=${PYTHON:-.venv/bin/python}
KINDS=${KINDS:-faces rooms}
DM_SECONDS=${DM_SECONDS:-170}
DITI_SECONDS=${DITI_SECONDS:-330}
DM_IMAGES=${DM_IMAGES:-2000000}
DITI_IMAGES=${DITI_IMAGES:-4000000}
COUNT=${COUNT:-20000}
PAIRS=${PAIRS:-10000}
mkdir -p "$OUT" "$WORK"

limited() { # limited SECONDS ARGUMENTS...: SIGTERM makes the trainer write a checkpoint and end
    local status=0
    timeout --signal=TERM --kill-after=60 "$1" "$PYTHON" -m trainer "${@:2}" ${OPTIONS:-} || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 124 ]
}

rendered() { # rendered FOLDER KIND ARGUMENTS...: finishes a folder; what was carried in is taken as it is where nothing can be drawn
    if ! "$PYTHON" -c 'import sys, numpy; sys.exit(not numpy.load(sys.argv[1]).all())' "$1/done.npy" 2>/dev/null; then
        "$PYTHON" -m trainer --render "$2" --out "$1" --size 128 "${@:3}" || [ -f "$1/done.npy" ]
    fi
}

pack() { # pack KIND
    local kind=$1 run=$WORK/$1 renders=$WORK/renders/$1
    local data=(--data "$renders" --data "$renders-pairs") mixed=("$renders")
    rendered "$renders" "$kind" --count "$COUNT" --seed 1
    rendered "$renders-pairs" "$kind" --pairs --count "$PAIRS" --seed 11
    if [ "$kind" = faces ] && [ -n "${PORTRAITS:-}" ]; then
        data+=(--data "$PORTRAITS")
        mixed=("$renders:0.65" "$PORTRAITS:0.35")
    fi
    mixed=("${mixed[@]/#/--data=}")
    mkdir -p "$run"
    if [ ! -f "$run/dm.done" ]; then
        limited "$DM_SECONDS" --stage dm --preset "demo-$kind" --run "$run/dm" --max-images "$DM_IMAGES" "${mixed[@]}"
        touch "$run/dm.done"
    fi
    limited "$DITI_SECONDS" --preset "demo-$kind" --dm "$run/dm" --run "$run/diti" --max-images "$DITI_IMAGES" \
        "${mixed[@]}"
    rm -rf "$run/averages"
    PYTHONPATH=. "$PYTHON" packaging/carry.py averages "$run/diti" "$run/averages"
    "$PYTHON" -m trainer --run "$run/diti" --export-onnx "$WORK/packs/$kind" --name "$kind" --title "${kind^}" "${data[@]}"
}

case ${1:?usage: benchmarks/gpu.sh test|tables|train} in
test)
    "$PYTHON" -m pytest tests/gpu -ra 2>&1 | tee "$OUT/tests.txt"
    ;;
tables)
    for name in runtime steps; do
        "$PYTHON" -m benchmarks "$name" --device cuda | tee "$OUT/$name.md"
    done
    ;;
train)
    failed=0
    for kind in $KINDS; do
        pack "$kind" >"$OUT/$kind.log" 2>&1 &
    done
    for job in $(jobs -p); do
        wait "$job" || failed=1
    done
    exit "$failed"
    ;;
*)
    echo "usage: benchmarks/gpu.sh test|tables|train" >&2
    exit 2
    ;;
esac
