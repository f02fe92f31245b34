"""What GitHub tells of a repository, as facts of ours."""

from collections import Counter
from collections.abc import Iterable, Sequence

from builder.metadata import RepositoryFacts
from builder.upstreams.github.commits import Count
from builder.upstreams.github.wire import Delta, Pulse, RestRepository, Topics
from builder.upstreams.text import clean, clean_or_none, web_url

_DESCRIPTION = 500  # GitHub's own limit is lower
_SHORT = 200  # names, licences, topics
_NO_LICENCE = frozenset({"NOASSERTION", "NONE"})  # "there is one, and we cannot tell which"; "there is none"


def of_same(known: RepositoryFacts | None, node_id: str) -> RepositoryFacts:
    """Give what is known of the repository of an id; nothing where the facts are of another one.

    Imported facts have no id, and are taken to be of this one.
    """
    return known if known and known.id in {None, node_id} else RepositoryFacts()


def by_pulse(known: RepositoryFacts, pulse: Pulse) -> RepositoryFacts:
    """Give the known facts with those that every night tells; topics, commits and participants stay."""
    branch = pulse.default_branch_ref
    head = branch.target if branch else None
    return known.model_copy(
        update={
            "id": pulse.id,
            "owner": pulse.owner.id,
            "name": clean(pulse.name_with_owner, _SHORT),
            "description": clean_or_none(pulse.description, _DESCRIPTION),
            "homepage": web_url(pulse.homepage_url),
            "stars": pulse.stargazer_count,
            "forks": pulse.fork_count,
            "licence": _licence(pulse.license_info.spdx_id if pulse.license_info else None),
            "archived": pulse.is_archived,
            "archived_at": pulse.archived_at,
            "disabled": pulse.is_disabled,
            "locked": pulse.is_locked,
            "fork": pulse.is_fork,
            "empty": pulse.is_empty,
            "branch": clean_or_none(branch.name if branch else None, _SHORT),
            "head": head.oid if head else None,
            "last_commit": head.committed_date if head else None,
        }
    )


def by_delta(facts: RepositoryFacts, delta: Delta, count: Count) -> RepositoryFacts:
    """Give the facts with those that follow from commits; the branch may have moved again since the pulse."""
    commits, since = count.result()
    branch = delta.default_branch_ref
    tip = branch.target if branch else None
    return facts.model_copy(
        update={
            "topics": _topics(delta.repository_topics),
            "head": tip.oid if tip else None,
            "last_commit": tip.committed_date if tip else None,
            "commits": commits,
            "commits_since": since,
            "weeks": None,
            "participants": appended(facts.participants, count.logins),
        }
    )


def by_rest(known: RepositoryFacts, told: RestRepository) -> RepositoryFacts:
    """Give the known facts with those that REST tells: it does not tell when a repository was archived, or commits."""
    return known.model_copy(
        update={
            "id": told.node_id,
            "owner": told.owner.node_id,
            "name": clean(told.full_name, _SHORT),
            "description": clean_or_none(told.description, _DESCRIPTION),
            "homepage": web_url(told.homepage),
            "stars": told.stargazers_count,
            "forks": told.forks_count,
            "licence": _licence(told.license.spdx_id if told.license else None),
            "topics": _sorted(told.topics),
            "archived": told.archived,
            "archived_at": known.archived_at if told.archived else None,
            "disabled": told.disabled,
            "fork": told.fork,
            "branch": clean_or_none(told.default_branch, _SHORT),
        }
    )


def appended(known: Sequence[str] | None, logins: Counter[str]) -> tuple[str, ...] | None:
    """Give the known logins and behind them those not seen before, the most active first; None where none is known."""
    if known is None and not logins:
        return None
    seen = {login.casefold() for login in known or ()}
    new = sorted((login for login in logins if login.casefold() not in seen), key=lambda each: (-logins[each], each))
    return (*(known or ()), *new)


def _licence(spdx: str | None) -> str | None:
    return None if spdx in _NO_LICENCE else clean_or_none(spdx, _SHORT)


def _topics(topics: Topics) -> tuple[str, ...]:
    return _sorted(node.topic.name for node in topics.nodes if node)


def _sorted(topics: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for topic in topics if (text := clean(topic, _SHORT))}))
