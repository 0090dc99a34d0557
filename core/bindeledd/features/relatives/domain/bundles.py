"""What stands inside the sealed columns of relatives and families, as JSON and back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from bindeledd.features.relatives.domain import (
    Carer,
    Consent,
    Family,
    Objection,
    Relative,
    Share,
    Young,
)


def person_bundle(relative: Relative) -> dict[str, Any]:
    """What is sealed of a relative, as JSON."""
    return {
        "name": relative.name,
        "relation": relative.relation,
        "phone": relative.phone,
        "nearest": relative.nearest,
        "unsafe": relative.unsafe_to_contact,
        "words": relative.words,
        "ended_on": relative.ended_on.isoformat() if relative.ended_on else None,
        "carer": relative.carer,
        "objection": _objection_bundle(relative.objection),
        "consents": [
            {
                "id": str(consent.id),
                "what": [str(what) for what in consent.what],
                "since": consent.since.isoformat(),
                "until": consent.until.isoformat() if consent.until else None,
                "withdrawn_on": consent.withdrawn_on.isoformat() if consent.withdrawn_on else None,
                "words": consent.words,
            }
            for consent in relative.consents
        ],
    }


def with_person(relative: Relative, bundle: Mapping[str, Any]) -> Relative:
    """The relative with what stood in the bundle."""
    return replace(
        relative,
        name=bundle["name"],
        relation=bundle["relation"],
        phone=bundle["phone"],
        nearest=bundle["nearest"],
        unsafe_to_contact=bundle["unsafe"],
        words=bundle["words"],
        ended_on=_day(bundle["ended_on"]),
        carer=Carer(bundle["carer"]) if bundle.get("carer") else None,
        objection=_read_objection(bundle.get("objection")),
        consents=tuple(
            Consent(
                id=UUID(consent["id"]),
                what=tuple(Share(what) for what in consent["what"]),
                since=date.fromisoformat(consent["since"]),
                until=_day(consent["until"]),
                withdrawn_on=_day(consent["withdrawn_on"]),
                words=consent["words"],
            )
            for consent in bundle["consents"]
        ),
    )


def _objection_bundle(one: Objection | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "since": one.since.isoformat(),
        "words": one.words,
        "written_by": str(one.written_by) if one.written_by else None,
        "respected": one.respected,
        "decided_on": one.decided_on.isoformat() if one.decided_on else None,
        "decided_by": str(one.decided_by) if one.decided_by else None,
        "decision_words": one.decision_words,
        "ended_on": one.ended_on.isoformat() if one.ended_on else None,
    }


def _read_objection(bundle: Mapping[str, Any] | None) -> Objection | None:
    if bundle is None:
        return None
    return Objection(
        since=date.fromisoformat(bundle["since"]),
        words=bundle["words"],
        written_by=UUID(bundle["written_by"]) if bundle.get("written_by") else None,
        respected=bundle["respected"],
        decided_on=_day(bundle["decided_on"]),
        decided_by=UUID(bundle["decided_by"]) if bundle["decided_by"] else None,
        decision_words=bundle.get("decision_words", ""),
        ended_on=_day(bundle["ended_on"]),
    )


def family_bundle(family: Family) -> dict[str, Any]:
    """What is sealed of children and siblings, as JSON."""
    return {
        "children": _years(family.children),
        "siblings": _years(family.siblings),
        "child_contact_told": family.child_contact_told,
        "words": family.words,
    }


def read_family(bundle: Mapping[str, Any]) -> Family:
    return Family(
        children=_young(bundle["children"]),
        siblings=_young(bundle["siblings"]),
        child_contact_told=bundle["child_contact_told"],
        words=bundle["words"],
    )


def _years(young: tuple[Young, ...] | None) -> list[int | None] | None:
    return None if young is None else [one.born_year for one in young]


def _young(years: list[int | None] | None) -> tuple[Young, ...] | None:
    return None if years is None else tuple(Young(born_year=year) for year in years)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
