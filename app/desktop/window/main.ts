/** The desktop edition's page. */
import { mountApp } from "../../../renderer/app.ts";
import { connectEngine } from "../../engine-link/client.ts";
import { ENGINE_PORT_CHANNEL, type DesktopBridge } from "../channels.ts";
import { createDesktopHost } from "./desktop-host.ts";

const { podwireDesktop: bridge } = window as unknown as { podwireDesktop: DesktopBridge };

window.addEventListener("message", function receivePort(event) {
  const [port] = event.ports;
  if (event.source !== window || event.data !== ENGINE_PORT_CHANNEL || !port) return;
  window.removeEventListener("message", receivePort);

  const engine = connectEngine({
    post: (message) => port.postMessage(message),
    onMessage: (listener) =>
      port.addEventListener("message", (received) => listener(received.data)),
  });
  port.start();
  bridge.onEngineFailed((message) => engine.failed(message));
  mountApp(document.getElementById("app") as HTMLElement, createDesktopHost(engine, bridge));
});
