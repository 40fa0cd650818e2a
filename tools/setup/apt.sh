# Functions for shell scripts that may have to install Debian packages. Meant to be sourced.

# Whether this user can install packages: prints the prefix ("" or "sudo"), or fails.
apt_prefix() {
    command -v apt-get >/dev/null 2>&1 || return 1
    if [ "$(id -u)" = 0 ]; then
        return 0
    fi
    command -v sudo >/dev/null 2>&1 || return 1
    # A terminal may ask for the password; without one, only a sudo that asks nothing will do.
    if sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; then
        echo sudo
        return 0
    fi
    return 1
}

# apt_install PREFIX PACKAGE...: quietly, without recommended packages and without questions.
apt_install() {
    prefix=$1
    shift
    log=$(mktemp)
    if $prefix apt-get update -qq >"$log" 2>&1 &&
        $prefix env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
            >>"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return 0
    fi
    echo "apt-get failed:" >&2
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
}
