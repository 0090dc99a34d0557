"""Refusals: what the product says no to, with a stable code and no patient content.

A feature subclasses one of the four kinds next to the rule that raises it. The text for people
is found by its code in `translations/`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from bindeledd.foundation.texts import Fault


class Refusal(Exception):
    """Something that was asked for and is not done.

    `code` is stable and documented; `facts` are ids, states, kinds and dates: what may stand in
    a log. Never a name, a number of a person or a word that somebody said.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts: Mapping[str, object] = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({told})"


class Invalid(Refusal):
    """What was sent cannot be understood or is not allowed to have this value."""

    code = "invalid"
    status = 422


class NotAllowed(Refusal):
    """The one who asks may not do this (and may know that it exists)."""

    code = "not_allowed"
    status = 403


class NotFound(Refusal):
    """It is not there, or the one who asks may not see it: the same answer for both."""

    code = "not_found"
    status = 404


class Conflict(Refusal):
    """It is in a state where this makes no sense."""

    code = "conflict"
    status = 409


class Misconfigured(Exception):
    """The installation cannot start or go on as it is set up.

    Says what is wrong, where (file, line, setting) and what to do. Shown to an administrator, in
    the language of whoever reads it: `code` and `values` are those of a `Fault`.
    """

    def __init__(self, code: str, /, *, where: object = "", **values: object) -> None:
        super().__init__(code)
        self.fault = Fault(code, values)
        self._where = where

    @property
    def code(self) -> str:
        return self.fault.code

    @property
    def where(self) -> str:
        return str(self._where)

    @property
    def what(self) -> str:
        return self.fault.what

    @property
    def do(self) -> str:
        return self.fault.do

    @property
    def faults(self) -> tuple["Misconfigured", ...]:
        """Each fault by itself: more than one where several were found together."""
        return (self,)

    def __str__(self) -> str:
        return " · ".join(part for part in (self.where, self.what, self.do) if part)


class SeveralWrong(Misconfigured):
    """Faults that were found together: the first stands for all, each is told on its own line."""

    def __init__(self, faults: Sequence[Misconfigured]) -> None:
        first = faults[0]
        super().__init__(first.code, where=first._where, **first.fault.values)
        self._all = tuple(faults)

    @property
    def faults(self) -> tuple[Misconfigured, ...]:
        return self._all

    def __str__(self) -> str:
        return "\n".join(str(one) for one in self._all)


def insist_none(faults: Sequence[Misconfigured]) -> None:
    """Raise what is wrong, all of it at once; each fault once."""
    single = list({str(one): one for wrong in faults for one in wrong.faults}.values())
    if single:
        raise single[0] if len(single) == 1 else SeveralWrong(single)


class PortTaken(Misconfigured):
    """Something listens at the address already. It may be what was there a moment ago."""
