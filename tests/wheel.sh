#!/bin/sh
# Runs the tests against the built wheel, in an environment of its own with no src/ in reach: an editable install finds
# what lies in the checkout, and only this shows what a user gets. The pinned packages are those of the checkout's
# environment; a path that a .pth file adds has its own .pth files left alone, so its editable install is not there.
set -eu

bin=$(cd "${1:-.venv/bin}" && pwd)
checkout=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

cd "$checkout"
"$bin/python" -m hatchling build -t wheel -d "$folder/dist" >/dev/null
"$bin/python" -m venv "$folder/venv"
python="$folder/venv/bin/python"
"$bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > \
    "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/packages.pth"
"$python" -m pip install --quiet --quiet --disable-pip-version-check --no-deps --ignore-installed "$folder"/dist/*.whl

mkdir "$folder/away"
cp -R tests pyproject.toml "$folder/away/"
# These look at processes and at letters, which are the same wherever the code lies, and take long.
rm -rf "$folder/away/tests/peers" "$folder/away/tests/faults"
cd "$folder/away"
unset PYTHONPATH DIGEST_HOME
"$python" - <<'END'
import sysconfig

import digest
from digest.resources import folder

site = sysconfig.get_path("purelib")
for found in (digest.__file__, str(folder("templates")), str(folder("config")), str(folder("examples"))):
    assert found.startswith(site), f"{found} is not of the wheel in {site}"
END
# shellcheck disable=SC2086
"$python" -m pytest -q -n "${WORKERS:-auto}" --dist worksteal -m "not peers and not data and not slow" ${ARGS:-}
