"""What an evaluation measures, and that it is the same every time."""

import json

import pytest

from midcourse.core.errors import UserError
from midcourse.evaluate import evaluate
from midcourse.evaluation.journal import RESULTS
from midcourse.evaluation.plan import make_plan

ID = "midcourse/GuiNavigation-v0"
KNOBS = {"level": 3, "split": "test", "disturbances": 1}


@pytest.fixture(scope="module")
def results():
    return evaluate(ID, ["explorer"], KNOBS, tasks=15, repeats=2)


def of(results, agent):
    return [line for line in results.lines if line["agent"] == agent]


def test_floors_and_ceiling_stand_beside(results):
    assert [row.agent for row in results.rows] == ["do-nothing", "random", "explorer", "oracle"]
    assert {row.episodes for row in results.rows} == {30}
    assert {row.tasks for row in results.rows} == {15}


def test_every_agent_meets_the_same_episodes(results):
    addresses = [
        [(line["seed"], line["task"]["index"], line["repeat"]) for line in of(results, row.agent)]
        for row in results.rows
    ]
    assert all(address == addresses[0] for address in addresses)
    assert len({seed for seed, *_ in addresses[0]}) == 30


def test_do_nothing_never_succeeds_and_the_oracle_always(results):
    assert not any(line["success"] for line in of(results, "do-nothing"))
    assert all(line["success"] for line in of(results, "oracle"))


def test_the_oracle_recovers_at_once(results):
    disturbed = [line for line in of(results, "oracle") if line["events"]]
    assert disturbed
    assert {line["steps_to_recover"] for line in disturbed} == {0}
    assert {line["stale_actions"] for line in disturbed} == {0}


def test_undisturbed_the_oracle_takes_the_fewest_steps():
    found = evaluate(ID, [], {"level": 2, "split": "test"}, tasks=20)
    for line in of(found, "oracle"):
        assert line["steps"] == line["optimal_steps"]
        assert (line["efficiency"], line["regret"], line["progress"]) == (1.0, 0, 1.0)
        assert line["stale_actions"] is None
        assert line["success_disturbed"] is None


def test_measures_of_a_line_fit_together(results):
    for line in results.lines:
        assert 0.0 <= line["progress"] <= 1.0
        assert (line["progress"] == 1.0) == line["success"]
        assert (line["efficiency"] is not None) == line["success"]
        if line["success"]:
            assert line["regret"] == line["steps"] - line["optimal_steps"]
        assert (line["success_disturbed"] is not None) == bool(line["events"])
        assert line["version"]
        assert line["commit"]


@pytest.mark.parametrize("processes", [1, 2])
def test_results_are_the_same_bytes_on_any_number_of_processes(tmp_path, results, processes):
    evaluate(ID, ["explorer"], KNOBS, tasks=15, repeats=2, processes=processes, out=tmp_path)
    written = [json.loads(line) for line in (tmp_path / RESULTS).read_text().splitlines()]
    assert written == json.loads(json.dumps(results.lines))


def test_a_stopped_run_goes_on_where_it_stopped(tmp_path):
    class Stop(Exception):
        pass

    def stop(done, total, line):
        if line and done == 7:
            raise Stop

    arguments = {"tasks": 4, "out": tmp_path / "a"}
    with pytest.raises(Stop):
        evaluate(ID, [], KNOBS, progress=stop, **arguments)
    begun = []
    evaluate(ID, [], KNOBS, progress=lambda done, total, line: begun.append(done), **arguments)
    assert begun == list(range(7, 13))
    evaluate(ID, [], KNOBS, tasks=4, out=tmp_path / "b")
    assert (tmp_path / "a" / RESULTS).read_bytes() == (tmp_path / "b" / RESULTS).read_bytes()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"env": "midcourse/GuiNavigatoin-v0"}, "did you mean 'midcourse/GuiNavigation-v0'"),
        ({"agents": ("orcale",)}, "unknown agent 'orcale': did you mean 'oracle'"),
        ({"agents": ("random:3",)}, "takes no argument"),
        ({"knobs": {"levle": 2}}, "unknown knob 'levle': did you mean 'level'"),
        ({"knobs": {"level": 6}}, "level 6 does not exist"),
        ({"tasks": 0}, "tasks=0 is out of range"),
        ({"repeats": 0}, "repeats=0 is out of range"),
        ({"seed": -1}, "seed=-1 is out of range"),
    ],
)
def test_mistakes_are_one_sentence(change, sentence):
    given = {"env": ID, "agents": (), "knobs": {}, "tasks": None, "repeats": 1, "seed": 0}
    with pytest.raises(UserError, match=sentence):
        make_plan(**{**given, **change})


def test_neighbouring_seeds_share_no_episodes():
    seeds = [{job.seed for job in make_plan(ID, (), {}, 40, 2, seed).jobs()} for seed in range(20)]
    assert len(set.union(*seeds)) == sum(map(len, seeds))
