"""The `midcourse` command: its names, its mistakes, and that it starts without heavy imports."""

import subprocess
import sys

import pytest
import sizes

from midcourse.cli import main
from midcourse.commands import COMMANDS
from midcourse.evaluation.journal import RESULTS, SETTINGS, TIMING


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("lsit", "unknown command 'lsit': did you mean 'list'?"),
        ("eval GuiNavigatin-v0", "did you mean 'midcourse/GuiNavigation-v0'?"),
        ("list Gui", "unknown id 'Gui'"),
        ("check GuiNavigation-v1", "did you mean 'midcourse/GuiNavigation-v0'?"),
        ("play GuiNavigation-v1", "did you mean 'midcourse/GuiNavigation-v0'?"),
        ("eval --agents randm", "unknown agent 'randm': did you mean 'random'?"),
        ("eval --knob distracters=3", "unknown knob 'distracters': did you mean 'distractors'?"),
        ("eval --knob distractors", "'distractors' is not of the form name=value"),
        ("eval --level 7", "level 7 does not exist: it is 1 to 5"),
        ("eval --split tset", "unknown value for split 'tset': did you mean 'test'?"),
        ("eval --disturbances popop", "unknown disturbance 'popop': did you mean 'popup'?"),
        ("eval --observation pixels", "unknown value for observation 'pixels'"),
        ("eval --repeat 3", "unknown option '--repeat': did you mean '--repeats'?"),
        ("eval --tasks 0", "tasks=0 is out of range"),
        ("eval --processes 0", "processes=0 is out of range"),
        ("eval --share 0.5", "the suite episodes takes no --share: it is for interrupt"),
        ("eval --suite static --tasks 5", "takes no --tasks: it is for episodes and interrupt"),
        ("eval --suite static --no-floors", "the suite static takes no --no-floors"),
        ("eval WebTasks-v0 --suite interrupt --report", "the suite interrupt takes no --report"),
        ("eval --suite static --questions 0", "count is 1 at least"),
        ("eval WebTasks-v0 --suite static", "midcourse/WebTasks-v0 has no questions"),
        ("eval --no-floors", "there are no agents to play"),
        ("eval --no-tasks 2", "unknown option '--no-tasks'"),
        ("eval --disturbances -1", "disturbances=-1 cannot be drawn"),
        ("eval --agents hold-alarm", "hold-alarm regulates midcourse/DelayedRepression-v0"),
        ("eval --agents reactive-citizens", "midcourse/GuiNavigation-v0 has none"),
        ("list --env x", "unknown option '--env'"),
        ("demo --seed -1", "--seed -1 is out of range"),
        ("train maskable-pop", "unknown baseline 'maskable-pop': did you mean 'maskable-ppo'?"),
        ("train maskable-ppo --levle 1", "unknown option '--levle': did you mean '--level'?"),
        ("serve forum", "unknown world 'forum'"),
        ("serve web --port 70000", "port=70000 is out of range"),
        ("serve web --sessions 0", "sessions=0 is out of range"),
        ("serve web --level 7 --port 0", "level 7 does not exist: it is 1 to 5"),
        ("serve web --disturbances popup --port 0", "unknown disturbance 'popup'"),
        ("demo --levels 4", "the demo has 1, 2 and 3"),
        ("demo --training 0", "out of range"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(words, sentence, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(words.split()) == 2
    said = capsys.readouterr()
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name, capsys):
    try:
        code = main([name, "--help"])
    except SystemExit as stop:
        code = stop.code
    assert code == 0
    said = capsys.readouterr().out
    assert f"midcourse {name}" in said
    assert "Example:" in said


def test_list_names_what_there_is(capsys):
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    for word in ("midcourse/GuiNavigation-v0", "level 5", "dead_link", "oracle", "84 test"):
        assert word in said
    assert main(["list", "GuiNavigation-v0"]) == 0
    assert "distractors=0: icons on each screen that lead nowhere" in capsys.readouterr().out


def test_eval_writes_a_run_and_prints_a_table(capsys, tmp_path):
    folder = tmp_path / "run"
    words = "eval --level 2 --split test --disturbances popup,move-icons --tasks 3 --repeats 5"
    knobs = ["--knob", "distractors=2", "--knob", "app=per_split", "--out", str(folder)]
    assert main([*words.split(), *knobs]) == 0
    names = {path.name for path in folder.iterdir()}
    assert names == {RESULTS, TIMING, SETTINGS, "summary.json", ".lock"}
    said = capsys.readouterr().out
    for word in ("do-nothing", "random", "oracle", "Pass@5", "pass^5", "1.00 to 1.00"):
        assert word in said
    assert len((folder / RESULTS).read_text().splitlines()) == 45


def test_eval_takes_agents_with_commas_and_shows_only_what_is_defined(capsys, tmp_path):
    def few(size):
        return ["--tasks=2", *(f"--knob={k}={v}" for k, v in {**size, "step_limit": 20}.items())]

    words = ["eval", "DelayedRepression-v0", "--agents", "random,oracle", "--no-floors"]
    words += few(sizes.REGULATED)
    assert main([*words, "--out", str(tmp_path / "a")]) == 0
    said = capsys.readouterr().out
    assert "4 episodes in" in said
    assert "return" in said
    assert "efficiency" not in said
    words = ["eval", "DelayedRepressionCitizens-v0", *few(sizes.CITIZENS)]
    words += ["--out", str(tmp_path / "b")]
    assert main([*words, "--disturbances", "1"]) == 0  # neither goal nor masks
    said = capsys.readouterr().out
    assert "success" not in said
    assert "oracle" not in said


def test_eval_into_another_run_is_refused(capsys, tmp_path):
    words = ["eval", "--tasks", "2", "--out", str(tmp_path)]
    assert main(words) == 0
    assert main([*words, "--seed", "1"]) == 2
    assert "seed=0, this one has 1" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["list"], ["--help"], ["eval", "--help"], ["lsit"]])
def test_light_commands_import_nothing_heavy(words):
    code = (
        "import sys\nfrom midcourse.cli import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numba', 'scipy', 'pygame', 'matplotlib', 'triton'} & set(sys.modules)\n"
        "sys.exit(','.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_command_prints_the_overview(capsys):
    assert main([]) == 2
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)
