"""Records that the database could not take in time, kept as files until it can."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from cds.errors import StoreUnavailable
from cds.store.records import Record

logger = logging.getLogger(__name__)

FOLDER = "outbox"
WAITS, REFUSED = ".json", ".refused"
BATCH = 200  # records in one transaction
PAUSE = 0.5  # seconds between two attempts
MOST_IN_MEMORY = 10_000  # records of a process that cannot even write a file; about 20 MB

Write = Callable[[list[Record]], None]


class Outbox:
    """Keeps what waits through the death of any process, and delivers it again until it is taken.

    One file a record, so that whoever finds it may deliver it: the record's id makes a second
    delivery harmless. Where no file can be written the record waits in memory. A file is not
    synced: it outlives every process, but not a machine that loses power in that moment.
    """

    def __init__(self, folder: Path, write: Write) -> None:
        self._folder = folder / FOLDER
        self._write = write
        self._memory: deque[Record] = deque()
        self._starting, self._delivering = threading.Lock(), threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    @property
    def busy(self) -> bool:
        """Whether this process still delivers; what comes meanwhile had better join the queue."""
        return self._thread is not None

    def prepare(self) -> None:
        """Make the folder, and those above it; one that is gone later may be a lost mount."""
        with suppress(OSError):
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)

    def put(self, record: Record) -> bool:
        """Keep a record and deliver it as soon as can be; False when there is no room at all."""
        path = self._folder / record.id
        try:
            self._to_file(record, path)
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            if len(self._memory) >= MOST_IN_MEMORY:
                return False
            self._memory.append(record)
        self.start()
        return True

    def start(self) -> None:
        """Deliver in a thread of its own until nothing waits, be it from a process that died."""
        with self._starting:
            if self._thread is None and self.waiting():
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()

    def waiting(self) -> bool:
        """Whether anything waits, of whichever process."""
        return bool(self._memory) or next(self._files(), None) is not None

    def deliver(self) -> int:
        """Write all that waits and say how many that were; raises what the database raises."""
        count = 0
        with self._delivering:
            while not self._closed.is_set() and (records := list(islice(self._memory, BATCH))):
                self._hand_over(records)
                for _ in records:
                    self._memory.popleft()
                count += len(records)
            while not self._closed.is_set() and (files := list(islice(self._files(), BATCH))):
                count += self._hand_over_files(files)
        return count

    def close(self) -> None:
        """Finish the batch under way and deliver no more; files stay for whoever comes next.

        A database in trouble holds this up for as long as one statement may take.
        """
        self._closed.set()
        if (thread := self._thread) is not None:
            thread.join()

    def _run(self) -> None:
        written = 0
        while True:
            try:
                written += self.deliver()
            except (StoreUnavailable, SQLAlchemyError, OSError):
                self._closed.wait(PAUSE)
            with self._starting:
                if self._closed.is_set() or not self.waiting():
                    self._thread = None
                    break
        logger.warning("the store took %d records that had to wait", written)

    def _to_file(self, record: Record, path: Path) -> None:
        """Whole or not at all: nobody finds half a record."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(record.to_bytes())
        path.rename(path.with_suffix(WAITS))

    def _files(self) -> Iterator[Path]:
        try:
            yield from self._folder.glob(f"*{WAITS}")
        except OSError:
            return

    def _hand_over_files(self, files: list[Path]) -> int:
        found = {path: record for path in files if (record := read(path))}
        refused = self._hand_over([*found.values()])
        for path, record in found.items():
            if record.id in refused:
                set_aside(path)
            else:
                path.unlink(missing_ok=True)
        return len(found)

    def _hand_over(self, records: list[Record]) -> set[str]:
        """Write them; the ids of those that no database will ever take, which stop no other."""
        try:
            self._write(records)
        except (DataError, IntegrityError):
            if len(records) > 1:
                return set[str]().union(*(self._hand_over([one]) for one in records))
            logger.error("the store refused a record")  # noqa: TRY400  its values are in there
            return {records[0].id}
        return set()


def read(path: Path) -> Record | None:
    """The record in a file; None when it has been delivered meanwhile or cannot be read."""
    try:
        return Record.from_bytes(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, KeyError):
        set_aside(path)
        return None


def set_aside(path: Path) -> None:
    """For somebody to look at; a record is never thrown away."""
    path.rename(path.with_suffix(REFUSED))
