// What Eleventy makes of the catalogue: pages by Nunjucks, JSON answers by JavaScript.
module.exports = (config) => {
  config.addPassthroughCopy("src/style.css");
  return { dir: { input: "src" }, templateFormats: ["njk", "11ty.js"] };
};
