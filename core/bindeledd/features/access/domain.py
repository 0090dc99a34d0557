"""Who may see whom, who is logged in, and what a password must be.

A person sees a case while a team of theirs has a care relation to it; anything else answers
"not found". Nothing here knows of HTTP, of the database or of the clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from bindeledd.features.staff.domain import Actor, LeadOnly
from bindeledd.foundation.errors import Invalid, NotAllowed, NotFound


class RelationKind(StrEnum):
    """Why a team may see a case."""

    OWNER = "owner"
    RECEIVER = "receiver"
    PARTICIPANT = "participant"


class OutOfSight(NotFound):
    """It is not there, or not for the one who asks."""

    code = "access.out_of_sight"


class WrongLogin(NotAllowed):
    """The log-in name or the password is wrong: the same answer for both."""

    code = "access.wrong_login"


class WaitFirst(NotAllowed):
    """Too many wrong tries: a pause, never a lock-out."""

    code = "access.wait_first"
    status = 429


class PasswordTooShort(Invalid):
    code = "access.password_too_short"


class PasswordTooLong(Invalid):
    code = "access.password_too_long"


class PasswordEasy(Invalid):
    """The password is made of words that whoever guesses tries first."""

    code = "access.password_easy"


class PasswordsDiffer(Invalid):
    code = "access.passwords_differ"


class DemoOnly(NotAllowed):
    """Known passwords are for a database that was made as a demo."""

    code = "access.demo_only"


class GrantMissing(NotAllowed):
    """Needs a role for the whole tenant."""

    code = "access.grant_missing"


class TokenNotFound(NotFound):
    """The member has no such token, or it was ended already."""

    code = "access.token_not_found"


def require_lead(actor: Actor, team_id: UUID) -> None:
    """Refuse unless the actor leads the team (or is the system or a command)."""
    if not actor.sees_all and team_id not in actor.leads:
        raise LeadOnly(team=team_id)


def require_grant(actor: Actor, role: str) -> None:
    """Refuse unless the actor holds `role` for the whole tenant."""
    if not actor.sees_all and role not in actor.grants:
        raise GrantMissing(role=role)


# --- passwords ------------------------------------------------------------------------------------

SHORTEST, LONGEST = 15, 128
# Everybody's password where the installation is a demo, and nowhere else.
DEMO_PASSWORD = "bindeledd-demo"  # noqa: S105 (shown on the page where one logs in)
# What somebody who guesses tries first; words of this product and its work among them.
FORBIDDEN = frozenset(
    [
        "bindeledd",
        "bindeleddet",
        "selvmord",
        "selvmordsforsok",
        "selvmordsforsøk",
        "oppfolging",
        "oppfølging",
        "pasient",
        "psykiatri",
        "sykehus",
        "sykehuset",
        "helse",
        "helsevest",
        "passord",
        "passordet",
        "password",
        "passphrase",
        "hemmelig",
        "velkommen",
        "welcome",
        "sommer",
        "sommeren",
        "vinter",
        "vinteren",
        "høst",
        "hosten",
        "våren",
        "norge",
        "norway",
        "oslo",
        "bergen",
        "trondheim",
        "stavanger",
        "qwerty",
        "qwertyuiop",
        "qwertyuiopå",
        "asdfghjkl",
        "asdfgh",
        "zxcvbnm",
        "letmein",
        "admin",
        "administrator",
        "demo",
        "test",
        "testing",
        "abc",
        "abcd",
        "abcdef",
        "abcdefgh",
        "iloveyou",
        "jegelskerdeg",
        "football",
        "fotball",
        "monkey",
        "dragon",
        "mandag",
        "tirsdag",
        "onsdag",
        "torsdag",
        "fredag",
        "januar",
        "februar",
        "desember",
    ]
)


def check_password(password: str, *, login: str = "", name: str = "") -> None:
    """Refuse a password that is short, endless, or nothing but words that are tried first.

    At least 15 characters, any characters, no rule of composition and no expiry: length is
    what helps. What is left when known words, the own name, digits and repeats are taken out
    must still be something.
    """
    if len(password) < SHORTEST:
        raise PasswordTooShort(least=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordTooLong(most=LONGEST)
    rest = "".join(c for c in password.casefold() if c.isalpha() or ord(c) > 127)
    own = {part for part in f"{login} {name}".casefold().split() if len(part) > 2}
    for word in sorted(FORBIDDEN | own, key=len, reverse=True):
        rest = rest.replace(word, "")
    digits = [c for c in password if not c.isalpha()]
    if len(set(rest)) < 4 and len(set(digits)) < 8:
        raise PasswordEasy()


# --- wrong tries ----------------------------------------------------------------------------------

FORGOTTEN_AFTER = timedelta(hours=1)


def wait_after(failed: int, *, free: int) -> timedelta:
    """The pause after so many wrong tries: none for the first `free`, then doubling to 15 min."""
    if failed < free:
        return timedelta()
    return min(timedelta(seconds=5 << min(failed - free, 10)), timedelta(minutes=15))


# --- sessions -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SessionRules:
    """How long a logged-in browser stays logged in, by the clock of the server."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=10)
    touch_every: timedelta = timedelta(minutes=1)

    def is_over(self, made_at: datetime, seen_at: datetime, at: datetime) -> bool:
        return at - seen_at > self.idle or at - made_at > self.longest


class Scope(StrEnum):
    """What a token opens: reading only, or everything that its member may do."""

    READ = "read"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token that was not ended. `mark`: what it is called by; it opens nothing."""

    mark: str
    label: str
    scope: Scope
    made_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """What logging in needs of an account; `member_id` is None where there is no such name.

    `counted` is what wrong tries are counted under: the member, by whatever name; else the name.
    """

    login: str
    counted: str = ""
    member_id: UUID | None = None
    tenant_id: UUID | None = None
    name: str = ""
    password_hash: str | None = None
    code_hash: str | None = None
    code_until: datetime | None = None
    wait: timedelta = timedelta()
