"""Texts, posts and products as people write them: how they are read, and what is told about them."""

from pathlib import Path

import pytest
from folders import as_yaml, write_data

from builder import build, checks, source
from builder.entries import Data
from builder.errors import CODES, DataError

PRODUCT = {"title": "Django", "classifier": "Framework :: Django"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a data folder without packages."""
    return write_data(tmp_path / "data")


def write(data: Path, kind: str, name: str, text: str) -> None:
    (data / kind).mkdir(exist_ok=True)
    (data / kind / name).write_text(text, encoding="utf-8")


def told(data: Path) -> list[str]:
    """Give the first line of every problem, of reading and of the checks."""
    records, problems = source.load(data)
    assert records is not None
    found = sorted([*problems, *checks.check(records)])
    assert {problem.code for problem in found} <= CODES.keys()
    assert all(problem.hint for problem in found)
    return [str(problem).split("\n")[0] for problem in found]


def hints(data: Path) -> list[str]:
    records, problems = source.load(data)
    assert records is not None
    return [problem.hint for problem in sorted([*problems, *checks.check(records)])]


class TestReading:
    """What is read of a file."""

    def test_what_is_read(self, data: Path) -> None:
        write(data, "pages", "about.md", "---\ntitle: About us\nsummary: All of it\n---\n\nWords.\n")
        write(data, "posts", "b.md", "---\ntitle: B\ndate: 2026-01-02\n---\nB.\n")
        write(data, "posts", "a.md", "---\r\ntitle: A\r\ndate: 2026-01-02\r\n---\r\nA.\r\n")
        write(data, "posts", "c.md", "---\ntitle: C\ndate: 2025-12-31\n---\nC --- c\n---\n")
        write(data, "products", "django.yaml", as_yaml({**PRODUCT, "releases": [{"cycle": "5.2", "ends": "2028-04"}]}))
        assert told(data) == []
        records = source.load(data)[0]
        assert isinstance(records, Data)
        about = records.texts["about"]
        assert (about.slug, about.record.title, about.record.summary) == ("about", "About us", "All of it")
        assert (about.body, about.line, about.entry.path) == ("\nWords.\n", 5, "data/pages/about.md")
        assert about.entry.marks["title",] == (2, 8)
        assert (records.posts["a"].body, records.posts["a"].line) == ("A.\r\n", 5)
        assert records.posts["c"].body == "C --- c\n---\n"
        made, _ = build.join(records, data)
        assert [post.slug for post in made.posts] == ["b", "a", "c"]
        assert [text.slug for text in made.texts] == ["about"]
        assert [(entry.slug, entry.record.releases[0].cycle) for entry in made.products] == [("django", "5.2")]

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("Words.\n", "data/pages/x.md:1:1: the file does not begin with front matter that ends [front-matter]"),
            ("", "data/pages/x.md:1:1: the file does not begin with front matter that ends [front-matter]"),
            (
                "---\ntitle: x\n",
                "data/pages/x.md:1:1: the file does not begin with front matter that ends [front-matter]",
            ),
            (
                "\n---\ntitle: x\n---\nWords.\n",
                "data/pages/x.md:1:1: the file does not begin with front matter that ends [front-matter]",
            ),
            ("---\ntitle: x\n---", "data/pages/x.md:3:1: the file has no text [text-empty]"),
            ("---\ntitle: x\n---\n \n", "data/pages/x.md:3:1: the file has no text [text-empty]"),
            ("---\n---\nWords.\n", "data/pages/x.md:1:1: the file is empty [empty]"),
            ("---\nsummary: x\n---\nWords.\n", "data/pages/x.md:2:1: title: is missing [missing-key]"),
            (
                "---\ntitle: x\ndate: 2026-01-01\n---\nA\n",
                "data/pages/x.md:3:1: date: is not a known key [unknown-key]",
            ),
            ("---\ntitle: x\n a: b: c\n---\nA\n", None),
            (
                "---\ntitle: \x07\n---\nA\n",
                "data/pages/x.md:2:8: the text holds a control character (U+0007) [control-character]",
            ),
        ],
    )
    def test_problems_have_their_place_in_the_file(self, data: Path, text: str, problem: str | None) -> None:
        write(data, "pages", "x.md", text)
        (found,) = told(data)
        if problem is None:
            assert found.startswith("data/pages/x.md:3:")
        else:
            assert found == problem

    def test_a_post_needs_a_date(self, data: Path) -> None:
        write(data, "posts", "x.md", "---\ntitle: x\n---\nWords.\n")
        write(data, "posts", "y.md", "---\ntitle: x\ndate: soon\n---\nWords.\n")
        assert told(data) == [
            "data/posts/x.md:2:1: date: is missing [missing-key]",
            "data/posts/y.md:3:7: date: is not a date (found 'soon') [date]",
        ]

    def test_names_of_files(self, data: Path) -> None:
        for name in ("a.markdown", "B.md", "c.yaml", "d.MD"):
            write(data, "pages", name, "---\ntitle: x\n---\nWords.\n")
        (data / "posts").mkdir()
        (data / "posts" / "x.md").symlink_to(data / "pages" / "c.yaml")
        assert told(data) == [
            "data/pages/B.md: its name, without the ending, is not a slug (found 'B') [slug]",
            "data/pages/a.markdown: the ending of its name is not .md [file-name]",
            "data/pages/c.yaml: does not belong in this folder [file-name]",
            "data/pages/d.MD: the ending of its name is not .md [file-name]",
            "data/posts/x.md: is a symbolic link [file-link]",
        ]

    def test_a_problem_refuses_the_build(self, data: Path) -> None:
        write(data, "pages", "x.md", "---\ntitle: x\n---\n[x](javascript:x)\n")
        with pytest.raises(DataError) as raised:
            build.load(data)
        assert [problem.code for problem in raised.value.problems] == ["text-link"]


class TestChecks:
    """What the texts say."""

    def test_links_inside_the_site(self, data: Path) -> None:
        links = {
            "/": True,
            "/packages/": True,
            "/packages/latest/": True,
            "/packages/p/one/": True,
            "/packages/p/one/rules/": False,  # there are sites without
            "/packages/p/two/": False,
            "/packages": False,
            "/grids/g/all/timesheet/": True,
            "/grids/g/none/": False,
            "/categories/apps/": True,
            "/readiness/django/5.2/": True,
            "/readiness/django/5.3/": False,
            "/changelog/news/": True,
            "/changelog/news/#head": True,
            "/changelog/news/#tail": False,
            "/changelog/old/": False,
            "#own": True,
            "#other": False,
            "/links/": True,
            "/links/#own": True,
            "/packages/#letter-a": True,
            "/api/v4/": True,
            "/changelog/feeds/rss/": True,
        }
        write_data(
            data,
            packages={"one": {"title": "One", "category": "apps"}},
            grids={"all": {"title": "All", "packages": ["one"]}},
        )
        write(data, "products", "django.yaml", as_yaml({**PRODUCT, "releases": [{"cycle": "5.2"}]}))
        write(data, "posts", "news.md", "---\ntitle: x\ndate: 2026-01-01\n---\n## Head\n")
        write(data, "pages", "links.md", "---\ntitle: x\n---\n## Own\n" + "".join(f"[a]({href})\n" for href in links))
        wrong = [(n, href) for n, (href, right) in enumerate(links.items(), start=5) if not right]
        assert told(data) == [
            f"data/pages/links.md:{line}:5: the link leads nowhere (found '{href}') [text-link]" for line, href in wrong
        ]
        by_link = dict(zip([href for _, href in wrong], hints(data), strict=True))
        assert by_link["/packages/p/one/rules/"] == "Did you mean /packages/p/one/?"
        assert by_link["/packages"] == "The address ends in a slash: /packages/"
        assert by_link["/changelog/news/#tail"] == "The headings there: #head."
        assert by_link["#other"] == "The headings there: #own."
        assert by_link["/packages/p/two/"] == "Did you mean /packages/p/one/?"
        assert by_link["/changelog/old/"].startswith(("Did you mean", "Every page"))

    def test_links_to_what_is_broken_are_not_told(self, data: Path) -> None:
        write(data, "packages", "one.yaml", "title: [")
        write(data, "posts", "news.md", "Words.")
        write(data, "pages", "about.md", "Words.")
        write(data, "pages", "x.md", "---\ntitle: x\n---\n[a](/packages/p/one/) [b](/changelog/news/) [c](/about/)\n")
        assert [line.partition(":")[0] for line in told(data)] == [
            "data/packages/one.yaml",
            "data/pages/about.md",
            "data/posts/news.md",
        ]

    def test_a_text_without_headings(self, data: Path) -> None:
        write(data, "pages", "x.md", "---\ntitle: x\n---\n[a](#b)\n")
        assert hints(data) == ["That text has no headings."]

    def test_a_link_that_is_like_nothing(self, data: Path) -> None:
        write(data, "pages", "x.md", "---\ntitle: x\n---\n[a](/zzzzzzzzzzzzzzzzzzzzzzz/)\n")
        assert hints(data)[0].startswith("Every page has its address")

    def test_what_is_not_shown(self, data: Path) -> None:
        write(data, "pages", "x.md", "---\ntitle: x\n---\n# One\n\n<b>\n\n![i](https://example.org/i.png)\n")
        assert told(data) == [
            "data/pages/x.md:4:1: the heading has a level that does not fit here (found 'One') [text-heading]",
            "data/pages/x.md:6:1: this is HTML, which would be shown as it is written (found '<b>') [text-html]",
            "data/pages/x.md:8:1: an image stands here (found 'i') [text-image]",
        ]

    @pytest.mark.parametrize("name", ["packages", "api", "404", "search", "feeds", "changelog", "freshness"])
    def test_an_address_that_is_taken(self, data: Path, name: str) -> None:
        write(data, "pages", f"{name}.md", "---\ntitle: x\n---\nWords.\n")
        codes = [line.rpartition("[")[2] for line in told(data)]
        assert codes == ["slug]" if name.isdigit() else "address-taken]"]

    def test_releases_of_a_product(self, data: Path) -> None:
        releases = [{"cycle": "5.2"}, {"cycle": "5.2", "ends": "2026-13"}, {"cycle": "five"}]
        write(data, "products", "django.yaml", as_yaml({**PRODUCT, "releases": releases}))
        found = told(data)
        assert [line.rpartition("[")[2] for line in found] == ["date]", "cycle]"]
        write(data, "products", "django.yaml", as_yaml({**PRODUCT, "releases": [{"cycle": "5.2"}, {"cycle": "5.2"}]}))
        place = "data/products/django.yaml:3:40: releases[1].cycle"
        assert told(data) == [f"{place}: stands at releases[0] already (found '5.2') [listed-twice]"]
