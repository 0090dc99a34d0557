"""What a plugin's own tests use: a clock, a patient, a discharge, and the timeline that it gives.

pytest loads this by itself where the core is installed. Nothing of the core is imported before
a test asks for it, and nothing here needs a database.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from bindeledd.features.pathways.domain import Gate, Pathway, Step
    from bindeledd.features.pathways.domain.simulating import Simulated
    from bindeledd.foundation.calendars import Calendar
    from bindeledd.plugin.course import Course
    from bindeledd.plugin.host.process import Host
    from bindeledd.plugin.host.trial import Trial
    from bindeledd.plugin.loading import Gathered
    from bindeledd.plugin.walking import Walked
    from bindeledd.plugin.working import Numbers

OSLO = ZoneInfo("Europe/Oslo")


@dataclass
class Clock:
    """A clock that stands until it is moved. `now` is in UTC."""

    now: datetime

    def forward(self, **time: float) -> datetime:
        """Move on (`days=3`, `hours=4`), and say what the time is then."""
        self.now += timedelta(**time)
        return self.now


@dataclass(frozen=True, kw_only=True)
class Patient:
    """Somebody who cannot exist: the number is of a series that no person is given."""

    name: str
    number: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Discharge:
    """Somebody leaves `unit`, of the kind `unit_kind`, in `organisation`, with these facts."""

    at: datetime
    unit: str = "unit"
    unit_kind: str = "acute_ward"
    organisation: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


class Timeline(dict[str, "Simulated"]):
    """What a discharge would make owed, by the key of its step or gate, the earliest first."""

    def keys_of(self, strength: str) -> list[str]:
        """The keys of everything of this strength: `must`, `should`, `may`."""
        return [key for key, owed in self.items() if owed.strength == strength]

    def loses(self, before: "Timeline") -> list[str]:
        """The keys of what stands in `before`, and here not at all or later."""
        kept = {key for key in before if key in self and self[key].due_at <= before[key].due_at}
        return [key for key in before if key not in kept]


Names = str | tuple[str, ...]


def _names(said: Names) -> frozenset[str]:
    return frozenset({said} if isinstance(said, str) else said)


def _moment(text: str | datetime) -> datetime:
    """A moment; without a zone it is on the wall in Oslo."""
    found = text if isinstance(text, datetime) else datetime.fromisoformat(text)
    local = found if found.tzinfo is not None else found.replace(tzinfo=OSLO)
    return local.astimezone(UTC)


@pytest.fixture
def a_clock() -> Callable[..., Clock]:
    """`a_clock("2027-03-24T15:00")`: a clock that stands at that time in Oslo."""
    return lambda text="2027-03-01T09:00": Clock(_moment(text))


@pytest.fixture
def a_patient() -> Callable[..., Patient]:
    """`a_patient()`: a made-up person; the same `seed` gives the same one."""

    def made(seed: int = 1) -> Patient:
        from bindeledd.features.patients.domain.synthetic import synthetic_number

        number = synthetic_number(Random(seed))  # noqa: S311  (no secret: a made-up person)
        return Patient(name=f"Syntetisk Person {seed}", number=number.value, phone="+4799999999")

    return made


@pytest.fixture
def a_discharge() -> Callable[..., Discharge]:
    """`a_discharge("2027-03-24T15:00", unit_kind="acute_ward", setting="…")`."""

    def made(
        at: str | datetime = "2027-03-01T09:00",
        *,
        unit: str = "unit",
        unit_kind: str = "acute_ward",
        organisation: str | None = None,
        **facts: object,
    ) -> Discharge:
        return Discharge(
            at=_moment(at), unit=unit, unit_kind=unit_kind, organisation=organisation, facts=facts
        )

    return made


@pytest.fixture
def gathered() -> Callable[..., "Gathered"]:
    """`gathered("my-pack")`: what the core and these packs declare, as at a start."""
    from bindeledd.plugin.loading import gather

    return lambda *packs: gather(packs)


@pytest.fixture
def contract() -> "Callable[[str], list[Mapping[str, str]]]":
    """`contract("my-pack")`: what is wrong with the pack by the contract that all packs keep."""
    from bindeledd.plugin.contract import faults_in

    return faults_in


@pytest.fixture
def walked(gathered: Callable[..., "Gathered"]) -> "Callable[[str], list[Walked]]":
    """`walked("my-pack")`: each step and gate that its files add, gone through where it is for: is it
    `owed` after its event, `heard` by a ladder, and `ends` it by what it asks for."""
    from bindeledd.plugin.walking import walk

    return lambda pack: walk(gathered(pack))


@pytest.fixture
def routine(gathered: Callable[..., "Gathered"]) -> Callable[..., "Pathway"]:
    """`routine("my-pack", unit_kind="…")`: the national routine with the packs' layers on top.

    `between=("trust", "municipality")`: with the agreement of these two, by key, kind or both.
    """

    def made(
        *packs: str,
        unit: str = "unit",
        unit_kind: str = "acute_ward",
        organisation: str | None = None,
        index_event: str = "suicide_attempt",
        between: tuple[Names, Names] | None = None,
    ) -> "Pathway":
        from bindeledd.features.pathways.domain import End

        book = gathered(*packs).book
        base = book.current(index_event)
        one, to = (_names(side) for side in between or ((), ()))
        end = End(names=one | {organisation or ""}, units=frozenset({unit, unit_kind}))
        where = (unit, unit_kind, organisation)
        return book.resolve(base.id, base.version, *where, ends=[end], to=to)

    return made


@pytest.fixture
def own_rules(routine: Callable[..., "Pathway"]) -> Callable[..., "list[Step | Gate]"]:
    """`own_rules("my-pack", unit_kind="…")`: the steps and gates there that are the pack's own."""
    return lambda pack, **where: [
        one for one in routine(pack, **where).owed if one.key.startswith(f"{pack}.")
    ]


@pytest.fixture
def timeline(
    gathered: Callable[..., "Gathered"], routine: Callable[..., "Pathway"]
) -> Callable[..., Timeline]:
    """`timeline("my-pack", discharge=a_discharge(…))`: what is owed, when and why.

    `calendar` is the team's; without it Monday to Friday, 08:00 to 15:30, Norwegian holidays.
    Raises `CannotBeTold` for a fact that nobody asks about, or an answer that there is not.
    """

    def drawn(*packs: str, discharge: Discharge, calendar: "Calendar | None" = None) -> Timeline:
        from bindeledd.features.pathways.domain.simulating import simulate
        from bindeledd.foundation.calendars import Calendar
        from bindeledd.plugin.answering import check_is_known

        check_is_known(discharge.facts, gathered(*packs).book.fields)
        owed = simulate(
            routine(
                *packs,
                unit=discharge.unit,
                unit_kind=discharge.unit_kind,
                organisation=discharge.organisation,
            ),
            discharged_at=discharge.at,
            calendar=calendar or Calendar(),
            at=discharge.at,
            facts=discharge.facts,
            ladders=gathered(*packs).book.ladders,
        )
        return Timeline((one.step, one) for one in owed)

    return drawn


@pytest.fixture
def without_and_with(
    timeline: Callable[..., Timeline], a_discharge: Callable[..., Discharge]
) -> Callable[..., tuple[Timeline, Timeline]]:
    """`without_and_with("my-pack", unit_kind="…")`: what a discharge on a Friday before Easter owes
    without the pack and with it; `after.loses(before)` is empty."""

    def drawn(*packs: str, **where: Any) -> tuple[Timeline, Timeline]:
        friday = a_discharge("2027-03-19T15:00", **where)
        return timeline(discharge=friday), timeline(*packs, discharge=friday)

    return drawn


@pytest.fixture
def a_course(
    gathered: Callable[..., "Gathered"], routine: Callable[..., "Pathway"]
) -> Callable[..., "Course"]:
    """`a_course("my-pack", at="2027-03-01T09:00")`: somebody is followed up; tell what happens.

    `course.begun()`, `course.tell("answered", my_field="yes")`, then `course.owed` by the key of
    step or gate.
    """

    def made(*packs: str, at: str | datetime = "2027-03-01T09:00", **where: Any) -> "Course":
        from bindeledd.plugin.course import Course

        found = routine(*packs, **where)
        return Course(book=gathered(*packs).book, routine=found, now=_moment(at))

    return made


@pytest.fixture
def hosted() -> Iterator[Callable[..., "Trial"]]:
    """`hosted("my-pack", settings={…}, secrets={…})`: the pack's own processes, as a worker has them.

    Raises `Misconfigured` where the pack says that it is set up wrongly.
    """
    begun: list[Host] = []

    def open_pack(pack: str, **said: Any) -> "Trial":
        from bindeledd.plugin.host.trial import open_trial

        return open_trial(pack, begun=begun, **said)

    yield open_pack
    for host in begun:
        host.close()


def is_kept(rule: "Step | Gate", event: str, **facts: object) -> bool:
    """Would an event of this kind with these facts do what the step or gate asks for?"""
    from bindeledd.features.pathways.domain import satisfies

    return satisfies(rule, event, facts)


def numbers(
    counted: Mapping[str, Mapping[str, int | None]] | None = None,
    *,
    least: int = 5,
    years: int = 0,
) -> "Numbers":
    """What a report is told: `numbers({"my-team": {"event.reached": 9, "opened": None}})`, all of it
    counted in January 2027."""
    from bindeledd.plugin.working import Count, Numbers

    return Numbers(
        since=date(2027, 1, 1),
        until=date(2027, 1, 31),
        least=least,
        years=years,
        counts=tuple(
            Count(month="2027-01", team=team, measure=measure, many=many)
            for team, said in (counted or {}).items()
            for measure, many in said.items()
        ),
    )
