/** Colours of the style sheet as numbers, for canvases. */

export type Rgb = readonly [r: number, g: number, b: number];

/** What a custom property is at present, in light or dark. */
export const colourOf = (property: string): Rgb => {
  const probe = document.createElement("span");
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const numbers = getComputedStyle(probe).color.match(/[\d.]+/g) ?? [];
  probe.remove();
  return [Number(numbers[0] ?? 0), Number(numbers[1] ?? 0), Number(numbers[2] ?? 0)];
};

export const css = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;
