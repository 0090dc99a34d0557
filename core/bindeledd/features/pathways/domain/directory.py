"""Who can be asked about a task: by which number, at which hours, for which units. Plain values.

What a pack knows without a number is a frame: it says who is meant, and that a site has the number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

# Weekday (1 Monday to 7 Sunday), from, to; a `to` that is not later is the next morning.
Open = tuple[int, time, time]
# Key and kind of a unit, and the key of its organisation.
Where = tuple[str | None, str | None, str | None]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One entry of the directory. Without `hours` somebody answers day and night.

    `tasks`: the kinds of tasks with which it is shown; `units` (keys or kinds) and `organisations`:
    where, everywhere if neither is said. `link` is an address to read at, `version` which edition of it
    was looked at; `on_paper`: with its number it stands on the plan that the person keeps. `to`: only
    once one of these (keys or kinds of organisations) has been named as the receiver, so that an
    agreement's own people are shown to those it binds.
    """

    key: str
    label: Mapping[str, str]
    tasks: frozenset[str]
    phone: str = ""
    link: str = ""
    version: str = ""
    on_paper: bool = False
    hours: tuple[Open, ...] = ()
    units: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    rows: tuple[str, ...] = ()
    origin: str = field(default="", compare=False)
    stands: Mapping[str, str] = field(default_factory=dict, compare=False)

    def is_for(self, task: str, where: Where, receiver: frozenset[str] = frozenset()) -> bool:
        """Is it shown with this kind of task, there?"""
        key, kind, organisation = where
        here = not self.organisations or organisation in self.organisations
        fits = not self.units or bool(self.units & {key, kind})
        return task in self.tasks and here and fits and (not self.to or bool(self.to & receiver))

    def answers(self, local: datetime) -> bool:
        """Does somebody answer at this moment on the wall?"""
        return not self.hours or any(_within(one, local) for one in self.hours)


def _within(one: Open, local: datetime) -> bool:
    weekday, opens, closes = one
    today = local.isoweekday() == weekday
    if opens < closes:
        return today and opens <= local.time() < closes
    begun = (local - timedelta(days=1)).isoweekday() == weekday
    return (today and local.time() >= opens) or (begun and local.time() < closes)


def shown(
    every: Iterable[Contact],
    task: str,
    places: Sequence[Where],
    local: datetime,
    receiver: frozenset[str] = frozenset(),
) -> list[Contact]:
    """Whom to show with this kind of task for any of these places: who answers now first, and what
    has neither a number nor an address only where nothing has one. `receiver`: what the receiver that
    was named last is called."""
    fitting = [one for one in every if any(one.is_for(task, where, receiver) for where in places)]
    reachable = [one for one in fitting if one.phone or one.link]
    return sorted(reachable or fitting, key=lambda one: (not one.answers(local), one.key))
