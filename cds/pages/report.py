"""GET /report: what became of the cards, for operators. Counts only, nothing of a patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from cds.answer import services
from cds.clients.operators import admit
from cds.errors import CdsError, StoreUnavailable, Unauthenticated
from cds.pages import charts
from cds.pages.contents import level_names
from cds.pages.render import Renderer
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.store.report import NO_REASON, Report, Scope, Tally

USUAL_DAYS = 30
PERIODS = (7, USUAL_DAYS, 90, 365)
LONGEST_YEARS = 20  # that a chart goes back
DIALOG = 'Basic realm="Careladder report", charset="UTF-8"'
STYLE = "report.css"

Group = list[tuple[str, Tally]]
Count = Callable[[Scope], Report]


class WrongFilter(CdsError):
    """A filter that means nothing; the message says which."""


@dataclass(frozen=True)
class Filters:
    """What the form holds: days, both included, a level and a hook; empty where not narrowed."""

    since: date | None
    until: date | None
    level: str
    hook: str

    def asked(self) -> dict[str, str]:
        """The same as parameters of an address."""
        days = {"since": str(self.since or ""), "until": str(self.until or "")}
        return {**days, "level": self.level, "hook": self.hook}

    def scope(self, zone: ZoneInfo) -> Scope:
        """The answers that are meant; a day ends where the next begins."""
        end = None if self.until is None else self.until + timedelta(days=1)
        return Scope(
            since=_midnight(self.since, zone),
            until=_midnight(end, zone),
            level=self.level or None,
            hook=self.hook or None,
            zone=zone,
        )


class ReportPage:
    """The view."""

    def __init__(
        self,
        knowledge: Knowledge,
        settings: Settings,
        renderer: Renderer,
        count: Count,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._renderer = settings, renderer
        self._count, self._clock = count, clock
        self._hooks = {service.hook: service.hook for service in services().values()}
        self._levels = level_names(knowledge)
        self._criteria = {one.id: one.says for one in knowledge.rules.criteria}
        self._reassuring = {one.id for one in knowledge.rules.criteria if one.kind.reassures}
        self._reasons = {**knowledge.override_reasons, NO_REASON: "No reason given"}

    def page(self) -> Response:
        """The report, a page that says what is wrong with the question, or a closed door."""
        try:
            admit(request, self._settings)
            return self._shown(self._filters())
        except Unauthenticated:
            response = self._notice(
                HTTPStatus.UNAUTHORIZED,
                "For operators",
                "This page asks for the token of CDS_METRICS_TOKEN, as the password.",
            )
            response.headers["WWW-Authenticate"] = DIALOG
            return response
        except WrongFilter as error:
            return self._notice(HTTPStatus.BAD_REQUEST, "Not a report", str(error))
        except StoreUnavailable:
            said = "The database cannot be read at the moment. Nothing is lost; try again soon."
            return self._notice(HTTPStatus.SERVICE_UNAVAILABLE, "No report now", said)

    def _shown(self, filters: Filters) -> Response:
        report = self._count(filters.scope(self._settings.zone))
        today = self._today()
        last = filters.until or max((today, *report.days))
        first = filters.since or min((last, *report.days))
        first = max(first, last - timedelta(days=365 * LONGEST_YEARS))
        return self._renderer.page(
            "report.html",
            style=STYLE,
            here="",
            report=report,
            filters=filters,
            asked=filters.asked(),
            groups=self._groups(report),
            charts=charts,
            columns=charts.over_time(report.days, first, last),
            names={"levels": self._levels, "hooks": self._hooks, "criteria": self._criteria},
            reasons=self._reasons,
            periods={days: today - timedelta(days=days - 1) for days in PERIODS},
        )

    def _groups(self, report: Report) -> dict[str, Group]:
        """Hooks and levels, and the criteria that speak for something apart from the others."""
        groups = dict(report.groups())
        criteria = groups["criteria"]
        return {
            "hooks": groups["hooks"],
            "levels": groups["levels"],
            "speaking": [one for one in criteria if one[0] not in self._reassuring],
            "reassuring": [one for one in criteria if one[0] in self._reassuring],
        }

    def _filters(self) -> Filters:
        """What is asked for: without a word of when, the last days; raises WrongFilter."""
        usual = self._today() - timedelta(days=USUAL_DAYS - 1)
        filters = Filters(
            since=_day("since") if "since" in request.args else usual,
            until=_day("until"),
            level=_choice("level", self._levels),
            hook=_choice("hook", self._hooks),
        )
        if filters.since and filters.until and filters.until < filters.since:
            raise WrongFilter("The last day is before the first.")
        return filters

    def _notice(self, status: HTTPStatus, title: str, said: str) -> Response:
        response = self._renderer.page("notice.html", here="", title=title, said=said)
        response.status_code = status
        return response

    def _today(self) -> date:
        return self._clock().astimezone(self._settings.zone).date()


def report_page(page: ReportPage) -> Blueprint:
    """The route of the report."""
    blueprint = Blueprint("report", __name__)
    blueprint.add_url_rule("/report", view_func=page.page)
    return blueprint


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        found = date.fromisoformat(text) if text else None
        # The day after has to exist, in every zone.
        _ = found and (found - timedelta(days=2), found + timedelta(days=2))
    except (ValueError, OverflowError):
        raise WrongFilter(f"{name} is a date such as 2026-11-01.") from None
    return found


def _choice(name: str, known: dict[str, str]) -> str:
    chosen = request.args.get(name, "")
    if chosen and chosen not in known:
        raise WrongFilter(f"No {name} is called so.")
    return chosen


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, zone)
