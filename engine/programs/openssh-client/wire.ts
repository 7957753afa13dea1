/**
 * What ssh and sshd say to each other here: the version lines of the real protocol (RFC 4253
 * §4.2), then frames of a type, a length and data, in clear text and without keys.
 */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { read32, write32 } from "../../net/bytes.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { concatBytes } from "../support/streams.ts";

export const SSH_PORT = 22;
const VERSION_LINE = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3";

export type FrameType =
  /** To the server: `OpenRequest` as JSON. */
  | "open"
  /** Standard input, output and error; empty data is the end. */
  | "in"
  | "out"
  | "err"
  /** `COLUMNS ROWS` */
  | "resize"
  /** To the client: the status as digits, or why it is refused. */
  | "exit"
  | "refused";

const TYPES: readonly FrameType[] = ["open", "in", "out", "err", "resize", "exit", "refused"];

export interface OpenRequest {
  readonly user: string;
  /** Undefined: a login shell. */
  readonly command: string | undefined;
  readonly terminal:
    { readonly name: string; readonly columns: number; readonly rows: number } | undefined;
}

export interface Frame {
  readonly type: FrameType;
  readonly data: Uint8Array;
}

const HEADER_BYTES = 5;
const MAX_FRAME_BYTES = 1 << 20;
const MAX_LINE_BYTES = 255;
const NEWLINE = 10;

/** EPROTO: the other end sent something else. */
export function parseOpenRequest(data: Uint8Array): OpenRequest {
  const malformed = new KernelError("EPROTO");
  let value: Partial<OpenRequest> | null;
  try {
    value = JSON.parse(decodeUtf8(data)) as Partial<OpenRequest> | null;
  } catch {
    throw malformed;
  }
  const { user, command, terminal } = value ?? {};
  if (typeof user !== "string") throw malformed;
  if (command !== undefined && typeof command !== "string") throw malformed;
  if (!terminal) return { user, command, terminal: undefined };
  const { name, columns, rows } = terminal;
  const sizes = [columns, rows].every((size) => Number.isInteger(size) && size > 0 && size < 1e4);
  if (typeof name !== "string" || !sizes) throw malformed;
  return { user, command, terminal: { name, columns, rows } };
}

/** One end of a connection. */
export class Wire {
  private buffer = new Uint8Array(0);

  constructor(
    private readonly sys: Sys,
    readonly fd: number,
  ) {}

  *send(type: FrameType, data: Uint8Array | string): Blocking<void> {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    const frame = new Uint8Array(HEADER_BYTES + bytes.length);
    frame[0] = TYPES.indexOf(type);
    write32(frame, 1, bytes.length);
    frame.set(bytes, HEADER_BYTES);
    yield* this.sys.write(this.fd, frame);
  }

  /** Each says its version. False: the other one is no SSH. */
  *greet(): Blocking<boolean> {
    yield* this.sys.write(this.fd, encodeUtf8(`${VERSION_LINE}\r\n`));
    while (!this.buffer.includes(NEWLINE)) {
      if (this.buffer.length > MAX_LINE_BYTES || !(yield* this.fill())) return false;
    }
    const end = this.buffer.indexOf(NEWLINE);
    const line = decodeUtf8(this.buffer.subarray(0, end));
    this.buffer = this.buffer.slice(end + 1);
    return line.startsWith("SSH-2.0-");
  }

  /** A whole frame that has arrived already. EPROTO. */
  take(): Frame | undefined {
    if (this.buffer.length < HEADER_BYTES) return undefined;
    const length = read32(this.buffer, 1);
    const type = TYPES[this.buffer[0] as number];
    if (type === undefined || length > MAX_FRAME_BYTES) throw new KernelError("EPROTO");
    if (this.buffer.length < HEADER_BYTES + length) return undefined;
    const data = this.buffer.slice(HEADER_BYTES, HEADER_BYTES + length);
    this.buffer = this.buffer.slice(HEADER_BYTES + length);
    return { type, data };
  }

  /** Waits for a frame; undefined: the connection has ended. */
  *next(): Blocking<Frame | undefined> {
    for (;;) {
      const frame = this.take();
      if (frame) return frame;
      if (!(yield* this.fill())) return undefined;
    }
  }

  /** Reads what there is. False: the end. */
  *fill(): Blocking<boolean> {
    const data = yield* this.sys.read(this.fd);
    if (data.length === 0) return false;
    this.buffer = concatBytes([this.buffer, data]).slice();
    return true;
  }
}
