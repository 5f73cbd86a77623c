"""What the environment says: where things are, and the secrets, which are kept nowhere else."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path

from digest.errors import ConfigError, Problem

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Environment:
    """Reads variables, or the file that `NAME_FILE` names, so that secrets need not stand in the environment itself.

    Args:
        variables: the process's environment.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = os.environ if variables is None else variables

    def get(self, name: str) -> str:
        """The value of `name`, or of the file `name_FILE` names; empty when neither is set.

        Raises:
            ConfigError: the file that is named cannot be read.
        """
        if value := self._variables.get(name, ""):
            return value
        file = self._variables.get(f"{name}_FILE", "")
        if not file:
            return ""
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            message = f"{file} cannot be read: {error.strerror}"
            raise ConfigError([Problem("environment", 0, f"{name}_FILE", message)]) from error

    def networks(self, name: str = "DIGEST_ALLOW_PRIVATE") -> tuple[Network, ...]:
        """The networks listed in `name`, separated by commas or spaces.

        Raises:
            ConfigError: one of them is not a network.
        """
        found: list[Network] = []
        for part in self.get(name).replace(",", " ").split():
            try:
                found.append(ipaddress.ip_network(part, strict=False))
            except ValueError as error:
                message = f'"{part}" is not a network; write it as in 127.0.0.0/8'
                raise ConfigError([Problem("environment", 0, name, message)]) from error
        return tuple(found)
