import type { ImageInfo } from "../../engine/session.ts";
import type { RemoteSession } from "../host/host.ts";

/** The container images of the palette: the registry's, and the lab's own. */
export class Images {
  list = $state.raw<readonly ImageInfo[]>([]);

  constructor(private readonly session: RemoteSession) {}

  async fetch(): Promise<void> {
    this.list = await this.session.images();
  }
}
