"""What an address must do: a list of small named functions. A new rule is one function and one line here.

A check raises at the first thing that is otherwise; what it is for is the first line of its docstring, and its name is
that of the function, with `-` for `_`.
"""

from collections.abc import Callable

from builder.verify.checks import headers, items, lists, methods, missing, pages, v3
from builder.verify.live import Live

Check = Callable[[Live], None]

CHECKS: tuple[Check, ...] = (
    pages.generation,
    items.base_url,
    headers.api_types,
    headers.types_fit,
    headers.cors,
    headers.cors_not_modified,
    headers.cors_not_found,
    headers.cors_redirect,
    headers.cors_preflight,
    headers.nosniff,
    headers.cache_control,
    headers.etag,
    headers.compression,
    headers.compression_br,
    methods.head,
    methods.options,
    methods.post_refused,
    methods.post_refused_in_words,
    items.slash,
    items.slashless,
    items.slashless_relative,
    items.slashless_query,
    items.no_way_out,
    items.id_and_slug,
    items.item_as_listed,
    items.links,
    items.suffix,
    items.suffix_list,
    headers.suffix_types,
    items.format_json,
    items.format_follows,
    lists.walk_packages,
    lists.walk_grids,
    lists.walk_categories,
    lists.pages_differ,
    lists.default_pages,
    lists.any_page,
    lists.odd_pages,
    lists.no_wrong_page,
    missing.not_found,
    missing.not_found_json,
    missing.not_found_words,
    missing.not_found_page,
    missing.hidden,
    missing.gone,
    missing.search,
    missing.search_index,
    v3.v3_root,
    v3.v3_walk_packages,
    v3.v3_walk_grids,
    v3.v3_walk_categories,
    v3.v3_counts,
    v3.v3_items,
    v3.v3_not_found,
    v3.v3_post_refused,
    v3.v3_limit_0,
    pages.pages,
    pages.assets,
    pages.browsable,
    pages.feeds,
    pages.feed_folders,
    pages.robots,
)


def name_of(check: Check) -> str:
    """Give the name of a check, as in the table and in a host's `cannot`."""
    return check.__name__.replace("_", "-")


def purpose_of(check: Check) -> str:
    """Give what a check is for, in a sentence."""
    return (check.__doc__ or "").partition("\n")[0]
