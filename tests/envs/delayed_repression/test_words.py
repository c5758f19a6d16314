"""An action in words means that action."""

import gymnasium
import numpy as np
import pytest
import sizes

import midcourse  # noqa: F401

FORMS = (
    ("DelayedRepression", sizes.REGULATED),
    ("DelayedRepression", {"graph": "shared", "levers": "force", **sizes.REGULATED}),
    ("DelayedRepressionCitizens", sizes.CITIZENS),
    ("DelayedReplicator", {}),
    ("DelayedReplicator", {"levers": "force"}),
)


@pytest.mark.parametrize(("name", "knobs"), FORMS)
def test_what_is_said_of_an_action_is_understood_as_it(name, knobs):
    env = gymnasium.make(f"midcourse/{name}-v0", **knobs).unwrapped
    env.reset(seed=0)
    env.action_space.seed(0)
    idle = env.idle_action()
    for action in [idle, *(env.action_space.sample() for _ in range(20))]:
        words = env.FAMILY.say(env.world, env.program.shared[0], action)
        understood = env.parse(words)
        assert env.FAMILY.say(env.world, env.program.shared[0], understood) == words
        if not isinstance(env.action_space, gymnasium.spaces.Box):  # there, words are rounded
            assert np.array_equal(understood, action)
