import { serveConnection } from "../../docker/http/serve.ts";
import type { HostChannel } from "../../machine/host-channel.ts";
import type { Notice } from "../../session.ts";
import type { LabNode } from "../model/lab-node.ts";

/** Bytes of a connection that go out with one batch of notices. */
const BATCH_BYTES = 64 << 10;

/** The clients outside the lab that talk to machines in it. */
export class Connections {
  private readonly channels = new Map<string, HostChannel>();
  private readonly held = new Set<string>();
  private lastId = 0;

  open(node: LabNode): string {
    this.lastId += 1;
    const id = `connection-${this.lastId}`;
    this.channels.set(id, node.machine.openChannel("docker-api", serveConnection));
    return id;
  }

  /** Takes everything when the connection is closed already: the client may be late. */
  input(id: string, data: Uint8Array): number {
    return this.channels.get(id)?.write(data) ?? data.length;
  }

  endInput(id: string): void {
    this.channels.get(id)?.endInput();
  }

  hold(id: string, held: boolean): void {
    if (held) this.held.add(id);
    else this.held.delete(id);
  }

  close(id: string): void {
    this.held.delete(id);
    this.channels.get(id)?.close();
    this.channels.delete(id);
  }

  closeAll(): void {
    for (const id of [...this.channels.keys()]) this.close(id);
  }

  takeNotices(): Notice[] {
    const notices: Notice[] = [];
    for (const [connection, channel] of this.channels) {
      if (this.held.has(connection)) continue;
      const data = channel.read(BATCH_BYTES);
      if (data.length > 0) notices.push({ kind: "connection-output", connection, data });
      else if (channel.hasEnded) {
        this.channels.delete(connection);
        notices.push({ kind: "connection-closed", connection });
      }
    }
    return notices;
  }
}
