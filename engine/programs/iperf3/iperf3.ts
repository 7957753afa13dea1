import { formatIpv4, IPV4_ANY } from "../../net/address.ts";
import { KernelError, strerror } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/process/program.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { decodeUtf8, encodeUtf8 } from "../../sim/utf8.ts";
import { resolveHost } from "../support/resolve.ts";
import { LineReader } from "../support/streams.ts";
import { parseIperf, type IperfOptions } from "./options.ts";
import { heading, RULE, summaryHeading, summaryLine } from "./report.ts";
import { Stream } from "./stream.ts";

const LISTENING_RULE = "-----------------------------------------------------------\n";

class IperfError extends Error {}

export const iperf3: Program = {
  name: "iperf3",
  package: "iperf3",
  docs: {
    summary: "perform network throughput tests",
    synopsis: "iperf3 -s [options]\niperf3 -c server [options]",
    options: [
      ["-s, -1", "a server; for one test only"],
      ["-c HOST, -p PORT", "a client; the port (5201)"],
      ["-t SECONDS, -n BYTES", "how long (10), or how much"],
      ["-i SECONDS, -l BYTES", "interval between reports, length of a block"],
      ["-R", "the server sends"],
      ["-v", "version"],
    ],
    examples: ["iperf3 -s -1 &", "iperf3 -c 10.0.0.2 -t 5"],
    limitations: [
      "TCP with one stream: -u, -b, -P, -J and the other options are refused.",
      "The control connection speaks a dialect of its own: a real iperf3 would not understand it.",
      "A cable without a bandwidth is as fast as the emulation lets it be.",
    ],
  },

  *main(sys, argv) {
    const parsed = parseIperf(argv);
    switch (parsed.kind) {
      case "version":
        yield* sys.print("iperf 3.12 (cJSON 1.7.15)\n");
        return 0;
      case "error":
        yield* sys.printError(parsed.text);
        return 1;
      case "run":
        break;
    }
    sys.signal("SIGPIPE", "ignore");
    try {
      if (parsed.options.host === undefined) return yield* serve(sys, parsed.options);
      yield* runClient(sys, parsed.options, parsed.options.host);
      return 0;
    } catch (error) {
      const text = error instanceof KernelError ? strerror(error.errno) : undefined;
      if (text === undefined && !(error instanceof IperfError)) throw error;
      yield* sys.printError(`iperf3: error - ${text ?? (error as Error).message}\n`);
      return 1;
    }
  },
};

/** What the client asks for, and what each side tells the other at the end, on control lines. */
interface Wish {
  readonly reverse: boolean;
  readonly seconds: number;
  readonly bytes: number | undefined;
  readonly blockBytes: number;
}

function* connect(sys: Sys, ip: number, options: IperfOptions): Blocking<number> {
  const fd = sys.socket("inet", "stream");
  try {
    yield* sys.connect(fd, { ip: ip as typeof IPV4_ANY, port: options.port });
    return fd;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new IperfError(
      `unable to connect to server - server may have stopped running or use a different port, firewall issue, etc.: ${strerror(error.errno)}`,
    );
  }
}

function* runClient(sys: Sys, options: IperfOptions, host: string): Blocking<void> {
  const found = yield* resolveHost(sys, host);
  if (!found.ok) {
    throw new IperfError(
      `unable to connect to server - server may have stopped running or use a different port, firewall issue, etc.: ${found.error}`,
    );
  }
  const control = yield* connect(sys, found.addresses[0], options);
  const lines = new LineReader(sys, control);
  const { reverse, seconds, bytes, blockBytes } = options;
  const wish: Wish = { reverse, seconds, bytes, blockBytes };
  yield* sys.write(control, encodeUtf8(`${JSON.stringify(wish)}\n`));
  const answer = yield* lines.next();
  if (answer === undefined) throw new IperfError("control socket has closed unexpectedly");
  if (answer.trim() !== "ready")
    throw new IperfError("the server is busy running a test. try again later");
  yield* sys.print(`Connecting to host ${host}, port ${options.port}\n`);
  if (reverse) yield* sys.print(`Reverse mode, remote host ${host} is sending\n`);
  const fd = yield* connect(sys, found.addresses[0], options);
  const local = sys.getsockname(fd);
  yield* sys.print(
    `[${String(fd).padStart(3)}] local ${formatIpv4(local.ip)} port ${local.port} connected to ${formatIpv4(found.addresses[0])} port ${options.port}\n`,
  );
  yield* sys.print(heading(!reverse));
  const stream = new Stream(sys, fd, !reverse, options);
  yield* stream.run();
  const tookNs = sys.monotonicNs() - stream.startNs;
  sys.shutdown(fd, "write");
  const [otherBytes = 0, otherNs = 0, otherRetransmitted = 0] = ((yield* lines.next()) ?? "")
    .trim()
    .split(" ")
    .map(Number);
  const other = { fromNs: 0, toNs: otherNs, bytes: otherBytes };
  const sender = reverse ? { ...other, retransmitted: otherRetransmitted } : stream.total(tookNs);
  const receiver = reverse ? stream.total(tookNs) : other;
  yield* sys.print(
    `${RULE}${summaryHeading(true)}${summaryLine(fd, sender, "sender")}${summaryLine(fd, receiver, "receiver")}\niperf Done.\n`,
  );
}

function* serve(sys: Sys, options: IperfOptions): Blocking<number> {
  const listener = sys.socket("inet", "stream");
  sys.setsockopt(listener, "reuseAddress", true);
  try {
    sys.bind(listener, { ip: IPV4_ANY, port: options.port });
    sys.listen(listener, 5);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new IperfError(`unable to start listener for connections: ${strerror(error.errno)}`);
  }
  for (let test = 1; ; test++) {
    yield* sys.print(
      `${LISTENING_RULE}Server listening on ${options.port} (test #${test})\n${LISTENING_RULE}`,
    );
    try {
      yield* serveTest(sys, options, listener);
    } catch (error) {
      if (!(error instanceof KernelError) || error.errno === "EINTR") throw error;
      yield* sys.printError(`iperf3: error - ${strerror(error.errno)}\n`);
    }
    if (options.oneOff) return 0;
  }
}

function* serveTest(sys: Sys, options: IperfOptions, listener: number): Blocking<void> {
  const control = yield* sys.accept(listener);
  const lines = new LineReader(sys, control.fd);
  try {
    const wish = parseWish((yield* lines.nextBytes()) ?? new Uint8Array(0));
    if (!wish) return;
    yield* sys.print(
      `Accepted connection from ${formatIpv4(control.peer.ip)}, port ${control.peer.port}\n`,
    );
    yield* sys.write(control.fd, encodeUtf8("ready\n"));
    const data = yield* sys.accept(listener);
    const local = sys.getsockname(data.fd);
    yield* sys.print(
      `[${String(data.fd).padStart(3)}] local ${formatIpv4(local.ip)} port ${local.port} connected to ${formatIpv4(data.peer.ip)} port ${data.peer.port}\n${heading(wish.reverse)}`,
    );
    const { intervalSeconds } = options;
    const stream = new Stream(sys, data.fd, wish.reverse, { ...wish, intervalSeconds });
    yield* stream.run();
    const tookNs = sys.monotonicNs() - stream.startNs;
    if (wish.reverse) sys.shutdown(data.fd, "write");
    yield* sys.write(control.fd, encodeUtf8(`${stream.bytes} ${tookNs} ${stream.retransmitted}\n`));
    const role = wish.reverse ? "sender" : "receiver";
    yield* sys.print(
      `${RULE}${summaryHeading(wish.reverse)}${summaryLine(data.fd, stream.total(tookNs), role)}`,
    );
    sys.close(data.fd);
  } finally {
    sys.close(control.fd);
  }
}

/** Undefined: the other end is no iperf3. */
function parseWish(line: Uint8Array): Wish | undefined {
  let value: Partial<Wish> | null;
  try {
    value = JSON.parse(decodeUtf8(line)) as Partial<Wish> | null;
  } catch {
    return undefined;
  }
  const { reverse, seconds, bytes, blockBytes } = value ?? {};
  if (typeof reverse !== "boolean" || typeof seconds !== "number") return undefined;
  if (bytes !== undefined && typeof bytes !== "number") return undefined;
  if (!Number.isInteger(blockBytes) || !blockBytes || blockBytes < 1 || blockBytes > 1 << 20) {
    return undefined;
  }
  return { reverse, seconds, bytes, blockBytes };
}
