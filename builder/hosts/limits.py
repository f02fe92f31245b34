"""A host's limits, held before anything is deployed: a build that would break one fails, with the count."""

from collections import Counter
from collections.abc import Iterable, Iterator

from builder.errors import SiteError
from builder.hosts.base import Host
from builder.urls import Urls


def hold(host: Host, files: Iterable[tuple[str, int]]) -> None:
    """Hold a site to its host's limits: the paths of all its files, with their bytes.

    Raises:
        SiteError: the host would not take them.
    """
    limits, folders = host.limits, Counter[str]()
    count = size = 0
    for path, length in files:
        count += 1
        size += length
        if limits.folder_entries is not None:
            folders.update(list(_newly_entered(path, folders)))  # all found before the first is counted
        if limits.file_bytes is not None and length > limits.file_bytes:
            raise _too_much(host, f"{path} has {length:,} bytes", f"{limits.file_bytes:,} in a file")
    if limits.files is not None and count > limits.files:
        raise _too_much(host, f"The site has {count:,} files", f"{limits.files:,}")
    if limits.total_bytes is not None and size > limits.total_bytes:
        raise _too_much(host, f"The site has {size:,} bytes", f"{limits.total_bytes:,}")
    if limits.folder_entries is not None and folders:
        folder, entries = folders.most_common(1)[0]
        if entries > limits.folder_entries:
            raise _too_much(
                host, f"{folder or 'The site'} has {entries:,} entries", f"{limits.folder_entries:,} in a folder"
            )


def at_the_root(host: Host, site: Urls) -> None:
    """Hold a host that serves whole domains to sites that are one.

    Raises:
        SiteError: the site's address has a path.
    """
    if site.prefix:
        raise SiteError(
            f"{host.name} serves a site at the root of its domain, and base_url has the path {site.prefix}; "
            "nothing was changed. Name an address without a path, or choose another --host."
        )


def _newly_entered(path: str, folders: Counter[str]) -> Iterator[str]:
    """Yield the folders that get one more entry by a file: its own, and those above that are themselves new."""
    folder = path.rpartition("/")[0]
    yield folder
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
        yield folder


def _too_much(host: Host, found: str, allowed: str) -> SiteError:
    why = f" ({host.limits.source})" if host.limits.source else ""
    return SiteError(
        f"{found}, and {host.name} takes {allowed}{why}; nothing was changed. Fewer are made with --no-copies, "
        "--no-v3, --no-siblings, --no-pictures, --no-extras, --no-details or --no-badges, and smaller ones with "
        "--no-dumps; or choose another --host."
    )
