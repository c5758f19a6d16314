"""Reinforcement-learning environments in which the plan has to change midway.

Importing this package registers its ids with Gymnasium and imports nothing heavy.
"""

from typing import TYPE_CHECKING, Any

from midcourse.envs import register_all

if TYPE_CHECKING:
    from midcourse.core.check import check_env

__version__ = "0.1.0"
__all__ = ["__version__", "check_env"]

register_all()


def __getattr__(name: str) -> Any:
    if name == "check_env":
        from midcourse.core.check import check_env

        return check_env
    raise AttributeError(f"module 'midcourse' has no attribute {name!r}")
