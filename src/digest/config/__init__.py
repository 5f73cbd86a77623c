"""What the newsroom wrote in `config/`, read once, whole and valid or not at all.

values.py   every key, as frozen values
load.py     reads the files, names every mistake with file, line and key
across.py   mistakes that span tables
locate.py   the line a key stands on
environment.py  what the environment overrides, and the secrets, which live nowhere else
"""

from digest.config.across import slug
from digest.config.environment import Environment
from digest.config.load import load
from digest.config.values import Config, Newsletter

__all__ = ["Config", "Environment", "Newsletter", "load", "slug"]
