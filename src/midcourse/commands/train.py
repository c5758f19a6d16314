"""Train a baseline. Its own options follow its name.

Example:
    midcourse train maskable-ppo --level 1 --seconds 50 --out runs/ppo
    midcourse train maskable-ppo --help
    midcourse eval --agents sb3:runs/ppo/model.zip
"""

from collections.abc import Sequence

from midcourse.commands.common import part
from midcourse.core.errors import unknown

BASELINES = {
    "language-clone": "language_gui.clone",
    "language-grpo": "language_gui.grpo",
    "maskable-ppo": "maskable_ppo",
    "regulate": "regulate",
    "tabular-q": "tabular_q",
    "web-ppo": "web_tasks.ppo",
}
HELP = ("-h", "--help")


def main(words: Sequence[str]) -> int:
    """Train; the first word names the baseline, the rest are its options."""
    if not words or words[0] in HELP:
        print(f"usage: midcourse train BASELINE [OPTIONS]\n\n{__doc__}")
        print(f"Baselines: {', '.join(BASELINES)}")
        return 0 if words else 2
    name = words[0].replace("_", "-")
    if name not in BASELINES:
        raise unknown("baseline", words[0], BASELINES)
    import tyro

    from midcourse.cli import check_options

    extra = "llm" if name.startswith("language") else "demo"
    module = part(f"baselines.{BASELINES[name]}", f"the baseline {name}", extra)
    check_options(module.Args, words[1:])
    description = (module.__doc__ or "").strip()
    prog = f"midcourse train {name}"
    args = tyro.cli(module.Args, prog=prog, description=description, args=list(words[1:]))
    result = module.train(part("baselines.arguments", "training").with_whole_id(args))
    print(f"trained {name}: success {_mean(result.train)} on train tasks", end="")
    print(f", {_mean(result.test)} on unseen ones; model in {result.model}")
    return 0


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "unknown"
