"""What a plan asks: its name and its sections, as the files say them; a layer names it and adds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bindeledd.features.pathways.domain.values import Basis, Origin


class AskedOf(StrEnum):
    """Who a section is written with. `relatives`: locked until one of them may be told of the plan."""

    PERSON = "person"
    RELATIVES = "relatives"
    SERVICES = "services"


class SectionForm(StrEnum):
    """How a section is answered: in words, or as measures, each with who does it."""

    WORDS = "words"
    MEASURES = "measures"


@dataclass(frozen=True, kw_only=True)
class PlanSection:
    """One question of the plan. `stays_inside`: a receiver outside hears that it has an answer,
    never which. `after`: the section of another file that it follows; else it stands last."""

    key: str
    title: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    asked_of: AskedOf = AskedOf.PERSON
    form: SectionForm = SectionForm.WORDS
    stays_inside: bool = False
    after: str = ""
    basis: Basis | None = None
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)
    stands: Mapping[str, Origin] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, kw_only=True)
class PlanForm:
    """The plan as one file asks for it, or as all of them do together."""

    title: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[PlanSection, ...] = ()
    basis: Basis | None = None
    rows: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)

    def find(self, key: str) -> PlanSection | None:
        return next((one for one in self.sections if one.key == key), None)

    def with_more(self, more: "PlanForm") -> "PlanForm":
        """The form with the name and the sections that a layer gives it."""
        sections = list(self.sections)
        for new in more.sections:
            keys = [one.key for one in sections]
            place = keys.index(new.after) + 1 if new.after in keys else len(sections)
            if new.key not in keys:
                sections.insert(place, new)
        return replace(self, title=more.title or self.title, sections=tuple(sections))


def together(first: PlanForm | None, layers: Iterable[PlanForm | None]) -> PlanForm:
    """The form with what the layers say, in their order: the name nearest to the unit counts."""
    form = first or PlanForm()
    for more in layers:
        form = form if more is None else form.with_more(more)
    return form
