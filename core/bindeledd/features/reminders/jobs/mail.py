"""E-mail, as a channel: over SMTP, or into a folder where nothing can leave the machine.

Either says a number and an address, and nothing else.
"""

import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from bindeledd.features.reminders.domain.channels import (
    EMAIL,
    AddressKind,
    MailSettings,
    Message,
    Outcome,
    Receipt,
)
from bindeledd.foundation import clock
from bindeledd.foundation.texts import speaking, t


def compose(message: Message, sender: str, *, at: datetime) -> EmailMessage:
    """The e-mail of `at`, in the receiver's language: how many wait, and where to log in.

    Its id is the message's key.
    """
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = message.address
    with speaking(message.language):
        mail["Subject"], body = _subject(message), _body(message)
    mail["Content-Language"] = message.language
    host = urlsplit(message.base_url).hostname or "localhost"
    mail["Message-ID"] = f"<{message.key}@{host}>"
    mail["Date"] = format_datetime(at)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body + "\n", cte="quoted-printable")
    return mail


def _subject(message: Message) -> str:
    if message.morning is not None:
        return t("reminders.mail.morning_subject")
    return t("reminders.mail.subject", count=message.waiting)


def _body(message: Message) -> str:
    """Numbers and the address to log in at; never what it is about."""
    if message.morning is not None:
        return t(
            "reminders.mail.morning",
            late=message.morning.late,
            today=message.morning.today,
            waiting=message.waiting,
            url=message.base_url,
        )
    return t("reminders.mail.body", count=message.waiting, url=message.base_url)


@dataclass(frozen=True)
class SmtpChannel:
    """Sends through the site's own server. One connection for each message, with time limits."""

    settings: MailSettings
    key: ClassVar[str] = EMAIL
    leaves_machine: ClassVar[bool] = True
    address: ClassVar[AddressKind] = AddressKind.EMAIL
    receipt_within: ClassVar[None] = None

    def send(self, alert: Message) -> Receipt:
        """Hand one message over; a permanent refusal of the recipient is told apart from later."""
        try:
            mail = compose(alert, self.settings.sender, at=clock.now())
        except ValueError:
            return Receipt(outcome=Outcome.REFUSED, reason="address_unusable")
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError:
            return Receipt(outcome=Outcome.LATER, reason="smtp_login", channel_down=True)
        except (OSError, smtplib.SMTPException):
            return Receipt(outcome=Outcome.LATER, reason="smtp_unreachable", channel_down=True)
        try:
            return _hand_over(server, mail)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        asked = self.settings
        if asked.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                asked.host, asked.port, timeout=asked.timeout, context=context
            )
        else:
            server = smtplib.SMTP(asked.host, asked.port, timeout=asked.timeout)
        try:
            if asked.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if asked.user and asked.password is not None:
                server.login(asked.user, asked.password)
        except BaseException:
            server.close()
            raise
        return server


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> Receipt:
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        return _refused(next(iter(refused.recipients.values()))[0])
    except smtplib.SMTPDataError as refused:
        return _refused(refused.smtp_code)
    except smtplib.SMTPNotSupportedError:
        return Receipt(outcome=Outcome.REFUSED, reason="address_unusable")
    except (OSError, smtplib.SMTPException):
        return Receipt(outcome=Outcome.LATER, reason="smtp_broken_off", channel_down=True)
    return Receipt(outcome=Outcome.SENT)


def _refused(code: int) -> Receipt:
    outcome = Outcome.REFUSED if 500 <= code < 600 else Outcome.LATER
    return Receipt(outcome=outcome, reason=f"smtp_{code}")


@dataclass(frozen=True)
class FolderChannel:
    """Writes each message as a file into a folder: the only e-mail that a demonstration has."""

    folder: Path
    sender: str = "bindeledd@localhost"
    key: ClassVar[str] = EMAIL
    leaves_machine: ClassVar[bool] = False
    address: ClassVar[AddressKind] = AddressKind.EMAIL
    receipt_within: ClassVar[None] = None

    def send(self, alert: Message) -> Receipt:
        """One file for each key: the same message again is the same file."""
        part = self.folder / f".{alert.key}.{os.getpid()}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(compose(alert, self.sender, at=clock.now()).as_bytes())
            part.replace(self.folder / f"{alert.key}.eml")
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            return Receipt(outcome=Outcome.LATER, reason="folder_unwritable", channel_down=True)
        return Receipt(outcome=Outcome.SENT)
