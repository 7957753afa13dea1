/** A static neighbour: `10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0`, `proxy 10.0.0.9 dev eth0`. */
import { formatIpv4, formatMac } from "../../net/address.ts";
import type { NeighbourRequest } from "../../kernel/rtnetlink/messages.ts";
import { readLine, TextError, type TextResult, type Words } from "./words.ts";

export function parseNeighbourText(text: string): TextResult<NeighbourRequest> {
  return readLine(text, neighbourGrammar);
}

function neighbourGrammar(words: Words): NeighbourRequest {
  const proxy = words.take("proxy");
  const address = words.ipv4();
  if (proxy) {
    if (!words.take("dev")) throw new TextError("expected dev after the address");
    return { proxy, address, device: words.device() };
  }
  if (!words.take("lladdr")) throw new TextError("expected lladdr after the address");
  const mac = words.mac();
  if (!words.take("dev")) throw new TextError("expected dev after the MAC address");
  const device = words.device();
  const state = words.take("nud")
    ? ({ permanent: "PERMANENT", noarp: "NOARP" } as const)[
        words.oneOf("a lasting state", ["permanent", "noarp"])
      ]
    : "PERMANENT";
  return { device, address, mac, state };
}

export function formatNeighbourText(neighbour: NeighbourRequest): string {
  const address = formatIpv4(neighbour.address);
  if (neighbour.proxy) return `proxy ${address} dev ${neighbour.device}`;
  const words = [address];
  if (neighbour.mac !== undefined) words.push("lladdr", formatMac(neighbour.mac));
  words.push("dev", neighbour.device);
  if (neighbour.state === "NOARP") words.push("nud", "noarp");
  return words.join(" ");
}
