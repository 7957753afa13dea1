/** The browser edition: the renderer as a static page, the engine in a Web Worker. */
import { mountApp } from "../../renderer/app.ts";
import { connectEngine } from "../engine-link/client.ts";
import { createBrowserHost } from "./browser-host.ts";

const worker = new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module" });
const engine = connectEngine({
  post: (message) => worker.postMessage(message),
  onMessage: (listener) => worker.addEventListener("message", (event) => listener(event.data)),
});
worker.addEventListener("error", (event) => {
  engine.failed(event.message || "The engine's worker could not be loaded.");
});

mountApp(document.getElementById("app") as HTMLElement, createBrowserHost(engine));

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register("./service-worker.js");
}
