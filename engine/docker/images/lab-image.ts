/** Images that a lab file defines: another image, with files and a command, or an HTTP service. */
import { digest } from "../../programs/support/digest.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import { executableFile } from "../../kernel/fs/executable.ts";
import { ImageLayerBuilder } from "../../kernel/fs/image-layer.ts";
import {
  describedService,
  DESCRIPTION_FILE,
  type ServiceDescription,
} from "./programs/described-service.ts";
import { RegistryImage } from "./registry-image.ts";

export interface LabImage {
  /** `REPOSITORY[:TAG]` */
  readonly name: string;
  readonly base: RegistryImage;
  /** Absolute path → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** The base's unless said, or the service. */
  readonly command?: readonly string[];
  readonly service?: ServiceDescription;
}

/** 2026-01-01: images of a lab have no day of their own. */
const CREATED_SECONDS = 1_767_225_600;

export function imageOfLab(image: LabImage): RegistryImage {
  const { base, files = {}, service } = image;
  const [, repository = image.name, tag = "latest"] =
    /^(.*?)(?::([\w.-]+))?$/.exec(image.name) ?? [];
  const command = image.command ?? (service ? [describedService.name] : undefined);
  const bytes = Object.values(files).reduce((total, text) => total + text.length, 0);
  const added = bytes + (service ? JSON.stringify(service).length : 0);
  const definition = encodeUtf8(JSON.stringify({ ...image, base: base.id }));
  return new RegistryImage({
    repository,
    id: `sha256:${digest("sha256", definition)}`,
    summary: `An image of this lab, on ${base.repository}`,
    tags: [tag],
    created: "2026-01-01T00:00:00Z",
    config: {
      ...base.config,
      ...(command && { Cmd: command, Entrypoint: null }),
      ...(service && { ExposedPorts: { [`${service.port}/tcp`]: {} } }),
    },
    steps: [
      ...base.steps,
      ...(added > 0 ? [{ createdBy: "COPY files of the lab", sizeBytes: added }] : []),
      ...(command ? [{ createdBy: `CMD ${JSON.stringify(command)}`, sizeBytes: 0 }] : []),
    ],
    programs: [...base.programs.values(), ...(service ? [describedService] : [])],
    files: () => {
      const builder = new ImageLayerBuilder(CREATED_SECONDS, undefined, base.files);
      for (const [path, text] of Object.entries(files)) {
        builder.file(path, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
      }
      if (service) {
        builder
          .file(`/usr/bin/${describedService.name}`, executableFile(describedService), {
            mode: 0o755,
          })
          .file(DESCRIPTION_FILE, JSON.stringify(service));
      }
      return builder.build();
    },
  });
}
