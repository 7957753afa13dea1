/**
 * Records the transcripts afresh: `npx tsx test/programs/record.ts FILE…`, on Linux, as root, with
 * Debian 12's iproute2 6.1.0, net-tools 2.10 and bridge-utils 1.7.1. Nothing leaves the namespace.
 */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { formatTranscript, parseTranscript } from "./transcripts.ts";

const SETUP =
  "mount -t tmpfs none /run; mount --bind /dev/null /etc/resolv.conf; " +
  "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; " +
  "echo ready; exec sleep 600";

for (const file of process.argv.slice(2)) {
  const holder = spawn("unshare", ["-nm", "bash", "-c", SETUP], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const steps = parseTranscript(readFileSync(file, "utf8")).map(({ run }) => {
    const done = spawnSync(
      "nsenter",
      ["-t", String(holder.pid), "-n", "-m", "bash", "--norc", "-c", run],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      },
    );
    return { run, stdout: done.stdout, stderr: done.stderr, exit: done.status ?? 0 };
  });
  writeFileSync(file, formatTranscript(steps));
  holder.kill();
}
