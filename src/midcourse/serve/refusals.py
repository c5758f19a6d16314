"""Requests that are refused: a plain page with one sentence and one link, and nothing changes."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from midcourse.serve.actions import BadForm
from midcourse.serve.pages import message_page

RETRY = 60  # seconds after which a visitor may try again when all sessions are active
TITLES = {
    400: "This request makes no sense",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not allowed",
    409: "This page is out of date",
    413: "Too much at once",
    503: "Everything is taken",
}


class Refused(Exception):  # noqa: N818
    """A request that is answered with a plain page, and changes nothing."""

    def __init__(self, status: int, sentence: str, link: str = "/", words: str = "To the start"):
        super().__init__(sentence)
        self.status, self.sentence, self.link, self.words = status, sentence, link, words


def plain(status: int, sentence: str, link: str = "/", words: str = "To the start") -> Response:
    """A plain page for a request that was refused."""
    return HTMLResponse(message_page(TITLES.get(status, "Refused"), sentence, link, words), status)


async def on_refused(request: Request, error: Exception) -> Response:
    """The page for a Refused."""
    assert isinstance(error, Refused)
    response = plain(error.status, error.sentence, error.link, error.words)
    if error.status == 503:
        response.headers["Retry-After"] = str(RETRY)
    return response


async def on_bad_form(request: Request, error: Exception) -> Response:
    """The page for a BadForm."""
    return plain(400, str(error))


async def on_left(request: Request, error: Exception) -> Response:
    """For a visitor who left in the middle of a form."""
    return Response(status_code=400)


async def on_http_error(request: Request, error: Exception) -> Response:
    """The page for a path or a method that there is not."""
    assert isinstance(error, HTTPException)
    sentences = {404: "There is no such page.", 405: "This page cannot be used that way."}
    response = plain(error.status_code, sentences.get(error.status_code, error.detail))
    response.headers.update(error.headers or {})
    return response


HANDLERS: Any = {
    Refused: on_refused,
    BadForm: on_bad_form,
    ClientDisconnect: on_left,
    HTTPException: on_http_error,
}
