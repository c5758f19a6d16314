"""What random, do-nothing and the oracle score on the test tasks of an id, level by level.

    python benchmarks/floors.py midcourse/GuiNavigation-v0 --knobs app=fixed app=fresh

These are the figures that a family's page prints, and from which its declared floors are set. Where
pages offer reasons why nothing can be done, also what cannot-be-done scores.
"""

import argparse
from typing import Any

import gymnasium
import numpy as np

import midcourse  # noqa: F401


def successes(env_id: str, choose: str, repeats: int, **knobs: Any) -> tuple[int, int]:
    """Episodes that succeed, and episodes, of every test task `repeats` times.

    `choose` is "random" (uniform over the legal actions, or over a Box), "do-nothing",
    "cannot-be-done" or "oracle".
    """
    single: Any = gymnasium.make(env_id, split="test", **knobs).unwrapped
    tasks = list(range(single.task_count or 100)) * (repeats if choose == "random" else 1)
    worlds: Any = gymnasium.make_vec(env_id, num_envs=len(tasks), split="test", **knobs)
    _, info = worlds.reset(seed=0, options={"task": tasks})
    generator = np.random.default_rng(0)
    space = worlds.single_action_space
    is_box = isinstance(space, gymnasium.spaces.Box)
    running = np.ones(len(tasks), bool)
    solved = 0
    while running.any():
        if choose == "random" and is_box:
            shape = (len(tasks), *space.shape)
            actions = generator.uniform(space.low, space.high, shape).astype(space.dtype)
        elif choose == "random":
            mask = info["action_mask"]
            drawn = generator.random(mask.shape) * (mask > 0)
            ends = np.cumsum(getattr(space, "nvec", ()))[:-1].astype(int)
            parts = [part.argmax(axis=1) for part in np.split(drawn, ends, axis=1)]
            actions = np.stack(parts, axis=1) if len(ends) else parts[0]
        elif choose == "oracle":
            actions = np.array([worlds.oracle_action(i) for i in range(len(tasks))])
        else:
            single.reset(seed=0)
            gives_up = choose == "cannot-be-done"
            last = single.parse(reason_of(single)) if gives_up else single.idle_action()
            actions = np.array([last] * len(tasks))
        _, _, terminated, truncated, info = worlds.step(actions)
        solved += int((info["success"] & running).sum())
        running &= ~(terminated | truncated)
    return solved, len(tasks)


def reason_of(single: Any) -> str:
    """Words that stop for the first reason that pages of a world offer; "" if they offer none."""
    single.reset(seed=0)
    reasons = single.page().reasons if single.FAMILY.page else ()
    return f"stop [{reasons[0]}]" if reasons else ""


def main() -> None:
    """Print one line for each level and setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("env_id")
    parser.add_argument("--knobs", nargs="*", default=[""], help="name=text, one setting each")
    parser.add_argument("--repeats", type=int, default=100, help="random episodes of each task")
    options = parser.parse_args()
    env: Any = gymnasium.make(options.env_id).unwrapped
    ways = ["random", "do-nothing", *["cannot-be-done"] * bool(reason_of(env)), "oracle"]
    print(f"setting, level: {', '.join(ways)} (success on the test tasks)")
    for setting in options.knobs:
        knobs = dict([setting.split("=")]) if setting else {}
        for level in sorted(env.params.LEVELS):
            line = []
            for choose in ways:
                solved, of = successes(
                    options.env_id, choose, options.repeats, level=level, **knobs
                )
                line.append(f"{solved / of:.4f} ({solved} of {of})")
            print(f"{setting} {level}: {', '.join(line)}", flush=True)


if __name__ == "__main__":
    main()
