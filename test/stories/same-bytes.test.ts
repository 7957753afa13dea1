import { expect, test } from "vitest";
import { createSession } from "../../engine/create-session.ts";
import { seconds } from "../../engine/sim/clock.ts";
import { decodeUtf8 } from "../../engine/sim/utf8.ts";

/** Types at fixed virtual times into a terminal; everything that came to its screen. */
function play(): string {
  const session = createSession();
  expect(session.openTemplate("hosts-and-switch").ok).toBe(true);
  const opened = session.openTerminal("h1", { columns: 80, rows: 24 });
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  let screen = "";
  let nowNs = 0;
  const pass = (duration: number): void => {
    nowNs += seconds(duration);
    session.advance({ untilNs: nowNs, maxEvents: 1_000_000 });
    for (const notice of session.takeNotices()) {
      if (notice.kind === "terminal-output") screen += decodeUtf8(notice.data);
    }
  };
  pass(1);
  for (const line of [
    "tcpdump -i eth0 -c 6 -w /tmp/f.pcap 2>/dev/null &",
    "ping -c 3 -i 0.2 10.0.0.2",
    "cat /proc/sys/kernel/random/uuid; echo $RANDOM; date",
    "base64 /tmp/f.pcap",
  ]) {
    for (const key of `${line}\r`) {
      session.terminalInput(opened.value, key);
      pass(0.01);
    }
    pass(3);
  }
  return screen;
}

test("the same lab and the same keystrokes give the same screen and the same capture", () => {
  const first = play();
  expect(first).toContain("3 packets transmitted, 3 received");
  // The start of a pcap file.
  expect(first).toContain("1MOyoQ");
  expect(play()).toBe(first);
});
