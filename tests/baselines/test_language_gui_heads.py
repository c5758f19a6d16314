"""Models whose head does more than a product: what training knows of them, and what it refuses."""

import pytest

pytest.importorskip("peft", reason="the extra `llm` is not installed")
import torch
import transformers

from midcourse.agents.language.history import Prompt
from midcourse.agents.language.local.adapter import Trained
from midcourse.baselines.language_gui import clone
from midcourse.baselines.language_gui.learner import Learner
from midcourse.baselines.language_gui.policy import Decision, choice_log_probs, knows_head
from midcourse.core.errors import UserError

DECISION = Decision((5, 9, 20, 31), ((7, 8, 0), (12, 0)))


def random_network(kind, **settings):
    """A network of another kind, whose head has no zeros in its bias."""
    sizes = {"vocab_size": 320, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 1}
    config = transformers.AutoConfig.for_model(
        kind, **sizes, num_attention_heads=4, num_key_value_heads=4, pad_token_id=0, **settings
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = transformers.AutoModelForCausalLM.from_config(config).eval()
        for weight in made.get_output_embeddings().parameters():
            torch.nn.init.normal_(weight)
    return made


def test_the_bias_of_a_head_counts():
    phi = random_network("phi")
    with torch.no_grad():
        _, scores = choice_log_probs(phi, [DECISION])
        for choice, score in zip(DECISION.choices, scores[0], strict=True):
            logits = phi(torch.tensor([[*DECISION.prompt, *choice]])).logits[0]
            found = torch.log_softmax(logits, 1)[len(DECISION.prompt) - 1 :]
            wanted = sum(float(found[k, token]) for k, token in enumerate(choice))
            assert float(score) == pytest.approx(wanted, abs=1e-4)
    assert knows_head(phi, DECISION)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("granite", {"logits_scaling": 8.0}),
        ("cohere", {"logit_scale": 0.1}),
        ("gemma2", {"final_logit_softcapping": 3.0, "head_dim": 8}),
    ],
)
def test_a_head_that_does_more_is_noticed(kind, settings):
    assert not knows_head(random_network(kind, **settings), DECISION)


def test_a_model_with_another_head_is_refused(saved, tokenizer, tmp_path):
    folder = tmp_path / "granite"
    random_network("granite", logits_scaling=8.0).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    with pytest.raises(UserError, match="granite has a head that training does not know"):
        Learner(clone.Args(threads=1), Trained(str(folder), Prompt()))
    Learner(clone.Args(threads=1), Trained(str(saved), Prompt()))
