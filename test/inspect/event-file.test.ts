import { readFileSync } from "node:fs";
import { encodeEvents } from "cotangent/inspect";
import { describe, expect, test } from "vitest";
import { crc32c } from "../../src/inspect/crc32c.ts";
import { events } from "../golden/event-files.ts";

interface Golden {
  readonly scalars: Readonly<
    Record<string, readonly (readonly [step: number, wallTime: number, value: number])[]>
  >;
  readonly histograms: Readonly<
    Record<string, readonly (readonly [step: number, histogram: Record<string, unknown>])[]>
  >;
}

/** What TensorBoard's reader found, in Python's spelling of infinity. */
const golden = JSON.parse(
  readFileSync(new URL("../golden/event-files.json", import.meta.url), "utf8").replaceAll(
    "Infinity",
    "1e999",
  ),
) as Golden;

describe("encodeEvents", () => {
  test("TensorBoard read every scalar of the golden file, with step and time", () => {
    const written: Record<string, [number, number, number][]> = {};
    for (const { step, wallTime, scalars = {} } of events)
      for (const [tag, value] of Object.entries(scalars))
        written[tag] = [...(written[tag] ?? []), [step, wallTime as number, Math.fround(value)]];
    expect(golden.scalars).toEqual(written);
  });

  test("and every histogram: a bucket in front says where the first begins", () => {
    const [, { histograms = {} } = {}] = events;
    for (const [tag, { edges, counts, sum, sumOfSquares }] of Object.entries(histograms)) {
      expect(golden.histograms[tag]).toEqual([
        [
          7,
          {
            min: edges[0],
            max: edges.at(-1),
            num: counts.reduce((a, b) => a + b, 0),
            sum,
            sumSquares: sumOfSquares,
            bucketLimit: edges,
            bucket: [0, ...counts],
          },
        ],
      ]);
    }
    expect(Object.keys(golden.histograms)).toEqual(Object.keys(histograms));
  });

  test("the bytes are those that it read", () => {
    // The checksum of the file from which the golden data came.
    expect(encodeEvents(events)).toHaveLength(411);
    expect(crc32c(encodeEvents(events))).toBe(707353842);
  });

  test("a file of no events has its version alone; a step is a whole number", () => {
    expect(new TextDecoder().decode(encodeEvents([]))).toContain("brain.Event:2");
    expect(() => encodeEvents([{ step: 0.5 }])).toThrow(/encodeEvents: the step .* 0\.5/);
  });
});

test("CRC-32C of the vectors of RFC 3720", () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});
