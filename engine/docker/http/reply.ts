/** What a route answers, and how it is written as HTTP. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { concatBytes } from "../../programs/support/streams.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { HijackedStream, RecordStream } from "../api/streams.ts";
import { encodeJson } from "./json.ts";

export type Headers = Readonly<Record<string, string>>;

export type Reply =
  | { readonly kind: "empty"; readonly status: number; readonly headers?: Headers }
  | { readonly kind: "json"; readonly status: number; readonly value: unknown }
  | {
      readonly kind: "bytes";
      readonly status: number;
      readonly type: string;
      readonly data: Uint8Array;
      readonly headers?: Headers;
    }
  /** One JSON record a line, as they come. */
  | { readonly kind: "records"; readonly records: RecordStream<unknown> }
  /** Output that is only read: logs. */
  | { readonly kind: "output"; readonly stream: HijackedStream }
  /** The connection becomes the process's standard streams: attach, exec. */
  | { readonly kind: "hijack"; readonly stream: HijackedStream };

export const ok = (value: unknown): Reply => ({ kind: "json", status: 200, value });
export const created = (value: unknown): Reply => ({ kind: "json", status: 201, value });
export const noContent: Reply = { kind: "empty", status: 204 };

const REASONS: Readonly<Record<number, string>> = {
  101: "UPGRADED",
  200: "OK",
  201: "Created",
  204: "No Content",
  304: "Not Modified",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

const STDOUT = 1;

export class ReplyWriter {
  constructor(
    private readonly sys: Sys,
    /** Of the engine: `1.51`. */
    private readonly apiVersion: string,
    private readonly serverName: string,
  ) {}

  *head(status: number, headers: Headers): Blocking<void> {
    const all: Headers = {
      "Api-Version": this.apiVersion,
      "Docker-Experimental": "false",
      Ostype: "linux",
      Server: this.serverName,
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const first = `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}\r\n`;
    yield* this.sys.write(STDOUT, encodeUtf8(`${first}${lines.join("")}\r\n`));
  }

  *json(status: number, value: unknown): Blocking<void> {
    yield* this.bytes(status, "application/json", encodeUtf8(`${encodeJson(value)}\n`), {});
  }

  *bytes(status: number, type: string, data: Uint8Array, headers: Headers): Blocking<void> {
    const length = { "Content-Type": type, "Content-Length": String(data.length) };
    yield* this.head(status, { ...headers, ...length });
    yield* this.sys.write(STDOUT, data);
  }

  /** A piece of a body whose length is not known; an empty one ends it. */
  *chunk(data: Uint8Array): Blocking<void> {
    const size = encodeUtf8(`${data.length.toString(16)}\r\n`);
    yield* this.sys.write(STDOUT, concatBytes([size, data, encodeUtf8("\r\n")]));
  }
}
