import { expect, test } from "vitest";
import {
  SERVICE_MANAGER_SOCKET,
  type ServiceManager,
} from "../../../engine/machine/service-manager.ts";
import { lab, type TestHost } from "../../support/lab.ts";

/** A host with a service of its own, which sleeps, and one that always fails. */
function host(): TestHost {
  const { one } = lab("one -- two");
  const manager = one.node.machine.kernel.endpoints.get(SERVICE_MANAGER_SOCKET) as ServiceManager;
  manager.add({
    name: "sleeper",
    description: "Sleeps for long",
    argv: ["/usr/bin/sleep", "100000"],
    enabled: false,
  });
  manager.add({
    name: "checked",
    description: "Is checked first",
    startPre: ["/usr/bin/false"],
    argv: ["/usr/bin/sleep", "1"],
    enabled: false,
  });
  manager.add({
    name: "broken",
    description: "Fails at once",
    argv: ["/usr/bin/false"],
    enabled: false,
  });
  return one;
}

test("a service starts, is shown and stops", () => {
  const one = host();
  one.types("systemctl is-active sleeper").exits(3).shows("inactive\n");
  one.types("systemctl start sleeper").printsExactly("");
  one.types("systemctl is-active sleeper.service").prints("active\n");
  one
    .types("systemctl status sleeper --no-pager")
    .prints(
      "● sleeper.service - Sleeps for long\n" +
        "     Loaded: loaded (/lib/systemd/system/sleeper.service; disabled; preset: enabled)\n" +
        "     Active: active (running) since ",
      "   Main PID: ",
      " (sleep)\n      Tasks: 1\n     CGroup: /system.slice/sleeper.service\n             └─",
      " /usr/bin/sleep 100000\n\n",
      "one systemd[1]: Started sleeper.service - Sleeps for long.\n",
    );
  one.types("systemctl stop sleeper; systemctl is-active sleeper").exits(3);
  one
    .types("journalctl -u sleeper -o cat")
    .printsExactly(
      "Started sleeper.service - Sleeps for long.\n" +
        "Stopping sleeper.service - Sleeps for long...\n" +
        "sleeper.service: Deactivated successfully.\n" +
        "Stopped sleeper.service - Sleeps for long.\n",
    );
});

test("a failed check is told by start and by status", () => {
  const one = host();
  one
    .types("systemctl start checked")
    .complains(
      "Job for checked.service failed because the control process exited with error code.\n" +
        'See "systemctl status checked.service" and "journalctl -xeu checked.service" for details.\n',
      1,
    );
  one
    .types("systemctl status checked")
    .exits(3)
    .shows(
      "× checked.service",
      "     Active: failed (Result: exit-code) since ",
      " ExecStartPre=/usr/bin/false (code=exited, status=1/FAILURE)\n",
      "checked.service: Control process exited, code=exited, status=1/FAILURE\n",
    );
});

test("a service that fails by itself starts, then is failed", () => {
  const one = host();
  one.types("systemctl start broken").exits(0);
  one.types("sleep 0.1; systemctl is-failed broken").prints("failed\n");
  one.types("systemctl reset-failed broken; systemctl is-active broken").shows("inactive\n");
});

test("enable and disable tell of the link", () => {
  const one = host();
  one
    .types("systemctl enable sleeper 2>&1; systemctl is-enabled sleeper")
    .printsExactly(
      "Created symlink /etc/systemd/system/multi-user.target.wants/sleeper.service → /lib/systemd/system/sleeper.service.\nenabled\n",
    );
  one
    .types("systemctl disable sleeper 2>&1")
    .printsExactly('Removed "/etc/systemd/system/multi-user.target.wants/sleeper.service".\n');
});

test("units that are not there are refused as the real one does", () => {
  const one = host();
  one
    .types("systemctl start nope")
    .complains("Failed to start nope.service: Unit nope.service not found.\n", 5);
  one.types("systemctl status nope").complains("Unit nope.service could not be found.\n", 4);
  one.types("systemctl frobnicate").complains("Unknown command verb frobnicate.\n", 1);
});

test("list-units has a legend", () => {
  const one = host();
  one.types("systemctl start sleeper");
  const { stdout } = one.types("systemctl list-units --type=service");
  expect(stdout).toContain(
    "  UNIT            LOAD   ACTIVE SUB     DESCRIPTION\n" +
      "  sleeper.service loaded active running Sleeps for long\n",
  );
});
