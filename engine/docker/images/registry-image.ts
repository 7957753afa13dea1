/** An image of the emulated registry: what `docker pull` brings. */
import { programKey } from "../../kernel/fs/executable.ts";
import type { ImageLayer } from "../../kernel/fs/image-layer.ts";
import type { Program } from "../../kernel/process/program.ts";
import { daysFromCivil } from "../../programs/support/calendar.ts";
import { digest } from "../../programs/support/digest.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { HistoryEntry, ImageConfig, StoredLayer } from "../store/stored-image.ts";

/** What an image's file says of it; the oldest step first. */
export interface ImageDefinition {
  /** As it is pulled: `nginx`, `registry.k8s.io/pause`. */
  readonly repository: string;
  /** What it is, in one short line for those who choose. */
  readonly summary: string;
  /** The first is the one that the image is usually called by. */
  readonly tags: readonly string[];
  /** RFC 3339. */
  readonly created: string;
  readonly config: ImageConfig;
  readonly steps: readonly ImageStep[];
  readonly programs: readonly Program[];
  /** All files. Asked once, when the image is first used. */
  readonly files: () => ImageLayer;
  /** `sha256:…` of the configuration; made up from the name unless it is known. */
  readonly id?: string;
  /** `sha256:…` of the manifest, likewise. */
  readonly digest?: string;
}

/** A line of `docker history`; one with a size is a layer. */
export interface ImageStep {
  readonly createdBy: string;
  readonly sizeBytes: number;
  readonly comment?: string;
  /** `sha256:…` of the layer's content; made up unless it is known. */
  readonly digest?: string;
}

export class RegistryImage {
  readonly id: string;
  readonly digest: string;
  /** Those that hold files. */
  readonly layers: readonly StoredLayer[];
  readonly history: readonly HistoryEntry[];
  readonly programs: ReadonlyMap<string, Program>;
  private built: ImageLayer | undefined;

  constructor(private readonly definition: ImageDefinition) {
    const { repository, steps, created } = definition;
    this.id = definition.id ?? madeUp(`${repository} configuration`);
    this.digest = definition.digest ?? madeUp(`${repository} manifest`);
    this.layers = steps
      .filter(({ sizeBytes }) => sizeBytes > 0)
      .map((step, index) => ({
        digest: step.digest ?? madeUp(`${repository} layer ${index}`),
        sizeBytes: step.sizeBytes,
      }));
    this.history = steps.map(({ createdBy, sizeBytes, comment = "" }) => ({
      created: secondsOf(created),
      createdBy,
      sizeBytes,
      comment,
    }));
    this.programs = new Map(definition.programs.map((program) => [programKey(program), program]));
  }

  get repository(): string {
    return this.definition.repository;
  }

  get summary(): string {
    return this.definition.summary;
  }

  get tags(): readonly string[] {
    return this.definition.tags;
  }

  get created(): string {
    return this.definition.created;
  }

  get steps(): readonly ImageStep[] {
    return this.definition.steps;
  }

  get config(): ImageConfig {
    return this.definition.config;
  }

  get files(): ImageLayer {
    this.built ??= this.definition.files();
    return this.built;
  }
}

function madeUp(text: string): string {
  return `sha256:${digest("sha256", encodeUtf8(text))}`;
}

/** Unix seconds of `2025-02-05T21:27:16Z`. */
function secondsOf(rfc3339: string): number {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0] = (
    rfc3339.match(/\d+/g) ?? []
  ).map(Number);
  return daysFromCivil(year, month - 1, day) * 86_400 + hour * 3600 + minute * 60 + second;
}
