"""Objects written and read by us and by boto3, over `moto_server`, in turns: run it in the environment of tests/peers/run.

`python tests/bench/s3_pace.py [MEGABYTES]` prints megabytes a second and the ratio of ours to theirs, the best of some turns.
"""

import io
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import boto3  # noqa: E402

from llmops_cli import storage  # noqa: E402
from llmops_cli.wire import World  # noqa: E402
from tests.peers import moto  # noqa: E402

TURNS = 6


def main(megabytes: int) -> None:
    body = random.Random(1).randbytes(megabytes * 1_000_000)
    with moto.serving() as environ:
        storage.reach(World(environ, time.time, time.monotonic, time.sleep, random.random))
        client = boto3.client("s3", endpoint_url=environ["AWS_ENDPOINT_URL"], region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
        client.create_bucket(Bucket="bucket")

        def ours_write() -> None:
            with storage.create("s3://bucket/ours") as stream:
                for at in range(0, len(body), 1 << 18):
                    stream.write(body[at:at + (1 << 18)])

        def theirs_write() -> None:
            client.upload_fileobj(io.BytesIO(body), "bucket", "theirs")

        def ours_read() -> None:
            with storage.open_source("s3://bucket/ours").stream as stream:
                assert sum(map(len, iter(lambda: stream.read(1 << 18), b""))) == len(body)

        def theirs_read() -> None:
            stream = client.get_object(Bucket="bucket", Key="theirs")["Body"]
            assert sum(map(len, iter(lambda: stream.read(1 << 18), b""))) == len(body)

        def theirs_download() -> None:
            sink = io.BytesIO()
            client.download_fileobj("bucket", "theirs", sink)
            assert len(sink.getvalue()) == len(body)

        def many(put) -> None:
            for number in range(100):
                put(number)

        def ours_small(number: int) -> None:
            with storage.create(f"s3://bucket/o{number}") as stream:
                stream.write(b"x" * 1000)
            with storage.open_source(f"s3://bucket/o{number}").stream as stream:
                stream.read()

        def theirs_small(number: int) -> None:
            client.put_object(Bucket="bucket", Key=f"t{number}", Body=b"x" * 1000)
            client.get_object(Bucket="bucket", Key=f"t{number}")["Body"].read()

        compare("write", ours_write, theirs_write, megabytes, "MB/s")
        compare("read, as a stream", ours_read, theirs_read, megabytes, "MB/s")
        compare("read, beside their parallel download", ours_read, theirs_download, megabytes, "MB/s")
        compare("1 kB written and read", lambda: many(ours_small), lambda: many(theirs_small), 100, "objects/s")


def compare(what: str, ours, theirs, amount: float, unit: str) -> None:
    best = {ours: 0.0, theirs: 0.0}
    for _ in range(TURNS):
        for one in best:
            began = time.perf_counter()
            one()
            best[one] = max(best[one], amount / (time.perf_counter() - began))
    print(f"{what}: ours {best[ours]:,.0f} {unit}, boto3 {best[theirs]:,.0f} {unit}, ratio {best[ours] / best[theirs]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 64)
