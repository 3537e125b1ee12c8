"""The one place where parts meet: create_app for tests and tools, wsgi for the web server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from flask import Flask

from cds.answer import warm
from cds.catalogue import load_services
from cds.clients.load import known_clients
from cds.dispatch import Dispatcher
from cds.fhir.client import Fetcher
from cds.hooks.cors import Cors
from cds.hooks.gate import HOOKS
from cds.hooks.openapi import Description
from cds.hooks.rate import make_rate
from cds.hooks.responses import answer_error, protection
from cds.hooks.routes import (
    Clock,
    Hooks,
    Keeps,
    Parts,
    Replies,
    hooks_blueprint,
)
from cds.hooks.trust import make_authenticator
from cds.ops import access
from cds.ops.readiness import Store
from cds.ops.routes import operations_blueprint
from cds.pages.evidence import EvidencePages, evidence_pages
from cds.pages.render import Renderer
from cds.pages.report import ReportPage, report_page
from cds.pages.routes import knowledge_pages
from cds.pages.try_it import TryIt, try_it_pages
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge
from cds.store.journal import Journal
from cds.telemetry import logs, tracing

MEGABYTE = 1_000_000


class Book(Keeps, Store, Protocol):
    """A journal, or what stands in for one."""


def utc_now() -> datetime:
    """The only reader of the clock."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    knowledge: Knowledge | None = None,
    dispatcher: Replies | None = None,
    clock: Clock = utc_now,
    journal: Book | None = None,
) -> Flask:
    """The web application; a broken shelf raises KnowledgeError here, before anyone calls."""
    knowledge = knowledge or load_knowledge(settings.site_knowledge)
    dispatcher = dispatcher or Dispatcher(settings, knowledge)
    app = Flask("cds", static_folder=None)
    # Prefetch keys are answered in the order of the catalogue.
    app.json.sort_keys = False  # type: ignore[attr-defined]
    # A doubled slash is an unknown address (404), not a redirect that loses the body.
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_mb * MEGABYTE
    clients = known_clients(settings)
    authenticator = make_authenticator(settings, clients, clock)
    services = load_services(knowledge.observation_codes)
    journal = journal or Journal(settings, clock, knowledge)
    parts = Parts(
        authenticator, make_rate(settings), Fetcher(settings, HOOKS.at_once), dispatcher, journal
    )
    hooks = Hooks(settings, services, knowledge, parts, clock)
    access.install(app)
    app.register_blueprint(hooks_blueprint(hooks))
    app.register_blueprint(operations_blueprint(settings, journal))
    description = Description(settings, services, knowledge, authenticator)
    app.add_url_rule("/openapi.json", view_func=description.view)
    renderer = Renderer(knowledge, settings)
    app.register_blueprint(knowledge_pages(knowledge, renderer))
    shown = EvidencePages(knowledge, settings, renderer, journal.evidence)
    app.register_blueprint(evidence_pages(shown))
    if settings.try_it:
        app.register_blueprint(try_it_pages(TryIt(knowledge, settings, renderer)))
    reports = ReportPage(knowledge, settings, renderer, journal.report, clock)
    app.register_blueprint(report_page(reports))
    app.register_error_handler(Exception, answer_error)
    app.after_request(protection(settings))
    Cors(settings, clients).install(app)
    return app


def wsgi() -> Flask:
    """What a web server runs, as `cds.app:wsgi()`: from the environment, warm before it serves."""
    logs.configure()
    tracing.start("web")
    settings = Settings()
    knowledge = load_knowledge(settings.site_knowledge)
    warm(knowledge, settings)
    journal = Journal(settings, utc_now, knowledge)
    journal.prepare()
    return create_app(settings, knowledge, journal=journal)
