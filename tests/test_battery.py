"""Every registered world keeps the ten laws, and in its other forms too.

At every level, but for what takes long: `midcourse check ID` tries all of it.
"""

import gymnasium
import pytest
import sizes

from midcourse.core.check import check_env

OURS = sorted(name for name in gymnasium.registry if name.startswith("midcourse/"))
RECORDS = [2, 3, 4, 5, 8, 9, 10]
# (laws, levels, knobs) of every world; None: all. A world that is not named keeps all at once.
PLANS = {
    "midcourse/DelayedRepression-v0": [
        (RECORDS, [4], sizes.REGULATED),
        ([2, 5], [1, 5], sizes.REGULATED),
        ([6, 7], [4], {}),
    ],
    "midcourse/DelayedRepressionCitizens-v0": [
        (RECORDS, [1, 5], sizes.CITIZENS),
    ],
    "midcourse/GuiNavigation-v0": [
        ([1, 2, 3], [1, 4], {}),
        ([4, 5, 6, 7, 8, 9, 10], None, {}),
    ],
    "midcourse/WebTasks-v0": [
        (RECORDS, [4], {}),
        ([2, 5, 6, 7], [1, 2, 3, 5], {}),
    ],
}
# Forms of the worlds whose records or observations differ from the ones made without knobs.
FORMS = {
    "midcourse/GuiNavigation-v0": [{"app": "fresh"}, {"observation": "compact"}],
    "midcourse/DelayedReplicator-v0": [{"levers": "force"}],
    "midcourse/DelayedRepression-v0": [{"graph": "shared", "levers": "force", **sizes.REGULATED}],
}


def keeps(name, laws, levels, knobs):
    report = check_env(name, laws=laws, levels=levels, **knobs)
    assert report.passed, report.sentence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "plan"), [(name, i) for name in OURS for i in range(len(PLANS.get(name, [0])))]
)
def test_every_world_keeps_the_laws(name, plan):
    keeps(name, *PLANS.get(name, [(None, None, {})])[plan])


@pytest.mark.thorough  # compiles all rules twice more, which takes minutes
@pytest.mark.parametrize("name", [name for name in PLANS if PLANS[name][0][0] is RECORDS])
def test_large_worlds_give_equal_bytes_compiled_with_checks_and_not_at_all(name):
    _, levels, knobs = PLANS[name][0]
    keeps(name, [1], levels, knobs)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "knobs"), [(name, knobs) for name, forms in FORMS.items() for knobs in forms]
)
def test_other_forms_keep_the_laws_of_records_and_batches(name, knobs):
    few = "citizens" in knobs  # and each further level would be compiled anew
    keeps(name, [2, 3, 4, 5] if few else [2, 3, 4, 5, 6], [1] if few else [1, 3], knobs)
