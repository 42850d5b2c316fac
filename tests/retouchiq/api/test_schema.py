"""Whatever is sent, the server answers as it documents, and never with a failure of its own (schemathesis)."""

from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hostbridge.darktable.install import Darktable
from hostbridge.darktable.schema import Schema
from retouchiq.api.app import create_app
from retouchiq.api.engine import Host

API = schemathesis.openapi.from_dict(create_app(None).openapi())  # type: ignore[arg-type]
schemathesis.serializer.alias("image/tiff", "application/octet-stream")

MORE_THAN_SCHEMA = {("POST", "/v1/edits"), ("POST", "/v1/batches")}
"""Routes with a rule that JSON Schema cannot say: an instruction, a look or a reference."""

NOWHERE = Path("/nowhere")
INSTALLED = Darktable("5.4.1", NOWHERE, NOWHERE, NOWHERE, NOWHERE, NOWHERE)


@pytest.fixture(scope="module")
def fuzzed(serve):
    """A server with a darktable that is never started, since no request names a photo that is there."""
    host = Host(lambda: INSTALLED, load_schema=lambda darktable: Schema(darktable.version, {}, {}, {}, 0, 0))
    with serve(host) as found:
        yield found


@pytest.fixture(scope="module")
def session():
    """One connection for all requests, and no look for proxies and passwords before each: half of their time."""
    with requests.Session() as found:
        found.trust_env = False
        yield found


def refused_without_reason(context, response, case) -> None:
    """A request that fits the documentation is not called malformed; it may still name a file that is not there."""
    positive = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if positive and (case.method, case.path) not in MORE_THAN_SCHEMA and response.status_code == 422:
        assert response.json()["error"]["kind"] != "InvalidRequest", response.text


@API.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_request_gets_a_documented_answer(case, fuzzed, session) -> None:
    case.call_and_validate(
        base_url=fuzzed.url,
        session=session,
        headers={"Authorization": f"Bearer {fuzzed.token}"},
        additional_checks=[refused_without_reason],
        excluded_checks=[positive_data_acceptance],
    )
