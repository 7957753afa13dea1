import type { Action } from "./action.ts";
import { cableActions } from "./cable.ts";
import { clockActions } from "./clock.ts";
import { editActions } from "./edit.ts";
import { fileActions } from "./file.ts";
import { helpActions } from "./help.ts";
import { nodeActions } from "./node.ts";
import { packetActions } from "./packets.ts";
import { terminalActions } from "./terminal.ts";
import { viewActions } from "./view.ts";

/** Every action there is, in the order lists show them. */
export const ACTIONS: readonly Action[] = [
  ...fileActions,
  ...editActions,
  ...nodeActions,
  ...cableActions,
  ...terminalActions,
  ...clockActions,
  ...packetActions,
  ...viewActions,
  ...helpActions,
];

const byId = new Map(ACTIONS.map((action) => [action.id, action]));

export function actionById(id: string): Action | undefined {
  return byId.get(id);
}
