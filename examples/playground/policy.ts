/**
 * What the page may do, as Content-Security-Policy headers. One place for the build, which writes them down for hosts,
 * for the preview server, and for the tests.
 *
 * The page runs its own scripts and nothing else: it compiles no text and no WebAssembly. All computing happens in
 * workers, each of which has the policy that its own script came with. There the code that a person writes is a module
 * at a `blob:` address, and compiled functions are WebAssembly; but nothing can be fetched or sent.
 */
type Policy = Readonly<Record<string, readonly string[]>>;

const text = (policy: Policy): string =>
  Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(" ")}`)
    .join("; ");

const page: Policy = {
  "default-src": ["'none'"],
  "script-src": ["'self'"],
  "worker-src": ["'self'"],
  "style-src": ["'self'"],
  "img-src": ["'self'"],
  "connect-src": ["'self'"],
  "base-uri": ["'none'"],
  "form-action": ["'none'"],
};

/** For a `<meta>` of the page, on hosts that send no headers of ours. */
export const metaPolicy = text(page);

/** As a header, where one more directive counts. */
export const pagePolicy = text({ ...page, "frame-ancestors": ["'none'"] });

export const workerPolicy = text({
  "default-src": ["'none'"],
  "script-src": ["'self'", "blob:", "'wasm-unsafe-eval'"],
});

/** Where the scripts of workers lie in the built page: a policy goes by the path. */
export const workerFolder = "workers";

/** Headers of every response, by path. */
export const headersOf = (path: string): Readonly<Record<string, string>> => ({
  "Content-Security-Policy": path.startsWith(`/${workerFolder}/`) ? workerPolicy : pagePolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
});
