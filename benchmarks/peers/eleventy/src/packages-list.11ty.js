// A list of them, page by page.
exports.data = {
  pagination: { data: "packages", size: 100, alias: "items" },
  permalink: ({ pagination }) =>
    `packages/${pagination.pageNumber ? `page/${pagination.pageNumber + 1}/` : ""}index.json`,
};
exports.render = ({ packages, items, pagination }) =>
  JSON.stringify({
    count: packages.length,
    previous: pagination.href.previous || "",
    next: pagination.href.next || "",
    items: items.map((it) => ({ title: it.title, url: `/packages/${it.slug}/`, summary: it.summary || it.description })),
  });
