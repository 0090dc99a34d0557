"""A pack at work in its real hosts, for its own tests (`hosted` of `testing.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bindeledd.plugin.host.process import Host
from bindeledd.plugin.host.values import Start
from bindeledd.plugin.host.work import HostedChannel, HostedJob, HostedReader, HostedReport
from bindeledd.plugin.loading import gather


@dataclass
class Trial:
    """What a pack has in its hosts, by key, and what trouble there was."""

    channels: Mapping[str, HostedChannel]
    jobs: Mapping[str, HostedJob]
    troubles: list[str]
    readers: Mapping[str, HostedReader] = field(default_factory=dict)
    reports: Mapping[str, HostedReport] = field(default_factory=dict)


def open_trial(
    pack: str,
    *,
    begun: list[Host],
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    names: tuple[str, ...] = (),
    callback_url: str = "",
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
) -> Trial:
    """Open both hosts of a pack. Whoever asks closes what is in `begun`, also after a refusal."""
    one = gather([pack]).hosted[0]
    troubles: list[str] = []
    outside = Start(
        plugin=pack,
        run={each.place: each.run for each in one.outside},
        settings=dict(settings or {}),
        secrets=dict(secrets or {}),
        names=names,
        callback_urls={channel.place: callback_url for channel in one.channels},
        reads=reads,
        writes=writes,
    )
    inside = Start(
        plugin=pack,
        run={each.place: each.run for each in one.inside},
        settings=dict(settings or {}),
        reads=reads,
        inside=True,
    )

    def begin(start: Start) -> Host:
        host = Host(start=start, tell=lambda trouble: troubles.append(trouble.value))
        begun.append(host)
        if start.run:
            host.open()
        return host

    out, within = begin(outside), begin(inside)
    return Trial(
        channels={c.key: HostedChannel(out, c) for c in one.channels},
        jobs={j.key: HostedJob(out, j) for j in one.jobs},
        readers={r.key: HostedReader(within, r) for r in one.readers},
        reports={r.key: HostedReport(within, r) for r in one.reports},
        troubles=troubles,
    )
