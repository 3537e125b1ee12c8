"""Errors as the caller sees them."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge, TooManyRequests

from cds.errors import (
    BadHookRequest,
    DataNotDelivered,
    HookError,
    StoreUnavailable,
    Unauthenticated,
    UnknownService,
)
from cds.problems import STATUS, fault, problem


@pytest.mark.parametrize(
    ("error", "status", "paths"),
    [
        (BadHookRequest("$.context.patientId", "Missing."), 400, ["$.context.patientId"]),
        (Unauthenticated(), 401, None),
        (UnknownService(), 404, None),
        (
            DataNotDelivered(["conditions", "observations"]),
            412,
            ["$.prefetch.conditions", "$.prefetch.observations"],
        ),
        (StoreUnavailable(), 503, None),
        (NotFound(), 404, None),
        (MethodNotAllowed(), 405, None),
        (RequestEntityTooLarge(), 413, None),
        (TooManyRequests(), 429, None),
    ],
)
def test_an_error_has_its_status_and_says_where_it_is(
    error: Exception, status: int, paths: list[str] | None
) -> None:
    got, body = problem(error)
    assert got == status
    assert body["resourceType"] == "OperationOutcome"
    assert body["issue"][0]["severity"] == "error"
    assert body["issue"][0].get("expression") == paths


def test_every_error_of_a_call_has_a_status() -> None:
    assert set(STATUS) == set(HookError.__subclasses__())


def test_an_unexpected_error_is_ours_and_nothing_of_it_is_told() -> None:
    status, body = problem(ValueError("Nadia Example"))
    assert status == 500
    assert "Nadia" not in str(body)
    assert "f00d" in problem(ValueError("Nadia Example"), "f00d")[1]["issue"][0]["diagnostics"]


def test_the_log_names_the_type_and_the_place_of_a_fault_but_no_value() -> None:
    try:
        int("Nadia Example")
    except ValueError as error:
        line = fault(error)
    assert line.startswith(f"ValueError in {__name__}.test_the_log_names")
    assert "Nadia" not in line
