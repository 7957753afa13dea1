/** What the engine's own resolver knows: the containers of the networks that a sandbox is in. */
import {
  DNS_NOERROR,
  DNS_TYPE_A,
  DNS_TYPE_AAAA,
  DNS_TYPE_PTR,
  reverseName,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
} from "../../net/dns.ts";
import type { Endpoint } from "../networks/network.ts";
import type { Sandbox } from "../networks/sandbox.ts";

/** Seconds; libnetwork resolver.go respTTL. */
const TTL_SECONDS = 600;

/** Undefined: somebody else has to be asked. */
export function answerFor(query: DnsMessage, sandbox: Sandbox): DnsMessage | undefined {
  const [question] = query.questions;
  const answers = question && lookUp(question, sandbox);
  return answers && response(query, DNS_NOERROR, answers);
}

export function response(
  query: DnsMessage,
  responseCode: number,
  answers: readonly DnsRecord[],
): DnsMessage {
  return {
    id: query.id,
    response: true,
    authoritative: false,
    truncated: false,
    recursionDesired: query.recursionDesired,
    recursionAvailable: true,
    responseCode,
    questions: query.questions,
    answers,
  };
}

/** Empty: the name is known, but has nothing of that type. */
function lookUp({ name, type }: DnsQuestion, sandbox: Sandbox): DnsRecord[] | undefined {
  if (type === DNS_TYPE_PTR) return reverse(name, sandbox);
  if (type !== DNS_TYPE_A && type !== DNS_TYPE_AAAA) return undefined;
  for (const own of sandbox.endpoints) {
    const found = matching(name, own);
    if (found.length === 0) continue;
    if (type === DNS_TYPE_AAAA) return [];
    return found.flatMap(({ address }) =>
      address === undefined ? [] : [{ name, type, ttlSeconds: TTL_SECONDS, address }],
    );
  }
  return undefined;
}

/** Endpoints of one of the sandbox's networks that are called so, or `NAME.NETWORK`. */
function matching(name: string, own: Endpoint): Endpoint[] {
  const { network } = own;
  const wanted = name.toLowerCase();
  const suffix = `.${network.name.toLowerCase()}`;
  const bare = wanted.endsWith(suffix) ? wanted.slice(0, -suffix.length) : wanted;
  const linked = own.links[wanted];
  return [...network.endpoints.values()].filter((endpoint) => {
    const names = endpoint.dnsNames().map((known) => known.toLowerCase());
    return names.includes(wanted) || names.includes(bare) || endpoint.containerName() === linked;
  });
}

function reverse(name: string, sandbox: Sandbox): DnsRecord[] | undefined {
  for (const { network } of sandbox.endpoints) {
    for (const endpoint of network.endpoints.values()) {
      const { address } = endpoint;
      if (address === undefined || endpoint.dnsNames().length === 0) continue;
      if (reverseName(address) !== name.toLowerCase()) continue;
      const target = `${endpoint.containerName()}.${network.name}`;
      return [{ name, type: DNS_TYPE_PTR, ttlSeconds: TTL_SECONDS, target }];
    }
  }
  return undefined;
}
