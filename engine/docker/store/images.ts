/** The images that a machine has. */
import { ApiError } from "../api/errors.ts";
import type { Filters } from "../api/filters.ts";
import type { ImageDeleted, ImageHistory, ImageInspect, ImageSummary } from "../api/image.ts";
import type { DaemonContext } from "../daemon/context.ts";
import { checkFilters, hasLabel } from "../networks/filters.ts";
import { sorted } from "../networks/inspect.ts";
import { inspectImage } from "./inspect-image.ts";
import { parseReference, tagged } from "./reference.ts";
import { imageSize, type StoredImage } from "./stored-image.ts";

export class Images {
  constructor(
    private readonly context: DaemonContext,
    /** Ids of containers made from an image, and whether they run. */
    private readonly usersOf: (imageId: string) => readonly { id: string; running: boolean }[],
  ) {}

  list(): StoredImage[] {
    return [...this.context.state.images.values()];
  }

  /** By name, digest, id, or the beginning of an id. */
  find(name: string): StoredImage | undefined {
    const reference = parseReference(name);
    const full = tagged(reference);
    for (const image of this.list()) {
      if (reference.digest === undefined && image.tags.includes(full)) return image;
      if (
        reference.digest !== undefined &&
        image.digests.includes(`${reference.repository}@${reference.digest}`)
      ) {
        return image;
      }
    }
    const id = name.replace(/^sha256:/, "");
    if (!/^[0-9a-f]+$/.test(id)) return undefined;
    const matches = this.list().filter((image) => image.id.slice("sha256:".length).startsWith(id));
    return matches.length === 1 ? matches[0] : undefined;
  }

  /** ApiError 404 */
  get(name: string): StoredImage {
    const found = this.find(name);
    if (found) return found;
    const shown =
      name.includes("@") || name.startsWith("sha256:") ? name : tagged(parseReference(name));
    throw new ApiError(404, `No such image: ${shown}`);
  }

  add(image: StoredImage): void {
    for (const tag of image.tags) this.untag(tag);
    const existing = this.context.state.images.get(image.id);
    if (existing) {
      for (const tag of image.tags) if (!existing.tags.includes(tag)) existing.tags.push(tag);
    } else this.context.state.images.set(image.id, image);
  }

  private untag(tag: string): void {
    for (const image of this.list()) {
      const at = image.tags.indexOf(tag);
      if (at >= 0) image.tags.splice(at, 1);
    }
  }

  /** ApiError 404 */
  tag(name: string, repository: string, tag: string): void {
    const image = this.get(name);
    const full = tagged({
      repository: parseReference(repository).repository,
      tag: tag || undefined,
      digest: undefined,
    });
    this.untag(full);
    image.tags.push(full);
    this.context.events.emit("image", "tag", image.id, { name: full });
  }

  /** ApiError 404, 409: containers use it. */
  remove(name: string, force: boolean): ImageDeleted[] {
    const image = this.get(name);
    const reference = parseReference(name);
    const full = tagged(reference);
    const isByTag = image.tags.includes(full) && reference.digest === undefined;
    const users = this.usersOf(image.id);
    const shortImage = image.id.slice("sha256:".length, "sha256:".length + 12);
    if (isByTag && image.tags.length > 1) {
      this.untag(full);
      return [{ Untagged: full }];
    }
    if (!isByTag && image.tags.length > 1 && !force) {
      throw new ApiError(
        409,
        `conflict: unable to delete ${shortImage} (must be forced) - image is referenced in multiple repositories`,
      );
    }
    const running = users.find((user) => user.running);
    const user = running ?? users[0];
    if (user && (running || !force)) {
      const shown = user.id.slice(0, 12);
      if (isByTag && !force) {
        throw new ApiError(
          409,
          `conflict: unable to remove repository reference "${name}" (must force) - container ${shown} is using its referenced image ${shortImage}`,
        );
      }
      if (!isByTag || running) {
        const how = running ? "cannot be forced" : "must be forced";
        const what = running ? "running container" : "stopped container";
        throw new ApiError(
          409,
          `conflict: unable to delete ${isByTag ? name : shortImage} (${how}) - image is being used by ${what} ${shown}`,
        );
      }
    }
    const removed: ImageDeleted[] = image.tags.map((tag) => ({ Untagged: tag }));
    for (const { Untagged } of removed as { Untagged: string }[]) {
      this.context.events.emit("image", "untag", image.id, { name: Untagged });
    }
    image.tags.splice(0);
    if (users.length > 0) return removed;
    removed.push(...image.digests.map((digest) => ({ Untagged: digest })));
    this.context.state.images.delete(image.id);
    this.context.events.emit("image", "delete", image.id, { name: image.id });
    removed.push({ Deleted: image.id });
    const kept = new Set(this.list().flatMap(({ layers }) => layers.map(({ digest }) => digest)));
    for (const { digest } of [...image.layers].reverse()) {
      if (!kept.has(digest)) removed.push({ Deleted: digest });
    }
    return [...removed, ...this.removeUnusedParent(image.parent)];
  }

  /** The steps that only this image stood on go with it. */
  private removeUnusedParent(id: string): ImageDeleted[] {
    const parent = this.context.state.images.get(id);
    const isUnused = parent?.tags.length === 0 && this.usersOf(id).length === 0;
    return parent && isUnused && !this.isIntermediate(parent) ? this.remove(id, false) : [];
  }

  /** Dangling ones, or with `dangling=false` all that no container uses. */
  prune(filters: Filters): { removed: ImageDeleted[]; bytes: number } {
    const takesAll = ["false", "0"].includes(filters["dangling"]?.[0] ?? "");
    const removed: ImageDeleted[] = [];
    let bytes = 0;
    for (const image of this.list()) {
      if (this.usersOf(image.id).length > 0 || (!takesAll && image.tags.length > 0)) continue;
      if (!this.context.state.images.has(image.id) || this.isIntermediate(image)) continue;
      if (!(filters["label"] ?? []).every((wanted) => hasLabel(image.config.Labels ?? {}, wanted)))
        continue;
      bytes += imageSize(image);
      for (const name of image.tags.length > 0 ? [...image.tags] : [image.id]) {
        removed.push(...this.remove(name, true));
      }
    }
    return { removed, bytes };
  }

  /** Steps of a build that other images stand on are shown only with `all`. */
  private isIntermediate(image: StoredImage): boolean {
    return image.tags.length === 0 && this.list().some(({ parent }) => parent === image.id);
  }

  /** The youngest first. ApiError 400 */
  summaries(filters: Filters, all = false): ImageSummary[] {
    const { release } = this.context;
    checkFilters(filters, release, ["before", "dangling", "label", "reference", "since", "until"]);
    const wanted = this.list()
      .filter((image) => all || !this.isIntermediate(image))
      .filter((image) => this.matches(image, filters));
    return wanted.map((image) => this.summary(image)).sort((a, b) => b.Created - a.Created);
  }

  private matches(image: StoredImage, filters: Filters): boolean {
    const dangling = filters["dangling"]?.[0];
    if (dangling !== undefined && ["true", "1"].includes(dangling) !== (image.tags.length === 0)) {
      return false;
    }
    const bound = (name: "before" | "since"): number | undefined => {
      const [reference] = filters[name] ?? [];
      return reference === undefined ? undefined : unixSeconds(this.get(reference).created);
    };
    const created = unixSeconds(image.created);
    const before = bound("before");
    const since = bound("since");
    const references = filters["reference"] ?? [];
    return (
      (filters["label"] ?? []).every((label) => hasLabel(image.config.Labels ?? {}, label)) &&
      (before === undefined || created < before) &&
      (since === undefined || created > since) &&
      (references.length === 0 ||
        references.some((pattern) => image.tags.some((tag) => matchesPattern(tag, pattern))))
    );
  }

  private summary(image: StoredImage): ImageSummary {
    const size = imageSize(image);
    const labels = image.config.Labels;
    return {
      Containers: -1,
      Created: unixSeconds(image.created),
      Id: image.id,
      Labels: labels ? sorted(labels) : null,
      ParentId: image.parent,
      RepoDigests: image.digests,
      RepoTags: image.tags,
      SharedSize: -1,
      Size: size,
      ...(this.context.release === "20.10" ? { VirtualSize: size } : {}),
    };
  }

  inspect(image: StoredImage): ImageInspect {
    return inspectImage(image, this.context.release);
  }

  /** The youngest first. */
  history(image: StoredImage): ImageHistory[] {
    return [...image.history].reverse().map((entry, index) => ({
      Id: index === 0 ? image.id : "<missing>",
      Created: entry.created,
      CreatedBy: entry.createdBy,
      Tags: index === 0 && image.tags.length > 0 ? image.tags : null,
      Size: entry.sizeBytes,
      Comment: entry.comment,
    }));
  }
}

/** Of an RFC 3339 instant in UTC; days from the civil date by Howard Hinnant's algorithm. */
export function unixSeconds(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(text);
  if (!match) return 0;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return days * 86_400 + hour * 3600 + minute * 60 + second;
}

/** `nginx`, `ngin*`, `*:latest`: the whole name, or that without its tag. */
function matchesPattern(tag: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  const expression = new RegExp(`^${escaped.replaceAll("?", "[^/]")}$`);
  return expression.test(tag) || expression.test(tag.slice(0, tag.lastIndexOf(":")));
}
