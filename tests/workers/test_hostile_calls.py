"""Hostile calls with a real Valkey, worker and store: no word of theirs is readable there."""

import re
import socket
import subprocess
from codecs import escape_decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from hostile_changes import LURE, Made, mutated
from hostile_charts import CANARY, charts
from hostile_watch import call, check, hunt
from queue_contents import packed
from real_valkey import until

from cds.app import create_app
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.journal import Journal

Start = Callable[..., subprocess.Popen[str]]
Record = Callable[[str, object], None]
CASES = 300
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
WORD = re.compile(rb'"((?:[^"\\]|\\.)*)"')


@contextmanager
def overheard(url: str) -> Iterator[bytearray]:
    """Everything that anybody writes to a Valkey while the block runs, as MONITOR tells it."""
    said = bytearray()
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(url.removeprefix("unix://").partition("?")[0])
        line.sendall(b"MONITOR\r\n")
        thread = Thread(target=listen, args=(line, said))
        thread.start()
        until(lambda: said.startswith(b"+OK"))
        yield said
        line.shutdown(socket.SHUT_RDWR)
        thread.join()


def listen(line: socket.socket, said: bytearray) -> None:
    while more := line.recv(1 << 20):
        said += more


def words(said: bytes) -> Iterator[bytes]:
    """Each key and value as it was written, and unpacked the ways RQ packs them."""
    for quoted in WORD.findall(said):
        yield from packed(escape_decode(quoted)[0])  # type: ignore[operator]


def test_hostile_calls_leave_no_word_with_valkey_the_worker_or_the_store(
    settings: Settings,
    knowledge: Knowledge,
    start_worker: Start,
    tmp_path: Path,
    record_property: Record,
) -> None:
    worker = start_worker()
    home = settings.model_copy(update={"data_dir": tmp_path, "allow_as_of": True, "max_body_mb": 4})
    journal = Journal(home, lambda: NOW, knowledge)
    journal.prepare()
    client = create_app(home, knowledge, journal=journal).test_client()
    who: list[str] = []

    def judge(made: Made) -> int:
        response = call(made.chart.service, made.body, asked=client)
        check(made.chart.service, response)
        who.append(response.headers.get("Server-Timing", ""))
        return response.status_code

    with overheard(settings.redis_url or "") as said:
        record_property("hostile", hunt(judge, mutated(), CASES))
    journal.close()
    worker.terminate()
    log = worker.communicate()[1]
    assert sum("worker" in one for one in who) > CASES / 2
    written = [*words(bytes(said))]
    assert any(b"answer_call" in word for word in written)
    for place in (b"\n".join(written), bytes(said), log.encode(), stored(tmp_path)):
        assert CANARY.encode() not in place
        assert LURE.encode() not in place


def stored(folder: Path) -> bytes:
    """Every byte of the database, and of what lies beside it."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_looked_for_would_be_found() -> None:
    said = b'+1 [0 unix:] "SET" "key" "' + CANARY.encode() + b'"\r\n'
    assert CANARY.encode() in b"\n".join(words(said))
    assert CANARY.encode() in charts()[0].text
