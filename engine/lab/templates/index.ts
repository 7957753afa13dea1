/** The templates, in the order in which they are offered. */
import { empty } from "./empty.ts";
import { hostsAndSwitch } from "./hosts-and-switch.ts";
import { namespaces } from "./namespaces.ts";
import { routedNetworks } from "./routed-networks.ts";
import { routerChain } from "./router-chain.ts";
import { sharedNamespace } from "./shared-namespace.ts";
import { slowLink } from "./slow-link.ts";
import { switchLoop } from "./switch-loop.ts";
import type { Template } from "./template.ts";
import { twoHosts } from "./two-hosts.ts";

export const TEMPLATES: readonly Template[] = [
  empty,
  twoHosts,
  hostsAndSwitch,
  routedNetworks,
  routerChain,
  switchLoop,
  slowLink,
  namespaces,
  sharedNamespace,
];
