"""What administration says no to, and why something is changed: codes, for the log holds no words."""

from enum import StrEnum

from bindeledd.features.staff.domain import Grant
from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound

ADMIN = Grant.ADMIN.value


# Ways to address a unit in the messages.
SCHEMES = ("HER", "RESH", "ENH", "local")


class Why(StrEnum):
    """Why something is changed: a code, for the log holds no words."""

    BEGINS = "begins"
    LEAVES = "leaves"
    MOVES = "moves"
    ORGANISED = "organised"
    CORRECTION = "correction"
    AGREED = "agreed"
    OTHER = "other"


# What is said of a person, and what of a unit, a team or an organisation.
WHY_OF_PEOPLE = (Why.BEGINS, Why.LEAVES, Why.MOVES, Why.CORRECTION, Why.AGREED, Why.OTHER)
WHY_OF_PLACES = (Why.ORGANISED, Why.CORRECTION, Why.AGREED, Why.OTHER)


class ChangedMeanwhile(Conflict):
    """What stood in the form is no longer what stands: somebody else has changed it."""

    code = "administration.changed_meanwhile"


class LoginTaken(Conflict):
    """Somebody has this log-in name already, here now or before."""

    code = "administration.login_taken"


class LastLead(Conflict):
    """A team keeps somebody who leads it."""

    code = "administration.last_lead"


class LeadEnded(Conflict):
    """Whoever was chosen to lead a new team does not work here any more."""

    code = "administration.lead_ended"


class MemberEnded(Conflict):
    """Whoever's work here has ended is given nothing before it has begun again."""

    code = "administration.member_ended"


class HoldsTasks(Conflict):
    """Whoever holds open tasks is not ended here: their lead says first who has them."""

    code = "administration.holds_tasks"


class UnitNotThere(NotFound):
    """There is no such unit, or not in this tenant."""

    code = "administration.unit_not_there"


class OrganisationNotThere(NotFound):
    """There is no such organisation, or not in this tenant."""

    code = "administration.organisation_not_there"


class KeyWrong(Invalid):
    """A short name is small letters and digits, with full stop, underscore and hyphen inside."""

    code = "administration.key_wrong"


class KeyTaken(Conflict):
    """Another unit, team or organisation has this short name."""

    code = "administration.key_taken"


class KindUnknown(Invalid):
    """There is no such kind of unit or organisation."""

    code = "administration.kind_unknown"


class NeverOpen(Invalid):
    """A team is open at some time of the week: one that never is hears no alert."""

    code = "administration.never_open"


class TeamSilent(Conflict):
    """The team has nobody who leads it, or no hours: it would not answer for a unit."""

    code = "administration.team_silent"


class UnitUnanswered(Invalid):
    """A unit has a team that answers for those who leave it."""

    code = "administration.unit_unanswered"


class AddressWrong(Invalid):
    """A HER or RESH id is digits; an organisation number has nine of them."""

    code = "administration.address_wrong"


class OwnPlace(NotAllowed):
    """Nobody gives themselves a place: it opens the follow-ups of a team."""

    code = "administration.own_place"


class OwnRole(NotAllowed):
    """Nobody gives themselves a role for the whole tenant."""

    code = "administration.own_role"


class LastAdministrator(Conflict):
    """Somebody keeps the role of an administrator."""

    code = "administration.last_administrator"
