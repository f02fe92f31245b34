"""What is wrong with the texts: Markdown that cannot be shown, links that lead nowhere, addresses that are taken."""

from collections.abc import Iterator, Mapping
from typing import Final

from builder import markdown, urls
from builder.entries import Article, Records, did_you_mean, show_value
from builder.errors import Problem
from builder.records import PostRecord, TextRecord

AnyArticle = Article[TextRecord] | Article[PostRecord]

# Routes that do not follow from the records: what they hold is known to those alone who make them.
_OTHERS: Final = ("/api/", "/assets/", "/feeds/", "/changelog/feeds/", "/sitemap")


def texts_can_be_shown(data: Records) -> Iterator[Problem]:
    """Yield what texts hold that is not shown: HTML, images, links of other schemes; and headings out of order."""
    for article in _articles(data):
        for fault in markdown.read(article.body, article.line).faults:
            value = show_value(fault.value) if fault.value else ""
            yield Problem(
                article.entry.path, fault.line, fault.column, fault.code, fault.message, fault.hint, value=value
            )


def text_links_lead_somewhere(data: Records) -> Iterator[Problem]:
    """Yield links inside the site to what is not there: a page, or a heading of a text."""
    routes = _routes(data)
    for article in _articles(data):
        text = markdown.read(article.body, article.line)
        for link in text.links:
            route, _, fragment = link.href.partition("#")
            if hint := _missing(route, fragment, text, routes):
                message, shown = "the link leads nowhere", show_value(link.href)
                yield Problem(article.entry.path, link.line, link.column, "text-link", message, hint, value=shown)


def texts_have_free_addresses(data: Records) -> Iterator[Problem]:
    """Yield texts that would stand where another page does."""
    for article in data.texts.values():
        if article.slug in urls.FIRST_STEPS:
            hint = "Give the file another name: it is the text's address."
            yield Problem(article.entry.path, 0, 0, "address-taken", f"/{article.slug}/ is another page", hint)


def cycles_differ(data: Records) -> Iterator[Problem]:
    """Yield releases of a product that stand there twice."""
    for entry in data.products.values():
        seen: dict[str, int] = {}
        for i, release in enumerate(entry.record.releases):
            before = seen.setdefault(release.cycle, i)
            if before != i:
                message, way = f"stands at releases[{before}] already", ("releases", i, "cycle")
                yield entry.problem(way, "listed-twice", message, "Keep one of the two.", release.cycle)


def _articles(data: Records) -> Iterator[AnyArticle]:
    yield from data.texts.values()
    yield from data.posts.values()


def _routes(data: Records) -> dict[str, AnyArticle | None]:
    """Give every route that follows from the records, with its text where it is one; no page that is an extra."""
    routes: dict[str, AnyArticle | None] = dict.fromkeys(urls.PAGES)
    for slug in (*data.packages, *data.broken.get("packages", ())):
        routes[urls.package_page(slug)] = None
    for slug in (*data.grids, *data.broken.get("grids", ())):
        routes |= dict.fromkeys((urls.grid_page(slug), urls.grid_packages(slug), urls.grid_timesheet(slug)))
    routes |= dict.fromkeys(map(urls.category_page, (*data.categories, *data.broken.get("categories", ()))))
    routes |= dict.fromkeys(map(urls.text_page, data.broken.get("pages", ())))
    routes |= dict.fromkeys(map(urls.post_page, data.broken.get("posts", ())))
    for slug, entry in data.products.items():
        routes |= dict.fromkeys(urls.readiness_page(slug, release.cycle) for release in entry.record.releases)
    routes |= {urls.text_page(slug): article for slug, article in data.texts.items()}
    return routes | {urls.post_page(slug): article for slug, article in data.posts.items()}


def _missing(route: str, fragment: str, text: markdown.Text, routes: Mapping[str, AnyArticle | None]) -> str:
    """Give what to do about a link; "" where it leads somewhere."""
    if route.startswith(_OTHERS):
        return ""
    if route and route not in routes:
        if f"{route}/" in routes:
            return f"The address ends in a slash: {route}/"
        return did_you_mean(route, routes) or "Every page has its address in the browser; begin after the site's own."
    target = routes[route] if route else None
    if not fragment or (route and target is None):
        return ""
    there = [heading.id for heading in (markdown.read(target.body, target.line) if target else text).headings]
    if fragment in there:
        return ""
    return f"The headings there: {', '.join(f'#{name}' for name in there)}." if there else "That text has no headings."
