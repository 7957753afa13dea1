/** Bytes handed to the screen at a time. */
const CHUNK_BYTES = 128 * 1024;
/** Beyond this, the oldest waiting bytes are dropped: they would have scrolled out of reach. */
const WAITING_LIMIT_BYTES = 2 * 1024 * 1024;
/** CAN: ends an escape sequence that was cut in half. */
const CANCEL = new Uint8Array([0x18]);

/** Where the bytes go; `done` is called when they have been taken in. */
export type Sink = (data: Uint8Array, done: () => void) => void;

/**
 * Feeds a screen no faster than it can draw, so that a program that prints without end costs
 * neither memory nor the window's attention.
 */
export class OutputQueue {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing = false;

  constructor(private readonly sink: Sink) {}

  push(data: Uint8Array): void {
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    this.#dropOldest();
    this.#pump();
  }

  #dropOldest(): void {
    if (this.#waitingBytes <= WAITING_LIMIT_BYTES) return;
    while (this.#waitingBytes > WAITING_LIMIT_BYTES && this.#waiting.length > 1) {
      this.#waitingBytes -= this.#waiting.shift()?.length ?? 0;
    }
    this.#waiting.unshift(CANCEL);
    this.#waitingBytes += CANCEL.length;
  }

  #pump(): void {
    if (this.#writing || this.#waiting.length === 0) return;
    this.#writing = true;
    this.sink(this.#take(), () => {
      this.#writing = false;
      this.#pump();
    });
  }

  #take(): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < CHUNK_BYTES) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      const room = CHUNK_BYTES - length;
      if (next.length > room) this.#waiting.unshift(next.subarray(room));
      const part = next.subarray(0, room);
      parts.push(part);
      length += part.length;
    }
    this.#waitingBytes -= length;
    return join(parts, length);
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
