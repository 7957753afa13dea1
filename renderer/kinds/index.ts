import type { NodeKind } from "../../engine/session.ts";
import { host } from "./host.ts";
import type { Kind } from "./kind.ts";
import { note } from "./note.ts";
import { router } from "./router.ts";
import { switchKind } from "./switch.ts";

/** In the palette's order. */
export const KINDS: readonly Kind[] = [host, router, switchKind, note];

export function machineKind(kind: NodeKind): Kind {
  return KINDS.find(({ id }) => id === kind) ?? host;
}
