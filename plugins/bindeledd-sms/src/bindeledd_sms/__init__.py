"""Alerts to staff by SMS: how many things wait, and nothing else.

What is declared here is all that the core's own processes load. The rest runs in the pack's host:
`channel.py` sends and reads receipts, `gateways/` has the three shapes, `discreet.py` says what a
text may not say.
"""

from collections.abc import Iterator
from datetime import timedelta

from bindeledd.plugin.hooks import AddressKind, PluginChannel, PluginJob, hookimpl

api = (2, 2)


@hookimpl
def channels() -> Iterator[PluginChannel]:
    yield PluginChannel(
        key="sms",
        run="bindeledd_sms.channel:open_channel",
        address=AddressKind.PHONE,
        receipt_within=timedelta(minutes=15),
    )


@hookimpl
def jobs() -> Iterator[PluginJob]:
    yield PluginJob(
        key="gateway", run="bindeledd_sms.channel:open_watch", every=timedelta(minutes=30)
    )
