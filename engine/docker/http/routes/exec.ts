import type { ExecConfig } from "../../api/exec.ts";
import type { Route } from "../call.ts";
import { created, ok } from "../reply.ts";

export const EXEC_ROUTES: readonly Route[] = [
  {
    method: "POST",
    path: "/containers/:id/exec",
    run: (call) => created(call.api.execCreate(call.parameter("id"), call.body<ExecConfig>())),
  },
  {
    method: "POST",
    path: "/exec/:id/start",
    *run(call) {
      const { Detach = false, Tty = false } = call.body<{ Detach?: boolean; Tty?: boolean }>();
      const stream = yield* call.api.execStart(call.parameter("id"), { Detach, Tty });
      return stream ? { kind: "hijack", stream } : { kind: "empty", status: 200 };
    },
  },
  {
    method: "POST",
    path: "/exec/:id/resize",
    run: (call) => {
      const [rows, columns] = [call.number("h") ?? 24, call.number("w") ?? 80];
      call.api.execResize(call.parameter("id"), rows, columns);
      return { kind: "empty", status: 201 };
    },
  },
  {
    method: "GET",
    path: "/exec/:id/json",
    run: (call) => ok(call.api.execInspect(call.parameter("id"))),
  },
];
