"""Where an output's bytes lie, and what a host is told, so that it answers as the original: one module per host.

A new host is one module here and one line in `HOSTS`; it then runs the same conformance suite as the others.
"""

from builder.hosts.apache import Apache
from builder.hosts.base import CONFIGURATION, File, Host, Limits, Place, Server
from builder.hosts.caddy import Caddy
from builder.hosts.cloudflare import Cloudflare
from builder.hosts.generic import Generic
from builder.hosts.github_pages import GitHubPages
from builder.hosts.limits import hold
from builder.hosts.netlify import Netlify
from builder.hosts.nginx import Nginx
from builder.hosts.node import Node
from builder.hosts.s3_cloudfront import S3CloudFront

HOSTS: tuple[Host, ...] = (
    GitHubPages(),
    Generic(),
    Nginx(),
    Caddy(),
    Apache(),
    Cloudflare(),
    Netlify(),
    Node(),
    S3CloudFront(),
)
"""The first is the one that is built for where nothing else is said."""

__all__ = ["CONFIGURATION", "HOSTS", "File", "Host", "Limits", "Place", "Server", "hold", "host_named"]


def host_named(name: str) -> Host:
    """Give the host of that name, which must be one."""
    return next(host for host in HOSTS if host.name == name)
