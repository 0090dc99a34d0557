"""Receivers outside the tenant: who they are, the package they get, and what we know of them.

The product sends nothing out by itself: a person takes the package out, sends it, and says how.
Made is not sent, sent is not received, and only the receiver's own word is an acceptance.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain.joining import NOBODY_WE_KNOW
from bindeledd.features.handovers.domain import (
    Answered,
    FirstDateInPast,
    Handover,
    HandoverAction,
    act,
)
from bindeledd.features.patients.domain.identifiers import organisation_number
from bindeledd.foundation.errors import Conflict, Invalid, NotFound


class OutsideKind(StrEnum):
    """The many who may take part: those of the national guide, and others."""

    GP = "gp"
    MUNICIPAL_MENTAL_HEALTH = "municipal_mental_health"
    SPECIALIST_MENTAL_HEALTH = "specialist_mental_health"
    MUNICIPALITY = "municipality"
    EMERGENCY_CLINIC = "emergency_clinic"
    CRISIS_TEAM = "crisis_team"
    COORDINATING_UNIT = "coordinating_unit"
    WELFARE_OFFICE = "welfare_office"
    CHILD_WELFARE = "child_welfare"
    HOUSING = "housing"
    CRIME_PREVENTION = "crime_prevention"
    VOLUNTARY = "voluntary"
    OTHER = "other"


_ORGANISATIONS = {
    OutsideKind.GP: "practice",
    OutsideKind.MUNICIPAL_MENTAL_HEALTH: "municipality",
    OutsideKind.MUNICIPALITY: "municipality",
    OutsideKind.CRISIS_TEAM: "municipality",
    OutsideKind.COORDINATING_UNIT: "municipality",
    OutsideKind.EMERGENCY_CLINIC: "municipality",
    OutsideKind.SPECIALIST_MENTAL_HEALTH: "trust",
}


# Who takes part, and is asked, but takes no follow-up over: none of them is a health service.
PARTNERS = frozenset(
    {
        OutsideKind.WELFARE_OFFICE,
        OutsideKind.CHILD_WELFARE,
        OutsideKind.HOUSING,
        OutsideKind.CRIME_PREVENTION,
        OutsideKind.VOLUNTARY,
    }
)


class OutsideTakesPart(Invalid):
    """This one takes part; a follow-up is handed over to a health service."""

    code = "outside.takes_part"


class OutsideNotFound(NotFound):
    """There is no such receiver, or it is no longer used."""

    code = "outside.not_found"


class OutsideUnnamed(Invalid):
    """A receiver has the name of an organisation."""

    code = "outside.unnamed"


class OutsideWithoutWay(Invalid):
    """A receiver has a phone number, so that somebody can ask whether it arrived."""

    code = "outside.no_phone"


class HerWrong(Invalid):
    """A HER-id is a number of the address register."""

    code = "outside.her_wrong"


class OutsideKnown(Conflict):
    """A receiver of this organisation and unit stands in the register already."""

    code = "outside.known"


class PackageNotFound(NotFound):
    code = "package.not_found"


class PackageStayed(Conflict):
    """A package that nobody has taken out cannot have been sent."""

    code = "package.stayed"


class PackageSent(Conflict):
    """This package has been sent already."""

    code = "package.sent"


class PackageOutdated(Conflict):
    """What it tells of was corrected after it was made: what is wrong does not leave the house."""

    code = "package.outdated"


class DeathReported(Conflict):
    """A death has been reported: nothing goes out until it is refuted."""

    code = "package.death_reported"


class ReceiptOnly(Invalid):
    """A receipt tells that it arrived; nobody has accepted anything by that."""

    code = "handover.receipt_only"


class WhoNeeded(Invalid):
    """What a receiver outside answers has the name of whoever said it."""

    code = "handover.who_needed"


class FirstDateNeeded(Invalid):
    """Somebody outside takes over with a first date of their own: without it they have not yet."""

    code = "handover.first_date_needed"


class KnownInFuture(Invalid):
    """Something is known as of a moment that has been."""

    code = "handover.known_in_future"


class KnownBeforeSent(Invalid):
    """A receiver cannot answer before it was sent, nor can a package be sent before it was made."""

    code = "handover.known_before_sent"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A receiver outside the tenant. Directory data: nothing of a patient."""

    id: UUID
    tenant_id: UUID
    organisation: str
    unit: str = ""
    kind: OutsideKind = OutsideKind.OTHER
    orgnr: str = ""
    her_id: str = ""
    phone: str = ""
    address: str = ""
    active: bool = True

    @property
    def name(self) -> str:
        return f"{self.unit}, {self.organisation}" if self.unit else self.organisation

    @property
    def may_take_over(self) -> bool:
        """Whether a follow-up may be handed over to it."""
        return self.kind not in PARTNERS

    @property
    def called(self) -> tuple[str, str]:
        """By which number and which kind of organisation an agreement with it is found."""
        return self.orgnr or NOBODY_WE_KNOW, _ORGANISATIONS.get(self.kind, NOBODY_WE_KNOW)


def checked(outside: Outside) -> Outside:
    """The receiver, tidied. Raises what is wrong: also `WrongOrganisationNumber`."""
    tidy = replace(
        outside,
        organisation=" ".join(outside.organisation.split()),
        unit=" ".join(outside.unit.split()),
        orgnr=organisation_number(outside.orgnr) if outside.orgnr.strip() else "",
        her_id=outside.her_id.replace(" ", ""),
        phone=outside.phone.strip(),
        address=outside.address.strip(),
    )
    if not tidy.organisation:
        raise OutsideUnnamed()
    if not tidy.phone:
        raise OutsideWithoutWay()
    if tidy.her_id and not re.fullmatch(r"[0-9]{1,10}", tidy.her_id):
        raise HerWrong()
    return tidy


@dataclass(frozen=True, kw_only=True)
class Package:
    """What a receiver outside may see of a case, as it stood at `made_at`.

    `left_at`: when it was first taken out as a file. `sent`: a handover stands on it.
    """

    id: UUID
    tenant_id: UUID
    case_id: UUID
    outside_id: UUID
    made_at: datetime
    made_by: UUID | None = None
    left_at: datetime | None = None
    sent: bool = False
    content: Mapping[str, Any] = field(default_factory=dict)


def check_sending(package: Package, *, as_of: datetime, at: datetime) -> None:
    """Refuse to say that it was sent before it was made, ahead of time, twice, or unseen."""
    if package.sent:
        raise PackageSent(package=package.id)
    if package.left_at is None:
        raise PackageStayed(package=package.id)
    if as_of > at:
        raise KnownInFuture(as_of=as_of)
    if as_of < package.made_at:
        raise KnownBeforeSent(as_of=as_of)


def answered(
    handover: Handover,
    action: HandoverAction,
    *,
    how: Answered,
    who: str,
    as_of: datetime,
    at: datetime,
    first_at: datetime | None = None,
) -> Handover:
    """The handover once the receiver outside said this at `as_of`, by `who`, and we know `how`.

    An acceptance carries the first date that the receiver set. Raises `WhoNeeded`, `ReceiptOnly`,
    `KnownInFuture`, `KnownBeforeSent`, `FirstDateNeeded`, `FirstDateInPast`, `HandoverRefused`.
    """
    if as_of > at:
        raise KnownInFuture(as_of=as_of)
    if as_of < handover.sent_at:
        raise KnownBeforeSent(as_of=as_of)
    if how is Answered.RECEIPT and action is not HandoverAction.RECEIVE:
        raise ReceiptOnly(handover=handover.id)
    if how is not Answered.RECEIPT and not who.strip():
        raise WhoNeeded(handover=handover.id)
    if action is HandoverAction.ACCEPT and first_at is None:
        raise FirstDateNeeded(handover=handover.id)
    if action is HandoverAction.ACCEPT and first_at is not None and first_at <= as_of:
        raise FirstDateInPast(due_at=first_at)
    return replace(act(handover, action, as_of), how_known=how, first_at=first_at)
