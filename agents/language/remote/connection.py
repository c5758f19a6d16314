"""A client of a server that sends and waits only as far as it may (needs the `openai` package)."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar
from urllib.parse import urlsplit

from midcourse.core.errors import UserError

KEY = "OPENAI_API_KEY"
LARGEST = 2**24  # bytes of an answer

T = TypeVar("T")


def check_address(url: str) -> None:
    """Nothing, if a request can be sent to a server's base URL.

    Raises:
        UserError: it cannot, or a user's name or password is in it, which is not repeated.
    """
    if "@" in url.split("://", 1)[-1].partition("/")[0]:
        raise UserError(
            f"an address with a user's name or password (before its @) would be written into "
            f"results: put the key into {KEY}, and only the server into the address"
        )
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")  # refuses what no resolver is asked for
        wrongs = {
            "a space or a character that cannot be printed": " " in url or not url.isprintable(),
            "no http:// or https://": parts.scheme not in ("http", "https"),
            "no host": not host,
            "port 0": parts.port == 0,
        }
    except ValueError as error:
        raise no_address(url, error) from None
    for wrong, is_so in wrongs.items():
        if is_so:
            raise no_address(url, wrong)


def no_address(url: str, wrong: object) -> UserError:
    """The error for a base URL to which nothing can be sent."""
    return UserError(
        f"{url!r} is no server's address ({wrong}): write one as in http://127.0.0.1:8000/v1#name"
    )


def connect(url: str, timeout: float) -> Any:
    """A client of a server; nothing is sent yet.

    Raises:
        UserError: `openai` is not installed, it takes the URL for none, or the key cannot be sent.
    """
    try:
        import openai
    except ImportError:
        raise UserError(
            "models on a server need openai, which is not installed: "
            "pip install 'midcourse[remote]'"
        ) from None
    key = os.environ.get(KEY) or "none"
    if " " in key or not (key.isascii() and key.isprintable()):
        raise UserError(
            f"{KEY} holds a space, a line's end or another character that no key has: set it anew"
        )
    try:
        return openai.OpenAI(
            base_url=url, api_key=key, max_retries=0, http_client=bounded(url, timeout)
        )
    except Exception as error:  # InvalidURL of whichever httpx it uses
        raise no_address(url, error) from None


def bounded(url: str, timeout: float) -> Any:
    """An HTTP client that follows no redirection and reads no answer without end.

    The limit that its library has on time is one of each read. Here an answer ends, as an
    `OpenAIError`, with the first read after the whole time, or after `LARGEST` bytes unpacked.
    """
    import openai

    class Bounded(openai.DefaultHttpxClient):
        def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:
            end, content = time.monotonic() + timeout, bytearray()
            with contextlib.closing(super().send(request, stream=True, **options)) as response:
                for part in response.iter_bytes():
                    content += part
                    if len(content) > LARGEST:
                        raise openai.OpenAIError(f"the answer has more than {LARGEST} bytes")
                    if time.monotonic() > end:
                        raise openai.APITimeoutError(request)
            packed = ("content-encoding", "content-length", "transfer-encoding")
            headers = [(k, v) for k, v in response.headers.items() if k not in packed]
            return type(response)(
                response.status_code, headers=headers, content=bytes(content), request=request
            )

    # A redirection would take the conversation to another server. Certificates, which take a second
    # to load, are for https only.
    has_certificate = url.lower().startswith("https:")
    return Bounded(timeout=timeout, follow_redirects=False, verify=has_certificate)


def within(seconds: float, ask: Callable[[], T]) -> T:
    """What a call returns or raises, if in time; a later answer is dropped.

    Raises:
        TimeoutError: it did not end in time.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return answer.result(seconds)
    except TimeoutError:
        raise TimeoutError(f"no whole answer in {seconds:g} s") from None
