"""Schemathesis reads the OpenAPI document and tries everything in it: no 5xx, no undocumented answer."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from soho.accounts.actions import create_api_key
from soho.accounts.models import User
from soho.config.api import api
from soho.ledger import actions as ledger
from tests.creations.conftest import make

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method in methods
]


@pytest.fixture
def key(alice: User, settings: Settings) -> str:
    settings.IMAGE_WAIT_SECONDS = 0.02
    ledger.grant(alice.pk, 100_000, reason="For the fuzzer", key="fuzz")
    for status in ("draft", "published", "failed", "processing", "pending"):
        make(alice, status)
    return create_api_key(alice, "fuzzer")[1]


@pytest.mark.timeout(240)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_call_answers_as_documented_whatever_it_is_sent(
    operation: str, key: str, live_server: LiveServer
) -> None:
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/openapi.json")
    method, path = operation.split()
    call = schema[path][method]
    codes: set[int] = set()

    @limits(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=call.as_strategy())
    def answers(case: schemathesis.Case) -> None:
        response = case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)
        codes.add(response.status_code)

    answers()
    assert codes
