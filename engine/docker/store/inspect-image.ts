/** GET /images/NAME/json, its keys in the release's order. */
import type { ContainerConfig } from "../api/container.ts";
import type { ImageInspect } from "../api/image.ts";
import type { Release } from "../daemon/release.ts";
import { NEVER } from "../daemon/instant.ts";
import { sorted } from "../networks/inspect.ts";
import { imageGraphDriver } from "./graph-driver.ts";
import { imageSize, type StoredImage } from "./stored-image.ts";

const EMPTY_CONFIG: ContainerConfig = {
  Hostname: "",
  Domainname: "",
  User: "",
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: "",
  Volumes: null,
  WorkingDir: "",
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

export function inspectImage(image: StoredImage, release: Release): ImageInspect {
  const size = imageSize(image);
  const head = {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: image.digests,
    Parent: image.parent,
    Comment: image.comment,
    Created: image.created,
  };
  const origin = { DockerVersion: image.dockerVersion, Author: image.author };
  const platform = { Architecture: "amd64", Os: "linux", Size: size };
  const rest = {
    GraphDriver: imageGraphDriver(image),
    RootFS: { Type: "layers", Layers: image.layers.map(({ digest }) => digest) },
    Metadata: { LastTagTime: NEVER },
  };
  if (release === "28") {
    return { ...head, ...origin, ...platform, ...rest, Config: shortConfig(image) } as ImageInspect;
  }
  return {
    ...head,
    Container: "",
    ContainerConfig: EMPTY_CONFIG,
    ...origin,
    Config: longConfig(image),
    ...platform,
    VirtualSize: size,
    ...rest,
  };
}

/** As the OCI's specification has it. */
function shortConfig({ config }: StoredImage): Partial<ContainerConfig> {
  return {
    Cmd: config.Cmd ?? null,
    Entrypoint: config.Entrypoint ?? null,
    Env: config.Env ?? [],
    ...(config.ExposedPorts ? { ExposedPorts: sorted(config.ExposedPorts) } : {}),
    ...(config.Healthcheck ? { Healthcheck: config.Healthcheck } : {}),
    Labels: config.Labels ? sorted(config.Labels) : null,
    OnBuild: config.OnBuild ?? null,
    ...(config.Shell ? { Shell: config.Shell } : {}),
    ...(config.StopSignal ? { StopSignal: config.StopSignal } : {}),
    User: config.User ?? "",
    Volumes: config.Volumes ?? null,
    WorkingDir: config.WorkingDir ?? "",
  };
}

function longConfig({ config }: StoredImage): ContainerConfig {
  return {
    ...{ Hostname: "", Domainname: "", User: config.User ?? "" },
    ...{ AttachStdin: false, AttachStdout: false, AttachStderr: false },
    ...(config.ExposedPorts ? { ExposedPorts: sorted(config.ExposedPorts) } : {}),
    ...{ Tty: false, OpenStdin: false, StdinOnce: false },
    Env: config.Env ?? null,
    Cmd: config.Cmd ?? null,
    ...(config.Healthcheck ? { Healthcheck: config.Healthcheck } : {}),
    Image: "",
    Volumes: config.Volumes ?? null,
    WorkingDir: config.WorkingDir ?? "",
    Entrypoint: config.Entrypoint ?? null,
    OnBuild: config.OnBuild ?? null,
    Labels: config.Labels ? sorted(config.Labels) : null,
    ...(config.StopSignal ? { StopSignal: config.StopSignal } : {}),
    ...(config.Shell ? { Shell: config.Shell } : {}),
  };
}
