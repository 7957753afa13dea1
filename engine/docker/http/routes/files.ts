import { encodeBase64 } from "../../../sim/base64.ts";
import { encodeUtf8 } from "../../../sim/utf8.ts";
import type { PathStat } from "../../api/archive.ts";
import type { ApiCall, Route } from "../call.ts";

import type { Headers } from "../reply.ts";
import { readTar, writeTar } from "../tar.ts";

const TAR = "application/x-tar";

/** Bits of Go's os.FileMode beside the permissions. */
const GO_MODE = { file: 0, directory: 0x8000_0000, symlink: 0x0800_0000 };

export const FILE_ROUTES: readonly Route[] = [
  {
    method: "HEAD",
    path: "/containers/:id/archive",
    run: (call) => {
      const stat = call.api.containerArchiveInfo(call.parameter("id"), path(call));
      return { kind: "empty", status: 200, headers: statHeader(stat) };
    },
  },
  {
    method: "GET",
    path: "/containers/:id/archive",
    run: (call) => {
      const { stat, entries } = call.api.containerArchive(call.parameter("id"), path(call));
      const headers = statHeader(stat);
      return { kind: "bytes", status: 200, type: TAR, data: writeTar(entries), headers };
    },
  },
  {
    method: "PUT",
    path: "/containers/:id/archive",
    run: (call) => {
      const entries = readTar(call.request.body);
      call.api.putContainerArchive(call.parameter("id"), path(call), entries);
      return { kind: "empty", status: 200 };
    },
  },
  {
    method: "GET",
    path: "/containers/:id/export",
    run: (call) => {
      const data = writeTar(call.api.containerExport(call.parameter("id")));
      return { kind: "bytes", status: 200, type: TAR, data };
    },
  },
];

function path(call: ApiCall): string {
  return call.text("path") ?? "/";
}

function statHeader({ name, size, kind, mode, mtime, linkTarget }: PathStat): Headers {
  const text = JSON.stringify({ name, size, mode: GO_MODE[kind] + mode, mtime, linkTarget });
  return { "X-Docker-Container-Path-Stat": encodeBase64(encodeUtf8(text)) };
}
