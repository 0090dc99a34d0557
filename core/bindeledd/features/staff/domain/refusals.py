"""What the staff feature says no to."""

from bindeledd.foundation.errors import Conflict, Invalid, NotAllowed, NotFound


class LeadOnly(NotAllowed):
    """Only a lead of the team may do this."""

    code = "staff.lead_only"


class MemberNotFound(NotFound):
    """There is no such member, or not in this tenant."""

    code = "staff.member_not_found"


class TeamNotFound(NotFound):
    """There is no such team, or not in this tenant."""

    code = "staff.team_not_found"


class UnknownKey(Invalid):
    """A key names nothing: a team, a unit or an organisation that is not set up."""

    code = "staff.unknown_key"


class LoginTaken(Conflict):
    """Somebody else has this log-in name."""

    code = "staff.login_taken"


class NotForwards(Invalid):
    """The end does not come after the beginning."""

    code = "staff.not_forwards"


class StandInIsAway(Conflict):
    """The one who should stand in is away, or is the same person."""

    code = "staff.stand_in_is_away"


class AlreadyAway(Conflict):
    """An absence that overlaps stands already."""

    code = "staff.already_away"
