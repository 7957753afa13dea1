import type { Ns } from "../../../sim/clock.ts";
import { KernelError } from "../../errno.ts";
import { NamespaceInode, NSFS } from "../../fs/namespace-inode.ts";
import type { OpenFile } from "../../fs/open-file.ts";
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

  unshareNet(): void {
    this.enter();
    this.requireRoot();
    const { namespaces } = this.kernel;
    namespaces.enter(this.process, namespaces.newNetwork());
  }

  setnsNet(path: string): void {
    this.enter();
    const { inode } = this.resolve(path);
    this.requireRoot();
    const { namespaces } = this.kernel;
    namespaces.enter(this.process, namespaces.networkOf(inode));
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

  unshareMount(): void {
    this.enter();
    this.requireRoot();
    const { process } = this;
    process.namespaces = { ...process.namespaces, mount: process.namespaces.mount.copy() };
  }

  mount(type: string, path: string, options = "rw,relatime"): void {
    this.enter();
    this.requireRoot();
    const covers = this.resolve(path);
    if (covers.inode.kind !== "directory") throw new KernelError("ENOTDIR");
    const fileSystem = this.kernel.newFileSystem(type, this.process.namespaces.net);
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
