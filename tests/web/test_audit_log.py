"""An admin reads who has done what, and sees where somebody has changed what was written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_service.handlers import sites
from tests.servers.where import UNGUARDED

AtDesk = Callable[[Any], httpx.Client]
AUDIT = "/operate/audit"


def test_everything_is_listed_with_who_why_and_that_it_is_whole(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    sites.serve(town.hub, "elm", 3, False, "hinge is bent", "tess")
    page = admin.get(AUDIT).text
    assert "entries are as they were written" in page
    assert re.search(r"tess</td><th[^>]*>out of service</th>.*locker elm.*hinge is bent", page)


def test_a_changed_entry_is_shown_as_such(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    with town.hub.store.write() as db:
        db.execute(UNGUARDED)
        db.execute("UPDATE audit SET who = 'somebody else' WHERE seq = 2")
    page = admin.get(AUDIT).text
    assert "Entry 2 isn&#39;t as it was written" in page or "Entry 2 isn't as it was written" in page
    assert "are as they were written" not in page


def test_it_goes_back_page_by_page_and_by_what_it_is_about(town: Any, at_desk: AtDesk) -> None:
    admin = at_desk("admin")
    for number in range(60):
        sites.serve(town.hub, "elm", 1, False, f"reason {number}.")
    page = admin.get(f"{AUDIT}?about=locker+elm").text
    assert "reason 59." in page
    assert "reason 3." not in page
    older = re.search(rf'href="({AUDIT}\?before=\d+&amp;about=locker%20elm)"', page)
    assert older
    page = admin.get(older[1].replace("&amp;", "&")).text
    assert "reason 3." in page
    assert "signed in" not in page


@pytest.mark.parametrize("role", ["viewer", "helpdesk", "technician", "operator"])
def test_it_is_for_admins(at_desk: AtDesk, role: str) -> None:
    assert at_desk(role).get(AUDIT).status_code == 403
