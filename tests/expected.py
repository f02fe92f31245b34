"""Expected files: texts that were looked at once, and that are compared from then on."""

from pathlib import Path

BROKEN = Path(__file__).parent / "broken"


def agree(file: Path, text: str, *, bless: bool) -> None:
    """Compare a text with its expected file; with `pytest --bless` it is what is expected from now on."""
    if bless:
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), "if this is right, run: pytest --bless, and look at the difference"
