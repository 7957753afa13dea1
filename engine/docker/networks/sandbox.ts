/** A network namespace that containers live in, kept by a file below /run/docker/netns. */
import type { Kernel } from "../../kernel/kernel.ts";
import type { Network as NetworkNamespace } from "../../kernel/namespaces.ts";
import type { Sys } from "../../kernel/process/sys.ts";
import { pinNetwork, unpinNetwork } from "../../machine/container-runtime.ts";
import { shortId } from "../daemon/identifiers.ts";
import type { Release } from "../daemon/release.ts";
import type { Endpoint } from "./network.ts";

const DIRECTORY = "/run/docker/netns";

export interface Sandbox {
  readonly id: string;
  /** As `docker inspect` shows it: SandboxKey. */
  readonly key: string;
  /** For rtnetlink. */
  readonly path: string;
  readonly namespace: NetworkNamespace;
  /** In the order in which they were joined. */
  readonly endpoints: Endpoint[];
  /** It is the machine's own. */
  readonly isHost: boolean;
  /** Number of the next interface, eth0 and up. */
  nextInterface: number;
}

export class Sandboxes {
  constructor(
    private readonly kernel: Kernel,
    private readonly sys: Sys,
    private readonly release: Release,
  ) {}

  create(id: string): Sandbox {
    const { kernel } = this;
    const file = `${DIRECTORY}/${shortId(id)}`;
    this.bind(file, kernel.namespaces.newNetwork());
    const sandbox = this.sandbox(id, file);
    this.setUp(sandbox);
    return sandbox;
  }

  /** The machine's own namespace. */
  host(id: string): Sandbox {
    const file = `${DIRECTORY}/default`;
    if (!this.sys.access(file, {})) this.bind(file, this.kernel.initialNamespaces.net);
    return { ...this.sandbox(id, file), isHost: true };
  }

  /** Takes the file away; the namespace goes when no process is left in it. */
  remove(sandbox: Sandbox): void {
    const { kernel, sys } = this;
    if (sandbox.isHost || !sys.access(sandbox.path, {})) return;
    unpinNetwork(kernel, sandbox.path);
  }

  private sandbox(id: string, file: string): Sandbox {
    const { kernel } = this;
    const { inode } = kernel.initialNamespaces.mount.resolve(file, kernel.processes.get(1));
    return {
      id,
      key: file.replace("/run/", "/var/run/"),
      path: file,
      namespace: kernel.namespaces.networkOf(inode),
      endpoints: [],
      isHost: false,
      nextInterface: 0,
    };
  }

  private bind(file: string, namespace: NetworkNamespace): void {
    const { kernel, sys } = this;
    for (const directory of ["/run/docker", DIRECTORY]) {
      if (!sys.access(directory, {})) sys.mkdir(directory, 0o755);
    }
    pinNetwork(kernel, file, namespace);
  }

  /** Loopback; no IPv6 on what is joined later, in 20.10 none at all. */
  private setUp({ namespace }: Sandbox): void {
    const where = this.release === "28" ? "default" : "all";
    namespace.sysctlTree.write(`net/ipv6/conf/${where}/disable_ipv6`, "1");
    namespace.rtnetlink.setLink("lo", { up: true });
  }
}
