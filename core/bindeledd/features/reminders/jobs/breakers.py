"""When a channel that fails is left alone, and when what it has yet to say is waited for no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bindeledd.features.reminders.domain.channels import Receipt


@dataclass
class Breaker:
    """Lets a channel rest after some failures of its own, so that its queue is not burnt.

    `since`: from when nothing has gone through it.
    """

    after: int
    rest: timedelta
    failures: int = 0
    until: datetime | None = None
    since: datetime | None = None

    def resting(self, at: datetime) -> bool:
        """Still waiting? Afterwards one message is a trial: if it fails, the rest goes on."""
        if self.until is not None and at >= self.until:
            self.until, self.failures = None, self.after - 1
        return self.until is not None

    def learn(self, receipt: Receipt, at: datetime) -> bool:
        """Take in what happened. True when the channel has to rest from now on."""
        if not receipt.channel_down:
            self.failures, self.until, self.since = 0, None, None
            return False
        self.failures += 1
        self.since = self.since or at
        if self.failures < self.after:
            return False
        self.until = at + self.rest
        return True

    def gives_up(self, at: datetime, patience: timedelta) -> bool:
        """Whether it rests, and nothing has gone through for so long that nothing waits for it."""
        if self.until is None or self.since is None:
            return False
        return self.since + patience <= at < self.until
