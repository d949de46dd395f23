import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { docs, repositoryPath, siteLink } from "./linked-sources.ts";

type Items = DefaultTheme.SidebarItem[];

const page = (text: string, link: string): DefaultTheme.SidebarItem => ({ text, link });

/** Optional pages stand in the navigation as soon as they exist. */
const ifThere = (text: string, link: string): Items =>
  existsSync(join(docs, `${link}.md`)) ? [page(text, link)] : [];

const titleOf = (file: string): string => /^# (.*)$/m.exec(readFileSync(file, "utf8"))?.[1] ?? file;

const chapters = (): Items =>
  readdirSync(join(docs, "backprop"))
    .filter((file) => /^\d.*\.md$/.test(file))
    .sort()
    .map((file) => page(titleOf(join(docs, "backprop", file)), `/backprop/${file.replace(/\.md$/, "")}`));

/** The pages of the reference as TypeDoc wrote them: `numpy.fft` lies in `namespaces/numpy/namespaces/fft.md`. */
const reference = (folder = "api/cotangent", prefix = ""): Items => {
  const directory = join(docs, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const name = entry.name.replace(/\.md$/, "");
    if (name === "index") return [];
    if (name === "namespaces") return reference(`${folder}/namespaces`, prefix);
    const full = prefix === "" ? name : `${prefix}.${name}`;
    if (entry.isFile()) return [page(full, `/${folder}/${name}`)];
    return [page(full, `/${folder}/${name}/`), ...reference(`${folder}/${name}`, full)];
  });
};

const guide: Items = [
  {
    text: "Begin",
    items: [
      page("Quick start", "/quick-start"),
      page("Tutorial", "/tutorial"),
      page("Autodiff from first principles", "/first-principles"),
      page("Coming from JAX and others", "/coming-from"),
      page("Sharp edges", "/sharp-edges"),
      ...ifThere("Numerical edges", "/edges"),
      ...ifThere("Shapes, dtypes and refusals", "/shapes-and-dtypes"),
      ...ifThere("Errors", "/errors"),
    ],
  },
  {
    text: "Use",
    items: [
      page("Learning", "/learning"),
      ...ifThere("Testing", "/testing"),
      ...ifThere("Debugging", "/debugging"),
      ...ifThere("Seeing", "/inspect"),
      ...ifThere("ONNX", "/onnx"),
      ...ifThere("Other engines", "/export"),
      page("Which engine when", "/engines"),
      page("Examples", "/examples"),
      page("The playground", "/playground"),
      page("Performance", "/performance"),
      page("GradBench", "/gradbench"),
      page("Accuracy", "/accuracy"),
      page("JAX's names and ours", "/jax-names"),
    ],
  },
  { text: "Backpropagation", collapsed: false, items: [page("Contents", "/backprop/"), ...chapters()] },
  {
    text: "Inside",
    items: [
      page("Architecture", "/architecture"),
      page("Contributing", "/contributing"),
      page("Changes", "/changelog"),
    ],
  },
];

export default defineConfig({
  title: "cotangent",
  description: "Automatic differentiation for TypeScript, in the manner of JAX",
  cleanUrls: true,
  rewrites: { "backprop/README.md": "backprop/index.md" },
  markdown: {
    languageAlias: { mjs: "js" },
    config: (md) => {
      md.core.ruler.push("repository-links", (state) => {
        const from = repositoryPath((state.env as { relativePath?: string }).relativePath ?? "");
        for (const token of state.tokens.flatMap((t) => t.children ?? [])) {
          const link = token.attrGet("href");
          if (token.type !== "link_open" || link === null) continue;
          const target = siteLink(from, link);
          if (target !== undefined) token.attrSet("href", target);
        }
      });
    },
  },
  themeConfig: {
    nav: [
      page("Guide", "/quick-start") as DefaultTheme.NavItemWithLink,
      page("Reference", "/api/") as DefaultTheme.NavItemWithLink,
    ],
    sidebar: {
      "/": guide,
      "/api/": [{ text: "Reference", items: [page("cotangent", "/api/cotangent/"), ...reference()] }],
    },
    outline: [2, 3],
    search: { provider: "local" },
  },
});
