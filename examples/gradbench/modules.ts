import { ba } from "./evals/ba.ts";
import { det } from "./evals/det.ts";
import { gmm } from "./evals/gmm.ts";
import { hello } from "./evals/hello.ts";
import { ht } from "./evals/ht.ts";
import { kmeans } from "./evals/kmeans.ts";
import { llsq } from "./evals/llsq.ts";
import { lse } from "./evals/lse.ts";
import { lstm } from "./evals/lstm.ts";
import { ode } from "./evals/ode.ts";
import { particle } from "./evals/particle.ts";
import { saddle } from "./evals/saddle.ts";
import type { EvalModule } from "./protocol.ts";

/** The evals by the names that messages call them. */
export const modules: Readonly<Record<string, EvalModule>> = {
  ba,
  det,
  gmm,
  hello,
  ht,
  kmeans,
  llsq,
  lse,
  lstm,
  ode,
  particle,
  saddle,
};

/** The module of an eval; `undefined` if there is none of that name. */
export const findModule = (name: string): EvalModule | undefined =>
  Object.hasOwn(modules, name) ? modules[name] : undefined;
