"""The settings: data/site.yaml, and what the command line puts in place of them."""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from builder.fields import BaseUrl, BaseUrlOrEmpty, Title, WebUrl, WholeNumber, editors

DEFAULT_LIST_LIMIT: Final = 8 * 1024 * 1024


@cache
def _zones() -> Mapping[str, str]:
    """Give the names of all time zones, by their lower case; `Factory` says only that nobody has chosen a zone yet."""
    names = (files("tzdata") / "zones").read_text(encoding="utf-8").split()
    return {name.casefold(): name for name in names if name != "Factory"}


@cache
def zone(name: str) -> ZoneInfo:
    """Give a time zone as the package `tzdata` has it, the same object each time: what the machine knows is not asked.

    Raises:
        LookupError: there is no zone of this name.
    """
    if _zones().get(name.casefold()) != name:
        raise LookupError(name)
    with (files("tzdata") / "zoneinfo" / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return zone(value)
    except LookupError:
        found = get_close_matches(value.casefold(), _zones(), n=1, cutoff=0.75)
        hint = "Use a name of the IANA time zone database, such as America/New_York or Europe/Berlin."
        if found:
            hint = f"Did you mean {_zones()[found[0]]}?"
        raise PydanticCustomError("time-zone", "is not a time zone", {"hint": hint}) from None


_FOR_ZONE = WithJsonSchema({"type": "string", "examples": ["America/New_York", "Europe/Berlin"]})


def _contact(text: str) -> str:
    if not text.isprintable() or not text.isascii() or not text.strip():
        hint = "Give a mail address or the address of a page, in plain ASCII: it is sent with every request."
        raise PydanticCustomError("contact", "cannot be sent in a header", {"hint": hint})
    return text


Kind = Literal["github", "gitlab", "forgejo", "bitbucket", "git"]


class Forge(BaseModel):
    """A host of repositories that may be asked: what it speaks, and where its API is.

    `api` is for a host whose API lies elsewhere than its kind has it, `clone` for one whose repositories are cloned
    from elsewhere.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    api: BaseUrl | None = None
    clone: BaseUrl | None = None


FORGES: Final[Mapping[str, Forge]] = {
    "github.com": Forge(kind="github", api="https://api.github.com"),
    "gitlab.com": Forge(kind="gitlab"),
    "codeberg.org": Forge(kind="forgejo"),
    "bitbucket.org": Forge(kind="bitbucket", api="https://api.bitbucket.org"),
}


class Settings(BaseModel):
    """What is the same for the whole site.

    `base_url` is where the site will be: all addresses in the API begin with it. `repository` is where the data is
    edited, on its branch `branch`. `time_zone` is the zone of all date-times of API v4. A list whose JSON is larger
    than `list_limit` (bytes) is paged by path. `pypi_url` is the index that packages are fetched from and linked to.
    `contact` goes into the User-Agent of every request, so that an upstream can reach the operator. `forges` adds hosts
    to those that are known (`FORGES`): no other host is ever asked. `downloads_url` is a published list of downloads a
    month, as JSON, that all packages are looked up in; "" for none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    title: Title
    description: str = ""
    base_url: BaseUrl
    repository: WebUrl
    branch: str = "main"
    contact: Annotated[str, AfterValidator(_contact), editors.CONTACT]
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone), _FOR_ZONE] = zone("America/New_York")
    list_limit: WholeNumber = DEFAULT_LIST_LIMIT
    pypi_url: BaseUrl = "https://pypi.org"
    forges: dict[str, Forge] = {}
    downloads_url: BaseUrlOrEmpty = ""


def forges(settings: Settings) -> dict[str, Forge]:
    """Give all hosts of repositories that may be asked: the known ones, and the site's beside or in place of them."""
    own = {host.casefold().removeprefix("www."): forge for host, forge in settings.forges.items()}
    return {**FORGES, **own}
