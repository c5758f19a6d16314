"""The families of worlds; importing this registers every id with Gymnasium."""

import importlib
import pkgutil


def register_all() -> None:
    """Import each family, whose `__init__` holds only its registration lines."""
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg and not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}")
