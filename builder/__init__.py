"""Static Packages: a package directory as a static site with a read-only JSON API."""
