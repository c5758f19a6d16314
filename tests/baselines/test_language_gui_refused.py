"""Settings and prompts that training refuses, in one sentence, before it runs a model over them."""

import pytest

pytest.importorskip("peft", reason="the extra `llm` is not installed")

from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.model import LocalModel
from midcourse.baselines.language_gui import clone, grpo
from midcourse.core.errors import UserError


def test_a_prompt_that_the_context_does_not_hold_is_refused_as_in_play(network, tokenizer):
    model = LocalModel(network, tokenizer, "tiny", context=100)
    worlds = clone.Args().worlds(model, Prompt("Rules", 1, False), "train", 1)
    worlds.begin([0], [0])
    with pytest.raises(UserError, match="but the context of tiny holds 100: shorten the prompt"):
        worlds.ask(0)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"checkpoint_every": 0}, "checkpoint_every=0 is out of range: it lies in"),
        ({"seed": -1}, "seed=-1 is out of range: it lies in"),
        ({"learning_rate": -1.0}, "learning_rate=-1.0 is out of range: it lies in"),
        ({"learning_rate": float("nan")}, "learning_rate=nan is out of range"),
        ({"clip": -0.1}, "clip=-0.1 is out of range: it lies in"),
        ({"kl": -0.1}, "kl=-0.1 is out of range: it lies in"),
        ({"env": "midcourse/GuiNavigatoin-v0"}, "did you mean 'midcourse/GuiNavigation-v0'"),
        ({"app": "fresh"}, "app='fresh' has tasks without end"),
    ],
)
def test_settings_that_cannot_be_trained_are_refused(settings, told):
    with pytest.raises(UserError, match=told):
        grpo.Args(**settings).check()
