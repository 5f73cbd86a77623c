"""Re-reads a home's configuration while the program runs: whole and valid, or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

from digest.config import Config, load
from digest.errors import ConfigError

_Stamp = tuple[tuple[str, int, int], ...]


class Configuration:
    """The configuration of a home as it stands in its files now, or as it last was valid.

    Args:
        home: the folder with `config/`.
        config: what was read at the start; None reads it now.

    Raises:
        ConfigError: there is no valid configuration to begin with.
    """

    def __init__(self, home: Path, config: Config | None = None) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._stamp = self._stat() if config is None else ()
        self._config = config or load(home)
        self._mistake: ConfigError | None = None

    def current(self) -> tuple[Config, ConfigError | None]:
        """The configuration in force, and what is wrong with the files when it is not theirs."""
        with self._lock:
            stamp = self._stat()
            if stamp != self._stamp:
                try:
                    self._config, self._mistake = load(self._home), None
                except ConfigError as error:
                    self._mistake = error
                self._stamp = stamp
            return self._config, self._mistake

    def _stat(self) -> _Stamp:
        """Name, size and time of each file, so that an unchanged configuration costs no parsing."""
        folder = self._home / "config"
        found: list[tuple[str, int, int]] = []
        for path in sorted([*folder.glob("*.toml"), *folder.glob("newsletters/*.toml")]):
            try:
                about = path.stat()
            except FileNotFoundError:
                continue
            found.append((str(path), about.st_size, about.st_mtime_ns))
        return tuple(found)
