/** Refusals of flags' values, in the words of docker/cli's opts. */
import { parseIpv4 } from "../../../net/address.ts";
import type { Command, ForeignFlags } from "../command.ts";
import { mountProblem } from "./mounts.ts";
import { networkProblem } from "./networks.ts";

const SYSCTLS = [
  /^kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$/,
  /^net\./,
  /^fs\.mqueue\./,
];

function linkProblem(text: string): string | undefined {
  if (text === "") return "empty string specified for links";
  const parts = text.split(":");
  return parts.length > 2 ? `bad format for links: ${text}` : undefined;
}

/** `name:ip` or, since 28, `name=ip`. */
function hostProblem(text: string, recent: boolean): string | undefined {
  const match = (recent ? /^([^=:]+)[=:](.+)$/ : /^([^:]+):(.+)$/).exec(text);
  if (match === null) return `bad format for add-host: "${text}"`;
  const ip = (match[2] as string).replace(/^\[(.*)\]$/, "$1");
  if (ip === "host-gateway" || parseIpv4(ip) !== undefined || ip.includes(":")) return undefined;
  return `invalid IP address in add-host: "${ip}"`;
}

function ulimitProblem(text: string): string | undefined {
  const match = /^([^=]+)=([^:]*)(?::(.*))?$/.exec(text);
  if (match === null) return `invalid ulimit argument: ${text}`;
  const [, name = "", soft = "", hard] = match;
  const known =
    /^(core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime|sigpending|stack)$/;
  if (!known.test(name)) return `invalid ulimit type: ${name}`;
  for (const limit of hard === undefined ? [soft] : [soft, hard]) {
    if (!/^-?\d+$/.test(limit)) {
      return `strconv.ParseInt: parsing "${limit}": invalid syntax`;
    }
  }
  if (hard !== undefined && Number(hard) >= 0 && Number(soft) > Number(hard)) {
    return `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`;
  }
  return undefined;
}

/** Why `--env` refuses a value; undefined: it is fine. */
export function environmentProblem(text: string): string | undefined {
  return text.startsWith("=") ? `invalid environment variable: ${text}` : undefined;
}

export const CONTAINER_CHECKS: Command["checks"] = {
  "add-host": (text, version) => hostProblem(text, version === "28"),
  attach: (text) =>
    /^(stdin|stdout|stderr)$/i.test(text)
      ? undefined
      : "valid streams are STDIN, STDOUT and STDERR",
  dns: (text, version) => {
    if (parseIpv4(text.trim()) !== undefined || text.includes(":")) return undefined;
    return version === "28"
      ? `IP address is not correctly formatted: ${text}`
      : `${text} is not an ip address`;
  },
  env: environmentProblem,
  label: (text) => (text.startsWith("=") ? `invalid label '${text}': empty name` : undefined),
  link: linkProblem,
  mount: mountProblem,
  network: networkProblem,
  sysctl: (text, version) => {
    const name = text.split("=", 1)[0] ?? "";
    if (text.includes("=") && SYSCTLS.some((known) => known.test(name))) return undefined;
    return version === "28"
      ? `sysctl '${text}' is not allowed`
      : `sysctl '${text}' is not whitelisted`;
  },
  ulimit: ulimitProblem,
};

/** Flags of run and create that need what an emulated machine does not have. */
export const UNMODELLED_FLAGS: readonly string[] = [
  "blkio-weight-device",
  "device",
  "device-cgroup-rule",
  "device-read-bps",
  "device-read-iops",
  "device-write-bps",
  "device-write-iops",
  "gpus",
  "kernel-memory",
  "platform",
  "storage-opt",
  "use-api-socket",
  "volume-driver",
];

/** Limits of Windows. */
export const FOREIGN_FLAGS: ForeignFlags = {
  windows: ["cpu-count", "cpu-percent", "io-maxbandwidth", "io-maxiops"],
};
