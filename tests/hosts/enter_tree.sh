#!/usr/bin/env bash
# The part of in_tree.sh that runs inside the tree: brings its virtual environment up to date and runs the command.
set -euo pipefail

cd "$(dirname "$0")/../.."
environment=/opt/retouchiq
bin=$environment/bin
needed=$(python3 -c '
import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
print("\n".join(project["dependencies"] + project["optional-dependencies"]["test"]))')

if [ "$needed" != "$(cat "$environment/installed" 2>/dev/null)" ]; then
    rm -rf "$environment"
    python3 -m venv "$environment" >&2
    mapfile -t packages <<<"$needed"
    "$bin/pip" install --quiet "${packages[@]}" >&2
    # Not an editable installation: that would write into the repository.
    printf '%s\n' "$PWD/bridge" "$PWD/server" > "$("$bin/python" -c 'import site; print(site.getsitepackages()[0])')/retouchiq.pth"
    printf '#!%s\nimport sys\nfrom retouchiq.__main__ import main\nsys.exit(main())\n' "$bin/python" > "$bin/retouchiq"
    chmod +x "$bin/retouchiq"
    printf '%s\n' "$needed" > "$environment/installed"
fi

export HOME=/root PATH="$bin:/usr/sbin:/usr/bin:/sbin:/bin" PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8
unset XDG_CACHE_HOME XDG_CONFIG_HOME TMPDIR
exec "$@"
