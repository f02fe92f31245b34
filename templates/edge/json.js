/** JSON texts laid out for readers, token by token: what a token says is not touched. */

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;

/** The text with each value on a line of its own, `width` spaces a level; `shown(token, isKey)` may write a token anew. */
export const indented = (text, width, shown = (token) => token) => {
  const tokens = text.match(TOKEN);
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
  return out.join("");
};
