#!/bin/sh
# Makes the environment in .venv ready:  packaging/setup.sh run|test
#
#   run    the application
#   test   the application, the trainer and the tools that check them
#
# Every call looks for the system libraries (a few milliseconds); pip is called only when pyproject.toml, the
# constraints, this script or the folder's place has changed since the last time.
set -eu

mode=${1:?usage: packaging/setup.sh run|test}
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/.venv
PATH=$PATH:/usr/sbin:/sbin # ldconfig is there, and Debian leaves it out of a user's PATH

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# --- what is wanted ----------------------------------------------------------------------------------------------

# A shared library, then the Debian packages that may bring it: the first that apt knows is taken. These are what
# Qt's own libraries and its xcb, wayland and offscreen platforms ask the loader for (`ldd` on the wheel's files).
window_libraries='
libglib-2.0.so.0        libglib2.0-0t64 libglib2.0-0
libEGL.so.1             libegl1
libGL.so.1              libgl1
libX11.so.6             libx11-6
libX11-xcb.so.1         libx11-xcb1
libxkbcommon.so.0       libxkbcommon0
libxkbcommon-x11.so.0   libxkbcommon-x11-0
libdbus-1.so.3          libdbus-1-3
libfontconfig.so.1      libfontconfig1
libfreetype.so.6        libfreetype6
libgssapi_krb5.so.2     libgssapi-krb5-2
libbrotlidec.so.1       libbrotli1
libxcb.so.1             libxcb1
libxcb-cursor.so.0      libxcb-cursor0
libxcb-glx.so.0         libxcb-glx0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render.so.0      libxcb-render0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-shm.so.0         libxcb-shm0
libxcb-sync.so.1        libxcb-sync1
libxcb-util.so.1        libxcb-util1
libxcb-xfixes.so.0      libxcb-xfixes0
libxcb-xkb.so.1         libxcb-xkb1
libwayland-client.so.0  libwayland-client0
libwayland-cursor.so.0  libwayland-cursor0
libwayland-egl.so.1     libwayland-egl1
'
# The renderer of training pictures draws with OpenGL on the CPU, through EGL and without a screen.
test_libraries='
libEGL_mesa.so.0        libegl-mesa0
'

case $mode in
run)
    libraries=$window_libraries
    extras=
    news='Installing the window toolkit (Qt) and ONNX Runtime into .venv, once: about 700 MB; takes a minute or two.'
    ;;
test)
    libraries=$window_libraries$test_libraries
    extras='[train,cluster,video,dev]'
    news="Installing Qt, ONNX Runtime, PyTorch and the test tools into .venv, once: 2.9 GB with a CPU build of PyTorch\
 (pip's own settings choose the build; a CUDA build is several GB more); takes a few minutes."
    ;;
*) die "Unknown mode '$mode': use run or test." ;;
esac

# --- system packages ---------------------------------------------------------------------------------------------

# Prints the package to install for a list of alternatives. Without package lists the last name is as good as any.
choose_package() {
    for package in "$@"; do
        if apt-cache show "$package" >/dev/null 2>&1; then break; fi
    done
    printf '%s\n' "$package"
}

any_exists() {
    for path in "$@"; do
        if [ -e "$path" ]; then return 0; fi
    done
    return 1
}

has_font() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.fonts" "${HOME:-/}/.local/share/fonts" \
        \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) -print 2>/dev/null | head -n 1)" ]
}

# Sets `missing_libraries` (words for a person) and `wanted_packages` (for apt-get).
find_missing() {
    missing_libraries=
    wanted_packages=$python_packages
    if ! known_libraries=$(ldconfig -p 2>/dev/null); then
        return # not a glibc system: nothing can be told from here
    fi
    while read -r library packages; do
        case $known_libraries in
        *"$library "*) continue ;;
        esac
        [ -n "$library" ] || continue
        missing_libraries="$missing_libraries $library"
        # shellcheck disable=SC2086
        wanted_packages="$wanted_packages $(choose_package $packages)"
    done <<LIST
$libraries
LIST
    if ! has_font; then
        missing_libraries="$missing_libraries a-font"
        wanted_packages="$wanted_packages fonts-dejavu-core"
    fi
    if [ "$mode" = test ]; then
        if ! command -v Xvfb >/dev/null; then
            missing_libraries="$missing_libraries Xvfb"
            wanted_packages="$wanted_packages xvfb"
        fi
        # Mesa's software rasteriser: a driver of its own in Debian 12, part of one library since 13.
        if ! any_exists /usr/lib/*/dri/swrast_dri.so /usr/lib/*/libgallium-*.so /usr/lib64/dri/swrast_dri.so \
            /usr/lib64/libgallium-*.so /usr/lib/dri/swrast_dri.so /usr/lib/libgallium-*.so; then
            missing_libraries="$missing_libraries Mesa"
            wanted_packages="$wanted_packages libgl1-mesa-dri"
        fi
    fi
}

install_system_packages() {
    find_missing
    [ -n "$missing_libraries$wanted_packages" ] || return 0
    if ! command -v apt-get >/dev/null; then
        [ -z "$python_packages" ] || die "No Python 3.11 or newer with venv was found: install one, then try again."
        say "Not found on this system, which has no apt-get:$missing_libraries. Going on without."
        return 0
    fi
    if [ "$(id -u)" != 0 ]; then
        say "Please install these system packages, then try again:"
        say "    sudo apt-get update && sudo apt-get install --no-install-recommends -y$wanted_packages"
        # Without a display no window opens, and the rest needs Python only.
        if [ "$mode" = run ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}$python_packages" ]; then return 0; fi
        exit 1
    fi
    say "Installing the system packages that the window and Python need, once:$wanted_packages"
    apt-get update -qq
    find_missing # the fresh lists may know other names
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $wanted_packages </dev/null >/dev/null
    find_python
    find_missing
    [ -z "$missing_libraries$python_packages" ] ||
        die "Installed, and yet not found:$missing_libraries$python_packages."
}

# --- Python ------------------------------------------------------------------------------------------------------

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_environments() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# Every Python on PATH, not the first of each name alone: a version manager's may hide a newer one of the system.
list_pythons() {
    if [ -n "${PYTHON:-}" ]; then printf '%s\n' "$PYTHON"; fi
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        printf '%s\n' "$PATH" | tr : '\n' | while read -r folder; do
            if [ -x "$folder/$name" ]; then printf '%s\n' "$folder/$name"; fi
        done
    done
}

# Sets `python`, and `python_packages` where Debian's own lacks what it needs (it ships venv apart).
find_python() {
    python=
    python_packages=
    without_venv=
    while read -r candidate; do
        if [ -z "$candidate" ] || ! recent_enough "$candidate"; then continue; fi
        if makes_environments "$candidate"; then
            python=$candidate
            return
        fi
        : "${without_venv:=$candidate}"
    done <<LIST
$(list_pythons)
LIST
    if [ -n "$without_venv" ]; then
        version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        python_packages=" python$version-venv"
    else
        python_packages=" python3 python3-venv"
    fi
}

# An environment knows its own path: one that was moved with its folder is made anew.
has_environment() {
    [ -x "$venv/bin/python" ] && [ -f "$venv/pyvenv.cfg" ] && case "$(cat "$venv/pyvenv.cfg")" in
    *" $venv"*) true ;;
    *) false ;;
    esac
}

python=
python_packages=
if ! has_environment; then find_python; fi
install_system_packages

# --- packages of the environment ---------------------------------------------------------------------------------

state=$({
    printf '%s\n' "$root"
    cat "$root/pyproject.toml" "$root/packaging/constraints.txt" "$root/packaging/setup.sh"
} | cksum)

is_ready() { [ -f "$venv/.ready-$1" ] && [ "$(cat "$venv/.ready-$1")" = "$state" ]; }

if [ -z "$python" ]; then
    if is_ready "$mode" || is_ready test; then exit 0; fi # what tests need includes what running needs
fi

say "$news"
if [ -n "$python" ]; then
    "$python" -m venv --clear "$venv"
fi
if [ -t 1 ]; then quiet=; else quiet=--quiet; fi
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install $quiet --disable-pip-version-check --no-input \
    --constraint "$root/packaging/constraints.txt" --editable "$root$extras"
printf '%s\n' "$state" >"$venv/.ready-$mode"
