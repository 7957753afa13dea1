/** What instructions of a Dockerfile that need no container do to an image's configuration. */
import { ApiError } from "../api/errors.ts";
import type { ImageConfig } from "./stored-image.ts";

/** `CMD ["x"]`, `ENV A=1` … ApiError 400: no such instruction. */
export function applyInstruction(config: ImageConfig, line: string): ImageConfig {
  const [, word = "", rest = ""] = /^\s*(\w+)\s*([\s\S]*)$/.exec(line) ?? [];
  const shell = config.Shell ?? ["/bin/sh", "-c"];
  switch (word.toUpperCase()) {
    case "CMD":
      return { ...config, Cmd: command(rest, shell) };
    case "ENTRYPOINT":
      return { ...config, Entrypoint: command(rest, shell), Cmd: null };
    case "ENV":
      return { ...config, Env: withPairs(config.Env ?? [], pairs(rest)) };
    case "LABEL":
      return { ...config, Labels: { ...config.Labels, ...Object.fromEntries(pairs(rest)) } };
    case "EXPOSE":
      return {
        ...config,
        ExposedPorts: {
          ...config.ExposedPorts,
          ...Object.fromEntries(
            words(rest).map((port) => [port.includes("/") ? port : `${port}/tcp`, {}]),
          ),
        },
      };
    case "USER":
      return { ...config, User: rest.trim() };
    case "WORKDIR":
      return { ...config, WorkingDir: resolvePath(config.WorkingDir ?? "", rest.trim()) };
    case "VOLUME":
      return {
        ...config,
        Volumes: {
          ...config.Volumes,
          ...Object.fromEntries((jsonList(rest) ?? words(rest)).map((path) => [path, {}])),
        },
      };
    case "STOPSIGNAL":
      return { ...config, StopSignal: rest.trim() };
    case "SHELL":
      return { ...config, Shell: jsonList(rest) ?? shell };
    case "ONBUILD":
      return { ...config, OnBuild: [...(config.OnBuild ?? []), rest] };
    case "HEALTHCHECK":
      return { ...config, Healthcheck: healthcheck(rest) };
    case "MAINTAINER":
      return config;
    default:
      throw new ApiError(400, `unknown instruction: ${word}`);
  }
}

function command(rest: string, shell: readonly string[]): readonly string[] {
  return jsonList(rest) ?? [...shell, rest.trim()];
}

/** The exec form. Undefined: it is the shell form. */
export function jsonList(text: string): string[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    const isList = Array.isArray(list) && list.every((word) => typeof word === "string");
    return isList ? (list as string[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Words apart, quotes and backslashes taken as a shell does. */
export function words(text: string): string[] {
  const found: string[] = [];
  const pattern = /(?:"((?:\\.|[^"\\])*)"|'([^']*)'|\\([\s\S])|([^\s"'\\]+))|(\s+)/g;
  let current: string | undefined;
  for (const [, double, single, escaped, plain, blank] of text.matchAll(pattern)) {
    if (blank !== undefined) {
      if (current !== undefined) found.push(current);
      current = undefined;
      continue;
    }
    current =
      (current ?? "") + (double?.replace(/\\(.)/g, "$1") ?? single ?? escaped ?? plain ?? "");
  }
  if (current !== undefined) found.push(current);
  return found;
}

/** `A=1 B="x y"`, or the old `A rest of the line`. */
function pairs(text: string): [string, string][] {
  const all = words(text);
  const [first = ""] = all;
  if (!first.includes("=")) return [[first, text.trim().slice(first.length).trim()]];
  return all.map((word) => {
    const at = word.indexOf("=");
    return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  });
}

function withPairs(
  env: readonly string[],
  added: readonly (readonly [string, string])[],
): string[] {
  const next = [...env];
  for (const [name, value] of added) {
    const at = next.findIndex((word) => word.startsWith(`${name}=`));
    if (at >= 0) next[at] = `${name}=${value}`;
    else next.push(`${name}=${value}`);
  }
  return next;
}

export function resolvePath(directory: string, path: string): string {
  const whole = path.startsWith("/") ? path : `${directory || "/"}/${path}`;
  const parts: string[] = [];
  for (const name of whole.split("/")) {
    if (name === "..") parts.pop();
    else if (name !== "" && name !== ".") parts.push(name);
  }
  return `/${parts.join("/")}`;
}

const UNIT_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** time.ParseDuration: `1m30s`. */
function duration(text: string): number {
  let total = 0;
  for (const [, number, unit = "s"] of text.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)) {
    total += Number(number) * (UNIT_NS[unit] ?? 0);
  }
  return total;
}

function healthcheck(rest: string): NonNullable<ImageConfig["Healthcheck"]> {
  if (rest.trim().toUpperCase() === "NONE") return { Test: ["NONE"] };
  const options = new Map(
    [...rest.matchAll(/--([a-z-]+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const [, kind = ""] = /(?:^|\s)(CMD)\s/i.exec(rest) ?? [];
  const text = rest.slice(rest.indexOf(kind) + kind.length);
  const list = jsonList(text);
  const time = (name: string): number => duration(options.get(name) ?? "");
  return {
    Test: list ? ["CMD", ...list] : ["CMD-SHELL", text.trim()],
    ...(options.has("interval") ? { Interval: time("interval") } : {}),
    ...(options.has("timeout") ? { Timeout: time("timeout") } : {}),
    ...(options.has("start-period") ? { StartPeriod: time("start-period") } : {}),
    ...(options.has("start-interval") ? { StartInterval: time("start-interval") } : {}),
    ...(options.has("retries") ? { Retries: Number(options.get("retries")) } : {}),
  };
}
