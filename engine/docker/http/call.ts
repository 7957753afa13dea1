/** What a route gets: the request in the API's own terms. */
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { DockerEngineApi } from "../api/engine-api.ts";
import { ApiError } from "../api/errors.ts";
import type { Filters } from "../api/filters.ts";
import type { Reply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";

export class ApiCall {
  constructor(
    readonly api: DockerEngineApi,
    readonly sys: Sys,
    readonly request: ApiRequest,
    private readonly parameters: Readonly<Record<string, string>>,
  ) {}

  /** A part of the path. */
  parameter(name: string): string {
    return this.parameters[name] ?? "";
  }

  text(name: string): string | undefined {
    const value = this.request.query.get(name);
    return value === "" ? undefined : value;
  }

  /** httputils.BoolValue: anything but these is true. */
  flag(name: string): boolean {
    const value = this.request.query.get(name)?.trim().toLowerCase() ?? "";
    return !["", "0", "no", "false", "none"].includes(value);
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (Number.isFinite(number)) return number;
    throw new ApiError(400, `invalid value for ${name}: ${value}`);
  }

  /** `{"name":["a"]}`, or as older clients write it `{"name":{"a":true}}`. */
  filters(): Filters {
    const value = this.text("filters");
    if (value === undefined) return {};
    const filters: Record<string, readonly string[]> = {};
    for (const [name, wanted] of Object.entries(parseObject(value, "filters"))) {
      if (Array.isArray(wanted)) filters[name] = wanted.map(String);
      else if (typeof wanted === "object" && wanted !== null) filters[name] = Object.keys(wanted);
      else throw new ApiError(400, "invalid filter");
    }
    return filters;
  }

  /** The body, an object in JSON; empty: `{}`. The engine checks what it takes from it. */
  body<T extends object>(): T {
    const text = decodeUtf8(this.request.body).trim();
    return (text === "" ? {} : parseObject(text, "body")) as T;
  }
}

export interface Route {
  readonly method: string;
  /** `:name` stands for one part of the path, `:name+` for one or more. */
  readonly path: string;
  readonly run: (call: ApiCall) => Reply | Blocking<Reply>;
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError(400, `invalid JSON in ${what}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ApiError(400, `invalid JSON in ${what}: an object is expected`);
}
