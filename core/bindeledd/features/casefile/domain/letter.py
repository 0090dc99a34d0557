"""A letter to the person of a case: what the case says in its places, and the paper that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.pathways.domain.letter_values import Filled, Letter
from bindeledd.foundation.errors import NotFound
from bindeledd.foundation.printing import Line, Section, Sheet, mark_of
from bindeledd.foundation.spelling import telephone, written
from bindeledd.foundation.texts import speaking


class LetterNotFound(NotFound):
    """The rule of this task has no letter."""

    code = "letter.not_found"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Whose task the letter is, who prints it, and the number that the directory gives for it."""

    team: str
    organisation: str
    telephone: str
    member: str


@dataclass(frozen=True, kw_only=True)
class Written:
    """A letter filled in, in one of its languages. `layer`: the routine that has it, `id@version`.

    `environment`: what the installation is for, which paper says where nobody is real.
    """

    of: Letter
    layer: str
    language: str
    filled: Filled
    environment: str | None = None

    @property
    def letter(self) -> str:
        """Its key in the layer."""
        return self.of.key

    @property
    def languages(self) -> tuple[str, ...]:
        return self.of.languages

    @property
    def default(self) -> bool:
        """Whether no source gives its text, or nobody has confirmed it."""
        return self.of.basis.shown_as_default

    @property
    def title(self) -> str:
        return self.filled.title

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return self.filled.paragraphs

    @property
    def missing(self) -> tuple[str, ...]:
        return self.filled.missing

    @property
    def mark(self) -> str:
        """That it is to nobody, where it is; empty in production."""
        with speaking(self.language):
            return mark_of(self.environment)

    @property
    def sheet(self) -> Sheet:
        """What is printed: the letter and nothing else, but for its mark where nobody is real."""
        lines = (Section(lines=(Line(text=one),)) for one in self.paragraphs)
        return Sheet(title=self.title, sections=tuple(lines), mark=self.mark)


def places_of(file: CaseFile, sender: Sender) -> Mapping[str, str]:
    """What stands in each place, in the language that is spoken; empty where it is not known."""
    ahead = [one.starts_at for one in file.appointments if one.stands and one.starts_at > file.at]
    return {
        "name": file.patient.name,
        "today": written(file.at, date_only=True),
        "appointment": written(min(ahead)) if ahead else "",
        "team": sender.team,
        "organisation": sender.organisation,
        "unit": file.unit or "",
        "telephone": telephone(sender.telephone),
        "member": sender.member,
    }
