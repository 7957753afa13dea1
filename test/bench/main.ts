/** `npm run bench`: one table. The browser edition must be built (`npm run bench` does it). */
import { forwarding, manyContainers, pingAll, routeLookup, thousandHosts } from "./engine-rows.ts";
import { kubeProxyRows } from "./netfilter-rows.ts";
import { printTable } from "./row.ts";
import { sizeRow } from "./size-row.ts";
import { windowRows } from "./window-rows.ts";

printTable([
  forwarding(),
  routeLookup(),
  ...thousandHosts(),
  pingAll(),
  manyContainers(),
  ...kubeProxyRows(),
  ...(await windowRows()),
  sizeRow(),
]);
