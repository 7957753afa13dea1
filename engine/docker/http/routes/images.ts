import type { Names } from "../../api/container.ts";
import { ApiError } from "../../api/errors.ts";
import type { ApiCall, Route } from "../call.ts";
import { created, ok } from "../reply.ts";
import { readTar } from "../tar.ts";

export const IMAGE_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/images/json",
    run: (call) => ok(call.api.imageList({ all: call.flag("all"), filters: call.filters() })),
  },
  {
    method: "GET",
    path: "/images/:name+/json",
    run: (call) => ok(call.api.imageInspect(call.parameter("name"))),
  },
  {
    method: "GET",
    path: "/images/:name+/history",
    run: (call) => ok(call.api.imageHistory(call.parameter("name"))),
  },
  {
    method: "POST",
    path: "/images/create",
    *run(call) {
      const name = call.text("fromImage");
      if (name === undefined) throw new ApiError(501, "Podwire does not model docker import");
      return {
        kind: "records",
        records: yield* call.api.imageCreate(name, call.text("tag") ?? ""),
      };
    },
  },
  {
    method: "POST",
    path: "/images/:name+/tag",
    run: (call) => {
      call.api.imageTag(call.parameter("name"), call.text("repo") ?? "", call.text("tag") ?? "");
      return { kind: "empty", status: 201 };
    },
  },
  {
    method: "POST",
    path: "/images/prune",
    run: (call) => ok(call.api.imagePrune(call.filters())),
  },
  {
    method: "DELETE",
    path: "/images/:name+",
    run: (call) =>
      ok(
        call.api.imageDelete(call.parameter("name"), {
          force: call.flag("force"),
          noprune: call.flag("noprune"),
        }),
      ),
  },
  {
    method: "POST",
    path: "/commit",
    run: (call) => {
      const optional = (name: string) => {
        const value = call.text(name);
        return value === undefined ? {} : { [name]: value };
      };
      const changes = call.text("changes")?.split("\n");
      return created(
        call.api.containerCommit(call.text("container") ?? "", {
          ...optional("repo"),
          ...optional("tag"),
          ...optional("comment"),
          ...optional("author"),
          pause: call.request.query.has("pause") ? call.flag("pause") : true,
          ...(changes === undefined ? {} : { changes }),
        }),
      );
    },
  },
  { method: "POST", path: "/build", run: build },
];

function build(call: ApiCall) {
  const dockerfile = call.text("dockerfile");
  const target = call.text("target");
  const tag = call.text("t");
  const names = (name: string) => JSON.parse(call.text(name) ?? "{}") as Names;
  const records = call.api.imageBuild(readTar(call.request.body), {
    tags: tag === undefined ? [] : [tag],
    buildArgs: names("buildargs"),
    labels: names("labels"),
    noCache: call.flag("nocache"),
    quiet: call.flag("q"),
    remove: call.flag("rm"),
    ...(dockerfile === undefined ? {} : { dockerfile }),
    ...(target === undefined ? {} : { target }),
  });
  return { kind: "records", records } as const;
}
