import { expect, test } from "vitest";
import type { Packet } from "../../../engine/net/packet.ts";
import type { NetfilterHooks, Verdict } from "../../../engine/kernel/netfilter/hooks.ts";
import { ip, twoNetworks, type Host } from "./wire.ts";

const HOOKS = ["prerouting", "input", "forward", "output", "postrouting"] as const;

/** Notes every hook that an echo request passes, with its devices. */
function watch(host: Host): string[] {
  const passed: string[] = [];
  for (const name of HOOKS) {
    host.netns.hooks[name] = (packet, input, output) => {
      if (packet.transport?.kind === "icmp" && packet.transport.type === 8) {
        passed.push(`${name} ${input?.name ?? "-"} ${output?.name ?? "-"}`);
      }
      return "accept";
    };
  }
  return passed;
}

function dropAt(host: Host, hook: keyof NetfilterHooks): void {
  host.netns.hooks[hook] = (): Verdict => "drop";
}

test("the hooks of sender, router and receiver are passed in Linux's order", () => {
  const { a, r, b } = twoNetworks();
  const [onA, onR, onB] = [watch(a), watch(r), watch(b)];
  expect(a.pings("10.0.2.10")).toBe(true);
  expect(onA).toEqual(["output - eth0", "postrouting - eth0"]);
  expect(onR).toEqual(["prerouting eth0 -", "forward eth0 eth1", "postrouting eth0 eth1"]);
  expect(onB).toEqual(["prerouting eth0 -", "input eth0 -"]);
});

test("a packet to ourselves passes them all on the loopback", () => {
  const { a } = twoNetworks();
  const passed = watch(a);
  expect(a.pings("10.0.1.10")).toBe(true);
  expect(passed).toEqual(["output - lo", "postrouting - lo", "prerouting lo -", "input lo -"]);
});

test.each(["prerouting", "forward", "postrouting"] as const)("a router drops at %s", (hook) => {
  const { a, r } = twoNetworks();
  dropAt(r, hook);
  expect(a.pings("10.0.2.10")).toBe(false);
});

test("a sender whose firewall drops is refused", () => {
  const { a } = twoNetworks();
  dropAt(a, "output");
  expect(() => a.echo("10.0.2.10")).toThrow("EPERM");
});

test("a new destination in PREROUTING is routed to, one in OUTPUT is routed anew", () => {
  const { a, r, b } = twoNetworks();
  const translate = (packet: Packet): Verdict => {
    if (packet.ip?.dst === ip("192.0.2.1")) packet.ip = { ...packet.ip, dst: ip("10.0.2.10") };
    return "accept";
  };
  r.netns.hooks.prerouting = translate;
  a.echo("192.0.2.1");
  a.wire.run(10);
  expect(b.seen).toHaveLength(1);
  a.netns.hooks.output = translate;
  a.echo("192.0.2.1");
  a.wire.run(10);
  expect(b.seen).toHaveLength(2);
});

test("a mark set in OUTPUT chooses another table", () => {
  const { wire, a } = twoNetworks();
  a.netns.rtnetlink.newRoute(
    { type: "blackhole", destination: ip("0.0.0.0"), prefixLength: 0, table: 100 },
    "add",
  );
  a.netns.rtnetlink.newRule({
    priority: 500,
    not: false,
    mark: { value: 1, mask: 0xffffffff },
    action: { kind: "lookup", table: 100 },
  });
  expect(a.pings("10.0.2.10")).toBe(true);
  a.netns.hooks.output = (packet) => {
    packet.mark = 1;
    return "accept";
  };
  expect(() => a.echo("10.0.2.10")).toThrow("EINVAL");
  wire.run(1);
});

test("a tracer sees each stage, and why a packet died", () => {
  const { wire, a, r } = twoNetworks();
  const seen: string[] = [];
  r.netns.tracer = (packet, event) => {
    if (packet.ip) seen.push(event.kind === "drop" ? `drop ${event.reason}` : event.kind);
  };
  a.echo("10.0.2.10", { ttl: 1 });
  wire.run(1);
  expect(seen.slice(0, 4)).toEqual(["ingress", "hook", "route", "drop ttl"]);
});
