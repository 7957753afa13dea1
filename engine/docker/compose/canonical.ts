/** A project in the form that `docker compose config` renders: short forms spelled out. */
import type { Project, Service } from "./model.ts";
import { networkKeys } from "./load.ts";
import { commandWords } from "./service-body.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `KEY=value` items or a map, as a map of texts in the order of its keys. */
function textMap(value: unknown): Readonly<Record<string, string | null>> {
  const entries = Array.isArray(value)
    ? value.map((item): [string, string | null] => {
        const [key = "", ...rest] = String(item).split("=");
        return [key, String(item).includes("=") ? rest.join("=") : null];
      })
    : Object.entries(isFields(value) ? value : {}).map(([key, item]): [string, string | null] => [
        key,
        item === null ? null : String(item),
      ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const textList = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : [String(value)];

function port(item: unknown): Fields {
  if (isFields(item)) {
    const { published, ...rest } = item;
    return {
      mode: "ingress",
      ...rest,
      ...(published !== undefined && { published: String(published) }),
      protocol: item["protocol"] ?? "tcp",
    };
  }
  const [address = "", protocol = "tcp"] = String(item).split("/");
  const parts = address.split(":");
  const published = parts.length > 1 ? parts.at(-2) : undefined;
  const ip = parts.slice(0, -2).join(":");
  return {
    mode: "ingress",
    ...(ip !== "" && { host_ip: ip }),
    target: Number(parts.at(-1)),
    ...(published !== undefined && published !== "" && { published }),
    protocol,
  };
}

function volume(project: Project, item: unknown): Fields {
  const absolute = (path: string) =>
    path.startsWith(".") ? `${project.directory}/${path}`.replace(/\/\.(?=\/|$)/g, "") : path;
  if (isFields(item)) {
    const { source } = item;
    return item["type"] === "bind" && typeof source === "string"
      ? { ...item, source: absolute(source) }
      : item;
  }
  const [from = "", target, mode] = String(item).split(":");
  if (target === undefined) return { type: "volume", target: from, volume: {} };
  const readOnly = mode === "ro" ? { read_only: true } : {};
  return /^[./~]/.test(from)
    ? {
        type: "bind",
        source: absolute(from),
        target,
        ...readOnly,
        bind: { create_host_path: true },
      }
    : { type: "volume", source: from, target, ...readOnly, volume: {} };
}

function dependsOn(value: unknown): Fields {
  const names = Array.isArray(value)
    ? value.map(String)
    : Object.keys(isFields(value) ? value : {});
  return Object.fromEntries(
    names.sort().map((name) => {
      const given = isFields(value) && isFields(value[name]) ? value[name] : {};
      return [
        name,
        { condition: "service_started", ...given, required: given["required"] ?? true },
      ];
    }),
  );
}

function build(project: Project, value: unknown): Fields {
  const spec = isFields(value) ? value : { context: value };
  const context = String(spec["context"] ?? ".");
  const path = context.startsWith("/") ? context : `${project.directory}/${context}`;
  return {
    context: path.replace(/\/\.(?=\/|$)/g, ""),
    dockerfile: spec["dockerfile"] ?? "Dockerfile",
    ...(spec["args"] !== undefined && { args: textMap(spec["args"]) }),
    ...(spec["target"] !== undefined && { target: spec["target"] }),
  };
}

function networks(service: Service): Fields {
  const given = isFields(service.source["networks"]) ? service.source["networks"] : {};
  return Object.fromEntries(
    [...networkKeys(service)].sort().map((key) => [key, given[key] ?? null]),
  );
}

const LISTS = ["cap_add", "cap_drop", "dns", "dns_search", "expose", "tmpfs"];
const MAPS = ["environment", "labels", "sysctls"];

function canonicalService(project: Project, service: Service): Fields {
  const { source } = service;
  const out: Record<string, unknown> = { ...source };
  for (const key of LISTS) if (key in source) out[key] = textList(source[key]);
  for (const key of MAPS) if (key in source) out[key] = textMap(source[key]);
  // These two are there even when nothing was said of them.
  out["command"] = commandWords(source["command"]) ?? null;
  out["entrypoint"] = commandWords(source["entrypoint"]) ?? null;
  if ("build" in source) out["build"] = build(project, source["build"]);
  if ("depends_on" in source) out["depends_on"] = dependsOn(source["depends_on"]);
  if (Array.isArray(source["ports"])) out["ports"] = source["ports"].map(port);
  if (Array.isArray(source["volumes"])) {
    out["volumes"] = source["volumes"].map((item) => volume(project, item));
  }
  if (source["network_mode"] === undefined) out["networks"] = networks(service);
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function canonical(project: Project): Fields {
  const named = (list: readonly { key: string; name: string; external: boolean }[]) =>
    Object.fromEntries(
      list.map(({ key, name, external }) => [key, { name, ...(external && { external }) }]),
    );
  return {
    name: project.name,
    services: Object.fromEntries(
      project.services.map((service) => [service.name, canonicalService(project, service)]),
    ),
    ...(project.networks.length > 0 && { networks: named(project.networks) }),
    ...(project.volumes.length > 0 && { volumes: named(project.volumes) }),
  };
}
