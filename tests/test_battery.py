"""Every registered world keeps the ten laws at every level, and in its other forms too."""

import gymnasium
import pytest

from midcourse.core.check import check_env

OURS = sorted(name for name in gymnasium.registry if name.startswith("midcourse/"))
# Forms of the worlds whose records or observations differ from the ones made without knobs.
FORMS = {
    "midcourse/GuiNavigation-v0": [{"app": "fresh"}, {"observation": "compact"}],
    "midcourse/DelayedReplicator-v0": [{"levers": "force"}],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OURS)
def test_every_world_keeps_the_laws(name):
    report = check_env(name)
    assert report.passed, report.sentence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "knobs"), [(name, knobs) for name, forms in FORMS.items() for knobs in forms]
)
def test_other_forms_keep_the_laws_of_records_and_batches(name, knobs):
    report = check_env(name, laws=[2, 3, 4, 5, 6], levels=[1, 3], **knobs)
    assert report.passed, report.sentence
