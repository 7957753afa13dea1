/** The switch "Serve the Docker API": sockets are opened by the engine's process. */
import type { Session } from "../../engine/session.ts";
import { DockerApiServers } from "../docker-api/servers.ts";
import type { SessionPacer } from "../engine-link/pacer.ts";
import type { DockerApiFunctions } from "../engine-link/protocol.ts";
import type { EngineService } from "../engine-link/server.ts";

export function dockerApiService(session: Session, pacer: SessionPacer): EngineService {
  const servers = new DockerApiServers(session, () => pacer.kick());
  const functions: DockerApiFunctions = {
    serveDockerApi: async (machine) => `unix://${await servers.serve(machine)}`,
    stopDockerApi: (machine) => servers.stop(machine),
  };
  return {
    functions: { ...functions },
    notices: (notices) => notices.forEach((notice) => servers.notice(notice)),
    labReplaced: () => void servers.stopAll(),
  };
}
