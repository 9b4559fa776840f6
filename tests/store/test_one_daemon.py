"""One daemon per database: a second one is refused, in this process and from another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from store.engine import Store
from store.locks import LockedError, only_daemon

ROOT = Path(__file__).parents[2]
TRY = """
import sys
from store.engine import Store
from store.locks import LockedError, only_daemon
try:
    with only_daemon(Store(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except LockedError as error:
    print(error)
"""


def _other(store: Store) -> subprocess.Popen[str]:
    url = store.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-c", TRY, url], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_a_second_daemon_is_refused(store: Store) -> None:
    second = Store(store.url.render_as_string(hide_password=False))
    with only_daemon(store):
        with pytest.raises(LockedError, match="another daemon already works on"), only_daemon(second):
            pytest.fail("two daemons at once")
        told, _ = _other(store).communicate("", timeout=60)
        assert "another daemon already works on" in told
    with only_daemon(second):
        pass
    second.close()


def test_the_lock_ends_with_the_process_that_held_it(store: Store) -> None:
    other = _other(store)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LockedError), only_daemon(store):
        pytest.fail("two daemons at once")
    other.kill()
    other.communicate(timeout=60)
    # The server notices on its own time that its client is gone.
    for _ in range(100_000):
        try:
            with only_daemon(store):
                break
        except LockedError:
            continue
    else:
        pytest.fail("the lock of a killed process was never freed")


def test_a_daemon_that_fails_frees_the_lock(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), only_daemon(store):
        raise ZeroDivisionError
    with only_daemon(store):
        pass


def test_readers_and_writers_are_not_locked_out(store: Store) -> None:
    with only_daemon(store), store.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
