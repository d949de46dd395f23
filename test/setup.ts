import fc from "fast-check";

/*
 * Property tests draw the same examples on every run, so that a change is judged by what it changes. Others are drawn by
 * giving another seed (`FAST_CHECK_SEED=7 npm test`), and by the fuzzing scripts.
 */
fc.configureGlobal({ seed: Number(process.env["FAST_CHECK_SEED"] ?? 1) });
