"""What hosts answer, against the OpenAPI document that they serve themselves: addresses and queries made up by it.

How many cases that were: `pytest tests/test_contract_served.py -o log_cli=true --log-cli-level=INFO`.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import conformance
import pytest
import schemathesis
from conformance import Running
from hosted import ask, open_folder
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from builder import urls

CASES = 25  # for each operation that has something to make up
HOSTS = {"node": (), "nginx": (not_a_server_error,), "github-pages": ()}
"""A host for each way with queries, with what does not hold there: 501 is how one says that it cannot cut a list."""


@pytest.fixture(scope="module", params=HOSTS)
def served(request: pytest.FixtureRequest) -> Iterator[Running]:
    data = Path(__file__).parent / "project/data"
    with open_folder() as folder, conformance.running(request.param, data, folder / "site", only_api=True) as running:
        yield running


def test_what_is_made_up_from_the_document_is_answered_by_it(served: Running) -> None:
    document = ask(served.url, urls.DATA_OPENAPI)
    assert document.status == 200
    schema = schemathesis.openapi.from_dict(json.loads(document.body))
    counted: Counter[str] = Counter()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(max_examples=CASES, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def answered(case: Case[Any]) -> None:
            counted[case.path] += 1
            case.call_and_validate(base_url=served.url, excluded_checks=list(HOSTS[served.host]))

        answered()
    cases = sum(counted.values())
    logging.getLogger(__name__).info("%s: %d cases of %d addresses", served.host, cases, len(counted))
    assert cases > 200
