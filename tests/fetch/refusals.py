"""Why a token is not used at a server."""

from typing import Any

from fetching import SERVICE, Caller, Client, authorization, request_of

from cds.fhir.server.access import NoAccess, access_of
from cds.request import HookRequest
from cds.settings import Settings

ALLOWED = "https://ehr.example/fhir/r4"
REQUIRED = Settings(auth="required")
EHR = Caller(Client([ALLOWED]))


def refusal(server: str, caller: Caller = EHR, settings: Settings = REQUIRED, **token: Any) -> str:
    """Why a token is not used; empty when it is."""
    document = request_of(server, fhirAuthorization=authorization(**token))
    try:
        assert access_of(HookRequest.parse(SERVICE, document), caller, settings)
    except NoAccess as reason:
        return str(reason)
    return ""
