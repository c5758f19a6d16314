"""Which code is running: told apart where a commit's name would not."""

import shutil

from midcourse.core import version
from midcourse.core.version import code_hash, fingerprint


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


def test_any_change_of_a_file_is_another_fingerprint_and_its_place_is_not(tmp_path, monkeypatch):
    one, other = tmp_path / "one", tmp_path / "other" / "place"
    for folder in (one, other):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "weights").write_bytes(bytes(10_000))
    assert fingerprint([one]) == fingerprint([other]) != fingerprint([])
    for limit in (1 << 26, 100):  # read whole, and by blocks
        monkeypatch.setattr(version, "READ_WHOLE", limit)
        monkeypatch.setattr(version, "BLOCK", 100)
        before = fingerprint([one])
        for place in (0, 5_000, 9_999):
            data = bytearray(10_000)
            data[place] = 1
            (one / "inner" / "weights").write_bytes(data)
            assert fingerprint([one]) != before
        (one / "inner" / "weights").write_bytes(bytes(10_000))
        assert fingerprint([one]) == before
        (one / "inner" / "weights").rename(one / "weights")
        assert fingerprint([one]) != before
        (one / "weights").rename(one / "inner" / "weights")
