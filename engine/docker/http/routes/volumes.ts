import type { VolumeCreate } from "../../api/volume.ts";
import type { Route } from "../call.ts";
import { created, noContent, ok } from "../reply.ts";

export const VOLUME_ROUTES: readonly Route[] = [
  { method: "GET", path: "/volumes", run: (call) => ok(call.api.volumeList(call.filters())) },
  {
    method: "POST",
    path: "/volumes/create",
    run: (call) => created(call.api.volumeCreate(call.body<VolumeCreate>())),
  },
  {
    method: "POST",
    path: "/volumes/prune",
    run: (call) => ok(call.api.volumePrune(call.filters())),
  },
  {
    method: "GET",
    path: "/volumes/:name",
    run: (call) => ok(call.api.volumeInspect(call.parameter("name"))),
  },
  {
    method: "DELETE",
    path: "/volumes/:name",
    run: (call) => {
      call.api.volumeDelete(call.parameter("name"), call.flag("force"));
      return noContent;
    },
  },
];
