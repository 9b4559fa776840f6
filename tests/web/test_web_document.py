"""The OpenAPI document says what the API does: drawn questions find no fault and no other shape."""

from __future__ import annotations

import json
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from web_desk import Served

from web.api.asked import kebab
from web.api.router import QUESTIONS

# What a drawn question must hold; that odd input is refused is for the tests of single rules.
HELD = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def document(web: Served) -> Any:
    """The document, as a program reads it."""
    return schemathesis.openapi.from_url(f"{web.url}/openapi.json")


LIKELY = st.none() | st.fixed_dictionaries(
    {
        "region": st.sampled_from(["kr-seoul", "cn-beijing", "서울"]),
        "from": st.sampled_from(["2019-02-10", "2019-03-01"]),
        "to": st.sampled_from(["2019-03-01", "2019-03-14"]),
        "pollutant": st.just("pm25"),
        "from-region": st.just("cn-beijing"),
        "to-region": st.just("kr-seoul"),
        "years": st.sampled_from(["2018", "2017-2019"]),
    }
)
OPTIONS = {f"/v1{kind.path}": {kebab(name) for name in kind.model_fields} for kind in QUESTIONS}
OPERATIONS = [
    *((f"/v1{kind.path}", "GET") for kind in QUESTIONS),
    *((path, "GET") for path in ("/healthz", "/readyz", "/metrics")),
    *((f"/v1/measures{path}", "POST") for path in ("", "/confirm", "/lift")),
]


def test_there_is_no_route_that_is_not_drawn_from(web: Served) -> None:
    paths = web.json("/openapi.json")["paths"]
    told = {(path, method.upper()) for path, methods in paths.items() for method in methods}
    assert told == set(OPERATIONS)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_drawn_question_is_a_fault_of_the_server(document: Any, path: str, method: str) -> None:
    @hypothesis.settings(
        max_examples=4,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=document[path][method].as_strategy(), likely=LIKELY)
    def ask(case: schemathesis.Case, likely: dict[str, str] | None) -> None:
        if method == "GET" and likely is not None:
            # Beyond the names: the rest is as drawn, so that odd choices meet data that are held.
            offered = OPTIONS.get(path, set())
            own = {
                name: value for name, value in (case.query or {}).items() if name not in ("feed", "network")
            }
            case.query = own | {name: value for name, value in likely.items() if name in offered}
        case.call_and_validate(checks=HELD)

    ask()


def test_every_parameter_is_explained_or_a_choice_and_every_question_has_refusals(web: Served) -> None:
    told = web.json("/openapi.json")
    assert told["openapi"].startswith("3.1")
    for kind in QUESTIONS:
        asked = told["paths"][f"/v1{kind.path}"]["get"]
        assert asked["summary"]
        assert {"200", "304", "404", "422", "429", "503"} <= set(asked["responses"])
        for one in asked["parameters"]:
            text = json.dumps(one)
            assert "description" in text or "enum" in text or "const" in text, (kind.path, one["name"])


@pytest.mark.parametrize("kind", [one for one in QUESTIONS if one.example], ids=lambda one: one.path)
def test_the_example_of_each_question_is_one(web: Served, kind: Any) -> None:
    """It is understood; the small database holds no weather, no bulletins and few years."""
    got = web.get(f"/v1{kind.path}?{kind.example}&limit=1")
    assert got.status_code in (200, 404), got.text
    if got.status_code == 404:
        assert got.json()["type"] == "urn:yellowsea:problem:nothing-held"
    parameters = web.json("/openapi.json")["paths"][f"/v1{kind.path}"]["get"]["parameters"]
    assert {one["name"] for one in parameters if "example" in one}


def test_the_document_loads_nothing_and_there_is_no_page_of_somebody_else(web: Served) -> None:
    assert [web.get(path).status_code for path in ("/docs", "/redoc")] == [404, 404]
