"""An AWS of this machine: `moto_server`, which nobody here wrote."""

import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import Iterator

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}


def installed() -> bool:
    return shutil.which("moto_server") is not None


@contextmanager
def serving(**environ: str) -> Iterator[dict[str, str]]:
    """The environment with which it is reached; stopped at the end."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    import os
    process = subprocess.Popen([shutil.which("moto_server"), "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environ})
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(url + "/moto-api/", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield {"AWS_ENDPOINT_URL": url, **KEYS}
    finally:
        process.terminate()
        process.wait(10)
