import { CotangentError } from "../core/index.ts";

/** What is used of a tensor of ONNX Runtime. */
export interface OnnxTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** What is used of a session. */
export interface OnnxSession {
  run(feeds: { readonly [name: string]: OnnxTensor }): Promise<{ readonly [name: string]: OnnxTensor }>;
  release(): Promise<void>;
}

/** What is used of `onnxruntime-node` or `onnxruntime-web`: either module is one. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<unknown> };
  readonly Tensor: new (...args: never[]) => unknown;
}

/** A package that runs models, by name. */
export type RuntimeName = "onnxruntime-node" | "onnxruntime-web";

const isRuntime = (module: unknown): module is OnnxRuntime =>
  typeof module === "object" && module !== null && "InferenceSession" in module && "Tensor" in module;

/** The module of a package that is an optional peer. */
export const loadRuntime = async (name: RuntimeName, where: string): Promise<OnnxRuntime> => {
  let module: unknown;
  try {
    // By a variable, so that bundlers do not look for a package that may not be there.
    const specifier: string = name;
    module = await import(/* @vite-ignore */ specifier);
  } catch (cause) {
    throw new CotangentError(
      `${where}: needs the package ${name}, which could not be loaded. Install it (npm install ${name}), or pass a loaded ` +
        `module: { runtime: await import("${name}") }.`,
      { cause },
    );
  }
  if (isRuntime(module)) return module;
  const inner: unknown =
    typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  if (isRuntime(inner)) return inner;
  throw new CotangentError(
    `${where}: the package ${name} has no InferenceSession; take a newer version of it.`,
  );
};
