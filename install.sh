#!/usr/bin/env bash
# Installs RetouchIQ from this checkout, shows it at work, tests it, removes it. `./install.sh help` lists the commands.
#
# The Python packages go into an environment of their own. A stamp inside it, written last, holds the fingerprint of the
# sources it was made from: no stamp means an interrupted run, and the environment is then made anew.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}/retouchiq
venv=$data/venv
stamp=$venv/.retouchiq-stamp
schemas=${XDG_CACHE_HOME:-$HOME/.cache}/retouchiq/schema
locks=${XDG_CACHE_HOME:-$HOME/.cache}/retouchiq/locks
state=${RETOUCHIQ_STATE:-${XDG_STATE_HOME:-$HOME/.local/state}/retouchiq}
unit=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user/retouchiq.service
if [ "$(id -u)" = 0 ]; then bin=/usr/local/bin; else bin=$HOME/.local/bin; fi
command=$bin/retouchiq
yes=no
service=no

say() { printf '%s\n' "$*"; }

fail() { # STATUS MESSAGE: 2 = unusable input, 3 = something the machine lacks
    printf 'install.sh: %s\n' "$2" >&2
    exit "$1"
}

usage() {
    cat <<EOF
./install.sh [COMMAND] [--yes] [--service]

  demo [FILE]   install, then edit a demo photo (a JPEG and a raw), or FILE
  test          install, then run the tests, those on the real darktable included
  (nothing)     install: what is missing of darktable, Xvfb and curl, Python packages, the retouchiq command, and the
                plug-ins for every darktable and GIMP 3 that is found
  remove        delete what this script made; photos, their edits and system packages stay
  help          this text

  --yes         do not ask before installing (it asks only in a terminal)
  --service     keep the server running as a systemd user service; without it, the plug-ins start it when needed

Python packages: $venv
Command:         $command
EOF
}

# ---- what the machine has -------------------------------------------------------------------------------------------

can() { command -v "$1" >/dev/null 2>&1; }

has_darktable() {
    [ -n "${RETOUCHIQ_DARKTABLE:-}" ] || can darktable-cli || [ -x /opt/darktable/bin/darktable-cli ]
}

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || can Xvfb; }

# Prints the path of a Python that can make environments; fails where there is none.
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
        "$candidate" -c 'import ensurepip, sys, venv; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' \
            2>/dev/null && return 0
    done
    return 1
}

missing_packages() {
    has_darktable || say darktable
    has_display || say xvfb
    can curl || say curl
    find_python >/dev/null || say python3-venv
    if [ "$1" = test ]; then
        can chromium || say chromium
        can xdotool || say xdotool
        can import || say imagemagick
    fi
}

# ---- installing -----------------------------------------------------------------------------------------------------

may_install() { can apt-get && { [ "$(id -u)" = 0 ] || can sudo; }; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
    as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# What could not be installed is named. Only the display and curl can be done without.
explain_missing() {
    local package
    for package in "$@"; do
        case $package in
        xvfb) say "No display and no Xvfb: every render will start darktable-cli anew, which is slower." ;;
        curl) say "No curl: the panel in darktable cannot reach the server until you install it." ;;
        *) fail 3 "missing: $*. Install them with your package manager (Debian: apt-get install $*), then run this again" ;;
        esac
    done
}

fingerprint() {
    cd "$here"
    find pyproject.toml bridge server plugin presets -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64
}

# Whether the environment already holds these sources: the stamp is the fingerprint, with " test" where the tests' packages are in.
is_current() { # PURPOSE FINGERPRINT
    local found
    found=$(cat "$stamp" 2>/dev/null) || return 1
    "$venv/bin/python" -c '' 2>/dev/null || return 1
    [ "$found" = "$2 test" ] || { [ "$1" = use ] && [ "$found" = "$2" ]; }
}

# From a copy: building in the checkout would leave files there, and a checkout may be read-only. A subshell, so that the
# copy goes when it ends, however it ends.
install_copy() ( # EXTRA
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    cp -R "$here/pyproject.toml" "$here/README.md" "$here/LICENSE" "$here/bridge" "$here/server" "$here/plugin" "$here/presets" "$copy" &&
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$copy$1"
)

fill_environment() { # PURPOSE FINGERPRINT
    local python extra="" mark=$2
    if [ "$1" = test ]; then extra="[test]" mark="$2 test"; fi
    if ! [ -e "$stamp" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
        rm -rf "$venv"
        mkdir -p "$data"
        python=$(find_python) || fail 3 "Python 3.11 or newer is needed, with its venv module: install it, then run this again"
        "$python" -m venv "$venv" || fail 3 "no Python environment could be made in $venv"
    fi
    rm -f "$stamp"
    install_copy "$extra" ||
        fail 3 "the Python packages could not be installed (see above); run this again once that is mended"
    say "$mark" >"$stamp"
}

# An earlier install's link is replaced; anything else of that name is somebody else's.
is_our_link() {
    case $(readlink "$command" 2>/dev/null) in */retouchiq/venv/bin/retouchiq) return 0 ;; *) return 1 ;; esac
}

link_command() {
    mkdir -p "$bin"
    if [ -e "$command" ] && ! is_our_link; then
        fail 2 "$command is there and not ours: move it away, then run this again"
    fi
    ln -sfn "$venv/bin/retouchiq" "$command"
    case ":$PATH:" in
    *":$bin:"*) ;;
    *)
        say "The command is in $bin, which is not on your PATH. Add this line to ~/.profile and log in again:"
        say "  export PATH=\"$bin:\$PATH\""
        ;;
    esac
}

announce() { # PACKAGES
    local answer
    say "This will install:"
    if [ -n "$1" ]; then say "  Debian packages  $1 (as root, with apt-get)"; fi
    say "  Python packages  into $venv"
    say "  the command      $command"
    say "  plug-ins         into the settings of every darktable and GIMP 3 that is found"
    [ "$yes" = no ] && [ -t 0 ] || return 0
    read -r -p "Go on? [Y/n] " answer
    case $answer in [nN]*) fail 1 "nothing was installed" ;; esac
}

install() { # PURPOSE: use or test
    local packages=() source
    mapfile -t packages < <(missing_packages "$1")
    if [ ${#packages[@]} != 0 ] && ! may_install; then
        explain_missing "${packages[@]}"
        packages=()
    fi
    source=$(fingerprint)
    if [ ${#packages[@]} = 0 ] && is_current "$1" "$source" && [ "$(readlink "$command")" = "$venv/bin/retouchiq" ]; then
        return
    fi
    announce "${packages[*]}"
    if [ ${#packages[@]} != 0 ]; then
        install_packages "${packages[@]}" || explain_missing "${packages[@]}"
    fi
    if ! is_current "$1" "$source"; then
        say "Installing Python packages ..."
        stop_server
        fill_environment "$1" "$source"
        say "Python packages: $(du -sm "$venv" | cut -f1) MB in $venv"
    fi
    link_command
    if [ -e "$unit" ]; then systemctl --user restart retouchiq.service || true; fi
}

# Each run looks again: an editor may have come since. One that cannot take the plug-in is named with the reason.
install_plugins() { "$venv/bin/retouchiq" plugin install || true; }

stop_server() {
    if [ -e "$state/url" ] && [ -x "$venv/bin/retouchiq" ]; then "$venv/bin/retouchiq" serve --stop || true; fi
}

# ---- the service ----------------------------------------------------------------------------------------------------

has_user_systemd() { can systemctl && systemctl --user show-environment >/dev/null 2>&1; }

wants_service() {
    local answer
    if [ "$service" = no ] && [ "$yes" = no ] && [ -t 0 ] && [ ! -e "$unit" ] && has_user_systemd; then
        say "The plug-ins start the server when they need it, and it ends when idle. As a service it always runs."
        read -r -p "Install the service? [y/N] " answer
        case $answer in [yY]*) service=yes ;; esac
    fi
    [ "$service" = yes ]
}

# The server writes beside photos, wherever they are, and starts darktable: what can be forbidden is the rest.
unit_text() {
    cat <<EOF
[Unit]
Description=RetouchIQ, on loopback for this user

[Service]
ExecStart="${venv//%/%%}/bin/retouchiq" serve --idle 0
Restart=on-failure
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
EOF
    if [ -n "${RETOUCHIQ_DARKTABLE:-}" ]; then say "Environment=\"RETOUCHIQ_DARKTABLE=${RETOUCHIQ_DARKTABLE//%/%%}\""; fi
    printf '\n[Install]\nWantedBy=default.target\n'
}

install_service() {
    if ! has_user_systemd; then
        say "No service: systemd does not run for this user here. The plug-ins start the server when they need it."
        return
    fi
    stop_server
    mkdir -p "${unit%/*}"
    unit_text >"$unit"
    systemctl --user daemon-reload
    if systemctl --user enable --now retouchiq.service; then
        say "The server runs, and starts when you log in (systemctl --user status retouchiq)."
    else
        say "The service was written to $unit, but does not start: systemctl --user status retouchiq says why."
    fi
}

remove_service() {
    [ -e "$unit" ] || return 0
    if has_user_systemd; then systemctl --user disable --now retouchiq.service || true; fi
    rm -f "$unit"
    if has_user_systemd; then systemctl --user daemon-reload || true; fi
    say "removed $unit"
}

# ---- commands -------------------------------------------------------------------------------------------------------

# Results of edits are the user's: they stay, and are named. What the server needs only while it runs goes.
remove_state() {
    [ -d "$state" ] || return 0
    rm -rf "$state/token" "$state/curl.conf" "$state/url" "$state/pid" "$state"/*.lock "$state"/server.* "$state/uploads"
    rmdir "$state/edits" "$state/batches" 2>/dev/null || true
    if [ ! -e "$state/edits" ] && [ ! -e "$state/batches" ]; then rm -f "$state"/jobs.sqlite*; fi
    if rmdir "$state" 2>/dev/null; then
        say "removed $state"
    else
        say "kept the results of your edits in $state; token, logs and uploads are gone. To delete them: rm -r \"$state\""
    fi
}

remove() {
    stop_server
    remove_service
    if [ -x "$venv/bin/retouchiq" ]; then "$venv/bin/retouchiq" plugin remove || true; fi
    remove_state
    if is_our_link && [ "$(readlink "$command")" = "$venv/bin/retouchiq" ]; then
        rm -f "$command"
        say "removed $command"
    fi
    local folder
    for folder in "$venv" "$schemas" "$locks"; do
        [ -d "$folder" ] || continue
        rm -rf "$folder"
        say "removed $folder"
    done
    rmdir "$data" "${schemas%/schema}" 2>/dev/null || true
    say "Your photos, their sidecars and the Debian packages (darktable, xvfb, ...) are as they were."
}

run_tests() {
    cd "$here"
    local failed=0
    "$venv/bin/python" -m pytest || failed=1
    "$venv/bin/python" -m pytest -n 0 -m "hosts and not slow" || failed=1
    return "$failed"
}

# `sudo ./install.sh` would install for root: go on as the person who typed it; apt-get alone is run as root.
if [ "$(id -u)" = 0 ] && [ "${SUDO_USER:-root}" != root ] && sudo -u "$SUDO_USER" test -r "$here/install.sh"; then
    exec sudo -H -u "$SUDO_USER" bash "$here/install.sh" "$@"
fi

words=()
for word in "$@"; do
    case $word in
    --yes | -y) yes=yes ;;
    --service) service=yes ;;
    --help | -h) words=(help) && break ;;
    *) words+=("$word") ;;
    esac
done

case ${words[0]:-install} in
install)
    install use
    install_plugins
    if wants_service; then install_service; fi
    say "Ready. Try: retouchiq edit PHOTO \"warmer, lift the shadows a little\" --out out"
    ;;
demo)
    install use
    install_plugins
    exec "$venv/bin/retouchiq" demo "${words[@]:1}"
    ;;
test)
    install test
    run_tests
    ;;
remove) remove ;;
help) usage ;;
*)
    usage >&2
    fail 2 "no command ${words[0]}"
    ;;
esac
