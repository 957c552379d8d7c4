"""Files, archives and outputs, at the level of bytes."""

import bz2
import gzip
import io
import lzma
import os
import random
import threading
import time

import pytest

from llmops_cli import storage
from llmops_cli.errors import DamagedInput, UserError
from llmops_cli.storage import compression, local

pick = random.Random(43)
TEXT = b"".join(b"%d %s\n" % (number, pick.randbytes(pick.randrange(120)).hex().encode()) for number in range(4000))
PACKERS = {"gzip": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def unpacked(archive: bytes, named: str = "", chunk: int = 1 << 18) -> tuple[bytes, str]:
    """What an archive gives, and the damage it reports at the end."""
    stream = compression.reader(io.BufferedReader(io.BytesIO(archive), chunk), named)
    found = []
    try:
        while block := stream.read1(1 << 16):
            found.append(block)
    except DamagedInput as damage:
        return b"".join(found), str(damage)
    return b"".join(found), ""


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_whole_archives(pack):
    assert unpacked(pack(TEXT)) == (TEXT, "")
    assert unpacked(pack(TEXT), chunk=7) == (TEXT, "")
    assert unpacked(pack(b"")) == (b"", "")
    assert unpacked(pack(TEXT) + pack(b"more\n") + bytes(512)) == (TEXT + b"more\n", "")
    assert unpacked(b"".join(pack(b"%d\n" % number) for number in range(3000))) == (b"".join(b"%d\n" % number for number in range(3000)), "")
    zeros = bytes(30_000_000)
    assert unpacked(pack(zeros)) == (zeros, "")     # a small file that is large inside


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_any_cut_gives_what_stood_before_it(pack):
    archive = pack(TEXT)
    for at in [7, 20, *(pick.randrange(30, len(archive) - 1) for _ in range(12)), len(archive) - 1]:
        found, damage = unpacked(archive[:at])
        assert TEXT.startswith(found) and "cut short" in damage
    assert len(found) == len(TEXT) or pack is bz2.compress      # only the last byte was missing


def test_any_damage_of_gzip_gives_what_stood_before_it():
    archive = gzip.compress(TEXT)
    for at in [12, *(pick.randrange(2000, len(archive) - 8) for _ in range(12)), len(archive) - 6]:
        broken = archive[:at] + bytes([archive[at] ^ 0x55]) + archive[at + 1:]
        found, damage = unpacked(broken)
        same = len(os.path.commonprefix([found, TEXT]))
        assert damage and same >= (at - 70_000) * len(TEXT) // len(archive)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_damage_is_never_silent(pack):
    archive = pack(TEXT)
    for at in [*(pick.randrange(20, len(archive) - 20) for _ in range(8))]:
        broken = archive[:at] + bytes([archive[at] ^ 0xFF]) + archive[at + 1:]
        assert unpacked(broken)[1]


def test_a_name_promises_nothing_that_the_bytes_do_not_keep():
    assert unpacked(b"plain\n", "a.jsonl") == (b"plain\n", "")
    assert unpacked(gzip.compress(b"packed\n"), "a.jsonl") == (b"packed\n", "")
    assert unpacked(bz2.compress(b"packed\n"), "a.jsonl.gz") == (b"packed\n", "")
    assert unpacked(b"", "a.jsonl.gz") == (b"", "")
    found, damage = unpacked(b"plain\n", "a.jsonl.xz")
    assert found == b"" and "damaged" in damage


def test_random_members_in_random_pieces():
    for _ in range(20):
        parts = [pick.randbytes(pick.randrange(3000)) for _ in range(pick.randrange(1, 6))]
        archive = b"".join(gzip.compress(part) + bytes(pick.choice((0, 0, 3, 700))) for part in parts)
        assert unpacked(archive, chunk=pick.choice((6, 100, 1 << 16))) == (b"".join(parts), "")


# Outputs --------------------------------------------------------------------------------------------------------------

def test_an_output_is_there_when_it_is_whole(tmp_path):
    path = tmp_path / "out"
    with storage.create(str(path)) as stream:
        stream.write(b"half")
        stream.flush()
        assert not path.exists() and len(list(tmp_path.iterdir())) == 1
    assert path.read_bytes() == b"half" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["out", "out.gz", "out.bz2", "out.xz"])
@pytest.mark.parametrize("failure", [UserError("told so"), KeyboardInterrupt(), BrokenPipeError(), OSError(28, "of another file"), SystemExit(143)], ids=lambda error: type(error).__name__)
def test_an_output_that_fails_leaves_what_was_there(tmp_path, name, failure):
    (tmp_path / name).write_bytes(b"before")
    with pytest.raises(type(failure)) as raised:
        with storage.create(str(tmp_path / name)) as stream:
            stream.write(b"x" * 1_000_000)
            raise failure
    assert raised.value is failure      # and not said of this output
    assert [path.name for path in tmp_path.iterdir()] == [name] and (tmp_path / name).read_bytes() == b"before"


def test_compressed_outputs_say_nothing_of_when_and_where(tmp_path):
    for name in ("one.gz", "two.gz"):
        with storage.create(str(tmp_path / name)) as stream:
            stream.write(TEXT)
    one = (tmp_path / "one.gz").read_bytes()
    assert one == (tmp_path / "two.gz").read_bytes() and one[4:8] == bytes(4) and gzip.decompress(one) == TEXT


def test_permissions_are_kept(tmp_path):
    (tmp_path / "private").touch(mode=0o600)
    for name in ("private", "new"):
        with storage.create(str(tmp_path / name)) as stream:
            stream.write(b"x")
    assert os.stat(tmp_path / "private").st_mode & 0o777 == 0o600
    mask = os.umask(0)
    os.umask(mask)
    assert os.stat(tmp_path / "new").st_mode & 0o777 == 0o666 & ~mask


def test_a_named_pipe_is_written_to_directly(tmp_path):
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with storage.create(path) as stream:
        stream.write(b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)


def test_how_far_a_file_has_been_read(tmp_path):
    (tmp_path / "in.gz").write_bytes(gzip.compress(TEXT))
    source = storage.open_source(str(tmp_path / "in.gz"))
    assert (source.name, source.size, source.consumed() <= source.size) == (str(tmp_path / "in.gz"), (tmp_path / "in.gz").stat().st_size, True)
    assert source.stream.read() == TEXT and source.consumed() == source.size
    source.stream.close()
    assert source.consumed() == 0


def test_a_pipe_passes_on_before_it_waits(tmp_path):
    reader, writer = os.pipe()
    os.write(writer, b"one\ntwo\n")
    waits = []
    source = storage.open_source(f"/dev/fd/{reader}", lambda: waits.append(len(waits)))
    assert source.size is None and source.stream.readline() == b"one\n" and source.stream.readline() == b"two\n"
    before = len(waits)
    os.close(writer)
    assert source.stream.readline() == b"" and len(waits) > before >= 1
    source.stream.close()
    os.close(reader)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_an_archive_that_comes_byte_by_byte_through_a_pipe_is_one(pack):
    reader, writer = os.pipe()

    def send():
        for byte in pack(TEXT)[:10]:
            os.write(writer, bytes([byte]))
            time.sleep(0.01)
        os.write(writer, pack(TEXT)[10:])
        os.close(writer)

    sender = threading.Thread(target=send)
    sender.start()
    with storage.open_source(f"/dev/fd/{reader}").stream as stream:
        assert stream.read() == TEXT
    sender.join()
    os.close(reader)


# What a store offers beside reading and writing --------------------------------------------------------------------------

def test_files_are_listed_by_the_beginning_of_their_path(tmp_path):
    for name in ("b/2.txt", "b/1.txt", "b/.hidden", "b/deep/er/3", "bc", "a"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = list(storage.entries(f"{tmp_path}/b"))
    assert [entry.address for entry in found] == [f"{tmp_path}/{name}" for name in ("b/1.txt", "b/2.txt", "b/deep/er/3", "bc")]
    assert [entry.size for entry in found] == [7, 7, 11, 2] and list(storage.entries(f"{tmp_path}/none/")) == []
    assert [entry.address for entry in storage.entries(f"{tmp_path}/b/deep/")] == [f"{tmp_path}/b/deep/er/3"]


def test_what_is_known_of_a_file(tmp_path):
    path = str(tmp_path / "file")
    assert storage.about(path) is None and storage.about(str(tmp_path)) is None and storage.about(path + "/below") is None
    marks = set()
    for content in ("one", "two", "three"):
        with storage.create(path) as stream:
            stream.write(content.encode())
        about = storage.about(path)
        assert (about.address, about.size) == (path, len(content)) and about.changed > 1e9
        marks.add(about.etag)
    assert len(marks) == 3
    storage.delete(path)
    storage.delete(path)
    assert storage.about(path) is None


def test_only_one_creates_a_new_file(tmp_path):
    from concurrent.futures import ThreadPoolExecutor
    path = str(tmp_path / "lock")
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: (storage.create_new(path, b"%d" % number), number), range(32)))
    assert [(b"%d" % number) for first, number in won if first] == [(tmp_path / "lock").read_bytes()] and os.listdir(tmp_path) == ["lock"]
    with pytest.raises(UserError, match="cannot be written"):
        storage.create_new(str(tmp_path / "none" / "lock"), b"")


@pytest.mark.parametrize("address", ["s9://bucket/key", "https://example.com/log", "gs://x"])
def test_stores_that_are_not_reached_are_said_plainly(address):
    for attempt in (lambda: storage.open_source(address), lambda: storage.create(address).__enter__()):
        with pytest.raises(UserError, match="not supported by this version"):
            attempt()


def test_an_error_names_its_stream():
    with pytest.raises(UserError, match="^out: cannot be written: No space left on device$"):
        with local.writing("out"):
            raise OSError(28, "No space left on device")
    with pytest.raises(BrokenPipeError):
        with local.writing("out"):
            raise BrokenPipeError
