"""Issues as GitHub makes them of a form, and the events that a workflow gets of them."""

import json
from typing import Any

from builder.forms.event import Event
from builder.forms.table import ADD, CHANGE, GRID, REPORT, Form, Kind

REPOSITORY = "example/packages"


def body(form: Form, **answers: str) -> str:
    """Give the text that GitHub makes of a form: a heading for each question, and the answer below it."""
    parts = []
    for question in form.questions:
        text = answers.pop(question.id, "_No response_")
        if question.kind is Kind.BOXES and text == "_No response_":
            text = "\n".join(f"- [x] {option}" for option in question.options)
        parts.append(f"### {question.label}\n\n{text}")
    assert not answers, "there is no such question"
    return "\n\n".join(parts)


def add(**answers: str) -> str:
    return body(ADD, **{"repository": "https://github.com/owner/django-new", "category": "App"} | answers)


def change(**answers: str) -> str:
    return body(CHANGE, **{"package": "one"} | answers)


def grid(**answers: str) -> str:
    return body(GRID, **{"title": "Both", "description": "Two.", "packages": "one\ntwo"} | answers)


def report(**answers: str) -> str:
    return body(REPORT, **{"subject": "one", "matter": "Something else", "details": "So."} | answers)


def payload(text: str | None, **issue: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of an issue
    """Give the event of an issue with a text."""
    about = {
        "number": 12,
        "title": "Add a package: ",
        "body": text,
        "state": "open",
        "locked": False,
        "user": {"login": "octocat", "id": 583231, "type": "User"},
        "labels": [],
    }
    return {
        "action": "opened",
        "issue": about | issue,
        "repository": {
            "full_name": REPOSITORY,
            "html_url": f"https://github.com/{REPOSITORY}",
            "default_branch": "main",
        },
        "sender": {"login": "octocat"},
    }


def event(text: str | None, **issue: Any) -> Event:  # noqa: ANN401 - any field of an issue
    return Event.model_validate_json(json.dumps(payload(text, **issue)))
