/** Print a line: the one place where the library writes to the console. */
export const write = (line: string): void => {
  // biome-ignore lint/suspicious/noConsole: it is what people call these functions for
  console.log(line);
};
