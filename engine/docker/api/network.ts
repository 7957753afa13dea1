/** Networks, as the Engine API writes them. */
import type { Names } from "./container.ts";

export interface EndpointIpam {
  readonly IPv4Address?: string;
  readonly IPv6Address?: string;
  readonly LinkLocalIPs?: readonly string[];
}

export interface EndpointSettings {
  readonly IPAMConfig: EndpointIpam | null;
  readonly Links: readonly string[] | null;
  readonly Aliases: readonly string[] | null;
  readonly NetworkID: string;
  readonly EndpointID: string;
  readonly Gateway: string;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly MacAddress: string;
  readonly DriverOpts: Names | null;
  /** 28 only. */
  readonly GwPriority?: number;
  readonly DNSNames?: readonly string[] | null;
}

export interface NetworkingConfig {
  readonly EndpointsConfig: Readonly<Record<string, Partial<EndpointSettings>>>;
}

export interface IpamConfig {
  readonly Subnet?: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
  readonly AuxiliaryAddresses?: Names;
}

export interface NetworkCreate {
  readonly Name: string;
  readonly Driver?: string;
  readonly Scope?: string;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Ingress?: boolean;
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: {
    readonly Driver?: string;
    readonly Options?: Names | null;
    readonly Config?: readonly IpamConfig[] | null;
  };
  readonly Options?: Names;
  readonly Labels?: Names;
  readonly ConfigOnly?: boolean;
  readonly ConfigFrom?: { readonly Network: string } | null;
  /** Clients older than API 1.44: refuse a name that exists. */
  readonly CheckDuplicate?: boolean;
}

export interface NetworkCreated {
  readonly Id: string;
  readonly Warning: string;
}

export interface NetworkContainer {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  /** With its prefix length. */
  readonly IPv4Address: string;
  readonly IPv6Address: string;
}

/** GET /networks/ID, and an element of GET /networks, where `Containers` is empty. */
export interface NetworkInspect {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: string;
  readonly Driver: string;
  /** 28 only. */
  readonly EnableIPv4?: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: {
    readonly Driver: string;
    readonly Options: Names | null;
    readonly Config: readonly IpamConfig[] | null;
  };
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: boolean;
  readonly ConfigFrom: { readonly Network: string };
  readonly ConfigOnly: boolean;
  readonly Containers: Readonly<Record<string, NetworkContainer>>;
  readonly Options: Names;
  readonly Labels: Names;
}

export interface NetworksPruned {
  readonly NetworksDeleted: readonly string[] | null;
}
