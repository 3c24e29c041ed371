"""What pages show and where they lead: each link has its page and heading, each example of a file is one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hub_service.notices.settings import NoticeSettings
from hub_service.web.provider import ProviderSettings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md")])]
LINK = re.compile(r"(?<!`)\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


def anchors(page: Path) -> set[str]:
    """What can stand behind `#` in a link to a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for file, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), f"{file}#{anchor}"


def test_links_are_found() -> None:
    found = [link for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))]
    assert len(found) > 100
    assert any(anchor for _, anchor in found)


def test_the_files_that_a_hubs_page_shows_can_be_used() -> None:
    page = (ROOT / "docs" / "how-to" / "run-a-hub.md").read_text(encoding="utf-8")
    notices, sign_in = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    NoticeSettings.model_validate(tomllib.loads(notices))
    ProviderSettings.model_validate(tomllib.loads(sign_in))
