"""How fast `serve` answers from a lake of 365 days and 50 teams: requests a second, and how long the slowest of a hundred take.

    python3 tests/bench/serve_pace.py [SECONDS]

The clients are threads of this process on kept connections, so they take their share of the machine; beside them stands
the pace of a bare loop that sends an answer of the same length over a socket without looking at what was asked.
"""

import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.report.years import make  # noqa: E402

CLIENTS = 8
PATHS = ("/v1/metrics?date=2025-06-03", "/v1/metrics?date=2025-09-09", "/v1/dates")

BARE = """
import socket, sys, threading
listener = socket.create_server(("127.0.0.1", 0)); print(listener.getsockname()[1], flush=True)
answer = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % int(sys.argv[1]) + b"x" * int(sys.argv[1])
def serve(connection):
    while connection.recv(65536): connection.sendall(answer)
while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""


def client(port: int, path: str, until: float, times: list[float]) -> None:
    """Ask again and again on one connection; note the seconds of each answer."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (began := time.perf_counter()) < until:
            connection.sendall(request)
            data = b""
            while b"\r\n\r\n" not in data:
                data += connection.recv(1 << 18)
            head, _, body = data.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            left = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]) - len(body)
            while left:
                left -= len(connection.recv(left))
            times.append(time.perf_counter() - began)


def asked(port: int, path: str, seconds: float) -> tuple[float, float, float]:
    """(answers a second, median milliseconds, 99th of 100 milliseconds)."""
    times: list[list[float]] = [[] for _ in range(CLIENTS)]
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=client, args=(port, path, until, each)) for each in times]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(value for each in times for value in each)
    return len(every) / seconds, 1000 * every[len(every) // 2], 1000 * every[len(every) * 99 // 100]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        make(lake)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "llmops_cli", "serve", str(lake), "--port", str(port), "-q"], cwd=ROOT)
        bare = subprocess.Popen([sys.executable, "-c", BARE, "5000"], stdout=subprocess.PIPE)
        try:
            time.sleep(1)
            print(f"bare loop of sockets: {asked(int(bare.stdout.readline()), '/', seconds)[0]:,.0f} answers/s of 5 kB, {CLIENTS} connections")
            for path in PATHS:
                asked(port, path, 0.3)
                pace, median, slow = asked(port, path, seconds)
                print(f"serve {path}: {pace:,.0f} answers/s, median {median:.1f} ms, p99 {slow:.1f} ms")
        finally:
            for process in (server, bare):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
