"""What is done to a request on its way: bytes cut, flipped and packed, and odd headers."""

import gzip
import json
from collections.abc import Callable

from hostile_changes import LURE, Made, some_chart
from hostile_charts import Chart, Json
from hypothesis import strategies as st

BYTES: tuple[tuple[str, Callable[[bytes, int], bytes]], ...] = (
    ("cut off", lambda body, at: body[:at]),
    ("the end of it", lambda body, at: body[at:]),
    ("a byte flipped", lambda body, at: body[:at] + bytes([body[at] ^ 0x80]) + body[at + 1 :]),
    ("a byte more", lambda body, at: body[:at] + b"\xff" + body[at:]),
    ("a quote more", lambda body, at: body[:at] + b'"' + body[at:]),
    ("a bracket more", lambda body, at: body[:at] + b"]" + body[at:]),
    ("a NUL more", lambda body, at: body[:at] + b"\0" + body[at:]),
    ("a part twice", lambda body, at: body[:at] + body[at // 2 :]),
    ("twice", lambda body, _: body + body),
    ("with a mark", lambda body, _: b"\xef\xbb\xbf" + body),
    ("in UTF-16", lambda body, _: body.decode().encode("utf-16")),
    ("in UTF-32", lambda body, _: body.decode().encode("utf-32-be")),
    ("packed", lambda body, _: gzip.compress(body, 1)),
    ("as a form", lambda body, _: b"body=" + body),
    ("as text", lambda body, _: json.dumps(body.decode()).encode()),
)


@st.composite
def damaged(draw: st.DrawFn, of: st.SearchStrategy[Chart] = some_chart) -> Made:
    """A story whose bytes were hurt on the way."""
    chart = draw(of)
    body = chart.text
    name, change = draw(st.sampled_from(BYTES))
    at = draw(st.integers(0, len(body) - 1))
    return Made(chart, ((name, (at,)),), change(body, at))


HEADERS: tuple[Json, ...] = (
    {"Content-Type": "application/json"},
    {"Content-Type": "application/fhir+json; charset=utf-16"},
    {"Content-Type": "application/json; charset=" + LURE},
    {"Content-Type": "text/plain"},
    {"Content-Type": "multipart/form-data; boundary=" + LURE},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": LURE},
    {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    {"Content-Type": "application/json", "Content-Encoding": LURE},
    {"Content-Type": "application/json", "Authorization": "Bearer " + LURE},
    {"Content-Type": "application/json", "Authorization": LURE * 50},
    {"Content-Type": "application/json", "Origin": "http://" + LURE, "Accept": "text/html"},
    {"Content-Type": "application/json", "Host": LURE, "X-Forwarded-For": LURE},
    {"Content-Type": "application/json", "Cookie": LURE, "Expect": LURE},
)
