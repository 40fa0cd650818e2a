#!/usr/bin/env bash
# See to it that tests can start a MariaDB server of their own. No service is installed or started.
# Exit code 0: it is here. 3: it is not, and this user cannot install packages. 1: installing failed.
set -eu
cd "$(dirname "$0")/../.."
. tools/setup/apt.sh

PATH=$PATH:/usr/sbin:/usr/local/sbin
if command -v mariadbd >/dev/null 2>&1 && command -v my_print_defaults >/dev/null 2>&1; then
    exit 0
fi
if ! prefix=$(apt_prefix); then
    echo "Missing: MariaDB. This user cannot install packages (no root, no sudo, or no apt-get)."
    exit 3
fi
echo "Installing with apt-get, for the tests with a shared library: mariadb-server-core mariadb-client-core"
apt_install "$prefix" mariadb-server-core mariadb-client-core
