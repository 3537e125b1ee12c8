"""Addresses in settings: absolute, without anything that would hide where they lead."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from cds.settings import is_loopback

PORTS = {"http": 80, "https": 443}


def server(text: str) -> str:
    """An https address (http on this machine only), without a slash at its end.

    Raises ValueError with a reason that quotes nothing.
    """
    parts = _parts(text)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError("must be an https address")
    return text.rstrip("/")


def origin(text: str) -> str:
    """Scheme, host and port the way a browser writes them in `Origin`. Raises ValueError."""
    parts = _parts(text)
    if parts.path not in ("", "/"):
        raise ValueError("must be an origin: scheme, host and port, without a path")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def is_loopback_origin(text: str) -> bool:
    """Whether a browser's `Origin` is a page of this machine, at any port."""
    try:
        return is_loopback(_parts(text).hostname or "")
    except ValueError:
        return False


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError("is not an address") from None
    if not (sound and text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("must be absolute, such as https://ehr.example")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("must hold no user, query or fragment")
    return parts
