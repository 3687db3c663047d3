"""Who may ask the server."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

import pixkin
from pixkin.web.serve import Served
from web.asking import ask, post


def test_nothing_is_told_without_the_token(served: Served) -> None:
    for path in ("/api/library", "/api/groups", "/thumbs/0123456789abcdef", "/api/openapi.json"):
        answer = ask(served, path, known=False)

        assert answer.status == 401
        assert answer.json["message"] == "The token is missing."


def test_without_the_link_the_page_says_how_to_get_in(served: Served) -> None:
    answer = ask(served, "/", known=False)

    assert answer.status == 401
    assert b"pixkin open" in answer.body


def test_the_link_gives_a_cookie_and_takes_the_token_out_of_the_address(served: Served) -> None:
    link = urlsplit(served.link)

    answer = ask(served, f"/?{link.query}", known=False)

    assert answer.status == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert parse_qs(link.query)["token"][0] in cookie


def test_a_wrong_token_is_refused(served: Served) -> None:
    assert ask(served, "/?token=guess", known=False).status == 401
    assert ask(served, "/api/library", cookie=f"pixkin-{served.port}=guess").status == 401
    assert ask(served, "/api/library", known=False, authorization="Bearer guess").status == 401


def test_programs_may_bring_the_token_in_a_header(served: Served) -> None:
    bearer = f"Bearer {served.here.keys.token}"

    assert ask(served, "/api/library", known=False, authorization=bearer).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "", "localhost:1"]
)
def test_a_request_under_another_name_is_refused(served: Served, host: str) -> None:
    """A site whose name leads to this machine (DNS rebinding) is asked under its own name."""
    assert ask(served, "/api/library", host=host).status == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_another_site_may_neither_read_nor_write(served: Served, origin: str) -> None:
    assert ask(served, "/api/library", origin=origin).status == 403
    assert post(served, "/api/undo", {"entry": 0}, origin=origin).status == 403


def test_a_picture_is_not_shown_on_another_site(served: Served) -> None:
    assert ask(served, "/api/library", sec_fetch_site="cross-site").status == 403
    assert ask(served, "/api/library", sec_fetch_site="same-site").status == 403
    assert ask(served, "/api/library", sec_fetch_site="same-origin").status == 200


def test_what_writes_needs_the_pages_key(served: Served, library: pixkin.Library) -> None:
    before = library.edit.last_entry()

    assert post(served, "/api/undo", {"entry": before}, writes=False).status == 403
    assert post(served, "/api/undo", {"entry": before}, x_pixkin_write="guess").status == 403
    assert library.edit.last_entry() == before


def test_too_large_a_body_is_refused_before_it_is_read(served: Served) -> None:
    assert post(served, "/api/edits", {"name": "x" * 2**21}).status == 413


def test_no_answer_may_run_what_is_not_the_pages(served: Served) -> None:
    for path in ("/", "/api/library", "/nowhere"):
        policy = ask(served, path).headers["content-security-policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/..%2fapp.py",
        "/assets/%2e%2e%2f%2e%2e%2fapp.py",
        "/assets/....//app.py",
        "/thumbs/..%2f..%2flibrary.db",
        "/thumbs/%2fetc%2fpasswd",
        "/../../etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_page(served: Served, path: str) -> None:
    answer = ask(served, path)

    assert answer.status in {404, 422}
    assert b"import" not in answer.body
    assert b"root:" not in answer.body


def test_a_script_gone_wild_is_slowed_down_and_nothing_falls_over(
    served: Served, library: pixkin.Library
) -> None:
    asked = {"action": "pin", "group": "nobody", "entry": 0}

    statuses = [post(served, "/api/edits", asked).status for _ in range(400)]

    assert statuses[:100] == [409] * 100
    assert 429 in statuses
    assert ask(served, "/api/library").status == 200


def test_many_at_once_are_answered(served: Served) -> None:
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: ask(served, "/api/groups").status, range(1000)))

    assert set(answers) == {200}


def test_a_body_whose_length_is_not_told_is_cut_off(served: Served) -> None:
    """Chunks may go on for ever."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    headers = {
        "Cookie": f"pixkin-{served.port}={served.here.keys.token}",
        "X-Pixkin-Write": served.here.keys.write,
        "Content-Type": "application/json",
    }

    parts = (b"x" * 2**16 for _ in range(17))
    connection.request("POST", "/api/edits", parts, headers, encode_chunked=True)

    assert connection.getresponse().status == 413
    connection.close()
