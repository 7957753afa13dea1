/** Kernel settings of a network namespace, by the names of sysctl(8): `net.ipv4.conf.eth0.rp_filter`. */
import type { SysctlTree } from "../../kernel/fs/proc/sysctl-tree.ts";
import type { Path } from "../file/problems.ts";
import { attempt, type Complain } from "./complaint.ts";

const IP_FORWARD = "net/ipv4/ip_forward";

/** Setting these sets others: first come those that the others then correct. */
const FIRST = [/^net\/ipv4\/ip_forward$/, /^net\/ipv4\/(conf|neigh)\/(all|default)\//];

// ------------------------------------------------------------------ setting

export function applySysctls(
  tree: SysctlTree,
  sysctls: Readonly<Record<string, string | number | boolean>>,
  path: Path,
  complain: Complain,
): void {
  const rank = (name: string): number => {
    const at = FIRST.findIndex((pattern) => pattern.test(pathOf(name)));
    return at < 0 ? FIRST.length : at;
  };
  const names = Object.keys(sysctls).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const name of names) {
    const value = sysctls[name];
    const text = typeof value === "boolean" ? String(Number(value)) : String(value);
    if (tree.read(pathOf(name)) === undefined) {
      complain([...path, name], `Podwire does not model the sysctl ${name}`);
    } else {
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

/** Path → value, of every setting that can be written. */
export type SysctlValues = ReadonlyMap<string, string>;

export function readSysctls(tree: SysctlTree): SysctlValues {
  const found = new Map<string, string>();
  const walk = (directory: string): void => {
    for (const name of tree.list(directory) ?? []) {
      const path = directory === "" ? name : `${directory}/${name}`;
      const value = tree.read(path);
      if (value === undefined) walk(path);
      else if (tree.isWritable?.(path) ?? true) found.set(path, value.trim().replace(/\s+/g, " "));
    }
  };
  walk("");
  return found;
}

/**
 * Name → value of the settings that are not as after booting. `pristine` is a fresh namespace's,
 * with a device eth0 that stands for all but the loopback device. `always`: settings that are
 * given even when they are as after booting.
 */
export function changedSysctls(
  now: SysctlValues,
  pristine: SysctlValues,
  always: Iterable<string>,
): Record<string, string> {
  const changed: Record<string, string> = {};
  const forwards = now.get(IP_FORWARD);
  const forwardingChanged = forwards !== pristine.get(IP_FORWARD);
  for (const [path, value] of now) {
    const device = /^(net\/ipv4\/(?:conf|neigh)\/)([^/]+)(\/.*)$/.exec(path);
    const isForwarding = device !== null && device[3] === "/forwarding" && path.includes("/conf/");
    if (isForwarding && device[2] === "all") continue; // the same as ip_forward
    const usual =
      isForwarding && forwardingChanged
        ? forwards
        : pristine.get(device && !isSpecial(device[2]) ? `${device[1]}eth0${device[3]}` : path);
    if (value !== usual) changed[nameOf(path)] = value;
  }
  for (const name of always) {
    const value = now.get(pathOf(name));
    if (value !== undefined) changed[name] = value;
  }
  return changed;
}

function isSpecial(device: string | undefined): boolean {
  return device === "all" || device === "default" || device === "lo";
}
