#!/usr/bin/env bash
# Make or update .venv with the packages of requirements-dev.txt.
# usage: make_venv.sh [PYTHON]
set -eu
cd "$(dirname "$0")/../.."
. tools/setup/apt.sh

python=${1:-python3}
command -v "$python" >/dev/null || { echo "Needed: $python (3.9 or newer)." >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
    { echo "Needed: Python 3.9 or newer; $python is $("$python" -V 2>&1)." >&2; exit 1; }

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        if ! prefix=$(apt_prefix); then
            echo "Python has no venv module here. Please install it: apt-get install python3-venv" >&2
            exit 1
        fi
        echo "Python has no venv module here: installing python3-venv and python3-pip with apt-get."
        apt_install "$prefix" python3-venv python3-pip
    fi
    echo "Making .venv with $("$python" -V)."
    "$python" -m venv --clear .venv
fi
echo "Installing the packages of requirements-dev.txt into .venv."
pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@" </dev/null; }
# An old pip cannot read the newest wheels' tags; failing to update it is no reason to stop.
pip install -qq --upgrade pip || true
pip install -qq -r requirements-dev.txt
