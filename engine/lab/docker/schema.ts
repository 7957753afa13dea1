/** What a machine's Docker engine has, in a lab file. */
import { z } from "zod";

z.config({ jitless: true });

const hexId = z.string().regex(/^[0-9a-f]{64}$/, "expected an id of 64 hexadecimal digits");
const imageId = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hexadecimal digits");
const word = z.string().max(4096);
const names = z.record(word, z.string().max(65_536));
/** How long before the lab was saved. */
const secondsAgo = z.number().min(0).max(1e10);

/** As the Engine API has it; what has its default may be left out. */
const apiObject = z.record(z.string().max(255), z.json());

const dockerNetwork = z.strictObject({
  id: hexId,
  name: word,
  createdSecondsAgo: secondsAgo,
  driver: z.enum(["bridge", "host", "null", "macvlan"]),
  internal: z.boolean().optional(),
  attachable: z.boolean().optional(),
  configOnly: z.boolean().optional(),
  configFrom: z.string().optional(),
  options: names.optional(),
  labels: names.optional(),
  subnet: word.optional(),
  ipRange: word.optional(),
  gateway: word.optional(),
  auxiliaryAddresses: names.optional(),
  /** Its addresses were chosen by the engine. */
  chosen: z.boolean().optional(),
});

export function dockerSchema<F extends z.ZodType>(file: F) {
  const files = z.record(
    z
      .string()
      .max(4096)
      .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/, "expected an absolute path"),
    file,
  );
  const image = z.strictObject({
    id: imageId,
    tags: z.array(word).max(1000).optional(),
    /** Not of the registry: the image it was made from, and what it has besides. */
    made: z
      .strictObject({
        from: imageId,
        createdSecondsAgo: secondsAgo,
        config: apiObject,
        layers: z.array(z.strictObject({ digest: imageId, sizeBytes: z.number().min(0) })).max(500),
        files: files.optional(),
      })
      .optional(),
  });
  const volume = z.strictObject({
    name: word,
    createdSecondsAgo: secondsAgo,
    labels: names.optional(),
    options: names.optional(),
    anonymous: z.boolean().optional(),
  });
  const container = z.strictObject({
    id: hexId,
    name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/, "expected a container's name"),
    image: word,
    imageId,
    createdSecondsAgo: secondsAgo,
    config: apiObject,
    hostConfig: apiObject,
    networks: z
      .record(
        word,
        z.strictObject({
          settings: apiObject.optional(),
          address: z.string().max(15).optional(),
          mac: z.string().max(17).optional(),
        }),
      )
      .optional(),
    mounts: z.array(apiObject).max(1000).optional(),
    running: z.boolean().optional(),
    exitCode: z.int().optional(),
    error: word.optional(),
    startedSecondsAgo: secondsAgo.optional(),
    finishedSecondsAgo: secondsAgo.optional(),
    manuallyStopped: z.boolean().optional(),
    log: z
      .array(z.tuple([secondsAgo, z.enum(["stdout", "stderr"]), z.string().max(65_536)]))
      .max(10_000)
      .optional(),
    files: files.optional(),
  });
  return z
    .strictObject({
      networks: z.array(dockerNetwork).max(1000).optional(),
      images: z.array(image).max(1000).optional(),
      volumes: z.array(volume).max(10_000).optional(),
      containers: z.array(container).max(2000).optional(),
    })
    .meta({ description: "Images, networks, volumes and containers of the Docker engine." });
}
