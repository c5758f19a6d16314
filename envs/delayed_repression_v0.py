"""Delayed repression for PettingZoo: citizens on a network, all acting at once.

`delayed_repression_v0.parallel_env(citizens=240, delay=8, observation="scalar").reset(seed=0)`

Keywords are the knobs of `midcourse/DelayedRepressionCitizens-v0`, which is the same world as one
joint Gymnasium environment; `max_cycles` is another name for `step_limit`. Importing this module
also registers `midcourse/delayed_repression-v0` with PettingZoo where it has a registry.
"""

from typing import Any, ClassVar

import pettingzoo
from pettingzoo.utils.conversions import parallel_to_aec
from pettingzoo.utils.env import AECEnv
from pettingzoo.utils.wrappers import AssertOutOfBoundsWrapper, OrderEnforcingWrapper

from midcourse.core.parallel import Parallel, Seats
from midcourse.envs.delayed_repression.citizens import text
from midcourse.envs.delayed_repression.citizens.env import DelayedRepressionCitizens

__all__ = ["env", "parallel_env", "raw_env"]


class parallel_env(Parallel):  # noqa: N801  PettingZoo's name
    """Citizens who act at once: L, M or R each. See `DelayedRepressionCitizens`."""

    ENV = DelayedRepressionCitizens
    SEATS = Seats(
        agent="citizen",
        count=lambda params: params.citizens,
        text=text.text_of,
        legal_actions=text.legal_actions_of,
        parse=text.parse_of,
    )
    metadata: ClassVar = {
        "name": "delayed_repression_v0",
        "render_modes": ["rgb_array"],
        "render_fps": 4,
        "is_parallelizable": True,
    }


def raw_env(**knobs: Any) -> AECEnv:
    """The same citizens in PettingZoo's turn-based form, without its checks."""
    return parallel_to_aec(parallel_env(**knobs))


def env(**knobs: Any) -> AECEnv:
    """The same citizens in PettingZoo's turn-based form, with its usual checks."""
    return OrderEnforcingWrapper(AssertOutOfBoundsWrapper(raw_env(**knobs)))


def _register() -> None:
    name = "midcourse/delayed_repression-v0"
    if name not in pettingzoo.parallel_registry:
        pettingzoo.register("parallel", name, entry_point=f"{__name__}:parallel_env")
    if name not in pettingzoo.aec_registry:
        pettingzoo.register("aec", name, entry_point=f"{__name__}:env")


if hasattr(pettingzoo, "parallel_registry"):  # from 1.27 on
    _register()
