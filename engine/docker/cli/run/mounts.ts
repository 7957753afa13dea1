/** `--volume`, `--mount` and `--tmpfs`. */
import { ramInBytes } from "../../../programs/support/go/units.ts";
import type { MountSpec } from "../../api/container.ts";
import { CliError } from "../cli.ts";

/** `key=value,key` as fields; quotes hold commas. */
export function parseMount(text: string): ReadonlyMap<string, string | undefined> {
  const fields = new Map<string, string | undefined>();
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)) {
    const field = match[1]?.replaceAll('""', '"') ?? match[2] ?? "";
    if (match[0] === "") continue;
    const equals = field.indexOf("=");
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase().trim();
    fields.set(key, equals < 0 ? undefined : field.slice(equals + 1));
  }
  return fields;
}

const FLAGS = new Set(["readonly", "ro", "volume-nocopy", "bind-nonrecursive"]);
const KNOWN = new Set([
  ...FLAGS,
  "type",
  "source",
  "src",
  "target",
  "dst",
  "destination",
  "consistency",
  "bind-propagation",
  "volume-label",
  "volume-driver",
  "volume-opt",
  "volume-subpath",
  "image-subpath",
  "bind-recursive",
  "tmpfs-size",
  "tmpfs-mode",
]);
const UNMODELLED =
  /^(volume-(nocopy|label|driver|opt|subpath)|bind-(nonrecursive|recursive)|image-subpath)$/;

/** Why `--mount` refuses a value; undefined: it is fine. */
export function mountProblem(text: string): string | undefined {
  for (const [key, value] of parseMount(text)) {
    if (value === undefined && !FLAGS.has(key)) {
      return `invalid field '${key}' must be a key=value pair`;
    }
    if (!KNOWN.has(key)) return `unexpected key '${key}' in '${key}=${value ?? ""}'`;
    if ((key === "readonly" || key === "ro") && value !== undefined && !isBoolean(value)) {
      return `invalid value for ${key}: ${value}`;
    }
    if (UNMODELLED.test(key)) return `Podwire does not model ${key}`;
  }
  const fields = parseMount(text);
  const type = fields.get("type") ?? "volume";
  if (type === "") return "type is required";
  if (target(fields) === "") return "target is required";
  if (type !== "tmpfs" && (fields.has("tmpfs-size") || fields.has("tmpfs-mode"))) {
    return `cannot mix 'tmpfs-*' options with mount type '${type}'`;
  }
  if (type !== "bind" && fields.has("bind-propagation")) {
    return `cannot mix 'bind-*' options with mount type '${type}'`;
  }
  return undefined;
}

const isBoolean = (text: string) => /^(1|0|t|f|true|false|True|False|TRUE|FALSE|T|F)$/.test(text);

function target(fields: ReadonlyMap<string, string | undefined>): string {
  return fields.get("target") ?? fields.get("dst") ?? fields.get("destination") ?? "";
}

/** Paths on the client's side may be relative. */
export function mountSpec(text: string, absolute: (path: string) => string): MountSpec {
  const fields = parseMount(text);
  const type = (fields.get("type") ?? "volume") as MountSpec["Type"];
  const source = fields.get("source") ?? fields.get("src");
  const readOnly = fields.has("readonly") || fields.has("ro");
  const denied = /^(0|f|false)$/i.test(fields.get("readonly") ?? fields.get("ro") ?? "");
  const size = ramInBytes(fields.get("tmpfs-size") ?? "");
  const mode = fields.get("tmpfs-mode");
  const tmpfs = {
    ...(size !== undefined && { SizeBytes: size }),
    ...(mode !== undefined && { Mode: parseInt(mode, 8) }),
  };
  return {
    Type: type,
    ...(source !== undefined && { Source: type === "bind" ? absolute(source) : source }),
    Target: target(fields),
    ...(readOnly && !denied && { ReadOnly: true }),
    ...(Object.keys(tmpfs).length > 0 && { TmpfsOptions: tmpfs }),
  };
}

/** `-v` with a source is a bind, without one an anonymous volume. */
export function parseVolumes(
  specs: readonly string[],
  absolute: (path: string) => string,
): { readonly binds: readonly string[]; readonly volumes: readonly string[] } {
  const binds: string[] = [];
  const volumes: string[] = [];
  for (const spec of specs) {
    const parts = spec.split(":");
    if (spec === "") throw new CliError("invalid empty volume spec");
    if (parts.length === 1) {
      volumes.push(spec);
      continue;
    }
    const [source = "", ...rest] = parts;
    const relative = source.startsWith(".") || source.startsWith("~");
    binds.push([relative ? absolute(source) : source, ...rest].join(":"));
  }
  return { binds, volumes };
}

/** `--tmpfs /run:size=64m` by directory. */
export function parseTmpfs(specs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    specs.map((spec) => {
      const colon = spec.indexOf(":");
      return colon < 0 ? [spec, ""] : [spec.slice(0, colon), spec.slice(colon + 1)];
    }),
  );
}
