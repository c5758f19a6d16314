"""The citizens' rule: by hand, against an independent one, and the same in every form."""

import math

import gymnasium
import numpy as np
import pytest

import midcourse  # noqa: F401  registers the ids
from midcourse.core.errors import UserError
from midcourse.core.family import Refusal

ID = "midcourse/DelayedRepressionCitizens-v0"
UNIT = 16384
MASK = 0xFFFFFFFF


def make(**knobs):
    return gymnasium.make(ID, **knobs).unwrapped


# --- by hand ------------------------------------------------------------------------------------


def three(punished_by_all):
    """Three citizens in a row, 0 -> 1 -> 2 and 2 -> 1, with round constants, at alarm 0.9.

    force 2.5 and threshold -10 give the pressure min(2.5 * 65536, ...) = 163840, which no draw of
    30 bits against detectability 1 escapes: 163840 * 16384 > 2**30. Force 0 punishes nobody.
    """
    force = 2.5 if punished_by_all else 0.0
    env = make(citizens=3, communities=1, delay=0, force=force, threshold=-10.0, coupling=0.5)
    env.reset(seed=0)
    world = env.world
    world["row"] = [0, 0, 2, 3]
    world["source"] = 0
    world["source"][:3] = [0, 2, 1]  # links into citizen 1 from 0 and 2, into citizen 2 from 1
    world["weight"] = 0
    world["weight"][:3] = [UNIT, UNIT + UNIT // 2, UNIT]  # 1, 1.5 and 1
    world["bridge"] = [0, 1, 0]
    world["charisma"] = [UNIT, UNIT + UNIT // 2, 2 * UNIT - 1]
    world["charisma"][2] = UNIT
    world["cost"] = [UNIT, UNIT // 2, UNIT]
    world["detectability"] = [UNIT, UNIT, UNIT]
    world["alarms"] = 0
    return env


def test_a_step_of_three_citizens_by_hand():
    env = three(punished_by_all=True)
    observation, reward, terminated, truncated, info = env.step(np.array([2, 1, 2]))
    # Influence: nobody on 0; 1 * 2 + 1.5 * 2 = 5 on citizen 1; 1 * 1 on citizen 2.
    assert env.world["influence"].tolist() == [0, 5 * UNIT, UNIT]
    # Alarm: (2 + 1 + 2) / 3, heard at once as the delay of 0 is a lag of one step.
    assert env.world["alarms"][1] == 5 * UNIT
    assert env.world["punished"].tolist() == [1, 1, 1]
    # Buckets of influence 0, 5 and 1; alarm 1.67 is loud; all punished; citizen 1 is the bridge.
    assert observation.tolist() == [[0, 2, 1, 0], [2, 2, 1, 1], [0, 2, 1, 0]]
    assert env.world["state"].tolist() == [10, 35, 10]
    # Benefit 1 * 3, 1.5 * 2.3, 1 * 3; support 0, 0.5 * 5 * 1, 0.5 * 1 * 2; fines 7, 0.5 * 2, 7.
    assert env.world["reward"].tolist() == [-4.0, (1.5 * 2.3 + 2.5) - 1.0, -3.0]
    assert info["reward_terms"] == pytest.approx(
        {"benefit": 9.45 / 3, "support": 3.5 / 3, "punishment": -15 / 3}, rel=1e-15
    )
    assert reward == pytest.approx((-4.0 + 4.95 - 3.0) / 3, rel=1e-14)
    assert (terminated, truncated, info["success"]) == (False, False, False)


def test_without_force_nobody_is_fined():
    env = three(punished_by_all=False)
    env.step(np.array([2, 1, 0]))
    assert env.world["punished"].tolist() == [0, 0, 0]
    assert env.world["influence"].tolist() == [0, 2 * UNIT, UNIT]
    assert env.world["reward"].tolist() == [3.0, 1.5 * 2.3 + 1.0, 1.0]
    assert env.world["state"].tolist() == [8, (1 * 3 + 2) * 4 + 1, 8]


# --- against an independent implementation ------------------------------------------------------


def again(z):
    z = z ^ (z >> 16)
    z = (z * 0x21F0AAAD) & MASK
    return z ^ (z >> 15)


def mix(x):
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & MASK
    x = ((x ^ (x >> 15)) * 0xD35A2D97) & MASK
    return x ^ (x >> 15)


def mix2(x, y):
    return mix((mix(x & MASK) + (y & MASK) * 0x9E3779B9 + 0x6A09E667) & MASK)


class Dense:
    """The specification over a dense matrix of weights, in numpy and Python's own numbers."""

    def __init__(self, world, params):
        n = len(world["action"])
        self.weight = np.zeros((n, n), np.int64)
        for i in range(n):
            for link in range(world["row"][i], world["row"][i + 1]):
                self.weight[i, world["source"][link]] += int(world["weight"][link])
        self.chi, self.kappa, self.seen, self.bridge = (
            world[name].astype(np.int64) for name in ("charisma", "cost", "detectability", "bridge")
        )
        self.keys = [int(key) for key in world["key"]]
        self.params, self.t = params, 0
        self.alarms = [int(self.seen @ world["action"].astype(np.int64)) / (n * 16384.0)]
        self.punished = np.zeros(n, np.int64)

    def heard(self, t):
        return self.alarms[max(0, t - self.params.delay)]

    def step(self, actions):
        n, p = len(actions), self.params
        low = mix2(self.keys[0], self.t)
        high = mix2(self.keys[1], low)
        chance = p.force / (1.0 + math.exp(-p.slope * (self.heard(self.t) - p.threshold)))
        pressure = min(int(chance * 65536.0), 262143)
        draws = [again(mix(low ^ i) ^ high) >> 2 for i in range(n)]
        self.punished = np.array([z < pressure * int(d) for z, d in zip(draws, self.seen)], int)  # noqa: B905
        influence = self.weight @ actions
        self.alarms.append(int(self.seen @ actions) / (n * 16384.0))
        self.t += 1
        rewards = []
        for i, a in enumerate(actions.tolist()):
            reward = int(self.chi[i]) / 16384.0 * (1.0, 2.3, 3.0)[a]
            reward = reward + p.coupling * (int(influence[i]) / 16384.0) * a
            if self.punished[i]:
                reward = reward - int(self.kappa[i]) / 16384.0 * (0.0, 2.0, 7.0)[a]
            rewards.append(reward)
        crowd = np.searchsorted([2 * UNIT, 5 * UNIT], influence, side="right")
        loud = np.searchsorted([0.35, 0.75], self.heard(self.t), side="right")
        seen = np.stack([crowd, np.full(n, loud), self.punished, self.bridge], 1)
        return seen, np.array(rewards)


@pytest.mark.parametrize(
    "knobs",
    [{"delay": 0}, {"delay": 5, "force": 2.5}, {"delay": 12, "slope": 20.0, "coupling": -0.3}],
)
def test_fifty_steps_equal_an_independent_implementation(knobs):
    env = make(citizens=24, communities=2, p_in=0.4, p_out=0.1, **knobs)
    env.reset(seed=7)
    other = Dense(env.world, env.params)
    generator = np.random.default_rng(3)
    fined = 0
    for step in range(50):
        # Loud and quiet stretches, so that every bucket and both outcomes of a draw are met.
        actions = generator.choice(3, 24, p=[(0.8, 0.15, 0.05), (0.1, 0.3, 0.6)][step // 8 % 2])
        observation = env.step(actions)[0]
        seen, rewards = other.step(actions)
        assert observation.tolist() == seen.tolist()
        assert env.world["reward"].tobytes() == rewards.tobytes()
        fined += int(seen[:, 2].sum())
    assert 0 < fined < 50 * 24


# --- forms of the observation, graphs, words ------------------------------------------------------


def test_the_forms_show_the_same_world():
    names = ("published", "scalar", "rich")
    forms = {name: make(citizens=24, communities=2, observation=name) for name in names}
    seen = {form: env.reset(seed=5)[0] for form, env in forms.items()}
    generator = np.random.default_rng(0)
    for _ in range(30):
        flat = seen["published"] @ [12, 4, 2, 1]
        assert flat.tolist() == seen["scalar"].tolist()
        assert seen["rich"][:, 7].tolist() == seen["published"][:, 2].tolist()
        assert seen["rich"][:, 8].tolist() == seen["published"][:, 3].tolist()
        world = forms["rich"].world
        assert seen["rich"][:, 6].tolist() == (world["action"] / 2).tolist()
        shares = [
            np.mean(world["action"][world["source"][a:b]] == 2) if b > a else 0.0
            for a, b in zip(world["row"][:-1], world["row"][1:], strict=True)
        ]
        assert np.allclose(seen["rich"][:, 12], shares)
        actions = generator.integers(0, 3, 24)
        seen = {form: env.step(actions)[0] for form, env in forms.items()}


def test_a_shared_graph_is_the_first_training_tasks():
    knobs = {"citizens": 24, "communities": 2}
    own, common = make(**knobs), make(**knobs, graph="shared", split="test")
    own.reset(seed=0, options={"task": 0})
    common.reset(seed=3)
    assert "source" not in (common.world.dtype.names or ())
    links = own.world["row"][-1]
    shared = common.program.shared[0]
    assert shared["source"][:links].tolist() == own.world["source"][:links].tolist()
    assert shared["bridge"].tolist() == own.world["bridge"].tolist()
    assert common.step(common.idle_action())[0].shape == (24, 4)


def test_words_are_understood_or_refused():
    env = make(citizens=3, communities=1)
    env.reset(seed=0)
    assert env.parse("radical").tolist() == [2, 2, 2]
    assert env.parse("L").tolist() == [0, 0, 0]
    assert env.parse("l m R").tolist() == [0, 1, 2]
    assert env.parse("L,M,R").tolist() == [0, 1, 2]
    for words in env.legal_actions():
        assert env.action_space.contains(env.parse(words))
    for words, part in (("", "nothing"), ("LM", "2 letters for 3"), ("up", "'up'"), (None, "noth")):
        answer = env.parse(words)
        assert isinstance(answer, Refusal)
        assert part in answer.reason


def test_nobody_is_paid_for_words_without_meaning():
    env = make(citizens=3, communities=1)
    env.reset(seed=0)
    env.step(np.array([2, 2, 2]))
    _, reward, _, _, info = env.refuse("what?")
    assert reward == 0.0
    assert env.world["reward"].tolist() == [0, 0, 0]
    assert info["refused"] == "what?"
    assert env.world["step"] == 1


@pytest.mark.parametrize(
    ("knobs", "part"),
    [
        ({"force": 2.6}, "force=2.6 is out of range"),
        ({"citizen": 3}, "did you mean 'citizens'"),
        ({"observation": "riches"}, "did you mean 'rich'"),
        ({"citizens": 3}, "communities=6 cannot be filled"),
        ({"graph": "shared", "disturbances": ("rewire",)}, "cannot strike"),
        ({"delay": 64}, "delay=64 is out of range"),
    ],
)
def test_wrong_knobs_are_named(knobs, part):
    with pytest.raises(UserError, match=part):
        make(**knobs)


def test_there_is_no_oracle():
    env = make(citizens=3, communities=1)
    env.reset(seed=0)
    for ask in (env.cost_to_go, env.oracle_action, env.progress):
        with pytest.raises(UserError, match="no goal"):
            ask()


# --- the battery --------------------------------------------------------------------------------
