"""The answers to requests. A GET never changes a world; a POST is one action, then a redirect."""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from midcourse.core.errors import UserError
from midcourse.core.family import Refusal
from midcourse.core.trace import record_hash
from midcourse.serve.actions import BadForm, action_of, check_fields, fields_of, whole_number
from midcourse.serve.pages import SHORT_URL, browser_page, end_page, start_page
from midcourse.serve.refusals import HANDLERS, Refused, plain
from midcourse.serve.sessions import Full, Session, Sessions
from midcourse.serve.style import HEADERS

MOST_BYTES = 16 * 1024  # of a form
FORM = "application/x-www-form-urlencoded"


class Site:
    """A web served to visitors, each with a session of their own."""

    def __init__(self, sessions: Sessions):
        self.sessions = sessions
        self.csrf = secrets.token_urlsafe(24)  # carried by the form that begins a session

    async def start(self, request: Request) -> Response:
        """The start page; `?seed=` and `?task=` fill in its form."""
        seed, task = (request.query_params.get(k, "")[:SHORT_URL] for k in ("seed", "task"))
        return HTMLResponse(start_page(self.csrf, seed, task, self.sessions.task_count))

    async def begin(self, request: Request) -> Response:
        """Begin a session."""
        fields = await form_of(request)
        check_secret(self.csrf, fields)
        if not set(fields) <= {"csrf", "seed", "task"}:
            raise BadForm("The form has a field that it should not have.")
        given = {k: whole_number(fields, k) for k in ("seed", "task") if fields.get(k, "") != ""}
        try:
            session = await run_in_threadpool(self.sessions.begin, **given)
        except UserError as error:
            raise Refused(400, f"{error}.") from None
        except Full:
            raise Refused(503, "All sessions are in use. Please try again in a minute.") from None
        return RedirectResponse(f"/s/{session.token}", 303)

    async def show(self, request: Request) -> Response:
        """The browser as it stands, or how the episode ended."""
        session = self.session(request)

        def draw() -> str:
            with session.lock:
                page = session.env.page()
                write = browser_page if session.is_running else end_page
                return write(session, page)

        return HTMLResponse(await run_in_threadpool(draw))

    async def act(self, request: Request) -> Response:
        """Take the action that a form asks for."""
        session = self.session(request)
        fields = await form_of(request)
        check_secret(session.csrf, fields)
        await run_in_threadpool(take, session, fields)
        return RedirectResponse(f"/s/{session.token}", 303)

    async def state(self, request: Request) -> Response:
        """The hash of the world's record, the steps taken, and whether the episode goes on."""
        session = self.session(request)

        def tell() -> dict[str, Any]:
            with session.lock:
                clock = int(session.env.world["clock"])
                told = {"hash": record_hash(session.env), "clock": clock}
                return {**told, "running": session.is_running}

        return JSONResponse(await run_in_threadpool(tell))

    def session(self, request: Request) -> Session:
        """The session that a request names.

        Raises:
            Refused: there is none.
        """
        session = self.sessions.find(request.path_params["token"])
        if session is None:
            raise Refused(404, "There is no such session, or it was idle for too long.")
        return session


def take(session: Session, fields: Mapping[str, str]) -> None:
    """One step of a session's world.

    Raises:
        BadForm: the form is none of the page's at hand.
        Refused: the form is of an earlier page.
    """
    with session.lock:
        check_fields(fields)
        page = session.env.page()
        if not session.is_running or whole_number(fields, "step") != page.clock:
            said = "Something has been done since this page was shown, so nothing was done now."
            raise Refused(409, said, f"/s/{session.token}", "To the page as it stands")
        action = action_of(session.env, page, fields)
        if isinstance(action, Refusal):
            session.notice = action.reason
            session.env.refuse(action.reason)
        else:
            session.notice = ""
            session.env.step(action)


def check_secret(secret: str, fields: Mapping[str, str]) -> None:
    """Refuse a form that was not made for this session.

    Raises:
        Refused: its token is missing or wrong.
    """
    if not hmac.compare_digest(secret.encode(), fields.get("csrf", "").encode()):
        raise Refused(403, "The form was not made for this session.")


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a request's form.

    Raises:
        Refused: it is too long.
        BadForm: it is no form.
    """
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:12]) > MOST_BYTES:
        raise Refused(413, f"A form may have {MOST_BYTES} bytes at most.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, f"A form may have {MOST_BYTES} bytes at most.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BadForm("This is not a form as browsers send it.")
    return fields_of(body)


# --- around everything ----------------------------------------------------------------------------


class Guard:
    """Adds the headers that every answer has, and turns away foreign names of this machine.

    Args:
        app: what answers.
        hosts: names by which a browser may have come here, without the port; None: any.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...] | None):
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_all(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif self.hosts is not None and _host(scope) not in self.hosts:
            await plain(400, "This name does not lead here.")(scope, receive, send_all)
        else:
            await self.app(scope, receive, send_all)


def _host(scope: Scope) -> str:
    """The name that the browser asked for, without its port."""
    named = next((v for k, v in scope["headers"] if k == b"host"), b"").decode("latin-1")
    name, _, port = named.rpartition(":")
    return (name if port.isdigit() else named).lower()


def make_app(sessions: Sessions, hosts: tuple[str, ...] | None = None) -> ASGIApp:
    """The site over some sessions, as an ASGI application."""
    site = Site(sessions)
    routes = [
        Route("/", site.start, methods=["GET"]),
        Route("/start", site.begin, methods=["POST"]),
        Route("/s/{token}", site.show, methods=["GET"]),
        Route("/s/{token}", site.act, methods=["POST"]),
        Route("/s/{token}/state", site.state, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers=HANDLERS)
    app.router.redirect_slashes = False
    return Guard(app, hosts)
