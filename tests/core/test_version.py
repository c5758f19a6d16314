"""Which code is running: told apart where a commit's name would not."""

import shutil

from midcourse.core.version import code_hash


def test_any_change_of_a_source_is_other_code(tmp_path, monkeypatch):
    package = tmp_path / "tiny_package"
    (package / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/a.py"):
        (package / name).write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    first = code_hash("tiny_package")

    def other(change):
        change()
        code_hash.cache_clear()
        return code_hash("tiny_package") != first

    assert not other(lambda: (package / "notes.txt").write_text("not code"))
    assert other(lambda: (package / "inner/a.py").write_text("x = 2\n"))
    assert other(lambda: (package / "inner/a.py").rename(package / "inner/b.py"))
    assert other(lambda: shutil.rmtree(package / "inner"))
