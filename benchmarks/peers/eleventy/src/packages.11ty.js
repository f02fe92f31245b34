// One answer of each.
exports.data = {
  pagination: { data: "packages", size: 1, alias: "it" },
  permalink: ({ it }) => `packages/${it.slug}/index.json`,
};
exports.render = ({ it }) => JSON.stringify(it);
