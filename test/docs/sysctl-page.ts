/** The part of docs/coverage.md that lists the kernel's parameters, as a machine itself lists them. */
import { lab } from "../support/lab.ts";

export function sysctlLines(): readonly string[] {
  const { pc } = lab("pc -- sw1");
  const names = pc.types("sysctl -aN").stdout.trim().split("\n");
  // Devices have the same parameters: one stands for all.
  const general = names
    .filter((name) => !/^net\.ipv[46]\.(conf|neigh)\.(all|lo)\./.test(name))
    .map((name) => name.replace(/^(net\.ipv[46]\.(?:conf|neigh))\.(?:default|eth0)\./, "$1.DEV."));
  const unique = [...new Set(general)];
  return [
    "## Kernel parameters",
    "",
    "What `sysctl -a` lists; `DEV` is a device, `all` or `default`. Other names do not exist.",
    "",
    "```",
    ...unique,
    "```",
    "",
  ];
}
