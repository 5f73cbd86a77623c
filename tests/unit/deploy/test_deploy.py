"""What `deploy/` holds can be read by whom it is for, and names commands, files and settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from digest.cli import digest

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))

if not DEPLOY.exists():
    pytest.skip("deploy/ is no part of what is installed", allow_module_level=True)


def understood(words: list[str]) -> None:
    """See that `digest` has this command with these options."""
    words = words[2:] if words[0] == "--home" else words
    command: click.Command | None = digest.get_command(click.Context(digest), words[0])
    assert command is not None, f"digest has no command {words[0]}"
    rest = words[1:]
    if isinstance(command, click.Group):
        command, rest = command.commands[rest[0]], rest[1:]
    command.make_parser(click.Context(command)).parse_args(rest)


def services() -> dict[str, dict]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_the_parts_in_containers_are_commands_of_ours() -> None:
    parts = services()
    assert set(parts) == {"postgresql", "migrate", "web", "clock", "worker"}
    for name, part in parts.items():
        if name != "postgresql":
            understood(part["command"])
            assert (part["image"], part["env_file"]) == ("digest", "digest.env")


def test_a_container_has_the_newsrooms_own_templates_and_waits_for_a_database_that_listens() -> None:
    parts = services()
    for name in set(parts) - {"postgresql"}:
        assert "../newsroom/templates:/srv/newsroom/templates:ro" in parts[name]["volumes"]
        assert "../newsroom/config:/srv/newsroom/config:ro" in parts[name]["volumes"]
    # While it is made for the first time it answers on its socket only, and then goes away once more.
    assert parts["postgresql"]["healthcheck"]["test"][:4] == ["CMD", "pg_isready", "-h", "127.0.0.1"]


@pytest.mark.peers
def test_compose_itself_reads_the_file(tmp_path: Path) -> None:
    found = next((command for command in COMPOSE if shutil.which(command[0]) and _runs([*command, "version"])), None)
    if found is None:
        pytest.skip("Docker Compose is not here: make peers")
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    shutil.copy(DEPLOY / "digest.env.example", tmp_path / "deploy" / "digest.env")
    (tmp_path / "deploy" / ".env").write_text("POSTGRES_PASSWORD=x\n")
    done = subprocess.run(
        [*found, "-f", "deploy/compose.yaml", "config"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "newsroom/config" in done.stdout


COMPOSE = (["docker", "compose"], ["docker-compose"])


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_no_secret_goes_into_an_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {"deploy/digest.env", "deploy/.env", "newsroom", ".git", "var"} <= set(ignored)


def test_the_command_of_a_server_hands_secrets_on_as_they_stand(tmp_path: Path) -> None:
    """Run with what it calls replaced: the secrets' file, who runs it, and the program."""
    secrets = tmp_path / "digest.env"
    secrets.write_text(
        "# a comment = none\n\nDIGEST_SMTP_URL=smtp://u:a&b$(id)'@mail.example?x=1&y=2\nDIGEST_INSTALL_ID=z"
    )
    text = (DEPLOY / "digest").read_text()
    for name in (
        "/etc/digest/digest.env",
        'exec runuser -u digest -- /opt/digest/bin/digest --home /srv/newsroom "$@"',
    ):
        assert name in text
    text = text.replace("/etc/digest/digest.env", str(secrets)).replace('"$(id -u)"', "0")
    text = text.replace("exec runuser -u digest --", "exec env").replace("/opt/digest/bin/digest", "")
    script = tmp_path / "digest"
    script.write_text(text.replace('--home /srv/newsroom "$@"', "sh -c 'echo \"$DIGEST_SMTP_URL $DIGEST_INSTALL_ID\"'"))
    done = subprocess.run(["sh", str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "smtp://u:a&b$(id)'@mail.example?x=1&y=2 z\n"


def test_no_image_comes_from_an_address() -> None:
    named = [part["image"] for part in services().values()]
    named += re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert all("/" not in image and image.count(":") <= 1 for image in named)


def test_only_the_web_is_reached_from_outside_and_only_by_the_proxy() -> None:
    reached = {name: part["ports"] for name, part in services().items() if "ports" in part}
    assert reached == {"web": ["127.0.0.1:8000:8000"]}


def test_what_the_image_is_built_of_exists() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert "COPY requirements/base.txt" in text
    assert (ROOT / "requirements" / "base.txt").exists()
    assert 'ENTRYPOINT ["digest"]' in text
    assert re.search(r"^USER digest$", text, re.MULTILINE), "it runs as root"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_name_commands_of_ours_and_give_letters_time(unit: Path) -> None:
    text = unit.read_text()
    line = re.search(r"^ExecStart=/opt/digest/bin/digest (.+)$", text, re.MULTILINE)
    assert line is not None
    understood(line[1].split())
    for setting in ("NoNewPrivileges=yes", "ProtectSystem=strict", "User=digest", "Restart=always", "KillMode=mixed"):
        assert re.search(f"^{setting}$", text, re.MULTILINE), setting
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)[1]) >= 60


@pytest.mark.peers
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_reads_the_units(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not here: make peers")
    copy = tmp_path / unit.name.replace("@", "@1")
    # The program need not be installed where these tests run, nor the user be there.
    copy.write_text(
        unit.read_text().replace("/opt/digest/bin/digest", "/bin/true").replace("digest\nGroup=digest", "root")
    )
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if unit.stem.split("@")[0] in line]
    assert said == []


def test_the_environment_that_is_shown_is_the_one_that_is_read() -> None:
    shown = re.findall(r"^(DIGEST_\w+)=", (DEPLOY / "digest.env.example").read_text(), re.MULTILINE)
    explained = (ROOT / "docs" / "reference" / "environment.md").read_text()
    assert len(shown) == 5
    assert [name for name in shown if f"`{name}`" not in explained] == []


@pytest.mark.parametrize("file", ["nginx.conf", "Caddyfile"])
def test_proxies_keep_nothing_of_readers_addresses(file: str) -> None:
    text = (DEPLOY / file).read_text()
    assert text.count("{") == text.count("}")
    assert "no-store" in text or ("proxy_no_cache 1" in text and "X-Forwarded-Proto $scheme" in text)
    assert re.search(r"/\(u\|s\)/|/u/\*", text)


@pytest.mark.parametrize("page", ["install.md", "many-machines.md", "back-up.md"])
def test_the_how_to_says_commands_and_files_that_exist(page: str) -> None:
    text = (ROOT / "docs" / "how-to" / page).read_text()
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            found = re.search(r"(?:^|bin/|&& |sudo |\bexec web |:/here\" )digest ((?!\.)[a-z].*)", line)
            if found:
                understood(re.split(r" (?:&&|#|>)|$", found[1])[0].split())
    for name in re.findall(r"deploy/([\w@.-]*\w)", text):
        assert (DEPLOY / name).exists() or name in ("digest.env", ".env"), name
    for name in re.findall(r"`([\w-]+\.md)`", text):
        assert (ROOT / "docs" / "how-to" / name).exists(), name
