import { expect, test } from "vitest";
import { MATCHES } from "../../../engine/kernel/netfilter/matches/registry.ts";
import { TARGETS } from "../../../engine/kernel/netfilter/targets/registry.ts";
import { lab } from "../../support/lab.ts";

const EXTENSIONS = [...MATCHES, ...TARGETS];

test("every extension is listed once", () => {
  for (const list of [MATCHES, TARGETS]) {
    const names = list.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});

test("every example survives being read and printed", () => {
  const { a } = lab("a");
  for (const { name, docs } of EXTENSIONS) {
    for (const example of docs.examples) {
      const table = /^-t (\w+) /.exec(example)?.[1] ?? "filter";
      const rule = example.replace(/^-t \w+ /, "");
      a.types(`iptables -t ${table} -N own; iptables -t ${table} -A own ${rule}`).exits(0);
      a.types(`iptables -t ${table} -S own | tail -1`).shows(`-A own ${rule}\n`);
      a.types(`iptables -t ${table} -F own; iptables -t ${table} -X own`).exits(0);
    }
    expect(name).not.toBe("");
  }
});
