/** How a host gets a session. Everything else that hosts need is in `session.ts`. */
import { LabSession } from "./lab/session/lab-session.ts";
import type { Session } from "./session.ts";

/** A session with an empty lab in it. */
export function createSession(): Session {
  return new LabSession();
}
