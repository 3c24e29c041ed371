"""What those who run the network are told of an alarm: what it is, why, and what to do first. Pure."""

from __future__ import annotations

from typing import Any

from hub_service.notices import sms
from hub_service.notices.words import Message

_WHEN = {"now": "This can't wait.", "today": "This should be looked after today.", "note": ""}


def alarm_message(params: dict[str, Any]) -> Message:
    """The words of an alarm's notice; `params` as `handlers/alarm_desk.py` writes them."""
    again = "Nobody looks after this yet: " if params["again"] else ""
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(params["steps"], start=1))
    body = "\n\n".join(
        (
            f"{again}{params['title']}.",
            f"{_WHEN.get(params['urgency'], '')} {params['cause']}".strip(),
            f"What to do:\n{steps}",
            f"Say that it is yours, so that nobody else is called: {params['page_url']}",
        )
    )
    room = sms.SMS_LENGTH - len(params["page_url"]) - 1
    return Message(
        subject=f"{again}{params['title']}", body=body + "\n",
        sms=f"{sms.gsm(again + params['title'])[:room]} {params['page_url']}",
    )  # fmt: skip
