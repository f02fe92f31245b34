// A list of them, page by page.
exports.data = {
  pagination: { data: "grids", size: 25, alias: "items" },
  permalink: ({ pagination }) =>
    `grids/${pagination.pageNumber ? `page/${pagination.pageNumber + 1}/` : ""}index.json`,
};
exports.render = ({ grids, items, pagination }) =>
  JSON.stringify({
    count: grids.length,
    previous: pagination.href.previous || "",
    next: pagination.href.next || "",
    items: items.map((it) => ({ title: it.title, url: `/grids/${it.slug}/`, summary: it.summary || it.description })),
  });
