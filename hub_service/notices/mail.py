"""Composes the mail of a notice: plain text, the same as a page with the QR code in it. Pure.

The code comes with the mail, not from the hub: people stand in front of a locker without a network too.
"""

from __future__ import annotations

import hashlib
import io
from email.message import EmailMessage
from email.utils import parseaddr
from html import escape

import qrcode
from qrcode.image.pure import PyPNGImage

from hub_service.notices.words import Message
from hub_service.store.outbox import Notice

QR_BOX_PIXELS = 6
_PAGE = """\
<!doctype html><html lang="{language}"><body style="margin:0;background:#f4f4f1">
<div style="max-width:34em;margin:0 auto;padding:1.5em;background:#fff;color:#1c1c1a;font:16px/1.5 sans-serif">
{content}</div></body></html>
"""
_QR = '<p><img src="cid:{cid}" alt="QR" width="246" height="246" style="display:block;margin:0 auto"></p>'


def compose(notice: Notice, message: Message, sender: str) -> EmailMessage:
    """The mail as it is handed to a server. `sender` is an address, or a name with one in angle brackets."""
    key = hashlib.sha256(notice.once.encode()).hexdigest()[:32]
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = sender
    mail["To"] = notice.to
    # The same notice has the same id: whoever gets it twice, because a server never answered, sees one.
    mail["Message-ID"] = f"<{key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = notice.language
    mail.set_content(message.body)
    ticket = str(notice.params.get("ticket") or "") if message.shows_code else ""
    mail.add_alternative(_page(notice.language, message.body, f"{key}.qr" if ticket else ""), subtype="html")
    if ticket:
        page = mail.get_body(("html",))
        assert isinstance(page, EmailMessage), "it was just added"
        page.add_related(_png(ticket), "image", "png", cid=f"<{key}.qr>", filename="code.png", disposition="inline")
    return mail


def _page(language: str, body: str, cid: str) -> str:
    paragraphs = [f"<p>{_lines(paragraph)}</p>" for paragraph in body.strip().split("\n\n")]
    # Behind the greeting and the sentence that says what has happened.
    content = "\n".join([*paragraphs[:2], *([_QR.format(cid=cid)] if cid else []), *paragraphs[2:]])
    return _PAGE.format(language=escape(language), content=content)


def _lines(paragraph: str) -> str:
    return "<br>".join(" ".join(_word(word) for word in line.split(" ")) for line in paragraph.split("\n"))


def _word(word: str) -> str:
    shown = escape(word)
    return f'<a href="{shown}">{shown}</a>' if word.startswith(("https://", "http://")) else shown


def _png(ticket: str) -> bytes:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=QR_BOX_PIXELS)
    code.add_data(ticket)
    drawn = io.BytesIO()
    code.make_image(image_factory=PyPNGImage).save(drawn)
    return drawn.getvalue()
