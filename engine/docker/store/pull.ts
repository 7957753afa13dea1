/** `docker pull`: an image of the emulated registry comes layer by layer. */
import { SECOND } from "../../sim/clock.ts";
import type { Blocking } from "../../kernel/process/wait-queue.ts";
import { ApiError } from "../api/errors.ts";
import type { Progress } from "../api/image.ts";
import type { RecordStream } from "../api/streams.ts";
import { delay } from "../daemon/tasks.ts";
import type { DaemonContext } from "../daemon/context.ts";
import type { Images } from "./images.ts";
import { parseReference, pathInRegistry, tagged } from "./reference.ts";
import type { StoredImage } from "./stored-image.ts";

/** Where images come from. */
export interface Registry {
  /** The image of that name, or undefined; `hasRepository` tells whether other tags exist. */
  find(repository: string, tag: string): StoredImage | undefined;
  hasRepository(repository: string): boolean;
}

const BYTES_PER_SECOND = 100e6;
const STEPS = 4;

/** ApiError 404: there is no such image. */
export function pull(
  name: string,
  tag: string,
  registry: Registry,
  images: Images,
  context: DaemonContext,
): RecordStream<Progress> {
  const reference = parseReference(tag === "" ? name : `${name}:${tag}`);
  const { repository } = reference;
  const wanted = reference.tag ?? "latest";
  const image = registry.find(repository, wanted);
  if (!image) {
    throw new ApiError(
      404,
      registry.hasRepository(repository)
        ? `manifest for ${repository}:${wanted} not found: manifest unknown: manifest unknown`
        : `pull access denied for ${repository}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    );
  }
  const records = progress(tagged(reference), wanted, image, images, context);
  return {
    next: function* () {
      const next = yield* advance(records);
      return next;
    },
    close: () => {},
  };
}

type Step = { readonly record: Progress; readonly afterNs: number };

function* advance(steps: Iterator<Step>): Blocking<Progress | undefined> {
  const next = steps.next();
  if (next.done) return undefined;
  if (next.value.afterNs > 0) yield* delay(next.value.afterNs);
  return next.value.record;
}

function* progress(
  full: string,
  tag: string,
  image: StoredImage,
  images: Images,
  context: DaemonContext,
): Generator<Step, void> {
  const { repository } = parseReference(full);
  const say = (record: Progress, afterNs = 0): Step => ({ record, afterNs });
  yield say({ status: `Pulling from ${pathInRegistry(repository)}`, id: tag }, SECOND);
  const isThere = images.find(full)?.id === image.id;
  if (!isThere) {
    const known = new Set(
      images.list().flatMap(({ layers }) => layers.map(({ digest }) => digest)),
    );
    const short = (digest: string): string => digest.slice("sha256:".length, "sha256:".length + 12);
    for (const { digest } of image.layers) {
      const status = known.has(digest) ? "Already exists" : "Pulling fs layer";
      yield say({ status, progressDetail: {}, id: short(digest) });
    }
    const missing = image.layers.filter(({ digest }) => !known.has(digest));
    for (const { digest, sizeBytes } of missing) {
      const id = short(digest);
      const takesNs = (sizeBytes / BYTES_PER_SECOND) * SECOND;
      for (let step = 1; step <= STEPS; step += 1) {
        const current = Math.round((sizeBytes * step) / STEPS);
        const progressDetail = { current, total: sizeBytes };
        yield say({ status: "Downloading", progressDetail, id }, takesNs / STEPS);
      }
      yield say({ status: "Verifying Checksum", progressDetail: {}, id });
      yield say({ status: "Download complete", progressDetail: {}, id });
    }
    for (const { digest, sizeBytes } of missing) {
      const id = short(digest);
      const progressDetail = { current: sizeBytes, total: sizeBytes };
      yield say({ status: "Extracting", progressDetail, id }, SECOND / 20);
      yield say({ status: "Pull complete", progressDetail: {}, id });
    }
    images.add(image);
    context.events.emit("image", "pull", full, { name: repository });
  }
  const [digest = ""] = image.digests;
  yield say({ status: `Digest: ${digest.slice(digest.indexOf("@") + 1)}` });
  yield say({
    status: `Status: ${isThere ? "Image is up to date" : "Downloaded newer image"} for ${full}`,
  });
}
