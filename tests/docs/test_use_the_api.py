"""The examples of the guide to the API are run as they stand, and answer what the guide says."""

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from api_caller import secret_of
from cast import Cast

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_api_reference  # noqa: E402

GUIDE = (ROOT / "docs" / "how-to" / "administrator" / "use-the-api.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    for line in block.strip().splitlines()
]


def run(command: str, token: str) -> Any:
    """Send what curl would, with the few options that the guide uses."""
    words = shlex.split(command.replace("$PUNTE", "").replace("$TOKEN", token))
    assert words[:2] == ["curl", "-s"]
    method, address, headers, body = "GET", "", {}, b""
    rest = iter(words[2:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest).encode()
        else:
            address = word
    return Client().generic(
        method, address, body, content_type=headers.pop("Content-Type", ""), headers=headers
    )


@pytest.mark.django_db
def test_each_example_works(cast: Cast) -> None:
    token = secret_of(cast.authority)
    answers = {command: run(command, token) for command in COMMANDS}
    assert len(answers) == 7
    told = [answer.status_code for answer in answers.values()]
    assert told == [200, 200, 200, 200, 201, 201, 400]
    me, country, needs, page, made, once, refused = (answer.json() for answer in answers.values())
    assert me["person_id"] == str(cast.authority.person.pk)
    assert "EU_SDP" in {one["framework"] for one in country["statuses"]}
    assert needs == {"items": [], "next_cursor": None}
    assert len(page["items"]) <= 1
    (keyed,) = (command for command in COMMANDS if "Idempotency-Key" in command)
    assert run(keyed, token).json() == once
    assert once["id"] != made["id"]
    assert made["state"] == "draft"
    assert refused["errors"][0]["place"] == "query.colour"
    assert refused["remedy"]


def test_the_reference_is_what_the_api_says() -> None:
    page = write_api_reference.PAGE.read_text("utf-8")
    assert page == write_api_reference.write(), "Run `make reference`."
