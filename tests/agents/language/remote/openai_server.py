"""A server on loopback that speaks OpenAI's protocol and answers what a test told it to."""

import contextlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME = "small"


def said(text, ended="stop", **more):
    """A whole answer with these words."""
    message = {"role": "assistant", "content": text, **more}
    choice = {"index": 0, "message": message, "finish_reason": ended, "logprobs": None}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return {"id": "1", "object": "chat.completion", "created": 0, "model": NAME} | {
        "choices": [choice],
        "usage": usage,
    }


def wrong(status, message, **headers):
    """An error, as (status, body, headers)."""
    return status, {"error": {"message": message, "code": None}}, headers


class Served:
    """What the server was asked, and what it answers: a list, or a function of the request."""

    def __init__(self, answers):
        self.answers, self.requests, self.url = answers, [], ""
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def next(self, path, request, key):
        with self.lock:
            self.requests.append((path, request, key))
            number = len(self.requests) - 1
        if callable(self.answers):
            return self.answers(request)
        return self.answers[min(number, len(self.answers) - 1)]


class QuietServer(ThreadingHTTPServer):
    """A server that does not mind who hangs up before the end."""

    def handle_error(self, request, client_address):
        """Say nothing of a broken pipe; a handler's own failure is told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def serving(answers):
    """A running server; what it answers last it answers from then on."""
    served = Served(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            request = json.loads(self.rfile.read(length))
            with served.lock:
                served.now += 1
                served.most = max(served.most, served.now)
            answer = served.next(self.path, request, self.headers["Authorization"])
            with served.lock:
                served.now -= 1
            status, body, headers = answer if isinstance(answer, tuple) else (200, answer, {})
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with QuietServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield served
        finally:
            server.shutdown()
