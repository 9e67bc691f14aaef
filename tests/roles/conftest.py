import pytest

from tests import factories


@pytest.fixture
def of_role(sign_in):
    """Return a function that signs a colleague with a ready role in."""
    return lambda code: sign_in(factories.colleague(code))
