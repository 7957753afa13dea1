/** Finds, reads and checks a project's compose file. */
import { parseDocument, isScalar, visit } from "yaml";
import { KernelError } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { CliError } from "../cli/cli.ts";
import { interpolate, parseDotenv, type Variables } from "./interpolate.ts";
import {
  REFUSED_SERVICE_KEYS,
  SERVICE_KEYS,
  type ComposeNetwork,
  type ComposeVolume,
  type Project,
  type Service,
} from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

const FILE_NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const TOP_LEVEL = new Set(["name", "version", "services", "networks", "volumes"]);
/** Aliases of a document may stand for this many nodes: more is a bomb. */
const MOST_ALIASES = 100;
const LARGEST_FILE = 1 << 20;

export interface LoadOptions {
  readonly file?: string;
  readonly projectName?: string;
  readonly profiles: readonly string[];
}

export interface Loaded {
  readonly project: Project;
  readonly warnings: readonly string[];
}

function exists(sys: Sys, path: string): boolean {
  try {
    return sys.stat(path).kind === "file";
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return false;
  }
}

/** In the working directory or one above it. */
function findFile(sys: Sys): string {
  for (let directory = sys.cwd(); ; directory = directory.replace(/\/[^/]*$/, "")) {
    const found = FILE_NAMES.find((name) => exists(sys, `${directory}/${name}`));
    if (found !== undefined) return `${directory}/${found}`;
    if (directory === "" || directory === "/") break;
  }
  throw new CliError("no configuration file provided: not found");
}

function absolute(sys: Sys, path: string): string {
  return path.startsWith("/") ? path : `${sys.cwd().replace(/\/$/, "")}/${path}`;
}

/** Throws CliError. */
export function loadProject(sys: Sys, options: LoadOptions): Loaded {
  const path = options.file === undefined ? findFile(sys) : absolute(sys, options.file);
  if (!exists(sys, path)) throw new CliError(`open ${path}: no such file or directory`);
  const directory = path.replace(/\/[^/]*$/, "") || "/";
  const dotenv = `${directory}/.env`;
  const fromFile = exists(sys, dotenv) ? parseDotenv(sys.readTextFile(dotenv)) : new Map();
  const variables = new Map([...fromFile, ...sys.env]);
  const warnings: string[] = [];
  const source = parse(sys.readTextFile(path), path, variables, warnings);
  checkTopLevel(source, path, warnings);
  const named = typeof source["name"] === "string" ? source["name"] : undefined;
  const name = normalise(
    options.projectName ??
      variables.get("COMPOSE_PROJECT_NAME") ??
      named ??
      directory.split("/").at(-1) ??
      "",
  );
  const services = readServices(source, path).filter(({ source: { profiles } }) => {
    return !Array.isArray(profiles) || profiles.some((item) => options.profiles.includes(item));
  });
  const project: Project = {
    name,
    directory,
    files: [path],
    services,
    networks: readNetworks(fields(source["networks"]), services, name),
    volumes: Object.entries(fields(source["volumes"])).map(([key, value]) =>
      readVolume(key, fields(value), name),
    ),
  };
  checkReferences(project);
  return { project, warnings };
}

/** Lower case, digits, `-` and `_`, the first a letter or digit. */
function normalise(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[^a-z0-9]+/, "");
}

function parse(text: string, path: string, variables: Variables, warnings: string[]): Fields {
  if (text.length > LARGEST_FILE) throw new CliError(`docker compose: ${path} is too large`);
  const document = parseDocument(text, { merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1;
    const [reason = ""] = error.message.split(" at line ");
    throw new CliError(`parsing ${path}: yaml: line ${line}: ${reason}`);
  }
  const unset = (name: string) => {
    warnings.push(`The "${name}" variable is not set. Defaulting to a blank string.`);
  };
  visit(document, {
    Scalar(key, node) {
      if (key !== "key" && isScalar(node) && typeof node.value === "string") {
        node.value = interpolate(node.value, variables, unset);
      }
    },
  });
  const source: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  if (source === null || source === undefined) throw new CliError("empty compose file");
  if (typeof source !== "object" || Array.isArray(source)) {
    throw new CliError(`parsing ${path}: Top-level object must be a mapping`);
  }
  return source as Fields;
}

function checkTopLevel(source: Fields, path: string, warnings: string[]): void {
  for (const key of Object.keys(source)) {
    if (TOP_LEVEL.has(key) || key.startsWith("x-")) continue;
    if (["configs", "secrets", "include", "models"].includes(key)) {
      throw new CliError(`docker compose: Podwire does not model '${key}'`);
    }
    throw new CliError(`validating ${path}: (root) additional properties '${key}' not allowed`);
  }
  if ("version" in source) {
    warnings.push(
      `${path}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
    );
  }
}

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

function readServices(source: Fields, path: string): readonly Service[] {
  const services = Object.entries(fields(source["services"])).map(([name, value]): Service => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new CliError(`validating ${path}: services.${name} must be a mapping`);
    }
    for (const key of Object.keys(value)) {
      if (SERVICE_KEYS.has(key) || key.startsWith("x-")) continue;
      if (REFUSED_SERVICE_KEYS.has(key)) {
        throw new CliError(`docker compose: Podwire does not model '${key}' of services.${name}`);
      }
      throw new CliError(
        `validating ${path}: services.${name} additional properties '${key}' not allowed`,
      );
    }
    return { name, source: value as Fields };
  });
  if (services.length === 0) throw new CliError("no service selected");
  return services.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields(value)).map(([key, item]) => [key, String(item)]));

/** Those declared, and `default` when a service has no other. */
function readNetworks(
  declared: Fields,
  services: readonly Service[],
  project: string,
): readonly ComposeNetwork[] {
  const wantsDefault = services.some(
    ({ source }) => source["networks"] === undefined && source["network_mode"] === undefined,
  );
  const all = { ...(wantsDefault ? { default: {} } : {}), ...declared };
  return Object.entries(all).map(([key, value]) => {
    const source = fields(value);
    const external = source["external"] === true;
    const ipam = fields(source["ipam"]);
    const configs = Array.isArray(ipam["config"]) ? ipam["config"].map(fields) : [];
    const text = (name: string) => (typeof source[name] === "string" ? source[name] : undefined);
    return {
      key,
      name: text("name") ?? (external ? key : `${project}_${key}`),
      external,
      driver: text("driver") ?? "bridge",
      internal: source["internal"] === true,
      options: texts(source["driver_opts"]),
      labels: texts(source["labels"]),
      subnets: configs.map((config) => ({
        ...(config["subnet"] !== undefined && { Subnet: String(config["subnet"]) }),
        ...(config["gateway"] !== undefined && { Gateway: String(config["gateway"]) }),
        ...(config["ip_range"] !== undefined && { IPRange: String(config["ip_range"]) }),
      })),
    };
  });
}

function readVolume(key: string, source: Fields, project: string): ComposeVolume {
  const external = source["external"] === true;
  const name = source["name"];
  return {
    key,
    external,
    name: typeof name === "string" ? name : external ? key : `${project}_${key}`,
  };
}

/** The names of the services that must be there first. */
export function dependencies({ source }: Service): readonly string[] {
  const wanted = source["depends_on"];
  const named = Array.isArray(wanted) ? wanted.map(String) : Object.keys(fields(wanted));
  const shared = /^service:(.+)$/.exec(String(source["network_mode"] ?? ""))?.[1];
  return shared === undefined ? named : [...named, shared];
}

function checkReferences({ services, networks, volumes }: Project): void {
  const invalid = (text: string) => new CliError(`${text}: invalid compose project`);
  const names = new Set(services.map(({ name }) => name));
  for (const service of services) {
    const { name, source } = service;
    if (source["image"] === undefined && source["build"] === undefined) {
      throw invalid(`service "${name}" has neither an image nor a build context specified`);
    }
    for (const other of dependencies(service)) {
      if (!names.has(other)) {
        throw invalid(`service "${name}" depends on undefined service "${other}"`);
      }
    }
    for (const network of networkKeys(service)) {
      if (!networks.some(({ key }) => key === network)) {
        throw invalid(`service "${name}" refers to undefined network ${network}`);
      }
    }
    for (const volume of namedVolumes(service)) {
      if (!volumes.some(({ key }) => key === volume)) {
        throw invalid(`service "${name}" refers to undefined volume ${volume}`);
      }
    }
  }
  checkCycles(services);
}

function checkCycles(services: readonly Service[]): void {
  const done = new Set<string>();
  const visitService = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) {
      throw new CliError(`dependency cycle detected: ${[...path, name].join(" -> ")}`);
    }
    if (done.has(name)) return;
    const service = services.find((item) => item.name === name);
    for (const other of service === undefined ? [] : dependencies(service)) {
      visitService(other, [...path, name]);
    }
    done.add(name);
  };
  for (const { name } of services) visitService(name, []);
}

/** The networks of a service, the first first. */
export function networkKeys({ source }: Service): readonly string[] {
  if (source["network_mode"] !== undefined) return [];
  const wanted = source["networks"];
  if (wanted === undefined || wanted === null) return ["default"];
  return Array.isArray(wanted) ? wanted.map(String) : Object.keys(fields(wanted));
}

function namedVolumes({ source }: Service): readonly string[] {
  const list = Array.isArray(source["volumes"]) ? source["volumes"] : [];
  return list.flatMap((item: unknown) => {
    if (typeof item === "string") {
      const [name = "", target] = item.split(":");
      return target !== undefined && /^[a-zA-Z0-9]/.test(name) ? [name] : [];
    }
    const { type, source: from } = fields(item);
    return (type ?? "volume") === "volume" && typeof from === "string" ? [from] : [];
  });
}
