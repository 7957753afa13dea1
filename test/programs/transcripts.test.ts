import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lab } from "../support/lab.ts";
import { parseTranscript } from "./transcripts.ts";

const FOLDER = new URL("./transcripts/", import.meta.url);

for (const name of readdirSync(FOLDER).sort()) {
  test(`${name.replace(".txt", "")}: every command says what the real one said`, () => {
    const { a } = lab("a", { addresses: false });
    // What is about named namespaces runs on the machine itself: they are not seen from inside one.
    const inside = name.startsWith("host-") ? "" : "ip netns exec recorded ";
    if (inside !== "") a.types("ip netns add recorded").exits(0);
    const quiet = "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1";
    a.types(`${inside}sysctl -qw ${quiet}`).exits(0);
    const steps = parseTranscript(readFileSync(new URL(name, FOLDER), "utf8"));
    expect(steps.length).toBeGreaterThan(0);
    for (const { run, ...real } of steps) {
      const quoted = `'${run.replaceAll("'", "'\\''")}'`;
      const { stdout, stderr, exit } = a.types(`${inside}bash -c ${quoted}`);
      expect.soft({ stdout, stderr, exit }, run).toEqual(real);
    }
  });
}
