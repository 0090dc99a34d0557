"""What a message says beside its events, in the words that are sealed."""

from collections.abc import Mapping
from typing import Any

from bindeledd.features.intake.domain.facts import AppointmentFacts, Message


def told(message: Message) -> Mapping[str, Any]:
    """What the message says beside its dates, to be sealed with the event."""
    return {
        "title": message.title,
        "generated_at": message.generated_at.isoformat(),
        "sender": [point.name for point in message.sender],
        "phones": list(message.patient.phones),
        "diagnoses": [diagnosis.code for diagnosis in message.diagnoses],
        "relatives": [
            {
                "name": relative.name,
                "relation": relative.relation,
                "phones": list(relative.phones),
                "born_in": relative.born_in,
                "note": relative.note,
            }
            for relative in message.relatives
        ],
        "children": message.children,
        "appointments": [_appointment(found) for found in message.appointments],
        "no_forwarding": message.no_forwarding,
        "reservations": list(message.reservations),
        "texts": [{"heading": block.heading, "text": block.text} for block in message.texts],
    }


def _appointment(found: AppointmentFacts) -> Mapping[str, Any]:
    return {
        "booked": found.booked,
        "at": found.at.isoformat() if found.at else None,
        "minutes": found.minutes,
        "place": found.place,
        "tentative": found.tentative,
        "books": found.books,
        "patient_told": found.patient_told,
        "relatives_told": found.relatives_told,
    }
