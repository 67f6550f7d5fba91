"""Explorers of chapters compute, draw and speak, but make no pixels: these take most of the time and tell these tests
nothing. Pictures are tested in tests/test_results.py and tests/test_features.py, of all explorers; a test that looks at
one is marked ``pixels``.
"""

import pytest


@pytest.fixture(autouse=True)
def most_make_no_pixels(request):
    """``no_pixels``, unless the test is marked."""
    if request.node.get_closest_marker("pixels") is None:
        request.getfixturevalue("no_pixels")
