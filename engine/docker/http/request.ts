/** Reading an HTTP/1.1 request of a client of the Engine API, RFC 9112. */
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { concatBytes } from "../../programs/support/streams.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { ByteReader } from "./byte-reader.ts";

const MAX_LINE_BYTES = 65_536;
const MAX_HEADERS = 100;
/** Of a build's context or `docker cp`. */
const MAX_BODY_BYTES = 64 << 20;

export interface ApiRequest {
  readonly method: string;
  /** Decoded, without the version: `/containers/json`. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

/** A request that cannot be answered as one. */
export class BadRequest extends Error {}

/** Undefined: the client has hung up. Throws BadRequest. */
export function* readRequest(reader: ByteReader): Blocking<ApiRequest | undefined> {
  const first = yield* readLine(reader);
  if (first === undefined) return undefined;
  const match = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(first);
  if (!match) throw new BadRequest("malformed HTTP request");
  const headers = yield* readHeaders(reader);
  const header = (name: string): string | undefined => headers.get(name);
  const [path = "", query = ""] = (match[2] as string).split("?", 2);
  return {
    method: match[1] as string,
    path: decode(path).replace(/^\/v\d+\.\d+(?=\/)/, ""),
    query: parseQuery(query),
    header,
    body: yield* readBody(reader, header),
  };
}

function* readLine(reader: ByteReader): Blocking<string | undefined> {
  const line = yield* reader.line(MAX_LINE_BYTES);
  return line && decodeUtf8(line).replace(/\r?\n$/, "");
}

function* readHeaders(reader: ByteReader): Blocking<ReadonlyMap<string, string>> {
  const headers = new Map<string, string>();
  for (let count = 0; count < MAX_HEADERS; count++) {
    const line = yield* readLine(reader);
    if (line === undefined) throw new BadRequest("unexpected EOF");
    if (line === "") return headers;
    const colon = line.indexOf(":");
    if (colon <= 0) throw new BadRequest("malformed MIME header line");
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  throw new BadRequest("too many headers");
}

function* readBody(
  reader: ByteReader,
  header: (name: string) => string | undefined,
): Blocking<Uint8Array> {
  if (header("transfer-encoding")?.toLowerCase() === "chunked") return yield* readChunks(reader);
  const length = Number(header("content-length") ?? 0);
  if (!Number.isSafeInteger(length) || length < 0) throw new BadRequest("bad Content-Length");
  if (length > MAX_BODY_BYTES) throw new BadRequest("http: request body too large");
  return yield* reader.exactly(length);
}

function* readChunks(reader: ByteReader): Blocking<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const line = yield* readLine(reader);
    const size = parseInt(line ?? "", 16);
    if (Number.isNaN(size)) throw new BadRequest("malformed chunked encoding");
    total += size;
    if (total > MAX_BODY_BYTES) throw new BadRequest("http: request body too large");
    chunks.push((yield* reader.exactly(size)).slice());
    yield* readLine(reader);
    if (size === 0) return concatBytes(chunks);
  }
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const [name = "", value = ""] = pair.split("=", 2);
    query.set(decode(name), decode(value.replaceAll("+", " ")));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BadRequest(`invalid URL escape in "${text}"`);
  }
}
