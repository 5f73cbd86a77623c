#!/bin/sh
# Runs the tests against the built wheel, in a fresh environment with the pinned packages and no src/ in reach.
# An editable install finds what lies in the checkout; only this shows what a user gets.
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
pip="$python -m pip install --quiet --quiet --disable-pip-version-check"
$pip --require-hashes --only-binary :all: --no-binary dkimpy,docopt,rouge-score -r requirements/dev.txt
$pip --no-deps "$folder"/dist/*.whl

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
