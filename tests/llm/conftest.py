"""What the tests of the wire share."""

import shutil
import subprocess

import pytest


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> str:
    """A file with a key and a certificate of localhost that nobody has signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: it makes the certificate")
    path = str(tmp_path_factory.mktemp("tls") / "localhost.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path, "-out", path + ".crt", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    with open(path, "a") as both, open(path + ".crt") as made:
        both.write(made.read())
    return path
