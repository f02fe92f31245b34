"""The made-up world of the forges: the same every time, and moved by what a test says happened."""

from datetime import timedelta
from itertools import pairwise

import pytest
from forges.clock import Clock
from forges.commits import History
from forges.world import Repository, World
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
def world() -> World:
    return World(Clock(), "https://github.com")


def facts(repository: Repository) -> tuple[object, ...]:
    return (
        *(repository.full_name, repository.node_id, repository.stars, repository.description, repository.topics),
        *(repository.pushed_at, repository.archived_at, repository.license, list(repository.history.between())),
    )


def test_the_same_seed_makes_the_same_world_and_another_seed_another(world: World) -> None:
    other, third = World(Clock(), "https://github.com"), World(Clock(), "https://github.com")
    first = [facts(each) for each in world.grow(60, seed=5)]
    assert first == [facts(each) for each in other.grow(60, seed=5)]
    assert first != [facts(each) for each in third.grow(60, seed=6)]


def test_a_smaller_world_is_the_beginning_of_a_larger_one(world: World) -> None:
    small = [facts(each) for each in world.grow(10, seed=5)]
    assert small == [facts(each) for each in World(Clock(), "https://github.com").grow(30, seed=5)[:10]]


def test_a_world_has_its_share_of_the_odd_ones(world: World) -> None:
    grown = world.grow(2000)
    assert 5 <= sum(each.is_empty for each in grown) <= 60
    assert 100 <= sum(each.is_archived for each in grown) <= 250
    assert any(each.description is None for each in grown)
    assert {each.branch for each in grown} == {"main", "master"}
    assert all(each.pushed_at is None or each.pushed_at <= world.clock.now for each in grown)


@given(st.integers(0, 60), st.integers(1, 5), st.integers(2, 100_000))
def test_a_generated_history_is_a_line_of_commits_in_order_of_time(count: int, authors: int, gap: int) -> None:
    history = History("x", Clock().now, generated=count, gap=gap, authors=authors)
    commits = [history[number] for number in range(count)]
    assert len({commit.oid for commit in commits}) == len(history) == count
    assert all(older.committed <= newer.committed for older, newer in pairwise(commits))
    assert all(newer.parents[0] == older.oid for older, newer in pairwise(commits))
    assert list(history.between()) == commits[::-1]
    assert sum(number for _, number in history.contributions()) == count
    assert history.head == (commits[-1] if commits else None)


def test_a_history_between_two_days_keeps_both_ends(world: World) -> None:
    history = world.make("a/b", commits=10).history
    middle = [history[number] for number in range(3, 7)]
    assert list(history.between(middle[0].committed, middle[-1].committed)) == middle[::-1]


def test_a_pushed_commit_may_be_older_than_the_one_below_it(world: World) -> None:
    repository = world.make("a/b", commits=2)
    old, new = world.push(repository, [world.clock.now - timedelta(days=99), world.clock.now])
    assert new.parents == (old.oid,)
    assert list(repository.history.between(world.clock.now - timedelta(days=3))) == [
        new,
        *(repository.history[number] for number in (1, 0)),
    ]


def test_merges_and_commits_without_an_account_come(world: World) -> None:
    history = world.make("a/b", commits=400).history
    commits = list(history.between())
    assert {len(commit.parents) for commit in commits} == {0, 1, 2}
    assert None in {commit.author for commit in commits}
    counted = [number for _, number in history.contributions()]
    assert counted == sorted(counted, reverse=True)


def test_an_old_name_leads_on_until_somebody_takes_it(world: World) -> None:
    repository = world.make("ann/old")
    world.rename(repository, "new")
    assert world.find("Ann/Old") is world.find("ann/new") is repository
    assert [world.is_current(name) for name in ("ann/old", "ANN/new")] == [False, True]
    taken = world.make("ann/old")
    assert world.find("ann/old") is taken
    assert taken.node_id != repository.node_id


def test_a_repository_renamed_back_is_current(world: World) -> None:
    repository = world.make("ann/old")
    world.rename(repository, "new")
    world.rename(repository, "old")
    assert world.is_current("ann/old")
    assert world.find("ann/new") is repository


def test_a_transfer_changes_the_owner_and_a_renamed_owner_stays_the_same(world: World) -> None:
    given_away, kept = world.make("ann/a"), world.make("ann/b")
    ann = kept.owner.node_id
    world.transfer(given_away, "bob")
    world.rename_owner("ann", "anna")
    assert given_away.owner.node_id != ann
    assert (kept.full_name, kept.owner.node_id) == ("anna/b", ann)
    assert world.find("ann/a") is given_away
    assert world.find("ann/b") is kept


@pytest.mark.parametrize("change", ["delete", "hide"])
def test_a_deleted_or_private_repository_is_found_by_nothing(world: World, change: str) -> None:
    repository = world.make("ann/a")
    world.rename(repository, "b")
    getattr(world, change)(repository)
    assert [world.find("ann/a"), world.find("ann/b"), world.by_id(repository.node_id)] == [None] * 3
    assert world.by_number(repository.database_id) is None


@pytest.mark.parametrize("node_id", ["", "R_", "R_zzzzzzzz", "R_000003E", "U_000003E9", "R_000003E9\n"])
def test_what_is_no_id_leads_nowhere(world: World, node_id: str) -> None:
    assert world.make("ann/a").node_id == "R_000003E9"
    assert world.by_id(node_id) is None


def test_a_taken_over_name_has_another_id(world: World) -> None:
    repository = world.make("ann/a")
    new = world.recreate(repository)
    assert world.find("ann/a") is new
    assert world.by_id(repository.node_id) is None
    assert world.by_id(new.node_id) is new


def test_a_deleted_name_can_be_made_again(world: World) -> None:
    repository = world.make("ann/a")
    world.delete(repository)
    assert world.recreate(repository) is world.find("ann/a") is not repository


@pytest.mark.parametrize("name", ["ann/b", "ANN/B"])
def test_a_name_is_given_once(world: World, name: str) -> None:
    repository = world.make("ann/a")
    world.make("ann/b")
    with pytest.raises(ValueError, match="exists"):
        world.make(name)
    with pytest.raises(ValueError, match="exists"):
        world.rename(repository, name.partition("/")[2])
    assert world.find("ann/a") is repository


def test_what_happens_in_a_night(world: World) -> None:
    repository = world.make("ann/a", commits=0, stars=2)
    assert (repository.is_empty, repository.pushed_at, repository.history.head) == (True, None, None)
    world.push(repository, 3, author=None)
    world.star(repository, 5)
    world.archive(repository)
    assert (len(repository.history), repository.pushed_at, repository.stars) == (3, world.clock.now, 7)
    assert repository.history[0].parents == ()
    assert repository.archived_at == world.clock.now
    world.unarchive(repository)
    world.block(repository)
    assert (repository.is_archived, repository.blocked) == (False, "dmca")


def test_a_sample_is_a_share_in_order_and_the_same_for_its_seed(world: World) -> None:
    world.grow(200)
    chosen = world.sample(0.03, seed=1)
    assert len(chosen) == 6
    assert chosen == world.sample(0.03, seed=1) != world.sample(0.03, seed=2)
    assert chosen == sorted(chosen, key=lambda each: each.database_id)
