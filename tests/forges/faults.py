"""What can go wrong with an answer: each fault takes a request and the way to its good answer, and gives a bad one.

A fault that stands for a refusal (a status, silence) never runs the good answer, so it costs no points.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from forges.exchange import Answer, Request, as_json

Proceed = Callable[[], Answer]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its name, under which the log shows it. A test may make its own."""

    name: str
    apply: Callable[[Request, Proceed], Answer]


def _instead(name: str, answer: Answer) -> Fault:
    return Fault(name, lambda _request, _proceed: answer)


def _after(name: str, change: Callable[[Answer], Answer]) -> Fault:
    return Fault(name, lambda _request, proceed: change(proceed()))


def status(
    code: int,
    *,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
    message: str = "",
) -> Fault:
    """Answer with a status: 403 or 429 with Retry-After, 401, 5xx, 202 ..."""
    wait = {} if retry_after is None else {"retry-after": str(retry_after)}
    return _instead(
        f"status {code}", as_json({"message": message or f"Status {code}"}, code, {**(headers or {}), **wait})
    )


def hang() -> Fault:
    """Say nothing until the server is released or stopped: the client has to give up."""
    return _instead("hang", Answer(hold=True))


def cut_body(share: float = 0.5) -> Fault:
    """Close the connection in the middle of a body whose length was told."""
    return _after("cut body", lambda answer: replace(answer, cut=int(len(answer.body) * share)))


def truncated_gzip(missing: int = 20) -> Fault:
    """Send a gzip stream without its end, and with the length that is left: all is well but for the content."""

    def change(answer: Answer) -> Answer:
        packed = gzip.compress(answer.body, mtime=0)[:-missing]
        return replace(answer, body=packed).having({"content-encoding": "gzip"})

    return _after("truncated gzip", change)


def malformed() -> Fault:
    """Send half of the JSON as if it were all."""
    return _after("malformed", lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]))


def huge(size: int, *, packed: bool = False) -> Fault:
    """Send valid JSON of so many bytes; `packed` sends it as a small gzip stream that unpacks to them."""
    body = b'{"data":"' + b"x" * size + b'"}'
    headers = {"content-type": "application/json"} | ({"content-encoding": "gzip"} if packed else {})
    return _instead("huge", Answer(200, headers, gzip.compress(body, mtime=0) if packed else body))


def redirect(address: str, code: int = 302) -> Fault:
    """Send the client elsewhere."""
    return _instead("redirect", Answer(code, {"location": address}))


def null_data() -> Fault:
    """GraphQL's `data: null`, and nothing else."""
    return _instead("null data", as_json({"data": None}))


def pathless_error(message: str = "Something went wrong while executing your query.") -> Fault:
    """GraphQL's error without a path, beside good data: nobody knows what of the data to believe."""

    def change(content: Any) -> Any:  # noqa: ANN401 - any JSON
        return {**content, "errors": [*content.get("errors", ()), {"message": message}]}

    return _after("error without a path", lambda answer: _rewrite(answer, change))


def partial(kind: str = "RESOURCE_LIMITS_EXCEEDED", *, every: int = 2, message: str = "No data for this one.") -> Fault:
    """GraphQL's partial data: each so manieth alias is null, with an error of that type and its path."""

    def change(content: Any) -> Any:  # noqa: ANN401 - any JSON
        aliases = [alias for alias in content["data"] if alias != "rateLimit"]
        lost = aliases[every - 1 :: every]
        errors = [{"type": kind, "path": [alias], "message": message} for alias in lost]
        data = content["data"] | dict.fromkeys(lost)
        return {"data": data, "errors": [*content.get("errors", ()), *errors]}

    return _after(f"partial {kind}", lambda answer: _rewrite(answer, change))


def missing_field(name: str) -> Fault:
    """Leave a field out wherever it stands: the schema changed."""
    return _after(f"without {name}", lambda answer: _rewrite(answer, lambda content: _drift(content, name, {})))


def changed_field(name: str, value: object) -> Fault:
    """Give a field another value, of another type, wherever it stands: the schema changed."""
    instead = {name: value}
    return _after(f"changed {name}", lambda answer: _rewrite(answer, lambda content: _drift(content, name, instead)))


def _rewrite(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    return replace(answer, body=as_json(change(json.loads(answer.body))).body)


def _drift(content: Any, name: str, instead: Mapping[str, object]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(content, list):
        return [_drift(each, name, instead) for each in content]
    if not isinstance(content, dict):
        return content
    kept = {key: _drift(value, name, instead) for key, value in content.items() if key != name}
    return {**kept, **instead} if name in content else kept
