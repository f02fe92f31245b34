"""The tables of the SQLite file. What a column means stands beside it: Datasette shows that below each table.

Where a key of a resource means the same, its words are taken, so that they are written once. To these, too, columns
and tables are only ever added.
"""

from functools import cache
from types import SimpleNamespace
from typing import Final

from builder.resources import Resource, SourceResource, base
from builder.resources.changelog import SCHEMA_VERSION
from builder.resources.whole import (
    CategoryWholeResource,
    DownloadsResource,
    FeatureResource,
    GridWholeResource,
    PackageWholeResource,
    PyPIResource,
    ReleaseResource,
    RepositoryResource,
    UsageResource,
)

VERSION: Final = SCHEMA_VERSION


def _meanings(resource: type[Resource]) -> SimpleNamespace:
    """Give what the keys of a resource mean, each on one line."""
    told = {name: " ".join(text.split()) for name, text in base.meanings(resource).items()}
    return SimpleNamespace(**{name: text.removesuffix(".") for name, text in told.items()})


_TABLES: Final = """
CREATE TABLE meta (
  -- What this file is
  key TEXT PRIMARY KEY, -- as_of, base_url, schema_version, source, title
  value TEXT NOT NULL -- Of as_of the day (UTC) of the newest fact, of source the repository of the data
) WITHOUT ROWID;

CREATE TABLE categories (
  id INTEGER PRIMARY KEY, -- {category.id}
  slug TEXT NOT NULL UNIQUE, -- {category.slug}
  title TEXT NOT NULL, -- {category.title}
  title_plural TEXT NOT NULL, -- {category.title_plural}
  description TEXT NOT NULL, -- {category.description}
  show_pypi INTEGER NOT NULL, -- {category.show_pypi}
  created TEXT NOT NULL, -- {category.created}
  modified TEXT NOT NULL -- {category.modified}
);

CREATE TABLE packages (
  -- NULL is not known or, where the column says so, that it does not apply; never "no", "" or zero. Moments are UTC.
  -- Lists are JSON arrays.
  id INTEGER PRIMARY KEY, -- {package.id}
  slug TEXT NOT NULL UNIQUE, -- {package.slug}
  title TEXT NOT NULL, -- {package.title}
  description TEXT NOT NULL, -- {package.description}; the repository's word before PyPI's
  category_id INTEGER NOT NULL REFERENCES categories (id), -- Its category
  standing TEXT NOT NULL, -- {package.standing}; [] where nothing speaks against it
  licence TEXT, -- {package.licence}
  python TEXT, -- {package.python}
  django TEXT, -- {package.django}
  python3 INTEGER, -- {package.python3}
  development_status INTEGER, -- {package.development_status}
  tags TEXT NOT NULL, -- {package.tags}
  deprecated TEXT, -- {package.deprecated}
  replaced_by_id INTEGER REFERENCES packages (id), -- The package that took its place; null where none did
  usage_count INTEGER NOT NULL, -- {package.usage_count}
  repository_url TEXT NOT NULL, -- {package.repository_url}
  pypi_url TEXT NOT NULL, -- {package.pypi_url}
  documentation_url TEXT, -- {package.documentation_url}
  downloads INTEGER, -- {package.downloads}
  downloads_month TEXT, -- {downloads.month}
  version TEXT, -- On PyPI: {pypi.version}
  released TEXT, -- When that was uploaded
  requires_python TEXT, -- {pypi.requires_python}
  summary TEXT, -- On PyPI: {pypi.summary}
  pypi_name TEXT, -- {pypi.name}; null where PyPI has told nothing
  pypi_status TEXT, -- {pypi.status}
  pypi_status_reason TEXT, -- {pypi.status_reason}
  stars INTEGER, -- {repository.stars}; of the repository, as the next eleven
  forks INTEGER, -- {repository.forks}
  last_commit TEXT, -- {repository.last_commit}
  archived INTEGER, -- {repository.archived}; null where no host of it has told anything
  fork INTEGER, -- {repository.fork}
  topics TEXT, -- {repository.topics}
  participants INTEGER, -- How many contributed: as many as it has rows in the table of this name
  commits_over_52 TEXT, -- {repository.commits_over_52}
  homepage TEXT, -- {repository.homepage}
  repository_name TEXT, -- {repository.name}
  repository_description TEXT, -- {repository.description}
  repository_licence TEXT, -- {repository.licence}
  created TEXT NOT NULL, -- {package.created}
  modified TEXT NOT NULL, -- {package.modified}
  last_fetched TEXT -- {package.last_fetched}
);

CREATE TABLE releases (
  -- {pypi.releases}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Whose version
  position INTEGER NOT NULL, -- 1 is the newest by PEP 440
  version TEXT NOT NULL, -- {release.version}
  uploaded TEXT, -- {release.uploaded}
  prerelease INTEGER NOT NULL, -- {release.prerelease}
  yanked TEXT, -- {release.yanked}
  requires_python TEXT, -- {release.requires_python}
  PRIMARY KEY (package_id, position)
) WITHOUT ROWID;

CREATE TABLE classifiers (
  -- What packages say of themselves on PyPI, each once
  id INTEGER PRIMARY KEY, -- Of this file alone: another may have others
  name TEXT NOT NULL UNIQUE -- In full, such as Framework :: Django
);

CREATE TABLE package_classifiers (
  -- {pypi.classifiers}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Whose classifier
  classifier_id INTEGER NOT NULL REFERENCES classifiers (id), -- Which one
  PRIMARY KEY (package_id, classifier_id)
) WITHOUT ROWID;

CREATE TABLE project_urls (
  -- {pypi.project_urls}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Whose link
  label TEXT NOT NULL, -- What the project calls it
  url TEXT NOT NULL, -- Where it leads
  PRIMARY KEY (package_id, label)
) WITHOUT ROWID;

CREATE TABLE python_versions (
  -- {package.python}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Of which package
  version TEXT NOT NULL, -- Such as 3.13
  PRIMARY KEY (package_id, version)
) WITHOUT ROWID;

CREATE TABLE django_versions (
  -- {package.django}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Of which package
  version TEXT NOT NULL, -- Such as 5.2
  PRIMARY KEY (package_id, version)
) WITHOUT ROWID;

CREATE TABLE tags (
  -- {package.tags}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Whose tag
  tag TEXT NOT NULL, -- The tag, as it was written here
  PRIMARY KEY (package_id, tag)
) WITHOUT ROWID;

CREATE TABLE topics (
  -- {repository.topics}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Whose topic
  topic TEXT NOT NULL, -- The topic, as its repository has it
  PRIMARY KEY (package_id, topic)
) WITHOUT ROWID;

CREATE TABLE participants (
  -- {repository.participants}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- To what they contributed
  position INTEGER NOT NULL, -- 1 is the most active
  login TEXT NOT NULL, -- Their name on the host of the repository
  PRIMARY KEY (package_id, position)
) WITHOUT ROWID;

CREATE TABLE sites (
  -- {package.sites}
  package_id INTEGER NOT NULL REFERENCES packages (id), -- What they use
  position INTEGER NOT NULL, -- In the order in which they were written here, from 1
  title TEXT NOT NULL, -- {site.title}
  url TEXT NOT NULL, -- {site.url}
  PRIMARY KEY (package_id, position)
) WITHOUT ROWID;

CREATE TABLE sources (
  -- How it stands with what a package's facts are from
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Whose facts
  source TEXT NOT NULL, -- Its name
  state TEXT NOT NULL, -- {source.state}
  changed TEXT, -- {source.changed}
  since TEXT, -- {source.since}
  reason TEXT NOT NULL, -- {source.reason}; empty where it is
  PRIMARY KEY (package_id, source)
) WITHOUT ROWID;

CREATE TABLE grids (
  id INTEGER PRIMARY KEY, -- {grid.id}
  slug TEXT NOT NULL UNIQUE, -- {grid.slug}
  title TEXT NOT NULL, -- {grid.title}
  description TEXT NOT NULL, -- {grid.description}
  header INTEGER NOT NULL, -- {grid.header}
  locked INTEGER NOT NULL, -- {grid.locked}
  created TEXT NOT NULL, -- {grid.created}
  modified TEXT NOT NULL -- {grid.modified}
);

CREATE TABLE grid_packages (
  -- The packages that a grid compares
  grid_id INTEGER NOT NULL REFERENCES grids (id), -- Which grid
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Which package
  position INTEGER NOT NULL, -- In the order in which they were added, from 1
  PRIMARY KEY (grid_id, package_id)
) WITHOUT ROWID;

CREATE TABLE features (
  -- {grid.features}
  id INTEGER PRIMARY KEY, -- Of this file alone: another may have others
  grid_id INTEGER NOT NULL REFERENCES grids (id), -- Whose row
  position INTEGER NOT NULL, -- From 1, from the top
  title TEXT NOT NULL, -- {feature.title}
  description TEXT NOT NULL -- {feature.description}
);

CREATE TABLE cells (
  -- What a grid says of a package by a feature
  feature_id INTEGER NOT NULL REFERENCES features (id), -- Which feature
  package_id INTEGER NOT NULL REFERENCES packages (id), -- Which package
  cell TEXT NOT NULL, -- The grid's words
  PRIMARY KEY (feature_id, package_id)
) WITHOUT ROWID;
"""


@cache
def tables() -> str:
    """Give the tables, with what each column means after it."""
    return _TABLES.format(
        category=_meanings(CategoryWholeResource),
        downloads=_meanings(DownloadsResource),
        feature=_meanings(FeatureResource),
        grid=_meanings(GridWholeResource),
        package=_meanings(PackageWholeResource),
        pypi=_meanings(PyPIResource),
        release=_meanings(ReleaseResource),
        repository=_meanings(RepositoryResource),
        site=_meanings(UsageResource),
        source=_meanings(SourceResource),
    )


WORDS: Final = """
INSERT INTO python_versions SELECT DISTINCT packages.id, value FROM packages, json_each(python);
INSERT INTO django_versions SELECT DISTINCT packages.id, value FROM packages, json_each(django);
INSERT INTO tags SELECT DISTINCT packages.id, value FROM packages, json_each(tags);
INSERT INTO topics SELECT DISTINCT packages.id, value FROM packages, json_each(topics);
"""
"""A row for each word of a list."""

INDEXES: Final = """
CREATE INDEX packages_category_id ON packages (category_id);
CREATE INDEX packages_licence ON packages (licence);
CREATE INDEX packages_released ON packages (released);
CREATE INDEX packages_last_commit ON packages (last_commit);
CREATE INDEX packages_stars ON packages (stars);
CREATE INDEX packages_downloads ON packages (downloads);
CREATE INDEX packages_replaced_by_id ON packages (replaced_by_id);
CREATE INDEX releases_uploaded ON releases (uploaded);
CREATE INDEX package_classifiers_classifier_id ON package_classifiers (classifier_id);
CREATE INDEX python_versions_version ON python_versions (version);
CREATE INDEX django_versions_version ON django_versions (version);
CREATE INDEX tags_tag ON tags (tag);
CREATE INDEX topics_topic ON topics (topic);
CREATE INDEX participants_login ON participants (login);
CREATE INDEX grid_packages_package_id ON grid_packages (package_id);
CREATE INDEX features_grid_id ON features (grid_id);
CREATE INDEX cells_package_id ON cells (package_id);
"""
"""Made when the tables are full, which is faster."""

SEARCH: Final = """
CREATE VIRTUAL TABLE packages_fts USING fts5 (
  title, description, summary, tags, topics, pypi_name, repository_name,
  content="packages", content_rowid="id", tokenize="porter unicode61 remove_diacritics 2"
)
"""
"""Words alone: the texts stay in `packages`. By that name in its quotes Datasette finds out what they are of."""
