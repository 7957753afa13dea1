/** An address as `ip address add` takes it: `10.0.0.1/24 brd 10.0.0.255 scope link label eth0:1`. */
import { broadcastOf, formatIpv4, parseIpv4Prefix } from "../../net/address.ts";
import type { AddressScope, NewAddress } from "../../kernel/rtnetlink/messages.ts";
import { readLine, TextError, type TextResult, type Words } from "./words.ts";

export type AddressSpec = Omit<NewAddress, "device">;

const SCOPES = ["global", "site", "link", "host"] as const satisfies readonly AddressScope[];

export function parseAddressText(text: string): TextResult<AddressSpec> {
  return readLine(text, addressGrammar);
}

function addressGrammar(words: Words): AddressSpec {
  const word = words.next("an address such as 10.0.0.1/24");
  const prefix = parseIpv4Prefix(word);
  if (!prefix) throw new TextError(`"${word}" is not an address such as 10.0.0.1/24`);
  const spec: { -readonly [K in keyof AddressSpec]: AddressSpec[K] } = {
    address: prefix.address,
    prefixLength: prefix.length,
  };
  while (!words.done) {
    const key = words.next("a word");
    switch (key) {
      case "peer": {
        const peer = words.prefix();
        spec.peer = peer.address;
        spec.prefixLength = peer.length;
        break;
      }
      case "brd":
        spec.broadcast = words.take("+")
          ? broadcastOf(spec.address, spec.prefixLength)
          : words.ipv4();
        break;
      case "scope":
        spec.scope = words.oneOf("a scope", SCOPES);
        break;
      case "metric":
        spec.metric = words.number("a metric", 0, 0xffffffff);
        break;
      case "label":
        spec.label = words.next("a label");
        break;
      case "noprefixroute":
        spec.noPrefixRoute = true;
        break;
      default:
        throw new TextError(
          `did not expect "${key}" (after the address may come peer, brd, metric, scope, label, noprefixroute)`,
        );
    }
  }
  return spec;
}

export function formatAddressText(spec: AddressSpec): string {
  const words =
    spec.peer === undefined
      ? [`${formatIpv4(spec.address)}/${spec.prefixLength}`]
      : [formatIpv4(spec.address), "peer", `${formatIpv4(spec.peer)}/${spec.prefixLength}`];
  if (spec.broadcast !== undefined) {
    words.push(
      "brd",
      formatIpv4(
        spec.broadcast === "computed"
          ? broadcastOf(spec.address, spec.prefixLength)
          : spec.broadcast,
      ),
    );
  }
  if (spec.metric) words.push("metric", String(spec.metric));
  if (spec.scope !== undefined && spec.scope !== "global") words.push("scope", spec.scope);
  if (spec.label !== undefined) words.push("label", spec.label);
  if (spec.noPrefixRoute) words.push("noprefixroute");
  return words.join(" ");
}
