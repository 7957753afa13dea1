import type { Sys } from "../../kernel/process/sys.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import type { DockerEngineApi } from "../api/engine-api.ts";
import { ApiCall, type Route } from "./call.ts";
import type { Reply } from "./reply.ts";
import type { ApiRequest } from "./request.ts";
import { CONTAINER_ROUTES } from "./routes/containers.ts";
import { EXEC_ROUTES } from "./routes/exec.ts";
import { FILE_ROUTES } from "./routes/files.ts";
import { IMAGE_ROUTES } from "./routes/images.ts";
import { NETWORK_ROUTES } from "./routes/networks.ts";
import { SYSTEM_ROUTES } from "./routes/system.ts";
import { VOLUME_ROUTES } from "./routes/volumes.ts";

export const ROUTES: readonly Route[] = [
  ...SYSTEM_ROUTES,
  ...CONTAINER_ROUTES,
  ...FILE_ROUTES,
  ...EXEC_ROUTES,
  ...NETWORK_ROUTES,
  ...IMAGE_ROUTES,
  ...VOLUME_ROUTES,
];

interface FoundRoute {
  start(api: DockerEngineApi, sys: Sys, request: ApiRequest): Reply | Blocking<Reply>;
}

const COMPILED = ROUTES.map((route) => ({ route, pattern: compile(route.path) }));

/** Undefined: the engine has no such page. */
export function findRoute(method: string, path: string): FoundRoute | undefined {
  for (const { route, pattern } of COMPILED) {
    if (route.method !== method) continue;
    const match = pattern.exec(path);
    if (!match) continue;
    const parameters = match.groups ?? {};
    return {
      start: (api, sys, request) => route.run(new ApiCall(api, sys, request, parameters)),
    };
  }
  return undefined;
}

function compile(path: string): RegExp {
  const source = path.replace(/:(\w+)(\+?)/g, (_all, name: string, many: string) =>
    many === "" ? `(?<${name}>[^/]+)` : `(?<${name}>.+)`,
  );
  return new RegExp(`^${source}$`);
}
