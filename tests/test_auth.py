"""Logging in to the console, staying in, and being let out."""

import re

import pytest
from fastapi.testclient import TestClient

from aftercare import staffing
from aftercare.models import Login, Staff
from tests.clinic_seed import KIM, PASSWORD
from tests.console_setup import Desk, token

pytest_plugins = ["tests.console_setup"]


def test_a_case_manager_logs_in_and_sees_the_queue(desk: Desk) -> None:
    page = desk.log_in()
    assert page.url.path == "/"
    assert "María Delgado" in page.text


@pytest.mark.parametrize("path", ["/", "/queue", "/patients", "/strangers"])
def test_nobody_sees_a_page_without_logging_in(desk: Desk, path: str) -> None:
    answer = desk.browser.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/login")


def test_a_patients_chart_is_shut_without_logging_in_and_opened_afterwards(desk: Desk) -> None:
    chart = f"/patients/{desk.seeded.id('Rose')}"
    page = desk.browser.get(chart)
    form = re.search(r'name="next" value="([^"]+)"', page.text)
    assert form and form[1] == chart
    entered = {"csrf": token(page), "email": KIM, "password": PASSWORD, "next": form[1]}
    assert desk.browser.post("/login", data=entered).url.path == chart


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:1"]
)
def test_logging_in_never_leads_to_another_site(desk: Desk, elsewhere: str) -> None:
    page = desk.browser.get("/login", params={"next": elsewhere})
    entered = {"csrf": token(page), "email": KIM, "password": PASSWORD, "next": elsewhere}
    answer = desk.browser.post("/login", data=entered, follow_redirects=False)
    target = answer.headers["Location"]
    assert target.startswith("/") and not target.startswith(("//", "/\\"))


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(desk: Desk) -> None:
    wrong = desk.log_in(KIM, "not the password at all")
    unknown = desk.log_in("nobody@example.org", PASSWORD)
    assert wrong.status_code == unknown.status_code == 401
    assert _error(wrong.text) == _error(unknown.text)


def test_someone_who_left_the_hospital_cannot_log_in(desk: Desk) -> None:
    with desk.app.database.begin() as session:
        session.get_one(Staff, desk.seeded.staff["Kim"].id).active = False
    assert desk.log_in().status_code == 401


def test_who_leaves_the_hospital_is_logged_off_at_once(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        session.get_one(Staff, kim.seeded.staff["Kim"].id).active = False
    assert kim.browser.get("/").url.path == "/login"


def test_the_sixth_guess_within_a_minute_has_to_wait_even_when_it_is_right(desk: Desk) -> None:
    for _ in range(5):
        assert desk.log_in(KIM, "guess after guess after guess").status_code == 401
    answer = desk.log_in()
    assert answer.status_code == 429
    assert "Too many tries" in answer.text


def test_guesses_at_one_account_do_not_shut_out_a_colleague(desk: Desk) -> None:
    for _ in range(6):
        desk.log_in(KIM, "guess after guess after guess")
    assert desk.log_in("ana.duarte@example.org").status_code == 200


def test_the_login_form_is_refused_without_its_own_token(desk: Desk) -> None:
    desk.browser.get("/login")
    entered = {"csrf": "made up", "email": KIM, "password": PASSWORD}
    assert desk.browser.post("/login", data=entered).status_code == 403


def test_after_a_quarter_of_an_hour_without_a_hand_on_it_the_console_logs_off(kim: Desk) -> None:
    kim.clock.advance(minutes=15)
    page = kim.browser.get("/")
    assert page.url.path == "/login"
    assert "logged off after 15 minutes" in page.text


def test_working_keeps_one_logged_in(kim: Desk) -> None:
    for _ in range(4):
        kim.clock.advance(minutes=10)
        assert kim.browser.get("/").url.path == "/"


def test_a_queue_that_only_refreshes_itself_does_not_keep_anyone_logged_in(kim: Desk) -> None:
    untouched = {"HX-Request": "true", "X-Idle": "1"}
    for _ in range(14):
        kim.clock.advance(minutes=1)
        assert kim.browser.get("/queue", headers=untouched).status_code == 200
    kim.clock.advance(minutes=1)
    answer = kim.browser.get("/queue", headers=untouched)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/login?why=idle")


def test_no_session_outlives_twelve_hours(kim: Desk) -> None:
    for _ in range(71):
        kim.clock.advance(minutes=10)
        kim.browser.get("/")
    assert kim.browser.get("/").url.path == "/"
    kim.clock.advance(minutes=10)
    assert kim.browser.get("/").url.path == "/login"


def test_logging_out_ends_the_session_itself(kim: Desk) -> None:
    secret = kim.browser.cookies["aftercare_session"]
    kim.posts("/logout")
    stolen = TestClient(kim.browser.app, cookies={"aftercare_session": secret})
    assert stolen.get("/").url.path == "/login"


def test_a_new_password_logs_the_person_off_everywhere(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        staff = session.get_one(Staff, kim.seeded.staff["Kim"].id)
        staffing.change_password(session, staff, "another long password")
    assert kim.browser.get("/").url.path == "/login"
    assert kim.log_in(password="another long password").url.path == "/"


def test_the_cookie_holds_a_secret_whose_hash_alone_is_stored(desk: Desk) -> None:
    page = desk.browser.get("/login")
    form = {"csrf": token(page), "email": KIM, "password": PASSWORD}
    answer = desk.browser.post("/login", data=form, follow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    secret = desk.browser.cookies["aftercare_session"]
    with desk.app.database.begin() as session:
        stored = [login.secret_hash for login in session.query(Login)]
    assert stored and secret not in stored


def test_a_form_without_the_sessions_token_changes_nothing(kim: Desk) -> None:
    maria = kim.seeded.escalations["María"].id
    for csrf in ("", "made up"):
        data = {"csrf": csrf} if csrf else {}
        answer = kim.browser.post(f"/escalations/{maria}/acknowledge", data=data)
        assert answer.status_code == 403
    assert kim.escalation("María").acknowledged_at is None


def test_another_persons_token_does_not_work(kim: Desk) -> None:
    ana = kim.colleague("Ana")
    maria = kim.seeded.escalations["María"].id
    csrf = token(ana.browser.get("/strangers"))
    answer = kim.browser.post(f"/escalations/{maria}/acknowledge", data={"csrf": csrf})
    assert answer.status_code == 403


def test_a_form_sent_by_another_site_is_refused(kim: Desk) -> None:
    maria = kim.seeded.escalations["María"].id
    csrf = token(kim.browser.get("/strangers"))
    answer = kim.browser.post(
        f"/escalations/{maria}/acknowledge",
        data={"csrf": csrf},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403


def test_logins_logouts_and_refusals_are_on_record(desk: Desk) -> None:
    desk.log_in(KIM, "not the password at all")
    desk.log_in()
    desk.posts("/logout")
    kim = f"staff:{desk.seeded.staff['Kim'].id}"
    assert [event.subject for event in desk.audited("login.refused")] == [kim]
    assert [event.actor for event in desk.audited("login")] == [kim]
    assert [event.actor for event in desk.audited("logout")] == [kim]


def test_every_page_forbids_framing_foreign_scripts_and_keeping(kim: Desk) -> None:
    headers = kim.browser.get("/").headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_a_password_must_be_long(desk: Desk) -> None:
    with pytest.raises(staffing.Refused, match="12 to 128"):
        staffing.hashed("short")


def _error(page: str) -> str:
    found = re.search(r'class="error"[^>]*>([^<]+)<', page)
    assert found
    return found[1]
