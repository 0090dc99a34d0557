"""What the staff feature says no to."""

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound


class LeadOnly(NotAllowed):
    """Only a lead of the team may do this."""

    code = "staff.lead_only"


class LanguageUnknown(Invalid):
    """The language is none of those that are spoken here."""

    code = "staff.language_unknown"


class MemberNotFound(NotFound):
    """There is no such member, or not in this tenant."""

    code = "staff.member_not_found"


class UnitNotFound(NotFound):
    """There is no such unit, or not in this tenant."""

    code = "staff.unit_not_found"


class TeamNotFound(NotFound):
    """There is no such team, or not in this tenant."""

    code = "staff.team_not_found"


class UnknownKey(Invalid):
    """A key names nothing: a team, a unit or an organisation that is not set up."""

    code = "staff.unknown_key"


class NotForwards(Invalid):
    """The end does not come after the beginning."""

    code = "staff.not_forwards"


class StandInIsAway(Conflict):
    """The one who should stand in is away, or is the same person."""

    code = "staff.stand_in_is_away"


class AlreadyAway(Conflict):
    """An absence that overlaps stands already."""

    code = "staff.already_away"


class AbsenceNotFound(NotFound):
    """There is no such absence, or it has been taken back already."""

    code = "staff.absence_not_found"


class AbsenceBegun(Conflict):
    """Only an absence that has not begun is taken back; one that has begun is ended."""

    code = "staff.absence_begun"


class EnvironmentFixed(Conflict):
    """What a database is for is fixed when it is made."""

    code = "staff.environment_fixed"


class PointTaken(Conflict):
    """Another unit or organisation has this address in the messages."""

    code = "staff.point_taken"


class HoursWrong(Invalid):
    """Opening hours that no week has."""

    code = "staff.hours_wrong"


class LoginWrong(Invalid):
    """A log-in name has 2 to 80 signs, no space, comma, slash or bar."""

    code = "staff.login_wrong"


class NotYours(NotAllowed):
    """Only the member or a lead of theirs may say this."""

    code = "staff.not_yours"


class OnCallNotFound(NotFound):
    """There is no such window, or not in this tenant."""

    code = "staff.on_call_not_found"


class OnCallOver(Conflict):
    """The window has ended, or was taken back."""

    code = "staff.on_call_over"


class OnCallTooLong(Invalid):
    """A window on call gives access: one that is longer than the site allows is a typing error."""

    code = "staff.on_call_too_long"
