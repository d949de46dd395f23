import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResidentArea, type Slot } from "../../src/compile/resident-area.ts";

const START = 64;
const LIMIT = 1000;

/** What a person does with an area, by the number of the slot where one is meant. */
const actions = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("place" as const), size: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ kind: fc.constant("touch" as const), slot: fc.nat(30) }),
    fc.record({ kind: fc.constant("release" as const), slot: fc.nat(30) }),
  ),
  { maxLength: 60 },
);

const overlap = (a: Slot, b: Slot): boolean => a.start < b.start + b.size && b.start < a.start + a.size;

describe("ResidentArea", () => {
  it("never gives memory to two at once, and stays below its limit", () => {
    fc.assert(
      fc.property(actions, (list) => {
        const area = new ResidentArea(START, LIMIT);
        const slots: Slot[] = [];
        for (const action of list) {
          if (action.kind === "place") slots.push(area.place(action.size));
          else {
            const slot = slots[action.slot];
            if (slot !== undefined) area[action.kind](slot);
          }
          const placed = slots.filter((slot) => slot.isPlaced);
          for (const [i, slot] of placed.entries()) {
            expect(slot.start).toBeGreaterThanOrEqual(START);
            expect(placed.slice(i + 1).some((other) => overlap(slot, other))).toBe(false);
          }
          expect(area.end).toBe(Math.max(START, ...placed.map(({ start, size }) => start + size)));
          expect(area.end).toBeLessThanOrEqual(LIMIT);
        }
      }),
    );
  });

  it("takes the place of what was not used for longest", () => {
    const area = new ResidentArea(0, 300);
    const [a, b, c] = [area.place(100), area.place(100), area.place(100)];
    area.touch(a);
    const d = area.place(100);
    expect([a, b, c].map((slot) => slot.isPlaced)).toEqual([true, false, true]);
    expect(d.start).toBe(b.start);
    expect(area.place(100).start).toBe(c.start);
    expect([a, c, d].map((slot) => slot.isPlaced)).toEqual([true, false, true]);
  });

  it("fills gaps, and ends where the last one in use does", () => {
    const area = new ResidentArea(0, 1000);
    const [a, b, c] = [area.place(100), area.place(100), area.place(100)];
    area.release(a);
    expect(area.end).toBe(300);
    const small = area.place(60);
    expect(small.start).toBe(0);
    expect(area.place(40).start).toBe(60);
    area.release(b);
    area.release(c);
    expect(area.end).toBe(100);
    area.release(c);
    expect(area.end).toBe(100);
  });

  it("makes one gap of those that touch, in whatever order they come", () => {
    const orders = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    for (const order of orders) {
      const area = new ResidentArea(0, 1000);
      const slots = Array.from({ length: 4 }, () => area.place(100));
      for (const k of order) area.release(slots[k] as Slot);
      expect(area.place(300).start).toBe(0);
      expect(area.end).toBe(400);
    }
  });

  it("lets one that is larger than the limit stand alone", () => {
    const area = new ResidentArea(64, 300);
    const a = area.place(100);
    const large = area.place(5000);
    expect(a.isPlaced).toBe(false);
    expect(large.start).toBe(64);
    area.place(10);
    expect(large.isPlaced).toBe(false);
    expect(area.end).toBe(74);
  });

  it("forgets all when cleared", () => {
    const area = new ResidentArea(64, 1000);
    const [a, b] = [area.place(100), area.place(100)];
    area.release(a);
    area.clear();
    expect(b.isPlaced).toBe(false);
    expect(area.end).toBe(64);
    expect(area.place(10).start).toBe(64);
  });
});
