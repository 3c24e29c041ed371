"""Hands notices to those who carry them: a mail server, and whatever Apprise can reach (SMS gateways, messengers)."""

from __future__ import annotations

import smtplib
import ssl
from email.utils import formatdate
from urllib.parse import quote

import apprise

from hub_service.notices.channels import Channel, Channels, Refused
from hub_service.notices.mail import compose
from hub_service.notices.settings import MailServer, NoticeSettings, NoticeSettingsError, Service, secret_line
from hub_service.notices.words import Message
from hub_service.store.outbox import Notice

TIMEOUT_S = 20.0


class MailChannel:
    """Sends mails through one server; a connection for each, because some minutes lie between two."""

    def __init__(self, server: MailServer, password: str) -> None:
        self._server = server
        self._password = password

    def deliver(self, notice: Notice, message: Message) -> None:
        """Raises Refused when the server answers that there is no such address, or that it doesn't take such mail."""
        mail = compose(notice, message, self._server.sender)
        mail["Date"] = formatdate()
        try:
            with self._connected() as smtp:
                smtp.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            # Codes from 500 are for good; the others (full mailbox, greylisting) ask for another try.
            if all(code >= 500 for code, _ in refused.recipients.values()):
                raise Refused("the mail server knows no such address") from None
            raise
        except smtplib.SMTPDataError as refused:
            if refused.smtp_code >= 500:
                raise Refused(f"the mail server answers {refused.smtp_code}") from None
            raise

    def _connected(self) -> smtplib.SMTP:
        server, safe = self._server, ssl.create_default_context()
        if server.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=safe)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.security == "starttls":
                smtp.starttls(context=safe)
            if server.username:
                smtp.login(server.username, self._password)
        except BaseException:
            smtp.close()
            raise
        return smtp


class AppriseChannel:
    """Sends texts through one of Apprise's services. `{to}` in its URL is where the person is reached."""

    def __init__(self, url: str) -> None:
        assert "{to}" in url, "without it every notice would go to one person"
        self._url = url

    def deliver(self, notice: Notice, message: Message) -> None:
        """Raises Refused for an address that the service can't even be asked for; its other answers are worth a try."""
        service = apprise.Apprise.instantiate(
            self._url.replace("{to}", quote(notice.to, safe="")), suppress_exceptions=True
        )
        if service is None:
            raise Refused("the service doesn't take such an address")
        if not service.notify(body=message.sms):
            raise ConnectionError("the service didn't take it")


def channels(settings: NoticeSettings) -> Channels:
    """The channels that the settings name. Raises NoticeSettingsError when a secret can't be read or isn't usable."""
    found: dict[str, Channel] = {service.channel: _service(service) for service in settings.service}
    if settings.mail:
        file = settings.mail.password_file
        found["email"] = MailChannel(settings.mail, secret_line(file) if file else "")
    return Channels(found)


def _service(service: Service) -> AppriseChannel:
    url = secret_line(service.url_file)
    # The URL holds a token: it is never shown, not even when it is wrong.
    if "{to}" not in url:
        raise NoticeSettingsError(f"{service.url_file}: the URL needs {{to}} where the person's address belongs")
    if apprise.Apprise.instantiate(url.replace("{to}", "15551234567"), suppress_exceptions=True) is None:
        raise NoticeSettingsError(f"{service.url_file}: this is no URL of a service that Apprise knows")
    return AppriseChannel(url)
