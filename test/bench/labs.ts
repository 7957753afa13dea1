/** The labs that are measured, as lab files. */
import { stringify } from "yaml";

/** `count` hosts around switches of at most `ports` ports, in one network. */
export function starLab(count: number, ports = count): string {
  const switches = Math.ceil(count / ports);
  const nodes: object[] = [];
  const cables: object[] = [];
  for (let s = 1; s <= switches; s++) {
    nodes.push({ name: `sw${s}`, kind: "switch", at: [s * 400, 0] });
    if (s > 1) cables.push({ ends: [`sw${s - 1}:p${ports + 1}`, `sw${s}:p${ports + 2}`] });
  }
  for (let h = 1; h <= count; h++) {
    const s = Math.ceil(h / ports);
    const address = `10.${Math.floor(h / 65536)}.${Math.floor(h / 256) % 256}.${h % 256}/8`;
    nodes.push({
      name: `h${h}`,
      kind: "host",
      at: [(h % 25) * 220, 200 + Math.floor(h / 25) * 120],
      interfaces: [{ name: "eth0", addresses: [address] }],
    });
    cables.push({ ends: [`h${h}:eth0`, `sw${s}:p${((h - 1) % ports) + 1}`] });
  }
  return stringify({ podwire: 1, name: `${count} hosts`, seed: 1, nodes, cables });
}

/** a -- sw1 -- r1 -- sw2 -- b: three hosts and two switches in a row. */
export const ROUTED_LAB = stringify({
  podwire: 1,
  name: "row",
  seed: 1,
  nodes: [
    {
      name: "a",
      kind: "host",
      interfaces: [{ name: "eth0", addresses: ["10.0.1.10/24"] }],
      routes: ["default via 10.0.1.1 dev eth0"],
    },
    { name: "sw1", kind: "switch" },
    {
      name: "r1",
      kind: "router",
      interfaces: [
        { name: "eth0", addresses: ["10.0.1.1/24"] },
        { name: "eth1", addresses: ["10.0.2.1/24"] },
      ],
    },
    { name: "sw2", kind: "switch" },
    {
      name: "b",
      kind: "host",
      interfaces: [{ name: "eth0", addresses: ["10.0.2.10/24"] }],
      routes: ["default via 10.0.2.1 dev eth0"],
    },
  ],
  cables: [
    { ends: ["a:eth0", "sw1:p1"] },
    { ends: ["r1:eth0", "sw1:p2"] },
    { ends: ["r1:eth1", "sw2:p1"] },
    { ends: ["b:eth0", "sw2:p2"] },
  ],
});
