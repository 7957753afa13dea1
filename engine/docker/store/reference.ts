/** Names of images: `nginx`, `docker.io/library/nginx:1.27`, `repo@sha256:…`, `sha256:…`. */
export interface Reference {
  /** Without docker.io/ and library/, as the engine shows it. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export function parseReference(text: string): Reference {
  const [named = "", digest] = text.split("@");
  const slash = named.lastIndexOf("/");
  const colon = named.indexOf(":", slash + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  return {
    repository: repository.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, ""),
    tag: colon < 0 ? undefined : named.slice(colon + 1),
    digest,
  };
}

/** `repository:tag`, with `latest` for what was not said. */
export function tagged({ repository, tag }: Reference): string {
  return `${repository}:${tag ?? "latest"}`;
}

/** As a pull names it: official images are in `library/`. */
export function pathInRegistry(repository: string): string {
  return repository.includes("/")
    ? repository.replace(/^[^/]+\.[^/]+\//, "")
    : `library/${repository}`;
}
