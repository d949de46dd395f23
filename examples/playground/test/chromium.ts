/** Where a Chromium is on this machine. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The path that `CHROMIUM` names, or the first on `PATH`; `undefined` if there is none. */
export const findChromium = (): string | undefined => {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [
    process.env["CHROMIUM"] ?? "",
    ...names.flatMap((name) => folders.map((f) => join(f, name))),
  ];
  return candidates.find((path) => path !== "" && isProgram(path));
};
