"""Bodies in chunks are read as RFC 9112 says; answers go to clients that take them at a pace."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from eim.serving.chunks import MOST_OF_FORM, Chunks, Refusal
from eim.serving.pace import PacedSocket

HEAD = b"POST / HTTP/1.1\r\n\r\n"
BODIES = {
    b"0\r\n\r\n": b"",
    b"4\r\nWiki\r\n7\r\npedia i\r\nA\r\nn \r\nchunks\r\n0\r\n\r\n": b"Wikipedia in \r\nchunks",
    b"0003;a=b;c\r\nabc\r\n000 ; d\r\n\r\n": b"abc",
    b"3\r\n0\r\n\r\n0\r\nExpires: 0\r\nA: b\r\n\r\n": b"0\r\n",
}


@pytest.mark.parametrize("step", [1, 2, 1000])
@pytest.mark.parametrize("sent", BODIES)
def test_body_in_chunks_is_whole_after_its_trailer_and_not_before(sent, step):
    chunks, arrived, whole = Chunks(len(HEAD)), bytearray(HEAD), []
    for start in range(0, len(sent), step):
        arrived += sent[start : start + step]
        whole.append(chunks.are_whole(arrived))

    assert whole == [False] * (len(whole) - 1) + [True]
    assert (bytes(chunks.body), chunks.end) == (BODIES[sent], len(HEAD + sent))


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"zz\r\n", b"400"),
        (b"\r\n", b"400"),
        (b"-1\r\n", b"400"),
        (b"0x5\r\nneeds\r\n", b"400"),
        (b"5\nneeds\r\n", b"400"),
        (b"5\r\nneedsX", b"400"),
        (b"5\r\nneeds\n0\r\n", b"400"),
        (b"0\r\nA: b\n\nGET / HTTP/1.1\r\n\r\n", b"400"),
        (b"1" * 2000, b"400"),
        (b"0\r\n" + b"x" * 9000, b"400"),
        (b"10001\r\n", b"413"),
        (b"f" * 1000 + b"\r\n", b"413"),
        (b"1\r\nx\r\n" * 22_000, b"413"),
    ],
)
def test_body_in_bad_or_in_too_many_chunks_is_refused(sent, status):
    with pytest.raises(Refusal) as refusal:
        Chunks(len(HEAD)).are_whole(bytearray(HEAD + sent))

    assert refusal.value.status[:3] == status


def test_largest_form_in_chunks_is_taken():
    sent = b"10000\r\n" + b"x" * MOST_OF_FORM + b"\r\n0\r\n\r\n"

    assert Chunks(len(HEAD)).are_whole(bytearray(HEAD + sent))


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with PacedSocket(fileno=ours.detach()) as ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        yield ours, theirs


def test_file_is_sent_from_an_offset_to_the_end(pair, tmp_path):
    (tmp_path / "file").write_bytes(b"0123456789")
    ours, theirs = pair
    ours.begin(1)

    with (tmp_path / "file").open("rb") as file:
        sent = [ours.sendfile(file), ours.sendfile(file, 2), ours.sendfile(file, 2, 3)]

    assert (sent, theirs.recv(100)) == ([10, 8, 3], b"012345678923456789234")


def test_client_that_reads_a_little_again_and_again_has_an_end(pair, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 1_000_000)
    ours, theirs = pair
    ours.begin(0.5)
    is_over = threading.Event()

    def read_slowly():
        with suppress(OSError):
            while not is_over.wait(0.05):
                theirs.recv(100)

    reader = threading.Thread(target=read_slowly)
    reader.start()
    start = time.monotonic()
    with (tmp_path / "file").open("rb") as file, pytest.raises(ConnectionResetError):
        ours.sendfile(file)
    is_over.set()
    reader.join()

    assert time.monotonic() - start < 10
