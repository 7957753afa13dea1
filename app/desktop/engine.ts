/** The engine's own process in the desktop edition, joined to the window by a message port. */
import { createSession } from "../../engine/create-session.ts";
import { realTime } from "../engine-link/real-time.ts";
import { dockerApiService } from "./docker-api-service.ts";
import { serveEngine } from "../engine-link/server.ts";

process.parentPort.once("message", (event) => {
  const [port] = event.ports;
  if (!port) throw new Error("The first message to the engine must carry its port.");
  const session = createSession();
  serveEngine(
    session,
    {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => port.on("message", (received) => listener(received.data)),
    },
    realTime(),
    (pacer) => dockerApiService(session, pacer),
  );
  port.start();
});
