"""What administration says no to, and why something is changed: codes, for the log holds no words."""

from enum import StrEnum

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

ADMIN = "admin"


# Ways to address a unit in the messages.
SCHEMES = ("HER", "RESH", "ENH", "local")


class Why(StrEnum):
    """Why something is changed: a code, for the log holds no words."""

    BEGINS = "begins"
    LEAVES = "leaves"
    MOVES = "moves"
    CORRECTION = "correction"
    AGREED = "agreed"
    OTHER = "other"


class ChangedMeanwhile(Conflict):
    """What stood in the form is no longer what stands: somebody else has changed it."""

    code = "administration.changed_meanwhile"


class LoginTaken(Conflict):
    """Somebody has this log-in name already, here now or before."""

    code = "administration.login_taken"


class LastLead(Conflict):
    """A team keeps somebody who leads it."""

    code = "administration.last_lead"


class HoldsTasks(Conflict):
    """Whoever holds open tasks is not ended here: their lead says first who has them."""

    code = "administration.holds_tasks"


class UnitNotThere(NotFound):
    """There is no such unit, or not in this tenant."""

    code = "administration.unit_not_there"


class AddressWrong(Invalid):
    """A HER or RESH id is digits; an organisation number has nine of them."""

    code = "administration.address_wrong"


class OwnPlace(NotAllowed):
    """Nobody gives themselves a place: it opens the follow-ups of a team."""

    code = "administration.own_place"


class LastAdministrator(Conflict):
    """Somebody keeps the role of an administrator."""

    code = "administration.last_administrator"
