/** `docker commit`: a container's files and configuration as an image. */
import { digest } from "../../programs/support/digest.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { CommitOptions } from "../api/container.ts";
import { commandText } from "../containers/summary.ts";
import type { Container } from "../containers/container.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { newId } from "../daemon/identifiers.ts";
import { RELEASES } from "../daemon/release.ts";
import { applyInstruction } from "./dockerfile-config.ts";
import type { Images } from "./images.ts";
import { parseReference, tagged } from "./reference.ts";
import type { ImageConfig, StoredImage } from "./stored-image.ts";

/** Returns the new image's id. ApiError 400, 404. */
export function commit(
  container: Container,
  options: CommitOptions,
  images: Images,
  context: DaemonContext,
): string {
  const { config, identity, root } = container;
  let made: ImageConfig = { ...imageConfigOf(container) };
  for (const change of options.changes ?? []) made = applyInstruction(made, change);
  const tag = options.repo
    ? tagged({
        repository: parseReference(options.repo).repository,
        tag: options.tag || undefined,
        digest: undefined,
      })
    : undefined;
  const image = layered(
    identity.image,
    {
      config: made,
      files: root.snapshot(),
      sizeBytes: root.ownBytes,
      createdBy: commandText(config.Cmd?.[0] ?? "", (config.Cmd ?? []).slice(1)),
      comment: options.comment ?? "",
      author: options.author ?? "",
      tags: tag === undefined ? [] : [tag],
    },
    context,
  );
  images.add(image);
  context.events.emit("container", "commit", container.id, {
    comment: options.comment ?? "",
    image: identity.imageName,
    name: container.name,
  });
  return image.id;
}

function imageConfigOf({ config }: Container): ImageConfig {
  const {
    Cmd,
    Entrypoint,
    Env,
    ExposedPorts,
    Healthcheck,
    Labels,
    Shell,
    StopSignal,
    User,
    Volumes,
    WorkingDir,
  } = config;
  return {
    ...{ Cmd, Entrypoint, Env, Labels, User, Volumes, WorkingDir },
    ...(ExposedPorts ? { ExposedPorts } : {}),
    ...(Healthcheck ? { Healthcheck } : {}),
    ...(Shell ? { Shell } : {}),
    ...(StopSignal ? { StopSignal } : {}),
  };
}

/** An image with one step more than another. */
export function layered(
  base: StoredImage | undefined,
  step: Pick<StoredImage, "config" | "files" | "comment" | "author" | "tags"> & {
    readonly sizeBytes: number;
    readonly createdBy: string;
  },
  context: DaemonContext,
): StoredImage {
  const { random, clock, release } = context;
  const sha = (): string => `sha256:${digest("sha256", encodeUtf8(newId(random)))}`;
  const { sizeBytes, createdBy, config, files, comment, author, tags } = step;
  const created = clock.unixSeconds(clock.nowNs);
  return {
    id: sha(),
    created: clock.rfc3339Nano(clock.nowNs),
    config,
    files,
    programs: base?.programs ?? new Map(),
    layers: [...(base?.layers ?? []), ...(sizeBytes > 0 ? [{ digest: sha(), sizeBytes }] : [])],
    history: [...(base?.history ?? []), { created, createdBy, sizeBytes, comment }],
    tags,
    digests: [],
    parent: base?.id ?? "",
    comment,
    author,
    dockerVersion: RELEASES[release].version,
    registryId: base?.registryId ?? "",
  };
}
