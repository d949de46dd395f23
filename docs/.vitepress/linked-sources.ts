/**
 * Pages link to programs and pages of the repository that lie outside `docs`. The site shows each such file on a page of its
 * own, `/source/<path>`, so that no link of it leads out.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const docs: string = fileURLToPath(new URL("..", import.meta.url));
const root: string = dirname(docs);

/** Pages of the repository that are pages of the site, by another name. */
const moved: Readonly<Record<string, string>> = {
  "README.md": "/",
  "CONTRIBUTING.md": "/contributing",
  "CHANGELOG.md": "/changelog",
};

/** The path in the repository of what a page links to, if that is a file outside `docs`. */
const outside = (page: string, link: string): string | undefined => {
  if (/^([a-z]+:|#|\/)/i.test(link)) return undefined;
  const path = posix.join(posix.dirname(page), link.replace(/[#?].*$/, ""));
  if (path.startsWith("docs/") || !existsSync(join(root, path))) return undefined;
  return path;
};

/** Where the site has what `page` (its path in the repository) links to; `undefined` for links that are right as they are. */
export const siteLink = (page: string, link: string): string | undefined => {
  const path = outside(page, link);
  if (path !== undefined) return moved[path] ?? `/source/${path}`;
  // Pages at the top of the repository link into docs.
  if (!page.startsWith("docs/") && link.startsWith("docs/")) return link.replace(/^docs/, "");
  return undefined;
};

const pages = (): readonly string[] => [
  ...Object.keys(moved),
  ...readdirSync(docs, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !/node_modules|^api\/|^source\/|\.vitepress/.test(path))
    .map((path) => posix.join("docs", path)),
];

/** Every file outside `docs` that a page links to. */
export const linkedSources = (): readonly string[] => {
  const found = new Set<string>();
  for (const page of pages()) {
    for (const [, link = ""] of readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)\s]+)\)/g)) {
      const path = outside(page, link);
      if (path !== undefined && !(path in moved) && /\.[a-z]+$/.test(path)) found.add(path);
    }
  }
  return [...found].sort();
};

/** A file of the repository as a page. */
export const sourcePage = (path: string): string => {
  const language = path.split(".").at(-1);
  return `# ${path}\n\n~~~~${language}\n${readFileSync(join(root, path), "utf8")}\n~~~~\n`;
};

/** The path in the repository of a page of the site. */
export const repositoryPath = (page: string): string => {
  const path = posix.join("docs", relative(docs, join(docs, page)));
  const original = Object.entries(moved).find(([, link]) => `docs${link}.md` === path)?.[0];
  return original ?? path;
};
