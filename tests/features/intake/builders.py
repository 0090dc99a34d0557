"""What the intake tests are made of: one person, two places, and messages of every kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bindeledd.features.intake.domain.facts import Diagnosis, Kind, Series
from bindeledd.features.intake.domain.synthetic import letters
from bindeledd.features.intake.domain.synthetic.letters import Envelope
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson
from bindeledd.features.intake.domain.synthetic.stories import HOSPITAL, TEAM

FRIDAY = datetime(2026, 3, 27, 13, 0, tzinfo=UTC)  # 14:00 in Norway
ATTEMPT = (
    Diagnosis(system="7110", code="F322", main=True),
    Diagnosis(system="7110", code="X61"),
)
HEART = (Diagnosis(system="7110", code="I330", main=True),)
IŊGÁ = SyntheticPerson(
    family_name="Boŋgu",
    given_name="Iŋgá Márjá",
    born_on=date(1987, 5, 4),
    number="04858740156",
    phone="+4799912345",
)


def an_envelope(**more: Any) -> Envelope:
    return Envelope(
        **{
            "message_id": "7b1c0f34-0c1e-4c1b-9a51-000000000001",
            "sender": HOSPITAL,
            "receiver": TEAM,
            "person": IŊGÁ,
            "generated_at": FRIDAY + timedelta(hours=1),
            **more,
        }
    )


def an_epikrise(*, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return letters.epikrise(
        an_envelope(**(envelope or {})),
        **{
            "document_id": "d0000000-0000-4000-8000-000000000001",
            "admitted": FRIDAY - timedelta(days=3),
            "discharged": FRIDAY,
            "diagnoses": ATTEMPT,
            **more,
        },
    )


def a_cancellation(message_id: str, document_id: str) -> bytes:
    return an_epikrise(
        envelope={"message_id": message_id, "series": Series.CANCELLED}, document_id=document_id
    )


def a_logistic(kind: Kind, *, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return letters.logistics(kind, an_envelope(**(envelope or {})), **{"happened": FRIDAY, **more})


def a_report(*, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return letters.discharge_report(
        an_envelope(**(envelope or {})),
        **{"admitted": FRIDAY - timedelta(days=3), "discharged": FRIDAY, **more},
    )
