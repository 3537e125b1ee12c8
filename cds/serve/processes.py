"""Child processes: start them, notice their deaths, replace them, leave none behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Self

import click

SHORT_LIFE = 10.0  # seconds; a child that ends sooner has probably never worked
MOST_SHORT_LIVES = 5
LONGEST_PAUSE = 5.0  # seconds between two starts of the same child
BEAT = 0.2  # seconds between two looks at the children

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class GaveUp(Exception):
    """A child that cannot start; the message is one line for the terminal."""


class StopSignals:
    """Counts the requests to stop: the first is polite, a second one is in a hurry."""

    def __init__(self) -> None:
        self.count = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1


@dataclass(frozen=True)
class Recipe:
    """How to start a child and how many seconds it may take to stop."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    patience: float
    keep_open: tuple[int, ...] = ()
    vital: bool = True  # the family gives up when this one cannot start in the first place


class Child:
    """One child process and its successors."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.process: subprocess.Popen[bytes] | None = None
        self.proven = False  # it has worked once: what stops it now may pass
        self._started = self._start_at = 0.0
        self._short_lives = 0

    def start(self) -> None:
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            self.recipe.argv,
            env=self.recipe.env,
            stdin=subprocess.DEVNULL,
            pass_fds=self.recipe.keep_open,
            # Its own session: Ctrl-C in the terminal reaches the supervisor alone.
            start_new_session=True,
            preexec_fn=_end_with_supervisor,  # noqa: PLW1509  the supervisor has one thread
        )

    def tend(self) -> None:
        """Replace the process if it has ended. Raises GaveUp when that is no use."""
        if self.process is None:
            if time.monotonic() >= self._start_at:
                self.start()
        elif (status := self.process.poll()) is not None:
            self.kill()  # what the dead process may have left in its session
            self.process = None
            self._plan_next_start(status)

    def _plan_next_start(self, status: int) -> None:
        lived = time.monotonic() - self._started
        self._short_lives = self._short_lives + 1 if lived < SHORT_LIFE else 0
        # Killed from outside is not the same as unable to start.
        if self._short_lives >= MOST_SHORT_LIVES and status != -signal.SIGKILL:
            times = f"{self._short_lives} times in a row"
            story = f"{self.recipe.name} does not start: it {_ending(status)}, {times}"
            if self.recipe.vital and not self.proven:
                raise GaveUp(story)
            if self._short_lives == MOST_SHORT_LIVES:
                _say(f"{story}; still trying, quietly")
        else:
            _say(f"{self.recipe.name} {_ending(status)}; starting it again")
        self._start_at = time.monotonic() + _pause(self._short_lives)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End everything in the child's session, at once."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return  # nothing of it is left; macOS says so by refusing
            finally:
                self.process.wait()


class Family:
    """Generations of children: started in order, stopped in reverse order."""

    def __init__(self, signals: StopSignals) -> None:
        self._signals = signals
        self._generations: list[list[Child]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        while self._generations:
            self._stop(self._generations.pop())

    @property
    def pids(self) -> set[int]:
        children = (child for generation in self._generations for child in generation)
        return {child.process.pid for child in children if child.process is not None}

    def start(self, recipes: list[Recipe]) -> None:
        generation: list[Child] = []
        self._generations.append(generation)
        for recipe in recipes:
            generation.append(Child(recipe))
            generation[-1].start()

    def settle(self) -> None:
        """All of them work: from now on nobody gives up."""
        for generation in self._generations:
            for child in generation:
                child.proven = True

    def tend(self) -> None:
        """One beat: replace who has ended, then rest."""
        for generation in self._generations:
            for child in generation:
                child.tend()
        time.sleep(BEAT)

    def _stop(self, generation: list[Child]) -> None:
        for child in generation:
            child.ask_to_stop()
        for child in generation:
            self._wait(child)
            child.kill()

    def _wait(self, child: Child) -> None:
        deadline = time.monotonic() + child.recipe.patience
        while child.process is not None and child.process.poll() is None:
            if time.monotonic() > deadline or self._signals.count > 1:
                return
            time.sleep(BEAT / 4)


def _say(line: str) -> None:
    click.echo(f"careladder: {line}", err=True)


def _pause(short_lives: int) -> float:
    """Seconds before the next start: none after a long life, ever more after short ones."""
    return min(0.25 * 2.0 ** (min(short_lives, 10) - 2), LONGEST_PAUSE) if short_lives > 1 else 0.0


def _ending(status: int) -> str:
    return (
        f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
    )


def _end_with_supervisor() -> None:
    """Linux sends SIGTERM to the child should the supervisor die without a chance to stop it."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
