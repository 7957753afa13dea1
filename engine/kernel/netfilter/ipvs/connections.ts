/** The table of connections. Linux net/netfilter/ipvs/ip_vs_conn.c. */
import type { Ipv4 } from "../../../net/address.ts";
import { SECOND, type Ns } from "../../../sim/clock.ts";
import type { Simulation } from "../../../sim/simulation.ts";
import type { ConnectionKey, IpvsConnection } from "./connection.ts";

/** A template waits this long for its last connection. */
const CONTROL_NS = 60 * SECOND;

/** ip_vs_conn_tab_size */
export const CONNECTION_TABLE_SIZE = 4096;

const keyText = (
  protocol: number,
  from: Ipv4,
  fromPort: number,
  to: Ipv4,
  toPort: number,
): string => `${protocol} ${from}:${fromPort} ${to}:${toPort}`;

const clientKey = (key: ConnectionKey): string =>
  keyText(key.protocol, key.client, key.clientPort, key.virtual, key.virtualPort);

const serverKey = ({ key, server, serverPort }: IpvsConnection): string =>
  keyText(key.protocol, server, serverPort, key.client, key.clientPort);

export class IpvsConnections {
  private readonly byClient = new Map<string, IpvsConnection>();
  private readonly templates = new Map<string, IpvsConnection>();
  private readonly byServer = new Map<string, IpvsConnection>();

  constructor(
    private readonly sim: Simulation,
    private readonly onExpired: (connection: IpvsConnection) => void,
  ) {}

  list(): IpvsConnection[] {
    return [...this.templates.values(), ...this.byClient.values()];
  }

  /** The connection of a packet from a client; ip_vs_conn_in_get() */
  fromClient(key: ConnectionKey): IpvsConnection | undefined {
    return this.byClient.get(clientKey(key));
  }

  template(key: ConnectionKey): IpvsConnection | undefined {
    return this.templates.get(clientKey(key));
  }

  /** The connection of a packet from a server; ip_vs_conn_out_get() */
  fromServer(
    protocol: number,
    server: Ipv4,
    serverPort: number,
    client: Ipv4,
    clientPort: number,
  ): IpvsConnection | undefined {
    return this.byServer.get(keyText(protocol, server, serverPort, client, clientPort));
  }

  add(connection: IpvsConnection): void {
    const { destination } = connection;
    if (connection.isTemplate) {
      this.templates.set(clientKey(connection.key), connection);
      destination.persistentConnections += 1;
      return;
    }
    this.byClient.set(clientKey(connection.key), connection);
    this.byServer.set(serverKey(connection), connection);
    destination.inactiveConnections += 1;
    destination.updateOverload();
    if (connection.template) connection.template.controlled += 1;
  }

  /** A connection is active or not; its server counts both. */
  setActive(connection: IpvsConnection, isActive: boolean): void {
    if (connection.isInactive !== isActive) return;
    connection.isInactive = !isActive;
    const by = isActive ? 1 : -1;
    connection.destination.activeConnections += by;
    connection.destination.inactiveConnections -= by;
  }

  /** Starts its time anew. */
  refresh(connection: IpvsConnection, timeoutNs: Ns): void {
    connection.timeoutNs = timeoutNs;
    connection.expiresNs = this.sim.nowNs + timeoutNs;
    connection.timer ??= this.arm(connection);
  }

  expire(connection: IpvsConnection): void {
    if (connection.isDead) return;
    connection.isDead = true;
    if (connection.timer) this.sim.cancel(connection.timer);
    const { destination, template } = connection;
    if (connection.isTemplate) {
      this.templates.delete(clientKey(connection.key));
      destination.persistentConnections -= 1;
    } else {
      this.byClient.delete(clientKey(connection.key));
      const key = serverKey(connection);
      if (this.byServer.get(key) === connection) this.byServer.delete(key);
      if (connection.isInactive) destination.inactiveConnections -= 1;
      else destination.activeConnections -= 1;
      destination.updateOverload();
      if (template) template.controlled -= 1;
    }
    this.onExpired(connection);
  }

  flush(): void {
    for (const connection of this.list()) this.expire(connection);
  }

  private arm(connection: IpvsConnection): NonNullable<IpvsConnection["timer"]> {
    return this.sim.schedule(connection.expiresNs - this.sim.nowNs, () => {
      connection.timer = undefined;
      if (connection.expiresNs > this.sim.nowNs) connection.timer = this.arm(connection);
      else if (connection.controlled > 0) this.refresh(connection, CONTROL_NS);
      else this.expire(connection);
    });
  }

  /** As ipvsadm shows it. */
  remainingSeconds({ expiresNs }: IpvsConnection): number {
    return Math.max(0, Math.floor((expiresNs - this.sim.nowNs) / SECOND));
  }
}
