export * from "./norm.ts";
