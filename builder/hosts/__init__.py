"""Where an output's bytes lie, so that a host answers its route with them: one module per kind of host."""

from builder.hosts.base import Host
from builder.hosts.index_files import IndexFiles

HOSTS: tuple[Host, ...] = (IndexFiles(),)

__all__ = ["HOSTS", "Host"]
