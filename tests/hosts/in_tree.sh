#!/usr/bin/env bash
# Runs a command of this project inside the Debian trixie tree of build_tree.sh, with darktable 5.4.
#
#   tests/hosts/in_tree.sh COMMAND...       e.g. tests/hosts/in_tree.sh pytest -n 0 -m hosts tests/hosts
#
# Needs root. The repository is the working directory, the folder ../shared beside it is there too, and the project and
# its test tools are on PATH, in a virtual environment kept in the tree. RETOUCHIQ_TREE names another tree.
set -euo pipefail

tree=${RETOUCHIQ_TREE:-${XDG_CACHE_HOME:-$HOME/.cache}/retouchiq/trixie}
repository=$(cd "$(dirname "$0")/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "in_tree.sh: entering a Debian tree needs root" >&2; exit 3; }
[ -e "$tree/.retouchiq-ready" ] || { echo "in_tree.sh: no finished tree in $tree: run tests/hosts/build_tree.sh" >&2; exit 3; }

# Mounts of a namespace of our own: they are gone with the command, whatever happens to it.
# shellcheck disable=SC2016  # the inner shell expands them
exec unshare --mount --propagation private bash -euc '
    tree=$1 repository=$2
    shift 2
    place=/srv/retouchiq
    mkdir -p "$tree$place/main" "$tree$place/shared"
    mount -t proc proc "$tree/proc"
    mount --rbind /dev "$tree/dev"
    mount --bind "$repository" "$tree$place/main"
    if [ -d "$repository/../shared" ]; then mount --bind "$repository/../shared" "$tree$place/shared"; fi
    exec chroot "$tree" /bin/bash "$place/main/tests/hosts/enter_tree.sh" "$@"
' in_tree.sh "$tree" "$repository" "$@"
