/** `--publish` and `--expose`: `[IP:][HOST[-HOST]:]PORT[-PORT][/PROTOCOL]` (go-connections/nat). */
import { parseIpv4 } from "../../../net/address.ts";
import { integerProblem } from "../../../programs/support/go/pflag.ts";
import { quote } from "../../../programs/support/go/quote.ts";
import { parseMount } from "./mounts.ts";
import type { PortBinding } from "../../api/container.ts";
import { CliError } from "../cli.ts";
import type { CliVersion } from "../version.ts";

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Throws CliError with what strconv or nat says. */
function parseRange(text: string, version: CliVersion): Range {
  if (text === "") throw new CliError("empty string specified for ports");
  const [from = "", to] = text.includes("-") ? text.split("-", 2) : [text, undefined];
  for (const end of to === undefined ? [from] : [from, to]) {
    const problem = portProblem(end);
    if (problem !== undefined) throw new CliError(problem);
  }
  const first = Number(from);
  const last = Number(to ?? from);
  if (last < first) {
    const complaint =
      version === "28"
        ? "invalid range specified for port"
        : "Invalid range specified for the Port";
    throw new CliError(`${complaint}: ${text}`);
  }
  return { first, last };
}

/** strconv.ParseUint(port, 10, 16) */
function portProblem(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return `strconv.ParseUint: parsing ${quote(text)}: invalid syntax`;
  return integerProblem(text.replace(/^0+(?=\d)/, ""), "uint16");
}

/** `HOST:PORT` parts from the right, so that an address may hold colons. */
function splitParts(text: string): { ip: string; host: string; container: string } {
  const parts = text.split(":");
  if (parts.length === 1) return { ip: "", host: "", container: text };
  if (parts.length === 2) return { ip: "", host: parts[0] ?? "", container: parts[1] ?? "" };
  return {
    ip: parts.slice(0, -2).join(":"),
    host: parts.at(-2) ?? "",
    container: parts.at(-1) ?? "",
  };
}

const isIpv6 = (text: string) =>
  (/^[0-9a-fA-F:]+(\.\d+)*$/.test(text) && text.includes("::")) || text.split(":").length === 8;

function checkedIp(ip: string, recent: boolean): string {
  if (ip === "") return "";
  const bracketed = /^\[(.*)\]$/.exec(ip)?.[1];
  const plain = bracketed ?? ip;
  if (bracketed === undefined && ip.includes(":")) {
    if (recent && isIpv6(ip)) return ip;
    throw new CliError(
      recent
        ? `invalid IP address: ${ip}`
        : `Invalid ip address ${ip}: address ${ip}:: too many colons in address`,
    );
  }
  if (parseIpv4(plain) === undefined && !isIpv6(plain)) {
    throw new CliError(`${recent ? "invalid IP address" : "Invalid ip address"}: ${ip}`);
  }
  return plain;
}

export interface PublishedPorts {
  readonly exposed: Readonly<Record<string, Record<string, never>>>;
  readonly bindings: Readonly<Record<string, readonly PortBinding[]>>;
}

/** Throws CliError. */
export function parsePublished(specs: readonly string[], version: CliVersion): PublishedPorts {
  const exposed: Record<string, Record<string, never>> = {};
  const bindings: Record<string, PortBinding[]> = {};
  for (const spec of specs) {
    for (const { key, binding } of parseSpec(longForm(spec), version)) {
      exposed[key] ??= {};
      (bindings[key] ??= []).push(binding);
    }
  }
  return { exposed, bindings };
}

/** `published=8080,target=80,protocol=tcp` */
function longForm(spec: string): string {
  if (!spec.includes("=")) return spec;
  const fields = parseMount(spec);
  const target = fields.get("target") ?? "";
  const published = fields.get("published");
  const head = published === undefined ? "" : `${published}:`;
  return `${head}${target}/${fields.get("protocol") ?? "tcp"}`;
}

function parseSpec(
  spec: string,
  version: CliVersion,
): readonly { readonly key: string; readonly binding: PortBinding }[] {
  const recent = version === "28";
  const say = (recently: string, before: string) => new CliError(recent ? recently : before);
  const { ip: address, host, container: target } = splitParts(spec);
  const [container = "", protocol = "tcp"] = target.split("/", 2);
  const ip = checkedIp(address, recent);
  if (container === "") {
    throw say(`no port specified: ${spec}<empty>`, `No port specified: ${spec}<empty>`);
  }
  const ports = rangeOr(container, version, () =>
    say(`invalid containerPort: ${container}`, `Invalid containerPort: ${container}`),
  );
  const hosts =
    host === ""
      ? undefined
      : rangeOr(host, version, () => say(`invalid hostPort: ${host}`, `Invalid hostPort: ${host}`));
  const count = ports.last - ports.first;
  if (hosts !== undefined && hosts.last - hosts.first !== count && count !== 0) {
    const text = `ranges specified for container and host Ports: ${container} and ${host}`;
    throw say(`invalid ${text}`, `Invalid ${text}`);
  }
  if (!["tcp", "udp", "sctp"].includes(protocol.toLowerCase())) {
    throw say(`invalid proto: ${protocol}`, `Invalid proto: ${protocol}`);
  }
  const out = [];
  for (let i = 0; i <= count; i++) {
    out.push({
      key: `${ports.first + i}/${protocol.toLowerCase()}`,
      binding: { HostIp: ip, HostPort: hostPort(hosts, count, i) },
    });
  }
  return out;
}

/** A range of host ports for one port of the container leaves the choice to the engine. */
function hostPort(hosts: Range | undefined, count: number, index: number): string {
  if (hosts === undefined) return "";
  if (count === 0 && hosts.last > hosts.first) return `${hosts.first}-${hosts.last}`;
  return String(hosts.first + index);
}

function rangeOr(text: string, version: CliVersion, refuse: () => CliError): Range {
  try {
    return parseRange(text, version);
  } catch {
    throw refuse();
  }
}

/** The keys that `--expose` adds. Throws CliError. */
export function parseExposed(specs: readonly string[], version: CliVersion): readonly string[] {
  const out: string[] = [];
  for (const spec of specs) {
    if (spec.includes(":")) throw new CliError(`invalid port format for --expose: ${spec}`);
    const [ports = "", protocol = "tcp"] = spec.split("/", 2);
    try {
      const { first, last } = parseRange(ports, version);
      for (let port = first; port <= last; port++) out.push(`${port}/${protocol}`);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      throw new CliError(`invalid range format for --expose: ${spec}, error: ${error.message}`);
    }
  }
  return out;
}
