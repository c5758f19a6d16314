"""Scoring 12 choices of a prompt with SmolLM2 on the CPU, against one forward pass for each."""

import contextlib
import statistics
import time
from typing import Any

from midcourse.bench import Row
from midcourse.core.errors import UserError

PROMPT = 400  # tokens
ROUNDS = 3  # of each kind in turn; twelve passes take many seconds
CLOSE = 1e-4  # of scores in float32
STEPS = 20  # of an episode
TURN = "You are on Amber Delta. Icons: 1 Harbor Echo, 2 Cedar Lima. You may say: click 1, click 2"
NEW = {"prefix is new": None, "20 tokens are new": 20, "60 tokens are new": 60}
GOALS = {
    "float32": {"prefix is new": 8, "20 tokens are new": 25, "60 tokens are new": 20},
    "bfloat16": {"prefix is new": 8, "20 tokens are new": 12},
}


def require():
    """Raises UserError if the extra `llm` or SmolLM2 is not installed."""
    try:
        import midcourse.agents.language.local.model  # noqa: F401
        from midcourse.agents.language.local.smollm2 import find_gguf
    except ImportError as error:
        raise UserError(
            f"bench language needs {error.name}, which is not installed: "
            f"pip install 'midcourse[llm]'"
        ) from None
    find_gguf()


def loaded(dtype) -> Any:
    from midcourse.agents.language.local.loading import load
    from midcourse.agents.language.local.smollm2 import model_folder

    return load(model_folder(), dtype)


def asked(model):
    """A prompt of so many tokens, and twelve actions with the turn's end, in tokens."""
    talk = [{"role": "user", "content": f"{TURN}\n" * 30}]
    words = [f"click {number}" for number in range(1, 11)] + ["back", "done"]
    choices = [tuple(model.encode(said + model.turn_end())) for said in words]
    return model.encode(model.render(talk))[:PROMPT], choices


def one_by_one(model, prefix, choices):
    """Log-probabilities by one pass for each choice, its head at the last positions only."""
    import torch

    found = {}
    with torch.inference_mode():
        for choice in choices:
            text = torch.tensor([[*prefix, *choice]])
            out = model.model(text, use_cache=False, logits_to_keep=len(choice) + 1)
            steps = out.logits[0, :-1].float().log_softmax(-1)
            found[choice] = float(steps[range(len(choice)), choice].sum())
    return found


def keep(model, prefix, new):
    """Bring a model to where all of a prefix but its last `new` tokens is kept."""
    if new is None:
        return model.forget()
    model.remembered.clear()
    return model.kept.take([*prefix, -1]).cut(prefix[:-new])


def timed(run, *arguments):
    """Seconds of the processor, on one thread: a pass is so long that others come in between."""
    begun = time.process_time()
    run(*arguments)
    return time.process_time() - begun


def against_passes(model, dtype):
    """One row for each number of new tokens; ours and the passes are measured in turn."""
    prefix, choices = asked(model)
    model.score_tokens(prefix, choices)
    times = {case: [] for case in GOALS[dtype]}
    passes = []
    for _ in range(ROUNDS):
        passes.append(timed(one_by_one, model, prefix, choices))
        for case in times:
            keep(model, prefix, NEW[case])
            times[case].append(timed(model.score_tokens, prefix, choices))
    for case, goal in GOALS[dtype].items():
        ratios = [peer / ours for ours, peer in zip(times[case], passes, strict=True)]
        yield Row(
            f"12 choices of a 400-token prompt, {dtype}, {case}, seconds",
            f"{statistics.median(times[case]):.3g} s",
            f"a pass for each: {statistics.median(passes):.3g} s",
            statistics.median(ratios),
            min(ratios),
            max(ratios),
            goal,
        )


def over_an_episode(model):
    """Time of a late decision by that of an early one, each after one more turn of equal length."""
    words = [f"click {number}{model.turn_end()}" for number in range(1, 13)]
    talk, times = [], []
    for _ in range(STEPS):
        talk.append({"role": "user", "content": TURN})
        times.append(timed(model.score, model.render(talk), words))
        talk.append({"role": "assistant", "content": "click 1"})
    early, late = times[1:7], times[-6:]
    ratios = [b / a for a, b in zip(early, late, strict=True)]
    return Row(
        f"a decision at the end of {STEPS} steps, in those at its start, float32",
        f"{1000 * statistics.median(late):.3g} ms",
        f"start: {1000 * statistics.median(early):.3g} ms",
        statistics.median(late) / statistics.median(early),
        min(ratios),
        max(ratios),
        1.25,
        at_most=True,
    )


@contextlib.contextmanager
def one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def rows(report):
    report("SmolLM2, float32")
    model = loaded("float32")
    prefix, choices = asked(model)
    with one_thread():
        wanted, found = one_by_one(model, prefix, choices), model.score_tokens(prefix, choices)
        furthest = max(abs(found[choice] - wanted[choice]) for choice in choices)
        assert furthest <= CLOSE, f"scores differ by {furthest}"
        yield from against_passes(model, "float32")
        yield over_an_episode(model)
        report("SmolLM2, bfloat16")
        half = loaded("bfloat16")
        rounded = half.score_tokens(prefix, choices)
        yield from against_passes(half, "bfloat16")
    differences = [abs(rounded[choice] - wanted[choice]) for choice in choices]
    yield Row(
        "12 scores in bfloat16, greatest difference from float32, natural logarithm",
        f"{max(differences):.3g}",
        f"float32's own two ways: {furthest:.1g}",
        max(differences),
        min(differences),
        max(differences),
    )
