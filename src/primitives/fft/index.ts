export * from "./fft.ts";
