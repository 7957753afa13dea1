/** What a machine's Docker engine has, as a lab file keeps it. */
import { formatIpv4, formatMac } from "../../net/address.ts";
import { SECOND, type Ns } from "../../sim/clock.ts";
import { decodeUtf8 } from "../../sim/utf8.ts";
import type { Machine } from "../../machine/machine.ts";
import type { Container } from "../../docker/containers/container.ts";
import { engineState } from "../../docker/daemon/engine-state.ts";
import { registryOf, type LabRegistry } from "../../docker/store/registry.ts";
import type { NetworkDefinition } from "../../docker/networks/network.ts";
import type { StoredImage } from "../../docker/store/stored-image.ts";
import type { StoredVolume } from "../../docker/store/volumes.ts";
import { unixSeconds } from "../../docker/store/images.ts";
import { changedFiles } from "../config/files.ts";
import { compact, list } from "../file/leave-out.ts";
import type { NodeFile } from "../file/schema.ts";

type DockerFile = NonNullable<NodeFile["docker"]>;
type ContainerFile = NonNullable<DockerFile["containers"]>[number];
type ImageFile = NonNullable<DockerFile["images"]>[number];

/** Lines of a log that are kept. */
const LOG_LINES = 200;

/** Undefined: the engine has never been used. */
export function extractDocker(machine: Machine): DockerFile | undefined {
  const { kernel } = machine;
  const { containers, images, networks, volumes } = engineState(kernel);
  if (images.size === 0 && networks.length === 0 && volumes.size === 0) return undefined;
  const { sim } = kernel;
  const ago = (atNs: Ns): number => Math.max(0, Math.round((sim.nowNs - atNs) / SECOND));
  return compact<DockerFile>({
    networks: list(networks.map((network) => networkFile(network, ago))),
    images: list(
      [...images.values()].map((image) =>
        imageFile(image, registryOf(kernel), sim.epochSeconds + sim.nowNs / SECOND),
      ),
    ),
    volumes: list([...volumes.values()].map((volume) => volumeFile(volume, ago))),
    containers: list([...containers.values()].map((container) => containerFile(container, ago))),
  });
}

function networkFile(
  network: NetworkDefinition,
  ago: (atNs: Ns) => number,
): NonNullable<DockerFile["networks"]>[number] {
  const [config] = network.ipamConfig ?? network.allocated ?? [];
  return compact({
    id: network.id,
    name: network.name,
    createdSecondsAgo: ago(network.createdNs),
    driver: network.driver,
    internal: network.internal || undefined,
    attachable: network.attachable || undefined,
    configOnly: network.configOnly || undefined,
    configFrom: network.configFrom || undefined,
    options: nonEmpty(network.options),
    labels: nonEmpty(network.labels),
    subnet: config?.Subnet,
    ipRange: config?.IPRange,
    gateway: config?.Gateway,
    auxiliaryAddresses: config?.AuxiliaryAddresses && { ...config.AuxiliaryAddresses },
    chosen: (config !== undefined && network.ipamConfig === null) || undefined,
  });
}

function nonEmpty(
  record: Readonly<Record<string, string>> | null | undefined,
): Record<string, string> | undefined {
  return record && Object.keys(record).length > 0 ? { ...record } : undefined;
}

function imageFile(image: StoredImage, registry: LabRegistry, nowSeconds: number): ImageFile {
  const registered = registry.byId(image.id) !== undefined;
  return compact<ImageFile>({
    id: image.id,
    tags: list([...image.tags]),
    made: registered
      ? undefined
      : compact({
          from: image.registryId,
          createdSecondsAgo: Math.max(0, Math.round(nowSeconds - unixSeconds(image.created))),
          config: { ...image.config } as Record<string, never>,
          layers: [...image.layers],
          files: filesOf(image, registry),
        }),
  });
}

function filesOf(image: StoredImage, registry: LabRegistry) {
  const base = registry.byId(image.registryId)?.files;
  if (!base) return undefined;
  const { records } = image.files;
  return changedFiles({
    base,
    record: (number) => {
      const record = records.get(number);
      if (!record) throw new Error(`no inode ${number}`);
      return record;
    },
    isChanged: (number) => records.get(number) !== base.records.get(number),
  });
}

function volumeFile(
  { name, createdNs, labels, options, isAnonymous }: StoredVolume,
  ago: (atNs: Ns) => number,
): NonNullable<DockerFile["volumes"]>[number] {
  return compact({
    name,
    createdSecondsAgo: ago(createdNs),
    labels: nonEmpty(labels),
    options: nonEmpty(options),
    anonymous: isAnonymous || undefined,
  });
}

function containerFile(container: Container, ago: (atNs: Ns) => number): ContainerFile {
  const { identity, state, config, hostConfig, log } = container;
  const networks = Object.fromEntries(
    [...container.networks.values()].map(({ name, settings, endpoint }) => [
      name,
      compact({
        settings: Object.keys(settings).length > 0 ? ({ ...settings } as never) : undefined,
        address: endpoint?.address === undefined ? undefined : formatIpv4(endpoint.address),
        mac: endpoint?.mac === undefined ? undefined : formatMac(endpoint.mac),
      }),
    ]),
  );
  return compact<ContainerFile>({
    id: container.id,
    name: container.name,
    image: identity.imageName,
    imageId: identity.image.id,
    createdSecondsAgo: ago(identity.createdNs),
    config: { ...config } as never,
    hostConfig: { ...hostConfig } as never,
    networks: Object.keys(networks).length > 0 ? networks : undefined,
    mounts: list(container.mounts.map((mount) => ({ ...mount }) as never)),
    running: state.running || undefined,
    exitCode: state.exitCode || undefined,
    error: state.error || undefined,
    startedSecondsAgo: state.startedNs === undefined ? undefined : ago(state.startedNs),
    finishedSecondsAgo: state.finishedNs === undefined ? undefined : ago(state.finishedNs),
    manuallyStopped: container.manuallyStopped || undefined,
    log: list(
      log.entries
        .slice(-LOG_LINES)
        .map(({ atNs, stream, data }): [number, typeof stream, string] => [
          ago(atNs),
          stream,
          decodeUtf8(data),
        ]),
    ),
    files: nonEmptyFiles(changedFiles(container.root)),
  });
}

function nonEmptyFiles<T extends object>(files: T): T | undefined {
  return Object.keys(files).length > 0 ? files : undefined;
}
