"""Slugs made of other names."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.slugs import is_slug, made_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("django-messages", "django-messages"),
        ("Django_Messages", "django_messages"),
        ("python.social", "python-social"),
        ("_hidden", "hidden"),
        ("2048", "package-2048"),
        ("con", "package-con"),
        ("…", "package"),
        ("x" * 60, "x" * 50),
    ],
)
def test_the_nearest_comes_first(name: str, slug: str) -> None:
    assert next(made_of(name, "package")) == slug


@given(st.text(max_size=80))
def test_every_name_has_any_number_of_slugs(name: str) -> None:
    made = list(islice(made_of(name, "package"), 12))
    assert all(map(is_slug, made))
    assert len(set(made)) == len(made)
