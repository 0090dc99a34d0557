"""Every table of the core: importing this module declares them all on `Base.metadata`."""

import importlib
import pkgutil

import bindeledd.features
import bindeledd.foundation.idempotency
import bindeledd.foundation.sealing.tables
from bindeledd.foundation.db import Base


def declare_all() -> None:
    """Import the `tables` floor of every feature."""
    for found in pkgutil.iter_modules(bindeledd.features.__path__):
        name = f"bindeledd.features.{found.name}.tables"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


declare_all()
metadata = Base.metadata
