"""Gunicorn's own lines in our form."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from cds.telemetry import logs


class Lines(Logger):  # type: ignore[misc]
    """Hands gunicorn's lines to the log of the process. No access log: cds.ops.access writes it."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        logs.configure()
