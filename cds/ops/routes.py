"""The endpoints for operators: /health/live, /health/ready and /metrics."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST

from cds.clients.operators import admit
from cds.ops.queue import queue_of
from cds.ops.readiness import UNAVAILABLE, Readiness, Store
from cds.ops.scrape import Scrape
from cds.settings import Settings

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"


class Operations:
    """The views. Anybody may ask after health, and hears no more than a few words."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        queue = queue_of(settings)
        self._readiness = Readiness(settings, queue, store)
        self._scrape = Scrape(queue)

    def live(self) -> Response:
        """The process answers. Nothing else is asked: who fails here is restarted."""
        return Response(b'{"status":"ok"}', content_type="application/json")

    def ready(self) -> Response:
        """200 when calls can be sent here, else 503, with the state of each part."""
        status, parts = self._readiness.look()
        code = HTTPStatus.SERVICE_UNAVAILABLE if status == UNAVAILABLE else HTTPStatus.OK
        body = orjson.dumps({"status": status, "parts": parts})
        return Response(body, status=code, content_type="application/json")

    def metrics(self) -> Response:
        """For Prometheus."""
        admit(request, self._settings)
        return Response(self._scrape.text(), content_type=CONTENT_TYPE_LATEST)


def operations_blueprint(settings: Settings, store: Store) -> Blueprint:
    """The routes for operators."""
    views = Operations(settings, store)
    blueprint = Blueprint("operations", __name__)
    blueprint.add_url_rule(LIVE, view_func=views.live)
    blueprint.add_url_rule(READY, view_func=views.ready)
    blueprint.add_url_rule(METRICS, view_func=views.metrics)
    return blueprint
