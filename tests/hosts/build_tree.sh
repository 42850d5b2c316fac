#!/usr/bin/env bash
# Builds a Debian trixie tree with darktable 5.4 and GIMP 3.0 for the host matrix, once, outside the repository.
#
#   tests/hosts/build_tree.sh [FOLDER]      default: ${XDG_CACHE_HOME:-~/.cache}/retouchiq/trixie
#
# Needs root and debootstrap. Prints the folder on standard output. A finished tree is used again; a half-built
# one is thrown away, so that an interrupted run never leaves a tree that merely looks whole.
set -euo pipefail

tree=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/retouchiq/trixie}
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
ready=$tree/.retouchiq-ready
# Everything from one suite: trixie and its backports do not mix inside one dependency tree.
packages=(curl darktable gimp imagemagick python3-gi python3-venv xauth xdotool xvfb)

if [ "$(cat "$ready" 2>/dev/null)" = "${packages[*]}" ]; then
    echo "$tree"
    exit 0
fi
[ "$(id -u)" = 0 ] || { echo "build_tree.sh: building a Debian tree needs root" >&2; exit 3; }
command -v debootstrap >/dev/null || { echo "build_tree.sh: debootstrap is missing: apt-get install debootstrap" >&2; exit 3; }

rm -rf "$tree"
mkdir -p "$tree"
{
    debootstrap --variant=minbase --include=ca-certificates trixie "$tree" "$mirror"
    for suite in trixie trixie-updates trixie-backports; do
        echo "deb $mirror $suite main"
    done > "$tree/etc/apt/sources.list"
    cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
    # The machine's own certificates, so that pip works behind a registry that signs with its own.
    cp -L /etc/ssl/certs/ca-certificates.crt "$tree/etc/ssl/certs/ca-certificates.crt"
    # No init runs in the tree; a package that wants to start a service must not.
    printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
    chmod +x "$tree/usr/sbin/policy-rc.d"
    chroot "$tree" apt-get update
    chroot "$tree" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -t trixie-backports "${packages[@]}"
    chroot "$tree" apt-get clean
    # darktable finds its library by way of /proc.
    unshare --mount sh -c "mount -t proc proc '$tree/proc' && exec chroot '$tree' darktable-cli --version"
} >&2
echo "${packages[*]}" > "$ready"
echo "$tree"
