import { describe, expect, test } from "vitest";
import { dockerMachine } from "../support.ts";

describe.each(["debian-12", "ubuntu-16.04"])("on %s", (image) => {
  test("networks are apart; a container that is in two reaches both", () => {
    const { types, run } = dockerMachine(image);
    types(
      `docker network create one; docker network create two
       docker run -d --name in-one --net one busybox sleep 1000
       docker run -d --name in-two --net two busybox sleep 1000
       docker run -d --name both --net one busybox sleep 1000; docker network connect two both`,
    );
    expect(run("docker exec in-one ping -c 1 -W 1 172.19.0.2").exit).toBe(1);
    expect(run("docker exec in-one ping -c 1 in-two").exit).toBe(1);
    expect(types("docker exec both ping -c 1 in-one")).toContain("1 packets received");
    expect(types("docker exec both ping -c 1 in-two")).toContain("1 packets received");
  });

  test("an internal network has no way out", () => {
    const { types, run } = dockerMachine(image);
    types(
      "docker network create --internal inside; docker run -d --name a1 --net inside busybox sleep 1000",
    );
    types("docker run -d --name b1 --net inside busybox sleep 1000");
    expect(types("docker exec a1 ping -c 1 b1")).toContain("1 packets received");
    // Docker 20.10 leads to the bridge, and no further.
    expect(run("docker exec a1 ping -c 1 -W 1 10.0.2.2").exit).toBe(1);
  });

  test("containers of a network without icc do not reach each other", () => {
    const { types, run } = dockerMachine(image);
    types(
      `docker network create -o com.docker.network.bridge.enable_icc=false apart
       docker run -d --name a1 --net apart busybox sleep 1000
       docker run -d --name b1 --net apart busybox sleep 1000`,
    );
    expect(run("docker exec a1 ping -c 1 -W 1 b1").exit).toBe(1);
    expect(types("docker exec a1 ping -c 1 -W 1 172.18.0.1")).toContain("1 packets received");
  });

  test("a published port is reached by every address of the machine", () => {
    const { types, pass } = dockerMachine(image);
    types("ip addr add 10.1.1.1/24 dev lo; docker run -d --name web -p 8080:80 nginx");
    pass(1);
    for (const address of ["127.0.0.1", "10.1.1.1", "172.17.0.1"]) {
      expect(types(`curl -s http://${address}:8080/`)).toContain("Welcome to nginx!");
    }
    expect(types("docker port web 80")).toContain("0.0.0.0:8080");
  });

  test("a port on a loopback address is for the machine alone", () => {
    const { types, run, pass } = dockerMachine(image);
    types("ip addr add 10.1.1.1/24 dev lo; docker run -d --name web -p 127.0.0.1:8080:80 nginx");
    pass(1);
    expect(types("curl -s http://127.0.0.1:8080/")).toContain("Welcome");
    expect(run("curl -s -m 1 http://10.1.1.1:8080/").exit).not.toBe(0);
  });

  test("the daemon started again has the rules it had", () => {
    const { types, pass } = dockerMachine(image);
    types(
      "docker network create net; docker run -d --name web --restart=always --net net -p 80:80 nginx",
    );
    pass(1);
    const rules = "iptables-save | grep -v '^#' | sed 's/\\[.*\\]//' | sort";
    const before = types(rules);
    types("systemctl restart docker");
    pass(2);
    expect(types(rules)).toBe(before);
  });
});

test("daemon.json chooses addresses, and a daemon without iptables makes no rules", () => {
  const { types } = dockerMachine();
  types(
    `systemctl stop docker; ip link del docker0; iptables -F; iptables -t nat -F
     echo '{"bip":"10.99.0.1/24","iptables":false,"default-address-pools":[{"base":"10.200.0.0/16","size":24}]}' > /etc/docker/daemon.json
     systemctl start docker; docker network create pool`,
  );
  expect(types("docker network inspect bridge -f '{{json .IPAM.Config}}'")).toBe(
    '[{"Subnet":"10.99.0.0/24","Gateway":"10.99.0.1"}]\n',
  );
  expect(types("docker network inspect pool -f '{{(index .IPAM.Config 0).Subnet}}'")).toBe(
    "10.200.0.0/24\n",
  );
  expect(types("iptables -t nat -S POSTROUTING")).toBe("-P POSTROUTING ACCEPT\n");
});

test("without docker-proxy a published port works by rules alone", () => {
  const { types, pass } = dockerMachine();
  types(
    `echo '{"userland-proxy":false}' > /etc/docker/daemon.json; systemctl restart docker
     docker run -d --name web -p 8080:80 nginx`,
  );
  pass(1);
  expect(types("ps -e -o args | grep -c '[d]ocker-proxy' || true")).toBe("0\n");
  expect(types("curl -s http://127.0.0.1:8080/")).toContain("Welcome to nginx!");
});

test("macvlan puts containers onto the machine's own segment", () => {
  const { types } = dockerMachine();
  types(
    `ip link add wire type dummy; ip link set wire up
     docker network create -d macvlan -o parent=wire --subnet 10.7.0.0/24 lan
     docker run -d --name a1 --net lan busybox sleep 1000; docker run -d --name b1 --net lan busybox sleep 1000`,
  );
  expect(types("docker exec a1 ping -c 1 10.7.0.3")).toContain("1 packets received");
});

test("a network takes its settings from one that has nothing else", () => {
  const { types, run } = dockerMachine();
  types(`docker network create --config-only --subnet 10.77.0.0/24 plan
     docker network create --config-from plan real`);
  expect(
    types("docker network inspect real -f '{{json .IPAM.Config}} {{.ConfigFrom.Network}}'"),
  ).toBe('[{"Subnet":"10.77.0.0/24"}] plan\n');
  expect(run("docker network rm plan").exit).toBe(1);
});

test("a routed network publishes by the container's own address", () => {
  const { types } = dockerMachine();
  types(`docker network create -o com.docker.network.bridge.gateway_mode_ipv4=routed open
     docker run -d --net open -p 8080:80 busybox sleep 1000`);
  expect(types("iptables -t nat -S | grep -E '172.18|8080' || true")).toBe("");
  expect(types("iptables -S DOCKER | grep -c -- '--dport 80 -j ACCEPT'")).toBe("1\n");
});

test("an option that cannot be read is refused, and its addresses are free again", () => {
  const { run, types } = dockerMachine();
  const { exit } = run("docker network create -o com.docker.network.bridge.enable_icc=maybe bad");
  expect(exit).toBe(1);
  types("docker network create good");
  expect(types("docker network inspect good -f '{{(index .IPAM.Config 0).Subnet}}'")).toBe(
    "172.18.0.0/16\n",
  );
});

test("networks are listed in the order in which people count", () => {
  const { types } = dockerMachine();
  types("for n in n10 n9 n1; do docker network create $n; done");
  expect(types("docker network ls --format '{{.Name}}' | grep n[0-9]")).toBe("n1\nn9\nn10\n");
});
