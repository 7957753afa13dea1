/** Kernel settings of a network namespace, by the names of sysctl(8): `net.ipv4.conf.eth0.rp_filter`. */
import type { Network } from "../../kernel/namespaces.ts";
import type { MachineNetwork } from "../../machine/network.ts";
import type { Path } from "../file/problems.ts";
import { attempt, type Complain } from "./complaint.ts";

const ROOT = "net/";
const IP_FORWARD = "net/ipv4/ip_forward";

/** Setting these sets others: first come those that the others then correct. */
const FIRST = [/^net\/ipv4\/ip_forward$/, /^net\/ipv[46]\/(conf|neigh)\/(all|default)\//];

/** The device of a fresh machine whose settings are every device's. */
export const USUAL_DEVICE = "eth0";

/** The family's part, the device, the setting. */
const DEVICE_SETTING = /^(net\/ipv[46]\/(?:conf|neigh)\/)([^/]+)(\/.*)$/;

// ------------------------------------------------------------------ setting

export function applySysctls(
  network: Network,
  sysctls: Readonly<Record<string, string | number | boolean>>,
  path: Path,
  complain: Complain,
): void {
  const tree = network.sysctlTree;
  const rank = (name: string): number => {
    const at = FIRST.findIndex((pattern) => pattern.test(pathOf(name)));
    return at < 0 ? FIRST.length : at;
  };
  const names = Object.keys(sysctls).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const name of names) {
    const value = sysctls[name];
    const text = typeof value === "boolean" ? String(Number(value)) : String(value);
    const before = tree.read(pathOf(name));
    if (before === undefined) {
      complain([...path, name], `Podwire does not model the sysctl ${name}`);
    } else if (before !== text) {
      attempt([...path, name], complain, () => tree.write(pathOf(name), text));
    }
  }
}

/** Names with a slash use it as separator, so that a device's name may have dots. sysctl(8) */
function pathOf(name: string): string {
  return name.includes("/") ? name : name.replaceAll(".", "/");
}

function nameOf(path: string): string {
  return path.includes(".") ? path : path.replaceAll("/", ".");
}

// ------------------------------------------------------------------ what differs

/** Path → value. */
export type SysctlValues = ReadonlyMap<string, string>;

export function readSysctls(network: Network): SysctlValues {
  const { sysctl } = network as MachineNetwork;
  const found = new Map<string, string>();
  for (const path of sysctl.paths()) {
    const value = sysctl.read(path);
    if (value !== undefined) found.set(`${ROOT}${path}`, value.trim().replace(/\s+/g, " "));
  }
  return found;
}

/** Whether the namespace forwards packets, which changes other settings. */
export function isForwarding(values: SysctlValues): boolean {
  return values.get(IP_FORWARD) !== "0";
}

/**
 * Name → value of the settings that were changed, and net.ipv4.ip_forward. `usual` has the settings
 * of a fresh namespace that forwards or not, as this one does, with a device eth0 that stands for
 * all but the loopback device.
 */
export function changedSysctls(now: SysctlValues, usual: SysctlValues): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const [path, value] of now) {
    const device = DEVICE_SETTING.exec(path);
    const usualPath =
      device && !isSpecial(device[2]) ? `${device[1]}${USUAL_DEVICE}${device[3]}` : path;
    if (value !== usual.get(usualPath)) changed[nameOf(path)] = value;
  }
  changed[nameOf(IP_FORWARD)] = now.get(IP_FORWARD) ?? "0";
  return changed;
}

function isSpecial(device: string | undefined): boolean {
  return device === "all" || device === "default" || device === "lo";
}
