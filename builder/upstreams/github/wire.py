"""What GitHub answers, read strictly: only what is used stands here, and without it an answer is not taken."""

from typing import Annotated, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from builder.upstreams.text import clean

REASON = 300
"""The most characters of what GitHub says that a reason holds."""

Moment = Annotated[AwareDatetime, Field(strict=False)]


class Wire(BaseModel):
    """A part of an answer of REST, or the base of those of GraphQL."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Graph(Wire):
    """A part of an answer of GraphQL, whose names are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class Owner(Graph):
    """The owner, by an id that stays when the login changes."""

    id: str


class Licence(Graph):
    """What GitHub takes the licence for."""

    spdx_id: str | None


class Head(Graph):
    """The newest commit of a branch."""

    oid: str
    committed_date: Moment


class Branch(Graph):
    """The default branch."""

    name: str
    target: Head | None


class Pulse(Graph):
    """The facts of a repository that cost nothing to tell."""

    id: str
    name_with_owner: str
    owner: Owner
    description: str | None
    homepage_url: str | None
    stargazer_count: int
    fork_count: int
    is_archived: bool
    archived_at: Moment | None
    is_disabled: bool
    is_locked: bool
    is_fork: bool
    is_empty: bool
    license_info: Licence | None
    default_branch_ref: Branch | None


class Topic(Graph):
    """A topic."""

    name: str


class TopicNode(Graph):
    """A topic of a repository."""

    topic: Topic


class Topics(Graph):
    """All topics of a repository: it can have 20."""

    nodes: list[TopicNode | None]


class User(Graph):
    """An account."""

    login: str


class Author(Graph):
    """Who wrote a commit; `user` is None where GitHub knows no account."""

    user: User | None


class Commit(Head):
    """A commit of the history."""

    author: Author | None


class PageInfo(Graph):
    """Where the next page begins."""

    has_next_page: bool
    end_cursor: str | None


class Page(Graph):
    """A page of the history, newest first."""

    nodes: list[Commit | None]
    page_info: PageInfo


class Whole(Graph):
    """How many commits there are in all the time that is counted."""

    total_count: int


class Tip(Head):
    """The newest commit with the history before it."""

    whole: Whole
    history: Page


class Changed(Graph):
    """The default branch that moved."""

    target: Tip | None


class Delta(Graph):
    """What is asked where the default branch has moved; an empty repository has none."""

    repository_topics: Topics
    default_branch_ref: Changed | None


class RestOwner(Wire):
    """The owner, as REST tells it."""

    node_id: str


class RestLicence(Wire):
    """The licence, as REST tells it."""

    spdx_id: str | None


class RestRepository(Wire):
    """A repository, as REST tells it; of its commits it says nothing."""

    node_id: str
    full_name: str
    owner: RestOwner
    description: str | None
    homepage: str | None
    stargazers_count: int
    forks_count: int
    archived: bool
    disabled: bool
    fork: bool
    license: RestLicence | None
    default_branch: str
    topics: list[str]


class Person(Wire):
    """One of the contributors; an anonymous one has no login."""

    login: str | None = None


class Message(Wire):
    """What REST says where it refuses."""

    message: str = ""


Model = TypeVar("Model", bound=BaseModel)


def problem(error: ValidationError) -> str:
    """Give the first thing that is not as expected, for a reason."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return clean(f"{place} {first['msg']}", REASON)


def message(body: bytes) -> str:
    """Give what REST says where it refuses; "" where it says nothing that can be read."""
    try:
        return clean(Message.model_validate_json(body).message, REASON)
    except ValidationError:
        return ""
