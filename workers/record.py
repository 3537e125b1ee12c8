"""What a worker believes of a job's record in Valkey: its id, and nothing that could be run."""

from __future__ import annotations

from typing import Any

from rq.job import Job

from workers.jobs import answer_call


class HookJob(Job):
    """Answers the call that is stored under its id, whatever the record says that it does.

    RQ imports and runs what a record names: a function, its callbacks, and addresses to tell. Who
    can write to Valkey must not become somebody who runs code here.
    """

    def perform(self) -> None:
        """The one thing that a worker does."""
        answer_call(self.id)

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None

    def send_webhooks(self, *_: Any, **__: Any) -> None:
        """Tell nobody."""
