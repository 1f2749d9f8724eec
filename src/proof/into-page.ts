/**
 * A page with `tables` between the marks of a command, where they were before or where only the marks stand.
 * command: as the mark names it. @throws RangeError when the page has no such marks
 */
export function intoPage(page: string, command: string, tables: string): string {
  const [begin, end] = [`<!-- ${command}: begin -->`, `<!-- ${command}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new RangeError(`the page has no ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${tables.trim()}\n\n${page.slice(to)}`;
}
