import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { headersOf, metaPolicy, workerFolder } from "./policy.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const lines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `  ${name}: ${value}\n`)
    .join("");

/** The policy goes into the page, into the `_headers` file that many static hosts read, and to `vite preview`. */
const policy = (): Plugin => ({
  name: "policy",
  apply: (_config, { command, isPreview }) => command === "build" || isPreview === true,
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: metaPolicy },
      injectTo: "head-prepend",
    },
  ],
  generateBundle() {
    // A host that joins the headers of all patterns that match must not give workers the page's policy, too.
    const source = `/\n${lines(headersOf("/"))}/index.html\n${lines(headersOf("/"))}/${workerFolder}/*\n${lines(headersOf(`/${workerFolder}/`))}`;
    this.emitFile({ type: "asset", fileName: "_headers", source });
  },
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      for (const [name, value] of Object.entries(headersOf(request.url ?? "/")))
        response.setHeader(name, value);
      next();
    });
  },
});

export default defineConfig({
  // Relative addresses: the page may lie in any folder of any host.
  base: "./",
  resolve: {
    alias: [
      { find: /^cotangent$/, replacement: here("../../src/index.ts") },
      { find: /^cotangent\/([a-z/]+)$/, replacement: here("../../src/$1/index.ts") },
    ],
  },
  plugins: [policy()],
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    // Nothing is inlined as data: addresses, which the policy does not allow.
    assetsInlineLimit: 0,
  },
  worker: {
    format: "es",
    rollupOptions: {
      output: {
        entryFileNames: `${workerFolder}/[name]-[hash].js`,
        chunkFileNames: `${workerFolder}/[name]-[hash].js`,
      },
    },
  },
  server: { fs: { allow: [here("../..")] } },
  preview: { host: "127.0.0.1", port: 4317 },
});
