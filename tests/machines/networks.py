"""Two ways to have several machines in one: network namespaces, and addresses with cables."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from real_valkey import until

STORE = 1  # the number of the machine that Valkey runs on; the others are 2 and up
PORT = 6390


class Network(Protocol):
    """Machines by their numbers, each with a way to the store that can be cut."""

    def inside(self, machine: int, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The command that runs `argv` on a machine."""
        ...

    def store_address(self) -> tuple[str, int]:
        """Where Valkey is to listen."""
        ...

    def way_to_store(self, machine: int) -> tuple[str, int]:
        """Where a machine finds Valkey."""
        ...

    def web_place(self, machine: int) -> tuple[str, int]:
        """Where a web server listens, for callers on its own machine."""
        ...

    def cut(self, machine: int) -> None:
        """From now on nothing goes to the store or comes from it, and nobody is told."""
        ...

    def heal(self, machine: int) -> None: ...


class Namespaces:
    """Each machine is a network namespace; a bridge in one more is the switch."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._switch = self._namespace()
        self._machines: dict[int, int] = {}
        self._ip(self._switch, "link add bridge type bridge")
        self._ip(self._switch, "link set bridge up")

    def inside(self, machine: int, argv: tuple[str, ...]) -> tuple[str, ...]:
        return ("nsenter", f"--target={self._plugged_in(machine)}", "--net", *argv)

    def store_address(self) -> tuple[str, int]:
        return address(STORE), PORT

    def way_to_store(self, machine: int) -> tuple[str, int]:  # noqa: ARG002  the same for all
        return address(STORE), PORT

    def web_place(self, machine: int) -> tuple[str, int]:  # noqa: ARG002  each has its own
        return "127.0.0.1", PORT

    def cut(self, machine: int) -> None:
        self._ip(self._switch, f"link set port{machine} down")

    def heal(self, machine: int) -> None:
        self._ip(self._switch, f"link set port{machine} up")

    def _plugged_in(self, machine: int) -> int:
        """The process that holds the machine's namespace, made on first use."""
        if machine not in self._machines:
            pid = self._machines[machine] = self._namespace()
            port = f"port{machine}"
            self._ip(self._switch, f"link add {port} type veth peer name eth0 netns {pid}")
            self._ip(self._switch, f"link set {port} master bridge up")
            self._ip(pid, f"addr add {address(machine)}/24 dev eth0")
            self._ip(pid, "link set eth0 up")
            self._ip(pid, "link set lo up")
        return self._machines[machine]

    def _namespace(self) -> int:
        """A process that does nothing in a network namespace of its own."""
        process = self._stack.enter_context(
            subprocess.Popen(["unshare", "--net", "sleep", "infinity"])  # noqa: S607
        )
        self._stack.callback(process.kill)
        until(lambda: namespace(process.pid) != namespace(os.getpid()))
        return process.pid

    def _ip(self, pid: int, words: str) -> None:
        argv = ["nsenter", f"--target={pid}", "--net", "ip", *words.split()]
        subprocess.run(argv, check=True, capture_output=True)


def address(machine: int) -> str:
    """From the block for documentation: nobody is meant, inside or outside."""
    return f"192.0.2.{machine}"


def namespace(pid: int) -> str:
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def namespaces_allowed() -> bool:
    """Whether this user may make them; tried, in a child, because nothing else tells."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    argv = ["unshare", "--net", "ip", "link"]
    done = subprocess.run(argv, capture_output=True, check=False)
    return done.returncode == 0


class Loopback:
    """Each machine is an address of 127.0.0.0/8, and its way to the store a relay of ours."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._store = free_place(STORE)
        self._cables: dict[int, Cable] = {}

    def inside(self, machine: int, argv: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002
        return argv

    def store_address(self) -> tuple[str, int]:
        return self._store

    def way_to_store(self, machine: int) -> tuple[str, int]:
        if machine not in self._cables:
            self._cables[machine] = Cable(f"127.0.1.{machine}", self._store)
            self._stack.callback(self._cables[machine].close)
        return self._cables[machine].place

    def web_place(self, machine: int) -> tuple[str, int]:
        return free_place(machine)

    def cut(self, machine: int) -> None:
        self._cables[machine].whole.clear()

    def heal(self, machine: int) -> None:
        self._cables[machine].whole.set()


def free_place(machine: int) -> tuple[str, int]:
    with socket.create_server((f"127.0.1.{machine}", 0)) as listener:
        host, port = listener.getsockname()
    return host, port


class Cable:
    """Carries bytes between its own address and the store's, unless it is cut."""

    def __init__(self, host: str, store: tuple[str, int]) -> None:
        self._store = store
        self._listener = socket.create_server((host, 0))
        self.place = (host, self._listener.getsockname()[1])
        self.whole = threading.Event()
        self.whole.set()
        run(self._accept)

    def close(self) -> None:
        """Let everything go that still waits."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.whole.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._store)
            except OSError:
                return
            run(lambda near=near, far=far: self._carry(near, far))
            run(lambda near=near, far=far: self._carry(far, near))

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with source, target:
            try:
                while content := source.recv(65536):
                    self.whole.wait()
                    target.sendall(content)
                target.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def run(job: Callable[[], None]) -> None:
    threading.Thread(target=job, daemon=True).start()
