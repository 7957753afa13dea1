import type { EndpointSettings, NetworkCreate } from "../../api/network.ts";
import type { Route } from "../call.ts";
import { created, noContent, ok } from "../reply.ts";

interface ConnectBody {
  readonly Container?: string;
  readonly EndpointConfig?: Partial<EndpointSettings> | null;
  readonly Force?: boolean;
}

export const NETWORK_ROUTES: readonly Route[] = [
  { method: "GET", path: "/networks", run: (call) => ok(call.api.networkList(call.filters())) },
  {
    method: "GET",
    path: "/networks/:id",
    run: (call) => ok(call.api.networkInspect(call.parameter("id"))),
  },
  {
    method: "POST",
    path: "/networks/create",
    run: (call) => created(call.api.networkCreate(call.body<NetworkCreate>())),
  },
  {
    method: "POST",
    path: "/networks/prune",
    run: (call) => ok(call.api.networkPrune(call.filters())),
  },
  {
    method: "DELETE",
    path: "/networks/:id",
    run: (call) => {
      call.api.networkDelete(call.parameter("id"));
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/networks/:id/connect",
    *run(call) {
      const { Container = "", EndpointConfig } = call.body<ConnectBody>();
      yield* call.api.networkConnect(call.parameter("id"), Container, EndpointConfig ?? {});
      return { kind: "empty", status: 200 };
    },
  },
  {
    method: "POST",
    path: "/networks/:id/disconnect",
    *run(call) {
      const { Container = "", Force = false } = call.body<ConnectBody>();
      yield* call.api.networkDisconnect(call.parameter("id"), Container, Force);
      return { kind: "empty", status: 200 };
    },
  },
];
