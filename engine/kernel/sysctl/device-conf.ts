/** net.ipv4.conf.{all,default,DEV}. Linux devinet_conf_proc(), inet_forward_change(). */
import { DeviceConf } from "../ip/conf.ts";
import type { NetNamespace } from "../netns.ts";
import type { SysctlDirectory, SysctlFile } from "../sysctl.ts";
import { parseInteger } from "./parse.ts";

type Field = Exclude<keyof DeviceConf, "copy" | "written">;

const FIELDS: readonly Field[] = Object.keys(new DeviceConf()).filter(
  (name) => name !== "written",
) as Field[];

export function deviceConfDirectory(netns: NetNamespace): SysctlDirectory {
  return {
    path: "ipv4/conf",
    directories: () => ["all", "default", ...netns.devices().map(({ name }) => name)],
    files: () => FIELDS,
    file: (directory, name) => {
      const conf = confOf(netns, directory);
      if (!conf || !FIELDS.includes(name as Field)) return undefined;
      return confFile(netns, conf, name as Field);
    },
  };
}

function confOf(netns: NetNamespace, directory: string): DeviceConf | undefined {
  if (directory === "all") return netns.confAll;
  if (directory === "default") return netns.confDefault;
  return netns.deviceByName(directory)?.ipv4.conf;
}

function confFile(netns: NetNamespace, conf: DeviceConf, field: Field): SysctlFile {
  return {
    read: () => String(conf[field]),
    write: (text) => {
      const value = parseInteger(text);
      const before = conf[field];
      conf[field] = value;
      (conf.written ??= new Set()).add(field);
      if (field === "forwarding" && conf === netns.confAll && value !== before) {
        setForwarding(netns, value);
      }
      if (conf === netns.confDefault) spreadDefault(netns, field, value);
    },
  };
}

/** A new default is taken over by devices on which nobody wrote the setting. */
function spreadDefault(netns: NetNamespace, field: Field, value: number): void {
  for (const { ipv4 } of netns.devices()) {
    if (field !== "forwarding" && !ipv4.conf.written?.has(field)) ipv4.conf[field] = value;
  }
}

/** net.ipv4.ip_forward was changed: all devices follow. */
export function setForwarding(netns: NetNamespace, value: number): void {
  netns.confAll.forwarding = value;
  netns.confAll.accept_redirects = value === 0 ? 1 : 0;
  netns.confDefault.forwarding = value;
  for (const { ipv4 } of netns.devices()) ipv4.conf.forwarding = value;
  netns.fib.flushExceptions();
}
