import { linkedSources, sourcePage } from "../.vitepress/linked-sources.ts";

export default {
  paths: () => linkedSources().map((path) => ({ params: { path }, content: sourcePage(path) })),
};
