/** Containers in the window: the chapter's first subject, typed; then by mouse. On each host. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testHosts, type RunningHost } from "./support/hosts.ts";
import { LabWindow } from "./support/lab-window.ts";

for (const host of testHosts()) {
  const where = host.skipped === undefined ? host.name : `${host.name} (skipped: ${host.skipped})`;

  describe.skipIf(host.skipped !== undefined)(where, () => {
    let running: RunningHost;
    let lab: LabWindow;

    beforeEach(async () => {
      running = await host.start();
      lab = new LabWindow(await running.open());
      await lab.openTemplate("shared-namespace");
    });

    afterEach(() => running.close());

    test("a container that joins another's namespace finds nginx at localhost", async () => {
      await lab.openTerminal("dockerhost");
      await lab.type("docker run --name nginx -d nginx");
      await lab.screenShows(/^[0-9a-f]{64}$/m);
      await lab.type(
        'clear; docker run --name client --net=container:nginx -d busybox bin/sh -c "wget -qO- http://localhost:80; sleep 1500"',
      );
      await lab.screenShows(/^[0-9a-f]{64}$/m);
      await lab.type("clear; docker logs -f client | head -4");
      await lab.screenShows("<title>Welcome to nginx!</title>");
      await lab.press("Control+c");
      expect(await lab.namespaces()).toEqual([["nginx", "client"]]);

      await lab.type("clear; docker inspect client | grep NetworkMode");
      await lab.screenShows(/"NetworkMode": "container:[0-9a-f]{64}"/);
      const gateway =
        "docker network inspect bridge --format='{{range .IPAM.Config}}{{.Gateway}}{{end}}'";
      await lab.type(`clear; ${gateway}`);
      await lab.screenShows("172.17.0.1");
      const address =
        "docker inspect nginx --format='{{.NetworkSettings.Networks.bridge.IPAddress}}'";
      await lab.type(`clear; ${address}`);
      await lab.screenShows("172.17.0.2");
      await lab.type("clear; curl http://localhost; echo status $?");
      await lab.screenShows("status 7");
    });

    test("an image dragged onto a machine runs; terminal, stop and remove are a click away", async () => {
      await lab.runImage("busybox", "dockerhost");
      const row = lab.page.locator('[data-testid^="container-"][data-state="running"]').first();
      await row.waitFor();
      const id = (await row.getAttribute("data-testid")) ?? "";
      const name = id.slice("container-".length);
      await lab.container(name).dblclick();
      await lab.screenShows("/ #");
      await lab.type("hostname -i");
      await lab.screenShows("172.17.0.2");

      await lab.containerMenu(name, "stop");
      await lab.page.locator(`[data-testid="${id}"][data-state="exited"]`).waitFor();
      await lab.containerMenu(name, "remove");
      await lab.page.getByTestId("choice-remove").click();
      await lab.container(name).waitFor({ state: "detached" });
    });
  });
}
