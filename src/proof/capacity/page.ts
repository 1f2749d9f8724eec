const BEGIN = "<!-- capacity: made by npm run capacity -- --page docs/scaling.md -->";
const END = "<!-- capacity: end -->";

/** A page with the tables between its marks. @throws RangeError when the page has no such marks */
export function intoPage(page: string, tables: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new RangeError(`the page has no ${BEGIN} and ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n\n${tables}\n\n${page.slice(to)}`;
}
