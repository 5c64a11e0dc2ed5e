"""Worker processes do not outlive the gateway, however it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

GATEWAY = """
import os, time
from gateway.workers import new_pool
pool = new_pool(1)
print(pool.submit(os.getpid).result(), pool.submit(os.getppid).result(), flush=True)
pool.submit(time.sleep, 60)
time.sleep({sleep_s})
os._exit(0)
"""


@pytest.mark.parametrize(
    ("sleep_s", "is_killed"), [pytest.param(60, True, id="killed"), pytest.param(0, False, id="ends")]
)
def test_a_worker_at_work_ends_with_the_gateway(tmp_path: Path, sleep_s: int, is_killed: bool) -> None:
    gateway = subprocess.Popen(
        [sys.executable, "-c", GATEWAY.format(sleep_s=sleep_s)], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    with gateway:
        assert gateway.stdout is not None
        others = [psutil.Process(int(pid)) for pid in gateway.stdout.readline().split()]
        if is_killed:
            gateway.send_signal(signal.SIGKILL)

    assert len(others) == 2  # The worker and the process that it was copied from.
    assert psutil.wait_procs(others, timeout=20)[1] == []
