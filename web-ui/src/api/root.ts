/**
 * Where this server is, seen from the page: below which path its addresses lie.
 *
 * The server writes that path into the page (`<meta name="transom-root">`), so one build works below any of them.
 */

function readRoot(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="transom-root"]');
  return (meta?.content ?? "").replace(/\/+$/, "");
}

/** The public path below which everything lies: empty, or `/transom` without a slash at its end. */
export const rootPath: string = readRoot();

/** A path of this server as the browser asks for it; `path` begins with a slash. */
export function serverPath(path: string): string {
  return `${rootPath}${path}`;
}
