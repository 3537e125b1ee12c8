"""Whether the token of a call may be used, and at which server: everything else is not called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cds.fhir.server.address import Base, bases
from cds.request import HookRequest, text
from cds.settings import Settings

_TOKEN = re.compile(r"[!-~]{1,16384}")  # nothing that could end a header line


class Client(Protocol):
    """What a client's entry in CDS_CLIENTS says of its FHIR servers.

    An entry with a `subject`, our own client id there, accepts tokens for that subject only.
    """

    @property
    def fhir_servers(self) -> Sequence[str]: ...

    @property
    def subject(self) -> str | None: ...


class Caller(Protocol):
    """Who called; `client` is None where callers are not authenticated."""

    @property
    def client(self) -> Client | None: ...


@dataclass(frozen=True)
class Access:
    """A server that may be read, with what token, for how many seconds from now."""

    base: Base
    token: str = field(repr=False)
    scope: str
    seconds: int


class NoAccess(Exception):
    """The token is not used; the message says why without a value from the call."""


def access_of(request: HookRequest, caller: Caller, settings: Settings) -> Access | None:
    """The access that a call brings, None when it brings none; raises NoAccess."""
    authorization = request.fhir_authorization
    if request.fhir_server is None or authorization is None:
        return None
    base = _allowed_base(request.fhir_server, caller, settings)
    _refuse_other_patient(authorization.get("patient"), request.patient_id)
    if (text(authorization.get("token_type")) or "").lower() != "bearer":
        raise NoAccess("token_type is not Bearer")
    token, seconds = authorization.get("access_token"), authorization.get("expires_in")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise NoAccess("access_token is missing or is none")
    if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds <= 0:
        raise NoAccess("expires_in is not a number of seconds to come")
    scope, subject = text(authorization.get("scope")), text(authorization.get("subject"))
    if scope is None or subject is None:
        raise NoAccess("scope or subject is missing")
    if caller.client and caller.client.subject not in {None, subject}:
        raise NoAccess("subject is not our id at this client")
    return Access(base, token, scope, seconds)


def _allowed_base(address: str, caller: Caller, settings: Settings) -> Base:
    """The base of an address that the caller's entry, or else the settings, name word for word."""
    base = Base.parse(address)
    if base is None:
        raise NoAccess("fhirServer is not a plain base address")
    named = caller.client.fhir_servers if caller.client else ()
    on_this_machine = settings.auth == "off" and base.is_loopback
    if base not in bases(named or settings.fhir_servers) and not on_this_machine:
        raise NoAccess("fhirServer is not one of this client's servers")
    if not base.is_confidential:
        raise NoAccess("fhirServer is not https")
    return base


def _refuse_other_patient(patient: object, patient_id: str) -> None:
    """A token for one patient is used for this patient only."""
    if patient is None:
        return
    if not isinstance(patient, str) or patient.rpartition("Patient/")[2].strip() != patient_id:
        raise NoAccess("patient is not the patient of the context")
