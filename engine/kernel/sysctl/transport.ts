/** The sysctls that the transports keep themselves: `netns.transportSysctls`. */
import { KernelError } from "../errno.ts";
import { defaultTransportSysctls, type TransportSysctls } from "../transport/sysctls.ts";
import type { FixedSysctl } from "./fixed.ts";
import { parseInteger, parseTuple } from "./parse.ts";

/** Path → field, and the least and greatest value. */
const FIELDS: readonly (readonly [string, keyof TransportSysctls, number?, number?])[] = [
  ["core/rmem_default", "receiveBufferDefault", 2304],
  ["core/rmem_max", "receiveBufferMax", 2304],
  ["core/somaxconn", "maxBacklog", 0],
  ["core/wmem_default", "sendBufferDefault", 4608],
  ["core/wmem_max", "sendBufferMax", 4608],
  ["ipv4/ip_local_port_range", "localPortRange", 1, 65535],
  ["ipv4/ip_unprivileged_port_start", "unprivilegedPortStart", 0, 65535],
  ["ipv4/ping_group_range", "pingGroupRange", 0],
  ["ipv4/tcp_abort_on_overflow", "tcpAbortOnOverflow", 0, 255],
  ["ipv4/tcp_fin_timeout", "tcpFinTimeoutSeconds"],
  ["ipv4/tcp_keepalive_intvl", "tcpKeepaliveIntervalSeconds"],
  ["ipv4/tcp_keepalive_probes", "tcpKeepaliveProbes", 0, 255],
  ["ipv4/tcp_keepalive_time", "tcpKeepaliveTimeSeconds"],
  ["ipv4/tcp_max_syn_backlog", "tcpMaxSynBacklog"],
  ["ipv4/tcp_orphan_retries", "tcpOrphanRetries", 0, 255],
  ["ipv4/tcp_retries2", "tcpRetries2", 0, 255],
  ["ipv4/tcp_rmem", "tcpReceiveMemory", 1],
  ["ipv4/tcp_sack", "tcpSack", 0, 255],
  ["ipv4/tcp_slow_start_after_idle", "tcpSlowStartAfterIdle", 0, 255],
  ["ipv4/tcp_syn_linear_timeouts", "tcpSynLinearTimeouts", 0, 127],
  ["ipv4/tcp_syn_retries", "tcpSynRetries", 1, 127],
  ["ipv4/tcp_synack_retries", "tcpSynAckRetries", 0, 255],
  ["ipv4/tcp_timestamps", "tcpTimestamps", 0, 2],
  ["ipv4/tcp_tw_reuse", "tcpTimeWaitReuse", 0, 2],
  ["ipv4/tcp_window_scaling", "tcpWindowScaling", 0, 255],
  ["ipv4/tcp_wmem", "tcpSendMemory", 1],
];

function format(value: TransportSysctls[keyof TransportSysctls]): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "number" ? String(value) : value.join("\t");
}

function transportSysctl(field: keyof TransportSysctls, low?: number, high?: number): FixedSysctl {
  const initial = defaultTransportSysctls()[field];
  return {
    initial: format(initial),
    parse: (text, current) =>
      typeof initial === "object"
        ? parseTuple(
            text,
            current.split("\t").map(Number),
            low ?? 0,
            field === "localPortRange",
          ).join("\t")
        : String(parseInteger(text, low, high)),
    get: (netns) => format(netns.transportSysctls[field]),
    set: (netns, value) => {
      const numbers = value.split("\t").map(Number);
      const [first] = numbers;
      const kept =
        typeof initial === "boolean" ? first !== 0 : typeof initial === "number" ? first : numbers;
      const next: TransportSysctls = { ...netns.transportSysctls, [field]: kept };
      if (!arePortsApart(next)) throw new KernelError("EINVAL");
      Object.assign(netns.transportSysctls, { [field]: kept });
    },
  };
}

/** What is picked for clients lies above the privileged ports; ipv4_local_port_range(). */
function arePortsApart({ localPortRange: [low, high], unprivilegedPortStart }: TransportSysctls) {
  return low >= unprivilegedPortStart && low <= high && high <= 65535;
}

export function transportSysctls(): [string, FixedSysctl][] {
  return FIELDS.map(([path, field, low, high]) => [path, transportSysctl(field, low, high)]);
}
