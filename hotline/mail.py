"""Notices as e-mail over SMTP, plain text in the recipient's language.

The Message-ID is made of the delivery's key, so that a repeat is the same message; all notices of an occasion
refer to one id, so that mail programs show one thread.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime

from config.hotline import HotlineSettings
from hotline.parcel import DeliveryError, Parcel

TIMEOUT_SECONDS = 20.0


class Mail:
    """Sends notices by a mail server of the settings."""

    def __init__(self, settings: HotlineSettings) -> None:
        self._settings = settings

    def __call__(self, parcel: Parcel) -> None:
        """Send a parcel; the server's acceptance is its receipt.

        Raises
        ------
        DeliveryError
        """
        if self._settings.smtp_host is None:
            raise DeliveryError("no mail server is set: give YELLOWSEA_HOTLINE__SMTP_HOST and __SMTP_FROM")
        fault = self._sent(message(parcel, self._settings.smtp_from or ""))
        if fault is not None:
            raise fault

    def _sent(self, mail: EmailMessage) -> DeliveryError | None:
        """The fault, made outside of `except`: what a server says may repeat names and addresses."""
        final = False
        try:
            with self._server() as server:
                if self._settings.smtp_user and self._settings.smtp_password:
                    server.login(self._settings.smtp_user, self._settings.smtp_password.get_secret_value())
                server.send_message(mail)
                return None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            told, final = f"the mailbox is refused ({codes[0]})", all(code >= 500 for code in codes)
        except smtplib.SMTPAuthenticationError as error:
            told = f"the mail server refuses our login ({error.smtp_code})"
        except smtplib.SMTPResponseException as error:
            told = f"the mail server answers {error.smtp_code}"
        except (smtplib.SMTPException, OSError) as error:
            told = f"{type(error).__name__} from the mail server"
        return DeliveryError(told, final=final)

    def _server(self) -> smtplib.SMTP:
        one = self._settings
        context = ssl.create_default_context(cafile=str(one.smtp_ca) if one.smtp_ca else None)
        host = one.smtp_host or ""
        if one.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, one.smtp_port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(host, one.smtp_port, timeout=TIMEOUT_SECONDS)
        if one.smtp_security == "starttls":
            try:
                server.starttls(context=context)
            except BaseException:
                server.close()
                raise
        return server


def message(parcel: Parcel, sender: str) -> EmailMessage:
    """The message of a parcel, the same at every try."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = parcel.address
    mail["Subject"] = parcel.text.title
    mail["Date"] = format_datetime(parcel.notice.raised_at)
    mail["Message-ID"] = _id(parcel.key, sender)
    mail["References"] = _id(parcel.story, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    mail["Content-Language"] = parcel.recipient.language
    mail.set_content(parcel.text.body)
    return mail


def _id(key: str, sender: str) -> str:
    return f"<{key}@{sender.rpartition('@')[2].rstrip('>')}>"
