/**
 * The import rules of the house, written once (docs/architecture.md tells why).
 *
 * `floors` is the whole picture: a room may import itself and the rooms listed for it, nothing else of ours.
 * Everything below the table turns it into dependency-cruiser rules. Type-only imports count as imports.
 */

const data = ["array"];
const trees = [...data, "tree"];
const language = [...trees, "core", "kernel"];
const operations = [...language, "primitives"];
const programs = [...operations, "interpreters", "compile"];
const transforms = [...programs, "calls", "transforms"];
const arrays = [...transforms, "lax", "numpy"];
const mathematics = [...arrays, "linalg", "fft", "special", "stats", "scipy", "random"];
const training = [...mathematics, "nn", "optim", "data", "io"];
const learning = [...training, "train"];

/** Room to the rooms it may import. */
const floors = {
  array: [],
  tree: data,
  core: [...trees, "kernel"],
  kernel: data,
  primitives: language,
  interpreters: operations,
  compile: operations,
  calls: programs,
  transforms: [...programs, "calls"],
  debug: transforms,
  lax: transforms,
  numpy: [...transforms, "lax"],
  linalg: arrays,
  fft: arrays,
  special: arrays,
  stats: [...arrays, "linalg", "special"],
  scipy: ["special", "stats"],
  random: [...arrays, "linalg", "special"],
  nn: mathematics,
  optim: mathematics,
  data: mathematics,
  io: mathematics,
  train: training,
  testing: learning,
  inspect: learning,
  onnx: [...learning, "inspect"],
  export: learning,
};

/** `numpy.linalg` and `numpy.fft` are names inside the public face of numpy, as in JAX. */
const namespaces = { numpy: ["linalg", "fft"] };

/** Rooms whose index.ts is a public subpath of the package. */
const publicRooms = ["testing", "testing/vitest", "optim", "inspect", "io", "train", "onnx", "export"];
const publicFace = `^src/(index|(${publicRooms.join("|")})/index)\\.ts$`;

const either = (names) => `(${names.join("|")})`;

const floorRules = Object.entries(floors).map(([room, below]) => ({
  name: `floor-${room}`,
  comment: `src/${room} may import ${below.length === 0 ? "no other room" : `only ${below.join(", ")}`}.`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/${either([room, ...below, ...(namespaces[room] ?? [])])}/` },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: "known-room",
      comment: "Every folder of src is a room of the floors table; src itself holds index.ts alone.",
      severity: "error",
      from: { path: "^src/", pathNot: [`^src/${either(Object.keys(floors))}/`, "^src/index\\.ts$"] },
      to: {},
    },
    {
      name: "known-room-orphan",
      comment: "As known-room, for a file that imports nothing.",
      severity: "error",
      from: {
        orphan: true,
        path: "^src/",
        pathNot: [`^src/${either(Object.keys(floors))}/`, "^src/index\\.ts$"],
      },
      to: {},
    },
    {
      name: "no-circle",
      comment: "No import circle anywhere, of types neither.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "public-face-is-top",
      comment:
        "A public index is imported from src/index.ts, tests and examples; inside src, import the file itself.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/index\\.ts$" },
      to: { path: publicFace },
    },
    {
      name: "fast-check-in-testing-only",
      comment: "fast-check is an optional peer: only cotangent/testing may need it.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/testing/" },
      to: { path: "(^|/)node_modules/fast-check/" },
    },
    {
      name: "main-entry-without-fast-check",
      comment: "No entry but cotangent/testing may reach fast-check, by whatever way.",
      severity: "error",
      from: { path: publicFace, pathNot: "^src/testing/(vitest/)?index\\.ts$" },
      to: { path: "(^|/)node_modules/fast-check/", reachable: true },
    },
    {
      name: "node-in-io-only",
      comment: "The library runs in browsers: node: modules only in src/io and src/data/node.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(io/|data/node[/.-])" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "runtime-dependencies",
      comment:
        "src needs fp-ts and immer, and fast-check in src/testing; nothing else from npm but what has a rule of its own.",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: "^src/((inspect|onnx)/.*|io/npz|train/progress|testing/vitest/index)\\.ts$",
      },
      to: { path: "(^|/)node_modules/", pathNot: "(^|/)node_modules/(fp-ts|immer|fast-check)/" },
    },
    {
      name: "archives-and-bars",
      comment:
        "Zip archives are fflate's business, in src/io/npz.ts; progress bars cli-progress's, in src/train/progress.ts.",
      severity: "error",
      from: { path: "^src/(io/npz|train/progress)\\.ts$" },
      to: {
        path: "(^|/)node_modules/",
        pathNot: "(^|/)node_modules/(fp-ts|fflate|cli-progress|@types/cli-progress)/",
      },
    },
    {
      name: "pictures",
      comment:
        "Layout of graphs (dagre), scales, lines and contours (d3) and the wire format of event files (protobuf) are for " +
        "src/inspect alone.",
      severity: "error",
      from: { path: "^src/inspect/" },
      to: {
        path: "(^|/)node_modules/",
        pathNot:
          "(^|/)node_modules/(fp-ts|@dagrejs/dagre|@bufbuild/protobuf|(@types/)?d3-(array|contour|scale|shape))/",
      },
    },
    {
      name: "main-entry-without-pictures",
      comment: "No entry but cotangent/inspect may reach what pictures need, by whatever way.",
      severity: "error",
      from: { path: publicFace, pathNot: "^src/inspect/index\\.ts$" },
      to: { path: "(^|/)node_modules/(@dagrejs|d3-)", reachable: true },
    },
    {
      name: "main-entry-without-protobuf",
      comment:
        "No entry but cotangent/inspect and cotangent/onnx may reach the wire format, by whatever way.",
      severity: "error",
      from: { path: publicFace, pathNot: "^src/(inspect|onnx)/index\\.ts$" },
      to: { path: "(^|/)node_modules/@bufbuild", reachable: true },
    },
    {
      name: "models",
      comment:
        "src/onnx writes and reads protobuf. The runtime of models is an optional peer: it is loaded when it is asked for.",
      severity: "error",
      from: { path: "^src/onnx/" },
      to: { path: "(^|/)node_modules/", pathNot: "(^|/)node_modules/(fp-ts|@bufbuild/protobuf)/" },
    },
    {
      name: "vitest-for-types",
      comment:
        "Matchers are declared for vitest, and given to it by who uses them: nothing of vitest is loaded.",
      severity: "error",
      from: { path: "^src/testing/vitest/" },
      to: { path: "(^|/)node_modules/vitest/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "src-stands-alone",
      comment: "src never imports tests or examples.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|examples)/" },
    },
    {
      name: "resolvable",
      comment: "Every import leads to a file.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    // A package of its own, whose dependencies the root does not install.
    exclude: { path: "^examples/playground/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
  },
};
