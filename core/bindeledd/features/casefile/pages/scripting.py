"""The script of a call, beside the form of a contact: steps with what they rest on."""

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.pathways.domain import Book, ScriptStep
from bindeledd.features.pathways.domain.scripting import script_of
from bindeledd.features.pathways.service.wording import source_words
from bindeledd.foundation.texts import t


def script(book: Book, file: CaseFile) -> tuple[ScriptStep, ...]:
    """What whoever rings goes through, by what is owed and the routines of the case; nothing where
    nobody rings."""
    if not file.may_be_contacted:
        return ()
    asked = script_of(book, file.case.layers, file.elsewhere)
    return asked.of({one.task.kind for one in file.owed})


def rests_on(step: ScriptStep) -> str:
    """Where a step comes from; a default says that the site has not confirmed it."""
    if not step.basis.shown_as_default:
        return source_words(step.basis)
    source = step.basis.source.strip()
    if source in ("", "Bindeledd"):
        return t("casefile.contact.script_ours")
    return t("casefile.contact.script_ours_beside", source=source)
