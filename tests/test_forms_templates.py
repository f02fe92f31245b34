"""The forms as GitHub reads them: by its rules, and the same as what `builder.forms` reads; and their workflow."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder import source
from builder.config import Settings
from builder.entries import Data
from builder.forms.table import ADD, FORMS, GRID, LABEL, LAST_HEADING, Form, Kind
from builder.pages.shell import FORMS as FORMS_OF_PAGES

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".github/ISSUE_TEMPLATE"
CONFIG = "config.yml"
WORKFLOW: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows/forms.yml").read_text(encoding="utf-8"))
ON = True  # YAML 1.1 reads the key `on` as true

# docs.github.com, "Syntax for issue forms", "Syntax for GitHub's form schema", "Common validation errors when creating
# issue forms": keys with the type of their value, and whether they must be there.
Rules = dict[str, tuple[type, bool]]
TOP: Rules = {
    "name": (str, True),
    "description": (str, True),
    "body": (list, True),
    "title": (str, False),
    "labels": (list, False),
    "assignees": (list, False),
    "projects": (list, False),
    "type": (str, False),
}
ELEMENT: Rules = {"type": (str, True), "id": (str, False), "attributes": (dict, True), "validations": (dict, False)}
_ASKED: Rules = {"label": (str, True), "description": (str, False)}
_WRITTEN: Rules = _ASKED | {"placeholder": (str, False), "value": (str, False)}
ATTRIBUTES: dict[str, Rules] = {
    "markdown": {"value": (str, True)},
    "input": _WRITTEN,
    "textarea": _WRITTEN | {"render": (str, False)},
    "dropdown": _ASKED | {"options": (list, True), "multiple": (bool, False), "default": (int, False)},
    "checkboxes": _ASKED | {"options": (list, True)},
}
VALIDATIONS: Rules = {"required": (bool, False)}
BOX: Rules = {"label": (str, True), "required": (bool, False)}


def template(form: Form) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{form.name}.yml").read_text(encoding="utf-8"))
    return found


def asked(form: Form) -> list[dict[str, Any]]:
    return [element for element in template(form)["body"] if element["type"] != "markdown"]


def faults(what: Any, rules: Rules, where: str) -> list[str]:  # noqa: ANN401 - of YAML's kinds
    """Give what of a mapping is not as GitHub has it."""
    found = [f"{where}: {key} is not permitted" for key in what if key not in rules]
    for key, (kind, needed) in rules.items():
        if key not in what:
            found += [f"{where}: {key} is missing"] if needed else []
        elif type(what[key]) is not kind or what[key] in ("", [], {}) or not str(what[key]).strip():
            found.append(f"{where}: {key} is not of its kind, or empty")
    return found


def of_a_form(form: dict[str, Any]) -> list[str]:
    found = faults(form, TOP, "form")
    for number, element in enumerate(form.get("body", ())):
        where = f"body[{number}]"
        kind = element.get("type")
        if kind not in ATTRIBUTES:
            found.append(f"{where}: {kind} is no type")
            continue
        found += faults(element, ELEMENT, where)
        found += faults(element.get("attributes", {}), ATTRIBUTES[kind], where)
        found += faults(element.get("validations", {}), VALIDATIONS, where)
        found += of_options(element["attributes"].get("options", []), kind, where)
        if not re.fullmatch(r"[A-Za-z0-9_-]+", element.get("id", "x")) or (kind == "markdown" and "id" in element):
            found.append(f"{where}: id is none")
        if re.search("password|token|secret", element["attributes"].get("label", ""), re.IGNORECASE):
            found.append(f"{where}: label asks for what nobody should write")
    inputs = [element for element in form["body"] if element.get("type") in ATTRIBUTES.keys() - {"markdown"}]
    ids = [element["id"] for element in inputs if "id" in element]
    labels = [re.sub("[^a-z0-9_-]+", "-", element["attributes"]["label"].lower()) for element in inputs]
    if not inputs or len(set(ids)) < len(ids) or len(set(labels)) < len(labels):
        found.append("body: nothing is asked, or an id or a label is there twice")
    return found


def of_options(options: list[Any], kind: str, where: str) -> list[str]:
    if kind == "checkboxes":
        found = [fault for option in options for fault in faults(option, BOX, where)]
        options = [option["label"] for option in options]
    else:
        found = [f"{where}: an option is no text" for option in options if not isinstance(option, str)]
    if len(set(options)) < len(options) or "none" in {str(option).lower() for option in options}:
        found.append(f"{where}: an option stands twice, or is the word that GitHub has for none")
    return found


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_is_one_by_githubs_rules(form: Form) -> None:
    assert of_a_form(template(form)) == []


def test_the_rules_find_what_is_wrong() -> None:
    element = {
        "type": "input",
        "id": "a b",
        "attributes": {"label": "Password", "x": 1},
        "validations": {"required": 1},
    }
    chosen = {"type": "dropdown", "id": "c", "attributes": {"label": "C", "options": ["A", "A"]}}
    asks = {"type": "dropdown", "id": "c", "attributes": {"label": "C?", "options": ["None"]}}
    assert of_a_form({"name": " ", "body": [element, {"type": "select"}, chosen, asks], "on": "x"}) == [
        "form: on is not permitted",
        "form: name is not of its kind, or empty",
        "form: description is missing",
        "body[0]: x is not permitted",
        "body[0]: required is not of its kind, or empty",
        "body[0]: id is none",
        "body[0]: label asks for what nobody should write",
        "body[1]: select is no type",
        "body[2]: an option stands twice, or is the word that GitHub has for none",
        "body[3]: an option stands twice, or is the word that GitHub has for none",
        "body: nothing is asked, or an id or a label is there twice",
    ]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_asks_what_is_read(form: Form) -> None:
    found = template(form)
    assert (found["name"], found["labels"]) == (form.title, [LABEL])
    assert [(one["id"], one["attributes"]["label"], one["type"]) for one in asked(form)] == [
        (question.id, question.label, question.kind.value) for question in form.questions
    ]
    for one, question in zip(asked(form), form.questions, strict=True):
        if question.kind is Kind.BOXES:
            assert one["attributes"]["options"] == [{"label": text, "required": True} for text in question.options]
        else:
            assert one.get("validations", {}).get("required", False) is question.required
        if question.kind is Kind.CHOICE and question.options:
            assert tuple(one["attributes"]["options"]) == question.options


def test_the_categories_to_choose_from_are_those_of_the_data() -> None:
    data, _ = source.load(ROOT / "data")
    assert isinstance(data, Data)
    titles = sorted(entry.record.title for entry in data.categories.values())
    offered = [one["attributes"]["options"] for form in FORMS for one in asked(form) if one["id"] == "category"]
    assert offered == [titles, titles]


def test_the_pages_lead_to_forms_that_are_there() -> None:
    assert {"packages": f"{ADD.name}.yml", "grids": f"{GRID.name}.yml"} == FORMS_OF_PAGES


def test_first_headings_are_of_one_form_and_the_last_is_of_all() -> None:
    firsts = [form.questions[0].label for form in FORMS]
    everywhere = [question.label for form in FORMS for question in form.questions]
    assert all(everywhere.count(label) == 1 for label in firsts)
    assert {form.questions[-1].label for form in FORMS} == {LAST_HEADING}


def test_there_are_no_other_forms_and_a_configuration() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {CONFIG, *(f"{form.name}.yml" for form in FORMS)}
    settings = source.load_settings(ROOT / "data")
    assert isinstance(settings, Settings)
    config = yaml.safe_load((FOLDER / CONFIG).read_text(encoding="utf-8"))
    assert config["blank_issues_enabled"] is True
    assert config.keys() == {"blank_issues_enabled", "contact_links"}
    for contact in config["contact_links"]:
        assert faults(contact, dict.fromkeys(("name", "url", "about"), (str, True)), "link") == []
        assert contact["url"].startswith(f"{settings.repository}/")


# --- The workflow


def test_the_workflow_has_the_least_rights_and_runs_for_issues_alone() -> None:
    assert WORKFLOW[ON] == {"issues": {"types": ["opened", "edited"]}}
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()} == {
        "answer": {"contents": "write", "issues": "write", "pull-requests": "write"}
    }
    assert WORKFLOW["concurrency"] == {"group": "forms-${{ github.event.issue.number }}", "cancel-in-progress": False}


def test_the_workflow_knows_the_issues_of_forms() -> None:
    condition = WORKFLOW["jobs"]["answer"]["if"]
    assert f"contains(github.event.issue.labels.*.name, '{LABEL}')" in condition
    assert f"contains(github.event.issue.body, '### {LAST_HEADING}')" in condition
    assert "github.event.issue.state == 'open'" in condition


def test_only_the_step_that_answers_has_the_token_and_it_runs_the_script() -> None:
    steps = WORKFLOW["jobs"]["answer"]["steps"]
    assert [step.get("env") for step in steps] == [None, None, None, {"GH_TOKEN": "${{ github.token }}"}]
    assert steps[0]["with"] == {"ref": "${{ github.event.repository.default_branch }}", "persist-credentials": False}
    script = steps[-1]["run"].split()[-1]
    assert os.access(ROOT / script, os.X_OK)


def test_no_text_of_an_issue_comes_into_the_workflow() -> None:
    text = (ROOT / ".github/workflows/forms.yml").read_text(encoding="utf-8")
    inserted = set(re.findall(r"\$\{\{\s*(.+?)\s*\}\}", text))
    assert inserted == {"github.event.issue.number", "github.event.repository.default_branch", "github.token"}


def test_the_script_says_what_it_needs() -> None:
    program = (ROOT / ".github/answer-form").read_text(encoding="utf-8")
    named = set(re.findall(r'os\.environ\["(\w+)"\]', program))
    assert named == {"GITHUB_EVENT_PATH"}
