/** What `docker images` and `docker history` show. */
import { humanSize } from "../../../programs/support/go/units.ts";
import type { ImageHistory, ImageSummary } from "../../api/image.ts";
import type { CliVersion } from "../version.ts";
import { ellipsis, shortId, type ListContext } from "./formatter.ts";
import { ago, goTime, rfc3339 } from "./times.ts";

/** A line of the list: an image under one of its names. */
export interface ImageRow {
  readonly image: ImageSummary;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const NONE = "<none>";

function splitTag(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(":");
  if (colon < 0 || reference.indexOf("/", colon) >= 0) return { repository: reference, tag: NONE };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** One row a tag; with digests one for each that belongs to the repository. */
export function imageRows(images: readonly ImageSummary[], digests: boolean): readonly ImageRow[] {
  return images.flatMap((image) => {
    const tags = image.RepoTags.filter((tag) => tag !== "<none>:<none>");
    const known = image.RepoDigests.filter((digest) => digest !== "<none>@<none>").map((text) => {
      const [repository = "", digest = ""] = text.split("@");
      return { repository, digest };
    });
    const digestOf = (repository: string) =>
      digests ? (known.find((item) => item.repository === repository)?.digest ?? NONE) : NONE;
    if (tags.length > 0) {
      return tags.map((reference) => {
        const { repository, tag } = splitTag(reference);
        return { image, repository, tag, digest: digestOf(repository) };
      });
    }
    if (known.length > 0) {
      const rows = known.map(({ repository, digest }) => ({
        image,
        repository,
        tag: NONE,
        digest,
      }));
      return digests ? rows : rows.slice(0, 1);
    }
    return [{ image, repository: NONE, tag: NONE, digest: NONE }];
  });
}

export function imageTable(digests: boolean): string {
  const digest = digests ? "{{.Digest}}\t" : "";
  const since = "{{if .CreatedSince }}{{.CreatedSince}}{{else}}N/A{{end}}";
  return `{{.Repository}}\t{{.Tag}}\t${digest}{{.ID}}\t${since}\t{{.Size}}`;
}

const sizeOrNone = (size: number | undefined) =>
  size === undefined || size < 0 ? "N/A" : humanSize(size);

export function imageContext(options: {
  readonly nowSeconds: number;
  readonly truncate: boolean;
}): ListContext<ImageRow> {
  const { nowSeconds, truncate } = options;
  return {
    name: "imageContext",
    headers: {
      Repository: "REPOSITORY",
      Tag: "TAG",
      Digest: "DIGEST",
      ID: "IMAGE ID",
      CreatedSince: "CREATED",
      CreatedAt: "CREATED AT",
      Size: "SIZE",
      Containers: "CONTAINERS",
      VirtualSize: "SIZE",
      SharedSize: "SHARED SIZE",
      UniqueSize: "UNIQUE SIZE",
    },
    fields: {
      Repository: (row) => row.repository,
      Tag: (row) => row.tag,
      Digest: (row) => row.digest,
      ID: ({ image }) => (truncate ? shortId(image.Id) : image.Id),
      CreatedSince: ({ image }) => (image.Created <= 0 ? "" : ago(nowSeconds, image.Created)),
      CreatedAt: ({ image }) => goTime(image.Created),
      Size: ({ image }) => humanSize(image.Size, 3),
      Containers: ({ image }) => (image.Containers < 0 ? "N/A" : String(image.Containers)),
      VirtualSize: ({ image }) => humanSize(image.Size),
      SharedSize: ({ image }) => sizeOrNone(image.SharedSize),
      UniqueSize: ({ image }) =>
        image.SharedSize < 0 ? "N/A" : humanSize(image.Size - image.SharedSize),
    },
  };
}

export const HISTORY_TABLE =
  "{{.ID}}\t{{if .CreatedSince}}{{.CreatedSince}}{{else}}N/A{{end}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";
const CREATED_BY_LENGTH = 45;

export function historyContext(options: {
  readonly nowSeconds: number;
  readonly truncate: boolean;
  /** Sizes and times for people. */
  readonly human: boolean;
  readonly version: CliVersion;
}): ListContext<ImageHistory> {
  const { nowSeconds, truncate, human } = options;
  return {
    name: "historyContext",
    headers: {
      ID: "IMAGE",
      CreatedSince: human ? "CREATED" : "CREATED AT",
      CreatedAt: "CREATED AT",
      CreatedBy: "CREATED BY",
      Size: "SIZE",
      Comment: "COMMENT",
    },
    fields: {
      ID: (item) => (truncate ? shortId(item.Id) : item.Id),
      CreatedAt: (item) => rfc3339(item.Created),
      CreatedSince: (item) => {
        if (!human) return rfc3339(item.Created);
        return item.Created <= 0 ? "" : ago(nowSeconds, item.Created);
      },
      CreatedBy: (item) => {
        const text = item.CreatedBy.replaceAll("\t", " ");
        return truncate ? ellipsis(text, CREATED_BY_LENGTH) : text;
      },
      Size: (item) => (human ? humanSize(item.Size, 3) : String(item.Size)),
      Comment: (item) => item.Comment,
    },
  };
}
