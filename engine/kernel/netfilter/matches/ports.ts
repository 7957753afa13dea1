/** How port tests are listed; print_port() in libxt_tcp and libxt_udp. */
import type { Names } from "../xtables/extension.ts";
import type { PortRange } from "../xtables/options.ts";

export interface PortTest {
  readonly range: PortRange;
  readonly negated: boolean;
}

/** `dpt:80`, `dpts:80:90`, `dpt:!80` */
export function listPorts(
  label: string,
  { range, negated }: PortTest,
  protocol: "tcp" | "udp",
  names: Names | undefined,
): string {
  const text = (port: number): string => names?.service(port, protocol) ?? String(port);
  const sign = negated ? "!" : "";
  if (range.first === range.last) return `${label}:${sign}${text(range.first)}`;
  return `${label}s:${sign}${text(range.first)}:${text(range.last)}`;
}
