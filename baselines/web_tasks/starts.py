"""Training episodes that begin near the goal, and further from it as they are solved.

Florensa, Held, Wulfmeier, Zhang and Abbeel, "Reverse curriculum generation for reinforcement
learning" (CoRL 2017), with the oracle's way in place of a walk back from the goal (ours).
"""

from collections import deque
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv, VectorWrapper

EPISODES = 100  # of each act, over which success is taken
LATEST = 400  # episodes, over which the share of whole ones is taken


class NearStarts(VectorWrapper):
    """Plays the oracle's first actions, for training only, so that an episode begins near its end.

    How many actions are left is drawn from 1 to the act's reach, a number that grows by one
    whenever enough of the act's latest episodes were solved, to twice its longest way at most;
    where the whole way is no longer than what was drawn, nothing is played. The actions played
    count as steps of the episode, and their rewards are nobody's; what a world draws stays as it
    was.

    Args:
        env: a native vector with an exact oracle, in autoreset mode SAME_STEP, whose observation
            has the key act, a label.
        enough: share of solved episodes at which a reach grows.
        seed: of the draws.
    """

    def __init__(self, env: VectorEnv, enough: float = 0.7, seed: int = 0):
        super().__init__(env)
        self.worlds_of: Any = env
        acts = int(self.worlds_of.single_observation_space["act"].n)
        self.enough = enough
        self.random = np.random.default_rng(seed)
        self.reach = [1] * acts
        self.longest = [1] * acts  # way seen of each act
        self.solved: list[deque[bool]] = [deque(maxlen=EPISODES) for _ in range(acts)]
        self.whole: deque[bool] = deque(maxlen=LATEST)
        self.act = np.zeros(env.num_envs, np.int64)  # of the episode in each world

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "worlds_of":
            raise AttributeError(name)
        return getattr(self.worlds_of, name)

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin episodes."""
        observation, infos = self.env.reset(seed=seed, options=options)
        self._go_ahead(range(self.num_envs), observation, infos)
        return observation, infos

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        """Take one action in every world."""
        outcome = self.env.step(actions)
        ended, infos = np.flatnonzero(outcome[2] | outcome[3]), outcome[4]
        for i in ended:
            self._count(int(self.act[i]), bool(infos["final_info"]["success"][i]))
        self._go_ahead(ended, outcome[0], infos)
        return outcome

    def state(self) -> dict[str, Any]:
        """What the draws to come depend on, in JSON's types."""
        return {
            "random": self.random.bit_generator.state,
            "reach": self.reach,
            "longest": self.longest,
            "solved": [list(map(int, solved)) for solved in self.solved],
            "whole": list(map(int, self.whole)),
            "act": self.act.tolist(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.random.bit_generator.state = state["random"]
        self.reach, self.longest = list(state["reach"]), list(state["longest"])
        self.solved = [deque(map(bool, solved), EPISODES) for solved in state["solved"]]
        self.whole = deque(map(bool, state["whole"]), LATEST)
        self.act[:] = state["act"]

    def _count(self, act: int, success: bool) -> None:
        solved = self.solved[act]
        solved.append(success)
        if len(solved) == EPISODES and np.mean(solved) >= self.enough:
            self.reach[act] = min(self.reach[act] + 1, 2 * self.longest[act])
            solved.clear()

    def _go_ahead(self, begun: Any, observation: Any, infos: dict[str, Any]) -> None:
        for i in map(int, begun):
            act = self.act[i] = int(observation["act"][i])
            cost = self.worlds_of.cost_to_go(i)
            left = int(self.random.integers(1, self.reach[act] + 1))
            self.longest[act] = max(self.longest[act], cost)
            self.whole.append(cost <= left)
            if cost > left:
                self._play(i, left, observation, infos)

    def _play(self, i: int, left: int, observation: Any, infos: dict[str, Any]) -> None:
        """Play the oracle's actions in world i until so many are left."""
        twin = self.worlds_of.single(i)
        while twin.cost_to_go() > left:
            seen, _, _, _, info = twin.step(twin.oracle_action())
            for key, value in seen.items():
                observation[key][i] = value
            infos["action_mask"][i] = info["action_mask"]
        self.worlds_of.restore(i, twin.snapshot())
