// One answer of each.
exports.data = {
  pagination: { data: "grids", size: 1, alias: "it" },
  permalink: ({ it }) => `grids/${it.slug}/index.json`,
};
exports.render = ({ it }) => JSON.stringify(it);
