"""What the tests of the data layer share."""

import os

import pytest

from hostbridge import HostMissing
from hostbridge.darktable import install
from hostbridge.darktable import schema as schemas


@pytest.fixture(scope="session")
def darktable():
    try:
        return install.find()
    except HostMissing as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def schema(darktable):
    """The modules of the installed darktable."""
    return schemas.load(darktable)


@pytest.fixture(scope="session")
def sidecars(data):
    """Every sidecar and embedded packet of the test data."""
    found = sorted([*(data / "xmp").rglob("*.xmp"), *(data / "pairs").glob("*.xmp")])
    assert len(found) > 250
    return found
