/** net.ipv4.ip_local_reserved_ports, as proc_do_large_bitmap() of kernel/sysctl.c reads and shows it. */
import { KernelError } from "../errno.ts";
import type { PortRange } from "../transport/sysctls.ts";
import type { FixedSysctl } from "./fixed.ts";

const MAX_PORT = 65535;

/** `8080,9148-9150` as ascending ranges that do not touch; EINVAL. */
function parseRanges(text: string): PortRange[] {
  const trimmed = text.trim();
  const words = trimmed === "" ? [] : trimmed.replace(/,$/, "").split(",");
  const ranges = words.map((word): PortRange => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(word);
    const low = Number(match?.[1] ?? Number.NaN);
    const high = Number(match?.[2] ?? low);
    if (!(low <= high && high <= MAX_PORT)) throw new KernelError("EINVAL");
    return [low, high];
  });
  ranges.sort(([a], [b]) => a - b);
  const joined: PortRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && range[0] <= last[1] + 1)
      joined[joined.length - 1] = [last[0], Math.max(last[1], range[1])];
    else joined.push(range);
  }
  return joined;
}

const format = (ranges: readonly PortRange[]): string =>
  ranges.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`)).join(",");

export const RESERVED_PORTS: FixedSysctl = {
  initial: "",
  parse: (text) => format(parseRanges(text)),
  get: (netns) => format(netns.transportSysctls.reservedPorts),
  set: (netns, value) => {
    netns.transportSysctls.reservedPorts = parseRanges(value);
  },
};
