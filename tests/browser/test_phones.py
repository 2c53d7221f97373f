"""The phones' page in a real browser: what a person who plays the patient sees and does."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from aftercare.carrier import CarrierConfig, Phones, running
from aftercare.sms import Twilio

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed"),
]

ROSA = "+12025550123"
LAYLA = "+16025550188"
ACCOUNT = "AC" + "a1" * 16
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def address():
    nobody = "http://127.0.0.1:9/webhooks/sms"
    with running(CarrierConfig(ACCOUNT, "a-secret", nobody)) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def phones(address):
    with Phones(address) as phones:
        yield phones
        phones.reset()


@pytest.fixture
def page(browser, address, phones):
    page = browser.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{address}/phones")
    expect(page.locator("#live")).to_have_text("live")
    yield page
    page.close()
    assert troubles == []


@pytest.fixture
def twilio(address):
    return Twilio(ACCOUNT, "a-secret", from_number="+15005550006", api_base=address)


def test_a_check_in_arrives_on_the_open_page_and_is_answered_there(page, phones, twilio):
    phones.name(ROSA, "Rosa Delgado", locale="es")
    twilio.send(ROSA, "¿Tomó sus medicinas? <b>")
    rosa = page.locator(".phone", has_text="Rosa Delgado")
    expect(rosa.locator(".bubble .words")).to_have_text("¿Tomó sus medicinas? <b>")
    expect(rosa.locator(".bubble .tick.done")).to_be_visible()
    rosa.locator("textarea").fill("ya me la tomé")
    rosa.locator("textarea").press("Enter")
    expect(rosa.locator(".bubble.mine .words")).to_have_text("ya me la tomé")
    assert [text["body"] for text in phones.messages(ROSA)][-1] == "ya me la tomé"


def test_a_text_the_care_line_did_not_take_says_so(page, phones):
    phones.text(ROSA, "hola")
    lost = page.locator(".bubble.lost")
    expect(lost.locator(".under")).to_contain_text("The care line does not answer")
    lost.get_by_role("button", name="Send again").click()
    page.wait_for_function("() => document.querySelectorAll('.bubble.lost').length === 1")


def test_arabic_runs_from_right_to_left(page, phones, twilio):
    twilio.send(LAYLA, "هل تشعر بألم؟")
    words = page.locator(".phone", has_text=LAYLA).locator(".words")
    expect(words).to_have_css("direction", "rtl")


def test_a_planned_fault_is_counted_and_met(page, phones, twilio):
    phones.name(ROSA, "Rosa Delgado")
    page.get_by_text("Make something go wrong").click()
    page.get_by_role("button", name="Phone unreachable").click()
    expect(page.locator("#fault-count")).to_have_text("1")
    twilio.send(ROSA, "Good morning")
    rosa = page.locator(".phone", has_text="Rosa Delgado")
    expect(rosa.locator(".lost .under")).to_contain_text("Not delivered (30003)")
    expect(page.locator("#fault-count")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_is_cut_off_at_the_side(page, phones, twilio, width):
    phones.text(ROSA, "a-very-long-word-without-any-place-to-break-" * 4)
    page.set_viewport_size({"width": width, "height": 844})
    expect(page.locator(".phone", has_text=ROSA)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
