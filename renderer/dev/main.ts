/** The interface without an engine. `?recovery`: with something to recover; `?large=500`: a large lab. */
import { mountApp } from "../app.ts";
import { docker, largeLab, office, ring, twoHosts } from "./example-labs.ts";
import { makeFakeHost } from "./fake-host.ts";

const query = new URLSearchParams(location.search);
const large = query.get("large");
const templates = {
  "two-hosts": twoHosts,
  office,
  ring,
  docker,
  ...(large === null ? {} : { large: largeLab(Number(large)) }),
};
const recovery = query.has("recovery")
  ? { name: "My lab", text: JSON.stringify(office), writtenAt: Date.now() - 300_000 }
  : undefined;
const host = makeFakeHost(templates, recovery);
Object.assign(window, { fakeHost: host });
mountApp(document.body, host);
