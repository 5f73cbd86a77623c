"""X's own description of its API judges our requests, and the answers of the X we test with."""

from __future__ import annotations

import json

import pytest

from digest.social.outcome import Sent

pytestmark = pytest.mark.data
WHAT = {
    ("POST", "/2/tweets"): ("/2/tweets", "post", "201"),
    ("GET", "/2/users/77/tweets"): ("/2/users/{id}/tweets", "get", "200"),
}


@pytest.fixture(scope="module")
def contract(data):
    file = data / "x-openapi.json"
    if not file.exists():
        pytest.skip("X's description of its API is not present")
    return json.loads(file.read_text())


@pytest.fixture(scope="module")
def judge(contract):
    jsonschema = pytest.importorskip("jsonschema")

    def check(schema, value):
        jsonschema.Draft202012Validator({**schema, "components": contract["components"]}).validate(value)

    return check


def resolved(contract, thing):
    while "$ref" in thing:
        found = contract
        for part in thing["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        thing = found
    return thing


def typed(schema, text):
    """A query value as its schema means it."""
    if schema.get("type") == "integer":
        return int(text)
    return text.split(",") if schema.get("type") == "array" else text


def test_every_request_and_answer_keeps_the_contract(contract, judge, stub, network, row):
    network.send(row(), row().at)
    assert isinstance(network.find(row(), row().at), Sent)
    assert isinstance(network.send(row(), row().at), Sent)
    assert len(stub.requests) == 4
    for request, said in zip(stub.requests, stub.said, strict=True):
        path, method, status = WHAT[request["method"], request["path"]]
        operation = contract["paths"][path][method]
        known = {
            parameter["name"]: parameter["schema"]
            for parameter in (resolved(contract, each) for each in operation.get("parameters", []))
            if parameter["in"] == "query"
        }
        for name, text in request["query"].items():
            assert name in known, f"{name} is no parameter of {path}"
            judge(known[name], typed(resolved(contract, known[name]), text))
        if request["body"] is not None:
            judge(operation["requestBody"]["content"]["application/json"]["schema"], request["body"])
        if said["status"] < 300:
            judge(operation["responses"][status]["content"]["application/json"]["schema"], said["body"])


def test_what_the_contract_forbids_would_be_seen(contract, judge):
    jsonschema = pytest.importorskip("jsonschema")
    schema = contract["paths"]["/2/tweets"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    with pytest.raises(jsonschema.ValidationError):
        judge(schema, {"text": "x", "made_up": 1})
