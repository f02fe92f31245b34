/** JSON texts laid out for readers, token by token: what a token says is not touched. */

const MOST = 20_000; // tokens that are laid out: more take too long for an edge, and nobody reads them

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;

/**
 * A text with each value on a line of its own, `width` spaces a level; `shown(token, isKey)` may write a token anew.
 * @returns {text, cut (whether there was more of it than is laid out)}
 */
export const indented = (text, width, shown = (token) => token) => {
  const { tokens, cut } = begun(text);
  const out = [];
  let level = 0;
  const line = () => `\n${" ".repeat(width * level)}`;
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (token === "[" || token === "{") {
      level += 1;
      out.push(token, next === "]" || next === "}" ? "" : line());
    } else if (token === "]" || token === "}") {
      level -= 1;
      out.push(tokens[i - 1] === "[" || tokens[i - 1] === "{" ? "" : line(), token);
    } else if (token === ",") out.push(token, line());
    else if (token === ":") out.push(": ");
    else out.push(shown(token, next === ":"));
  });
  return { text: out.join(""), cut };
};

/** The first tokens of a text: the others are not even looked for. */
const begun = (text) => {
  const tokens = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (tokens.length === MOST) return { tokens, cut: true };
    tokens.push(token);
  }
  return { tokens, cut: false };
};
