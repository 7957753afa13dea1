/** A forwarding entry as `bridge fdb add` takes it: `02:00:00:00:00:09 dev eth0 master static`. */
import { formatIpv4, formatMac } from "../../net/address.ts";
import type { FdbRequest } from "../../kernel/rtnetlink/messages.ts";
import { readLine, TextError, type TextResult, type Words } from "./words.ts";

type Draft = { -readonly [K in keyof FdbRequest]: FdbRequest[K] };

export function parseFdbText(text: string): TextResult<FdbRequest> {
  return readLine(text, fdbGrammar);
}

function fdbGrammar(words: Words): FdbRequest {
  const mac = words.mac();
  if (!words.take("dev")) throw new TextError("expected dev after the MAC address");
  const entry: Draft = { mac, device: words.device(), target: "self", state: "permanent" };
  while (!words.done) {
    const key = words.next("a word");
    switch (key) {
      case "master":
      case "self":
        entry.target = key;
        break;
      case "static":
      case "permanent":
        entry.state = key;
        break;
      case "vlan":
        entry.vlan = words.number("a VLAN", 1, 4094);
        break;
      case "dst":
        entry.destination = words.ipv4();
        break;
      default:
        throw new TextError(`did not expect "${key}" in a forwarding entry`);
    }
  }
  return entry;
}

export function formatFdbText(entry: FdbRequest): string {
  const words = [formatMac(entry.mac), "dev", entry.device];
  if (entry.destination !== undefined) words.push("dst", formatIpv4(entry.destination));
  if (entry.vlan !== undefined) words.push("vlan", String(entry.vlan));
  words.push(entry.target, entry.state);
  return words.join(" ");
}
