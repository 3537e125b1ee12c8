"""What the terminal says once the service answers."""

import shlex
from pathlib import Path

from cds.settings import Settings

STORY = "nadia-two-bad-weeks"
SERVICE = "level-of-care-patient-view"
_CHECKOUT = Path(__file__).parents[2]


def welcome(settings: Settings, workers: int) -> str:
    """The address, who answers there, and a call to try."""
    url = f"{settings.base_url}/cds-services"
    staff = {0: "the web server alone", 1: "1 worker"}.get(workers, f"{workers} workers")
    lines = [
        f"Careladder answers at {url} with {staff}. Ctrl-C stops it.",
        *([f"Look at it in a browser: {settings.base_url}/"] if settings.try_it else []),
        *_example(settings, url),
    ]
    return "\n".join(lines)


def _example(settings: Settings, url: str) -> list[str]:
    if settings.auth == "required":
        return ["Every call needs a client's token, because CDS_AUTH is required."]
    story = Path("fixtures/fhir") / STORY / "request.json"
    request = story if story.exists() else _CHECKOUT / story
    if not request.exists():
        return ["The example stories are in fixtures/fhir of the source code."]
    header = "-H 'Content-Type: application/json'"
    address, body = shlex.quote(f"{url}/{SERVICE}"), shlex.quote(f"@{request}")
    return ["Or try a call:", f"  curl -s {address} {header} -d {body}"]
