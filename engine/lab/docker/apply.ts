/** Gives a machine's Docker engine what a lab file says it has. */
import { parseIpv4, parseMac } from "../../net/address.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import { encodeUtf8 } from "../../sim/utf8.ts";
import type { LayeredFileSystem } from "../../kernel/fs/layered-file-system.ts";
import type { ImageLayer } from "../../kernel/fs/image-layer.ts";
import { containerRoot } from "../../machine/container-runtime.ts";
import type { Machine } from "../../machine/machine.ts";
import type { ContainerConfig, HostConfig, MountPoint } from "../../docker/api/container.ts";
import { ApiError } from "../../docker/api/errors.ts";
import type { EndpointSettings } from "../../docker/api/network.ts";
import { Container } from "../../docker/containers/container.ts";
import { completeConfig, completeHostConfig } from "../../docker/containers/defaults.ts";
import { ContainerLog } from "../../docker/containers/log.ts";
import { readConfig } from "../../docker/daemon/config.ts";
import { engineState } from "../../docker/daemon/engine-state.ts";
import { Clock } from "../../docker/daemon/instant.ts";
import type { RegistryImage } from "../../docker/images/registry-image.ts";
import { registryOf, storedImage } from "../../docker/store/registry.ts";
import type { ImageConfig, StoredImage } from "../../docker/store/stored-image.ts";
import type { Complain } from "../config/complaint.ts";
import type { NodeFile } from "../file/schema.ts";
import { isSound } from "./sound.ts";
import { putFiles } from "./files.ts";

type DockerFile = NonNullable<NodeFile["docker"]>;
type ContainerFile = NonNullable<DockerFile["containers"]>[number];
type ImageFile = NonNullable<DockerFile["images"]>[number];

/** Before the daemon is started. What cannot be made again is complained of and left out. */
export function applyDocker(machine: Machine, file: DockerFile, complain: Complain): void {
  new Restoration(machine, complain).apply(file);
}

class Restoration {
  private readonly clock: Clock;
  private readonly disk: LayeredFileSystem;

  constructor(
    private readonly machine: Machine,
    private readonly complain: Complain,
  ) {
    this.clock = new Clock(machine.kernel.sim);
    this.disk = machine.disk;
  }

  private ago(seconds: number): Ns {
    return this.clock.nowNs - Math.round(seconds * SECOND);
  }

  apply(file: DockerFile): void {
    const state = engineState(this.machine.kernel);
    for (const [index, image] of (file.images ?? []).entries()) {
      const made = this.image(image);
      if (made) state.images.set(made.id, made);
      else this.complain(["docker", "images", index], "there is no such image in the registry");
    }
    state.networks = (file.networks ?? []).map((network) => {
      const config = network.subnet
        ? [
            {
              Subnet: network.subnet,
              ...(network.ipRange ? { IPRange: network.ipRange } : {}),
              ...(network.gateway ? { Gateway: network.gateway } : {}),
              ...(network.auxiliaryAddresses
                ? { AuxiliaryAddresses: network.auxiliaryAddresses }
                : {}),
            },
          ]
        : null;
      return {
        id: network.id,
        name: network.name,
        createdNs: this.ago(network.createdSecondsAgo),
        driver: network.driver,
        internal: network.internal === true,
        attachable: network.attachable === true,
        configOnly: network.configOnly === true,
        configFrom: network.configFrom ?? "",
        enableIpv6: false,
        options: network.options ?? {},
        labels: network.labels ?? {},
        ipamDriver: "default",
        ipamOptions: network.driver === "host" || network.driver === "null" ? null : {},
        ipamConfig: network.chosen ? null : config,
        ...(network.chosen ? { allocated: config } : {}),
      };
    });
    for (const volume of file.volumes ?? []) {
      state.volumes.set(volume.name, {
        name: volume.name,
        createdNs: this.ago(volume.createdSecondsAgo),
        labels: volume.labels ?? null,
        options: volume.options ?? null,
        isAnonymous: volume.anonymous === true,
      });
    }
    for (const [index, container] of (file.containers ?? []).entries()) {
      const problem = this.container(container);
      if (problem) this.complain(["docker", "containers", index], problem);
    }
  }

  private image({ id, tags = [], made }: ImageFile): StoredImage | undefined {
    const registryId = made?.from ?? id;
    const source = registryOf(this.machine.kernel).byId(registryId);
    if (!source) return undefined;
    const base = { ...storedParts(source), tags: [...tags] };
    if (!made) return lazily(base, () => source.files);
    if (!isSound(made.config)) return undefined;
    const files = (): ImageLayer => {
      const root = containerRoot(this.machine.kernel, source.files, this.disk);
      putFiles(root, made.files ?? {});
      const layer = root.snapshot();
      root.discard();
      return layer;
    };
    return lazily(
      {
        ...base,
        id,
        created: this.clock.rfc3339Nano(this.ago(made.createdSecondsAgo)),
        config: made.config as ImageConfig,
        layers: made.layers,
        digests: [],
        registryId,
      },
      files,
    );
  }

  /** What is wrong with it. */
  private container(file: ContainerFile): string | undefined {
    const { kernel } = this.machine;
    const state = engineState(kernel);
    const image = state.images.get(file.imageId) ?? this.image({ id: file.imageId });
    if (!image) return `there is no image ${file.imageId}`;
    const settings = Object.values(file.networks ?? {}).map((network) => network.settings ?? {});
    const isAllSound = [file.config, file.hostConfig, ...settings, ...(file.mounts ?? [])].every(
      isSound,
    );
    if (!isAllSound) return "its configuration is not one of the Engine API";
    const release = this.machine.image.dockerRelease ?? "28";
    const asked = file.config as Partial<ContainerConfig>;
    const config = completeConfig(asked, { ...bare(image), config: {} }, file.id, {});
    let hostConfig: HostConfig;
    try {
      hostConfig = completeHostConfig(
        file.hostConfig as Partial<HostConfig>,
        release,
        readConfig(undefined, ["dockerd"]),
      );
    } catch (error) {
      if (error instanceof ApiError) return error.message;
      throw error;
    }
    const [path, ...args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
    if (path === undefined) return "it has no command";
    const container = new Container(
      {
        id: file.id,
        createdNs: this.ago(file.createdSecondsAgo),
        imageName: file.image,
        image,
        path,
        args,
        layerId: [...file.id].reverse().join(""),
      },
      file.name,
      config,
      hostConfig,
      containerRoot(kernel, image.files, this.disk),
      new ContainerLog(() => this.clock.nowNs),
    );
    putFiles(container.root, file.files ?? {});
    container.mounts = (file.mounts ?? []) as unknown as MountPoint[];
    for (const [seconds, stream, text] of file.log ?? []) {
      container.log.push({ stream, atNs: this.ago(seconds), data: encodeUtf8(text) });
    }
    for (const [name, network] of Object.entries(file.networks ?? {})) {
      container.networks.set(name, {
        name,
        networkId: "",
        settings: (network.settings ?? {}) as Partial<EndpointSettings>,
        endpoint: undefined,
        before: {
          address: network.address === undefined ? undefined : parseIpv4(network.address),
          mac: network.mac === undefined ? undefined : parseMac(network.mac),
        },
      });
    }
    Object.assign(container.state, {
      running: false,
      exitCode: file.exitCode ?? 0,
      error: file.error ?? "",
      startedNs:
        file.startedSecondsAgo === undefined ? undefined : this.ago(file.startedSecondsAgo),
      finishedNs:
        file.finishedSecondsAgo === undefined ? undefined : this.ago(file.finishedSecondsAgo),
    });
    container.manuallyStopped = file.manuallyStopped === true;
    container.resumes = file.running === true;
    state.containers.set(container.id, container);
    return undefined;
  }
}

/** An image's own fields, but not its files, which are made when they are first used. */
function bare(image: StoredImage): StoredImage {
  return lazily(storedOf(image), () => image.files);
}

function storedOf(image: StoredImage): Omit<StoredImage, "files"> {
  const { id, created, config, programs, layers, history, tags, digests } = image;
  const { parent, comment, author, dockerVersion, registryId } = image;
  return {
    ...{ id, created, config, programs, layers, history, tags, digests },
    ...{ parent, comment, author, dockerVersion, registryId },
  };
}

function storedParts(source: RegistryImage): Omit<StoredImage, "files"> {
  return storedOf(storedImage(source, source.tags[0] ?? "latest"));
}

function lazily(image: Omit<StoredImage, "files">, files: () => ImageLayer): StoredImage {
  let made: ImageLayer | undefined;
  return {
    ...image,
    get files() {
      made ??= files();
      return made;
    },
  };
}
