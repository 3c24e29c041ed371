"""Takes the README's pictures from a running demo: `python scripts/pictures.py`. Needs Debian's chromium.

Pictures that are made by hand age; these can be made again after every change.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, async_playwright

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
BROWSER = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
}


@asynccontextmanager
async def running_demo() -> AsyncIterator[dict[str, Any]]:
    """A demo of its own, and what it says of itself."""
    words = ("-m", "locker.twin.demo", "--json", "--data-dir", "build/pictures")
    child = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield json.loads(await asyncio.wait_for(child.stdout.readline(), 120))
    finally:
        child.send_signal(signal.SIGINT)
        await child.wait()


async def shoot(browser: Browser, url: str, name: str, size: tuple[int, int]) -> None:
    """One page as a PNG."""
    page = await browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=1)
    await page.goto(url)
    await page.wait_for_timeout(1_500)
    await page.screenshot(path=FOLDER / f"{name}.png")
    await page.close()


async def main() -> None:
    """All pictures of the README."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with running_demo() as demo, async_playwright() as playwright, httpx.AsyncClient() as web:
        browser = await playwright.chromium.launch(**BROWSER)
        mailbox = (await web.get(demo["mailbox_url"])).text
        page = re.search(r"/p/[\w-]{20,}", mailbox)
        assert page, "no mail with a link"
        oak = demo["lockers"][2]
        await shoot(browser, demo["start_url"], "start", (1280, 860))
        await shoot(browser, demo["mailbox_url"], "mailbox", (1280, 860))
        await shoot(browser, demo["hub_url"] + page[0], "recipient", (1280, 860))
        await shoot(browser, oak["kiosk_url"], "kiosk-idle", (1024, 600))
        await web.post(f"{oak['twin_url']}/scan", json={"text": "DP39000"})
        await asyncio.sleep(1.2)
        await shoot(browser, oak["kiosk_url"], "kiosk", (1024, 600))
        await shoot(browser, oak["twin_url"], "twin", (1500, 760))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
