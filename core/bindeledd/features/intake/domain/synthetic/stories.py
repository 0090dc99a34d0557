"""What happens to a whole caseload, told in messages, as they would arrive over some forty days.

A dozen stories take turns: with and without a time at hand, other conditions that somebody has to
decide about, the same message twice, out of order, cancelled, unreadable, marked as a test, from a
place that nobody knows, admitted again, withdrawn, and one who died.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    Kind,
    RelativeFacts,
    Series,
)
from bindeledd.features.intake.domain.synthetic import letters
from bindeledd.features.intake.domain.synthetic.parts import Envelope, Party
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson, somebody
from bindeledd.features.intake.domain.tree import OSLO
from bindeledd.foundation.days import past_weekend

DAYS = 40
_PLAN = "Tett oppfølging de første ukene. Pasienten har fått telefonnummeret til teamet."
_ATTEMPTS = ("X60", "X61", "X64", "X69", "X70", "X78", "X80", "X84")
_BESIDE = ("F322", "F321", "F412", "F603", "F432", "T391", "F102")
_OTHER = (("I330", "E119"), ("I214", "I10"), ("S720", "M810"), ("J189", "J449"))
_PLACES = ("Poliklinikken, 2. etasje", "DPS, resepsjonen i 1. etasje", "Helsehuset, rom 12")

HOSPITAL = Party(
    department=ContactPoint(scheme="HER", value="8500011", name="Psykiatrisk akuttpost"),
    legal=ContactPoint(scheme="HER", value="8500010", name="Fjordbyen sykehus"),
)
MEDICAL = Party(
    department=ContactPoint(scheme="HER", value="8500012", name="Medisinsk overvåkning"),
    legal=ContactPoint(scheme="HER", value="8500010", name="Fjordbyen sykehus"),
)
TEAM = Party(
    department=ContactPoint(scheme="HER", value="8500021", name="Oppfølgingsteamet"),
    legal=ContactPoint(scheme="HER", value="8500020", name="Fjordbyen kommune"),
)
ELSEWHERE = Party(
    department=ContactPoint(scheme="HER", value="8599991", name="Ukjent avdeling"),
    legal=ContactPoint(scheme="HER", value="8599990", name="Et sykehus langt unna"),
)


@dataclass(frozen=True, kw_only=True)
class SyntheticMessage:
    """A message as it would arrive. `name` is a file name that tells nothing of the content."""

    at: datetime
    name: str
    data: bytes


def caseload(
    seed: int,
    patients: int,
    now: datetime,
    *,
    senders: Sequence[Party] = (HOSPITAL, MEDICAL),
    receivers: Sequence[Party] = (TEAM,),
) -> Iterator[SyntheticMessage]:
    """The messages of `patients` people, in the order of their arrival, none after `now`.

    The first people take the stories in turn, so that a small caseload has one of each; after
    that the ordinary ones are the common ones. The same arguments give the same bytes.
    """
    random = Random(seed)  # noqa: S311  (demo data, not a secret)
    told: list[SyntheticMessage] = []
    for index in range(patients):
        story = STORIES[index] if index < len(STORIES) else random.choice(_COMMON)
        teller = _Teller(random, now, random.choice(senders), random.choice(receivers))
        told.extend(story(teller))
    yield from sorted((m for m in told if m.at <= now), key=lambda m: (m.at, m.name))


class _Teller:
    """One person's stay: admitted, discharged, and the messages that tell of it."""

    def __init__(self, random: Random, now: datetime, sender: Party, receiver: Party) -> None:
        self.random = random
        self.sender, self.receiver = sender, receiver
        self.person: SyntheticPerson = somebody(random, year=now.year)
        self.discharged = self._in_daytime(now - timedelta(days=random.uniform(0.5, DAYS)))
        self.admitted = self.discharged - timedelta(days=random.randint(1, 9), hours=5)
        self.now = now

    def _in_daytime(self, at: datetime) -> datetime:
        local = at.astimezone(OSLO)
        return local.replace(
            hour=self.random.randint(10, 15), minute=self.random.randrange(0, 60, 5), second=0,
            microsecond=0,
        )  # fmt: skip

    def new_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def envelope(self, at: datetime, **more: object) -> Envelope:
        base = Envelope(
            message_id=self.new_id(),
            sender=self.sender,
            receiver=self.receiver,
            person=self.person,
            generated_at=at,
        )
        return replace(base, **more)  # type: ignore[arg-type]

    def arrives(self, at: datetime, data: bytes) -> SyntheticMessage:
        at = at + timedelta(minutes=self.random.randint(1, 12))
        return SyntheticMessage(at=at, name=f"{self.random.getrandbits(48):012x}.xml", data=data)

    def conditions(self) -> tuple[Diagnosis, ...]:
        return (
            Diagnosis(system="7110", code=self.random.choice(_BESIDE), main=True),
            Diagnosis(system="7110", code=self.random.choice(_ATTEMPTS)),
        )

    def relatives(self) -> tuple[RelativeFacts, ...]:
        close = somebody(self.random, year=self.now.year)
        name = f"{close.given_name} {self.person.family_name}"
        return (RelativeFacts(name=name, relation="SA", phones=(close.phone,)),)

    def appointment(self) -> AppointmentFacts:
        after = timedelta(days=self.random.randint(2, 6))
        when = past_weekend(self._in_daytime(self.discharged + after))
        return AppointmentFacts(
            booked=True, at=when, minutes=45, place=self.random.choice(_PLACES), patient_told=True
        )

    def tells(self, kind: Kind, at: datetime, **more: object) -> SyntheticMessage:
        envelope = self.envelope(at + timedelta(minutes=20), **more)
        return self.arrives(envelope.generated_at, letters.logistics(kind, envelope, happened=at))

    def report(self, appointment: AppointmentFacts | None) -> SyntheticMessage:
        at = self.discharged + timedelta(hours=1)
        data = letters.discharge_report(
            self.envelope(at),
            admitted=self.admitted,
            discharged=self.discharged,
            relatives=self.relatives(),
            appointment=appointment,
            plan=_PLAN,
        )
        return self.arrives(at, data)

    def summary(
        self,
        conditions: Sequence[Diagnosis],
        *,
        days: float = 1.0,
        document_id: str = "",
        version: str = "1.2",
        **more: object,
    ) -> SyntheticMessage:
        at = self.discharged + timedelta(days=days)
        data = letters.epikrise(
            self.envelope(at, **more),
            document_id=document_id or self.new_id(),
            admitted=self.admitted,
            discharged=self.discharged,
            diagnoses=conditions,
            plan=_PLAN,
            version=version,
        )
        return self.arrives(at, data)


Story = Callable[[_Teller], Iterator[SyntheticMessage]]


def with_a_time(teller: _Teller) -> Iterator[SyntheticMessage]:
    """Discharged with a time at hand; the summary comes within days."""
    yield teller.tells(Kind.ADMITTED, teller.admitted)
    yield teller.tells(Kind.DISCHARGED, teller.discharged)
    yield teller.summary(teller.conditions(), days=0.1)
    yield teller.report(teller.appointment())


def without_a_time(teller: _Teller) -> Iterator[SyntheticMessage]:
    """Discharged; somebody has yet to book."""
    yield teller.summary(teller.conditions(), days=0.1)
    yield teller.report(AppointmentFacts(booked=False, books="service", patient_told=False))


def summary_only(teller: _Teller) -> Iterator[SyntheticMessage]:
    """All that comes is a summary, in the older version."""
    yield teller.summary(teller.conditions(), days=2.0, version="1.1")


def something_else(teller: _Teller) -> Iterator[SyntheticMessage]:
    """Another condition: a person has to say whether it is one of ours."""
    main, beside = teller.random.choice(_OTHER)
    conditions = (
        Diagnosis(system="7110", code=main, main=True),
        Diagnosis(system="7110", code=beside),
    )
    yield teller.summary(conditions, days=0.5)


def twice(teller: _Teller) -> Iterator[SyntheticMessage]:
    """The very same summary arrives twice."""
    once = teller.summary(teller.conditions(), days=0.2)
    yield once
    yield replace(
        once, at=once.at + timedelta(hours=3), name=f"{teller.random.getrandbits(48):012x}.xml"
    )


def changed_before_new(teller: _Teller) -> Iterator[SyntheticMessage]:
    """The corrected summary overtakes the first one."""
    document, conditions = teller.new_id(), teller.conditions()
    changed = teller.summary(conditions, days=0.3, document_id=document, series=Series.CHANGED)
    first = teller.summary(conditions, days=0.2, document_id=document)
    yield changed
    yield replace(first, at=changed.at + timedelta(hours=2))


def cancelled(teller: _Teller) -> Iterator[SyntheticMessage]:
    """A summary, and its cancellation the day after."""
    document, conditions = teller.new_id(), teller.conditions()
    yield teller.summary(conditions, days=0.2, document_id=document)
    yield teller.summary((), days=1.2, document_id=document, series=Series.CANCELLED)


def broken(teller: _Teller) -> Iterator[SyntheticMessage]:
    """A message that was cut off on its way."""
    whole = teller.summary(teller.conditions(), days=0.4)
    yield replace(whole, data=whole.data[: len(whole.data) // 2])


def a_test(teller: _Teller) -> Iterator[SyntheticMessage]:
    """A message that says it is a test."""
    yield teller.summary(teller.conditions(), days=0.4, test=True)


def from_elsewhere(teller: _Teller) -> Iterator[SyntheticMessage]:
    """From a place that is not registered, to a place that is not registered."""
    yield teller.summary(teller.conditions(), days=0.4, sender=ELSEWHERE, receiver=ELSEWHERE)


def admitted_again(teller: _Teller) -> Iterator[SyntheticMessage]:
    """Discharged, and some days later another attempt, another stay."""
    yield teller.summary(teller.conditions(), days=0.1)
    teller.admitted = teller.discharged + timedelta(days=5)
    teller.discharged = teller.admitted + timedelta(days=3)
    yield teller.tells(Kind.ADMITTED, teller.admitted)
    yield teller.summary(teller.conditions(), days=0.2)
    yield teller.report(teller.appointment())


def withdrawn_first(teller: _Teller) -> Iterator[SyntheticMessage]:
    """The withdrawal overtakes the message that the patient was ready; then they go home."""
    ready = teller.discharged - timedelta(days=1)
    early = teller.tells(Kind.READY_FOR_DISCHARGE, ready)
    withdrawn = teller.tells(Kind.WITHDRAWN, ready + timedelta(hours=3))
    yield withdrawn
    yield replace(early, at=withdrawn.at + timedelta(minutes=30))
    yield teller.summary(teller.conditions(), days=0.2)


def died(teller: _Teller) -> Iterator[SyntheticMessage]:
    """Followed up, and then the municipality writes that the person is dead."""
    yield teller.summary(teller.conditions(), days=0.1)
    yield teller.tells(
        Kind.DEATH,
        teller.discharged + timedelta(days=4),
        sender=teller.receiver,
        receiver=teller.sender,
    )


STORIES: tuple[Story, ...] = (
    with_a_time,
    without_a_time,
    something_else,
    twice,
    cancelled,
    broken,
    a_test,
    from_elsewhere,
    changed_before_new,
    withdrawn_first,
    admitted_again,
    summary_only,
    died,
)
_COMMON: tuple[Story, ...] = (
    with_a_time,
    with_a_time,
    with_a_time,
    without_a_time,
    without_a_time,
    summary_only,
    something_else,
    admitted_again,
)
