/** The engine's own thread in the browser edition. */
import { createSession } from "../../engine/create-session.ts";
import { realTime } from "../engine-link/real-time.ts";
import { serveEngine } from "../engine-link/server.ts";

serveEngine(
  createSession(),
  {
    post: (message) => self.postMessage(message),
    onMessage: (listener) => self.addEventListener("message", (event) => listener(event.data)),
  },
  realTime(),
);
