import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName
from packaging.version import Version

from builder.upstreams.distributions import Distributions

NAME = NormalizedName("django-messages")


@pytest.mark.parametrize(
    ("filename", "version"),
    [
        ("django_messages-0.6.0-py2.py3-none-any.whl", "0.6.0"),
        ("django_messages-0.6.0-1-py3-none-any.whl", "0.6.0"),
        ("django-messages-0.6.0.tar.gz", "0.6.0"),
        ("Django.Messages-0.6.0.zip", "0.6.0"),
        ("django-messages-0.6.0-beta.tar.gz", "0.6.0b0"),
        ("django-messages-0.6.0.tar.bz2", "0.6.0"),
        ("django-messages-0.6.0.tgz", "0.6.0"),
        ("django_messages-0.6.0-py2.6.egg", "0.6.0"),
        ("django_messages-0.6.0_rc1-py2.6-linux-x86_64.egg", "0.6.0rc1"),
        ("django-messages-0.6.0.win32.exe", "0.6.0"),
        ("django-messages-0.6.0.win-amd64-py2.7.exe", "0.6.0"),
        ("django-messages-0.6.0.win32-py2.7.msi", "0.6.0"),
        ("django-messages-0.6.0.linux-x86_64.tar.gz", "0.6.0"),
        ("django-messages-0.6.0.macosx-10.9-x86_64.tar.gz", "0.6.0"),
        ("django-messages-0.6.0-1.noarch.rpm", "0.6.0"),
        ("django-messages-0.6.0-1.src.rpm", "0.6.0"),
        # Well-formed, as version 2 of another project, but not of this one.
        ("django-messages-0.6.0-2.tar.gz", "0.6.0.post2"),
        ("django-messages-2004d.tar.gz", "2004d"),
        ("django-messages-dev.zip", "dev"),
        ("django_messages-not.a.version-py3-none-any.whl", "not.a.version"),
        ("django-messages.tar.gz", None),
        ("messages-1.0.tar.gz", None),
        ("README.txt", None),
        ("", None),
    ],
)
def test_without_a_list_the_name_tells(filename: str, version: str | None) -> None:
    assert Distributions(NAME, ()).version(filename) == version


@pytest.mark.parametrize(
    ("filename", "listed", "version"),
    [
        ("django-messages-1.0.tar.gz", ["1.0.0"], "1.0.0"),
        ("django-messages-1.0.tar.gz", ["1.0.0", "1.0"], "1.0"),
        ("django-messages-1.0-beta.tar.gz", ["1.0", "1.0-beta"], "1.0-beta"),
        ("django-messages-1.0-beta.win32.exe", ["1.0b0", "1.0"], "1.0b0"),
        ("django-messages-2004d.tar.gz", ["2004c", "2004d"], "2004d"),
        ("django-messages-1.0-strange-thing.exe", ["1", "1.0", "1.0.1"], "1.0"),
        ("django-messages-1.0-strange-thing.exe", ["1.0", "1.0-strange", "1.0-str"], "1.0-strange"),
        ("django-messages-1.0.strange.exe", ["1", "1.0", "1.0.1"], "1.0"),
        ("django-messages-1.0.1.strange.exe", ["1", "1.0"], None),
        ("django-messages-10.exe", ["1"], None),
        ("messages-1.0.tar.gz", ["1.0"], None),
        # The list is complete, by PEP 700: what is not in it is no version.
        ("django_messages-3.0-py3-none-any.whl", ["1.0"], None),
    ],
)
def test_with_a_list_it_is_one_of_them(filename: str, listed: list[str], version: str | None) -> None:
    assert Distributions(NAME, listed).version(filename) == version


versions = st.from_regex(
    r"([1-9][0-9]?!)?[0-9]{1,2}(\.[0-9]{1,2}){0,3}(a[0-9]|rc[0-9])?(\.post[0-9])?(\.dev[0-9])?", fullmatch=True
)


@given(
    versions,
    st.sampled_from(
        ["django_messages-{}-py3-none-any.whl", "django-messages-{}.tar.gz", "django_messages-{}-py2.7.egg"]
    ),
)
def test_every_version_is_found_again(version: str, pattern: str) -> None:
    assert Distributions(NAME, ()).version(pattern.format(version)) == str(Version(version))
    assert Distributions(NAME, [version]).version(pattern.format(version)) == version


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_name_is_too_odd(filename: str, listed: list[str]) -> None:
    found = Distributions(NAME, listed).version("django-messages-" + filename)
    assert found is None or not listed or found in listed
