"""A process is known to have ended as soon as it has, however it ended."""

import os
import subprocess
import sys
from pathlib import Path

from gateway.store.presence import Presence

LIVE = """
import sys, time
from pathlib import Path
from gateway.store.presence import Presence
print(Presence(Path(sys.argv[1])).name, flush=True)
time.sleep(60)
"""


def begun(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen([sys.executable, "-c", LIVE, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_a_process_lives_until_it_is_killed(tmp_path: Path) -> None:
    ours = Presence(tmp_path)
    other, name = begun(tmp_path)

    lived = not ours.has_gone(name)
    other.kill()
    other.communicate()

    assert lived
    assert ours.has_gone(name)


def test_a_process_of_another_machine_is_unknown(tmp_path: Path) -> None:
    assert not Presence(tmp_path).has_gone("0123456789abcdef")


def test_what_ended_long_ago_is_swept_away_and_who_lives_is_not(tmp_path: Path) -> None:
    ours = Presence(tmp_path)
    (tmp_path / "left").touch()
    (tmp_path / "left lately").touch()
    for name in (ours.name, "left"):
        os.utime(tmp_path / name, (0, 0))

    next_one = Presence(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {ours.name, next_one.name, "left lately"}
