/** The Go types that `docker inspect` reads networks, images and volumes into. */
import {
  BOOL,
  INT64,
  mapOf,
  pointerTo,
  sliceOf,
  STRING,
  structOf,
  TIME,
  type GoType,
} from "../../../programs/support/go/type.ts";
import type { ImageInspect } from "../../api/image.ts";
import type { CliVersion } from "../version.ts";
import { CONTAINER_CONFIG, GRAPH_DRIVER, STRING_MAP, STRINGS } from "./container.ts";

const byVersion = (make: (recent: boolean) => GoType): Readonly<Record<CliVersion, GoType>> => ({
  "28": make(true),
  "20.10": make(false),
});

const IPAM = structOf("network.IPAM", {
  Driver: STRING,
  Options: STRING_MAP,
  Config: sliceOf(
    structOf("network.IPAMConfig", {
      "Subnet,omitempty": STRING,
      "IPRange,omitempty": STRING,
      "Gateway,omitempty": STRING,
      "AuxAddress=AuxiliaryAddresses,omitempty": STRING_MAP,
    }),
  ),
});

const ENDPOINT = structOf("network.EndpointResource", {
  Name: STRING,
  EndpointID: STRING,
  MacAddress: STRING,
  IPv4Address: STRING,
  IPv6Address: STRING,
});

export const NETWORK = byVersion((recent) =>
  structOf(recent ? "network.Inspect" : "types.NetworkResource", {
    Name: STRING,
    "ID=Id": STRING,
    Created: TIME,
    Scope: STRING,
    Driver: STRING,
    ...(recent && { EnableIPv4: BOOL }),
    EnableIPv6: BOOL,
    IPAM,
    Internal: BOOL,
    Attachable: BOOL,
    Ingress: BOOL,
    ConfigFrom: structOf("network.ConfigReference", { Network: STRING }),
    ConfigOnly: BOOL,
    Containers: mapOf(ENDPOINT),
    Options: STRING_MAP,
    Labels: STRING_MAP,
    "Peers,omitempty": sliceOf(structOf("network.PeerInfo", { Name: STRING, IP: STRING })),
    "Services,omitempty": mapOf(structOf("network.ServiceInfo", {})),
  }),
);

/** What an image says of how to run it, in 28: without what only containers have. */
const IMAGE_CONFIG = structOf("v1.DockerOCIImageConfig", {
  "User,omitempty": STRING,
  "ExposedPorts,omitempty": mapOf(structOf("struct {}", {})),
  "Env,omitempty": STRINGS,
  "Entrypoint,omitempty": STRINGS,
  "Cmd,omitempty": STRINGS,
  "Volumes,omitempty": mapOf(structOf("struct {}", {})),
  "WorkingDir,omitempty": STRING,
  "Labels,omitempty": STRING_MAP,
  "StopSignal,omitempty": STRING,
  "ArgsEscaped,omitempty": BOOL,
  "Healthcheck,omitempty": pointerTo(structOf("v1.HealthcheckConfig", {})),
  "OnBuild,omitempty": STRINGS,
  "Shell,omitempty": STRINGS,
});

export const IMAGE = byVersion((recent) =>
  structOf(recent ? "image.InspectResponse" : "types.ImageInspect", {
    "ID=Id": STRING,
    RepoTags: STRINGS,
    RepoDigests: STRINGS,
    Parent: STRING,
    Comment: STRING,
    [recent ? "Created,omitempty" : "Created"]: STRING,
    [recent ? "Container,omitempty" : "Container"]: STRING,
    [recent ? "ContainerConfig,omitempty" : "ContainerConfig"]: pointerTo(CONTAINER_CONFIG),
    DockerVersion: STRING,
    Author: STRING,
    Config: pointerTo(recent ? IMAGE_CONFIG : CONTAINER_CONFIG),
    Architecture: STRING,
    "Variant,omitempty": STRING,
    Os: STRING,
    "OsVersion,omitempty": STRING,
    Size: INT64,
    [recent ? "VirtualSize,omitempty" : "VirtualSize"]: INT64,
    GraphDriver: GRAPH_DRIVER,
    RootFS: structOf("image.RootFS", { "Type,omitempty": STRING, "Layers,omitempty": STRINGS }),
    Metadata: structOf("image.Metadata", { "LastTagTime,omitempty": TIME }),
  }),
);

const USAGE = structOf("volume.UsageData", { RefCount: INT64, Size: INT64 });

export const VOLUME = byVersion((recent) =>
  structOf(recent ? "volume.Volume" : "types.Volume", {
    ...(recent && { "ClusterVolume,omitempty": pointerTo(structOf("volume.ClusterVolume", {})) }),
    "CreatedAt,omitempty": STRING,
    Driver: STRING,
    Labels: STRING_MAP,
    Mountpoint: STRING,
    Name: STRING,
    Options: STRING_MAP,
    Scope: STRING,
    "Status,omitempty": STRING_MAP,
    "UsageData,omitempty": pointerTo(USAGE),
  }),
);

/** Engines since 28 write images through a second encoder, which escapes `<`, `>` and `&`. */
export const isImageEscaped = (image: ImageInspect) => image.VirtualSize === undefined;
