"""The tiny model in a folder, as language policies are trained from one."""

import pytest


@pytest.fixture(scope="module")
def saved(network, tokenizer, tmp_path_factory):
    from midcourse.agents.language import named

    folder = tmp_path_factory.mktemp("tiny") / "model"
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    named.shared_model.cache_clear()
    yield folder
    named.shared_model.cache_clear()
