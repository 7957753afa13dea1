/** The request that the options ask for. */
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { concatBytes, readAll } from "../support/streams.ts";
import type { Url } from "../support/url.ts";
import type { CurlOptions, DataPart } from "./options.ts";

const USER_AGENT = "curl/7.88.1";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export interface Request {
  readonly method: string;
  /** The head as it is sent. */
  readonly head: string;
  readonly body: Uint8Array | undefined;
  /** Who is said to ask, by the Basic scheme. */
  readonly login: string | undefined;
}

/** What is sent as the body; undefined: there is none. */
export function* postedBytes(sys: Sys, options: CurlOptions): Blocking<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (const part of options.data) {
    const bytes = yield* partBytes(sys, part, options.switches.has("silent"));
    if (parts.length > 0 && part.kind !== "json") parts.push(encodeUtf8("&"));
    parts.push(bytes);
  }
  return parts.length === 0 ? undefined : concatBytes(parts);
}

function* partBytes(sys: Sys, { kind, value }: DataPart, isSilent: boolean): Blocking<Uint8Array> {
  if (kind === "data-urlencode") return encodeUtf8(urlEncoded(value));
  if (kind === "data-raw" || !value.startsWith("@")) return encodeUtf8(value);
  try {
    const bytes = value === "@-" ? yield* readAll(sys, 0) : sys.readFile(value.slice(1));
    if (kind !== "data") return bytes;
    // --data drops line ends and NUL bytes of files.
    return bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    if (!isSilent) {
      yield* sys.printError(
        `Warning: Couldn't read data from file "${value.slice(1)}", this makes an empty POST.\n`,
      );
    }
    return new Uint8Array(0);
  }
}

/** `content`, `=content`, `name=content`; spaces become plus signs. */
function urlEncoded(value: string): string {
  const equals = value.indexOf("=");
  const name = equals > 0 ? `${value.slice(0, equals)}=` : "";
  const content = equals >= 0 ? value.slice(equals + 1) : value;
  let out = name;
  for (const byte of encodeUtf8(content)) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9._~-]/.test(char)) out += char;
    else if (char === " ") out += "+";
    else out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

export function buildRequest(
  options: CurlOptions,
  url: Url,
  posted: Uint8Array | undefined,
  /** Of a redirection that turned a POST into a GET, RFC 9110 §15.4. */
  asGet: boolean,
  /** The server has answered with HTTP/1.0 before. */
  isOldServer: boolean,
): Request {
  const { switches, values } = options;
  const inQuery = switches.has("get");
  const body = inQuery || asGet ? undefined : posted;
  const natural = switches.has("head") ? "HEAD" : body ? "POST" : "GET";
  const method = asGet ? natural : (values.get("request") ?? natural);
  let target = values.get("request-target") ?? url.target;
  if (inQuery && posted) target += `${target.includes("?") ? "&" : "?"}${decodeUtf8(posted)}`;
  const version = switches.has("http1.0") || isOldServer ? "1.0" : "1.1";
  const isJson = options.data.some((part) => part.kind === "json");
  const custom = customHeaders(options.headers);

  const lines = [`${method} ${target} HTTP/${version}`];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined && !custom.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  };
  const host = custom.get("host");
  if (!custom.has("host")) lines.push(`Host: ${hostHeader(url)}`);
  else if (host) lines.push(host);
  const fromUrl = url.user === undefined ? undefined : `${url.user}:${url.password ?? ""}`;
  const login = values.get("user") ?? fromUrl;
  if (login !== undefined) {
    add("Authorization", `Basic ${base64(login.includes(":") ? login : `${login}:`)}`);
  }
  const range = values.get("range");
  add("Range", range === undefined ? undefined : `bytes=${range}`);
  const agent = values.get("user-agent");
  if (agent !== "") add("User-Agent", agent ?? USER_AGENT);
  if (!isJson) add("Accept", "*/*");
  if (switches.has("compressed")) add("Accept-Encoding", "deflate, gzip, br, zstd");
  add("Referer", values.get("referer"));
  add("Cookie", values.get("cookie"));
  if (isJson) {
    add("Content-Type", "application/json");
    add("Accept", "application/json");
  }
  for (const [name, line] of custom) if (name !== "host" && line !== undefined) lines.push(line);
  if (body) {
    add("Content-Length", String(body.length));
    if (!isJson) add("Content-Type", "application/x-www-form-urlencoded");
  }
  return { method, head: `${lines.join("\r\n")}\r\n\r\n`, body, login };
}

/** Name in lower case → the line; undefined: `Name:` takes a header of curl's own away. */
function customHeaders(headers: readonly string[]): ReadonlyMap<string, string | undefined> {
  const custom = new Map<string, string | undefined>();
  for (const header of headers) {
    const match = /^([^:;]+)([:;])(.*)$/.exec(header);
    if (!match) continue;
    const [, name = "", separator, value = ""] = match;
    if (separator === ";" && value === "") custom.set(name.toLowerCase(), `${name}:`);
    else if (value.trim() === "") custom.set(name.toLowerCase(), undefined);
    else custom.set(name.toLowerCase(), header);
  }
  return custom;
}

function hostHeader(url: Url): string {
  const isDefault = (url.scheme === "http" && url.port === 80) || url.port === 0;
  return isDefault ? url.host : `${url.host}:${url.port}`;
}

function base64(text: string): string {
  const bytes = encodeUtf8(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const word = (a << 16) | (b << 8) | c;
    const left = bytes.length - at;
    for (let digit = 0; digit < 4; digit++) {
      out += digit <= left ? BASE64[(word >> (18 - 6 * digit)) & 63] : "=";
    }
  }
  return out;
}
