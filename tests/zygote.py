"""A process that has the program in memory and forks one run after another: a tenth of a second saved at each of a thousand.

A run has its own arguments, environment, folder and streams, as a program started by a shell has; what differs is that
modules are imported and patterns compiled already. Where the start itself is the matter, use the `start` fixture.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any

ALREADY = ("llmops_cli.commands.run", "llmops_cli.commands.monitor", "llmops_cli.commands.rollback_check", "llmops_cli.commands.serve",
           "llmops_cli.pii.records", "concurrent.futures.process", "difflib", "multiprocessing", "tomllib")


def serve(listener: socket.socket) -> None:
    """Fork a run for each connection, until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for name in ALREADY:
        __import__(name)
    from llmops_cli.pii.pattern import Pattern
    for one in gc.get_objects():
        if isinstance(one, Pattern):
            one.search      # compiles it
    gc.freeze()
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if 0 in ready:
            return
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            _attend(connection)
        connection.close()


def _attend(connection: socket.socket) -> None:
    """One run: say its process id, then, at its end, its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    asked, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    while not asked.endswith(b"\n"):
        asked += connection.recv(1 << 16)
    wanted = json.loads(asked)
    process = os.fork()
    if not process:
        connection.close()
        _become(wanted, streams)
    for stream in streams:
        os.close(stream)
    connection.sendall(b"%d\n" % process)
    connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    os._exit(0)


def _become(wanted: dict[str, Any], streams: list[int]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    os.chdir(wanted["folder"])
    sys.argv = ["llmops", *wanted["arguments"]]
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    try:
        from llmops_cli.cli import entry
        entry()
    except BaseException:
        import traceback
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
