import type {
  ContainerCreate,
  ContainerListOptions,
  ContainerUpdate,
  LogsOptions,
  WaitCondition,
} from "../../api/container.ts";
import type { ApiCall, Route } from "../call.ts";
import { created, noContent, ok } from "../reply.ts";

export const CONTAINER_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/containers/json",
    run: (call) => ok(call.api.containerList(listOptions(call))),
  },
  {
    method: "POST",
    path: "/containers/create",
    *run(call) {
      const name = call.text("name") ?? "";
      return created(yield* call.api.containerCreate(call.body<ContainerCreate>(), name));
    },
  },
  {
    method: "POST",
    path: "/containers/prune",
    run: (call) => ok(call.api.containerPrune(call.filters())),
  },
  {
    method: "GET",
    path: "/containers/:id/json",
    run: (call) => ok(call.api.containerInspect(call.parameter("id"), call.flag("size"))),
  },
  {
    method: "POST",
    path: "/containers/:id/start",
    *run(call) {
      yield* call.api.containerStart(call.parameter("id"));
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/stop",
    *run(call) {
      yield* call.api.containerStop(call.parameter("id"), call.number("t"), call.text("signal"));
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/restart",
    *run(call) {
      yield* call.api.containerRestart(call.parameter("id"), call.number("t"), call.text("signal"));
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/kill",
    *run(call) {
      yield* call.api.containerKill(call.parameter("id"), call.text("signal") ?? "");
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/pause",
    *run(call) {
      yield* call.api.containerPause(call.parameter("id"));
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/unpause",
    *run(call) {
      yield* call.api.containerUnpause(call.parameter("id"));
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/wait",
    run: (call) => {
      const condition = (call.text("condition") ?? "not-running") as WaitCondition;
      const records = call.api.containerWait(call.parameter("id"), condition);
      return { kind: "records", records };
    },
  },
  {
    method: "DELETE",
    path: "/containers/:id",
    *run(call) {
      yield* call.api.containerRemove(call.parameter("id"), {
        force: call.flag("force"),
        volumes: call.flag("v"),
        link: call.flag("link"),
      });
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/rename",
    run: (call) => {
      call.api.containerRename(call.parameter("id"), call.text("name") ?? "");
      return noContent;
    },
  },
  {
    method: "POST",
    path: "/containers/:id/update",
    run: (call) => ok(call.api.containerUpdate(call.parameter("id"), call.body<ContainerUpdate>())),
  },
  {
    method: "GET",
    path: "/containers/:id/logs",
    run: (call) => ({
      kind: "output",
      stream: call.api.containerLogs(call.parameter("id"), logsOptions(call)),
    }),
  },
  {
    method: "POST",
    path: "/containers/:id/attach",
    run: (call) => ({
      kind: "hijack",
      stream: call.api.containerAttach(call.parameter("id"), {
        logs: call.flag("logs"),
        stream: call.flag("stream"),
        stdin: call.flag("stdin"),
        stdout: call.flag("stdout"),
        stderr: call.flag("stderr"),
      }),
    }),
  },
  {
    method: "POST",
    path: "/containers/:id/resize",
    run: (call) => {
      const [rows, columns] = [call.number("h") ?? 24, call.number("w") ?? 80];
      call.api.containerResize(call.parameter("id"), rows, columns);
      return { kind: "empty", status: 200 };
    },
  },
  {
    method: "GET",
    path: "/containers/:id/top",
    run: (call) => ok(call.api.containerTop(call.parameter("id"), call.text("ps_args") ?? "-ef")),
  },
  {
    method: "GET",
    path: "/containers/:id/stats",
    run: (call) => ({
      kind: "records",
      records: call.api.containerStats(call.parameter("id"), {
        stream: call.request.query.has("stream") ? call.flag("stream") : true,
        oneShot: call.flag("one-shot"),
      }),
    }),
  },
  {
    method: "GET",
    path: "/containers/:id/changes",
    run: (call) => ok(call.api.containerChanges(call.parameter("id"))),
  },
];

function listOptions(call: ApiCall): ContainerListOptions {
  const limit = call.number("limit");
  return {
    all: call.flag("all"),
    size: call.flag("size"),
    filters: call.filters(),
    ...(limit === undefined ? {} : { limit }),
  };
}

function logsOptions(call: ApiCall): LogsOptions {
  const since = call.number("since");
  const until = call.number("until");
  const tail = call.text("tail");
  return {
    stdout: call.flag("stdout"),
    stderr: call.flag("stderr"),
    follow: call.flag("follow"),
    timestamps: call.flag("timestamps"),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined || tail === "all" ? {} : { tail: Number(tail) }),
  };
}
