"""Everything that can go wrong by name, so that each error is answered in one place.

CdsError
├── HookError                 told to the caller; cds.problems gives each its HTTP status
│   ├── BadHookRequest   400  the call is malformed; carries the JSON path of the fault
│   ├── Unauthenticated  401  who calls is not known; one body for every cause
│   ├── UnknownService   404  no service of that id
│   ├── DataNotDelivered 412  a required class of data came from nowhere; carries its keys
│   ├── TooManyCalls     429  of this client, or more than can be answered now
│   └── StoreUnavailable 503  what a client told us cannot be kept now
├── KnowledgeError            start-up: a file of the shelf is broken; carries file and key
└── SettingsError             start-up: a CDS_ variable is wrong; carries its name

Messages name paths, keys and files, never values: they end in logs and in answers.
"""

from __future__ import annotations

from collections.abc import Iterable


class CdsError(Exception):
    """Any error of ours."""


class HookError(CdsError):
    """An error of one call, told to the caller as an OperationOutcome.

    `retry_after` is in how many seconds the same call may succeed; None where it will not.
    """

    retry_after: int | None = None

    def __init__(self, message: str, paths: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.paths = tuple(paths)


class BadHookRequest(HookError):
    """The call is malformed at `path`, a JSON path such as `$.context.patientId`."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message, [path])
        self.path = path


class Unauthenticated(HookError):
    """The caller did not prove who it is."""

    def __init__(self) -> None:
        super().__init__("This service answers registered clients only.")


class UnknownService(HookError):
    """No service has the id that was called."""

    def __init__(self) -> None:
        super().__init__("No service of this id; GET /cds-services lists them.")


class DataNotDelivered(HookError):
    """Required prefetch `keys` were not delivered and cannot be read elsewhere."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = tuple(keys)
        message = f"Required data was not delivered: {', '.join(self.keys)}."
        super().__init__(message, [f"$.prefetch.{key}" for key in self.keys])


class TooManyCalls(HookError):
    """The call is not looked at; the next may come in `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(f"{message} Try again in {retry_after} s.")
        self.retry_after = retry_after


class StoreUnavailable(HookError):
    """The database cannot be had, so nothing can be promised to be kept."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__("Nothing can be stored now; send it again later.")


class KnowledgeError(CdsError):
    """A knowledge `file` is broken at `key`; the service does not start on it."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(": ".join(part for part in (file, key, reason) if part))
        self.file = file
        self.key = key
        self.reason = reason


class SettingsError(CdsError):
    """The environment `variable` is wrong; the service does not start on it."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason
