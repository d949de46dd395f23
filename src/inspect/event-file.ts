import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ArgumentError } from "../core/index.ts";
import { crc32c } from "./crc32c.ts";

/** How numbers are spread: `counts[i]` of them lie between `edges[i]` and `edges[i + 1]`. */
export interface Histogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** The sum of the numbers, and of their squares. */
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** What happened at one step of a run, by the names that TensorBoard shows. */
export interface RunEvent {
  readonly step: number;
  /** Seconds since 1970; default the time of writing. */
  readonly wallTime?: number;
  readonly scalars?: Readonly<Record<string, number>>;
  readonly histograms?: Readonly<Record<string, Histogram>>;
}

/*
 * An event file is a list of records: length, checksum of the length, a message, checksum of the message. Field numbers
 * are those of event.proto and summary.proto.
 *
 * @see https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto
 */

/** Checksums are masked, since a checksum of data that holds checksums is weak. */
const masked = (bytes: Uint8Array): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};

const record = (message: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(message.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(message.length), true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(message, 12);
  view.setUint32(12 + message.length, masked(message), true);
  return bytes;
};

const doubles = (writer: BinaryWriter, field: number, numbers: readonly number[]): void => {
  writer.tag(field, WireType.LengthDelimited).fork();
  for (const x of numbers) writer.double(x);
  writer.join();
};

const histogramMessage = (writer: BinaryWriter, { edges, counts, sum, sumOfSquares }: Histogram): void => {
  const number = (field: number, x: number): void => {
    writer.tag(field, WireType.Bit64).double(x);
  };
  const count = counts.reduce((a, b) => a + b, 0);
  number(1, edges[0] ?? 0);
  number(2, edges.at(-1) ?? 0);
  number(3, count);
  number(4, sum);
  number(5, sumOfSquares);
  // A bucket is known by its upper end; the first begins at the least number, which an empty one in front says.
  doubles(writer, 6, edges);
  doubles(writer, 7, [0, ...counts]);
};

const value = (writer: BinaryWriter, tag: string, write: (writer: BinaryWriter) => void): void => {
  writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(tag);
  write(writer);
  writer.join();
};

const eventMessage = (wallTime: number, step: number, write: (writer: BinaryWriter) => void): Uint8Array => {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Bit64).double(wallTime);
  writer.tag(2, WireType.Varint).int64(BigInt(step));
  write(writer);
  return writer.finish();
};

const summary = (writer: BinaryWriter, { scalars = {}, histograms = {} }: RunEvent): void => {
  writer.tag(5, WireType.LengthDelimited).fork();
  for (const [tag, x] of Object.entries(scalars))
    value(writer, tag, (w) => w.tag(2, WireType.Bit32).float(x));
  for (const [tag, histogram] of Object.entries(histograms)) {
    value(writer, tag, (w) => {
      w.tag(5, WireType.LengthDelimited).fork();
      histogramMessage(w, histogram);
      w.join();
    });
  }
  writer.join();
};

/**
 * The bytes of an event file for TensorBoard. Any name with "tfevents" in it will do, in a folder for each run.
 *
 * @throws ArgumentError for a step that is no whole number.
 * @example
 * // Written as runs/first/events.out.tfevents.0, it is found by tensorboard --logdir runs.
 * encodeEvents([{ step: 0, wallTime: 0, scalars: { loss: 1.5 } }]).length; // 84
 */
export const encodeEvents = (events: readonly RunEvent[]): Uint8Array => {
  const now = Date.now() / 1000;
  const start = events[0]?.wallTime ?? now;
  const version = eventMessage(start, 0, (w) => w.tag(3, WireType.LengthDelimited).string("brain.Event:2"));
  const records = [version, ...events.map((event) => encodeEvent(event, now))].map(record);
  const bytes = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of records) {
    bytes.set(each, at);
    at += each.length;
  }
  return bytes;
};

const encodeEvent = (event: RunEvent, now: number): Uint8Array => {
  const { step, wallTime = now } = event;
  if (!Number.isSafeInteger(step))
    throw new ArgumentError(`encodeEvents: the step of an event must be a whole number; got ${step}.`);
  return eventMessage(wallTime, step, (writer) => summary(writer, event));
};
