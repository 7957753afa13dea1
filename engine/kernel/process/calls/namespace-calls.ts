import type { Ns } from "../../../sim/clock.ts";
import { KernelError } from "../../errno.ts";
import { NamespaceInode, NSFS } from "../../fs/namespace-inode.ts";
import type { OpenFile } from "../../fs/open-file.ts";
import { MountNamespace } from "../../fs/mount-namespace.ts";
import { NAMESPACE_MEMBERS, type NamespaceKind, type Namespaces } from "../../namespaces.ts";
import { PidNamespace } from "../pid-namespace.ts";
import { SocketCalls } from "./socket-calls.ts";

/** Kernel names, and namespaces. */
export abstract class NamespaceCalls extends SocketCalls {
  hostname(): string {
    this.enter();
    return this.process.namespaces.uts.hostname;
  }

  sethostname(name: string): void {
    this.enter();
    if (this.process.uid !== 0) throw new KernelError("EPERM");
    if (name.length > 64) throw new KernelError("EINVAL");
    this.process.namespaces.uts.hostname = name;
  }

  uname(): { readonly release: string; readonly version: string; readonly machine: string } {
    this.enter();
    return this.kernel.release;
  }

  kernelMessages(): readonly { readonly atNs: Ns; readonly text: string }[] {
    this.enter();
    return this.kernel.messages;
  }

  unshare(kinds: readonly NamespaceKind[]): void {
    this.enter();
    this.requireRoot();
    const { process, kernel } = this;
    const { namespaces } = process;
    const fresh: { -readonly [Kind in keyof Namespaces]?: Namespaces[Kind] } = {};
    for (const kind of kinds) {
      if (kind === "net") fresh.net = kernel.namespaces.newNetwork();
      else if (kind === "uts") fresh.uts = { ...namespaces.uts };
      else if (kind === "mnt") fresh.mount = namespaces.mount.copy();
      else if (kind === "ipc") fresh.ipc = {};
      else if (kind === "cgroup") fresh.cgroup = { root: process.cgroup };
      else fresh.pid = this.newPidNamespace();
    }
    kernel.namespaces.enter(process, fresh);
  }

  setns(path: string, kind: NamespaceKind): void {
    this.enter();
    const { inode } = this.resolve(path);
    this.requireRoot();
    const { process, kernel } = this;
    const namespace = kernel.namespaces.namespaceOf(inode, kind);
    if (namespace instanceof PidNamespace && !process.pidNamespace.includes(namespace)) {
      throw new KernelError("EINVAL");
    }
    kernel.namespaces.enter(process, { [NAMESPACE_MEMBERS[kind]]: namespace });
    if (namespace instanceof MountNamespace) process.cwd = namespace.root;
  }

  /** EINVAL: children have one of their own already, which has no init. */
  private newPidNamespace(): PidNamespace {
    const { namespaces, pidNamespace } = this.process;
    if (namespaces.pid !== pidNamespace) throw new KernelError("EINVAL");
    return new PidNamespace(pidNamespace);
  }

  /** Makes the file when there is none. */
  bindNet(path: string): void {
    this.enter();
    this.requireRoot();
    const { mount, net } = this.process.namespaces;
    if (!mount.resolvePlace(path, this.process).existing) this.writeFile(path, "", { mode: 0 });
    const number = this.kernel.namespaces.number(net);
    mount.mount(this.resolve(path), {
      fileSystem: NSFS,
      root: new NamespaceInode("net", net, number),
      source: "nsfs",
      options: "rw",
    });
  }

  unbindNet(path: string): void {
    this.enter();
    this.requireRoot();
    const { namespaces } = this.kernel;
    const gone = this.process.namespaces.mount.unmount(this.resolve(path));
    namespaces.mountGone(gone);
    const { root } = gone;
    if (root instanceof NamespaceInode) namespaces.release(namespaces.networkOf(root));
  }

  mount(type: string, path: string, options = "rw,relatime"): void {
    this.enter();
    this.requireRoot();
    const covers = this.resolve(path);
    if (covers.inode.kind !== "directory") throw new KernelError("ENOTDIR");
    const fileSystem = this.kernel.newFileSystem(type, this.process.namespaces);
    this.process.namespaces.mount.mount(covers, { fileSystem, source: type, options });
  }

  unmount(path: string): void {
    this.enter();
    this.requireRoot();
    this.process.namespaces.mount.unmount(this.resolve(path));
  }

  endpoint(path: string): unknown {
    this.enter();
    return this.kernel.endpoints.get(path);
  }

  receiveFile(file: OpenFile): number {
    this.enter();
    return this.process.descriptors.install(file);
  }

  private requireRoot(): void {
    if (this.process.uid !== 0) throw new KernelError("EPERM");
  }
}
