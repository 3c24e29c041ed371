"""Notices on their way out: a real mail server and a real web service on this machine take them, or say no."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from hub_service.notices import providers
from hub_service.notices import settings as notice_settings
from hub_service.notices.channels import Channels, Refused
from hub_service.notices.mail import compose
from hub_service.notices.settings import MailServer, NoticeSettings, NoticeSettingsError
from hub_service.notices.words import About, render
from hub_service.notices.worker import Worker
from hub_service.store import events, outbox
from hub_service.store.database import Store
from locker.twin.ports import free_port
from tests.notices.conftest import READY

TICKET = "L1" + "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U" * 4
WITH_TICKET = replace(READY, params=READY.params | {"ticket": TICKET})


@dataclass
class Postman:
    """A mail server that keeps what it gets; answers `reply` where one is set."""

    reply: str = ""
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.reply:
            return self.reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def mail_server(postman: Postman) -> Iterator[MailServer]:
    port = free_port()
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer(host="127.0.0.1", port=port, security="none", sender="Parcel lockers <lockers@example.org>")
    controller.stop()


@pytest.fixture
def gateway() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A web service that takes texts; its address and what it got."""
    taken: list[dict[str, Any]] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append({"path": self.path} | json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/{{to}}", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_mail_brings_the_code_along_so_that_it_works_without_a_network(
    mail_server: MailServer, postman: Postman
) -> None:
    providers.MailChannel(mail_server, "").deliver(WITH_TICKET, render("ready", About.of(WITH_TICKET.params)))
    (mail,) = postman.mails
    assert mail["To"] == "mira@example.org"
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and page is not None
    assert "4829 1357" in plain.get_content()
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"].strip("<>") in page.get_content()
    assert picture.get_payload(decode=True)[:4] == b"\x89PNG"


def test_the_same_notice_has_the_same_message_id() -> None:
    message = render("ready", About.of(READY.params))
    first, again = (compose(READY, message, "lockers@example.org") for _ in range(2))
    other = compose(replace(READY, once="ready/d2"), message, "lockers@example.org")
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]


def test_names_in_a_mail_are_text_and_never_markup() -> None:
    about = replace(About.of(READY.params), name="<img src=x>")
    page = compose(READY, render("ready", about), "lockers@example.org").get_body(("html",))
    assert page is not None
    assert "&lt;img src=x&gt;" in page.get_content()


def test_a_notice_without_a_code_has_no_picture() -> None:
    message = render("collected", About.of(WITH_TICKET.params))
    mail = compose(replace(WITH_TICKET, kind="collected"), message, "lockers@example.org")
    assert "image/png" not in [part.get_content_type() for part in mail.walk()]


def test_an_address_that_does_not_exist_is_refused_for_good_and_the_phone_is_tried(
    mail_server: MailServer, postman: Postman, store: Store, clock: Any, provider: Any, put: Callable[..., None]
) -> None:
    postman.reply = "550 no such user"
    put(others=(("sms", "+4915112345678"),))
    channels = Channels({"email": providers.MailChannel(mail_server, ""), "sms": provider})
    Worker(store, channels, clock.now_ms).work()
    ((notice, _),) = provider.taken
    assert (notice.channel, notice.to) == ("sms", "+4915112345678")
    with store.read() as db:
        assert [(one.channel, one.state) for one in outbox.told(db, "p1")] == [("email", "refused"), ("sms", "sent")]
        (event,) = events.after(db, 0, 10, parcel_id="p1")
    assert (event.kind, event.data["channel"]) == ("notice_refused", "email")
    assert "mira" not in json.dumps(event.data)


def test_a_full_mailbox_is_tried_again(
    mail_server: MailServer, postman: Postman, store: Store, clock: Any, put: Callable[..., None]
) -> None:
    put()
    worker = Worker(store, providers.MailChannel(mail_server, ""), clock.now_ms)
    postman.reply = "452 mailbox full"
    assert worker.work() == 0
    postman.reply = ""
    clock.ms += outbox.RETRY_MAX_MS
    assert worker.work() == 1


def test_a_text_message_reaches_the_service_with_its_address_in_the_url(
    gateway: tuple[str, list[dict[str, Any]]],
) -> None:
    url, taken = gateway
    notice = replace(READY, channel="sms", to="+49 151/123")
    providers.AppriseChannel(url).deliver(notice, render("ready", About.of(READY.params)))
    (text,) = taken
    assert text["path"].startswith("/+49%20151%2F123")
    assert "PIN 4829 1357" in text["message"]


def test_a_channel_that_nobody_has_set_up_is_no_reason_to_ask_for_ever() -> None:
    with pytest.raises(Refused, match="no channel for sms"):
        Channels({}).deliver(replace(READY, channel="sms"), render("ready", About.of(READY.params)))


def test_news_overtakes_what_was_still_waiting(store: Store, clock: Any, put: Callable[..., None]) -> None:
    put(once="waiting", kind="reminder")
    put(once="other", kind="attention")
    with store.write() as db:
        outbox.overtake(db, ["p1"], frozenset({"ready", "reminder"}), clock.ms)
    assert [notice.once for notice in outbox.claim_due(store, clock.ms)] == ["other"]


def test_settings_come_from_a_file_and_say_what_is_wrong(tmp_path: Path) -> None:
    assert notice_settings.load(tmp_path) == NoticeSettings()
    (tmp_path / "sms-url").write_text("json://127.0.0.1/{to}\n")
    file = tmp_path / notice_settings.FILE
    file.write_text(
        'zone = "Europe/Warsaw"\nremind_before_h = [48, 4]\n'
        '[mail]\nhost = "mail.example.org"\nsender = "a@example.org"\n'
        '[[service]]\nchannel = "sms"\nurl_file = "sms-url"\n'
    )
    settings = notice_settings.load(tmp_path)
    assert settings.zone_info.key == "Europe/Warsaw"
    providers.channels(settings)
    file.write_text('zone = "Europe/Atlantis"')
    with pytest.raises(NoticeSettingsError, match=r"zone: .*Europe/Berlin is one"):
        notice_settings.load(tmp_path)


def test_a_service_for_a_kind_of_contact_that_nobody_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / notice_settings.FILE).write_text('[[service]]\nchannel = "telegram"\nurl_file = "url"\n')
    with pytest.raises(NoticeSettingsError, match=r"service\.0\.channel: .*'sms' or 'email'"):
        notice_settings.load(tmp_path)


@pytest.mark.parametrize("url", ["json://127.0.0.1/everybody", "nonsense://{to}"])
def test_a_service_url_that_cannot_work_stops_the_start_and_is_never_shown(tmp_path: Path, url: str) -> None:
    (tmp_path / "sms-url").write_text(url)
    (tmp_path / notice_settings.FILE).write_text('[[service]]\nchannel = "sms"\nurl_file = "sms-url"\n')
    with pytest.raises(NoticeSettingsError) as failed:
        providers.channels(notice_settings.load(tmp_path))
    assert url not in str(failed.value)
