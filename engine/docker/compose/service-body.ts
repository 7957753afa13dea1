/** A service as `docker run` would be told of it. */
import { digest } from "../../programs/support/digest.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { ContainerCreate } from "../api/container.ts";
import { CliError, type Cli } from "../cli/cli.ts";
import { FlagValues } from "../cli/command.ts";
import { containerBody } from "../cli/run/container-body.ts";
import { parseDuration } from "../../programs/support/go/units.ts";
import { networkKeys } from "./load.ts";
import type { Project, Service } from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** A list, a lone text, or a map as `key=value`; null values stand for `key` alone. */
function list(value: unknown, separator = "="): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "object") return [String(value)];
  return Object.entries(value).map(([key, item]) =>
    item === null ? key : `${key}${separator}${String(item)}`,
  );
}

/** A command as a list: a text is split as a shell would. */
export function commandWords(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String);
  const words: string[] = [];
  for (const match of String(value).matchAll(/(?:"(?:\\.|[^"])*"|'[^']*'|\\.|[^\s"'\\])+/g)) {
    words.push(
      match[0].replace(
        /"((?:\\.|[^"])*)"|'([^']*)'|\\(.)/g,
        (_, double?: string, single?: string, escaped?: string) =>
          double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? escaped ?? "",
      ),
    );
  }
  return words;
}

function publish(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : []).map((item: unknown) => {
    if (typeof item !== "object") return String(item);
    const { target, published, protocol, host_ip: ip } = fields(item);
    const host = ip === undefined ? "" : `${String(ip)}:`;
    const port = published === undefined ? "" : `${String(published)}:`;
    return `${host}${port}${String(target)}${protocol === undefined ? "" : `/${String(protocol)}`}`;
  });
}

/** `-v` and `--mount` texts, names of volumes being those of the project. */
function mounts(project: Project, value: unknown): { volume: string[]; mount: string[] } {
  const out = { volume: [] as string[], mount: [] as string[] };
  const nameOf = (key: string) => project.volumes.find((item) => item.key === key)?.name ?? key;
  const pathOf = (path: string) => (path.startsWith(".") ? `${project.directory}/${path}` : path);
  for (const item of Array.isArray(value) ? value : []) {
    if (typeof item === "string") {
      const [from = "", ...rest] = item.split(":");
      out.volume.push(rest.length === 0 ? from : [nameOf(pathOf(from)), ...rest].join(":"));
      continue;
    }
    const { type = "volume", source, target, read_only: readOnly } = fields(item);
    const from = source === undefined ? "" : `,source=${nameOf(pathOf(String(source)))}`;
    const only = readOnly === true ? ",readonly" : "";
    out.mount.push(`type=${String(type)}${from},target=${String(target)}${only}`);
  }
  return out;
}

function healthFlags(value: unknown): Record<string, readonly string[]> {
  const { test, disable, interval, timeout, retries, start_period: start } = fields(value);
  if (disable === true) return { "no-healthcheck": ["true"] };
  const words = Array.isArray(test)
    ? test.map(String)
    : test === undefined
      ? []
      : ["CMD-SHELL", String(test)];
  if (words[0] === "NONE") return { "no-healthcheck": ["true"] };
  const one = (item: unknown) => (item === undefined ? [] : [String(item)]);
  return {
    "health-cmd": words.length === 0 ? [] : [words.slice(1).join(" ")],
    "health-interval": one(interval),
    "health-timeout": one(timeout),
    "health-retries": one(retries),
    "health-start-period": one(start),
  };
}

export const imageOf = (project: Project, { name, source }: Service) =>
  typeof source["image"] === "string" ? source["image"] : `${project.name}-${name}`;

export function containerName(project: Project, { name, source }: Service, number = 1): string {
  const own = source["container_name"];
  return typeof own === "string" ? own : `${project.name}-${name}-${number}`;
}

/** Tells whether a service changed since its container was made. */
export function configHash({ source }: Service): string {
  return digest("sha256", encodeUtf8(JSON.stringify(source)));
}

function networkFlags(project: Project, service: Service): readonly string[] {
  const mode = service.source["network_mode"];
  if (mode !== undefined) {
    const other = /^service:(.+)$/.exec(String(mode))?.[1];
    const found = project.services.find(({ name }) => name === other);
    return [found === undefined ? String(mode) : `container:${containerName(project, found)}`];
  }
  return networkKeys(service).map(
    (key) => project.networks.find((network) => network.key === key)?.name ?? key,
  );
}

/** Throws CliError for values that docker run would refuse. */
export function serviceBody(cli: Cli, project: Project, service: Service): ContainerCreate {
  const { source } = service;
  const on = (key: string) => (source[key] === true ? ["true"] : []);
  const one = (key: string) => (source[key] === undefined ? [] : [String(source[key])]);
  const networks = networkFlags(project, service);
  const grace = parseDuration(String(source["stop_grace_period"] ?? ""));
  const flags: Record<string, readonly string[]> = {
    "add-host": list(source["extra_hosts"], ":"),
    "cap-add": list(source["cap_add"]),
    "cap-drop": list(source["cap_drop"]),
    detach: ["true"],
    dns: list(source["dns"]),
    "dns-search": list(source["dns_search"]),
    domainname: one("domainname"),
    env: list(source["environment"]),
    "env-file": list(source["env_file"]).map((file) =>
      file.startsWith("/") ? file : `${project.directory}/${file}`,
    ),
    expose: list(source["expose"]),
    ...healthFlags(source["healthcheck"]),
    hostname: one("hostname"),
    init: on("init"),
    interactive: on("stdin_open"),
    label: list(source["labels"]),
    "mac-address": one("mac_address"),
    ...mounts(project, source["volumes"]),
    network: networks.slice(0, 1),
    pid: one("pid"),
    privileged: on("privileged"),
    publish: publish(source["ports"]),
    "read-only": on("read_only"),
    restart: one("restart"),
    "stop-signal": one("stop_signal"),
    "stop-timeout": grace === undefined || grace === 0 ? [] : [String(Math.round(grace / 1e9))],
    sysctl: list(source["sysctls"]),
    tmpfs: list(source["tmpfs"]),
    tty: on("tty"),
    user: one("user"),
    workdir: one("working_dir"),
  };
  const given = Object.entries(flags).filter(([, values]) => values.length > 0);
  const entrypoint = commandWords(source["entrypoint"]);
  const body = containerBody(
    cli,
    new FlagValues(new Map(given)),
    imageOf(project, service),
    commandWords(source["command"]) ?? [],
  );
  const labels = {
    ...body.Labels,
    "com.docker.compose.config-hash": configHash(service),
    "com.docker.compose.container-number": "1",
    "com.docker.compose.depends_on": "",
    "com.docker.compose.oneoff": "False",
    "com.docker.compose.project": project.name,
    "com.docker.compose.project.config_files": project.files.join(","),
    "com.docker.compose.project.working_dir": project.directory,
    "com.docker.compose.service": service.name,
  };
  const [first] = networks;
  return {
    ...body,
    ...(entrypoint !== undefined && { Entrypoint: entrypoint }),
    Labels: labels,
    ...(first !== undefined &&
      service.source["network_mode"] === undefined && {
        NetworkingConfig: {
          EndpointsConfig: { [first]: endpoint(project, service, networkKeys(service)[0] ?? "") },
        },
      }),
  };
}

/** How a service is on one of its networks: its name is an alias there. */
export function endpoint(project: Project, service: Service, key: string) {
  const networks = fields(service.source["networks"]);
  const { aliases, ipv4_address: ip } = fields(networks[key]);
  if (aliases !== undefined && !Array.isArray(aliases)) {
    throw new CliError(`services.${service.name}.networks.${key}.aliases must be a list`);
  }
  return {
    Aliases: [containerName(project, service), service.name, ...list(aliases)],
    ...(ip !== undefined && { IPAMConfig: { IPv4Address: String(ip) } }),
  };
}
