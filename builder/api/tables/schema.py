"""The tables of the SQLite file. What a column means stands beside it: Datasette shows that below each table.

To these, too, columns and tables are only ever added.
"""

from typing import Final

VERSION: Final = 1

TABLES: Final = """
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  title_plural TEXT NOT NULL,
  description TEXT NOT NULL,
  show_pypi INTEGER NOT NULL,
  created TEXT NOT NULL,
  modified TEXT NOT NULL
);

CREATE TABLE packages (
  -- NULL is not known, and never "no", "" or zero. Moments are UTC. Lists are JSON arrays.
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL, -- the repository's word, else PyPI's
  category_id INTEGER NOT NULL REFERENCES categories (id),
  standing TEXT NOT NULL, -- why nobody should begin with it; [] where nothing speaks against it
  licence TEXT, -- SPDX where it can be
  python TEXT, -- versions that its classifiers name, but for those that it cannot be installed on
  django TEXT,
  python3 INTEGER, -- whether any Python 3 is supported
  development_status INTEGER, -- 1 (planning) to 7 (inactive)
  tags TEXT NOT NULL,
  deprecated TEXT, -- since when
  replaced_by_id INTEGER REFERENCES packages (id),
  usage_count INTEGER NOT NULL,
  repository_url TEXT NOT NULL,
  pypi_url TEXT NOT NULL,
  documentation_url TEXT,
  downloads INTEGER, -- from PyPI, in the month downloads_month
  downloads_month TEXT,
  version TEXT, -- on PyPI: the newest that is neither yanked nor a pre-release, where there is one
  released TEXT, -- when that was uploaded
  requires_python TEXT,
  summary TEXT,
  pypi_name TEXT, -- NULL where PyPI has told nothing
  pypi_status TEXT, -- PEP 792
  pypi_status_reason TEXT,
  stars INTEGER, -- of the repository, as all that follows
  forks INTEGER,
  last_commit TEXT,
  archived INTEGER, -- NULL where no forge has told anything
  fork INTEGER,
  topics TEXT,
  participants INTEGER, -- how many there are in the table of this name
  commits_over_52 TEXT, -- commits a week, oldest first
  homepage TEXT,
  repository_name TEXT, -- its path on the forge as it is now
  repository_description TEXT,
  repository_licence TEXT,
  created TEXT NOT NULL,
  modified TEXT NOT NULL,
  last_fetched TEXT
);

CREATE TABLE releases (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  position INTEGER NOT NULL, -- 1 is the newest by PEP 440
  version TEXT NOT NULL,
  uploaded TEXT,
  prerelease INTEGER NOT NULL,
  yanked TEXT, -- the reason, '' where none was given; NULL where it is not yanked
  requires_python TEXT,
  PRIMARY KEY (package_id, position)
) WITHOUT ROWID;

CREATE TABLE classifiers (
  id INTEGER PRIMARY KEY, -- of this file alone: another may have others
  name TEXT NOT NULL UNIQUE
);

CREATE TABLE package_classifiers (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  classifier_id INTEGER NOT NULL REFERENCES classifiers (id),
  PRIMARY KEY (package_id, classifier_id)
) WITHOUT ROWID;

CREATE TABLE project_urls (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  label TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (package_id, label)
) WITHOUT ROWID;

CREATE TABLE python_versions (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  version TEXT NOT NULL,
  PRIMARY KEY (package_id, version)
) WITHOUT ROWID;

CREATE TABLE django_versions (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  version TEXT NOT NULL,
  PRIMARY KEY (package_id, version)
) WITHOUT ROWID;

CREATE TABLE tags (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (package_id, tag)
) WITHOUT ROWID;

CREATE TABLE topics (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  topic TEXT NOT NULL,
  PRIMARY KEY (package_id, topic)
) WITHOUT ROWID;

CREATE TABLE participants (
  package_id INTEGER NOT NULL REFERENCES packages (id),
  position INTEGER NOT NULL, -- 1 is the most active
  login TEXT NOT NULL,
  PRIMARY KEY (package_id, position)
) WITHOUT ROWID;

CREATE TABLE sites (
  -- who uses a package
  package_id INTEGER NOT NULL REFERENCES packages (id),
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (package_id, position)
) WITHOUT ROWID;

CREATE TABLE sources (
  -- how it stands with what a package's facts are from
  package_id INTEGER NOT NULL REFERENCES packages (id),
  source TEXT NOT NULL,
  state TEXT NOT NULL, -- ok, failed, missing, taken over
  changed TEXT, -- when it last said something new
  since TEXT, -- when the state began; NULL where all is well
  reason TEXT NOT NULL,
  PRIMARY KEY (package_id, source)
) WITHOUT ROWID;

CREATE TABLE grids (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  header INTEGER NOT NULL,
  locked INTEGER NOT NULL,
  created TEXT NOT NULL,
  modified TEXT NOT NULL
);

CREATE TABLE grid_packages (
  grid_id INTEGER NOT NULL REFERENCES grids (id),
  package_id INTEGER NOT NULL REFERENCES packages (id),
  position INTEGER NOT NULL, -- in the order in which they were linked
  PRIMARY KEY (grid_id, package_id)
) WITHOUT ROWID;

CREATE TABLE features (
  id INTEGER PRIMARY KEY, -- of this file alone: another may have others
  grid_id INTEGER NOT NULL REFERENCES grids (id),
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL
);

CREATE TABLE cells (
  -- what a grid says of a package by a feature
  feature_id INTEGER NOT NULL REFERENCES features (id),
  package_id INTEGER NOT NULL REFERENCES packages (id),
  cell TEXT NOT NULL,
  PRIMARY KEY (feature_id, package_id)
) WITHOUT ROWID;
"""

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
