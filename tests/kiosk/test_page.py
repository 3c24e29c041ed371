"""The page in a real browser: which door, what to do, by touch and by keyboard, at three sizes of screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

SIZES = [(1024, 600), (1080, 1920), (800, 480)]
DOORS: list[dict[str, Any]] = [
    {"name": "opening", "n": 7, "choices": ("not_open", "help"), "purpose": "collect"},
    {"name": "open", "n": 3, "choices": ("too_small", "occupied", "help"), "purpose": "deposit", "more": 0},
    {"name": "open", "n": 2, "choices": ("done", "not_open", "help"), "purpose": "collect", "more": 2, "seen": False},
    {"name": "please_close", "n": 10, "choices": ("too_small", "occupied", "help"), "purpose": "deposit"},
    {"name": "please_close", "n": 10, "choices": (), "purpose": "deposit", "why": "too_small"},
    {"name": "inspected", "n": 5, "choices": ("is_empty", "holds_parcel", "cant_tell", "repaired")},
    {"name": "stuck", "n": 12, "choices": ("not_open", "done", "help"), "purpose": "deposit", "wait_s": 40},
    {"name": "refused", "n": 4, "choices": ("too_small", "occupied", "help", "back"), "refusal": "close_first"},
]
OTHERS: list[dict[str, Any]] = [
    {"name": "idle"},
    {"name": "typing", "count": 3},
    {"name": "next_parcel", "choices": ("done", "help"), "deposited": 2},
    {"name": "thanks", "purpose": "collect"},
    {"name": "courier_menu", "choices": ("retrieve", "done", "help"), "retrieve": [2, 7]},
    {"name": "operator_menu", "choices": ("inspect", "repaired", "done"), "compartments": {"5": "jammed, power_cut"}},
    {"name": "refused", "choices": ("back", "help"), "refusal": "elsewhere", "where": "Oak Square, right of the door"},
    {"name": "refused", "choices": ("back", "help"), "refusal": "uncertain"},
    {"name": "help", "choices": ("back",)},
    {"name": "out_of_order", "reason": "locks"},
    {"name": "idle", "reason": "no_scanner"},
]
HEARD = """window.Audio = function (file) {
  this.play = async () => { document.body.dataset.heard = `${document.body.dataset.heard ?? ""} ${file}`; };
};"""
SPILLED = """() => {
  const seen = (e) => e.getBoundingClientRect().width > 0;
  const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const rect = (id) => document.querySelector(id).getBoundingClientRect();
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) wrong.push("the page scrolls");
  for (const e of [...document.querySelectorAll("button, h1, #sentence, #plate, #dots")].filter(seen)) {
    const r = e.getBoundingClientRect();
    const inside = r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth;
    if (!inside) wrong.push(`outside: ${e.textContent}`);
    if (e.scrollWidth > e.clientWidth + 1) wrong.push(`cut off: ${e.textContent}`);
  }
  for (const [a, b] of [["#words", "#choices"], ["#words", "#keypad"], ["#mark", "header"], ["#words", "footer"],
    ["#choices", "footer"], ["#keypad", "footer"], ["#words", "#cabinet .frame"], ["#choices", "#cabinet .frame"]]) {
    if (document.querySelector(b) && over(rect(a), rect(b))) wrong.push(`${a} over ${b}`);
  }
  return wrong;
}"""


@pytest.fixture
def page(chromium: Browser, url: str) -> Iterator[Page]:
    """The kiosk's page in English; nothing may be complained about or fetched from elsewhere."""
    opened = chromium.new_page(viewport={"width": 1024, "height": 600}, locale="en-GB")
    complaints: list[str] = []
    elsewhere: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith(url) else elsewhere.append(request.url))
    opened.goto(url)
    expect(opened.locator("#title")).to_have_text("Scan your code")
    yield opened
    opened.close()
    # The browser's own line about a daemon that is away is no complaint of the page's.
    assert [text for text in complaints if "net::ERR_FAILED" not in text] == []
    assert elsewhere == []


def _shown(page: Page, front: Any, screen: dict[str, Any]) -> None:
    front.show(**screen)
    version = front.picture()["version"]
    expect(page.locator("body")).to_have_attribute("data-version", str(version))


@pytest.mark.parametrize("screen", DOORS, ids=lambda screen: f"{screen['name']}-{screen['n']}")
def test_a_door_is_shown_large_in_the_picture_and_in_words(page: Page, front: Any, screen: dict[str, Any]) -> None:
    _shown(page, front, screen)
    number, n = page.locator("#number"), str(screen["n"])
    expect(number).to_have_text(n)
    assert number.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 120
    expect(page.locator(".door.target")).to_have_attribute("data-n", n)
    expect(page.locator("#title")).to_contain_text(n)
    expect(page.locator("#sentence")).not_to_be_empty()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", ["en", "de"])
def test_no_screen_scrolls_spills_or_covers_itself(
    page: Page, front: Any, url: str, size: tuple[int, int], language: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{url}/?lang={language}")
    wrong = {}
    for screen in [*DOORS, *OTHERS]:
        _shown(page, front, screen)
        if spilled := page.evaluate(SPILLED):
            wrong[str(screen)] = spilled
    assert wrong == {}


def test_forty_eight_compartments_have_room(page: Page, front: Any, big_cabinet: list[dict[str, Any]]) -> None:
    front.tell(compartments=big_cabinet)
    _shown(page, front, {"name": "open", "n": 45, "purpose": "collect", "choices": ("help",)})
    expect(page.locator(".door")).to_have_count(48)
    assert page.evaluate(SPILLED) == []


def test_a_pin_is_typed_with_the_keyboard(page: Page, front: Any) -> None:
    page.keyboard.type("123")
    expect(page.locator("#dots i.on")).to_have_count(3)
    page.keyboard.press("Backspace")
    expect(page.locator("#dots i.on")).to_have_count(0)
    assert front.pressed == ["1", "2", "3", "clear"]


def test_a_number_pad_types_digits_whether_its_lock_is_on_or_not(page: Page, front: Any) -> None:
    page.keyboard.press("Numpad4")
    # Without the lock the same key says "End", and its place says which digit it is.
    page.evaluate("dispatchEvent(new KeyboardEvent('keydown', { key: 'End', code: 'Numpad1' }))")
    expect(page.locator("#dots i.on")).to_have_count(2)
    assert front.pressed == ["4", "1"]


def test_a_pin_is_typed_with_a_finger(page: Page, front: Any) -> None:
    for digit in "40":
        page.get_by_role("button", name=digit, exact=True).click()
    expect(page.get_by_role("img", name="2 of 8 digits typed")).to_be_visible()
    assert front.pressed == ["4", "0"]


def test_digits_arrive_in_the_order_in_which_they_were_pressed(page: Page, front: Any) -> None:
    with page.expect_response("**/keys"):
        page.keyboard.type("9081726")
    expect(page.locator("#dots i.on")).to_have_count(7)
    assert front.pressed == list("9081726")


def test_the_keyboard_alone_finishes_a_deposit(page: Page, front: Any) -> None:
    _shown(page, front, {"name": "next_parcel", "choices": ("done", "help"), "deposited": 1})
    with page.expect_response("**/choices"):
        page.keyboard.press("Enter")
    assert front.chosen == [("done", 0)]


def test_enter_at_an_open_door_says_nothing(page: Page, front: Any) -> None:
    # "Too big" must be meant, not hit by who just presses Enter.
    _shown(page, front, DOORS[1])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Help").click()
    _shown(page, front, {"name": "help", "choices": ("back",)})
    assert front.chosen == [("help", 0)]


def test_a_courier_taps_the_compartment_to_take_back(page: Page, front: Any) -> None:
    _shown(page, front, OTHERS[4])
    with page.expect_response("**/choices"):
        page.get_by_role("button", name="Compartment 7: to take back").click()
    assert front.chosen == [("retrieve", 7)]


def test_an_operator_chooses_a_compartment_with_the_keyboard_and_sees_what_is_wrong(page: Page, front: Any) -> None:
    _shown(page, front, OTHERS[5])
    expect(page.get_by_role("button", name="Open", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Compartment 5").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#aside")).to_have_text("Compartment 5: jammed, power failed while open")
    with page.expect_response("**/choices"):
        page.get_by_role("button", name="5 is repaired").click()
    assert front.chosen == [("repaired", 5)]


def test_the_language_changes_on_any_screen(page: Page, front: Any) -> None:
    _shown(page, front, DOORS[1])
    page.locator("#language").click()
    expect(page.locator("#title")).to_have_text("Fach 3 ist offen")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_high_contrast_is_black_and_yellow(page: Page) -> None:
    page.get_by_role("button", name="High contrast").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(0, 0, 0)")
    expect(page.locator(".corners")).to_have_css("stroke", "rgb(255, 212, 0)")
    expect(page.get_by_role("button", name="High contrast")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_controls_come_down_for_who_cant_reach_high(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Controls lower").click()
    tops = page.locator("button:visible").evaluate_all("all => all.map((e) => e.getBoundingClientRect().top)")
    assert min(tops) >= 0.6 * size[1] - 1
    assert page.evaluate(SPILLED) == []


def test_without_the_hub_a_small_note_says_that_pickup_works(page: Page, front: Any) -> None:
    expect(page.locator("#offline")).to_be_hidden()
    front.tell(online=False)
    expect(page.locator("#offline")).to_have_text("Offline: pickup works")


def test_a_message_that_gives_way_shows_how_long_it_stays(page: Page, front: Any) -> None:
    front.tell(screen={"name": "thanks", "n": 0, "params": {}, "choices": [], "until_run_ms": 13_000}, run_ms=5_000)
    expect(page.locator("#countdown")).to_be_visible()


def test_a_site_without_a_number_to_call_shows_none(page: Page, front: Any) -> None:
    front.tell(site={"name": "Elm", "where": "", "help_phone": ""})
    _shown(page, front, {"name": "help", "choices": ("back",)})
    expect(page.locator("#phone")).to_be_hidden()


def test_while_the_daemon_is_away_the_page_is_calm_and_comes_back_by_itself(page: Page) -> None:
    page.route("**/events", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    page.unroute("**/events")
    expect(page.locator("#moment")).to_be_hidden()
    expect(page.locator("#title")).to_have_text("Scan your code")


def test_a_page_that_comes_before_the_daemons_words_waits_for_them(page: Page) -> None:
    page.route("**/texts", lambda route: route.abort())
    page.reload()
    expect(page.locator("#moment")).to_be_visible()
    page.unroute("**/texts")
    expect(page.locator("#title")).to_have_text("Scan your code")
    expect(page.locator("#keys button")).to_have_count(11)


def test_an_open_door_ticks_until_it_is_shut(page: Page, front: Any) -> None:
    page.add_init_script(HEARD)
    page.reload()
    expect(page.locator("#title")).to_have_text("Scan your code")
    _shown(page, front, {"name": "open", "n": 3, "purpose": "collect"})
    expect(page.locator("body")).to_have_attribute("data-heard", re.compile(r"(.*tick\.wav){3}"))
    _shown(page, front, {"name": "thanks"})
    heard = page.locator("body").get_attribute("data-heard")
    # Two beats of silence.
    page.wait_for_timeout(1_100)
    assert page.locator("body").get_attribute("data-heard") == heard


def test_yes_is_heard_once(page: Page, front: Any) -> None:
    page.add_init_script(HEARD)
    page.reload()
    expect(page.locator("#title")).to_have_text("Scan your code")
    front.tell(sound={"id": 1, "name": "yes"})
    expect(page.locator("body")).to_have_attribute("data-heard", " /sounds/yes.wav")
    front.tell(typed=1)
    expect(page.locator("#dots i.on")).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-heard", " /sounds/yes.wav")
