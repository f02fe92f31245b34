"""The pictures: what stands on them, that nothing leaves its room, and that an unchanged one is not drawn again."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import HOSTILE, LONG_WORD, SCRIPT, catalogue, fetched, grid, package
from PIL import Image, ImageDraw, ImageFont
from rendered import CATALOGUES, TEMPLATES, small

from builder import pictures
from builder.catalogue import Catalogue
from builder.errors import SiteError
from builder.metadata import Release
from builder.outputs import PNG
from builder.pictures import cards, png
from builder.pictures.bands import Band, box, cut, draw
from builder.pictures.cards import Card, about
from builder.pictures.drawing import ACCENT, HEIGHT, INK, MARGIN, PALETTE, SOFT, WIDTH, Drawing
from builder.pictures.faces import Face, words
from builder.pictures.fitting import first_fit, fitted, legible, wrapped

ZONE = ZoneInfo("UTC")
DRAWING = Drawing(TEMPLATES, "A Directory")
TEXT = (TEMPLATES / "fonts/text.ttf").read_bytes()
FACE = Face(TEXT, 36, 50)
CARD = Card("App", "django-messages", "django-messages", "Messages between users", (("Stars", "12k+"),))


def rendered(made: Catalogue, old: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Render the pictures, by route; no route comes twice."""
    outputs = list(pictures.render(made, TEMPLATES, (old or {}).get))
    assert {output.media_type for output in outputs} == {PNG}
    assert len({output.route for output in outputs}) == len(outputs)
    return {output.route: output.body for output in outputs}


def opened(body: bytes) -> Image.Image:
    """Open a picture, every byte of it."""
    with Image.open(BytesIO(body)) as found:
        found.load()
        return found


class TestPicture:
    """A picture as a whole."""

    @pytest.mark.parametrize("name", CATALOGUES)
    def test_each_is_a_whole_png_and_leaves_the_margins_free(self, name: str) -> None:
        made = CATALOGUES[name]() if name != "many" else small()
        found = rendered(made)
        assert len(found) == 1 + len(made.packages) + len(made.grids)
        for route, body in found.items():
            image = opened(body)
            assert (image.format, image.size, image.mode) == ("PNG", (WIDTH, HEIGHT), "P"), route
            assert (image.getpalette() or [])[: len(PALETTE)] == list(PALETTE)
            for part in ((0, 20, MARGIN - 4, HEIGHT), (WIDTH - MARGIN + 1, 20, WIDTH, HEIGHT), (0, 590, WIDTH, HEIGHT)):
                assert image.crop(part).getextrema() == (0, 0), (route, part)

    def test_colours(self) -> None:
        image = opened(DRAWING.picture(CARD))
        assert image.getpixel((600, 4)) == ACCENT
        assert image.getpixel((600, 40)) == 0
        assert image.getpixel((MARGIN, 479)) == INK
        assert image.getextrema() == (0, ACCENT)
        assert image.convert("RGB").getpixel((600, 40)) == (0xFC, 0xFB, 0xF8)
        assert image.convert("RGB").getpixel((MARGIN, 479)) == (0x1D, 0x1C, 0x1A)

    def test_a_title_is_ink_and_a_description_soft(self) -> None:
        image = opened(DRAWING.picture(CARD))
        assert image.crop((MARGIN, 190, WIDTH, 300)).getextrema() == (0, INK)
        assert image.crop((MARGIN, 310, WIDTH, 420)).getextrema() == (0, SOFT)

    def test_the_colours_are_those_of_the_style_sheet(self) -> None:
        style = (TEMPLATES / "assets/site.css").read_text(encoding="utf-8")
        for name, place in (("paper", 0), ("soft", SOFT), ("ink", INK), ("accent", ACCENT)):
            assert f"--{name}: #{PALETTE[place * 3 : place * 3 + 3].hex()};" in style

    def test_no_description_no_facts(self) -> None:
        bare = opened(DRAWING.picture(Card("", "T", "t", "", ())))
        assert bare.crop((0, 320, WIDTH, HEIGHT)).getextrema() == (0, 0)

    @pytest.mark.parametrize("title", ["حزمة", "חבילה", "包装", "🚀", "\u200b\u202e", "ab\u05d0"])
    def test_a_title_that_cannot_be_drawn_gives_way_to_the_name(self, title: str) -> None:
        card = Card("App", title, "a-name", "", ())
        assert DRAWING.bands(card) == DRAWING.bands(card._replace(title="a-name"))

    @pytest.mark.parametrize("text", ["وصف", "一个包", "Half 一 and half", "\u0e2b"])
    def test_a_description_that_cannot_be_drawn_is_left_out(self, text: str) -> None:
        assert DRAWING.bands(CARD._replace(text=text)) == DRAWING.bands(CARD._replace(text=""))

    def test_a_long_title_leaves_room_for_the_facts(self) -> None:
        wide = opened(DRAWING.picture(CARD._replace(title=LONG_WORD, text=LONG_WORD)))
        free = wide.crop((0, 452, wide.width, 478))
        assert free.getextrema() == (0, 0)

    def test_a_site_whose_title_cannot_be_drawn_has_its_sign_alone(self) -> None:
        canvas = opened(Drawing(TEMPLATES, "目录").picture(CARD))
        assert canvas.crop((MARGIN + 50, 60, WIDTH, 110)).getextrema() == (0, 0)
        assert canvas.crop((MARGIN, 60, MARGIN + 50, 110)).getextrema() == (0, ACCENT)

    @settings(max_examples=30)
    @given(st.text(max_size=200), st.text(max_size=200))
    def test_any_text_makes_a_picture(self, title: str, text: str) -> None:
        card = Card(title, title, "name", text, ((title, text),))
        assert opened(DRAWING.picture(card)).size == (WIDTH, HEIGHT)

    @pytest.mark.parametrize("title", ["\u1eb4\u0415\u0308\u00c5\u1ea4" * 9, "(|)" * 30, HOSTILE, "mail", ""])
    def test_bands_put_together_are_what_would_be_drawn_at_once(self, title: str) -> None:
        card = Card(title, title, "name", title, ((title, title),))
        bands = DRAWING.bands(card)
        assert all(above.bottom <= below.top for above, below in pairwise(bands))
        everything = tuple(placed for band in bands for placed in band.placed)
        canvas = draw(Band(0, HEIGHT, everything), WIDTH + png.BEFORE_ROWS)
        whole = canvas.crop((png.BEFORE_ROWS, 0, canvas.width, HEIGHT))
        assert opened(DRAWING.picture(card)).tobytes() == whole.tobytes()

    @pytest.mark.parametrize("tops", [(0, 20), (0, 5), (8, 3, 30), (0, 20, 5), (-4, 25), ()])
    def test_lines_that_share_a_row_are_drawn_together(self, tops: tuple[int, ...]) -> None:
        lines = [[box(2 + 9 * number, top, 22 + 9 * number, top + 10, number + 1)] for number, top in enumerate(tops)]
        bands = cut([[], *lines], 32)
        assert all(above.bottom <= below.top for above, below in pairwise(bands))
        whole = draw(Band(0, 32, tuple(placed for line in lines for placed in line)), 66)
        written = png.Writer(64, 32, PALETTE).write(bands, b"")
        assert opened(written).tobytes() == whole.crop((png.BEFORE_ROWS, 0, 66, 32)).tobytes()

    def test_a_font_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        copytree(TEMPLATES, tmp_path / "templates")
        (tmp_path / "templates/fonts/text.ttf").unlink()
        with pytest.raises(SiteError, match=r"The font text\.ttf of the templates cannot be read"):
            list(pictures.render(small(), tmp_path / "templates", lambda _: None))

    def test_fonts_are_small_and_come_with_their_licence(self) -> None:
        assert sum(file.stat().st_size for file in (TEMPLATES / "fonts").glob("*.ttf")) < 200_000
        assert "SIL OPEN FONT LICENSE Version 1.1" in (TEMPLATES / "fonts/OFL.txt").read_text(encoding="utf-8")


class TestDrawnOnce:
    """A picture is drawn where its words have changed, and nowhere else."""

    def test_an_old_picture_is_taken_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        old = rendered(small())

        def fail(_self: Drawing, card: Card) -> bytes:
            pytest.fail(f"drawn again: {card}")

        monkeypatch.setattr(Drawing, "picture", fail)
        assert rendered(small(), old) == old

    def test_only_what_has_changed_is_drawn(self, monkeypatch: pytest.MonkeyPatch) -> None:
        one = catalogue({"a": package(), "b": package(pypi="b")}, snapshots={"a": fetched(), "b": fetched(stars=3)})
        two = catalogue({"a": package(), "b": package(pypi="b")}, snapshots={"a": fetched(), "b": fetched(stars=4)})
        drawn: list[str] = []
        picture = Drawing.picture

        def spy(self: Drawing, card: Card) -> bytes:
            drawn.append(card.name)
            return picture(self, card)

        old = rendered(one)
        monkeypatch.setattr(Drawing, "picture", spy)
        new = rendered(two, old)
        assert drawn == ["b"]
        assert [route for route in new if new[route] != old[route]] == ["/packages/p/b/opengraph.png"]
        monkeypatch.undo()
        assert rendered(two) == new

    @pytest.mark.parametrize("name", CATALOGUES)
    def test_what_is_taken_is_what_would_be_drawn(self, name: str) -> None:
        made = CATALOGUES[name]() if name != "many" else small()
        old = rendered(made)
        assert rendered(made, old) == rendered(made) == old

    @pytest.mark.parametrize("harm", ["cut", "changed", "empty", "longer"])
    def test_a_picture_that_was_harmed_is_drawn_again(self, harm: str) -> None:
        def harmed(body: bytes) -> bytes:
            changed = body[:600] + bytes([body[600] ^ 1]) + body[601:]
            return {"cut": body[:-1], "changed": changed, "empty": b"", "longer": body + b"x"}[harm]

        good = rendered(small())
        assert rendered(small(), {route: harmed(body) for route, body in good.items()}) == good

    def test_another_font_title_or_release_of_the_library_makes_another_seal(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copytree(TEMPLATES, tmp_path / "templates")
        (tmp_path / "templates/fonts/text.ttf").write_bytes((TEMPLATES / "fonts/title.ttf").read_bytes())
        others = [Drawing(tmp_path / "templates", "A Directory"), Drawing(TEMPLATES, "Another")]
        for name in ("PIL.__version__", "builder.pictures.drawing.ZLIB_RUNTIME_VERSION"):
            with monkeypatch.context() as patch:
                patch.setattr(name, "0")
                others.append(Drawing(TEMPLATES, "A Directory"))
        seals = {other.made_of(CARD) for other in others} | {DRAWING.made_of(CARD._replace(kind="B"))}
        assert DRAWING.made_of(CARD) not in seals
        assert len(seals) == 5
        assert Drawing(TEMPLATES, "A Directory").made_of(CARD) == DRAWING.made_of(CARD)

    def test_the_seal_is_of_the_whole_picture(self) -> None:
        body = DRAWING.picture(CARD)
        assert png.is_made_of(body, DRAWING.made_of(CARD))
        assert not png.is_made_of(body, DRAWING.made_of(CARD._replace(title="other")))
        assert opened(body).info["Comment"]


class TestCards:
    """The words."""

    def test_of_a_package(self) -> None:
        made = catalogue({"a": package()}, snapshots={"a": fetched()})
        assert cards.of_package(made.packages[0], ZONE) == Card(
            "App",
            "django-messages",
            "a",
            "Messages between users",
            (("Version", "0.6.0"), ("Released", "31 Jan 2019"), ("Stars", "12k+")),
        )

    def test_the_day_is_of_the_sites_zone(self) -> None:
        late = Release(version="1", uploaded=datetime(2026, 1, 1, 3, tzinfo=UTC))
        made = catalogue({"a": package()}, snapshots={"a": fetched(pypi={"releases": (late,)})})
        assert dict(cards.of_package(made.packages[0], ZoneInfo("America/New_York")).facts)["Released"] == "31 Dec 2025"

    def test_what_is_not_known_is_not_there(self) -> None:
        made = catalogue({"a": package()}, snapshots={})
        assert cards.of_package(made.packages[0], ZONE).facts == ()
        bare = catalogue({"a": package()}, snapshots={"a": fetched(stars=None, pypi={"releases": (), "version": "3"})})
        assert cards.of_package(bare.packages[0], ZONE).facts == (("Version", "3"),)
        once = fetched(stars=0, pypi={"releases": (Release(version="1"),)})
        undated = catalogue({"a": package()}, snapshots={"a": once})
        assert cards.of_package(undated.packages[0], ZONE).facts == (("Version", "1"), ("Stars", "0"))

    def test_why_nobody_should_begin_with_it(self) -> None:
        made = catalogue(
            {"a": package(deprecated=date(2021, 1, 1), replaced_by="b"), "b": package(pypi="b")},
            snapshots={"a": fetched(archived=True)},
        )
        kinds = {item.slug: cards.of_package(item, ZONE).kind for item in made.packages}
        assert kinds == {"a": "App, replaced, deprecated, archived", "b": "App"}

    def test_of_a_grid(self) -> None:
        snapshots = {"a": fetched(stars=1), "b": fetched(stars=9), "d": fetched(stars=99, archived=True)}
        packages = {slug: package(title=slug.upper(), pypi=slug) for slug in "abcd"}
        made = catalogue(packages, {"g": grid(*packages, title="G")}, snapshots=snapshots)
        facts = (("Packages", "4"), ("Features", "0"))
        assert cards.of_grid(made.grids[0]) == Card("Grid", "G", "g", "B, A, C, D", facts)
        told = catalogue({}, {"g": grid(title="G", description="For mail")})
        assert cards.of_grid(told.grids[0]).text == "For mail"

    def test_of_the_site(self) -> None:
        card = cards.of_site(small())
        assert (card.title, card.text) == ("A Directory", "What there is, side by side.")
        assert card.facts == (("Packages", "3"), ("Grids", "1"))

    @pytest.mark.parametrize(
        ("number", "shown"),
        [
            (0, "0"),
            (99, "99"),
            (100, "100"),
            (101, "100+"),
            (987, "980+"),
            (999, "990+"),
            (1000, "1k"),
            (1099, "1k+"),
            (1234, "1.2k+"),
            (12_345, "12k+"),
            (99_999, "99k+"),
            (123_456, "120k+"),
            (1_000_000, "1M"),
            (1_250_000, "1.2M+"),
        ],
    )
    def test_numbers(self, number: int, shown: str) -> None:
        assert about(number) == shown


class TestFitting:
    """Texts and their room."""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("plain", "plain"),
            (" a  b\n\tc ", "a b c"),
            ("🚀 Fast ✨", "Fast"),
            ("I ❤️ Django 1️⃣", "I Django 1"),
            ("Z\u030cluťoučký Ελληνικά Кириллица", "Žluťoučký Ελληνικά Кириллица"),
            ("a\u200bb\u202ec\u00ad", "abc"),
            ("日本", ""),
            ("mixed 日本", ""),
            ("\u0663", ""),
            ("", ""),
            ("a\x00b", "ab"),
            (SCRIPT, SCRIPT),
        ],
    )
    def test_legible(self, text: str, shown: str) -> None:
        assert legible(text, FACE.has) == shown

    def test_lines_are_cut_at_words_and_after_what_joins_a_name(self) -> None:
        width = round(FACE.width("django-")) + 1
        assert list(wrapped("django-messages", FACE, width + 200)) == ["django-messages"]
        assert list(wrapped("django-mail of a", FACE, width)) == ["django-", "mail of", "a"]

    @given(st.text(alphabet="abW -._/é", max_size=60), st.integers(60, 400))
    def test_no_line_is_too_wide_and_no_letter_is_lost(self, text: str, width: int) -> None:
        text = " ".join(text.split())
        lines = list(wrapped(text, FACE, width))
        assert all(FACE.width(line) <= width for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(lines)

    @given(st.text(alphabet="abW -._/é", max_size=200), st.integers(60, 400), st.integers(1, 3))
    def test_what_is_too_long_ends_with_an_ellipsis(self, text: str, width: int, most: int) -> None:
        text = " ".join(text.split())
        whole, lines = list(wrapped(text, FACE, width)), fitted(text, FACE, width, most)
        assert len(lines) == min(len(whole), most)
        assert all(FACE.width(line) <= width for line in lines)
        assert (lines == whole) == (len(whole) <= most)
        assert not lines or lines[-1].endswith("…") == (len(whole) > most)

    def test_the_largest_size_that_holds_a_title_is_taken(self) -> None:
        faces = [(Face(TEXT, 80, 90), 1), (Face(TEXT, 40, 50), 2), (Face(TEXT, 20, 30), 1)]
        texts = ("short", "a b " * 7, "a b " * 200)
        assert [first_fit(text, faces, 400)[0].line for text in texts] == [90, 50, 30]
        assert first_fit("a b " * 200, faces, 400)[1][0].endswith("…")

    def test_words(self) -> None:
        assert words("a-b c/d  e_f.g") == ["a-", "b ", "c/", "d  ", "e_", "f.", "g"]
        assert words("") == []


class TestFace:
    """Letters."""

    def test_a_word_stands_as_the_library_would_set_it(self) -> None:
        font = ImageFont.truetype(BytesIO(TEXT), 36, layout_engine=ImageFont.Layout.BASIC)
        for text in ("AVATAR", "Messages", "django-rest"):
            theirs = Image.new("L", (400, 60))
            ours = draw(Band(0, 60, tuple(FACE.place(10, 40, text, 255))), 400)
            ImageDraw.Draw(theirs).text((10, 40), text, fill=255, font=font, anchor="ls")
            assert FACE.width(text) == pytest.approx(font.getlength(text), abs=1)
            drawn = Image.frombytes("L", ours.size, ours.tobytes()).getbbox()
            expected = theirs.getbbox()
            assert drawn is not None
            assert expected is not None
            assert all(abs(a - b) <= 1 for a, b in zip(drawn, expected, strict=True))

    def test_pairs_are_kerned(self) -> None:
        assert FACE.width("AV") < FACE.width("A") + FACE.width("V")

    def test_a_space_leaves_nothing_and_takes_room(self) -> None:
        assert list(FACE.place(0, 40, "  ", 255)) == []
        assert FACE.width("  ") > 0
