"""A model behind any server that speaks OpenAI's protocol (needs the `openai` package)."""

import math
import re
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from midcourse.agents.language.model import Message, Reply, Scores, Usage
from midcourse.agents.language.remote.connection import KEY, check_address, connect, within
from midcourse.agents.language.remote.retries import Retries
from midcourse.core.errors import UserError

BYTES = 3  # of English in a token, at least: so that a prompt is rather taken for too long
MILLION = 1_000_000
BUSY = (408, 409, 429)  # statuses after which a server is asked again, as after 500 and above
SHORT = ("length", "max_tokens", "model_length")  # why a reply ended, if it was cut short
NEWER = {"max_tokens": "max_completion_tokens"}  # names of parameters that some servers want
DISPENSABLE = ("seed",)  # parameters that some servers do not know
COUNTABLE = 2**53  # above this a float cannot tell a count of tokens

UNKNOWN = re.compile(r"(?i)unsupported|not supported|unrecogni[sz]ed|unknown|extra|not permitted")

T = TypeVar("T")


class RemoteModel:
    """A language model on a server, asked over HTTP.

    A server that is down, busy or too slow is asked again, after pauses that double. Its own
    tokenizer and chat template are not known here: `count` guesses, rather too many, and `render`
    writes roles before the words, for guesses and for `score`. A server that does not know a seed
    is asked without one, and draws as it pleases.

    The key is read from the environment variable OPENAI_API_KEY; a server without keys ignores it.

    Args:
        address: base URL and the model's name there, as in `http://127.0.0.1:8000/v1#name`.
        context: most tokens of prompt and answer together.
        price_in, price_out: of a million tokens, in any currency; costs are in the same.
        timeout: seconds until a request counts as failed, however much of its answer has come.
        in_flight: most requests at once of this process' threads.
        retries: how often and after what pauses a request is sent again.

    Raises:
        UserError: an address that is none, names no model or holds a password, a key that cannot
            be sent, a setting out of range, or no `openai`.
    """

    def __init__(
        self,
        address: str,
        context: int = 4096,
        price_in: float = 0.0,
        price_out: float = 0.0,
        timeout: float = 60.0,
        in_flight: int = 4,
        retries: Retries | None = None,
    ):
        self.url, _, self.name = address.partition("#")
        self.identity, self.files = self.name, ()
        check_address(self.url)
        if not self.name:
            raise UserError(f"{address} names no model: write it behind a #, as in {address}#name")
        checked = {"context": context, "timeout": timeout, "in_flight": in_flight}
        for setting, value in checked.items():
            if not 0 < value <= threading.TIMEOUT_MAX:
                raise UserError(f"{setting}={value} is out of range: it is above 0 and finite")
        for setting, value in {"price_in": price_in, "price_out": price_out}.items():
            if not 0 <= value < math.inf:
                raise UserError(f"{setting}={value} is out of range: it is 0 or more, and finite")
        self.context, self.prices = context, (price_in, price_out)
        self.unknown: set[str] = set()  # parameters that the server has refused
        self.retries = retries or Retries()
        self.usage = Usage()
        self.places, self.lock = threading.BoundedSemaphore(in_flight), threading.Lock()
        self.client, self.timeout = connect(self.url, timeout), timeout
        weakref.finalize(self, self.client.close)

    def render(self, messages: Sequence[Message]) -> str:
        """The conversation with its roles written before it, as text to be continued."""
        return "".join(f"{m['role']}:\n{m['content']}\n" for m in messages) + "assistant:\n"

    def turn_end(self) -> str:
        """A line's end, as `render` writes it."""
        return "\n"

    def count(self, text: str) -> int:
        """Tokens of a prompt: a guess, rather too many."""
        return -(-len(text.encode()) // BYTES)

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int = 64,
        temperature: float = 0.0,
        seed: int = 0,
        stop: Sequence[str] = (),
    ) -> Reply:
        """What the assistant says next; "" if it says nothing. A refusal is what it says.

        Raises:
            UserError: the server does not answer, or not as the protocol has it, or says that the
                request is wrong.
        """
        begun = time.perf_counter()
        optional: dict[str, Any] = {"stop": list(stop)} if stop else {}
        if temperature != 1.0:  # the protocol's own, and the only one that some servers take
            optional["temperature"] = temperature
        if temperature != 0.0:
            optional["seed"] = seed
        (text, is_whole), told = self._ask(
            self.client.chat.completions,
            reply_of,
            messages=[dict(message) for message in messages],
            max_tokens=max_tokens,
            **optional,
        )
        return Reply(text, is_whole, self._used(told, begun, self.render(messages), text))

    def score(self, prefix: str, choices: Sequence[str]) -> Scores:
        """How likely each choice is to follow a prefix, by a request for each.

        The choice's tokens are the last ones of the echo, but for the one that was drawn after it.

        Raises:
            UserError: the server does not tell log-probabilities of a prompt; few do. Or its
                tokens do not part where the choice begins.
        """
        begun = time.perf_counter()
        log_probs, tokens, used = [], [], Usage()
        for choice in choices:
            log_probs_told, told = self._ask(
                self.client.completions,
                lambda answer, choice=choice: told_of(answer, choice),
                prompt=prefix + choice,
                max_tokens=1,  # 0 is refused by some
                echo=True,
                logprobs=1,
                temperature=0.0,
            )
            if not log_probs_told:
                raise UserError(
                    f"the server at {self.url} does not tell the log-probabilities of a prompt: "
                    f"play language:free or language:reasoned"
                )
            log_probs.append(sum(log_probs_told))
            tokens.append(len(log_probs_told))
            used += self._used(told, begun, prefix + choice, "")
            begun = time.perf_counter()
        return Scores(tuple(log_probs), tuple(tokens), used)

    def _ask(
        self, endpoint: Any, read: Callable[[dict[str, Any]], T], **request: Any
    ) -> tuple[T, Any]:
        """What `read` makes of the first choice, and the usage told; asked for until they come."""

        def once() -> tuple[T, Any]:
            create = endpoint.with_raw_response.create
            fitting = self._fitting(request)
            response = within(self.timeout, lambda: create(model=self.name, **fitting))
            answer = response.http_response.json()
            choices = answer.get("choices") if isinstance(answer, dict) else None
            if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
                raise ValueError("the answer holds no choices")
            return read(choices[0]), answer.get("usage")

        with self.places:
            return self.retries.run(once, lambda error: self._judge(error, request))

    def _fitting(self, request: dict[str, Any]) -> dict[str, Any]:
        """A request in the parameters that the server knows."""
        named = {NEWER.get(k, k) if k in self.unknown else k: v for k, v in request.items()}
        return {k: v for k, v in named.items() if k not in self.unknown}

    def _learns(self, error: Any, request: dict[str, Any]) -> bool:
        """Whether a server refuses a parameter that can be left out, or has another name."""
        if error.status_code not in (400, 422):
            return False
        said = f"{error.body} {error.message}"
        for name in (*NEWER, *DISPENSABLE):
            sent = name in request and name not in self.unknown
            if sent and re.search(rf"\b{name}\b", said) and UNKNOWN.search(said):
                self.unknown.add(name)
                return True
        return False

    def _judge(self, error: Exception, request: dict[str, Any]) -> float | None:
        """Seconds that the server wants to be left alone for, None if it does not say.

        Raises:
            UserError: asking again cannot help, or can't now.
        """
        import openai

        if isinstance(error, UserError):
            raise error
        if isinstance(error, openai.APIStatusError):
            if self._learns(error, request):
                return None
            if error.status_code not in BUSY and error.status_code < 500:
                raise UserError(self._wrong(error)) from None
            return seconds_of(error.response.headers.get("retry-after"))
        if isinstance(error, openai.OpenAIError | ValueError | RecursionError | TimeoutError):
            return None
        raise error

    def _wrong(self, error: Any) -> str:
        """What a server finds wrong with a request, in a sentence."""
        body = error.body if isinstance(error.body, dict) else {}
        said = mended(" ".join(str(body.get("message") or error.message).split()))[:200]
        if 300 <= error.status_code < 400:
            target = mended(error.response.headers.get("location", "nowhere"))[:200]
            return (
                f"the server at {self.url} points to {target!r}, where nothing is sent: if that "
                f"is the right one, name it in the address"
            )
        if error.status_code in (401, 403):
            return f"the server at {self.url} wants a key: set {KEY} ({said})"
        if error.status_code == 404:
            return f"the server at {self.url} knows no model {self.name!r}: {said}"
        if "context" in said.lower() or "too long" in said.lower():
            return (
                f"the conversation is too long for {self.name} ({said}): name its context, as in "
                f"context={self.context // 2}"
            )
        return f"the server at {self.url} refuses the request: {said}"

    def _used(self, told: Any, begun: float, prompt: str, text: str) -> Usage:
        """What a call took by the server's own count, or by a guess where it tells none."""
        told = told if isinstance(told, dict) else {}
        counts = told.get("prompt_tokens"), told.get("completion_tokens")
        if not all(type(count) is int and 0 <= count < COUNTABLE for count in counts):
            counts = self.count(prompt), self.count(text)
        tokens_in, tokens_out = counts
        cost = (tokens_in * self.prices[0] + tokens_out * self.prices[1]) / MILLION
        seconds = time.perf_counter() - begun
        used = Usage(1, tokens_in, tokens_out, 0, seconds, cost)
        with self.lock:
            self.usage += used
        return used


def reply_of(choice: dict[str, Any]) -> tuple[str, bool]:
    """(words, whether they are whole) of a choice of a chat.

    Raises:
        ValueError: it holds no message, or one that is no text.
    """
    message = choice.get("message")
    if not isinstance(message, dict):
        raise ValueError("the answer holds no message")
    text = text_of(message.get("content")) or text_of(message.get("refusal"))
    return text, choice.get("finish_reason") not in SHORT


def text_of(content: Any) -> str:
    """A message's words; of a list of parts those of its texts, joined.

    Raises:
        ValueError: it is neither text nor such a list.
    """
    if content is None:
        return ""
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return "".join(text_of(part.get("text")) for part in content if part.get("type") == "text")
    if not isinstance(content, str):
        raise ValueError("the answer's message is no text")
    return mended(content)


def mended(text: str) -> str:
    """A text that can be written: half a surrogate pair, which JSON may hold, becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def told_of(choice: dict[str, Any], words: str) -> list[float]:
    """Log-probabilities of the tokens of some words at the end of an echo; [] if none are told.

    By the tokens' own texts: offsets count what the server puts before a prompt, or do not.

    Raises:
        ValueError: they are no numbers.
        UserError: the tokens do not part where the words begin.
    """
    told = choice.get("logprobs") or {}
    try:
        tokens, values = told.get("tokens") or [], told.get("token_logprobs") or []
        prompt = list(zip(tokens, values, strict=True))[:-1]  # the last was drawn after it
        if not prompt:
            return []
        found, left = [], words
        for token, value in reversed(prompt):
            if not left:
                break
            if not left.endswith(token):
                break
            left = left[: len(left) - len(token)]
            found.append(float(value))
    except (AttributeError, TypeError, OverflowError):
        raise ValueError("the answer's log-probabilities are no numbers") from None
    if left:
        raise UserError(
            f"the server's tokens do not part where {words!r} begins, or hide what they say: play "
            f"language:free or language:reasoned"
        )
    return found[::-1]


def seconds_of(header: str | None) -> float | None:
    """A Retry-After header's seconds; None if there is none, or a date, or no time ahead."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if seconds > 0 else None
