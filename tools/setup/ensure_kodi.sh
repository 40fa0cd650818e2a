#!/usr/bin/env bash
# See to it that a real Kodi can run unattended on this machine: Kodi, a virtual screen, sound, fonts, tools.
# Exit code 0: everything is here. 3: it is not, and this user cannot install packages. 1: installing failed.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup/apt.sh

packages=(
    kodi xvfb libgl1-mesa-dri pulseaudio sqlite3 iproute2 ffmpeg imagemagick fonts-noto-core fonts-roboto-hinted
)

missing=()
if command -v dpkg-query >/dev/null 2>&1; then
    for package in "${packages[@]}"; do
        state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
        [ "$state" = "install ok installed" ] || missing+=("$package")
    done
else
    for command in kodi Xvfb pulseaudio sqlite3 ip ffmpeg convert; do
        command -v "$command" >/dev/null 2>&1 || missing+=("$command")
    done
fi
[ "${#missing[@]}" -gt 0 ] || exit 0

if ! prefix=$(apt_prefix); then
    echo "Missing for a real Kodi: ${missing[*]}. This user cannot install packages (no root, no sudo, or no apt-get)."
    exit 3
fi
echo "Installing with apt-get, for the tests in a real Kodi: ${missing[*]}"
apt_install "$prefix" "${missing[@]}"
