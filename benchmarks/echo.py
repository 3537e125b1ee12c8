"""The floor of every HTTP call: a bare Flask application that returns what it was sent."""

from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/echo")
def echo() -> Response:
    """The body as it came."""
    return Response(request.get_data(), content_type="application/json")
